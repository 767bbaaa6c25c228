//! What the running stack says about its children, for other commands to read.

use std::fs;
use std::io::ErrorKind;
use std::process;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use runtime::error::chain;
use serde::{Deserialize, Serialize};

use super::layout::Layout;
use super::secrets::write_private;
use crate::failure::Failure;
use crate::moment::now;
use crate::output::complain;

/// The state of the stack at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Board {
    /// The process that runs the stack.
    pub pid: u32,
    /// Wall time.
    pub started_at: Timestamp,
    /// Whether every child was ready once.
    pub ready: bool,
    /// In the order in which they were started.
    pub children: Vec<Child>,
}

/// One child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Child {
    pub name: String,
    /// None while it does not run.
    pub pid: Option<u32>,
    pub restart_count: u32,
    /// How it ended the last time, if it did.
    pub last_end: Option<String>,
}

impl Board {
    /// What the stack said last, if it ever did. Another user's is not ours to read.
    pub(crate) fn load(layout: &Layout) -> Result<Option<Self>, Failure> {
        let file = layout.board();
        match fs::read_to_string(&file) {
            // It is being written just now.
            Ok(text) => Ok(serde_json::from_str(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("read", &file)(error)),
        }
    }
}

/// Keeps the board, and writes it whenever it changes.
#[derive(Debug)]
pub(super) struct Keeper {
    layout: Layout,
    board: Mutex<Board>,
}

impl Keeper {
    pub(super) fn new(layout: Layout, names: impl Iterator<Item = &'static str>) -> Self {
        let child = |name: &str| {
            let name = name.to_owned();
            Child { name, pid: None, restart_count: 0, last_end: None }
        };
        let board = Board {
            pid: process::id(),
            started_at: now(),
            ready: false,
            children: names.map(child).collect(),
        };
        Self { layout, board: Mutex::new(board) }
    }

    pub(super) fn set_ready(&self, ready: bool) {
        self.change(|board| board.ready = ready);
    }

    pub(super) fn started(&self, name: &str, pid: u32) {
        self.change_child(name, |child| child.pid = Some(pid));
    }

    /// The child ended by itself.
    pub(super) fn ended(&self, name: &str, how: &str) {
        self.change_child(name, |child| {
            child.pid = None;
            child.restart_count = child.restart_count.saturating_add(1);
            child.last_end = Some(how.to_owned());
        });
    }

    /// We stopped the child.
    pub(super) fn stopped(&self, name: &str) {
        self.change_child(name, |child| child.pid = None);
    }

    fn change_child(&self, name: &str, change: impl FnOnce(&mut Child)) {
        self.change(|board| {
            if let Some(child) = board.children.iter_mut().find(|child| child.name == name) {
                change(child);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Board)) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut board);
        let Ok(text) = serde_json::to_string_pretty(&*board) else { return };
        // Who reads an old board sees an old state; that must not stop the stack.
        if let Err(error) = write_private(&self.layout.board(), &text) {
            complain(chain(&error));
        }
    }
}
