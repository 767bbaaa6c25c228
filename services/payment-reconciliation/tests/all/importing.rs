//! Every statement counts once, whatever the file.

use crate::bank::{self, CLIENT, Entry, file, statement};
use crate::world::{CREDITORS, Known, World, euro, read, reference};
use contracts::intake::CreditorAccount;
use contracts::payment_reconciliation::{ImportStatementAnswer, PaymentUnmatched};
use payment_reconciliation::domain::account_statement::{AccountStatement, BankFile, Owners};
use primitives::{CreditorId, Iban};
use uuid::Uuid;

fn statements(file: &BankFile) -> &[AccountStatement] {
    match file {
        BankFile::Readable(statements, _) => statements,
        BankFile::Doubtful(_, problems)
        | BankFile::Early(_, problems)
        | BankFile::Unbookable(problems)
        | BankFile::Refused(problems) => panic!("{problems:?}"),
    }
}

fn last(world: &World) -> &ImportStatementAnswer {
    world.answers.last().unwrap()
}

#[test]
fn a_statement_counts_once_whatever_the_file_and_two_equal_payments_are_two() {
    let twice = [Entry::credit(500), Entry::credit(500), Entry::debit(120)];
    let one = statement(CLIENT, "S1", "2026-03-02", &twice);
    let two = statement(CLIENT, "S2", "2026-03-03", &[Entry::credit(700)]);
    let mut world = World::new();
    world.after(Known::Bank(read(&file(std::slice::from_ref(&one)))));
    let ImportStatementAnswer::Imported { statements, problems } = last(&world).clone() else {
        panic!("{:?}", last(&world));
    };
    assert!(problems.is_empty());
    assert_eq!((statements[0].payment_count, statements[0].outgoing_count), (2, 1));
    assert_eq!((statements[0].credited, statements[0].debited), (euro(1_000), euro(120)));
    assert_eq!((world.payments.len(), world.booked.len()), (3, 3));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 2, "what went out was not received");

    // The same again, with other white space; then with another statement beside it.
    world.after(Known::Bank(read(&file(std::slice::from_ref(&one)).replace('>', "> "))));
    let known = ImportStatementAnswer::AlreadyKnown { statements };
    assert_eq!(*last(&world), known);
    world.after(Known::Bank(read(&file(&[one, two]))));
    let ImportStatementAnswer::Imported { statements, problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    // One was known, and the other does not begin with what that one left.
    assert_eq!((statements.len(), problems.len(), world.payments.len()), (1, 2, 4));
    assert!(problems[1].reason.contains("held 18.80 EUR after 2026-03-02"), "{problems:?}");
}

#[test]
fn a_known_statement_with_other_content_is_kept_for_a_person() {
    let mut world = World::new();
    let taken = |minor| {
        let statement = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(minor)]);
        Known::Bank(read(&file(&[statement])))
    };
    world.after(taken(500)).after(taken(600));
    assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }));
    assert_eq!(world.payments.len(), 1);
    // The same within one file: nothing of it is booked.
    let mut world = World::new();
    let versions = [500, 600].map(|it| statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(it)]));
    world.after(Known::Bank(read(&file(&versions))));
    assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }));
    assert!(world.payments.is_empty() && world.booked.is_empty());
}

/// The same payments in another file of the same days must never count twice.
#[test]
fn statements_that_tell_of_the_same_days_are_kept_for_a_person() {
    let with = |id: &str, day: &str, opening: &str, closing: &str, minor: i64| {
        let whole = statement(CLIENT, id, day, &[Entry::credit(minor)]);
        let (_, entries) = whole.split_once("<Ntry>").unwrap();
        let head = whole.split("<Bal>").next().unwrap();
        let balance = |code: &str, day: &str, amount: &str| {
            format!(
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>\
                 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
            )
        };
        let (before, last) = day.split_once('/').unwrap_or((day, day));
        let balances = balance("PRCD", before, opening) + &balance("CLBD", last, closing);
        let entries = entries.replace(day, last);
        Known::Bank(read(&file(&[format!("{head}{balances}<Ntry>{entries}")])))
    };
    let take = |world: &mut World, news: Known| {
        world.after(news);
        matches!(last(world), ImportStatementAnswer::Imported { .. })
    };
    let first = || with("1", "2026-03-02", "10.00", "15.00", 500);
    for (other, is_taken) in [
        // Another name for the same: the same day in another format.
        (with("A", "2026-03-02", "10.00", "15.00", 500), false),
        // A download of several days, one of which is known.
        (with("A", "2026-03-01/2026-03-04", "10.00", "22.00", 1_200), false),
        // The day goes on; it began with another part; the next day.
        (with("2", "2026-03-02", "15.00", "20.00", 500), true),
        (with("0", "2026-03-02", "5.00", "10.00", 500), true),
        (with("2", "2026-03-03", "15.00", "20.00", 500), true),
        (with("2", "2026-03-02/2026-03-03", "15.00", "20.00", 500), true),
        // Something is missing between them, or was told of already.
        (with("3", "2026-03-02", "20.00", "25.00", 500), false),
    ] {
        let mut world = World::new();
        assert!(take(&mut world, first()));
        assert_eq!(take(&mut world, other.clone()), is_taken, "{other:?}");
        assert_eq!(world.payments.len(), 1 + usize::from(is_taken));
        // What is known already never comes again under another name, however much is known.
        for (id, opening, closing) in [("P", "10.00", "15.00"), ("Q", "15.00", "20.00")] {
            let mut world = World::new();
            assert!(take(&mut world, first()));
            assert!(take(&mut world, with("2", "2026-03-02", "15.00", "20.00", 500)));
            assert!(!take(&mut world, with(id, "2026-03-02", opening, closing, 500)), "{id}");
            assert!(!take(&mut world, with("W", "2026-03-02", "10.00", "20.00", 1_000)));
            assert!(take(&mut world, with("3", "2026-03-02", "20.00", "25.00", 500)));
        }
        // The other way round: whoever comes first is believed.
        let mut world = World::new();
        assert!(take(&mut world, other.clone()));
        assert_eq!(take(&mut world, first()), is_taken, "{other:?}");
    }
}

