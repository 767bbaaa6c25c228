-- Money on its way back to whoever paid it.

create table refund (
    refund_id     uuid primary key,
    version       bigint not null default 0,
    -- The payment, or the part of it that is on the case; and the case on which it was too much.
    payment_id    uuid not null references payment,
    refund_case   uuid references case_account,
    currency      text not null,
    refund_minor  bigint not null check (refund_minor > 0),
    proposed_by   uuid not null,
    proposed_at   timestamptz not null,
    -- Withdrawn, or the money was not there any more when it was to be approved.
    voided        boolean not null default false,
    approved_by   uuid,
    approved_at   timestamptz,
    payment_order bytea,
    paid_on       date,
    -- The movement that paid it.
    paid_by       uuid references payment,
    check (num_nulls(approved_by, approved_at) in (0, 2)),
    check (approved_by is distinct from proposed_by),
    check (not voided or approved_by is null),
    check (payment_order is null or approved_by is not null),
    check (num_nulls(paid_on, paid_by) in (0, 2)),
    check (paid_by is null or approved_by is not null)
);
create index refund_payment on refund (payment_id);
create index refund_proposed_at on refund (proposed_at);
create index refund_in_transit on refund (refund_id)
    where approved_by is not null and paid_by is null;
