//! One file per group of commands.

pub(crate) mod audit;
pub(crate) mod bank;
pub(crate) mod call;
pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod claim;
pub(crate) mod clock;
pub(crate) mod creditor;
pub(crate) mod down;
pub(crate) mod import;
pub(crate) mod invoice;
pub(crate) mod ledger;
mod listing;
pub(crate) mod mail;
pub(crate) mod migrate;
pub(crate) mod parked;
pub(crate) mod post;
pub(crate) mod remit;
pub(crate) mod serve;
pub(crate) mod staff;
pub(crate) mod statement;
pub(crate) mod status;
pub(crate) mod stream;
pub(crate) mod uncertain;
pub(crate) mod up;
pub(crate) mod waiting;
