//! Messages owned by payment-reconciliation: what is owed, what was paid, and whose money it is.

use crate::agreement::Settlement;
use crate::earlier;
use crate::intake::Problem;
use crate::message::{contract, request, value};
use primitives::{
    CaseId, Channel, ClaimId, ContentHash, CreditorId, Date, DebitFileId, DebitId, Language,
    LetterId, MandateId, MandateReference, MessageKind, Money, PaymentId, PaymentLinkId, PersonId,
    RefundId, RemittanceId, StaffId, StatementId, StructuredReference, Timestamp,
};

contract! {
    /// Take in one bank statement file from the file store.
    Request "payment-reconciliation" "import-statement" v 1 about none, creditor none;
    ImportStatement {
        document: ContentHash,
    }
}
request!(ImportStatement => ImportStatementAnswer, changes);

value! {
    /// What became of a bank file.
    enum ImportStatementAnswer {
        Imported {
            statements: Vec<ImportedStatement>,
            /// What a person should look at all the same.
            problems: Vec<Problem>,
        },
        /// Every statement in it was taken in before.
        AlreadyKnown { statements: Vec<ImportedStatement> },
        /// The file does not prove itself; it is kept for a person, and nothing is booked.
        Quarantined { problems: Vec<Problem> },
        /// Nothing was taken in.
        Refused { problems: Vec<Problem> },
    }
}

value! {
    struct ImportedStatement {
        pub statement_id: StatementId,
        /// Payments received, to be matched.
        pub payment_count: u32,
        /// Movements out, kept for a person.
        pub outgoing_count: u32,
        pub credited: Money,
        pub debited: Money,
    }
}

contract! {
    /// The bank files that were set aside for a person, oldest first.
    Request "payment-reconciliation" "list-bank-files" v 1 about none, creditor none;
    ListBankFiles {
        /// At most so many (1 to 100).
        limit: u32,
        /// Whether those are meant too about which a person decided.
        with_decided: bool,
    }
}
request!(ListBankFiles => BankFileList, reads);

value! {
    struct BankFileList {
        pub files: Vec<QuarantinedFile>,
        pub total: u64,
    }
}

value! {
    /// A bank file that was set aside for a person.
    struct QuarantinedFile {
        /// In the file store.
        pub document: ContentHash,
        pub quarantined_at: Timestamp,
        /// What is wrong with it; at most a hundred problems.
        pub problems: Vec<Problem>,
        /// None while it waits.
        pub decided: Option<BankFileDecided>,
    }
}

value! {
    /// What a person decided about a bank file.
    struct BankFileDecided {
        pub decision: BankFileDecision,
        pub because: String,
        pub by: StaffId,
        pub at: Timestamp,
    }
}

value! {
    enum BankFileDecision {
        /// Book what is not booked yet.
        TakeIn,
        /// Book nothing of it, ever.
        SetAside,
    }
}

contract! {
    /// Decide about a bank file that was set aside, or ask what taking it in would book.
    Request "payment-reconciliation" "decide-bank-file" v 1 about none, creditor none;
    DecideBankFile {
        document: ContentHash,
        /// None where it is only asked.
        decision: Option<BankFileDecision>,
        /// Why; needed for a decision.
        because: String,
    }
}
request!(DecideBankFile => DecideBankFileAnswer, changes);

value! {
    /// What became of it.
    enum DecideBankFileAnswer {
        /// Nothing was decided: this is what is not taken in yet.
        Offered {
            statements: Vec<OfferedStatement>,
            /// Movements of these that are booked already.
            known_count: u32,
        },
        /// All movements of these are booked now.
        TakenIn {
            /// As the bank tells them.
            statements: Vec<ImportedStatement>,
            /// Movements of these that were booked before, and were not booked again.
            known_count: u32,
        },
        SetAside,
        /// Nothing changed: somebody decided before.
        AlreadyDecided(BankFileDecided),
        Refused { reason: BankFileRefusal },
        /// No such file was set aside.
        Unknown,
    }
}

value! {
    /// A statement that would be taken in.
    struct OfferedStatement {
        /// As the bank tells it.
        pub statement: ImportedStatement,
        /// Its movements that are booked already; at most a thousand in one answer.
        pub known: Vec<KnownMovement>,
    }
}

value! {
    /// A movement that another statement told of.
    struct KnownMovement {
        /// As what it is booked.
        pub payment_id: PaymentId,
        pub amount: Money,
        pub booked_on: Date,
    }
}

value! {
    /// Why nothing is decided about a bank file.
    enum BankFileRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// No reason was given.
        NoReason,
        /// It cannot be booked, whoever wants it; it can be set aside.
        Unbookable { problems: Vec<Problem> },
    }
}

contract! {
    /// Find the claim that a received payment names. Where it names several, one after the other.
    Command "payment-reconciliation" "match-payment" v 1 about payment_id, creditor none;
    MatchPayment {
        payment_id: PaymentId,
        amount: Money,
        received_on: Date,
        reference: StructuredReference,
        /// What it names beside that, still to be found.
        further: Vec<StructuredReference>,
        /// What it was found to name so far.
        found: Option<FoundClaims>,
    }
}

value! {
    /// Claims of one case that a payment names.
    struct FoundClaims {
        pub case_id: CaseId,
        pub claim_ids: Vec<ClaimId>,
    }
}

contract! {
    /// Book a matched payment, or a part of it, on a case.
    Command "payment-reconciliation" "allocate-payment" v 2 after earlier::AllocatePayment,
    about payment_id, creditor creditor_id;
    AllocatePayment {
        payment_id: PaymentId,
        case_id: CaseId,
        /// The claims that it names, at least one; they are paid first.
        claim_ids: Vec<ClaimId>,
        creditor_id: CreditorId,
        /// All of the payment, or the part that is for this case.
        amount: Money,
        received_on: Date,
        /// What these claims were judged to get; none where the payment bears their references.
        /// Where less is open on them by now, a person decides.
        judged: Option<Money>,
    }
}

contract! {
    /// A payment reduced what is owed on a claim.
    Event "payment-reconciliation" "payment-allocated" v 2 after earlier::PaymentAllocated,
    about case_id, creditor creditor_id, urgent;
    PaymentAllocated {
        payment_id: PaymentId,
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        person_id: PersonId,
        amount: Money,
        /// The parts of the amount: what it paid of the costs, the interest and the principal.
        costs: Money,
        interest: Money,
        principal: Money,
        /// What is owed on the claim and on the case after it: costs, interest and principal.
        claim_open: Money,
        case_open: Money,
        received_on: Date,
    }
}

contract! {
    /// Costs or interest on a claim were booked, or taken back where an amount is negative.
    Event "payment-reconciliation" "charges-booked" v 1 about case_id, creditor creditor_id;
    ChargesBooked {
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        /// Collection costs, VAT within; zero where only interest was booked.
        costs: Money,
        /// Zero where only costs were booked.
        interest: Money,
        /// The day that they count for.
        counts_on: Date,
        /// The rules that say so, and the pack that holds them.
        rule_ids: Vec<String>,
        rule_pack: String,
    }
}

contract! {
    /// Nothing is owed on a claim any more.
    Event "payment-reconciliation" "claim-settled" v 1 about case_id, creditor creditor_id, urgent;
    ClaimSettled {
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        by: SettledBy,
        case_open: Money,
    }
}

value! {
    /// What brought the last cent.
    enum SettledBy {
        Payment,
        CreditNote,
        Withdrawal,
    }
}

contract! {
    /// Money was received that fits no claim; it waits for a person.
    Event "payment-reconciliation" "payment-unmatched" v 1 about payment_id, creditor none, urgent;
    PaymentUnmatched {
        payment_id: PaymentId,
        amount: Money,
        received_on: Date,
    }
}

contract! {
    /// Money that nobody placed yet may be for a case: until somebody decides, nothing is asked of
    /// its debtor, who may have paid.
    Event "payment-reconciliation" "money-awaited" v 1
    about payment_id, creditor creditor_id, urgent;
    MoneyAwaited {
        payment_id: PaymentId,
        case_id: CaseId,
        creditor_id: CreditorId,
        /// When it was first seen that it may be.
        since: Timestamp,
        /// So long the case waits at most; then it goes on, whatever becomes of the money.
        until: Timestamp,
    }
}

