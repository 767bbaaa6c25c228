//! What whoever writes a document for the agency relies on: what it says is what is agreed, what
//! was written before means the same, and every fault is told with field, line and reason.

use std::collections::BTreeSet;

use crate::paper::agency::{CREDITOR, STAFF};
use contracts::agreement::{
    AgeBand, AgreedCharges, AgreedDeed, AgreedPayout, AgreedPromises, AgreedRemittance, AgreedStep,
    Agreement, BusinessCosts, CommissionBands, CommissionRates, CommissionRules, PayoutRhythm,
    PayoutWeekday, PenaltyClause, PrincipalBand, Settlement, StepMoment,
};
use contracts::intake::Problem;
use intake::domain::{read_agreement, read_document, read_staff_document};
use primitives::{
    Capacity, Channel, ContentHash, Country, Currency, MessageKind, Money, StaffRole,
};
use proptest::prelude::*;

fn read(text: &str) -> Result<Agreement, Vec<Problem>> {
    let document = read_document(text.as_bytes(), hash());
    document.map(|document| document.agreed.agreement)
}

fn hash() -> ContentHash {
    ContentHash::from_digest([0; 32])
}

/// The creditor of the tests with these lines instead of its steps.
fn agreeing(lines: &str) -> String {
    let (before, _) = CREDITOR.split_once("[[agreement.steps]]").unwrap();
    format!("{before}{lines}")
}

/// Where a line begins like this, for the first time.
fn line_of(text: &str, start: &str) -> Option<u64> {
    let mut lines = text.lines().zip(1..);
    lines.find(|(line, _)| line.starts_with(start)).map(|(_, number)| number)
}

// --- what is agreed ----------------------------------------------------------------------------

/// A document of the first release.
#[test]
fn what_a_document_leaves_out_is_not_agreed() {
    let agreement = read(CREDITOR).unwrap();
    let step = |key: &str, message, days| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::FromDue { days },
    };
    assert_eq!(
        agreement.steps,
        [
            step("pre-due", MessageKind::PreDueNotice, -5),
            step("first-reminder", MessageKind::FreeFirstReminder, 3),
        ]
    );
    assert_eq!(agreement.charges, AgreedCharges::default());
    assert_eq!(agreement.promises, AgreedPromises { days_max: 14, grace_days: 3 });
    assert_eq!(agreement.thanks_by, []);
    let nothing = AgreedRemittance::default();
    assert_eq!(agreement.remittance, nothing);
    assert_eq!(agreement.small_difference, None);
}

const WHOLE: &str = r#"
thanks_by = ["email", "post"]

[agreement.charges]
creditor_deducts_vat = false
in_business = "forty"
interest = true

[agreement.charges.penalty_clause]
lump_sum = true
yearly_interest = "8.00"

[agreement.promises]
days_max = 21
grace_days = 4

[agreement.remittance]
commission = "10.5"
agency_keeps_costs = true

[[agreement.steps]]
key = "pre-due"
message = "pre-due-notice"
channel = "email"
days_from_due = -3

[[agreement.steps]]
key = "reminder"
message = "free-first-reminder"
channels = ["post", "email"]
days_from_due = 2

[[agreement.steps]]
key = "call"
call = true
days_after_previous = 7

[[agreement.steps]]
key = "call-again"
call = true
attempts_max = 10
days_from_due = 12

[[agreement.steps]]
key = "letter"
message = "fourteen-day-letter"
channels = ["post"]
days_after_previous = 1

[[agreement.steps]]
key = "demand"
message = "demand"
channel = "post"
days_after_previous = 16
"#;

