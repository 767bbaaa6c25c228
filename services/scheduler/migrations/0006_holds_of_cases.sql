-- To tell the cases of a creditor or a person, page by page. By itself: a lock on a second
-- table that is written to all the time could wait for a writer who waits for the first.
create index opened_case_creditor on opened_case (creditor_id, case_id);
create index opened_case_person on opened_case (person_id, case_id);
