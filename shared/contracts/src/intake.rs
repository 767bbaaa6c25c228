//! Messages owned by intake: creditors, agreements, cases and claims.

use crate::agreement::{Agreement, PayTo};
use crate::earlier;
use crate::message::{contract, request, value};
use primitives::{
    Capacity, CaseId, CaseNumber, Channel, ClaimId, ContentHash, Country, CreditorId, Date,
    DebtorKind, Language, Money, PaymentId, PersonId, SourceFileId, StaffId, StaffRole,
    StructuredReference, Timestamp,
};

contract! {
    /// A creditor may now hand over claims.
    Event "intake" "creditor-registered" v 1 about creditor_id, creditor creditor_id;
    CreditorRegistered {
        creditor_id: CreditorId,
        country: Country,
        agreement_version: u32,
    }
}

contract! {
    /// A version of a creditor's agreement is in force for new cases.
    Event "intake" "agreement-agreed" v 5 after earlier::v4::AgreementAgreed,
    about creditor_id, creditor creditor_id;
    AgreementAgreed {
        creditor_id: CreditorId,
        agreement: Agreement,
    }
}

contract! {
    /// A case was opened: one creditor, one debtor, any number of claims to follow.
    Event "intake" "case-opened" v 1 about case_id, creditor creditor_id;
    CaseOpened {
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        debtor_kind: DebtorKind,
        /// Where the debtor lives or is established: selects law, calendar and time zone.
        country: Country,
        language: Language,
        /// The channels for which intake holds an address.
        reachable: Vec<Channel>,
        agreement_version: u32,
        /// As that version of the agreement has it.
        pay_to: PayTo,
    }
}

contract! {
    /// A claim (an unpaid invoice) was put on a case.
    Event "intake" "claim-registered" v 1 about case_id, creditor creditor_id;
    ClaimRegistered {
        claim_id: ClaimId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        /// What was still to be paid when it was handed over.
        amount: Money,
        issued_on: Date,
        due_on: Date,
        /// What the debtor is asked to put on the payment: the creditor's own, or one of ours.
        reference: StructuredReference,
        /// The channels for which intake now holds an address of the debtor.
        reachable: Vec<Channel>,
    }
}

contract! {
    /// The creditor's credit note lowered a claim.
    Event "intake" "claim-credited" v 1 about case_id, creditor creditor_id, urgent;
    ClaimCredited {
        claim_id: ClaimId,
        case_id: CaseId,
        creditor_id: CreditorId,
        /// The file that held the credit note.
        source_file_id: SourceFileId,
        amount: Money,
        credited_on: Date,
    }
}

contract! {
    /// The creditor took a claim back; nothing more is asked for it.
    Event "intake" "claim-withdrawn" v 1 about case_id, creditor creditor_id, urgent;
    ClaimWithdrawn {
        claim_id: ClaimId,
        case_id: CaseId,
        creditor_id: CreditorId,
        reason: WithdrawalReason,
        /// When the creditor gave it up: money received until that day still pays it.
        withdrawn_at: Timestamp,
    }
}

contract! {
    /// A debtor paid the creditor itself, as the creditor says.
    Event "intake" "direct-payment-reported" v 1 about case_id, creditor creditor_id, urgent;
    DirectPaymentReported {
        payment_id: PaymentId,
        claim_id: ClaimId,
        case_id: CaseId,
        creditor_id: CreditorId,
        amount: Money,
        paid_on: Date,
    }
}

contract! {
    /// A report of a payment to the creditor was wrong: no such money came.
    Event "intake" "direct-payment-retracted" v 1 about case_id, creditor creditor_id, urgent;
    DirectPaymentRetracted {
        payment_id: PaymentId,
        claim_id: ClaimId,
        case_id: CaseId,
        creditor_id: CreditorId,
        /// As they were reported.
        amount: Money,
        paid_on: Date,
    }
}

contract! {
    /// A member of the agency's staff, with everything that is known now.
    Event "intake" "staff-registered" v 1 about staff_id, creditor none;
    StaffRegistered {
        staff_id: StaffId,
        /// None for somebody who left.
        roles: Vec<StaffRole>,
        certificates: Vec<Certificate>,
    }
}

