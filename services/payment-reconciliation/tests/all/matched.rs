//! Payments without a reference, on real Postgres and NATS: booked where that is certain, else
//! proposed to a person, who accepts, changes or refuses, and may undo it.

use crate::bank::{CLIENT, Entry, file, statement, statement_from};
use crate::office::{
    self, LIMIT, Office, case_id, case_number, claim_id, euro, imported, reference,
};
use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    ApproveRefund, ApproveRefundAnswer, AssignPayment, AssignPaymentAnswer, AssignmentRefusal,
    DismissProposals, DismissProposalsAnswer, ImportStatementAnswer, ListRefunds, ProposeRefund,
    ProposeRefundAnswer, ProveBooks, Refund, RefundApproved, RefundPaid, RefundRefusal,
    RefundReturned, RefundState, ReleasePayment, ReleasePaymentAnswer, UnmatchedPayment,
};
use primitives::{Money, PaymentId};
use testkit::eventually;

/// Three cases that are paid to the agency, of 100, 40 and 25 euros.
async fn opened() -> Office {
    let office = Box::pin(Office::open(1)).await;
    office.hire().await;
    for (case, minor) in [(1, 10_000), (2, 4_000), (3, 2_500)] {
        office.register_paid_to(PayTo::Agency, case, minor).await;
    }
    office
}

impl Office {
    async fn open_on_all(&self) -> [Money; 3] {
        [self.open_on(1).await, self.open_on(2).await, self.open_on(3).await]
    }

    async fn only_unmatched(&self) -> UnmatchedPayment {
        let list = self.unmatched().await;
        assert_eq!(list.total, 1, "{list:?}");
        list.payments.into_iter().next().unwrap()
    }

    async fn assign(
        &self,
        staff: u128,
        payment_id: PaymentId,
        case: u128,
        amount: Option<Money>,
        key: &str,
    ) -> AssignPaymentAnswer {
        let ask = AssignPayment { payment_id, claim_ids: vec![claim_id(case)], amount };
        self.staff(staff).change(&ask, key).await.unwrap()
    }

    async fn release(&self, payment_id: PaymentId, case: u128, key: &str) -> ReleasePaymentAnswer {
        let ask = ReleasePayment { payment_id, case_id: case_id(case) };
        self.staff(1).change(&ask, key).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_certain_is_booked_and_what_is_likely_is_proposed() {
    let office = opened().await;
    let entries = [
        Entry::credit(4_000).line("Factuur 2026-00118, dank u").named("B. Bakker"),
        Entry::credit(2_500).line("tot ziens").named("Smit C"),
        Entry::credit(777).line("geen idee").named("Iemand Anders"),
        // Of the reference one sign is wrong; the name and the amount say who is meant.
        Entry::credit(10_000).line(&mistyped()).named("A de Vries"),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 4);
    eventually(LIMIT, "two are booked", async || office.unmatched().await.total == 2).await;
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(0), euro(0), euro(2_500)]);

    let list = office.unmatched().await;
    let of = |minor| list.payments.iter().find(|it| it.amount == euro(minor)).unwrap();
    assert_eq!(of(777).proposals, []);
    let likely = of(2_500);
    let first = &likely.proposals[0];
    assert_eq!((first.parts.len(), first.parts[0].claim_id), (1, claim_id(3)));
    assert_eq!((first.parts[0].amount, first.remainder), (euro(2_500), euro(0)));
    assert!(first.confidence_per_mille < 990 && first.because.len() >= 2, "{first:?}");

    // Only the finance desk decides, and on claims that there are.
    let refused = |reason| AssignPaymentAnswer::Refused { reason };
    let answer = office.assign(3, likely.payment_id, 3, None, "by anybody").await;
    assert_eq!(answer, refused(AssignmentRefusal::NotOfTheFinanceDesk));
    let answer = office.assign(1, likely.payment_id, 9, None, "unknown claim").await;
    assert_eq!(answer, refused(AssignmentRefusal::NotOneCase));
    let answer = office.assign(1, likely.payment_id, 3, Some(euro(2_501)), "too much").await;
    assert_eq!(answer, refused(AssignmentRefusal::WrongAmount { left: euro(2_500) }));
    let accepted = office.assign(1, likely.payment_id, 3, None, "accept").await;
    let (case_id, booked, left) = (case_id(3), likely.payment_id, euro(0));
    assert_eq!(accepted, AssignPaymentAnswer::Assigned { case_id, booked, left });
    let again = office.assign(2, likely.payment_id, 3, None, "accept again").await;
    assert_eq!(again, refused(AssignmentRefusal::NothingLeft));
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(0); 3]);
    assert_eq!(office.only_unmatched().await.amount, euro(777));
    office.close().await;
}

