-- What payers wrote is not kept for ever. When that was last looked through, and how much was erased
-- in that night: nothing else is kept of it.
create table retention (
    retention_id    uuid primary key,
    version         bigint not null default 0,
    -- When the newest round began; pages of older ones are left alone.
    begun_at        timestamptz,
    erased_texts    bigint not null default 0,
    erased_accounts bigint not null default 0
);

-- The first round is made at once; each sets the next.
insert into timer (aggregate_kind, aggregate_id, name, generation, due_at, correlation_id)
values ('retention', '00000000-0000-0000-0000-000000000000', 'forget', 1, '2000-01-01T00:00:00Z',
        '4e7e4000-0000-4000-8000-000000000000');
