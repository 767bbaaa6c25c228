//! Collection costs of instalments that fall due under one contract (BIK art. 2a).
//!
//! Since 1 October 2024 Dutch law keeps the least costs of small instalments from piling up. The
//! words of the article are not settled here. What is asked is what is safe for the debtor: one fee
//! in six months, as large as the largest instalment alone would bear; more is for a person.

use jiff::ToSpan;
use jiff::civil::date;
use primitives::{Date, DebtorKind, Money, MoneyError};

use crate::answer::{Answer, RuleId};
use crate::calendar::spoken;
use crate::costs::{ChargeTerms, CollectionCosts, collection_costs};
use crate::pack::{Jurisdiction, Pack};
use crate::readings::Switch;

/// Collection costs that were asked before for instalments of the same contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierFee {
    /// The day on which they fell due.
    pub charged_on: Date,
    /// Without VAT. What is zero, or was taken back, counts as none.
    pub fee: Money,
}

/// What instalments of one contract bear now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalmentCosts {
    /// What is asked; none where nothing is.
    pub costs: Option<CollectionCosts>,
    /// The law may allow more than that: a person decides.
    pub more_for_a_person: bool,
}

/// The decree on the quality of collection inserted the article.
const IN_FORCE: Date = date(2024, 10, 1);

/// How far the law looks back.
const MONTHS: i32 = 6;

/// The collection costs for unpaid instalments of one contract that a letter demanded together and
/// whose time ran out on the day before `today`; `earlier` are those of the same contract, in any
/// order.
///
/// Where several instalments were demanded, sources disagree whether the scale is laid over their
/// sum (BW art. 6:96 lid 7) or the highest fee of a single one is due: the lower one is asked,
/// which is that of a single one. Where a fee fell due in the six months before, nothing is asked,
/// and a person may look. With the reading `nl_instalment_cap` off, before 1 October 2024, for
/// businesses and in Belgium it is [`collection_costs`] of the sum.
pub fn instalment_costs(
    pack: Pack,
    debtor: DebtorKind,
    terms: &ChargeTerms,
    unpaid: &[Money],
    today: Date,
    earlier: &[EarlierFee],
) -> Result<Answer<InstalmentCosts>, MoneyError> {
    let pack = pack.as_of(today);
    let mut trail = pack.trail();
    let capped = match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => {
            today >= IN_FORCE && pack.readings.nl_instalment_cap == Switch::On
        }
        (Jurisdiction::Nl, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson)
        | (Jurisdiction::Be, _) => false,
    };
    if !capped {
        let costs = trail.take(collection_costs(pack, debtor, terms, unpaid)?);
        return Ok(trail.answer(InstalmentCosts { costs, more_for_a_person: false }));
    }
    trail.ask(RuleId::NlInstalments);
    if let Some(fee) = latest_within(earlier, today) {
        trail.say(format!(
            "Costs of {} for the same contract fell due on {}: within {MONTHS} months nothing is \
             added for another instalment.",
            fee.fee,
            spoken(fee.charged_on)
        ));
        return Ok(trail.answer(InstalmentCosts { costs: None, more_for_a_person: true }));
    }
    let mut largest = Money::zero(primitives::Currency::EUR);
    for amount in unpaid {
        if amount.checked_cmp(largest)?.is_gt() {
            largest = *amount;
        }
    }
    let several = unpaid.iter().filter(|amount| amount.is_positive()).count() > 1;
    if several {
        trail.say("Of several instalments the costs are those of the largest one alone.");
    }
    let alone = trail.take(collection_costs(pack, debtor, terms, &[largest])?);
    let costs = match alone {
        Some(costs) => Some(costs.shared_by(unpaid)?),
        None => None,
    };
    Ok(trail.answer(InstalmentCosts { costs, more_for_a_person: several }))
}