value! {
    /// Proof that somebody was trained to collect from consumers (Wki art. 5, Bki art. 2).
    struct Certificate {
        /// Whose law it is about.
        pub country: Country,
        /// The first day.
        pub valid_from: Date,
        /// The last day.
        pub valid_until: Date,
    }
}

value! {
    /// Why a creditor takes a claim back.
    enum WithdrawalReason {
        PaidToCreditor,
        Mistake,
        Relation,
        Other,
    }
}

contract! {
    /// Register a creditor, or a new version of its agreement, from a document in the file store.
    Request "intake" "register-creditor" v 1 about none, creditor none;
    RegisterCreditor {
        /// A TOML document as `amicable creditor add --help` describes it.
        document: ContentHash,
    }
}
request!(RegisterCreditor => RegisterCreditorAnswer, changes);

value! {
    /// What became of a creditor's document.
    enum RegisterCreditorAnswer {
        Registered { creditor_id: CreditorId, agreement_version: u32 },
        /// The same document was registered before.
        Unchanged { creditor_id: CreditorId, agreement_version: u32 },
        Refused { problems: Vec<Problem> },
    }
}

value! {
    /// What is wrong with a document. Never repeats a personal value of it.
    struct Problem {
        /// The path of the field in the document's own words; `file`, `document` or empty for the
        /// whole.
        pub field: String,
        /// Counted from 1, where it is known.
        pub line: Option<u64>,
        /// What is wrong and what to do.
        pub reason: String,
    }
}

contract! {
    /// Take in one invoice or credit note from the file store.
    Request "intake" "import-invoice" v 1 about creditor_id, creditor creditor_id;
    ImportInvoice {
        creditor_id: CreditorId,
        document: ContentHash,
    }
}
request!(ImportInvoice => ImportInvoiceAnswer, changes);

value! {
    /// What became of an invoice file.
    enum ImportInvoiceAnswer {
        /// A claim was registered, on a new case or on the debtor's open one.
        Registered {
            case_id: CaseId,
            claim_id: ClaimId,
            opened_case: bool,
            /// What a person should look at all the same.
            problems: Vec<Problem>,
        },
        /// A credit note lowered a claim.
        Credited { case_id: CaseId, claim_id: ClaimId },
        /// The same file was taken in before; nothing happened.
        AlreadyKnown { case_id: CaseId, claim_id: ClaimId },
        /// Nothing was taken in.
        Refused { problems: Vec<Problem> },
    }
}

contract! {
    /// Find the claims that payments may pay, by what their payers wrote. Keys are digests
    /// (`matching::digest`): neither a name nor a number travels.
    Request "intake" "find-claims" v 2 about none, creditor none;
    FindClaims {
        /// At most 64.
        payments: Vec<PaymentKeys>,
    }
}
request!(FindClaims => FindClaimsAnswer, reads personal);

value! {
    /// What a payer wrote.
    struct PaymentKeys {
        /// Structured references in canonical form: those that stand there, and what mistyped ones
        /// may have been meant to be.
        pub references: Vec<String>,
        /// Digests of what may be the number of an invoice or of a case.
        pub number_keys: Vec<i64>,
        /// Digests of what may be the debtor.
        pub debtor_keys: Vec<i64>,
        pub amount: Money,
    }
}

value! {
    /// What was found.
    struct FindClaimsAnswer {
        /// Each claim once.
        pub claims: Vec<ClaimClue>,
        /// One for each payment, in the order in which they were asked.
        pub found: Vec<PaymentFinds>,
    }
}

value! {
    /// What tells a claim from others; personal.
    struct ClaimClue {
        pub claim_id: ClaimId,
        pub invoice_number: String,
        pub case_number: CaseNumber,
        pub debtor_name: String,
    }
}

value! {
    /// The claims that one payment may pay.
    struct PaymentFinds {
        /// At most 64.
        pub claim_ids: Vec<ClaimId>,
        /// Whether more was found than is told: by a common number, by a name, or in all.
        pub is_cut: bool,
    }
}

