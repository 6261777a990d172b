//! What is decided in elections.

use super::say;
use crate::words::{Sentence, all_of};
use raft_core::{CampaignRefusal, Denial, NodeId, StepDown, Term};

pub(super) fn term_adopted(id: NodeId, from: NodeId, old: Term, term: Term) -> Sentence {
    say(tr!("{} learns from {} of **term {}** and leaves term {}.", id, from, term, old), "§5.1")
}

pub(super) fn started(id: NodeId, term: Term, lost_leader: Option<NodeId>) -> Sentence {
    let text = match lost_leader {
        Some(leader) => tr!(
            "{} has not heard from {} for its whole election timeout, so it starts \
             **term {}** and asks for votes.",
            id,
            leader,
            term
        ),
        None => tr!(
            "{} knows of no leader and its election timeout ran out, so it starts \
             **term {}** and asks for votes.",
            id,
            term
        ),
    };
    say(text, "RequestVote · §5.2")
}

pub(super) fn pre_vote_started(id: NodeId, term: Term, lost_leader: Option<NodeId>) -> Sentence {
    let text = match lost_leader {
        Some(leader) => tr!(
            "{} has not heard from {}, and asks whether it **could** win term {}.",
            id,
            leader,
            term
        ),
        None => tr!("{} knows of no leader, and asks whether it **could** win term {}.", id, term),
    };
    say(text, "Pre-vote · §9.6 diss.")
}

pub(super) fn campaign_refused(id: NodeId, because: CampaignRefusal) -> Sentence {
    let text = match because {
        CampaignRefusal::NotVoter => tr!("{} does not stand for election: it has no vote.", id),
        CampaignRefusal::ConfigNotTakenUp { index } => tr!(
            "{} does not stand for election: the change of membership at {} is not in force here \
             yet.",
            id,
            index
        ),
        CampaignRefusal::SnapshotPending => {
            tr!("{} does not stand for election: its snapshot is not on disk yet.", id)
        }
    };
    say(text, "§5.2, §6")
}

pub(super) fn pre_vote_granted(id: NodeId, candidate: NodeId, term: Term) -> Sentence {
    say(tr!("{} would vote for {} in term {}.", id, candidate, term), "Pre-vote · §9.6 diss.")
}

pub(super) fn pre_vote_denied(id: NodeId, candidate: NodeId, because: Denial) -> Sentence {
    let text = match because {
        Denial::StaleTerm => {
            tr!("{} would not vote for {}: the candidate’s term is over.", id, candidate)
        }
        Denial::AlreadyVoted { voted_for } => tr!(
            "{} would not vote for {}: it has given its vote of this term to {}.",
            id,
            candidate,
            voted_for
        ),
        Denial::FollowsLeader { leader } => {
            tr!("{} would not vote for {}: it follows {} in this term.", id, candidate, leader)
        }
        Denial::LeaderAlive { leader } => tr!(
            "{} would not vote for {}: it has heard from leader {} lately.",
            id,
            candidate,
            leader
        ),
        Denial::StaleLog { ours, theirs } => tr!(
            "{} would not vote for {}: its own log is more up-to-date (last entry {} of term {}, \
             the candidate’s {} of term {}).",
            id,
            candidate,
            ours.index,
            ours.term,
            theirs.index,
            theirs.term
        ),
    };
    say(text, "Pre-vote · §9.6 diss.")
}

pub(super) fn vote_granted(id: NodeId, candidate: NodeId, term: Term) -> Sentence {
    say(tr!("{} gives {} its **one vote of term {}**.", id, candidate, term), "RequestVote · §5.2")
}

/// Votes for one candidate, by at least one voter.
pub fn votes_granted(voters: &[NodeId], candidate: NodeId, term: Term) -> Sentence {
    match voters {
        [voter] => vote_granted(*voter, candidate, term),
        _ => say(
            tr!("{} give {} their **votes of term {}**.", all_of(voters), candidate, term),
            "RequestVote · §5.2",
        ),
    }
}

