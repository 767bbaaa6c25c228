//! Rules of commission, made by hand and by chance.

use contracts::agreement::{
    AgeBand, CommissionBands, CommissionRates, CommissionRules, PrincipalBand,
};
use primitives::{Currency, Money};
use proptest::prelude::*;

pub(crate) fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(crate) fn principal_band(
    up_to: Option<i64>,
    basis_points: u16,
    direct_basis_points: u16,
) -> PrincipalBand {
    let rates = CommissionRates { basis_points, direct_basis_points };
    PrincipalBand { up_to: up_to.map(euro), rates }
}

pub(crate) fn age_band(
    up_to_days: Option<u16>,
    basis_points: u16,
    direct_basis_points: u16,
) -> AgeBand {
    AgeBand { up_to_days, rates: CommissionRates { basis_points, direct_basis_points } }
}

pub(crate) fn rules(
    bands: CommissionBands,
    minimum: Option<i64>,
    cap: Option<i64>,
) -> CommissionRules {
    CommissionRules { bands, minimum: minimum.map(euro), cap: cap.map(euro) }
}

/// Rules as a creditor's document may have them.
pub(crate) fn any_rules() -> impl Strategy<Value = CommissionRules> {
    let rates =
        (0_u16..=10_000, 0_u16..=10_000).prop_map(|(one, two)| (one.max(two), one.min(two)));
    let band = (1_i64..1_000_000, rates);
    let bands = prop::collection::btree_map(band.0, band.1, 1..4);
    let bands = (bands, 0_u8..3).prop_map(|(bands, kind)| {
        let last = bands.len() - 1;
        let ended = bands.into_iter().enumerate();
        let ended = ended.map(|(place, (end, rates))| ((place < last).then_some(end), rates));
        let principal = |(end, (rate, direct))| principal_band(end, rate, direct);
        let age = |(end, (rate, direct)): (Option<i64>, (u16, u16))| {
            let days = end.map(|end| u16::try_from(end / 2_500).unwrap());
            age_band(days, rate, direct)
        };
        match kind {
            0 => CommissionBands::WholeByPrincipal(ended.map(principal).collect()),
            1 => CommissionBands::MarginalByPrincipal(ended.map(principal).collect()),
            _ => CommissionBands::WholeByAge(ended.map(age).collect()),
        }
    });
    let ends = (prop::option::of(1_i64..20_000), prop::option::of(0_i64..50_000));
    (bands, ends).prop_map(|(bands, (minimum, above))| {
        let cap = above.map(|above| above + minimum.unwrap_or(1));
        rules(bands, minimum, cap)
    })
}
