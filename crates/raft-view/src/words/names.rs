//! What roles, timers, messages, properties and outcomes are called.

use super::span;
use crate::lang::look_up;
use raft_core::{Kind, Micros, RoleKind, Timer};
use raft_sim::{Answer, Outcome, Power, Server, Standing, text_of};

/// How a server stands: `leader`, `crashed`.
pub fn role(server: &Server) -> &'static str {
    look_up(match (server.power(), server.node().role().kind()) {
        (Power::Crashed, _) => match server.standing() {
            Standing::Known => key!("crashed"),
            Standing::Announced => key!("not started"),
            Standing::Removed => key!("removed"),
        },
        (Power::Paused, _) => key!("paused"),
        (Power::Up, _) if server.is_learner() => key!("learner"),
        (Power::Up, RoleKind::Leader) => key!("leader"),
        (Power::Up, RoleKind::Candidate) => key!("candidate"),
        (Power::Up, RoleKind::PreCandidate) => key!("pre-candidate"),
        (Power::Up, RoleKind::Follower) => key!("follower"),
    })
}

/// How long a timer still runs.
pub fn timer_left(timer: Timer, left: Micros) -> String {
    let left = span(left);
    match timer {
        Timer::Election => tr!("Election timer: {} left", left),
        Timer::Heartbeat => tr!("Heartbeat timer: {} left", left),
        Timer::Quorum => tr!("Quorum timer: {} left", left),
        Timer::Lease => tr!("Lease timer: {} left", left),
    }
}

/// A kind of message: by the paper's name, or what it does.
pub fn message_name(kind: Kind) -> &'static str {
    look_up(match kind {
        Kind::Vote => "RequestVote",
        Kind::VoteReply => key!("Answer to RequestVote"),
        Kind::Append => "AppendEntries",
        Kind::AppendReply => key!("Answer to AppendEntries"),
        Kind::Heartbeat => key!("Heartbeat"),
        Kind::HeartbeatReply => key!("Answer to a heartbeat"),
        Kind::Propose => key!("Forwarded command"),
        Kind::PreVote => key!("Pre-vote"),
        Kind::PreVoteReply => key!("Answer to a pre-vote"),
        Kind::Snapshot => "InstallSnapshot",
        Kind::TimeoutNow => "TimeoutNow",
        Kind::TransferLeader => key!("Request to hand over"),
        Kind::ReadIndex => "ReadIndex",
        Kind::ReadIndexReply => key!("Answer to ReadIndex"),
    })
}

/// A property by its name in Figure 3.
pub fn property(property: raft_check::Property) -> &'static str {
    use raft_check::Property;
    look_up(match property {
        Property::ElectionSafety => key!("Election Safety"),
        Property::LeaderAppendOnly => key!("Leader Append-Only"),
        Property::LogMatching => key!("Log Matching"),
        Property::LeaderCompleteness => key!("Leader Completeness"),
        Property::StateMachineSafety => key!("State Machine Safety"),
        Property::CommittedOnQuorum => key!("Committed on a quorum"),
        Property::CommittedImmutable => key!("Committed entries never change"),
        Property::MonotonicState => key!("State never goes back"),
        Property::Durability => key!("Durability"),
        Property::QuorumOverlap => key!("Quorums overlap"),
        Property::Linearizability => key!("Linearizability"),
        Property::LeaderStability => key!("Leader stability"),
        Property::Progress => key!("Progress"),
    })
}

/// How a request stands; `reads` where it changes nothing.
pub fn outcome(outcome: &Outcome, reads: bool) -> String {
    match outcome {
        Outcome::Waiting => told!("no answer yet"),
        Outcome::Ok(Answer::Put { revision }) => tr!("ok, revision {}", revision),
        Outcome::Ok(Answer::Get { value: Some(value) }) => text_of(value),
        Outcome::Ok(Answer::Get { value: None }) => told!("no such key"),
        Outcome::NotLeader { server, leader: Some(leader) } => {
            tr!("refused: {} does not lead, {} does", server, leader)
        }
        Outcome::NotLeader { server, leader: None } => {
            tr!("refused: {} does not lead and knows no leader", server)
        }
        Outcome::Down { server } => tr!("refused: {} is down", server),
        Outcome::ConnectionLost { server } if reads => {
            tr!("no answer: {} went down before it answered", server)
        }
        Outcome::TimedOut if reads => told!("no answer: the client’s time-out ran out"),
        Outcome::ConnectionLost { server } => {
            tr!("unknown: {} went down before it answered", server)
        }
        Outcome::TimedOut => told!("unknown: the client’s time-out ran out"),
        Outcome::Overloaded => told!("refused: too many requests are open"),
    }
}
