-- The channel of a letter, out of its request: `letter.cmd.send` says it itself since version 2,
-- and had it in its permit before.
alter table letter add column channel text generated always as
    (coalesce(request ->> 'channel', request -> 'permit' ->> 'channel')) stored;
create index letter_posted_at on letter (dispatched_at)
    where stage = 'dispatched' and channel = 'post';

-- One note to a creditor. `unheard` until somebody asks for it.
create table note (
    note_id         uuid primary key,
    version         bigint not null default 0,
    stage           text not null default 'unheard' check (
        stage in ('unheard', 'requested', 'drafted', 'dispatched', 'not-sent')),
    -- The command that asked for it, as `letter.cmd.send-note` of this version.
    request         jsonb,
    request_version smallint,
    -- In business time.
    requested_at    timestamptz,
    -- The mail as it lies in the file store.
    content         text,
    text_version    text,
    drafted_at      timestamptz,
    dispatched_at   timestamptz,
    not_sent_reason text,
    check (stage = 'unheard' or num_nulls(request, request_version, requested_at) = 0),
    -- No act without a copy.
    check (stage not in ('drafted', 'dispatched')
        or num_nulls(content, text_version, drafted_at) = 0),
    check (stage <> 'dispatched' or dispatched_at is not null),
    check (stage <> 'not-sent' or not_sent_reason is not null)
);
create index note_on_its_way on note (requested_at) where stage in ('requested', 'drafted');
create index note_dispatched_at on note (dispatched_at) where stage = 'dispatched';
