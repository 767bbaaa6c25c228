-- The rows of earlier releases get their keys. Apart from the columns, so that all can be read
-- meanwhile; whoever writes waits, about four minutes for a million claims.

lock table person, claim in share row exclusive mode;

update person set debtor_keys = near_debtor_keys(name);
update claim set number_keys = near_number_keys(number);

-- Without a list of entries still to be put in, which every search would have to read.
create index person_debtor_keys on person using gin (debtor_keys) with (fastupdate = off);
create index claim_number_keys on claim using gin (number_keys) with (fastupdate = off);
-- A name that many have finds only claims of the payment's amount.
create index claim_amount_minor on claim (amount_minor);
