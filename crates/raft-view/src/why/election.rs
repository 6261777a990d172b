//! Why nobody leads, and what every candidate lacks.

use super::phrases as words;
use super::phrases::{all, question_comes};
use super::reach::{self, Side, halves};
use super::vote::{Missing, missing};
use super::{Answer, Scene, lead};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::span;
use raft_core::Denial;
use raft_core::quorum::VoteResult;
use raft_core::{Candidate, Micros, NodeId, Role, Rule, Timer};
use raft_sim::{Power, Server};

pub(super) fn elect(scene: Scene<'_>) -> Option<Answer> {
    let world = scene.world;
    if world.leader().is_some() {
        return None;
    }
    let mut said = Answer::new(told!("Why does nobody lead?"), words::ELECTION);
    said.say(look_up(words::NOBODY_LEADS));
    let live: Vec<&Server> = world.servers().iter().filter(|server| server.is_live()).collect();
    if reach::needs_majority(world) && !live.iter().any(|server| can_win(scene, server)) {
        no_majority(scene, &mut said, &live);
        return Some(said);
    }
    if !live.iter().any(|server| standing(server).is_some()) {
        said.say(nobody_stands(scene));
    }
    rivals(scene, &mut said, &live);
    first_to_time_out(scene, &mut said, &live);
    Some(said)
}

/// Whether a server reaches enough voters to be elected.
fn can_win(scene: Scene<'_>, server: &Server) -> bool {
    let membership = server.node().membership();
    let reached = reach::talks_to(scene.world, server.id(), membership);
    // Who has left may stand too, as long as others do not know that it has.
    !membership.is_learner(server.id()) && reach::is_quorum(membership, &reached)
}

/// Too few voters reach each other.
fn no_majority(scene: Scene<'_>, said: &mut Answer, live: &[&Server]) {
    let (world, membership) = (scene.world, scene.world.membership());
    let reached = live.iter().map(|server| reach::talks_to(world, server.id(), membership));
    // Of groups of the same size the first.
    let most = reached.rev().max_by_key(Vec::len).unwrap_or_default();
    for half in &halves(world, membership, Rule::MajorityElects) {
        let (group, needed) = (half.of(&most), half.needed);
        said.say(match half.side {
            Side::Only => majority_must_reach(&group, needed, half.voters.len()),
            Side::New => new_must_reach(&group, needed),
            Side::Old => old_must_reach(&group, needed),
        });
    }
    if membership.is_joint() {
        said.then(tr!(
            "In each of the two configurations a majority must run and reach each other \
             before anyone can be elected."
        ));
        said.cite = "Joint consensus · §6".into();
    } else {
        said.then(tr!(
            "A majority of the voters must run and reach each other before anyone can be elected."
        ));
    }
    let down = world.servers().iter().filter(|server| !server.is_live());
    said.look_at(&down.map(Server::id).collect::<Vec<_>>());
}

/// What became of the leader before, where nobody has stood for election since.
fn nobody_stands(scene: Scene<'_>) -> String {
    let Some((term, id)) = scene.world.last_leader() else {
        return tr!("Nobody has stood for election yet.").into();
    };
    match scene.world.server(id).map(Server::power) {
        Some(Power::Crashed) => {
            tr!("{}, the leader of term {}, is down, and nobody stands for election.", id, term)
        }
        Some(Power::Paused) => {
            tr!("{}, the leader of term {}, is paused, and nobody stands for election.", id, term)
        }
        Some(Power::Up) | None => {
            tr!(
                "{}, the leader of term {}, leads no longer, and nobody stands for election.",
                id,
                term
            )
        }
    }
}

