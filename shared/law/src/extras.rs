//! What may not be asked of a debtor beside principal, interest and collection costs, and why; and
//! the one fee that a Belgian reminder may cost.

use primitives::{Currency, DebtorKind, Money, MoneyError};

use crate::answer::{Answer, RuleId, Trail};
use crate::pack::{BOOK_XIX, Jurisdiction, Pack};
use crate::readings::ReminderFeeReading;

/// What some ask for beside principal, interest and collection costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// For opening or keeping the file, or for administration.
    FileCosts,
    /// For looking up an address, a register or an income.
    Enquiry,
    /// For a reminder, notice or letter; see also [`reminder_fee`].
    Letter,
    /// For a call.
    Call,
    /// For a visit.
    Visit,
    /// For making or keeping a plan of payments.
    PaymentPlan,
    /// What the collector asks the creditor for its work.
    CollectorsWork,
    /// Interest on collection costs.
    InterestOnCosts,
}

impl Extra {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::FileCosts,
        Self::Enquiry,
        Self::Letter,
        Self::Call,
        Self::Visit,
        Self::PaymentPlan,
        Self::CollectorsWork,
        Self::InterestOnCosts,
    ];

    const fn said(self) -> &'static str {
        match self {
            Self::FileCosts => "for keeping your file",
            Self::Enquiry => "for an enquiry",
            Self::Letter => "for a letter",
            Self::Call => "for a call",
            Self::Visit => "for a visit",
            Self::PaymentPlan => "for a plan of payments",
            Self::CollectorsWork => "for the work of the collector",
            Self::InterestOnCosts => "for interest on collection costs",
        }
    }
}

/// Whether something beside principal, interest and collection costs may be asked; `proven` says
/// that the creditor has proof of having had these very costs.
///
/// Dutch collection costs cover every act, whoever owes. A Belgian consumer owes what the clause
/// holds and nothing else, to the collector nothing at all (WER art. XIX.4 and XIX.13). Of a
/// Belgian business reasonable costs may be asked with proof (law of 2 August 2002 art. 6), but no
/// interest on them. That no interest runs on Dutch collection costs rests on a single source.
pub fn may_charge(pack: Pack, debtor: DebtorKind, extra: Extra, proven: bool) -> Answer<bool> {
    let mut trail = pack.trail();
    let said = extra.said();
    let allowed = match (pack.jurisdiction, debtor) {
        _ if extra == Extra::InterestOnCosts => {
            trail.ask(RuleId::HouseNoInterestOnCosts);
            false
        }
        (Jurisdiction::Nl, DebtorKind::Consumer) => {
            trail.ask(RuleId::NlCollectionCosts);
            false
        }
        (Jurisdiction::Nl, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            trail.ask(RuleId::NlBusinessCosts);
            false
        }
        (Jurisdiction::Be, DebtorKind::Consumer) if extra == Extra::CollectorsWork => {
            trail.ask(RuleId::BeCollectorFree);
            false
        }
        (Jurisdiction::Be, DebtorKind::Consumer) => {
            trail.ask(RuleId::BePenaltyClause);
            false
        }
        (Jurisdiction::Be, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            trail.ask(RuleId::BeBusinessCosts);
            proven
        }
    };
    trail.say(match (allowed, pack.jurisdiction, debtor) {
        _ if extra == Extra::InterestOnCosts => "Collection costs bear no interest.".to_owned(),
        (true, ..) => format!("What was spent {said} may be asked, because it is proven."),
        (
            false,
            Jurisdiction::Be,
            DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson,
        ) => {
            format!("Nothing may be asked {said} without proof.")
        }
        (false, Jurisdiction::Be, DebtorKind::Consumer) => {
            format!("Nothing may be asked {said}: you owe what the clause holds, and no more.")
        }
        (false, ..) => format!("Nothing may be asked {said}: the collection costs cover it."),
    });
    trail.answer(allowed)
}

/// A reminder, as far as its fee depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReminderFacts {
    /// The contract is one of regular delivery: energy, telephone, a subscription.
    pub regular_delivery: bool,
    /// The due dates of this contract that were missed in the calendar year, this one included.
    pub missed_in_year: u16,
    /// What the post takes for it.
    pub postage: Money,
}

/// WER art. XIX.2: 7.50 beside the postage.
const REMINDER_FEE: Money = Money::new(750, Currency::EUR);

/// So many missed due dates a year are reminded of for nothing.
const FREE_REMINDERS: u16 = 3;

/// What a reminder may cost at most; none where it is free, as that of a single purchase always is,
/// and everything before Book XIX and outside of Belgium.
///
/// Sources disagree on whom the 7.50 may be asked of: here of consumers with a contract of regular
/// delivery, from the fourth due date that they miss in a year on; or never (reading
/// `be_reminder_fee`).
pub fn reminder_fee(
    pack: Pack,
    debtor: DebtorKind,
    facts: ReminderFacts,
) -> Result<Answer<Option<Money>>, MoneyError> {
    let mut trail = pack.trail();
    if pack.jurisdiction == Jurisdiction::Nl || debtor != DebtorKind::Consumer {
        let _ = trail.take(may_charge(pack, debtor, Extra::Letter, false));
        return Ok(trail.answer(None));
    }
    trail.ask(RuleId::BeReminderFee);
    let fee = asked_fee(pack, facts, &mut trail)?;
    Ok(trail.answer(fee))
}

