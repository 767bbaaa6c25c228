-- What the letter service keeps, in its own schema: ids, hashes, amounts and dates. Names, addresses
-- and words lie in the sent copies in the file store, and nowhere else.

-- One written message. `unheard` until somebody asks for it.
create table letter (
    letter_id       uuid primary key,
    version         bigint not null default 0,
    stage           text not null default 'unheard' check (
        stage in ('unheard', 'forestalled', 'requested', 'drafted', 'uncertain', 'dispatched',
            'not-sent')),
    -- The command that asked for it, with its permit, as `letter.cmd.send` of this version.
    request         jsonb,
    request_version smallint,
    -- The end of the permit, out of the request.
    not_after       timestamptz,
    -- The message as it lies in the file store, and what it says.
    content         text,
    text_version    text,
    asked_minor     bigint,
    asked_currency  text,
    drafted_at      timestamptz,
    dispatched_at   timestamptz,
    not_sent_reason text,
    -- No act without a permit.
    check (stage in ('unheard', 'forestalled')
        or num_nulls(request, request_version, not_after) = 0),
    -- No act without a copy.
    check (stage not in ('drafted', 'uncertain', 'dispatched')
        or num_nulls(content, text_version, asked_minor, asked_currency, drafted_at) = 0),
    check (stage <> 'dispatched' or dispatched_at is not null),
    check (stage <> 'not-sent' or not_sent_reason is not null)
);
create index letter_on_its_way on letter (not_after) where stage in ('requested', 'drafted');
create index letter_dispatched_at on letter (dispatched_at) where stage = 'dispatched';
