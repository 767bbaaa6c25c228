-- What was known when, so that an account can be told as it was known at a moment.

-- When a line was booked, in business time. Lines of earlier releases have none: the ledger tells.
-- Those that the release before this one adds meanwhile get the wall's.
alter table account_line add column booked_at timestamptz;
alter table account_line alter column booked_at set default now();
create index ledger_transaction_cause on ledger_transaction (cause);

-- When a message that left was heard of; none of those that earlier releases heard of.
alter table notice add column heard_at timestamptz;
alter table notice alter column heard_at set default now();

-- From which moment on it was certain until which day that all payments are known, so that charges
-- could be asked. What earlier releases found counts from the beginning.
create table charges_certain (
    case_id       uuid not null references case_account,
    certain_since timestamptz not null,
    certain_until date not null,
    primary key (case_id, certain_since)
);
insert into charges_certain
select case_id, 'epoch', charged_until from case_account where charged_until is not null;

-- What a message asked, and what of it was not owed, as it is known and was told. Where no amount
-- was kept, the books say what was owed that evening; where no day was, the day of sending counts.
alter table notice
    add column left_on      date,
    add column asked_minor  bigint,
    add column excess_minor bigint check (excess_minor > 0),
    add column corrected_at timestamptz,
    add check (num_nulls(excess_minor, corrected_at) in (0, 2));
create index notice_corrected on notice (corrected_at) where excess_minor is not null;
