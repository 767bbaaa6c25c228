-- What is looked through every night. By itself, so that no other lock is held while it is made.
create index payment_unplaced on payment (payment_id)
    where amount_minor > 0 and part_of is null
      and not allocated and not retracted and not comes_back;
