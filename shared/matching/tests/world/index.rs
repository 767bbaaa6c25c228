//! What the shell does: finds claims by the clues, with the bounds of its queries.

use std::collections::{BTreeSet, HashMap};

use matching::{Candidate, Clues, Found, name_keys, name_tokens, number_keys};
use primitives::{Currency, Iban, Money};

use super::claims::Books;

/// A number that more claims have tells nothing.
const BY_NUMBER_MAX: usize = 50;
/// Of a number that more claims have, those for the amount paid are told.
const BY_NUMBER_FEW: usize = 8;
/// Debtors of one account.
const BY_ACCOUNT_MAX: usize = 16;
/// Debtors with one key of a name.
const BY_NAME_MAX: usize = 8;
/// Claims with one key of a name and the amount.
const BY_NAME_AND_AMOUNT_MAX: usize = 40;
/// Claims with the amount.
const BY_AMOUNT_MAX: usize = 3;
/// Open claims of one debtor.
const OF_DEBTOR_MAX: usize = 64;

pub(crate) struct Index {
    by_reference: HashMap<String, usize>,
    by_invoice: HashMap<String, Vec<usize>>,
    by_case: HashMap<String, Vec<usize>>,
    by_iban: HashMap<Iban, Vec<usize>>,
    seen: HashMap<usize, Vec<Iban>>,
    by_name: HashMap<String, Vec<usize>>,
    by_amount: HashMap<i64, BTreeSet<usize>>,
    names: Vec<Vec<String>>,
    keys: Vec<Vec<String>>,
}

impl Index {
    pub(crate) fn new(books: &Books) -> Self {
        let mut index = Self {
            by_reference: HashMap::new(),
            by_invoice: HashMap::new(),
            by_case: HashMap::new(),
            by_iban: HashMap::new(),
            seen: HashMap::new(),
            by_name: HashMap::new(),
            by_amount: HashMap::new(),
            names: Vec::new(),
            keys: Vec::new(),
        };
        for (place, debtor) in books.debtors.iter().enumerate() {
            let tokens = name_tokens(&debtor.registered());
            let keys = name_keys(&tokens);
            for key in &keys {
                index.by_name.entry(key.clone()).or_default().push(place);
            }
            if debtor.is_seen {
                index.see(place, &debtor.iban);
            }
            index.names.push(tokens);
            index.keys.push(keys);
        }
        for (place, claim) in books.claims.iter().enumerate() {
            index.by_reference.insert(claim.reference.canonical().to_owned(), place);
            for key in number_keys(&claim.invoice) {
                index.by_invoice.entry(key).or_default().push(place);
            }
            for key in number_keys(&claim.case_number) {
                index.by_case.entry(key).or_default().push(place);
            }
            index.by_amount.entry(claim.open).or_default().insert(place);
        }
        index
    }

    /// A payment of the debtor from this account was booked.
    pub(crate) fn see(&mut self, debtor: usize, iban: &Iban) {
        let debtors = self.by_iban.entry(iban.clone()).or_default();
        if !debtors.contains(&debtor) {
            debtors.push(debtor);
            self.seen.entry(debtor).or_default().push(iban.clone());
        }
    }

    /// What is open on a claim changed.
    pub(crate) fn reopen(&mut self, claim: usize, before: i64, after: i64) {
        self.by_amount.entry(before).or_default().remove(&claim);
        if after > 0 {
            self.by_amount.entry(after).or_default().insert(claim);
        }
    }

