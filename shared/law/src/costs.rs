//! What a debtor owes for the collection itself: scales and fixed amounts of the law, never more.
//!
//! Whether and from when they are due is not decided here, but in `surcharge`.

use jiff::civil::date;
use primitives::{Currency, Date, DebtorKind, Money, MoneyError};

use crate::answer::{Answer, RuleId, Trail};
use crate::pack::{Jurisdiction, Pack};
use crate::portion::{Rounding, percent, share_of};
use crate::readings::{FeeRounding, LumpSumBase};

/// What a creditor asks of those who pay late, as far as the law leaves it a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeTerms {
    /// The creditor deducts VAT, so that none comes on top of the costs. Where it cannot, the Dutch
    /// 14-day letter must say so and name the amount with VAT.
    pub creditor_deducts_vat: bool,
    /// The costs asked of businesses.
    pub in_business: BusinessCosts,
    /// Whether the interest of the law is asked, of Dutch consumers and of businesses. What a
    /// Belgian consumer owes stands in the clause.
    pub interest: bool,
    /// The clause in the creditor's terms, for Belgian consumers. None where there is none, or none
    /// that is valid.
    pub penalty_clause: Option<PenaltyClause>,
}

/// The collection costs that are asked of businesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusinessCosts {
    /// Nothing.
    None,
    /// 40 euros for each unpaid invoice.
    FixedForty,
    /// The Dutch scale over the sum; in Belgium, which has none, the same as the fixed amount.
    Scale,
}

/// The collection costs that a business agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreedCosts {
    /// The part of the sum, in basis points: 1500 is 15 %.
    pub share_bp: u32,
    /// What they come to at least.
    pub at_least: Money,
}

/// The penalty clause that a Belgian consumer agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PenaltyClause {
    /// It holds a lump sum, at least what WER art. XIX.4 allows.
    pub lump_sum: bool,
    /// The interest a year in basis points (500 is 5 %); none where it holds no interest. What is
    /// above the rate for late payment between businesses does not count.
    pub yearly_interest_bp: Option<u32>,
}

/// Collection costs of one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionCosts {
    /// The costs without VAT.
    pub fee: Money,
    /// The VAT that comes on top.
    pub vat: Money,
    /// What each claim bears of both, in the order of the claims. They add up to `fee` and `vat`.
    pub shares: Vec<Money>,
    /// How both came about, in the order in which it is computed.
    pub steps: Vec<CostStep>,
}

/// One step of how costs are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostStep {
    /// The Dutch scale: a rate over the next part of what is unpaid, which is the first part where
    /// no such step came before.
    Band { rate_bp: u32, of: Money, amount: Money },
    /// The costs come to so much at least, which is more than was computed.
    AtLeast(Money),
    /// The costs come to so much at most, which is less than was computed.
    AtMost(Money),
    /// So much for each unpaid invoice.
    Each(Money),
    /// The lump sum of a Belgian clause: a fixed amount, and a rate over what is unpaid above an
    /// amount, at most so much in all. A rate of zero adds nothing.
    LumpSum { fixed: Money, rate_bp: u32, above: Money, at_most: Money },
    /// A share that was agreed, of all that is unpaid.
    Agreed { rate_bp: u32, amount: Money },
    /// VAT on top, which the creditor cannot deduct.
    Vat { rate_bp: u32, amount: Money },
}

impl CollectionCosts {
    /// The same costs, borne by other claims in proportion to what is unpaid of each.
    pub(crate) fn shared_by(self, unpaid: &[Money]) -> Result<Self, MoneyError> {
        Owed::of(unpaid)?.in_proportion(self.fee, self.vat, self.steps)
    }
}

/// A step of the Dutch scale: a rate over a part of the principal.
struct Band {
    width: Money,
    rate_bp: u32,
}

/// BIK art. 2.
const NL_BANDS: [Band; 5] = [
    Band { width: cents(250_000), rate_bp: 1_500 },
    Band { width: cents(250_000), rate_bp: 1_000 },
    Band { width: cents(500_000), rate_bp: 500 },
    Band { width: cents(19_000_000), rate_bp: 100 },
    Band { width: cents(i64::MAX), rate_bp: 50 },
];

