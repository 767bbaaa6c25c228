-- Which days a statement tells of, and what the account held before and after them: by these it is
-- seen that two statements tell of the same days. Absent for statements of earlier releases, the
-- day where nothing moved, and the amounts where the bank tells no balance.
alter table statement add column first_day date;
alter table statement add column currency text;
alter table statement add column opening_minor bigint;
alter table statement add column closing_minor bigint;
-- The statement that this is a page of, where it has pages: the id of the first.
alter table statement add column whole_id uuid;
