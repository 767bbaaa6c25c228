-- The agency's invoices for what is its own of remittances. Tables of their own, since the release
-- before reads and writes the others.

-- How VAT is charged on a remittance whose approval issues an invoice.
create table remittance_vat (
    remittance_id uuid primary key references creditor_remittance,
    -- None where the creditor owes it to its own state.
    basis_points  integer check (basis_points > 0)
);

-- The series of numbers: its one row is locked by every approval.
create table invoice_series (
    series_id uuid primary key,
    version   bigint not null default 0
);

create table fee_invoice (
    issue_year     smallint not null,
    sequence       integer not null check (sequence > 0),
    remittance_id  uuid not null unique references creditor_remittance,
    creditor_id    uuid not null,
    is_credit_note boolean not null,
    issued_on      date not null,
    currency       text not null,
    total_minor    bigint not null check (total_minor > 0),
    basis_points   integer check (basis_points > 0),
    -- None where the remittance settles it.
    due_on         date,
    primary key (issue_year, sequence),
    check (issue_year = extract(year from issued_on))
);
create index fee_invoice_creditor on fee_invoice (creditor_id);

-- Files of an approved remittance beside its payment order and its specification.
create table remittance_file (
    remittance_id uuid not null references creditor_remittance,
    kind          text not null check (kind in ('fee-invoice', 'statement')),
    content       bytea not null,
    primary key (remittance_id, kind)
);

-- What was charged separately and is paid, by the word of the finance desk.
create table fee_payment (
    remittance_id uuid primary key references fee_invoice (remittance_id),
    version       bigint not null default 0,
    paid_on       date not null,
    because       text not null,
    marked_by     uuid not null,
    marked_at     timestamptz not null
);
