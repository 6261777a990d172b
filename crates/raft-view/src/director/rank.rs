//! How much what happens matters to whoever watches.

use raft_core::{Body, Message, Note};
use raft_sim::{Command, Outcome, TraceEvent, What, World};

/// How much something matters to whoever watches, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Never told: heartbeats, timers that are put back, messages as such.
    Routine,
    /// Told where nothing else is to be told.
    Minor,
    /// It decides something: it is told, and held.
    Decisive,
}

/// Above this many requests a second, the load generator's are routine: they cannot be followed one
/// by one.
const FOLLOWED_LOAD: u32 = 10;

/// Whether single requests of the load generator can be followed, if it runs.
pub fn follows_load(world: &World) -> bool {
    world.load().is_none_or(|load| load.per_second <= FOLLOWED_LOAD)
}

/// How much something matters; `load` says whether single requests of the load generator do.
pub fn rank(event: &TraceEvent, load: bool) -> Rank {
    match &event.what {
        What::Decided { note, .. } => note_rank(note, load),
        What::Did(command) => did_rank(command),
        What::Violated(_) => Rank::Decisive,
        What::Answered { number: None, .. } if !load => Rank::Routine,
        What::Answered { outcome, .. } => match outcome {
            Outcome::Waiting => Rank::Routine,
            Outcome::NotLeader { .. } => Rank::Minor,
            Outcome::Ok(_)
            | Outcome::Down { .. }
            | Outcome::ConnectionLost { .. }
            | Outcome::TimedOut
            | Outcome::Overloaded => Rank::Decisive,
        },
        What::ConsoleEnded { .. } => Rank::Decisive,
        What::Asked { number: Some(_), .. } | What::Durable { .. } | What::Lost { .. } => {
            Rank::Minor
        }
        What::Asked { number: None, .. }
        | What::TimerFired { .. }
        | What::Sent { .. }
        | What::Delivered { .. }
        | What::Printed { .. } => Rank::Routine,
    }
}

fn note_rank(note: &Note, load: bool) -> Rank {
    match note {
        Note::Committed { as_leader: true, .. } if load => Rank::Decisive,
        Note::ElectionStarted { .. }
        | Note::PreVoteStarted { .. }
        | Note::CampaignRefused(_)
        | Note::VoteGranted { .. }
        | Note::VoteDenied { .. }
        | Note::PreVoteDenied { .. }
        | Note::BecameLeader { .. }
        | Note::SteppedDown { .. }
        | Note::Truncated { .. }
        | Note::NextIndexLowered { .. }
        | Note::OldTermNotCommitted { .. }
        | Note::SnapshotInstalled { .. }
        | Note::ConfigAppended { .. }
        | Note::ConfigRefused { .. }
        | Note::ConfigImpossible { .. }
        | Note::TransferStarted { .. }
        | Note::TransferAborted { .. }
        | Note::Stopped { .. }
        | Note::AcknowledgedLost { .. }
        | Note::Impossible(_) => Rank::Decisive,
        Note::TermAdopted { .. }
        | Note::PreVoteGranted { .. }
        | Note::VoteCounted { .. }
        | Note::PreVoteCounted { .. }
        | Note::LeaderFollowed { .. }
        | Note::LeaderForgotten { .. }
        | Note::AppendRejected { .. }
        | Note::SnapshotSent { .. }
        | Note::SnapshotIgnored { .. }
        | Note::Compacted { .. }
        | Note::ConfigApplied { .. }
        | Note::LeavingJoint
        | Note::TimeoutNowSent { .. }
        | Note::ReadConfirmed { .. }
        | Note::ReadWaits { .. }
        | Note::ReadUnanswered { .. } => Rank::Minor,
        Note::Appended { .. } | Note::Stored { .. } | Note::Committed { .. } if load => Rank::Minor,
        Note::Appended { .. }
        | Note::Stored { .. }
        | Note::Committed { .. }
        | Note::StaleMessage { .. } => Rank::Routine,
    }
}

/// What somebody has done is always told; what is typed shows in the console.
fn did_rank(command: &Command) -> Rank {
    let is_typed = matches!(
        command,
        Command::Etcdctl(_)
            | Command::Input { .. }
            | Command::EndOfInput(_)
            | Command::Interrupt(_)
    );
    if is_typed { Rank::Minor } else { Rank::Decisive }
}

/// Whether a message matters to whoever watches; `load` says whether single requests of the load
/// generator do. Heartbeats never do.
pub fn follows(message: &Message, load: bool) -> bool {
    match &message.body {
        Body::Heartbeat { .. } | Body::HeartbeatReply { .. } => false,
        Body::AppendEntries { .. } | Body::AppendEntriesReply(_) | Body::Propose { .. } => load,
        Body::RequestVote { .. }
        | Body::RequestVoteReply { .. }
        | Body::PreVote { .. }
        | Body::PreVoteReply { .. }
        | Body::InstallSnapshot { .. }
        | Body::TimeoutNow
        | Body::TransferLeader
        | Body::ReadIndex { .. }
        | Body::ReadIndexReply { .. } => true,
    }
}