    /// The claims that the clues name, and the other open claims of their debtors. `own` is the
    /// creditor whose account the money lies in; none where it is the agency's.
    pub(crate) fn find(
        &self,
        books: &Books,
        clues: &Clues,
        amount: Money,
        own: Option<usize>,
    ) -> Found {
        let mut claims: BTreeSet<usize> = BTreeSet::new();
        let mut debtors: BTreeSet<usize> = BTreeSet::new();
        let mut is_cut = false;
        let near = clues.near_references.iter().map(|it| &it.canonical);
        for reference in clues.references.iter().chain(near) {
            if let Some(claim) = self.by_reference.get(reference) {
                claims.insert(*claim);
                debtors.insert(books.claims[*claim].debtor);
            }
        }
        for number in &clues.numbers {
            let of_case = self.by_case.get(&number.key).map(Vec::as_slice).unwrap_or_default();
            claims.extend(of_case);
            debtors.extend(of_case.iter().map(|it| books.claims[*it].debtor));
            let found = self.by_invoice.get(&number.key).map(Vec::as_slice).unwrap_or_default();
            if found.len() <= BY_NUMBER_FEW {
                claims.extend(found);
                debtors.extend(found.iter().map(|it| books.claims[*it].debtor));
                continue;
            }
            let of_amount = |it: &&usize| books.claims[**it].principal == amount.amount_minor();
            let wanted: Vec<usize> = found.iter().filter(of_amount).copied().collect();
            is_cut |= wanted.len() < found.len() || found.len() > BY_NUMBER_MAX;
            if found.len() <= BY_NUMBER_MAX {
                claims.extend(wanted);
            }
        }
        if let Some(known) = clues.iban.as_ref().and_then(|it| self.by_iban.get(it)) {
            is_cut |= known.len() > BY_ACCOUNT_MAX;
            debtors.extend(known.iter().take(BY_ACCOUNT_MAX));
        }
        self.by_names(books, clues, amount.amount_minor(), &mut claims, &mut debtors);
        let same = self.by_amount.get(&amount.amount_minor());
        claims.extend(same.filter(|it| it.len() <= BY_AMOUNT_MAX).into_iter().flatten());
        for debtor in debtors {
            let open = books.open_of(debtor);
            is_cut |= open.len() > OF_DEBTOR_MAX;
            claims.extend(open.into_iter().take(OF_DEBTOR_MAX));
        }
        let candidates = claims.into_iter().map(|it| self.candidate(books, it, own)).collect();
        Found { candidates, is_cut }
    }

    fn by_names(
        &self,
        books: &Books,
        clues: &Clues,
        amount: i64,
        claims: &mut BTreeSet<usize>,
        debtors: &mut BTreeSet<usize>,
    ) {
        let same = self.by_amount.get(&amount);
        for key in &clues.name_keys {
            let Some(named) = self.by_name.get(key) else { continue };
            if named.len() <= BY_NAME_MAX {
                debtors.extend(named);
            }
            let Some(same) = same else { continue };
            let has_key = |it: &&usize| self.keys[books.claims[**it].debtor].contains(key);
            let found: Vec<usize> = if named.len() < same.len() {
                let of_debtors = named.iter().flat_map(|it| books.debtors[*it].claims.iter());
                of_debtors.filter(|it| books.claims[**it].open == amount).copied().collect()
            } else {
                same.iter().filter(has_key).copied().collect()
            };
            claims.extend(found.into_iter().take(BY_NAME_AND_AMOUNT_MAX));
        }
    }

    fn candidate(&self, books: &Books, place: usize, own: Option<usize>) -> Candidate {
        let claim = &books.claims[place];
        let debtor = &books.debtors[claim.debtor];
        let creditor = &books.creditors[claim.creditor];
        let euros = |amount| Money::new(amount, Currency::EUR);
        Candidate {
            claim_id: claim.id,
            case_id: claim.case_id,
            debtor_id: debtor.id,
            creditor_id: creditor.id,
            open: euros(claim.open),
            principal: euros(claim.principal),
            due_on: claim.due_on,
            reference: Some(claim.reference.canonical().to_owned()),
            invoice_keys: number_keys(&claim.invoice),
            case_keys: number_keys(&claim.case_number),
            names: vec![self.names[claim.debtor].clone()],
            ibans: self.seen.get(&claim.debtor).cloned().unwrap_or_default(),
            can_receive: own.is_none_or(|it| it == claim.creditor),
        }
    }
}
