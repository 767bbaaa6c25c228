-- A name that changed while the keys were filled in may have left those of its old one.
delete from debtor_key known
where not exists (
    select from person p where p.person_id = known.person_id and known.key = any(p.debtor_keys));
