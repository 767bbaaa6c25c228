-- A call that was taken on stays its caller's until it is written down or given back.

alter table call_task
    -- When the debtor was called; where it is empty, when it was written down.
    add column called_at  timestamptz,
    -- The scheduler took it back after somebody took it on.
    add column taken_back boolean not null default false,
    -- So only one that waits for a caller ends by itself. Binaries of before set an end to others,
    -- too; it is not looked at.
    drop constraint call_task_check1,
    add constraint call_task_ends check (stage <> 'open' or ends_at is not null);
