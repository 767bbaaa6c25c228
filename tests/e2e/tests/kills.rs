//! Whatever is killed, and whenever: the same mails, the same money, the same state.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use e2e::{Folder, amicable, done, json, run, within};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(5);
const GROENE_HOEK: &str = "../../deploy/demo/creditors/groene-hoek.toml";

/// How a story ended, without what chance decides: ids, and what is derived from them.
#[derive(Debug, PartialEq)]
struct Ending {
    /// Recipient, subject, text; sorted.
    mails: Vec<(String, String, String)>,
    /// By debtor and creditor: what the case came to, and what is open and why.
    cases: BTreeMap<String, String>,
    /// Day, pages, country and language of each letter on paper; sorted.
    letters: Vec<String>,
    /// The ledger in sums, and what creditors were paid.
    ledger: String,
    remittances: Vec<String>,
    unmatched: usize,
}

fn ending(folder: &Path) -> Ending {
    let mut cases = BTreeMap::new();
    let mut references = Vec::new();
    for case in json(folder, &["case", "list", "--json"]).as_array().unwrap() {
        let id = case["case_id"].as_str().unwrap();
        let whole = json(folder, &["case", "show", id, "--json"]);
        for claim in whole["parties"]["claims"].as_array().unwrap() {
            references.push(claim["reference"].as_str().unwrap_or_default().to_owned());
        }
        let name = format!("{} / {}", case["debtor_name"], case["creditor_name"]);
        // Claims of one due date stand in the order of their ids, which are chance.
        let claims = whole["money"]["claims"].as_array().unwrap().iter();
        let mut claims: Vec<_> = claims.map(|claim| without_ids(&claim.to_string())).collect();
        claims.sort();
        let state = without_ids(&whole["position"]["state"].to_string());
        cases.insert(name, format!("{state} {} {claims:?}", whole["money"]["open"]));
    }
    let listed = json(folder, &["mail", "list", "--json"]);
    let mut mails: Vec<_> = (1..=listed.as_array().unwrap().len())
        .map(|number| {
            let mail = json(folder, &["mail", "show", &number.to_string(), "--json"]);
            let mut text = mail["text"].as_str().unwrap().to_owned();
            for reference in &references {
                text = text.replace(&printed(reference), "REFERENCE");
            }
            let (to, text) = (mail["to"].to_string(), without_ids(&text));
            (to, mail["subject"].as_str().unwrap().to_owned(), text)
        })
        .collect();
    mails.sort();
    let unmatched = json(folder, &["bank", "unmatched", "--json"]);
    let unmatched = unmatched["payments"].as_array().or(unmatched.as_array()).unwrap().len();
    let ledger = json(folder, &["ledger", "--json"]).to_string();
    let remittances = json(folder, &["remit", "list", "--json"]);
    let remittances = remittances.as_array().unwrap().iter();
    let mut remittances: Vec<String> = remittances
        .map(|one| format!("{} {} {}", one["amount"], one["commission"], one["state"]))
        .collect();
    remittances.sort();
    Ending { mails, cases, letters: letters(folder), ledger, remittances, unmatched }
}

