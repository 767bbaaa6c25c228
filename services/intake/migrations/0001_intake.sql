-- What intake keeps, in its own schema. Personal data lives here and nowhere else. Codes are the
-- words of the contracts, in kebab case; a row with nothing but its key was locked and never used.

create table creditor (
    creditor_id    uuid primary key,
    version        bigint not null default 0,
    document_hash  bytea check (length(document_hash) = 32),
    code           text unique,
    name           text,
    legal_form     text,
    company_number text,
    vat_id         text,
    country        text,
    address        text[],
    email          text,
    telephone      text,
    language       text,
    -- SHA-256 of the token for the creditors' API; closed where there is none.
    api_token_hash bytea check (length(api_token_hash) = 32),
    check (document_hash is null
           or num_nulls(code, name, company_number, country, address, language) = 0)
);

-- A version never changes.
create table agreement (
    creditor_id      uuid not null references creditor,
    version          integer not null,
    document         jsonb not null,
    document_version smallint not null,
    -- The creditor's own, whoever is paid to. It stays here: the document goes out in messages.
    account          text not null,
    primary key (creditor_id, version)
);

-- The row under whose lock creditors are registered, one after the other: no two may have the same
-- account or company number.
create table taken (
    taken_id uuid primary key
);

-- One debtor of one creditor, keyed by what tells it apart: the row under whose lock its person,
-- case and claims change.
create table customer (
    customer_id uuid primary key,
    version     bigint not null default 0
);

create table person (
    person_id  uuid primary key,
    name       text not null,
    country    text not null,
    language   text not null,
    email      text,
    telephone  text,
    lines      text[] not null,
    postcode   text,
    city       text,
    -- Date of the invoice that told it last.
    told_on    date not null
);

create table case_file (
    case_id           uuid primary key,
    customer_id       uuid not null unique references customer,
    creditor_id       uuid not null,
    agreement_version integer not null,
    debtor_kind       text not null,
    opened_at         timestamptz not null,
    foreign key (creditor_id, agreement_version) references agreement
);
create index case_file_creditor_id on case_file (creditor_id);
create index case_file_opened_at on case_file (opened_at desc, case_id);

-- A person's part in a case.
create table party (
    party_id  uuid primary key,
    case_id   uuid not null unique references case_file,
    person_id uuid not null references person,
    role      text not null check (role in ('debtor'))
);
create index party_person_id on party (person_id);

create table claim (
    claim_id       uuid primary key,
    case_id        uuid not null references case_file,
    -- The file that held it; written later in the same transaction.
    source_file_id uuid not null unique,
    document_type  text not null check (document_type in ('invoice', 'credit-note')),
    number         text not null,
    -- What was delivered, where the file says it.
    description    text,
    currency       text not null,
    amount_minor   bigint not null,
    issued_on      date not null,
    due_on         date not null,
    reference      text not null,
    -- What payments are matched by.
    reference_key  text not null unique,
    withdrawn      text
);
create index claim_case_id on claim (case_id);

-- What credit notes took off a claim.
create table claim_credit (
    source_file_id uuid primary key,
    claim_id       uuid not null references claim,
    amount_minor   bigint not null,
    credited_on    date not null
);
create index claim_credit_claim_id on claim_credit (claim_id);

-- One number of one creditor's invoices, or of its credit notes.
create table document (
    document_id uuid primary key,
    version     bigint not null default 0
);

-- Files as they were handed over: taken in, or put aside for a person. A refused file leaves none.
create table source_file (
    source_file_id   uuid primary key,
    document_id      uuid not null references document,
    creditor_id      uuid not null references creditor,
    file_hash        bytea not null check (length(file_hash) = 32),
    received_at      timestamptz not null,
    claim_id         uuid references claim,
    problems         jsonb,
    problems_version smallint,
    check (num_nulls(claim_id, problems) = 1),
    check (num_nulls(problems, problems_version) <> 1)
);
-- A number is taken once.
create unique index source_file_taken on source_file (document_id) where claim_id is not null;
create index source_file_document_id on source_file (document_id);
alter table claim add foreign key (source_file_id) references source_file
    deferrable initially deferred;
alter table claim_credit add foreign key (source_file_id) references source_file
    deferrable initially deferred;

-- A payment reference that came with an invoice, and the claim that has it.
create table reference (
    reference_id uuid primary key,
    version      bigint not null default 0,
    claim_id     uuid unique references claim
);
