//! Hands a mail to a mail server, and knows at every point what a failure means.
//!
//! Up to the end of the data nothing was sent, whatever fails. From there on only an answer says
//! what happened. No reason that leaves here repeats the server's words: they may name somebody.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use crate::config::{SmtpConfig, TlsMode};

/// RFC 5321, section 4.5.3.2.6.
const LAST_ANSWER_MAX: Duration = Duration::from_mins(10);

/// What came of handing a mail over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handed {
    /// The server answers for it now.
    Taken,
    /// The server refuses the receiver's address for good.
    AddressRefused,
    /// Certainly not taken; may work later.
    NotTaken(String),
    /// The server may or may not have it.
    Unknown(String),
}

/// The mail server, as configured.
pub(super) struct MailServer {
    config: SmtpConfig,
    hello: ClientId,
    tls: Option<TlsParameters>,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MailServer").field("config", &self.config).finish_non_exhaustive()
    }
}

impl MailServer {
    /// `domain` is what we greet with.
    pub(super) fn new(config: SmtpConfig, domain: &str) -> Result<Self, Error> {
        let tls = match config.tls {
            TlsMode::None => None,
            TlsMode::Starttls | TlsMode::Tls => Some(TlsParameters::new(config.host.clone())?),
        };
        Ok(Self { config, hello: ClientId::Domain(domain.to_owned()), tls })
    }

    /// Hands over one mail to one receiver.
    #[tracing::instrument(name = "hand over mail", skip_all, fields(otel.kind = "client"))]
    pub(super) async fn hand_over(&self, envelope: &Envelope, bytes: &[u8]) -> Handed {
        let mut connection = match self.announce(envelope).await {
            Ok(connection) => connection,
            Err(handed) => return handed,
        };
        // The client ends the mail with a line end of its own.
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let answer = tokio::time::timeout(LAST_ANSWER_MAX, connection.message(bytes)).await;
        let handed = match answer {
            Ok(Ok(_)) => Handed::Taken,
            Ok(Err(error)) if error.status().is_some() => {
                Failure::new("the mail", &error).about_receiver()
            }
            Ok(Err(error)) => return Handed::Unknown(Failure::new("the mail", &error).told),
            Err(_) => return Handed::Unknown("no answer to the mail".to_owned()),
        };
        // A courtesy: whatever it answers, the mail's fate is known.
        let _ = tokio::time::timeout(self.patience(), connection.quit()).await;
        handed
    }

    /// Everything up to the words of the mail.
    async fn announce(&self, envelope: &Envelope) -> Result<AsyncSmtpConnection, Handed> {
        let mut connection = self.in_time("the connection", self.connect()).await?;
        let international = envelope.to().iter().any(|address| !address.to_string().is_ascii());
        if international && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let reason = "the mail server takes no address with other signs than ASCII: use one \
                          that knows SMTPUTF8";
            return Err(Handed::NotTaken(reason.to_owned()));
        }
        let options = if international { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        let sender = Mail::new(envelope.from().cloned(), options);
        self.in_time("MAIL", connection.command(sender)).await?;
        for address in envelope.to() {
            let receiver = Rcpt::new(address.clone(), Vec::new());
            let answer = self.in_time("RCPT", connection.command(receiver)).await;
            answer.map_err(Failure::about_receiver)?;
        }
        self.in_time("DATA", connection.command(Data)).await?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let server = (self.config.host.as_str(), self.config.port);
        let (at_once, after) = match self.config.tls {
            TlsMode::None => (None, None),
            TlsMode::Starttls => (None, self.tls.clone()),
            TlsMode::Tls => (self.tls.clone(), None),
        };
        let timeout = Some(self.patience());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, timeout, &self.hello, at_once, None)
                .await?;
        if let Some(tls) = after {
            connection.starttls(tls, &self.hello).await?;
        }
        if !self.config.user.is_empty() {
            let password = self.config.password.expose().to_owned();
            let credentials = Credentials::new(self.config.user.clone(), password);
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }

    /// Waits for one answer before the mail's words.
    async fn in_time<T>(
        &self,
        step: &str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(self.patience(), answer).await {
            Ok(answer) => answer.map_err(|error| Failure::new(step, &error)),
            Err(_) => Err(Failure { told: format!("no answer to {step}"), permanent: None }),
        }
    }

    const fn patience(&self) -> Duration {
        Duration::from_millis(self.config.timeout_ms)
    }
}

/// A failure that leaves nothing open.
struct Failure {
    /// What went wrong, without the server's words.
    told: String,
    /// The server's words where it refuses for good; they go no further than this file.
    permanent: Option<String>,
}

impl Failure {
    fn new(step: &str, error: &Error) -> Self {
        let told = match error.status() {
            Some(code) => format!("the server answered {code} to {step}"),
            None if error.is_response() => format!("the server's answer to {step} is no SMTP"),
            None => format!("{step} failed: {}", runtime::error::chain(error)),
        };
        let words = || std::error::Error::source(error).map(ToString::to_string);
        Self { told, permanent: error.is_permanent().then(|| words().unwrap_or_default()) }
    }

    /// A refusal is about the receiver's address for good only where the server says so in an
    /// enhanced code (RFC 3463). Without one nobody knows: an unknown mailbox and a relay that we
    /// may not use are both a plain 550 (RFC 5321, sections 3.6.2 and 4.2.3). A full mailbox
    /// (5.2.2, or 552) empties itself, and a policy (class 5.7) is ours to mend.
    fn about_receiver(self) -> Handed {
        match &self.permanent {
            Some(words) if names_the_receiver(words) => Handed::AddressRefused,
            Some(_) | None => self.into(),
        }
    }
}