contract! {
    /// A case need not wait for a payment any more: it was booked, went back or elsewhere, was
    /// refused as its money, or is likelier for something else.
    Event "payment-reconciliation" "money-cleared" v 2 after earlier::MoneyCleared,
    about payment_id, creditor creditor_id;
    MoneyCleared {
        payment_id: PaymentId,
        case_id: CaseId,
        creditor_id: CreditorId,
        /// Whether nothing is awaited under this id ever again, whatever is heard of it later.
        for_good: bool,
    }
}

contract! {
    /// Tell until when the payments on a case are known.
    Command "payment-reconciliation" "tell-payments-known" v 1
    about case_id, creditor creditor_id;
    TellPaymentsKnown {
        case_id: CaseId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// Until when the payments on a case are known, told when it was asked.
    Event "payment-reconciliation" "payments-known" v 1 about case_id, creditor creditor_id;
    PaymentsKnown {
        case_id: CaseId,
        creditor_id: CreditorId,
        /// The newest booked day of the statements of the account that it is paid to; none when
        /// none was read yet.
        until: Option<Date>,
    }
}

contract! {
    /// What is owed on a case, line by line.
    Request "payment-reconciliation" "position" v 2 about case_id, creditor none;
    GetPosition {
        case_id: CaseId,
        /// The claims of which it is asked what would be due if they stay unpaid; all where empty.
        announce_for: Vec<ClaimId>,
    }
}
request!(GetPosition => PositionAnswer, reads);

value! {
    /// What is owed, or that the case is not known.
    #[expect(clippy::large_enum_variant, reason = "held one at a time, and nearly always known")]
    enum PositionAnswer {
        Known(Position),
        Unknown,
    }
}

value! {
    /// What is owed on a case on one day.
    struct Position {
        pub case_id: CaseId,
        /// The day for which it was worked out.
        pub on: Date,
        /// Costs, interest and principal of all claims together.
        pub open: Money,
        pub claims: Vec<ClaimPosition>,
        /// Until when received payments are known: the newest booked day of the account's
        /// statements; none when none was read yet.
        pub payments_known_until: Option<Date>,
        /// What the law and the agreement would add if nothing more is paid in time; none where
        /// they add nothing, or what they add is owed already.
        pub announced: Option<AnnouncedCharges>,
    }
}

value! {
    /// What is owed on one claim.
    struct ClaimPosition {
        pub claim_id: ClaimId,
        /// Costs, interest and principal together.
        pub open: Money,
        pub costs_open: Money,
        pub interest_open: Money,
        pub principal_open: Money,
        /// Oldest first; their amounts add up to `open`.
        pub lines: Vec<PositionLine>,
    }
}

value! {
    /// What raised or lowered a debt.
    struct PositionLine {
        pub on: Date,
        pub kind: PositionLineKind,
        /// Positive where it raises the debt.
        pub amount: Money,
        /// Plain sentences: how the amount came about. Empty where the kind says it all.
        pub because: Vec<String>,
        /// The rules that say so, and the pack that holds them; empty where no rule was needed.
        pub rule_ids: Vec<String>,
        pub rule_pack: String,
    }
}

value! {
    /// What a line is about.
    enum PositionLineKind {
        Principal,
        /// Collection costs, VAT within.
        Costs,
        Interest,
        CreditNote,
        /// The creditor gave up what was open: all of it, or the little that a payment left.
        Withdrawal,
        /// What it paid of each; a part is negative like the line.
        Payment { payment_id: PaymentId, costs: Money, interest: Money, principal: Money },
    }
}

value! {
    /// What would be owed beside the principal.
    struct AnnouncedCharges {
        /// Collection costs, VAT within.
        pub costs: Money,
        /// The VAT within the costs; zero where there is none.
        pub vat: Money,
        /// Whether interest would be owed too.
        pub interest: bool,
        /// Its yearly rate now, in hundredths of a percent, where it would be owed.
        pub interest_basis_points: Option<u32>,
        /// Plain sentences: how the costs came about.
        pub because: Vec<String>,
        pub rule_ids: Vec<String>,
        pub rule_pack: String,
    }
}

contract! {
    /// What is owed on many cases at the end of a day, in the order of their ids, page by page.
    Request "payment-reconciliation" "positions" v 1 about none, creditor none;
    GetPositions {
        /// Only this creditor's cases.
        creditor_id: Option<CreditorId>,
        /// As `explain-position` has it; today where none is given.
        as_of: Option<Date>,
        /// Where the page before ended; none for the first one.
        after: Option<CaseId>,
        /// So many cases at most (1 to 1000).
        limit: u32,
    }
}
request!(GetPositions => PositionSumsPage, reads);

value! {
    /// A page of positions.
    struct PositionSumsPage {
        pub as_of: Date,
        /// Of each case that had a claim by then, also where nothing is open.
        pub positions: Vec<PositionSums>,
        /// Where the next page begins; none after the last one.
        pub next: Option<CaseId>,
    }
}

value! {
    /// What is owed on a case, in sums.
    struct PositionSums {
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        /// On how many claims something is open.
        pub claims_open: u32,
        /// Costs, interest and principal together.
        pub open: Money,
        pub costs_open: Money,
        pub interest_open: Money,
        pub principal_open: Money,
        /// What debtors paid too much, and may have back.
        pub refundable: Money,
    }
}

contract! {
    /// Where a case stood at the end of a day, or will stand, told in words to its debtor.
    Request "payment-reconciliation" "explain-position" v 1 about case_id, creditor none;
    ExplainPosition {
        case_id: CaseId,
        /// The day: everything counts that counts for it or a day before it. Today where none is
        /// given. Of a later day, interest until then and nothing else.
        as_of: Option<Date>,
        /// Only what had been heard of by this moment; everything that is known now where none is
        /// given.
        known_at: Option<Timestamp>,
        /// The language of the words.
        language: Language,
    }
}
request!(ExplainPosition => ExplainPositionAnswer, reads);

value! {
    /// The explanation, or that the case is not known.
    enum ExplainPositionAnswer {
        Explained(Explanation),
        /// Nothing was heard of it, or nothing by that moment.
        Unknown,
    }
}

value! {
    /// What is owed on a case at the end of a day, and why.
    struct Explanation {
        pub case_id: CaseId,
        pub as_of: Date,
        /// As it was asked for.
        pub known_at: Option<Timestamp>,
        /// Costs, interest and principal of all claims together.
        pub open: Money,
        /// What was paid too much by then.
        pub refundable: Money,
        /// Those that were issued by then.
        pub claims: Vec<ExplainedClaim>,
        /// What holds for all of it, in whole sentences.
        pub remarks: Vec<String>,
    }
}

value! {
    /// Why a claim stands where it does.
    struct ExplainedClaim {
        pub claim_id: ClaimId,
        /// Costs, interest and principal together.
        pub open: Money,
        pub costs_open: Money,
        pub interest_open: Money,
        pub principal_open: Money,
        /// In the order in which they count; their amounts add up to `open`.
        pub lines: Vec<ExplainedLine>,
    }
}

value! {
    /// What raised or lowered a claim, in words.
    struct ExplainedLine {
        pub on: Date,
        pub kind: PositionLineKind,
        /// Positive where it raises the debt.
        pub amount: Money,
        /// What is owed on the claim after it.
        pub open_after: Money,
        /// Whole sentences: first what it is, then how it came about and which rule it follows.
        pub words: Vec<String>,
        /// The rules that say so, and the pack that holds them; empty where no rule was needed.
        pub rule_ids: Vec<String>,
        pub rule_pack: String,
    }
}

contract! {
    /// Messages that left asked for more than was owed on their day, as is known now; or they did
    /// not, after all. Told of each whenever that changes: a person writes to the debtor.
    Event "payment-reconciliation" "letters-corrected" v 2 after earlier::LettersCorrected,
    about case_id, creditor creditor_id;
    LettersCorrected {
        case_id: CaseId,
        creditor_id: CreditorId,
        letters: Vec<CorrectedLetter>,
        cause: CorrectionCause,
    }
}

value! {
    /// What a message asked, and what was owed.
    struct CorrectedLetter {
        pub letter_id: LetterId,
        pub message: MessageKind,
        pub channel: Channel,
        /// The day on which it left.
        pub left_on: Date,
        /// What it asked to be paid; of a message that an earlier release heard of, what was owed
        /// by the books when it left.
        pub asked: Money,
        /// What was really owed at the end of the day on the claims that it spoke of, with costs
        /// and interest. Where it is not less than what was asked, the message was right.
        pub owed: Money,
    }
}

value! {
    /// What became known.
    enum CorrectionCause {
        /// It came late, or was taken off the case, or was never there.
        Payment { payment_id: PaymentId },
        CreditNote,
        Withdrawal,
        /// None of these: the message was heard of after what made it wrong.
        Message,
    }
}

contract! {
    /// The messages that asked too much, as is known now, those told last first.
    Request "payment-reconciliation" "list-corrected-letters" v 2 about none, creditor none;
    ListCorrectedLetters {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Those of one case only.
        case_id: Option<CaseId>,
    }
}
request!(ListCorrectedLetters => CorrectedLetterList, reads);

value! {
    struct CorrectedLetterList {
        pub letters: Vec<CorrectedLetterTold>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// A message that asked too much.
    struct CorrectedLetterTold {
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        pub letter: CorrectedLetter,
        /// When this was told.
        pub told_at: Timestamp,
    }
}

contract! {
    /// Judge which claims a payment pays that no known reference tells.
    Command "payment-reconciliation" "judge-payment" v 1 about payment_id, creditor none;
    JudgePayment {
        payment_id: PaymentId,
    }
}

contract! {
    /// The money that fits no claim, oldest first.
    Request "payment-reconciliation" "list-unmatched" v 4 about none, creditor none;
    ListUnmatched {
        /// At most so many (1 to 1000); proposals are made for the first hundred.
        limit: u32,
        /// Only payments whose id begins so.
        beginning: Option<String>,
    }
}
request!(ListUnmatched => UnmatchedList, reads personal);

value! {
    struct UnmatchedList {
        pub payments: Vec<UnmatchedPayment>,
        pub total: u64,
        /// When intake was last asked again about all that nobody placed yet.
        pub searched_at: Option<Timestamp>,
    }
}

value! {
    /// Money of a payment that fits no claim, or is more than was owed.
    struct UnmatchedPayment {
        pub payment_id: PaymentId,
        /// What is left of it; negative where money went out.
        pub amount: Money,
        pub received_on: Date,
        /// What the payer wrote; personal.
        pub remittance: Vec<String>,
        pub counterparty_name: Option<String>,
        /// The case on which it was too much: it is to be paid back.
        pub refundable_on: Option<CaseId>,
        /// What it may pay, the likeliest first; at most five.
        pub proposals: Vec<PaymentProposal>,
        /// Whether a person said that none of the proposals is right.
        pub is_dismissed: bool,
        /// The cases that wait for it, or waited as long as they may.
        pub awaited_on: Vec<AwaitedMoney>,
    }
}

value! {
    /// A case of which nothing is asked while it is open whether a payment is for it.
    struct AwaitedMoney {
        pub case_id: CaseId,
        /// When it was first seen that it may be.
        pub since: Timestamp,
        /// Where this is over, the case goes on, though nobody decided.
        pub until: Timestamp,
    }
}

value! {
    /// One way to book a payment. The parts and the remainder make what is left of it.
    struct PaymentProposal {
        pub parts: Vec<ProposedPart>,
        /// More than is owed, or paid twice.
        pub remainder: Money,
        /// In per mille; below 990 a person decides.
        pub confidence_per_mille: u16,
        /// Why, the strongest first, and what speaks against it.
        pub because: Vec<String>,
    }
}

value! {
    /// What a claim would get.
    struct ProposedPart {
        pub claim_id: ClaimId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        /// Above zero.
        pub amount: Money,
    }
}

contract! {
    /// Ask intake again about a page of the payments that nobody placed yet, and judge them anew: a
    /// claim may have become known after the bank file.
    Request "payment-reconciliation" "search-unmatched" v 1 about none, creditor none;
    SearchUnmatched {
        /// Those after this one, in the order of their ids; the first ones where it is left out.
        after: Option<PaymentId>,
        /// Only those that were received on this day or later.
        received_since: Option<Date>,
    }
}
request!(SearchUnmatched => SearchUnmatchedAnswer, changes);

value! {
    /// What a page of the search came to.
    struct SearchUnmatchedAnswer {
        /// How many payments were asked about.
        pub asked: u32,
        /// Of how many intake knows claims that they may pay.
        pub found: u32,
        /// Where the next page begins: after this payment. None where there is none.
        pub next: Option<PaymentId>,
    }
}

contract! {
    /// Book unmatched money on a case: a person decided what it pays.
    Request "payment-reconciliation" "assign-payment" v 1 about payment_id, creditor none;
    AssignPayment {
        payment_id: PaymentId,
        /// The claims that are paid first, at least one, all on one case.
        claim_ids: Vec<ClaimId>,
        /// How much of it; all that is left where none is given.
        amount: Option<Money>,
    }
}
request!(AssignPayment => AssignPaymentAnswer, changes);

value! {
    /// What became of it.
    enum AssignPaymentAnswer {
        Assigned {
            case_id: CaseId,
            /// What is on the case: the payment, or a part of it with an id of its own.
            booked: PaymentId,
            /// What is still unmatched of the payment.
            left: Money,
        },
        Refused { reason: AssignmentRefusal },
        /// No such payment is known.
        Unknown,
    }
}

value! {
    /// Why a payment is not assigned or released.
    enum AssignmentRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// A claim is not known, or they are not all on one case.
        NotOneCase,
        /// Money that went out, was taken back, or of which nothing is left.
        NothingLeft,
        /// The amount is not above zero, or more than is left.
        WrongAmount { left: Money },
        /// It lies in another creditor's account, or is in another currency than the case.
        WrongAccount,
        /// Nothing of it is on the case.
        NotOnTheCase,
        /// The creditor told of it, for a claim: whoever knows better has the report retracted.
        Reported,
    }
}

contract! {
    /// Take a payment off a case: it was booked there by mistake. It is unmatched again.
    Request "payment-reconciliation" "release-payment" v 1 about payment_id, creditor none;
    ReleasePayment {
        /// The payment, or the part of it that is on the case.
        payment_id: PaymentId,
        case_id: CaseId,
    }
}
request!(ReleasePayment => ReleasePaymentAnswer, changes);

value! {
    /// What became of it.
    enum ReleasePaymentAnswer {
        /// So much was taken off the case.
        Released { amount: Money },
        Refused { reason: AssignmentRefusal },
        /// No such payment is known.
        Unknown,
    }
}

contract! {
    /// Say that a payment never came: a report of the bank told of it, and the statement of its day
    /// does not. It is on no case any more.
    Request "payment-reconciliation" "retract-payment" v 1 about payment_id, creditor none;
    RetractPayment {
        payment_id: PaymentId,
    }
}
request!(RetractPayment => RetractPaymentAnswer, changes);

value! {
    /// What became of it.
    enum RetractPaymentAnswer {
        /// So much is not in the books any more.
        Retracted { amount: Money },
        Refused { reason: RetractionRefusal },
        /// No such payment is known.
        Unknown,
    }
}

value! {
    /// Why a payment is not retracted.
    enum RetractionRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// A statement or a creditor told of it, or it was retracted before.
        NotToldEarly,
        /// The statement of its day is still to come, and may tell of it.
        StatementToCome { received_on: Date },
        /// It, or a part of it, is on a case: release it there first.
        OnACase,
    }
}

