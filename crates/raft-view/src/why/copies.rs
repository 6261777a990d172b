//! Where the copies of an entry are: which voter has it, and what every other one waits for.

use super::phrases as words;
use super::phrases::{all, answer_comes, any};
use super::reach::{self, Obstacle};
use super::{Answer, Scene, lost_words};
use crate::menu::Selection;
use crate::words::span;
use raft_core::Index;
use raft_core::{
    AppendReply, Body, EntryRef, Flow, Kind, Message, Micros, NodeId, Progress, Role, Term, Timer,
};
use raft_sim::{Power, Server};

/// The state of one entry on one voter, as its leader needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copy {
    /// The leader counts it.
    Counted,
    /// It is on disk, and the answer is on its way.
    Answering { message: u64, left: Micros },
    /// It is on disk, and the leader is not told.
    Unheard(Option<Obstacle>),
    /// It is being written.
    Writing { left: Option<Micros> },
    /// A message that carries it arrives then.
    Coming { message: u64, left: Micros },
    /// A message that carries it is held back.
    Held { message: u64 },
    /// Nothing can reach the server, or nothing that it answers comes back.
    Unreachable(Obstacle),
    /// It is in a higher term than the leader, and takes nothing from it.
    Ahead { term: Term },
    /// The leader looks for where the logs agree.
    Probing { next: u64 },
    /// It needs the leader's snapshot first.
    Snapshot { pending: u64 },
    /// It was sent, and neither it nor its answer is under way.
    Lost,
    /// It was not sent yet: too much is under way.
    NotSent,
}

impl Copy {
    /// Whether the entry is on the voter's disk.
    pub(super) fn is_there(self) -> bool {
        matches!(self, Copy::Counted | Copy::Answering { .. } | Copy::Unheard(_))
    }
}

/// Each voter's copy, as the leader's membership has them.
pub(super) fn copies(scene: Scene<'_>, leader: &Server, entry: &EntryRef) -> Vec<(NodeId, Copy)> {
    let voters = leader.node().membership().all_voters();
    voters.into_iter().map(|voter| (voter, copy(scene, leader, entry, voter))).collect()
}

/// The voters whose disk has it.
pub(super) fn holders(copies: &[(NodeId, Copy)]) -> Vec<NodeId> {
    copies.iter().filter(|(_, copy)| copy.is_there()).map(|(voter, _)| *voter).collect()
}

pub(super) fn copy(scene: Scene<'_>, leader: &Server, entry: &EntryRef, voter: NodeId) -> Copy {
    let world = scene.world;
    let progress = progress(leader, voter);
    if progress.is_some_and(|progress| progress.match_index >= entry.index) {
        return Copy::Counted;
    }
    let Some(server) = world.server(voter) else {
        return Copy::Unreachable(Obstacle::Down(voter));
    };
    let holds = server.node().log().holds(entry.position());
    if holds && server.disk().durable().log.holds(entry.position()) {
        if let Some((message, left)) = answer(scene, leader, entry, voter) {
            return Copy::Answering { message, left };
        }
        return Copy::Unheard(reach::obstacle(world, leader.id(), voter));
    }
    match server.power() {
        Power::Crashed => return Copy::Unreachable(Obstacle::of_crashed(server)),
        Power::Paused => return Copy::Unreachable(Obstacle::Paused(voter)),
        Power::Up => {}
    }
    if holds {
        let write = server.disk().pending().find(|(write, _)| {
            write.log.as_ref().is_some_and(|log| {
                log.entries.iter().any(|written| written.position() == entry.position())
            })
        });
        return Copy::Writing { left: write.map(|(_, due)| scene.left(due)) };
    }
    if server.node().term() > leader.node().term() {
        return Copy::Ahead { term: server.node().term() };
    }
    if let Some(copy) = coming(scene, leader, entry, voter) {
        return copy;
    }
    if let Some(obstacle) = reach::obstacle(world, leader.id(), voter) {
        return Copy::Unreachable(obstacle);
    }
    match progress.map(|progress| (&progress.flow, progress.next_index)) {
        Some((Flow::Probe, next)) => Copy::Probing { next },
        Some((Flow::Snapshot { pending }, _)) => Copy::Snapshot { pending: *pending },
        Some((Flow::Replicate(_), next)) if next > entry.index => Copy::Lost,
        Some((Flow::Replicate(_), _)) | None => Copy::NotSent,
    }
}

