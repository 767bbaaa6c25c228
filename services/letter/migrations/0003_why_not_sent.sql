-- What exactly was in the way of a letter that did not leave, in words for the agency: no name and no
-- address, at most the one letter that no font of ours has.
alter table letter add column not_sent_because text;
-- The case of a letter, out of its request.
alter table letter add column case_id uuid generated always as
    ((request -> 'permit' ->> 'case_id')::uuid) stored;
create index letter_of_case on letter (case_id, not_after);
create index letter_by_permit_end on letter (not_after desc, letter_id) where request is not null;
