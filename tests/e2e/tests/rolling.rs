//! A release goes out while the one before serves, under load: nothing is lost.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use e2e::{
    Chance, Folder, alive, command, done, ending, invoice, json, program, statement, within,
};
use runtime::health::Health;
use runtime::{clock, nats};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(3);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const CREDITOR: &str = "groene-hoek";
const UP: [&str; 4] = ["up", "--detach", "--demo-start", "2026-11-02T12:00:00Z"];
/// Friday and Monday, both within the hours in which debtors may be written to.
const BEFORE: &str = "2026-11-20T10:00:00Z";
const MEANWHILE: &str = "2026-11-23T10:00:00Z";
const AFTER: &str = "2026-11-27T12:00:00Z";
/// So much of the load comes before a service has its new process, and so much from then on.
const ACTS: [usize; 2] = [1, 1];

/// The landed state before this one.
fn previous() -> String {
    let text = fs::read_to_string(within("previous")).unwrap();
    text.lines().find(|line| !line.starts_with('#')).unwrap().to_owned()
}

/// The program of the state before; none where the history does not reach back to it.
fn program_before() -> Option<PathBuf> {
    let commit = previous();
    let program = e2e::program_of(&commit);
    if program.is_file() {
        return Some(program);
    }
    let known = Command::new("git")
        .args(["-C", &within("."), "cat-file", "-e", &format!("{commit}^{{commit}}")])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    assert!(!known, "the program of {commit} is not built: `make previous` does it");
    None
}

