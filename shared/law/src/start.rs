//! Before anything is done about a claim: what stands against a start, or against asking costs.
//!
//! It is asked when a claim comes in and again on the day of the start. It permits no act by
//! itself: each act still goes through the gate.

use std::fmt;

use jiff::civil::date;
use primitives::{Currency, Date, DebtorKind, Money};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::spoken;
use crate::costs::{BusinessCosts, ChargeTerms, collection_costs};
use crate::gate::Notice;
use crate::interest::{InterestBasis, InterestError, InterestTerms, interest};
use crate::national_number::{NationalNumber, national_numbers};
use crate::pack::{Jurisdiction, Pack};
use crate::surcharge::surcharge;
use crate::term::{Term, clock_message, consumers_protected_from, first_term, in_time_until};

/// What is known of a claim when it comes in.
#[derive(Clone, Copy)]
pub struct ClaimToStart<'a> {
    /// What the creditor takes the debtor for; none where it does not know.
    pub said: Option<DebtorKind>,
    /// What the papers say of it.
    pub signs: DebtorSigns,
    /// Who would be asked to pay.
    pub person: PersonToAsk,
    /// Last day of the term for payment.
    pub due_on: Date,
    /// The first day on which the claim is barred by time, where it can be told.
    pub barred_from: Option<Date>,
    /// What is still to be paid, without costs and interest.
    pub principal: Money,
    /// What was unpaid when the costs fell due, where more was than is now: a part that was paid
    /// after the term does not lower them.
    pub costs_on: Option<Money>,
    /// The costs of any name that the creditor already adds, with their VAT.
    pub costs_charged: Money,
    /// The interest that the creditor already adds.
    pub interest_charged: Money,
    /// What the creditor asks of those who pay late.
    pub terms: &'a ChargeTerms,
    /// Whether the creditor's terms were read for unfair clauses on costs and interest; none where
    /// they were not.
    pub terms_review: Option<TermsReview>,
    /// The messages about the claim that the creditor can prove, in any order. What it cannot prove
    /// is left out.
    pub notices: &'a [Notice],
    /// The debtor said before that the claim is wrong, and it was not settled.
    pub disputed: bool,
    /// What the creditor wrote and handed in. Numbers that are known for what they are, such as
    /// account numbers, are not looked at here; leave them out.
    pub texts: &'a [&'a str],
}

/// The texts may hold what we may not keep, so nothing of a claim is shown.
impl fmt::Debug for ClaimToStart<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClaimToStart").finish_non_exhaustive()
    }
}

/// What the papers of a claim say of the kind of debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DebtorSigns {
    /// A number of the trade register or of a company; a sole trader has one too.
    pub company_number: bool,
    /// A legal form in the name, such as a B.V. or an NV.
    pub legal_form: bool,
    /// A natural person bought it for private use.
    pub private_purchase: bool,
}

/// What is known of the person who would be asked to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonToAsk {
    /// The person owes the claim: no relative, no housemate, no employer.
    pub is_debtor: bool,
    /// The person is not of age.
    pub is_minor: bool,
    /// The person is dead.
    pub is_deceased: bool,
    /// Who speaks for the person, where we know of one.
    pub helper: Option<Helper>,
}

/// Who speaks for a debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Helper {
    /// A service of debt aid, or a mediator of debts.
    DebtAid,
    /// Whoever carries out a settlement of debts before a court.
    DebtSettlement,
    /// A guardian of the person or of the property.
    Guardian,
    /// A trustee in bankruptcy.
    Trustee,
}

/// What came of reading a creditor's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermsReview {
    /// The day; a later one than that of the question counts as none.
    pub on: Date,
    /// No clause on costs or interest is unfair.
    pub fair: bool,
}

/// What stands against a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing is owed.
    NothingOwed,
    /// The term for payment has not passed.
    NotDue {
        /// Its last day.
        due_on: Date,
    },
    /// The claim is too old.
    TimeBarred {
        /// Since this day.
        from: Date,
    },
    /// Somebody else owes the claim.
    NotTheDebtor,
    /// A text holds a number that we may not keep. [`crate::mask_national_numbers`] takes it out.
    NationalNumber(NationalNumber),
    /// The free first reminder of Belgian law was not sent, or cannot be proven.
    ReminderMissing,
    /// The free first reminder was sent, and its term runs.
    ReminderRuns {
        /// Its last day.
        last: Date,
    },
    /// The person is not of age.
    Minor,
    /// The person is dead.
    Deceased,
    /// Somebody speaks for the person.
    Helped(Helper),
    /// The debtor said that the claim is wrong.
    Disputed,
    /// Said to be a consumer, with the signs of a business.
    MaybeBusiness,
    /// Said to be a business, without a sign of one or with those of a consumer.
    MaybeConsumer,
    /// The creditor's terms were not read for unfair clauses.
    TermsNotReviewed,
    /// A clause of the creditor's terms on costs or interest is unfair.
    TermsUnfair,
    /// Costs are charged, and the term before them has not run out.
    CostsTooEarly {
        /// So much.
        charged: Money,
    },
    /// More costs are charged than the law gives.
    CostsAboveLaw {
        /// So much.
        charged: Money,
        /// So much is the most.
        most: Money,
    },
    /// More interest is charged than the law gives.
    InterestAboveLaw {
        /// So much.
        charged: Money,
        /// So much is the most.
        most: Money,
    },
    /// Interest is charged, and the rates by which to check it are not loaded.
    InterestUnknown {
        /// So much.
        charged: Money,
    },
    /// The default began before the Dutch scale of costs was law.
    DefaultBeforeScale,
}

/// How far an obstacle reaches, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Nothing is done while it stands.
    Everything,
    /// Nothing is done before a person has looked at it and decided.
    UntilSeen,
    /// The principal may be asked; while it stands, costs and interest may not. What was charged
    /// against the law is struck, and the claim looked at again.
    Charges,
}

/// An obstacle that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub obstacle: Obstacle,
    /// How far it reaches.
    pub reach: Reach,
    /// The rule that says so.
    pub rule: RuleId,
    /// Why, in a plain sentence that a debtor can read.
    pub because: String,
}

/// Whether a claim may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartCheck {
    /// What the debtor counts as; who may be a consumer does.
    pub debtor: DebtorKind,
    /// What stands against it, the gravest first; none for a clean claim.
    pub findings: Vec<Finding>,
    /// More was asked of a Belgian consumer than the law gives, or earlier: of the clause nothing
    /// may be asked any more (WER art. XIX.15), also when it is struck, unless a person finds that
    /// the consumer was never asked.
    pub clause_is_lost: bool,
}