/// What a leader knows of a member.
pub(super) fn progress(leader: &Server, voter: NodeId) -> Option<&Progress> {
    let Role::Leader(state) = leader.node().role() else { return None };
    state.progress().iter().find(|(id, _)| *id == voter).map(|(_, progress)| progress)
}

/// The first answer in flight that tells the leader of this copy.
fn answer(
    scene: Scene<'_>,
    leader: &Server,
    entry: &EntryRef,
    voter: NodeId,
) -> Option<(u64, Micros)> {
    let tells = |message: &Message| {
        let Body::AppendEntriesReply(AppendReply::Accepted { match_index }) = &message.body else {
            return false;
        };
        let way = (message.from, message.to) == (voter, leader.id());
        way && message.term == leader.node().term() && *match_index >= entry.index
    };
    let flights = scene.world.network().in_flight();
    let first = flights.into_iter().filter(|flight| !flight.held && tells(&flight.message));
    first.min_by_key(|flight| flight.due).map(|flight| (flight.id(), scene.left(flight.due)))
}

/// When the leader's snapshot reaches the voter, if one is on its way.
fn snapshot(scene: Scene<'_>, leader: &Server, voter: NodeId) -> Option<Micros> {
    let flights = scene.world.network().in_flight().into_iter().filter(|flight| {
        let way = (flight.message.from, flight.message.to) == (leader.id(), voter);
        way && !flight.held && flight.message.kind() == Kind::Snapshot
    });
    flights.map(|flight| scene.left(flight.due)).min()
}

/// The first message in flight that brings the voter this entry.
fn coming(scene: Scene<'_>, leader: &Server, entry: &EntryRef, voter: NodeId) -> Option<Copy> {
    let carries = |message: &Message| {
        let Body::AppendEntries { entries, .. } = &message.body else { return false };
        let way = (message.from, message.to) == (leader.id(), voter);
        way && entries.iter().any(|carried| carried.position() == entry.position())
    };
    let flights = scene.world.network().in_flight();
    let first = flights.into_iter().filter(|flight| carries(&flight.message));
    let flight = first.min_by_key(|flight| (flight.held, flight.due))?;
    let message = flight.id();
    Some(if flight.held {
        Copy::Held { message }
    } else {
        Copy::Coming { message, left: scene.left(flight.due) }
    })
}

/// Voters in the same state, and the least time that any of them has left.
#[derive(Default)]
struct Group {
    voters: Vec<NodeId>,
    left: Micros,
}

impl Group {
    fn add(&mut self, voter: NodeId, left: Micros) {
        self.left = if self.voters.is_empty() { left } else { self.left.min(left) };
        self.voters.push(voter);
    }

    /// Says it of them, if there are any.
    fn tell(&self, said: &mut Answer, sentence: impl FnOnce(&Group) -> String) {
        if !self.voters.is_empty() {
            said.say(sentence(self));
        }
    }
}

