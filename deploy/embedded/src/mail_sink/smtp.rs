//! The receiving side of SMTP, as far as a sender of plain mail needs it (RFC 5321, with 8BITMIME,
//! PIPELINING, SIZE and SMTPUTF8).
//!
//! Everything that a sender gives is bounded: lines, recipients, size, silence, connections. It
//! must never confirm a mail that is not on disk.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

use super::faults::{Fault, Faults, Stage};
use super::store::{Envelope, Store};

const SIZE_BYTES_MAX: usize = 25 * 1024 * 1024;
const LINE_BYTES_MAX: u64 = 4 * 1024;
const RECIPIENTS_MAX: usize = 100;
const CONNECTIONS_MAX: usize = 200;
const PAUSE: Duration = Duration::from_millis(100);
/// RFC 5321 section 4.5.3.2.7.
const SILENCE_MAX: Duration = Duration::from_mins(5);

/// Takes connections until it is dropped, and its connections with it.
pub(super) async fn serve(listener: TcpListener, store: Arc<Store>, faults: Arc<Faults>) {
    let mut sessions = JoinSet::new();
    loop {
        while sessions.try_join_next().is_some() {}
        if sessions.len() >= CONNECTIONS_MAX {
            sessions.join_next().await;
        }
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, most likely; others will be closed meanwhile.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // The dialogue is many small lines; an error here costs speed only.
        stream.set_nodelay(true).ok();
        let mut session = Session::new(stream, Arc::clone(&store), Arc::clone(&faults));
        sessions.spawn(async move {
            // A connection that breaks is the sender's affair: it knows what it did not hear.
            session.run().await.ok();
        });
    }
}

/// One connection.
struct Session {
    stream: BufReader<TcpStream>,
    store: Arc<Store>,
    faults: Arc<Faults>,
    greeted: bool,
    /// The mail that is being handed over.
    mail: Option<Transaction>,
}

struct Transaction {
    envelope: Envelope,
    fault: Option<Fault>,
}

/// What follows an answer.
#[derive(PartialEq, Eq)]
enum Next {
    Listen,
    HangUp,
}

/// What came after `DATA`.
enum Body {
    Whole(Vec<u8>),
    TooBig,
}

impl Session {
    fn new(stream: TcpStream, store: Arc<Store>, faults: Arc<Faults>) -> Self {
        Self { stream: BufReader::new(stream), store, faults, greeted: false, mail: None }
    }

    async fn run(&mut self) -> io::Result<()> {
        self.say("220 mail sink ready, ESMTP").await?;
        while let Some(line) = self.command().await? {
            if self.obey(&line).await? == Next::HangUp {
                break;
            }
        }
        Ok(())
    }

    /// The next command without its line end; none when the sender has gone.
    async fn command(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE_BYTES_MAX);
        timeout(SILENCE_MAX, bounded.read_until(b'\n', &mut line)).await??;
        if line.ends_with(b"\n") {
            return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        if !line.is_empty() {
            self.say("500 5.5.2 the line is too long or not ended").await?;
        }
        Ok(None)
    }