#[test]
fn all_of_an_agreement_is_read() {
    let agreement = read(&agreeing(WHOLE)).unwrap();
    let steps: Vec<_> = agreement.steps.iter().map(|it| (&*it.key, &it.deed, &it.moment)).collect();
    let call = |attempts_max| AgreedDeed::Call { attempts_max };
    let write =
        |message, channels: &[Channel]| AgreedDeed::Write { message, channels: channels.to_vec() };
    assert_eq!(
        steps,
        [
            (
                "pre-due",
                &write(MessageKind::PreDueNotice, &[Channel::Email]),
                &StepMoment::FromDue { days: -3 },
            ),
            (
                "reminder",
                &write(MessageKind::FreeFirstReminder, &[Channel::Post, Channel::Email]),
                &StepMoment::FromDue { days: 2 },
            ),
            ("call", &call(3), &StepMoment::AfterPrevious { days: 7 }),
            ("call-again", &call(10), &StepMoment::FromDue { days: 12 }),
            (
                "letter",
                &write(MessageKind::FourteenDayLetter, &[Channel::Post]),
                &StepMoment::AfterPrevious { days: 1 },
            ),
            (
                "demand",
                &write(MessageKind::Demand, &[Channel::Post]),
                &StepMoment::AfterPrevious { days: 16 },
            ),
        ]
    );
    let clause = PenaltyClause { lump_sum: true, yearly_interest_basis_points: Some(800) };
    let charges = AgreedCharges {
        creditor_deducts_vat: false,
        in_business: BusinessCosts::FixedForty,
        interest: true,
        penalty_clause: Some(clause),
    };
    assert_eq!(agreement.charges, charges);
    assert_eq!(agreement.promises, AgreedPromises { days_max: 21, grace_days: 4 });
    assert_eq!(agreement.thanks_by, [Channel::Email, Channel::Post]);
    let remittance = AgreedRemittance {
        commission_basis_points: 1050,
        agency_keeps_costs: true,
        ..AgreedRemittance::default()
    };
    assert_eq!(agreement.remittance, remittance);
    assert_eq!(agreement.capacity, Capacity::AgencyForCreditor);
}

/// The document with rules in the place of the one rate.
fn ruled(rules: &str) -> String {
    let table =
        format!("agency_keeps_costs = true\n\n[agreement.remittance.commission_rules]\n{rules}\n");
    agreeing(
        &WHOLE
            .replace("commission = \"10.5\"\n", "")
            .replace("agency_keeps_costs = true\n", &table),
    )
}

const BANDS: &str = "by = \"principal\"
method = \"marginal\"
minimum = \"15\"
cap = \"500.00\"
[[agreement.remittance.commission_rules.bands]]
up_to = \"1000.00\"
rate = \"15.00\"
direct_rate = \"5.00\"
[[agreement.remittance.commission_rules.bands]]
rate = \"7.5\"";

#[test]
fn commission_has_bands_ends_and_a_rate_for_direct_payments() {
    let euro = |minor| Money::new(minor, Currency::EUR);
    let rates =
        |basis_points, direct_basis_points| CommissionRates { basis_points, direct_basis_points };
    let read = |rules: &str| read(&ruled(rules)).unwrap().remittance;
    let first = PrincipalBand { up_to: Some(euro(100_000)), rates: rates(1_500, 500) };
    let last = PrincipalBand { up_to: None, rates: rates(750, 750) };
    let remittance = read(BANDS);
    assert_eq!((remittance.commission_basis_points, remittance.agency_keeps_costs), (0, true));
    let rules = CommissionRules {
        bands: CommissionBands::MarginalByPrincipal(vec![first.clone(), last.clone()]),
        minimum: Some(euro(1_500)),
        cap: Some(euro(50_000)),
    };
    assert_eq!(remittance.commission_rules, Some(rules.clone()));
    let whole =
        CommissionRules { bands: CommissionBands::WholeByPrincipal(vec![first, last]), ..rules };
    assert_eq!(read(&BANDS.replace("marginal", "whole")).commission_rules, Some(whole));
    let by_age = BANDS.replace("principal", "age").replace("marginal", "whole");
    let by_age =
        read(&by_age.replace("up_to = \"1000.00\"", "up_to_days = 90")).commission_rules.unwrap();
    let bands = vec![
        AgeBand { up_to_days: Some(90), rates: rates(1_500, 500) },
        AgeBand { up_to_days: None, rates: rates(750, 750) },
    ];
    assert_eq!(by_age.bands, CommissionBands::WholeByAge(bands));
    let one = read("rate = \"8\"\ncap = \"15\"").commission_rules.unwrap();
    let band = PrincipalBand { up_to: None, rates: rates(800, 800) };
    let bands = CommissionBands::WholeByPrincipal(vec![band]);
    assert_eq!(one, CommissionRules { bands, minimum: None, cap: Some(euro(1_500)) });
}