pub(crate) const NL_MIN: Money = cents(4_000);
const NL_MAX: Money = cents(677_500);

/// Wet OB art. 9 lid 1, since 1 October 2012; 19 % before.
const NL_VAT_BP: u32 = 2_100;
const NL_VAT_BEFORE_BP: u32 = 1_900;
const NL_VAT_FROM: Date = date(2012, 10, 1);

/// For each unpaid invoice of a business, in both countries.
const FORTY: Money = cents(4_000);

pub(crate) const fn cents(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::EUR)
}

/// The collection costs for what is unpaid of the claims of one notice, in euros. None where none
/// may be asked. What is zero or below counts as nothing unpaid and bears nothing.
///
/// - Dutch consumer: the scale over the sum, 40.00 to 6,775.00, rounded down (reading
///   `nl_rounding_fee`); with 21 % VAT on top where the creditor cannot deduct it. For instalments
///   of one contract ask [`instalment_costs`](crate::instalment_costs) instead.
/// - Dutch business: as agreed, 40.00 per unpaid claim, or the scale over the sum, rounded half up,
///   with VAT as above.
/// - Belgian consumer: the lump sum of a clause over the sum, at most what WER art. XIX.4 allows,
///   rounded down. It covers all costs, so no VAT.
/// - Belgian business: 40.00 per unpaid claim; more needs proof.
pub fn collection_costs(
    pack: Pack,
    debtor: DebtorKind,
    terms: &ChargeTerms,
    unpaid: &[Money],
) -> Result<Answer<Option<CollectionCosts>>, MoneyError> {
    let mut trail = pack.trail();
    let owed = Owed::of(unpaid)?;
    let costs = match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => dutch_consumer(pack, terms, &owed, &mut trail)?,
        (Jurisdiction::Be, DebtorKind::Consumer) => belgian_consumer(terms, &owed, &mut trail)?,
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            business(pack, terms, &owed, &mut trail)?
        }
    };
    Ok(trail.answer(costs))
}

/// The collection costs that a business agreed to, for what is unpaid of the claims of one notice:
/// a part of the sum, at least an amount, and never less than what the law gives without an
/// agreement: in the Netherlands the scale, which is a floor too (HR 10 July 2015), and in both
/// countries 40 euros for each unpaid claim (BW art. 6:96 lid 4; law of 2 August 2002 art. 6 and
/// 7). A court may lower them, in the Netherlands to the scale (Rv art. 242). VAT as in
/// [`collection_costs`]. None where nothing is unpaid. A consumer cannot agree to more than the law
/// allows: there is no such answer for one.
pub fn agreed_costs(
    pack: Pack,
    agreed: AgreedCosts,
    terms: &ChargeTerms,
    unpaid: &[Money],
) -> Result<Answer<Option<CollectionCosts>>, MoneyError> {
    let mut trail = pack.trail();
    trail.ask(business_rule(pack));
    let owed = Owed::of(unpaid)?;
    let Some(forty_each) = fixed(&owed, &mut trail)? else { return Ok(trail.answer(None)) };
    let law = match pack.jurisdiction {
        Jurisdiction::Nl => {
            let (scale, bands) = dutch_scale(owed.sum, Rounding::HalfUp, &mut trail)?;
            if scale.checked_cmp(forty_each.fee)?.is_gt() {
                (scale, bands)
            } else {
                (forty_each.fee, forty_each.steps)
            }
        }
        Jurisdiction::Be => (forty_each.fee, forty_each.steps),
    };
    let AgreedCosts { share_bp, at_least } = agreed;
    let (rate, sum) = (percent(share_bp), owed.sum);
    let share = share_of(sum, share_bp, Rounding::Down)?;
    trail.say(format!("You agreed to costs of {rate} of {sum}, at least {at_least}."));
    let mut of_agreement = vec![CostStep::Agreed { rate_bp: share_bp, amount: share }];
    let agreed = if share.checked_cmp(at_least)?.is_lt() {
        of_agreement.push(CostStep::AtLeast(at_least));
        at_least
    } else {
        share
    };
    let (law, of_law) = law;
    let (fee, mut steps) = if agreed.checked_cmp(law)?.is_gt() {
        trail.say(format!("The costs are {agreed}; a court may lower them."));
        (agreed, of_agreement)
    } else {
        trail.say(format!("What the law gives without it is no less: the costs are {law}."));
        (law, of_law)
    };
    let vat = match pack.jurisdiction {
        Jurisdiction::Nl => vat_on(pack, (fee, &mut steps), Rounding::HalfUp, terms, &mut trail)?,
        Jurisdiction::Be => Money::zero(Currency::EUR),
    };
    let costs = owed.in_proportion(fee, vat, steps)?;
    Ok(trail.answer(Some(costs)))
}

