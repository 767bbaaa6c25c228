//! One payment for several claims, and several payments for one claim.

use super::super::claims::Books;
use super::super::writing::invoice;
use super::{Class, Intent, Payments};

impl Payments {
    pub(super) fn merged(&mut self, books: &Books) -> Option<Intent> {
        let class = Class::Merged;
        let first = self.claim(books);
        let debtor = books.claims[first].debtor;
        let person = &books.debtors[debtor];
        let mut draft = self.by(person);
        // One account takes the money of all of them.
        let place = |it: usize| {
            let creditor = books.claims[it].creditor;
            books.creditors[creditor].is_paid_itself.then_some(creditor)
        };
        let mut claims = books.open_of(debtor);
        let is_one_place = claims.iter().all(|it| place(*it) == place(first));
        let way = self.prng.below(100);
        if way < 12 {
            // Two households, or a parent and a child.
            let second = self.claim(books);
            if second == first || place(first) != place(second) {
                return None;
            }
            claims = vec![first, second];
        } else if claims.len() < 2 || !is_one_place {
            return None;
        } else if way < 70 && claims.len() > 2 {
            let most = if self.prng.percent(20) { 8 } else { 4 };
            let keep = 2 + self.prng.below(claims.len().min(most) - 1);
            while claims.len() > keep {
                let at = self.prng.below(claims.len());
                claims.remove(at);
            }
        }
        let amount: i64 = claims.iter().map(|it| books.claims[*it].open).sum();
        let parts: Vec<(usize, i64)> =
            claims.iter().map(|it| (*it, books.claims[*it].open)).collect();
        let kind = match way {
            0..=44 => {
                let wrong = self.prng.percent(8).then(|| self.prng.below(claims.len()));
                for (at, claim) in claims.iter().enumerate() {
                    self.write(books, *claim, wrong == Some(at), &mut draft);
                }
                if way < 12 { "two debtors" } else { "references" }
            }
            45..=69 => {
                draft.name = Some(person.at_bank(&mut self.prng));
                for claim in &claims {
                    draft.pieces.push(invoice(&mut self.prng, &books.claims[*claim].invoice));
                }
                "invoices"
            }
            70..=84 => {
                self.write(books, claims[0], false, &mut draft);
                "one reference for all"
            }
            85..=93 if person.is_seen => {
                draft.iban = Some(person.iban.clone());
                "all, account"
            }
            94.. => {
                draft.name = Some(person.at_bank(&mut self.prng));
                draft.pieces.push("alle facturen".to_owned());
                "all, name"
            }
            _ => return None,
        };
        Some(self.finish((class, kind), (books, amount), draft, parts, true))
    }

    pub(super) fn split(&mut self, books: &Books) -> Option<Intent> {
        let class = Class::Split;
        let goes_on = self.prng.percent(55) && self.instalments.len() > 5;
        let (place, has_reference) = if goes_on {
            let at = self.prng.below(self.instalments.len());
            self.instalments[at]
        } else {
            let place = self.claim(books);
            let debtor = books.claims[place].debtor;
            let is_only = books.open_of(debtor).len() == 1;
            let has_reference = self.prng.percent(75) || !is_only;
            self.instalments.push((place, has_reference));
            (place, has_reference)
        };
        let claim = &books.claims[place];
        let open = claim.open;
        if open == 0 {
            self.instalments.retain(|(it, _)| *it != place);
            return None;
        }
        let is_last = goes_on && self.prng.percent(60);
        let share = self.prng.between(2, 4);
        let amount = if is_last || open < 1_000 { open } else { (open / share).max(500) };
        let person = &books.debtors[claim.debtor];
        let mut draft = self.by(person);
        let kind = if has_reference {
            let is_wrong = self.prng.percent(10);
            self.write(books, place, is_wrong, &mut draft);
            "reference"
        } else {
            draft.name = Some(person.at_bank(&mut self.prng));
            draft.iban = Some(person.iban.clone());
            draft
                .pieces
                .push((*self.prng.of(&["termijn", "1e deel", "acompte", "afbetaling"])).into());
            "name or account"
        };
        if amount == open {
            self.instalments.retain(|(it, _)| *it != place);
        }
        let parts = vec![(place, amount)];
        Some(self.finish((class, kind), (books, amount), draft, parts, true))
    }
}
