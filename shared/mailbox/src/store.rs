//! All SQL of the mailbox, a file per table. Every statement works on many rows at once.

mod effects;
mod home;
mod inbox;
mod outbox;
mod parked;
mod requests;
mod status;
mod stopped;
mod timers;
mod waiting;

pub(crate) use effects::{
    KeptEffect, NewEffect, add_effects, end_effects, expire_leases, extend_lease, forget_effects,
    give_back_effect, list_uncertain, lock_pending, mark_uncertain, note_uncertain,
    postpone_uncertain, probe_effects, put_off_effects, recall_effects, start_effects,
    startable_effects, take_uncertain, withdraw_effects,
};
pub(crate) use home::{end_recovery, recovering_since, see_home};
pub(crate) use inbox::{known, maintain, record_new, unrecord};
pub(crate) use outbox::{
    OutboxRow, SeenBroker, add_outbox, find_broker, move_to_sent, notice_broker, see_broker,
    sent_since, unsent,
};
pub(crate) use parked::{
    ParkedRow, close_parked, discard_parked, find_parked, forget_parked, give_up_waiting,
    list_parked, lock_parked, note, note_parked, page_parked, park,
};
pub(crate) use requests::{
    KeptRequest, begin_request, find_request, forget_failed, forget_requests, keep_answer,
};
pub(crate) use status::{Backlog, backlog, counts};
pub(crate) use stopped::{release_sources, stop_source, stopped_sources};
pub(crate) use timers::{DueTimer, NewTimer, cancel_timers, due_timers, set_timers, take_timers};
pub(crate) use waiting::{
    WaitingRow, add_waiting, list_waiting, lock_waiting, oldest_waiting, page_waiting,
    remove_waiting, waiting_due, waiting_for,
};
