//! Speaks the bare protocol, so that no client library stands between the question and the refusal.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use contracts::permissions::{ADMIN, COMMANDS, EVENTS, OPERATOR, users};
use contracts::registry::{ENTRIES, SLICES, Slice};
use contracts::{Contract, Kind};
use embedded::NatsServer;
use serde_json::json;

use crate::{password, server};

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn messages_may_be_sent_by_those_whose_slice_names_them_and_by_nobody_else() {
    let server = server().await;
    for user in users() {
        // Earlier versions of commands too: an outbox and a log may hold them.
        let sends = |slice: &Slice, contract: &Contract| {
            slice.commands.iter().any(|command| command.stem() == contract.stem())
        };
        let may = |contract: &&Contract| match (Slice::of(user), contract.kind) {
            (Some(slice), Kind::Event) => contract.owner == slice.service,
            (Some(slice), Kind::Command) => sends(slice, contract),
            (Some(slice), Kind::Request) => slice.requests.contains(contract),
            (None, kind) => user == OPERATOR && kind == Kind::Request,
        };
        let contracts: Vec<Contract> = ENTRIES.iter().map(|entry| entry.contract).collect();
        let subjects = |contracts: Vec<&Contract>| contracts.iter().map(|c| c.subject()).collect();
        let all: Vec<String> = subjects(contracts.iter().collect());
        let (_, not): (Vec<_>, Vec<_>) = contracts.iter().partition(may);
        let expected: BTreeSet<String> = subjects(not).into_iter().collect();
        assert_eq!(refused(&server, user, "PUB", &all), expected, "{user}");
    }
}

#[tokio::test]
async fn services_change_no_stream_and_touch_no_consumer_clock_or_inbox_of_others() {
    let server = server().await;
    for slice in SLICES {
        let mut subjects: Vec<String> = [
            "$JS.API.STREAM.CREATE.OTHER",
            "$JS.API.STREAM.UPDATE.EVENTS",
            "$JS.API.STREAM.DELETE.COMMANDS",
            "$JS.API.STREAM.PURGE.EVENTS",
            "$JS.API.STREAM.MSG.GET.EVENTS",
            "$JS.API.STREAM.MSG.DELETE.COMMANDS",
            "$JS.API.STREAM.DELETE.KV_clock",
            "$JS.API.DIRECT.GET.EVENTS",
            "$JS.API.DIRECT.GET.EVENTS.intake.evt.case-opened.v1",
            "$JS.API.CONSUMER.CREATE.EVENTS",
            "$JS.API.CONSUMER.CREATE.EVENTS.more.intake.evt.>",
            "$JS.API.CONSUMER.DURABLE.CREATE.COMMANDS.more",
            "$KV.clock.business",
            "$SRV.PING",
            "elsewhere",
        ]
        .map(str::to_owned)
        .to_vec();
        for other in SLICES.iter().map(|slice| slice.service).chain(["somebody"]) {
            for stream in [EVENTS, COMMANDS] {
                if other != slice.service || !consumes_from(slice, stream) {
                    subjects.push(format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{other}"));
                    subjects.push(format!("$JS.API.CONSUMER.INFO.{stream}.{other}"));
                    subjects.push(format!("$JS.ACK.{stream}.{other}.1.1.1.1.0"));
                    subjects.push(format!("$JS.ACK._.abc.{stream}.{other}.1.1.1.1.0.x"));
                }
                subjects.push(format!("$JS.API.CONSUMER.DELETE.{stream}.{other}"));
            }
        }
        subjects.push(format!("_INBOX_{ADMIN}.a.b"));
        // Only who asks itself something answers itself.
        if !slice.requests.iter().any(|request| request.owner == slice.service) {
            subjects.push(format!("_INBOX_{}.a.b", slice.service));
        }
        let expected = subjects.iter().cloned().collect();
        assert_eq!(refused(&server, slice.service, "PUB", &subjects), expected);
    }
}

#[tokio::test]
async fn nobody_listens_to_what_is_meant_for_others() {
    let server = server().await;
    let everything = [">", "*.evt.>", "*.cmd.>", "*.api.>", "$JS.>", "$KV.>", "_INBOX.>", "$SRV.>"];
    for user in users() {
        let others = users().filter(|other| *other != user);
        let theirs =
            others.flat_map(|other| [format!("_INBOX_{other}.>"), format!("{other}.api.>")]);
        let subjects: Vec<String> =
            everything.into_iter().map(str::to_owned).chain(theirs).collect();
        let expected = subjects.iter().cloned().collect();
        assert_eq!(refused(&server, user, "SUB", &subjects), expected, "{user}");
    }
}

#[tokio::test]
async fn the_operator_changes_nothing_but_the_clock_and_the_admin_sends_no_message() {
    let server = server().await;
    let both = ["letter.evt.dispatched.v1", "letter.cmd.send.v1", "$JS.ACK.EVENTS.scheduler.1"];
    let operators = ["$JS.API.STREAM.CREATE.X", "$JS.API.CONSUMER.DELETE.EVENTS.scheduler"];
    let admins = ["letter.api.status.v1", "$KV.clock.business"];
    for (user, only) in [(OPERATOR, operators), (ADMIN, admins)] {
        let subjects: Vec<String> = both.into_iter().chain(only).map(str::to_owned).collect();
        let expected = subjects.iter().cloned().collect();
        assert_eq!(refused(&server, user, "PUB", &subjects), expected, "{user}");
    }
}

fn consumes_from(slice: &Slice, stream: &str) -> bool {
    let kind = if stream == EVENTS { Kind::Event } else { Kind::Command };
    slice.consumes.iter().any(|contract| contract.kind == kind)
}

/// The subjects that the broker refuses to a user, of those tried.
fn refused(server: &NatsServer, user: &str, verb: &str, subjects: &[String]) -> BTreeSet<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let who = json!({
        "user": user, "pass": password(user), "verbose": false, "pedantic": false, "headers": true,
    });
    let lines = subjects.iter().enumerate().map(|(id, subject)| match verb {
        "PUB" => format!("PUB {subject} 2\r\n{{}}"),
        verb => format!("{verb} {subject} {id}"),
    });
    let lines: Vec<String> = lines.chain(["PING".to_owned()]).collect();
    let said = format!("CONNECT {who}\r\n{}\r\n", lines.join("\r\n"));
    stream.write_all(said.as_bytes()).unwrap();
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let errors = lines.take_while(|line| line != "PONG").filter(|line| line.starts_with("-ERR"));
    let subject = |line: String| {
        assert!(line.contains("Permissions Violation"), "{line}");
        line.split('"').nth(1).unwrap().to_owned()
    };
    errors.map(subject).collect()
}
