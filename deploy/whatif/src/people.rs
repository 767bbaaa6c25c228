//! How debtors answer, where a what-if supposes that they do: a model in figures, which is no
//! knowledge. It is the same person with the same luck under every agreement that is compared.

use house::chance::Chance;
use jiff::ToSpan;
use primitives::{Date, DebtorKind, MessageKind, NonPaymentReason};
use serde::Deserialize;

/// How debtors answer. All figures are of a hundred, or days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub consumers: Manner,
    /// Companies, and natural persons in business.
    pub businesses: Manner,
}

/// How one group answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manner {
    /// Cannot pay; says so when reached.
    pub cannot_pay: Percent,
    /// Does not agree with the claim, and pays no part of it; says so when reached.
    pub disagrees: Percent,
    /// Of all others: pays around the due date, whatever is sent.
    pub pays_unasked: Percent,
    /// Pays after a message of this kind, each time that one is sent.
    pub pays_after_pre_due_notice: Percent,
    pub pays_after_first_reminder: Percent,
    pub pays_after_fourteen_day_letter: Percent,
    pub pays_after_demand: Percent,
    /// Pays on one of so many days after it.
    pub pays_within_days: Days,
    /// Is reached by a call.
    pub reached: Percent,
    /// Promises to pay, once reached.
    pub promises: Percent,
    /// Keeps that promise.
    pub keeps: Percent,
    /// The promised day, counted from the call.
    pub promised_days: Days,
}

/// So many of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Percent(u8);

/// So many days, from 1 to 90.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Days(i64);

impl TryFrom<i64> for Percent {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        let number = u8::try_from(number).ok().filter(|it| *it <= 100);
        number.map(Self).ok_or("must be a whole number from 0 to 100")
    }
}

impl TryFrom<i64> for Days {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        Some(Self(number)).filter(|it| (1..=90).contains(&it.0)).ok_or("must be 1 to 90 days")
    }
}

/// A model without a fault, or what is wrong with it and where.
pub fn read(text: &str) -> Result<People, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

/// One debtor, as the model has it.
#[derive(Clone, Debug)]
pub(crate) struct Character<'a> {
    manner: &'a Manner,
    seed: u64,
    code: &'a str,
    temper: Temper,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Temper {
    CannotPay,
    Disagrees,
    Careless,
}

/// What a call brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    Reason(NonPaymentReason),
    Promise { pay_by: Date, is_kept: bool },
}

impl<'a> Character<'a> {
    pub(crate) fn of(people: &'a People, seed: u64, code: &'a str, kind: DebtorKind) -> Self {
        let manner = match kind {
            DebtorKind::Consumer => &people.consumers,
            DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson => &people.businesses,
        };
        let mut chance = Chance::of(seed, &format!("temper {code}"));
        let temper = if chance.percent(manner.cannot_pay.0) {
            Temper::CannotPay
        } else if chance.percent(manner.disagrees.0) {
            Temper::Disagrees
        } else {
            Temper::Careless
        };
        Self { manner, seed, code, temper }
    }

    fn chance(&self, what: &str) -> Chance {
        Chance::of(self.seed, &format!("{} {what}", self.code))
    }

    /// Whether every cost that is added to this debtor's claims is harm.
    pub(crate) fn is_vulnerable(&self) -> bool {
        self.temper != Temper::Careless
    }

    /// The day on which a claim is paid whatever is sent.
    pub(crate) fn pays_unasked(&self, claim: &str, due_on: Date) -> Option<Date> {
        let mut chance = self.chance(&format!("unasked {claim}"));
        let pays = chance.percent(self.manner.pays_unasked.0) && self.temper == Temper::Careless;
        pays.then(|| due_on.saturating_add(chance.within(-5, 12).days()))
    }

    /// The day on which what a message asks for is paid; `number` counts the messages of one kind.
    pub(crate) fn pays_after(
        &self,
        message: MessageKind,
        (claim, number): (&str, u32),
        sent_on: Date,
    ) -> Option<Date> {
        let percent = match message {
            MessageKind::PreDueNotice => self.manner.pays_after_pre_due_notice,
            MessageKind::FreeFirstReminder => self.manner.pays_after_first_reminder,
            MessageKind::FourteenDayLetter => self.manner.pays_after_fourteen_day_letter,
            MessageKind::FormalNotice | MessageKind::Demand => self.manner.pays_after_demand,
            MessageKind::PromiseConfirmation | MessageKind::PaymentThanks => return None,
        };
        let mut chance = self.chance(&format!("{message} {number} {claim}"));
        let pays = chance.percent(percent.0) && self.temper == Temper::Careless;
        let days = chance.within(1, self.manner.pays_within_days.0);
        pays.then(|| sent_on.saturating_add(days.days()))
    }

    /// What a call brings; `number` counts the calls to one debtor.
    pub(crate) fn says(&self, number: u32, called_on: Date, promise_days_max: u16) -> Said {
        let mut chance = self.chance(&format!("call {number}"));
        if !chance.percent(self.manner.reached.0) {
            return Said::Nothing;
        }
        match self.temper {
            Temper::CannotPay => Said::Reason(NonPaymentReason::Hardship),
            Temper::Disagrees => Said::Reason(NonPaymentReason::Dissatisfied),
            Temper::Careless if chance.percent(self.manner.promises.0) => {
                let most = self.manner.promised_days.0.min(i64::from(promise_days_max));
                let pay_by = called_on.saturating_add(chance.within(1, most.max(1)).days());
                Said::Promise { pay_by, is_kept: chance.percent(self.manner.keeps.0) }
            }
            Temper::Careless => Said::Reason(NonPaymentReason::NotGiven),
        }
    }
}
