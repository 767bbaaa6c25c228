-- Calls beside messages, several channels under one permit, promises, and thanks.

-- What another service was asked to do for an act: a letter on one channel, or a call.
create table errand (
    errand_id uuid primary key,
    case_id   uuid not null references act on delete cascade,
    place     smallint not null,
    -- The channel of a letter; none of a call.
    channel   text,
    state     text not null check (
        state in ('granted', 'withdrawing', 'uncertain', 'done', 'not-sent', 'not-made')),
    reason    text,
    check ((state in ('not-sent', 'not-made')) = (reason is not null))
);
create index errand_case_id on errand (case_id);

-- Before, every act was one e-mail.
insert into errand (errand_id, case_id, place, channel, state)
    select letter_id, case_id, 0, 'email', state from act;
alter table act drop column letter_id, drop column state;

alter table track
    drop constraint track_stage_check,
    add constraint track_stage_check check (
        stage in ('unheard', 'opened', 'planned', 'acting', 'awaiting-promise', 'held', 'closed')),
    add constraint track_next_at_check check (stage <> 'awaiting-promise' or next_at is not null),
    -- Why it was not paid, as it was learnt last.
    add column reason text,
    -- Calls of one step that reached nobody.
    add column unreached_step text,
    add column unreached_times integer,
    add check (num_nulls(unreached_step, unreached_times) <> 1),
    -- Whether the debtor is to be thanked, and from when on.
    add column thanks text not null default 'not-due' check (thanks in ('not-due', 'due', 'over')),
    add column thanks_at timestamptz,
    add check ((thanks = 'due') = (thanks_at is not null));

-- What a debtor promised in a call.
create table promise (
    task_id      uuid primary key,
    case_id      uuid not null references opened_case,
    -- None until mediation took it up.
    promise_id   uuid unique,
    made_at      timestamptz not null,
    currency     text not null,
    amount_minor bigint not null,
    pay_by       date not null,
    judge_at     timestamptz not null,
    confirmed    boolean not null,
    verdict      text
);
create index promise_case_id on promise (case_id);

-- The day on which a step was taken; not known of those before.
alter table passed_step add column passed_on date;

-- The messages about a claim that left.
create table notice (
    claim_id uuid not null references claim,
    message  text not null,
    channel  text not null,
    sent_on  date not null,
    primary key (claim_id, message, channel, sent_on)
);

-- Whether a contact counts towards the cap; answers to what the person did do not.
alter table contact add column counts boolean not null default true;
