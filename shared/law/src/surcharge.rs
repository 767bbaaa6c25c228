//! What unpaid principal brings along, and from which day on our books ask for it.
//!
//! Never earlier than the law allows; for consumers later: who pays within the time that a letter
//! gives pays the principal only.

use primitives::{Channel, Date, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::spoken;
use crate::costs::{BusinessCosts, ChargeTerms, PenaltyClause};
use crate::gate::Notice;
use crate::interest::{InterestBasis, InterestTerms};
use crate::pack::{Jurisdiction, Pack};
use crate::readings::NoClause;
use crate::term::{first_term, in_time_until};

/// What comes on top of the principal that is unpaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surcharge {
    /// The first day on which it is asked, of what is unpaid then.
    pub from: Date,
    /// The interest, where any is asked. It may count from an earlier day than it is asked.
    pub interest: Option<InterestTerms>,
    /// Whether collection costs are asked.
    pub costs: bool,
}

/// What is asked on top of a claim that is due on `due_on`, once it is; none where nothing is, or
/// not yet. `notices` are those that were sent about the claim, in any order; one that was sent
/// before the claim was overdue is worth nothing.
///
/// - Dutch consumer: costs, and statutory interest from the day after the due date, but both only
///   from the day after the term of the first 14-day letter. The law allows the interest from
///   default on; we ask for it after the letter only.
/// - Belgian consumer: what the clause holds, from the day after the clock of the first reminder
///   on. Interest counts from that day too (what the law leaves to a creditor that is no small
///   company). Without a clause nothing, or legal interest from the first demand on (reading
///   `be_no_clause`). A collector also needs its formal notice, which is not weighed here.
/// - Business: costs as agreed and commercial interest from the day after the due date, once a
///   demand was sent. The law asks for no demand; we do.
pub fn surcharge(
    pack: Pack,
    debtor: DebtorKind,
    terms: &ChargeTerms,
    due_on: Date,
    notices: &[Notice],
) -> Answer<Option<Surcharge>> {
    let mut trail = pack.trail();
    let in_time = trail.take(in_time_until(pack, due_on));
    let late = in_time.and_then(|in_time| {
        let first_day = in_time.tomorrow().ok()?;
        Some(Late { pack, debtor, terms, in_time, first_day, notices })
    });
    let surcharge = late.and_then(|late| match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => late.dutch_consumer(&mut trail),
        (Jurisdiction::Be, DebtorKind::Consumer) => late.belgian_consumer(&mut trail),
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            late.business(&mut trail)
        }
    });
    trail.answer(surcharge)
}

/// A claim that is not paid in time.
struct Late<'a> {
    pack: Pack,
    debtor: DebtorKind,
    terms: &'a ChargeTerms,
    /// The last day to pay in time.
    in_time: Date,
    /// The day after it.
    first_day: Date,
    notices: &'a [Notice],
}

