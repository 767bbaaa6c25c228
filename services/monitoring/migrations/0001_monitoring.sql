-- What monitoring keeps, in its own schema. Codes are the words of the contracts, in kebab case.

-- The audit trail: everything that was heard, each message once. Rows are only ever added; the
-- whole can be emptied and filled again by publishing again.
create table entry (
    message_id      uuid primary key,
    -- Such as `letter.evt.dispatched.v2`, and without its version.
    message_type    text not null,
    stem            text not null,
    -- What it is about, at its producer.
    subject         uuid not null,
    -- Business time, and the wall time of its recording.
    at              timestamptz not null,
    recorded_at     timestamptz not null,
    actor           text not null,
    cause           uuid not null,
    case_id         uuid,
    creditor_id     uuid,
    permit_id       uuid,
    rule_ids        text[] not null,
    rule_pack       text,
    text_version    text,
    currency        text,
    amount_minor    bigint,
    code            text,
    -- Of a permit: what it allows, and when. Of an act: where and when it happened.
    channels        text[] not null,
    not_before      timestamptz,
    not_after       timestamptz,
    happened_at     timestamptz,
    -- Of a call: why it was not paid.
    reason          text,
    -- Of a payment, in its currency: what it paid of each.
    costs_minor     bigint,
    interest_minor  bigint,
    principal_minor bigint,
    check (num_nulls(currency, amount_minor) <> 1),
    check (num_nulls(costs_minor, interest_minor, principal_minor) in (0, 3)),
    check (costs_minor is null or currency is not null)
);
create index entry_case_id on entry (case_id, at);
create index entry_permit_id on entry (permit_id, stem);
create index entry_stem on entry (stem, at);

-- The row under whose lock it is decided what the creditor of a case is told.
create table watched_case (
    case_id uuid primary key,
    version bigint not null default 0,
    -- When a note is due: the morning after the case was closed.
    due_at  timestamptz
);
create index watched_case_due_at on watched_case (due_at) where due_at is not null;

-- The closings of which a creditor was told: one note for each.
create table feedback_note (
    -- The message by which the case was closed.
    closing uuid primary key,
    case_id uuid not null references watched_case
);
create index feedback_note_case_id on feedback_note (case_id);