impl StartCheck {
    /// Whether the principal may be asked, without a person's decision.
    #[must_use]
    pub fn may_start(&self) -> bool {
        self.findings.iter().all(|finding| match finding.reach {
            Reach::Everything | Reach::UntilSeen => false,
            Reach::Charges => true,
        })
    }

    /// Whether costs and interest may be asked too, where they are due.
    #[must_use]
    pub const fn may_charge(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether a person can still decide for a start: nothing forbids it outright.
    #[must_use]
    pub fn can_be_decided(&self) -> bool {
        self.findings.iter().all(|finding| finding.reach != Reach::Everything)
    }
}

/// Debtors in default before this day owe no costs by the scale (BIK art. 3).
const SCALE_FROM: Date = date(2012, 7, 1);

/// What stands against a start of `claim` on `today`, by the rules of that day.
///
/// - Nothing is done where nothing is owed, the claim is not due or barred by time, somebody else
///   owes it, or its texts hold a national number. Masking the texts takes the last one away.
/// - A Belgian consumer has had the free first reminder, provably, and its fourteen days have
///   passed (WER art. XIX.8). What is charged to him is not above what a clause may take, or no
///   formal notice may be sent and nothing else done (WER art. XIX.7 par. 1), and the clause is
///   lost (XIX.15). The interest of a clause counts from the day after the term, also for a small
///   company.
/// - A person decides about a minor, a death, somebody who speaks for the debtor, a dispute, and a
///   doubt about the kind of debtor. Where the kind is not known, the debtor counts as a consumer,
///   and nobody is asked.
/// - Without a review of the creditor's terms a consumer is asked the principal only: courts have
///   refused all costs for one unfair clause, but not what was bought.
/// - What a Dutch debtor or a business is charged above the law is not asked; the principal may be.
///   A business may have agreed to more, which is to be shown first.
///
/// Interest is looked at as if the principal never was more; what a payment before bore is not
/// known here. A time whose rate is not loaded leaves it to a person. An error where amounts are in
/// another money than euros or too large.
pub fn start_check(
    pack: Pack,
    claim: &ClaimToStart<'_>,
    today: Date,
) -> Result<Answer<StartCheck>, InterestError> {
    let pack = pack.as_of(today);
    let mut trail = pack.trail();
    let in_time = trail.take(in_time_until(pack, claim.due_on));
    let debtor = counts_as(claim);
    let term = in_time.and_then(|day| trail.take(first_term(pack, debtor, day, claim.notices)));
    let mut check =
        Check { pack, claim, today, debtor, in_time, term, trail, findings: Vec::new() };
    check.what_is_owed()?;
    check.who_owes();
    check.kind_of_debtor();
    check.texts();
    check.reminder();
    check.terms();
    check.costs()?;
    check.interest()?;
    Ok(check.answer())
}

/// What the debtor counts as: what the creditor says, but a consumer where that is in doubt.
const fn counts_as(claim: &ClaimToStart<'_>) -> DebtorKind {
    match claim.said {
        None | Some(DebtorKind::Consumer) => DebtorKind::Consumer,
        Some(said @ (DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson)) => {
            if is_proven_business(claim.signs) {
                said
            } else {
                DebtorKind::Consumer
            }
        }
    }
}

/// Whether the papers speak of a business, and of no private purchase.
const fn is_proven_business(signs: DebtorSigns) -> bool {
    let DebtorSigns { company_number, legal_form, private_purchase } = signs;
    (company_number || legal_form) && !private_purchase
}

/// A check on its way.
struct Check<'a> {
    pack: Pack,
    claim: &'a ClaimToStart<'a>,
    today: Date,
    debtor: DebtorKind,
    /// The last day to pay in time.
    in_time: Option<Date>,
    /// The term that must run out before a consumer owes more than the principal.
    term: Option<Term>,
    trail: Trail,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn find(&mut self, obstacle: Obstacle, reach: Reach, rule: RuleId, because: impl Into<String>) {
        let because = because.into();
        self.trail.say(because.as_str());
        self.findings.push(Finding { obstacle, reach, rule, because });
    }

    /// The gravest finding decides, so that its rule is asked last.
    fn answer(mut self) -> Answer<StartCheck> {
        let clause_is_lost = self.clause_is_lost();
        self.findings.sort_by_key(|finding| finding.reach);
        if self.findings.is_empty() {
            self.trail.say("We know of nothing that stands against asking this claim.");
        }
        self.findings.iter().rev().for_each(|finding| self.trail.ask(finding.rule));
        self.trail.answer(StartCheck {
            debtor: self.debtor,
            findings: self.findings,
            clause_is_lost,
        })
    }

    const fn is_consumer(&self) -> bool {
        matches!(self.debtor, DebtorKind::Consumer)
    }

    fn is_due(&self) -> bool {
        self.in_time.is_some_and(|day| self.today > day)
    }

    fn term_ran_out(&self) -> bool {
        self.term.is_some_and(|term| self.today > term.last)
    }

    fn what_is_owed(&mut self) -> Result<(), InterestError> {
        let Self { claim, today, .. } = *self;
        self.trail.ask(RuleId::HouseSomethingOpen);
        if claim.principal.checked_cmp(zero())?.is_le() {
            let rule = RuleId::HouseSomethingOpen;
            self.find(Obstacle::NothingOwed, Reach::Everything, rule, "You owe nothing.");
        }
        if !self.is_due() {
            let rule = match self.pack.jurisdiction {
                Jurisdiction::Nl => RuleId::NlTermPassed,
                Jurisdiction::Be => RuleId::BeTermPassed,
            };
            let obstacle = Obstacle::NotDue { due_on: claim.due_on };
            self.find(obstacle, Reach::Everything, rule, "You still have time to pay.");
        }
        self.trail.ask(RuleId::HouseTimeBarred);
        if let Some(from) = claim.barred_from.filter(|from| *from <= today) {
            let because = format!(
                "The claim is barred by time since {}, so you are not asked to pay it.",
                spoken(from)
            );
            let obstacle = Obstacle::TimeBarred { from };
            self.find(obstacle, Reach::Everything, RuleId::HouseTimeBarred, because);
        }
        Ok(())
    }

