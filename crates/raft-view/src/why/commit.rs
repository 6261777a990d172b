//! Why an entry is not committed.

use super::copies::{self, Copy};
use super::reach::{self, Half, Side, halves};
use super::{Answer, Scene, election, learn};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::{EntryRef, Index, NodeId, Position, Rule};
use raft_sim::Server;

pub(super) fn commit(scene: Scene<'_>, holder: NodeId, index: Index) -> Option<Answer> {
    let server = scene.world.server(holder)?;
    let entry = server.node().log().get(index)?;
    if server.node().commit_index() >= index {
        return None;
    }
    if scene.is_committed(holder, index) {
        return Some(learn::learn(scene, server, entry));
    }
    let mut said = Answer::new(words::why_not_committed(index, holder), "§5.3");
    match (scene.world.committed_entry(index), scene.world.leader()) {
        (Some(other), _) => conflicts(scene, &mut said, server, index, other.term),
        (None, None) => nobody_leads(scene, &mut said, entry),
        (None, Some(leader)) if leader.node().log().get(index) != Some(entry) => {
            leader_lacks_it(scene, &mut said, (server, leader), index);
        }
        (None, Some(leader)) => spreads(scene, &mut said, leader, entry),
    }
    Some(said)
}

/// Another entry is committed there.
fn conflicts(
    scene: Scene<'_>,
    said: &mut Answer,
    holder: &Server,
    index: Index,
    term: raft_core::Term,
) {
    let id = holder.id();
    said.cite = words::LOG_MATCHING.into();
    said.say(words::another_is_committed(index, term));
    said.look(Selection::Entry(id, index));
    let has_it = |server: &&Server| {
        scene.is_committed(server.id(), index) && server.node().log().get(index).is_some()
    };
    if let Some(other) = scene.world.servers().iter().find(has_it) {
        said.look(Selection::Entry(other.id(), index));
    }
    let leader = scene.world.leader().filter(|leader| leader.id() != id);
    if holder.is_live_leader()
        && let Some(leader) = leader
    {
        let (old, new) = (holder.node().term(), leader.node().term());
        said.say(words::still_believes(id, old, leader.id(), new));
    }
    match leader {
        Some(leader) => match reach::obstacle(scene.world, leader.id(), id) {
            Some(obstacle) => {
                said.say(obstacle.words());
                said.then(words::removed_once_reached(id, leader.id()));
            }
            None => said.then(words::removed_by(id, leader.id())),
        },
        None => said.then(words::removed_by_next_leader(id)),
    }
}

fn nobody_leads(scene: Scene<'_>, said: &mut Answer, entry: &EntryRef) {
    let membership = scene.world.membership();
    let durable = |server: &&Server| {
        membership.is_voter(server.id())
            && server.node().log().holds(entry.position())
            && server.disk().durable().log.holds(entry.position())
    };
    let servers = scene.world.servers().iter().filter(durable);
    let have: Vec<NodeId> = servers.map(Server::id).collect();
    let halves = halves(scene.world, membership, Rule::MajorityCommits);
    for half in &halves {
        said.say(match half.side {
            Side::Only => words::held_without_leader(&half.of(&have), half.needed),
            Side::New => words::held_in_new(&half.of(&have), half.needed),
            Side::Old => words::held_in_old(&half.of(&have), half.needed),
        });
    }
    said.say(look_up(words::ONLY_A_LEADER_COMMITS));
    for id in &have {
        said.look(Selection::Entry(*id, entry.index));
    }
    if let Some(cause) = election::elect(scene) {
        said.because(cause);
    }
}

/// The leader has something else there, or nothing.
fn leader_lacks_it(
    scene: Scene<'_>,
    said: &mut Answer,
    (holder, leader): (&Server, &Server),
    index: Index,
) {
    let (id, lead, term) = (holder.id(), leader.id(), leader.node().term());
    said.look(Selection::Entry(id, index));
    if holder.is_live_leader() {
        said.say(words::still_believes(id, holder.node().term(), lead, term));
    }
    match leader.node().log().get(index) {
        Some(other) => {
            said.say(words::leader_has_another(lead, term, index, other.term));
            said.then(words::replaced_by_leaders(id, lead));
            said.look(Selection::Entry(lead, index));
        }
        None => {
            said.say(words::leader_lacks_it(lead, term, index, leader.node().log().last_index()));
            said.then(words::only_under_another_leader(id, lead));
            said.look(Selection::Server(lead));
        }
    }
    if let Some(obstacle) = reach::obstacle(scene.world, lead, id) {
        said.say(obstacle.words());
        said.look(obstacle.place());
    }
}

