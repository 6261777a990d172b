//! Why a server does not lead.

use super::{Answer, Scene, election, reach};
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::{Candidate, Micros, NodeId, Note, Position, Role, Rule, StepDown, Term, Timer};
use raft_sim::{Power, Server};

pub(super) fn lead(scene: Scene<'_>, id: NodeId) -> Option<Answer> {
    let server = scene.world.server(id)?;
    if server.is_live_leader() {
        return None;
    }
    let mut said = Answer::new(words::why_not_leader(id), words::ELECTION);
    said.look(Selection::Server(id));
    match server.power() {
        Power::Crashed => {
            said.say(words::are_down(&[id]));
            said.then(words::leads_after_restart(id));
            return Some(said);
        }
        Power::Paused => {
            said.say(if server.node().is_leader() {
                words::leads_but_paused(id, server.node().term())
            } else {
                words::are_paused(&[id])
            });
            said.then(words::leads_after_resume(id));
            return Some(said);
        }
        Power::Up => {}
    }
    let membership = server.node().membership();
    if !membership.is_voter(id) && !stands(server) {
        said.cite = words::MEMBERS.into();
        if membership.is_learner(id) {
            said.say(words::is_learner(id));
        } else {
            said.say(words::is_no_member(id));
        }
        said.then(words::must_become_voter(id));
        return Some(said);
    }
    match server.node().role() {
        Role::Candidate(count) => candidate(scene, &mut said, server, count, false),
        Role::PreCandidate(count) => candidate(scene, &mut said, server, count, true),
        Role::Follower { leader } => follower(scene, &mut said, server, *leader),
        Role::Leader(_) => return None,
    }
    Some(said)
}

fn stands(server: &Server) -> bool {
    matches!(server.node().role(), Role::Candidate(_) | Role::PreCandidate(_))
}

fn candidate(
    scene: Scene<'_>,
    said: &mut Answer,
    server: &Server,
    count: &Candidate,
    is_pre: bool,
) {
    let (id, node) = (server.id(), server.node());
    let term = if is_pre { node.term() + 1 } else { node.term() };
    if is_pre {
        said.cite = words::PRE_VOTE.into();
    }
    let votes = count.votes.iter().filter(|(_, granted)| **granted);
    let yes: Vec<NodeId> = votes.map(|(voter, _)| *voter).collect();
    if node.membership().is_joint() {
        for half in reach::halves(scene.world, node.membership(), Rule::MajorityElects) {
            let got = half.of(&yes);
            said.say(match half.side {
                reach::Side::Only => words::stands(id, term, &got, half.needed),
                reach::Side::New => words::stands_new(id, term, &got, half.needed),
                reach::Side::Old => words::stands_old(id, term, &got, half.needed),
            });
        }
        said.cite = words::JOINT_ELECTION.into();
    } else if is_pre {
        said.say(words::pre_stands(id, term, &yes, election::needed(server)));
    } else {
        said.say(words::stands(id, term, &yes, election::needed(server)));
    }
    let soonest = election::ballots(scene, said, server, count);
    if !election::could_win(scene, server, count) {
        said.say(words::cannot_win(id, term));
    } else if cut_off(scene, said, server) {
        return;
    } else if let Some(left) = soonest {
        said.then(words::next_ballot(id, left));
    }
    if let Some(timer) = server.timer(Timer::Election) {
        let left = scene.left(timer.deadline);
        said.then(if is_pre {
            words::pre_asks_again(id, left)
        } else {
            words::asks_in_next_term(id, left, term + 1)
        });
    }
}

/// Says so where a server cannot reach a majority.
fn cut_off(scene: Scene<'_>, said: &mut Answer, server: &Server) -> bool {
    let (id, membership) = (server.id(), server.node().membership());
    let reached = reach::talks_to(scene.world, id, membership);
    if reach::is_quorum(membership, &reached) || !reach::needs_majority(scene.world) {
        return false;
    }
    let away = reach::out_of_reach(scene.world, id, membership);
    said.say(words::reaches_too_few(id, &reached, membership.all_voters().len()));
    said.then(words::must_come_back(&away, id));
    said.look_at(&away);
    true
}

