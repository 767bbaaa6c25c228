-- Costs and interest, direct payments, and money on its way to creditors.

-- The row under whose lock a creditor's agreements are kept, and what they say of money.
create table agreements (
    creditor_id uuid primary key,
    version     bigint not null default 0
);

create table agreed_terms (
    creditor_id             uuid not null references agreements,
    agreement_version       integer not null,
    creditor_deducts_vat    boolean not null,
    business_costs          text not null
        check (business_costs in ('none', 'fixed-forty', 'scale')),
    interest                boolean not null,
    -- The clause of the creditor's terms, where there is one; and its interest, where it has any.
    clause_lump_sum         boolean,
    clause_basis_points     bigint,
    commission_basis_points integer not null check (commission_basis_points between 0 and 10000),
    agency_keeps_costs      boolean not null,
    primary key (creditor_id, agreement_version),
    check (clause_lump_sum is not null or clause_basis_points is null)
);

-- Cases that were opened before have none of these: nothing is charged on them, and no commission
-- is taken, since no agreement of that time said so.
alter table case_account
    add column debtor_kind       text,
    add column country           text,
    add column agreement_version integer,
    -- The last day on which a term may have ended for its charges to be asked.
    add column charged_until     date,
    add check (num_nulls(debtor_kind, country, agreement_version) in (0, 3)),
    add foreign key (creditor_id, agreement_version) references agreed_terms;

alter table claim_account add column withdrawn_on date;
update claim_account c set withdrawn_on = line.first_day
from (select claim_id, min(counts_on) as first_day from account_line
      where kind = 'withdrawal' and amount_minor < 0 group by claim_id) as line
where line.claim_id = c.claim_id;

-- The messages that left and ask for money, with the claims that they spoke of.
create table notice (
    letter_id uuid primary key,
    case_id   uuid not null references case_account,
    message   text not null,
    channel   text not null,
    -- The day on which it left where the debtor is.
    sent_on   date not null,
    claim_ids uuid[] not null
);
create index notice_case_id on notice (case_id);

-- What a line is made of; the rest of its amount is principal. And the rules that say so.
alter table account_line
    add column costs_minor    bigint not null default 0,
    add column interest_minor bigint not null default 0,
    add column rule_ids       text[] not null default '{}',
    add column rule_pack      text not null default '',
    drop constraint account_line_kind_check,
    add constraint account_line_kind_check check (kind in (
        'principal', 'credit-note', 'withdrawal', 'costs', 'interest', 'payment'));

-- The configured accounts for client money when a statement was last taken in: what is known of
-- payments to the agency is what is known of all of them.
alter table desk add column client_accounts text[] not null default '{}';

-- A payment that a creditor reported stands on no statement of ours. The claims that a payment pays
-- first; none for one that was booked before: the ledger tells in which order it paid.
alter table payment
    alter column statement_id drop not null,
    add column named uuid[];

-- What goes out may be for something too: a remittance.
alter table payment drop constraint payment_check;

-- Who may send money to creditors.
create table staff (
    staff_id        uuid primary key,
    version         bigint not null default 0,
    -- Which news of intake the row stands at.
    heard           bigint not null default 0,
    is_finance_desk boolean not null default false
);

-- The row under whose lock remittances to a creditor are proposed.
create table till (
    creditor_id uuid primary key,
    version     bigint not null default 0
);

create table creditor_remittance (
    remittance_id        uuid primary key,
    version              bigint not null default 1,
    creditor_id          uuid not null references till,
    currency             text not null,
    collected_minor      bigint not null,
    kept_costs_minor     bigint not null,
    commission_minor     bigint not null,
    commission_vat_minor bigint not null,
    amount_minor         bigint not null check (amount_minor > 0),
    proposed_by          uuid not null,
    proposed_at          timestamptz not null,
    -- What was collected changed before it was approved.
    voided               boolean not null default false,
    approved_by          uuid,
    approved_at          timestamptz,
    payment_order        bytea,
    specification        bytea,
    paid_on              date,
    -- The movement that paid it.
    paid_by              uuid references payment,
    check (amount_minor = collected_minor - kept_costs_minor - commission_minor
                          - commission_vat_minor),
    check (num_nulls(approved_by, approved_at) in (0, 2)),
    check (approved_by is distinct from proposed_by),
    check (not voided or approved_by is null),
    check (num_nulls(payment_order, specification) in (0, 2)),
    check (payment_order is null or approved_by is not null),
    check (num_nulls(paid_on, paid_by) in (0, 2)),
    check (paid_by is null or approved_by is not null)
);
create index creditor_remittance_creditor on creditor_remittance (creditor_id, proposed_at);
create index creditor_remittance_in_transit on creditor_remittance (remittance_id)
    where approved_by is not null and paid_by is null;
create unique index creditor_remittance_proposed on creditor_remittance (creditor_id)
    where not voided and approved_by is null;

-- What one payment brought for one claim; below zero where it was released after an earlier one.
create table creditor_remittance_line (
    remittance_id    uuid not null references creditor_remittance,
    place            integer not null,
    case_id          uuid not null references case_account,
    claim_id         uuid not null references claim_account,
    payment_id       uuid not null references payment,
    received_on      date not null,
    costs_minor      bigint not null,
    interest_minor   bigint not null,
    principal_minor  bigint not null,
    commission_minor bigint not null,
    direct           boolean not null,
    primary key (remittance_id, place),
    unique (remittance_id, claim_id, payment_id)
);
create index creditor_remittance_line_case on creditor_remittance_line (case_id);
