//! Why a server does not lead.

use super::phrases as words;
use super::phrases::all;
use super::{Answer, Scene, election, reach};
use crate::menu::Selection;
use crate::words::{seconds, span};
use raft_core::{Candidate, Micros, NodeId, Note, Position, Role, Rule, StepDown, Term, Timer};
use raft_sim::{Power, Server, Standing};

/// What has to come first where a server does not run.
fn must_run(server: &Server) -> String {
    let id = server.id();
    match server.standing() {
        Standing::Announced => tr!(
            "{} must be started, hear from no leader until its election timer runs out, and win.",
            id
        ),
        Standing::Removed => tr!("{} must be added again: then it is another member.", id),
        Standing::Known => tr!(
            "{} must start again, hear from no leader until its election timer \
             runs out, and win.",
            id
        ),
    }
}

pub(super) fn lead(scene: Scene<'_>, id: NodeId) -> Option<Answer> {
    let server = scene.world.server(id)?;
    if server.is_live_leader() {
        return None;
    }
    let mut said = Answer::new(tr!("Why does {} not lead?", id), words::ELECTION);
    said.look(Selection::Server(id));
    match server.power() {
        Power::Crashed => {
            said.say(if server.standing() == Standing::Removed {
                tr!("{} was removed: its process has ended, and does not come back.", id)
            } else {
                reach::Obstacle::of_crashed(server).words()
            });
            said.then(must_run(server));
            return Some(said);
        }
        Power::Paused => {
            said.say(if server.node().is_leader() {
                tr!(
                    "{} led term {} when it was paused, and does nothing until it goes on.",
                    id,
                    server.node().term()
                )
            } else {
                words::are_paused(&[id])
            });
            said.then(tr!("{} must go on first; then it reads what waits in its inbox.", id));
            return Some(said);
        }
        Power::Up => {}
    }
    let membership = server.node().membership();
    if !membership.is_voter(id) && !stands(server) {
        said.cite = words::MEMBERS.into();
        if membership.is_learner(id) {
            said.say(tr!("{} is a learner: it gets the log and has no vote.", id));
        } else {
            said.say(tr!("{} is not a member of the cluster, as far as it knows.", id));
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
        votes_in_both(scene, said, server, term, &yes);
        said.cite = "Joint consensus · §6".into();
    } else if is_pre {
        said.say(pre_votes_counted(id, term, &yes, election::needed(server)));
    } else {
        said.say(votes_counted(id, term, &yes, election::needed(server)));
    }
    let soonest = election::ballots(scene, said, server, count);
    if !election::could_win(scene, server, count) {
        said.say(tr!("Too many have refused: {} can no longer win term {}.", id, term));
    } else if cut_off(scene, said, server) {
        return;
    } else if let Some(left) = soonest {
        said.then(tr!("{} counts the next answer in {}.", id, span(left)));
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

/// The votes of a candidate in each of two configurations: it needs a majority of both.
pub(super) fn votes_in_both(
    scene: Scene<'_>,
    said: &mut Answer,
    server: &Server,
    term: Term,
    yes: &[NodeId],
) {
    let id = server.id();
    for half in reach::halves(scene.world, server.node().membership(), Rule::MajorityElects) {
        let got = half.of(yes);
        said.say(match half.side {
            reach::Side::Only => votes_counted(id, term, &got, half.needed),
            reach::Side::New => votes_in_new(id, term, &got, half.needed),
            reach::Side::Old => votes_in_old(id, term, &got, half.needed),
        });
    }
}

/// Tells where a server cannot reach a majority.
fn cut_off(scene: Scene<'_>, said: &mut Answer, server: &Server) -> bool {
    let (id, membership) = (server.id(), server.node().membership());
    let reached = reach::talks_to(scene.world, id, membership);
    if reach::is_quorum(membership, &reached) || !reach::needs_majority(scene.world) {
        return false;
    }
    let away = reach::out_of_reach(scene.world, id, membership);
    said.say(reaches_too_few(id, &reached, membership.all_voters().len()));
    said.then(words::must_come_back(&away, id));
    said.look_at(&away);
    true
}

fn follower(scene: Scene<'_>, said: &mut Answer, server: &Server, leader: Option<NodeId>) {
    let (id, term) = (server.id(), server.node().term());
    if let Some((at, term, because)) = stepped_down(scene, id) {
        said.say(tr!("{} led term {} until {}.", id, term, seconds(at)));
        said.say(why_it_stepped_down(id, because));
        said.cite = "§5.1, §6.2 diss.".into();
    }
    let left = server.timer(Timer::Election).map(|timer| scene.left(timer.deadline));
    match leader {
        Some(leader) => {
            said.say(tr!("{} follows {}, leader of term {}.", id, leader, term));
            said.look(Selection::Server(leader));
            hears(scene, said, server, leader, left);
        }
        None => {
            said.say(match server.node().vote() {
                Some(vote) => tr!(
                    "{} has voted for {} in term {}, and has heard from no leader of that \
                     term.",
                    id,
                    vote,
                    term
                ),
                None => tr!(
                    "{} has heard from no leader of term {} and waits for its election \
                     timer.",
                    id,
                    term
                ),
            });
            if let Some(left) = left {
                said.then(stands_when(id, left));
            }
        }
    }
    behind(scene, said, server);
    let hears = leader.is_some_and(|leader| reach::way(scene.world, leader, id).is_none());
    if !hears {
        let _is_cut_off = cut_off(scene, said, server);
    }
}

/// What its timer says, and whether anything can restart it.
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
        Some(
            gone @ (reach::Obstacle::Down(_)
            | reach::Obstacle::NotStarted(_)
            | reach::Obstacle::Paused(_)),
        ) => Some(gone),
        Some(reach::Obstacle::Blocked(..) | reach::Obstacle::Held(..)) | None => {
            reach::way(scene.world, leader, id)
        }
    };
    let Some(left) = left else { return };
    match obstacle {
        Some(obstacle) => {
            said.say(obstacle.words());
            said.look(obstacle.place());
            said.then(stands_when(id, left));
        }
        None if still_leads => {
            said.say(tr!(
                "{}’s election timer has {} left and starts anew with every message \
                 of {}.",
                id,
                span(left),
                leader
            ));
            said.then(tr!(
                "{} stands for election only if it hears nothing from its leader for \
                 {}.",
                id,
                span(left)
            ));
        }
        None => {
            said.say(tr!("{} no longer leads that term.", leader));
            said.then(stands_when(id, left));
        }
    }
}

/// When, in which term and why it stepped down, if it has neither stood nor followed since, as far
/// as is remembered.
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

/// Tells where its log could not win: too many voters have a newer one.
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
    said.say(log_is_behind(id, ours, &newer));
    said.cite = words::UP_TO_DATE.into();
    for voter in &newer {
        if let Some(theirs) = last(*voter).filter(|theirs| theirs.index > 0) {
            said.look(Selection::Entry(*voter, theirs.index));
        }
    }
}

