-- What a payment may leave open on a claim for the creditor to give it up, where that was agreed. A
-- table of its own, since the release before reads all columns of the terms.
create table agreed_small_difference (
    creditor_id       uuid not null,
    agreement_version integer not null,
    up_to_minor       bigint not null check (up_to_minor > 0),
    primary key (creditor_id, agreement_version),
    foreign key (creditor_id, agreement_version) references agreed_terms
);

alter table account_line
    drop constraint account_line_kind_check,
    add constraint account_line_kind_check check (kind in (
        'principal', 'credit-note', 'withdrawal', 'small-difference', 'costs', 'interest',
        'payment')) not valid; -- What is there keeps the narrower rule of before.
