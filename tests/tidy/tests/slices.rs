//! What the services really take in is what the contracts say of them.

use std::collections::BTreeSet;

use contracts::registry::{SLICES, Slice};
use contracts::{Contract, Kind};
use mailbox::Mailbox;
use runtime::files::FileStore;

fn mailboxes() -> Vec<Mailbox> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = FileStore::open(folder.path()).expect("a file store can be opened");
    vec![
        intake::mailbox(files, intake::AgencyConfig::default()),
        scheduler::mailbox(),
        letter::mailbox(),
        payment_reconciliation::mailbox(),
        telephony_task::mailbox(),
        mediation::mailbox(),
        monitoring::mailbox(),
    ]
}

#[test]
fn every_service_is_looked_at_here() {
    let here: BTreeSet<&str> = mailboxes().iter().map(Mailbox::service).collect();
    let all: BTreeSet<&str> = SLICES.iter().map(|slice| slice.service).collect();
    assert_eq!(here, all, "list every service in `mailboxes` of this file");
}

#[test]
fn services_consume_what_their_slices_say() {
    for mailbox in mailboxes() {
        let slice = Slice::of(mailbox.service()).expect("every service has a slice");
        let consumed: BTreeSet<Contract> =
            mailbox.consumed().iter().map(|(contract, _)| *contract).collect();
        assert_eq!(consumed, slice.consumes.iter().copied().collect(), "{}", slice.service);
        assert!(consumed.iter().all(|contract| contract.kind != Kind::Request));
    }
}

#[test]
fn services_answer_what_their_slices_say() {
    for mailbox in mailboxes() {
        let slice = Slice::of(mailbox.service()).expect("every service has a slice");
        let mut answered: BTreeSet<Contract> = mailbox.answered().collect();
        // These need the file store, another service or the configured accounts; their handlers are
        // added as the service starts.
        let later = [
            "approve-refund",
            "approve-remittance",
            "claim-task",
            "close-task",
            "decide-bank-file",
            "import-statement",
            "offer-payment-link",
            "position",
            "propose-debit",
            "propose-remittance",
            "record-mandate",
            "search-unmatched",
            "write-debits",
        ];
        answered.extend(slice.serves().filter(|contract| later.contains(&contract.name)));
        assert_eq!(answered, slice.serves().collect(), "{}", slice.service);
    }
}
