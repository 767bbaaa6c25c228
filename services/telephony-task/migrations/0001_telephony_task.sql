-- What telephony-task keeps, in its own schema: ids, codes, amounts and dates. What was said in a
-- call stands in `call_summary`, and nowhere else. Codes are the words of the contracts.

-- The row of a case: the debtor's country, once intake opened it.
create table opened_case (
    case_id uuid primary key,
    version bigint not null default 0,
    country text
);

-- A member of the agency's staff, as intake told last.
create table staff_member (
    staff_id uuid primary key,
    version  bigint not null default 0,
    -- The version at intake of what is known.
    heard    bigint not null default 0,
    roles    text[] not null default '{}'
);

create table certificate (
    staff_id    uuid not null references staff_member,
    country     text not null,
    valid_from  date not null,
    -- The last day.
    valid_until date not null,
    primary key (staff_id, country, valid_from, valid_until)
);

-- One call to be made. `unheard` until somebody asks for it.
create table call_task (
    task_id           uuid primary key,
    version           bigint not null default 0,
    stage             text not null default 'unheard' check (
        stage in ('unheard', 'forestalled', 'open', 'claimed', 'closed', 'withdrawn', 'expired')),
    -- The command that asked for it, with its permit, as `create-task` of this version.
    request           jsonb,
    request_version   smallint,
    -- Out of the request; and the debtor's country.
    case_id           uuid,
    not_after         timestamptz,
    country           text,
    -- When it ends by itself; while it can.
    ends_at           timestamptz,
    -- Who took it on, and the certificate that was looked at.
    claimed_by        uuid,
    claimed_at        timestamptz,
    certificate_from  date,
    certificate_until date,
    -- How it went.
    outcome           text,
    reason            text,
    promise_minor     bigint,
    promise_currency  text,
    promise_pay_by    date,
    closed_at         timestamptz,
    -- No call without a permit.
    check (stage in ('unheard', 'forestalled')
        or num_nulls(request, request_version, case_id, not_after, country) = 0),
    check ((stage in ('open', 'claimed')) = (ends_at is not null)),
    -- No call without a caller and a certificate.
    check (num_nulls(claimed_by, claimed_at, certificate_from, certificate_until)
        = case when stage in ('claimed', 'closed') then 0 else 4 end),
    -- No call is closed without outcome and reason; a promise comes with its outcome only.
    check (num_nulls(outcome, reason, closed_at) = case stage when 'closed' then 0 else 3 end),
    check (num_nulls(promise_minor, promise_currency, promise_pay_by)
        = case when outcome = 'promised' then 0 else 3 end)
);
create index call_task_waits on call_task (not_after, task_id) where stage in ('open', 'claimed');
create index call_task_closed on call_task (case_id, closed_at) where stage = 'closed';

-- What was said, in the caller's words, and the file that it came in. Personal: to erase it, both
-- are emptied and the moment is kept as a mark. No decision reads it.
create table call_summary (
    task_id   uuid primary key references call_task,
    said      text,
    file      text,
    erased_at timestamptz,
    check (num_nulls(said, file) = case when erased_at is null then 0 else 2 end)
);
