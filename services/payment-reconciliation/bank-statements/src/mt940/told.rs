//! What a bank tells of one entry, whatever its dialect.

use primitives::Iban;

use super::entry::Context;
use super::{columns, german, known, plain, slashes, wrap};
use crate::statement::{Account, Direction, Verbatim};

/// The words of an entry, as they stand.
pub(super) struct Words<'w> {
    /// All `:86:`.
    pub(super) details: &'w [Vec<String>],
    /// `:NS:`.
    pub(super) numbered: &'w [String],
    /// The lines under `:61:`.
    pub(super) supplement: &'w [String],
    /// What `:61:` refers the owner of the account to.
    pub(super) reference: &'w str,
}

/// What was found in `:86:` and around it. The first to tell something is believed.
#[derive(Default)]
pub(super) struct Told {
    /// Structured references and whose scheme they follow, which may be empty.
    pub(super) references: Vec<(String, String)>,
    /// What the payer wrote in words.
    pub(super) lines: Vec<String>,
    pub(super) end_to_end_id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) name: Option<String>,
    /// What kind of transaction it is to the bank.
    pub(super) code: Option<String>,
    /// Why the payment came back, which may be empty.
    pub(super) returned: Option<String>,
    /// What the bank writes besides.
    pub(super) additional: Vec<String>,
}

/// Reads all of an entry that is words: the lines under `:61:`, its reference for the owner of the
/// account, `:86:` and `:NS:`.
pub(super) fn told(words: &Words, direction: Direction, context: &Context) -> Told {
    let mut told = Told::default();
    // What the bank writes is believed before what a payer may have written like it.
    if is_rabobank(context) {
        told.supplement(words.supplement, context);
        told.owner_reference(words.reference, context);
        told.details(words.details, direction, context);
        told.numbered(words.numbered);
    } else {
        told.details(words.details, direction, context);
        told.numbered(words.numbered);
        told.supplement(words.supplement, context);
        told.owner_reference(words.reference, context);
    }
    told.find_references();
    told
}

impl Told {
    fn details(&mut self, details: &[Vec<String>], direction: Direction, context: &Context) {
        let told = self;
        let start = details.iter().find_map(|it| it.iter().find(|it| !it.trim().is_empty()));
        let lines: Vec<String> = details.iter().flatten().cloned().collect();
        if let Some(form) = start.and_then(|it| german::form(it)) {
            german::read(&lines, form, told, context);
        } else if let Some(place) = slashes::start(&lines) {
            let (before, words) = lines.split_at_checked(place).unwrap_or((&lines, &[]));
            plain::before(before, told);
            slashes::read(words, direction, told);
        } else if columns::is_columns(&lines, context) {
            columns::read(&lines, told);
        } else {
            for details in details {
                told.lines.extend(wrap::whole_lines(details).iter().map(|it| it.trim().to_owned()));
            }
            plain::read(told);
        }
    }

    /// Keeps a text that stands once.
    pub(super) fn once(slot: &mut Option<String>, text: &str) {
        let text = text.trim();
        if slot.is_none() && !text.is_empty() {
            *slot = Some(text.to_owned());
        }
    }

    /// The payer's own identification, where there is one.
    pub(super) fn identified(&mut self, text: &str) {
        if !known::is_placeholder(text) {
            Self::once(&mut self.end_to_end_id, text);
        }
    }

    /// The account on the other side; banks write spaces into it where they break lines.
    pub(super) fn held(&mut self, text: &str) {
        Self::once(&mut self.account, &text.split_whitespace().collect::<String>());
    }

    /// The lines of `:NS:`: two figures and a text. 1 to 14 are the payer's words, 15 and 16 the
    /// name, 17 the kind of booking.
    fn numbered(&mut self, lines: &[String]) {
        let mut name = String::new();
        for line in lines {
            let Some((number, text)) = line.trim().split_at_checked(2) else { continue };
            let text = text.trim();
            match number.parse::<u8>() {
                Ok(1..=14) if !text.is_empty() => self.lines.push(text.to_owned()),
                Ok(15 | 16) => name.push_str(text),
                Ok(17) if !text.is_empty() => self.additional.push(text.to_owned()),
                _ => {}
            }
        }
        Self::once(&mut self.name, &name);
    }

