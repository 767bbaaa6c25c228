-- What payments may pay, and what people decided about it.

-- What is open on a claim by what was booked, to be looked up by. The lines stay what counts.
alter table claim_account add column open_minor bigint not null default 0;
update claim_account c set open_minor = line.open_minor
from (select claim_id, sum(amount_minor) as open_minor from account_line
      where claim_id is not null group by claim_id) as line
where line.claim_id = c.claim_id;
create index claim_account_open on claim_account (open_minor) where open_minor > 0;
create index case_account_person_id on case_account (person_id);

-- The reference itself, in canonical form; absent where an earlier release made the row.
alter table payment_reference add column canonical text;
create index payment_reference_claim_id on payment_reference (claim_id);

-- A part of a payment that went to a case of its own is a payment, too: part of the other one. And
-- where a payment is; absent for what was booked on its case by earlier releases, and told below.
-- What came back from a bank is no payment of a debtor.
alter table payment
    add column part_of    uuid references payment,
    add column on_case    uuid references case_account,
    add column comes_back boolean not null default false;
update payment p set on_case = line.case_id
from (select distinct on (payment_id) payment_id, case_id from account_line
      where payment_id is not null) as line
where line.payment_id = p.payment_id and p.allocated;
create index payment_part_of on payment (part_of) where part_of is not null;
create index payment_whole on payment (coalesce(part_of, payment_id));

-- What the payer wrote, as the bank tells it apart; absent where an earlier release took it in.
alter table remittance
    add column structured    text[],
    add column end_to_end_id text;
create index remittance_account
    on remittance (upper(replace(counterparty_account, ' ', '')));

-- What intake said a payment may pay, by what its payer wrote. Personal: words of the names of
-- debtors. Gone once the payment is on a case.
create table payment_clue (
    payment_id   uuid not null references payment,
    claim_id     uuid not null,
    invoice_keys text[] not null,
    names        text[] not null,
    primary key (payment_id, claim_id)
);

-- The row under whose lock it is judged what a payment pays.
create table payment_judgement (
    payment_id   uuid primary key,
    version      bigint not null default 0,
    -- Whether intake knew more than it told.
    is_cut       boolean not null default false,
    -- Who said that none of the proposals is right.
    dismissed_by uuid
);
