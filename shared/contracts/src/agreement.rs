//! What a creditor agreed with the agency: one versioned document that every case follows.

use crate::earlier;
use crate::message::value;
use primitives::{Capacity, Channel, MessageKind, Money};

value! {
    /// The agreement document: written steps and calls, timed from the due date or from each other,
    /// in whose name they are taken, what may be charged, and how money goes back.
    struct Agreement {
        /// Counts up from 1 with each change; a case keeps the version that it started with.
        pub version: u32,
        pub capacity: Capacity,
        /// The key of the step from which on the agency acts as a collector, under its own name;
        /// none where the capacity stays.
        pub collector_from: Option<String>,
        pub pay_to: PayTo,
        /// In the order in which they are taken; at least one.
        pub steps: Vec<AgreedStep>,
        /// How old what we know of payments may be when a message leaves, in whole days; always
        /// there where debtors pay to the creditor.
        pub payments_known_within_days: Option<u16>,
        /// After the last step: a person looks at the case within so many days (1 to 90).
        pub review_after_days: u16,
        /// Who looks: a role or a staff code of the agency, never a person's name.
        pub review_by: String,
        pub charges: AgreedCharges,
        pub promises: AgreedPromises,
        /// The channels by which a debtor is thanked for the last payment; none for no thanks.
        pub thanks_by: Vec<Channel>,
        pub remittance: AgreedRemittance,
        /// What a payment may leave open on a claim, costs and interest within, for the creditor to
        /// give it up; in euros. None where nothing is given up.
        pub small_difference: Option<Money>,
    }
}

value! {
    /// Whose account debtors are asked to pay to.
    enum PayTo {
        Agency,
        /// The account travels in no message: the first version of the agreement that names it
        /// tells it from the creditor's other ones.
        Creditor { since_version: u32 },
    }
}

value! {
    /// One step of the agreed procedure, per claim.
    struct AgreedStep {
        /// The step's own key, unique in the agreement, in kebab case.
        pub key: String,
        pub deed: AgreedDeed,
        pub moment: StepMoment,
    }
}

value! {
    /// What is done in a step.
    enum AgreedDeed {
        /// One message, on each of these channels for which there is an address; at least one.
        Write { message: MessageKind, channels: Vec<Channel> },
        /// A telephone call, tried on so many days at most (1 to 10).
        Call { attempts_max: u8 },
    }
}

value! {
    /// The first day of a step. Whoever was given a day to pay by is left alone until it is over,
    /// whatever the step says.
    enum StepMoment {
        /// Days counted from the claim's due date: negative before it, 1 is the day after.
        FromDue { days: i16 },
        /// Days after the step before was taken, at least 1.
        AfterPrevious { days: u16 },
    }
}

value! {
    /// What may be asked beside the principal, where the law allows it and from when it does.
    struct AgreedCharges {
        /// Whether the creditor can deduct VAT: then Dutch collection costs carry none.
        pub creditor_deducts_vat: bool,
        /// The collection costs that a business owes.
        pub in_business: BusinessCosts,
        /// Whether interest is asked.
        pub interest: bool,
        /// The penalty clause of the creditor's terms towards Belgian consumers, where they have
        /// one and it was reviewed.
        pub penalty_clause: Option<PenaltyClause>,
    }
}

value! {
    /// The collection costs that a business owes.
    enum BusinessCosts {
        None,
        /// Forty euros for each invoice.
        FixedForty,
        /// The Dutch scale, at least forty euros.
        Scale,
    }
}

value! {
    /// A penalty clause (Belgian Code of economic law, art. XIX.4).
    struct PenaltyClause {
        /// Whether it has a lump sum; as much of it is asked as the law allows.
        pub lump_sum: bool,
        /// Its yearly interest, in hundredths of a percent, where it has one.
        pub yearly_interest_basis_points: Option<u32>,
    }
}

value! {
    /// What a debtor may promise.
    struct AgreedPromises {
        /// The last day that may be promised, counted from the promise (1 to 60).
        pub days_max: u16,
        /// How long after the promised day its payment may take to become known, in days (1 to
        /// 14); then the promise is judged.
        pub grace_days: u16,
    }
}

value! {
    /// What the agency keeps of what it collected.
    struct AgreedRemittance {
        /// Of principal and interest, in hundredths of a percent (0 to 10000), without VAT; of each
        /// payment by itself. Zero where there are rules.
        pub commission_basis_points: u16,
        /// Whether collection costs that debtors paid stay with the agency.
        pub agency_keeps_costs: bool,
        /// The commission, where one rate does not say it.
        pub commission_rules: Option<CommissionRules>,
        #[serde(default)]
        pub payout: AgreedPayout,
    }
}