const fn business_rule(pack: Pack) -> RuleId {
    match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlBusinessCosts,
        Jurisdiction::Be => RuleId::BeBusinessCosts,
    }
}

/// Of what the costs of a claim are a part: what is unpaid when the term has run out; of a Belgian
/// consumer the amount of the invoice, where the reading `be_lumpsum_base` says so.
#[must_use]
pub fn costs_base(pack: Pack, debtor: DebtorKind, invoiced: Money, unpaid: Money) -> Money {
    let of_invoice = pack.readings.be_lumpsum_base == LumpSumBase::Invoice;
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Be, DebtorKind::Consumer) if of_invoice && unpaid.is_positive() => invoiced,
        _ => unpaid,
    }
}

/// What is unpaid, of each claim and in all.
struct Owed {
    sum: Money,
    /// Cents per claim, none below zero.
    weights: Vec<u64>,
}

impl Owed {
    fn of(unpaid: &[Money]) -> Result<Self, MoneyError> {
        let zero = Money::zero(Currency::EUR);
        let mut sum = zero;
        for amount in unpaid {
            let owed = if amount.checked_cmp(zero)?.is_gt() { *amount } else { zero };
            sum = sum.checked_add(owed)?;
        }
        let weight = |amount: &Money| u64::try_from(amount.amount_minor()).unwrap_or(0);
        Ok(Self { sum, weights: unpaid.iter().map(weight).collect() })
    }

    fn nothing(&self, trail: &mut Trail) -> bool {
        if self.sum.is_zero() {
            trail.say("Nothing is unpaid, so there are no collection costs.");
        }
        self.sum.is_zero()
    }

    /// The costs, borne in proportion to what is unpaid.
    fn in_proportion(
        &self,
        fee: Money,
        vat: Money,
        steps: Vec<CostStep>,
    ) -> Result<CollectionCosts, MoneyError> {
        let shares = fee.checked_add(vat)?.split(&self.weights)?;
        Ok(CollectionCosts { fee, vat, shares, steps })
    }
}

fn dutch_consumer(
    pack: Pack,
    terms: &ChargeTerms,
    owed: &Owed,
    trail: &mut Trail,
) -> Result<Option<CollectionCosts>, MoneyError> {
    trail.ask(RuleId::NlCollectionCosts);
    if owed.nothing(trail) {
        return Ok(None);
    }
    let rounding = consumer_rounding(pack);
    let (fee, mut steps) = dutch_scale(owed.sum, rounding, trail)?;
    let vat = vat_on(pack, (fee, &mut steps), rounding, terms, trail)?;
    Ok(Some(owed.in_proportion(fee, vat, steps)?))
}

const fn consumer_rounding(pack: Pack) -> Rounding {
    match pack.readings.nl_rounding_fee {
        FeeRounding::Floor => Rounding::Down,
        FeeRounding::HalfUp => Rounding::HalfUp,
    }
}

/// BIK art. 2 lid 3: after the least and the most, whoever owes; rounded as the fee.
fn vat_on(
    pack: Pack,
    (fee, steps): (Money, &mut Vec<CostStep>),
    rounding: Rounding,
    terms: &ChargeTerms,
    trail: &mut Trail,
) -> Result<Money, MoneyError> {
    trail.ask(RuleId::NlVatOnCosts);
    let vat = if terms.creditor_deducts_vat {
        Money::zero(Currency::EUR)
    } else {
        let rate_bp = if pack.knows(NL_VAT_FROM) { NL_VAT_BP } else { NL_VAT_BEFORE_BP };
        let vat = share_of(fee, rate_bp, rounding)?;
        let rate = percent(rate_bp);
        trail.say(format!("The creditor cannot deduct VAT, so {rate} is added: {vat}."));
        steps.push(CostStep::Vat { rate_bp, amount: vat });
        vat
    };
    Ok(vat)
}

