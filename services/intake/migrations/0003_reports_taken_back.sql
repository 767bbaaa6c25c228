-- A creditor may have been wrong about a payment: its report stays, and says since when it is void.
alter table direct_payment add column retracted_at timestamptz;
create index direct_payment_reported_at on direct_payment (reported_at);