    fn who_owes(&mut self) {
        let Self { claim: ClaimToStart { person, disputed, .. }, .. } = *self;
        let PersonToAsk { is_debtor, is_minor, is_deceased, helper } = *person;
        let debtor_only = match self.pack.jurisdiction {
            Jurisdiction::Nl => RuleId::HouseDebtorOnly,
            Jurisdiction::Be => RuleId::BeDebtorOnly,
        };
        self.trail.ask(debtor_only);
        if !is_debtor {
            let because = "You do not owe this claim, so you are not asked to pay it.";
            self.find(Obstacle::NotTheDebtor, Reach::Everything, debtor_only, because);
        }
        let helped = helper.map(|helper| {
            (
                Obstacle::Helped(helper),
                RuleId::HouseRepresented,
                match helper {
                    Helper::DebtAid => "You have help with your debts, so we write to your helper.",
                    Helper::DebtSettlement => {
                        "Your debts are being settled, so we write to whoever settles them."
                    }
                    Helper::Guardian => "You have a guardian, so we write to your guardian.",
                    Helper::Trustee => "You are bankrupt, so we write to the trustee.",
                },
            )
        });
        let minor = (
            Obstacle::Minor,
            RuleId::HouseMinor,
            "You are not of age, so a person looks first at who answers for you.",
        );
        let deceased = (
            Obstacle::Deceased,
            RuleId::HouseDeceased,
            "The debtor has died, so a person looks first at who may be written to, and how.",
        );
        let dispute = (
            Obstacle::Disputed,
            RuleId::HouseDispute,
            "You said that the claim is wrong. A person answers that first.",
        );
        for (rule, found) in [
            (RuleId::HouseMinor, is_minor.then_some(minor)),
            (RuleId::HouseDeceased, is_deceased.then_some(deceased)),
            (RuleId::HouseRepresented, helped),
            (RuleId::HouseDispute, disputed.then_some(dispute)),
        ] {
            self.trail.ask(rule);
            if let Some((obstacle, rule, because)) = found {
                self.find(obstacle, Reach::UntilSeen, rule, because);
            }
        }
    }

    /// A sole trader who bought for private use is a consumer, with a company number.
    fn kind_of_debtor(&mut self) {
        let rule = RuleId::HouseDebtorKind;
        let ClaimToStart { said, signs, .. } = *self.claim;
        let DebtorSigns { company_number, legal_form, private_purchase } = signs;
        self.trail.ask(rule);
        match said {
            None => self.trail.say("We do not know what you are, so you count as a consumer."),
            Some(DebtorKind::Consumer) => {
                if legal_form || (company_number && !private_purchase) {
                    let because = "You count as a consumer, but the papers speak of a business. \
                                   A person looks at that first.";
                    self.find(Obstacle::MaybeBusiness, Reach::UntilSeen, rule, because);
                }
            }
            Some(DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
                if !is_proven_business(signs) {
                    let because = "The papers do not show that you owe this as a business, so you \
                                   count as a consumer. A person looks at that first.";
                    self.find(Obstacle::MaybeConsumer, Reach::UntilSeen, rule, because);
                }
            }
        }
    }

    fn texts(&mut self) {
        let texts = self.claim.texts.iter();
        let found: Vec<NationalNumber> =
            texts.flat_map(|text| national_numbers(text)).map(|(_, number)| number).collect();
        for (number, rule, name) in [
            (NationalNumber::Bsn, RuleId::NlBsn, "your BSN"),
            (NationalNumber::BelgianRegister, RuleId::BeNationalNumber, "your national number"),
        ] {
            self.trail.ask(rule);
            if found.contains(&number) {
                let because = format!(
                    "What we were given holds what may be {name}. We may not keep that, so \
                     it is handed in again without."
                );
                self.find(Obstacle::NationalNumber(number), Reach::Everything, rule, because);
            }
        }
    }

    /// Before the claim is due there is no reminder to ask for.
    fn reminder(&mut self) {
        let protected = self.is_consumer() && self.today >= consumers_protected_from(self.pack);
        if self.pack.is_dutch() || !protected || !self.is_due() {
            return;
        }
        let rule = RuleId::BeReminderFirst;
        self.trail.ask(rule);
        match self.term {
            None => {
                let because = "You first get a free reminder, and fourteen days to pay.";
                self.find(Obstacle::ReminderMissing, Reach::Everything, rule, because);
            }
            Some(Term { last, .. }) if !self.term_ran_out() => {
                let because = format!(
                    "You have up to and including {} to pay after the free reminder.",
                    spoken(last)
                );
                self.find(Obstacle::ReminderRuns { last }, Reach::Everything, rule, because);
            }
            Some(_) => {}
        }
    }

    fn terms(&mut self) {
        if self.pack.is_dutch() {
            let rule = RuleId::NlCostsSince2012;
            self.trail.ask(rule);
            let before = self.claim.due_on.tomorrow().is_ok_and(|day| day < SCALE_FROM);
            if before {
                let because = "You were late before July 2012, so no collection costs are asked.";
                self.find(Obstacle::DefaultBeforeScale, Reach::Charges, rule, because);
            }
        }
        if !self.is_consumer() {
            return;
        }
        let rule = RuleId::HouseTermsReviewed;
        self.trail.ask(rule);
        let review = self.claim.terms_review.filter(|review| review.on <= self.today);
        match review {
            None => {
                let because = "The creditor's terms were not looked through for unfair clauses, so \
                               no costs and no interest are asked.";
                self.find(Obstacle::TermsNotReviewed, Reach::Charges, rule, because);
            }
            Some(TermsReview { fair: false, .. }) => {
                let because = "A clause in the creditor's terms is unfair, so no costs and no \
                               interest are asked.";
                self.find(Obstacle::TermsUnfair, Reach::Charges, rule, because);
            }
            Some(TermsReview { fair: true, .. }) => {}
        }
    }

    /// How far too high an amount reaches.
    const fn reach_of_amounts(&self) -> Reach {
        match (self.pack.jurisdiction, self.debtor) {
            (Jurisdiction::Be, DebtorKind::Consumer) => Reach::Everything,
            (Jurisdiction::Be, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson)
            | (Jurisdiction::Nl, _) => Reach::Charges,
        }
    }