#[test]
fn a_statement_without_movements_stands_in_nobodys_way() {
    let nothing = || statement(CLIENT, "morning", "2026-03-02", &[]);
    let whole = || statement(CLIENT, "evening", "2026-03-02", &[Entry::credit(500)]);
    for order in [[nothing(), whole()], [whole(), nothing()]] {
        let mut world = World::new();
        for one in order {
            world.after(Known::Bank(read(&file(&[one]))));
            let answer = last(&world);
            assert!(matches!(answer, ImportStatementAnswer::Imported { .. }), "{answer:?}");
        }
        assert_eq!(world.payments.len(), 1);
    }
}

#[test]
fn banks_may_begin_their_numbers_anew() {
    let mut world = World::new();
    for day in ["2025-03-02", "2026-03-02"] {
        let statement = statement(CLIENT, "1", day, &[Entry::credit(500)]);
        world.after(Known::Bank(read(&file(&[statement]))));
    }
    assert_eq!(world.payments.len(), 2);
}

#[test]
fn accounts_of_nobody_and_statements_of_long_ago_or_to_come_are_refused() {
    let mut world = World::new();
    let known = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)]);
    let strange = statement("NL20INGB0001234567", "S2", "2026-03-02", &[]);
    world.after(Known::Bank(read(&file(&[known, strange]))));
    let ImportStatementAnswer::Refused { problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    assert_eq!((problems.len(), problems[0].field.as_str()), (1, "Stmt/Acct/Id"));
    assert!(problems[0].reason.starts_with("statement 2: "), "{}", problems[0].reason);
    assert!(!problems[0].reason.contains("NL20"), "no account number in a message");
    // What is yet to come would say that all payments until then are known.
    for day in ["2016-03-01", "2099-01-01"] {
        let untimely = statement(CLIENT, "S1", day, &[Entry::credit(500)]);
        world.after(Known::Bank(read(&file(&[untimely]))));
        assert!(matches!(last(&world), ImportStatementAnswer::Refused { .. }), "{day}");
    }
    assert!(world.payments.is_empty());
}

#[test]
fn whose_account_it_is_must_be_plain() {
    let account = |number: u128, account: &str| CreditorAccount {
        creditor_id: CreditorId::from_uuid(Uuid::from_u128(number)),
        account: account.to_owned(),
        account_since: 1,
    };
    let xml = file(&[statement(CREDITORS, "S1", "2026-03-02", &[])]);
    let read = |owners: &Owners| BankFile::of(&bank_statements::collect(xml.as_bytes()), owners);
    let spaced = "be68 5390 0754 7034";
    let two = Owners::new(&[], &[account(1, spaced), account(2, CREDITORS)]);
    assert!(matches!(read(&two), BankFile::Refused(_)));
    let same = Owners::new(&[], &[account(1, spaced), account(1, CREDITORS)]);
    assert!(matches!(read(&same), BankFile::Readable(..)));
    let clients = Owners::new(&[Iban::parse(CREDITORS).unwrap()], &[account(1, CREDITORS)]);
    let holder = statements(&read(&clients))[0].owner.holder.to_string();
    assert_eq!(holder, "agency", "client money is client money");
}

