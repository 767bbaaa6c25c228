-- The persons of earlier releases; nobody waits meanwhile.
insert into debtor_key (key, person_id)
select distinct key, person_id from person, unnest(debtor_keys) as of_name (key)
on conflict do nothing;
