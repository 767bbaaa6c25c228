//! The sums of EN 16931 (rules BR-CO-10, 13, 15 and 16), each where the file states its parts.
//!
//! The standard compares after rounding to two decimals and knows no other tolerance, and the real
//! files that we know need none: a stated sum may be off by no more than half of the second
//! decimal. Quantities, prices and tax rates are not recomputed: they are the sender's business.
//! Where a country counts otherwise and the file says that it follows that country, so do we.

use primitives::Currency;
use rust_decimal::Decimal;

use super::super::invoice::Problems;
use super::draft::{Draft, Figure, PAYABLE};
use super::report;

/// What can be added up.
pub(super) struct Sums<'d> {
    /// Its totals are all in one currency.
    pub(super) draft: &'d Draft,
    /// That currency.
    pub(super) currency: Currency,
    /// The tax in that currency, zero where the file has none; absent when in doubt.
    pub(super) tax: Option<Decimal>,
}

impl Sums<'_> {
    /// Notes each sum that does not come out.
    pub(super) fn check(&self, problems: &mut Problems) {
        let line_sum = self.draft.line_sum;
        self.compare("LineExtensionAmount", line_sum, "the lines add up to", problems);

        if !self.has_tax_as_exclusive() {
            let meaning = "lines less allowances plus charges are";
            self.compare("TaxExclusiveAmount", self.net(), meaning, problems);
        }

        let with_tax = self.exclusive().zip(self.tax).map(|(it, tax)| it.saturating_add(tax));
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
        let due = inclusive.or(with_tax).map(|it| {
            it.saturating_sub(self.or_zero("PrepaidAmount"))
                .saturating_add(rounding)
                .saturating_add(self.for_third_parties())
        });
        // What the buyer pays to the tax office in the seller's name is not paid to the seller.
        let withheld = self.sum(&self.draft.withheld_taxes);
        let less_withheld = due.map(|it| it.saturating_sub(withheld));
        let is_withheld =
            self.amount(PAYABLE).zip(less_withheld).is_some_and(|(stated, it)| is_sum(stated, it));
        if !is_withheld {
            let meaning = "the total with tax less what was prepaid plus rounding is";
            self.compare(PAYABLE, due, meaning, problems);
        }
    }

    /// The total without tax.
    pub(super) fn exclusive(&self) -> Option<Decimal> {
        if self.has_tax_as_exclusive() { self.net() } else { self.amount("TaxExclusiveAmount") }
    }

    /// Denmark's OIOUBL 2 writes the tax where others write the total without it.
    fn has_tax_as_exclusive(&self) -> bool {
        let stated = self.amount("TaxExclusiveAmount");
        self.draft.customization.starts_with("oioubl") && stated.is_some() && stated == self.tax
    }

    /// Lines less allowances plus charges; absent where one of them is not stated, though UBL
    /// leaves that open, and the document has some.
    fn net(&self) -> Option<Decimal> {
        let total = |name, has_some: bool| match self.amount(name) {
            None if has_some => None,
            stated => Some(stated.unwrap_or_default()),
        };
        let allowances = total("AllowanceTotalAmount", self.draft.has_allowances)?;
        let charges = total("ChargeTotalAmount", self.draft.has_charges)?;
        let lines = self.amount("LineExtensionAmount")?;
        Some(lines.saturating_sub(allowances).saturating_add(charges))
    }

    /// What the seller collects for others on the same invoice (`XRechnung`, rule BR-DEX-09).
    fn for_third_parties(&self) -> Decimal {
        let rules = &self.draft.customization;
        let is_extended = rules.contains("xrechnung") && rules.contains("extension");
        if is_extended { self.sum(&self.draft.prepaid_payments) } else { Decimal::ZERO }
    }

    /// The sum of what is in our currency.
    fn sum(&self, figures: &[Figure]) -> Decimal {
        let is_ours = |code: &str| code == self.currency.code();
        let ours = figures.iter().filter(|it| it.currency.as_deref().is_none_or(is_ours));
        ours.filter_map(|it| it.amount).fold(Decimal::ZERO, Decimal::saturating_add)
    }

    fn compare(
        &self,
        name: &str,
        computed: Option<Decimal>,
        meaning: &str,
        problems: &mut Problems,
    ) {
        let stated = self.draft.totals.get(name).and_then(|it| Some((it.amount?, it.line)));
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
        self.draft.totals.get(name)?.amount
    }

    fn or_zero(&self, name: &str) -> Decimal {
        self.amount(name).unwrap_or_default()
    }
}

/// Whether a stated sum is the computed one, rounded to two decimals either way.
fn is_sum(stated: Decimal, computed: Decimal) -> bool {
    stated.saturating_sub(computed).abs() <= Decimal::new(5, 3)
}