#[test]
fn every_fault_of_commission_rules_is_told() {
    for (from, to, field, reason) in [
        ("\"marginal\"", "\"slices\"", "method", "marginal (each band"),
        ("method = \"marginal\"\n", "", "method", "is missing"),
        ("by = \"principal\"\n", "", "by", "is missing"),
        ("\"principal\"", "\"size\"", "by", "principal (of the claim"),
        ("\"15\"", "\"0\"", "minimum", "above zero"),
        ("\"15\"", "\"15.005\"", "minimum", "in euros"),
        ("\"500.00\"", "\"14.99\"", "cap", "below the minimum"),
        ("rate = \"15.00\"", "rate = \"4.99\"", "bands[1].direct_rate", "above the rate"),
        ("rate = \"7.5\"", "", "bands[2].rate", "is missing"),
        ("rate = \"7.5\"", "rate = \"7.5\"\nup_to = \"2000\"", "bands", "in its last band"),
        ("rate = \"7.5\"", "rate = \"100.01\"", "bands[2].rate", "0.00 to 100.00"),
        ("up_to = \"1000.00\"\n", "", "bands[2].up_to", "only the last"),
        ("up_to = \"1000.00\"", "up_to_days = 90\nup_to = \"1\"", "bands[1].up_to_days", "by age"),
        ("minimum", "rate = \"1\"\nminimum", "rate", "beside bands"),
    ] {
        let rules = BANDS.replacen(from, to, 1);
        assert_ne!(rules, BANDS, "{from}");
        let faults = read(&ruled(&rules)).unwrap_err();
        let [fault] = &faults[..] else { panic!("{to}: {faults:?}") };
        assert_eq!(fault.field, format!("agreement.remittance.commission_rules.{field}"), "{to}");
        assert!(fault.reason.contains(reason) && fault.line.is_some(), "{to}: {fault:?}");
    }
    let third = "\n[[agreement.remittance.commission_rules.bands]]\nrate = \"5\"";
    let unordered = format!("{BANDS}\nup_to = \"1000\"{third}");
    let by_age = BANDS.replace("principal", "age").replace("up_to = \"1000.00\"", "up_to_days = 9");
    for (rules, field, reason) in [
        (unordered, "commission_rules.bands[2].up_to", "in their order"),
        (by_age, "commission_rules.method", "must be whole"),
        ("rate = \"8\"\nby = \"age\"".to_owned(), "commission_rules.by", "bands only"),
    ] {
        let faults = read(&ruled(&rules)).unwrap_err();
        let [fault] = &faults[..] else { panic!("{rules}: {faults:?}") };
        assert_eq!(fault.field, format!("agreement.remittance.{field}"), "{rules}");
        assert!(fault.reason.contains(reason), "{rules}: {fault:?}");
    }
    let both = ruled("rate = \"8\"")
        .replace("agency_keeps_costs", "commission = \"8\"\nagency_keeps_costs");
    let faults = read(&both).unwrap_err();
    assert_eq!(faults[0].field, "agreement.remittance.commission_rules");
    assert!(faults[0].reason.contains("one of the two"));
}

#[test]
fn a_creditor_is_paid_as_agreed() {
    let paid = |lines: &str| {
        let text = format!("agency_keeps_costs = true\n{lines}\n");
        read(&agreeing(&WHOLE.replace("agency_keeps_costs = true\n", &text)))
    };
    let payout = |lines: &str| paid(lines).unwrap().remittance.payout;
    assert_eq!(payout(""), AgreedPayout::default());
    let gross = payout("settlement = \"gross\"\nweekly = \"friday\"\nminimum = \"25.00\"");
    assert_eq!(
        gross,
        AgreedPayout {
            settlement: Settlement::Gross,
            rhythm: Some(PayoutRhythm::Weekly { weekday: PayoutWeekday::Friday }),
            minimum: Some(Money::new(2_500, Currency::EUR)),
        }
    );
    let monthly = payout("settlement = \"net\"\nmonthly = 31");
    assert_eq!(monthly.rhythm, Some(PayoutRhythm::Monthly { day: 31 }));
    for (lines, field, reason) in [
        ("settlement = \"both\"", "settlement", "net (the agency's"),
        ("weekly = \"sunday\"", "weekly", "monday to friday"),
        ("monthly = 32", "monthly", "1 to 31"),
        ("weekly = \"monday\"\nmonthly = 1", "monthly", "one of the two"),
        ("minimum = \"25.00\"", "minimum", "weekly or monthly"),
        ("weekly = \"monday\"\nminimum = \"-1\"", "minimum", "above zero"),
    ] {
        let faults = paid(lines).unwrap_err();
        let [fault] = &faults[..] else { panic!("{lines}: {faults:?}") };
        assert_eq!(fault.field, format!("agreement.remittance.{field}"), "{lines}");
        assert!(fault.reason.contains(reason) && fault.line.is_some(), "{lines}: {fault:?}");
    }
}

