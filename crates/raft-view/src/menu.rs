//! What can be done to whatever is selected; what would change nothing is greyed.

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
    let commands: Vec<(String, Command)> = match selection {
        Selection::Nothing => Vec::new(),
        Selection::Server(id) | Selection::Entry(id, _) => server_actions(world, id),
        Selection::Message(message) => message_actions(world, message),
        Selection::Link(a, b) => link_actions(a, b),
    };
    let view = |(label, command): (String, Command)| {
        let enabled = world.check_command(&command).is_ok() && changes(world, &command);
        ActionView { label, command, enabled }
    };
    commands.into_iter().map(view).collect()
}

fn server_actions(world: &World, id: NodeId) -> Vec<(String, Command)> {
    let Some(server) = world.server(id) else { return Vec::new() };
    let rest: Vec<NodeId> =
        world.servers().iter().map(|other| other.id()).filter(|other| *other != id).collect();
    let crash = match Look::of(server) {
        Look::Crashed => (told!("Restart"), Command::Restart(id)),
        Look::Follower | Look::Candidate | Look::Leader | Look::Paused => {
            (told!("Crash"), Command::Crash(id))
        }
    };
    let pause = match Look::of(server) {
        Look::Paused => (told!("Resume"), Command::Resume(id)),
        Look::Follower | Look::Candidate | Look::Leader | Look::Crashed => {
            (told!("Pause"), Command::Pause(id))
        }
    };
    let mut actions = vec![
        crash,
        pause,
        (told!("Time out now"), Command::Timeout(id)),
        (told!("Wipe disk"), Command::Wipe(id)),
    ];
    let membership = world.membership();
    if membership.is_learner(id) {
        actions.push((told!("Promote to voter"), Command::Member(MemberChange::Promote(id))));
    }
    if membership.contains(id) {
        actions.push((told!("Hand over leadership"), Command::Transfer(id)));
        actions.push((told!("Remove from cluster"), Command::Member(MemberChange::Remove(id))));
    } else {
        actions.push((told!("Add as voter"), Command::Member(MemberChange::Add(id))));
        actions.push((told!("Add as learner"), Command::Member(MemberChange::AddLearner(id))));
    }
    actions.push((told!("Take snapshot"), Command::Snapshot(id)));
    actions.push((told!("Compact log"), Command::Compact(id)));
    if !rest.is_empty() {
        let isolate = Command::Partition(vec![vec![id], rest]);
        actions.insert(3, (told!("Cut off"), isolate));
    }
    actions
}

fn message_actions(world: &World, id: u64) -> Vec<(String, Command)> {
    let flights = world.network().in_flight();
    let Some(flight) = flights.iter().find(|flight| flight.id() == id) else { return Vec::new() };
    let (kind, from, to) = (flight.message.kind(), flight.message.from, flight.message.to);
    let same = |other: &&&raft_sim::InFlight| {
        let message = &other.message;
        message.kind() == kind && message.from == from && message.to == to && other.id() <= id
    };
    let nth = u32::try_from(flights.iter().filter(same).count()).unwrap_or(u32::MAX);
    let act = |verb| Command::Message { verb, kind, from, to, nth };
    vec![
        (told!("Drop"), act(MessageVerb::Drop)),
        (told!("Duplicate"), act(MessageVerb::Duplicate)),
        (told!("Deliver now"), act(MessageVerb::Deliver)),
    ]
}

fn link_actions(a: NodeId, b: NodeId) -> Vec<(String, Command)> {
    vec![
        (told!("Cut both ways"), Command::Cut(a, Direction::BothWays, b)),
        (tr!("Cut {} → {}", a, b), Command::Cut(a, Direction::OneWay, b)),
        (tr!("Cut {} → {}", b, a), Command::Cut(b, Direction::OneWay, a)),
        (told!("Mend"), Command::Mend(a, Direction::BothWays, b)),
        (tr!("Hold {} → {}", a, b), Command::Hold(a, b)),
        (tr!("Hold {} → {}", b, a), Command::Hold(b, a)),
        (tr!("Release {} → {}", a, b), Command::Release(a, b)),
        (tr!("Release {} → {}", b, a), Command::Release(b, a)),
    ]
}

/// Whether a command that can be done would change anything.
pub fn changes(world: &World, command: &Command) -> bool {
    let network = world.network();
    let both = |test: &dyn Fn(NodeId, NodeId) -> bool, a: NodeId, d: Direction, b: NodeId| {
        (test(a, b), d == Direction::OneWay || test(b, a))
    };
    match command {
        Command::Cut(a, direction, b) => {
            let cut = |a, b| network.is_cut(a, b);
            both(&cut, *a, *direction, *b) != (true, true)
        }
        Command::Mend(a, direction, b) => {
            network.is_cut(*a, *b) || (*direction == Direction::BothWays && network.is_cut(*b, *a))
        }
        Command::Hold(a, b) => !network.is_held(*a, *b),
        Command::Release(a, b) => network.is_held(*a, *b),
        Command::Heal => {
            let ids: Vec<NodeId> = world.servers().iter().map(|server| server.id()).collect();
            let blocked = |a: &NodeId| ids.iter().any(|b| network.is_blocked(*a, *b));
            !network.groups().is_empty() || ids.iter().any(blocked)
        }
        Command::Partition(groups) => network.groups() != &groups[..],
        Command::Wipe(id) => {
            world.server(*id).is_some_and(|s| !s.was_wiped() || s.node().log().last_index() > 0)
        }
        Command::Load(None) => world.load_runs(),
        Command::Crash(_)
        | Command::Restart(_)
        | Command::Pause(_)
        | Command::Resume(_)
        | Command::Timeout(_)
        | Command::Member(_)
        | Command::Transfer(_)
        | Command::Snapshot(_)
        | Command::Compact(_)
        | Command::Propose { .. }
        | Command::Put { .. }
        | Command::Get { .. }
        | Command::Message { .. }
        | Command::Set(_)
        | Command::Clock { .. }
        | Command::Load(Some(_))
        | Command::Deadline { .. }
        | Command::SpreadTimers
        | Command::AlignTimers
        | Command::Etcdctl(_)
        | Command::Input { .. }
        | Command::EndOfInput(_)
        | Command::Interrupt(_)
        | Command::RestoreCluster(_)
        | Command::Say(_) => true,
    }
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
