//! What goes into a server and what comes out.

use crate::message::Message;
use crate::note::Note;
use crate::types::{EntryRef, Index, Micros, NodeId, Payload, Term};

/// The timers that a server keeps. Each runs at most once at a time; setting it again replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Timer {
    /// A follower or candidate that hears from no leader for this long starts an election (§5.2).
    Election,
    /// A leader sends heartbeats whenever this runs out (§5.2).
    Heartbeat,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Timer; 2] = [Timer::Election, Timer::Heartbeat];

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
        }
    }
}

/// The range from which a timer's duration is to be drawn, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerRange {
    /// The shortest duration.
    pub min: Micros,
    /// The longest duration.
    pub max: Micros,
}

/// Numbers a server's writes to stable storage, in the order in which they must become durable.
pub type WriteId = u64;

/// What must reach stable storage, all of it or none, before the server is told
/// [`Input::Persisted`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Its number; one more than that of the write before.
    pub id: WriteId,
    /// The current term and the vote in it, where either changed.
    pub hard_state: Option<(Term, Option<NodeId>)>,
    /// Where the log changed: entries from `first_index` on are replaced by these.
    pub log: Option<LogWrite>,
}

/// The change that a [`Write`] makes to the log on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogWrite {
    /// Everything from this index on is dropped first.
    pub first_index: Index,
    /// Then these are appended.
    pub entries: Vec<EntryRef>,
}

/// Everything that can happen to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The server has just started, for the first time or from its durable state.
    Start,
    /// A timer ran out.
    Timer(Timer),
    /// A message arrived.
    Receive(Message),
    /// A client asks for a command to be appended to the log. Answered by [`Output::Proposed`].
    Propose(Payload),
    /// A write, and all before it, is durable.
    Persisted(WriteId),
}

/// Everything that a server can ask for, in the order in which it is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this message. Whatever it rests on is durable already.
    Send(Message),
    /// Make this durable, then say [`Input::Persisted`].
    Persist(Write),
    /// Start this timer with a duration drawn from the range.
    SetTimer(Timer, TimerRange),
    /// Stop this timer.
    CancelTimer(Timer),
    /// These entries are committed and durable here: apply them to the state machine, in order.
    Apply {
        /// The first entry to apply.
        first: Index,
        /// The last entry to apply.
        last: Index,
    },
    /// What became of an [`Input::Propose`].
    Proposed(Proposal),
    /// Why something happened or did not. Changes nothing.
    Note(Note),
}

/// What became of a client's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// This server leads and has appended it. It is not committed yet.
    Appended {
        /// Where it stands in the log.
        index: Index,
        /// The leader's term.
        term: Term,
    },
    /// This server does not lead.
    NotLeader {
        /// The leader it last heard from in this term, if any.
        leader: Option<NodeId>,
    },
}
