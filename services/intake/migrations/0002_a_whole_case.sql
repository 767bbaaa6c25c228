-- Calls, staff, and payments that went straight to the creditor.

-- Rows from before hold what the invoice said; whoever reads the column takes only what is a number.
comment on column person.telephone is 'in the international form (E.164)';
-- Version 2 of the document is written from now on; rows of version 1 stay as they are.
comment on column agreement.document_version is 'the version of the agreement document''s form';

create table staff (
    staff_id uuid primary key,
    version  bigint not null default 0,
    code     text unique,
    name     text,
    -- Empty for somebody who left.
    roles    text[],
    check (num_nulls(code, name, roles) in (0, 3))
);

-- What a member of staff holds now.
create table staff_certificate (
    staff_id    uuid not null references staff,
    country     text not null,
    number      text not null,
    valid_from  date not null,
    valid_until date not null,
    primary key (staff_id, country, number),
    check (valid_from <= valid_until)
);

-- What creditors say that debtors paid to them.
create table direct_payment (
    payment_id   uuid primary key,
    claim_id     uuid not null references claim,
    amount_minor bigint not null check (amount_minor > 0),
    paid_on      date not null,
    reported_at  timestamptz not null
);
create index direct_payment_claim_id on direct_payment (claim_id);
