-- The rules of commission, where the agreement has more than one rate.
alter table agreed_terms add column commission_rules jsonb;
