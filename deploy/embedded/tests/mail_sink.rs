//! The mail sink as its senders and its questioners see it.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;

use embedded::MailSink;
use embedded::mail_sink::{Fault, Stage};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const MAIL: &str = "From: =?UTF-8?Q?Incasso_Caf=C3=A9?= <agency@example.org>\r\n\
    To: Jan Jansen <jan@example.org>\r\n\
    Message-ID: <letter-1@example.org>\r\n\
    Subject: =?UTF-8?Q?Factuur_=E2=82=AC_12?=\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\nBeste Jan, =E2=82=AC 12\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Beste Jan</p>\r\n--b--\r\n";

/// A sender that says exactly what it is told to say.
struct Sender(BufReader<TcpStream>);

impl Sender {
    async fn connect(sink: &MailSink) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", sink.smtp_port())).await.unwrap();
        let mut sender = Self(BufReader::new(stream));
        assert!(sender.hear().await.starts_with("220 "));
        assert!(sender.say("EHLO test").await.starts_with("250 SIZE"));
        sender
    }

    async fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.hear().await
    }

    /// The last line of an answer; empty when the sink hung up.
    async fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap_or_default();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Hands a mail over and returns the answer that counts: the first refusal, or the last.
    async fn send(&mut self, mail: &str) -> String {
        let answer = self.say("MAIL FROM:<agency@example.org> BODY=8BITMIME").await;
        if !answer.starts_with("250") {
            return answer;
        }
        let answer = self.say("RCPT TO:<jan@example.org>").await;
        if !answer.starts_with("250") {
            return answer;
        }
        let answer = self.say("DATA").await;
        if !answer.starts_with("354") {
            return answer;
        }
        self.say(&format!("{}\r\n.", mail.trim_end())).await
    }
}

async fn start(folder: &TempDir) -> MailSink {
    MailSink::start(folder.path(), None, None).await.unwrap()
}

/// Asks the sink over HTTP and returns the status line and the body.
async fn ask(sink: &MailSink, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", sink.http_port())).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: sink\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

async fn json(sink: &MailSink, path: &str) -> Value {
    let (status, body) = ask(sink, path).await;
    assert!(status.contains(" 200 "), "{path}: {status}");
    serde_json::from_str(&body).unwrap()
}

const BY_ID: &str = "/api/v1/search?query=message-id:%22letter-1@example.org%22";

#[tokio::test]
async fn a_confirmed_mail_is_found_by_its_message_id_and_reads_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    assert_eq!(json(&sink, BY_ID).await["messages_count"], 0);

    let answer = Sender::connect(&sink).await.send(MAIL).await;
    assert!(answer.starts_with("250 "), "{answer}");

    let found = json(&sink, BY_ID).await;
    assert_eq!((&found["total"], &found["messages_count"]), (&1.into(), &1.into()));
    let summary = &found["messages"][0];
    assert_eq!(summary["MessageID"], "letter-1@example.org");
    assert_eq!(summary["Subject"], "Factuur € 12");
    assert_eq!(summary["From"]["Name"], "Incasso Café");
    assert_eq!(summary["To"][0]["Address"], "jan@example.org");

    let id = summary["ID"].as_str().unwrap();
    let whole = json(&sink, &format!("/api/v1/message/{id}")).await;
    assert_eq!(whole["Text"].as_str().unwrap().trim(), "Beste Jan, € 12");
    assert_eq!(whole["HTML"].as_str().unwrap().trim(), "<p>Beste Jan</p>");
    assert_eq!(whole["ReturnPath"], "agency@example.org");
    let headers = json(&sink, &format!("/api/v1/message/{id}/headers")).await;
    assert_eq!(headers["Delivered-To"][0], "jan@example.org");
    let (_, raw) = ask(&sink, &format!("/api/v1/message/{id}/raw")).await;
    assert!(raw.ends_with(MAIL));
    assert!(folder.path().join("000001-letter-1@example.org.eml").is_file());
    assert!(ask(&sink, "/").await.1.contains("Factuur € 12"));
}

#[tokio::test]
async fn a_mail_sent_twice_is_two_mails() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    let mut sender = Sender::connect(&sink).await;
    sender.send(MAIL).await;
    sender.send(MAIL).await;
    assert_eq!(json(&sink, BY_ID).await["messages_count"], 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "two mails and the lock");
}

#[tokio::test]
async fn mails_are_still_there_after_a_restart_and_unfinished_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    Sender::connect(&sink).await.send(MAIL).await;
    let before = sink.mails();
    sink.stop().await;
    fs::write(folder.path().join("000002-cut.unfinished"), "From: half").unwrap();

    let sink = start(&folder).await;
    assert_eq!(sink.mails(), before);
    Sender::connect(&sink).await.send(MAIL).await;
    let mails = sink.mails();
    assert_eq!(mails.iter().map(|mail| mail.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(mails[1].recipients, ["jan@example.org"]);
    assert_eq!(mails[1].text().unwrap().trim(), "Beste Jan, € 12");
}

#[tokio::test]
async fn leading_dots_arrive_as_written_and_nothing_smuggles_in_a_second_mail() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    let smuggled = "\n.\r\nMAIL FROM:<a@b>";
    let mail = format!("Subject: dots\r\n\r\n..one\r\n...two{smuggled}\r\n");
    let answer = Sender::connect(&sink).await.send(&mail).await;
    assert!(answer.starts_with("250 "), "{answer}");
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let raw = String::from_utf8(mails[0].raw().unwrap()).unwrap();
    let body = format!("Subject: dots\r\n\r\n.one\r\n..two{smuggled}\r\n");
    assert!(raw.ends_with(&body), "{raw}");
}

