-- What payment-reconciliation keeps, in its own schema. Amounts are whole minor units; codes are the
-- words of the code, in kebab case.

-- The ledger. What was booked stays as it was booked; a correction is another transaction.
create table ledger_transaction (
    transaction_id uuid primary key,
    kind           text not null,
    -- The claim or payment that it is about.
    subject        uuid not null,
    booked_on      date not null,
    -- The message that brought it.
    cause          uuid not null,
    recorded_at    timestamptz not null default now()
);
create index ledger_transaction_subject on ledger_transaction (subject);

-- Debits are positive, credits negative.
create table posting (
    transaction_id uuid not null references ledger_transaction,
    place          integer not null,
    account        text not null,
    currency       text not null,
    amount_minor   bigint not null check (amount_minor <> 0),
    primary key (transaction_id, place)
);
create index posting_account on posting (account);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is only ever added to; book a correction instead', tg_table_name;
end $$;

create trigger only_added_to before update or delete or truncate on ledger_transaction
    for each statement execute function refuse_change();
create trigger only_added_to before update or delete or truncate on posting
    for each statement execute function refuse_change();

-- The postings of a transaction come in one statement, and what comes must sum to zero.
create function refuse_imbalance() returns trigger language plpgsql as $$
declare
    unbalanced uuid;
begin
    select transaction_id into unbalanced from added
    group by transaction_id, currency having sum(amount_minor) <> 0
    limit 1;
    if found then
        raise exception 'ledger transaction % does not sum to zero', unbalanced;
    end if;
    return null;
end $$;

create trigger sums_to_zero after insert on posting
    referencing new table as added for each statement execute function refuse_imbalance();

-- The account of a case, and the row under whose lock it changes. Empty until intake opened the
-- case; without a currency until its first claim.
create table case_account (
    case_id     uuid primary key,
    version     bigint not null default 0,
    creditor_id uuid,
    person_id   uuid,
    -- The creditor's account that is paid to; none where it is the agency's.
    account_since integer,
    currency    text,
    check (num_nulls(creditor_id, person_id) in (0, 2)),
    check (currency is null or creditor_id is not null)
);

create table claim_account (
    claim_id uuid primary key,
    case_id  uuid not null references case_account,
    due_on   date not null
);
create index claim_account_case_id on claim_account (case_id);

-- Why a claim stands where it does; without a claim: what is to be paid back. Only added to.
create table account_line (
    case_id      uuid not null references case_account,
    claim_id     uuid references claim_account,
    place        integer not null,
    counts_on    date not null,
    kind         text not null check (kind in ('principal', 'credit-note', 'withdrawal', 'payment')),
    -- Of a payment: which, and in whose bank account it lies.
    payment_id   uuid,
    holder       text,
    amount_minor bigint not null,
    cause        uuid not null,
    unique nulls not distinct (case_id, claim_id, place),
    check (num_nulls(payment_id, holder) = case kind when 'payment' then 0 else 2 end),
    check (claim_id is not null or kind = 'payment')
);
create index account_line_payment_id on account_line (payment_id) where payment_id is not null;

create trigger only_added_to before update or delete or truncate on account_line
    for each statement execute function refuse_change();

-- The row under whose lock statements are taken in.
create table desk (
    desk_id uuid primary key,
    version bigint not null default 0,
    -- Statements that end before this day are not taken in any more.
    since   date not null default '1900-01-01'
);

create table statement (
    statement_id   uuid primary key,
    -- As the bank writes it, without spaces; and whose it is.
    account        text not null,
    holder         text not null,
    -- Which of a creditor's accounts: the first version of the agreement that names it.
    account_since  integer,
    last_day       date not null,
    -- Hash of what was read of it.
    fingerprint    bytea not null,
    check ((holder = 'agency') = (account_since is null))
);
create index statement_last_day on statement (last_day);
create index statement_holder on statement (holder, account_since, account, last_day);

-- One movement of a statement: money that came in, or went out where it is negative.
create table payment (
    payment_id   uuid primary key,
    version      bigint not null default 0,
    statement_id uuid not null references statement,
    holder       text not null,
    currency     text not null,
    amount_minor bigint not null check (amount_minor <> 0),
    received_on  date not null,
    allocated    boolean not null default false,
    check (amount_minor > 0 or not allocated)
);
create index payment_unmatched on payment (received_on, payment_id) where not allocated;

-- What the payer wrote. Personal: a row may be erased, and nothing is booked by it.
create table remittance (
    payment_id           uuid primary key references payment,
    lines                text[] not null,
    counterparty_name    text,
    counterparty_account text
);

-- A payment reference, under the hash of its canonical text: the claim that it names, once known.
create table payment_reference (
    reference_id uuid primary key,
    version      bigint not null default 0,
    claim_id     uuid,
    case_id      uuid,
    creditor_id  uuid,
    check (num_nulls(claim_id, case_id, creditor_id) in (0, 3))
);

-- The payments that wait for the claim that their reference names.
create table waiting_payment (
    payment_id   uuid primary key references payment,
    reference_id uuid not null references payment_reference,
    -- What it names beside that, still to be found; and the claims of one case that were found.
    further      text[] not null,
    found_on     uuid,
    found        uuid[] not null,
    check ((found_on is null) = (found = '{}'))
);
create index waiting_payment_reference_id on waiting_payment (reference_id);
