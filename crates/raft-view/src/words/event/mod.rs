//! What happened, each in one plain sentence.

mod election;
mod leading;
mod membership;
mod replication;

pub use election::votes_granted;

use super::names::message_name;
use super::{Sentence, broken, did};
use crate::clients::client_id;
use raft_core::{Impossible, Kind, NodeId, Note, Timer};
use raft_sim::{Answer, ClientId, LossReason, Outcome, TraceEvent, What, WireLoss, World, text_of};

fn say(text: String, cite: &str) -> Sentence {
    Sentence { text, cite: cite.to_string() }
}

/// What happened, in one plain sentence.
pub fn event(event: &TraceEvent) -> Sentence {
    match &event.what {
        What::Decided { server, note } => decided(*server, note),
        What::TimerFired { server, timer } => timer_fired(*server, *timer),
        What::Printed { console } => say(tr!("Console command {} gets an answer.", console), ""),
        What::ConsoleEnded { console, exit: 0 } => {
            say(tr!("Console command {} is done.", console), "")
        }
        What::ConsoleEnded { console, exit } => {
            say(tr!("Console command {} fails: exit code {}.", console, exit), "")
        }
        What::Sent { from, to, kind, .. } => {
            say(tr!("{} from {} to {} is on its way.", message_name(*kind), from, to), "")
        }
        What::Delivered { from, to, kind, .. } => {
            say(tr!("{} from {} reaches {}.", message_name(*kind), from, to), "")
        }
        What::Lost { from, to, kind, because } => say(lost(*from, *to, *kind, *because), ""),
        What::LostToClient { client, server, asks, because } => {
            say(lost_to_client(*client, *server, *asks, *because), "§8")
        }
        What::Durable { server } => say(tr!("{}’s write is on its disk.", server), "Figure 2"),
        What::Asked { number: Some(number), server } => {
            say(tr!("Request {} goes to {}.", number, server), "§8")
        }
        What::Asked { number: None, server } => {
            say(tr!("A client of the load generator asks {}.", server), "§8")
        }
        What::Answered { number: Some(number), reads, outcome } => {
            say(request_ended(*number, *reads, outcome), "§8")
        }
        What::Answered { number: None, reads, outcome } => {
            say(load_request_ended(*reads, outcome), "§8")
        }
        What::Did(command) => say(did(command), ""),
        What::Violated(violation) => say(broken(violation), "Figure 3"),
    }
}

/// The sentence for when nothing notable has happened lately.
pub fn quiet(world: &World) -> Sentence {
    match world.leader() {
        Some(leader) => {
            say(tr!("{} leads term {}; all is quiet.", leader.id(), leader.node().term()), "")
        }
        None => say(told!("Every server starts as a follower and waits for a leader."), "§5.2"),
    }
}

fn timer_fired(server: NodeId, timer: Timer) -> Sentence {
    match timer {
        Timer::Election => say(tr!("{}’s election timeout ran out.", server), "§5.2"),
        Timer::Heartbeat => say(tr!("{} sends its heartbeats.", server), "Heartbeat · §5.2"),
        Timer::Quorum => {
            say(tr!("{} checks whether it still hears from a majority.", server), "§6.2 diss.")
        }
        Timer::Lease => say(tr!("{} no longer holds to its leader.", server), "§4.2.3 diss."),
    }
}

