//! Makes a mail of a composed message: the bytes as they are kept, and as they leave.
//!
//! The same message makes the same bytes, at any time and on any machine.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use primitives::Timestamp;
use uuid::Uuid;

use crate::domain::{Agency, FileKind};

/// A mail, ready to be handed over.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// What a mail says.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) sender_name: String,
    pub(super) reply_to: Option<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) attached: Vec<Attached>,
}

/// A file that goes with it.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) kind: FileKind,
    pub(super) bytes: Vec<u8>,
}

/// The configuration holds what no mail can be made with.
#[derive(Debug, thiserror::Error)]
pub(super) enum MailError {
    #[error("`agency.email` of the configuration is no address")]
    Sender(#[source] lettre::address::AddressError),
    #[error("the mail cannot be put together")]
    Message(#[source] lettre::error::Error),
}

/// Puts the mail together. Its date is when it was drafted; `id` is the letter's or the note's.
pub(super) fn build(
    agency: &Agency,
    id: Uuid,
    content: Content,
    to: Mailbox,
    drafted_at: Timestamp,
) -> Result<Mail, MailError> {
    let from: Address = agency.email.parse().map_err(MailError::Sender)?;
    let words = MultiPart::alternative()
        .boundary(format!("letter-{id}"))
        .singlepart(SinglePart::plain(content.text))
        .singlepart(SinglePart::html(content.html));
    let parts = if content.attached.is_empty() {
        words
    } else {
        let parts = MultiPart::mixed().boundary(format!("parts-{id}")).multipart(words);
        content.attached.into_iter().fold(parts, |parts, Attached { name, kind, bytes }| {
            parts.singlepart(Attachment::new(name).body(bytes, content_type(kind)))
        })
    };
    let reply_to = content.reply_to.as_ref().and_then(|address| address.parse().ok());
    let message = Message::builder()
        .date(SystemTime::from(drafted_at))
        .message_id(Some(format!("<{}>", message_id(agency, id))))
        .from(Mailbox::new(Some(content.sender_name), from))
        .to(to)
        .subject(content.subject)
        // RFC 3834: nobody's absence notice need answer it.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    let message = match reply_to {
        Some(address) => message.reply_to(Mailbox::new(None, address)),
        None => message,
    };
    let message = message.multipart(parts).map_err(MailError::Message)?;
    Ok(Mail { envelope: message.envelope().clone(), bytes: message.formatted() })
}

fn content_type(kind: FileKind) -> ContentType {
    let name = match kind {
        FileKind::Csv => "text/csv; charset=utf-8",
        FileKind::Pdf => "application/pdf",
    };
    ContentType::parse(name).unwrap_or(ContentType::TEXT_PLAIN)
}

/// The `Message-ID` of a letter or a note, without its angle brackets: the same for every attempt.
pub(super) fn message_id(agency: &Agency, id: Uuid) -> String {
    format!("{id}@{}", agency.domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(attached: Vec<Attached>) -> Mail {
        let agency = Agency {
            name: "Agency".to_owned(),
            email: "hello@agency.example".to_owned(),
            domain: "agency.example".to_owned(),
            ..Agency::default()
        };
        let content = Content {
            sender_name: "Agency, voor \u{201c}Créditeur\u{201d}".to_owned(),
            reply_to: Some("answers@creditor.example".to_owned()),
            subject: "Herinnering: factuur één".to_owned(),
            text: "Wilt u €\u{a0}12,50 betalen?\n".to_owned(),
            html: "<p>Wilt u €\u{a0}12,50 betalen?</p>\n".to_owned(),
            attached,
        };
        let to =
            Mailbox::new(Some("Noor, bcc: x".to_owned()), "to@debtor.example".parse().unwrap());
        let drafted_at = "2026-11-12T09:30:00Z".parse().unwrap();
        build(&agency, Uuid::from_u128(1), content, to, drafted_at).unwrap()
    }

    #[test]
    fn a_specification_is_attached_as_a_file() {
        let file = |ending: &str, kind, bytes: &[u8]| Attached {
            name: format!("specificatie-2026-11-12.{ending}"),
            kind,
            bytes: bytes.to_vec(),
        };
        let files = || {
            let csv = file("csv", FileKind::Csv, b"case;amount\r\n");
            vec![csv, file("pdf", FileKind::Pdf, b"%PDF-1.7\n\xff")]
        };
        let text = String::from_utf8(mail(files()).bytes).unwrap();
        assert!(text.contains("attachment; filename=\"specificatie-2026-11-12.csv\""), "{text}");
        assert!(text.contains("Content-Type: text/csv; charset=utf-8"), "{text}");
        assert!(text.contains("attachment; filename=\"specificatie-2026-11-12.pdf\""), "{text}");
        assert!(text.contains("Content-Type: application/pdf"), "{text}");
        assert_eq!(mail(files()).bytes, mail(files()).bytes);
    }

    #[test]
    fn the_same_message_makes_the_same_bytes() {
        assert_eq!(mail(Vec::new()).bytes, mail(Vec::new()).bytes);
    }

    #[test]
    fn the_head_says_who_when_and_which_letter() {
        let text = String::from_utf8(mail(Vec::new()).bytes).unwrap();
        for line in [
            "Message-ID: <00000000-0000-0000-0000-000000000001@agency.example>",
            "Date: Thu, 12 Nov 2026 09:30:00 +0000",
            "Auto-Submitted: auto-generated",
            "Reply-To: answers@creditor.example",
            "To: =?utf-8?b?Tm9vciwgYmNjOiB4?= <to@debtor.example>",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
        assert!(text.is_ascii(), "every server can take it");
        assert_eq!(mail(Vec::new()).envelope.to().len(), 1);
    }
}