/// A candidate's count.
fn votes_counted(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    match yes {
        [] => tr!(
            "{} stands for election in term {} and has none of the {} votes it needs.",
            id,
            term,
            needed
        ),
        _ => tr!(
            "{} stands for election in term {} and has {} of {} votes it needs: {}.",
            id,
            term,
            yes.len(),
            needed,
            all(yes)
        ),
    }
}

/// The count of a server that asks whether it could win.
fn pre_votes_counted(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    match yes {
        [] => tr!(
            "{} asks whether it could win term {} and has none of the {} pre-votes it needs.",
            id,
            term,
            needed
        ),
        _ => tr!(
            "{} asks whether it could win term {} and has {} of {} pre-votes it \
             needs: {}.",
            id,
            term,
            yes.len(),
            needed,
            all(yes)
        ),
    }
}

/// A candidate's count in the new of two configurations.
fn votes_in_new(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    match yes {
        [] => tr!(
            "For term {} {} has none of the {} votes it needs in the new configuration.",
            term,
            id,
            needed
        ),
        _ => tr!(
            "For term {} {} has {} of {} votes it needs in the new configuration: \
             {}.",
            term,
            id,
            yes.len(),
            needed,
            all(yes)
        ),
    }
}

/// The same in the old one.
fn votes_in_old(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    match yes {
        [] => tr!(
            "For term {} {} has none of the {} votes it needs in the old configuration.",
            term,
            id,
            needed
        ),
        _ => tr!(
            "For term {} {} has {} of {} votes it needs in the old configuration: \
             {}.",
            term,
            id,
            yes.len(),
            needed,
            all(yes)
        ),
    }
}

/// The candidate is cut off.
fn reaches_too_few(id: NodeId, reached: &[NodeId], voters: usize) -> String {
    match reached {
        [] => tr!("{} reaches none of {} voters, and cannot win an election.", id, voters),
        [one] if *one == id => {
            tr!("{} reaches no other voter of {}, and cannot win an election.", id, voters)
        }
        _ => tr!(
            "Of {} voters {} reaches only {}, too few to win an election.",
            voters,
            id,
            all(reached)
        ),
    }
}

/// Why it stepped down.
fn why_it_stepped_down(id: NodeId, because: StepDown) -> String {
    match because {
        StepDown::HigherTerm { term } => tr!("Then {} learnt of term {}.", id, term),
        StepDown::LeaderElected { leader } => tr!("Then {} was elected.", leader),
        StepDown::VotesLost => tr!("Then {} could no longer win.", id),
        StepDown::QuorumLost => {
            tr!("Then {} had not heard from a majority for an election timeout.", id)
        }
        StepDown::Removed => tr!("Then {} was no longer a voter.", id),
    }
}

/// When it stands for election.
fn stands_when(id: NodeId, left: Micros) -> String {
    tr!(
        "{} stands for election in {}, unless it hears from a leader or gives \
         a vote before.",
        id,
        span(left)
    )
}

/// It could not win.
fn log_is_behind(id: NodeId, ours: Position, newer: &[NodeId]) -> String {
    let who = all(newer);
    match (ours.index, newer) {
        (0, _) => tr!("It could not win now: {}’s log is empty, and {} would refuse.", id, who),
        (index, [_]) => tr!(
            "It could not win now: {}’s last entry is index {} of term {}, and \
             {}’s log is more up-to-date.",
            id,
            index,
            ours.term,
            who
        ),
        (index, _) => tr!(
            "It could not win now: {}’s last entry is index {} of term {}, and \
             the logs of {} are more up-to-date.",
            id,
            index,
            ours.term,
            who
        ),
    }
}
