//! What several answers say: the same fact in the same words.

use crate::words::span;
pub(super) use crate::words::{all_of as all, any_of as any};
use raft_core::{Micros, NodeId, Term};
use raft_sim::LossReason;

/// The rule about entries of older terms.
pub(crate) const FIGURE_8: &str = "Commit rule · §5.4.2, Figure 8";
/// Elections.
pub(crate) const ELECTION: &str = "§5.2";
/// Votes.
pub(crate) const VOTE: &str = "RequestVote · §5.2";
/// The comparison of logs.
pub(crate) const UP_TO_DATE: &str = "RequestVote · §5.4.1";
/// Pre-votes.
pub(crate) const PRE_VOTE: &str = "Pre-vote · §9.6 diss.";
/// Who has a vote.
pub(crate) const MEMBERS: &str = "Membership · §6, §4.2.1 diss.";
/// What clients do.
pub(crate) const CLIENTS: &str = "§8";
/// Reads past the log.
pub(crate) const READ_INDEX: &str = "ReadIndex · §6.4 diss.";
/// Nobody leads.
pub(crate) const NOBODY_LEADS: &str = key!("Nobody leads.");
/// A client that knows no server to ask.
pub(crate) const KNOWS_NOBODY: &str = key!("The client has nobody to ask.");

/// Why a message was lost.
pub(crate) fn loss(because: LossReason) -> &'static str {
    match because {
        LossReason::Chance => tr!("The network dropped it."),
        LossReason::Cut => tr!("The link was cut."),
        LossReason::Down => tr!("The server was down."),
        LossReason::Dropped => tr!("You dropped it."),
        LossReason::Full => tr!("Too many messages were in flight."),
    }
}

/// Servers that are down.
pub(crate) fn are_down(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} is down.", one),
        _ => tr!("{} are down.", all(ids)),
    }
}

/// Servers that were announced and whose processes have never begun.
pub(crate) fn are_not_started(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} is announced and counts already; nobody has started it.", one),
        _ => tr!("{} are announced and count already; nobody has started them.", all(ids)),
    }
}

/// Servers that are paused.
pub(crate) fn are_paused(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} is paused: it keeps what it has and does nothing.", one),
        _ => tr!("{} are paused: they keep what they have and do nothing.", all(ids)),
    }
}

/// What a paused server must do.
pub(crate) fn must_go_on(id: NodeId) -> String {
    tr!("{} must go on; then it takes what waits in its inbox.", id)
}

/// A server that the leader does not know as a member.
pub(crate) fn is_sent_nothing(leader: NodeId, id: NodeId) -> String {
    tr!("For {}, {} is not a member: it is sent nothing.", leader, id)
}

/// An entry that no write is under way for.
pub(crate) fn is_in_memory_only(id: NodeId) -> String {
    tr!("{} holds it in memory only: its disk does not have it.", id)
}

/// Entries that did not arrive.
pub(crate) fn append_was_lost(leader: NodeId, to: &[NodeId]) -> String {
    tr!("{}’s last AppendEntries to {} was lost.", leader, all(to))
}

/// Entries that wait for the answers to others.
pub(crate) fn is_not_sent(leader: NodeId, to: &[NodeId]) -> String {
    tr!(
        "{} has not sent it to {} yet: it waits for answers to what it sent \
         before.",
        leader,
        all(to)
    )
}

/// Who must be reached first.
pub(crate) fn must_come_back(ids: &[NodeId], center: NodeId) -> String {
    match ids {
        [] => tr!("{} needs a majority of the voters.", center),
        [one] => {
            tr!("{} must be able to answer {} again: without it there is no majority.", one, center)
        }
        _ => tr!(
            "Some of {} must be able to answer {} again: without them there is no \
             majority.",
            all(ids),
            center
        ),
    }
}

