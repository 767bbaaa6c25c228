//! The mails on disk, one file each, and a list of them in memory.
//!
//! A file gets its name only when it is whole and on disk, so what has a name was received, and
//! what was confirmed to the sender has a name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, PartType};

use crate::Error;

/// Keeps file names within what file systems take.
const NAME_CHARS_MAX: usize = 120;
const UNFINISHED: &str = "unfinished";

/// One mail that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its number in this folder, from 1, in the order of arrival.
    pub sequence: u64,
    /// The `Message-ID` header without its angle brackets.
    pub message_id: Option<String>,
    /// The sender of the envelope; empty for a bounce.
    pub return_path: String,
    /// The recipients of the envelope.
    pub recipients: Vec<String>,
    /// The `From` header.
    pub from: Vec<Correspondent>,
    /// The `To` header.
    pub to: Vec<Correspondent>,
    pub subject: String,
    /// When it was written to disk; wall time.
    pub received: Timestamp,
    pub size_bytes: u64,
    /// The mail as it was sent, below a `Return-Path` and one `Delivered-To` per recipient.
    pub path: PathBuf,
}

/// A person as a mail's header names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correspondent {
    pub name: String,
    pub address: String,
}

/// What a mail says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) html: String,
    /// Name and value as sent, in order.
    pub(super) headers: Vec<(String, String)>,
}

/// The sender and the recipients that the SMTP dialogue named.
#[derive(Clone, Debug, Default)]
pub(super) struct Envelope {
    pub(super) from: String,
    pub(super) to: Vec<String>,
}

/// The folder and what is in it.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    next: AtomicU64,
    mails: RwLock<Vec<Mail>>,
}

impl Mail {
    /// The identifier under which the sink answers questions about it.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{:06}", self.sequence)
    }

    /// The whole mail.
    pub fn raw(&self) -> Result<Vec<u8>, Error> {
        fs::read(&self.path).map_err(Error::io("read", &self.path))
    }

    /// The text for people: decoded, without headers; empty where there is none.
    pub fn text(&self) -> Result<String, Error> {
        Ok(self.content()?.text)
    }

    pub(super) fn content(&self) -> Result<Content, Error> {
        let raw = self.raw()?;
        let Some(message) = MessageParser::default().parse(&raw) else {
            return Ok(Content::default());
        };
        let headers = message.headers_raw();
        Ok(Content {
            text: bodies(&message, |body| match body {
                PartType::Text(text) => Some(text),
                PartType::Html(_)
                | PartType::Binary(_)
                | PartType::InlineBinary(_)
                | PartType::Message(_)
                | PartType::Multipart(_) => None,
            }),
            html: bodies(&message, |body| match body {
                PartType::Html(html) => Some(html),
                PartType::Text(_)
                | PartType::Binary(_)
                | PartType::InlineBinary(_)
                | PartType::Message(_)
                | PartType::Multipart(_) => None,
            }),
            headers: headers.map(|(name, value)| (name.to_owned(), value.trim().into())).collect(),
        })
    }

    /// Reads what a file says about itself.
    fn read(sequence: u64, path: PathBuf) -> Result<Self, Error> {
        let raw = fs::read(&path).map_err(Error::io("read", &path))?;
        let written = fs::metadata(&path)
            .and_then(|metadata| metadata.modified())
            .map_err(Error::io("look at", &path))?;
        let message = MessageParser::default().parse_headers(&raw).unwrap_or_default();
        let delivered = message.header_values("Delivered-To");
        Ok(Self {
            sequence,
            message_id: message.message_id().map(str::to_owned),
            return_path: message.return_address().unwrap_or_default().to_owned(),
            recipients: delivered.filter_map(|value| value.as_text()).map(str::to_owned).collect(),
            from: correspondents(message.from()),
            to: correspondents(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            received: Timestamp::try_from(written).unwrap_or_default(),
            size_bytes: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            path,
        })
    }
}

impl Store {
    /// Reads what is there, and clears away what a crash left unfinished.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let mut mails = Vec::new();
        for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
            let path = entry.map_err(Error::io("read", folder))?.path();
            let extension = path.extension().unwrap_or_default();
            if extension == UNFINISHED {
                fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            } else if extension == "eml"
                && let Some(sequence) = sequence_of(&path)
            {
                mails.push(Mail::read(sequence, path)?);
            }
        }
        mails.sort_by_key(|mail| mail.sequence);
        let last = mails.last().map_or(0, |mail| mail.sequence);
        Ok(Self {
            folder: folder.to_owned(),
            next: AtomicU64::new(last.saturating_add(1)),
            mails: RwLock::new(mails),
        })
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.mails.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a mail: when this returns it is on disk and can be asked for.
    pub(super) fn keep(&self, envelope: &Envelope, data: &[u8]) -> Result<(), Error> {
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        let message = MessageParser::default().parse_headers(data);
        let message_id = message.as_ref().and_then(Message::message_id).unwrap_or("none");
        let path = self.folder.join(format!("{sequence:06}-{}.eml", sanitised(message_id)));
        let unfinished = path.with_extension(UNFINISHED);
        write(&unfinished, envelope, data).map_err(Error::io("write", &unfinished))?;
        fs::rename(&unfinished, &path).map_err(Error::io("rename", &unfinished))?;
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(Error::io("sync", &self.folder))?;
        let mail = Mail::read(sequence, path)?;
        let mut mails = self.mails.write().unwrap_or_else(PoisonError::into_inner);
        // Two mails that arrive at once may be written in the other order.
        let place = mails.partition_point(|kept| kept.sequence < sequence);
        mails.insert(place, mail);
        Ok(())
    }
}

/// RFC 5321 section 4.4: final delivery puts the envelope on top.
fn write(path: &Path, envelope: &Envelope, data: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    write!(file, "Return-Path: <{}>\r\n", envelope.from)?;
    for recipient in &envelope.to {
        write!(file, "Delivered-To: {recipient}\r\n")?;
    }
    file.write_all(data)?;
    file.sync_all()
}

fn sequence_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

/// A name without anything that a file system or a person could stumble over.
fn sanitised(message_id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".@_-".contains(c) { c } else { '_' };
    message_id.chars().take(NAME_CHARS_MAX).map(plain).collect()
}

fn correspondents(address: Option<&Address<'_>>) -> Vec<Correspondent> {
    let listed = address.into_iter().flat_map(Address::iter);
    listed
        .map(|one| Correspondent {
            name: one.name().unwrap_or_default().to_owned(),
            address: one.address().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn bodies<'m>(
    message: &'m Message<'_>,
    choose: impl Fn(&'m PartType<'_>) -> Option<&'m std::borrow::Cow<'m, str>>,
) -> String {
    message.parts.iter().filter_map(|part| choose(&part.body)).map(AsRef::as_ref).collect()
}