#[test]
fn small_differences_are_given_up_as_agreed() {
    let agreed = |line: &str| {
        let text = format!("[agreement.small_difference]\n{line}\n\n[agreement.remittance]");
        read(&agreeing(&WHOLE.replacen("[agreement.remittance]", &text, 1)))
    };
    for (text, cents) in [("0.01", 1), ("1", 100), ("25.00", 2_500)] {
        let agreement = agreed(&format!("up_to = \"{text}\"")).unwrap();
        assert_eq!(agreement.small_difference, Some(Money::new(cents, Currency::EUR)));
    }
    for (line, reason) in [
        ("", "missing"),
        ("up_to = \"0.00\"", "from 0.01 to 25.00"),
        ("up_to = \"-1.00\"", "from 0.01 to 25.00"),
        ("up_to = \"25.01\"", "from 0.01 to 25.00"),
        ("up_to = 1.00", "quotation marks"),
    ] {
        let faults = agreed(line).unwrap_err();
        let [fault] = &faults[..] else { panic!("{line}: {faults:?}") };
        assert_eq!(fault.field, "agreement.small_difference.up_to", "{line}");
        assert!(fault.reason.contains(reason), "{line}: {fault:?}");
    }
}

#[test]
fn percentages_are_exact() {
    let commission = |text: &str| {
        let text = WHOLE.replace("\"10.5\"", &format!("\"{text}\""));
        read(&agreeing(&text)).map(|it| it.remittance.commission_basis_points)
    };
    for (text, basis_points) in
        [("0", 0), ("0.00", 0), ("0.05", 5), ("7", 700), ("7.5", 750), ("100.00", 10_000)]
    {
        assert_eq!(commission(text), Ok(basis_points), "{text}");
    }
    for wrong in
        ["", "100.01", "-1", "+1", "1.", ".5", "1.005", "10%", "1,5", "1_0", "1e1", " 1", "1000"]
    {
        let faults = commission(wrong).unwrap_err();
        assert_eq!(faults[0].field, "agreement.remittance.commission", "{wrong}");
    }
    let number = WHOLE.replace("\"8.00\"", "8.00");
    let faults = read(&agreeing(&number)).unwrap_err();
    assert_eq!(faults[0].field, "agreement.charges.penalty_clause.yearly_interest");
    assert!(faults[0].reason.contains("quotation marks"));
}