/// What the print partner reads of the letters, without what chance decides.
fn letters(folder: &Path) -> Vec<String> {
    let days = std::fs::read_dir(folder.join("outgoing")).into_iter().flatten();
    let mut letters = Vec::new();
    for day in days {
        let manifest = std::fs::read(day.unwrap().path().join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        for letter in manifest["letters"].as_array().unwrap() {
            let of = |key: &str| letter[key].to_string();
            let what = [of("pages"), of("country"), of("language")].join(" ");
            letters.push(format!("{} {what}", manifest["day"]));
        }
    }
    letters.sort();
    letters
}

/// An RF reference as people see it, in groups of four.
fn printed(reference: &str) -> String {
    let letters: Vec<char> = reference.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// Replaces what looks like a UUID.
fn without_ids(text: &str) -> String {
    let is_id = |part: &str| {
        let hyphens = [8, 13, 18, 23];
        part.len() == 36
            && part.bytes().enumerate().all(|(place, sign)| {
                if hyphens.contains(&place) { sign == b'-' } else { sign.is_ascii_hexdigit() }
            })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let (length, written) = match rest.get(..36) {
            Some(part) if is_id(part) => (36, "ID"),
            _ => (sign.len_utf8(), &rest[..sign.len_utf8()]),
        };
        masked.push_str(written);
        rest = &rest[length..];
    }
    masked
}

/// Chance that can be played again.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// What a stack says of its children.
fn board(folder: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(folder.join("children.json")).ok()?;
    serde_json::from_str(&text).ok()
}

/// The children of a stack that are alive, by name; the stack's own process last.
fn alive(folder: &Path) -> Vec<(String, u64)> {
    let Some(board) = board(folder) else { return Vec::new() };
    let children = board["children"].as_array().unwrap().iter();
    let mut alive: Vec<_> = children
        .filter_map(|child| Some((child["name"].as_str()?.to_owned(), child["pid"].as_u64()?)))
        .collect();
    alive.push(("stack".to_owned(), board["pid"].as_u64().unwrap()));
    alive
}

fn kill(pid: u64) {
    Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status().unwrap();
}

/// So many children are killed in a storm.
const STORM: usize = 12;

/// Kills one child now and then, until the storm or the story is over; returns whom.
fn storm(folder: &Path, seed: u64, over: &AtomicBool) -> Vec<String> {
    let mut chance = Chance(seed);
    let mut killed = Vec::new();
    while !over.load(Ordering::Relaxed) && killed.len() < STORM {
        thread::sleep(Duration::from_millis(900 + chance.next(2_000)));
        // A stack that is still coming up may give up: whoever started it hears of that.
        if board(folder).is_none_or(|board| board["ready"] != true) {
            continue;
        }
        let children: Vec<_> = alive(folder)
            .into_iter()
            .filter(|(name, _)| name != "stack" && name != "nats")
            .collect();
        let Ok(count) = u64::try_from(children.len()) else { continue };
        if count == 0 {
            continue;
        }
        let chosen = usize::try_from(chance.next(count)).unwrap();
        let (name, pid) = &children[chosen];
        kill(*pid);
        killed.push(name.clone());
    }
    killed
}

#[test]
fn children_killed_while_the_demo_plays_change_nothing() {
    let calm = Folder::new();
    done(calm.path(), &["demo", "--keep"]);
    done(calm.path(), &["clock", "advance", "--days", "1"]);
    let expected = ending(calm.path());
    assert!(expected.mails.len() > 5, "a story with mails: {expected:?}");
    drop(calm);

    let seed = 20_261_123;
    let stormy = Folder::new();
    let over = AtomicBool::new(false);
    let (output, killed) = thread::scope(|scope| {
        let storm = scope.spawn(|| storm(stormy.path(), seed, &over));
        let output = run(stormy.path(), &["demo", "--keep"]);
        over.store(true, Ordering::Relaxed);
        (output, storm.join().unwrap())
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}, killed {killed:?}: {said}");
    assert!(killed.len() > 5, "the storm came too late: {killed:?}");
    // One more day, so that all comes to rest after the storm.
    done(stormy.path(), &["clock", "advance", "--days", "1"]);
    let ended = ending(stormy.path());
    assert_eq!(ended, expected, "seed {seed}, killed {killed:?}");
    done(stormy.path(), &["check"]);
}

#[test]
fn everything_killed_at_once_at_any_moment_is_found_again() {
    let seed = 4_711;
    let (calm, stormy) = (Folder::new(), Folder::new());
    let (invoice, creditor) = (within("tests/traces/invoice.xml"), within(GROENE_HOEK));
    let acts: Vec<Vec<&str>> = vec![
        vec!["creditor", "add", &creditor],
        vec!["import", &invoice, "--creditor", "groene-hoek"],
        vec!["clock", "advance", "--to", "2026-11-12"],
        vec!["clock", "advance", "--to", "2026-11-20"],
        vec!["clock", "advance", "--to", "2026-12-10"],
    ];
    let up = ["up", "--detach", "--demo-start", "2026-11-02T12:00:00Z"];
    done(calm.path(), &up);
    for act in &acts {
        done(calm.path(), act);
    }
    let expected = ending(calm.path());
    drop(calm);

    let mut chance = Chance(seed);
    done(stormy.path(), &up);
    for act in &acts {
        // Twice in the middle of it, then to its end.
        for _ in 0..2 {
            let mut begun = amicable(stormy.path())
                .args(act)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_millis(20 + chance.next(500)));
            for (_, pid) in alive(stormy.path()).into_iter().rev() {
                kill(pid);
            }
            begun.kill().unwrap();
            begun.wait().unwrap();
            done(stormy.path(), &up);
        }
        let begun = Instant::now();
        while !run(stormy.path(), act).status.success() {
            assert!(begun.elapsed() < LIMIT, "seed {seed}: {act:?} does not succeed");
        }
    }
    assert_eq!(ending(stormy.path()), expected, "seed {seed}");
    done(stormy.path(), &["check"]);
}
