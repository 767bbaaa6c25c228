//! What a rule says, and which rule of which pack says it.
//!
//! The ids are stored with permits and shown to debtors and auditors, so an id never changes its
//! meaning: a changed rule gets a new pack version, a different rule gets a new id.

use std::fmt;

use primitives::Country;

/// A value with the rules that gave it.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the rules say.
    pub value: T,
    /// Every rule that was asked, once each. Of a refusal, or where one must wait, the last one
    /// decided.
    pub rules: Vec<RuleId>,
    /// The dated pack that holds the rules.
    pub pack: PackVersion,
    /// Why, in plain sentences that a debtor can read.
    pub because: Vec<String>,
}

/// The dated rules of one country, such as `nl-2026.2` (the second half of 2026).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackVersion(pub(crate) &'static str);

impl PackVersion {
    /// No pack covers the country.
    pub(crate) const NONE: Self = Self("none");

    /// The text form, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for PackVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

macro_rules! rules {
    ($($(#[$meta:meta])* $rule:ident = $id:literal, $source:literal;)+) => {
        /// The rules that we know. `be.` and `nl.` are law, `house.` are our own and stricter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuleId {
            $($(#[$meta])* $rule,)+
        }

        impl RuleId {
            /// Every rule, in alphabetical order of the ids.
            pub const ALL: &[Self] = &[$(Self::$rule,)+];

            /// The id, as it is stored and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$rule => $id,)+ }
            }

            /// Where the rule stands written.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self { $(Self::$rule => $source,)+ }
            }
        }
    };
}

rules! {
    /// Businesses may agree on other interest, which a court may lower.
    BeAgreedInterest = "be.agreed-interest", "law of 2 August 2002 art. 7";
    /// A payment goes to the interest before the principal.
    BeAllocation = "be.allocation", "BW art. 5.210; that costs come first: own reading";
    /// A collector first checks what is asked of a consumer; where it is too much, no notice goes.
    BeAmountsFirst = "be.amounts-first", "WER art. XIX.4 and XIX.7 par. 1";
    /// A fixed amount per invoice from businesses; more with proof only.
    BeBusinessCosts = "be.business-costs", "law of 2 August 2002 art. 6";
    /// No calls and no visits by night.
    BeCallHours = "be.call-hours", "WER art. XIX.10 and XIX.11";
    /// Who breaks the rules on reminders and amounts loses the whole clause.
    BeClauseLost = "be.clause-lost", "WER art. XIX.15";
    /// A consumer owes the collector nothing for its work.
    BeCollectorFree = "be.collector-free", "WER art. XIX.13";
    /// Interest between businesses runs by itself, at the rate of the half-year.
    BeCommercialInterest = "be.commercial-interest", "law of 2 August 2002 art. 5";
    /// A consumer is told of what the clause holds and what the law lets follow, no more.
    BeConsequences = "be.consequences", "WER art. XIX.2, XIX.4 and XIX.7";
    /// For a consumer credit that was ended, what was lent comes before interest and penalties.
    BeConsumerCredit = "be.consumer-credit", "WER art. VII.106 par. 5";
    /// The debtor says which of several debts a payment pays.
    BeDebtChoice = "be.debt-choice", "BW (old) art. 1253";
    /// A payment without a choice pays what is best for the debtor, then the oldest.
    BeDebtOrder = "be.debt-order",
        "BW (old) art. 1256; that due, then most burdensome is best: own reading";
    /// Nobody else than the debtor is asked for a debt.
    BeDebtorOnly = "be.debtor-only", "WER art. XIX.5";
    /// The first reminder to a consumer is free and has a fixed content.
    BeFirstReminder = "be.first-reminder", "WER art. XIX.2";
    /// The term of the formal notice: from the third working day, whatever the medium.
    BeFormalNoticeClock = "be.formal-notice-clock",
        "WER art. XIX.9 par. 1";
    /// What the formal notice of a collector says.
    BeFormalNoticeContent = "be.formal-notice-content", "WER art. XIX.7 par. 2";
    /// A collector does nothing towards a consumer before the formal notice.
    BeFormalNoticeFirst = "be.formal-notice-first", "WER art. XIX.7 par. 2";
    /// A request, a dispute or a mediation of debts suspends what comes after the formal notice.
    BeFormalNoticeSuspended = "be.formal-notice-suspended", "WER art. XIX.9";
    /// Interest where neither a contract nor the law on late payment gives another rate.
    BeLegalInterest = "be.legal-interest", "BW art. 5.240; the rate published each January";
    /// How long a creditor can ask: one, five or ten years.
    BeLimitation = "be.limitation", "old BW art. 2262bis, 2272 and 2277";
    /// What the debtor does and a summons start the term anew; a plain demand does not.
    BeLimitationInterrupted = "be.limitation-interrupted",
        "old BW art. 2244 par. 2 for a lawyer's notice; for the rest we know no article";
    /// The number of the national register is kept by nobody who was not authorised.
    BeNationalNumber = "be.national-number", "own reading: its use needs an authorisation";
    /// A business has 30 days unless it agreed to others, and can agree to 60 at most.
    BePaymentTerm = "be.payment-term", "law of 2 August 2002 art. 4";
    /// A clause binds a consumer up to fixed amounts, and nothing else may be asked.
    BePenaltyClause = "be.penalty-clause", "WER art. XIX.4";
    /// What is agreed with a consumer is confirmed in writing at once.
    BePromiseInWriting = "be.promise-in-writing", "WER art. XIX.11";
    /// Who collects for others is registered with the FPS Economy.
    BeRegistration = "be.registration", "WER art. XIX.6";
    /// The term after a reminder: from the third working day by post, from the next day else.
    BeReminderClock = "be.reminder-clock", "WER art. XIX.2";
    /// Who missed three due dates of a regular delivery in a year may be asked for a fee.
    BeReminderFee = "be.reminder-fee", "WER art. XIX.2; of regular deliveries only: own reading";
    /// Before a collector's formal notice come the first reminder, with proof, and its term.
    BeReminderFirst = "be.reminder-first", "WER art. XIX.8";
    /// A reminder comes when the term has passed.
    BeTermPassed = "be.term-passed", "WER art. XIX.2; law of 2 August 2002 art. 4 and 5";
    /// Who visits a consumer hands over what the formal notice says, and more.
    BeVisitPaper = "be.visit-paper", "WER art. XIX.10";
    /// Saturdays, Sundays and legal holidays are no working days.
    BeWorkingDays = "be.working-days", "BW art. 1.7; royal decree of 18 April 1974";
    /// A business is asked for costs and interest with a demand, not before.
    HouseAfterDemand = "house.after-demand", "own rule: the law asks no demand";
    /// A consumer is asked for interest after the 14-day letter only.
    HouseAfterLetter = "house.after-letter", "own rule: the law allows interest from default on";
    /// What businesses agreed that a payment pays first counts; for a consumer what is no worse.
    HouseAgreedOrder = "house.agreed-order",
        "own reading: the creditor consents to another order, and no consumer is worse off";
    /// The agreed days to pay count where we know no law that limits them.
    HouseAgreedTerm = "house.agreed-term", "own rule: what was agreed";
    /// Nothing about a debt stands where others can read it.
    HouseClosedEnvelope = "house.closed-envelope", "own rule: a debt is told to the debtor only";
    /// A number of contacts per person, over all creditors.
    HouseContactCap = "house.contact-cap", "own rule: the law gives no number";
    /// The hours that the agency keeps by itself.
    HouseContactHours = "house.contact-hours", "own rule: the same hours for everybody";
    /// What the creditor does not ask is not asked.
    HouseCreditorTerms = "house.creditor-terms", "own rule: the terms of the creditor";
    /// How days become parts of a year, and where interest is rounded.
    HouseDayCount = "house.day-count", "own rule: the law has none";
    /// Who may be a consumer counts as one, and a person looks at what does not fit.
    HouseDebtorKind = "house.debtor-kind", "own rule: when in doubt, the one who is protected";
    /// Nobody else than the debtor is asked for a debt.
    HouseDebtorOnly = "house.debtor-only", "own rule: a debt is told to the debtor only";
    /// Who has died is not approached; a person writes to the heirs.
    HouseDeceased = "house.deceased", "own rule: for a person";
    /// A demand leaves seven days after it arrived.
    HouseDemandTerm = "house.demand-term", "own rule: a reasonable time";
    /// Who disputes gets an answer first.
    HouseDispute = "house.dispute", "own rule: the law gives no number of days";
    /// What only informs or asks costs nothing by itself, whoever owes; a demand may.
    HouseFreeMessage = "house.free-message", "own rule: follows from what these messages are";
    /// What the message says to be of use: who asks, what for, how to pay, how to object.
    HouseMessageContent = "house.message-content", "own rule: a message one can act upon";
    /// Who is not of age is not approached; a person writes to the parents.
    HouseMinor = "house.minor", "own rule: for a person";
    /// While a court gives time nothing is asked.
    HouseMoratorium = "house.moratorium", "own rule: in a moratorium nothing is recovered";
    /// Without a clause nothing is added to what a consumer owes.
    HouseNoClause = "house.no-clause", "own rule: the law is unsettled on legal interest";
    /// Collection costs bear no interest.
    HouseNoInterestOnCosts = "house.no-interest-on-costs", "own rule: the law is not settled";
    /// National numbers are neither kept nor written.
    HouseNoNationalNumber = "house.no-national-number", "UAVG art. 46; own rule in Belgium";
    /// What an agency cannot do itself, or never does, it does not name.
    HouseNoThreats = "house.no-threats", "own rule: firm and never threatening";
    /// Thanks for the whole payment come when nothing is left to pay.
    HouseNothingOpen = "house.nothing-open", "own rule: follows from what the message is";
    /// What is paid above all that is owed is given back.
    HouseOverpaid = "house.overpaid", "own rule: we know no rule of the law";
    /// A notice before the due date comes before it.
    HousePreDue = "house.pre-due", "own rule: follows from what the message is";
    /// Who is helped by others is approached through them.
    HouseRepresented = "house.represented", "own rule: the helper is written to";
    /// Nobody is reminded of nothing.
    HouseSomethingOpen = "house.something-open", "own rule: a claim with an open amount";
    /// Without fair terms a consumer is asked the principal only.
    HouseTermsReviewed = "house.terms-reviewed",
        "own rule: courts have refused all costs for one unfair clause";
    /// What is time-barred is not asked for.
    HouseTimeBarred = "house.time-barred", "own rule: to ask would mislead";
    /// The letter that must come, and run out, before a consumer owes collection costs.
    NlFourteenDayLetter = "nl.14-day-letter", "BW art. 6:96 lid 6";
    /// Agreed interest runs where it is more than the law's; between businesses, in its place.
    NlAgreedInterest = "nl.agreed-interest", "BW art. 6:119 lid 3 and 6:119a lid 8";
    /// A payment goes to the costs, then to the interest, then to the principal.
    NlAllocation = "nl.allocation", "BW art. 6:44";
    /// Nobody uses a BSN to whom no law allows it, whoever consents.
    NlBsn = "nl.bsn", "UAVG art. 46";
    /// A business owes at least a fixed amount, without any reminder.
    NlBusinessCosts = "nl.business-costs", "BW art. 6:96 lid 4; BIK art. 2";
    /// A collector describes the claim in writing, as soon as possible.
    NlClaimDescription = "nl.claim-description", "Bki art. 3.1";
    /// Collection costs of a consumer follow a scale, once per letter, and cover every act.
    NlCollectionCosts = "nl.collection-costs", "BW art. 6:96 lid 5 and 7; BIK art. 2";
    /// A collector names himself, his register number and the way to complain.
    NlCollectorIdentity = "nl.collector-identity", "Wki art. 11; Bki art. 4.1";
    /// Interest between businesses, at the rate of the half-year, compounded yearly.
    NlCommercialInterest = "nl.commercial-interest", "BW art. 6:119a and 6:120";
    /// The price of goods can be asked of a consumer for two years.
    NlConsumerSale = "nl.consumer-sale", "BW art. 7:28; energy, gas and water: own reading";
    /// Not between 20:00 and 07:00, not on Sundays and holidays, by any means.
    NlContactWindow = "nl.contact-window", "Bki art. 4.2; Algemene termijnenwet art. 3";
    /// Who was in default before July 2012 owes no costs by the scale.
    NlCostsSince2012 = "nl.costs-since-2012", "BIK art. 3";
    /// The debtor says which of several debts a payment pays.
    NlDebtChoice = "nl.debt-choice", "BW art. 6:43 lid 1";
    /// A payment without a choice pays what is due, the most burdensome, the oldest, in proportion.
    NlDebtOrder = "nl.debt-order", "BW art. 6:43";
    /// Without an agreed term one is late after a notice that leaves a reasonable time.
    NlDefaultNotice = "nl.default-notice", "BW art. 6:82";
    /// Instalments of one contract bear one fee in six months, more only if a person says so.
    NlInstalments = "nl.instalments", "BIK art. 2a; the careful reading";
    /// A judgment can be enforced for 20 years, its periodical parts for five.
    NlJudgmentLimitation = "nl.judgment-limitation", "BW art. 3:324";
    /// How long a creditor can ask: five years.
    NlLimitation = "nl.limitation", "BW art. 3:307, 3:308 and 3:322";
    /// A written demand and an acknowledgement start a term of five years at most.
    NlLimitationInterrupted = "nl.limitation-interrupted", "BW art. 3:317, 3:318 and 3:319";
    /// No collection costs for a consumer before the 14-day letter has run out.
    NlNoCostsYet = "nl.no-costs-yet", "BW art. 6:96 lid 6";
    /// No measure is named that cannot, or will not, be taken now.
    NlNoImproperPressure = "nl.no-improper-pressure", "quality rules of the Wki; Bki art. 4.1";
    /// A business has 30 days unless it agreed to others, 60 at most unless more is fair.
    NlPaymentTerm = "nl.payment-term", "BW art. 6:119a lid 2, 4 and 5";
    /// When a message counts as arrived.
    NlReceipt = "nl.receipt", "BW art. 3:37 lid 3; HR 25 November 2016, ECLI:NL:HR:2016:2704";
    /// Who collects for others is in the register.
    NlRegistration = "nl.registration", "Wki art. 4";
    /// A large company pays a small or medium one within 30 days.
    NlSmallCreditorTerm = "nl.small-creditor-term", "BW art. 6:119a; wording not settled";
    /// Interest for the time of default, at the rate of the decree, compounded yearly.
    NlStatutoryInterest = "nl.statutory-interest", "BW art. 6:119 and 6:120";
    /// A reminder comes when the term has passed.
    NlTermPassed = "nl.term-passed", "BW art. 6:83 a";
    /// VAT comes on top of the costs only where the creditor cannot deduct it.
    NlVatOnCosts = "nl.vat-on-costs", "BIK art. 2 lid 3; Wet OB art. 9 lid 1";
    /// Saturdays, Sundays and holidays are no working days.
    NlWorkingDays = "nl.working-days", "Algemene termijnenwet art. 1 and 3";
    /// What no rule covers may not be done.
    NotCovered = "not-covered", "own rule: when in doubt, no";
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Collects what the rules asked on the way to one answer say.
pub(crate) struct Trail {
    pack: PackVersion,
    rules: Vec<RuleId>,
    because: Vec<String>,
}

impl Trail {
    pub(crate) const fn new(pack: PackVersion) -> Self {
        Self { pack, rules: Vec::new(), because: Vec::new() }
    }

    /// The trail of an answer about a country whose law we do not know.
    pub(crate) fn not_covered(country: Country) -> Self {
        let mut trail = Self::new(PackVersion::NONE);
        trail.ask(RuleId::NotCovered);
        trail.say(format!("We know no rules for somebody in {country}."));
        trail
    }

    /// Notes that a rule was asked. One asked again moves to the end: the last one decides.
    pub(crate) fn ask(&mut self, rule: RuleId) {
        self.rules.retain(|known| *known != rule);
        self.rules.push(rule);
    }

    /// Whether no rule was asked yet.
    pub(crate) const fn is_silent(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule that was asked last.
    pub(crate) fn last(&self) -> Option<RuleId> {
        self.rules.last().copied()
    }

    /// Notes why, unless it was said before.
    pub(crate) fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.because.contains(&sentence) {
            self.because.push(sentence);
        }
    }

    /// Takes over another answer's rules and reasons, and hands out its value.
    pub(crate) fn take<T>(&mut self, answer: Answer<T>) -> T {
        answer.rules.into_iter().for_each(|rule| self.ask(rule));
        answer.because.into_iter().for_each(|sentence| self.say(sentence));
        answer.value
    }

    pub(crate) fn answer<T>(self, value: T) -> Answer<T> {
        Answer { value, rules: self.rules, pack: self.pack, because: self.because }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_id_and_a_source() {
        let mut ids: Vec<&str> = RuleId::ALL.iter().map(|rule| rule.as_str()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        ids.dedup();
        assert_eq!(ids.len(), RuleId::ALL.len());
        assert!(RuleId::ALL.iter().all(|rule| !rule.source().is_empty()));
        assert_eq!(RuleId::NotCovered.to_string(), "not-covered");
        assert_eq!(PackVersion("nl-2026.2").to_string(), "nl-2026.2");
    }
}