    fn costs(&mut self) -> Result<(), InterestError> {
        let Self { pack, debtor, claim, .. } = *self;
        let charged = claim.costs_charged;
        if charged.checked_cmp(zero())?.is_le() {
            return Ok(());
        }
        let reach = self.reach_of_amounts();
        if clock_message(pack, debtor).is_some() && !self.term_ran_out() {
            let rule = match pack.jurisdiction {
                Jurisdiction::Nl => RuleId::NlNoCostsYet,
                Jurisdiction::Be => RuleId::BeAmountsFirst,
            };
            self.trail.ask(rule);
            let because = format!(
                "{charged} of costs were added before you had the letter and the time that the law \
                 gives you."
            );
            self.find(Obstacle::CostsTooEarly { charged }, reach, rule, because);
        }
        // Of a business the law's own amount counts, whatever the creditor asks elsewhere.
        let terms = ChargeTerms { in_business: BusinessCosts::Scale, ..*claim.terms };
        let unpaid = match claim.costs_on {
            Some(unpaid) if unpaid.checked_cmp(claim.principal)?.is_gt() => unpaid,
            Some(_) | None => claim.principal,
        };
        let costs = self.trail.take(collection_costs(pack, debtor, &terms, &[unpaid])?);
        let most = costs.map_or(Ok(zero()), |costs| costs.fee.checked_add(costs.vat))?;
        if charged.checked_cmp(most)?.is_gt() {
            let rule = match (pack.jurisdiction, debtor) {
                (Jurisdiction::Nl, DebtorKind::Consumer) => RuleId::NlCollectionCosts,
                (Jurisdiction::Be, DebtorKind::Consumer) => RuleId::BeAmountsFirst,
                (
                    Jurisdiction::Nl,
                    DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson,
                ) => RuleId::NlBusinessCosts,
                (
                    Jurisdiction::Be,
                    DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson,
                ) => RuleId::BeBusinessCosts,
            };
            let because = format!("{charged} of costs were added; the law gives {most} at most.");
            self.find(Obstacle::CostsAboveLaw { charged, most }, reach, rule, because);
        }
        Ok(())
    }

    /// What was asked against WER art. XIX.2 or XIX.4 costs the creditor the whole clause.
    fn clause_is_lost(&mut self) -> bool {
        let against_the_law = self.findings.iter().any(|finding| {
            matches!(
                finding.obstacle,
                Obstacle::CostsTooEarly { .. }
                    | Obstacle::CostsAboveLaw { .. }
                    | Obstacle::InterestAboveLaw { .. }
            )
        });
        let is_lost = !self.pack.is_dutch() && self.is_consumer() && against_the_law;
        if is_lost {
            self.trail.ask(RuleId::BeClauseLost);
            self.trail
                .say("Who asks more than the law allows, or earlier, loses the whole clause.");
        }
        is_lost
    }

    fn interest(&mut self) -> Result<(), InterestError> {
        let Self { pack, debtor, claim, today, .. } = *self;
        let charged = claim.interest_charged;
        if charged.checked_cmp(zero())?.is_le() {
            return Ok(());
        }
        let late_from = self.in_time.and_then(|day| day.tomorrow().ok());
        let (rule, basis, from) = match (pack.jurisdiction, debtor) {
            (Jurisdiction::Nl, DebtorKind::Consumer) => {
                (RuleId::NlStatutoryInterest, Some(InterestBasis::Statutory), late_from)
            }
            (Jurisdiction::Be, DebtorKind::Consumer) => {
                let clause = claim.terms.penalty_clause.and_then(|it| it.yearly_interest_bp);
                let basis =
                    clause.map(|yearly_bp| InterestBasis::Contractual { yearly_bp, debtor });
                let from = self.term.and_then(|term| term.last.tomorrow().ok());
                // Without a clause, as the house may read the law: from the first demand on.
                let reading = surcharge(pack, debtor, claim.terms, claim.due_on, claim.notices);
                match (claim.terms.penalty_clause, reading.value.and_then(|it| it.interest)) {
                    (None, Some(legal)) => {
                        (RuleId::BeAmountsFirst, Some(legal.basis), Some(legal.from))
                    }
                    (Some(_) | None, _) => (RuleId::BeAmountsFirst, basis, from),
                }
            }
            (Jurisdiction::Nl, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
                (RuleId::NlCommercialInterest, Some(InterestBasis::Commercial), late_from)
            }
            (Jurisdiction::Be, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
                (RuleId::BeCommercialInterest, Some(InterestBasis::Commercial), late_from)
            }
        };
        let terms = basis.zip(from).map(|(basis, from)| InterestTerms { basis, from });
        self.trail.ask(rule);
        let accrued = terms.map(|terms| {
            let principal = [(terms.from, claim.principal)];
            interest(pack, terms, &principal, today)
        });
        let most = match accrued.transpose() {
            Ok(accrued) => accrued.map_or(zero(), |accrued| self.trail.take(accrued).total),
            Err(InterestError::RateNotLoaded { .. }) => {
                let because = format!(
                    "{charged} of interest was added. The rate is not known yet, so a person looks \
                     at it."
                );
                let obstacle = Obstacle::InterestUnknown { charged };
                self.find(obstacle, Reach::UntilSeen, rule, because);
                return Ok(());
            }
            Err(
                error @ (InterestError::BrokenTable { .. }
                | InterestError::OutOfOrder { .. }
                | InterestError::Money(_)),
            ) => return Err(error),
        };
        if charged.checked_cmp(most)?.is_gt() {
            let because = format!("{charged} of interest was added; the law gives {most} at most.");
            let obstacle = Obstacle::InterestAboveLaw { charged, most };
            self.find(obstacle, self.reach_of_amounts(), rule, because);
        }
        Ok(())
    }
}