value! {
    /// How and when a creditor gets its money. The newest version of its agreement decides,
    /// whatever version its cases follow.
    struct AgreedPayout {
        pub settlement: Settlement,
        /// None where it is paid on request only.
        pub rhythm: Option<PayoutRhythm>,
        /// What a payment in the rhythm comes to at least: less than that waits for the next one.
        pub minimum: Option<Money>,
    }
}

value! {
    /// How the agency is paid for its work.
    enum Settlement {
        /// Commission, its VAT and the costs that the agency keeps are taken off.
        Net,
        /// The creditor gets all that was collected; the rest is charged separately.
        Gross,
    }
}

value! {
    /// The days on which a payment to a creditor is proposed; on the next working day of both
    /// countries where that is none.
    enum PayoutRhythm {
        Weekly { weekday: PayoutWeekday },
        /// On this day of the month (1 to 31), or on its last where it has fewer.
        Monthly { day: u8 },
    }
}

value! {
    /// A day on which banks work.
    enum PayoutWeekday {
        Monday,
        Tuesday,
        Wednesday,
        Thursday,
        Friday,
    }
}

value! {
    /// The commission on all that a claim brought, principal and interest together, without VAT.
    /// Where nothing was collected, nothing is charged.
    struct CommissionRules {
        pub bands: CommissionBands,
        /// In all on each claim, once it brought something, and no more than it brought.
        pub minimum: Option<Money>,
        /// In all on each claim; not below the minimum.
        pub cap: Option<Money>,
    }
}

value! {
    /// What decides the rate. At least one band, in their order; the last one has no end.
    enum CommissionBands {
        /// The principal of the claim when it was registered picks one band for all that it brings.
        WholeByPrincipal(Vec<PrincipalBand>),
        /// What a claim brings goes through the bands from the first one on.
        MarginalByPrincipal(Vec<PrincipalBand>),
        /// How old the claim was when a payment was received picks the band of that payment.
        WholeByAge(Vec<AgeBand>),
    }
}

value! {
    /// A band of principal.
    struct PrincipalBand {
        /// The last amount within it; none for the last band.
        pub up_to: Option<Money>,
        pub rates: CommissionRates,
    }
}

value! {
    /// A band of age.
    struct AgeBand {
        /// The last day within it, counted from the claim's due date; none for the last band.
        pub up_to_days: Option<u16>,
        pub rates: CommissionRates,
    }
}

value! {
    /// The rates of a band, in hundredths of a percent (0 to 10000).
    struct CommissionRates {
        pub basis_points: u16,
        /// Of what debtors paid straight to the creditor; not above the other.
        pub direct_basis_points: u16,
    }
}

impl Default for AgreedCharges {
    /// Nothing is asked beside the principal.
    fn default() -> Self {
        Self {
            creditor_deducts_vat: true,
            in_business: BusinessCosts::None,
            interest: false,
            penalty_clause: None,
        }
    }
}

impl Default for AgreedRemittance {
    /// Nothing is kept.
    fn default() -> Self {
        Self {
            commission_basis_points: 0,
            agency_keeps_costs: false,
            commission_rules: None,
            payout: AgreedPayout::default(),
        }
    }
}

impl Default for AgreedPayout {
    /// As it was before it could be agreed: net, and on request.
    fn default() -> Self {
        Self { settlement: Settlement::Net, rhythm: None, minimum: None }
    }
}

impl Default for AgreedPromises {
    fn default() -> Self {
        Self { days_max: 14, grace_days: 3 }
    }
}

impl From<earlier::v4::Agreement> for Agreement {
    /// Version 4 had one capacity.
    fn from(earlier: earlier::v4::Agreement) -> Self {
        Self {
            version: earlier.version,
            capacity: earlier.capacity,
            collector_from: None,
            pay_to: earlier.pay_to,
            steps: earlier.steps.into_iter().map(AgreedStep::from).collect(),
            payments_known_within_days: earlier.payments_known_within_days,
            review_after_days: earlier.review_after_days,
            review_by: earlier.review_by,
            charges: earlier.charges,
            promises: earlier.promises,
            thanks_by: earlier.thanks_by,
            remittance: earlier.remittance,
            small_difference: earlier.small_difference,
        }
    }
}

