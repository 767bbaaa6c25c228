-- When a parked message was settled. What is settled is forgotten some months later; a row that the
-- release before settled counts from when it was parked.
alter table parked add column closed_at timestamptz;
create index parked_settled on parked (coalesce(closed_at, parked_at)) where state <> 'open';

-- A person may give up on a message that waits: then it is parked with the reason.
alter table parked drop constraint parked_reason_check;
alter table parked add constraint parked_reason_check
    check (reason in ('poison', 'bug', 'stale', 'given-up'));

-- What people found out about an uncertain act, and how.
alter table effect add column history jsonb not null default '[]';
