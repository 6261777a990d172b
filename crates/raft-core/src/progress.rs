//! What a leader knows about each follower (Figure 2, "Volatile state on leaders"), with etcd's
//! states: probing for where the logs agree, replicating in a pipeline, or waiting for a snapshot.

use crate::types::Index;
use std::collections::VecDeque;
use std::fmt;

/// How many messages a pipeline may have under way at first after one broke: TCP begins with up to
/// four segments (RFC 3390), which a network that reorders a little does not stop.
const REOPENED: usize = 4;

/// What a leader knows about one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The highest index known to be equal and durable there (matchIndex).
    pub match_index: Index,
    /// The next index to send (nextIndex).
    pub next_index: Index,
    /// How entries are being sent.
    pub flow: Flow,
    /// Nothing more is sent before an answer: a probe is under way, or the window is full.
    pub paused: bool,
    /// Whether it was heard from since the last look at the quorum.
    pub recent_active: bool,
    /// Whether it has no vote.
    pub is_learner: bool,
    /// The highest commit index sent there.
    pub commit_sent: Index,
    /// How many messages with entries a pipeline may have under way, where that is fewer than the
    /// window allows. It is 4 once the follower has refused a message of a pipeline, and 1 more for
    /// each acknowledgement of something new ("slow start", RFC 5681, §3.1).
    ///
    /// What was under way in the pipeline that broke is still to be answered, and no answer says
    /// which pipeline it belongs to: where a network reorders, late refusals break the next
    /// pipelines too. If each of those began with a whole window, as etcd's do, the messages
    /// between two servers would multiply; etcd counts on connections that keep the order.
    pub room: usize,
    /// The latest round of heartbeats that it has answered; 0 for none.
    pub round: u64,
}

/// How entries are sent to one follower.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The leader does not know where the logs agree, and sends one message at a time.
    Probe,
    /// The logs agree; entries are sent as they come.
    Replicate(Inflight),
    /// The follower lacks entries that the leader no longer has, and was sent a snapshot.
    Snapshot {
        /// The last index that the snapshot contains.
        pending: Index,
    },
}

impl Flow {
    /// The name that etcd gives it.
    pub fn name(&self) -> &'static str {
        match self {
            Flow::Probe => "StateProbe",
            Flow::Replicate(_) => "StateReplicate",
            Flow::Snapshot { .. } => "StateSnapshot",
        }
    }
}

/// The most that may be under way to one follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Messages; at least 1.
    pub messages: usize,
    /// Bytes of payload; 0 for no limit.
    pub bytes: u64,
}

/// The AppendEntries under way to one follower, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Inflight {
    messages: VecDeque<(Index, u64)>,
    bytes: u64,
}

impl Inflight {
    /// How many messages are under way.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The bytes of payload that are under way.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the window is used up.
    pub fn is_full(&self, window: Window) -> bool {
        self.messages.len() >= window.messages.max(1)
            || (window.bytes != 0 && self.bytes >= window.bytes)
    }

    /// Of each message under way its last index and its bytes, oldest first.
    #[cfg(debug_assertions)]
    pub(crate) fn messages(&self) -> impl Iterator<Item = (Index, u64)> {
        self.messages.iter().copied()
    }

    pub(crate) fn add(&mut self, last: Index, bytes: u64) {
        self.messages.push_back((last, bytes));
        self.bytes += bytes;
    }

    /// Breaks the count of bytes.
    #[cfg(all(test, debug_assertions))]
    pub(crate) fn miscount(&mut self) {
        self.bytes += 1;
    }

    /// Everything up to `index` has arrived.
    fn free_to(&mut self, index: Index) {
        while let Some((last, bytes)) = self.messages.front() {
            if *last > index {
                break;
            }
            self.bytes -= bytes;
            self.messages.pop_front();
        }
    }
}

impl Progress {
    /// A follower of which nothing is known, at the start of a term.
    pub fn new(next_index: Index) -> Progress {
        Progress {
            match_index: 0,
            next_index,
            flow: Flow::Probe,
            paused: false,
            recent_active: false,
            is_learner: false,
            commit_sent: 0,
            room: usize::MAX,
            round: 0,
        }
    }

    /// Whether nothing may be sent there now.
    pub fn is_paused(&self) -> bool {
        self.paused || matches!(self.flow, Flow::Snapshot { .. })
    }

    pub(crate) fn become_probe(&mut self) {
        // A snapshot that was sent is taken as arrived: whoever knows better says so first.
        let after_snapshot = match self.flow {
            Flow::Snapshot { pending } => pending + 1,
            Flow::Probe | Flow::Replicate(_) => 0,
        };
        self.next_index = (self.match_index + 1).max(after_snapshot);
        self.set_flow(Flow::Probe);
        self.commit_sent = self.commit_sent.min(self.next_index - 1);
    }

