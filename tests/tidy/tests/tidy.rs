//! The rules of the house, over files and manifests. Each failure says where and what to do.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Kind;
use contracts::registry::{SLICES, Slice};
use tidy::{Source, code, files, names, root, services, table};

/// Fails with every breach at once.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// Crate -> the crates of ours that it may use; dev-dependencies may add the test kit.
fn allowed(path: &str) -> Option<BTreeSet<&'static str>> {
    let list: &[&str] = match path {
        "shared/primitives" | "shared/press" | "deploy/embedded" => &[],
        "services/letter/paper" => &["press"],
        "shared/law"
        | "shared/contracts"
        | "shared/runtime"
        | "services/payment-reconciliation/bank-statements"
        | "shared/matching" => &["primitives"],
        "shared/mailbox" => &["runtime", "contracts", "primitives"],
        "shared/testkit" => &["primitives", "law", "contracts", "runtime", "mailbox", "embedded"],
        "services/letter" => &["mailbox", "runtime", "contracts", "law", "primitives", "paper"],
        "services/payment-reconciliation" => &[
            "mailbox",
            "runtime",
            "contracts",
            "law",
            "primitives",
            "matching",
            "press",
            "bank-statements",
        ],
        "services/intake" => &["mailbox", "runtime", "contracts", "law", "primitives", "matching"],
        _ if path.starts_with("services/") => {
            &["mailbox", "runtime", "contracts", "law", "primitives"]
        }
        _ => return None,
    };
    Some(list.iter().copied().collect())
}

fn manifests() -> Vec<(String, toml::Table)> {
    ["services", "shared", "deploy", "tests"]
        .into_iter()
        .flat_map(|folder| files(folder, "Cargo.toml"))
        .map(|Source { path, text }| {
            let folder = path.trim_end_matches("/Cargo.toml").to_owned();
            (folder, text.parse().expect("a manifest is TOML"))
        })
        // A workspace of its own (tests/fuzz) is built with other flags.
        .filter(|(_, manifest): &(String, toml::Table)| !manifest.contains_key("workspace"))
        .collect()
}

fn keys(manifest: &toml::Table, table: &str) -> BTreeSet<String> {
    let entries = manifest.get(table).and_then(toml::Value::as_table);
    entries.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[test]
fn crates_depend_only_on_what_the_house_allows() {
    let manifests = manifests();
    let ours: BTreeSet<String> = manifests
        .iter()
        .filter_map(|(_, manifest)| Some(manifest["package"].get("name")?.as_str()?.to_owned()))
        .collect();
    let mut breaches = Vec::new();
    for (folder, manifest) in &manifests {
        let Some(allowed) = allowed(folder) else { continue };
        for used in keys(manifest, "dependencies").intersection(&ours) {
            if !allowed.contains(used.as_str()) {
                breaches.push(format!("{folder} depends on {used}: not allowed"));
            }
        }
        for used in keys(manifest, "dev-dependencies").intersection(&ours) {
            if !allowed.contains(used.as_str()) && !["testkit", "embedded"].contains(&used.as_str())
            {
                breaches.push(format!("{folder} depends on {used} in its tests: not allowed"));
            }
        }
    }
    none(&breaches);
}

#[test]
fn crates_inherit_versions_and_lints() {
    let mut breaches = Vec::new();
    for (folder, manifest) in manifests() {
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            breaches.push(format!("{folder}: write `[lints] workspace = true`"));
        }
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = manifest.get(kind).and_then(toml::Value::as_table);
            for (name, entry) in entries.into_iter().flatten() {
                let inherited = entry.get("workspace").and_then(toml::Value::as_bool);
                if inherited != Some(true) {
                    breaches.push(format!("{folder}: take {name} with `workspace = true`"));
                }
            }
        }
    }
    none(&breaches);
}

#[test]
fn no_test_lies_where_none_is_run() {
    let is_run = |manifest: &toml::Table, target: &str| {
        let target = manifest.get(target).map(|it| it.get(0).unwrap_or(it));
        target.and_then(|it| it.get("test")).and_then(toml::Value::as_bool) != Some(false)
    };
    let mut breaches = Vec::new();
    for (folder, manifest) in manifests() {
        let sources = files(&format!("{folder}/src"), ".rs");
        let has_lib = sources.iter().any(|it| it.path == format!("{folder}/src/lib.rs"));
        for Source { path, text } in sources {
            let is_bin = !has_lib || path.ends_with("/main.rs") || path.contains("/src/bin/");
            let target = if is_bin { "bin" } else { "lib" };
            if !is_run(&manifest, target) && text.contains("cfg(test)") {
                breaches.push(format!("{path}: take `test = false` out of {folder}/Cargo.toml"));
            }
        }
    }
    none(&breaches);
}

