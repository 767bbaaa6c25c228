-- What the scheduler keeps, in its own schema. Codes are the words of the contracts, in kebab case.

-- The row under whose lock a creditor's agreements are kept.
create table creditor (
    creditor_id uuid primary key,
    version     bigint not null default 0
);

-- A version never changes, so cases read it without a lock.
create table agreement (
    creditor_id      uuid not null references creditor,
    version          integer not null,
    document         jsonb not null,
    document_version smallint not null,
    primary key (creditor_id, version)
);

-- Where a case stands, and the row under whose lock it moves. `unheard` until intake opens the
-- case, `opened` until its first claim.
create table track (
    case_id      uuid primary key,
    version      bigint not null default 0,
    stage        text not null default 'unheard' check (
        stage in ('unheard', 'opened', 'planned', 'acting', 'held', 'closed')),
    -- The step that is planned; why the case is held or closed.
    step         text,
    hold_reason  text,
    review_on    date,
    close_reason text,
    -- When the position moves by itself: the due time of its timer.
    next_at      timestamptz,
    -- What only a person can clear, and the moment before which nothing is tried.
    blocked      text,
    not_before   timestamptz,
    -- The latest day by which a message that left asked to pay.
    asked_by     date,
    -- The step that was tried last, and how often in a row its message did not leave.
    tried_step   text,
    tried_times  integer,
    check (num_nulls(tried_step, tried_times) <> 1),
    -- Never let go: an open case has a moment at which it moves by itself.
    check (stage not in ('planned', 'acting', 'held') or next_at is not null),
    check (stage <> 'planned' or step is not null),
    check (stage <> 'held' or num_nulls(hold_reason, review_on) = 0),
    check (stage <> 'closed' or close_reason is not null)
);
create index track_next_at on track (next_at, case_id);

-- What intake said when it opened the case.
create table opened_case (
    case_id           uuid primary key references track,
    creditor_id       uuid not null,
    person_id         uuid not null,
    debtor_kind       text not null,
    country           text not null,
    language          text not null,
    reachable         text[] not null,
    -- Channels for which no address was found when it was needed.
    no_address        text[] not null,
    agreement_version integer not null,
    opened_at         timestamptz not null,
    foreign key (creditor_id, agreement_version) references agreement
);

-- The claims of a case. Amounts are sums in the currency of the claim.
create table claim (
    claim_id       uuid primary key,
    case_id        uuid not null references opened_case,
    currency       text not null,
    amount_minor   bigint not null,
    paid_minor     bigint not null,
    credited_minor bigint not null,
    issued_on      date not null,
    due_on         date not null,
    withdrawn      boolean not null,
    settled_by     text,
    -- Whether the planned step, and whether the act under way, speaks of it.
    planned        boolean not null,
    in_act         boolean not null
);
create index claim_case_id on claim (case_id);

-- The agreed steps that are behind a claim.
create table passed_step (
    claim_id uuid not null references claim,
    step     text not null,
    primary key (claim_id, step)
);

-- The act of a case under a permit, until its answer is in.
create table act (
    case_id   uuid primary key references opened_case,
    permit_id uuid not null unique,
    letter_id uuid not null,
    step      text not null,
    not_after timestamptz not null,
    state     text not null check (state in ('granted', 'withdrawing', 'uncertain'))
);

-- What happened, in the order in which it was told.
create table timeline (
    position     bigint generated always as identity primary key,
    case_id      uuid not null references track,
    at           timestamptz not null,
    what         jsonb not null,
    what_version smallint not null,
    cause        uuid not null
);
create index timeline_case_id on timeline (case_id, position);

-- The row under whose lock a person's contact budget is kept.
create table person (
    person_id uuid primary key,
    version   bigint not null default 0
);

-- The contacts that count: made, or reserved by a permit until its end.
create table contact (
    permit_id uuid primary key,
    person_id uuid not null references person,
    at        timestamptz not null,
    made      boolean not null
);
create index contact_person_id on contact (person_id, at);
