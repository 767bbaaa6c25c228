-- Holds that people place. One row covers as many cases as its scope says; cases read it when they
-- are loaded.
create table hold (
    hold_id    uuid primary key,
    version    bigint not null default 0,
    -- What it covers; nothing while only its id was heard.
    scope      text check (scope in ('claim', 'case', 'person', 'creditor', 'all')),
    -- The case, person or creditor; of a claim its case, of all cases nobody.
    subject    uuid,
    claim_id   uuid,
    cause      text,
    owner      text,
    starts_on  date,
    ends_on    date,
    then_what  text check (then_what in ('go-on', 'decide')),
    placed_by  uuid,
    placed_at  timestamptz,
    lifted_by  uuid,
    lifted_at  timestamptz,
    -- Whether there may be cases that were not told of it yet, and the last one that was.
    spreading  boolean not null default false,
    spread_to  uuid not null default '00000000-0000-0000-0000-000000000000',
    cases_told bigint not null default 0,
    -- No hold without an owner, and a day on which it ends or somebody decides.
    check (num_nulls(scope, subject, cause, owner, starts_on, ends_on, then_what, placed_by,
                     placed_at) in (0, 9)),
    check ((scope = 'claim') = (claim_id is not null)),
    check (num_nulls(lifted_by, lifted_at) <> 1)
);
create index hold_subject on hold (subject) where lifted_at is null;
create index hold_placed_at on hold (placed_at desc, hold_id);

-- When a case looks at its holds again: the due time of its timer.
alter table track add column wakes_at timestamptz;
-- Whether a case that is held with a reason given (track.hold_reason) is on hold: the release before
-- knows no other word for it.
alter table track add column on_hold boolean not null default false;