/// An answer on its way.
pub(crate) fn answer_comes(voter: NodeId, leader: NodeId, left: Micros) -> String {
    tr!("{}’s answer is on its way and reaches {} in {}.", voter, leader, span(left))
}

/// A server in a higher term.
pub(crate) fn is_ahead(voter: NodeId, term: Term, leader: NodeId, theirs: Term) -> String {
    tr!(
        "{} is in term {} and takes nothing from {}, which leads term {}.",
        voter,
        term,
        leader,
        theirs
    )
}

/// What comes next: the heartbeat.
pub(crate) fn next_retry(leader: NodeId, voter: NodeId, left: Micros) -> String {
    tr!(
        "{}’s next heartbeat goes out in {}; when {} answers it, {} sends \
         again what {} lacks.",
        leader,
        span(left),
        voter,
        leader,
        voter
    )
}

/// What gives a vote.
pub(crate) fn must_become_voter(id: NodeId) -> String {
    tr!("A committed change of membership must make {} a voter.", id)
}

/// It refused; the reason is not remembered.
pub(crate) fn has_refused(voter: NodeId) -> String {
    tr!("{} said no; its reason is no longer remembered.", voter)
}

/// The question is on its way.
pub(crate) fn question_comes(candidate: NodeId, voter: NodeId, left: Micros) -> String {
    tr!("{}’s question reaches {} in {}.", candidate, voter, span(left))
}

/// The question is held.
pub(crate) fn question_is_held(candidate: NodeId, voter: NodeId) -> String {
    tr!("{}’s question to {} is held back on its link.", candidate, voter)
}

/// The question waits.
pub(crate) fn question_in_inbox(voter: NodeId) -> String {
    tr!("The question lies in the inbox of {}, which is paused.", voter)
}

/// The answer waits.
pub(crate) fn answer_in_inbox(candidate: NodeId) -> String {
    tr!("The answer lies in the inbox of {}, which is paused.", candidate)
}

/// A candidate's own vote is written.
pub(crate) fn own_vote_is_written(candidate: NodeId) -> String {
    tr!("{}’s vote for itself counts once it is on its disk.", candidate)
}

/// A vote is written.
pub(crate) fn vote_is_written(voter: NodeId, candidate: NodeId) -> String {
    tr!(
        "{} has voted for {}; the answer leaves once the vote is on {}’s disk.",
        voter,
        candidate,
        voter
    )
}

/// A refusal waits.
pub(crate) fn refusal_is_written(voter: NodeId, candidate: NodeId) -> String {
    tr!(
        "{} has refused {}; the answer leaves once {}’s disk has its term.",
        voter,
        candidate,
        voter
    )
}

/// When a disk is done.
pub(crate) fn disk_is_done(id: NodeId, left: Micros) -> String {
    tr!("{}’s disk is done in {}.", id, span(left))
}

/// The answer is held.
pub(crate) fn vote_is_held(voter: NodeId, candidate: NodeId) -> String {
    tr!("{}’s answer to {} is held back on its link.", voter, candidate)
}

/// The question was lost.
pub(crate) fn question_was_lost(candidate: NodeId, voters: &[NodeId]) -> String {
    tr!("{}’s question to {} was lost.", candidate, all(voters))
}

/// The answer was lost.
pub(crate) fn vote_was_lost(voter: NodeId, candidate: NodeId) -> String {
    tr!("{}’s answer to {} was lost.", voter, candidate)
}

/// A candidate asks again.
pub(crate) fn asks_in_next_term(candidate: NodeId, left: Micros, term: Term) -> String {
    tr!(
        "A candidate asks once a term: unless it wins or hears a leader, {} \
         starts term {} in {}.",
        candidate,
        term,
        span(left)
    )
}

/// A server asks for pre-votes again.
pub(crate) fn pre_asks_again(candidate: NodeId, left: Micros) -> String {
    tr!("Unless it wins or hears a leader, {} asks again in {}.", candidate, span(left))
}