/// The reference of the first claim, with one sign that is another one.
fn mistyped() -> String {
    let canonical = reference(1).canonical().to_owned();
    let last = if canonical.ends_with('1') { "7" } else { "1" };
    format!("{}{last}", canonical.split_at(canonical.len() - 1).0)
}

/// Whoever pays: the payer is none of the debtors.
#[tokio::test(flavor = "multi_thread")]
async fn who_writes_the_number_of_the_case_pays_its_claim() {
    let office = opened().await;
    let pays = |text: String, minor| Entry::credit(minor).line(&text).named("Stichting Derden");
    let wrong = case_number(3).figures();
    let wrong = format!("{}{}", &wrong[..8], if wrong.ends_with('7') { "6" } else { "7" });
    let entries = [
        pays(format!("dossier {}, tweede deel", case_number(1)), 6_000),
        pays(format!("dossier {}", case_number(2).figures()), 4_000),
        pays(format!("dossier {wrong}"), 2_500),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 3);
    eventually(LIMIT, "two are booked", async || office.unmatched().await.total == 1).await;
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(4_000), euro(0), euro(2_500)]);
    // What was mistyped names nobody.
    assert_eq!(office.only_unmatched().await.amount, euro(2_500));
    office.close().await;
}

/// The payer's account tells who pays, once a person has said so.
#[tokio::test(flavor = "multi_thread")]
async fn who_paid_before_is_known_by_the_account() {
    let office = opened().await;
    let pays = |id: &str, day: &str, minor| {
        let entry = Entry::credit(minor).from("NL20INGB0001234567").named("Stichting Hulp");
        file(&[statement(CLIENT, id, day, &[entry])])
    };
    let first = pays("S1", "2026-03-05", 1_000);
    assert_eq!(imported(&office.import(&first, "first").await), 1);
    office.assert_sound().await;
    let unknown = office.only_unmatched().await;
    assert_eq!(unknown.proposals, []);
    office.assign(2, unknown.payment_id, 1, None, "told by telephone").await;
    assert_eq!(office.open_on(1).await, euro(9_000));

    let second = pays("S2", "2026-03-06", 9_000);
    assert_eq!(imported(&office.import(&second, "second").await), 1);
    eventually(LIMIT, "booked", async || office.open_on(1).await == euro(0)).await;
    office.assert_sound().await;
    assert_eq!(office.unmatched().await.total, 0);
    office.close().await;
}

/// A payment goes to several cases in parts, off them again, and back; at every step the books
/// agree.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_can_be_undone_and_decided_otherwise() {
    let office = opened().await;
    let entry = Entry::credit(6_000).structured(reference(1).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[entry])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    eventually(LIMIT, "booked", async || office.open_on(1).await == euro(4_000)).await;
    office.assert_sound().await;
    let payment_id =
        office.told::<contracts::payment_reconciliation::PaymentAllocated>().await[0].payment_id;

    let released = office.release(payment_id, 1, "wrong").await;
    assert_eq!(released, ReleasePaymentAnswer::Released { amount: euro(6_000) });
    let reason = AssignmentRefusal::NotOnTheCase;
    let again = office.release(payment_id, 1, "wrong again").await;
    assert_eq!(again, ReleasePaymentAnswer::Refused { reason });
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(10_000), euro(4_000), euro(2_500)]);
    assert_eq!(office.only_unmatched().await.amount, euro(6_000));

    let left = |answer| {
        let AssignPaymentAnswer::Assigned { left, .. } = answer else { panic!("{answer:?}") };
        left
    };
    let part = office.assign(1, payment_id, 2, Some(euro(4_000)), "a part").await;
    assert_eq!(left(part), euro(2_000));
    assert_eq!(office.only_unmatched().await.amount, euro(2_000));
    let rest = office.assign(1, payment_id, 3, None, "the rest").await;
    assert_eq!(left(rest), euro(0));
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(10_000), euro(0), euro(500)]);
    assert_eq!(office.unmatched().await.total, 0);

    for (case, minor) in [(2, 4_000), (3, 2_000)] {
        let released = office.release(payment_id, case, &format!("off {case}")).await;
        assert_eq!(released, ReleasePaymentAnswer::Released { amount: euro(minor) });
        office.assert_sound().await;
    }
    // In whole, to the case on which it was first.
    assert_eq!(left(office.assign(2, payment_id, 1, None, "after all").await), euro(0));
    office.assert_sound().await;
    assert_eq!(office.open_on_all().await, [euro(4_000), euro(4_000), euro(2_500)]);
    assert_eq!(office.unmatched().await.total, 0);
    office.close().await;
}

