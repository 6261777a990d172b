//! What a cluster asks of a server, whichever kind it is.

use crate::disk::Disk;
use crate::machine::{Applied, Machine};
use crate::settings::Pace;
use crate::translate::{self, TranslateError};
use raft::eraftpb;
use raft_core::{Index, Log, Membership, Message, NodeId, Payload, ReadToken, Term};
use std::sync::Arc;

/// A message as its sender made it.
#[derive(Clone, Debug)]
pub(crate) enum Wire {
    Ours(Message),
    Theirs(eraftpb::Message),
}

impl Wire {
    /// In our form, whoever made it.
    pub(crate) fn to_ours(&self) -> Result<Message, TranslateError> {
        match self {
            Wire::Ours(message) => Ok(message.clone()),
            Wire::Theirs(message) => translate::to_ours(message),
        }
    }

    /// In tikv's form, whoever made it.
    pub(crate) fn into_theirs(self) -> Result<eraftpb::Message, TranslateError> {
        match self {
            Wire::Ours(message) => translate::to_theirs(&message),
            Wire::Theirs(message) => Ok(message),
        }
    }

    pub(crate) fn to(&self) -> NodeId {
        match self {
            Wire::Ours(message) => message.to,
            Wire::Theirs(message) => NodeId(message.to),
        }
    }

    pub(crate) fn is_snapshot(&self) -> bool {
        match self {
            Wire::Ours(message) => message.kind() == raft_core::Kind::Snapshot,
            Wire::Theirs(message) => message.get_msg_type() == eraftpb::MessageType::MsgSnapshot,
        }
    }
}

/// What a server did that others can see.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) mail: Vec<Wire>,
    pub(crate) reads: Vec<(ReadToken, Index)>,
    pub(crate) applied: Vec<Applied>,
    /// The lowest index of the log that was written or removed.
    pub(crate) written_from: Option<Index>,
    /// A message that could not be translated.
    pub(crate) untranslatable: Option<TranslateError>,
}

impl Outbox {
    pub(crate) fn wrote_from(&mut self, index: Index) {
        let from = self.written_from.unwrap_or(Index::MAX);
        self.written_from = Some(from.min(index));
    }
}

/// A server as it stands.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) term: Term,
    pub(crate) is_leader: bool,
    pub(crate) log: &'a Log,
    pub(crate) commit_index: Index,
    pub(crate) machine: Machine,
    pub(crate) membership: Arc<Membership>,
}

/// A server with its disk, its state machine and its clock.
pub(crate) trait Server {
    /// Its clock moves on by one tick.
    fn tick(&mut self);
    /// A message arrives.
    fn receive(&mut self, wire: Wire);
    /// A client wants this appended to the log.
    fn propose(&mut self, payload: Payload);
    /// A client wants to read.
    fn read(&mut self, token: ReadToken);
    /// Somebody wants leadership to go there.
    fn transfer(&mut self, to: NodeId);
    /// The transport knows what became of a snapshot.
    fn snapshot_sent(&mut self, to: NodeId, arrived: bool);
    /// The transport knows that a message did not arrive.
    fn unreachable(&mut self, to: NodeId);
    /// The oldest write under way becomes durable. False where there is none.
    fn sync(&mut self) -> bool;
    /// The state machine takes what is ready for it. False where there is nothing.
    fn apply(&mut self) -> bool;
    /// The state machine is written to disk and the log dropped but for this many entries.
    fn snapshot(&mut self, keep: u64);
    /// Loses everything but what is durable, and perhaps some of the oldest writes under way.
    fn crash(&mut self);
    /// Starts, for the first time or from its disk.
    fn start(&mut self);
    /// From here on this is when writes are durable and entries applied.
    fn set_pace(&mut self, pace: Pace);
    fn view(&self) -> View<'_>;
    fn disk(&self) -> &Disk;
    fn outbox(&mut self) -> &mut Outbox;
}
