//! What letters and notes are and how their messages are made. Pure: no clock, no IO, nothing
//! asynchronous.

mod claims;
mod compose;
mod creditor_note;
mod epc;
mod forbidden;
mod layout;
mod letter;
mod matter;
mod note;
mod note_wording;
mod page;
mod preview;
mod proof;
mod readability;
mod sender;
mod texts;
mod wording;

pub use compose::{Composed, Form, Refusal, compose, weigh};
pub use creditor_note::{Attachment, ComposedNote, FileKind, NoteRefusal, compose_note};
pub use layout::COLUMNS_MAX;
pub use letter::{Draft, Letter, Outcome, Stage, Work, claim, end, post_day, send, told, withdraw};
pub use note::{
    Note, NoteDraft, NoteOutcome, NoteStage, NoteWish, NoteWork, claim_note, end_note, send_note,
};
pub use preview::{Case, CaseFault, Reader};
pub use proof::{Printed, missing, visible};
pub use readability::{EASE_MIN, Readability, SENTENCE_MAX, SENTENCE_MEAN_MAX, Sentence};
pub use sender::Agency;
pub use texts::{Cell, TextFault, matrix};

/// A value as it may stand in a message: one line, no control characters, and none of the marks
/// that make later words run the other way or disappear.
pub(crate) fn one_line(text: &str) -> String {
    // What Unicode calls ignorable by default: none of it is seen, so none of it could be proved.
    let invisible = |sign: &char| {
        matches!(sign, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    let plain: String = text
        .chars()
        .filter(|sign| !invisible(sign))
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    // As sentences are set (`typeset`), so that a value looks the same wherever it stands.
    plain.replace("...", "…").replace("..", ".")
}

/// The lines of an address that say something.
fn one_lines(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| one_line(line)).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_plain_line() {
        assert_eq!(
            one_line(" Jan\r\nBcc: x@y.nl\t \u{202e}de Vries\u{200b} "),
            "Jan Bcc: x@y.nl de Vries"
        );
        assert_eq!(one_line("Zand B.V.. en zo... ......"), "Zand B.V. en zo… ……");
        assert_eq!(one_line("a\u{34f}b\u{61c}c\u{e0041}"), "abc");
        assert_eq!(one_lines(&["  ".to_owned(), "Dorpsstraat  1".to_owned()]), ["Dorpsstraat 1"]);
    }
}
