//! `amicable mail`: the mails that the sink keeps. They are personal.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::cli::Mail;
use crate::failure::Failure;
use crate::find::Kind;
use crate::moment::told;
use crate::output::{Table, say, say_json};
use crate::session::{PATIENCE, Session};

const ASK_EVERY: Duration = Duration::from_millis(100);
const MAIL: Kind = Kind { name: "mail", list: "amicable mail list" };

/// What the sink answers about many mails.
#[derive(Debug, Deserialize)]
pub(crate) struct Listing {
    total: usize,
    pub(crate) messages: Vec<Summary>,
}

/// What the sink answers about one mail in a list.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Summary {
    #[serde(rename(deserialize = "ID"))]
    id: String,
    #[serde(rename(deserialize = "MessageID"))]
    pub(crate) message_id: String,
    #[serde(rename(deserialize = "To"))]
    to: Vec<Person>,
    #[serde(rename(deserialize = "Subject"))]
    subject: String,
    /// When the sink got it, in wall time.
    #[serde(rename(deserialize = "Created"))]
    created: Timestamp,
    /// When it was written, in business time: its date, which the list of the sink does not tell.
    #[serde(default)]
    written: Option<Timestamp>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Person {
    #[serde(rename(deserialize = "Name"))]
    name: String,
    #[serde(rename(deserialize = "Address"))]
    address: String,
}

/// What the sink answers about one mail.
#[derive(Debug, Deserialize, Serialize)]
struct Whole {
    #[serde(rename(deserialize = "From"))]
    from: Person,
    #[serde(rename(deserialize = "To"))]
    to: Vec<Person>,
    #[serde(rename(deserialize = "Subject"))]
    subject: String,
    #[serde(rename(deserialize = "Text"))]
    text: String,
}

pub(crate) async fn run(session: &Session, mail: Mail) -> Result<ExitCode, Failure> {
    match mail {
        Mail::List { limit, json } => list(session, limit.limit, json).await,
        Mail::Show { number, json } => show(session, number, json).await,
    }
}

/// The newest mails, newest first.
pub(crate) async fn newest(session: &Session, limit: u32) -> Result<Listing, Failure> {
    let path = format!("/api/v1/messages?limit={limit}");
    Ok(ask(session, &path).await?.unwrap_or(Listing { total: 0, messages: Vec::new() }))
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<ExitCode, Failure> {
    let mut listing = newest(session, limit).await?;
    for mail in &mut listing.messages {
        mail.written = written(session, &mail.id).await?;
    }
    if json {
        say_json(&listing.messages);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["mail", "to", "subject", "written"]);
    for mail in &listing.messages {
        let to = mail.to.iter().map(|person| person.address.as_str());
        table.row([
            mail.id.trim_start_matches('0').to_owned(),
            to.collect::<Vec<_>>().join(", "),
            mail.subject.clone(),
            mail.written.map_or_else(|| "-".to_owned(), told),
        ]);
    }
    table.say("no mails yet");
    if listing.messages.len() < listing.total {
        say(format_args!("{} of {} mails; see --limit", listing.messages.len(), listing.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// The date of a mail; none where it has none that can be read.
async fn written(session: &Session, id: &str) -> Result<Option<Timestamp>, Failure> {
    let path = format!("/api/v1/message/{id}/headers");
    let headers: Option<BTreeMap<String, Vec<String>>> = ask(session, &path).await?;
    Ok(headers.and_then(|headers| date(headers.get("Date")?.first()?)))
}

fn date(header: &str) -> Option<Timestamp> {
    rfc2822::parse(header).ok().map(|zoned| zoned.timestamp())
}

async fn show(session: &Session, number: u64, json: bool) -> Result<ExitCode, Failure> {
    let path = format!("/api/v1/message/{number:06}");
    let Some(mail) = ask::<Whole>(session, &path).await? else {
        return Err(MAIL.unknown(&number.to_string()).into());
    };
    if json {
        say_json(&mail);
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("From: {} <{}>", mail.from.name, mail.from.address));
    for person in &mail.to {
        say(format_args!("To: {} <{}>", person.name, person.address));
    }
    say(format_args!("Subject: {}\n", mail.subject));
    say(mail.text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// None where the sink has no such thing. A sink that was killed is back soon, and asking changes
/// nothing.
async fn ask<A: DeserializeOwned>(session: &Session, path: &str) -> Result<Option<A>, Failure> {
    let begun = Instant::now();
    loop {
        match ask_once(session, path).await {
            Err(Failure::MailSink(error))
                if error.status().is_none() && begun.elapsed() < PATIENCE =>
            {
                sleep(ASK_EVERY).await;
            }
            answer => return answer,
        }
    }
}

async fn ask_once<A: DeserializeOwned>(
    session: &Session,
    path: &str,
) -> Result<Option<A>, Failure> {
    let url = format!("http://127.0.0.1:{}{path}", session.description.ports.mail_page);
    let request = session.http.request(Method::GET, url);
    let answer = session.http.call("GET mail-sink", request).await.map_err(Failure::MailSink)?;
    if answer.status() == reqwest::StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let answer = answer.error_for_status().map_err(Failure::MailSink)?;
    answer.json().await.map(Some).map_err(Failure::MailSink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_told_with_the_moment_of_its_date() {
        let moment = date("Thu, 12 Nov 2026 09:30:00 +0000").unwrap();
        assert_eq!(told(moment), "Thu 12 Nov 2026 10:30");
        assert_eq!(date("once upon a time"), None);
    }
}
