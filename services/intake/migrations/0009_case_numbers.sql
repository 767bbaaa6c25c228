-- The number of a case, which people see, write on payments and say on the telephone: a serial
-- number, which the database counts so that processes of earlier releases give one, too, and two
-- check digits. A number that was given out is never given out again; some are left out.

-- The digest of all its figures: as `matching::digest` makes it of `CaseNumber::figures`.
create function case_number_key(serial bigint) returns bigint
language sql immutable strict set search_path from current as $$
    select near_digest(serial::text || lpad((98 - serial * 100 % 97)::text, 2, '0'))
$$;

create table case_number (
    case_id    uuid primary key,
    serial     bigint generated always as identity (start with 1000001) unique,
    -- By this, what payers wrote finds it.
    number_key bigint not null generated always as (case_number_key(serial)) stored
);

create function number_case() returns trigger
language plpgsql set search_path from current as $$
begin
    insert into case_number (case_id) values (new.case_id);
    return null;
end $$;
create trigger case_opened after insert on case_file
    for each row execute function number_case();

-- The cases of earlier releases, in the order in which they were opened. All can be read meanwhile;
-- whoever opens a case waits, about twenty seconds for a million of them.
insert into case_number (case_id) select case_id from case_file order by opened_at, case_id;

create index case_number_key on case_number (number_key);
alter table case_number add foreign key (case_id) references case_file;
