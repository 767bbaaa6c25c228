-- Refunds that the bank sent back.
create table refund_return (
    refund_id   uuid primary key references refund,
    -- The movement that brought it.
    payment_id  uuid not null unique references payment,
    returned_on date not null,
    -- Why, by a code of the bank.
    reason_code text,
    -- Whether the money is the payment's again; until then it is in transit.
    is_booked   boolean not null default false
);

-- What went back of payments and their parts, and did not come back.
create view gone_back as
select f.refund_id, f.payment_id, f.currency, f.refund_minor
from refund f
where f.approved_by is not null and not exists (
    select from refund_return r where r.refund_id = f.refund_id and r.is_booked);
