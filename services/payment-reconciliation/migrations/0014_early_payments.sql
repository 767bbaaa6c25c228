-- Payments that a report of the bank told of (camt.052, camt.054) before the statement of their day.
-- Until that tells of one, `payment.statement_id` is null; then it is the statement's.
create table early_payment (
    payment_id uuid primary key references payment,
    -- The account that it came in on, as it is configured or as intake has it.
    account    text not null,
    -- Whether a statement told of it meanwhile.
    is_told    boolean not null default false
);
create index early_payment_open on early_payment (payment_id) where not is_told;