/// The leader has it.
fn spreads(scene: Scene<'_>, said: &mut Answer, leader: &Server, entry: &EntryRef) {
    let node = leader.node();
    let rule = scene.world.settings().live.rules.holds(Rule::CommitCurrentTerm);
    let is_old = entry.term < node.term() && rule;
    let copies = copies::copies(scene, leader, entry);
    let have = copies::holders(&copies);
    let halves = halves(scene.world, node.membership(), Rule::MajorityCommits);
    said.cite = words::COMMIT_RULE.into();
    for half in &halves {
        spread_in(said, half, &have);
    }
    for id in &have {
        said.look(Selection::Entry(*id, entry.index));
    }
    let lacks = halves.iter().any(|half| half.lacks(&have) > 0);
    if !lacks && is_old {
        return figure_8(scene, said, leader, entry.position());
    }
    if !lacks {
        let counted: Vec<NodeId> = copies
            .iter()
            .filter(|(_, copy)| *copy == Copy::Counted)
            .map(|(voter, _)| *voter)
            .collect();
        said.say(words::leader_counts(leader.id(), &counted));
    }
    copies::explain(scene, said, leader, entry, &copies);
    if is_old {
        said.say(words::old_term_needs_more(entry.term, leader.id(), node.term()));
    }
    what_next(scene, said, leader, &copies);
}

/// What brings the copies on, or who must come back first.
fn what_next(scene: Scene<'_>, said: &mut Answer, leader: &Server, copies: &[(NodeId, Copy)]) {
    let rules = scene.world.settings().live.rules;
    let membership = leader.node().membership();
    let counted = |id: &NodeId| copies.contains(&(*id, Copy::Counted));
    let away = reach::out_of_reach(scene.world, leader.id(), membership);
    let away: Vec<NodeId> = away.into_iter().filter(|id| !counted(id)).collect();
    let mut could = membership.all_voters();
    could.retain(|id| !away.contains(id));
    if !reach::is_quorum(membership, &could) && rules.holds(Rule::MajorityCommits) {
        said.then(words::must_come_back(&away, leader.id()));
        return said.look_at(&away);
    }
    if let Some(sentence) = copies::next(scene, leader, copies) {
        said.then(sentence);
    }
}

fn spread_in(said: &mut Answer, half: &Half, have: &[NodeId]) {
    let (own, missing) = (half.of(have), half.others(have));
    let lacks = half.lacks(have);
    said.say(match (half.side, lacks) {
        (Side::Only, 0) => words::on_majority(&own, half.voters.len()),
        (Side::Only, _) => words::not_on_majority(&own, lacks, &missing, half.voters.len()),
        (Side::New, 0) => words::on_new_majority(&own, half.voters.len()),
        (Side::New, _) => words::not_on_new_majority(&own, lacks, &missing),
        (Side::Old, 0) => words::on_old_majority(&own, half.voters.len()),
        (Side::Old, _) => words::not_on_old_majority(&own, lacks, &missing),
    });
    if half.side != Side::Only {
        said.cite = words::JOINT_COMMIT.into();
    }
}

/// On a majority, and of an older term: what is behind it must be committed.
fn figure_8(scene: Scene<'_>, said: &mut Answer, leader: &Server, entry: Position) {
    let (id, term) = (leader.id(), leader.node().term());
    said.cite = words::FIGURE_8.into();
    said.say(words::of_an_older_term(entry.term, id, term));
    let log = leader.node().log();
    let own = log.range(entry.index + 1, log.last_index()).find(|later| later.term == term);
    let Some(own) = own else {
        return said.then(words::needs_own_entry(id, term));
    };
    let copies = copies::copies(scene, leader, own);
    let have = copies::holders(&copies);
    let halves = halves(scene.world, leader.node().membership(), Rule::MajorityCommits);
    said.look(Selection::Entry(id, own.index));
    let lacking = halves.iter().find(|half| half.lacks(&have) > 0);
    match lacking {
        Some(half) => {
            let missing = half.others(&have);
            said.then(words::own_entry_needs(own.index, term, half.lacks(&have), &missing));
        }
        None => said.then(words::own_entry_is_there(own.index, term, id)),
    }
    what_next(scene, said, leader, &copies);
}