contract! {
    /// Say that none of the proposals for a payment is right.
    Request "payment-reconciliation" "dismiss-proposals" v 1 about payment_id, creditor none;
    DismissProposals {
        payment_id: PaymentId,
    }
}
request!(DismissProposals => DismissProposalsAnswer, changes);

value! {
    /// What became of it.
    enum DismissProposalsAnswer {
        Dismissed,
        /// Nothing is proposed for it.
        NothingProposed,
        Refused { reason: AssignmentRefusal },
    }
}

contract! {
    /// Put together what a creditor is to be paid of the money collected for it.
    Request "payment-reconciliation" "propose-remittance" v 5
    about creditor_id, creditor creditor_id;
    ProposeRemittance {
        creditor_id: CreditorId,
        /// Remittances that the bank sent back and that go along: whoever proposes it has looked
        /// at the creditor's account.
        again: Vec<RemittanceId>,
    }
}
request!(ProposeRemittance => ProposeRemittanceAnswer, changes);

value! {
    /// What became of a proposal.
    enum ProposeRemittanceAnswer {
        Proposed(Remittance),
        /// One is waiting for its approval already.
        Waiting(Remittance),
        /// Nothing was collected, or no more than what the agency keeps.
        NothingToRemit,
        Refused { reason: RemittanceRefusal },
    }
}

