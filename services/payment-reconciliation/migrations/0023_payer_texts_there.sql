-- What is looked through every night. By itself, so that no other lock is held while it is made.
create index remittance_text on remittance (payment_id)
    where lines <> '{}' or counterparty_name is not null or structured <> '{}';