/// Too much on a case, and money that is for nobody: both go back to where they came from, and the
/// bank's statement closes them.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_goes_back_and_the_bank_confirms_it() {
    let office = opened().await;
    let from = |entry: Entry| entry.from("NL20INGB0001234567").named("P. Jansen &amp; Zn");
    let entries = [
        from(Entry::credit(13_000).structured(reference(1).canonical())),
        from(Entry::credit(777).line("geen idee")),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-08", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 2);
    eventually(LIMIT, "booked", async || office.open_on(1).await == euro(0)).await;
    office.assert_sound().await;
    let mut sent = Vec::new();
    for money in office.unmatched().await.payments {
        let (payment_id, case_id) = (money.payment_id, money.refundable_on);
        let ask = ProposeRefund { payment_id, case_id, amount: None };
        let by_anybody = office.staff(3).change(&ask, &format!("3 {payment_id}")).await.unwrap();
        let reason = RefundRefusal::NotOfTheFinanceDesk;
        assert_eq!(by_anybody, ProposeRefundAnswer::Refused { reason });
        let answer = office.staff(1).change(&ask, &format!("1 {payment_id}")).await.unwrap();
        let ProposeRefundAnswer::Proposed(refund) = answer else { panic!("{answer:?}") };
        let again = office.staff(2).change(&ask, &format!("2 {payment_id}")).await.unwrap();
        assert_eq!(again, ProposeRefundAnswer::Waiting(refund.clone()));
        let approve = ApproveRefund { refund_id: refund.refund_id };
        let own = office.staff(1).change(&approve, &format!("own {payment_id}")).await.unwrap();
        let reason = RefundRefusal::SamePerson;
        assert_eq!(own, ApproveRefundAnswer::Refused { reason });
        let answer = office.staff(2).change(&approve, &format!("ok {payment_id}")).await.unwrap();
        assert!(matches!(answer, ApproveRefundAnswer::Approved(_)), "{answer:?}");
        office.assert_sound().await;
        sent.push(refund);
    }
    let amounts: Vec<Money> = sent.iter().map(|it| it.amount).collect();
    assert_eq!((office.unmatched().await.total, amounts.len()), (0, 2));
    assert!(amounts.contains(&euro(3_000)) && amounts.contains(&euro(777)), "{amounts:?}");

    let told = office.told::<RefundApproved>().await;
    assert_eq!(told.len(), 2);
    let files = runtime::files::FileStore::open(office.house.folder()).unwrap();
    let mut entries = Vec::new();
    for approved in &told {
        let order = files.get(approved.payment_order).await.unwrap();
        let order = String::from_utf8(order).unwrap();
        let id = approved.refund_id.as_uuid().simple().to_string();
        assert!(order.contains("<IBAN>NL20INGB0001234567</IBAN>") && order.contains(&id));
        assert!(order.contains("<Nm>P. Jansen + Zn</Nm>"), "{order}");
        entries.push(Entry::debit(approved.amount.amount_minor()).end_to_end(&id));
    }
    let xml = file(&[statement(CLIENT, "S2", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "second").await), 0);
    office.assert_sound().await;
    assert_eq!(office.told::<RefundPaid>().await.len(), 2);
    assert_eq!(office.unmatched().await.total, 0);
    let list = office.house.asker().ask(&ListRefunds { limit: 10 }).await.unwrap();
    assert_eq!(list.total, 2);
    let paid_on = office::day("2026-03-09");
    assert!(list.refunds.iter().all(|it| it.refund.state == RefundState::Paid { paid_on }));

    // What is left of the payment can be moved: what went back stays gone.
    let whole = sent.iter().find(|it| it.case_id.is_some()).unwrap().payment_id;
    let released = office.release(whole, 1, "wrong case").await;
    assert_eq!(released, ReleasePaymentAnswer::Released { amount: euro(10_000) });
    office.assert_sound().await;
    assert_eq!(office.only_unmatched().await.amount, euro(10_000));
    office.assign(1, whole, 1, None, "after all").await;
    office.assert_sound().await;
    assert_eq!((office.open_on(1).await, office.unmatched().await.total), (euro(0), 0));
    office.close().await;
}

/// Proposed by one, approved by another.
async fn sent_back(office: &Office, amount: Option<Money>, key: &str) -> Refund {
    let money = office.only_unmatched().await;
    let (payment_id, case_id) = (money.payment_id, money.refundable_on);
    let ask = ProposeRefund { payment_id, case_id, amount };
    let answer = office.staff(1).change(&ask, &format!("propose {key}")).await.unwrap();
    let ProposeRefundAnswer::Proposed(refund) = answer else { panic!("{answer:?}") };
    let approve = ApproveRefund { refund_id: refund.refund_id };
    let answer = office.staff(2).change(&approve, &format!("approve {key}")).await.unwrap();
    assert!(matches!(answer, ApproveRefundAnswer::Approved(_)), "{answer:?}");
    office.assert_sound().await;
    refund
}

