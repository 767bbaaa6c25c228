//! `amicable up`: the embedded stack, in this process or left running by itself.

use std::fs::File;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use runtime::config::ClockMode;
use runtime::shutdown::StopRequests;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::cli::{ClockChoice, Up};
use crate::failure::Failure;
use crate::output::{complain, say};
use crate::stack::{self, Board, Description, Layout, Lock, Stack, StartOptions};

/// The servers' own limits, one after the other.
const READY_LIMIT: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(layout: &Layout, up: &Up) -> Result<ExitCode, Failure> {
    if up.detach {
        let _left_running = launch(layout, up, Ending::Detached).await?;
        announce(layout, &Description::load(layout)?);
        return Ok(ExitCode::SUCCESS);
    }
    if up.life.own_session {
        // Only a leader of a process group is refused, and that is as good.
        rustix::process::setsid().ok();
    }
    let mut requests = StopRequests::listen(up.life.watch_stdin)?;
    let options = StartOptions {
        clock: match (up.clock.demo_clock, up.clock.system_clock) {
            (true, _) => Some(ClockMode::Demo),
            (_, true) => Some(ClockMode::System),
            (false, false) => None,
        },
        demo_start: up.demo_start,
        otlp_endpoint: up.otlp.clone(),
    };
    let mut stack = Stack::open(layout, &options).await?;
    let started = tokio::select! {
        started = stack.start(&options) => started,
        _ = requests.first() => Err(Failure::Interrupted),
    };
    if started.is_ok() {
        announce(layout, stack.description());
        let reason = requests.first().await;
        complain(format_args!("the stack stops: {reason}"));
    }
    // From here on a second signal ends us at once, and our children with us.
    requests.or_die(stack.stop()).await;
    started.map(|()| ExitCode::SUCCESS)
}

/// What ends a stack that runs as a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `amicable down`, and nothing else.
    Detached,
    /// The end of this process, too.
    WithUs,
}

/// Starts the stack as a process of its own and waits until it is ready.
pub(crate) async fn launch(layout: &Layout, up: &Up, ending: Ending) -> Result<Child, Failure> {
    layout.create()?;
    // Taken only to be told, before anything is started, who has it.
    drop(Lock::take(layout).await?);
    let path = layout.log("up");
    let log = File::create(&path).map_err(Failure::io("open", &path))?;
    let second = log.try_clone().map_err(Failure::io("open", &path))?;
    let program = stack::program();
    let mut command = Command::new(&program);
    command.arg("--folder").arg(layout.root()).arg("up").stdout(log).stderr(second);
    match ending {
        Ending::Detached => command.arg("--own-session").stdin(Stdio::null()),
        Ending::WithUs => command.arg("--watch-stdin").stdin(Stdio::piped()).process_group(0),
    };
    let ClockChoice { demo_clock, system_clock } = up.clock;
    let flags = [("--demo-clock", demo_clock), ("--system-clock", system_clock)];
    command.args(flags.into_iter().filter_map(|(flag, is_given)| is_given.then_some(flag)));
    if let Some(start) = up.demo_start {
        command.arg("--demo-start").arg(start.to_string());
    }
    if let Some(otlp) = &up.otlp {
        command.arg("--otlp").arg(otlp);
    }
    let mut child = command.spawn().map_err(Failure::io("start", &program))?;
    await_ready(layout, &mut child).await?;
    Ok(child)
}

async fn await_ready(layout: &Layout, child: &mut Child) -> Result<(), Failure> {
    let pid = child.id();
    let start = Instant::now();
    loop {
        if !matches!(child.try_wait(), Ok(None)) {
            return Err(why_it_ended(layout));
        }
        if Board::load(layout)?.is_some_and(|board| Some(board.pid) == pid && board.ready) {
            return Ok(());
        }
        if start.elapsed() > READY_LIMIT {
            return Err(Failure::NotStarted { log: layout.log("up") });
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Repeats the one sentence of the process.
fn why_it_ended(layout: &Layout) -> Failure {
    let log = layout.log("up");
    match stack::last_line(&log, 0) {
        Some(sentence) => Failure::Said(sentence),
        None => Failure::NotStarted { log },
    }
}

/// Tells where everything is.
pub(crate) fn announce(layout: &Layout, description: &Description) {
    let ports = &description.ports;
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    let clock = if description.has_demo_clock() {
        "the demonstration's; turn it with `amicable clock advance`"
    } else {
        "the machine's"
    };
    let api = at(ports.intake_api);
    for (what, place) in [
        ("intake API", format!("{api} ({api}/openapi.json)")),
        ("mails", format!("{} and {}", at(ports.mail_page), layout.mails().display())),
        ("NATS", format!("nats://127.0.0.1:{}", ports.nats)),
        (
            "Postgres",
            format!("127.0.0.1:{}, passwords in {}", ports.postgres, layout.secrets().display()),
        ),
        ("logs", layout.logs().display().to_string()),
        ("clock", clock.to_owned()),
    ] {
        say(format_args!("{what:<12}{place}"));
    }
    for (service, port) in &ports.admin {
        say(format_args!("{:<12}{}/readyz ({service})", "health", at(*port)));
    }
    say("ready");
}
