//! Amounts, days and rates as people write them in each of our languages: in letters, and wherever
//! else a debtor reads them.

use crate::{Currency, Date, Language, Money};

/// `€ 1.234,56`, `1 234,56 €`, `1.234,56 €`, `€1,234.56`; other currencies with their code. All
/// spaces inside are non-breaking, so that no line ends within an amount.
#[must_use]
pub fn amount(language: Language, money: Money) -> String {
    let euro = money.currency() == Currency::EUR;
    let symbol = if euro { "€" } else { money.currency().code() };
    let digits = digits(language, money);
    let sign = sign(money);
    match language {
        Language::Fr | Language::De => format!("{sign}{digits}\u{a0}{symbol}"),
        Language::En if euro => format!("{sign}{symbol}{digits}"),
        Language::Nl | Language::En => format!("{symbol}\u{a0}{sign}{digits}"),
    }
}

/// The same without the currency, for tables that name it elsewhere.
#[must_use]
pub fn number(language: Language, money: Money) -> String {
    format!("{}{}", sign(money), digits(language, money))
}

const fn sign(money: Money) -> &'static str {
    if money.is_negative() { "-" } else { "" }
}

fn digits(language: Language, money: Money) -> String {
    let (thousands, decimal) = match language {
        Language::Nl | Language::De => ('.', ','),
        Language::Fr => ('\u{202f}', ','),
        Language::En => (',', '.'),
    };
    let plain = money.to_decimal().abs().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut digits = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
            digits.push(thousands);
        }
        digits.push(digit);
    }
    if !fraction.is_empty() {
        digits.push(decimal);
        digits.push_str(fraction);
    }
    digits
}

/// `12 december 2026`, `1er décembre 2026`, `12. Dezember 2026`, `12 December 2026`.
#[must_use]
pub fn date(language: Language, date: Date) -> String {
    let months = match language {
        Language::Nl => &[
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        Language::Fr => &[
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        Language::De => &[
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        Language::En => &[
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    };
    let place = usize::try_from(date.month()).unwrap_or_default().saturating_sub(1);
    let month = months.get(place).copied().unwrap_or_default();
    let day = match (language, date.day()) {
        (Language::Fr, 1) => "1er".to_owned(),
        (Language::De, day) => format!("{day}."),
        (Language::Nl | Language::Fr | Language::En, day) => day.to_string(),
    };
    format!("{day} {month} {}", date.year())
}

/// `10,15%`, `10,15 %`, `10.15%`: a yearly rate of so many hundredths of a percent. The space is
/// non-breaking.
#[must_use]
pub fn percent(language: Language, basis_points: u32) -> String {
    let (whole, hundredths) = (basis_points / 100, basis_points % 100);
    let mark = if language == Language::En { '.' } else { ',' };
    let digits = match hundredths {
        0 => whole.to_string(),
        _ if hundredths.is_multiple_of(10) => format!("{whole}{mark}{}", hundredths / 10),
        _ => format!("{whole}{mark}{hundredths:02}"),
    };
    match language {
        Language::Nl | Language::En => format!("{digits}%"),
        Language::Fr | Language::De => format!("{digits}\u{a0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn amounts_are_written_as_people_of_the_language_write_them() {
        let euros = |cents| Money::new(cents, Currency::EUR);
        for (language, expected) in [
            (Language::Nl, "€\u{a0}1.234,56"),
            (Language::Fr, "1\u{202f}234,56\u{a0}€"),
            (Language::De, "1.234,56\u{a0}€"),
            (Language::En, "€1,234.56"),
        ] {
            assert_eq!(amount(language, euros(123_456)), expected);
        }
        assert_eq!(amount(Language::En, euros(5)), "€0.05");
        assert_eq!(amount(Language::En, euros(100_000_000)), "€1,000,000.00");
        assert_eq!(amount(Language::Nl, euros(-99_900)), "€\u{a0}-999,00");
        assert_eq!(amount(Language::En, Money::new(1_234, Currency::JPY)), "JPY\u{a0}1,234");
        assert_eq!(amount(Language::De, Money::new(1, Currency::KWD)), "0,001\u{a0}KWD");
    }

    #[test]
    fn rates_are_written_as_people_of_the_language_write_them() {
        for (basis_points, dutch, french, english) in [
            (400, "4%", "4\u{a0}%", "4%"),
            (1_050, "10,5%", "10,5\u{a0}%", "10.5%"),
            (1_015, "10,15%", "10,15\u{a0}%", "10.15%"),
            (205, "2,05%", "2,05\u{a0}%", "2.05%"),
        ] {
            assert_eq!(percent(Language::Nl, basis_points), dutch);
            assert_eq!(percent(Language::Fr, basis_points), french);
            assert_eq!(percent(Language::En, basis_points), english);
        }
    }

    #[test]
    fn numbers_are_amounts_without_their_currency() {
        for language in Language::ALL {
            let money = Money::new(-123_456, Currency::EUR);
            let amount = amount(*language, money);
            let number = number(*language, money);
            assert_eq!(amount.replace(['€', '\u{a0}'], ""), number);
        }
    }

    #[test]
    fn dates_are_written_out() {
        for (language, first, twelfth) in [
            (Language::Nl, "1 maart 2027", "12 december 2026"),
            (Language::Fr, "1er mars 2027", "12 décembre 2026"),
            (Language::De, "1. März 2027", "12. Dezember 2026"),
            (Language::En, "1 March 2027", "12 December 2026"),
        ] {
            assert_eq!(date(language, day(2027, 3, 1)), first);
            assert_eq!(date(language, day(2026, 12, 12)), twelfth);
        }
    }
}
