//! What a server has decided but its disk does not hold yet, and the messages that rest on it.
//!
//! Rule: an acknowledgement or a vote leaves only after the write that it rests on is durable
//! (Figure 2: "updated on stable storage before responding to RPCs").

use crate::config::Flavour;
use crate::durable::Durable;
use crate::io::{LogWrite, Output, Write, WriteId};
use crate::message::{Body, Message};
use crate::node::Node;
use crate::rules::{Rule, RuleSet};
use crate::types::{Index, NodeId, Snapshot, Term};
use std::collections::VecDeque;
use std::sync::Arc;

/// Keeps writes in order, and the messages of the present step that rest on them.
#[derive(Clone, Debug)]
pub(crate) struct Unsynced {
    durable_index: Index,
    hard_state_changed: bool,
    snapshot: Option<Arc<Snapshot>>,
    log_changed_from: Option<Index>,
    last_write: WriteId,
    under_way: VecDeque<UnderWay>,
    held: Vec<Message>,
    /// [`Rule::AckOwnTerm`] holds.
    counts_own_term: bool,
}

#[derive(Clone, Debug)]
struct UnderWay {
    id: WriteId,
    /// The term in which it was begun: a later term may have written over it.
    term: Term,
    /// The log is durable up to here once this is done; lowered where a later write truncates.
    last_index: Index,
    snapshot: Option<Arc<Snapshot>>,
}

impl Unsynced {
    pub(crate) fn all_durable(last_index: Index) -> Unsynced {
        Unsynced {
            durable_index: last_index,
            hard_state_changed: false,
            snapshot: None,
            log_changed_from: None,
            last_write: 0,
            under_way: VecDeque::new(),
            held: Vec::new(),
            counts_own_term: true,
        }
    }

    pub(crate) fn durable_index(&self) -> Index {
        self.durable_index
    }

    pub(crate) fn under_way(&self) -> impl Iterator<Item = WriteId> {
        self.under_way.iter().map(|write| write.id)
    }

    /// A snapshot from the leader is not durable yet, so nothing after it may be applied.
    pub(crate) fn has_snapshot(&self) -> bool {
        self.snapshot.is_some() || self.under_way.iter().any(|write| write.snapshot.is_some())
    }

    pub(crate) fn hard_state_changed(&mut self) {
        self.hard_state_changed = true;
    }

    /// Entries from `index` on are new or gone.
    pub(crate) fn log_changed(&mut self, index: Index) {
        let from = self.log_changed_from.map_or(index, |from| from.min(index));
        self.log_changed_from = Some(from);
        let kept = index.saturating_sub(1);
        self.durable_index = self.durable_index.min(kept);
        if self.counts_own_term {
            for write in &mut self.under_way {
                write.last_index = write.last_index.min(kept);
            }
        }
    }

    /// A snapshot has taken the place of the log.
    pub(crate) fn log_replaced(&mut self, snapshot: Arc<Snapshot>, kept_from: Option<Index>) {
        self.log_changed(1);
        self.durable_index = snapshot.position.index;
        self.snapshot = Some(snapshot);
        self.log_changed_from = kept_from;
    }

    fn next_write(
        &mut self,
        durable: &Durable,
        commit_index: Index,
        rules: RuleSet,
    ) -> Option<Write> {
        let Durable { term, vote, log, .. } = durable;
        let changed =
            self.hard_state_changed || self.log_changed_from.is_some() || self.snapshot.is_some();
        changed.then(|| {
            self.last_write += 1;
            let vote = vote.filter(|_| rules.holds(Rule::PersistVote));
            let hard_state = (self.hard_state_changed && rules.holds(Rule::PersistTerm))
                .then_some((*term, vote));
            let log_write = self.log_changed_from.map(|first_index| LogWrite {
                first_index,
                entries: log.range(first_index, log.last_index()).cloned().collect(),
            });
            let snapshot = self.snapshot.take();
            let (id, last_index) = (self.last_write, log.last_index());
            let under_way = UnderWay { id, term: *term, last_index, snapshot: snapshot.clone() };
            self.under_way.push_back(under_way);
            self.hard_state_changed = false;
            self.log_changed_from = None;
            Write { id, hard_state, snapshot, log: log_write, commit_index }
        })
    }

