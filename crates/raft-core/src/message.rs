//! What servers say to each other. The paper's two remote calls, in etcd's shape: heartbeats travel
//! as a message of their own, and every message carries its sender's term (§5.1).

use crate::types::{EntryRef, Index, NodeId, Payload, Position, Term};
use std::fmt;

/// One message from one server to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender.
    pub from: NodeId,
    /// The server it is for.
    pub to: NodeId,
    /// The sender's current term when it was sent.
    pub term: Term,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// RequestVote (§5.2): a candidate asks for a vote.
    RequestVote {
        /// The last entry of the candidate's log, for the comparison of §5.4.1.
        last: Position,
    },
    /// The answer to RequestVote.
    RequestVoteReply {
        /// Whether the vote was given.
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
    },
    /// The answer to a heartbeat.
    HeartbeatReply,
    /// A client's commands, passed on by a server that does not lead.
    Propose {
        /// What to append to the log.
        payloads: Vec<Payload>,
    },
}

/// How a follower answers AppendEntries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The request came from an older term than the follower's (§5.1).
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
            Body::Heartbeat { .. } => Kind::Heartbeat,
            Body::HeartbeatReply => Kind::HeartbeatReply,
            Body::Propose { .. } => Kind::Propose,
        }
    }
}

/// The kinds of message, by the names that scenario text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Kind; 7] = [
        Kind::Vote,
        Kind::VoteReply,
        Kind::Append,
        Kind::AppendReply,
        Kind::Heartbeat,
        Kind::HeartbeatReply,
        Kind::Propose,
    ];

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
