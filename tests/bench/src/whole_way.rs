//! The whole way of money: a bank file is imported, its payments are matched to claims, booked and
//! told, by the real intake and payment-reconciliation on real servers.

use std::fmt::Write;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use contracts::payment_reconciliation::{GetPositions, ImportStatement, ImportStatementAnswer};
use contracts::registry::{SLICES, Slice};
use intake::{Intake, IntakeConfig};
use jiff::ToSpan;
use mailbox::Asker;
use matching::Payment;
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{Actor, Date, Iban};
use quick_xml::escape::escape;
use runtime::Service;
use runtime::files::FileStore;
use sqlx::PgConnection;
use testkit::{House, Resident, Schema, connect_to};

use crate::costly;
use crate::figures::ratio;
use crate::matching::world::claims::Books;
use crate::matching::world::payments::Payments;
use crate::matching::world::prng::Prng;
use crate::seeding;
use crate::servers::Servers;

/// The agency's account for client money.
pub(crate) const ACCOUNT: &str = "NL91ABNA0417164300";

/// Of so many cases the positions are asked.
const POSITIONS: u64 = 100_000;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_mins(5);

/// Imports files of so many entries, one after the other, each of a day of its own; where asked, it
/// tells which statements cost most.
pub(crate) async fn measure(seed: u64, claims: usize, sizes: &[u32], is_told: bool) {
    let schemas = [
        Schema::of(Intake::NAME, &intake::MIGRATIONS),
        Schema::of(PaymentReconciliation::NAME, &payment_reconciliation::MIGRATIONS),
    ];
    let of = |it: &&Slice| schemas.iter().any(|schema| schema.service == it.service);
    let slices: Vec<Slice> = SLICES.iter().filter(of).copied().collect();
    let servers = Servers::bare(is_told).await;
    let house = servers.house(&schemas, &slices).await;
    eprintln!("making {claims} claims");
    let mut books = Books::new(&mut Prng::new(seed), claims);
    eprintln!("laying them into the tables");
    seeding::fill(&house.database, &books).await;
    let mut agency = Box::pin(Agency::open(&servers, house)).await;
    let mut payments = Payments::new(seed ^ 0x5eed);
    let mut rates = Vec::new();
    for (days, entries) in (0_i32..).zip(sizes) {
        let day = Date::constant(2026, 2, 2).saturating_add(days.days());
        let made: Vec<Payment> = (0..*entries).map(|_| next(&mut payments, &mut books)).collect();
        let mut conn = servers.connect("public").await;
        if is_told {
            costly::forget(&mut conn).await;
        }
        rates.push(agency.import(&file(day, &made), *entries).await);
        if is_told {
            costly::tell(&mut conn, *entries).await;
        }
    }
    agency.positions().await;
    agency.close().await;
    if let [first, .., last] = rates.as_slice() {
        println!(
            "whole way: the largest file at {} of the rate of the smallest",
            ratio(*last, *first)
        );
    }
}

/// A payment, which the books then know as what it is.
fn next(payments: &mut Payments, books: &mut Books) -> Payment {
    let intent = payments.next(books);
    for (claim, amount) in &intent.parts {
        let before = open(books, *claim);
        books.pay(*claim, *amount);
        payments.was_paid(*claim, before, open(books, *claim) == 0);
    }
    intent.payment
}

fn open(books: &Books, claim: usize) -> i64 {
    books.claims.get(claim).expect("a claim of these books").open
}

/// The agency, with both services in this process.
struct Agency<'a> {
    servers: &'a Servers,
    house: House,
    residents: [Resident; 2],
    files: FileStore,
    conn: PgConnection,
}

impl<'a> Agency<'a> {
    async fn open(servers: &'a Servers, house: House) -> Self {
        let http_listen = (Ipv4Addr::LOCALHOST, 0).into();
        let config = IntakeConfig { http_listen, ..IntakeConfig::default() };
        let intake = house.start::<Intake>(config).await;
        let client_accounts = vec![ACCOUNT.to_owned()];
        let config = PaymentReconciliationConfig {
            client_accounts,
            ..PaymentReconciliationConfig::default()
        };
        let desk = house.start::<PaymentReconciliation>(config).await;
        let files = FileStore::open(house.folder()).expect("a file store");
        let conn = connect_to(&house.database, PaymentReconciliation::NAME).await;
        Self { servers, house, residents: [intake, desk], files, conn }
    }

