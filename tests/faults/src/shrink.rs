//! Makes a failing story shorter.

use crate::plan::{Act, Plan};

/// Looks for the fewest acts with which a plan still fails, by leaving out ever smaller pieces.
///
/// Processes race, so a plan may fail only now and then: `fails` should try more than once.
pub async fn shrink(plan: &Plan, mut fails: impl AsyncFnMut(&Plan) -> bool) -> Plan {
    let mut shortest = plan.clone();
    let mut piece = shortest.acts.len().div_ceil(2).max(1);
    loop {
        let mut from = 0;
        let mut shorter = false;
        while from < shortest.acts.len() {
            let candidate = without(&shortest, from, piece);
            if fails(&candidate).await {
                shortest = candidate;
                shorter = true;
            } else {
                from = from.saturating_add(piece);
            }
        }
        if piece == 1 && !shorter {
            return shortest;
        }
        piece = piece.div_ceil(2);
    }
}

fn without(plan: &Plan, from: usize, count: usize) -> Plan {
    let acts: Vec<Act> = plan
        .acts
        .iter()
        .take(from)
        .chain(plan.acts.iter().skip(from.saturating_add(count)))
        .cloned()
        .collect();
    Plan { acts, ..plan.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_it_fails_by_is_left() {
        let plan = Plan::draw(1);
        let mut acts = plan.acts.clone();
        acts.insert(3, Act::Sabotage);
        acts.insert(17, Act::Recreate);
        let plan = Plan { acts, ..plan };
        let needed = |plan: &Plan| {
            let at = |act| plan.acts.iter().position(|other| *other == act);
            let both = at(Act::Sabotage).zip(at(Act::Recreate));
            both.is_some_and(|(first, then)| first < then)
        };
        let shortest = shrink(&plan, async |plan| needed(plan)).await;
        assert_eq!(shortest.acts, [Act::Sabotage, Act::Recreate]);
    }
}