#[test]
fn the_workspace_says_why_each_dependency_is_there() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("the root manifest");
    let mut breaches = Vec::new();
    let mut section = "";
    let mut explained = false;
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        }
        if section == "[workspace.dependencies]" && line.contains(" = ") {
            let ours = line.contains("path = ");
            if !ours && !explained {
                breaches.push(format!("Cargo.toml: no reason above `{line}`"));
            }
        }
        explained = line.starts_with('#');
    }
    none(&breaches);
}

#[test]
fn every_service_has_the_same_files() {
    let required = ["Cargo.toml", "README.md", "sqlx.toml", "migrations", "src", "tests"];
    let sources = ["main.rs", "lib.rs", "config.rs", "domain.rs", "handlers", "store.rs"];
    let optional = ["domain", "store", "effects.rs", "effects", "http.rs", "handlers.rs", "http"];
    let mut breaches = Vec::new();
    for service in services() {
        let folder = format!("services/{service}");
        let here = names(&folder);
        for name in required.iter().filter(|name| !here.contains(**name)) {
            breaches.push(format!("{folder} has no {name}"));
        }
        let src = names(&format!("{folder}/src"));
        for name in sources.iter().filter(|name| !src.contains(**name)) {
            breaches.push(format!("{folder}/src has no {name}"));
        }
        for name in &src {
            if !sources.contains(&name.as_str()) && !optional.contains(&name.as_str()) {
                breaches.push(format!("{folder}/src/{name}: no service has such a file"));
            }
        }
        // All of them are linked as one program.
        let tests = names(&format!("{folder}/tests/all"));
        for name in ["decide.rs", "service.rs"].iter().filter(|name| !tests.contains(**name)) {
            breaches.push(format!("{folder}/tests/all has no {name}"));
        }
        let main = files(&format!("{folder}/src"), "/main.rs");
        let lines = main.first().map_or(0, |main| main.text.lines().count());
        if lines > 20 {
            breaches.push(format!("{folder}/src/main.rs has {lines} lines: one call is enough"));
        }
    }
    none(&breaches);
}

#[test]
fn the_core_of_the_mailbox_fits_on_two_screens() {
    let core = files("shared/mailbox/src", "/batch.rs");
    let lines = core.first().map_or(usize::MAX, |core| core.text.lines().count());
    assert!(lines <= 120, "shared/mailbox/src/batch.rs has {lines} lines");
}

#[test]
fn domains_and_pure_crates_are_pure() {
    let banned = [
        "async ",
        "sqlx",
        "tokio",
        "reqwest",
        "async_nats",
        "std::env",
        "std::fs",
        "std::net",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "now_v7",
        "new_v4",
        "std::process",
    ];
    let pure = |path: &str| {
        let domain = path.contains("/src/domain");
        let pure_crates = [
            "shared/primitives/src",
            "shared/law/src",
            "shared/contracts/src",
            "shared/press/src",
            "services/letter/paper/src",
            "services/payment-reconciliation/bank-statements/src",
            "shared/matching/src",
        ];
        domain || pure_crates.iter().any(|folder| path.starts_with(folder))
    };
    let mut breaches = Vec::new();
    for Source { path, text } in files("services", ".rs").into_iter().chain(files("shared", ".rs"))
    {
        if !pure(&path) {
            continue;
        }
        let code = code(&text);
        for word in banned.iter().filter(|word| code.contains(**word)) {
            breaches.push(format!("{path}: `{}` has no place in pure code", word.trim()));
        }
    }
    none(&breaches);
}

#[test]
fn sql_stands_in_stores_only() {
    let mut breaches = Vec::new();
    let sources = files("services", ".rs").into_iter().chain(files("shared/mailbox/src", ".rs"));
    for Source { path, text } in sources {
        let store = path.contains("/src/store") || path.contains("/tests/");
        if !store && code(&text).contains("sqlx::query") {
            breaches.push(format!("{path}: SQL belongs into store.rs"));
        }
        if path.contains("/src/store") {
            for unchecked in ["sqlx::query(", "sqlx::query_as(", "sqlx::query_scalar(", "raw_sql"] {
                if text.contains(unchecked) {
                    breaches.push(format!("{path}: `{unchecked}` is not checked at compile time"));
                }
            }
        }
    }
    none(&breaches);
}

#[test]
fn only_the_mailbox_opens_transactions_publishes_and_acknowledges() {
    let doors = [
        ".begin(",
        ".begin_with(",
        "send_publish",
        ".publish(",
        "publish_with_headers",
        ".ack(",
        ".ack_with(",
        "double_ack",
        "tokio::spawn",
    ];
    let mut breaches = Vec::new();
    for Source { path, text } in files("services", ".rs") {
        if path.contains("/tests/") {
            continue;
        }
        let code = code(&text);
        for door in doors.iter().filter(|door| code.contains(**door)) {
            breaches.push(format!("{path}: `{door}`: only the mailbox does that"));
        }
    }
    none(&breaches);
}

