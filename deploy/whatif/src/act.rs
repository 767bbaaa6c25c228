//! What is done, act by act.

use primitives::{Channel, Date, Money};
use serde_json::{Value, json};

/// One act on one claim: a message or a call that spoke of it, or costs that were added to it. A
/// message about three claims is three acts of one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub date: Date,
    /// The creditor and the debtor, as the portfolio names them.
    pub creditor: String,
    pub debtor: String,
    /// The number of the claim.
    pub claim: String,
    /// The kind of message, `call` or `costs`.
    pub act: &'static str,
    /// The place of the step in the agreement, counted from 1; none of what is no agreed step.
    pub level: Option<usize>,
    /// The key of the step; empty of costs.
    pub step: String,
    pub channel: Option<Channel>,
    /// What the act adds to what is owed on the claim; below zero where it is taken back.
    pub cost: Money,
    /// The rules of law that were asked.
    pub rules: Vec<String>,
    /// Equal for all acts of one contact with one debtor; 0 where nobody is reached.
    pub contact: u32,
}

impl Act {
    /// As `amicable simulate --json` prints it.
    #[must_use]
    pub fn json(&self, agreement: &str) -> Value {
        json!({
            "date": self.date.to_string(),
            "case": format!("{}/{}", self.creditor, self.debtor),
            "claim": self.claim,
            "act": self.act,
            "level": self.level,
            "channel": self.channel.map(Channel::as_str),
            "cost": self.cost.to_decimal().to_string(),
            "rule": self.rules.join(" "),
            "step": self.step,
            "contact": self.contact,
            "agreement": agreement,
        })
    }
}
