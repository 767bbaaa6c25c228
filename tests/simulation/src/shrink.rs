//! The shortest story that goes wrong in the same way: pieces of the plan and mishaps are left out,
//! half of them, a quarter, one by one (delta debugging), as long as it still goes wrong.

use std::collections::BTreeSet;

use crate::faults::Mishap;
use crate::plan::{Piece, Plan};
use crate::world::{Sabotage, Told, tell};

/// The shortest story that was found.
#[derive(Debug)]
pub struct Shortest {
    pub plan: Plan,
    pub told: Told,
    /// How often it was told to find out.
    pub tries: u32,
}

/// One thing that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Piece(Piece),
    Mishap(Mishap),
}

/// Shortens the story of a plan that breaks an invariant; none where it breaks none.
#[must_use]
pub fn shortest(plan: &Plan, sabotage: Sabotage) -> Option<Shortest> {
    let first = tell(plan, sabotage, false);
    let wrong = first.violation?;
    let pieces = plan.pieces().into_iter().map(Part::Piece);
    let mut kept: Vec<Part> = pieces.chain(first.mishaps.into_iter().map(Part::Mishap)).collect();
    let all: BTreeSet<Piece> = plan.pieces().into_iter().collect();
    let mut tries = 0_u32;
    let mut still = |parts: &[Part]| {
        tries = tries.saturating_add(1);
        let told = tell(&with(plan, &all, parts), sabotage, false);
        told.violation.is_some_and(|it| it.is_like(&wrong))
    };
    let mut size = kept.len();
    while size > 0 {
        let mut from = 0;
        let mut shorter = false;
        while from < kept.len() {
            let until = from.saturating_add(size).min(kept.len());
            let (before, rest) = kept.split_at(from);
            let after = rest.get(until.saturating_sub(from)..).unwrap_or_default();
            let fewer: Vec<Part> = before.iter().chain(after).copied().collect();
            if still(&fewer) {
                kept = fewer;
                shorter = true;
            } else {
                from = until;
            }
        }
        size = if size == 1 && shorter { 1 } else { size / 2 };
    }
    let plan = with(plan, &all, &kept);
    let told = tell(&plan, sabotage, true);
    Some(Shortest { plan, told, tries })
}

/// The plan with these parts and no others.
fn with(plan: &Plan, all: &BTreeSet<Piece>, parts: &[Part]) -> Plan {
    let mut left_out: BTreeSet<Piece> = plan.left_out.union(all).copied().collect();
    let mut mishaps = BTreeSet::new();
    for part in parts {
        match part {
            Part::Piece(piece) => {
                left_out.remove(piece);
            }
            Part::Mishap(mishap) => {
                mishaps.insert(*mishap);
            }
        }
    }
    Plan { left_out, mishaps: Some(mishaps), ..plan.clone() }
}
