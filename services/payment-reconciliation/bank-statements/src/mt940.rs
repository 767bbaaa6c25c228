//! Reads MT940.

use std::io::BufRead;

use crate::lines::Lines;
use crate::problem::Problem;
use crate::reading::{Findings, Stop};

/// Reads the whole file.
pub(crate) fn read<R: BufRead>(
    mut lines: Lines<R>,
    findings: &mut Findings<'_>,
) -> Result<(), Stop> {
    while let Some(line) = lines.next()? {
        let _ = (line.number, line.text, line.is_cut);
    }
    findings.problems.add(Problem::reject(
        "file",
        None,
        "is MT940, which is not read yet",
        "use camt.053",
    ));
    Ok(())
}
