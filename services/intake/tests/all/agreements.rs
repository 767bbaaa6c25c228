//! What a creditor who reads its agreement relies on: every difference is said, in its language;
//! and an agreement that is based on a base flow is that flow but for what it says.

use contracts::agreement::{
    AgreedDeed, AgreedPayout, AgreedStep, Agreement, BusinessCosts, CommissionBands,
    CommissionRates, CommissionRules, PayTo, PayoutRhythm, PayoutWeekday, PenaltyClause,
    PrincipalBand, Settlement, StepMoment,
};
use intake::domain::{
    Change, agreement_and_base, base_agreement, base_flows, changes, flow_sentences,
    read_agreement, sentences,
};
use primitives::{Capacity, Channel, Currency, Language, MessageKind, Money};
use proptest::prelude::*;

const DEMONSTRATED: [&str; 3] = [
    include_str!("../../../../deploy/demo/creditors/groene-hoek.toml"),
    include_str!("../../../../deploy/demo/creditors/nauta.toml"),
    include_str!("../../../../deploy/demo/creditors/vanderlinden.toml"),
];

fn based(lines: &str) -> String {
    format!("pay_to = \"agency\"\n[agreement]\nversion = 1\nbased_on = \"small-firm@1\"\n{lines}")
}

fn read(text: &str) -> Agreement {
    read_agreement(text.as_bytes()).unwrap()
}

fn keys(agreement: &Agreement) -> Vec<&str> {
    agreement.steps.iter().map(|step| step.key.as_str()).collect()
}

// --- base flows ----------------------------------------------------------------------------------

/// Every file is a flow without a fault, and says what it is in every language.
#[test]
fn every_base_flow_that_ships_is_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bases");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(base_flows(), files);
    for name in base_flows() {
        let base = base_agreement(name).unwrap();
        for language in Language::ALL {
            assert!(flow_sentences(&base, *language).len() > base.steps.len());
        }
    }
    assert_eq!(base_agreement("large-firm@1"), None);
}

/// In Belgium the creditor reminds, and the agency becomes a collector with its formal notice.
#[test]
fn a_base_hands_over_from_the_creditors_name_to_the_agencys() {
    let base = base_agreement("belgian-firm@1").unwrap();
    assert_eq!(base.capacity, Capacity::AgencyForCreditor);
    let text = based("").replace("small-firm@1", "belgian-firm@1");
    let text = text.replace("\"agency\"", "\"creditor\"");
    let agreement = read(&format!("{text}payments_known_within_days = 3\n"));
    assert_eq!(agreement.collector_from.as_deref(), Some("formal-notice"));
    let told = sentences(&agreement, Language::Nl);
    let wanted = "Vanaf stap 3 is dat het incassobureau, in eigen naam.";
    assert!(told.iter().any(|it| it == wanted), "{told:?}");
    assert!(told.iter().any(|it| it.contains("de ingebrekestelling (alleen aan")), "{told:?}");
    // The notice is that of a collector who was none before.
    for lines in ["capacity = \"collector\"\n", "collector_from = \"demand\"\n"] {
        let text = format!("{text}{lines}payments_known_within_days = 3\n");
        let faults = read_agreement(text.as_bytes()).unwrap_err();
        let told = faults.iter().any(|it| it.reason.contains("formal notice"));
        assert!(told, "{faults:?}");
    }
}

#[test]
fn an_agreement_that_says_nothing_else_is_its_base() {
    let (agreement, base) = agreement_and_base(based("").as_bytes()).unwrap();
    assert_eq!(base.as_deref(), Some("small-firm@1"));
    assert_eq!(Some(agreement), base_agreement("small-firm@1"));
}