#[tokio::test]
async fn commands_may_come_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    let mut sender = Sender::connect(&sink).await;
    let batch = "MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nNOOP\r\nDATA";
    assert!(sender.say(batch).await.starts_with("250 2.1.0"));
    for expected in ["250 2.1.5", "250 2.1.5", "250 2.0.0", "354"] {
        let answer = sender.hear().await;
        assert!(answer.starts_with(expected), "{answer}");
    }
    assert!(sender.say("Subject: both\r\n\r\n.").await.starts_with("250"));
    assert!(sender.say("QUIT").await.starts_with("221"));
    assert_eq!(sink.mails()[0].recipients, ["a@b", "c@d"]);
    assert_eq!(sink.mails()[0].message_id, None);
}

#[tokio::test]
async fn what_is_out_of_turn_or_out_of_bounds_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    let mut sender = Sender::connect(&sink).await;
    for (line, refusal) in [
        ("RCPT TO:<a@b>", "503"),
        ("DATA", "503"),
        ("NONSENSE", "500"),
        ("MAIL FROM:a@b", "501"),
        ("MAIL FROM:<a@b> SIZE=99999999", "552"),
        ("MAIL FROM:<a@b> SIZE=10", "250"),
        ("MAIL FROM:<a@b>", "503"),
        ("RCPT TO:<>", "501"),
        ("RCPT TO:<a@b\tc>", "501"),
        ("RSET", "250"),
        ("RCPT TO:<a@b>", "503"),
    ] {
        let answer = sender.say(line).await;
        assert!(answer.starts_with(refusal), "{line}: {answer}");
    }
    assert!(sender.say(&"x".repeat(5000)).await.starts_with("500"));
    assert_eq!(sender.hear().await, "", "the sink hung up");

    let mut sender = Sender::connect(&sink).await;
    let answer = sender.send(&"0123456789\r\n".repeat(3 * 1024 * 1024)).await;
    assert!(answer.starts_with("552"), "{answer}");
    assert!(sender.send(MAIL).await.starts_with("250"));
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn planned_faults_happen_to_the_next_mails_and_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    for stage in [Stage::Mail, Stage::Recipient, Stage::Data, Stage::EndOfData] {
        sink.faults().plan(1, Fault::Answer { stage, code: 451 });
        let mut sender = Sender::connect(&sink).await;
        let answer = sender.send(MAIL).await;
        assert!(answer.starts_with("451"), "{stage:?}: {answer}");
        sender.say("RSET").await;
        assert_eq!(sink.mails(), [], "{stage:?}");
        assert_eq!(sink.faults().planned(), 0);
    }
    sink.faults().plan(2, Fault::Answer { stage: Stage::EndOfData, code: 554 });
    let mut sender = Sender::connect(&sink).await;
    assert!(sender.send(MAIL).await.starts_with("554"));
    assert!(sender.send(MAIL).await.starts_with("554"));
    assert!(sender.send(MAIL).await.starts_with("250"));
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_cut_connection_leaves_the_sender_in_doubt_and_the_sink_knows() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    sink.faults().plan(1, Fault::CutBeforeKeeping);
    sink.faults().plan(1, Fault::CutAfterKeeping);
    assert_eq!(Sender::connect(&sink).await.send(MAIL).await, "");
    assert_eq!(json(&sink, BY_ID).await["messages_count"], 0);
    assert_eq!(Sender::connect(&sink).await.send(MAIL).await, "");
    assert_eq!(json(&sink, BY_ID).await["messages_count"], 1);
}

#[tokio::test]
async fn questions_that_are_not_understood_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    assert!(ask(&sink, "/api/v1/search?query=from:jan").await.0.contains(" 400 "));
    assert!(ask(&sink, "/api/v1/message/000001").await.0.contains(" 404 "));
    assert_eq!(json(&sink, "/api/v1/messages?limit=1").await["total"], 0);
}

#[tokio::test]
async fn a_taken_port_or_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let sink = start(&folder).await;
    let other = tempfile::tempdir().unwrap();
    let error = MailSink::start(other.path(), Some(sink.smtp_port()), None).await.unwrap_err();
    assert!(error.to_string().contains("for the mail sink is in use"), "{error}");
    let error = MailSink::start(folder.path(), None, None).await.unwrap_err();
    assert!(error.to_string().ends_with("already in use by another process"), "{error}");
}
