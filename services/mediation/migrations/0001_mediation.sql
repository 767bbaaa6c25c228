-- What mediation keeps, in its own schema. Codes are the words of the contracts, in kebab case.

-- The row under whose lock the promises of a case are kept.
create table case_file (
    case_id uuid primary key,
    version bigint not null default 0
);

-- What was promised, and what became of it.
create table promise (
    promise_id   uuid primary key,
    case_id      uuid not null references case_file,
    creditor_id  uuid not null,
    person_id    uuid not null,
    claim_ids    uuid[] not null,
    currency     text not null,
    amount_minor bigint not null,
    pay_by       date not null,
    task_id      uuid not null unique,
    staff_id     uuid not null,
    made_at      timestamptz not null,
    -- When it was no longer waited for, unless it was kept before.
    closed_at    timestamptz,
    verdict      text check (verdict in ('kept', 'late', 'broken', 'released')),
    check (verdict is null or verdict = 'kept' or closed_at is not null)
);
create index promise_case_id on promise (case_id);
create index promise_open on promise (pay_by) where verdict is null;

-- The payments of a case, also those that were heard of before a promise.
create table payment (
    payment_id   uuid not null,
    claim_id     uuid not null,
    case_id      uuid not null references case_file,
    currency     text not null,
    amount_minor bigint not null,
    received_on  date not null,
    primary key (payment_id, claim_id)
);
create index payment_case_id on payment (case_id);

-- The claims on which nothing is owed any more, and when that was heard.
create table settled_claim (
    claim_id uuid primary key,
    case_id  uuid not null references case_file,
    heard_at timestamptz not null
);
create index settled_claim_case_id on settled_claim (case_id);