#[test]
fn an_agreement_says_only_what_is_different_from_its_base() {
    let base = base_agreement("small-firm@1").unwrap();
    let agreement = read(&based(
        "review_by = \"femke\"\n\
         [[agreement.steps]]\nkey = \"pre-due\"\nleft_out = true\n\
         [[agreement.steps]]\nkey = \"first-call\"\ndays_after_previous = 3\n\
         [[agreement.steps]]\nkey = \"demand\"\nchannel = \"post\"\n\
         [[agreement.steps]]\nkey = \"last-call\"\nattempts_max = 1\n\
         [[agreement.steps]]\nkey = \"second-demand\"\nafter = \"demand\"\nmessage = \"demand\"\n\
         channel = \"email\"\ndays_after_previous = 9\n\
         [[agreement.steps]]\nkey = \"courtesy\"\nafter = \"\"\nmessage = \"pre-due-notice\"\n\
         channel = \"post\"\ndays_from_due = -7\n\
         [agreement.charges]\ninterest = true\n\
         [agreement.promises]\ndays_max = 21\n",
    ));
    let expected = [
        "courtesy",
        "reminder",
        "first-call",
        "fourteen-day-letter",
        "second-call",
        "demand",
        "second-demand",
        "last-call",
    ];
    assert_eq!(keys(&agreement), expected);
    let step = |agreement: &Agreement, key: &str| -> AgreedStep {
        agreement.steps.iter().find(|step| step.key == key).unwrap().clone()
    };
    let (call, before) = (step(&agreement, "first-call"), step(&base, "first-call"));
    assert_eq!(call.moment, StepMoment::AfterPrevious { days: 3 });
    assert_eq!(call.deed, before.deed, "only its day is another");
    let (demand, before) = (step(&agreement, "demand"), step(&base, "demand"));
    assert_eq!(demand.moment, before.moment, "only its channel is another");
    let (message, channels) = (MessageKind::Demand, vec![Channel::Post]);
    assert_eq!(demand.deed, AgreedDeed::Write { message, channels });
    assert_eq!(step(&agreement, "last-call").deed, AgreedDeed::Call { attempts_max: 1 });
    assert_eq!((agreement.review_by.as_str(), agreement.review_after_days), ("femke", 14));
    assert!(agreement.charges.interest);
    assert_eq!(agreement.charges.in_business, base.charges.in_business);
    assert_eq!((agreement.promises.days_max, agreement.promises.grace_days), (21, 3));
    assert_eq!(agreement.thanks_by, base.thanks_by);
}