/// The account was closed: what came back is what it was, the books are proven all the while, and
/// it can go out again.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_sends_back_can_go_out_again() {
    let office = opened().await;
    let entry = Entry::credit(13_000).structured(reference(1).canonical());
    let entry = entry.from("NL20INGB0001234567").named("P. Jansen");
    let takes_in = async |number: &str, day: &str, opening: i64, entries: &[Entry]| {
        let xml = file(&[statement_from(opening, CLIENT, number, day, entries)]);
        let answer = office.import(&xml, number).await;
        assert!(matches!(answer, Ok(ImportStatementAnswer::Imported { .. })), "{answer:?}");
        office.assert_sound().await;
        let proof = office.house.asker().ask(&ProveBooks {}).await.unwrap();
        assert!(proof.is_proven, "{proof:?}");
    };
    takes_in("S1", "2026-03-03", 0, &[entry]).await;
    eventually(LIMIT, "booked", async || office.unmatched().await.total == 1).await;
    let first = sent_back(&office, None, "first").await;
    let id = first.refund_id.as_uuid().simple().to_string();
    let out = Entry::debit(3_000).end_to_end(&id);
    let back = |minor| Entry::credit(minor).end_to_end(&id).returned_for("AC04");
    takes_in("S2", "2026-03-04", 13_000, std::slice::from_ref(&out)).await;
    takes_in("S3", "2026-03-05", 10_000, &[back(2_999)]).await;
    assert_eq!(office.told::<RefundReturned>().await, [], "another amount is not it");
    takes_in("S4", "2026-03-06", 12_999, &[back(3_000)]).await;
    let told = office.told::<RefundReturned>().await;
    assert_eq!(
        (told.len(), told[0].refund_id, told[0].case_id),
        (1, first.refund_id, Some(case_id(1)))
    );
    let list = office.house.asker().ask(&ListRefunds { limit: 10 }).await.unwrap();
    let returned = list.refunds[0].returned.clone().unwrap();
    assert_eq!(returned.returned_on, office::day("2026-03-06"));
    assert_eq!(returned.reason_code.as_deref(), Some("AC04"));
    let mut left: Vec<(i64, bool)> = Vec::new();
    for money in office.unmatched().await.payments {
        left.push((money.amount.amount_minor(), money.refundable_on.is_some()));
    }
    assert_eq!(left, [(3_000, true), (2_999, false)]);

    // It goes out again, and comes back before the statement tells that it did.
    let money = office.unmatched().await.payments.remove(0);
    let ask = ProposeRefund {
        payment_id: money.payment_id,
        case_id: money.refundable_on,
        amount: Some(euro(1_000)),
    };
    let answer = office.staff(1).change(&ask, "second").await.unwrap();
    let ProposeRefundAnswer::Proposed(second) = answer else { panic!("{answer:?}") };
    let approve = ApproveRefund { refund_id: second.refund_id };
    office.staff(2).change(&approve, "approve second").await.unwrap();
    office.assert_sound().await;
    let id = second.refund_id.as_uuid().simple().to_string();
    let back = Entry::credit(1_000).end_to_end(&id).returned();
    takes_in("S5", "2026-03-07", 15_999, &[back, Entry::debit(1_000).end_to_end(&id)]).await;
    assert_eq!(office.told::<RefundReturned>().await.len(), 2);
    assert_eq!(office.told::<RefundPaid>().await.len(), 2);
    let first = office.unmatched().await.payments.remove(0);
    assert_eq!((first.amount, first.refundable_on), (euro(3_000), Some(case_id(1))));
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_that_are_all_wrong_are_shown_no_more() {
    let office = opened().await;
    let entry = Entry::credit(2_500).line("tot ziens").named("Chris Smit");
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[entry])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    office.assert_sound().await;
    let payment = office.only_unmatched().await;
    assert!(!payment.proposals.is_empty() && !payment.is_dismissed);
    let ask = DismissProposals { payment_id: payment.payment_id };
    let by_anybody = office.staff(3).change(&ask, "anybody").await.unwrap();
    let reason = AssignmentRefusal::NotOfTheFinanceDesk;
    assert_eq!(by_anybody, DismissProposalsAnswer::Refused { reason });
    let answer = office.staff(1).change(&ask, "dismiss").await.unwrap();
    assert_eq!(answer, DismissProposalsAnswer::Dismissed);
    let answer = office.staff(1).change(&ask, "again").await.unwrap();
    assert_eq!(answer, DismissProposalsAnswer::NothingProposed);
    let payment = office.only_unmatched().await;
    assert!(payment.proposals.is_empty() && payment.is_dismissed);
    office.assert_sound().await;
    office.close().await;
}