/// One change to the whole agreement: what is replaced by what, the field that is named, the
/// beginning of its line (of its table's where the field is absent), and a word of the reason.
type Change = (&'static str, &'static str, &'static str, &'static str, &'static str);

const WRONG_DEEDS: &[Change] = &[
    (
        "channels = [\"post\", \"email\"]",
        "channels = [\"post\", \"sms\"]",
        "steps[2].channels[2]",
        "channels",
        "no other is built",
    ),
    (
        "channels = [\"post\", \"email\"]",
        "channels = [\"telephone\"]",
        "steps[2].channels[1]",
        "channels",
        "call = true",
    ),
    (
        "channels = [\"post\", \"email\"]",
        "channels = [\"post\", \"post\"]",
        "steps[2].channels[2]",
        "channels",
        "twice",
    ),
    (
        "channels = [\"post\", \"email\"]",
        "channels = []",
        "steps[2].channels",
        "channels",
        "one channel",
    ),
    (
        "channels = [\"post\", \"email\"]",
        "channels = \"post\"",
        "steps[2].channels",
        "channels",
        "list",
    ),
    (
        "channels = [\"post\", \"email\"]",
        "channels = [1]",
        "steps[2].channels[1]",
        "channels",
        "text",
    ),
    (
        "channel = \"email\"",
        "channel = \"email\"\nchannels = [\"post\"]",
        "steps[1].channels",
        "channels",
        "one of the two",
    ),
    ("channel = \"email\"\n", "", "steps[1].channel", "[[agreement.steps]]", "channel or channels"),
    ("message = \"pre-due-notice\"\n", "", "steps[1].message", "[[agreement.steps]]", "or call"),
    ("\"pre-due-notice\"", "\"promise-confirmation\"", "steps[1].message", "message", "no step"),
    ("\"pre-due-notice\"", "\"payment-thanks\"", "steps[1].message", "message", "thanks_by"),
    ("\"pre-due-notice\"", "\"summons\"", "steps[1].message", "message", "fourteen-day-letter"),
    (
        "channel = \"email\"",
        "channel = \"email\"\nattempts_max = 2",
        "steps[1].attempts_max",
        "attempts_max",
        "call",
    ),
    ("call = true", "call = false", "steps[3].call", "call", "must be true"),
    ("call = true", "call = \"yes\"", "steps[3].call", "call", "true or false"),
    (
        "call = true",
        "call = true\nchannels = [\"email\"]",
        "steps[3].channels",
        "channels = [\"email\"]",
        "step of its own",
    ),
    ("attempts_max = 10", "attempts_max = 11", "steps[4].attempts_max", "attempts_max", "1 to 10"),
    ("attempts_max = 10", "attempts_max = 0", "steps[4].attempts_max", "attempts_max", "1 to 10"),
];

const WRONG_MOMENTS_AND_KEYS: &[Change] = &[
    (
        "days_from_due = -3\n",
        "days_from_due = -3\ndays_after_previous = 2\n",
        "steps[1].days_after_previous",
        "days_after",
        "one of the two",
    ),
    (
        "days_from_due = -3\n",
        "",
        "steps[1].days_from_due",
        "[[agreement.steps]]",
        "or days_after_previous",
    ),
    (
        "days_from_due = -3\n",
        "days_after_previous = 3\n",
        "steps[1].days_after_previous",
        "days_after",
        "no step before",
    ),
    (
        "days_after_previous = 7",
        "days_after_previous = 0",
        "steps[3].days_after_previous",
        "days_after",
        "1 to 365",
    ),
    ("days_from_due = -3", "days_from_due = 0", "steps[1].days_from_due", "days_from", "early"),
    (
        "days_from_due = 2\n",
        "days_from_due = 0\n",
        "steps[2].days_from_due",
        "days_from_due = 0",
        "after the due date",
    ),
    (
        "days_from_due = 2\n",
        "days_after_previous = 3\n",
        "steps[2].days_after_previous",
        "days_after",
        "after the due date",
    ),
    (
        "\"fourteen-day-letter\"\nchannels = [\"post\"]\ndays_after_previous = 1",
        "\"pre-due-notice\"\nchannels = [\"post\"]\ndays_from_due = -1",
        "steps[5].days_from_due",
        "days_from_due = -1",
        "order",
    ),
    // At the earliest seven days after the second day; the twelfth is late enough, this is not.
    (
        "days_from_due = 12",
        "days_from_due = 8",
        "steps[4].days_from_due",
        "days_from_due = 8",
        "order",
    ),
    (
        "key = \"reminder\"",
        "key = \"pre-due\" #",
        "steps[2].key",
        "key = \"pre-due\" #",
        "step above",
    ),
    ("key = \"reminder\"", "key = \"thanks\"", "steps[2].key", "key = \"th", "our own"),
    (
        "key = \"reminder\"",
        "key = \"promise-confirmation\"",
        "steps[2].key",
        "key = \"promise",
        "our own",
    ),
    ("key = \"reminder\"", "key = \"Reminder\"", "steps[2].key", "key = \"R", "letters"),
    ("key = \"reminder\"", "key = \"first--one\"", "steps[2].key", "key = \"f", "hyphen"),
    ("key = \"reminder\"", "key = \"first-\"", "steps[2].key", "key = \"f", "hyphen"),
];

const WRONG_TABLES: &[Change] = &[
    ("\"forty\"", "\"fifty\"", "charges.in_business", "in_business", "scale"),
    ("interest = true", "interest = 1", "charges.interest", "interest", "true or false"),
    ("= false", "= \"no\"", "charges.creditor_deducts_vat", "creditor_d", "true or false"),
    ("\"8.00\"", "\"0\"", "charges.penalty_clause.yearly_interest", "yearly", "from 0.01"),
    (
        "lump_sum = true\nyearly_interest = \"8.00\"\n",
        "",
        "charges.penalty_clause.lump_sum",
        "[agreement.charges.pen",
        "or both",
    ),
    (
        "lump_sum = true\n",
        "lump_summ = true\n",
        "charges.penalty_clause.lump_summ",
        "lump_summ",
        "unknown",
    ),
    ("days_max = 21", "days_max = 61", "promises.days_max", "days_max", "1 to 60"),
    ("grace_days = 4", "grace_days = 15", "promises.grace_days", "grace", "1 to 14"),
    ("grace_days = 4", "grace_days = 0", "promises.grace_days", "grace", "1 to 14"),
    (
        "keeps_costs = true",
        "keeps_costs = 0",
        "remittance.agency_keeps_costs",
        "agency_k",
        "true or false",
    ),
    (
        "thanks_by = [\"email\", \"post\"]",
        "thanks_by = [\"email\", \"telephone\"]",
        "thanks_by[2]",
        "thanks_by",
        "email or post",
    ),
    ("[agreement.promises]", "[agreement.promise]", "promise", "[agreement.promise]", "unknown"),
];

#[test]
fn every_fault_of_an_agreement_is_told_with_field_line_and_reason() {
    let changes = [WRONG_DEEDS, WRONG_MOMENTS_AND_KEYS, WRONG_TABLES];
    for (from, to, field, line, reason) in changes.into_iter().flatten() {
        let text = agreeing(&WHOLE.replacen(from, to, 1));
        assert_ne!(text, agreeing(WHOLE), "{from}");
        let faults = read(&text).unwrap_err();
        let [fault] = &faults[..] else { panic!("{to}: {faults:?}") };
        assert_eq!(fault.field, format!("agreement.{field}"), "{to}");
        assert!(fault.reason.contains(reason), "{to}: {fault:?}");
        assert_eq!(fault.line, line_of(&text, line), "{to}: {fault:?}");
        assert!(fault.line.is_some(), "{to}: {fault:?}");
    }
}

#[test]
fn the_edges_of_the_order_are_allowed() {
    for (from, to) in [
        // Two steps on one day.
        (
            "days_from_due = 2\n",
            "days_from_due = 2\n\n[[agreement.steps]]\nkey = \"same-day\"\n\
          message = \"demand\"\nchannel = \"email\"\ndays_from_due = 2\n",
        ),
        ("days_from_due = 12", "days_from_due = 9"),
        ("thanks_by = [\"email\", \"post\"]", "thanks_by = []"),
        ("lump_sum = true\n", ""),
        ("yearly_interest = \"8.00\"\n", ""),
    ] {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        assert!(read(&agreeing(&text)).is_ok(), "{to}");
    }
    let call = |days: i8| {
        format!("[[agreement.steps]]\nkey = \"call\"\ncall = true\ndays_from_due = {days}\n")
    };
    // On the due date itself it is the law that says whether it may be made.
    assert!(read(&agreeing(&call(0))).is_ok());
    let faults = read(&agreeing(&call(-1))).unwrap_err();
    assert!(faults[0].reason.contains("nobody is called before the due date"), "{faults:?}");
    let faults = read(&agreeing("steps = []\n")).unwrap_err();
    assert_eq!(faults[0].field, "agreement.steps");
    let faults = read(&agreeing("")).unwrap_err();
    assert_eq!(faults[0].field, "agreement.steps");
}

/// The demonstration's creditors were written for the first release.
#[test]
fn the_documents_of_the_demonstration_are_some() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/demo/creditors");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let document = read_document(&std::fs::read(&path).unwrap(), hash());
        assert!(document.is_ok(), "{}: {document:?}", path.display());
    }
}

