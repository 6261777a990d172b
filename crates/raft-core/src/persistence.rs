//! What a server has decided but its disk does not hold yet, and the messages that wait for it.
//!
//! Rule: an acknowledgement or a vote leaves only after the write that it rests on is durable
//! (Figure 2: "updated on stable storage before responding to RPCs").

use crate::io::{LogWrite, Output, Write, WriteId};
use crate::log::Log;
use crate::message::Message;
use crate::rules::{Rule, RuleSet};
use crate::types::{Index, NodeId, Term};
use std::collections::VecDeque;

/// Keeps writes and the messages behind them in order.
#[derive(Clone, Debug)]
pub(crate) struct Unsynced {
    durable_index: Index,
    hard_state_changed: bool,
    log_changed_from: Option<Index>,
    last_write: WriteId,
    under_way: VecDeque<UnderWay>,
    held: VecDeque<Held>,
}

#[derive(Clone, Debug)]
struct UnderWay {
    id: WriteId,
    /// The log is durable up to here once this is done; lowered where a later write truncates.
    last_index: Index,
}

#[derive(Clone, Debug)]
struct Held {
    /// 0 while the step goes on that decides what it rests on.
    after: WriteId,
    message: Message,
}

impl Unsynced {
    pub(crate) fn all_durable(last_index: Index) -> Unsynced {
        Unsynced {
            durable_index: last_index,
            hard_state_changed: false,
            log_changed_from: None,
            last_write: 0,
            under_way: VecDeque::new(),
            held: VecDeque::new(),
        }
    }

    pub(crate) fn durable_index(&self) -> Index {
        self.durable_index
    }

    pub(crate) fn is_clean(&self) -> bool {
        !self.hard_state_changed && self.log_changed_from.is_none() && self.under_way.is_empty()
    }

    pub(crate) fn under_way(&self) -> impl Iterator<Item = WriteId> {
        self.under_way.iter().map(|write| write.id)
    }

    pub(crate) fn hard_state_changed(&mut self) {
        self.hard_state_changed = true;
    }

    /// Entries from `index` on are new or gone.
    pub(crate) fn log_changed(&mut self, index: Index) {
        let from = self.log_changed_from.map_or(index, |from| from.min(index));
        self.log_changed_from = Some(from);
        self.durable_index = self.durable_index.min(from - 1);
        for write in &mut self.under_way {
            write.last_index = write.last_index.min(from - 1);
        }
    }

    pub(crate) fn hold(&mut self, message: Message) {
        self.held.push_back(Held { after: 0, message });
    }

    /// The write that this step's changes need, if any; what was held in this step waits for it, or
    /// for the last one under way.
    pub(crate) fn next_write(
        &mut self,
        term: Term,
        vote: Option<NodeId>,
        log: &Log,
        rules: RuleSet,
    ) -> Option<Write> {
        let write = (self.hard_state_changed || self.log_changed_from.is_some()).then(|| {
            self.last_write += 1;
            let vote = vote.filter(|_| rules.holds(Rule::PersistVote));
            let hard_state = self.hard_state_changed.then_some((term, vote));
            let log_write = self.log_changed_from.map(|first_index| LogWrite {
                first_index,
                entries: log.range(first_index, log.last_index()).cloned().collect(),
            });
            let last_index = log.last_index();
            self.under_way.push_back(UnderWay { id: self.last_write, last_index });
            Write { id: self.last_write, hard_state, log: log_write }
        });
        self.hard_state_changed = false;
        self.log_changed_from = None;
        for held in self.held.iter_mut().rev().take_while(|held| held.after == 0) {
            held.after = self.last_write;
        }
        write
    }

    pub(crate) fn on_persisted(&mut self, id: WriteId) {
        while let Some(write) = self.under_way.front() {
            if write.id > id {
                break;
            }
            self.durable_index = write.last_index;
            self.under_way.pop_front();
        }
    }

    /// Lets go of the messages whose write is durable.
    pub(crate) fn release(&mut self, out: &mut Vec<Output>) {
        let next = self.under_way.front().map_or(WriteId::MAX, |write| write.id);
        while self.held.front().is_some_and(|held| held.after < next) {
            if let Some(held) = self.held.pop_front() {
                out.push(Output::Send(held.message));
            }
        }
    }
}
