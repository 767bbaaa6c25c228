//! Real files that lie beside the project, where there are any.

use std::path::{Path, PathBuf};

/// The folder of sample files; without it a test is skipped in sight, and fails in CI.
#[must_use]
pub fn samples() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("AMICABLE_SAMPLES").map_or(default, PathBuf::from);
    if folder.join("expected.json").exists() {
        return Some(folder);
    }
    let in_ci = std::env::var_os("CI").is_some_and(|it| it == "true");
    assert!(!in_ci, "the samples are not at {}: set AMICABLE_SAMPLES", folder.display());
    eprintln!("SKIPPED: no samples at {}; set AMICABLE_SAMPLES", folder.display());
    None
}
