-- What the payment service provider paid out, by the movement of the bank.
create table provider_payout (
    payment_id    uuid primary key references payment,
    version       bigint not null default 0,
    begun_at      timestamptz,
    asked_at      timestamptz,
    is_asking     boolean not null default false,
    -- The settlement that it is, whatever its text names, and who said so.
    named         text,
    named_by      uuid,
    -- What the provider said last, and why it is not paired.
    answer        jsonb,
    problem       jsonb,
    is_told       boolean not null default false,
    -- Once it is paired: no settlement is, twice. Below zero the provider paid more than it got.
    settlement_id text unique,
    fees_minor    bigint,
    check (num_nulls(settlement_id, fees_minor) in (0, 2)),
    check (num_nulls(named, named_by) in (0, 2))
);

-- The payments that the provider sent back, and the pay-out that is less by each.
create table provider_refund (
    payment_id uuid primary key references payment,
    payout_id  uuid not null references payment
);