    /// The lines under `:61:`. Rabobank writes the account there, SNS and ASN the name, which
    /// stands in `:86:` too; ING writes words after slashes.
    fn supplement(&mut self, lines: &[String], context: &Context) {
        for line in lines.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
            if let Some(code) = line.strip_prefix("/TRCD/") {
                Self::once(&mut self.code, code.trim_matches('/'));
            } else if let Some(account) = known::account(line).filter(|_| is_rabobank(context)) {
                self.held(&account);
            } else if self.names(line) {
                Self::once(&mut self.name, line);
            } else {
                self.additional.push(line.to_owned());
            }
        }
    }

    /// Whether `:86:` begins with an account and this name.
    fn names(&self, name: &str) -> bool {
        let first = self.lines.first().map_or("", |it| it.trim());
        let rest = first.split_once(' ').map(|(account, rest)| (known::account(account), rest));
        rest.is_some_and(|(account, rest)| account.is_some() && rest.trim().starts_with(name))
    }

    /// What `:61:` refers the owner of the account to. Before SEPA, Rabobank wrote account and name
    /// there; SNS and ASN still write the account, as far as it fits.
    fn owner_reference(&mut self, text: &str, context: &Context) {
        let split = text.char_indices().nth(16).map_or(text.len(), |(at, _)| at);
        let (reference, name) = text.split_at_checked(split).unwrap_or((text, ""));
        let reference = reference.trim();
        if is_rabobank(context) {
            if let Some(account) = known::account(reference) {
                self.held(&account);
            }
            return Self::once(&mut self.name, name);
        }
        let is_number = reference.bytes().all(|it| it.is_ascii_digit());
        let is_part = |account: &String| {
            reference.len() >= 10
                && (account.starts_with(reference) || account.ends_with(reference))
        };
        if self.account.as_ref().is_some_and(is_part) || is_marker(text) {
            return;
        }
        if is_number && reference.len() == 16 && name.is_empty() {
            // ING gives a betalingskenmerk here and nowhere else.
            return self.refer(reference, "CUR");
        }
        // Some banks write words here.
        let text = text.trim();
        if text.contains(' ') || !text.bytes().any(|it| it.is_ascii_digit()) {
            self.additional.push(text.to_owned());
        } else {
            self.identified(text);
        }
    }

    /// A structured reference; each stands once.
    pub(super) fn refer(&mut self, text: &str, issuer: &str) {
        let text = text.trim();
        let compact = |it: &str| it.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let is_new = self.references.iter().all(|(it, _)| compact(it) != compact(text));
        if !text.is_empty() && is_new {
            self.references.push((text.to_owned(), issuer.to_owned()));
        }
    }

    /// References that stand in words.
    fn find_references(&mut self) {
        let found: Vec<_> = self.lines.iter().flat_map(|it| known::references(it)).collect();
        for (text, issuer) in found {
            self.refer(&text, &issuer);
        }
    }
}

/// Words that say which reference stands in `:86:`.
fn is_marker(text: &str) -> bool {
    let text = text.trim().trim_end_matches('+');
    known::is_placeholder(text)
        || ["EREF", "KREF", "PREF", "MARF", "MREF", "IREF", "N"].contains(&text)
}

/// Rabobank counts its statements like `940S130403` and `940A030107`.
fn is_rabobank(context: &Context) -> bool {
    context.account.contains("RABO")
        || context.id.strip_prefix("940").is_some_and(|it| it.starts_with(['A', 'S', 'R']))
}

/// An account, and whether it is an IBAN.
pub(super) fn account(number: &str) -> Option<Account> {
    let is_iban = Iban::parse(number).is_ok();
    Some(Account { number: Verbatim::new(number)?, is_iban })
}

/// Whether a number is that of the statement, which may have more around it.
pub(super) fn is_own(number: &str, own: &str) -> bool {
    let own: String = own.split_whitespace().collect();
    number.len() >= 7 && own.contains(number)
}
