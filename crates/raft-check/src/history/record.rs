//! Puts events together: each answer to the call that it belongs to.

use super::HistoryError;
use crate::linear::{Model, Operation};
use std::collections::BTreeMap;

/// The operations of a file, by key; where the file has no keys, under `None`.
#[derive(Debug)]
pub(super) struct Record<M: Model> {
    parts: BTreeMap<Option<String>, Part<M>>,
    /// What each client has open: the line of its call, and what it called.
    open: BTreeMap<u64, Call<M>>,
    calls: usize,
}

/// The operations on a key. What did not happen, and reads without an answer, are not among them.
#[derive(Debug)]
pub(super) struct Part<M: Model> {
    pub(super) start: M::State,
    pub(super) operations: Vec<Operation<M>>,
    /// Whose they are, one each.
    pub(super) clients: Vec<u64>,
}

/// What a client called and has no answer to.
#[derive(Debug)]
pub(super) struct Call<M: Model> {
    pub(super) line: u64,
    pub(super) key: Option<String>,
    pub(super) operation: M::Operation,
}

impl<M: Model> Default for Record<M> {
    fn default() -> Self {
        Record { parts: BTreeMap::new(), open: BTreeMap::new(), calls: 0 }
    }
}

/// What became of a call.
pub(super) enum Ending<M: Model> {
    Answered(M::Answer),
    /// It did not happen.
    Failed,
    /// It may have happened, or may still.
    Unknown,
}

impl<M: Model> Record<M> {
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Option<String>, &Part<M>)> {
        self.parts.iter()
    }

    /// How many operations were called.
    pub(super) fn calls(&self) -> usize {
        self.calls
    }

    pub(super) fn call(&mut self, client: u64, call: Call<M>) -> Result<(), HistoryError> {
        if let Some(open) = self.open.get(&client) {
            return Err(HistoryError {
                line: call.line,
                found: "another call".into(),
                expected: format!("an answer to what client {client} called in line {}", open.line),
            });
        }
        self.calls += 1;
        self.open.insert(client, call);
        Ok(())
    }

    /// What the client has open.
    pub(super) fn open(&self, line: u64, client: u64) -> Result<&Call<M>, HistoryError> {
        self.open.get(&client).ok_or_else(|| HistoryError {
            line,
            found: "an answer without a call".into(),
            expected: format!("a call of client {client} before its answer"),
        })
    }

    /// What the client has open comes to its end.
    pub(super) fn end(&mut self, line: u64, client: u64, ending: Ending<M>, start: M::State) {
        if let Some(call) = self.open.remove(&client) {
            self.keep(client, call, line, ending, start);
        }
    }

    /// Nothing more comes: what is open stays so.
    pub(super) fn close(&mut self, start: &M::State) {
        while let Some((client, call)) = self.open.pop_first() {
            self.keep(client, call, u64::MAX, Ending::Unknown, start.clone());
        }
    }

    fn keep(&mut self, client: u64, call: Call<M>, line: u64, ending: Ending<M>, start: M::State) {
        let Call { line: called, key, operation } = call;
        let returned = match ending {
            Ending::Answered(answer) => Some((line, answer)),
            Ending::Unknown => None,
            Ending::Failed => return,
        };
        if returned.is_none() && M::is_read(&operation, None) {
            return;
        }
        let new = || Part { start, operations: Vec::new(), clients: Vec::new() };
        let part = self.parts.entry(key).or_insert_with(new);
        part.operations.push(Operation { called, returned, operation });
        part.clients.push(client);
    }
}
