//! The registry is whole: whatever is sent has a receiver, and whatever is received a sender.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use contracts::consumers::split_name;
use contracts::operations::Operation;
use contracts::permissions::{COMMANDS, EVENTS};
use contracts::registry::{ENTRIES, SLICES, Slice, is_current, versions};
use contracts::{Contract, Kind, Lane};

#[test]
fn every_message_version_stands_once_in_the_registry() {
    let contracts: BTreeSet<Contract> = ENTRIES.iter().map(|entry| entry.contract).collect();
    assert_eq!(contracts.len(), ENTRIES.len());
}

/// Streams and tables keep events and commands; nobody keeps a question.
#[test]
fn events_and_commands_have_all_their_versions_and_requests_the_current_one() {
    let mut versions: BTreeMap<String, (Kind, Vec<u16>)> = BTreeMap::new();
    for contract in ENTRIES.iter().map(|entry| entry.contract) {
        let nothing = || (contract.kind, Vec::new());
        versions.entry(contract.stem()).or_insert_with(nothing).1.push(contract.version);
    }
    for (stem, (kind, mut versions)) in versions {
        versions.sort_unstable();
        let newest = versions.iter().copied().max().unwrap_or_default();
        match kind {
            Kind::Event | Kind::Command => {
                assert_eq!(versions, (1..=newest).collect::<Vec<_>>(), "{stem}");
            }
            Kind::Request => assert_eq!(versions, [newest], "{stem}"),
        }
    }
}

#[test]
fn what_is_made_is_current_and_what_is_received_has_every_version() {
    for slice in SLICES {
        assert!(slice.events().all(|contract| is_current(&contract)), "{}", slice.service);
        let received: Vec<Contract> = slice.receives().collect();
        let once: BTreeSet<&Contract> = received.iter().collect();
        assert_eq!(once.len(), received.len(), "{} receives a message twice", slice.service);
        for contract in slice.consumes {
            let told: Vec<u16> = received
                .iter()
                .filter(|other| other.stem() == contract.stem())
                .map(|other| other.version)
                .collect();
            assert_eq!(told, (1..=contract.version).collect::<Vec<_>>(), "{contract}");
        }
    }
}

#[test]
fn every_declared_message_is_registered() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap().map(|file| fs::read_to_string(file.unwrap().path()));
    let declarations =
        |text: String| text.lines().filter(|line| line.trim() == "contract! {").count();
    let declared: usize = files.map(|text| declarations(text.unwrap())).sum();
    assert_eq!(declared, ENTRIES.len());
}

#[test]
fn requests_and_only_they_have_answers() {
    for entry in ENTRIES {
        assert_eq!(entry.answer.is_some(), entry.contract.kind == Kind::Request, "{entry:?}");
    }
}

#[test]
fn no_request_takes_the_subject_of_an_operation() {
    for slice in SLICES {
        let taken = Operation::ALL.map(|operation| operation.subject(slice.service));
        assert!(slice.serves().all(|contract| !taken.contains(&contract.subject())), "{slice:?}");
    }
}

#[test]
fn every_owner_is_a_service_of_this_release() {
    let services: BTreeSet<&str> = SLICES.iter().map(|slice| slice.service).collect();
    assert_eq!(services.len(), SLICES.len());
    for entry in ENTRIES {
        assert!(services.contains(entry.contract.owner), "{}", entry.contract);
    }
}

#[test]
fn slices_name_registered_messages_each_in_its_place() {
    for slice in SLICES {
        let own = |contract: &Contract| contract.owner == slice.service;
        for contract in slice.consumes {
            let expected = match contract.kind {
                Kind::Event => !own(contract),
                Kind::Command => own(contract),
                Kind::Request => false,
            };
            assert!(expected, "{} does not consume {contract}", slice.service);
        }
        for contract in slice.commands {
            assert_eq!(contract.kind, Kind::Command, "{contract}");
        }
        for contract in slice.requests {
            assert_eq!(contract.kind, Kind::Request, "{contract}");
        }
        for named in [slice.consumes, slice.commands, slice.requests] {
            let once: BTreeSet<&Contract> = named.iter().collect();
            assert_eq!(once.len(), named.len(), "{} names a message twice", slice.service);
            assert!(named.iter().all(is_registered), "{}", slice.service);
            assert!(named.iter().all(is_current), "{} names an earlier version", slice.service);
        }
    }
}