contract! {
    /// Approve a proposed remittance: somebody else than who proposed it.
    Request "payment-reconciliation" "approve-remittance" v 5 about remittance_id, creditor none;
    ApproveRemittance {
        remittance_id: RemittanceId,
    }
}
request!(ApproveRemittance => ApproveRemittanceAnswer, changes);

value! {
    /// What became of an approval.
    enum ApproveRemittanceAnswer {
        Approved(Remittance),
        AlreadyApproved(Remittance),
        Refused { reason: RemittanceRefusal },
        Unknown,
    }
}

value! {
    /// Why a remittance is not proposed or approved.
    enum RemittanceRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// Who proposed it may not approve it.
        SamePerson,
        /// What was collected changed since it was proposed: it is void; propose it anew.
        Outdated,
        /// One that is to be paid again did not come back, or was paid again already.
        NotReturned { remittance_id: RemittanceId },
    }
}

value! {
    /// Money collected for a creditor, on its way to it. Amounts of one currency.
    struct Remittance {
        pub remittance_id: RemittanceId,
        pub creditor_id: CreditorId,
        pub state: RemittanceState,
        /// Received in the agency's account for the creditor: principal, interest and costs.
        pub collected: Money,
        /// Whether the three that follow are taken off, or charged separately.
        pub settlement: Settlement,
        /// Costs that are the agency's.
        pub kept_costs: Money,
        /// The agency's commission without VAT, and the VAT on it; gross, and where it is invoiced,
        /// also on the costs. None where the creditor owes it to its own state.
        pub commission: Money,
        pub commission_vat: Money,
        /// What came back of earlier ones and is paid again with this one.
        pub carried: Vec<CarriedRemittance>,
        /// What the creditor gets: net, collected less the other three; gross, all of it. What is
        /// carried comes on top.
        pub amount: Money,
        pub lines: Vec<RemittanceLine>,
        /// None where the agreed rhythm did.
        pub proposed_by: Option<StaffId>,
        pub proposed_at: Timestamp,
        /// Somebody else than who proposed it.
        pub approved_by: Option<StaffId>,
        /// The payment order (pain.001) and the specification (CSV) in the file store, once
        /// approved.
        pub payment_order: Option<ContentHash>,
        pub specification: Option<ContentHash>,
        /// The specification as a document for people (PDF).
        pub specification_pdf: Option<ContentHash>,
        /// The same as a bank statement (camt.053) for the creditor's bookkeeping.
        pub statement: Option<ContentHash>,
        /// The agency's invoice for the three; none until it is approved, where their sum is zero,
        /// and where none is made here.
        pub invoice: Option<FeeInvoice>,
        /// That the bank sent it back; it may be told before the statement shows that it was paid.
        pub returned: Option<ReturnedRemittance>,
    }
}

value! {
    /// A remittance that came back, and that is paid again with another one.
    struct CarriedRemittance {
        pub remittance_id: RemittanceId,
        pub amount: Money,
    }
}

value! {
    /// How a remittance came back.
    struct ReturnedRemittance {
        pub returned_on: Date,
        /// Why, by a code of ISO 20022 such as `AC04`, or of the bank's own.
        pub reason_code: Option<String>,
        /// The approved remittance with which it is paid again; none while it is not.
        pub paid_again_by: Option<RemittanceId>,
    }
}

value! {
    /// The agency's invoice for what is its own of a remittance.
    struct FeeInvoice {
        /// The year and the place in its series, such as `2026-000017`.
        pub number: String,
        pub kind: FeeInvoiceKind,
        /// The day of the approval.
        pub issued_on: Date,
        /// What is invoiced or credited, VAT within; above zero.
        pub total: Money,
        /// Whether the creditor owes the VAT to its own state.
        pub reverse_charge: bool,
        pub state: FeeInvoiceState,
        /// UBL (Peppol BIS Billing 3.0) in the file store, once it was made.
        pub document: Option<ContentHash>,
    }
}

value! {
    /// Whether the creditor owes it, or gets it back.
    enum FeeInvoiceKind {
        Invoice,
        CreditNote,
    }
}

value! {
    /// Whether it is paid.
    enum FeeInvoiceState {
        /// Taken off the remittance, or added to it.
        SettledWithRemittance,
        /// Charged separately, and not known to be paid.
        Open { due_on: Date },
        Paid { paid_on: Date },
    }
}

value! {
    /// How far a remittance is on its way.
    enum RemittanceState {
        Proposed,
        /// The payment order was made; the money is in transit.
        Approved,
        /// The bank statement shows it.
        Paid { paid_on: Date },
        /// What was collected changed before it was approved.
        Void,
    }
}

value! {
    /// What one payment brought for one claim.
    struct RemittanceLine {
        pub case_id: CaseId,
        pub claim_id: ClaimId,
        pub payment_id: PaymentId,
        pub received_on: Date,
        pub principal: Money,
        pub interest: Money,
        pub costs: Money,
        /// Whether the creditor was paid by the debtor itself: then only commission is settled.
        pub direct: bool,
    }
}

contract! {
    /// The remittances, newest first.
    Request "payment-reconciliation" "list-remittances" v 5 about none, creditor none;
    ListRemittances {
        /// At most so many (1 to 1000).
        limit: u32,
        creditor_id: Option<CreditorId>,
    }
}
request!(ListRemittances => RemittanceList, reads);

value! {
    /// Remittances.
    struct RemittanceList {
        pub remittances: Vec<Remittance>,
        /// How many there are in all.
        pub total: u64,
    }
}

contract! {
    /// A fee that was charged separately is paid, or a credit note was paid back: on the agency's
    /// own account, of which no statement is taken in here.
    Request "payment-reconciliation" "mark-fee-paid" v 1 about remittance_id, creditor none;
    MarkFeePaid {
        /// The remittance with which it was invoiced.
        remittance_id: RemittanceId,
        paid_on: Date,
        /// Where that can be seen, such as the statement of the own account.
        because: String,
    }
}
request!(MarkFeePaid => MarkFeePaidAnswer, changes);

value! {
    /// What became of it.
    enum MarkFeePaidAnswer {
        Marked(FeeInvoice),
        AlreadyPaid(FeeInvoice),
        Refused { reason: FeePaymentRefusal },
        /// No invoice was issued with such a remittance.
        Unknown,
    }
}

value! {
    /// Why an invoice is not marked as paid.
    enum FeePaymentRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// No reason was given.
        NoReason,
        /// The remittance settled it.
        SettledWithRemittance,
        /// The day is still to come, or the invoice was not issued yet.
        NotOnThatDay,
    }
}

contract! {
    /// Money for a creditor is in transit: the payment order was made.
    Event "payment-reconciliation" "remittance-approved" v 2 after earlier::RemittanceApproved,
    about remittance_id, creditor creditor_id;
    RemittanceApproved {
        remittance_id: RemittanceId,
        creditor_id: CreditorId,
        /// The amounts, as the remittance has them.
        collected: Money,
        settlement: Settlement,
        kept_costs: Money,
        commission: Money,
        commission_vat: Money,
        amount: Money,
        /// None where the agreed rhythm did.
        proposed_by: Option<StaffId>,
        approved_by: StaffId,
        payment_order: ContentHash,
        specification: ContentHash,
    }
}

contract! {
    /// The bank statement shows that a creditor was paid.
    Event "payment-reconciliation" "remittance-paid" v 1 about remittance_id, creditor creditor_id;
    RemittancePaid {
        remittance_id: RemittanceId,
        creditor_id: CreditorId,
        amount: Money,
        paid_on: Date,
    }
}