fn decided(id: NodeId, note: &Note) -> Sentence {
    match note {
        Note::TermAdopted { from, old, term } => election::term_adopted(id, *from, *old, *term),
        Note::ElectionStarted { term, lost_leader } => election::started(id, *term, *lost_leader),
        Note::PreVoteStarted { term, lost_leader } => {
            election::pre_vote_started(id, *term, *lost_leader)
        }
        Note::CampaignRefused(because) => election::campaign_refused(id, *because),
        Note::PreVoteGranted { candidate, term } => {
            election::pre_vote_granted(id, *candidate, *term)
        }
        Note::PreVoteDenied { candidate, because, .. } => {
            election::pre_vote_denied(id, *candidate, *because)
        }
        Note::VoteGranted { candidate, term } => election::vote_granted(id, *candidate, *term),
        Note::VoteDenied { candidate, because, .. } => {
            election::vote_denied(id, *candidate, *because)
        }
        Note::VoteCounted { from, granted, votes, needed, .. } => {
            election::vote_counted(id, *from, *granted, (*votes, *needed))
        }
        Note::PreVoteCounted { from, granted, votes, needed, .. } => {
            election::pre_vote_counted(id, *from, *granted, (*votes, *needed))
        }
        Note::BecameLeader { term, votes } => election::became_leader(id, *term, *votes),
        Note::SteppedDown { was_leader, because, .. } => {
            election::stepped_down(id, *was_leader, *because)
        }
        Note::LeaderFollowed { leader, term } => election::followed(id, *leader, *term),
        Note::LeaderForgotten { leader } => election::forgotten(id, *leader),
        Note::Stopped { commit_index, last } => replication::stopped(id, *commit_index, *last),
        Note::AcknowledgedLost { follower, acknowledged, to } => {
            replication::acknowledged_lost(id, *follower, *acknowledged, *to)
        }
        Note::StaleMessage { from, term } => election::stale_message(id, *from, *term),
        Note::Appended { index, .. } => replication::appended(id, *index),
        Note::Stored { from, first, last } => replication::stored(id, *from, *first, *last),
        Note::Truncated { leader, from, to } => replication::truncated(id, *leader, *from, *to),
        Note::AppendRejected { leader, previous, because } => {
            replication::rejected(id, *leader, *previous, *because)
        }
        Note::NextIndexLowered { follower, from, to } => {
            replication::stepped_back(id, *follower, *from, *to)
        }
        Note::Committed { from, to, as_leader: true } => {
            replication::leader_committed(id, from + 1, *to)
        }
        Note::Committed { from, to, as_leader: false } => {
            replication::commit_learnt(id, from + 1, *to)
        }
        Note::OldTermNotCommitted { index, term } => replication::of_old_term(id, *index, *term),
        Note::SnapshotSent { to, index } => replication::snapshot_sent(id, *to, *index),
        Note::SnapshotInstalled { from, index } => replication::installed(id, *from, *index),
        Note::SnapshotIgnored { from, index } => replication::ignored(id, *from, *index),
        Note::Compacted { index } => replication::compacted(id, *index),
        Note::ConfigAppended { index } => membership::appended(id, *index),
        Note::ConfigRefused { because } => membership::refused(id, *because),
        Note::ConfigApplied { index, joint } => membership::in_force(id, *index, *joint),
        Note::ConfigImpossible { index, because } => membership::impossible(id, *index, because),
        Note::LeavingJoint => membership::leaving(id),
        Note::TransferStarted { to } => leading::transfer_started(id, *to),
        Note::TimeoutNowSent { to } => leading::timeout_now_sent(id, *to),
        Note::TransferAborted { to } => leading::transfer_aborted(id, *to),
        Note::ReadConfirmed { index, .. } => leading::read_confirmed(id, *index),
        Note::ReadWaits { .. } => leading::read_waits(id),
        Note::ReadUnanswered { .. } => leading::read_unanswered(id),
        Note::Impossible(impossible) => say(met_the_impossible(id, impossible), "Figure 3"),
    }
}

fn met_the_impossible(id: NodeId, impossible: &Impossible) -> String {
    match impossible {
        Impossible::TwoLeaders { other, term } => {
            tr!("{} meets what Raft rules out: {} leads term {} as well.", id, other, term)
        }
        Impossible::CommittedEntryReplaced { index } => {
            tr!("{} meets what Raft rules out: committed entry {} is to be replaced.", id, index)
        }
        Impossible::MatchBeyondLog { follower, match_index } => tr!(
            "{} meets what Raft rules out: {} claims to hold index {}, which was never sent.",
            id,
            follower,
            match_index
        ),
        Impossible::SnapshotGoesBack { index, committed } => tr!(
            "{} meets what Raft rules out: a snapshot up to {} replaces what is committed up to \
             {}.",
            id,
            index,
            committed
        ),
        Impossible::CommitBeyondLog { commit_index, last } => tr!(
            "{} meets what Raft rules out: index {} is said to be committed, and its log ends at \
             {}.",
            id,
            commit_index,
            last
        ),
    }
}

fn lost(from: NodeId, to: NodeId, kind: Kind, because: LossReason) -> String {
    let what = message_name(kind);
    match because {
        LossReason::Chance => {
            tr!("{} from {} to {} is lost: the network dropped it.", what, from, to)
        }
        LossReason::Cut => tr!("{} from {} to {} is lost: the link is cut.", what, from, to),
        LossReason::Down => tr!("{} from {} to {} is lost: the server is down.", what, from, to),
        LossReason::Dropped => tr!("{} from {} to {} is lost: you dropped it.", what, from, to),
        LossReason::Full => {
            tr!("{} from {} to {} is lost: too many messages are in flight.", what, from, to)
        }
    }
}

