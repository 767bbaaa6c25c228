//! Account numbers: that of the statement, whose form record 1 tells, and that of the other side,
//! whose form nothing tells.

use primitives::{Currency, Iban};

use crate::statement::{Account, Verbatim};

/// What the 37 columns of an account say: its number and its currency.
pub(super) struct Zone {
    pub(super) account: Account,
    /// Three letters, where they stand there.
    pub(super) currency: Option<Verbatim>,
}

impl Zone {
    /// By the structure in record 1: 0 Belgian number, 1 foreign number, 2 Belgian IBAN, 3 foreign
    /// IBAN. None where the structure is another, or where there is no number.
    pub(super) fn read(structure: char, text: &str) -> Option<Self> {
        let (digits, currency_at) = match structure {
            '0' => (12, 13),
            '2' => (31, 34),
            '1' | '3' => (34, 34),
            _ => return None,
        };
        let number = Verbatim::new(&cut(text, 0, digits))?;
        let account = Account { number, is_iban: matches!(structure, '2' | '3') };
        Some(Self { account, currency: Verbatim::new(&cut(text, currency_at, 3)) })
    }

    pub(super) fn currency(&self) -> Option<Currency> {
        self.currency.as_ref().and_then(|it| Currency::parse(it.as_str()).ok())
    }
}

/// The account of the other side. It has the form of the payment, so only the number is taken: up
/// to the first blank, unless the whole is an IBAN in groups. Zeros are none.
pub(super) fn counterparty(text: &str) -> Option<Account> {
    let number = cut(text, 0, 34);
    let number = number.trim();
    let is_grouped = Iban::parse(number).is_ok();
    let number = if is_grouped { number } else { number.split_whitespace().next()? };
    if number.bytes().all(|it| it == b'0') {
        return None;
    }
    let number = Verbatim::new(number)?;
    let is_iban = Iban::parse(number.as_str()).is_ok();
    Some(Account { number, is_iban })
}

/// Some characters of a text.
pub(super) fn cut(text: &str, skipped: usize, taken: usize) -> String {
    text.chars().skip(skipped).take(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structure_says_where_the_currency_stands() {
        for (structure, text, number, is_iban) in [
            ('0', "123456789002 EUR0BE", "123456789002", false),
            ('1', "12-345 67                         EUR", "12-345 67", false),
            ('2', "BE68539007547034                  EUR", "BE68539007547034", true),
            ('3', "FR1420041010050500013M02606       EUR", "FR1420041010050500013M02606", true),
        ] {
            let zone = Zone::read(structure, text).unwrap();
            assert_eq!(zone.account.number.as_str(), number);
            assert_eq!(zone.account.is_iban, is_iban);
            assert_eq!(zone.currency(), Some(Currency::EUR));
        }
        assert!(Zone::read('4', "123456789002 EUR").is_none());
        assert!(Zone::read('2', "                                  EUR").is_none());
    }

    #[test]
    fn the_other_side_is_an_iban_if_it_is_one() {
        for (text, number, is_iban) in [
            ("BE68539007547034                  EUR", "BE68539007547034", true),
            ("BE68 5390 0754 7034               EUR", "BE68 5390 0754 7034", true),
            ("BE00539007547034                  XXX", "BE00539007547034", false),
            ("539007547034 EUR0BE", "539007547034", false),
            ("539007547034          002WR2", "539007547034", false),
            ("XXXXXXXXXXXX", "XXXXXXXXXXXX", false),
        ] {
            let account = counterparty(text).unwrap();
            assert_eq!((account.number.as_str(), account.is_iban), (number, is_iban));
        }
        assert!(counterparty("000000000000").is_none());
        assert!(counterparty("                                  EUR").is_none());
    }
}
