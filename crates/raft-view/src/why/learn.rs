//! Why a server does not know that its entry is committed.

use super::{Answer, Scene, reach};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::{Body, EntryRef, Message, Role, Timer};
use raft_sim::{Power, Server};

pub(super) fn learn(scene: Scene<'_>, holder: &Server, entry: &EntryRef) -> Answer {
    let (id, index) = (holder.id(), entry.index);
    let mut said = Answer::new(words::why_not_known(index, id), words::LEARNS);
    said.say(words::is_committed(index, id, holder.node().commit_index()));
    said.look(Selection::Entry(id, index));
    match holder.power() {
        Power::Crashed => {
            said.say(words::are_down(&[id]));
            said.then(words::learns_after_restart(id));
            return said;
        }
        Power::Paused => {
            said.say(words::are_paused(&[id]));
            said.then(words::learns_after_resume(id));
            return said;
        }
        Power::Up => {}
    }
    let Some(leader) = scene.world.leader() else {
        said.say(look_up(words::NOBODY_LEADS));
        said.then(words::learns_from_next_leader(id));
        return said;
    };
    let lead = leader.id();
    said.look(Selection::Server(lead));
    if leader.node().commit_index() < index {
        // A new leader finds out with the first commit of its own term.
        let term = leader.node().term();
        said.cite = words::FIGURE_8.into();
        said.say(words::leader_does_not_know(lead, term));
        said.then(words::leader_learns(lead, term));
        return said;
    }
    let (ours, theirs) = (holder.node().term(), leader.node().term());
    if ours > theirs {
        said.say(words::is_ahead(id, ours, lead, theirs));
        said.then(words::learns_from_next_leader(id));
        return said;
    }
    if let Some((message, left)) = telling(scene, leader, id, index) {
        said.say(words::news_comes(lead, id, left));
        said.then(words::next_news(id, left));
        said.look(Selection::Message(message));
        return said;
    }
    if let Some(obstacle) = reach::obstacle(scene.world, lead, id) {
        said.say(obstacle.words());
        said.look(obstacle.place());
        said.then(words::learns_once_reached(id, lead));
        return said;
    }
    let Role::Leader(state) = leader.node().role() else { return said };
    let progress = state.progress().iter().find(|(member, _)| *member == id);
    let Some((_, progress)) = progress else {
        said.say(words::leader_sends_nothing(lead, id));
        return said;
    };
    if progress.match_index < index {
        said.say(words::leader_knows_less(lead, id, progress.match_index));
    } else {
        said.say(look_up(words::NEWS_NOT_ON_ITS_WAY));
    }
    if let Some(timer) = leader.timer(Timer::Heartbeat) {
        said.then(words::next_heartbeat_tells(lead, id, scene.left(timer.deadline)));
    }
    said
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
