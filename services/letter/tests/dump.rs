
#![allow(warnings)]
mod sample;
use sample::*;
use primitives::*;
#[test]
fn dump() {
    std::fs::create_dir_all("/tmp/letters").unwrap();
    for (n, v) in [
        ("nl", REMINDER),
        ("fr", Variant{language: Language::Fr, country: Country::BE, ..REMINDER}),
        ("de", Variant{language: Language::De, country: Country::BE, debtor: DebtorKind::NaturalPersonInBusiness, ..REMINDER}),
        ("en", Variant{language: Language::En, capacity: Capacity::Creditor, message: MessageKind::PreDueNotice, debtor: DebtorKind::LegalPerson, ..REMINDER}),
    ] { for claims in [1u128, 2] {
        let c = letter::domain::compose(&agency(), &send(v, claims), &parties(v), &position(100_000), now()).unwrap();
        std::fs::write(format!("/tmp/letters/{n}{claims}.txt"), format!("Subject: {}\n\n{}", c.subject, c.text)).unwrap();
        std::fs::write(format!("/tmp/letters/{n}{claims}.html"), &c.html).unwrap();
    }}
}