    /// Imports a file, waits until nothing is on its way, and tells how many entries a second.
    async fn import(&mut self, file: &str, entries: u32) -> u64 {
        let before = self.payments().await;
        let (usage, begun) = (self.servers.usage(), Instant::now());
        let document = self.files.put(file.as_bytes()).await.expect("the file is kept");
        let asker = Asker::new(self.house.nats.clone(), LIMIT, Actor::Operator);
        let answer = asker.change(&ImportStatement { document }, &document.to_string()).await;
        let answered = begun.elapsed();
        let answer = answer.expect("an answer");
        assert!(matches!(answer, ImportStatementAnswer::Imported { .. }), "{answer:?}");
        self.house.rest_within(LIMIT).await;
        let took = begun.elapsed();
        let used = self.servers.usage().since(usage).each(u64::from(entries));
        let [all, placed] = self.payments().await;
        let rate = u128::from(entries) * 1_000 / took.as_millis().max(1);
        println!(
            "whole way: {entries} entries, {} MB: answered after {} ms, booked and told after {} \
             ms, {rate} per s   bar: 50000 within 30000 ms\n  of each: {} us in the program, {} \
             in Postgres, {} in the broker; {} payments, {} of them on cases",
            file.len() / 1_000_000,
            answered.as_millis(),
            took.as_millis(),
            used.program,
            used.postgres,
            used.broker,
            all - before[0],
            placed - before[1],
        );
        u64::try_from(rate).expect("a small number")
    }

    /// How many payments there are, and how many are on cases, in whole or in part.
    async fn payments(&mut self) -> [i64; 2] {
        let (all, placed): (i64, i64) = sqlx::query_as(
            "select count(*) filter (where part_of is null),
                    count(distinct coalesce(part_of, payment_id)) filter (where allocated)
             from payment",
        )
        .fetch_one(&mut self.conn)
        .await
        .expect("payments are counted");
        [all, placed]
    }

    /// Asks what is owed on so many cases, page by page.
    async fn positions(&self) {
        let asker = Asker::new(self.house.nats.clone(), LIMIT, Actor::Operator);
        let mut page_of =
            GetPositions { creditor_id: None, as_of: None, after: None, limit: 1_000 };
        let (usage, begun, mut told) = (self.servers.usage(), Instant::now(), 0_u64);
        while told < POSITIONS {
            let page = asker.ask(&page_of).await.expect("an answer");
            told += u64::try_from(page.positions.len()).expect("a small number");
            (page_of.as_of, page_of.after) = (Some(page.as_of), page.next);
            if page.next.is_none() {
                break;
            }
        }
        let took = begun.elapsed();
        let used = self.servers.usage().since(usage).each(told.max(1));
        println!(
            "whole way: the positions of {told} cases in {} ms   bar: seconds\n  of each: {} us in \
             the program, {} in Postgres, {} in the broker",
            took.as_millis(),
            used.program,
            used.postgres,
            used.broker,
        );
    }

    async fn close(self) {
        for resident in self.residents {
            assert!(resident.stop().await, "everything stops in time");
        }
    }
}

/// A statement (camt.053) of one day with these payments.
pub(crate) fn file(day: Date, payments: &[Payment]) -> String {
    let total: i64 = payments.iter().map(|it| it.amount.amount_minor()).sum();
    let euros = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let mut text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M{day}</MsgId><CreDtTm>{day}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{day}</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>"#
    );
    for (code, minor) in [("OPBD", 0), ("CLBD", total)] {
        write!(
            text,
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>",
            euros(minor)
        )
        .expect("memory");
    }
    for (number, payment) in (1..).zip(payments) {
        let amount = euros(payment.amount.amount_minor());
        write!(
            text,
            "\n<Ntry><NtryRef>{number}</NtryRef><Amt Ccy=\"EUR\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
             <ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{day}-{number:09}</AcctSvcrRef>\
             <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>\
             </Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs>\
             <Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{}<RmtInf>{}</RmtInf>\
             </TxDtls></NtryDtls></Ntry>",
            escape(payment.end_to_end_id.as_deref().unwrap_or("NOTPROVIDED")),
            payer(payment),
            written(payment),
        )
        .expect("memory");
    }
    text.push_str("\n</Stmt></BkToCstmrStmt></Document>\n");
    text
}

fn payer(payment: &Payment) -> String {
    let name = payment.counterparty_name.as_deref();
    let name = name.map(|it| format!("<Dbtr><Pty><Nm>{}</Nm></Pty></Dbtr>", escape(it)));
    let account = payment.counterparty_iban.as_ref().map(Iban::to_string);
    let account = account.map(|it| format!("<DbtrAcct><Id><IBAN>{it}</IBAN></Id></DbtrAcct>"));
    match (name, account) {
        (None, None) => String::new(),
        (name, account) => format!(
            "<RltdPties>{}{}</RltdPties>",
            name.unwrap_or_default(),
            account.unwrap_or_default()
        ),
    }
}

fn written(payment: &Payment) -> String {
    let lines = payment.lines.iter().map(|it| format!("<Ustrd>{}</Ustrd>", escape(it.as_str())));
    let references = payment.references.iter().map(|it| {
        let reference = escape(it.as_str());
        format!("<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>")
    });
    lines.chain(references).collect()
}
