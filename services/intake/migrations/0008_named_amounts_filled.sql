-- The rows of earlier releases get their keys. Apart from the column, so that all can be read
-- meanwhile; whoever writes waits.

lock table person, claim in share row exclusive mode;

update claim
set debtor_amount_keys = debtor_amount_keys(debtor_keys, amount_minor, currency)
from party join person using (person_id)
where claim.case_id = party.case_id;

create index claim_debtor_amount_keys on claim using gin (debtor_amount_keys)
    with (fastupdate = off);
-- The index of amounts stays until no process of the release before looks by it.
