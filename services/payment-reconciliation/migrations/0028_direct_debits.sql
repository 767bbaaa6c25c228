-- What is locked while a mandate is recorded or decided on: the reference, also before there is a
-- mandate.
create table mandate_reference (
    -- Derived from the reference, so that no two have the same.
    mandate_id uuid primary key
);

-- Mandates by which debtors let the agency collect by direct debit. Whose account it is, is
-- personal, and stands here and in the files for the bank only.
create table mandate (
    -- Derived from the reference, so that no two mandates have the same.
    mandate_id     uuid primary key references mandate_reference,
    version        bigint not null default 0,
    reference      text not null,
    person_id      uuid not null,
    signed_on      date not null,
    kind           text not null check (kind in ('one-off', 'recurrent')),
    notice_days    smallint not null check (notice_days between 1 and 14),
    debtor_name    text not null,
    debtor_account text not null,
    evidence       bytea not null,
    recorded_by    uuid not null,
    recorded_at    timestamptz not null,
    revoked_on     date,
    revoked_by     uuid,
    check (num_nulls(revoked_on, revoked_by) in (0, 2))
);
create index mandate_recorded_at on mandate (recorded_at);

-- The direct debits of a case are decided on together.
create table case_debits (
    case_id uuid primary key,
    version bigint not null default 0
);

create table debit (
    debit_id      uuid primary key,
    case_id       uuid not null references case_debits,
    -- The first of a case is 0.
    place         integer not null,
    creditor_id   uuid not null,
    mandate_id    uuid not null references mandate,
    currency      text not null,
    amount_minor  bigint not null check (amount_minor > 0),
    due_on        date not null,
    notified_on   date not null,
    proposed_by   uuid not null,
    proposed_at   timestamptz not null,
    approved_by   uuid,
    approved_at   timestamptz,
    -- Why it is in no file, and never will be.
    void          text,
    -- With which code the bank refused it before it was due.
    rejected_code text,
    rejected_by   uuid,
    unique (case_id, place),
    check (num_nulls(approved_by, approved_at) in (0, 2)),
    check (approved_by is distinct from proposed_by),
    check (num_nulls(rejected_code, rejected_by) in (0, 2))
);
create index debit_mandate on debit (mandate_id);
create index debit_due_on on debit (due_on);
create index debit_proposed_at on debit (proposed_at);

-- Files for the bank. The one row of the office is locked while one is written.
create table debit_office (
    is_only boolean primary key check (is_only),
    version bigint not null default 0
);

create table debit_file (
    file_id    uuid primary key,
    written_at timestamptz not null,
    written_by uuid not null,
    debits     integer not null check (debits > 0),
    currency   text not null,
    sum_minor  bigint not null check (sum_minor > 0),
    document   bytea
);
create index debit_file_written_at on debit_file (written_at);

create table debit_in_file (
    debit_id     uuid primary key references debit,
    file_id      uuid not null references debit_file,
    -- Not above what was approved.
    amount_minor bigint not null check (amount_minor > 0),
    sequence     text not null check (sequence in ('OOFF', 'FRST', 'RCUR')),
    -- What the bank calls those of one day and sequence of a file.
    batch_id     uuid not null
);
create index debit_in_file_file on debit_in_file (file_id);
create index debit_in_file_batch on debit_in_file (batch_id);

-- What statements told of direct debits: that one came in, and that the bank took it back.
create table debit_movement (
    debit_id    uuid not null references debit,
    takes_back  boolean not null,
    -- The movement; one that came in may have brought several.
    payment_id  uuid not null,
    moved_on    date not null,
    -- Why it was taken back, by a code of the bank.
    reason_code text,
    heard_at    timestamptz not null,
    is_booked   boolean not null default false,
    -- What it came in as on its case: the movement, or a part of it.
    paid_as     uuid,
    -- The payment that it was taken from, and how much; the agency's own money paid the rest.
    taken_from  uuid,
    taken_minor bigint check (taken_minor >= 0),
    primary key (debit_id, takes_back),
    check (num_nulls(taken_from, taken_minor) in (0, 2)),
    check (taken_from is null or takes_back and is_booked)
);
create index debit_movement_payment on debit_movement (payment_id);
create index debit_movement_taken_from on debit_movement (taken_from);