    async fn obey(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.greeted = true;
                self.mail = None;
                let size = format!("250 SIZE {SIZE_BYTES_MAX}");
                self.say("250-mail sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SMTPUTF8").await?;
                self.say(&size).await?;
            }
            "HELO" => {
                self.greeted = true;
                self.mail = None;
                self.say("250 mail sink").await?;
            }
            "MAIL" => self.begin(rest).await?,
            "RCPT" => self.add_recipient(rest).await?,
            "DATA" => return self.data().await,
            "RSET" => {
                self.mail = None;
                self.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 yes").await?,
            "QUIT" => {
                self.say("221 2.0.0 goodbye").await?;
                return Ok(Next::HangUp);
            }
            _ => self.say("500 5.5.1 no such command here").await?,
        }
        Ok(Next::Listen)
    }

    async fn begin(&mut self, rest: &str) -> io::Result<()> {
        if !self.greeted {
            return self.say("503 5.5.1 say EHLO first").await;
        }
        if self.mail.is_some() {
            return self.say("503 5.5.1 one mail at a time").await;
        }
        let Some((from, parameters)) = address(rest, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address> is expected").await;
        };
        let size = parameters
            .split_ascii_whitespace()
            .find_map(|one| one.to_ascii_uppercase().strip_prefix("SIZE=")?.parse::<usize>().ok());
        if size.is_some_and(|size| size > SIZE_BYTES_MAX) {
            return self.say("552 5.3.4 the mail is too big").await;
        }
        let envelope = Envelope { from, to: Vec::new() };
        self.mail = Some(Transaction { envelope, fault: self.faults.take() });
        self.answer(Stage::Mail, "250 2.1.0 sender noted").await.map(drop)
    }

    async fn add_recipient(&mut self, rest: &str) -> io::Result<()> {
        let Some(mail) = &mut self.mail else {
            return self.say("503 5.5.1 MAIL first").await;
        };
        if mail.envelope.to.len() >= RECIPIENTS_MAX {
            return self.say("452 4.5.3 too many recipients").await;
        }
        let Some((to, _)) = address(rest, "TO:").filter(|(to, _)| !to.is_empty()) else {
            return self.say("501 5.5.4 RCPT TO:<address> is expected").await;
        };
        if mail.fault.and_then(|fault| fault.answer_at(Stage::Recipient)).is_none() {
            mail.envelope.to.push(to);
        }
        self.answer(Stage::Recipient, "250 2.1.5 recipient noted").await.map(drop)
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.mail.as_ref().is_none_or(|mail| mail.envelope.to.is_empty()) {
            self.say("503 5.5.1 MAIL and RCPT first").await?;
            return Ok(Next::Listen);
        }
        if !self.answer(Stage::Data, "354 go on, end with a dot").await? {
            return Ok(Next::Listen);
        }
        let Some(body) = self.body().await? else { return Ok(Next::HangUp) };
        let Some(mail) = self.mail.take() else { return Ok(Next::HangUp) };
        let Body::Whole(body) = body else {
            self.say("552 5.3.4 the mail is too big").await?;
            return Ok(Next::Listen);
        };
        match mail.fault {
            Some(Fault::CutBeforeKeeping) => return Ok(Next::HangUp),
            Some(Fault::Answer { stage: Stage::EndOfData, code }) => {
                self.say(&scripted(code)).await?;
                return Ok(Next::Listen);
            }
            Some(Fault::Answer { .. } | Fault::CutAfterKeeping) | None => {}
        }
        let store = Arc::clone(&self.store);
        let kept = spawn_blocking(move || store.keep(&mail.envelope, &body)).await;
        if mail.fault == Some(Fault::CutAfterKeeping) {
            return Ok(Next::HangUp);
        }
        match kept {
            Ok(Ok(())) => self.say("250 2.0.0 kept").await?,
            Ok(Err(_)) | Err(_) => self.say("452 4.3.1 the mail could not be written").await?,
        }
        Ok(Next::Listen)
    }

    /// Reads up to the line with the single dot, and takes off the dots that the sender doubled
    /// (RFC 5321 section 4.5.2). A mail that is too big is read to its end and let go.
    async fn body(&mut self) -> io::Result<Option<Body>> {
        let mut body = Vec::new();
        let mut too_big = false;
        let mut line = Vec::new();
        let mut at_line_start = true;
        loop {
            line.clear();
            let mut bounded = (&mut self.stream).take(LINE_BYTES_MAX);
            timeout(SILENCE_MAX, bounded.read_until(b'\n', &mut line)).await??;
            if line.is_empty() {
                return Ok(None);
            }
            if at_line_start && line == b".\r\n" {
                return Ok(Some(if too_big { Body::TooBig } else { Body::Whole(body) }));
            }
            let doubled = at_line_start && line.starts_with(b".");
            body.extend_from_slice(line.get(usize::from(doubled)..).unwrap_or_default());
            // Only CRLF ends a line, or a lone line feed would smuggle in a second mail.
            at_line_start = line.ends_with(b"\r\n");
            if body.len() > SIZE_BYTES_MAX {
                too_big = true;
                body.clear();
            }
        }
    }

    /// Gives the usual answer, or the one that a fault puts in its place; true for the usual.
    async fn answer(&mut self, stage: Stage, usual: &str) -> io::Result<bool> {
        let fault = self.mail.as_ref().and_then(|mail| mail.fault);
        match fault.and_then(|fault| fault.answer_at(stage)) {
            Some(code) => {
                if stage != Stage::Recipient {
                    self.mail = None;
                }
                self.say(&scripted(code)).await.map(|()| false)
            }
            None => self.say(usual).await.map(|()| true),
        }
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        let line = format!("{text}\r\n");
        timeout(SILENCE_MAX, self.stream.get_mut().write_all(line.as_bytes())).await?
    }
}

impl Fault {
    fn answer_at(self, now: Stage) -> Option<u16> {
        match self {
            Self::Answer { stage, code } if stage == now => Some(code),
            Self::Answer { .. } | Self::CutBeforeKeeping | Self::CutAfterKeeping => None,
        }
    }
}

fn scripted(code: u16) -> String {
    format!("{code} as the test asked")
}

/// The address between angle brackets after `word`, and what follows it.
fn address<'a>(rest: &'a str, word: &str) -> Option<(String, &'a str)> {
    let (head, tail) = rest.split_at_checked(word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, parameters) = tail.trim_start().strip_prefix('<')?.split_once('>')?;
    let clean = !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '<');
    clean.then(|| (address.to_owned(), parameters))
}