/// States that one sentence tells of several voters.
#[derive(Default)]
struct Groups {
    answering: Group,
    writing: Group,
    coming: Group,
    down: Group,
    unborn: Group,
    paused: Group,
    /// The leader's messages do not get there.
    blocked: Group,
    /// The answers do not come back.
    mute: Group,
    /// Lost, with the reason where it is remembered.
    lost: Vec<(Option<&'static str>, Group)>,
    not_sent: Group,
}

impl Groups {
    /// Adds a voter to those in the same state; what holds for it alone is said at once.
    fn add(
        &mut self,
        scene: Scene<'_>,
        said: &mut Answer,
        leader: &Server,
        index: Index,
        (voter, copy): (NodeId, Copy),
    ) {
        let id = leader.id();
        match copy {
            Copy::Counted => {}
            Copy::Unreachable(obstacle) => self.add_obstacle(said, id, voter, obstacle),
            Copy::Unheard(Some(obstacle)) => {
                said.say(answer_does_not_come(voter, id));
                self.add_obstacle(said, id, voter, obstacle);
            }
            Copy::Answering { message, left } => {
                self.answering.add(voter, left);
                said.look(Selection::Message(message));
            }
            Copy::Unheard(None) => {
                match lost_words(scene, Kind::AppendReply, (voter, id), 0) {
                    Some(why) => {
                        said.say(tr!("{} has it, and its last answer to {} was lost.", voter, id));
                        said.say(why);
                    }
                    None => said.say(answer_does_not_come(voter, id)),
                }
                said.look(Selection::Server(voter));
            }
            Copy::Writing { left } => {
                match left {
                    Some(left) => self.writing.add(voter, left),
                    None => said.say(words::is_in_memory_only(voter)),
                }
                said.look(Selection::Entry(voter, index));
            }
            Copy::Coming { message, left } => {
                self.coming.add(voter, left);
                said.look(Selection::Message(message));
            }
            Copy::Held { message } => {
                said.say(tr!("{}’s copy is held back on the link from {}.", voter, id));
                said.look(Selection::Message(message));
            }
            Copy::Ahead { term } => {
                said.say(words::is_ahead(voter, term, id, leader.node().term()));
                said.look(Selection::Server(voter));
            }
            Copy::Probing { next } => {
                said.say(tr!(
                    "{} still looks for where {}’s log agrees with its own, and tries \
                     index {}.",
                    id,
                    voter,
                    next
                ));
                said.look(Selection::Server(voter));
            }
            Copy::Snapshot { pending } => {
                said.say(needs_snapshot(voter, id, pending));
                said.look(Selection::Server(voter));
            }
            Copy::Lost => {
                self.add_lost(lost_words(scene, Kind::Append, (id, voter), 0), voter);
                said.look(Selection::Server(voter));
            }
            Copy::NotSent => self.not_sent.add(voter, 0),
        }
    }

    /// A voter that the leader does not reach, or that does not reach it.
    fn add_obstacle(
        &mut self,
        said: &mut Answer,
        leader: NodeId,
        voter: NodeId,
        obstacle: Obstacle,
    ) {
        match obstacle {
            Obstacle::Down(_) => self.down.add(voter, 0),
            Obstacle::NotStarted(_) => self.unborn.add(voter, 0),
            Obstacle::Paused(_) => self.paused.add(voter, 0),
            Obstacle::Blocked(from, _) if from == leader => self.blocked.add(voter, 0),
            Obstacle::Blocked(..) => self.mute.add(voter, 0),
            Obstacle::Held(..) => said.say(obstacle.words()),
        }
        said.look(obstacle.place());
    }

    fn add_lost(&mut self, why: Option<&'static str>, voter: NodeId) {
        match self.lost.iter_mut().find(|(known, _)| *known == why) {
            Some((_, group)) => group.add(voter, 0),
            None => self.lost.push((why, Group { voters: vec![voter], left: 0 })),
        }
    }

