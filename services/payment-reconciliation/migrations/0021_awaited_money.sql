-- Cases of which nothing is asked while it is open whether a payment is for them, and those that
-- were, as they were told (money-awaited, money-cleared).
create table awaited_money (
    payment_id  uuid not null references payment_judgement,
    case_id     uuid not null,
    creditor_id uuid not null,
    since       timestamptz not null,
    -- Never moved: a likeness that comes and goes holds nobody for longer.
    until       timestamptz not null check (until > since),
    is_cleared  boolean not null,
    primary key (payment_id, case_id)
);

-- For how many days a case waits at most, as the process that started last is configured: decisions
-- read it here, so that all processes decide the same.
create table awaited_limit (
    is_only boolean primary key check (is_only),
    days    integer not null check (days >= 0)
);
