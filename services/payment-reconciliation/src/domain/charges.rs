//! What may be asked beside the principal on the claims of a case: the law's rules under the terms
//! of the creditor's agreement. Nothing is computed here; the law crate computes.

use contracts::agreement::{AgreedCharges, BusinessCosts, PenaltyClause};
use jiff::ToSpan;
use law::{
    Answer, ChargeTerms, CollectionCosts, Component, DebtOrigin, Interest, InterestError,
    InterestSegment, InterestTerms, Jurisdiction, Notice, Pack, PackVersion, RuleId, Surcharge,
    allocation_order, collection_costs, interest, pay_by, surcharge,
};
use primitives::{Channel, Country, Currency, Date, DebtorKind, MessageKind, Money, MoneyError};

/// The rules that the charges of one case follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeRules {
    pub pack: Pack,
    pub debtor: DebtorKind,
    pub terms: ChargeTerms,
}

/// Why an amount is what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// Plain sentences.
    pub because: Vec<String>,
    pub sources: Sources,
    /// The computation itself, where there was one.
    pub how: Option<How>,
}

/// How an amount came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Costs on what was unpaid of several claims together, of which one bears its share.
    Costs {
        unpaid: Money,
        costs: CollectionCosts,
        share: Money,
    },
    Interest(InterestSteps),
}

/// How interest came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestSteps {
    /// In order of time; their sum, less what is counted in earlier lines, is the amount.
    pub segments: Vec<InterestSegment>,
    pub counted_before: Money,
    /// The last day whose rate is known, where interest would have run on after it; the day itself
    /// where none is known.
    pub rates_end_on: Option<Date>,
}

/// The rules that say so, and the pack that holds them; empty where no rule was needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    pub rule_ids: Vec<String>,
    pub rule_pack: String,
}

/// What the law and the agreement would add, if nothing is paid in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub costs: Money,
    /// The VAT within the costs.
    pub vat: Money,
    pub interest: bool,
    /// The yearly rate in basis points, where it is known.
    pub rate: Option<u32>,
    pub why: Why,
}

/// The terms of an agreement, in the words of the law.
#[must_use]
pub fn terms_of(charges: &AgreedCharges) -> ChargeTerms {
    ChargeTerms {
        creditor_deducts_vat: charges.creditor_deducts_vat,
        in_business: match charges.in_business {
            BusinessCosts::None => law::BusinessCosts::None,
            BusinessCosts::FixedForty => law::BusinessCosts::FixedForty,
            BusinessCosts::Scale => law::BusinessCosts::Scale,
        },
        interest: charges.interest,
        penalty_clause: charges.penalty_clause.as_ref().map(|clause| {
            let PenaltyClause { lump_sum, yearly_interest_basis_points } = *clause;
            law::PenaltyClause { lump_sum, yearly_interest_bp: yearly_interest_basis_points }
        }),
    }
}

/// Whether a message asks for money, and so tells the interest until its day.
#[must_use]
pub const fn asks(message: MessageKind) -> bool {
    match message {
        MessageKind::PreDueNotice
        | MessageKind::FreeFirstReminder
        | MessageKind::FourteenDayLetter
        | MessageKind::FormalNotice
        | MessageKind::Demand => true,
        MessageKind::PromiseConfirmation | MessageKind::PaymentThanks => false,
    }
}

impl ChargeRules {
    /// None where we know no law of the debtor's country.
    #[must_use]
    pub fn of(country: Country, debtor: DebtorKind, terms: ChargeTerms) -> Option<Self> {
        Pack::of(country).map(|pack| Self { pack, debtor, terms })
    }

    /// What comes on top of a claim, and from which day on; none where nothing does, or not yet.
    pub(super) fn surcharge(&self, due_on: Date, notices: &[Notice]) -> Answer<Option<Surcharge>> {
        surcharge(self.pack, self.debtor, &self.terms, due_on, notices)
    }

    /// The costs on what is unpaid of each claim.
    pub(super) fn costs(
        &self,
        unpaid: &[Money],
    ) -> Result<Answer<Option<CollectionCosts>>, MoneyError> {
        // No message to a business says that the creditor cannot deduct VAT, as it would have to.
        let is_told = self.debtor == DebtorKind::Consumer;
        let creditor_deducts_vat = self.terms.creditor_deducts_vat || !is_told;
        let terms = ChargeTerms { creditor_deducts_vat, ..self.terms };
        collection_costs(self.pack, self.debtor, &terms, unpaid)
    }