    pub(crate) fn become_replicate(&mut self) {
        self.set_flow(Flow::Replicate(Inflight::default()));
        self.next_index = self.match_index + 1;
    }

    pub(crate) fn become_snapshot(&mut self, pending: Index) {
        self.set_flow(Flow::Snapshot { pending });
        self.next_index = pending + 1;
        self.commit_sent = pending;
    }

    /// A snapshot did not arrive: what it would have brought is missing still.
    pub(crate) fn forget_snapshot(&mut self) {
        if let Flow::Snapshot { pending } = &mut self.flow {
            *pending = 0;
        }
    }

    fn set_flow(&mut self, flow: Flow) {
        self.paused = false;
        self.flow = flow;
    }

    /// Whether the pipeline has as much under way as it may.
    pub(crate) fn is_full(&self, window: Window) -> bool {
        let window = self.narrowed(window);
        matches!(&self.flow, Flow::Replicate(inflight) if inflight.is_full(window))
    }

    /// The window, or as much of it as a pipeline that broke has left.
    fn narrowed(&self, window: Window) -> Window {
        Window { messages: window.messages.min(self.room), ..window }
    }

    /// AppendEntries with this much was sent.
    pub(crate) fn on_sent(&mut self, entries: u64, bytes: u64, commit: Index, window: Window) {
        let window = self.narrowed(window);
        match &mut self.flow {
            Flow::Replicate(inflight) => {
                if entries > 0 {
                    self.next_index += entries;
                    inflight.add(self.next_index - 1, bytes);
                }
                // A message that fills the window, or comes when it is full, is a probe.
                self.paused = inflight.is_full(window);
            }
            Flow::Probe => self.paused |= entries > 0,
            Flow::Snapshot { .. } => {}
        }
        self.commit_sent = commit;
    }

    /// Whether sending this commit index could tell the follower something: not where one was sent
    /// already that covers all it will hold.
    pub(crate) fn can_bump_commit(&self, commit: Index) -> bool {
        commit > self.commit_sent && self.commit_sent < self.next_index - 1
    }

    /// The follower holds everything up to `index`. True where that is news.
    pub(crate) fn on_accepted(&mut self, index: Index) -> bool {
        if index <= self.match_index {
            return false;
        }
        self.match_index = index;
        self.next_index = self.next_index.max(index + 1);
        self.paused = false;
        self.room = self.room.saturating_add(1);
        true
    }

    pub(crate) fn free_to(&mut self, index: Index) {
        if let Flow::Replicate(inflight) = &mut self.flow {
            inflight.free_to(index);
        }
    }

    /// The follower refused `previous`, which is beyond matchIndex, and the logs may still agree at
    /// `hint`. True where that is the answer to what was sent last: nextIndex is lower then, so
    /// however often the network repeats a refusal, it is heeded once.
    pub(crate) fn on_rejected(&mut self, previous: Index, hint: Index) -> bool {
        match self.flow {
            Flow::Replicate(_) => {
                self.next_index = self.match_index + 1;
                self.room = REOPENED;
            }
            Flow::Probe | Flow::Snapshot { .. } => {
                if self.next_index - 1 != previous {
                    return false;
                }
                self.next_index = previous.min(hint + 1).max(self.match_index + 1);
                self.paused = false;
            }
        }
        self.commit_sent = self.commit_sent.min(self.next_index - 1);
        true
    }

    /// The follower may have lost what it has acknowledged: one probe asks for that.
    pub(crate) fn ask_again(&mut self) {
        self.become_probe();
        self.room = REOPENED;
    }

    /// The follower has lost what it has acknowledged: nothing is known of it, and entries are
    /// sent from here.
    pub(crate) fn forget(&mut self, next: Index) {
        self.match_index = 0;
        self.next_index = next.max(1);
        self.set_flow(Flow::Probe);
        self.room = REOPENED;
        self.commit_sent = self.commit_sent.min(self.next_index - 1);
    }

    /// The progress in etcd's words, for a window of this size.
    pub fn describe(&self, window: Window) -> Described<'_> {
        Described { progress: self, window }
    }
}

/// See [`Progress::describe`].
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    progress: &'a Progress,
    window: Window,
}

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.progress;
        let Progress { match_index, next_index, flow, .. } = progress;
        write!(f, "{} match={match_index} next={next_index}", flow.name())?;
        if progress.is_learner {
            f.write_str(" learner")?;
        }
        if progress.is_paused() {
            f.write_str(" paused")?;
        }
        if let Flow::Snapshot { pending } = flow
            && *pending > 0
        {
            write!(f, " pendingSnap={pending}")?;
        }
        if !progress.recent_active {
            f.write_str(" inactive")?;
        }
        if let Flow::Replicate(inflight) = flow
            && !inflight.is_empty()
        {
            write!(f, " inflight={}", inflight.len())?;
            if inflight.is_full(self.window) {
                f.write_str("[full]")?;
            }
        }
        Ok(())
    }
}