impl From<earlier::v2::AgreedStep> for AgreedStep {
    fn from(earlier: earlier::v2::AgreedStep) -> Self {
        let deed = match earlier.deed {
            earlier::v2::AgreedDeed::Write { message, channels } => {
                AgreedDeed::Write { message: message.into(), channels }
            }
            earlier::v2::AgreedDeed::Call { attempts_max } => AgreedDeed::Call { attempts_max },
        };
        Self { key: earlier.key, deed, moment: earlier.moment }
    }
}

impl From<earlier::v3::Agreement> for earlier::v4::Agreement {
    /// Version 3 gave nothing up.
    fn from(earlier: earlier::v3::Agreement) -> Self {
        Self {
            version: earlier.version,
            capacity: earlier.capacity,
            pay_to: earlier.pay_to,
            steps: earlier.steps,
            payments_known_within_days: earlier.payments_known_within_days,
            review_after_days: earlier.review_after_days,
            review_by: earlier.review_by,
            charges: earlier.charges,
            promises: earlier.promises,
            thanks_by: earlier.thanks_by,
            remittance: earlier.remittance,
            small_difference: None,
        }
    }
}

impl From<earlier::v2::Agreement> for earlier::v3::Agreement {
    fn from(earlier: earlier::v2::Agreement) -> Self {
        Self {
            version: earlier.version,
            capacity: earlier.capacity,
            pay_to: earlier.pay_to,
            steps: earlier.steps,
            payments_known_within_days: earlier.payments_known_within_days,
            review_after_days: earlier.review_after_days,
            review_by: earlier.review_by,
            charges: earlier.charges,
            promises: earlier.promises,
            thanks_by: earlier.thanks_by,
            remittance: earlier.remittance.into(),
        }
    }
}

impl From<earlier::v2::AgreedRemittance> for AgreedRemittance {
    /// Version 2 knew one rate.
    fn from(earlier: earlier::v2::AgreedRemittance) -> Self {
        Self {
            commission_basis_points: earlier.commission_basis_points,
            agency_keeps_costs: earlier.agency_keeps_costs,
            ..Self::default()
        }
    }
}

impl From<earlier::Agreement> for Agreement {
    fn from(earlier: earlier::Agreement) -> Self {
        let third = earlier::v3::Agreement::from(earlier::v2::Agreement::from(earlier));
        earlier::v4::Agreement::from(third).into()
    }
}

impl From<earlier::Agreement> for earlier::v2::Agreement {
    /// What version 1 could not say is not agreed: no charges, no thanks, nothing kept.
    fn from(earlier: earlier::Agreement) -> Self {
        Self {
            version: earlier.version,
            capacity: earlier.capacity,
            pay_to: earlier.pay_to,
            steps: earlier.steps.into_iter().map(earlier::v2::AgreedStep::from).collect(),
            payments_known_within_days: earlier.payments_known_within_days,
            review_after_days: earlier.review_after_days,
            review_by: earlier.review_by,
            charges: AgreedCharges::default(),
            promises: AgreedPromises::default(),
            thanks_by: Vec::new(),
            remittance: earlier::v2::AgreedRemittance {
                commission_basis_points: 0,
                agency_keeps_costs: false,
            },
        }
    }
}

impl From<earlier::AgreedStep> for earlier::v2::AgreedStep {
    fn from(earlier: earlier::AgreedStep) -> Self {
        let deed = earlier::v2::AgreedDeed::Write {
            message: earlier.message.into(),
            channels: vec![earlier.channel],
        };
        Self { key: earlier.key, deed, moment: StepMoment::FromDue { days: earlier.days_from_due } }
    }
}

impl From<earlier::MessageKind> for earlier::v2::MessageKind {
    fn from(earlier: earlier::MessageKind) -> Self {
        match earlier {
            earlier::MessageKind::PreDueNotice => Self::PreDueNotice,
            earlier::MessageKind::FreeFirstReminder => Self::FreeFirstReminder,
        }
    }
}

impl From<earlier::v2::MessageKind> for MessageKind {
    fn from(earlier: earlier::v2::MessageKind) -> Self {
        match earlier {
            earlier::v2::MessageKind::PreDueNotice => Self::PreDueNotice,
            earlier::v2::MessageKind::FreeFirstReminder => Self::FreeFirstReminder,
            earlier::v2::MessageKind::FourteenDayLetter => Self::FourteenDayLetter,
            earlier::v2::MessageKind::Demand => Self::Demand,
            earlier::v2::MessageKind::PromiseConfirmation => Self::PromiseConfirmation,
            earlier::v2::MessageKind::PaymentThanks => Self::PaymentThanks,
        }
    }
}