fn asked_fee(
    pack: Pack,
    facts: ReminderFacts,
    trail: &mut Trail,
) -> Result<Option<Money>, MoneyError> {
    let may = pack.knows(BOOK_XIX)
        && match pack.readings.be_reminder_fee {
            ReminderFeeReading::RegularOnly => facts.regular_delivery,
            ReminderFeeReading::Off => false,
        };
    if !may {
        trail.say("This reminder is free.");
        return Ok(None);
    }
    if facts.missed_in_year <= FREE_REMINDERS {
        trail.say(format!(
            "Reminders of the first {FREE_REMINDERS} due dates that are missed in a year are free."
        ));
        return Ok(None);
    }
    let zero = Money::zero(Currency::EUR);
    let postage = if facts.postage.checked_cmp(zero)?.is_gt() { facts.postage } else { zero };
    let fee = REMINDER_FEE.checked_add(postage)?;
    trail.say(format!(
        "It is the reminder of due date number {} that was missed this year: it costs \
         {REMINDER_FEE} and the postage at most, {fee}.",
        facts.missed_in_year
    ));
    Ok(Some(fee))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn nothing_is_asked_beside_the_costs_but_what_is_proven_to_a_belgian_business() {
        for pack in [Pack::NL, Pack::BE] {
            for debtor in DebtorKind::ALL {
                for extra in Extra::ALL {
                    for proven in [false, true] {
                        let answer = may_charge(pack, *debtor, *extra, proven);
                        let expected = proven
                            && pack == Pack::BE
                            && *debtor != DebtorKind::Consumer
                            && *extra != Extra::InterestOnCosts;
                        assert_eq!(answer.value, expected, "{debtor} {extra:?}");
                        assert_eq!((answer.rules.len(), answer.because.len()), (1, 1));
                    }
                }
            }
        }
    }

    #[test]
    fn why_it_may_not_is_told() {
        let told = |pack, debtor, extra| {
            let answer = may_charge(pack, debtor, extra, false);
            (*answer.rules.first().unwrap(), answer.because.concat())
        };
        let (consumer, business) = (DebtorKind::Consumer, DebtorKind::LegalPerson);
        let covered =
            |what: &str| format!("Nothing may be asked {what}: the collection costs cover it.");
        let clause = |what: &str| {
            format!("Nothing may be asked {what}: you owe what the clause holds, and no more.")
        };
        for (pack, debtor, extra, rule, sentence) in [
            (
                Pack::NL,
                consumer,
                Extra::PaymentPlan,
                RuleId::NlCollectionCosts,
                covered("for a plan of payments"),
            ),
            (
                Pack::NL,
                business,
                Extra::FileCosts,
                RuleId::NlBusinessCosts,
                covered("for keeping your file"),
            ),
            (
                Pack::BE,
                consumer,
                Extra::CollectorsWork,
                RuleId::BeCollectorFree,
                clause("for the work of the collector"),
            ),
            (Pack::BE, consumer, Extra::Visit, RuleId::BePenaltyClause, clause("for a visit")),
            (
                Pack::BE,
                business,
                Extra::Enquiry,
                RuleId::BeBusinessCosts,
                "Nothing may be asked for an enquiry without proof.".to_owned(),
            ),
            (
                Pack::BE,
                business,
                Extra::InterestOnCosts,
                RuleId::HouseNoInterestOnCosts,
                "Collection costs bear no interest.".to_owned(),
            ),
        ] {
            assert_eq!(told(pack, debtor, extra), (rule, sentence), "{extra:?}");
        }
        let proven = may_charge(Pack::BE, business, Extra::Enquiry, true);
        assert_eq!(
            proven.because,
            ["What was spent for an enquiry may be asked, because it is proven."]
        );
    }

    fn fee(pack: Pack, debtor: DebtorKind, regular_delivery: bool, missed: u16) -> Option<i64> {
        let postage = Money::new(215, Currency::EUR);
        let facts = ReminderFacts { regular_delivery, missed_in_year: missed, postage };
        reminder_fee(pack, debtor, facts).unwrap().value.map(Money::amount_minor)
    }

    #[test]
    fn the_fourth_missed_due_date_of_a_regular_delivery_may_cost_a_fee() {
        let consumer = DebtorKind::Consumer;
        for (missed, expected) in [(0, None), (1, None), (3, None), (4, Some(965)), (5, Some(965))]
        {
            assert_eq!(fee(Pack::BE, consumer, true, missed), expected, "{missed}");
            assert_eq!(fee(Pack::BE, consumer, false, missed), None);
            assert_eq!(fee(Pack::NL, consumer, true, missed), None);
            assert_eq!(fee(Pack::BE, DebtorKind::LegalPerson, true, missed), None);
        }
        let mut readings = Pack::BE.readings;
        readings.set("be_reminder_fee", "off").unwrap();
        assert_eq!(fee(Pack::BE.under(readings), consumer, true, 4), None);
        let before = Pack::BE.on(date(2023, 8, 31)).unwrap();
        assert_eq!(fee(before, consumer, true, 4), None);
        let postage = Money::new(-1, Currency::EUR);
        let facts = ReminderFacts { regular_delivery: true, missed_in_year: 4, postage };
        let answer = reminder_fee(Pack::BE, consumer, facts).unwrap();
        assert_eq!(answer.value, Some(REMINDER_FEE));
        assert_eq!(answer.rules, [RuleId::BeReminderFee]);
        assert_eq!(
            answer.because,
            ["It is the reminder of due date number 4 that was missed this year: it costs \
              7.50 EUR and the postage at most, 7.50 EUR."]
        );
        let free = ReminderFacts { missed_in_year: 3, ..facts };
        let free = reminder_fee(Pack::BE, consumer, free).unwrap();
        assert_eq!(
            free.because,
            ["Reminders of the first 3 due dates that are missed in a year are free."]
        );
    }
}