#[test]
fn readmes_tell_what_the_contracts_say() {
    let mut breaches = Vec::new();
    for slice in SLICES {
        let folder = format!("services/{}", slice.service);
        let readmes = files(&folder, "README.md");
        let Some(readme) = readmes.first() else { continue };
        for (heading, expected) in tables_of(slice) {
            let told = table(&readme.text, heading);
            for missing in expected.difference(&told) {
                breaches.push(format!("{folder}/README.md: {heading} lacks `{missing}`"));
            }
            for extra in told.difference(&expected) {
                breaches.push(format!("{folder}/README.md: {heading} has `{extra}` too much"));
            }
        }
    }
    none(&breaches);
}

/// A guarantee whose test was renamed or removed is a claim without proof.
#[test]
fn the_mailbox_names_tests_that_there_are() {
    let readmes = files("shared/mailbox", "README.md");
    let readme = &readmes.first().expect("the mailbox has a page").text;
    let folders = ["shared/mailbox/tests", "tests/faults/tests"];
    let tests = folders.into_iter().flat_map(|folder| files(folder, ".rs"));
    let tests: String = tests.map(|it| it.text).collect();
    let (_, guarantees) = readme.split_once("## What it guarantees").expect("the guarantees");
    let (guarantees, _) = guarantees.split_once("\n## ").expect("what follows them");
    let rows = guarantees.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let named: Vec<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 15, "the table of guarantees was not found");
    let missing = named.into_iter().filter(|name| !tests.contains(&format!("fn {name}(")));
    none(
        &missing
            .map(|name| format!("shared/mailbox/README.md: no test {name}"))
            .collect::<Vec<_>>(),
    );
}

/// What the four tables of a service's README have to say.
fn tables_of(slice: &Slice) -> BTreeMap<&'static str, BTreeSet<String>> {
    let published = slice.events().chain(slice.commands.iter().copied());
    BTreeMap::from([
        ("Consumes", slice.consumes.iter().map(contracts::Contract::stem).collect()),
        ("Publishes", published.map(|contract| contract.stem()).collect()),
        ("Serves", slice.serves().map(|contract| contract.stem()).collect()),
        ("Requests", slice.requests.iter().map(contracts::Contract::stem).collect()),
    ])
}

#[test]
fn every_service_has_a_slice_and_every_slice_a_service() {
    let slices: BTreeSet<String> = SLICES.iter().map(|slice| slice.service.to_owned()).collect();
    assert_eq!(slices, services());
    for slice in SLICES {
        for command in slice.commands {
            assert_eq!(command.kind, Kind::Command, "{command} is no command");
        }
    }
}

#[test]
fn sources_keep_to_the_style() {
    let banned_names = ["utils.rs", "helpers.rs", "common.rs", "types.rs", "util.rs"];
    let mut breaches = Vec::new();
    for folder in ["services", "shared", "deploy", "tests"] {
        for Source { path, text } in files(folder, ".rs") {
            let name = path.rsplit('/').next().unwrap_or_default();
            if banned_names.contains(&name) {
                breaches.push(format!("{path}: say what it holds"));
            }
            if path.contains("/src/") && !text.starts_with("//!") && name != "main.rs" {
                breaches.push(format!("{path}: begin with `//!`: why does it exist?"));
            }
            for (number, line) in (1..).zip(text.lines()) {
                if line.chars().count() > 100 {
                    breaches.push(format!("{path}:{number}: over 100 characters"));
                }
                let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:")];
                if marks.iter().any(|mark| line.contains(mark)) {
                    breaches.push(format!("{path}:{number}: build it, or leave it out"));
                }
            }
        }
    }
    none(&breaches);
}

#[test]
fn no_source_file_is_forgotten() {
    let mut breaches = Vec::new();
    for folder in ["services", "shared", "deploy"] {
        let sources = files(folder, ".rs");
        for Source { path, .. } in &sources {
            let Some((krate, inside)) = path.split_once("/src/") else { continue };
            let module = inside.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
            if ["lib", "main", "mod"].contains(&module) || inside.starts_with("bin/") {
                continue;
            }
            let declared =
                sources.iter().filter(|source| source.path.starts_with(krate)).any(|source| {
                    let code = code(&source.text);
                    [format!("mod {module};"), format!("mod r#{module};")]
                        .iter()
                        .any(|declaration| code.contains(declaration))
                });
            if !declared {
                breaches.push(format!("{path}: no module declares it"));
            }
        }
    }
    none(&breaches);
}

#[test]
fn the_top_level_holds_what_it_should() {
    let expected: BTreeSet<String> = [
        "ARCHITECTURE.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "clippy.toml",
        "deny.toml",
        "deploy",
        "rust-toolchain.toml",
        "rustfmt.toml",
        "services",
        "shared",
        "tests",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    let mut here = names("");
    here.remove("target");
    assert_eq!(here, expected);
}
