//! What travels between servers and their threads, and what a `Ready` holds.

use raft_core::{
    EntryRef, Index, Kind, Message, NodeId, Position, ReadToken, Snapshot, Term, WriteId,
};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardState {
    pub term: Term,
    pub vote: u64,
    pub commit: Index,
}

/// The threads that write and apply where storage is asynchronous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    Append,
    Apply,
}

impl Thread {
    pub fn name(self) -> &'static str {
        match self {
            Thread::Append => "AppendThread",
            Thread::Apply => "ApplyThread",
        }
    }
}

/// What travels: messages between servers, and between a server and its own threads.
#[derive(Clone, Debug)]
pub enum Mail {
    Message(Message),
    Append {
        from: NodeId,
        hard_state: Option<HardState>,
        entries: Vec<EntryRef>,
        snapshot: Option<Arc<Snapshot>>,
        responses: Vec<Mail>,
    },
    Apply {
        from: NodeId,
        entries: Vec<EntryRef>,
        responses: Vec<Mail>,
    },
    Appended {
        to: NodeId,
        term: Term,
        last: Option<Position>,
        snapshot: Option<Arc<Snapshot>>,
        write: WriteId,
    },
    Applied {
        to: NodeId,
        entries: Vec<EntryRef>,
    },
}

impl Mail {
    /// The server it is for; 0 for a thread.
    pub fn to(&self) -> NodeId {
        match self {
            Mail::Message(message) => message.to,
            Mail::Append { .. } | Mail::Apply { .. } => NodeId(0),
            Mail::Appended { to, .. } | Mail::Applied { to, .. } => *to,
        }
    }

    /// Whether it stays within one server.
    pub fn is_local(&self) -> bool {
        match self {
            Mail::Message(message) => message.from == message.to,
            Mail::Append { .. }
            | Mail::Apply { .. }
            | Mail::Appended { .. }
            | Mail::Applied { .. } => true,
        }
    }

    pub fn kind_name(&self) -> &'static str {
        match self {
            Mail::Message(message) => kind_name(message.kind()),
            Mail::Append { .. } => "MsgStorageAppend",
            Mail::Apply { .. } => "MsgStorageApply",
            Mail::Appended { .. } => "MsgStorageAppendResp",
            Mail::Applied { .. } => "MsgStorageApplyResp",
        }
    }
}

/// Everything that is to be done now.
#[derive(Clone, Debug, Default)]
pub struct Ready {
    pub soft_state: Option<(u64, &'static str)>,
    pub hard_state: Option<HardState>,
    pub read_states: Vec<(ReadToken, Index)>,
    pub entries: Vec<EntryRef>,
    pub snapshot: Option<Arc<Snapshot>>,
    pub committed: Vec<EntryRef>,
    pub messages: Vec<Mail>,
    pub must_sync: bool,
}

pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Vote => "MsgVote",
        Kind::VoteReply => "MsgVoteResp",
        Kind::Append => "MsgApp",
        Kind::AppendReply => "MsgAppResp",
        Kind::Heartbeat => "MsgHeartbeat",
        Kind::HeartbeatReply => "MsgHeartbeatResp",
        Kind::Propose => "MsgProp",
        Kind::PreVote => "MsgPreVote",
        Kind::PreVoteReply => "MsgPreVoteResp",
        Kind::Snapshot => "MsgSnap",
        Kind::TimeoutNow => "MsgTimeoutNow",
        Kind::TransferLeader => "MsgTransferLeader",
        Kind::ReadIndex => "MsgReadIndex",
        Kind::ReadIndexReply => "MsgReadIndexResp",
    }
}
