-- The mailbox's own tables, made in each service's schema by the owner role.
-- The runtime role gets no DDL; what it needs of it (daily partitions) is a function of the owner.

-- Which messages were handled. The partition follows the producer's wall time, which stands in the
-- envelope, so that a redelivery always looks into the same partition.
create table inbox (
    recorded_on date not null,
    message_id  uuid not null,
    primary key (recorded_on, message_id)
) partition by range (recorded_on);

-- Messages committed and not yet confirmed by the broker.
create table outbox (
    message_id  uuid primary key,
    position    bigint generated always as identity,
    subject     text not null,
    envelope    text not null,
    recorded_at timestamptz not null
);
create index outbox_position on outbox (position);

-- Messages that the broker confirmed; published again after a broker lost what it had confirmed.
create table sent (
    sent_on     date not null,
    message_id  uuid not null,
    subject     text not null,
    envelope    text not null,
    sent_at     timestamptz not null,
    primary key (sent_on, message_id)
) partition by range (sent_on);
create index sent_sent_at on sent (sent_at);

-- Messages that cannot be handled yet, kept whole.
create table waiting (
    message_id     uuid primary key,
    reason         text not null check (reason in ('early', 'newer', 'retry')),
    aggregate_kind text not null,
    aggregate_id   uuid not null,
    subject        text not null,
    envelope       text not null,
    detail         text not null,
    waiting_since  timestamptz not null,
    attempts       integer not null default 0,
    next_try_at    timestamptz not null
);
create index waiting_aggregate on waiting (aggregate_kind, aggregate_id);
create index waiting_next_try on waiting (next_try_at);

-- Messages taken aside for a person, kept whole, with their history.
create table parked (
    message_id   uuid primary key,
    state        text not null check (state in ('open', 'replayed', 'discarded')),
    reason       text not null check (reason in ('poison', 'bug', 'stale')),
    subject      text not null,
    envelope     text not null,
    detail       text not null,
    parked_at    timestamptz not null,
    replay_count integer not null default 0,
    history      jsonb not null default '[]'
);
create index parked_open on parked (parked_at) where state = 'open';

-- Acts on the outside world, written with the state that decided them.
create table effect (
    effect_id      uuid primary key,
    aggregate_kind text not null,
    aggregate_id   uuid not null,
    kind           text not null,
    once           boolean not null,
    body           jsonb not null,
    state          text not null check (
        state in ('pending', 'started', 'uncertain', 'done', 'withdrawn', 'expired')),
    due_at         timestamptz not null,
    not_after      timestamptz,
    next_try_at    timestamptz not null,
    lease_until    timestamptz,
    attempts       integer not null default 0,
    announced      boolean not null default false,
    last_error     text,
    correlation_id uuid not null,
    traceparent    text,
    created_at     timestamptz not null,
    settled_at     timestamptz
);
create index effect_open on effect (next_try_at)
    where state in ('pending', 'started', 'uncertain');
create index effect_settled on effect (settled_at);

-- One timer per aggregate and name; setting it again replaces it and raises the generation.
create table timer (
    aggregate_kind text not null,
    aggregate_id   uuid not null,
    name           text not null,
    generation     bigint not null,
    due_at         timestamptz not null,
    correlation_id uuid not null,
    traceparent    text,
    primary key (aggregate_kind, aggregate_id, name)
);
create index timer_due on timer (due_at);

-- Requests that changed something, with the hash of the body and the whole answer.
create table request (
    subject         text not null,
    idempotency_key text not null,
    body_hash       bytea not null,
    answer          text,
    answered_at     timestamptz not null,
    primary key (subject, idempotency_key)
);
create index request_answered on request (answered_at);

-- The broker as it was seen last: another identity or another start of the stream means that it
-- may have lost what it confirmed, since shortly before it was seen.
create table broker (
    stream     text primary key,
    identity   text not null,
    started_at text not null,
    seen_at    timestamptz not null
);

-- What stands still because too much of what it brought was parked, until that is settled.
create table stopped (
    source     text primary key,
    stopped_at timestamptz not null
);

-- Makes the partitions of yesterday to the day after tomorrow, and drops those older than the
-- horizon. Runs as the owner, so that the runtime role needs no DDL.
create function maintain_partitions(today date, keep_days integer) returns void
language plpgsql security definer set search_path from current as $$
declare
    schema_name text := (
        select n.nspname
        from pg_proc f join pg_namespace n on n.oid = f.pronamespace
        where f.oid = 'maintain_partitions(date, integer)'::regprocedure);
    parent text;
    day date;
    child record;
begin
    -- Replicas may start at the same moment.
    perform pg_advisory_xact_lock(hashtext(schema_name || '.maintain_partitions'));
    foreach parent in array array['inbox', 'sent'] loop
        for day in select generate_series(today - keep_days, today + 2, interval '1 day')::date loop
            execute format(
                'create table if not exists %I.%I partition of %I.%I for values from (%L) to (%L)',
                schema_name, parent || '_' || to_char(day, 'YYYYMMDD'),
                schema_name, parent, day, day + 1);
        end loop;
        for child in
            select c.relname
            from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            join pg_class p on p.oid = i.inhparent
            join pg_namespace n on n.oid = p.relnamespace
            where n.nspname = schema_name and p.relname = parent
        loop
            if to_date(right(child.relname, 8), 'YYYYMMDD') < today - keep_days then
                execute format('drop table %I.%I', schema_name, child.relname);
            end if;
        end loop;
    end loop;
end
$$;