contract! {
    /// A remittance came back, as the bank statement shows: its money is the creditor's again.
    Command "payment-reconciliation" "take-remittance-back" v 1
    about remittance_id, creditor creditor_id;
    TakeRemittanceBack {
        remittance_id: RemittanceId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// The bank sent a remittance back: the money is owed to the creditor again. It may be told
    /// before the statement shows that the remittance was paid.
    Event "payment-reconciliation" "remittance-returned" v 1
    about remittance_id, creditor creditor_id;
    RemittanceReturned {
        remittance_id: RemittanceId,
        creditor_id: CreditorId,
        amount: Money,
        /// The movement that brought it.
        returned_by: PaymentId,
        returned_on: Date,
        /// Why, by a code of ISO 20022 such as `AC04`, or of the bank's own; at most four letters
        /// and figures.
        reason_code: Option<String>,
    }
}

contract! {
    /// Put together what goes back to whoever paid it: what a payment brought too much on a case,
    /// or what is on no case.
    Request "payment-reconciliation" "propose-refund" v 1 about payment_id, creditor none;
    ProposeRefund {
        /// The payment, or the part of it that is on the case.
        payment_id: PaymentId,
        /// The case on which it is more than is owed; none where it is on no case.
        case_id: Option<CaseId>,
        /// How much of it; all that can go back where none is given.
        amount: Option<Money>,
    }
}
request!(ProposeRefund => ProposeRefundAnswer, changes);

value! {
    /// What became of a proposal.
    enum ProposeRefundAnswer {
        Proposed(Refund),
        /// One of this money is waiting for its approval already.
        Waiting(Refund),
        Refused { reason: RefundRefusal },
        /// No such payment is known.
        Unknown,
    }
}

contract! {
    /// Approve a proposed refund: somebody else than who proposed it.
    Request "payment-reconciliation" "approve-refund" v 1 about refund_id, creditor none;
    ApproveRefund {
        refund_id: RefundId,
    }
}
request!(ApproveRefund => ApproveRefundAnswer, changes);

value! {
    /// What became of an approval.
    enum ApproveRefundAnswer {
        Approved(Refund),
        AlreadyApproved(Refund),
        Refused { reason: RefundRefusal },
        Unknown,
    }
}

contract! {
    /// Withdraw a refund that nobody approved yet.
    Request "payment-reconciliation" "withdraw-refund" v 1 about refund_id, creditor none;
    WithdrawRefund {
        refund_id: RefundId,
    }
}
request!(WithdrawRefund => WithdrawRefundAnswer, changes);

value! {
    /// What became of it.
    enum WithdrawRefundAnswer {
        Withdrawn(Refund),
        Refused { reason: RefundRefusal },
        Unknown,
    }
}

value! {
    /// Why a refund is not proposed, approved or withdrawn.
    enum RefundRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// Who proposed it may not approve it.
        SamePerson,
        /// Nothing of the payment can go back: it went out, was taken back, or pays what is owed.
        NothingToPayBack,
        /// The amount is not above zero, or more than can go back.
        WrongAmount { most: Money },
        /// It lies in the creditor's own account, or the creditor reported it: the creditor pays it
        /// back.
        AtTheCreditor,
        /// The bank told no IBAN of whoever paid it.
        NoAccount,
        /// Orders are made in euros only.
        NotInEuros,
        /// The money is not there any more as it was proposed: it is void; propose it anew.
        Outdated,
        /// It was approved already, or is void.
        Decided,
    }
}

value! {
    /// Money on its way back to whoever paid it. It goes to the account that it came from.
    struct Refund {
        pub refund_id: RefundId,
        /// The payment, or the part of it that is on the case.
        pub payment_id: PaymentId,
        /// The case on which it was more than was owed; none where it was on no case.
        pub case_id: Option<CaseId>,
        pub state: RefundState,
        /// Above zero.
        pub amount: Money,
        pub proposed_by: StaffId,
        pub proposed_at: Timestamp,
        /// Somebody else than who proposed it.
        pub approved_by: Option<StaffId>,
        /// The payment order (pain.001) in the file store, once approved.
        pub payment_order: Option<ContentHash>,
    }
}

value! {
    /// How far a refund is on its way.
    enum RefundState {
        Proposed,
        /// The payment order was made; the money is in transit.
        Approved,
        /// The bank statement shows it.
        Paid { paid_on: Date },
        /// It was withdrawn, or the money was not there any more when it was to be approved.
        Void,
    }
}

contract! {
    /// The refunds, newest first, and what came back of them.
    Request "payment-reconciliation" "list-refunds" v 2 about none, creditor none;
    ListRefunds {
        /// At most so many (1 to 1000).
        limit: u32,
    }
}
request!(ListRefunds => RefundList, reads personal);

value! {
    /// Refunds.
    struct RefundList {
        pub refunds: Vec<ListedRefund>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// A refund, and to whom it goes: for the eyes of who approves it.
    struct ListedRefund {
        pub refund: Refund,
        /// As the bank told whoever paid it.
        pub counterparty_name: Option<String>,
        /// The IBAN that it came from, and goes to.
        pub counterparty_account: String,
        /// Where the bank sent it back: it is the payment's money again.
        pub returned: Option<ReturnedRefund>,
    }
}

value! {
    /// The bank could not pay a refund, and sent it back.
    struct ReturnedRefund {
        /// The day on which the bank booked it.
        pub returned_on: Date,
        /// Why, as the bank says it: a code of ISO 20022 such as `AC04` (the account is closed), or
        /// one of the bank's own; none where it tells none.
        pub reason_code: Option<String>,
    }
}

contract! {
    /// Money is on its way back to whoever paid it: the payment order was made.
    Event "payment-reconciliation" "refund-approved" v 1 about refund_id, creditor none;
    RefundApproved {
        refund_id: RefundId,
        payment_id: PaymentId,
        case_id: Option<CaseId>,
        amount: Money,
        proposed_by: StaffId,
        approved_by: StaffId,
        payment_order: ContentHash,
    }
}

contract! {
    /// The bank statement shows that money was paid back.
    Event "payment-reconciliation" "refund-paid" v 1 about refund_id, creditor none;
    RefundPaid {
        refund_id: RefundId,
        payment_id: PaymentId,
        case_id: Option<CaseId>,
        amount: Money,
        paid_on: Date,
    }
}

contract! {
    /// A refund came back, as the bank statement shows: give the money to its payment again.
    Command "payment-reconciliation" "take-refund-back" v 1 about refund_id, creditor none;
    TakeRefundBack {
        refund_id: RefundId,
    }
}

contract! {
    /// The bank sent a refund back. The money is the payment's again: too much on the case, or on
    /// none. It may be told before the statement shows that the refund was paid.
    Event "payment-reconciliation" "refund-returned" v 1 about refund_id, creditor none;
    RefundReturned {
        refund_id: RefundId,
        payment_id: PaymentId,
        /// The case on which it is; none where it is on no case, or on none any more.
        case_id: Option<CaseId>,
        amount: Money,
        /// The movement that brought it.
        returned_by: PaymentId,
        returned_on: Date,
        /// Why, by a code of ISO 20022 such as `AC04`, or of the bank's own; at most four letters
        /// and figures.
        reason_code: Option<String>,
    }
}

contract! {
    /// Keep a mandate by which the debtor of a case lets the agency collect by SEPA direct debit
    /// (CORE).
    Request "payment-reconciliation" "record-mandate" v 1 about case_id, creditor none;
    RecordMandate {
        /// A case of the debtor; other cases of the same person can be collected by it too.
        case_id: CaseId,
        /// As it stands on the mandate. No other mandate has it.
        reference: MandateReference,
        signed_on: Date,
        kind: MandateKind,
        /// How many days before a collection the debtor is told of it: 14, unless another term was
        /// agreed (1 to 14).
        notice_days: u8,
        /// JSON in the file store: `name` and `account` (an IBAN), whose account it is and which.
        debtor: ContentHash,
        /// What was signed, in the file store.
        evidence: ContentHash,
    }
}
request!(RecordMandate => RecordMandateAnswer, changes);

value! {
    /// What became of it.
    enum RecordMandateAnswer {
        Recorded(Mandate),
        /// The same was recorded before.
        AlreadyKnown(Mandate),
        Refused { reason: MandateRefusal },
        /// No such case is known.
        Unknown,
    }
}

value! {
    /// Why a mandate is not recorded or revoked.
    enum MandateRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// Another mandate has the reference.
        ReferenceTaken,
        /// It was signed on a day to come, or so long ago that it lapsed.
        NotInForce,
        /// The term of the notice is none of 1 to 14 days.
        NoticeDays,
        /// It was revoked already.
        Revoked,
    }
}

value! {
    /// How often a mandate may be used.
    enum MandateKind {
        OneOff,
        Recurrent,
    }
}

contract! {
    /// The debtor revoked a mandate: nothing is collected by it any more.
    Request "payment-reconciliation" "revoke-mandate" v 1 about mandate_id, creditor none;
    RevokeMandate {
        mandate_id: MandateId,
        /// The day on which the debtor did.
        revoked_on: Date,
    }
}
request!(RevokeMandate => RevokeMandateAnswer, changes);

value! {
    /// What became of it.
    enum RevokeMandateAnswer {
        Revoked(Mandate),
        Refused { reason: MandateRefusal },
        Unknown,
    }
}