/// Other formats write the account in other ways; it is one account all the same.
#[test]
fn an_account_is_known_in_every_way_that_banks_write_it() {
    let file = |account: &str, day: &str| {
        let lines = [
            ":20:MPBZ",
            &format!(":25:{account}"),
            ":28C:1",
            &format!(":60F:C{day}EUR10,00"),
            &format!(":61:{day}C5,00NTRFNONREF"),
            &format!(":62F:C{day}EUR15,00"),
        ];
        Known::Bank(read(&lines.join("\r\n")))
    };
    for account in [CLIENT, "NL91ABNA0417164300EUR", "0417164300", "417164300", "41.71.64.300EUR"] {
        let mut world = World::new();
        world.after(file(account, "260302"));
        assert!(matches!(last(&world), ImportStatementAnswer::Imported { .. }), "{account}");
        // The same day of the same account, in another format.
        let camt = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)]);
        world.after(Known::Bank(read(&bank::file(&[camt]))));
        assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }), "{account}");
    }
    for strange in ["417164301", "NL91ABNA0417164300USD0", "164300", "0"] {
        let mut world = World::new();
        world.after(file(strange, "260302"));
        assert!(matches!(last(&world), ImportStatementAnswer::Refused { .. }), "{strange}");
    }
}

#[test]
fn a_file_that_does_not_prove_itself_is_kept_for_a_person() {
    let sound = file(&[statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)])]);
    let mut world = World::new();
    world.after(Known::Bank(read(&sound.replacen("5.00", "5.01", 1))));
    let ImportStatementAnswer::Quarantined { problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    assert!(!problems.is_empty() && world.booked.is_empty());
    world.after(Known::Bank(read("<no-statement/>")));
    assert!(matches!(last(&world), ImportStatementAnswer::Refused { .. }));
}

#[test]
fn each_page_of_a_statement_is_taken_in_and_the_first_keeps_its_id() {
    let whole = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)]);
    let page = |number: &str| {
        let page = format!("</Id><StmtPgntn><PgNb>{number}</PgNb></StmtPgntn><Acct>");
        file(&[whole.replacen("</Id><Acct>", &page, 1)])
    };
    let id = |xml: &str| statements(&read(xml))[0].statement_id;
    let unpaged = id(&file(std::slice::from_ref(&whole)));
    assert_eq!([id(&page("1")), id(&page("0001"))], [unpaged, unpaged]);
    let mut world = World::new();
    for (number, is_new) in [("1", true), ("2", true), ("3", true), ("2", false)] {
        world.after(Known::Bank(read(&page(number))));
        let answer = last(&world);
        assert_eq!(
            matches!(answer, ImportStatementAnswer::Imported { .. }),
            is_new,
            "page {number}: {answer:?}"
        );
    }
}

#[test]
fn money_of_a_batch_is_not_booked_on_the_one_payment_that_is_shown() {
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
    for shown in ["<Btch><NbOfTxs>25</NbOfTxs></Btch><TxDtls>", "<TxDtls><Amt Ccy='EUR'>4</Amt>"] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        world.after(Known::Bank(read(&xml.replacen("<TxDtls>", shown, 1))));
        let ImportStatementAnswer::Imported { problems, .. } = last(&world) else {
            panic!("{:?}", last(&world));
        };
        assert_eq!(problems.len(), 1, "it is remarked on: {shown}");
        let unmatched = world.told::<PaymentUnmatched>();
        assert_eq!((unmatched.len(), unmatched[0].amount), (1, euro(5_000)), "{shown}");
        assert_eq!(world.open(11), euro(5_000), "{shown}");
    }
}

#[test]
fn a_reference_is_found_where_payers_put_it() {
    let found = |entry: Entry| {
        let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
        let movement = statements(&read(&xml))[0].movements[0].clone();
        let references = movement.references.iter().map(|it| it.canonical().to_owned());
        references.collect::<Vec<_>>().join(" and ")
    };
    let credit = || Entry::credit(500);
    let belgian = "010806817183";
    assert_eq!(found(credit().structured("010806817183")), belgian);
    assert_eq!(found(credit().line("+++010/8068/17183+++")), belgian);
    assert_eq!(found(credit().line("***010/8068/17183***")), belgian);
    assert_eq!(found(credit().line("rf18 5390 0754 7034")), "RF18539007547034");
    let dutch = "5000056789012345";
    assert_eq!(found(credit().line("5000 0567 8901 2345")), dutch);
    // The same one twice is one; bare digits that may be anything are none.
    assert_eq!(found(credit().structured("010806817183").line("+++010/8068/17183+++")), belgian);
    let both = "010806817183 and RF18539007547034";
    assert_eq!(found(credit().structured("010806817183").line("RF18539007547034")), both);
    assert_eq!(found(credit().line("010806817183")), "");
    assert_eq!(found(credit().line("factuur RF18539007547034")), "");
    // What comes back is no payment of a debtor.
    assert_eq!(found(credit().structured("010806817183").returned()), "");
    assert_eq!(found(Entry::debit(500).structured("010806817183")), "");
}

#[test]
fn what_a_person_wrote_stands_in_no_debug_print() {
    let entry = Entry::credit(500).line("Groeten van Anna").named("Anna de Vries");
    let read = read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]));
    let print = format!("{read:?}");
    assert!(!print.contains("Anna") && !print.contains(CLIENT), "{print}");
}
