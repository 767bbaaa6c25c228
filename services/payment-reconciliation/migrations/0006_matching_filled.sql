-- Rows of earlier releases get what 0005 added, and everything is found by an index. Who reads these
-- tables goes on; who writes waits.

update claim_account c set open_minor = line.open_minor
from (select claim_id, sum(amount_minor) as open_minor from account_line
      where claim_id is not null group by claim_id) as line
where line.claim_id = c.claim_id and c.open_minor <> line.open_minor;
create index claim_account_open on claim_account (open_minor) where open_minor > 0;
create index case_account_person_id on case_account (person_id);
create index payment_reference_claim_id on payment_reference (claim_id);

update payment p set on_case = line.case_id
from (select distinct on (payment_id) payment_id, case_id from account_line
      where payment_id is not null) as line
where line.payment_id = p.payment_id and p.allocated;
create index payment_part_of on payment (part_of) where part_of is not null;
create index payment_whole on payment (coalesce(part_of, payment_id));
create index remittance_account
    on remittance (upper(replace(counterparty_account, ' ', '')));
