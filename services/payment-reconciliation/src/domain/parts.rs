//! An amount by what it is made of: costs, interest and principal.

use law::Component;
use primitives::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

/// What is owed, paid or changed of each component. All in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    pub costs: Money,
    pub interest: Money,
    pub principal: Money,
}

impl Parts {
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self { costs: nothing, interest: nothing, principal: nothing }
    }

    /// An amount of one component.
    #[must_use]
    pub const fn of(component: Component, amount: Money) -> Self {
        let mut parts = Self::zero(amount.currency());
        *parts.part_mut(component) = amount;
        parts
    }

    #[must_use]
    pub const fn part(&self, component: Component) -> Money {
        match component {
            Component::Costs => self.costs,
            Component::Interest => self.interest,
            Component::Principal => self.principal,
        }
    }

    const fn part_mut(&mut self, component: Component) -> &mut Money {
        match component {
            Component::Costs => &mut self.costs,
            Component::Interest => &mut self.interest,
            Component::Principal => &mut self.principal,
        }
    }

    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.costs.is_zero() && self.interest.is_zero() && self.principal.is_zero()
    }

    /// All components together.
    pub fn total(self) -> Result<Money, MoneyError> {
        self.costs.checked_add(self.interest)?.checked_add(self.principal)
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            costs: self.costs.checked_add(other.costs)?,
            interest: self.interest.checked_add(other.interest)?,
            principal: self.principal.checked_add(other.principal)?,
        })
    }

    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        Ok(Self {
            costs: self.costs.checked_neg()?,
            interest: self.interest.checked_neg()?,
            principal: self.principal.checked_neg()?,
        })
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.checked_add(other.checked_neg()?)
    }

    /// The sum of all, zero in `currency` when there are none.
    pub fn sum(
        currency: Currency,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }
}