contract! {
    /// Take a claim back on the creditor's word.
    Request "intake" "withdraw-claim" v 1 about claim_id, creditor none;
    WithdrawClaim {
        claim_id: ClaimId,
        reason: WithdrawalReason,
    }
}
request!(WithdrawClaim => WithdrawClaimAnswer, changes);

value! {
    /// What became of a withdrawal.
    enum WithdrawClaimAnswer {
        Withdrawn { case_id: CaseId },
        AlreadyWithdrawn { case_id: CaseId },
        Unknown,
    }
}

contract! {
    /// Tell that a debtor paid the creditor itself, on the creditor's word.
    Request "intake" "report-direct-payment" v 2 about claim_id, creditor none;
    ReportDirectPayment {
        claim_id: ClaimId,
        /// Above zero.
        amount: Money,
        /// Today or earlier, and not before the invoice.
        paid_on: Date,
        /// Whether it is one more payment where one of the same amount and day is known.
        again: bool,
    }
}
request!(ReportDirectPayment => ReportDirectPaymentAnswer, changes);

value! {
    /// What became of a report.
    enum ReportDirectPaymentAnswer {
        Reported { case_id: CaseId, payment_id: PaymentId },
        /// The same amount of the same day was reported before; nothing happened.
        AlreadyKnown { case_id: CaseId, payment_id: PaymentId },
        Refused { problems: Vec<Problem> },
        Unknown,
    }
}

contract! {
    /// Take in a file of what debtors paid the creditor itself, on its word: a table (CSV) of the
    /// file store, the whole of it or nothing.
    Request "intake" "import-direct-payments" v 1 about creditor_id, creditor creditor_id;
    ImportDirectPayments {
        creditor_id: CreditorId,
        document: ContentHash,
    }
}
request!(ImportDirectPayments => ImportDirectPaymentsAnswer, changes);

value! {
    /// What became of such a file.
    enum ImportDirectPaymentsAnswer {
        /// Every line was reported.
        Imported { payment_count: u32, total: Money },
        /// The same file was taken in before; nothing happened.
        AlreadyKnown { taken_at: Timestamp, payment_count: u32, total: Money },
        /// Nothing was reported: what is wrong, by line and column.
        Refused { problems: Vec<Problem> },
    }
}

contract! {
    /// Take a report of a payment to the creditor back: it was wrong.
    Request "intake" "retract-direct-payment" v 1 about payment_id, creditor none;
    RetractDirectPayment {
        payment_id: PaymentId,
    }
}
request!(RetractDirectPayment => RetractDirectPaymentAnswer, changes);

value! {
    /// What became of taking a report back.
    enum RetractDirectPaymentAnswer {
        Retracted { case_id: CaseId, claim_id: ClaimId, amount: Money, paid_on: Date },
        AlreadyRetracted { case_id: CaseId, claim_id: ClaimId },
        Unknown,
    }
}

contract! {
    /// The payments to creditors themselves that were reported, newest first.
    Request "intake" "list-direct-payments" v 1 about none, creditor none;
    ListDirectPayments {
        /// At most so many (1 to 1000).
        limit: u32,
        claim_id: Option<ClaimId>,
    }
}
request!(ListDirectPayments => DirectPaymentList, reads);

