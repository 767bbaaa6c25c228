//! Payments without a reference: an invoice, a case, an account, a name, or nothing tells.

use primitives::Iban;

use super::super::claims::{Books, figures};
use super::super::people::{Person, iban};
use super::super::writing::invoice;
use super::{Class, Intent, Payments};

impl Payments {
    pub(super) fn no_reference(&mut self, books: &Books) -> Option<Intent> {
        let class = Class::NoReference;
        let place = self.claim(books);
        let claim = &books.claims[place];
        let debtor = &books.debtors[claim.debtor];
        let mut draft = self.by(debtor);
        let open = claim.open;
        let whole = vec![(place, open)];
        let is_only_name = is_only_name(books, place);
        let is_only_number = is_only_number(books, place);
        let is_only_in_case = is_only_in_case(books, place);
        match self.prng.below(100) {
            0..=39 => {
                let name = self.prng.percent(92);
                let amount = if self.prng.percent(88) { open } else { claim.principal.min(open) };
                draft.name = name.then(|| debtor.at_bank(&mut self.prng));
                draft.pieces.push(invoice(&mut self.prng, &claim.invoice));
                let account = draft.iban.as_ref().and_then(|it| books.seen.get(it));
                let is_seen = account.is_some_and(|it| it.contains(&claim.debtor));
                let is_plain = name || is_only_number || is_seen;
                let parts = vec![(place, amount)];
                Some(self.finish((class, "invoice"), (books, amount), draft, parts, is_plain))
            }
            40..=52 => {
                let is_own = self.prng.percent(80);
                draft.name = is_own.then(|| debtor.at_bank(&mut self.prng));
                let word = *self.prng.of(&["dossier ", "Dossiernr. ", "zaak ", "dos. ", ""]);
                draft.pieces.push(format!("{word}{}", claim.case_number));
                Some(self.finish((class, "case"), (books, open), draft, whole, is_only_in_case))
            }
            53..=72 if debtor.is_seen => {
                draft.iban = Some(debtor.iban.clone());
                let is_plain = is_known_by(books, place, draft.iban.as_ref());
                Some(self.finish((class, "account"), (books, open), draft, whole, is_plain))
            }
            73..=77 if debtor.is_seen && books.open_of(claim.debtor).len() == 1 => {
                draft.iban = Some(debtor.iban.clone());
                let amount = self.prng.between(1, open);
                let parts = vec![(place, amount)];
                Some(self.finish((class, "part, account"), (books, amount), draft, parts, true))
            }
            78..=95 => {
                draft.name = Some(debtor.at_bank(&mut self.prng));
                let is_plain = is_only_name || is_known_by(books, place, draft.iban.as_ref());
                Some(self.finish((class, "name and amount"), (books, open), draft, whole, is_plain))
            }
            96 => {
                // Nothing says whose it is.
                draft.name = None;
                draft.iban = Some(iban(&mut self.prng));
                Some(self.finish((class, "amount only"), (books, open), draft, whole, false))
            }
            97 | 98 => Some(self.stranger(books)),
            99 => {
                // Known people pay for something else too.
                let amount = self.prng.between(1_000, 60_000);
                draft.pieces.push(format!(
                    "factuur {}-{}",
                    self.prng.digits(5),
                    self.prng.digits(4)
                ));
                let kind = (class, "another debt");
                Some(self.finish(kind, (books, amount), draft, Vec::new(), false))
            }
            _ => None,
        }
    }

    /// Money that is meant for somebody whom we do not know.
    fn stranger(&mut self, books: &Books) -> Intent {
        let id = primitives::PersonId::from_uuid(uuid::Uuid::from_u128(2));
        let person = Person::new(&mut self.prng, id);
        let mut draft = self.by(&person);
        let amount = if self.prng.percent(40) { 5_000 } else { self.prng.between(900, 90_000) };
        if self.prng.percent(50) {
            let number = format!("{}-{:05}", 2024 + self.prng.below(2), self.prng.below(900));
            draft.pieces.push(invoice(&mut self.prng, &number));
        }
        let kind = (Class::NoReference, "a stranger");
        self.finish(kind, (books, amount), draft, Vec::new(), false)
    }
}

/// Whether no other debtor with this surname owes this amount.
fn is_only_name(books: &Books, place: usize) -> bool {
    let claim = &books.claims[place];
    let key = (books.debtors[claim.debtor].last.clone(), claim.open);
    books.alike.get(&key) == Some(&1)
}

/// Whether no other claim with these figures in its number is over this amount.
fn is_only_number(books: &Books, place: usize) -> bool {
    let claim = &books.claims[place];
    let same = books.numbers[&figures(&claim.invoice)].iter();
    same.filter(|it| books.claims[**it].open == claim.open).count() == 1
}

/// Whether no other claim of its case is over this amount.
fn is_only_in_case(books: &Books, place: usize) -> bool {
    let claim = &books.claims[place];
    let open = books.open_of(claim.debtor).into_iter().map(|it| &books.claims[it]);
    open.filter(|it| it.case_id == claim.case_id && it.open == claim.open).count() == 1
}

/// Whether, of those who paid from this account before, nobody owes this amount on another claim.
fn is_known_by(books: &Books, place: usize, account: Option<&Iban>) -> bool {
    let debtors = account.and_then(|it| books.seen.get(it)).map(Vec::as_slice).unwrap_or_default();
    let claims = debtors.iter().flat_map(|it| books.open_of(*it));
    let same: Vec<usize> =
        claims.filter(|it| books.claims[*it].open == books.claims[place].open).collect();
    same == [place]
}
