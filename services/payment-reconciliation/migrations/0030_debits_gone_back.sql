-- What went back of payments and their parts, and did not come back: by refunds, and since the bank
-- took direct debits back. For readers of the release before, both are refunds.
create or replace view gone_back as
select f.refund_id, f.payment_id, f.currency, f.refund_minor
from refund f
where f.approved_by is not null and not exists (
    select from refund_return r where r.refund_id = f.refund_id and r.is_booked)
union all
select d.debit_id, m.taken_from, d.currency, m.taken_minor
from debit_movement m join debit d using (debit_id)
where m.taken_minor > 0;
