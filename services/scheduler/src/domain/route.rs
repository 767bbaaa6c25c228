//! The ways that a case can take because of why it is not paid.

use primitives::NonPaymentReason;

/// What follows from a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// The agreed steps go on.
    GoOn,
    /// The agreed steps go on, but for calls: who cannot be reached by telephone is written to.
    InWriting,
    /// Nothing is asked until the review day, when the payment should be known.
    CheckPayment,
    /// Nothing is asked until a person arranged how it can be paid, or found debt aid.
    Arrange,
    /// Nothing is asked until a person answered what is disputed.
    AnswerDispute,
    /// Nothing is asked until a person checked where the debtor is.
    CheckAddress,
    /// Nothing goes out until a person knows who was reached.
    CheckIdentity,
    /// Nothing goes out to the debtor any more while it is so.
    Stop,
}

impl Route {
    /// All, the weakest first.
    pub const ALL: [Self; 8] = [
        Self::GoOn,
        Self::InWriting,
        Self::CheckPayment,
        Self::Arrange,
        Self::AnswerDispute,
        Self::CheckAddress,
        Self::CheckIdentity,
        Self::Stop,
    ];

    /// The way that a reason selects. The README says on what each rests.
    #[must_use]
    pub const fn of(reason: NonPaymentReason) -> Self {
        match reason {
            NonPaymentReason::Carelessness
            | NonPaymentReason::Unwilling
            | NonPaymentReason::NotGiven => Self::GoOn,
            NonPaymentReason::Unreached => Self::InWriting,
            NonPaymentReason::SaysPaid => Self::CheckPayment,
            NonPaymentReason::Hardship => Self::Arrange,
            NonPaymentReason::Dissatisfied => Self::AnswerDispute,
            NonPaymentReason::Moved => Self::CheckAddress,
            NonPaymentReason::IdentityUnsure => Self::CheckIdentity,
            NonPaymentReason::DebtAid
            | NonPaymentReason::Insolvent
            | NonPaymentReason::Deceased
            | NonPaymentReason::Minor => Self::Stop,
        }
    }

    /// Whether a person decides before anything else is asked of the debtor. What he promised is
    /// followed all the same.
    #[must_use]
    pub const fn holds(self) -> bool {
        match self {
            Self::GoOn | Self::InWriting => false,
            Self::CheckPayment
            | Self::Arrange
            | Self::AnswerDispute
            | Self::CheckAddress
            | Self::CheckIdentity
            | Self::Stop => true,
        }
    }

    /// Whether nothing goes out at all, neither confirmations nor thanks.
    #[must_use]
    pub const fn is_silent(self) -> bool {
        match self {
            Self::CheckIdentity | Self::Stop => true,
            Self::GoOn
            | Self::InWriting
            | Self::CheckPayment
            | Self::Arrange
            | Self::AnswerDispute
            | Self::CheckAddress => false,
        }
    }

    /// How much stands against going on, in steps of two.
    pub(super) const fn weight(self) -> u8 {
        match self {
            Self::GoOn | Self::InWriting => 0,
            // Time answers it, so it takes the place of nothing that only a person can answer.
            Self::CheckPayment => 2,
            Self::Arrange | Self::AnswerDispute | Self::CheckAddress => 4,
            Self::CheckIdentity => 6,
            Self::Stop => 8,
        }
    }

    /// As the README has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::GoOn => "go-on",
            Self::InWriting => "in-writing",
            Self::CheckPayment => "check-payment",
            Self::Arrange => "arrange",
            Self::AnswerDispute => "answer-dispute",
            Self::CheckAddress => "check-address",
            Self::CheckIdentity => "check-identity",
            Self::Stop => "stop",
        }
    }
}
