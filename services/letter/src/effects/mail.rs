//! Makes a mail of a composed message: the bytes as they are kept, and as they leave.
//!
//! The same message makes the same bytes, at any time and on any machine.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use primitives::{LetterId, Timestamp};

use crate::domain::{Agency, Composed};

/// A mail, ready to be handed over.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) envelope: Envelope,
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

/// Puts the mail together. Its date is when it was drafted.
pub(super) fn build(
    agency: &Agency,
    letter_id: LetterId,
    composed: &Composed,
    to: Mailbox,
    drafted_at: Timestamp,
) -> Result<Mail, MailError> {
    let from: Address = agency.email.parse().map_err(MailError::Sender)?;
    let parts = MultiPart::alternative()
        .boundary(format!("letter-{letter_id}"))
        .singlepart(SinglePart::plain(composed.text.clone()))
        .singlepart(SinglePart::html(composed.html.clone()));
    let reply_to = composed.reply_to.as_ref().and_then(|address| address.parse().ok());
    let message = Message::builder()
        .date(SystemTime::from(drafted_at))
        .message_id(Some(format!("<{}>", message_id(agency, letter_id))))
        .from(Mailbox::new(Some(composed.sender_name.clone()), from))
        .to(to)
        .subject(composed.subject.as_str())
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

/// The `Message-ID` of a letter, without its angle brackets: the same for every attempt.
pub(super) fn message_id(agency: &Agency, letter_id: LetterId) -> String {
    format!("{letter_id}@{}", agency.domain)
}

#[cfg(test)]
mod tests {
    use primitives::{Currency, Money};

    use super::*;

    fn mail() -> Mail {
        let agency = Agency {
            name: "Agency".to_owned(),
            email: "hello@agency.example".to_owned(),
            domain: "agency.example".to_owned(),
            ..Agency::default()
        };
        let composed = Composed {
            sender_name: "Agency, voor \u{201c}Créditeur\u{201d}".to_owned(),
            reply_to: Some("answers@creditor.example".to_owned()),
            subject: "Herinnering: factuur één".to_owned(),
            text: "Wilt u €\u{a0}12,50 betalen?\n".to_owned(),
            html: "<p>Wilt u €\u{a0}12,50 betalen?</p>\n".to_owned(),
            text_version: "x@1".to_owned(),
            asked: Money::new(1_250, Currency::EUR),
            printed: Vec::new(),
        };
        let letter_id = LetterId::from_uuid(uuid::Uuid::from_u128(1));
        let to =
            Mailbox::new(Some("Noor, bcc: x".to_owned()), "to@debtor.example".parse().unwrap());
        let drafted_at = "2026-11-12T09:30:00Z".parse().unwrap();
        build(&agency, letter_id, &composed, to, drafted_at).unwrap()
    }

    #[test]
    fn the_same_message_makes_the_same_bytes() {
        assert_eq!(mail().bytes, mail().bytes);
    }

    #[test]
    fn the_head_says_who_when_and_which_letter() {
        let text = String::from_utf8(mail().bytes).unwrap();
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
        assert_eq!(mail().envelope.to().len(), 1);
    }
}
