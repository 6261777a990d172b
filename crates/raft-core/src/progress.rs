//! What a leader knows about each follower (Figure 2, "Volatile state on leaders"), with etcd's
//! states: probing for where the logs agree, or replicating in a pipeline.

use crate::types::Index;
use std::collections::VecDeque;

/// What a leader knows about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The highest index known to be equal and durable there (matchIndex).
    pub match_index: Index,
    /// The next index to send (nextIndex).
    pub next_index: Index,
    /// How entries are being sent.
    pub flow: Flow,
    /// The highest commit index sent there.
    pub commit_sent: Index,
}

/// How entries are sent to one follower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The leader does not know where the logs agree, and sends one message at a time.
    Probe {
        /// One is under way; the next waits for its answer or for a heartbeat's.
        waiting: bool,
    },
    /// The logs agree; entries are sent as they come.
    Replicate {
        /// The last index of each AppendEntries under way, oldest first.
        inflight: VecDeque<Index>,
    },
}

impl Progress {
    /// A follower of which nothing is known, at the start of a term.
    pub fn new(next_index: Index) -> Progress {
        Progress {
            match_index: 0,
            next_index,
            flow: Flow::Probe { waiting: false },
            commit_sent: 0,
        }
    }

    /// Whether nothing more may be sent until an answer comes.
    pub fn is_paused(&self, max_inflight: usize) -> bool {
        match &self.flow {
            Flow::Probe { waiting } => *waiting,
            Flow::Replicate { inflight } => inflight.len() >= max_inflight,
        }
    }

    /// Takes note that AppendEntries with `count` entries, from `next_index` on, is under way.
    pub fn on_sent(&mut self, count: u64, commit_index: Index) {
        match &mut self.flow {
            Flow::Probe { waiting } => *waiting |= count > 0,
            Flow::Replicate { inflight } => {
                if count > 0 {
                    self.next_index += count;
                    inflight.push_back(self.next_index - 1);
                }
            }
        }
        self.commit_sent = commit_index;
    }

    /// The follower has acknowledged up to `match_index`. True where that says anything new.
    pub fn on_accepted(&mut self, match_index: Index) -> bool {
        let news = match_index > self.match_index;
        if news {
            self.match_index = match_index;
            self.next_index = self.next_index.max(match_index + 1);
        }
        match &mut self.flow {
            Flow::Probe { .. } if news || match_index == self.match_index => {
                self.next_index = self.match_index + 1;
                self.flow = Flow::Replicate { inflight: VecDeque::new() };
                true
            }
            Flow::Probe { .. } => news,
            Flow::Replicate { inflight } => {
                while inflight.front().is_some_and(|last| *last <= match_index) {
                    inflight.pop_front();
                }
                news
            }
        }
    }

    /// The follower has refused what followed `previous_index`; it may agree at `hint`. True where
    /// the answer is not out of date, and then the leader probes from a lower index.
    pub fn on_rejected(&mut self, previous_index: Index, hint: Index) -> bool {
        match &self.flow {
            Flow::Replicate { .. } => {
                if previous_index <= self.match_index {
                    return false;
                }
                self.next_index = self.match_index + 1;
            }
            Flow::Probe { .. } => {
                if self.next_index - 1 != previous_index {
                    return false;
                }
                self.next_index = previous_index.min(hint + 1).max(self.match_index + 1);
            }
        }
        self.flow = Flow::Probe { waiting: false };
        self.commit_sent = self.commit_sent.min(self.next_index - 1);
        true
    }

    /// Whether a higher commit index would tell the follower something: one already under way does
    /// not count as news.
    pub fn can_bump_commit(&self, commit_index: Index) -> bool {
        commit_index > self.commit_sent && self.commit_sent < self.next_index - 1
    }
}