/// The scale, its least and its most; each line is told. Only the last band that is reached can
/// leave a part of a cent, so that rounding each band rounds the sum.
pub(crate) fn dutch_scale(
    sum: Money,
    rounding: Rounding,
    trail: &mut Trail,
) -> Result<(Money, Vec<CostStep>), MoneyError> {
    trail.say(format!("The law has a scale for collection costs. {sum} is unpaid."));
    let (mut left, mut fee) = (sum, Money::zero(Currency::EUR));
    let mut steps = Vec::new();
    for Band { width, rate_bp } in NL_BANDS {
        let part = left.min(width)?;
        if !part.is_positive() {
            break;
        }
        let amount = share_of(part, rate_bp, rounding)?;
        let which = if fee.is_zero() { "the first" } else { "the next" };
        trail.say(format!("{} of {which} {part} is {amount}.", percent(rate_bp)));
        steps.push(CostStep::Band { rate_bp, of: part, amount });
        fee = fee.checked_add(amount)?;
        left = left.checked_sub(part)?;
    }
    if fee.checked_cmp(NL_MIN)?.is_lt() {
        trail.say(format!("The costs are {NL_MIN} at least."));
        steps.push(CostStep::AtLeast(NL_MIN));
        return Ok((NL_MIN, steps));
    }
    if fee.checked_cmp(NL_MAX)?.is_gt() {
        trail.say(format!("The costs are {NL_MAX} at most."));
        steps.push(CostStep::AtMost(NL_MAX));
        return Ok((NL_MAX, steps));
    }
    trail.say(format!("The costs are {fee}."));
    Ok((fee, steps))
}

/// WER art. XIX.4: 20.00 up to 150.00; then 30.00 and 10 %; from 500.00 on 65.00 and 5 %, at most
/// 2,000.00.
fn belgian_consumer(
    terms: &ChargeTerms,
    owed: &Owed,
    trail: &mut Trail,
) -> Result<Option<CollectionCosts>, MoneyError> {
    let (low, high, most) = (cents(15_000), cents(50_000), cents(200_000));
    let Some(clause) = terms.penalty_clause else {
        trail.ask(RuleId::HouseNoClause);
        trail.say("You agreed to no penalty clause, so no costs are added to what you owe.");
        return Ok(None);
    };
    trail.ask(RuleId::BePenaltyClause);
    if !clause.lump_sum {
        trail.say("The clause that you agreed to has no lump sum, so no costs are added.");
        return Ok(None);
    }
    if owed.nothing(trail) {
        return Ok(None);
    }
    let sum = owed.sum;
    trail.say(format!("The law limits the lump sum of a clause. {sum} is unpaid."));
    let (base, floor, rate_bp) = if sum.checked_cmp(low)?.is_le() {
        (cents(2_000), low, 0)
    } else if sum.checked_cmp(high)?.is_le() {
        (cents(3_000), low, 1_000)
    } else {
        (cents(6_500), high, 500)
    };
    let above = share_of(sum.checked_sub(floor)?, rate_bp, Rounding::Down)?;
    let fee = base.checked_add(above)?.min(most)?;
    trail.say(if rate_bp == 0 {
        format!("Up to {low} it is {fee}.")
    } else {
        let rate = percent(rate_bp);
        format!("It is {base} and {rate} of what is above {floor}, at most {most}: {fee}.")
    });
    let step = CostStep::LumpSum { fixed: base, rate_bp, above: floor, at_most: most };
    Ok(Some(owed.in_proportion(fee, Money::zero(Currency::EUR), vec![step])?))
}

