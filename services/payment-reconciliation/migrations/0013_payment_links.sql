-- Links by which debtors pay, and what was paid by them.

create table case_links (
    case_id      uuid primary key,
    version      bigint not null default 0,
    -- The debtor gave a reason that a person has to weigh: no link any more.
    reason_given boolean not null default false
);

create table payment_link (
    link_id      uuid primary key,
    case_id      uuid not null references case_links,
    -- Its place among the links of the case.
    number       integer not null,
    creditor_id  uuid not null,
    currency     text not null,
    amount_minor bigint not null check (amount_minor > 0),
    -- The claims that were open, the one due first before the others.
    claims       uuid[] not null check (cardinality(claims) > 0),
    asked_at     timestamptz not null,
    expires_at   timestamptz not null,
    -- As the provider has it, once it made it; or the status of its refusal.
    provider_id  text unique,
    checkout_url text,
    not_made     integer,
    closed       text check (closed in (
        'paid', 'otherwise-owed', 'reason-given', 'expired', 'at-the-provider')),
    -- Nobody can begin to pay it any more.
    is_shut      boolean not null default false,
    asking       text not null check (asking in ('no', 'under-way', 'again')),
    next_ask     timestamptz,
    unique (case_id, number),
    check (num_nulls(provider_id, checkout_url) in (0, 2)),
    check (not_made is null or provider_id is null)
);
create unique index payment_link_open on payment_link (case_id)
    where closed is null and not_made is null;
create index payment_link_asked_at on payment_link (asked_at);

-- A payment that a provider received, and paid out by a movement of the bank once that is known.
create table provider_payment (
    payment_id  uuid primary key references payment,
    link_id     uuid not null references payment_link,
    provider_id text not null unique,
    paid_out_by uuid references payment
);
create index provider_payment_link on provider_payment (link_id);