    fn tell(&self, said: &mut Answer, leader: NodeId) {
        for (why, group) in &self.lost {
            match why {
                Some(why) => {
                    said.say(words::append_was_lost(leader, &group.voters));
                    said.say(why);
                }
                None => said.say(copies_are_gone(leader, &group.voters)),
            }
        }
        self.answering.tell(said, |group| answers_come(&group.voters, leader, group.left));
        self.writing.tell(said, |group| are_writing(&group.voters, group.left));
        self.coming.tell(said, |group| copies_come(&group.voters, group.left));
        self.not_sent.tell(said, |group| words::is_not_sent(leader, &group.voters));
        let blocked =
            |group: &Group| tr!("Nothing passes from {} to {}.", leader, any(&group.voters));
        self.blocked.tell(said, blocked);
        let mute = |group: &Group| tr!("Nothing passes from {} to {}.", any(&group.voters), leader);
        self.mute.tell(said, mute);
        self.down.tell(said, |group| words::are_down(&group.voters));
        self.unborn.tell(said, |group| words::are_not_started(&group.voters));
        self.paused.tell(said, |group| words::are_paused(&group.voters));
    }
}

/// Says of each voter that the leader does not count what its copy waits for.
pub(super) fn explain(
    scene: Scene<'_>,
    said: &mut Answer,
    leader: &Server,
    entry: &EntryRef,
    copies: &[(NodeId, Copy)],
) {
    let mut groups = Groups::default();
    for copy in copies {
        groups.add(scene, said, leader, entry.index, *copy);
    }
    groups.tell(said, leader.id());
}

/// The next thing that is sure to happen to the copies of an entry, the one that comes soonest.
pub(super) fn next(scene: Scene<'_>, leader: &Server, copies: &[(NodeId, Copy)]) -> Option<String> {
    let sure = copies.iter().filter_map(|(voter, copy)| sure(scene, leader, *voter, *copy));
    if let Some((_, sentence)) = sure.min_by_key(|(left, _)| *left) {
        return Some(sentence);
    }
    let left = scene.left(leader.timer(Timer::Heartbeat)?.deadline);
    let first = |is_so: fn(&Copy) -> bool| {
        copies.iter().find(|(_, copy)| is_so(copy)).map(|(voter, _)| *voter)
    };
    if let Some(voter) = first(|copy| *copy == Copy::Unheard(None)) {
        return Some(tr!(
            "{}’s next heartbeat goes out in {}; when {} answers it, {} asks \
             again how much {} has.",
            leader.id(),
            span(left),
            voter,
            leader.id(),
            voter
        ));
    }
    let retried = first(|copy| matches!(copy, Copy::Lost | Copy::Probing { .. } | Copy::NotSent));
    retried.map(|voter| words::next_retry(leader.id(), voter, left))
}

/// What is sure to happen to a copy, and how soon.
fn sure(scene: Scene<'_>, leader: &Server, voter: NodeId, copy: Copy) -> Option<(Micros, String)> {
    let id = leader.id();
    match copy {
        Copy::Answering { left, .. } => {
            Some((left, tr!("In {} {} hears from {} and counts its copy.", span(left), id, voter)))
        }
        Copy::Writing { left: Some(left) } if voter == id => Some((
            left,
            tr!("In {} it is on {}’s own disk, and {} counts itself.", span(left), voter, voter),
        )),
        Copy::Writing { left: Some(left) } => Some((
            left,
            tr!("In {} it is on {}’s disk, and {} answers {}.", span(left), voter, voter, id),
        )),
        Copy::Coming { left, .. } => Some((
            left,
            tr!(
                "In {} it reaches {}, which writes it and answers if it fits its log.",
                span(left),
                voter
            ),
        )),
        Copy::Snapshot { .. } => snapshot(scene, leader, voter).map(|left| {
            let sentence = tr!(
                "In {} {}’s snapshot reaches {}; then come the entries behind it.",
                span(left),
                id,
                voter
            );
            (left, sentence)
        }),
        Copy::Counted
        | Copy::Unheard(_)
        | Copy::Writing { left: None }
        | Copy::Held { .. }
        | Copy::Unreachable(_)
        | Copy::Ahead { .. }
        | Copy::Lost
        | Copy::Probing { .. }
        | Copy::NotSent => None,
    }
}

/// No answer on its way.
fn answer_does_not_come(voter: NodeId, leader: NodeId) -> String {
    tr!("{} has it, and no answer that says so is on its way to {}.", voter, leader)
}

/// Answers on their way.
fn answers_come(voters: &[NodeId], leader: NodeId, left: Micros) -> String {
    match voters {
        [one] => answer_comes(*one, leader, left),
        _ => tr!(
            "The answers of {} are on their way; the first reaches {} in {}.",
            all(voters),
            leader,
            span(left)
        ),
    }
}

/// Writes under way.
fn are_writing(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => tr!("{} writes it to its disk, for another {}.", one, span(left)),
        _ => {
            tr!("{} write it to their disks; the first is done in {}.", all(voters), span(left))
        }
    }
}

/// Copies on their way.
fn copies_come(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => tr!("{}’s copy is on its way and arrives in {}.", one, span(left)),
        _ => tr!(
            "The copies for {} are on their way; the first arrives in {}.",
            all(voters),
            span(left)
        ),
    }
}

/// What was sent is no longer under way.
fn copies_are_gone(leader: NodeId, voters: &[NodeId]) -> String {
    match voters {
        [one] => tr!(
            "{} has sent it to {}, which does not have it; neither it nor an \
             answer is under way.",
            leader,
            one
        ),
        _ => tr!(
            "{} has sent it to {}, which do not have it; neither it nor an \
             answer is under way.",
            leader,
            all(voters)
        ),
    }
}

/// A server that lacks what the leader has dropped.
pub(super) fn needs_snapshot(voter: NodeId, leader: NodeId, pending: Index) -> String {
    match pending {
        0 => {
            tr!("{} needs a snapshot of {} first, and the last one did not arrive.", voter, leader)
        }
        _ => tr!("{} needs {}’s snapshot up to {} first.", voter, leader, pending),
    }
}
