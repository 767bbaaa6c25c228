-- Files of creditors with what debtors paid straight to them. A row without a hash was handed over and
-- not taken in.
create table payment_file (
    payment_file_id uuid primary key,
    version         bigint not null default 0,
    creditor_id     uuid,
    file_hash       bytea,
    taken_at        timestamptz,
    payment_count   integer,
    currency        text,
    total_minor     bigint,
    check (num_nulls(creditor_id, file_hash, taken_at, payment_count, currency, total_minor)
           in (0, 6))
);
create index claim_number on claim (number);
