//! Countries of ISO 3166-1, by their two-letter code.

use std::fmt;
use std::str::FromStr;

use crate::text_form::text_form;

/// A country of ISO 3166-1; in JSON its alpha-2 code, `"NL"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

/// The code is not a country of ISO 3166-1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{code}' is not a country of ISO 3166-1: use a code of two capitals, such as NL")]
pub struct CountryError {
    /// The code as it was given, cut to a readable length.
    pub code: String,
}

impl Country {
    /// Belgium.
    pub const BE: Self = Self("BE");
    /// Germany.
    pub const DE: Self = Self("DE");
    /// France.
    pub const FR: Self = Self("FR");
    /// Luxembourg.
    pub const LU: Self = Self("LU");
    /// The Netherlands.
    pub const NL: Self = Self("NL");

    /// Reads a code of two capitals.
    pub fn parse(code: &str) -> Result<Self, CountryError> {
        CODES
            .split_ascii_whitespace()
            .find(|known| *known == code)
            .map(Self)
            .ok_or_else(|| CountryError { code: code.chars().take(12).collect() })
    }

    /// The two capitals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

text_form!(Country, parse: Country::parse, pattern: "^[A-Z]{2}$",
    meaning: "Country code of ISO 3166-1 alpha-2.");

/// The 249 officially assigned codes.
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_249_codes_once_each_and_the_named_ones() {
        let codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted_by(|left, right| left < right));
        assert!(codes.iter().all(|code| code.len() == 2));
        for known in [Country::BE, Country::DE, Country::FR, Country::LU, Country::NL] {
            assert_eq!(Country::parse(known.code()), Ok(known));
        }
    }

    #[test]
    fn other_codes_are_refused() {
        for code in ["", "nl", "NLD", "XX", "EU", "UK", "N L", "AD AE"] {
            assert!(Country::parse(code).is_err(), "{code}");
        }
    }
}
