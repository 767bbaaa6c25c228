//! How fast a bank file is read, against quick-xml merely walking the same file, and how much
//! memory that takes.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use bank_statements::{Entry, Sink, Statement, Verdict, read};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::figures::ratio;

/// Entries of the file whose reading is timed.
const ENTRIES: u32 = 50_000;
/// Pairs of walking and reading, of which the median ratio counts.
const PAIRS: usize = 7;
/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Times both in turns, then looks at the memory of reading a small and a large file.
pub(crate) fn measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("statement.xml");
    write(&file, ENTRIES);
    let bytes = file.metadata().expect("the file").len();
    let mut pairs: Vec<(u64, Duration, Duration)> = Vec::new();
    for _ in 0..PAIRS {
        let walked = timed(|| walk(&file));
        let read = timed(|| assert_eq!(count(&file), ENTRIES));
        pairs.push((part(walked, read), walked, read));
    }
    pairs.sort_unstable();
    let (_, walked, read) = *pairs.get(PAIRS / 2).expect("at least one pair");
    let rate = |took: Duration| u128::from(bytes) / took.as_micros().max(1);
    println!(
        "bank file: {ENTRIES} entries, {} MB: walked at {} MB/s, read at {} MB/s: {}   bar: 0.5",
        bytes / 1_000_000,
        rate(walked),
        rate(read),
        ratio(micros(walked), micros(read)),
    );
    for entries in [ENTRIES / 10, ENTRIES, ENTRIES * 10] {
        write(&file, entries);
        let before_kb = peak_kb(true);
        assert_eq!(count(&file), entries);
        println!(
            "bank file: {entries} entries read with {} kB more memory at the peak   bar: constant",
            peak_kb(false).saturating_sub(before_kb),
        );
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn part(walked: Duration, read: Duration) -> u64 {
    micros(walked) * 1_000_000 / micros(read).max(1)
}

/// Every event once, as any reader of XML must.
fn walk(file: &Path) {
    let file = File::open(file).expect("the file");
    let mut reader = Reader::from_reader(BufReader::with_capacity(CHUNK_BYTES, file));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).expect("well-formed XML");
        if matches!(black_box(event), Event::Eof) {
            return;
        }
    }
}

/// The entries of a file that proves itself.
fn count(file: &Path) -> u32 {
    #[derive(Default)]
    struct Counted(u32);
    impl Sink for Counted {
        fn entry(&mut self, entry: Entry) {
            black_box(entry);
            self.0 += 1;
        }

        fn statement(&mut self, statement: Statement) {
            black_box(statement);
        }
    }
    let mut counted = Counted::default();
    let outcome = read(File::open(file).expect("the file"), &mut counted).expect("it is read");
    assert_eq!(outcome.verdict, Verdict::Accept, "{:?}", outcome.problems);
    counted.0
}

/// The most memory that this process had resident; may begin anew.
fn peak_kb(anew: bool) -> u64 {
    if anew {
        std::fs::write("/proc/self/clear_refs", "5").expect("Linux counts anew");
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// A statement of one day, about a kilobyte per entry.
fn write(path: &Path, entries: u32) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let total = u64::from(entries) * 5_025;
    let closing = format!("{}.{:02}", total / 100, total % 100);
    let head = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T23:00:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>2026-061</Id>
      <Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>"#;
    writeln!(out, "{head}").expect("written");
    for (code, amount) in [("OPBD", "0.00"), ("CLBD", closing.as_str())] {
        writeln!(
            out,
            "      <Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>\
             <Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
             <Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        )
        .expect("written");
    }
    for number in 0..entries {
        write!(
            out,
            "      <Ntry>
        <NtryRef>{number}</NtryRef>
        <Amt Ccy=\"EUR\">50.25</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt>
        <ValDt><Dt>2026-03-02</Dt></ValDt>
        <AcctSvcrRef>042606101{number:09}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>\
        </BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
            <Amt Ccy=\"EUR\">50.25</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd>
            <RltdPties>
              <Dbtr><Pty><Nm>J. Jansen &amp; Zn. {number}</Nm></Pty></Dbtr>
              <DbtrAcct><Id><IBAN>NL20INGB0001234567</IBAN></Id></DbtrAcct>
            </RltdPties>
            <RmtInf><Strd><CdtrRefInf>\
            <Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>CUR</Issr></Tp>\
            <Ref>5{number:015}</Ref></CdtrRefInf></Strd></RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>
"
        )
        .expect("written");
    }
    writeln!(out, "    </Stmt>\n  </BkToCstmrStmt>\n</Document>").expect("written");
    out.flush().expect("written");
}
