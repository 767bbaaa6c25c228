-- The rules of commission, where the agreement has more than one rate; and how its creditor is
-- paid, where it says so. A table of its own, since the release before reads all columns of the
-- terms.
create table agreed_remittance (
    creditor_id       uuid not null,
    agreement_version integer not null,
    commission_rules  jsonb,
    payout            jsonb,
    primary key (creditor_id, agreement_version),
    foreign key (creditor_id, agreement_version) references agreed_terms
);

-- Gross, the creditor gets all that was collected, and is charged separately. Nobody proposed what
-- the rhythm did: then `proposed_by` is nil, since the release before reads it.
alter table creditor_remittance
    add column settlement text not null default 'net' check (settlement in ('net', 'gross')),
    drop constraint creditor_remittance_check,
    add constraint creditor_remittance_amount check (
        amount_minor = collected_minor - case settlement when 'gross' then 0 else
            kept_costs_minor + commission_minor + commission_vat_minor end);