fn business(
    pack: Pack,
    terms: &ChargeTerms,
    owed: &Owed,
    trail: &mut Trail,
) -> Result<Option<CollectionCosts>, MoneyError> {
    let rule = business_rule(pack);
    match (pack.jurisdiction, terms.in_business) {
        (_, BusinessCosts::None) => {
            trail.ask(RuleId::HouseCreditorTerms);
            trail.say("The creditor asks no collection costs.");
            Ok(None)
        }
        (Jurisdiction::Nl, BusinessCosts::Scale) => {
            trail.ask(rule);
            if owed.nothing(trail) {
                return Ok(None);
            }
            let (fee, mut steps) = dutch_scale(owed.sum, Rounding::HalfUp, trail)?;
            let vat = vat_on(pack, (fee, &mut steps), Rounding::HalfUp, terms, trail)?;
            Ok(Some(owed.in_proportion(fee, vat, steps)?))
        }
        (Jurisdiction::Nl, BusinessCosts::FixedForty) => {
            trail.ask(rule);
            fixed(owed, trail)
        }
        (Jurisdiction::Be, BusinessCosts::FixedForty | BusinessCosts::Scale) => {
            trail.ask(rule);
            let costs = fixed(owed, trail)?;
            trail.say("More may be asked only with proof of higher costs.");
            Ok(costs)
        }
    }
}