/// What those who stand in the highest term have got.
fn rivals(scene: Scene<'_>, said: &mut Answer, live: &[&Server]) {
    let candidates: Vec<(&Server, &Candidate)> =
        live.iter().filter_map(|server| Some((*server, standing(server)?))).collect();
    let top = candidates.iter().map(|(server, _)| server.node().term()).max();
    let rivals = candidates.into_iter().filter(|(server, _)| Some(server.node().term()) == top);
    let rivals: Vec<_> = rivals.collect();
    let pre = |server: &Server| matches!(server.node().role(), Role::PreCandidate(_));
    for (server, count) in &rivals {
        let term = server.node().term() + u64::from(pre(server));
        if server.node().membership().is_joint() {
            let votes = count.votes.iter().filter(|(_, granted)| **granted);
            let yes: Vec<NodeId> = votes.map(|(voter, _)| *voter).collect();
            lead::votes_in_both(scene, said, server, term, &yes);
            said.cite = "Joint consensus · §6".into();
        } else {
            said.say(votes_so_far(server, count));
        }
        said.look(Selection::Server(server.id()));
    }
    let ids: Vec<NodeId> = rivals.iter().map(|(server, _)| server.id()).collect();
    let is_split = ids.len() > 1 && !rivals.iter().any(|(server, _)| pre(server));
    if let Some(term) = top.filter(|_| is_split) {
        said.say(tr!("The votes of term {} are split between {}.", term, all(&ids)));
        said.cite = "Split vote · §5.2".into();
        if !rivals.iter().any(|(server, count)| could_win(scene, server, count)) {
            said.say(tr!("None of them can win term {} now.", term));
        }
    }
}

/// The voters that reach each other, too few for a majority.
fn majority_must_reach(group: &[NodeId], needed: usize, voters: usize) -> String {
    match group {
        [] => tr!(
            "No server reaches a majority: {} of {} voters must reach each other, and none of \
             them runs.",
            needed,
            voters
        ),
        [_] => tr!(
            "No server reaches a majority: {} of {} voters must reach each other, and no two of \
             them do.",
            needed,
            voters
        ),
        _ => tr!(
            "No server reaches a majority: {} of {} voters must reach each other, and the \
             largest group that does is {}.",
            needed,
            voters,
            all(group)
        ),
    }
}

/// The same in the new of two configurations.
fn new_must_reach(group: &[NodeId], needed: usize) -> String {
    match group {
        [] => tr!(
            "No server reaches both majorities: in the new configuration {} must reach each \
             other, and none of its voters is within reach.",
            needed
        ),
        [one] => tr!(
            "No server reaches both majorities: in the new configuration {} must reach each \
             other, and only {} is within reach.",
            needed,
            one
        ),
        _ => tr!(
            "No server reaches both majorities: in the new configuration {} must reach each \
             other, and {} do.",
            needed,
            all(group)
        ),
    }
}

/// The same in the old one.
fn old_must_reach(group: &[NodeId], needed: usize) -> String {
    match group {
        [] => tr!(
            "In the old configuration {} must reach each other, and none of its voters is within \
             reach.",
            needed
        ),
        [one] => tr!(
            "In the old configuration {} must reach each other, and only {} is within reach.",
            needed,
            one
        ),
        _ => {
            tr!("In the old configuration {} must reach each other, and {} do.", needed, all(group))
        }
    }
}

/// How many votes a candidate has, where there is one configuration.
fn votes_so_far(server: &Server, count: &Candidate) -> String {
    let yes = count.votes.values().filter(|granted| **granted).count();
    match server.node().role() {
        Role::PreCandidate(_) => {
            tr!(
                "{} asks whether it could win term {}: {} of {} pre-votes.",
                server.id(),
                server.node().term() + 1,
                yes,
                needed(server)
            )
        }
        Role::Candidate(_) | Role::Follower { .. } | Role::Leader(_) => {
            tr!(
                "{} stands in term {}: {} of {} votes.",
                server.id(),
                server.node().term(),
                yes,
                needed(server)
            )
        }
    }
}

fn standing(server: &Server) -> Option<&Candidate> {
    match server.node().role() {
        Role::Candidate(count) | Role::PreCandidate(count) => Some(count),
        Role::Follower { .. } | Role::Leader(_) => None,
    }
}

/// How many votes it needs; in a joint configuration, of those that come in.
pub(super) fn needed(server: &Server) -> usize {
    let needed = server.node().quorum();
    let rules = server.node().config().rules;
    if rules.holds(Rule::MajorityElects) { needed } else { needed.saturating_sub(1) }
}

/// Whether the answers that it lacks could still elect it.
pub(super) fn could_win(scene: Scene<'_>, server: &Server, count: &Candidate) -> bool {
    let votes = |voter: NodeId| count.votes.get(&voter).copied();
    !reach::needs_majority(scene.world)
        || server.node().membership().vote_result(votes) != VoteResult::Lost
}