#[test]
fn what_does_not_fit_a_base_is_told_with_its_place() {
    for (lines, path, reason) in [
        ("[[agreement.steps]]\nkey = \"pre-due\"\n", "steps[1].key", "what is different"),
        (
            "[[agreement.steps]]\nkey = \"pre-due\"\nleft_out = true\ncall = true\n",
            "steps[1].call",
            "left_out",
        ),
        (
            "[[agreement.steps]]\nkey = \"pre-due\"\nafter = \"demand\"\nleft_out = true\n",
            "steps[1].after",
            "does not have",
        ),
        (
            "[[agreement.steps]]\nkey = \"new\"\ncall = true\ndays_after_previous = 1\n",
            "steps[1].after",
            "missing",
        ),
        (
            "[[agreement.steps]]\nkey = \"new\"\nafter = \"no\"\ncall = true\n\
             days_after_previous = 1\n",
            "steps[1].after",
            "no step",
        ),
        ("collector_from = \"demand\"\n", "collector_from", "from the beginning"),
        (
            "[[agreement.steps]]\nkey = \"new\"\nleft_out = true\n",
            "steps[1].left_out",
            "this is none",
        ),
        ("[[agreement.steps]]\nkey = \"pre-due\"\ndays_from_due = 5\n", "steps", "pre-due"),
        (
            "[[agreement.steps]]\nkey = \"reminder\"\ndays_from_due = 3\n\
             [[agreement.steps]]\nkey = \"reminder\"\nleft_out = true\n",
            "steps[2].key",
            "a step above",
        ),
        (
            "[[agreement.steps]]\nkey = \"new\"\nafter = \"demand\"\nmessage = \"demand\"\n\
             channel = \"post\"\ndays_from_due = 4\n",
            "steps",
            "new",
        ),
    ] {
        let text = based(lines);
        let faults = read_agreement(text.as_bytes()).unwrap_err();
        let told = faults
            .iter()
            .any(|it| it.field == format!("agreement.{path}") && it.reason.contains(reason));
        assert!(told && faults.iter().all(|it| it.line.is_some()), "{lines}: {faults:?}");
    }
    let after_nothing = based(
        "[[agreement.steps]]\nkey = \"pre-due\"\nleft_out = true\n[[agreement.steps]]\n\
         key = \"new\"\nafter = \"pre-due\"\ncall = true\ndays_from_due = 1\n",
    );
    let faults = read_agreement(after_nothing.as_bytes()).unwrap_err();
    assert!(faults[0].reason.contains("new stands after pre-due"), "{faults:?}");
    let lines = "capacity = \"agency-for-creditor\"\ncollector_from = \"no\"\n";
    let faults = read_agreement(based(lines).as_bytes()).unwrap_err();
    assert!(faults[0].reason.contains("no such step"), "{faults:?}");
    let unknown = based("").replace("small-firm@1", "small-firm@7");
    let faults = read_agreement(unknown.as_bytes()).unwrap_err();
    assert!(faults[0].reason.ends_with("belgian-firm@1, small-firm@1"), "{faults:?}");
    let without = "pay_to = \"agency\"\n[agreement]\nversion = 1\n";
    let faults = read_agreement(without.as_bytes()).unwrap_err();
    let mut missing: Vec<&str> = faults.iter().map(|it| it.field.as_str()).collect();
    missing.sort_unstable();
    let expected = ["capacity", "review_after_days", "review_by", "steps"];
    assert_eq!(missing, expected.map(|key| format!("agreement.{key}")));
}

/// Who the creditor is, is not asked where only the agreement is.
#[test]
fn the_agreement_of_a_whole_document_is_read_alone() {
    for text in DEMONSTRATED {
        let (_, agreement) = text.split_once("[agreement]").unwrap();
        let payee = if text.contains("pay_to = \"agency\"") { "agency" } else { "creditor" };
        let alone = format!("pay_to = \"{payee}\"\n[agreement]{agreement}");
        assert_eq!(read(text), read(&alone));
    }
}

// --- sentences -----------------------------------------------------------------------------------

#[test]
fn an_agreement_is_said_in_plain_sentences() {
    let told = sentences(&read(DEMONSTRATED[0]), Language::Nl);
    let expected = [
        "Dit is versie 1 van de afspraken.",
        "Klanten betalen aan het bureau.",
        "Het incassobureau schrijft en belt in eigen naam.",
        "1. 3 dagen voor de vervaldag: een vriendelijk bericht vooraf, per e-mail.",
        "2. 2 dagen na de vervaldag: een eerste herinnering, zonder kosten, per post en per \
         e-mail.",
        "3. Een dag na de stap ervoor: een telefoongesprek, dat op hoogstens 2 dagen wordt \
         geprobeerd.",
    ];
    assert_eq!(told[..6], expected);
    let german = sentences(&read(DEMONSTRATED[0]), Language::De);
    assert!(german[5].starts_with("3. Ein Tag nach dem vorigen Schritt: ein Anruf"), "{german:?}");
}

#[test]
fn what_is_different_stands_where_it_is() {
    let before = read(DEMONSTRATED[0]);
    let mut after = before.clone();
    after.steps.swap(3, 4);
    after.thanks_by = Vec::new();
    let all = changes(&before, &after, Language::En);
    let told: Vec<&Change> = all.iter().filter(|it| !matches!(it, Change::Same(_))).collect();
    let step = |change: &Change| match change {
        Change::Gone(text) => format!("- {text}"),
        Change::New(text) => format!("+ {text}"),
        Change::Same(text) => text.clone(),
    };
    let told: Vec<String> = told.into_iter().map(step).collect();
    let expected = [
        "- 2 days after the step before: the fourteen-day letter (to Dutch consumers only), by \
         post.",
        "+ 2 days after the step before: the fourteen-day letter (to Dutch consumers only), by \
         post.",
        "- Whoever pays after a message is thanked, by e-mail.",
    ];
    assert_eq!(told, expected);
}

const fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

const fn penalty(lump_sum: bool, yearly: Option<u32>) -> PenaltyClause {
    PenaltyClause { lump_sum, yearly_interest_basis_points: yearly }
}

fn rules(bands: CommissionBands, minimum: Option<i64>, cap: Option<i64>) -> CommissionRules {
    CommissionRules { bands, minimum: minimum.map(euros), cap: cap.map(euros) }
}

fn band(up_to: Option<i64>, rate: u16, direct: u16) -> PrincipalBand {
    let rates = CommissionRates { basis_points: rate, direct_basis_points: direct };
    PrincipalBand { up_to: up_to.map(euros), rates }
}

fn channels() -> impl Strategy<Value = Vec<Channel>> {
    prop::sample::select(vec![
        vec![Channel::Email],
        vec![Channel::Post],
        vec![Channel::Email, Channel::Post],
        vec![Channel::Post, Channel::Email],
    ])
}

fn step() -> impl Strategy<Value = AgreedStep> {
    let messages = vec![
        MessageKind::PreDueNotice,
        MessageKind::FreeFirstReminder,
        MessageKind::FourteenDayLetter,
        MessageKind::FormalNotice,
        MessageKind::Demand,
    ];
    let write = (prop::sample::select(messages), channels())
        .prop_map(|(message, channels)| AgreedDeed::Write { message, channels });
    let call = (1_u8..4).prop_map(|attempts_max| AgreedDeed::Call { attempts_max });
    let moment = prop_oneof![
        (-3_i16..4).prop_map(|days| StepMoment::FromDue { days }),
        (1_u16..4).prop_map(|days| StepMoment::AfterPrevious { days }),
    ];
    // A key is for the agency's own lists.
    (prop_oneof![write, call], moment).prop_map(|(deed, moment)| AgreedStep {
        key: "step".to_owned(),
        deed,
        moment,
    })
}

fn commission() -> impl Strategy<Value = (u16, Option<CommissionRules>)> {
    let whole = CommissionBands::WholeByPrincipal(vec![band(None, 1_000, 500)]);
    let marginal = vec![band(Some(10_000), 1_500, 1_500), band(None, 1_000, 1_000)];
    prop::sample::select(vec![
        (0, None),
        (1_000, None),
        (0, Some(rules(whole.clone(), None, None))),
        (0, Some(rules(whole.clone(), Some(1_500), None))),
        (0, Some(rules(whole, None, Some(20_000)))),
        (0, Some(rules(CommissionBands::WholeByPrincipal(marginal.clone()), None, None))),
        (0, Some(rules(CommissionBands::MarginalByPrincipal(marginal), None, None))),
    ])
}

