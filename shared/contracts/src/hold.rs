//! Holds that people place: while one covers a case, nothing goes out. Owned by the scheduler.

use crate::message::{contract, request, value};
use primitives::{
    CaseId, ClaimId, CreditorId, Date, HoldId, MessageKind, PersonId, StaffId, Timestamp,
};

value! {
    /// What a hold covers, also what comes under it later.
    enum HoldScope {
        /// One claim: the others of its case go on.
        Claim { case_id: CaseId, claim_id: ClaimId },
        Case { case_id: CaseId },
        /// All cases of a person, of whatever creditor.
        Person { person_id: PersonId },
        Creditor { creditor_id: CreditorId },
        /// Every case there is.
        All,
    }
}

value! {
    /// Why nothing goes out.
    enum HoldCause {
        /// A complaint is being looked into.
        Complaint,
        /// A document was asked for and is not there yet.
        AwaitingDocuments,
        /// A debt aid organisation looks after the debtor.
        DebtAid,
        /// A court or the law gives the debtor time in which nobody may collect.
        CoolingOff,
        Illness,
        Bereavement,
        CreditorAsked,
        /// A question of law is open.
        LegalQuestion,
        /// A disaster or a crisis among many.
        Crisis,
        /// A time of the year in which nobody is written to.
        Season,
        /// A fault of ours, or of a system that we depend on.
        SystemError,
        /// The debtor disputes the debt.
        Dispute,
    }
}

value! {
    /// What happens when the day of a hold comes.
    enum HoldThen {
        /// It ends by itself, and the cases go on one step at a time.
        GoOn,
        /// Nothing goes out before its owner lifts it, or places another one.
        Decide,
    }
}

value! {
    /// What was put on hold, why, and until when.
    struct HoldTerms {
        pub scope: HoldScope,
        pub cause: HoldCause,
        /// Whose it is to decide: a role or a staff code, never a person's name.
        pub owner: String,
        /// The first day on which nothing should go out; it may be past when the hold is placed.
        pub starts_on: Date,
        /// The day that ends it, or on which its owner decides.
        pub ends_on: Date,
        pub then: HoldThen,
    }
}

value! {
    /// Something that would not have been done, had the hold been there since its start.
    struct DoneSince {
        /// None for a call.
        pub message: Option<MessageKind>,
        pub on: Date,
    }
}

contract! {
    /// Put what a scope covers on hold. Only a member of staff may.
    Request "scheduler" "place-hold" v 1 about none, creditor none;
    PlaceHold {
        /// Given by whoever asks; who asks again with the same places nothing twice.
        hold_id: HoldId,
        scope: HoldScope,
        cause: HoldCause,
        owner: String,
        /// Also past; today where none is given.
        starts_on: Option<Date>,
        ends_on: Date,
        then: HoldThen,
    }
}
request!(PlaceHold => PlaceHoldAnswer, changes);

value! {
    enum PlaceHoldAnswer {
        /// It counts from now on; open permits are withdrawn case by case.
        Placed(HoldTold),
        Refused { reason: HoldRefusal },
    }
}

value! {
    enum HoldRefusal {
        /// Only a member of staff places or lifts a hold.
        NotStaff,
        /// The owner is no code: small letters, digits and hyphens, at most 64.
        OwnerMalformed,
        /// Its day has to come after today, and after its start.
        NoNextMoment,
        /// Its day or its start is more than two years away.
        TooFar,
        /// Another hold has this id.
        IdInUse,
    }
}

contract! {
    /// End a hold now, or call one off that has not begun.
    Request "scheduler" "lift-hold" v 1 about hold_id, creditor none;
    LiftHold {
        hold_id: HoldId,
    }
}
request!(LiftHold => LiftHoldAnswer, changes);

value! {
    enum LiftHoldAnswer {
        Lifted(HoldTold),
        AlreadyLifted(HoldTold),
        Refused { reason: HoldRefusal },
        Unknown,
    }
}

value! {
    /// One hold.
    struct HoldTold {
        pub hold_id: HoldId,
        pub terms: HoldTerms,
        pub placed_by: StaffId,
        pub placed_at: Timestamp,
        pub lifted: Option<HoldLift>,
        /// So many cases were told of its beginning, or of its lifting.
        pub cases_told: u64,
        /// Whether more are to be told.
        pub is_spreading: bool,
    }
}

value! {
    /// Who lifted a hold, and when.
    struct HoldLift {
        pub by: StaffId,
        pub at: Timestamp,
    }
}

contract! {
    /// The holds, those placed last first.
    Request "scheduler" "list-holds" v 1 about none, creditor none;
    ListHolds {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Only those that cover this case or a claim on it.
        case_id: Option<CaseId>,
        /// Without those that ended or were lifted.
        only_open: bool,
    }
}
request!(ListHolds => HoldList, reads);

value! {
    struct HoldList {
        pub holds: Vec<HoldTold>,
        pub total: u64,
    }
}

contract! {
    /// What a hold would stop if it were placed now.
    Request "scheduler" "preview-hold" v 1 about none, creditor none;
    PreviewHold {
        scope: HoldScope,
        /// Today where none is given.
        starts_on: Option<Date>,
    }
}
request!(PreviewHold => HoldPreview, reads);

value! {
    struct HoldPreview {
        /// Open cases that it covers.
        pub cases: u64,
        /// Of those, the ones whose next step has a day.
        pub planned: u64,
        /// Permits that are out and would be withdrawn.
        pub permits: u64,
        /// Messages that left since its start: they would not have been sent.
        pub sent_since: u64,
    }
}

contract! {
    /// A hold over this case was placed or lifted: weigh again what it does next.
    Command "scheduler" "weigh-hold" v 1 about case_id, creditor creditor_id;
    WeighHold {
        case_id: CaseId,
        creditor_id: CreditorId,
        hold_id: HoldId,
        change: HoldChange,
    }
}

value! {
    enum HoldChange {
        Placed { by: StaffId, terms: HoldTerms },
        Lifted { by: StaffId },
    }
}
