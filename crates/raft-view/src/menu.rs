//! What can be done to whatever is selected; what would change nothing is greyed.

use crate::lang::say;
use crate::stage::Look;
use raft_core::{NodeId, Timer};
use raft_sim::{Command, Direction, MemberChange, MessageVerb, World};

/// Something that a person has selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing: the cluster as a whole.
    #[default]
    Nothing,
    /// A server.
    Server(NodeId),
    /// An entry on a server, by index.
    Entry(NodeId, u64),
    /// A message in flight.
    Message(u64),
    /// A link, lower id first.
    Link(NodeId, NodeId),
}

/// One action.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionView {
    /// What its button says.
    pub label: String,
    /// What it does.
    pub command: Command,
    /// Whether it would do anything now.
    pub enabled: bool,
}

/// The actions on a selection.
pub fn actions(world: &World, selection: Selection) -> Vec<ActionView> {
    let commands = match selection {
        Selection::Nothing => Vec::new(),
        Selection::Server(id) | Selection::Entry(id, _) => server_actions(world, id),
        Selection::Message(message) => message_actions(world, message),
        Selection::Link(a, b) => link_actions(a, b),
    };
    let view = |command: Command| {
        let label = command.label().map_or_else(|| command.to_string(), |label| say(&label));
        let enabled = world.check_command(&command).is_ok() && command.changes(world);
        ActionView { label, command, enabled }
    };
    commands.into_iter().map(view).collect()
}

fn server_actions(world: &World, id: NodeId) -> Vec<Command> {
    let Some(server) = world.server(id) else { return Vec::new() };
    let rest: Vec<NodeId> =
        world.servers().iter().map(|other| other.id()).filter(|other| *other != id).collect();
    let crash = match Look::of(server) {
        Look::Crashed => Command::Restart(id),
        Look::Follower | Look::Candidate | Look::Leader | Look::Paused => Command::Crash(id),
    };
    let pause = match Look::of(server) {
        Look::Paused => Command::Resume(id),
        Look::Follower | Look::Candidate | Look::Leader | Look::Crashed => Command::Pause(id),
    };
    let mut actions = vec![crash, pause, Command::Timeout(id), Command::Wipe(id)];
    let membership = world.membership();
    if membership.is_learner(id) {
        actions.push(Command::Member(MemberChange::Promote(id)));
    }
    if membership.contains(id) {
        actions.push(Command::Transfer(id));
        actions.push(Command::Member(MemberChange::Remove(id)));
    } else {
        actions.push(Command::Member(MemberChange::Add(id)));
        actions.push(Command::Member(MemberChange::AddLearner(id)));
    }
    actions.push(Command::Snapshot(id));
    actions.push(Command::Compact(id));
    if !rest.is_empty() {
        let isolate = Command::Partition(vec![vec![id], rest]);
        actions.insert(3, isolate);
    }
    actions
}

fn message_actions(world: &World, id: u64) -> Vec<Command> {
    let flights = world.network().in_flight();
    let Some(flight) = flights.iter().find(|flight| flight.id() == id) else { return Vec::new() };
    let (kind, from, to) = (flight.message.kind(), flight.message.from, flight.message.to);
    let same = |other: &&&raft_sim::InFlight| {
        let message = &other.message;
        message.kind() == kind && message.from == from && message.to == to && other.id() <= id
    };
    let nth = u32::try_from(flights.iter().filter(same).count()).unwrap_or(u32::MAX);
    let act = |verb| Command::Message { verb, kind, from, to, nth };
    vec![act(MessageVerb::Drop), act(MessageVerb::Duplicate), act(MessageVerb::Deliver)]
}

fn link_actions(a: NodeId, b: NodeId) -> Vec<Command> {
    vec![
        Command::Cut(a, Direction::BothWays, b),
        Command::Cut(a, Direction::OneWay, b),
        Command::Cut(b, Direction::OneWay, a),
        Command::Mend(a, Direction::BothWays, b),
        Command::Hold(a, b),
        Command::Hold(b, a),
        Command::Release(a, b),
        Command::Release(b, a),
    ]
}

/// The command that moves a server's running timer so that it has this part of its range left.
pub fn drag_timer(world: &World, id: NodeId, part: f64) -> Option<Command> {
    let server = world.server(id)?;
    let timer = [Timer::Election, Timer::Heartbeat]
        .into_iter()
        .find(|timer| server.timer(*timer).is_some())?;
    let state = server.timer(timer)?;
    let whole = state.deadline.saturating_sub(state.set_at).max(1);
    let after = (whole as f64 * part.clamp(0.0, 1.0)) as u64;
    Some(Command::Deadline { server: id, timer, after })
}
