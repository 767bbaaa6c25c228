-- Why debtors do not pay: every reason that was heard, in calls and by staff. None is ever changed
-- but for the moment at which it was answered.
create table reason (
    -- Of a call that of its task.
    reason_id   uuid primary key,
    case_id     uuid not null references opened_case,
    reason      text not null,
    said_by     text not null,
    said_on     date not null,
    recorded_by uuid,
    recorded_at timestamptz not null,
    in_call     boolean not null,
    -- The hash of a document in the file store.
    evidence    text,
    answered_at timestamptz
);
create index reason_case_id on reason (case_id);

-- What else stands in the way of a case that a reason holds: its track says only that reason then,
-- as the release before knows it. None once it is over.
create table blocked_beside (
    case_id uuid primary key references opened_case,
    blocked text
);
