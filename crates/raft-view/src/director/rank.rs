//! How much what happens matters to whoever watches.

use raft_core::{Kind, Note};
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
    if !event.matters() {
        return Rank::Routine;
    }
    match &event.what {
        What::Decided { note, .. } => note_rank(note, load),
        What::Did(command) if is_typed(command) => Rank::Minor,
        What::Answered { outcome: Outcome::NotLeader { .. }, .. } => Rank::Minor,
        What::Did(_)
        | What::Answered { .. }
        | What::LostToClient { .. }
        | What::Violated(_)
        | What::ConsoleEnded { .. } => Rank::Decisive,
        What::TimerFired { .. }
        | What::Sent { .. }
        | What::Delivered { .. }
        | What::Lost { .. }
        | What::Durable { .. }
        | What::Asked { .. }
        | What::Printed { .. } => Rank::Routine,
    }
}

/// What is typed shows in the console.
fn is_typed(command: &Command) -> bool {
    matches!(
        command,
        Command::Etcdctl(_)
            | Command::Input { .. }
            | Command::EndOfInput(_)
            | Command::Interrupt(_)
    )
}

/// Of the notes that matter at all, those that decide something.
fn note_rank(note: &Note, load: bool) -> Rank {
    let of_requests =
        matches!(note, Note::Appended { .. } | Note::Stored { .. } | Note::Committed { .. });
    if of_requests && !load {
        return Rank::Routine;
    }
    let decides = matches!(
        note,
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
            | Note::Committed { as_leader: true, .. }
            | Note::OldTermNotCommitted { .. }
            | Note::SnapshotInstalled { .. }
            | Note::ConfigAppended { .. }
            | Note::ConfigRefused { .. }
            | Note::ConfigImpossible { .. }
            | Note::TransferStarted { .. }
            | Note::TransferAborted { .. }
            | Note::Stopped { .. }
            | Note::AcknowledgedLost { .. }
            | Note::Impossible(_)
    );
    if decides { Rank::Decisive } else { Rank::Minor }
}

/// Whether messages of a kind matter to whoever watches; `load` says whether single requests of the
/// load generator do. Heartbeats never do.
pub fn follows(kind: Kind, load: bool) -> bool {
    match kind {
        Kind::Heartbeat | Kind::HeartbeatReply => false,
        Kind::Append | Kind::AppendReply | Kind::Propose => load,
        Kind::Vote
        | Kind::VoteReply
        | Kind::PreVote
        | Kind::PreVoteReply
        | Kind::Snapshot
        | Kind::TimeoutNow
        | Kind::TransferLeader
        | Kind::ReadIndex
        | Kind::ReadIndexReply => true,
    }
}