#[test]
fn the_documents_of_the_readme_are_some() {
    let readme = include_str!("../../README.md");
    let mut documents = readme.split("```toml\n").skip(1).filter_map(|it| it.split("```").next());
    let whole = documents.next().unwrap();
    let agreement = read(whole).unwrap();
    assert_eq!(agreement.steps.len(), 3);
    assert!(agreement.small_difference.is_some());
    let based = format!("pay_to = \"agency\"\n{}", documents.next().unwrap());
    let based = read_agreement(based.as_bytes()).unwrap();
    assert!(based.charges.interest && based.steps.iter().any(|step| step.key == "second-demand"));
    let others = whole.lines().filter(|line| !line.starts_with("commission = "));
    let ruled = others.fold(String::new(), |text, line| text + line + "\n");
    let ruled = read(&(ruled + documents.next().unwrap())).unwrap();
    assert!(ruled.remittance.commission_rules.is_some());
    let member = read_staff_document(documents.next().unwrap().as_bytes()).unwrap();
    assert_eq!(member.certificates.len(), 1);
    assert!(documents.next().is_none());
}

// --- any document ------------------------------------------------------------------------------

#[test]
fn every_fault_of_a_document_is_told_with_its_line() {
    let line = |text: &str, of: &str| {
        text.lines().zip(1..).find(|(line, _)| line.starts_with(of)).map(|(_, number)| number)
    };
    for (from, to, field, at) in [
        ("code = \"tuinhuis\"", "code = \"Tuin Huis\"", "code", "code"),
        ("\"90001234\"", "\"9000123\"", "company_number", "company_number"),
        ("country = \"NL\"", "country = \"DE\"", "country", "country"),
        ("NL91 ABNA", "NL92 ABNA", "account.iban", "iban"),
        ("language = \"nl\"", "language = \"xx\"", "language", "language"),
        ("language = \"nl\"", "langauge = \"nl\"", "langauge", "langauge"),
        (
            "review_after_days = 14",
            "review_after_days = 91",
            "agreement.review_after_days",
            "review_a",
        ),
        ("days_from_due = -5", "days_from_due = 5", "agreement.steps[1].days_from_due", "days_"),
        ("channel = \"email\"", "channel = \"sms\"", "agreement.steps[1].channel", "channel"),
    ] {
        let text = CREDITOR.replacen(from, to, 1);
        assert_ne!(text, CREDITOR, "{from}");
        let faults = read_document(text.as_bytes(), hash()).unwrap_err();
        let found = faults.iter().find(|fault| fault.field == field);
        let found = found.unwrap_or_else(|| panic!("{to}: {faults:?}"));
        assert_eq!(found.line, line(&text, at), "{to}");
    }
}