fn first_to_time_out(scene: Scene<'_>, said: &mut Answer, live: &[&Server]) {
    let voters = live.iter().filter(|s| s.node().membership().is_voter(s.id()));
    let timers = voters.filter_map(|server| {
        Some((scene.left(server.timer(Timer::Election)?.deadline), server.id()))
    });
    let Some((left, first)) = timers.min() else { return };
    said.then(tr!(
        "{}’s election timer runs out first, in {}; then it stands for \
         election, unless it hears from a leader or gives a vote before.",
        first,
        span(left)
    ));
    said.look(Selection::Server(first));
}

/// Says who has not voted for a candidate, and why.
pub(super) fn ballots(
    scene: Scene<'_>,
    said: &mut Answer,
    candidate: &Server,
    count: &Candidate,
) -> Option<Micros> {
    let mut soonest: Option<Micros> = None;
    let (mut silent, mut asked, mut asked_left) = (Vec::new(), Vec::new(), Micros::MAX);
    let mut lost: Vec<(&'static str, Vec<NodeId>)> = Vec::new();
    let id = candidate.id();
    for voter in candidate.node().membership().all_voters() {
        if count.votes.get(&voter) == Some(&true) {
            continue;
        }
        match missing(scene, candidate, voter) {
            Missing::Refused(because) => said.say(match because {
                Some(because) => refused_because(voter, because),
                None => words::has_refused(voter),
            }),
            Missing::NotHeard(because) => said.say(refused_because(voter, because)),
            Missing::Asked { held: true, .. } => said.say(words::question_is_held(id, voter)),
            Missing::Asked { left, .. } => {
                asked.push(voter);
                asked_left = asked_left.min(left);
            }
            Missing::InInbox => said.say(words::question_in_inbox(voter)),
            Missing::Unread => said.say(words::answer_in_inbox(id)),
            Missing::Writing { granted, .. } => said.say(match (voter == id, granted) {
                (true, _) => words::own_vote_is_written(id),
                (false, true) => words::vote_is_written(voter, id),
                (false, false) => words::refusal_is_written(voter, id),
            }),
            Missing::Answered { held: true, .. } => said.say(words::vote_is_held(voter, id)),
            Missing::Answered { left, .. } => {
                said.say(words::answer_comes(voter, id, left));
                soonest = Some(soonest.map_or(left, |least| least.min(left)));
            }
            Missing::QuestionLost(why) => match lost.iter_mut().find(|(known, _)| *known == why) {
                Some((_, voters)) => voters.push(voter),
                None => lost.push((why, vec![voter])),
            },
            Missing::AnswerLost(why) => {
                said.say(words::vote_was_lost(voter, id));
                said.say(why);
            }
            Missing::Obstacle(obstacle) => said.say(obstacle.words()),
            Missing::Silent => silent.push(voter),
        }
    }
    if !asked.is_empty() {
        said.say(questions_come(id, &asked, asked_left));
    }
    for (why, voters) in lost {
        said.say(words::question_was_lost(id, &voters));
        said.say(why);
    }
    if !silent.is_empty() {
        said.say(have_not_answered(&silent));
    }
    soonest
}

/// Refused, in a sentence among others.
fn refused_because(voter: NodeId, because: Denial) -> String {
    match because {
        Denial::StaleTerm => tr!("{} refuses: the candidate’s term is over.", voter),
        Denial::AlreadyVoted { voted_for } => {
            tr!("{} refuses: it has given its vote of this term to {}.", voter, voted_for)
        }
        Denial::FollowsLeader { leader } => {
            tr!("{} refuses: it follows {} in this term.", voter, leader)
        }
        Denial::LeaderAlive { leader } => {
            tr!("{} refuses: it has heard from leader {} lately.", voter, leader)
        }
        Denial::StaleLog { ours, theirs } => tr!(
            "{} refuses: its own log is more up-to-date (last entry {} of term {}, the \
             candidate’s {} of term {}).",
            voter,
            ours.index,
            ours.term,
            theirs.index,
            theirs.term
        ),
    }
}

/// Questions on their way.
fn questions_come(candidate: NodeId, voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => question_comes(candidate, *one, left),
        _ => tr!(
            "{}’s questions to {} are on their way; the first arrives in {}.",
            candidate,
            all(voters),
            span(left)
        ),
    }
}

/// Several that are silent.
fn have_not_answered(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} has not answered, and no answer is under way.", one),
        _ => tr!("{} have not answered, and no answer is under way.", all(ids)),
    }
}