value! {
    /// A mandate for direct debits. Of whose account it is told to people only.
    struct Mandate {
        pub mandate_id: MandateId,
        pub reference: MandateReference,
        pub person_id: PersonId,
        pub signed_on: Date,
        pub kind: MandateKind,
        pub notice_days: u8,
        pub evidence: ContentHash,
        pub recorded_by: StaffId,
        pub recorded_at: Timestamp,
        pub state: MandateState,
    }
}

value! {
    /// Whether a mandate can be used.
    enum MandateState {
        /// Until it lapses, 36 months after it was used last.
        InForce { until: Date },
        Revoked { revoked_on: Date },
        /// The bank sent a collection back for a reason that ends it, such as `MD01` (no mandate)
        /// or `AC04` (the account is closed).
        Ended { reason_code: String },
        /// A one-off mandate that was used.
        Used,
        Lapsed { on: Date },
    }
}

contract! {
    /// The mandates, newest first.
    Request "payment-reconciliation" "list-mandates" v 1 about none, creditor none;
    ListMandates {
        /// At most so many (1 to 1000).
        limit: u32,
    }
}
request!(ListMandates => MandateList, reads personal);

value! {
    /// Mandates.
    struct MandateList {
        pub mandates: Vec<ListedMandate>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// A mandate, and whose account is debited.
    struct ListedMandate {
        pub mandate: Mandate,
        pub debtor_name: String,
        pub debtor_account: String,
    }
}

contract! {
    /// Propose to collect a part of what is owed on a case, or all of it, by direct debit.
    Request "payment-reconciliation" "propose-debit" v 1 about case_id, creditor none;
    ProposeDebit {
        case_id: CaseId,
        mandate_id: MandateId,
        /// All that is owed and not being collected where none is given.
        amount: Option<Money>,
        /// The day on which the debtor's account is debited: a day on which banks settle (T2).
        due_on: Date,
        /// The day on which the debtor was told of the amount and of that day.
        notified_on: Date,
    }
}
request!(ProposeDebit => ProposeDebitAnswer, changes);

value! {
    /// What became of a proposal.
    enum ProposeDebitAnswer {
        Proposed(Debit),
        /// One of this mandate on the case for the same day is there already.
        Waiting(Debit),
        Refused { reason: DebitRefusal },
        /// No such case is known, or no such mandate.
        Unknown,
    }
}

contract! {
    /// Approve a proposed direct debit: somebody else than who proposed it.
    Request "payment-reconciliation" "approve-debit" v 1 about debit_id, creditor none;
    ApproveDebit {
        debit_id: DebitId,
    }
}
request!(ApproveDebit => ApproveDebitAnswer, changes);

value! {
    /// What became of an approval.
    enum ApproveDebitAnswer {
        Approved(Debit),
        AlreadyApproved(Debit),
        Refused { reason: DebitRefusal },
        Unknown,
    }
}

contract! {
    /// Withdraw a direct debit that is in no file yet; or say that the bank refused one of a file
    /// before it was due, with its code.
    Request "payment-reconciliation" "close-debit" v 1 about debit_id, creditor none;
    CloseDebit {
        debit_id: DebitId,
        /// The bank's code of why (pain.002), such as `AC01`; none where it is withdrawn.
        reason_code: Option<String>,
    }
}
request!(CloseDebit => CloseDebitAnswer, changes);

value! {
    /// What became of it.
    enum CloseDebitAnswer {
        Closed(Debit),
        Refused { reason: DebitRefusal },
        Unknown,
    }
}

value! {
    /// Why a direct debit is not proposed, approved or closed.
    enum DebitRefusal {
        /// Who asks is no member of staff with the role of the finance desk.
        NotOfTheFinanceDesk,
        /// Who proposed it may not approve it.
        SamePerson,
        /// The mandate is another person's.
        OtherPerson,
        /// The mandate was revoked, ended, lapsed or was used.
        NoMandate,
        /// Debtors of the case are asked to pay to the creditor.
        PaidToTheCreditor,
        /// Nothing is owed that is not being collected already.
        NothingOwed,
        /// The amount is not above zero, or more than is owed and not being collected.
        WrongAmount { most: Money },
        /// Collected is in euros only.
        NotInEuros,
        /// No bank settles on that day.
        NotASettlementDay,
        /// The day is before the first one for which a file can be handed over.
        DueTooSoon { first: Date },
        /// The debtor has to be told earlier, or was told on a day to come.
        NotifiedTooLate { at_latest: Date },
        /// It was changed since: it is void; propose it anew.
        Outdated,
        /// It is void, or came in or back already.
        Decided,
        /// It is in a file: say with which code the bank refused it.
        InAFile,
        /// It is in no file, so that no bank can have refused it.
        InNoFile,
        /// The code is none: four letters and figures at most.
        NoCode,
    }
}

value! {
    /// A collection of an amount by direct debit.
    struct Debit {
        pub debit_id: DebitId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        pub mandate_id: MandateId,
        /// Above zero; of one that is in a file, what the file says.
        pub amount: Money,
        pub due_on: Date,
        pub notified_on: Date,
        pub proposed_by: StaffId,
        pub proposed_at: Timestamp,
        pub approved_by: Option<StaffId>,
        /// The file that it is in.
        pub file_id: Option<DebitFileId>,
        pub state: DebitState,
    }
}

value! {
    /// How far a direct debit is.
    enum DebitState {
        Proposed,
        /// The next file that can be handed over for its day has it.
        Approved,
        /// It is in a file, and no statement shows it yet.
        Written,
        /// The statement shows it, and it is booked on its case.
        Collected { collected_on: Date },
        /// The bank took it back.
        Returned {
            returned_on: Date,
            /// Why, by a code of ISO 20022 such as `AM04`; none where the bank tells none.
            reason_code: Option<String>,
            /// What was no more there to be taken, since it had been paid back or moved: the
            /// agency's own money paid it.
            lost: Option<Money>,
        },
        /// The bank refused it before it was due.
        Rejected { reason_code: String },
        Void { because: DebitLeftOut },
    }
}

value! {
    /// Why a direct debit is in no file.
    enum DebitLeftOut {
        /// A person withdrew it.
        Withdrawn,
        /// Nothing is owed any more that is not being collected.
        NothingOwed,
        /// The debtor gave a reason that a person has to weigh.
        ReasonGiven,
        /// A person put the case on hold.
        OnHold,
        /// The mandate was revoked, ended, lapsed or was used.
        NoMandate,
        /// Another collection by the mandate came back after this one was approved: whether this
        /// one is tried is a person's to say.
        CameBack,
        /// Its day is too near, or past.
        TooLate,
        /// It was not any more as it was proposed when it was to be approved.
        Outdated,
    }
}

contract! {
    /// Make a file of all approved direct debits whose day can be met, for the bank. What cannot be
    /// collected any more is left out, void, and named.
    Request "payment-reconciliation" "write-debits" v 1 about none, creditor none;
    WriteDebits {}
}
request!(WriteDebits => WriteDebitsAnswer, changes);

value! {
    /// What became of it.
    enum WriteDebitsAnswer {
        Written {
            file: DebitFile,
            debits: Vec<Debit>,
            /// What the debits were approved with, where the file has less: by now less is owed.
            lowered: Vec<LoweredDebit>,
            left_out: Vec<Debit>,
        },
        /// None can be handed over now.
        Nothing { left_out: Vec<Debit> },
        /// Who asks is no member of staff with the role of the finance desk.
        Refused,
    }
}

value! {
    /// A direct debit of which the file has less than was approved.
    struct LoweredDebit {
        pub debit_id: DebitId,
        pub approved: Money,
    }
}

value! {
    /// A file of direct debits.
    struct DebitFile {
        pub file_id: DebitFileId,
        pub written_at: Timestamp,
        pub written_by: StaffId,
        pub debits: u32,
        pub sum: Money,
        /// The file (pain.008) in the file store, once it is made.
        pub document: Option<ContentHash>,
    }
}

contract! {
    /// The direct debits and their files, newest first.
    Request "payment-reconciliation" "list-debits" v 1 about none, creditor none;
    ListDebits {
        /// At most so many of either (1 to 1000).
        limit: u32,
    }
}
request!(ListDebits => DebitList, reads);

value! {
    /// Direct debits.
    struct DebitList {
        pub debits: Vec<Debit>,
        pub files: Vec<DebitFile>,
        /// How many there are in all.
        pub total: u64,
    }
}

contract! {
    /// The statement shows that a direct debit came in, or back: book that.
    Command "payment-reconciliation" "take-debit" v 1 about debit_id, creditor creditor_id;
    TakeDebit {
        debit_id: DebitId,
        case_id: CaseId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// The statement shows that a direct debit came in; it is booked on its case like any payment.
    Event "payment-reconciliation" "debit-collected" v 1 about debit_id, creditor creditor_id;
    DebitCollected {
        debit_id: DebitId,
        case_id: CaseId,
        creditor_id: CreditorId,
        payment_id: PaymentId,
        amount: Money,
        collected_on: Date,
    }
}

contract! {
    /// The bank took a direct debit back: what it paid is owed again.
    Event "payment-reconciliation" "debit-returned" v 1 about debit_id, creditor creditor_id;
    DebitReturned {
        debit_id: DebitId,
        case_id: CaseId,
        creditor_id: CreditorId,
        /// The movement that took it.
        returned_by: PaymentId,
        amount: Money,
        returned_on: Date,
        /// Why, by a code of ISO 20022 such as `MD06`; at most four letters and figures.
        reason_code: Option<String>,
    }
}

contract! {
    /// Have a link made by which the debtor can pay what is owed on a case now, with iDEAL or
    /// Bancontact. While as much is owed it is the same one, whoever asks.
    Request "payment-reconciliation" "offer-payment-link" v 1 about case_id, creditor none;
    OfferPaymentLink {
        case_id: CaseId,
    }
}
request!(OfferPaymentLink => OfferPaymentLinkAnswer, changes);

value! {
    /// The link, or why there is none.
    enum OfferPaymentLinkAnswer {
        /// Where it has no address yet, the provider is being asked for it.
        Offered(PaymentLink),
        Refused { reason: PaymentLinkRefusal },
        /// No such case is known.
        Unknown,
    }
}

value! {
    /// Why there is no link for a case.
    enum PaymentLinkRefusal {
        NothingOwed,
        /// Its debtor is asked to pay into the creditor's own account.
        PaidToTheCreditor,
        /// Links are made in euros only.
        NotInEuros,
        /// The debtor gave a reason that a person has to weigh first.
        ReasonGiven,
    }
}

value! {
    /// A link by which a debtor can pay what is owed on a case.
    struct PaymentLink {
        pub link_id: PaymentLinkId,
        pub case_id: CaseId,
        pub state: PaymentLinkState,
        /// What was owed on the case when it was made.
        pub amount: Money,
        /// What was paid by it; more than the amount where it was paid twice.
        pub paid: Money,
        pub asked_at: Timestamp,
        /// It cannot be paid from then on.
        pub expires_at: Timestamp,
        /// Where the debtor pays; none until the provider made it.
        pub checkout_url: Option<String>,
    }
}

value! {
    /// How far a link is.
    enum PaymentLinkState {
        /// The provider is being asked for it.
        Making,
        /// It can be paid.
        Open,
        /// It cannot be paid any more, or will not be in a moment.
        Closed { because: PaymentLinkClosed },
        /// The provider will not make it: the status of its answer.
        NotMade { status: u16 },
    }
}

value! {
    /// Why a link is closed.
    enum PaymentLinkClosed {
        Paid,
        /// More or less is owed now, or nothing.
        OtherwiseOwed,
        /// The debtor gave a reason that a person has to weigh first.
        ReasonGiven,
        Expired,
        /// Somebody closed it at the provider.
        AtTheProvider,
    }
}

contract! {
    /// The payment links, newest first.
    Request "payment-reconciliation" "list-payment-links" v 1 about none, creditor none;
    ListPaymentLinks {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Those of one case only.
        case_id: Option<CaseId>,
        /// Those only that can be paid, or will be in a moment.
        only_open: bool,
    }
}
request!(ListPaymentLinks => PaymentLinkList, reads);

value! {
    struct PaymentLinkList {
        pub links: Vec<PaymentLink>,
        /// How many there are in all.
        pub total: u64,
        /// What was paid by links and lies with the provider, in each currency.
        pub at_provider: Vec<Money>,
    }
}

contract! {
    /// Ask the payment service provider what became of a link: it said that something did.
    Request "payment-reconciliation" "ask-payment-provider" v 1 about link_id, creditor none;
    AskPaymentProvider {
        link_id: PaymentLinkId,
    }
}
request!(AskPaymentProvider => AskPaymentProviderAnswer, changes);

value! {
    enum AskPaymentProviderAnswer {
        /// It is asked, or is to be asked once it made the link.
        Asked,
        /// No such link is known.
        Unknown,
    }
}

contract! {
    /// What is owed on a case changed while a link of it is open: close it where it is wrong now.
    Command "payment-reconciliation" "review-payment-link" v 1
    about case_id, creditor creditor_id;
    ReviewPaymentLink {
        case_id: CaseId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// A payment names a settlement of the payment service provider: pair it with the payments by
    /// link that it pays out.
    Command "payment-reconciliation" "pair-payout" v 1 about payment_id, creditor none;
    PairPayout {
        payment_id: PaymentId,
    }
}

contract! {
    /// The payment service provider sent a payment by link back to its payer: take it out of the
    /// books, if it is on no case any more.
    Command "payment-reconciliation" "take-provider-refund" v 1 about payment_id, creditor none;
    TakeProviderRefund {
        payment_id: PaymentId,
        amount: Money,
        /// The pay-out that is less by it.
        payout_id: PaymentId,
    }
}

contract! {
    /// Say which settlement of the payment service provider a payment pays out, where its text does
    /// not tell it rightly.
    Request "payment-reconciliation" "name-settlement" v 1 about payment_id, creditor none;
    NameSettlement {
        payment_id: PaymentId,
        /// The provider's name for it: three numbers with dots between them.
        reference: String,
    }
}
request!(NameSettlement => NameSettlementAnswer, changes);

value! {
    /// What became of it.
    enum NameSettlementAnswer {
        /// The provider is asked about it.
        Named,
        Refused { reason: NameSettlementRefusal },
        /// No such payment is known.
        Unknown,
    }
}

value! {
    /// Why a settlement was not named.
    enum NameSettlementRefusal {
        NotOfTheFinanceDesk,
        /// It is not three numbers with dots between them.
        NotAReference,
        /// It did not come in on an account for client money, or is booked.
        NotUnmatched,
    }
}

contract! {
    /// What the payment service provider paid out, by the bank's movements, newest first.
    Request "payment-reconciliation" "list-payouts" v 1 about none, creditor none;
    ListPayouts {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Those only that are not paired with the payments that they pay out.
        only_open: bool,
    }
}
request!(ListPayouts => PayoutList, reads);

value! {
    struct PayoutList {
        pub payouts: Vec<ProviderPayout>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// A movement of the bank by which the provider pays out.
    struct ProviderPayout {
        pub payment_id: PaymentId,
        pub received_on: Date,
        /// What came in.
        pub amount: Money,
        /// The provider's name for what it pays out: figures with dots; none where its text names
        /// several, and nobody said which.
        pub reference: Option<String>,
        pub state: ProviderPayoutState,
    }
}

value! {
    /// How far a pay-out is.
    enum ProviderPayoutState {
        /// The provider is being asked.
        Asking,
        /// It is booked against the payments that it pays out.
        Paired {
            /// How many payments by link it pays out.
            payments: u32,
            /// What the provider kept; the agency's own cost.
            fees: Money,
        },
        /// Nothing is booked of it yet.
        Open { problem: PayoutProblem },
    }
}

value! {
    /// Why a pay-out is not paired.
    enum PayoutProblem {
        /// Its text names several settlements.
        SeveralReferences,
        /// Only a report of the bank told of it: its statement is still to come.
        StatementToCome,
        /// A part of it is on a case, or went back.
        NotWhole,
        /// The configuration has no token that may ask for settlements.
        NoToken,
        /// The provider did not let us ask: the status of its answer.
        Refused { status: u16 },
        /// The provider knows no settlement of this reference.
        Unknown,
        /// The provider says that it did not pay it out yet.
        NotPaidOut,
        /// Another movement was paired with the same settlement.
        PairedBefore { payment_id: PaymentId },
        /// The provider says that it paid out another amount.
        OtherAmount { told: Money },
        /// Payments of the settlement are not known here.
        UnknownPayments { payments: u32 },
        /// The amounts of payments are others than were booked.
        OtherPayments { payments: u32 },
        /// Payments of the settlement were paid out before by another one.
        PaidOutBefore { payments: u32 },
        /// Payments were sent back, in part, or while they are on a case here.
        Refunds { payments: u32 },
        /// Banks took payments back.
        ChargeBacks { payments: u32 },
        /// What was received less what was sent back and the fees is not what was paid out: by so
        /// much more was paid out, or less where it is below zero.
        DoesNotAddUp { difference: Money },
    }
}

contract! {
    /// The ledger in sums: whose money lies where, and what is owed to whom.
    Request "payment-reconciliation" "balances" v 3 about none, creditor none;
    GetBalances {}
}
request!(GetBalances => Balances, reads);

value! {
    /// One line for each group, owner and currency. In each of them debits and credits are equal
    /// (`amicable check` proves it).
    struct Balances {
        pub lines: Vec<BalanceLine>,
    }
}

value! {
    struct BalanceLine {
        pub group: LedgerGroup,
        /// Whose bank, or whose money; none where it is the agency's, or everybody's together.
        pub creditor_id: Option<CreditorId>,
        /// Debit positive, credit negative.
        pub balance: Money,
    }
}

value! {
    /// Groups of the ledger.
    enum LedgerGroup {
        /// What lies in the bank: the agency's account for client money, or a creditor's own.
        Bank,
        /// What debtors paid by link and the payment service provider has not paid out.
        AtProvider,
        /// Received, and not yet known what for.
        Unmatched,
        /// To be paid back to debtors.
        Refundable,
        /// Client money that is a creditor's.
        OwedToCreditor,
        /// What debtors paid to a creditor itself.
        SettledAtCreditor,
        /// On its way to creditors; the bank has not shown it yet.
        InTransit,
        /// What the agency earned and has not taken out.
        Own,
        /// What a creditor has to give back.
        OwedByCreditor,
        /// The agency's own money that was paid for a creditor meanwhile.
        AdvancedToCreditor,
        /// What debtors still owe.
        Receivable,
        /// The claims that are administered for a creditor.
        CreditorClaims,
        /// What a creditor was charged separately, and the same as income.
        FeesOwedByCreditor,
        FeesCharged,
    }
}

impl From<earlier::RemittanceApproved> for RemittanceApproved {
    /// Version 1 was of people's proposals, and net.
    fn from(earlier: earlier::RemittanceApproved) -> Self {
        Self {
            remittance_id: earlier.remittance_id,
            creditor_id: earlier.creditor_id,
            collected: earlier.collected,
            settlement: Settlement::Net,
            kept_costs: earlier.kept_costs,
            commission: earlier.commission,
            commission_vat: earlier.commission_vat,
            amount: earlier.amount,
            proposed_by: Some(earlier.proposed_by),
            approved_by: earlier.approved_by,
            payment_order: earlier.payment_order,
            specification: earlier.specification,
        }
    }
}

impl From<earlier::AllocatePayment> for AllocatePayment {
    /// Version 1 was of whole payments that bear references.
    fn from(earlier: earlier::AllocatePayment) -> Self {
        Self {
            payment_id: earlier.payment_id,
            case_id: earlier.case_id,
            claim_ids: earlier.claim_ids,
            creditor_id: earlier.creditor_id,
            amount: earlier.amount,
            received_on: earlier.received_on,
            judged: None,
        }
    }
}

impl From<earlier::PaymentAllocated> for PaymentAllocated {
    /// When version 1 was spoken, nothing but principal was owed.
    fn from(earlier: earlier::PaymentAllocated) -> Self {
        let nothing = Money::zero(earlier.amount.currency());
        Self {
            payment_id: earlier.payment_id,
            case_id: earlier.case_id,
            claim_id: earlier.claim_id,
            creditor_id: earlier.creditor_id,
            person_id: earlier.person_id,
            amount: earlier.amount,
            costs: nothing,
            interest: nothing,
            principal: earlier.amount,
            claim_open: earlier.claim_open,
            case_open: earlier.case_open,
            received_on: earlier.received_on,
        }
    }
}

impl From<earlier::BooksProven> for BooksProven {
    /// When version 1 was spoken, nothing was paid by links.
    fn from(earlier: earlier::BooksProven) -> Self {
        let sums = |it: earlier::BooksSums| BooksSums {
            at_provider: Money::zero(it.bank.currency()),
            bank: it.bank,
            bank_by_statements: it.bank_by_statements,
            held_before: it.held_before,
            in_transit: it.in_transit,
            owed_to_creditors: it.owed_to_creditors,
            least_owed: it.least_owed,
            own: it.own,
            refundable: it.refundable,
            unmatched: it.unmatched,
        };
        Self {
            on: earlier.on,
            is_proven: earlier.is_proven,
            sums: earlier.sums.into_iter().map(sums).collect(),
            problems: earlier.problems,
        }
    }
}

contract! {
    /// Prove the books now: what the bank's statements say lies there is what the ledger says, and
    /// what is owed.
    Request "payment-reconciliation" "prove-books" v 2 about none, creditor none;
    ProveBooks {}
}
request!(ProveBooks => BooksProof, reads);

value! {
    /// The proof of the books, or what speaks against it.
    struct BooksProof {
        /// The day of it.
        pub on: Date,
        pub is_proven: bool,
        /// One for each currency.
        pub sums: Vec<BooksSums>,
        /// None where the books are proven.
        pub problems: Vec<BooksProblem>,
    }
}

value! {
    /// Client money in one currency. In books that are proven, what is in the bank and at the
    /// payment service provider, less what is in transit, is the sum of the four that it is owed
    /// to.
    struct BooksSums {
        /// In the accounts for client money, by the ledger: what it moved of it.
        pub bank: Money,
        /// The same by the bank's statements: what they ended with less what they began with. None
        /// where the bank tells no balance of an account.
        pub bank_by_statements: Option<Money>,
        /// What the accounts held before the first statement, which no ledger knows.
        pub held_before: Option<Money>,
        /// What debtors paid by link and the payment service provider has not paid out.
        pub at_provider: Money,
        pub in_transit: Money,
        pub owed_to_creditors: Money,
        /// The least that is owed to one creditor, where anything is.
        pub least_owed: Option<Money>,
        pub own: Money,
        pub refundable: Money,
        pub unmatched: Money,
    }
}

value! {
    /// What speaks against the books.
    struct BooksProblem {
        pub kind: BooksProblemKind,
        /// By how much; never zero.
        pub amount: Money,
        /// What is wrong and what to do; an account by its last four signs.
        pub detail: String,
    }
}

value! {
    /// Kinds of what speaks against the books.
    enum BooksProblemKind {
        /// A statement does not begin with what the one before it left.
        StatementMissing,
        /// What was booked of a statement is not what its balances say.
        StatementWrong,
        /// The ledger moved more or less of the bank's money than the statements tell.
        BankDiffers,
        /// Debits and credits of a book differ.
        Unequal,
        CreditorBelowZero,
        OwnBelowZero,
        /// Another account of the ledger stands on the side on which it can never be.
        WrongSide,
    }
}

contract! {
    /// The books were looked through, as every morning.
    Event "payment-reconciliation" "books-proven" v 2 after earlier::BooksProven,
    about none, creditor none;
    BooksProven {
        /// The day of it.
        on: Date,
        /// Whether they hold.
        is_proven: bool,
        sums: Vec<BooksSums>,
        /// What speaks against them, by kind; none where they hold.
        problems: Vec<BooksProblemCount>,
    }
}

value! {
    /// How often something speaks against the books.
    struct BooksProblemCount {
        pub kind: BooksProblemKind,
        pub count: u32,
    }
}

impl From<earlier::LettersCorrected> for LettersCorrected {
    fn from(earlier: earlier::LettersCorrected) -> Self {
        Self {
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            letters: earlier.letters.into_iter().map(CorrectedLetter::from).collect(),
            cause: earlier.cause,
        }
    }
}

/// Of a payment the newest word counts.
impl From<earlier::MoneyCleared> for MoneyCleared {
    fn from(earlier: earlier::MoneyCleared) -> Self {
        let earlier::MoneyCleared { payment_id, case_id, creditor_id } = earlier;
        Self { payment_id, case_id, creditor_id, for_good: false }
    }
}

impl From<earlier::CorrectedLetter> for CorrectedLetter {
    fn from(earlier: earlier::CorrectedLetter) -> Self {
        Self {
            letter_id: earlier.letter_id,
            message: earlier.message.into(),
            channel: earlier.channel,
            left_on: earlier.left_on,
            asked: earlier.asked,
            owed: earlier.owed,
        }
    }
}