const fn zero() -> Money {
    Money::zero(Currency::EUR)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::ToSpan;
    use primitives::{Channel, MessageKind, MoneyError};
    use proptest::prelude::*;

    use super::*;
    use crate::costs::{PenaltyClause, cents};
    use crate::national_number::mask_national_numbers;

    /// Every claim here was due on Monday 5 January 2026.
    const DUE_ON: Date = date(2026, 1, 5);
    const TODAY: Date = date(2026, 2, 26);
    const DEBTOR: PersonToAsk =
        PersonToAsk { is_debtor: true, is_minor: false, is_deceased: false, helper: None };
    const CLAUSE: PenaltyClause = PenaltyClause { lump_sum: true, yearly_interest_bp: Some(500) };
    const TERMS: ChargeTerms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::None,
        interest: true,
        penalty_clause: Some(CLAUSE),
    };
    /// By e-mail on 6 January: the terms of both countries end on Tuesday 20 January.
    const NOTICES: [Notice; 2] = [
        mailed(MessageKind::FourteenDayLetter, date(2026, 1, 6)),
        mailed(MessageKind::FreeFirstReminder, date(2026, 1, 6)),
    ];
    const FAIR: TermsReview = TermsReview { on: date(2026, 1, 1), fair: true };
    const UNFAIR: TermsReview = TermsReview { fair: false, ..FAIR };
    const CLEAN: ClaimToStart<'_> = ClaimToStart {
        said: Some(DebtorKind::Consumer),
        signs: DebtorSigns { company_number: false, legal_form: false, private_purchase: false },
        person: DEBTOR,
        due_on: DUE_ON,
        barred_from: Some(date(2031, 10, 6)),
        principal: cents(100_000),
        costs_on: None,
        costs_charged: cents(0),
        interest_charged: cents(0),
        terms: &TERMS,
        terms_review: Some(FAIR),
        notices: &NOTICES,
        disputed: false,
        texts: &["Invoice 2026-041 for a bicycle, account NL91 ABNA 0417 1643 00."],
    };

    /// A claim on a company, with its number.
    const BUSINESS: ClaimToStart<'_> = ClaimToStart {
        said: Some(DebtorKind::LegalPerson),
        signs: DebtorSigns { company_number: true, legal_form: false, private_purchase: false },
        ..CLEAN
    };

    /// A claim on what the papers show it to be.
    fn clean(said: Option<DebtorKind>) -> ClaimToStart<'static> {
        match said {
            None | Some(DebtorKind::Consumer) => ClaimToStart { said, ..CLEAN },
            Some(DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
                ClaimToStart { said, ..BUSINESS }
            }
        }
    }

    const fn mailed(message: MessageKind, sent_on: Date) -> Notice {
        Notice { message, channel: Channel::Email, sent_on }
    }

    fn ask(pack: Pack, claim: &ClaimToStart<'_>) -> Answer<StartCheck> {
        start_check(pack, claim, TODAY).unwrap()
    }

    fn found(pack: Pack, claim: &ClaimToStart<'_>) -> Vec<Found> {
        let answer = ask(pack, claim);
        let findings = answer.value.findings.iter();
        for finding in findings.clone() {
            assert!(
                answer.because.contains(&finding.because) && answer.rules.contains(&finding.rule)
            );
        }
        findings.map(|finding| (finding.obstacle, finding.reach, finding.rule)).collect()
    }

    /// A change to the clean claim, and what it brings. Those of one group exclude each other.
    struct Fact {
        group: u8,
        change: fn(&mut ClaimToStart<'static>),
        nl: Option<Found>,
        be: Option<Found>,
    }

    type Found = (Obstacle, Reach, RuleId);

    /// The same in both countries.
    fn fact(group: u8, change: fn(&mut ClaimToStart<'static>), found: Found) -> Fact {
        Fact { group, change, nl: Some(found), be: Some(found) }
    }

    fn facts() -> Vec<Fact> {
        [of_amounts(), of_days(), of_people(), of_papers()].into_iter().flatten().collect()
    }

    /// The interest runs to 26 February: 52 days at 4 %; 37 days at 5 % after the term.
    fn of_amounts() -> Vec<Fact> {
        let charged = cents(15_001);
        let above = |most| Obstacle::CostsAboveLaw { charged, most: cents(most) };
        let interest = |most| Obstacle::InterestAboveLaw { charged, most: cents(most) };
        let nothing = (Obstacle::NothingOwed, Reach::Everything, RuleId::HouseSomethingOpen);
        vec![
            fact(0, |it| it.principal = cents(0), nothing),
            Fact {
                group: 0,
                change: |it| it.costs_charged = cents(15_001),
                nl: Some((above(15_000), Reach::Charges, RuleId::NlCollectionCosts)),
                be: Some((above(9_000), Reach::Everything, RuleId::BeAmountsFirst)),
            },
            Fact {
                group: 0,
                change: |it| it.interest_charged = cents(15_001),
                nl: Some((interest(570), Reach::Charges, RuleId::NlStatutoryInterest)),
                be: Some((interest(507), Reach::Everything, RuleId::BeAmountsFirst)),
            },
        ]
    }

    fn of_days() -> Vec<Fact> {
        let not_due = Obstacle::NotDue { due_on: date(2027, 1, 5) };
        let barred = Obstacle::TimeBarred { from: TODAY };
        let too_old = (barred, Reach::Everything, RuleId::HouseTimeBarred);
        vec![
            Fact {
                group: 1,
                change: |it| it.due_on = date(2027, 1, 5),
                nl: Some((not_due, Reach::Everything, RuleId::NlTermPassed)),
                be: Some((not_due, Reach::Everything, RuleId::BeTermPassed)),
            },
            Fact {
                group: 1,
                change: |it| it.due_on = date(2012, 6, 29),
                nl: Some((Obstacle::DefaultBeforeScale, Reach::Charges, RuleId::NlCostsSince2012)),
                be: None,
            },
            Fact {
                group: 1,
                change: |it| it.notices = &[],
                nl: None,
                be: Some((Obstacle::ReminderMissing, Reach::Everything, RuleId::BeReminderFirst)),
            },
            fact(2, |it| it.barred_from = Some(TODAY), too_old),
        ]
    }

    fn of_people() -> Vec<Fact> {
        let seen = |obstacle, rule| (obstacle, Reach::UntilSeen, rule);
        let minor = seen(Obstacle::Minor, RuleId::HouseMinor);
        let deceased = seen(Obstacle::Deceased, RuleId::HouseDeceased);
        let disputed = seen(Obstacle::Disputed, RuleId::HouseDispute);
        let helped = |helper| seen(Obstacle::Helped(helper), RuleId::HouseRepresented);
        let (aid, settlement) = (helped(Helper::DebtAid), helped(Helper::DebtSettlement));
        let (guardian, trustee) = (helped(Helper::Guardian), helped(Helper::Trustee));
        let third = Obstacle::NotTheDebtor;
        vec![
            Fact {
                group: 3,
                change: |it| it.person.is_debtor = false,
                nl: Some((third, Reach::Everything, RuleId::HouseDebtorOnly)),
                be: Some((third, Reach::Everything, RuleId::BeDebtorOnly)),
            },
            fact(4, |it| it.person.is_minor = true, minor),
            fact(5, |it| it.person.helper = Some(Helper::DebtAid), aid),
            fact(5, |it| it.person.helper = Some(Helper::DebtSettlement), settlement),
            fact(5, |it| it.person.helper = Some(Helper::Guardian), guardian),
            fact(5, |it| it.person.helper = Some(Helper::Trustee), trustee),
            fact(6, |it| it.person.is_deceased = true, deceased),
            fact(7, |it| it.disputed = true, disputed),
        ]
    }

    fn of_papers() -> Vec<Fact> {
        let doubt = |obstacle| (obstacle, Reach::UntilSeen, RuleId::HouseDebtorKind);
        let (business, consumer) = (doubt(Obstacle::MaybeBusiness), doubt(Obstacle::MaybeConsumer));
        let number = |number, rule| (Obstacle::NationalNumber(number), Reach::Everything, rule);
        let bsn = number(NationalNumber::Bsn, RuleId::NlBsn);
        let register = number(NationalNumber::BelgianRegister, RuleId::BeNationalNumber);
        let terms = |obstacle| (obstacle, Reach::Charges, RuleId::HouseTermsReviewed);
        let private_in_business = |it: &mut ClaimToStart<'static>| {
            it.said = Some(DebtorKind::NaturalPersonInBusiness);
            it.signs.company_number = true;
            it.signs.private_purchase = true;
        };
        vec![
            fact(8, |it| it.signs.company_number = true, business),
            fact(8, |it| it.signs.legal_form = true, business),
            fact(8, private_in_business, consumer),
            fact(8, |it| it.said = Some(DebtorKind::LegalPerson), consumer),
            fact(9, |it| it.texts = &["x", "bsn 123456782, 111222333"], bsn),
            fact(9, |it| it.texts = &["85.07.30-033.28"], register),
            fact(10, |it| it.terms_review = None, terms(Obstacle::TermsNotReviewed)),
            fact(10, |it| it.terms_review = Some(UNFAIR), terms(Obstacle::TermsUnfair)),
        ]
    }

    fn expected(pack: Pack, facts: &[&Fact]) -> Vec<Found> {
        let of_pack = |fact: &&Fact| if pack.is_dutch() { fact.nl } else { fact.be };
        facts.iter().filter_map(of_pack).collect()
    }

    fn with(facts: &[&Fact]) -> ClaimToStart<'static> {
        let mut claim = CLEAN;
        for fact in facts {
            (fact.change)(&mut claim);
        }
        claim
    }

    #[test]
    fn a_clean_claim_has_no_obstacle() {
        for pack in [Pack::NL, Pack::BE] {
            for said in [None].into_iter().chain(DebtorKind::ALL.iter().copied().map(Some)) {
                let answer = ask(pack, &clean(said));
                assert_eq!(answer.value.findings, [], "{pack:?} {said:?}");
                assert!(!answer.value.clause_is_lost);
                assert!(answer.value.may_start() && answer.value.may_charge());
                assert!(answer.value.can_be_decided());
                assert_eq!(answer.value.debtor, said.unwrap_or(DebtorKind::Consumer));
            }
        }
    }

    #[test]
    fn each_fact_brings_its_obstacle_and_no_other() {
        for fact in facts() {
            for pack in [Pack::NL, Pack::BE] {
                let claim = with(&[&fact]);
                let expected = expected(pack, &[&fact]);
                assert_eq!(found(pack, &claim), expected);
                let Some((obstacle, reach, rule)) = expected.first().copied() else { continue };
                let answer = ask(pack, &claim);
                assert_eq!(answer.rules.last(), Some(&rule));
                let check = answer.value;
                assert_eq!(check.may_start(), reach == Reach::Charges, "{obstacle:?}");
                assert_eq!(check.can_be_decided(), reach != Reach::Everything, "{obstacle:?}");
                assert!(!check.may_charge());
            }
        }
    }

    #[test]
    fn two_facts_bring_the_obstacles_of_both() {
        let facts = facts();
        let apart = |left: &Fact, right: &Fact| {
            // Whether a term ran out, and so what may be charged, hangs on the due date.
            left.group != right.group && left.group.max(right.group) > 1
        };
        let pairs = facts.iter().flat_map(|left| facts.iter().map(move |right| [left, right]));
        for pair in pairs.filter(|[left, right]| apart(left, right)) {
            for pack in [Pack::NL, Pack::BE] {
                let found = found(pack, &with(&pair));
                let expected = expected(pack, &pair);
                assert_eq!(found.len(), expected.len());
                assert!(expected.iter().all(|it| found.contains(it)), "{found:?}");
                assert!(found.is_sorted_by_key(|(_, reach, _)| *reach));
            }
        }
    }

    #[test]
    fn days_count_from_the_first_to_the_last() {
        let on = |pack, claim: &ClaimToStart<'_>, today| {
            let check = start_check(pack, claim, today).unwrap().value;
            check.findings.iter().map(|finding| finding.obstacle).collect::<Vec<_>>()
        };
        let not_due = [Obstacle::NotDue { due_on: DUE_ON }];
        assert_eq!(on(Pack::NL, &CLEAN, DUE_ON), not_due);
        assert_eq!(on(Pack::NL, &CLEAN, date(2026, 1, 6)), []);
        // A Belgian term ends with a working day: from Saturday the 3rd to Monday the 5th.
        let saturday = date(2026, 1, 3);
        let claim = ClaimToStart { due_on: saturday, ..CLEAN };
        assert_eq!(on(Pack::NL, &claim, date(2026, 1, 4)), []);
        assert_eq!(on(Pack::BE, &claim, DUE_ON), [Obstacle::NotDue { due_on: saturday }]);
        let last = date(2026, 1, 20);
        let runs = [Obstacle::ReminderRuns { last }];
        assert_eq!(on(Pack::BE, &CLEAN, DUE_ON), not_due);
        assert_eq!(on(Pack::BE, &CLEAN, date(2026, 1, 6)), runs);
        assert_eq!(on(Pack::BE, &CLEAN, last), runs);
        assert_eq!(on(Pack::BE, &CLEAN, date(2026, 1, 21)), []);
        // A reminder that came before the claim was late is none.
        let early = [mailed(MessageKind::FreeFirstReminder, DUE_ON)];
        let claim = ClaimToStart { notices: &early, ..CLEAN };
        assert_eq!(on(Pack::BE, &claim, TODAY), [Obstacle::ReminderMissing]);
        // Neither a business nor anybody before Book XIX needs one.
        let bare =
            ClaimToStart { notices: &[], due_on: date(2023, 8, 1), terms_review: None, ..CLEAN };
        let business =
            ClaimToStart { notices: &[], due_on: bare.due_on, terms_review: None, ..BUSINESS };
        assert_eq!(on(Pack::BE, &business, TODAY), []);
        assert_eq!(on(Pack::BE, &bare, date(2023, 8, 31)), [Obstacle::TermsNotReviewed]);
        let both = [Obstacle::ReminderMissing, Obstacle::TermsNotReviewed];
        assert_eq!(on(Pack::BE, &bare, date(2023, 9, 1)), both);
        // A review of a day to come is none yet.
        let review = TermsReview { on: TODAY, fair: true };
        let claim = ClaimToStart { terms_review: Some(review), ..CLEAN };
        assert_eq!(on(Pack::NL, &claim, TODAY), []);
        let yesterday = TODAY.yesterday().unwrap();
        assert_eq!(on(Pack::NL, &claim, yesterday), [Obstacle::TermsNotReviewed]);
        // The scale is law from 1 July 2012: in default from that day on is not before it.
        for (due_on, before) in [(date(2012, 6, 29), true), (date(2012, 6, 30), false)] {
            let found = on(Pack::NL, &ClaimToStart { due_on, ..CLEAN }, TODAY);
            assert_eq!(found.contains(&Obstacle::DefaultBeforeScale), before);
        }
    }

    #[test]
    fn costs_are_asked_after_the_letter_and_up_to_the_scale() {
        let consumer = DebtorKind::Consumer;
        let charge = |pack, said, charged, today| {
            let claim = ClaimToStart { costs_charged: cents(charged), ..clean(Some(said)) };
            let check = start_check(pack, &claim, today).unwrap().value;
            let is_of_costs = |it: &&Finding| !matches!(it.obstacle, Obstacle::ReminderRuns { .. });
            check
                .findings
                .iter()
                .filter(is_of_costs)
                .map(|it| (it.obstacle, it.reach))
                .collect::<Vec<_>>()
        };
        let early = |charged| Obstacle::CostsTooEarly { charged: cents(charged) };
        let above =
            |charged, most| Obstacle::CostsAboveLaw { charged: cents(charged), most: cents(most) };
        let (last, after) = (date(2026, 1, 20), date(2026, 1, 21));
        assert_eq!(charge(Pack::NL, consumer, 1, last), [(early(1), Reach::Charges)]);
        assert_eq!(charge(Pack::BE, consumer, 1, last), [(early(1), Reach::Everything)]);
        for (pack, most) in [(Pack::NL, 15_000), (Pack::BE, 9_000)] {
            assert_eq!(charge(pack, consumer, most, after), []);
            assert_eq!(charge(pack, consumer, -1, last), []);
            let reach = if pack.is_dutch() { Reach::Charges } else { Reach::Everything };
            assert_eq!(charge(pack, consumer, most + 1, after), [(above(most + 1, most), reach)]);
        }
        let late = DUE_ON.tomorrow().unwrap();
        for said in [DebtorKind::LegalPerson, DebtorKind::NaturalPersonInBusiness] {
            for (pack, most) in [(Pack::NL, 15_000), (Pack::BE, 4_000)] {
                assert_eq!(charge(pack, said, most, late), []);
                let found = charge(pack, said, most + 1, late);
                assert_eq!(found, [(above(most + 1, most), Reach::Charges)]);
            }
        }
        // A creditor that cannot deduct VAT asks 21 % more.
        let terms = ChargeTerms { creditor_deducts_vat: false, ..TERMS };
        let claim = ClaimToStart { terms: &terms, costs_charged: cents(18_150), ..CLEAN };
        assert_eq!(found(Pack::NL, &claim), []);
        let none = ChargeTerms { penalty_clause: None, ..TERMS };
        let claim = ClaimToStart { terms: &none, costs_charged: cents(1), ..CLEAN };
        let nothing = (above(1, 0), Reach::Everything, RuleId::BeAmountsFirst);
        assert_eq!(found(Pack::BE, &claim), [nothing]);
        // A part that was paid after the term does not lower the costs; one before it does.
        let claim =
            ClaimToStart { principal: cents(50_000), costs_charged: cents(15_000), ..CLEAN };
        assert_eq!(found(Pack::NL, &claim).len(), 1);
        let later = ClaimToStart { costs_on: Some(cents(100_000)), ..claim };
        assert_eq!(found(Pack::NL, &later), []);
        let less = ClaimToStart { costs_on: Some(cents(10_000)), ..claim };
        assert_eq!(found(Pack::NL, &less), found(Pack::NL, &claim));
    }

    /// WER art. XIX.15.
    #[test]
    fn who_asks_too_much_of_a_belgian_consumer_loses_the_clause() {
        let lost = |pack, claim: &ClaimToStart<'_>| {
            let answer = ask(pack, claim);
            let told = answer.rules.contains(&RuleId::BeClauseLost);
            assert_eq!(answer.value.clause_is_lost, told);
            told
        };
        let costs = ClaimToStart { costs_charged: cents(15_001), ..CLEAN };
        let interest = ClaimToStart { interest_charged: cents(15_001), ..CLEAN };
        let early = ClaimToStart { costs_charged: cents(1), notices: &[], ..CLEAN };
        for claim in [costs, interest, early] {
            assert!(lost(Pack::BE, &claim) && !lost(Pack::NL, &claim));
            assert!(!lost(
                Pack::BE,
                &ClaimToStart { said: BUSINESS.said, signs: BUSINESS.signs, ..claim }
            ));
        }
        let disputed = ClaimToStart { disputed: true, ..CLEAN };
        assert!(!lost(Pack::BE, &disputed));
    }

    #[test]
    fn interest_is_asked_up_to_that_of_the_law() {
        let business = Some(DebtorKind::LegalPerson);
        let most = |pack, claim: ClaimToStart<'_>| {
            let at = |charged| {
                let charged = cents(charged);
                found(pack, &ClaimToStart { interest_charged: charged, ..claim })
            };
            let Some((Obstacle::InterestAboveLaw { most, .. }, _, rule)) =
                at(1_000_000).first().copied()
            else {
                panic!("interest above the law")
            };
            assert_eq!(at(most.amount_minor()), []);
            assert_eq!(at(most.amount_minor() + 1).len(), 1);
            (most.amount_minor(), rule)
        };
        // 52 days at 10.15 % and at 10.50 %.
        let claim = clean(business);
        assert_eq!(most(Pack::NL, claim), (1_446, RuleId::NlCommercialInterest));
        assert_eq!(most(Pack::BE, claim), (1_496, RuleId::BeCommercialInterest));
        assert_eq!(most(Pack::NL, CLEAN), (570, RuleId::NlStatutoryInterest));
        assert_eq!(most(Pack::BE, CLEAN), (507, RuleId::BeAmountsFirst));
        let clause = PenaltyClause { lump_sum: true, yearly_interest_bp: None };
        for penalty_clause in [None, Some(clause)] {
            let terms = ChargeTerms { penalty_clause, ..TERMS };
            let claim = ClaimToStart { terms: &terms, ..CLEAN };
            assert_eq!(most(Pack::BE, claim), (0, RuleId::BeAmountsFirst));
        }
        // Without a clause, as the house may read the law: 30 days at 4.50 % after a demand.
        let mut readings = Pack::BE.readings;
        readings.set("be_no_clause", "legal_interest").unwrap();
        let terms = ChargeTerms { penalty_clause: None, ..TERMS };
        let demand = mailed(MessageKind::Demand, date(2026, 1, 28));
        let notices = [NOTICES[1], demand];
        let claim = ClaimToStart { terms: &terms, notices: &notices, ..CLEAN };
        let legal = most(Pack::BE.under(readings), claim);
        assert_eq!(legal, (370, RuleId::BeAmountsFirst));
    }

    #[test]
    fn what_cannot_be_computed_is_refused() {
        let refused = |claim: &ClaimToStart<'_>, today| start_check(Pack::NL, claim, today);
        let yen = Money::zero(Currency::JPY);
        for claim in [
            ClaimToStart { principal: yen, ..CLEAN },
            ClaimToStart { costs_charged: yen, ..CLEAN },
            ClaimToStart { interest_charged: yen, ..CLEAN },
        ] {
            let other_money = InterestError::Money(MoneyError::DifferentCurrencies {
                left: Currency::JPY,
                right: Currency::EUR,
            });
            assert_eq!(refused(&claim, TODAY), Err(other_money));
        }
    }

    /// The Belgian rates between businesses, which bound a clause, end with June 2026.
    #[test]
    fn interest_without_a_rate_waits_for_a_person() {
        let charged = cents(1);
        let claim = ClaimToStart { interest_charged: charged, ..CLEAN };
        let on = |claim, day| start_check(Pack::BE, claim, day).unwrap().value.findings;
        assert_eq!(on(&claim, date(2026, 6, 30)), []);
        let unknown = Finding {
            obstacle: Obstacle::InterestUnknown { charged },
            reach: Reach::UntilSeen,
            rule: RuleId::BeAmountsFirst,
            because:
                "0.01 EUR of interest was added. The rate is not known yet, so a person looks \
                      at it."
                    .to_owned(),
        };
        assert_eq!(on(&claim, date(2026, 7, 1)), [unknown]);
        assert_eq!(on(&CLEAN, date(2026, 7, 1)), []);
    }

    #[test]
    fn a_sole_trader_may_buy_as_a_consumer() {
        let signs = DebtorSigns { company_number: true, private_purchase: true, legal_form: false };
        assert_eq!(found(Pack::NL, &ClaimToStart { signs, ..CLEAN }), []);
        let signs = DebtorSigns { legal_form: true, ..signs };
        assert_eq!(found(Pack::NL, &ClaimToStart { signs, ..CLEAN }).len(), 1);
        let signs = DebtorSigns { company_number: true, legal_form: true, private_purchase: false };
        for said in [None, Some(DebtorKind::LegalPerson)] {
            assert_eq!(found(Pack::NL, &ClaimToStart { said, signs, ..CLEAN }), []);
        }
        let signs = DebtorSigns { private_purchase: true, ..DebtorSigns::default() };
        let said = Some(DebtorKind::LegalPerson);
        let answer = ask(Pack::NL, &ClaimToStart { said, signs, ..CLEAN });
        assert_eq!(answer.value.debtor, DebtorKind::Consumer);
    }

    #[test]
    fn masked_texts_are_no_obstacle() {
        let text = "bsn 123456782, rijksregister 85.07.30-033.28";
        let claim = ClaimToStart { texts: &[text], ..CLEAN };
        assert_eq!(found(Pack::BE, &claim).len(), 2);
        assert_eq!(format!("{claim:?}"), "ClaimToStart { .. }");
        let masked = mask_national_numbers(text);
        assert_eq!(found(Pack::BE, &ClaimToStart { texts: &[&masked], ..CLEAN }), []);
    }

    #[test]
    fn the_whole_answer_can_be_read() {
        let claim = ClaimToStart {
            said: None,
            barred_from: Some(date(2026, 2, 26)),
            disputed: true,
            terms_review: None,
            ..CLEAN
        };
        let answer = ask(Pack::NL, &claim);
        assert_eq!(
            answer.because,
            [
                "You can pay in time up to and including Monday 5 January 2026.",
                "An e-mail of Tuesday 6 January 2026 counts as arrived on that day; should it have \
                 reached you later, the time runs from then.",
                "You have from Wednesday 7 January 2026 up to and including Tuesday 20 January \
                 2026 to pay without anything added.",
                "The claim is barred by time since Thursday 26 February 2026, so you are not \
                 asked to pay it.",
                "You said that the claim is wrong. A person answers that first.",
                "We do not know what you are, so you count as a consumer.",
                "The creditor's terms were not looked through for unfair clauses, so no costs \
                 and no interest are asked.",
            ]
        );
        let decided: Vec<&str> = answer.rules.iter().rev().take(3).map(|it| it.as_str()).collect();
        assert_eq!(decided, ["house.time-barred", "house.dispute", "house.terms-reviewed"]);
        assert_eq!(answer.pack.as_str(), "nl-2024.2");
    }

    proptest! {
        #[test]
        fn what_is_barred_stays_barred(
            barred in 0_i32..4_000, today in 0_i32..4_000, later in 0_i32..4_000,
        ) {
            let day = |days: i32| date(2020, 1, 1) + days.days();
            let claim = ClaimToStart { barred_from: Some(day(barred)), ..CLEAN };
            for pack in [Pack::NL, Pack::BE] {
                let is_barred = |today| {
                    let check = start_check(pack, &claim, day(today)).unwrap().value;
                    let from = day(barred);
                    check.findings.iter().any(|it| it.obstacle == Obstacle::TimeBarred { from })
                };
                prop_assert_eq!(is_barred(today), today >= barred);
                prop_assert!(!is_barred(today) || is_barred(today + later));
            }
        }

        #[test]
        fn any_facts_bring_the_obstacles_of_each(
            chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            cheap in 0_i64..2_000,
        ) {
            let facts = facts();
            let mut picked: Vec<&Fact> = Vec::new();
            for index in chosen {
                let fact = index.get(&facts);
                let apart = |old: &&Fact| old.group != fact.group && old.group.max(fact.group) > 1;
                if picked.iter().all(apart) {
                    picked.push(fact);
                }
            }
            for pack in [Pack::NL, Pack::BE] {
                let mut claim = with(&picked);
                let found = found(pack, &claim);
                let expected = expected(pack, &picked);
                prop_assert_eq!(found.len(), expected.len());
                prop_assert!(expected.iter().all(|it| found.contains(it)));
                // Costs that are due add nothing where nothing else is said of money and days.
                if picked.iter().all(|fact| fact.group > 1) {
                    claim.costs_charged = cents(cheap);
                    prop_assert_eq!(super::tests::found(pack, &claim), found);
                }
            }
        }
    }
}
