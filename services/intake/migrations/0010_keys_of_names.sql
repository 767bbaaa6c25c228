-- The persons of each key of a name, in the order of the table's own index: however many persons
-- share a key, the first few are found without reading the others. Made by the database, so that
-- processes of earlier releases keep it, too.

create table debtor_key (
    key       bigint not null,
    person_id uuid not null,
    primary key (key, person_id)
);

create function keep_debtor_keys() returns trigger
language plpgsql set search_path from current as $$
begin
    if tg_op = 'UPDATE' then
        delete from debtor_key
        where person_id = old.person_id and key = any(old.debtor_keys)
          and not key = any(new.debtor_keys);
    end if;
    insert into debtor_key (key, person_id)
    select distinct key, new.person_id from unnest(new.debtor_keys) as of_name (key)
    on conflict do nothing;
    return null;
end $$;
create trigger person_keys_made after insert on person
    for each row execute function keep_debtor_keys();
create trigger person_keys_changed after update on person
    for each row when (new.debtor_keys <> old.debtor_keys) execute function keep_debtor_keys();