/// 40 euros for each claim of which something is unpaid.
fn fixed(owed: &Owed, trail: &mut Trail) -> Result<Option<CollectionCosts>, MoneyError> {
    if owed.nothing(trail) {
        return Ok(None);
    }
    let zero = Money::zero(Currency::EUR);
    let share = |weight: &u64| if *weight > 0 { FORTY } else { zero };
    let shares: Vec<Money> = owed.weights.iter().map(share).collect();
    let fee = Money::sum(Currency::EUR, shares.iter().copied())?;
    trail.say(format!("Each unpaid invoice costs {FORTY}: {fee} in all."));
    Ok(Some(CollectionCosts { fee, vat: zero, shares, steps: vec![CostStep::Each(FORTY)] }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    const TERMS: ChargeTerms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::Scale,
        interest: true,
        penalty_clause: Some(PenaltyClause { lump_sum: true, yearly_interest_bp: None }),
    };

    fn ask(
        pack: Pack,
        debtor: DebtorKind,
        terms: &ChargeTerms,
        unpaid: &[i64],
    ) -> Answer<Option<CollectionCosts>> {
        let unpaid: Vec<Money> = unpaid.iter().copied().map(cents).collect();
        collection_costs(pack, debtor, terms, &unpaid).unwrap()
    }

    fn fee(pack: Pack, debtor: DebtorKind, unpaid: i64) -> i64 {
        ask(pack, debtor, &TERMS, &[unpaid]).value.unwrap().fee.amount_minor()
    }

    /// Examples 1 and 2 of the research, the tops of the bands, and where the minimum ends.
    #[test]
    fn the_dutch_scale_is_that_of_the_decree() {
        for (unpaid, expected) in [
            (1, 4_000),
            (25_000, 4_000),
            (26_666, 4_000),
            (26_667, 4_000),
            (26_674, 4_001),
            (250_000, 37_500),
            (350_000, 47_500),
            (500_000, 62_500),
            (1_000_000, 87_500),
            (20_000_000, 277_500),
            (99_999_999, 677_499),
            (100_000_000, 677_500),
            (200_000_000, 677_500),
        ] {
            assert_eq!(fee(Pack::NL, DebtorKind::Consumer, unpaid), expected, "{unpaid}");
        }
    }

    /// 266.70 x 15 % is 40.005: dropped for a consumer, rounded up for a business.
    #[test]
    fn a_part_of_a_cent_is_for_businesses_only() {
        assert_eq!(fee(Pack::NL, DebtorKind::Consumer, 26_670), 4_000);
        assert_eq!(fee(Pack::NL, DebtorKind::LegalPerson, 26_670), 4_001);
    }

    /// Example 3 of the research.
    #[test]
    fn vat_comes_on_top_where_the_creditor_cannot_deduct_it() {
        let terms = ChargeTerms { creditor_deducts_vat: false, ..TERMS };
        let answer = ask(Pack::NL, DebtorKind::Consumer, &terms, &[500_000]);
        let shares = vec![cents(75_625)];
        let band =
            |rate_bp, minor| CostStep::Band { rate_bp, of: cents(250_000), amount: cents(minor) };
        let vat = CostStep::Vat { rate_bp: 2_100, amount: cents(13_125) };
        let steps = vec![band(1_500, 37_500), band(1_000, 25_000), vat];
        let expected = CollectionCosts { fee: cents(62_500), vat: cents(13_125), shares, steps };
        assert_eq!(answer.value, Some(expected));
        assert_eq!(answer.rules, [RuleId::NlCollectionCosts, RuleId::NlVatOnCosts]);
        assert_eq!(
            answer.because,
            [
                "The law has a scale for collection costs. 5000.00 EUR is unpaid.",
                "15 % of the first 2500.00 EUR is 375.00 EUR.",
                "10 % of the next 2500.00 EUR is 250.00 EUR.",
                "The costs are 625.00 EUR.",
                "The creditor cannot deduct VAT, so 21 % is added: 131.25 EUR.",
            ]
        );
        let least = ask(Pack::NL, DebtorKind::Consumer, &terms, &[100]).value.unwrap();
        assert_eq!(least.shares, [cents(4_840)]);
        let most = ask(Pack::NL, DebtorKind::Consumer, &terms, &[100_000_000]).value.unwrap();
        assert_eq!(most.shares, [cents(819_775)]);
    }

    #[test]
    fn a_belgian_lump_sum_is_a_part_of_what_is_left_unless_the_house_reads_otherwise() {
        let base = |pack, debtor, unpaid| costs_base(pack, debtor, cents(500), cents(unpaid));
        let mut readings = Pack::BE.readings;
        readings.set("be_lumpsum_base", "invoice").unwrap();
        let [nl, be] = [Pack::NL, Pack::BE].map(|pack| pack.under(readings));
        let (consumer, business) = (DebtorKind::Consumer, DebtorKind::LegalPerson);
        assert_eq!(base(Pack::BE, consumer, 300), cents(300));
        assert_eq!(base(be, consumer, 300), cents(500));
        assert_eq!(base(be, consumer, 0), cents(0));
        assert_eq!(base(be, business, 300), cents(300));
        assert_eq!(base(nl, consumer, 300), cents(300));
    }

    /// Until September 2012 VAT was 19 %.
    #[test]
    fn vat_has_the_rate_of_its_day() {
        let terms = ChargeTerms { creditor_deducts_vat: false, ..TERMS };
        let vat = |day| {
            let pack = Pack::NL.on(day).unwrap();
            let costs = ask(pack, DebtorKind::Consumer, &terms, &[350_000]).value.unwrap();
            costs.vat.amount_minor()
        };
        assert_eq!(vat(date(2012, 9, 30)), 9_025);
        assert_eq!(vat(date(2012, 10, 1)), 9_975);
    }

    #[test]
    fn a_consumer_is_spared_a_part_of_a_cent_unless_the_house_reads_otherwise() {
        let mut readings = Pack::NL.readings;
        readings.set("nl_rounding_fee", "half_up").unwrap();
        assert_eq!(fee(Pack::NL.under(readings), DebtorKind::Consumer, 26_670), 4_001);
    }

    #[test]
    fn a_business_owes_what_it_agreed_to_and_never_less_than_forty_an_invoice() {
        let ask = |pack, share_bp, at_least, unpaid: &[i64], terms| {
            let unpaid: Vec<Money> = unpaid.iter().copied().map(cents).collect();
            let agreed = AgreedCosts { share_bp, at_least: cents(at_least) };
            agreed_costs(pack, agreed, terms, &unpaid).unwrap().value
        };
        for pack in [Pack::NL, Pack::BE] {
            let fee = |share_bp, at_least, unpaid: &[i64]| {
                let costs = ask(pack, share_bp, at_least, unpaid, &TERMS).unwrap();
                assert_eq!(Money::sum(Currency::EUR, costs.shares), Ok(costs.fee));
                costs.fee.amount_minor()
            };
            assert_eq!(fee(2_000, 4_000, &[100_000]), 20_000);
            assert_eq!(fee(1_500, 25_000, &[100_000]), 25_000);
            assert_eq!(fee(1_500, 4_000, &[10_000, 0, 20_000]), 8_000, "two unpaid invoices");
            // The law's own amount is a floor: in the Netherlands the scale.
            let floor = if pack == Pack::NL { 15_000 } else { 4_000 };
            assert_eq!(fee(100, 0, &[100_000]), floor);
            assert_eq!(ask(pack, 1_500, 4_000, &[0, -5], &TERMS), None);
        }
        let no_deduction = ChargeTerms { creditor_deducts_vat: false, ..TERMS };
        let dutch = ask(Pack::NL, 2_000, 0, &[100_003], &no_deduction).unwrap();
        assert_eq!((dutch.fee, dutch.vat), (cents(20_000), cents(4_200)));
        let belgian = ask(Pack::BE, 1_500, 0, &[100_000], &no_deduction).unwrap();
        assert_eq!(belgian.vat, cents(0));
    }

    #[test]
    fn one_letter_has_one_fee_borne_in_proportion() {
        let costs = ask(Pack::NL, DebtorKind::Consumer, &TERMS, &[10_000, 0, 5_000, -70]);
        let costs = costs.value.unwrap();
        assert_eq!(costs.fee, cents(4_000));
        assert_eq!(costs.shares, [2_667, 0, 1_333, 0].map(cents));
    }

    /// Example 9 of the research, and the edges.
    #[test]
    fn a_belgian_clause_takes_what_the_law_allows_at_most() {
        for (unpaid, expected) in [
            (1, 2_000),
            (15_000, 2_000),
            (15_001, 3_000),
            (15_010, 3_001),
            (50_000, 6_500),
            (50_001, 6_500),
            (100_000, 9_000),
            (3_919_999, 199_999),
            (3_920_000, 200_000),
            (9_000_000, 200_000),
        ] {
            assert_eq!(fee(Pack::BE, DebtorKind::Consumer, unpaid), expected, "{unpaid}");
        }
        let answer = ask(Pack::BE, DebtorKind::Consumer, &TERMS, &[60_000, 40_000]);
        assert_eq!(answer.value.unwrap().shares, [5_400, 3_600].map(cents));
        assert_eq!(
            answer.because,
            [
                "The law limits the lump sum of a clause. 1000.00 EUR is unpaid.",
                "It is 65.00 EUR and 5 % of what is above 500.00 EUR, at most 2000.00 EUR: \
                 90.00 EUR.",
            ]
        );
    }

    #[test]
    fn a_belgian_consumer_without_a_clause_owes_nothing_more() {
        let none = ChargeTerms { penalty_clause: None, ..TERMS };
        let answer = ask(Pack::BE, DebtorKind::Consumer, &none, &[100_000]);
        assert_eq!((answer.value, &*answer.rules), (None, &[RuleId::HouseNoClause][..]));
        let clause = PenaltyClause { lump_sum: false, yearly_interest_bp: Some(500) };
        let interest_only = ChargeTerms { penalty_clause: Some(clause), ..TERMS };
        let answer = ask(Pack::BE, DebtorKind::Consumer, &interest_only, &[100_000]);
        assert_eq!((answer.value, &*answer.rules), (None, &[RuleId::BePenaltyClause][..]));
    }

    #[test]
    fn a_business_pays_forty_for_each_invoice_or_by_the_scale() {
        let (unpaid, legal) = ([100_000, 0, 1], DebtorKind::LegalPerson);
        let shares = [4_000, 0, 4_000].map(cents);
        for (pack, in_business) in [
            (Pack::NL, BusinessCosts::FixedForty),
            (Pack::BE, BusinessCosts::FixedForty),
            (Pack::BE, BusinessCosts::Scale),
        ] {
            let terms = ChargeTerms { in_business, creditor_deducts_vat: false, ..TERMS };
            let answer = ask(pack, legal, &terms, &unpaid);
            let costs = answer.value.unwrap();
            assert_eq!((costs.fee, costs.vat), (cents(8_000), cents(0)));
            assert_eq!(costs.shares, shares);
            let more = "More may be asked only with proof of higher costs.";
            assert_eq!(answer.because.iter().any(|line| line == more), pack == Pack::BE);
        }
        let scale = ask(Pack::NL, legal, &TERMS, &unpaid).value.unwrap();
        assert_eq!((scale.fee, scale.vat), (cents(15_000), cents(0)));
        let with_vat = ChargeTerms { creditor_deducts_vat: false, ..TERMS };
        let scale = ask(Pack::NL, legal, &with_vat, &unpaid).value.unwrap();
        assert_eq!((scale.fee, scale.vat), (cents(15_000), cents(3_150)));
        let nothing = ChargeTerms { in_business: BusinessCosts::None, ..TERMS };
        let answer = ask(Pack::NL, legal, &nothing, &unpaid);
        assert_eq!((answer.value, &*answer.rules), (None, &[RuleId::HouseCreditorTerms][..]));
    }

    #[test]
    fn nothing_unpaid_costs_nothing_and_other_money_is_refused() {
        for (pack, debtor) in every_debtor() {
            for unpaid in [&[][..], &[0], &[-100, 0]] {
                let answer = ask(pack, debtor, &TERMS, unpaid);
                assert_eq!(answer.value, None);
                assert!(answer.because.iter().any(|line| line.starts_with("Nothing is unpaid")));
            }
            let yen = Money::zero(Currency::JPY);
            let refused = collection_costs(pack, debtor, &TERMS, &[yen]);
            assert!(matches!(refused, Err(MoneyError::DifferentCurrencies { .. })));
        }
    }

    fn every_debtor() -> impl Iterator<Item = (Pack, DebtorKind)> {
        let packs = [Pack::NL, Pack::BE].into_iter();
        packs.flat_map(|pack| DebtorKind::ALL.iter().map(move |debtor| (pack, *debtor)))
    }

    fn terms() -> impl Strategy<Value = ChargeTerms> {
        let in_business = prop_oneof![Just(BusinessCosts::FixedForty), Just(BusinessCosts::Scale)];
        (any::<bool>(), in_business).prop_map(|(creditor_deducts_vat, in_business)| ChargeTerms {
            creditor_deducts_vat,
            in_business,
            ..TERMS
        })
    }

    proptest! {
        #[test]
        fn shares_add_up_and_the_fee_keeps_its_bounds(
            terms in terms(),
            unpaid in prop::collection::vec(-10_i64..200_000_000, 1..6),
        ) {
            for (pack, debtor) in every_debtor() {
                let Some(costs) = ask(pack, debtor, &terms, &unpaid).value else { continue };
                prop_assert_eq!(costs.shares.len(), unpaid.len());
                let total = Money::sum(Currency::EUR, costs.shares.iter().copied());
                prop_assert_eq!(total, costs.fee.checked_add(costs.vat));
                for (share, unpaid) in costs.shares.iter().zip(&unpaid) {
                    prop_assert!(!share.is_negative());
                    prop_assert!(*unpaid > 0 || share.is_zero());
                }
                let fee = costs.fee.amount_minor();
                let (least, most) = match (pack, debtor, terms.in_business) {
                    (Pack::BE, DebtorKind::Consumer, _) => (2_000, 200_000),
                    (Pack::NL, DebtorKind::Consumer, _)
                    | (Pack::NL, _, BusinessCosts::Scale) => (4_000, 677_500),
                    _ => (4_000, 4_000 * 5),
                };
                prop_assert!((least..=most).contains(&fee), "{pack:?} {debtor} {fee}");
                let by_scale = debtor == DebtorKind::Consumer
                    || terms.in_business == BusinessCosts::Scale;
                let vat = pack == Pack::NL && by_scale && !terms.creditor_deducts_vat;
                prop_assert_eq!(costs.vat.is_positive(), vat);
            }
        }

        #[test]
        fn who_owes_more_never_bears_less(
            terms in terms(), unpaid in 1_i64..120_000_000, more in 0_i64..1_000_000
        ) {
            for (pack, debtor) in every_debtor() {
                let ask = |unpaid| ask(pack, debtor, &terms, &[unpaid]).value.unwrap();
                let (less, more) = (ask(unpaid), ask(unpaid + more));
                prop_assert!(less.fee.checked_cmp(more.fee).unwrap().is_le());
                prop_assert!(less.vat.checked_cmp(more.vat).unwrap().is_le());
            }
        }
    }
}