/// The last fee that fell due within the months before `today`, or on it.
fn latest_within(earlier: &[EarlierFee], today: Date) -> Option<EarlierFee> {
    let within = |fee: &&EarlierFee| {
        let free_from = fee.charged_on.saturating_add(MONTHS.months());
        fee.fee.is_positive() && fee.charged_on <= today && today < free_from
    };
    earlier.iter().filter(within).max_by_key(|fee| fee.charged_on).copied()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use primitives::Currency;
    use proptest::prelude::*;

    use super::*;
    use crate::costs::BusinessCosts;

    const TERMS: ChargeTerms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::Scale,
        interest: true,
        penalty_clause: None,
    };

    fn euro(amount_minor: i64) -> Money {
        Money::new(amount_minor, Currency::EUR)
    }

    fn ask(
        pack: Pack,
        debtor: DebtorKind,
        unpaid: &[i64],
        today: Date,
        earlier: &[EarlierFee],
    ) -> Answer<InstalmentCosts> {
        let unpaid: Vec<Money> = unpaid.iter().copied().map(euro).collect();
        instalment_costs(pack, debtor, &TERMS, &unpaid, today, earlier).unwrap()
    }

    fn consumer(unpaid: &[i64], today: Date, earlier: &[EarlierFee]) -> (Option<i64>, bool) {
        let value = ask(Pack::NL, DebtorKind::Consumer, unpaid, today, earlier).value;
        (value.costs.map(|costs| costs.fee.amount_minor()), value.more_for_a_person)
    }

    fn charged(charged_on: Date, fee: i64) -> EarlierFee {
        EarlierFee { charged_on, fee: euro(fee) }
    }

    #[test]
    fn several_instalments_bear_what_the_largest_bears_alone() {
        let today = date(2026, 11, 26);
        assert_eq!(consumer(&[5_000], today, &[]), (Some(4_000), false));
        assert_eq!(consumer(&[5_000, 5_000, 5_000], today, &[]), (Some(4_000), true));
        assert_eq!(consumer(&[26_666, 26_666], today, &[]), (Some(4_000), true));
        assert_eq!(consumer(&[100_000, 90_000, 0], today, &[]), (Some(15_000), true));
        assert_eq!(consumer(&[100_000, 0, -5], today, &[]), (Some(15_000), false));
        assert_eq!(consumer(&[0], today, &[]), (None, false));
        assert_eq!(consumer(&[], today, &[]), (None, false));
        let answer = ask(Pack::NL, DebtorKind::Consumer, &[10_000, 20_000], today, &[]);
        let shares = answer.value.costs.unwrap().shares;
        assert_eq!(shares, [1_333, 2_667].map(euro));
        assert_eq!(
            answer.rules,
            [RuleId::NlInstalments, RuleId::NlCollectionCosts, RuleId::NlVatOnCosts]
        );
        assert_eq!(
            answer.because.first().unwrap(),
            "Of several instalments the costs are those of the largest one alone."
        );
    }

    #[test]
    fn six_months_after_a_fee_nothing_is_added() {
        let fee = charged(date(2026, 5, 26), 4_000);
        for (today, free) in [
            (date(2026, 5, 25), true),
            (date(2026, 5, 26), false),
            (date(2026, 11, 25), false),
            (date(2026, 11, 26), true),
        ] {
            let expected = if free { (Some(4_000), false) } else { (None, true) };
            assert_eq!(consumer(&[5_000], today, &[fee]), expected, "{today}");
        }
        let nothing = charged(date(2026, 11, 1), 0);
        assert_eq!(consumer(&[5_000], date(2026, 11, 26), &[nothing]), (Some(4_000), false));
        let fees = [charged(date(2026, 7, 1), 4_100), charged(date(2026, 8, 1), 4_000)];
        let answer = ask(Pack::NL, DebtorKind::Consumer, &[5_000], date(2026, 11, 26), &fees);
        assert_eq!(
            answer.because,
            ["Costs of 40.00 EUR for the same contract fell due on Saturday 1 August 2026: \
              within 6 months nothing is added for another instalment."]
        );
    }

    #[test]
    fn elsewhere_the_sum_counts() {
        let today = date(2026, 11, 26);
        let fee = charged(date(2026, 11, 1), 4_000);
        let sum = |pack, debtor, today| {
            let value = ask(pack, debtor, &[20_000, 20_000], today, &[fee]).value;
            assert!(!value.more_for_a_person);
            value.costs.map(|costs| costs.fee.amount_minor())
        };
        for debtor in [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson] {
            assert_eq!(sum(Pack::NL, debtor, today), Some(6_000));
        }
        assert_eq!(sum(Pack::NL, DebtorKind::Consumer, date(2024, 9, 30)), Some(6_000));
        assert_eq!(sum(Pack::BE, DebtorKind::LegalPerson, today), Some(8_000));
        let mut readings = Pack::NL.readings;
        readings.set("nl_instalment_cap", "off").unwrap();
        assert_eq!(sum(Pack::NL.under(readings), DebtorKind::Consumer, today), Some(6_000));
        let first_day = date(2024, 10, 1);
        assert_eq!(consumer(&[20_000, 20_000], first_day, &[]), (Some(4_000), true));
    }

    proptest! {
        /// Never more than the scale over the sum, and never two fees within six months.
        #[test]
        fn fees_of_a_contract_do_not_pile_up(
            months in prop::collection::vec((0_i32..90, 1_i64..100_000), 1..12),
        ) {
            let mut fees: Vec<EarlierFee> = Vec::new();
            let mut today = date(2025, 1, 1);
            for (wait, unpaid) in months {
                today += wait.days();
                let answer = ask(Pack::NL, DebtorKind::Consumer, &[unpaid], today, &fees);
                let Some(costs) = answer.value.costs else { continue };
                let (debtor, unpaid) = (DebtorKind::Consumer, [euro(unpaid)]);
                let scale = collection_costs(Pack::NL, debtor, &TERMS, &unpaid);
                let scale = scale.unwrap().value;
                prop_assert_eq!(Some(&costs), scale.as_ref());
                if let Some(last) = fees.last() {
                    prop_assert!(last.charged_on + 6.months() <= today);
                }
                fees.push(EarlierFee { charged_on: today, fee: costs.fee });
            }
            prop_assert!(!fees.is_empty());
        }

        #[test]
        fn a_letter_about_several_asks_no_more_than_the_scale_over_their_sum(
            unpaid in prop::collection::vec(-100_i64..3_000_000, 0..6),
        ) {
            let today = date(2026, 11, 26);
            let amounts: Vec<Money> = unpaid.iter().copied().map(euro).collect();
            let capped = ask(Pack::NL, DebtorKind::Consumer, &unpaid, today, &[]).value.costs;
            let plain = collection_costs(Pack::NL, DebtorKind::Consumer, &TERMS, &amounts);
            let plain = plain.unwrap().value;
            prop_assert_eq!(capped.is_some(), plain.is_some());
            if let Some((capped, plain)) = capped.zip(plain) {
                prop_assert!(capped.fee.checked_cmp(plain.fee).unwrap().is_le());
                let sum = Money::sum(Currency::EUR, capped.shares.iter().copied());
                prop_assert_eq!(sum, Ok(capped.fee));
                prop_assert_eq!(capped.shares.len(), unpaid.len());
            }
        }
    }
}
