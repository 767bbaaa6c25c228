//! The rows that batches of this process have in hand. What concerns a row that another batch has
//! is left to a small batch of its own, so that the others need not wait for that one's commit.
//!
//! Nothing depends on it: rows are locked in the database all the same, and other processes know
//! nothing of what is in hand here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::aggregate::Row;

/// How many batches have each row in hand.
#[derive(Debug, Default)]
pub(crate) struct InHand(Mutex<HashMap<Row, usize>>);

/// Rows in hand, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold<'a> {
    in_hand: &'a InHand,
    rows: BTreeSet<Row>,
}

impl InHand {
    /// Takes rows, whoever else has them.
    pub(crate) fn take(&self, rows: BTreeSet<Row>) -> Hold<'_> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut counts, &rows);
        Hold { in_hand: self, rows }
    }

    /// Takes the rows of what may go on, and tells the places of what may not: a row of it is in
    /// other hands.
    pub(crate) fn take_free(
        &self,
        wanted: impl Iterator<Item = (usize, Vec<Row>)>,
    ) -> (Hold<'_>, Vec<usize>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rows, mut busy) = (BTreeSet::new(), Vec::new());
        for (place, of_input) in wanted {
            if of_input.iter().any(|row| counts.contains_key(row)) {
                busy.push(place);
            } else {
                rows.extend(of_input);
            }
        }
        count(&mut counts, &rows);
        (Hold { in_hand: self, rows }, busy)
    }
}

fn count(counts: &mut HashMap<Row, usize>, rows: &BTreeSet<Row>) {
    for row in rows {
        let holders = counts.entry(*row).or_default();
        *holders = holders.saturating_add(1);
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut counts = self.in_hand.0.lock().unwrap_or_else(PoisonError::into_inner);
        for row in &self.rows {
            let left = counts.remove(row).map_or(0, |holders| holders.saturating_sub(1));
            if left > 0 {
                counts.insert(*row, left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn row(id: u128) -> Row {
        Row { kind: "thing", id: Uuid::from_u128(id) }
    }

    #[test]
    fn only_what_nobody_has_in_hand_goes_on() {
        let in_hand = InHand::default();
        let first = in_hand.take(BTreeSet::from([row(1)]));
        let wanted = vec![(0, vec![row(1)]), (1, vec![row(2)]), (2, vec![row(2), row(3)])];
        let (second, busy) = in_hand.take_free(wanted.clone().into_iter());
        assert_eq!(busy, [0], "two of one batch may have the same row");
        let again = in_hand.take(BTreeSet::from([row(1), row(2)]));
        drop(first);
        let (third, busy) = in_hand.take_free(wanted.clone().into_iter());
        assert_eq!(busy, [0, 1, 2], "another has it still");
        drop((second, again, third));
        let (_fourth, busy) = in_hand.take_free(wanted.into_iter());
        assert!(busy.is_empty());
    }
}
