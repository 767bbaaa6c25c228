//! Which claims add up to an amount exactly.

/// Claims among which sums are looked for: two halves of eight, so at most 512 sums are made.
pub(crate) const CLAIMS_MAX: usize = 16;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// The places of the fewest amounts that make the sum; of as few, the earliest.
    pub(crate) first: Option<Vec<usize>>,
    /// Whether other amounts make it too.
    pub(crate) others: bool,
}

/// Looks among the first sixteen amounts, which are above zero, and among all of them together. At
/// least two amounts make a sum.
pub(crate) fn exact_sums(amounts: &[i64], target: i64) -> Sums {
    let (left, right) = amounts.split_at(amounts.len().min(CLAIMS_MAX) / 2);
    let right = right.get(..right.len().min(CLAIMS_MAX / 2)).unwrap_or_default();
    let mut rights: Vec<(i64, u16)> = subsets(right).collect();
    rights.sort_unstable();
    let shift = u32::try_from(left.len()).unwrap_or_default();
    let mut found: Vec<u16> = Vec::new();
    for (sum, chosen) in subsets(left).filter(|(sum, _)| *sum <= target) {
        let wanted = target.saturating_sub(sum);
        let start = rights.partition_point(|(other, _)| *other < wanted);
        let fitting = rights.iter().skip(start).take_while(|(other, _)| *other == wanted);
        found.extend(fitting.map(|(_, other)| chosen | other.checked_shl(shift).unwrap_or(0)));
    }
    found.retain(|chosen| chosen.count_ones() > 1);
    // Of two choices the one whose first difference is an earlier place comes first.
    found.sort_unstable_by_key(|chosen| (chosen.count_ones(), !chosen.reverse_bits()));
    let places = |chosen: u16| -> Vec<usize> {
        let marks = std::iter::successors(Some(chosen), |it| it.checked_shr(1));
        let marks = marks.take(CLAIMS_MAX).enumerate();
        marks.filter(|(_, it)| it & 1 == 1).map(|(place, _)| place).collect()
    };
    let is_all = amounts.len() > CLAIMS_MAX && total(amounts) == target;
    match (found.first(), is_all) {
        (_, true) => Sums { first: Some((0..amounts.len()).collect()), others: !found.is_empty() },
        (Some(chosen), false) => Sums { first: Some(places(*chosen)), others: found.len() > 1 },
        (None, false) => Sums::default(),
    }
}

/// All of them together.
pub(crate) fn total(amounts: &[i64]) -> i64 {
    amounts.iter().fold(0, |sum, amount| sum.saturating_add(*amount))
}

/// The sums of all choices of up to eight amounts, none included.
fn subsets(amounts: &[i64]) -> impl Iterator<Item = (i64, u16)> {
    let count = u32::try_from(amounts.len()).unwrap_or_default();
    let choices = 1_u16.checked_shl(count).unwrap_or_default();
    (0..choices).map(move |chosen| {
        let is_chosen = |place: usize| {
            let place = u32::try_from(place).unwrap_or_default();
            chosen.checked_shr(place).unwrap_or_default() & 1 == 1
        };
        let own = amounts.iter().enumerate().filter(|(place, _)| is_chosen(*place));
        (own.fold(0_i64, |sum, (_, amount)| sum.saturating_add(*amount)), chosen)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_trying(amounts: &[i64], target: i64) -> usize {
        (0_u32..1 << amounts.len())
            .filter(|chosen| chosen.count_ones() > 1)
            .filter(|chosen| {
                let own = (0..amounts.len()).filter(|place| chosen >> place & 1 == 1);
                own.map(|place| amounts[place]).sum::<i64>() == target
            })
            .count()
    }

    proptest! {
        #[test]
        fn sums_are_those_that_trying_all_finds(
            amounts in prop::collection::vec(1_i64..60, 0..11),
            target in 1_i64..200,
        ) {
            let sums = exact_sums(&amounts, target);
            let count = by_trying(&amounts, target);
            prop_assert_eq!(sums.first.is_some(), count > 0);
            prop_assert_eq!(sums.others, count > 1);
            if let Some(places) = sums.first {
                prop_assert_eq!(places.iter().map(|place| amounts[*place]).sum::<i64>(), target);
            }
        }
    }

    #[test]
    fn the_fewest_and_earliest_come_first() {
        let sums = exact_sums(&[10, 20, 30, 20], 50);
        assert_eq!(sums, Sums { first: Some(vec![1, 2]), others: true });
        assert_eq!(exact_sums(&[50, 20], 50), Sums::default());
    }

    #[test]
    fn more_than_sixteen_add_up_all_together_only() {
        let many: Vec<i64> = (0..40).map(|place| 1_000 + place).collect();
        let all: i64 = many.iter().sum();
        assert_eq!(exact_sums(&many, all).first.map(|it| it.len()), Some(40));
        assert_eq!(exact_sums(&many, many[30] + many[31]).first, None);
    }
}
