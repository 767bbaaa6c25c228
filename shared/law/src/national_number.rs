//! Numbers by which the state knows a person, found in text and masked.
//!
//! A private body may use the Dutch BSN only where a law says so, and consent does not help (UAVG
//! art. 46); the Belgian number of the national register needs an authorisation. We have neither,
//! so such a number is refused in a field and masked in free text. Better to mask once too often
//! than to let one through: of ten numbers of nine digits about one passes the proof by chance, and
//! is masked.

use std::borrow::Cow;
use std::ops::Range;

use primitives::Iban;

/// A number by which the state knows a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NationalNumber {
    /// The Dutch burgerservicenummer, once the sofinummer: nine digits.
    Bsn,
    /// The Belgian number of the national register, or the BIS number: eleven digits.
    BelgianRegister,
}

/// Where `text` holds national numbers, as ranges of bytes on the bounds of characters, in order of
/// their starts. Two may overlap where the digits can be read in two ways; none lies in another.
///
/// - BSN: nine digits that pass the eleven-proof. Eight, where the leading zero was left out, only
///   after a word such as BSN or sofinummer: without one they are a date or a number of the trade
///   register.
/// - Belgian: eleven digits with a possible date of birth that pass the proof by 97.
///
/// The digits stand together or in groups, on one line: groups of two digits or more, or each digit
/// alone; between two groups are one to three spaces, dots, dashes, slashes or brackets, in a BSN
/// the same each time. A group is a whole run of digits: what is a part of a longer run is none.
/// Only the digits 0 to 9 of ASCII count. Letters that touch them do not matter: such an invoice
/// number or VAT number may be masked too.
///
/// Not found is what belongs to a valid IBAN, to a Belgian structured communication, or to a Dutch
/// or Belgian telephone number with its country code. A Dutch one without has ten digits, and no
/// number here has; a Belgian one with nine is found where it passes the proof.
#[must_use]
pub fn national_numbers(text: &str) -> Vec<(Range<usize>, NationalNumber)> {
    let runs = runs(text);
    let mut found: Vec<(Range<usize>, NationalNumber)> = Vec::new();
    let mut covered = 0;
    for index in 0..runs.len() {
        let tail = runs.get(index..).unwrap_or_default();
        if let Some((range, number)) = number_at(text, tail).filter(|(it, _)| it.end > covered) {
            covered = range.end;
            found.push((range, number));
        }
    }
    found
}

/// `text` with a `*` for each digit of a national number. All else stays as it is, the length too;
/// borrowed where there is none. To mask twice changes nothing more.
#[must_use]
pub fn mask_national_numbers(text: &str) -> Cow<'_, str> {
    let found = national_numbers(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut ranges = found.into_iter().map(|(range, _)| range).peekable();
    let masked = text.char_indices().map(|(at, character)| {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        let inside = ranges.peek().is_some_and(|range| range.contains(&at));
        if inside && character.is_ascii_digit() { '*' } else { character }
    });
    Cow::Owned(masked.collect())
}

/// The digits of the longest number.
const MOST_DIGITS: usize = 11;

/// Digits that stand together.
struct Run<'a> {
    start: usize,
    digits: &'a str,
    /// What joins them to the run before; none where something else stands between.
    joint: Option<&'a str>,
    /// They belong to an account number, a structured communication or a telephone number.
    taken: bool,
}

impl Run<'_> {
    const fn end(&self) -> usize {
        self.start.saturating_add(self.digits.len())
    }
}

/// The runs of digits of a text. Each step looks a bounded number of characters ahead or back.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut accounts = accounts(text).into_iter().peekable();
    let mut at: usize = 0;
    for digits in text.split(|character: char| !character.is_ascii_digit()) {
        // An empty piece stands between two characters that are no digits.
        let start = at;
        let end = start.saturating_add(digits.len());
        let width = text.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        at = end.saturating_add(width);
        if digits.is_empty() {
            continue;
        }
        while accounts.next_if(|account| account.end <= start).is_some() {}
        let taken = accounts.peek().is_some_and(|account| account.contains(&start));
        let gap = runs.last().and_then(|before| text.get(before.end()..start));
        runs.push(Run { start, digits, joint: gap.filter(|gap| joins(gap)), taken });
    }
    for index in 0..runs.len() {
        let tail = runs.get(index..).unwrap_or_default();
        let taken = communication(text, tail).max(telephone(text, tail));
        runs.iter_mut().skip(index).take(taken).for_each(|run| run.taken = true);
    }
    runs
}

