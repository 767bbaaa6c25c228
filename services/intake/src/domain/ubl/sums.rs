//! The sums of EN 16931 (rules BR-CO-10, 13, 15 and 16), each where the file states its parts.
//!
//! The standard compares after rounding to two decimals and knows no other tolerance, and the real
//! files that we know need none: a stated sum may be off by no more than half of the second
//! decimal. Quantities, prices and tax rates are not recomputed: they are the sender's business.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::invoice::Problems;
use super::draft::{Figure, PAYABLE};
use super::report;

/// What can be added up.
pub(super) struct Sums<'d> {
    /// The elements of `cac:LegalMonetaryTotal` by their name, in one currency.
    pub(super) totals: &'d BTreeMap<&'static str, Figure>,
    /// Sum of the lines; absent when one of them is no number.
    pub(super) line_sum: Option<Decimal>,
    /// The tax in that currency, zero where the file has none; absent when in doubt.
    pub(super) tax: Option<Decimal>,
}

impl Sums<'_> {
    /// Notes each sum that does not come out.
    pub(super) fn check(&self, problems: &mut Problems) {
        let lines = self.amount("LineExtensionAmount");
        self.compare("LineExtensionAmount", self.line_sum, "the lines add up to", problems);

        let net = lines.map(|it| {
            it.saturating_sub(self.or_zero("AllowanceTotalAmount"))
                .saturating_add(self.or_zero("ChargeTotalAmount"))
        });
        let meaning = "lines less allowances plus charges are";
        self.compare("TaxExclusiveAmount", net, meaning, problems);

        let exclusive = self.amount("TaxExclusiveAmount");
        let with_tax = exclusive.zip(self.tax).map(|(it, tax)| it.saturating_add(tax));
        let rounding = self.or_zero("PayableRoundingAmount");
        let inclusive = self.amount("TaxInclusiveAmount");
        // Before EN 16931 (CEN BII, SI-UBL 1) the total with tax held the rounding already.
        let is_rounded = inclusive.zip(with_tax).is_some_and(|(stated, it)| {
            !is_sum(stated, it) && is_sum(stated, it.saturating_add(rounding))
        });
        if !is_rounded {
            let meaning = "the total without tax plus tax is";
            self.compare("TaxInclusiveAmount", with_tax, meaning, problems);
        }

        let rounding = if is_rounded { Decimal::ZERO } else { rounding };
        let due = inclusive
            .or(with_tax)
            .map(|it| it.saturating_sub(self.or_zero("PrepaidAmount")).saturating_add(rounding));
        let meaning = "the total with tax less what was prepaid plus rounding is";
        self.compare(PAYABLE, due, meaning, problems);
    }

    fn compare(
        &self,
        name: &str,
        computed: Option<Decimal>,
        meaning: &str,
        problems: &mut Problems,
    ) {
        let stated = self.totals.get(name).and_then(|it| Some((it.amount?, it.line)));
        let Some(((stated, line), computed)) = stated.zip(computed) else { return };
        if !is_sum(stated, computed) {
            let difference = stated.saturating_sub(computed).normalize();
            let (stated, computed) = (stated.normalize(), computed.normalize());
            let reason = format!("is {stated}, but {meaning} {computed}: difference {difference}");
            let field = format!("cac:LegalMonetaryTotal/cbc:{name}");
            let advice = "ask the sender which amount is right";
            problems.add(report(field, Some(line), reason, advice));
        }
    }

    fn amount(&self, name: &str) -> Option<Decimal> {
        self.totals.get(name)?.amount
    }

    fn or_zero(&self, name: &str) -> Decimal {
        self.amount(name).unwrap_or_default()
    }
}

/// Whether a stated sum is the computed one, rounded to two decimals either way.
fn is_sum(stated: Decimal, computed: Decimal) -> bool {
    stated.saturating_sub(computed).abs() <= Decimal::new(5, 3)
}
