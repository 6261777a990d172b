//! Why a candidate lacks a voter's vote.

use super::phrases as words;
use super::reach::{self, Obstacle};
use super::{Answer, Scene, lost_words};
use crate::menu::Selection;
use crate::words::span;
use raft_core::{
    Body, Denial, Input, Kind, Message, Micros, NodeId, Note, Output, Role, Term, Timer,
};
use raft_sim::{Power, Server};

/// An election as its candidate sees it.
#[derive(Clone, Copy)]
struct Ballot {
    voter: NodeId,
    candidate: NodeId,
    term: Term,
    is_pre: bool,
}

/// What is known of a vote that a candidate lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The voter said no; why, where that is remembered or still to be seen.
    Refused(Option<Denial>),
    /// It heard the candidate, and does not listen: it has heard from a leader lately.
    NotHeard(Denial),
    /// The question arrives then; how the voter would answer it as it is now.
    Asked { message: u64, left: Micros, held: bool, would: Option<Denial> },
    /// The question lies in the inbox of the voter, which is paused.
    InInbox,
    /// The voter has answered, and its answer waits for its disk.
    Writing { granted: bool, left: Option<Micros> },
    /// The answer arrives then.
    Answered { message: u64, granted: bool, left: Micros, held: bool },
    /// The answer lies in the inbox of the candidate, which is paused.
    Unread,
    /// The question was lost.
    QuestionLost(&'static str),
    /// The answer was lost.
    AnswerLost(&'static str),
    /// The voter is down or paused, or nothing passes between the two.
    Obstacle(Obstacle),
    /// Nothing is under way between them, and nobody knows why.
    Silent,
}

pub(super) fn vote(scene: Scene<'_>, voter: NodeId, candidate: NodeId) -> Option<Answer> {
    let server = scene.world.server(candidate)?;
    scene.world.server(voter)?;
    let Some(ballot) = ballot(server, voter) else { return refused(scene, voter, candidate) };
    let votes = match server.node().role() {
        Role::Candidate(count) | Role::PreCandidate(count) => &count.votes,
        Role::Follower { .. } | Role::Leader(_) => return None,
    };
    if votes.get(&voter) == Some(&true) {
        return None;
    }
    let question = match (voter == candidate, ballot.is_pre) {
        (true, _) => tr!("Why does {} not count its own vote in term {}?", candidate, ballot.term),
        (false, true) => {
            tr!("Why does {} not have {}’s pre-vote for term {}?", candidate, voter, ballot.term)
        }
        (false, false) => {
            tr!("Why does {} not have {}’s vote in term {}?", candidate, voter, ballot.term)
        }
    };
    let cite = if ballot.is_pre { words::PRE_VOTE } else { words::VOTE };
    let mut said = Answer::new(question, cite);
    if !server.node().membership().is_voter(voter) {
        said.say(tr!(
            "{} does not ask {}: in its configuration {} has no vote.",
            candidate,
            voter,
            voter
        ));
        said.then(words::must_become_voter(voter));
        said.look(Selection::Server(voter));
        said.cite = words::MEMBERS.into();
        return Some(said);
    }
    explain(scene, &mut said, ballot, missing(scene, server, voter));
    again(scene, &mut said, server, ballot);
    Some(said)
}

fn ballot(server: &Server, voter: NodeId) -> Option<Ballot> {
    let term = server.node().term();
    let (term, is_pre) = match server.node().role() {
        Role::Candidate(_) => (term, false),
        Role::PreCandidate(_) => (term + 1, true),
        Role::Follower { .. } | Role::Leader(_) => return None,
    };
    Some(Ballot { voter, candidate: server.id(), term, is_pre })
}

/// What is known of a vote that this candidate does not have.
pub(super) fn missing(scene: Scene<'_>, candidate: &Server, voter: NodeId) -> Missing {
    let world = scene.world;
    let Some(ballot) = ballot(candidate, voter) else { return Missing::Silent };
    let Some(server) = world.server(voter) else { return Missing::Silent };
    let counted = match candidate.node().role() {
        Role::Candidate(count) | Role::PreCandidate(count) => count.votes.get(&voter),
        Role::Follower { .. } | Role::Leader(_) => None,
    };
    if counted == Some(&false) {
        return Missing::Refused(denial(scene, ballot).or_else(|| still_voted(server, ballot)));
    }
    for flight in world.network().in_flight() {
        let (message, held) = (&flight.message, flight.held);
        let left = scene.left(flight.due);
        if asks(message, ballot) {
            let would = would_deny(server, message);
            return Missing::Asked { message: flight.id(), left, held, would };
        }
        if let Some(granted) = answers(message, ballot) {
            return Missing::Answered { message: flight.id(), granted, left, held };
        }
    }
    if server.inbox_messages().any(|message| asks(message, ballot)) {
        return Missing::InInbox;
    }
    if candidate.inbox_messages().any(|message| answers(message, ballot).is_some()) {
        return Missing::Unread;
    }
    let held = server.held().find_map(|(write, message)| Some((write, answers(message, ballot)?)));
    if let Some((write, granted)) = held {
        let due = server.disk().pending().find(|(pending, _)| pending.id >= write);
        return Missing::Writing { granted, left: due.map(|(_, due)| scene.left(due)) };
    }
    if let Some(denial @ Denial::LeaderAlive { .. }) = denial(scene, ballot) {
        return Missing::NotHeard(denial);
    }
    let (ask, reply) = if ballot.is_pre {
        (Kind::PreVote, Kind::PreVoteReply)
    } else {
        (Kind::Vote, Kind::VoteReply)
    };
    if let Some(since) = asked_at(scene, ballot) {
        if let Some(why) = lost_words(scene, reply, (voter, ballot.candidate), since) {
            return Missing::AnswerLost(why);
        }
        if let Some(why) = lost_words(scene, ask, (ballot.candidate, voter), since) {
            return Missing::QuestionLost(why);
        }
    }
    reach::obstacle(world, ballot.candidate, voter).map_or(Missing::Silent, Missing::Obstacle)
}

fn asks(message: &Message, ballot: Ballot) -> bool {
    let fits = if ballot.is_pre {
        matches!(message.body, Body::PreVote { .. })
    } else {
        matches!(message.body, Body::RequestVote { .. })
    };
    let way = (message.from, message.to) == (ballot.candidate, ballot.voter);
    fits && way && message.term == ballot.term
}

/// What this answer to the candidate's question says, if it is one.
fn answers(message: &Message, ballot: Ballot) -> Option<bool> {
    if (message.from, message.to) != (ballot.voter, ballot.candidate) {
        return None;
    }
    if ballot.is_pre {
        let Body::PreVoteReply { vote_granted } = message.body else { return None };
        // A no carries the voter's own term.
        return (!vote_granted || message.term == ballot.term).then_some(vote_granted);
    }
    let Body::RequestVoteReply { vote_granted } = message.body else { return None };
    (message.term >= ballot.term).then_some(vote_granted)
}

/// How the voter would refuse this message, if it got it as it is now: the server itself is asked.
fn would_deny(voter: &Server, message: &Message) -> Option<Denial> {
    if voter.power() != Power::Up {
        return None;
    }
    let mut out = Vec::new();
    voter.node().clone().step(Input::Receive(message.clone()), &mut out);
    out.into_iter().find_map(|output| match output {
        Output::Note(Note::VoteDenied { because, .. } | Note::PreVoteDenied { because, .. }) => {
            Some(because)
        }
        Output::Note(_)
        | Output::Send(_)
        | Output::SendAfter(..)
        | Output::Persist(_)
        | Output::SetTimer(..)
        | Output::CancelTimer(_)
        | Output::Restore(_)
        | Output::SnapshotWanted
        | Output::Read { .. }
        | Output::Proposed(_) => None,
    })
}

/// What the voter last decided about this candidate: when, the term, whether it was a pre-vote, and
/// the reason if it said no.
fn decision(
    scene: Scene<'_>,
    voter: NodeId,
    candidate: NodeId,
) -> Option<(Micros, Term, bool, Option<Denial>)> {
    scene.notes(voter).find_map(|(at, note)| {
        let (whose, term, is_pre, denial) = if let Note::VoteGranted { candidate, term } = note {
            (*candidate, *term, false, None)
        } else if let Note::PreVoteGranted { candidate, term } = note {
            (*candidate, *term, true, None)
        } else if let Note::VoteDenied { candidate, term, because } = note {
            (*candidate, *term, false, Some(*because))
        } else if let Note::PreVoteDenied { candidate, term, because } = note {
            (*candidate, *term, true, Some(*because))
        } else {
            return None;
        };
        (whose == candidate).then_some((at, term, is_pre, denial))
    })
}

/// When the candidate began to ask, if that is remembered.
fn asked_at(scene: Scene<'_>, ballot: Ballot) -> Option<Micros> {
    scene.notes(ballot.candidate).find_map(|(at, note)| {
        let began = if let Note::ElectionStarted { term, .. } = note {
            (*term, false)
        } else if let Note::PreVoteStarted { term, .. } = note {
            (*term, true)
        } else {
            return None;
        };
        (began == (ballot.term, ballot.is_pre)).then_some(at)
    })
}

fn denial(scene: Scene<'_>, ballot: Ballot) -> Option<Denial> {
    let (_, term, is_pre, denial) = decision(scene, ballot.voter, ballot.candidate)?;
    denial.filter(|_| (term, is_pre) == (ballot.term, ballot.is_pre))
}

/// The voter's vote of this term can still be seen.
fn still_voted(voter: &Server, ballot: Ballot) -> Option<Denial> {
    let voted_for = voter.node().vote().filter(|_| voter.node().term() == ballot.term)?;
    (voted_for != ballot.candidate).then_some(Denial::AlreadyVoted { voted_for })
}

/// Whether the voter's last word to the candidate was no, not longer ago than two elections take.
pub(super) fn was_refused(scene: Scene<'_>, voter: NodeId, candidate: NodeId) -> bool {
    let lately = 2 * scene.world.live_of(candidate).election_timeout.max;
    decision(scene, voter, candidate)
        .is_some_and(|(at, _, _, denial)| denial.is_some() && at + lately >= scene.world.now())
}

/// A refusal of an election that is over.
fn refused(scene: Scene<'_>, voter: NodeId, candidate: NodeId) -> Option<Answer> {
    let (_, term, is_pre, because) = decision(scene, voter, candidate)?;
    let because = because?;
    let question = if is_pre {
        tr!("Why did {} refuse {} its pre-vote for term {}?", voter, candidate, term)
    } else {
        tr!("Why did {} refuse {} its vote in term {}?", voter, candidate, term)
    };
    let mut said = Answer::new(question, if is_pre { words::PRE_VOTE } else { words::VOTE });
    deny(scene, &mut said, voter, candidate, because);
    let server = scene.world.server(candidate)?;
    if server.is_live_leader() {
        said.say(tr!("By now {} leads term {} without it.", candidate, server.node().term()));
    } else if let Some(timer) = server.timer(Timer::Election).filter(|_| server.is_live()) {
        said.then(tr!(
            "{} stands again if it hears from no leader and gives no vote for {}.",
            candidate,
            span(scene.left(timer.deadline))
        ));
    }
    Some(said)
}

fn deny(scene: Scene<'_>, said: &mut Answer, voter: NodeId, candidate: NodeId, because: Denial) {
    said.look(Selection::Server(voter));
    let at = |id: NodeId, index: u64| {
        let log = scene.world.server(id).map(|server| server.node().log());
        log.and_then(|log| log.get(index)).map(|entry| Selection::Entry(id, entry.index))
    };
    match because {
        Denial::AlreadyVoted { voted_for } => {
            said.say(has_voted(voter, voted_for));
            said.look(Selection::Server(voted_for));
        }
        Denial::FollowsLeader { leader } => {
            said.say(tr!("{} follows {}, which leads that term already.", voter, leader));
            said.look(Selection::Server(leader));
        }
        Denial::LeaderAlive { leader } => {
            said.say(tr!(
                "{} has heard from leader {} within the shortest election timeout, so \
                 it does not listen to candidates.",
                voter,
                leader
            ));
            said.cite = "Check-quorum · §4.2.3 and §6.2 diss.".into();
            said.look(Selection::Server(leader));
        }
        Denial::StaleLog { ours, theirs } => {
            said.say(tr!(
                "{}’s log is more up-to-date: its last entry is index {} of term {}, \
                 {}’s is index {} of term {}.",
                voter,
                ours.index,
                ours.term,
                candidate,
                theirs.index,
                theirs.term
            ));
            said.cite = words::UP_TO_DATE.into();
            for at in [at(voter, ours.index), at(candidate, theirs.index)].into_iter().flatten() {
                said.look(at);
            }
        }
        Denial::StaleTerm => {
            let term = scene.world.server(voter).map_or(0, |server| server.node().term());
            said.say(tr!("That term was over for {}, which is in term {} now.", voter, term));
            said.cite = "RequestVote · §5.1".into();
        }
    }
}

fn explain(scene: Scene<'_>, said: &mut Answer, ballot: Ballot, missing: Missing) {
    let Ballot { voter, candidate, .. } = ballot;
    match missing {
        Missing::Refused(Some(because)) | Missing::NotHeard(because) => {
            deny(scene, said, voter, candidate, because);
        }
        Missing::Refused(None) => said.say(words::has_refused(voter)),
        Missing::Asked { message, left, held, would } => {
            said.look(Selection::Message(message));
            said.say(if held {
                words::question_is_held(candidate, voter)
            } else {
                words::question_comes(candidate, voter, left)
            });
            if let Some(because) = would {
                said.say(tr!("As things are, {} will refuse.", voter));
                deny(scene, said, voter, candidate, because);
            }
        }
        Missing::InInbox => said.say(words::question_in_inbox(voter)),
        Missing::Unread => said.say(words::answer_in_inbox(candidate)),
        Missing::Writing { granted, left } => {
            said.say(match (voter == candidate, granted) {
                (true, _) => words::own_vote_is_written(candidate),
                (false, true) => words::vote_is_written(voter, candidate),
                (false, false) => words::refusal_is_written(voter, candidate),
            });
            said.cite = "Persistent state · Figure 2".into();
            if let Some(left) = left {
                said.then(words::disk_is_done(voter, left));
            }
        }
        Missing::Answered { message, granted, left, held } => {
            said.look(Selection::Message(message));
            said.say(if granted {
                tr!("{} has given it.", voter)
            } else {
                tr!("{} has refused it.", voter)
            });
            said.say(if held {
                words::vote_is_held(voter, candidate)
            } else {
                tr!("The answer reaches {} in {}.", candidate, span(left))
            });
            if let Some(because) = denial(scene, ballot).filter(|_| !granted) {
                deny(scene, said, voter, candidate, because);
            }
        }
        Missing::QuestionLost(why) => {
            said.say(words::question_was_lost(candidate, &[voter]));
            said.say(why);
        }
        Missing::AnswerLost(why) => {
            said.say(words::vote_was_lost(voter, candidate));
            said.say(why);
        }
        Missing::Obstacle(obstacle) => {
            said.say(obstacle.words());
            said.look(obstacle.place());
        }
        Missing::Silent => said.say(tr!(
            "Neither {}’s question to {} nor an answer is under way now.",
            candidate,
            voter
        )),
    }
    said.look(Selection::Server(voter));
}

/// A candidate asks once in each term.
fn again(scene: Scene<'_>, said: &mut Answer, candidate: &Server, ballot: Ballot) {
    let Some(timer) = candidate.timer(Timer::Election).filter(|_| candidate.is_live()) else {
        return;
    };
    let left = scene.left(timer.deadline);
    said.then(if ballot.is_pre {
        words::pre_asks_again(ballot.candidate, left)
    } else {
        words::asks_in_next_term(ballot.candidate, left, ballot.term + 1)
    });
}

/// Voted for another.
fn has_voted(voter: NodeId, other: NodeId) -> String {
    if voter == other {
        return tr!("{} has given its one vote of that term to itself.", voter);
    }
    tr!("{} has given its one vote of that term to {}.", voter, other)
}