/// Runs a command of one of the programs, which has to succeed.
fn done_by(program: &Path, folder: &Path, arguments: &[&str]) -> String {
    let output = command(program, folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {said}", program.display());
    String::from_utf8(output.stdout).unwrap()
}

/// Files of the story, in a folder beside the stacks.
struct Papers(tempfile::TempDir);

impl Papers {
    fn invoice(&self, number: usize, name: &str, due: &str) -> String {
        let number = format!("GH-{number}");
        // A surname of its own for everybody, without digits.
        let letters = number.bytes().skip(3).map(|digit| char::from(digit - b'0' + b'a'));
        let name = format!("{name} Van{}", letters.collect::<String>());
        let text = invoice(&number, &name).replace("2026-11-20", due);
        self.keep(&format!("{number}.xml"), &text)
    }

    fn keep(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

/// One thing that somebody does: the service that answers it, and the command.
type Act = (&'static str, Vec<String>);

/// Acts of the days before: invoices whose reminder is due when the release goes out, and one that
/// is paid then.
fn acts_before(papers: &Papers) -> Vec<Act> {
    let early = (1_001..1_005).map(|number| papers.invoice(number, "Vroeg", "2026-11-20"));
    early
        .chain([papers.invoice(1_100, "Betaalt", "2026-11-23")])
        .map(|invoice| import(&invoice))
        .collect()
}

/// Acts while the release goes out: every invoice is written about at once. One payment comes.
fn acts_meanwhile(papers: &Papers, count: usize, reference: &str) -> Vec<Act> {
    let late = (2_001..).map(|number| papers.invoice(number, "Laat", "2026-11-26"));
    let mut acts: Vec<Act> = late.take(count - 1).map(|invoice| import(&invoice)).collect();
    let bank = papers.keep("bank.xml", &statement(reference));
    let paid = ["bank", "import", &bank].map(str::to_owned).to_vec();
    acts.insert(count / 2, ("payment-reconciliation", paid));
    acts
}

fn import(invoice: &str) -> Act {
    let arguments = ["import", invoice, "--creditor", CREDITOR].map(str::to_owned).to_vec();
    ("intake", arguments)
}

fn arguments(act: &Act) -> Vec<&str> {
    act.1.iter().map(String::as_str).collect()
}

/// The reference of the invoice that is paid.
fn reference(program: &Path, folder: &Path) -> String {
    let ask = |arguments: &[&str]| -> Value {
        serde_json::from_str(&done_by(program, folder, arguments)).unwrap()
    };
    let cases = ask(&["case", "list", "--json"]);
    let paid = |case: &&Value| case["debtor_name"].as_str().unwrap().starts_with("Betaalt");
    let case = cases.as_array().unwrap().iter().find(paid).unwrap()["case_id"].clone();
    let case = ask(&["case", "show", case.as_str().unwrap(), "--json"]);
    case["parties"]["claims"][0]["reference"].as_str().unwrap().to_owned()
}

/// Brings up a stack and plays the days before the release.
fn play_before(program: &Path, folder: &Path, papers: &Papers) {
    done_by(program, folder, &UP);
    let creditor = within("../../deploy/demo/creditors/groene-hoek.toml");
    done_by(program, folder, &["creditor", "add", &creditor]);
    for act in acts_before(papers) {
        done_by(program, folder, &arguments(&act));
    }
    done_by(program, folder, &["clock", "advance", "--to", BEFORE]);
}

/// Turns the clock and waits for nothing: the timers of the days between go off all at once.
fn turn(folder: &Path, to: &str) {
    let read = |name: &str| -> toml::Table {
        fs::read_to_string(folder.join(name)).unwrap().parse().unwrap()
    };
    let (description, secrets) = (read("stack.toml"), read("secrets.toml"));
    let config = nats::NatsConfig {
        url: format!("nats://127.0.0.1:{}", description["ports"]["nats"]),
        user: "operator".to_owned(),
        password: runtime::config::Secret::new(
            secrets["nats"]["operator"].as_str().unwrap().to_owned(),
        ),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let nats = nats::connect("operator", &config, LIMIT, &Health::default()).await.unwrap();
        let bucket = clock::open_bucket(&nats).await.unwrap();
        clock::advance(&bucket, to.parse().unwrap()).await.unwrap();
    });
}

fn signal(pid: u64, name: &str) {
    let status = Command::new("kill").args([name, &pid.to_string()]).stderr(Stdio::null()).status();
    status.unwrap();
}

/// The process of the stack before, held still: what is stopped it does not start again. It still
/// holds the servers.
struct Held {
    pid: u64,
    children: Vec<(String, u64)>,
}

impl Held {
    fn hold(folder: &Path) -> Self {
        let mut children = alive(folder);
        let (_, pid) = children.pop().unwrap();
        signal(pid, "-STOP");
        Self { pid, children }
    }

    /// Asks the old process of a service to stop, and waits until it has.
    fn stop(&self, service: &str) {
        let (_, pid) = self.children.iter().find(|(name, _)| name == service).unwrap();
        signal(*pid, "-TERM");
        let stat = format!("/proc/{pid}/stat");
        // Nobody counts the dead for now.
        until(&format!("the old {service} ends"), || {
            !fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "))
        });
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        signal(self.pid, "-TERM");
        signal(self.pid, "-CONT");
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "{what} within {LIMIT:?}");
        thread::sleep(LOOK_EVERY);
    }
}

/// A new process of a service, beside or instead of the old one.
struct Replica {
    child: Child,
    admin: u16,
}

impl Replica {
    /// Starts it with the old one's configuration, but for the ports, and waits until it is ready.
    fn start(folder: &Path, service: &str) -> Self {
        let admin = free_port();
        let old = fs::read_to_string(folder.join(format!("config/{service}.toml"))).unwrap();
        let mut config: toml::Table = old.parse().unwrap();
        let mut listen = |key: &str, port: u16| {
            config.insert(key.to_owned(), format!("127.0.0.1:{port}").into());
        };
        listen("admin_listen", admin);
        if service == "intake" {
            listen("http_listen", free_port());
        }
        let file = folder.join(format!("config/{service}.new.toml"));
        fs::write(&file, config.to_string()).unwrap();
        let log = File::create(folder.join(format!("logs/{service}.new.log"))).unwrap();
        let child = command(&program(), folder)
            .args(["serve", service, "--config", file.to_str().unwrap()])
            .stdin(Stdio::piped())
            .stderr(log.try_clone().unwrap())
            .stdout(log)
            .spawn()
            .unwrap();
        let replica = Self { child, admin };
        until(&format!("the new {service} is ready"), || {
            replica.page("/readyz").is_some_and(|page| page.starts_with("HTTP/1.1 200"))
        });
        replica
    }

    fn page(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.admin)).ok()?;
        let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// How much it took up, of whatever kind.
    fn taken(&self) -> u64 {
        let page = self.page("/metrics").unwrap();
        let counts = page.lines().filter(|line| line.starts_with("mailbox_inputs_total{"));
        counts.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The load, and how far it may go.
struct Load<'a> {
    acts: &'a [Act],
    allowed: AtomicUsize,
    done: AtomicUsize,
    /// Services that have a new process: they are asked with the new program.
    new: Mutex<BTreeSet<&'static str>>,
}

impl Load<'_> {
    /// Does what is allowed, until all is done. A command that fails is given again, as people do.
    fn run(&self, before: &Path, folder: &Path) {
        for (number, act) in self.acts.iter().enumerate() {
            until("the release goes on", || self.allowed.load(Ordering::Relaxed) > number);
            let now = program();
            until(&format!("{act:?} is done"), || {
                let is_new = self.new.lock().unwrap().contains(act.0);
                let program = if is_new { &now } else { before };
                let output = command(program, folder).args(&act.1).output().unwrap();
                output.status.success()
            });
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn allow(&self, more: usize) {
        self.allowed.fetch_add(more, Ordering::Relaxed);
    }

    fn caught_up(&self) {
        let allowed = self.allowed.load(Ordering::Relaxed);
        until("the load is handled", || self.done.load(Ordering::Relaxed) >= allowed);
    }
}

/// The services in an order that chance decides.
fn order(folder: &Path, chance: &mut Chance) -> Vec<&'static str> {
    let text = fs::read_to_string(folder.join("stack.toml")).unwrap();
    let description: toml::Table = text.parse().unwrap();
    let names = description["ports"]["admin"].as_table().unwrap().keys();
    let mut names: Vec<&'static str> = names.map(|name| &*name.clone().leak()).collect();
    for place in (1..names.len()).rev() {
        let other = chance.next(u64::try_from(place).unwrap() + 1);
        names.swap(place, usize::try_from(other).unwrap());
    }
    names
}

/// Replaces every service of the stack before, one by one, while the load goes on.
fn roll(folder: &Path, held: &Held, load: &Load, order: &[&'static str]) -> Vec<Replica> {
    let [first, then] = ACTS;
    load.allow(first);
    done(folder, &["migrate"]);
    // The old processes on the new schemas.
    load.allow(then);
    load.caught_up();
    let mut replicas = Vec::new();
    for service in order {
        load.allow(first);
        replicas.push(Replica::start(folder, service));
        load.new.lock().unwrap().insert(service);
        load.allow(then);
        held.stop(service);
        load.caught_up();
    }
    replicas
}

#[test]
fn a_release_goes_out_under_load_and_nothing_is_lost() {
    let Some(before) = program_before() else {
        let said = format!("skipped: the rolling deploy, since {} is not known here", previous());
        writeln!(std::io::stderr(), "{said}").unwrap();
        return;
    };
    let papers = Papers(tempfile::tempdir().unwrap());
    let seed = 20_261_126;
    let stack = Folder::new();
    let folder = stack.path();
    play_before(&before, folder, &papers);
    let order = order(folder, &mut Chance(seed));
    let acts = ACTS.iter().sum::<usize>() * (order.len() + 1);
    let reference = reference(&before, folder);
    let meanwhile = acts_meanwhile(&papers, acts, &reference);
    let held = Held::hold(folder);
    turn(folder, MEANWHILE);
    let load = Load {
        acts: &meanwhile,
        allowed: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        new: Mutex::default(),
    };
    let replicas = thread::scope(|scope| {
        scope.spawn(|| load.run(&before, folder));
        roll(folder, &held, &load, &order)
    });
    done(folder, &["clock", "advance", "--to", AFTER]);
    let ended = ending(folder);
    for kept in ["parked", "uncertain", "waiting"] {
        let list = json(folder, &[kept, "list", "--json"]);
        assert!(list.as_array().unwrap().iter().all(|of| of["total"] == 0), "{kept}: {list}");
    }
    done(folder, &["check"]);
    for (replica, service) in replicas.iter().zip(&order) {
        assert!(replica.taken() > 0, "the new {service} took something up");
    }
    drop((replicas, held, stack));

    let calm = Folder::new();
    play_before(&program(), calm.path(), &papers);
    turn(calm.path(), MEANWHILE);
    let reference = self::reference(&program(), calm.path());
    for act in acts_meanwhile(&papers, acts, &reference) {
        done(calm.path(), &arguments(&act));
    }
    done(calm.path(), &["clock", "advance", "--to", AFTER]);
    let expected = ending(calm.path());
    assert!(expected.mails.len() > acts, "a story with mails: {expected:?}");
    assert_eq!(ended, expected, "seed {seed}, order {order:?}");
}