#[test]
fn every_command_is_received_by_its_owner_and_its_current_version_has_a_sender() {
    for contract in ENTRIES.iter().map(|e| e.contract).filter(|c| c.kind == Kind::Command) {
        let sent = SLICES.iter().any(|slice| slice.commands.contains(&contract));
        assert_eq!(sent, is_current(&contract), "{contract}");
        let owner = Slice::of(contract.owner);
        let received = owner.is_some_and(|slice| slice.receives().any(|other| other == contract));
        assert!(received, "{contract}");
    }
}

#[test]
fn versions_are_told_in_order_and_only_the_newest_is_current() {
    for entry in ENTRIES {
        let all: Vec<Contract> = versions(&entry.contract).collect();
        assert!(all.is_sorted() && all.contains(&entry.contract), "{all:?}");
        let current: Vec<&Contract> = all.iter().filter(|contract| is_current(contract)).collect();
        assert_eq!(current, all.last().into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn consumers_take_every_version_of_what_their_slice_names_and_nothing_else() {
    for slice in SLICES {
        let taken = |stream: &str, lane| {
            let consumers = slice.consumers().into_iter();
            let taken: Vec<String> = consumers
                .filter(|it| (it.stream, it.lane) == (stream, lane))
                .flat_map(|it| it.filters)
                .collect();
            let distinct: BTreeSet<String> = taken.iter().cloned().collect();
            // The broker refuses overlapping filters, so none may come twice.
            assert_eq!(taken.len(), distinct.len(), "{}", slice.service);
            distinct
        };
        let named = |takes: &dyn Fn(&Contract) -> bool| -> BTreeSet<String> {
            let named = slice.consumes.iter().filter(|contract| takes(contract));
            named.map(|contract| format!("{}.*", contract.stem())).collect()
        };
        let (events, commands) = (taken(EVENTS, Lane::Usual), taken(COMMANDS, Lane::Usual));
        assert_eq!(events, named(&|it| it.kind == Kind::Event), "{}", slice.service);
        assert_eq!(commands, named(&|it| it.kind == Kind::Command), "{}", slice.service);
        let urgent = taken(EVENTS, Lane::Urgent);
        assert_eq!(urgent, named(&|it| it.lane == Lane::Urgent), "{}", slice.service);
        assert_eq!(taken(COMMANDS, Lane::Urgent), BTreeSet::new(), "a work queue gives to one");
    }
}

#[test]
fn all_versions_of_an_event_go_in_one_lane_and_what_may_stop_an_act_is_urgent() {
    for entry in ENTRIES {
        for other in versions(&entry.contract) {
            assert_eq!(other.lane, entry.contract.lane, "{other}");
        }
        let is_event = entry.contract.kind == Kind::Event;
        assert!(is_event || entry.contract.lane == Lane::Usual, "{}", entry.contract);
    }
    let urgent: BTreeSet<String> = ENTRIES
        .iter()
        .filter(|entry| entry.contract.lane == Lane::Urgent)
        .map(|entry| entry.contract.stem())
        .collect();
    assert_eq!(
        urgent.into_iter().collect::<Vec<_>>(),
        [
            "intake.evt.claim-credited",
            "intake.evt.claim-withdrawn",
            "intake.evt.direct-payment-reported",
            "intake.evt.direct-payment-retracted",
            "mediation.evt.promise-made",
            "payment-reconciliation.evt.claim-settled",
            "payment-reconciliation.evt.money-awaited",
            "payment-reconciliation.evt.payment-allocated",
            "payment-reconciliation.evt.payment-unmatched",
            "telephony-task.evt.call-closed",
        ]
    );
}

#[test]
fn the_name_of_a_consumer_tells_its_service_and_lane() {
    for consumer in SLICES.iter().flat_map(Slice::consumers) {
        assert_eq!(split_name(&consumer.name()), (consumer.service, consumer.lane));
    }
}

fn is_registered(contract: &Contract) -> bool {
    ENTRIES.iter().any(|entry| entry.contract == *contract)
}