    /// The interest that accrued until a day, and the last day whose rate is known, where that
    /// comes first. It stops where the published rates that we have stop, and there is none of
    /// before they begin: what is not known is not asked.
    pub(super) fn accrued(
        &self,
        terms: InterestTerms,
        principal: &[(Date, Money)],
        until: Date,
    ) -> Result<(Answer<Interest>, Option<Date>), InterestError> {
        let (until, unknown) = match interest(self.pack, terms, principal, until) {
            Ok(answer) => return Ok((answer, None)),
            Err(InterestError::RateNotLoaded { table, first, last, day }) if last < day => (
                last,
                format!(
                    "The rate of {table} after {last} is not known here: no interest \
                                is asked for the days after it, and none before {first}."
                ),
            ),
            Err(InterestError::RateNotLoaded { table, first, day, .. }) => {
                let until = terms.from.min(day).yesterday().unwrap_or(day);
                (
                    until,
                    format!(
                        "The rate of {table} before {first} is not known here: no \
                                 interest is asked."
                    ),
                )
            }
            Err(error) => return Err(error),
        };
        let mut answer = interest(self.pack, terms, principal, until)?;
        answer.because.push(unknown);
        Ok((answer, Some(until)))
    }

    /// Whether `day` is within the time that a message left to pay what it asked.
    pub(super) fn in_time(&self, notice: Notice, due_on: Date, day: Date) -> bool {
        let Notice { message, channel, sent_on } = notice;
        let last = pay_by(self.pack, message, channel, due_on, sent_on).value;
        sent_on <= day && last.is_some_and(|last| day <= last)
    }

    /// Whether what comes on top is owed by a clause of the creditor's terms.
    pub(super) fn is_clause(&self) -> bool {
        self.pack.jurisdiction == Jurisdiction::Be && self.debtor == DebtorKind::Consumer
    }

    /// What a payment pays first.
    pub(super) fn order(&self) -> [Component; 3] {
        allocation_order(self.pack, DebtOrigin::General).value
    }

    /// What would be added to unpaid claims, each with its due date, if the message that must come
    /// before it is sent and nothing is paid in time.
    pub(super) fn announced(
        &self,
        unpaid: &[(Date, Money)],
        today: Date,
    ) -> Result<Option<Announcement>, MoneyError> {
        let Some(due_on) = unpaid.iter().map(|(due_on, _)| *due_on).max() else {
            return Ok(None);
        };
        // Late enough to be valid whichever message it is that must come before.
        let overdue = due_on.saturating_add(14.days());
        let sent_on = today.max(overdue);
        let messages =
            [MessageKind::FreeFirstReminder, MessageKind::FourteenDayLetter, MessageKind::Demand];
        let notices = messages.map(|message| Notice { message, channel: Channel::Post, sent_on });
        let Some(surcharge) = self.surcharge(due_on, &notices).value else { return Ok(None) };
        let amounts: Vec<Money> = unpaid.iter().map(|(_, amount)| *amount).collect();
        let costs = self.costs(&amounts)?;
        let mut why = Why::of(&costs);
        let currency = amounts.first().map_or(Currency::EUR, |amount| amount.currency());
        let nothing = Money::zero(currency);
        let costs = costs.value.filter(|_| surcharge.costs);
        let (fee, vat) = costs.map_or((nothing, nothing), |costs| (costs.fee, costs.vat));
        let rate = surcharge.interest.and_then(|terms| self.rate_now(terms, today, &mut why));
        let interest = surcharge.interest.is_some();
        if fee.is_zero() && !interest {
            return Ok(None);
        }
        Ok(Some(Announcement { costs: fee.checked_add(vat)?, vat, interest, rate, why }))
    }

    /// The yearly rate of a day in basis points; none where it is not known.
    fn rate_now(&self, terms: InterestTerms, today: Date, why: &mut Why) -> Option<u32> {
        let terms = InterestTerms { from: today, ..terms };
        let hundred = Money::new(10_000, Currency::EUR);
        let answer = interest(self.pack, terms, &[(today, hundred)], today).ok()?;
        why.sources.add(&answer.rules, answer.pack);
        answer.value.segments.first().map(|segment| segment.rate_bp)
    }
}

impl Why {
    /// The reasons of an answer.
    #[must_use]
    pub fn of<T>(answer: &Answer<T>) -> Self {
        let mut sources = Sources::default();
        sources.add(&answer.rules, answer.pack);
        Self { because: answer.because.clone(), sources, how: None }
    }

    /// Takes over the rules of an answer, and what it says.
    pub(super) fn take<T>(&mut self, answer: &Answer<T>) {
        self.sources.add(&answer.rules, answer.pack);
        for sentence in &answer.because {
            if !self.because.contains(sentence) {
                self.because.push(sentence.clone());
            }
        }
    }
}

impl Sources {
    fn add(&mut self, rules: &[RuleId], pack: PackVersion) {
        for rule in rules.iter().map(|rule| rule.as_str()) {
            if !self.rule_ids.iter().any(|known| known == rule) {
                self.rule_ids.push(rule.to_owned());
            }
        }
        pack.as_str().clone_into(&mut self.rule_pack);
    }
}
