-- What payments may pay, and what people decided about it. What earlier releases wrote is filled in
-- by the next migration, so that reading goes on.

-- What is open on a claim by what was booked, to be looked up by. The lines stay what counts: each
-- of them, whatever release adds it, has it worked out anew.
alter table claim_account add column open_minor bigint not null default 0;
create function keep_open() returns trigger language plpgsql as $$
begin
    update claim_account c set open_minor = line.open_minor
    from (select l.claim_id, sum(l.amount_minor) as open_minor
          from account_line l
               join (select distinct case_id, claim_id from added where claim_id is not null) as a
                    on l.case_id = a.case_id and l.claim_id = a.claim_id
          group by l.claim_id) as line
    where c.claim_id = line.claim_id and c.open_minor <> line.open_minor;
    return null;
end $$;
create trigger keeps_open after insert on account_line
    referencing new table as added for each statement execute function keep_open();

-- The reference itself, in canonical form; absent where an earlier release made the row.
alter table payment_reference add column canonical text;

-- A part of a payment that went to a case of its own is a payment, too: part of the other one. And
-- the case that a payment is on in whole; where an earlier release booked it, its lines tell. What
-- came back from a bank is no payment of a debtor.
alter table payment
    add column part_of    uuid references payment,
    add column on_case    uuid references case_account,
    add column comes_back boolean not null default false;

-- What the payer wrote, as the bank tells it apart; absent where an earlier release took it in.
alter table remittance
    add column structured    text[],
    add column end_to_end_id text;

-- What intake said a payment may pay, by what its payer wrote. Personal: words of the names of
-- debtors. Gone once nothing of the payment is left, or a person dismissed what was proposed.
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
