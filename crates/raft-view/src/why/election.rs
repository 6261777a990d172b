//! Why nobody leads, and what every candidate lacks.

use super::reach::{self, Side, halves};
use super::vote::{Missing, missing};
use super::{Answer, Scene};
use crate::lang::{look_up, told};
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::quorum::VoteResult;
use raft_core::{Candidate, Micros, NodeId, Role, Rule, Timer};
use raft_sim::Server;

pub(super) fn elect(scene: Scene<'_>) -> Option<Answer> {
    let world = scene.world;
    if world.leader().is_some() {
        return None;
    }
    let mut said = Answer::new(told(words::WHY_NOBODY_LEADS), words::ELECTION);
    said.say(look_up(words::NOBODY_LEADS));
    let live: Vec<&Server> = world.servers().iter().filter(|server| server.is_live()).collect();
    let can_win = |server: &&&Server| {
        let membership = server.node().membership();
        let reached = reach::talks_to(world, server.id(), membership);
        // Who has left may stand too, as long as others do not know that it has.
        !membership.is_learner(server.id()) && reach::is_quorum(membership, &reached)
    };
    let needs_majority = reach::needs_majority(world);
    let down: Vec<NodeId> =
        world.servers().iter().filter(|server| !server.is_live()).map(Server::id).collect();
    if needs_majority && !live.iter().any(|server| can_win(&server)) {
        let voters = world.membership().all_voters();
        let live: Vec<NodeId> =
            live.iter().map(|s| s.id()).filter(|s| voters.contains(s)).collect();
        let halves = halves(world, world.membership(), Rule::MajorityElects);
        for half in &halves {
            said.say(match half.side {
                Side::Only => words::too_few(&half.of(&live), half.voters.len(), half.needed),
                Side::New => words::too_few_new(&half.of(&live), half.needed),
                Side::Old => words::too_few_old(&half.of(&live), half.needed),
            });
        }
        said.then(look_up(words::MAJORITY_MUST_MEET));
        said.look_at(&down);
        return Some(said);
    }
    let candidates: Vec<(&&Server, &Candidate)> =
        live.iter().filter_map(|server| Some((server, standing(server)?))).collect();
    let top = candidates.iter().map(|(server, _)| server.node().term()).max();
    let rivals = candidates.iter().filter(|(server, _)| Some(server.node().term()) == top);
    let rivals: Vec<_> = rivals.collect();
    for (server, count) in &rivals {
        let yes = count.votes.values().filter(|granted| **granted).count();
        said.say(match server.node().role() {
            Role::PreCandidate(_) => {
                words::asks_whether(server.id(), yes, server.node().term() + 1, needed(server))
            }
            Role::Candidate(_) | Role::Follower { .. } | Role::Leader(_) => {
                words::has_votes(server.id(), yes, server.node().term(), needed(server))
            }
        });
        said.look(Selection::Server(server.id()));
    }
    let pre = |server: &Server| matches!(server.node().role(), Role::PreCandidate(_));
    let ids: Vec<NodeId> = rivals.iter().map(|(server, _)| server.id()).collect();
    let is_split = ids.len() > 1 && !rivals.iter().any(|(server, _)| pre(server));
    if let Some(term) = top.filter(|_| is_split) {
        said.say(words::votes_are_split(term, &ids));
        said.cite = words::SPLIT.into();
        if !rivals.iter().any(|(server, count)| could_win(scene, server, count)) {
            said.say(words::none_can_win(term));
        }
    }
    first_to_time_out(scene, &mut said, &live);
    Some(said)
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
    said.then(words::times_out_first(first, left));
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
                Some(because) => words::refused_because(voter, because),
                None => words::has_refused(voter),
            }),
            Missing::NotHeard(because) => said.say(words::refused_because(voter, because)),
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
            Missing::AnswerLost(why) => said.say(words::vote_was_lost(voter, id, why)),
            Missing::Obstacle(obstacle) => said.say(obstacle.words()),
            Missing::Silent => silent.push(voter),
        }
    }
    if !asked.is_empty() {
        said.say(words::questions_come(id, &asked, asked_left));
    }
    for (why, voters) in lost {
        said.say(words::question_was_lost(id, &voters, why));
    }
    if !silent.is_empty() {
        said.say(words::have_not_answered(&silent));
    }
    soonest
}
