-- What creditors were told of small differences, with which remittance.
create table remittance_given_up (
    remittance_id   uuid not null references creditor_remittance,
    claim_id        uuid not null references claim_account,
    given_up_on     date not null,
    -- Below zero where it had been told, and later money paid it after all.
    costs_minor     bigint not null,
    interest_minor  bigint not null,
    principal_minor bigint not null,
    primary key (remittance_id, claim_id)
);
create index remittance_given_up_claim on remittance_given_up (claim_id);
create index account_line_small_difference on account_line (claim_id)
    where kind = 'small-difference';

alter table remittance_file
    drop constraint remittance_file_kind_check,
    add constraint remittance_file_kind_check check (kind in (
        'fee-invoice', 'statement', 'specification-pdf')) not valid; -- The narrower rule held before.
