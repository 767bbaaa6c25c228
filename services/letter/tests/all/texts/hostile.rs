//! What creditors, debtors and their programs may write: every message ends in a clear state, and
//! what they wrote stays text.

use std::sync::LazyLock;

use contracts::letter::NotSentReason;
use letter::domain::{Case, Composed, Form, Reader, Refusal};
use primitives::{Channel, Language, MessageKind};
use proptest::prelude::*;

use crate::texts::content::claim;
use crate::texts::preview::{readers, shown};

/// Text that means something to HTML, to Typst, to a template, to a mail server, to a terminal or
/// to a reader of right-to-left scripts; and plain long text.
fn hostile() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onload=\"x",
        "</td></table>",
        "<!--",
        "&lt;b&gt;",
        "&amp;amp;",
        "{{ creditor }}",
        "{% for x in y %}",
        "{#",
        "#panic(\"x\")",
        "#import \"x\"",
        "$ x $",
        "`",
        "\\",
        "*_~@",
        "[payment]",
        "\r\nBcc: x@y.example",
        "\r\n.\r\n",
        "\u{0}\u{1b}[31m",
        "\u{2}\u{3}",
        "\u{202e}\u{2066}\u{61c}",
        "\u{200b}\u{34f}\u{feff}\u{ad}",
        "عمر דוד",
        "王小明",
        "😀👩‍👩‍👧",
        "J\u{301}\u{323}",
        "Łódź",
        "..",
        "...",
        " : ? ! ;",
        "\u{2028}\u{3000}\u{a0}\u{202f}",
        "Rechter & Deurwaarder Gericht tribunal court",
        "12345",
        "x".repeat(300).leak(),
        "Van der ".repeat(40).leak(),
    ]);
    prop::collection::vec(bits, 0..5).prop_map(|bits| bits.concat())
}

/// A value that says something.
fn said() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| format!("a{text}"))
}

/// Every value of others, in the order of [`written`].
fn values(text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text, 10)
}

/// Every message that the law has for somebody.
static LAWFUL: LazyLock<Vec<(MessageKind, Reader)>> = LazyLock::new(|| {
    let lawful = |it: &(MessageKind, Reader)| shown(it.0, it.1).is_ok();
    readers().into_iter().filter(lawful).collect()
});

/// The message about a case in which every value of others is one of these.
fn written(
    which: prop::sample::Index,
    channel: Channel,
    values: &[String],
) -> Result<Composed, Refusal> {
    let (message, reader) = *which.get(&LAWFUL);
    let mut case = Case::invented(message, reader).unwrap();
    let [
        name,
        street,
        town,
        creditor,
        creditor_street,
        account_name,
        number,
        description,
        email,
        telephone,
    ] = values
    else {
        panic!("ten values")
    };
    let parties = &mut case.parties;
    parties.debtor.name.clone_from(name);
    parties.debtor.address = vec![street.clone(), town.clone()];
    parties.creditor.name.clone_from(creditor);
    parties.creditor.address = vec![creditor_street.clone()];
    parties.creditor.pay_to_name.clone_from(account_name);
    parties.creditor.email = Some(email.clone());
    parties.creditor.telephone = Some(telephone.clone());
    let claim = claim(&mut case);
    claim.invoice_number.clone_from(number);
    claim.description = Some(description.clone());
    case.preview(message, channel, None)
}

/// Signs that would move a cursor, hide words or make them run the other way.
fn is_harmful(sign: char) -> bool {
    (sign.is_control() && sign != '\n')
        || matches!(sign, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Every tag that the frame of a mail has.
const TAGS: &[&str] = &[
    "!doctype", "html", "head", "meta", "title", "body", "div", "h2", "table", "tr", "th", "td",
    "p", "strong",
];

fn is_unharmed(composed: &Composed) -> Result<(), TestCaseError> {
    let mut parts = vec![composed.text.as_str(), &composed.subject, &composed.sender_name];
    if let Form::Mail { html } = &composed.form {
        parts.push(html);
        for tag in html.split('<').skip(1) {
            let name: String = tag
                .trim_start_matches('/')
                .chars()
                .take_while(|sign| sign.is_alphanumeric() || *sign == '!')
                .collect();
            prop_assert!(TAGS.contains(&name.to_lowercase().as_str()), "<{tag}");
        }
    }
    for part in parts {
        prop_assert!(!part.chars().any(is_harmful), "{part:?}");
    }
    prop_assert_eq!(composed.subject.lines().count(), 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A mail can say everything, so it is written.
    #[test]
    fn a_mail_is_written_whatever_people_are_called(
        which in any::<prop::sample::Index>(),
        values in values(said()),
    ) {
        match written(which, Channel::Email, &values) {
            Ok(composed) => is_unharmed(&composed)?,
            Err(refusal) => prop_assert!(false, "{refusal}: {refusal:?}"),
        }
    }

    /// Where a value says nothing, what it is a part of is missing, and nothing else is wrong.
    #[test]
    fn a_value_that_says_nothing_is_data_that_is_missing(
        which in any::<prop::sample::Index>(),
        values in values(prop_oneof![3 => hostile(), 1 => Just("\u{feff} \u{200b}".to_owned())]),
    ) {
        match written(which, Channel::Email, &values) {
            Ok(composed) => is_unharmed(&composed)?,
            Err(refusal) => {
                let reason = refusal.reason();
                prop_assert_eq!(reason, Some(NotSentReason::DataMissing), "{:?}", refusal);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A letter is printed, or it is said why not: a letter that no font has, an address that no
    /// window holds, a name that runs off the page.
    #[test]
    fn a_letter_is_printed_or_it_is_said_why_not(
        which in any::<prop::sample::Index>(),
        values in values(prop_oneof![1 => said(), 3 => "[A-Z][a-zé'#*_<&]{1,20}"]),
    ) {
        match written(which, Channel::Post, &values) {
            Ok(composed) => is_unharmed(&composed)?,
            Err(refusal) => {
                let told = matches!(
                    refusal,
                    Refusal::Print(_) | Refusal::NoAddress | Refusal::Incomplete { .. }
                );
                prop_assert!(told && refusal.reason().is_some(), "{refusal}: {refusal:?}");
            }
        }
    }
}

/// The sign that the printer lacks is named, so that somebody can write the name otherwise.
#[test]
fn a_name_that_no_font_can_print_is_told_and_goes_by_mail() {
    let reader = crate::texts::preview::CONSUMER;
    for language in Language::ALL {
        let reader = Reader { language: *language, ..reader };
        let mut case = Case::invented(MessageKind::Demand, reader).unwrap();
        case.parties.debtor.name = "عمر الخطيب".to_owned();
        let refused = case.preview(MessageKind::Demand, Channel::Post, None).unwrap_err();
        assert_eq!(refused.reason(), Some(NotSentReason::NoText));
        assert!(runtime::error::chain(&refused).contains("(U+06"), "{refused:?}");
        assert!(case.preview(MessageKind::Demand, Channel::Email, None).is_ok());
    }
}
