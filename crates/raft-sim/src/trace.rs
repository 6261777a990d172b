//! What happened, as data: each step of a run leaves some of these, for narrator, list and marks.

use crate::client::Outcome;
use crate::command::Command;
use crate::wire::ClientId;
use raft_check::Violation;
use raft_core::{Kind, Micros, NodeId, Note, Term, Timer};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct TraceEvent {
    /// When, in simulated microseconds.
    pub at: Micros,
    /// What.
    pub what: What,
}

impl TraceEvent {
    /// Whether it changes the state of the cluster, rather than being routine.
    pub fn matters(&self) -> bool {
        match &self.what {
            What::Decided { note, .. } => match note {
                Note::TermAdopted { .. }
                | Note::ElectionStarted { .. }
                | Note::VoteGranted { .. }
                | Note::VoteDenied { .. }
                | Note::VoteCounted { .. }
                | Note::PreVoteCounted { .. }
                | Note::BecameLeader { .. }
                | Note::SteppedDown { .. }
                | Note::LeaderFollowed { .. }
                | Note::Appended { .. }
                | Note::Stored { .. }
                | Note::Truncated { .. }
                | Note::AppendRejected { .. }
                | Note::NextIndexLowered { .. }
                | Note::Committed { .. }
                | Note::OldTermNotCommitted { .. }
                | Note::PreVoteStarted { .. }
                | Note::CampaignRefused(_)
                | Note::PreVoteGranted { .. }
                | Note::PreVoteDenied { .. }
                | Note::ConfigAppended { .. }
                | Note::ConfigRefused { .. }
                | Note::ConfigApplied { .. }
                | Note::ConfigImpossible { .. }
                | Note::LeavingJoint
                | Note::SnapshotSent { .. }
                | Note::SnapshotInstalled { .. }
                | Note::SnapshotIgnored { .. }
                | Note::Compacted { .. }
                | Note::TransferStarted { .. }
                | Note::TimeoutNowSent { .. }
                | Note::TransferAborted { .. }
                | Note::ReadConfirmed { .. }
                | Note::ReadWaits { .. }
                | Note::ReadUnanswered { .. }
                | Note::LeaderForgotten { .. }
                | Note::Stopped { .. }
                | Note::AcknowledgedLost { .. }
                | Note::Impossible(_) => true,
                Note::StaleMessage { .. } => false,
            },
            What::Answered { number, .. } => number.is_some(),
            What::LostToClient { client, .. } => !matches!(client, ClientId::Load(_)),
            What::Did(_) | What::Violated(_) | What::ConsoleEnded { .. } => true,
            What::TimerFired { .. }
            | What::Sent { .. }
            | What::Delivered { .. }
            | What::Lost { .. }
            | What::Durable { .. }
            | What::Printed { .. }
            | What::Asked { .. } => false,
        }
    }
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum What {
    /// A server decided something, or gave a reason.
    Decided {
        /// The server.
        server: NodeId,
        /// The decision.
        note: Note,
    },
    /// A timer ran out.
    TimerFired {
        /// The server.
        server: NodeId,
        /// Which timer.
        timer: Timer,
    },
    /// A message was sent.
    Sent {
        /// The sender.
        from: NodeId,
        /// The server it is for.
        to: NodeId,
        /// Its kind.
        kind: Kind,
        /// Its term.
        term: Term,
    },
    /// A message arrived.
    Delivered {
        /// The sender.
        from: NodeId,
        /// The server that got it.
        to: NodeId,
        /// Its kind.
        kind: Kind,
        /// Its term.
        term: Term,
    },
    /// A message was lost.
    Lost {
        /// The sender.
        from: NodeId,
        /// The server it was for.
        to: NodeId,
        /// Its kind.
        kind: Kind,
        /// Why.
        because: LossReason,
    },
    /// A client's request or a server's answer to it was lost.
    LostToClient {
        /// The client.
        client: ClientId,
        /// The server.
        server: NodeId,
        /// Whether it was a request.
        asks: bool,
        /// Why.
        because: WireLoss,
    },
    /// A write became durable.
    Durable {
        /// The server.
        server: NodeId,
    },
    /// A client asked for something.
    Asked {
        /// The request's number among those a person made, if a person made it.
        number: Option<u32>,
        /// The server it went to.
        server: NodeId,
    },
    /// A client's request came to its end, or a try of it did.
    Answered {
        /// The request's number among those a person made, if a person made it.
        number: Option<u32>,
        /// Whether it was a read: one without an answer has had no effect.
        reads: bool,
        /// How.
        outcome: Outcome,
    },
    /// A person, a scenario or a link did something.
    Did(Command),
    /// A safety property was seen broken.
    Violated(Violation),
    /// A console command printed something.
    Printed {
        /// Its number.
        console: u32,
    },
    /// A console command ended.
    ConsoleEnded {
        /// Its number.
        console: u32,
        /// Its exit code.
        exit: i32,
    },
}

/// Why a request or an answer was lost between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireLoss {
    /// The network dropped it by chance: `client-loss`.
    Chance,
    /// The way between them is cut.
    Cut,
    /// Too much is on its way.
    Full,
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// The network dropped it by chance.
    Chance,
    /// Its link is cut or a partition lies across it.
    Cut,
    /// The server it reached is down.
    Down,
    /// A person dropped it.
    Dropped,
    /// Too many messages are in flight.
    Full,
}
