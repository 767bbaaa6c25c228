-- What is carried comes on top; it stands in `remittance_carried`.
alter table creditor_remittance
    drop constraint creditor_remittance_amount,
    add constraint creditor_remittance_amount check (
        amount_minor >= collected_minor - case settlement when 'gross' then 0 else
            kept_costs_minor + commission_minor + commission_vat_minor end) not valid; -- The narrower rule held before.

-- Remittances that the bank sent back.
create table remittance_return (
    remittance_id uuid primary key references creditor_remittance,
    -- The movement that brought it.
    payment_id    uuid not null unique,
    returned_on   date not null,
    -- Why, by a code of the bank.
    reason_code   text,
    -- Whether the money is owed to the creditor again; until then it is in transit.
    is_booked     boolean not null default false
);

-- What came back and is paid again with another remittance, once that is approved.
create table remittance_carried (
    remittance_id uuid not null references creditor_remittance,
    returned_id   uuid not null references remittance_return,
    amount_minor  bigint not null check (amount_minor > 0),
    primary key (remittance_id, returned_id)
);
create index remittance_carried_returned on remittance_carried (returned_id);