    /// Writes are durable up to this one. Gives the last snapshot among them.
    fn on_persisted(
        &mut self,
        id: WriteId,
        term: Term,
        last_index: Index,
        flavour: Flavour,
    ) -> Option<Arc<Snapshot>> {
        let mut snapshot = None;
        while let Some(write) = self.under_way.front() {
            if write.id > id {
                break;
            }
            if write.term == term || flavour == Flavour::Paper {
                self.durable_index = self.durable_index.max(write.last_index.min(last_index));
            }
            snapshot = write.snapshot.clone().or(snapshot);
            self.under_way.pop_front();
        }
        snapshot
    }
}

/// What is asked at the end of each step.
#[cfg(debug_assertions)]
impl Unsynced {
    /// Whether all that changed is in a write, and nothing is left that rests on it.
    pub(crate) fn is_flushed(&self) -> bool {
        let changed = self.hard_state_changed || self.log_changed_from.is_some();
        !changed && self.snapshot.is_none() && self.held.is_empty()
    }

    /// Whether the writes under way are the latest, each one more than the one before.
    pub(crate) fn is_numbered(&self) -> bool {
        let latest = (1..=self.last_write).rev();
        self.under_way.len() as u64 <= self.last_write
            && self.under_way.iter().rev().map(|write| write.id).zip(latest).all(|(a, b)| a == b)
    }

    /// The latest term in which a write under way was begun; 0 where none is.
    pub(crate) fn latest_term(&self) -> Term {
        self.under_way.iter().map(|write| write.term).max().unwrap_or(0)
    }

    /// Asks for the latest write once more, as begun in this term and as far as this.
    #[cfg(test)]
    pub(crate) fn repeat_a_write(&mut self, term: Term, last_index: Index) {
        for _ in 0..2 {
            let again = UnderWay { id: self.last_write, term, last_index, snapshot: None };
            self.under_way.push_back(again);
        }
    }

    /// How far the writes under way make the log durable; 0 where none is.
    pub(crate) fn furthest_write(&self) -> Index {
        self.under_way.iter().map(|write| write.last_index).max().unwrap_or(0)
    }
}

impl Node {
    pub(crate) fn set_hard_state(&mut self, term: Term, vote: Option<NodeId>) {
        self.durable.term = term;
        self.durable.vote = vote;
        self.unsynced.hard_state_changed();
    }

    /// Sends once all that was decided so far is durable: acknowledgements and votes rest on it.
    pub(crate) fn send_when_durable(&mut self, to: NodeId, term: Term, body: Body) {
        let message = Message { from: self.id(), to, term, body };
        self.unsynced.held.push(message);
    }

    /// Closes a step: what changed becomes one write, and what rests on it waits for it.
    pub(crate) fn flush(&mut self, out: &mut Vec<Output>) {
        let rules = self.config.rules;
        self.unsynced.counts_own_term = rules.holds(Rule::AckOwnTerm);
        if let Some(write) = self.unsynced.next_write(&self.durable, self.commit_index, rules) {
            out.push(Output::Persist(write));
        }
        let after = self.unsynced.under_way.back().map(|write| write.id);
        let after = after.filter(|_| rules.holds(Rule::AckAfterFsync));
        for message in self.unsynced.held.drain(..) {
            out.push(match after {
                Some(write) => Output::SendAfter(write, message),
                None => Output::Send(message),
            });
        }
    }

    pub(crate) fn on_persisted(&mut self, id: WriteId, out: &mut Vec<Output>) {
        let (term, flavour) = (self.durable.term, self.config.flavour);
        let last = self.durable.log.last_index();
        if let Some(snapshot) = self.unsynced.on_persisted(id, term, last, flavour) {
            let index = snapshot.position.index;
            out.push(Output::Restore(snapshot));
            self.on_restored(index, out);
        }
    }
}
