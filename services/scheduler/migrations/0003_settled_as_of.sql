-- Which word of payment-reconciliation on whether the claim is settled was its last: the version of
-- its case. Messages may come in another order than they were sent.
alter table claim add column settled_as_of bigint not null default 0;