value! {
    struct DirectPaymentList {
        pub payments: Vec<ReportedDirectPayment>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// A payment to the creditor itself, as it was reported.
    struct ReportedDirectPayment {
        pub payment_id: PaymentId,
        pub claim_id: ClaimId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        pub amount: Money,
        pub paid_on: Date,
        pub reported_at: Timestamp,
        /// When the report was taken back, where it was.
        pub retracted_at: Option<Timestamp>,
    }
}

contract! {
    /// The numbers of a creditor's invoices, and of the cases that they are on, for its own books.
    Request "intake" "invoice-numbers" v 2 about creditor_id, creditor creditor_id;
    GetInvoiceNumbers {
        creditor_id: CreditorId,
        /// At most 1000; those of another creditor are left out.
        claim_ids: Vec<ClaimId>,
    }
}
request!(GetInvoiceNumbers => InvoiceNumbers, reads personal);

value! {
    struct InvoiceNumbers {
        pub invoices: Vec<InvoiceNumber>,
    }
}

value! {
    struct InvoiceNumber {
        pub claim_id: ClaimId,
        /// As the creditor wrote it.
        pub invoice_number: String,
        /// What people call the case by that the claim is on.
        pub case_number: CaseNumber,
    }
}

contract! {
    /// Tell a creditor and every version of its agreement anew, for a service that joined later.
    Request "intake" "tell-creditor-anew" v 1 about creditor_id, creditor creditor_id;
    TellCreditorAnew {
        creditor_id: CreditorId,
    }
}
request!(TellCreditorAnew => TellCreditorAnewAnswer, changes);

value! {
    /// What was told anew.
    enum TellCreditorAnewAnswer {
        Told { agreement_count: u32 },
        Unknown,
    }
}

contract! {
    /// Tell what is known of a member of staff anew, for a service that joined later.
    Request "intake" "tell-staff-anew" v 1 about staff_id, creditor none;
    TellStaffAnew {
        staff_id: StaffId,
    }
}
request!(TellStaffAnew => TellStaffAnewAnswer, changes);

value! {
    /// Whether it was told.
    enum TellStaffAnewAnswer {
        Told,
        Unknown,
    }
}

contract! {
    /// Register a member of staff, or what changed, from a document in the file store.
    Request "intake" "register-staff" v 1 about none, creditor none;
    RegisterStaff {
        /// A TOML document as `amicable staff add --help` describes it.
        document: ContentHash,
    }
}
request!(RegisterStaff => RegisterStaffAnswer, changes);

value! {
    /// What became of a staff document.
    enum RegisterStaffAnswer {
        Registered { staff_id: StaffId },
        /// Nothing in it is new.
        Unchanged { staff_id: StaffId },
        Refused { problems: Vec<Problem> },
    }
}

contract! {
    /// The agency's staff.
    Request "intake" "list-staff" v 1 about none, creditor none;
    ListStaff {}
}
request!(ListStaff => StaffList, reads personal);

value! {
    /// Everybody who is or was on the staff.
    struct StaffList {
        pub staff: Vec<StaffMember>,
    }
}

value! {
    /// One member of the staff, for the people of the agency.
    struct StaffMember {
        pub staff_id: StaffId,
        /// The agency's own short name for the person.
        pub code: String,
        pub name: String,
        /// None for somebody who left.
        pub roles: Vec<StaffRole>,
        pub certificates: Vec<Certificate>,
    }
}

contract! {
    /// How to reach the debtor of a case by telephone.
    Request "intake" "call-contact" v 2 about case_id, creditor none;
    GetCallContact {
        case_id: CaseId,
    }
}
request!(GetCallContact => CallContactAnswer, reads personal);

value! {
    /// Whom to call, or that the case is not known.
    enum CallContactAnswer {
        Known(CallContact),
        Unknown,
    }
}

value! {
    /// The debtor, as a caller has to know it.
    struct CallContact {
        pub case_number: CaseNumber,
        pub person_id: PersonId,
        pub name: String,
        pub kind: DebtorKind,
        pub country: Country,
        pub language: Language,
        /// In the international form, such as `+31201234567`; the best first. Empty where intake
        /// holds none.
        pub telephones: Vec<String>,
    }
}

contract! {
    /// How to write to a creditor, and where it is paid.
    Request "intake" "creditor-contact" v 2 about creditor_id, creditor creditor_id;
    GetCreditorContact {
        creditor_id: CreditorId,
    }
}
request!(GetCreditorContact => CreditorContactAnswer, reads personal);

value! {
    /// The creditor, or that it is not known.
    #[expect(clippy::large_enum_variant, reason = "held one at a time, and nearly always known")]
    enum CreditorContactAnswer {
        Known(CreditorContact),
        Unknown,
    }
}

value! {
    /// A creditor, as our client.
    struct CreditorContact {
        pub creditor_id: CreditorId,
        /// The agency's own short name for it.
        pub code: String,
        pub name: String,
        /// `KvK` number or Belgian enterprise number, as its country has it.
        pub company_number: String,
        /// With its country code.
        pub vat_id: Option<String>,
        pub address: Vec<String>,
        pub country: Country,
        pub language: Language,
        pub email: Option<String>,
        /// The account that collected money goes to: an IBAN.
        pub account: String,
    }
}

contract! {
    /// Who stands on a case, with what a written message needs of them.
    Request "intake" "parties" v 2 about case_id, creditor none;
    GetParties {
        case_id: CaseId,
    }
}
request!(GetParties => PartiesAnswer, reads personal);

value! {
    /// The parties of a case, or that it is not known.
    #[expect(clippy::large_enum_variant, reason = "held one at a time, and nearly always known")]
    enum PartiesAnswer {
        Known(Parties),
        Unknown,
    }
}

value! {
    struct Parties {
        pub case_id: CaseId,
        /// What people call the case by.
        pub case_number: CaseNumber,
        pub creditor: CreditorParty,
        pub debtor: DebtorParty,
        pub claims: Vec<ClaimParticulars>,
    }
}

value! {
    /// The creditor as a debtor should see it.
    struct CreditorParty {
        pub creditor_id: CreditorId,
        pub name: String,
        pub company_number: Option<String>,
        pub country: Country,
        pub address: Vec<String>,
        pub email: Option<String>,
        pub telephone: Option<String>,
        /// The account that the debtor is asked to pay to, and whose it is.
        pub pay_to_account: String,
        pub pay_to_name: String,
        pub capacity: Capacity,
    }
}

value! {
    /// The debtor's contact data.
    struct DebtorParty {
        pub person_id: PersonId,
        pub kind: DebtorKind,
        pub name: String,
        pub country: Country,
        pub language: Language,
        pub email: Option<String>,
        pub address: Vec<String>,
    }
}

value! {
    /// A claim in the words of its invoice.
    struct ClaimParticulars {
        pub claim_id: ClaimId,
        pub invoice_number: String,
        /// What was delivered, as the invoice says it, where it says it.
        pub description: Option<String>,
        pub issued_on: Date,
        pub due_on: Date,
        pub amount: Money,
        pub reference: StructuredReference,
    }
}

contract! {
    /// The bank accounts that creditors are or were paid on, so that a statement finds its owner.
    Request "intake" "creditor-accounts" v 1 about none, creditor none;
    GetCreditorAccounts {}
}
request!(GetCreditorAccounts => CreditorAccounts, reads personal);

value! {
    struct CreditorAccounts {
        pub accounts: Vec<CreditorAccount>,
    }
}

value! {
    struct CreditorAccount {
        pub creditor_id: CreditorId,
        pub account: String,
        /// The first version of the agreement that names it.
        pub account_since: u32,
    }
}

contract! {
    /// The registered creditors.
    Request "intake" "list-creditors" v 1 about none, creditor none;
    ListCreditors {}
}
request!(ListCreditors => CreditorList, reads personal);

value! {
    struct CreditorList {
        pub creditors: Vec<CreditorSummary>,
    }
}

value! {
    struct CreditorSummary {
        pub creditor_id: CreditorId,
        /// The agency's own short name for it.
        pub code: String,
        pub name: String,
        pub agreement_version: u32,
        pub case_count: u64,
    }
}

contract! {
    /// The cases, newest first, with the debtor's name for the people of the agency.
    Request "intake" "list-cases" v 2 about none, creditor none;
    ListCases {
        /// At most so many (1 to 1000).
        limit: u32,
        creditor_id: Option<CreditorId>,
        /// The one case with this number.
        case_number: Option<CaseNumber>,
    }
}
request!(ListCases => CaseList, reads personal);

value! {
    struct CaseList {
        pub cases: Vec<CaseSummary>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    struct CaseSummary {
        pub case_id: CaseId,
        pub case_number: CaseNumber,
        pub creditor_id: CreditorId,
        pub creditor_name: String,
        pub debtor_name: String,
        pub debtor_kind: DebtorKind,
        pub country: Country,
        pub claim_count: u32,
    }
}

impl From<earlier::v4::AgreementAgreed> for AgreementAgreed {
    fn from(earlier: earlier::v4::AgreementAgreed) -> Self {
        Self { creditor_id: earlier.creditor_id, agreement: earlier.agreement.into() }
    }
}
