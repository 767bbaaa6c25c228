//! How well payments are matched to claims, and how fast, in a generated world of which the truth
//! is known.

#[path = "../../../shared/matching/tests/world/mod.rs"]
pub(crate) mod world;

/// Makes a world, and prints precision and recall per class.
pub(crate) fn measure(seed: u64, claims: usize, payments: usize) {
    let table = world::measure(seed, claims, payments);
    let each_ns = table.spent.as_nanos() / u128::try_from(payments.max(1)).unwrap_or(1);
    println!("{table}");
    println!(
        "matching: seed {seed}, {payments} payments, {claims} claims, {each_ns} ns each without \
         lookups   bars: precision 99.90, recall 97.00"
    );
}
