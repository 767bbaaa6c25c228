-- The keys of the number of the claim's case, as intake told it; none where an earlier release asked.
alter table payment_clue add column case_keys text[] not null default '{}';
