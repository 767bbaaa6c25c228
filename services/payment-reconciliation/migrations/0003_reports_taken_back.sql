-- A creditor may have been wrong about a payment to itself: then it counts as if it had never come.
alter table payment add column retracted boolean not null default false;