pub(super) fn vote_denied(id: NodeId, candidate: NodeId, because: Denial) -> Sentence {
    match because {
        Denial::StaleTerm => say(
            tr!("{} refuses {} its vote: the candidate’s term is over.", id, candidate),
            "RequestVote · §5.1",
        ),
        Denial::AlreadyVoted { voted_for } => say(
            tr!(
                "{} refuses {} its vote: it has given its vote of this term to {}.",
                id,
                candidate,
                voted_for
            ),
            "RequestVote · §5.2",
        ),
        Denial::FollowsLeader { leader } => say(
            tr!("{} refuses {} its vote: it follows {} in this term.", id, candidate, leader),
            "RequestVote · §5.2",
        ),
        Denial::LeaderAlive { leader } => say(
            tr!(
                "{} refuses {} its vote: it has heard from leader {} lately.",
                id,
                candidate,
                leader
            ),
            "RequestVote · §4.2.3 diss.",
        ),
        Denial::StaleLog { ours, theirs } => say(
            tr!(
                "{} refuses {} its vote: its own log is more up-to-date (last entry {} of term \
                 {}, the candidate’s {} of term {}).",
                id,
                candidate,
                ours.index,
                ours.term,
                theirs.index,
                theirs.term
            ),
            "RequestVote · §5.4.1",
        ),
    }
}

/// An answer counted; `count` has the votes so far and those that are needed.
pub(super) fn vote_counted(id: NodeId, from: NodeId, granted: bool, count: (u32, u32)) -> Sentence {
    let (votes, needed) = count;
    let text = match (from == id, granted) {
        (true, _) => {
            tr!("{}’s vote for itself is on disk: **{} of {}** votes.", id, votes, needed)
        }
        (false, true) => tr!("{} has {}’s vote: **{} of {}** needed.", id, from, votes, needed),
        (false, false) => tr!("{} said no to {}: {} of {} votes needed.", from, id, votes, needed),
    };
    say(text, "RequestVote · §5.2")
}

/// The same where a server asks whether it could win.
pub(super) fn pre_vote_counted(
    id: NodeId,
    from: NodeId,
    granted: bool,
    count: (u32, u32),
) -> Sentence {
    let (votes, needed) = count;
    let text = match (from == id, granted) {
        (true, _) => tr!("{} would vote for itself: **{} of {}** pre-votes.", id, votes, needed),
        (false, true) => tr!("{} has {}’s pre-vote: **{} of {}** needed.", id, from, votes, needed),
        (false, false) => {
            tr!("{} would not vote for {}: {} of {} pre-votes needed.", from, id, votes, needed)
        }
    };
    say(text, "Pre-vote · §9.6 diss.")
}

pub(super) fn became_leader(id: NodeId, term: Term, votes: u32) -> Sentence {
    let text = tr!(
        "{} has {} votes and is **leader of term {}**. It appends an empty entry of its own.",
        id,
        votes,
        term
    );
    say(text, "§5.2, §8")
}

pub(super) fn stepped_down(id: NodeId, was_leader: bool, because: StepDown) -> Sentence {
    if was_leader { leader_stepped_down(id, because) } else { candidate_stepped_down(id, because) }
}

fn leader_stepped_down(id: NodeId, because: StepDown) -> Sentence {
    let text = match because {
        StepDown::HigherTerm { term } => {
            tr!("{} is no longer leader: there is a term {}.", id, term)
        }
        StepDown::LeaderElected { leader } => {
            tr!("{} is no longer leader: {} won the election.", id, leader)
        }
        StepDown::VotesLost => tr!("{} is no longer leader: it can no longer win.", id),
        StepDown::QuorumLost => {
            tr!("{} is no longer leader: it has not heard from a majority.", id)
        }
        StepDown::Removed => tr!("{} is no longer leader: it is no longer a voter.", id),
    };
    say(text, "§5.1, §5.2")
}

fn candidate_stepped_down(id: NodeId, because: StepDown) -> Sentence {
    let text = match because {
        StepDown::HigherTerm { term } => {
            tr!("{} is no longer a candidate: there is a term {}.", id, term)
        }
        StepDown::LeaderElected { leader } => {
            tr!("{} is no longer a candidate: {} won the election.", id, leader)
        }
        StepDown::VotesLost => tr!("{} is no longer a candidate: it can no longer win.", id),
        StepDown::QuorumLost => {
            tr!("{} is no longer a candidate: it has not heard from a majority.", id)
        }
        StepDown::Removed => tr!("{} is no longer a candidate: it is no longer a voter.", id),
    };
    say(text, "§5.1, §5.2")
}

pub(super) fn followed(id: NodeId, leader: NodeId, term: Term) -> Sentence {
    say(tr!("{} follows {}, leader of term {}.", id, leader, term), "§5.2")
}

pub(super) fn forgotten(id: NodeId, leader: NodeId) -> Sentence {
    say(tr!("{} forgets that {} leads.", id, leader), "")
}

pub(super) fn stale_message(id: NodeId, from: NodeId, term: Term) -> Sentence {
    say(tr!("{} ignores a message of {} from old term {}.", id, from, term), "§5.1")
}
