//! Why a server does not know that its entry is committed.

use super::phrases as words;
use super::reach::Obstacle;
use super::{Answer, Scene, reach};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::span;
use raft_core::{Body, EntryRef, Message, Role, Timer};
use raft_core::{Index, NodeId};
use raft_sim::{Power, Server};

pub(super) fn learn(scene: Scene<'_>, holder: &Server, entry: &EntryRef) -> Answer {
    let (id, index) = (holder.id(), entry.index);
    let mut said = Answer::new(
        tr!("Why does {} not know that entry {} is committed?", id, index),
        "leaderCommit · §5.3",
    );
    said.say(is_committed(index, id, holder.node().commit_index()));
    said.look(Selection::Entry(id, index));
    match holder.power() {
        Power::Crashed => {
            said.say(Obstacle::of_crashed(holder).words());
            said.then(tr!("{} must start again; then the leader tells it.", id));
            return said;
        }
        Power::Paused => {
            said.say(words::are_paused(&[id]));
            said.then(words::must_go_on(id));
            return said;
        }
        Power::Up => {}
    }
    let Some(leader) = scene.world.leader() else {
        said.say(look_up(words::NOBODY_LEADS));
        said.then(learns_from_next_leader(id));
        return said;
    };
    let lead = leader.id();
    said.look(Selection::Server(lead));
    if leader.node().commit_index() < index {
        // A new leader finds out with the first commit of its own term.
        let term = leader.node().term();
        said.cite = words::FIGURE_8.into();
        said.say(tr!(
            "It was committed under an earlier leader. {}, which leads term {}, \
             does not know that either.",
            lead,
            term
        ));
        said.then(tr!("{} learns it when it commits an entry of its own term {}.", lead, term));
        return said;
    }
    let (ours, theirs) = (holder.node().term(), leader.node().term());
    if ours > theirs {
        said.say(words::is_ahead(id, ours, lead, theirs));
        said.then(learns_from_next_leader(id));
        return said;
    }
    if let Some((message, left)) = telling(scene, leader, id, index) {
        said.say(tr!("A message of {} that says so reaches {} in {}.", lead, id, span(left)));
        said.then(tr!("In {} {} raises its commit index and applies the entry.", span(left), id));
        said.look(Selection::Message(message));
        return said;
    }
    if let Some(obstacle) = reach::obstacle(scene.world, lead, id) {
        said.say(obstacle.words());
        said.look(obstacle.place());
        said.then(tr!("{} learns it once {} reaches it and hears from it again.", id, lead));
        return said;
    }
    not_told_yet(scene, &mut said, leader, id, index);
    said
}

/// Says why no message that tells the server of the commit is on its way.
fn not_told_yet(scene: Scene<'_>, said: &mut Answer, leader: &Server, id: NodeId, index: Index) {
    let lead = leader.id();
    let Role::Leader(state) = leader.node().role() else { return };
    let progress = state.progress().iter().find(|(member, _)| *member == id);
    let Some((_, progress)) = progress else {
        said.say(words::is_sent_nothing(lead, id));
        return;
    };
    if progress.match_index < index {
        said.say(tr!(
            "{} knows {}’s log to match up to {} only, and tells it of no commit \
             beyond that.",
            lead,
            id,
            progress.match_index
        ));
    } else {
        said.say(tr!("No message that says so is on its way just now."));
    }
    if let Some(timer) = leader.timer(Timer::Heartbeat) {
        said.then(tr!(
            "{}’s next heartbeat goes out in {}: it tells {} of every commit up \
             to where {} knows their logs to match.",
            lead,
            span(scene.left(timer.deadline)),
            id,
            lead
        ));
    }
}

/// The first message in flight that will tell the server.
fn telling(
    scene: Scene<'_>,
    leader: &Server,
    to: raft_core::NodeId,
    index: u64,
) -> Option<(u64, raft_core::Micros)> {
    let tells = |message: &Message| {
        let known = if let Body::AppendEntries { previous, entries, commit_index } = &message.body {
            (*commit_index).min(previous.index + entries.len() as u64)
        } else if let Body::Heartbeat { commit_index, .. } = message.body {
            commit_index
        } else {
            0
        };
        (message.from, message.to) == (leader.id(), to)
            && message.term == leader.node().term()
            && known >= index
    };
    let flights = scene.world.network().in_flight();
    let first = flights.into_iter().filter(|flight| !flight.held && tells(&flight.message));
    first.min_by_key(|flight| flight.due).map(|flight| (flight.id(), scene.left(flight.due)))
}

/// It is committed, and the server knows less.
fn is_committed(index: Index, id: NodeId, known: Index) -> String {
    match known {
        0 => tr!("Entry {} is committed, but {} knows of no commit yet.", index, id),
        _ => tr!("Entry {} is committed, but {} knows of commits up to {} only.", index, id, known),
    }
}

/// With the next leader.
fn learns_from_next_leader(id: NodeId) -> String {
    tr!("{} learns it from the next leader.", id)
}
