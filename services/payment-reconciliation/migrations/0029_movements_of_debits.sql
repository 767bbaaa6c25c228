-- By itself, so that only one table that is written to all the time is locked at once.
alter table debit_movement add foreign key (payment_id) references payment;
