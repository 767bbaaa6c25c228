-- Bank files that were set aside for a person, and what the person decided.
create table quarantined_file (
    file_id        uuid primary key,
    version        bigint not null default 0,
    -- Hash of the file in the file store.
    document       bytea not null,
    quarantined_at timestamptz not null,
    -- As they are told: field, line, reason.
    problems       jsonb not null,
    -- The days that it tells of.
    begins_on      date,
    ends_on        date,
    decision       text check (decision in ('take-in', 'set-aside')),
    because        text,
    decided_by     uuid,
    decided_at     timestamptz,
    check (num_nulls(begins_on, ends_on) in (0, 2)),
    check (num_nulls(decision, because, decided_by, decided_at) in (0, 4))
);
create index quarantined_file_order on quarantined_file (quarantined_at, file_id);

-- The file that a person took in, where a statement comes from one: its days may be days of other
-- statements too, and then those of its movements that they told of are booked as theirs.
alter table statement add column decided_file uuid references quarantined_file;

-- What the bank calls a movement; absent where an earlier release took it in.
alter table remittance add column bank_reference text;

-- To find what is booked on the days of a file.
create index payment_received_on on payment (received_on);
