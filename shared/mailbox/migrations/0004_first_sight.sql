-- What a broker confirmed before anybody had noted it was moved to `sent`, and not sent again when
-- that broker lost it: the next one was the first that anybody saw. So nothing is moved until the
-- broker that confirmed it has been noted.
create or replace function move_to_sent(ids uuid[], confirmed_by text, moved_at timestamptz)
returns setof uuid
language plpgsql set search_path from current as $$
begin
    perform pg_advisory_xact_lock_shared(hashtext(current_schema() || '.broker'));
    if not exists (select from broker where identity = confirmed_by)
        or exists (select from broker where identity <> confirmed_by)
    then
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