/// What a document says is printed, on a debtor's message and on a screen of the agency.
#[test]
fn what_cannot_be_printed_is_no_text_of_a_document() {
    let name = "name = \"Tuinhuis Voorbeeld B.V.\"";
    let long = "x".repeat(5000);
    for (from, to, field, reason) in [
        (name, r#"name = "Fiets\u0000""#, "name", "U+0000"),
        (name, r#"name = "Fiets\nFiets""#, "name", "U+000A"),
        (name, r#"name = "Fiets\u001B[2J""#, "name", "U+001B"),
        (name, r#"name = "Fiets\u202E""#, "name", "U+202E"),
        (name, &format!("name = \"{long}\""), "name", "shorten"),
        ("Voorbeeldlaan 1", &long, "address[1]", "shorten"),
        ("3500 AA", r"3500\u2066AA", "address[2]", "U+2066"),
        ("+31 88", r"+31\t88", "telephone", "U+0009"),
        ("\"bv\"", &format!("\"{}\"", "b".repeat(51)), "legal_form", "shorten"),
        ("facturen@", &format!("{long}@"), "email", ""),
        ("legal_form", r#""legal\u001B""#, "legal\u{FFFD}", "unknown"),
    ] {
        let text = CREDITOR.replacen(from, to, 1);
        let faults = read_document(text.as_bytes(), hash()).unwrap_err();
        let [fault] = &faults[..] else { panic!("{field}: {faults:?}") };
        assert_eq!(fault.field, field);
        assert!(fault.reason.contains(reason) && fault.line.is_some(), "{fault:?}");
        assert!(!format!("{faults:?}").contains("xxx"), "a fault repeats no text");
    }
    // Letters of any script are as good as ours.
    let greek = CREDITOR.replacen("Voorbeeld B.V.", "Πράσινο Σπίτι – ‘Été’", 1);
    assert!(read_document(greek.as_bytes(), hash()).is_ok());
}

#[test]
fn all_faults_of_a_document_are_told_at_once() {
    let text = CREDITOR.replace("code = \"tuinhuis\"", "").replace("\"90001234\"", "1");
    let text = text.replace("review_by = \"desk\"", "review_by = \"desk\"\nsecret = 1");
    let faults = read_document(text.as_bytes(), hash()).unwrap_err();
    let fields: BTreeSet<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, BTreeSet::from(["code", "company_number", "agreement.secret"]));
    assert_eq!(read_document(b"code = ", hash()).unwrap_err()[0].line, Some(1));
}

// --- staff -------------------------------------------------------------------------------------

#[test]
fn a_member_of_staff_is_read_in_a_fixed_order() {
    let member = read_staff_document(STAFF.as_bytes()).unwrap();
    assert_eq!((&*member.code, &*member.name), ("mila", "Mila Voorbeeld"));
    assert_eq!(member.roles, [StaffRole::Caller, StaffRole::CaseDesk]);
    let certificates: Vec<_> = member
        .certificates
        .iter()
        .map(|it| (it.certificate.country, &*it.number, it.certificate.valid_from.to_string()))
        .collect();
    assert_eq!(
        certificates,
        [
            (Country::BE, "BE-0001", "2026-02-01".to_owned()),
            (Country::NL, "NL-0001", "2026-01-01".to_owned()),
        ]
    );
    assert!(!format!("{member:?}").contains("Mila"), "a name stays out of logs");
    let none = "code = \"mila\"\nname = \"Mila\"\nroles = []\n";
    assert!(read_staff_document(none.as_bytes()).unwrap().certificates.is_empty());
}

#[test]
fn every_fault_of_a_staff_document_is_told_with_field_line_and_reason() {
    for (from, to, field, line, reason) in [
        ("code = \"mila\"", "code = \"Mila V\"", "code", "code", "small letters"),
        ("\"Mila Voorbeeld\"", "\" \"", "name", "name", "is empty"),
        ("name = \"Mila Voorbeeld\"\n", "", "name", "", "is missing"),
        ("roles = [\"caller\", \"case-desk\"]\n", "", "roles", "", "is missing"),
        ("\"case-desk\"", "\"boss\"", "roles[2]", "roles", "finance-desk"),
        ("\"case-desk\"", "\"caller\"", "roles[2]", "roles", "twice"),
        ("country = \"NL\"", "country = \"DE\"", "certificates[1].country", "country", "NL or BE"),
        ("number = \"NL-0001\"\n", "", "certificates[1].number", "[[cert", "is missing"),
        ("\"NL-0001\"", "\"\"", "certificates[1].number", "number", "is empty"),
        (
            "= 2026-01-01",
            "= 2026-01-01T00:00:00",
            "certificates[1].valid_from",
            "valid_f",
            "a date",
        ),
        ("= 2026-01-01", "= \"2026-02-30\"", "certificates[1].valid_from", "valid_f", "a date"),
        (
            "= 2026-01-01",
            "= \"2026-01-01T00:00\"",
            "certificates[1].valid_from",
            "valid_f",
            "a date",
        ),
        ("= 2026-01-01", "= 20260101", "certificates[1].valid_from", "valid_f", "a date"),
        ("= 2026-12-31", "= 2025-12-31", "certificates[1].valid_until", "valid_u", "before"),
        ("valid_until = 2026-12-31\n", "", "certificates[1].valid_until", "[[cert", "is missing"),
        (
            "country = \"BE\"\nnumber = \"BE-0001\"",
            "country = \"NL\"\nnumber = \"NL-0001\"",
            "certificates[2].number",
            "number",
            "above",
        ),
        ("[[certificates]]", "[[certificate]]", "certificate", "[[certificate]]", "unknown"),
    ] {
        let text = STAFF.replacen(from, to, 1);
        assert_ne!(text, STAFF, "{from}");
        let faults = read_staff_document(text.as_bytes()).unwrap_err();
        let [fault] = &faults[..] else { panic!("{to}: {faults:?}") };
        assert_eq!(fault.field, field, "{to}");
        assert!(fault.reason.contains(reason), "{to}: {fault:?}");
        let place = if line.is_empty() { None } else { line_of(&text, line) };
        let place = if field == "certificates[2].number" { Some(14) } else { place };
        assert_eq!(fault.line, place, "{to}");
    }
    let faults = read_staff_document(&vec![b' '; 64 * 1024 + 1]).unwrap_err();
    assert!(faults[0].reason.contains("no document of a member of staff"));
}

proptest! {
    #[test]
    fn no_text_makes_a_document_panic(text: String) {
        prop_assert!(read_document(text.as_bytes(), hash()).is_err());
        prop_assert!(read_staff_document(text.as_bytes()).is_err());
    }

    /// Whatever days two steps have, they are agreed on exactly where they stand in order.
    #[test]
    fn steps_stand_in_their_order(first in 1_i16..60, second in 1_i16..60, after: bool) {
        let key = if after { "days_after_previous" } else { "days_from_due" };
        let step = |key: &str, moment: &str, days: i16| {
            format!(
                "[[agreement.steps]]\nkey = \"{key}\"\nmessage = \"demand\"\n\
                 channel = \"post\"\n{moment} = {days}\n"
            )
        };
        let text = step("one", "days_from_due", first) + &step("two", key, second);
        prop_assert_eq!(read(&agreeing(&text)).is_ok(), after || first <= second);
    }
}
