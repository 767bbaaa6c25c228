//! The registry is whole: whatever is sent has a receiver, and whatever is received a sender.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use contracts::operations::Operation;
use contracts::permissions::{COMMANDS, EVENTS, consumer_filters};
use contracts::registry::{ENTRIES, SLICES, Slice};
use contracts::{Contract, Kind};

#[test]
fn every_message_version_stands_once_in_the_registry() {
    let contracts: BTreeSet<Contract> = ENTRIES.iter().map(|entry| entry.contract).collect();
    assert_eq!(contracts.len(), ENTRIES.len());
    let mut versions: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for contract in contracts {
        versions.entry(contract.stem()).or_default().push(contract.version);
    }
    for (stem, versions) in versions {
        let newest = versions.iter().copied().max().unwrap_or_default();
        assert_eq!(versions, (1..=newest).collect::<Vec<_>>(), "{stem}");
    }
}

#[test]
fn every_declared_message_is_registered() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap().map(|file| fs::read_to_string(file.unwrap().path()));
    let declarations = |text: String| text.lines().filter(|line| *line == "contract! {").count();
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
        }
    }
}

#[test]
fn every_command_has_a_sender_and_is_consumed_by_its_owner() {
    for contract in ENTRIES.iter().map(|e| e.contract).filter(|c| c.kind == Kind::Command) {
        let sent = SLICES.iter().any(|slice| slice.commands.contains(&contract));
        let owner = Slice::of(contract.owner);
        let consumed = owner.is_some_and(|slice| slice.consumes.contains(&contract));
        assert!(sent && consumed, "{contract}");
    }
}

#[test]
fn consumers_take_every_version_of_what_their_slice_names_and_nothing_else() {
    for slice in SLICES {
        let taken: Vec<(&str, String)> = consumer_filters(slice.service)
            .into_iter()
            .flat_map(|(stream, filters)| filters.into_iter().map(move |f| (stream, f)))
            .collect();
        let stream = |contract: &Contract| match contract.kind {
            Kind::Event => EVENTS,
            Kind::Command | Kind::Request => COMMANDS,
        };
        let named: BTreeSet<(&str, String)> =
            slice.consumes.iter().map(|c| (stream(c), format!("{}.*", c.stem()))).collect();
        // The broker refuses overlapping filters, so none may come twice.
        assert_eq!(taken.len(), named.len(), "{}", slice.service);
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), named, "{}", slice.service);
    }
    assert!(consumer_filters("nobody").is_empty());
}

fn is_registered(contract: &Contract) -> bool {
    ENTRIES.iter().any(|entry| entry.contract == *contract)
}