fn agreement() -> impl Strategy<Value = Agreement> {
    let charges = (
        any::<bool>(),
        prop::sample::select(vec![
            BusinessCosts::None,
            BusinessCosts::FixedForty,
            BusinessCosts::Scale,
        ]),
        any::<bool>(),
        prop::sample::select(vec![
            None,
            Some(penalty(true, None)),
            Some(penalty(false, Some(800))),
            Some(penalty(true, Some(1_000))),
        ]),
    );
    let rhythm = prop::sample::select(vec![
        None,
        Some(PayoutRhythm::Weekly { weekday: PayoutWeekday::Monday }),
        Some(PayoutRhythm::Weekly { weekday: PayoutWeekday::Friday }),
        Some(PayoutRhythm::Monthly { day: 1 }),
        Some(PayoutRhythm::Monthly { day: 31 }),
    ]);
    let payout = (any::<bool>(), rhythm, any::<bool>());
    let first = (
        prop::sample::select(Capacity::ALL.to_vec()),
        any::<bool>(),
        (prop::collection::vec(step(), 1..6), prop::option::of(0_usize..6)),
        prop::option::of(1_u16..4),
        1_u16..4,
    );
    let rest = (prop::option::of(channels()), prop::option::of(1_i64..4), 1_u16..4, 1_u16..4);
    (first, charges, commission(), (any::<bool>(), payout), rest).prop_map(
        |(first, charges, (rate, rules), (kept, payout), rest)| {
            let mut agreement = base_agreement("small-firm@1").unwrap();
            let (steps, from) = first.2;
            (agreement.capacity, agreement.steps) = (first.0, steps);
            for (place, step) in agreement.steps.iter_mut().enumerate() {
                step.key = format!("step-{place}");
            }
            let from = from.and_then(|place| agreement.steps.get(place));
            agreement.collector_from = from
                .filter(|_| agreement.capacity != Capacity::Collector)
                .map(|step| step.key.clone());
            agreement.pay_to =
                if first.1 { PayTo::Agency } else { PayTo::Creditor { since_version: 1 } };
            agreement.payments_known_within_days = first.3;
            agreement.review_after_days = first.4;
            // VAT on costs matters only where there are costs of consumers.
            let has_letter = agreement.steps.iter().any(|step| {
                matches!(
                    step.deed,
                    AgreedDeed::Write { message: MessageKind::FourteenDayLetter, .. }
                )
            });
            agreement.charges.creditor_deducts_vat = charges.0 || !has_letter;
            agreement.charges.in_business = charges.1;
            agreement.charges.interest = charges.2;
            agreement.charges.penalty_clause = charges.3;
            agreement.remittance.commission_basis_points = rate;
            agreement.remittance.commission_rules = rules;
            agreement.remittance.agency_keeps_costs = kept;
            let minimum = (payout.2 && payout.1.is_some()).then(|| euros(2_500));
            let settlement = if payout.0 { Settlement::Net } else { Settlement::Gross };
            agreement.remittance.payout = AgreedPayout { settlement, rhythm: payout.1, minimum };
            agreement.thanks_by = rest.0.unwrap_or_default();
            agreement.small_difference = rest.1.map(|it| euros(it * 100));
            (agreement.promises.days_max, agreement.promises.grace_days) = (rest.2, rest.3);
            agreement
        },
    )
}

proptest! {
    /// Whatever is agreed otherwise is said otherwise, in each language; and no sentence is blank.
    #[test]
    fn no_difference_between_two_agreements_is_silent(left in agreement(), right in agreement()) {
        for language in Language::ALL {
            let told = sentences(&left, *language);
            prop_assert!(told.iter().all(|it| it.len() > 8 && !it.contains("  ")), "{told:?}");
            let other = sentences(&right, *language);
            prop_assert_eq!(left == right, told == other, "{:?} {:?}", left, right);
            prop_assert_eq!(told, sentences(&left, *language));
        }
    }

    /// Both agreements can be read back from what is told of them together.
    #[test]
    fn changes_hold_both_agreements(left in agreement(), right in agreement()) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for change in changes(&left, &right, Language::Fr) {
            match change {
                Change::Same(text) => { before.push(text.clone()); after.push(text); }
                Change::Gone(text) => before.push(text),
                Change::New(text) => after.push(text),
            }
        }
        let plain = |it: &Agreement| -> Vec<String> {
            changes(it, it, Language::Fr).into_iter().map(|change| match change {
                Change::Same(text) => text,
                Change::Gone(text) | Change::New(text) => panic!("{text} differs from itself"),
            }).collect()
        };
        prop_assert_eq!((before, after), (plain(&left), plain(&right)));
    }
}