/// Whether the text between two runs keeps them together.
fn joins(gap: &str) -> bool {
    let separates = |character: char| {
        // The last four: spaces that break no line, and dashes as word processors write them.
        matches!(character, ' ' | '.' | '-' | '/' | '(' | ')')
            || matches!(character, '\u{a0}' | '\u{202f}' | '\u{2011}' | '\u{2013}')
    };
    gap.chars().take(4).count() <= 3 && gap.chars().all(separates)
}

/// The longest number that begins with the first run.
fn number_at(text: &str, tail: &[Run<'_>]) -> Option<(Range<usize>, NationalNumber)> {
    let first = tail.first()?;
    let mut longest = None;
    let mut count: usize = 0;
    for (index, run) in tail.iter().enumerate() {
        count = count.saturating_add(run.digits.len());
        if run.taken || count > MOST_DIGITS || (index > 0 && run.joint.is_none()) {
            break;
        }
        let groups = tail.get(..=index).unwrap_or_default();
        if let Some(number) = number_of(text, groups, count) {
            longest = Some((first.start..run.end(), number));
        }
    }
    longest
}

/// What number the groups are, which hold `count` digits.
fn number_of(text: &str, groups: &[Run<'_>], count: usize) -> Option<NationalNumber> {
    let alike = groups.iter().all(|group| group.digits.len() > 1)
        || groups.iter().all(|group| group.digits.len() == 1);
    let mut joints = groups.iter().skip(1).map(|group| group.joint);
    let first_joint = joints.next();
    let even = joints.all(|joint| Some(joint) == first_joint);
    match count {
        8 => {
            let start = groups.first().map_or(0, |group| group.start);
            alike && even && passes_eleven(groups) && follows_its_name(text, start)
        }
        9 => alike && even && passes_eleven(groups),
        11 => return (alike && is_belgian(groups)).then_some(NationalNumber::BelgianRegister),
        _ => false,
    }
    .then_some(NationalNumber::Bsn)
}

fn digits(groups: &[Run<'_>]) -> impl DoubleEndedIterator<Item = u8> {
    groups.iter().flat_map(|group| group.digits.bytes().map(|byte| byte.saturating_sub(b'0')))
}

/// The number that digits write.
fn value(digits: impl Iterator<Item = u8>) -> u64 {
    digits.fold(0, |value: u64, digit| value.saturating_mul(10).saturating_add(digit.into()))
}

/// The eleven-proof, from the last digit on; one that is left out in front counts as zero.
fn passes_eleven(groups: &[Run<'_>]) -> bool {
    const WEIGHTS: [i32; 9] = [-1, 2, 3, 4, 5, 6, 7, 8, 9];
    let weighted = digits(groups).rev().zip(WEIGHTS);
    let sum: i32 = weighted.map(|(digit, weight)| i32::from(digit).saturating_mul(weight)).sum();
    sum % 11 == 0 && digits(groups).any(|digit| digit != 0)
}

/// Year, month and day of birth, three digits of a series, and what 97 leaves of them; for births
/// from 2000 on with a 2 in front. The month of a BIS number is 20 or 40 higher, and what is not
/// known of a date is zero.
fn is_belgian(groups: &[Run<'_>]) -> bool {
    let part = |from, count| value(digits(groups).skip(from).take(count));
    let (month, day, check) = (part(2, 2), part(4, 2), part(9, 2));
    let passes = |number: u64| 97_u64.saturating_sub(number % 97) == check;
    let born_before = part(0, 9);
    let possible = month < 60 && month % 20 <= 12 && day <= 31;
    possible && (passes(born_before) || passes(born_before.saturating_add(2_000_000_000)))
}

/// Whether a word that announces a BSN stands just before `start`.
fn follows_its_name(text: &str, start: usize) -> bool {
    let before: Vec<char> =
        text.get(..start).unwrap_or_default().chars().rev().take(NAME_WITHIN).collect();
    let before: String = before.into_iter().rev().flat_map(char::to_lowercase).collect();
    // A number, or one that was masked, stands for a word: the name belongs to it.
    let mut words = before
        .rsplit(|character: char| !character.is_alphanumeric() && character != '*')
        .filter(|word| !word.is_empty() && !BETWEEN.contains(word));
    words.next().is_some_and(|word| NAMES.iter().any(|name| word.starts_with(name)))
}

/// How far before the digits the name of the number begins, in characters.
const NAME_WITHIN: usize = 40;

/// How a word begins that announces a BSN.
const NAMES: [&str; 3] = ["bsn", "sofi", "burgerservice"];

/// Words that may stand between the name and the number.
const BETWEEN: [&str; 5] = ["nummer", "number", "nr", "no", "is"];

/// The valid account numbers of a text, in order.
fn accounts(text: &str) -> Vec<Range<usize>> {
    let mut accounts: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (start, character) in text.char_indices() {
        let begins_word = !in_word && character.is_ascii_alphabetic();
        in_word = character.is_alphanumeric();
        if begins_word && let Some(end) = account_at(text, start) {
            accounts.push(start..end);
        }
    }
    accounts
}

/// The longest an account number is.
const MOST_OF_IBAN: usize = 34;

/// The end of the account number that begins at `start`.
fn account_at(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let (letters, after) = rest.split_at_checked(2)?;
    let is_account = letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && after.bytes().take(2).all(|byte| byte.is_ascii_digit());
    let mut compact = String::new();
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next().filter(|_| is_account) {
        let next = characters.peek().map(|(_, next)| *next);
        if character.is_ascii_alphanumeric() && compact.len() < MOST_OF_IBAN {
            compact.push(character);
            // Its country tells how long it is, so that one length at most is valid.
            let ends = !next.is_some_and(char::is_alphanumeric);
            if ends && Iban::parse(&compact).is_ok() {
                return Some(start.saturating_add(at).saturating_add(1));
            }
        } else if !matches!(character, ' ' | '\u{a0}' | '.' | '-')
            || !next.is_some_and(|next| next.is_ascii_alphanumeric())
        {
            break;
        }
    }
    None
}

/// How many runs, from the first on, are a Belgian structured communication: three, four and five
/// digits between `+++` or `***`, or with the right check digits.
fn communication(text: &str, tail: &[Run<'_>]) -> usize {
    let [first, second, third, ..] = tail else { return 0 };
    let lengths = [first, second, third].map(|run| run.digits.len());
    if lengths != [3, 4, 5] || second.joint.is_none() || second.joint != third.joint {
        return 0;
    }
    let before = text.get(..first.start).unwrap_or_default().trim_end();
    let after = text.get(third.end()..).unwrap_or_default().trim_start();
    let marked =
        ["+++", "***"].iter().any(|mark| before.ends_with(mark) && after.starts_with(mark));
    let groups = tail.get(..3).unwrap_or_default();
    let left = value(digits(groups).take(10)) % 97;
    let check = if left == 0 { 97 } else { left };
    if marked || value(digits(groups).skip(10)) == check { 3 } else { 0 }
}

/// How many runs, from the first on, are a telephone number with a country code: nine digits after
/// +31 or 0031, eight or nine after +32 or 0032. A zero after the code does not count.
fn telephone(text: &str, tail: &[Run<'_>]) -> usize {
    let Some(first) = tail.first() else { return 0 };
    let after_plus = text.get(..first.start).is_some_and(|before| before.ends_with('+'));
    let code = if after_plus { Some(first.digits) } else { first.digits.strip_prefix("00") };
    let dutch = code.and_then(|code| code.strip_prefix("31")).map(|rest| (rest, 9..=9));
    let belgian = code.and_then(|code| code.strip_prefix("32")).map(|rest| (rest, 8..=9));
    let Some((rest, lengths)) = dutch.or(belgian) else { return 0 };
    let more = tail.iter().skip(1).take_while(|run| run.joint.is_some()).map(|run| run.digits);
    let (mut count, mut taken): (usize, usize) = (0, 0);
    for (index, group) in std::iter::once(rest).chain(more).take(MOST_DIGITS).enumerate() {
        let group = if count == 0 { group.strip_prefix('0').unwrap_or(group) } else { group };
        count = count.saturating_add(group.len());
        if lengths.contains(&count) {
            taken = index.saturating_add(1);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&str, NationalNumber)> {
        let found = national_numbers(text).into_iter();
        found.map(|(range, number)| (&text[range], number)).collect()
    }

    fn masked(text: &str) -> String {
        mask_national_numbers(text).into_owned()
    }

    #[test]
    fn an_account_number_is_written_with_spaces_dots_or_hyphens() {
        for text in ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "NL91-ABNA.0417.1643.00"] {
            assert_eq!(account_at(text, 0), Some(text.len()), "{text}");
        }
        for text in ["NL91/ABNA0417164300", "NL91_ABNA0417164300", "NL91 ABNA 0417164301"] {
            assert_eq!(account_at(text, 0), None, "{text}");
        }
    }

    #[test]
    fn a_bsn_is_found_in_every_notation() {
        for text in [
            "123456782",
            "1234.56.782",
            "123 456 782",
            "123.456.782",
            "123-456-782",
            "123456\u{a0}782",
            "12 34 56 782",
            "123 - 456 - 782",
            "1 2 3 4 5 6 7 8 2",
            "111222333",
            "012345672",
            "100000009",
        ] {
            assert_eq!(found(text), [(text, NationalNumber::Bsn)], "{text}");
            let told = format!("mijn BSN is {text}, en nu?");
            assert_eq!(found(&told), [(text, NationalNumber::Bsn)], "{told}");
            assert_eq!(masked(text).matches('*').count(), 9, "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_bsn() {
        for text in [
            "",
            "123456781",
            "123456783",
            "213456782",
            "000000000",
            "000 000 000",
            "1123456782",
            "1234567821",
            "1 123456781",
            "1 23456782",
            "12345678 2",
            "1 2345678 2",
            "123 456.782",
            "123 456\n782",
            "123    456    782",
            "123456 en 782",
            "12-11-2026",
            "€ 1.234.567,82",
            "١٢٣٤٥٦٧٨٢",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn letters_around_the_digits_hide_nothing() {
        for text in ["BSN123456782", "NL123456782B01", "é123456782é", "x_123456782_y"] {
            assert_eq!(found(text), [("123456782", NationalNumber::Bsn)], "{text}");
        }
        assert_eq!(masked("NL123456782B01"), "NL*********B01");
        assert_eq!(masked("op 12 123456782"), "op 12 *********");
        assert_eq!(masked("2026 123 456 782 nr 7"), "2026 *** *** *** nr 7");
    }

    #[test]
    fn eight_digits_need_the_name_of_the_number() {
        for before in [
            "BSN ",
            "bsn:",
            "BSN-nummer: ",
            "sofinr. ",
            "Sofi-nummer is ",
            "burgerservicenummer\n",
            "BSN nr no: ",
            "BSN",
        ] {
            for text in ["12345672", "1234.56.72"] {
                let told = format!("{before}{text}.");
                assert_eq!(found(&told), [(text, NationalNumber::Bsn)], "{told}");
            }
        }
        for text in [
            "12345672",
            "KvK 12345672",
            "BSN onbekend, KvK 12345672",
            "BSN 123456782 12345672 x",
            "BSN ********* 12345672 x",
            "BSN 12345671",
            "BSN 00000000",
            "BSN 1234567 2",
            "BSN 12.345 672",
            "BSN 1234567",
        ] {
            let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
            assert!(found(text).into_iter().all(|(text, _)| digits(text) == 9), "{text}");
        }
        let distant = |spaces| format!("BSN{}12345672", " ".repeat(spaces));
        assert_eq!(found(&distant(37)).len(), 1);
        assert_eq!(found(&distant(38)).len(), 0);
    }

    /// Some of births from 2000 on, some of BIS numbers, some with dates that are not known.
    #[test]
    fn a_belgian_number_is_found_in_every_notation() {
        for text in [
            "85.07.30-033.28",
            "850730-033-28",
            "85073003328",
            "85 07 30 033 28",
            "85.07.30 - 033.28",
            "850730 03328",
            "8 5 0 7 3 0 0 3 3 2 8",
            &belgian(40, 5, 17, 1, true),
            &belgian(85, 0, 0, 998, false),
            &belgian(85, 12, 31, 1, false),
            &belgian(85, 20, 31, 1, false),
            &belgian(85, 32, 31, 1, true),
            &belgian(85, 52, 31, 1, false),
        ] {
            let told = format!("rijksregister {text} x");
            assert_eq!(found(&told), [(text, NationalNumber::BelgianRegister)], "{told}");
            assert_eq!(masked(&told).matches('*').count(), 11, "{told}");
        }
        assert_eq!(masked("85.07.30-033.28"), "**.**.**-***.**");
    }

    #[test]
    fn a_belgian_number_has_a_possible_date_and_the_right_check() {
        for text in [
            "85073003327",
            "85073003329",
            "850730033281",
            "8 5073003328",
            "185073003328",
            &belgian(85, 13, 1, 1, false),
            &belgian(85, 19, 1, 1, false),
            &belgian(85, 33, 1, 1, false),
            &belgian(85, 53, 1, 1, false),
            &belgian(85, 60, 1, 1, false),
            &belgian(85, 72, 1, 1, false),
            &belgian(85, 12, 32, 1, false),
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    fn belgian(year: u64, month: u64, day: u64, series: u64, from_2000: bool) -> String {
        let birth = year * 10_000_000 + month * 100_000 + day * 1_000 + series;
        let checked = if from_2000 { birth + 2_000_000_000 } else { birth };
        format!("{birth:09}{:02}", 97 - checked % 97)
    }

    /// Most hold nine or eleven digits that would pass, were they not what they are.
    #[test]
    fn accounts_communications_and_telephones_are_left_alone() {
        for text in [
            "NL91 ABNA 0417 1643 00",
            "NL91ABNA0417164300",
            "BE68 5390 0754 7034",
            "NO70 8507 3003 328",
            "no70.8507.3003.328",
            "+++123/1234/56782+++",
            "003/1234/56782",
            "123/1002/36297",
            "+31 20 0101 456",
            "+32 12 3456 12 345 6782",
            "NO70 8507 3003 328, NO70 8507 3003 328",
            "*** 123/1234/56782 ***",
            "010/8068/17183",
            "+31 12 3456782",
            "+31 (0)12 345 67 82",
            "+31(012) 3456782",
            "0031 12 345 67 82",
            "00311 23 45 67 82",
            "+32 123 45 67 82",
            "0032 12 345 67 82",
            "+31123456782",
            "06 12345672",
            "0612345678",
            "0123.456.749",
        ] {
            assert_eq!(found(text), [], "{text}");
            let told = format!("zie {text}, dank");
            assert_eq!(found(&told), [], "{told}");
        }
    }

    #[test]
    fn what_only_looks_like_them_is_masked() {
        for (text, expected) in [
            // No communication: marks on one side only, a wrong check, groups of other sizes.
            ("+++123/1234/56782", "+++123/****/*****"),
            ("123/1234/56782+++", "123/****/*****+++"),
            ("+++12/1234/56782+++", "+++12/****/*****+++"),
            // No telephone number: another length, or no country code.
            ("+31 123456782 1", "+31 123456782 1"),
            ("+33 123456782", "+33 *********"),
            ("31 123456782", "31 *********"),
            ("+31 1 123456782", "+31 1 *********"),
            ("+31, 123456782", "+31, *********"),
            ("+31 12 3456 12 345 6782", "+31 12 3456 ** *** ****"),
            ("+++123.1234/56782+++", "+++123.****/*****+++"),
            ("173,1234,12345 6782", "173,1234,***** ****"),
            ("ANO70 8507 3003 328", "ANO70 **** **** ***"),
            ("NO70 8507 3003 328x", "NO70 **** **** ***x"),
            // After one that is, the next number counts again.
            ("+31 20 1234567 123456782", "+31 20 1234567 *********"),
            ("NL91 ABNA 0417 1643 00 123456782", "NL91 ABNA 0417 1643 00 *********"),
            // No account number: the check digits are wrong.
            ("NO11 8507 3003 328", "NO11 **** **** ***"),
            ("ab12 123456782", "ab12 *********"),
            // A Belgian number of nine digits cannot be told from a BSN.
            ("012 34 56 72", "*** ** ** **"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_may_overlap_and_all_are_masked() {
        let text = "123 456 782 111 222 333";
        assert_eq!(masked(text), "*** *** *** *** *** ***");
        let bsn = NationalNumber::Bsn;
        let text = "123 456 782 011";
        assert_eq!(national_numbers(text), [(0..11, bsn), (4..15, bsn)]);
        assert_eq!(masked(text), "*** *** *** ***");
        // One that lies in another is not told by itself.
        for text in ["850730 004 57", "85 0730 003 58"] {
            assert_eq!(found(text), [(text, NationalNumber::BelgianRegister)]);
        }
    }

    /// A text a hundred times as long takes about a hundred times as long; a rescan would not end.
    #[test]
    fn long_texts_take_their_time_and_no_more() {
        for piece in ["1", "1 ", "12 ", "NL12 ", "+31 ", "NL91 ABNA 0417 1643 0", " ", "bsn 8"] {
            let text = piece.repeat(20_000);
            assert!(mask_national_numbers(&text).len() == text.len());
        }
    }

    fn bsn() -> impl Strategy<Value = String> {
        let with_check = (1_u32..99_999_999).prop_filter_map("no last digit fits", |first| {
            let eight = format!("{first:08}");
            let sum: u32 =
                eight.bytes().zip((2..=9).rev()).map(|(d, w)| u32::from(d - b'0') * w).sum();
            (sum % 11 < 10).then(|| format!("{eight}{}", sum % 11))
        });
        (with_check, 0..5).prop_map(|(digits, notation)| group(&digits, notation))
    }

    /// Nine or eleven digits in the notation of that number.
    fn group(digits: &str, notation: i32) -> String {
        match notation {
            0 => digits.to_owned(),
            1 => format!("{}.{}.{}", &digits[..4], &digits[4..6], &digits[6..]),
            2 => format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..]),
            3 => format!("{}.{}.{}", &digits[..3], &digits[3..6], &digits[6..]),
            _ => format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]),
        }
    }

    fn register_number() -> impl Strategy<Value = String> {
        let born = (0_u64..100, 0_u64..=12, 0_u64..=31, 1_u64..999, any::<bool>());
        let bis = prop_oneof![Just(0_u64), Just(20), Just(40)];
        (born, bis, 0..3).prop_map(|((year, month, day, series, from_2000), bis, notation)| {
            let it = belgian(year, month + bis, day, series, from_2000);
            match notation {
                0 => it,
                1 => format!("{}-{}-{}", &it[..6], &it[6..9], &it[9..]),
                _ => {
                    let parts = [&it[..2], &it[2..4], &it[4..6]].join(".");
                    format!("{parts}-{}.{}", &it[6..9], &it[9..])
                }
            }
        })
    }

    /// Text that is made of what the search looks at.
    fn close_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9]{1,12}",
            "[ ./+*()-]{1,3}",
            Just("BSN ".to_owned()),
            Just("NL91 ABNA 0417 1643 00".to_owned()),
            Just("+31 ".to_owned()),
            "[a-zé\u{a0}٣]{1,3}",
            bsn(),
            register_number(),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn valid_numbers_are_found_wherever_they_stand(
            before in "[a-zé .,:\n]{0,20}[a-zé:,]",
            after in "[a-zé,;][a-zé .,:\n]{0,20}",
            bsn in bsn(),
            register in register_number(),
        ) {
            for (number, kind) in
                [(bsn, NationalNumber::Bsn), (register, NationalNumber::BelgianRegister)]
            {
                for space in [" ", ""] {
                    let text = format!("{before}{space}{number}{space}{after}");
                    prop_assert_eq!(found(&text), [(number.as_str(), kind)]);
                }
            }
        }

        #[test]
        fn masking_hides_what_is_found_and_nothing_else(
            text in prop_oneof![any::<String>(), close_text()],
        ) {
            let found = national_numbers(&text);
            let masked = mask_national_numbers(&text);
            prop_assert_eq!(matches!(masked, Cow::Borrowed(_)), found.is_empty());
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            for ((at, old), new) in text.char_indices().zip(masked.chars()) {
                let inside = found.iter().any(|(range, _)| range.contains(&at));
                let hidden = inside && old.is_ascii_digit();
                prop_assert_eq!(new, if hidden { '*' } else { old });
            }
            let twice = mask_national_numbers(&masked);
            prop_assert!(matches!(twice, Cow::Borrowed(_)), "{} {}", masked, twice);
            for pair in found.windows(2) {
                prop_assert!(pair[0].0.start < pair[1].0.start && pair[0].0.end < pair[1].0.end);
            }
        }

        /// Found is what passes the proofs, counted once more in the plainest way.
        #[test]
        fn a_run_of_nine_is_found_where_it_passes_the_proof(number in 0_u32..1_000_000_000) {
            let text = format!("{number:09}");
            let d: Vec<i32> = text.bytes().map(|byte| i32::from(byte) - 48).collect();
            let sum = 9 * d[0] + 8 * d[1] + 7 * d[2] + 6 * d[3] + 5 * d[4] + 4 * d[5] + 3 * d[6]
                + 2 * d[7] - d[8];
            prop_assert_eq!(found(&text).len() == 1, sum % 11 == 0 && number > 0);
        }
    }
}
