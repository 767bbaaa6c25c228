//! An order to the bank to pay: `pain.001.001.09` of ISO 20022, for one SEPA credit transfer.
//!
//! The same order always gives the same bytes, so that it may be made again.

use primitives::{Date, Iban, Money, Timestamp};

use super::ledger::Transfer;
use super::xml::Xml;

/// The namespace of the message, and with it the version of its schema.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// SEPA takes names of so many characters.
const NAME_MAX: usize = 70;

/// Everything that an order says.
#[derive(Clone, Debug)]
pub struct PaymentOrder {
    pub transfer: Transfer,
    /// What the payee reads of it, at most 140 signs that SEPA takes.
    pub text: String,
    pub created_at: Timestamp,
    /// The day on which it is to be executed.
    pub execute_on: Date,
    /// Above zero.
    pub amount: Money,
    pub payer: Party,
    pub payee: Party,
}

/// A name and its account.
#[derive(Clone, Debug)]
pub struct Party {
    pub name: String,
    pub account: Iban,
}

impl PaymentOrder {
    /// The order as a file.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = Xml::begin();
        let id = self.transfer.end_to_end_id();
        let sum = self.amount.to_decimal().to_string();
        let payer = name(&self.payer.name);
        xml.open(&format!("Document xmlns=\"{NAMESPACE}\""));
        xml.open("CstmrCdtTrfInitn");
        xml.open("GrpHdr");
        xml.text("MsgId", &id);
        xml.text("CreDtTm", &created(self.created_at));
        xml.text("NbOfTxs", "1");
        xml.text("CtrlSum", &sum);
        xml.nested(&["InitgPty"], "Nm", &payer);
        xml.close("GrpHdr");
        xml.open("PmtInf");
        xml.text("PmtInfId", &id);
        xml.text("PmtMtd", "TRF");
        xml.text("BtchBookg", "false");
        xml.text("NbOfTxs", "1");
        xml.text("CtrlSum", &sum);
        xml.nested(&["PmtTpInf", "SvcLvl"], "Cd", "SEPA");
        xml.nested(&["ReqdExctnDt"], "Dt", &self.execute_on.to_string());
        xml.nested(&["Dbtr"], "Nm", &payer);
        xml.nested(&["DbtrAcct", "Id"], "IBAN", &self.payer.account.to_string());
        // The bank knows itself by the account.
        xml.nested(&["DbtrAgt", "FinInstnId", "Othr"], "Id", "NOTPROVIDED");
        xml.text("ChrgBr", "SLEV");
        self.transfer(&mut xml, &id, &sum);
        xml.close("PmtInf");
        xml.close("CstmrCdtTrfInitn");
        xml.close("Document");
        xml.end()
    }

    fn transfer(&self, xml: &mut Xml, id: &str, sum: &str) {
        xml.open("CdtTrfTxInf");
        xml.nested(&["PmtId"], "EndToEndId", id);
        let currency = self.amount.currency().code();
        xml.open("Amt");
        xml.line(&format!("<InstdAmt Ccy=\"{currency}\">{sum}</InstdAmt>"));
        xml.close("Amt");
        xml.nested(&["Cdtr"], "Nm", &name(&self.payee.name));
        xml.nested(&["CdtrAcct", "Id"], "IBAN", &self.payee.account.to_string());
        xml.nested(&["RmtInf"], "Ustrd", &self.text);
        xml.close("CdtTrfTxInf");
    }
}

/// A moment as the schema writes it, in whole seconds.
pub(super) fn created(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A name in the characters that every bank takes: Latin letters without marks, digits and a few
/// signs.
pub(super) fn name(text: &str) -> String {
    let plain: String = text.chars().map(plain).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(NAME_MAX).collect();
    let name = name.trim().to_owned();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// The letter in place of one that SEPA does not take, a blank where there is none.
fn plain(letter: char) -> String {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'æ' => "ae",
        'Æ' => "Ae",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'È'..='Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => "E",
        'ì'..='ï' | 'ī' | 'į' => "i",
        'Ì'..='Ï' | 'Ī' | 'Į' => "I",
        'ł' => "l",
        'Ł' => "L",
        'ñ' | 'ń' | 'ň' => "n",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ò'..='ö' | 'ø' | 'ō' => "o",
        'Ò'..='Ö' | 'Ø' | 'Ō' => "O",
        'œ' => "oe",
        'Œ' => "Oe",
        'ř' => "r",
        'Ř' => "R",
        'ś' | 'š' | 'ş' => "s",
        'Ś' | 'Š' | 'Ş' => "S",
        'ß' => "ss",
        'ţ' | 'ť' => "t",
        'Ţ' | 'Ť' => "T",
        'ù'..='ü' | 'ū' | 'ů' => "u",
        'Ù'..='Ü' | 'Ū' | 'Ů' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' | 'Ÿ' => "Y",
        'ź' | 'ż' | 'ž' => "z",
        'Ź' | 'Ż' | 'Ž' => "Z",
        '&' => "+",
        '\u{2018}' | '\u{2019}' => "'",
        '\u{2010}'..='\u{2015}' => "-",
        'a'..='z'
        | 'A'..='Z'
        | '0'..='9'
        | '/'
        | '-'
        | '?'
        | ':'
        | '('
        | ')'
        | '.'
        | ','
        | '\''
        | '+' => return letter.to_string(),
        _ => " ",
    };
    plain.to_owned()
}
