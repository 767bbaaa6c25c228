//! Which open claims does a payment on the bank account pay?
//!
//! Three steps, of which the middle one is the shell's:
//!
//! 1. [`clues`] reads the payment and gives keys to look up: bounded, sorted, each once.
//! 2. The shell finds the claims that have these keys, and the other open claims of their debtors,
//!    for many payments in one query for each kind of key. It gives them as [`Found`]:
//!    - by reference, exact and near; settled claims too;
//!    - by the number of the invoice or the case ([`number_keys`]); settled claims too; of an
//!      invoice's number that many have, those for the amount, and what more than fifty or so have
//!      tells nothing; either way [`Found`] says that something was left out;
//!    - by the account that was paid from before;
//!    - by the payer's name ([`name_keys`]) together with the amount, and by the name alone where
//!      few (eight or so) have it;
//!    - by the amount alone, where at most three open claims have it.
//! 3. [`judge`] says what is [`Certain`](Judgement::Certain), what a person may decide
//!    ([`Proposals`](Judgement::Proposals)), or that nothing is known.
//!
//! Nothing here does any IO. Equal input gives equal output; the order of candidates means nothing.
//!
//! A shell that must not hold names, or that asks another service, looks up by the [`digest`] of a
//! key: a number that tells nobody what was written.
//!
//! # What is certain
//!
//! One kind of evidence after the other is asked; the first that is there decides, and a doubt that
//! it leaves is not removed by a weaker one.
//!
//! 1. **The exact reference** of an open claim, whoever pays: the whole, a part or more than is
//!    open. Several references share the payment exactly if it is what is open on all of them; less
//!    than that is shared in the order of due days within one case, and is a doubt across cases.
//!    What is left over goes to other claims of the debtor if it is exactly what is open on all of
//!    them, or on one choice among at most five; where several choices fit, that is a doubt. Else
//!    it is a remainder. Doubts: the claim is settled (paid twice); the account is not one for this
//!    claim; the amount is not exact and a further reference is unknown, or mistyped where
//!    something is left over, or nearly names a claim that fits better.
//! 2. **A reference with one slip**, if the amount is what is open and the payer is known by
//!    account or name, or wrote the debtor's name or the number; if a known debtor pays a part; or,
//!    where the bank tells no name, if the amount is what is open, and not a round one.
//! 3. **The number of the invoice**, if the amount is what is open and the payer is known; or,
//!    where the bank tells no name, if the amount is not a round one and no other claim has this
//!    number.
//! 4. **The number of the case** by a known debtor: what is open on one claim or on the case; or a
//!    part of its only claim. Where it is called that and has check digits by whoever pays,
//!    and a part of several claims goes to the ones due first. Of the claims of the case only those
//!    whose invoice is named, too, where any is. Doubts: nothing is open on the case any more; more
//!    is paid than is open.
//! 5. **The account**: the amount is what is open on exactly one claim of those who paid from it
//!    before, or on all claims of one debtor together; and nothing that is written names another
//!    debt.
//!
//! A name or an amount alone is never certain.
//!
//! # The scale of confidence
//!
//! In per mille. It orders proposals; it is no frequency, but for the first band, of which the bar
//! is measured: at least 999 of 1,000 are right.
//!
//! | from | to | meaning |
//! |---|---|---|
//! | 990 | 999 | certain: may be booked by itself |
//! | 700 | 980 | likely: a person only has to nod |
//! | 400 | 699 | possible: look at the reasons |
//! | 250 | 399 | a hint |
//!
//! A proposal weighs what names the claim (exact reference 600, near 480, two slips 330, number
//! 380, number of the case 320, or 380 with check digits), who pays (account 260, name 220, part of
//! a name 90) and the amount (300 where it is what is open), each from the constants of
//! `judge/proposals.rs`.
//!
//! # Bounds
//!
//! Of each field of a payment 1,024 characters are read; a payment has at most 16 references, 48
//! near ones, 24 numbers and 32 keys of names. Sums are looked for among sixteen claims of a
//! debtor, in two halves, so no search makes more than 512 sums.

mod candidate;
mod clues;
mod digest;
mod evidence;
mod judge;
mod judgement;
mod name;
mod near;
mod number;
mod payment;
mod reference;
mod sums;
mod text;

pub use candidate::{Candidate, Found};
pub use clues::{Clues, clues};
pub use digest::digest;
pub use judge::judge;
pub use judgement::{Judgement, Match, Part, Reason};
pub use name::{name_keys, name_tokens};
pub use near::{NearReference, Slip};
pub use number::{Label, Number, number_keys};
pub use payment::Payment;
