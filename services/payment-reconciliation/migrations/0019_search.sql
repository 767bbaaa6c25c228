-- When intake was last asked about all payments that are unmatched still.
create table search (
    search_id   uuid primary key,
    version     bigint not null default 0,
    -- When the newest search began; pages of older ones are not asked for any more.
    begun_at    timestamptz,
    searched_at timestamptz
);

-- Whether it was told that nobody knows what it pays: what is judged again is told once. What was
-- judged before, or is by a process of the release before, was told.
alter table payment_judgement add column is_told boolean not null default true;

-- The first search is made at once; each sets the next.
insert into timer (aggregate_kind, aggregate_id, name, generation, due_at, correlation_id)
values ('search', '00000000-0000-0000-0000-000000000000', 'search', 1, '2000-01-01T00:00:00Z',
        '5ea2c000-0000-4000-8000-000000000000');
