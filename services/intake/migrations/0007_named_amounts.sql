-- A name that many debtors have finds only claims of the payment's amount. Each claim bears a digest
-- of its amount with each key of its debtor's name, so that one look into an index finds them,
-- however many have the name and however many owe the amount.

alter table claim add column debtor_amount_keys bigint[] not null default '{}';

-- The key of a name is a digest, so that what is mixed into it stays one.
create function debtor_amount_key(debtor_key bigint, amount_minor bigint, currency text)
returns bigint language sql immutable strict as $$
    select debtor_key # (amount_minor << 24)
           # ('x' || encode(convert_to(currency, 'UTF8'), 'hex'))::bit(24)::bigint
$$;

create function debtor_amount_keys(debtor_keys bigint[], amount_minor bigint, currency text)
returns bigint[] language sql immutable strict set search_path from current as $$
    select coalesce(array_agg(debtor_amount_key(key, amount_minor, currency)), '{}')
    from unnest(debtor_keys) as of_name (key)
$$;

-- By triggers, since processes of earlier releases write claims and names, too.
create function fill_debtor_amount_keys() returns trigger
language plpgsql set search_path from current as $$
begin
    -- Claims are saved whole with their customer; those that are there keep their keys.
    if not exists (select from claim where claim_id = new.claim_id) then
        new.debtor_amount_keys := coalesce((
            select debtor_amount_keys(debtor_keys, new.amount_minor, new.currency)
            from party join person using (person_id) where case_id = new.case_id), '{}');
    end if;
    return new;
end $$;
create trigger claim_registered before insert on claim
    for each row execute function fill_debtor_amount_keys();

create function refill_debtor_amount_keys() returns trigger
language plpgsql set search_path from current as $$
begin
    update claim
    set debtor_amount_keys = debtor_amount_keys(new.debtor_keys, amount_minor, currency)
    from party
    where party.person_id = new.person_id and claim.case_id = party.case_id;
    return null;
end $$;
-- Also where another trigger makes the keys of a new name.
create trigger person_known_otherwise after update on person
    for each row when (new.debtor_keys <> old.debtor_keys)
    execute function refill_debtor_amount_keys();