impl Late<'_> {
    fn dutch_consumer(&self, trail: &mut Trail) -> Option<Surcharge> {
        trail.ask(RuleId::NlFourteenDayLetter);
        let from = self.after_term(trail);
        if from.is_none() {
            trail.say("Nothing is added before a 14-day letter has come and its time has passed.");
        }
        let from = from?;
        // BIK art. 3.
        let costs = self.first_day >= self.pack.known_from();
        if costs {
            trail.say(format!("From {} on collection costs are asked.", spoken(from)));
        } else {
            trail.ask(RuleId::NlCostsSince2012);
            trail.say("You were late before July 2012, so no collection costs are asked.");
        }
        let interest = self.interest_of_the_law(InterestBasis::Statutory, trail);
        if interest.is_some() {
            trail.ask(RuleId::HouseAfterLetter);
        }
        (costs || interest.is_some()).then_some(Surcharge { from, interest, costs })
    }

    fn belgian_consumer(&self, trail: &mut Trail) -> Option<Surcharge> {
        let Some(clause) = self.terms.penalty_clause else {
            return self.without_clause(trail);
        };
        trail.ask(RuleId::BePenaltyClause);
        let PenaltyClause { lump_sum, yearly_interest_bp } = clause;
        if !lump_sum && yearly_interest_bp.is_none() {
            trail.say("The clause that you agreed to adds nothing to what you owe.");
            return None;
        }
        let from = self.after_term(trail);
        if from.is_none() {
            trail.say("Nothing is added before a free reminder has come and its time has passed.");
        }
        let from = from?;
        trail.say(format!(
            "From {} on the clause that you agreed to counts, as far as the law allows it.",
            spoken(from)
        ));
        let interest = yearly_interest_bp.map(|yearly_bp| {
            let debtor = DebtorKind::Consumer;
            let basis = InterestBasis::Contractual { yearly_bp, debtor };
            InterestTerms { basis, from }
        });
        Some(Surcharge { from, interest, costs: lump_sum })
    }

    /// Without a clause nothing is added; or, as the house may read it, legal interest from a
    /// formal notice on, which a written demand is.
    fn without_clause(&self, trail: &mut Trail) -> Option<Surcharge> {
        if self.pack.readings.be_no_clause == NoClause::Nothing {
            trail.ask(RuleId::HouseNoClause);
            trail.say("You agreed to no penalty clause, so nothing is added to what you owe.");
            return None;
        }
        trail.ask(RuleId::BeLegalInterest);
        let after_reminder = self.after_term(trail);
        let from = after_reminder.and_then(|day| Some(day.max(self.first_demand()?)));
        let Some(from) = from else {
            trail.say("Nothing is added before a free reminder and a demand have come.");
            return None;
        };
        if !self.terms.interest {
            trail.ask(RuleId::HouseCreditorTerms);
            trail.say("The creditor asks no interest.");
            return None;
        }
        trail.say(format!("Legal interest counts from {} on.", spoken(from)));
        let interest = InterestTerms { basis: InterestBasis::Statutory, from };
        Some(Surcharge { from, interest: Some(interest), costs: false })
    }

    fn business(&self, trail: &mut Trail) -> Option<Surcharge> {
        trail.ask(RuleId::HouseAfterDemand);
        let Some(from) = self.first_demand() else {
            trail.say("Nothing is added before a demand was sent.");
            return None;
        };
        trail.say(format!("A demand was sent on {}.", spoken(from)));
        let costs = self.terms.in_business != BusinessCosts::None;
        if costs {
            trail.ask(match self.pack.jurisdiction {
                Jurisdiction::Nl => RuleId::NlBusinessCosts,
                Jurisdiction::Be => RuleId::BeBusinessCosts,
            });
            trail.say("Collection costs are asked.");
        } else {
            trail.ask(RuleId::HouseCreditorTerms);
            trail.say("The creditor asks no collection costs.");
        }
        let interest = self.interest_of_the_law(InterestBasis::Commercial, trail);
        let anything = costs || interest.is_some();
        anything.then_some(Surcharge { from, interest, costs })
    }

    /// The day after the term that protects the debtor.
    fn after_term(&self, trail: &mut Trail) -> Option<Date> {
        let term = first_term(self.pack, self.debtor, self.in_time, self.notices);
        trail.take(term).and_then(|term| term.last.tomorrow().ok())
    }

    /// The interest that runs by law from default on, where the creditor asks it.
    fn interest_of_the_law(
        &self,
        basis: InterestBasis,
        trail: &mut Trail,
    ) -> Option<InterestTerms> {
        if !self.terms.interest {
            trail.ask(RuleId::HouseCreditorTerms);
            trail.say("The creditor asks no interest.");
            return None;
        }
        let from = self.first_day;
        trail.say(format!("Interest counts from {} on.", spoken(from)));
        Some(InterestTerms { basis, from })
    }

    /// The day on which the first demand was sent.
    fn first_demand(&self) -> Option<Date> {
        let demands = self.notices.iter().filter(|notice| self.is_demand(**notice));
        demands.map(|notice| notice.sent_on).min()
    }

    /// A demand that was written after the claim was overdue.
    fn is_demand(&self, notice: Notice) -> bool {
        let written = match notice.channel {
            Channel::Email | Channel::Post => true,
            Channel::Sms | Channel::Telephone | Channel::Visit => false,
        };
        written && notice.message == MessageKind::Demand && notice.sent_on > self.in_time
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::term::term_of;

    const CLAUSE: PenaltyClause = PenaltyClause { lump_sum: true, yearly_interest_bp: Some(800) };

    const TERMS: ChargeTerms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::FixedForty,
        interest: true,
        penalty_clause: Some(CLAUSE),
    };

    /// Every claim here was due on Monday 26 October 2026.
    const DUE_ON: Date = date(2026, 10, 26);

    fn sent(message: MessageKind, channel: Channel, day: i8) -> Notice {
        Notice { message, channel, sent_on: date(2026, 11, day) }
    }

    fn ask(
        pack: Pack,
        debtor: DebtorKind,
        terms: &ChargeTerms,
        notices: &[Notice],
    ) -> Answer<Option<Surcharge>> {
        surcharge(pack, debtor, terms, DUE_ON, notices)
    }

    #[test]
    fn a_dutch_consumer_who_pays_within_the_letters_term_pays_the_principal_only() {
        let letter = sent(MessageKind::FourteenDayLetter, Channel::Post, 6);
        let demand = sent(MessageKind::Demand, Channel::Email, 2);
        let consumer = DebtorKind::Consumer;
        let before = ask(Pack::NL, consumer, &TERMS, &[demand]);
        assert_eq!(before.value, None);
        assert_eq!(
            before.because,
            [
                "You can pay in time up to and including Monday 26 October 2026.",
                "Nothing is added before a 14-day letter has come and its time has passed.",
            ]
        );
        // Example 7 of the research: from Wednesday 25 November on.
        let answer = ask(Pack::NL, consumer, &TERMS, &[demand, letter]);
        let statutory = InterestTerms { basis: InterestBasis::Statutory, from: date(2026, 10, 27) };
        let from = date(2026, 11, 25);
        let expected = Surcharge { from, interest: Some(statutory), costs: true };
        assert_eq!(answer.value, Some(expected));
        assert_eq!(
            answer.rules,
            [
                RuleId::NlTermPassed,
                RuleId::NlFourteenDayLetter,
                RuleId::NlReceipt,
                RuleId::NlWorkingDays,
                RuleId::HouseAfterLetter,
            ]
        );
        let no_interest = ChargeTerms { interest: false, ..TERMS };
        let answer = ask(Pack::NL, consumer, &no_interest, &[letter]);
        assert_eq!(answer.value, Some(Surcharge { from, interest: None, costs: true }));
    }

    #[test]
    fn a_belgian_consumer_owes_what_the_clause_holds_after_the_reminders_clock() {
        let consumer = DebtorKind::Consumer;
        let reminders = [
            sent(MessageKind::FreeFirstReminder, Channel::Post, 6),
            sent(MessageKind::FreeFirstReminder, Channel::Post, 9),
        ];
        // Example 11 of the research, reading B: from Friday 27 November on.
        let from = date(2026, 11, 27);
        let basis = InterestBasis::Contractual { yearly_bp: 800, debtor: DebtorKind::Consumer };
        let interest = Some(InterestTerms { basis, from });
        let answer = ask(Pack::BE, consumer, &TERMS, &reminders);
        assert_eq!(answer.value, Some(Surcharge { from, interest, costs: true }));
        assert_eq!(ask(Pack::BE, consumer, &TERMS, &[]).value, None);
        let with = |penalty_clause| {
            let terms = ChargeTerms { penalty_clause, interest: false, ..TERMS };
            ask(Pack::BE, consumer, &terms, &reminders)
        };
        let lump_sum = PenaltyClause { lump_sum: true, yearly_interest_bp: None };
        let costs_only = Surcharge { from, interest: None, costs: true };
        assert_eq!(with(Some(lump_sum)).value, Some(costs_only));
        let interest_only = PenaltyClause { lump_sum: false, ..CLAUSE };
        assert_eq!(
            with(Some(interest_only)).value,
            Some(Surcharge { costs: false, interest, from })
        );
        let empty = PenaltyClause { lump_sum: false, yearly_interest_bp: None };
        assert_eq!(with(Some(empty)).value, None);
        assert_eq!(with(None).value, None);
        assert_eq!(with(None).rules.last(), Some(&RuleId::HouseNoClause));
    }

    #[test]
    fn without_a_clause_legal_interest_can_run_from_the_demand() {
        let mut readings = Pack::BE.readings;
        readings.set("be_no_clause", "legal_interest").unwrap();
        let pack = Pack::BE.under(readings);
        let terms = ChargeTerms { penalty_clause: None, ..TERMS };
        let reminder = sent(MessageKind::FreeFirstReminder, Channel::Email, 6);
        let demand = |day| sent(MessageKind::Demand, Channel::Post, day);
        let of = |terms: &ChargeTerms, notices: &[Notice]| {
            ask(pack, DebtorKind::Consumer, terms, notices)
        };
        assert_eq!(of(&terms, &[reminder]).value, None);
        assert_eq!(of(&terms, &[demand(24)]).value, None);
        let from = date(2026, 11, 24);
        let interest = Some(InterestTerms { basis: InterestBasis::Statutory, from });
        let answer = of(&terms, &[reminder, demand(24)]);
        assert_eq!(answer.value, Some(Surcharge { from, interest, costs: false }));
        assert!(answer.rules.contains(&RuleId::BeLegalInterest));
        // The reminder's fourteen days run until 20 November.
        let early = of(&terms, &[reminder, demand(9)]).value.unwrap();
        assert_eq!(early.from, date(2026, 11, 21));
        let no_interest = ChargeTerms { interest: false, ..terms };
        assert_eq!(of(&no_interest, &[reminder, demand(24)]).value, None);
        // With a clause the reading changes nothing.
        let clause = of(&TERMS, &[reminder, demand(24)]);
        assert_eq!(clause, ask(Pack::BE, DebtorKind::Consumer, &TERMS, &[reminder, demand(24)]));
    }

    #[test]
    fn a_demand_on_the_last_day_to_pay_in_time_is_none() {
        let on_the_last_day =
            Notice { message: MessageKind::Demand, channel: Channel::Post, sent_on: DUE_ON };
        let early = ask(Pack::NL, DebtorKind::LegalPerson, &TERMS, &[on_the_last_day]);
        assert_eq!(early.value, None);
        let late = Notice { sent_on: date(2026, 10, 27), ..on_the_last_day };
        let asked = ask(Pack::NL, DebtorKind::LegalPerson, &TERMS, &[on_the_last_day, late]);
        assert!(asked.value.is_some());
    }

    #[test]
    fn a_business_is_asked_for_more_with_the_first_demand() {
        let demands = [
            sent(MessageKind::Demand, Channel::Email, 9),
            sent(MessageKind::Demand, Channel::Post, 6),
        ];
        for pack in [Pack::NL, Pack::BE] {
            for debtor in [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson] {
                let reminder = sent(MessageKind::FreeFirstReminder, Channel::Email, 2);
                let before = ask(pack, debtor, &TERMS, &[reminder]);
                assert_eq!(before.value, None);
                assert_eq!(before.rules.last(), Some(&RuleId::HouseAfterDemand));
                let from = date(2026, 11, 6);
                let basis = InterestBasis::Commercial;
                let interest = Some(InterestTerms { basis, from: date(2026, 10, 27) });
                let after = |terms: &ChargeTerms| ask(pack, debtor, terms, &demands).value;
                assert_eq!(after(&TERMS), Some(Surcharge { from, interest, costs: true }));
                let no_costs = ChargeTerms { in_business: BusinessCosts::None, ..TERMS };
                assert_eq!(after(&no_costs), Some(Surcharge { from, interest, costs: false }));
                let nothing = ChargeTerms { interest: false, ..no_costs };
                assert_eq!(after(&nothing), None);
            }
        }
    }

    /// BIK art. 3: the scale is for who was in default from 1 July 2012 on.
    #[test]
    fn who_was_late_before_the_scale_owes_no_costs() {
        let letter = Notice {
            sent_on: date(2012, 7, 16),
            ..sent(MessageKind::FourteenDayLetter, Channel::Email, 1)
        };
        let of = |due_on, terms: &ChargeTerms| {
            surcharge(Pack::NL, DebtorKind::Consumer, terms, due_on, &[letter])
        };
        let before = of(date(2012, 6, 29), &TERMS);
        assert!(!before.value.unwrap().costs);
        assert!(before.rules.contains(&RuleId::NlCostsSince2012));
        assert!(of(date(2012, 6, 30), &TERMS).value.unwrap().costs);
        let no_interest = ChargeTerms { interest: false, ..TERMS };
        assert_eq!(of(date(2012, 6, 29), &no_interest).value, None);
    }

    #[test]
    fn a_reminder_by_text_message_starts_no_term_and_takes_none_away() {
        let text = Notice {
            sent_on: date(2026, 10, 27),
            ..sent(MessageKind::FreeFirstReminder, Channel::Sms, 1)
        };
        let email = sent(MessageKind::FreeFirstReminder, Channel::Email, 10);
        let after = |notices: &[Notice]| ask(Pack::BE, DebtorKind::Consumer, &TERMS, notices).value;
        assert_eq!(after(&[text]), None);
        assert_eq!(after(&[text, email]), after(&[email]));
        assert!(after(&[email]).is_some());
    }

    #[test]
    fn a_belgian_due_date_on_a_free_day_moves_the_first_day_of_interest() {
        let demand = sent(MessageKind::Demand, Channel::Email, 10);
        let first_day = |pack, due_on| {
            let answer = surcharge(pack, DebtorKind::LegalPerson, &TERMS, due_on, &[demand]);
            answer.value.unwrap().interest.unwrap().from
        };
        // All Saints' Day 2026 is a Sunday; Monday 2 November is in time.
        assert_eq!(first_day(Pack::BE, date(2026, 11, 1)), date(2026, 11, 3));
        assert_eq!(first_day(Pack::NL, date(2026, 11, 1)), date(2026, 11, 2));
    }

    fn notice() -> impl Strategy<Value = Notice> {
        let message = prop::sample::select(MessageKind::ALL);
        let channel = prop::sample::select(Channel::ALL);
        (message, channel, -40_i32..60).prop_map(|(message, channel, days)| Notice {
            message,
            channel,
            sent_on: DUE_ON + days.days(),
        })
    }

    proptest! {
        #[test]
        fn nothing_is_asked_in_time_and_one_notice_more_adds_no_more_than_its_own_term(
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)],
            debtor in prop::sample::select(DebtorKind::ALL),
            notices in prop::collection::vec(notice(), 0..5),
            one_more in notice(),
        ) {
            let first = ask(pack, debtor, &TERMS, &notices).value;
            if let Some(Surcharge { from, interest, .. }) = first {
                let least = if debtor == DebtorKind::Consumer { 16.days() } else { 1.day() };
                prop_assert!(DUE_ON + least <= from);
                prop_assert!(interest.is_some_and(|interest| DUE_ON < interest.from));
                prop_assert!(interest.is_some_and(|interest| interest.from <= from));
                let more = [notices.as_slice(), &[one_more]].concat();
                let more = ask(pack, debtor, &TERMS, &more).value;
                let Notice { message, channel, sent_on } = one_more;
                let own_term = term_of(pack, message, debtor, channel, sent_on);
                let own_from = own_term.value.map_or(from, |term| term.last + 1.day());
                prop_assert!(more.is_some_and(|more| more.from <= from.max(own_from)));
            }
        }
    }
}
