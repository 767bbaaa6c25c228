//! What the sink does wrong on purpose, so that tests see what a sender makes of it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What goes wrong with one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer at this stage is `code` (4xx for later, 5xx for never), and the mail is not kept.
    Answer { stage: Stage, code: u16 },
    /// The connection is cut after the end of the mail, before the mail is kept.
    CutBeforeKeeping,
    /// The mail is kept, and the connection is cut before the sender hears of it.
    CutAfterKeeping,
}

/// A point in the SMTP dialogue (RFC 5321 section 3.3) where an answer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Mail,
    Recipient,
    Data,
    EndOfData,
}

/// The faults of the next mails, in order. A mail begins with its `MAIL` command.
#[derive(Debug, Default)]
pub struct Faults {
    script: Mutex<VecDeque<Fault>>,
}

impl Faults {
    /// Lets the fault happen to `mails` mails, after those already planned.
    pub fn plan(&self, mails: usize, fault: Fault) {
        self.script().extend(std::iter::repeat_n(fault, mails));
    }

    /// Takes the next mails as they come.
    pub fn clear(&self) {
        self.script().clear();
    }

    /// How many mails with a fault are still to come.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.script().len()
    }

    pub(super) fn take(&self) -> Option<Fault> {
        self.script().pop_front()
    }

    fn script(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