fn follower(scene: Scene<'_>, said: &mut Answer, server: &Server, leader: Option<NodeId>) {
    let (id, term) = (server.id(), server.node().term());
    if let Some((at, term, because)) = stepped_down(scene, id) {
        said.say(words::led_until(id, term, at));
        said.say(words::stepped_down(id, because));
        said.cite = words::STEP_DOWN.into();
    }
    let left = server.timer(Timer::Election).map(|timer| scene.left(timer.deadline));
    match leader {
        Some(leader) => {
            said.say(words::follows_leader(id, leader, term));
            said.look(Selection::Server(leader));
            hears(scene, said, server, leader, left);
        }
        None => {
            said.say(match server.node().vote() {
                Some(vote) => words::has_voted_and_waits(id, vote, term),
                None => words::knows_no_leader(id, term),
            });
            if let Some(left) = left {
                said.then(words::stands_when(id, left));
            }
        }
    }
    behind(scene, said, server);
    let hears = leader.is_some_and(|leader| reach::way(scene.world, leader, id).is_none());
    if !hears {
        let _is_cut_off = cut_off(scene, said, server);
    }
}

/// What its timer says, and whether anything can start it anew.
fn hears(
    scene: Scene<'_>,
    said: &mut Answer,
    server: &Server,
    leader: NodeId,
    left: Option<Micros>,
) {
    let id = server.id();
    let still_leads = scene
        .world
        .server(leader)
        .is_some_and(|it| it.node().is_leader() && it.node().term() == server.node().term());
    let obstacle = match reach::obstacle(scene.world, id, leader) {
        Some(gone @ (reach::Obstacle::Down(_) | reach::Obstacle::Paused(_))) => Some(gone),
        Some(reach::Obstacle::Blocked(..) | reach::Obstacle::Held(..)) | None => {
            reach::way(scene.world, leader, id)
        }
    };
    let Some(left) = left else { return };
    match obstacle {
        Some(obstacle) => {
            said.say(obstacle.words());
            said.look(obstacle.place());
            said.then(words::stands_when(id, left));
        }
        None if still_leads => {
            said.say(words::timer_starts_anew(id, left, leader));
            said.then(words::stands_without_heartbeats(id, left));
        }
        None => {
            said.say(words::leads_no_more(leader));
            said.then(words::stands_when(id, left));
        }
    }
}

/// It led until then, and neither stood nor followed since, as far as is remembered.
fn stepped_down(scene: Scene<'_>, id: NodeId) -> Option<(Micros, Term, StepDown)> {
    let newest = scene.notes(id).find_map(|(at, note)| {
        if let Note::SteppedDown { was_leader: true, term, because } = note {
            return Some(Some((at, *term, *because)));
        }
        let is_later = matches!(
            note,
            Note::LeaderFollowed { .. }
                | Note::BecameLeader { .. }
                | Note::ElectionStarted { .. }
                | Note::PreVoteStarted { .. }
        );
        is_later.then_some(None)
    });
    newest.flatten()
}

/// Says so where its log could not win: too many voters have a newer one.
fn behind(scene: Scene<'_>, said: &mut Answer, server: &Server) {
    let (id, membership) = (server.id(), server.node().membership());
    if !scene.world.settings().live.rules.holds(Rule::VoteUpToDate) {
        return;
    }
    let ours = server.node().log().last();
    let last = |voter: NodeId| -> Option<Position> {
        scene.world.server(voter).map(|server| server.node().log().last())
    };
    let newer = |voter: &NodeId| last(*voter).is_some_and(|theirs| theirs > ours);
    let voters = membership.all_voters();
    let newer: Vec<NodeId> = voters.iter().filter(|voter| newer(voter)).copied().collect();
    let others: Vec<NodeId> =
        voters.iter().filter(|voter| !newer.contains(voter)).copied().collect();
    if reach::is_quorum(membership, &others) {
        return;
    }
    said.say(words::log_is_behind(id, ours, &newer));
    said.cite = words::UP_TO_DATE.into();
    for voter in &newer {
        if let Some(theirs) = last(*voter).filter(|theirs| theirs.index > 0) {
            said.look(Selection::Entry(*voter, theirs.index));
        }
    }
}