/// What was lost between a client and a server, and why.
fn lost_to_client(client: ClientId, server: NodeId, asks: bool, because: WireLoss) -> String {
    let client = client_id(client);
    match (asks, because) {
        (true, WireLoss::Chance) => {
            tr!("What {} asks of {} is lost: the network dropped it.", client, server)
        }
        (true, WireLoss::Cut) => {
            tr!("What {} asks of {} is lost: the way between them is cut.", client, server)
        }
        (true, WireLoss::Full) => {
            tr!("What {} asks of {} is lost: too much is on its way.", client, server)
        }
        (false, WireLoss::Chance) => {
            tr!("{}’s answer to {} is lost: the network dropped it.", server, client)
        }
        (false, WireLoss::Cut) => {
            tr!("{}’s answer to {} is lost: the way between them is cut.", server, client)
        }
        (false, WireLoss::Full) => {
            tr!("{}’s answer to {} is lost: too much is on its way.", server, client)
        }
    }
}

/// How a request that somebody made by hand ended.
fn request_ended(number: u32, reads: bool, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Waiting => tr!("Request {} has no answer yet.", number),
        Outcome::Ok(Answer::Put { revision }) => {
            tr!("Request {} is carried out: revision {}.", number, revision)
        }
        Outcome::Ok(Answer::Get { value: Some(value) }) => {
            tr!("Request {} reads “{}”.", number, text_of(value))
        }
        Outcome::Ok(Answer::Get { value: None }) => {
            tr!("Request {} finds no such key.", number)
        }
        Outcome::NotLeader { server, leader: Some(leader) } => {
            tr!("Request {} is refused: {} does not lead, {} does.", number, server, leader)
        }
        Outcome::NotLeader { server, leader: None } => {
            tr!("Request {} is refused: {} does not lead and knows no leader.", number, server)
        }
        Outcome::Down { server } => tr!("Request {} is refused: {} is down.", number, server),
        Outcome::ConnectionLost { server } if reads => {
            tr!("Request {} reads nothing: {} went down before it answered.", number, server)
        }
        Outcome::TimedOut if reads => {
            tr!("Request {} reads nothing: the client’s time-out ran out.", number)
        }
        Outcome::ConnectionLost { server } => tr!(
            "What became of request {} is unknown: {} went down before it answered.",
            number,
            server
        ),
        Outcome::TimedOut => {
            tr!("What became of request {} is unknown: the client’s time-out ran out.", number)
        }
        Outcome::Overloaded => {
            tr!("Request {} is refused: too many requests are open.", number)
        }
    }
}

/// How a request of the load generator ended.
fn load_request_ended(reads: bool, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Waiting => told!("A request of the load has no answer yet."),
        Outcome::Ok(Answer::Put { revision }) => {
            tr!("A request of the load is carried out: revision {}.", revision)
        }
        Outcome::Ok(Answer::Get { value: Some(value) }) => {
            tr!("A request of the load reads “{}”.", text_of(value))
        }
        Outcome::Ok(Answer::Get { value: None }) => {
            told!("A request of the load finds no such key.")
        }
        Outcome::NotLeader { server, leader: Some(leader) } => {
            tr!("A request of the load is refused: {} does not lead, {} does.", server, leader)
        }
        Outcome::NotLeader { server, leader: None } => {
            tr!("A request of the load is refused: {} does not lead and knows no leader.", server)
        }
        Outcome::Down { server } => tr!("A request of the load is refused: {} is down.", server),
        Outcome::ConnectionLost { server } if reads => {
            tr!("A read of the load has no answer: {} went down before it answered.", server)
        }
        Outcome::TimedOut if reads => {
            told!("A read of the load has no answer: the client’s time-out ran out.")
        }
        Outcome::ConnectionLost { server } => tr!(
            "What became of a request of the load is unknown: {} went down before it answered.",
            server
        ),
        Outcome::TimedOut => {
            told!("What became of a request of the load is unknown: the client’s time-out ran out.")
        }
        Outcome::Overloaded => {
            told!("A request of the load is refused: too many requests are open.")
        }
    }
}