/// No such address, or a mailbox that was closed. 5.1.7 and 5.1.8 are about the sender's address.
fn names_the_receiver(words: &str) -> bool {
    let code = words.split_whitespace().next().unwrap_or_default();
    let of_sender = ["5.1.7", "5.1.8"].contains(&code);
    code == "5.2.1" || (code.starts_with("5.1.") && !of_sender)
}

impl From<Failure> for Handed {
    fn from(failure: Failure) -> Self {
        Self::NotTaken(failure.told)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers every command well, but for one, where it says something else or hangs up.
    async fn serve(listener: &TcpListener, step: &str, answer: Option<&str>) {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut reply = "220 ready".to_owned();
        loop {
            stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap() > 0 && reply.starts_with("354") {
                if line == ".\r\n" {
                    break;
                }
                line.clear();
            }
            let command = line.split([' ', '\r']).next().unwrap();
            reply = match answer {
                None if command == step => return,
                Some(answer) if command == step => answer.to_owned(),
                _ if matches!(command, "" | "QUIT") => return,
                _ if command == "DATA" => "354 go on".to_owned(),
                _ => "250 2.0.0 fine".to_owned(),
            };
        }
    }

    fn server(port: u16) -> MailServer {
        let (host, tls) = ("127.0.0.1".to_owned(), TlsMode::None);
        MailServer::new(SmtpConfig { host, port, tls, ..SmtpConfig::default() }, "a.example")
            .unwrap()
    }

    fn envelope() -> Envelope {
        let from = Some("from@agency.example".parse().unwrap());
        Envelope::new(from, vec!["to@debtor.example".parse().unwrap()]).unwrap()
    }

    async fn hand_over_to(step: &str, answer: Option<&str>) -> Handed {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = server(listener.local_addr().unwrap().port());
        let envelope = envelope();
        let hand_over = server.hand_over(&envelope, b"Subject: x\r\n\r\nHello.\r\n");
        tokio::join!(hand_over, serve(&listener, step, answer)).0
    }

    #[tokio::test]
    async fn what_is_answered_for_is_taken() {
        assert_eq!(hand_over_to("NONE", None).await, Handed::Taken);
    }

    #[tokio::test]
    async fn before_the_end_of_the_mail_every_failure_leaves_it_unsent() {
        for step in ["EHLO", "MAIL", "RCPT", "DATA"] {
            for answer in [None, Some("421 4.3.0 later"), Some("451 not now"), Some("nonsense")] {
                let handed = hand_over_to(step, answer).await;
                assert!(matches!(handed, Handed::NotTaken(_)), "{step} {answer:?}: {handed:?}");
            }
        }
        for answer in ["421 4.3.0 later", "452 4.2.2 full", "554 5.6.0 not that", "550 no"] {
            let handed = hand_over_to(".", Some(answer)).await;
            assert!(matches!(handed, Handed::NotTaken(_)), "{answer}: {handed:?}");
        }
    }

    #[tokio::test]
    async fn no_answer_to_the_mail_leaves_it_open() {
        for answer in [None, Some("nonsense")] {
            let handed = hand_over_to(".", answer).await;
            assert!(matches!(handed, Handed::Unknown(_)), "{answer:?}: {handed:?}");
        }
    }

    #[tokio::test]
    async fn only_a_refusal_of_the_address_is_about_the_address() {
        for (step, answer, refused) in [
            ("RCPT", "550 5.1.1 <to@debtor.example> unknown", true),
            ("RCPT", "550 5.2.1 mailbox disabled", true),
            (".", "550 5.1.1 unknown", true),
            ("RCPT", "550 no such user", false),
            ("RCPT", "550 relaying denied", false),
            ("RCPT", "552 mailbox full", false),
            ("RCPT", "552 5.2.2 mailbox full", false),
            ("RCPT", "553 5.1.8 sender's domain unknown", false),
            ("RCPT", "554 5.7.1 relaying denied", false),
            ("MAIL", "550 5.1.0 sender refused", false),
            ("DATA", "554 no", false),
        ] {
            let handed = hand_over_to(step, Some(answer)).await;
            assert_eq!(handed == Handed::AddressRefused, refused, "{step} {answer}: {handed:?}");
            let told = format!("{handed:?}");
            assert!(!told.contains("debtor.example"), "the server's words went on: {told}");
        }
    }

    /// That our own server cannot pass an address on says nothing about the address.
    #[tokio::test]
    async fn a_server_without_smtputf8_has_not_taken_an_international_address() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = server(listener.local_addr().unwrap().port());
        let to = lettre::Address::new("zoë", "debtor.example").unwrap();
        let envelope = Envelope::new(envelope().from().cloned(), vec![to]).unwrap();
        let hand_over = server.hand_over(&envelope, b"Subject: x\r\n\r\nHello.\r\n");
        let (handed, ()) = tokio::join!(hand_over, serve(&listener, "NONE", None));
        assert!(matches!(&handed, Handed::NotTaken(why) if why.contains("SMTPUTF8")), "{handed:?}");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_has_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let handed = server(port).hand_over(&envelope(), b"x").await;
        assert!(matches!(handed, Handed::NotTaken(_)), "{handed:?}");
    }
}
