//! One trace follows a case across all services, as a collector receives it from their processes;
//! and each process tells what it did, as Prometheus scrapes it.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use testkit::{Span, TraceReceiver};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_mins(3);

/// A running stack in a folder of its own. Dropping it closes its standard input, which ends it.
struct Stack {
    folder: tempfile::TempDir,
    process: Child,
}

impl Stack {
    async fn up(otlp: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = amicable(folder.path())
            .args(["up", "--watch-stdin", "--demo-start", "2026-11-02T12:00:00Z", "--otlp", otlp])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = async {
            while let Some(line) = told.next_line().await.unwrap() {
                if line == "ready" {
                    return;
                }
            }
            panic!("the stack ended before it was ready");
        };
        timeout(LIMIT, ready).await.expect("the stack is ready in time");
        Self { folder, process }
    }

    async fn run(&self, arguments: &[&str]) {
        let output = amicable(self.folder.path()).args(arguments).output();
        let output = timeout(LIMIT, output).await.expect("the command ends in time").unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    /// What a service tells of itself, line by line.
    async fn metrics(&self, service: &str) -> Vec<String> {
        let description = std::fs::read_to_string(self.folder.path().join("stack.toml")).unwrap();
        let (_, ports) = description.split_once("[ports.admin]").unwrap();
        let line = ports.lines().find_map(|line| line.strip_prefix(&format!("{service} = ")));
        let mut stream = TcpStream::connect(format!("127.0.0.1:{}", line.unwrap())).await.unwrap();
        let ask = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(LIMIT, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.lines().map(str::to_owned).collect()
    }

    /// Stops in order, so that the last spans are sent.
    async fn down(mut self) {
        drop(self.process.stdin.take());
        let ended = timeout(LIMIT, self.process.wait()).await.expect("the stack stops in time");
        assert!(ended.unwrap().success());
    }
}

/// The program, which `make test` builds beside the tests.
fn amicable(folder: &Path) -> Command {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap();
    let mut command = Command::new(built.join("amicable"));
    command.arg("--folder").arg(folder);
    command
}

fn within(path: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), path].iter().collect();
    path.to_string_lossy().into_owned()
}

/// What one service did in a trace.
type Deed = (&'static str, &'static str);

/// An invoice comes in, and all who must know it hear of it.
const COMES_IN: [Deed; 3] = [
    ("intake", "answer intake.api.import-invoice.v1"),
    ("scheduler", "process intake.evt.claim-registered"),
    ("payment-reconciliation", "process intake.evt.claim-registered"),
];

/// Its first step is due: a new trace, since a timer began it.
const STEP: [Deed; 6] = [
    ("scheduler", "process scheduler.timer.next-step"),
    ("letter", "process letter.cmd.send"),
    ("intake", "answer intake.api.parties.v2"),
    ("payment-reconciliation", "answer payment-reconciliation.api.position.v2"),
    ("letter", "perform send-email"),
    ("scheduler", "process letter.evt.dispatched"),
];

/// The trace that holds all deeds.
fn trace_of(spans: &[Span], deeds: &[Deed]) -> Option<Vec<Span>> {
    let did =
        |span: &Span, deed: &Deed| (span.service.as_str(), span.name.as_str()) == (deed.0, deed.1);
    spans.iter().find_map(|one| {
        let trace: Vec<Span> =
            spans.iter().filter(|span| span.trace_id == one.trace_id).cloned().collect();
        let whole = deeds.iter().all(|deed| trace.iter().any(|span| did(span, deed)));
        whole.then_some(trace)
    })
}

/// Every span but one hangs on another one of its trace.
fn root(trace: &[Span]) -> &Span {
    let has = |id: &String| trace.iter().any(|span| span.span_id == *id);
    let roots: Vec<&Span> =
        trace.iter().filter(|span| !span.parent_span_id.as_ref().is_some_and(has)).collect();
    let [root] = roots[..] else { panic!("not one root, but {roots:?}") };
    root
}

/// Each process tells what it took up, and how much is kept.
async fn assert_counted(stack: &Stack) {
    for (service, source) in [
        ("intake", "desk"),
        ("scheduler", "events"),
        ("scheduler", "timers"),
        ("letter", "commands"),
        ("letter", "effects"),
        ("payment-reconciliation", "events"),
    ] {
        let lines = stack.metrics(service).await;
        let value = |name: &str, label: &str| {
            let mut found = lines.iter().filter(|it| it.starts_with(name) && it.contains(label));
            let (_, value) = found.next()?.rsplit_once(' ')?;
            value.parse::<u64>().ok()
        };
        let source = format!("source=\"{source}\"");
        assert!(
            value("mailbox_inputs_total{", &source) > Some(0),
            "{service} {source}: {lines:#?}"
        );
        assert!(value("mailbox_batch_ms_count{", &source) > Some(0), "{service}: {lines:#?}");
        assert_eq!(value("mailbox_parked{", "poison"), Some(0), "{service}: {lines:#?}");
        assert_eq!(value("mailbox_kept{", "waiting"), Some(0), "{service}: {lines:#?}");
        assert_eq!(value("mailbox_stopped{", "events"), Some(0), "{service}: {lines:#?}");
        let whose = format!("service_name=\"{service}\"");
        assert_eq!(value("target_info{", &whose), Some(1), "{service}: {lines:#?}");
    }
    // The finance desk tells until when it knows the rates of interest.
    let lines = stack.metrics("payment-reconciliation").await;
    let tables = lines.iter().filter(|line| line.starts_with("law_rates_days_left{"));
    assert_eq!(tables.count(), 4, "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_follows_a_case_across_all_services() {
    let receiver = TraceReceiver::start().await;
    let stack = Stack::up(&receiver.endpoint()).await;
    stack.run(&["creditor", "add", &within("../../deploy/demo/creditors/groene-hoek.toml")]).await;
    stack.run(&["import", &within("tests/traces/invoice.xml"), "--creditor", "groene-hoek"]).await;
    stack.run(&["clock", "advance", "--until-next"]).await;
    assert_counted(&stack).await;
    stack.down().await;

    let look = |spans: &[Span]| Some((trace_of(spans, &COMES_IN)?, trace_of(spans, &STEP)?));
    let (comes_in, step) = receiver.wait_for(LIMIT, "trace across all services", look).await;
    assert_eq!(root(&comes_in).name, "answer intake.api.import-invoice.v1");
    let timer = root(&step);
    assert_eq!(timer.name, "process scheduler.timer.next-step");
    assert_eq!(timer.links, [root(&comes_in).trace_id.clone()]);
    // Nobody's name or address stands in a trace.
    for span in receiver.spans() {
        let told = format!("{span:?}");
        let personal = ["Noor", "Vos", "post.example", "Proeflaan", "3581 ZZ"];
        assert!(!personal.iter().any(|word| told.contains(word)), "{told}");
    }
}
