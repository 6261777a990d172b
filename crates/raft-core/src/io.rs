//! What goes into a server and what comes out.

use crate::message::Message;
use crate::note::Note;
use crate::types::{EntryRef, Index, Micros, NodeId, Payload, ReadToken, Snapshot, Term};
use std::sync::Arc;

/// The timers that a server keeps. Each runs at most once at a time; setting it again replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Timer {
    /// A follower or candidate that hears from no leader for this long starts an election (§5.2).
    Election,
    /// A leader sends heartbeats whenever this runs out (§5.2).
    Heartbeat,
    /// A leader checks whether it still hears from a quorum, and gives up a transfer of leadership
    /// that takes too long (§6.2 and §3.10 of Ongaro's dissertation).
    Quorum,
    /// A follower that has heard from its leader refuses to vote for anybody else until this runs
    /// out (§4.2.3 of the dissertation).
    Lease,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Timer; 4] = [Timer::Election, Timer::Heartbeat, Timer::Quorum, Timer::Lease];

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Quorum => "quorum",
            Timer::Lease => "lease",
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Write {
    /// Its number; one more than that of the write before.
    pub id: WriteId,
    /// The current term and the vote in it, where either changed.
    pub hard_state: Option<(Term, Option<NodeId>)>,
    /// A snapshot from the leader: it and an empty log after it replace what is there.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Where the log changed: entries from `first_index` on are replaced by these.
    pub log: Option<LogWrite>,
    /// The commit index as of this write. It goes along with what is written anyway: a server that
    /// comes back must know of committed changes of membership that stand in its log.
    pub commit_index: Index,
}

/// The change that a [`Write`] makes to the log on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    /// A client asks for something to be appended to the log. Answered by [`Output::Proposed`].
    Propose(Payload),
    /// As [`Input::Propose`], and a follower that knows a leader passes it on whatever its
    /// configuration says: so an etcd member treats its clients.
    Submit(Payload),
    /// Several commands at once: all of them or none, in one message to each follower.
    ProposeAll(Vec<Payload>),
    /// A client asks from which index on a linearizable read may be served here. Answered by
    /// [`Output::Read`], in time or never.
    ReadIndex(ReadToken),
    /// Somebody wants this server to lead; whoever leads is asked to hand over.
    TransferLeader(NodeId),
    /// The server stands for election now, whatever its timer says.
    Campaign,
    /// The server forgets who leads, without a new term: it may then vote for somebody else.
    ForgetLeader,
    /// A write, and all before it, is durable. Messages that rest on it go first.
    Persisted(WriteId),
    /// The change of membership at this index, handed out by [`crate::Node::next_apply`], takes
    /// effect. [`Input::Applied`] does this by itself for whatever was left out.
    ApplyConfig(Index),
    /// Everything up to this index is in the state machine.
    Applied(Index),
    /// A snapshot of the state machine is on disk.
    SnapshotSaved(Arc<Snapshot>),
    /// The log up to this index is no longer on disk; a snapshot covers it.
    Compacted(Index),
    /// A message to this server is known not to have arrived.
    Unreachable(NodeId),
    /// The transport knows what became of a snapshot.
    SnapshotSent {
        /// The follower it was for.
        to: NodeId,
        /// Whether it arrived.
        arrived: bool,
    },
}

/// Everything that a server can ask for, in the order in which it is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this message. Whatever it rests on is durable already. One to the server itself goes
    /// back in as [`Input::Receive`].
    Send(Message),
    /// Send this message once the write is durable, before [`Input::Persisted`]: it is a vote or an
    /// acknowledgement that rests on it. One to the server itself goes back in then.
    SendAfter(WriteId, Message),
    /// Make this durable, then say [`Input::Persisted`].
    Persist(Write),
    /// Start this timer with a duration drawn from the range.
    SetTimer(Timer, TimerRange),
    /// Stop this timer.
    CancelTimer(Timer),
    /// A snapshot from the leader is durable: the state machine is what it says.
    Restore(Arc<Snapshot>),
    /// A follower needs a snapshot, and the newest one is from before it joined: take another.
    SnapshotWanted,
    /// A read may be served once everything up to the index is applied here.
    Read {
        /// The read.
        token: ReadToken,
        /// The index.
        index: Index,
    },
    /// What became of an [`Input::Propose`] or an [`Input::Submit`].
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
    /// This server does not lead and has passed it on.
    Forwarded {
        /// To whom.
        leader: NodeId,
    },
    /// The leader does not take it.
    Dropped(Dropped),
}

/// Why a leader does not take a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It is handing leadership over.
    Transferring {
        /// To whom.
        to: NodeId,
    },
    /// It is no longer a member of the cluster.
    NotMember,
    /// Too much is uncommitted already.
    TooMuchUncommitted,
}
