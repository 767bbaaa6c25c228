-- The database that this schema lay in when the service looked last. Another one was restored from a
-- backup, or took over from the one before: it may have forgotten the last of what was done. Then
-- the service recovers until a person says that it has everything again.
create table home (
    is_only          boolean primary key default true check (is_only),
    identity         text not null,
    recovering_since timestamptz
);

-- Since when a broker that started anew has to be sent again what was sent; null where it has it all.
alter table broker add column refill_from timestamptz;

-- A broker that lost something is noticed by one replica, while another may still move to `sent` what
-- that broker confirmed before: it would be missed by the one that sends again. So whoever moves says
-- which broker confirmed, and whoever notices another one waits for those who move. These are
-- functions since each of their statements sees what was committed before it.
create function move_to_sent(ids uuid[], confirmed_by text, moved_at timestamptz) returns setof uuid
language plpgsql set search_path from current as $$
begin
    perform pg_advisory_xact_lock_shared(hashtext(current_schema() || '.broker'));
    if exists (select from broker where identity <> confirmed_by) then
        return;
    end if;
    return query
        with moved as (
            delete from outbox where message_id = any (ids)
            returning outbox.message_id, outbox.subject, outbox.envelope)
        insert into sent (sent_on, message_id, subject, envelope, sent_at)
        select (moved_at at time zone 'UTC')::date, moved.message_id, moved.subject,
               moved.envelope, moved_at
        from moved
        on conflict do nothing
        returning sent.message_id;
end
$$;

create function notice_broker(
    stream_name text, found_identity text, found_started_at text, lost_since timestamptz)
returns void
language plpgsql set search_path from current as $$
begin
    perform pg_advisory_xact_lock(hashtext(current_schema() || '.broker'));
    update broker
    set identity = found_identity, started_at = found_started_at,
        refill_from = least(refill_from, lost_since)
    where stream = stream_name;
end
$$;
