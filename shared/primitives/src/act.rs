//! The words that describe an outward act and whom it concerns: closed sets, one spelling each.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The word is not one of its set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{word}' is not a {set}: use one of {allowed}")]
pub struct UnknownWord {
    /// What was asked for, such as a channel.
    pub set: &'static str,
    /// The word as it was given, cut to a readable length.
    pub word: String,
    /// The words that exist, with commas between.
    pub allowed: String,
}

macro_rules! closed_words {
    ($($(#[$meta:meta])* $name:ident ($set:literal) {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            JsonSchema,
        )]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The one spelling, in text, JSON and databases.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord {
                        set: $set,
                        word: word.chars().take(40).collect(),
                        allowed: [$($word,)+].join(", "),
                    }),
                }
            }
        }
    )+};
}

closed_words! {
    /// What the law takes a debtor for; the middle one differs from rule to rule.
    DebtorKind ("kind of debtor") {
        /// A natural person outside trade or profession.
        Consumer = "consumer",
        /// A natural person acting in trade or profession: a sole trader, a partner.
        NaturalPersonInBusiness = "natural-person-in-business",
        /// A company, association, foundation or public body.
        LegalPerson = "legal-person",
    }

    /// In whose name the law sees an act. Where it is unsure, collector.
    Capacity ("capacity") {
        /// The creditor itself.
        Creditor = "creditor",
        /// The agency, in the creditor's name.
        AgencyForCreditor = "agency-for-creditor",
        /// The agency, as a collector of debts.
        Collector = "collector",
    }

    /// The way by which an act reaches a person.
    Channel ("channel") {
        /// Electronic mail.
        Email = "email",
        /// A letter on paper.
        Post = "post",
        /// A text message.
        Sms = "sms",
        /// A call.
        Telephone = "telephone",
        /// A call at the door.
        Visit = "visit",
    }

    /// What a written message is, in the law's eyes.
    MessageKind ("kind of message") {
        /// A courtesy before the due date.
        PreDueNotice = "pre-due-notice",
        /// The first reminder, free of cost.
        FreeFirstReminder = "free-first-reminder",
        /// The Dutch letter that announces collection costs to a consumer.
        FourteenDayLetter = "fourteen-day-letter",
        /// With which a collector opens towards a Belgian consumer.
        FormalNotice = "formal-notice",
        /// Asks for what is owed with the interest and costs that are due by law or contract.
        Demand = "demand",
        /// Confirms in writing what was promised.
        PromiseConfirmation = "promise-confirmation",
        /// Says that nothing is owed any more.
        PaymentThanks = "payment-thanks",
    }

    /// Why a claim is not paid, as the debtor tells it or as the facts show.
    NonPaymentReason ("reason for non-payment") {
        /// Forgotten, or left lying.
        Carelessness = "carelessness",
        /// There is not enough money now.
        Hardship = "hardship",
        /// The debtor does not agree with the claim, the product or the service.
        Dissatisfied = "dissatisfied",
        /// The debtor could pay and says that he will not.
        Unwilling = "unwilling",
        /// The debtor is in debt counselling or debt restructuring.
        DebtAid = "debt-aid",
        /// The debtor is bankrupt or wound up.
        Insolvent = "insolvent",
        /// The debtor is dead.
        Deceased = "deceased",
        /// The debtor lives or sits somewhere else now.
        Moved = "moved",
        /// The debtor is not of age.
        Minor = "minor",
        /// Whoever was reached may be somebody else.
        IdentityUnsure = "identity-unsure",
        /// The debtor says that it was paid.
        SaysPaid = "says-paid",
        /// Nobody was reached.
        Unreached = "unreached",
        /// The debtor was reached and gave none.
        NotGiven = "not-given",
    }

    /// How a call went.
    CallOutcome ("outcome of a call") {
        /// The debtor promised to pay.
        Promised = "promised",
        /// The debtor was reached and promised nothing.
        Reached = "reached",
        /// Somebody else answered; nothing was said of the claim.
        OtherPerson = "other-person",
        /// Nobody answered; no message was left.
        NoAnswer = "no-answer",
        /// The number is not the debtor's.
        WrongNumber = "wrong-number",
    }

    /// What a member of the agency's staff may do.
    StaffRole ("role") {
        /// Calls debtors, where a certificate allows it.
        Caller = "caller",
        /// Proposes and approves payments to creditors.
        FinanceDesk = "finance-desk",
        /// Decides on cases that wait for a person.
        CaseDesk = "case-desk",
    }

    /// The language of a text for people (ISO 639-1).
    Language ("language") {
        /// Dutch.
        Nl = "nl",
        /// French.
        Fr = "fr",
        /// German.
        De = "de",
        /// English.
        En = "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! one_spelling {
        ($name:ident) => {
            for member in $name::ALL {
                let json = serde_json::to_string(member).unwrap();
                assert_eq!(json, format!("\"{member}\""));
                assert_eq!(serde_json::from_str::<$name>(&json).unwrap(), *member);
                assert_eq!(member.as_str().parse(), Ok(*member));
            }
        };
    }

    #[test]
    fn text_and_json_share_one_spelling() {
        one_spelling!(DebtorKind);
        one_spelling!(Capacity);
        one_spelling!(Channel);
        one_spelling!(MessageKind);
        one_spelling!(NonPaymentReason);
        one_spelling!(CallOutcome);
        one_spelling!(StaffRole);
        one_spelling!(Language);
    }

    #[test]
    fn an_unknown_word_lists_the_known_ones() {
        let error = "nl-BE".parse::<Language>().unwrap_err();
        assert_eq!(error.to_string(), "'nl-BE' is not a language: use one of nl, fr, de, en");
    }
}
