//! What servers say to each other. The paper's two remote calls, in etcd's shape: heartbeats travel
//! as a message of their own, and every message carries its sender's term (§5.1).

use crate::types::{EntryRef, Index, NodeId, Payload, Position, ReadToken, Snapshot, Term};
use std::fmt;
use std::sync::Arc;

/// One message from one server to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Message {
    /// The sender.
    pub from: NodeId,
    /// The server it is for.
    pub to: NodeId,
    /// The sender's current term when it was sent. A pre-vote and a yes to it carry the term that
    /// the candidate would start; what is passed on for a client carries 0, which is no term. With
    /// 0, anything else counts as stale.
    pub term: Term,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Body {
    /// RequestVote (§5.2): a candidate asks for a vote.
    RequestVote {
        /// The last entry of the candidate's log, for the comparison of §5.4.1.
        last: Position,
        /// Whether the leader itself asked for this election: then nobody holds to that leader.
        transfer: bool,
    },
    /// The answer to RequestVote.
    RequestVoteReply {
        /// Whether the vote was given.
        vote_granted: bool,
    },
    /// A pre-vote (§9.6 of Ongaro's dissertation): would you vote for me in this term?
    PreVote {
        /// The last entry of the sender's log.
        last: Position,
    },
    /// The answer to a pre-vote.
    PreVoteReply {
        /// Whether the vote would be given.
        vote_granted: bool,
    },
    /// AppendEntries (§5.3). With no entries it tells of a new commit index or probes the log.
    AppendEntries {
        /// The entry just before the new ones, for the consistency check.
        previous: Position,
        /// The entries to store, in order, from `previous.index + 1`.
        entries: Vec<EntryRef>,
        /// The leader's commit index.
        commit_index: Index,
    },
    /// The answer to AppendEntries.
    AppendEntriesReply(AppendReply),
    /// A heartbeat (§5.2).
    Heartbeat {
        /// The leader's commit index, at most what the leader knows this follower to hold.
        commit_index: Index,
        /// What the answer is to bring back.
        echo: Echo,
    },
    /// The answer to a heartbeat.
    HeartbeatReply {
        /// What the heartbeat carried.
        echo: Echo,
    },
    /// InstallSnapshot (§7), in one message.
    InstallSnapshot {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
    },
    /// The leader asks this server to start an election at once (§3.10 of the dissertation).
    TimeoutNow,
    /// Somebody asks for leadership to be handed to the sender.
    TransferLeader,
    /// A server that does not lead asks up to where it must apply before it serves a read.
    ReadIndex {
        /// The read.
        token: ReadToken,
    },
    /// The answer to ReadIndex.
    ReadIndexReply {
        /// The read.
        token: ReadToken,
        /// What was committed when the leader was confirmed.
        index: Index,
    },
    /// A client's commands, passed on by a server that does not lead.
    Propose {
        /// What to append to the log.
        payloads: Vec<Payload>,
    },
}

/// What a leader gives its heartbeats, to know which of them are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Echo {
    /// Nothing waits for an answer.
    Nothing,
    /// The latest read that waits for a quorum to confirm the leader (§6.4 of the dissertation).
    Read(ReadToken),
    /// The latest round of heartbeats, counted from 1 in each term: a lease may last from when it
    /// was sent (§6.4.1).
    Round(u64),
    /// The leader has left the cluster, and leads on until a quorum of those who stay has answered.
    Leaving,
}

/// How a follower answers AppendEntries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum AppendReply {
    /// The follower's log equals the leader's up to this index, and is durable up to there.
    Accepted {
        /// The last index known to be equal.
        match_index: Index,
    },
    /// The follower's log has no entry equal to `previous`.
    Rejected {
        /// The index of the `previous` that failed.
        previous_index: Index,
        /// Where the two logs may still agree: the follower's last entry, at or before the one that
        /// failed, whose term is not above the leader's (§5.3, "the protocol can be optimized").
        hint: Position,
    },
    /// The request came from an older term than the follower's (§5.1). The message's own term says
    /// which.
    StaleTerm,
}

impl Message {
    /// Which kind of message this is.
    pub fn kind(&self) -> Kind {
        match &self.body {
            Body::RequestVote { .. } => Kind::Vote,
            Body::RequestVoteReply { .. } => Kind::VoteReply,
            Body::AppendEntries { .. } => Kind::Append,
            Body::AppendEntriesReply(_) => Kind::AppendReply,
            Body::PreVote { .. } => Kind::PreVote,
            Body::PreVoteReply { .. } => Kind::PreVoteReply,
            Body::Heartbeat { .. } => Kind::Heartbeat,
            Body::HeartbeatReply { .. } => Kind::HeartbeatReply,
            Body::InstallSnapshot { .. } => Kind::Snapshot,
            Body::TimeoutNow => Kind::TimeoutNow,
            Body::TransferLeader => Kind::TransferLeader,
            Body::ReadIndex { .. } => Kind::ReadIndex,
            Body::ReadIndexReply { .. } => Kind::ReadIndexReply,
            Body::Propose { .. } => Kind::Propose,
        }
    }
}

/// The kinds of message, by the names that scenario text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u8)]
pub enum Kind {
    /// RequestVote.
    Vote,
    /// Its answer.
    VoteReply,
    /// AppendEntries.
    Append,
    /// Its answer.
    AppendReply,
    /// A heartbeat.
    Heartbeat,
    /// Its answer.
    HeartbeatReply,
    /// A forwarded client command.
    Propose,
    /// A pre-vote.
    PreVote,
    /// Its answer.
    PreVoteReply,
    /// InstallSnapshot.
    Snapshot,
    /// The leader's request to start an election.
    TimeoutNow,
    /// A request to hand leadership over.
    TransferLeader,
    /// A question about a read.
    ReadIndex,
    /// Its answer.
    ReadIndexReply,
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Kind; 14] = [
        Kind::Vote,
        Kind::VoteReply,
        Kind::Append,
        Kind::AppendReply,
        Kind::Heartbeat,
        Kind::HeartbeatReply,
        Kind::Propose,
        Kind::PreVote,
        Kind::PreVoteReply,
        Kind::Snapshot,
        Kind::TimeoutNow,
        Kind::TransferLeader,
        Kind::ReadIndex,
        Kind::ReadIndexReply,
    ];

    /// Whether it belongs to the leader's routine of showing that it is there.
    pub fn is_heartbeat(self) -> bool {
        matches!(self, Kind::Heartbeat | Kind::HeartbeatReply)
    }

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Vote => "vote",
            Kind::VoteReply => "vote-reply",
            Kind::Append => "append",
            Kind::AppendReply => "append-reply",
            Kind::Heartbeat => "heartbeat",
            Kind::HeartbeatReply => "heartbeat-reply",
            Kind::Propose => "propose",
            Kind::PreVote => "pre-vote",
            Kind::PreVoteReply => "pre-vote-reply",
            Kind::Snapshot => "snapshot",
            Kind::TimeoutNow => "timeout-now",
            Kind::TransferLeader => "transfer-leader",
            Kind::ReadIndex => "read-index",
            Kind::ReadIndexReply => "read-index-reply",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
