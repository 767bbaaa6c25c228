-- Payments that may be for a case, and that nobody placed yet.
create table awaited_money (
    case_id       uuid not null references opened_case,
    payment_id    uuid not null,
    -- Which word of payment-reconciliation was its last: the version of its judgement. Messages may
    -- come in another order than they were sent.
    as_of         bigint not null,
    -- None where the case need not wait for it any more.
    since         timestamptz,
    awaited_until timestamptz,
    primary key (case_id, payment_id),
    check (num_nulls(since, awaited_until) <> 1)
);
