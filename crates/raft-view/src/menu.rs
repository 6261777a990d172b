//! What can be done to whatever is selected; what would change nothing is greyed out.

use crate::lang::say;
use crate::stage::Look;
use raft_core::{NodeId, Timer};
use raft_sim::{Command, Direction, MemberChange, MessageVerb, OwnSetting, Owner, Setting, World};

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
    /// Whether the puzzle that is open forbids it.
    pub forbidden: bool,
}

/// The actions on a selection.
pub fn actions(world: &World, selection: Selection) -> Vec<ActionView> {
    let commands = match selection {
        Selection::Nothing => Vec::new(),
        Selection::Server(id) | Selection::Entry(id, _) => server_actions(world, id),
        Selection::Message(message) => message_actions(world, message),
        Selection::Link(a, b) => link_actions(world, a, b),
    };
    let view = |command: Command| {
        let is_write = matches!(command, Command::Put { .. });
        let label = command.label().map(|label| say(&label));
        let label = label.or_else(|| is_write.then(|| told!("Write here")));
        let label = label.unwrap_or_else(|| command.to_string());
        let enabled = world.check_command(&command).is_ok() && command.changes(world);
        ActionView { label, command, enabled, forbidden: false }
    };
    commands.into_iter().map(view).collect()
}

fn server_actions(world: &World, id: NodeId) -> Vec<Command> {
    let Some(server) = world.server(id) else { return Vec::new() };
    let rest: Vec<NodeId> =
        world.servers().iter().map(|other| other.id()).filter(|other| *other != id).collect();
    let crash = match Look::of(server) {
        Look::Crashed | Look::Removed => Command::Restart(id),
        Look::Announced => Command::Start(id),
        Look::Follower | Look::Candidate | Look::Leader | Look::Paused => Command::Crash(id),
    };
    let pause = match Look::of(server) {
        Look::Paused => Command::Resume(id),
        Look::Follower
        | Look::Candidate
        | Look::Leader
        | Look::Crashed
        | Look::Announced
        | Look::Removed => Command::Pause(id),
    };
    let mut actions = vec![crash, pause, Command::Timeout(id), Command::Wipe(id)];
    actions.insert(2, write_here(world, id));
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
    actions.extend(removals(Owner::Server(id), server.own_settings()));
    if !rest.is_empty() {
        let isolate = Command::Partition(vec![vec![id], rest]);
        actions.insert(4, isolate);
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
    let mut actions =
        vec![act(MessageVerb::Drop), act(MessageVerb::Duplicate), act(MessageVerb::Deliver)];
    if flight.held {
        actions.extend([Command::Release(from, to), Command::ReleaseAll]);
    }
    actions
}

fn link_actions(world: &World, a: NodeId, b: NodeId) -> Vec<Command> {
    let mut actions = vec![
        Command::Cut(a, Direction::BothWays, b),
        Command::Cut(a, Direction::OneWay, b),
        Command::Cut(b, Direction::OneWay, a),
        Command::Mend(a, Direction::BothWays, b),
        Command::Hold(a, b),
        Command::Hold(b, a),
        Command::Release(a, b),
        Command::Release(b, a),
        Command::ReleaseAll,
    ];
    for (from, to) in [(a, b), (b, a)] {
        let owner = Owner::Link(from, Direction::OneWay, to);
        actions.extend(removals(owner, world.network().own_settings(from, to)));
    }
    actions
}

/// A client sets a key by way of this server: to the number of its request, so that each differs.
fn write_here(world: &World, id: NodeId) -> Command {
    let value = (world.requests().len() + 1).to_string();
    Command::Put { key: "x".into(), value, via: Some(id) }
}

/// The commands that remove an owner's own settings, one by one.
fn removals(owner: Owner, settings: &[Setting]) -> impl Iterator<Item = Command> {
    settings
        .iter()
        .map(move |setting| Command::SetOwn(owner.clone(), OwnSetting::Default(setting.name())))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use raft_sim::{Checks, Settings, claim::Variables, expand, scenario};

    fn world() -> World {
        World::new(Settings { nodes: 3, ..Settings::default() }, Checks::Every)
    }

    fn do_it(world: &mut World, line: &str) {
        let command = scenario::parse_action(line, 3).expect("it can be read");
        for command in expand(&command, world, &Variables::default()).expect("there are servers") {
            world.act(&command).expect("it can be done");
        }
    }

    fn offered(world: &World, selection: Selection) -> Vec<String> {
        let offered = actions(world, selection).into_iter().filter(|action| action.enabled);
        offered.map(|action| format!("{}: {}", action.label, action.command)).collect()
    }

    fn own_rows(world: &World, selection: Selection) -> Vec<String> {
        let sections = inspect(world, selection).into_iter();
        let rows = sections.flat_map(|section| section.rows);
        rows.filter(|(name, _)| name == "Own settings").map(|(_, value)| value).collect()
    }

    #[test]
    fn settings_of_one_are_shown_and_removed_where_it_is_selected() {
        let (server, link) = (Selection::Server(NodeId(2)), Selection::Link(NodeId(1), NodeId(2)));
        let mut world = world();
        for selection in [server, link] {
            assert!(own_rows(&world, selection).is_empty());
            assert!(!offered(&world, selection).iter().any(|action| action.contains("default")));
        }
        do_it(&mut world, "set fsync n2 5ms..9ms");
        do_it(&mut world, "set heartbeat all 20ms");
        do_it(&mut world, "set loss n2 -> n1 5%");
        assert_eq!(own_rows(&world, server), ["fsync 5ms..9ms · heartbeat 20ms"]);
        assert_eq!(own_rows(&world, link), ["loss 5%"]);
        let removals = |world: &World, selection| {
            let mut all = offered(world, selection);
            all.retain(|action| action.contains("default"));
            all
        };
        assert_eq!(
            removals(&world, server),
            [
                "Remove own fsync: set fsync n2 default",
                "Remove own heartbeat: set heartbeat n2 default"
            ]
        );
        assert_eq!(removals(&world, link), ["Remove own loss n2 → n1: set loss n2 -> n1 default"]);
        do_it(&mut world, "set loss n2 -> n1 default");
        assert!(own_rows(&world, link).is_empty() && removals(&world, link).is_empty());
    }

    #[test]
    fn what_is_held_can_be_released_all_at_once() {
        let link = Selection::Link(NodeId(1), NodeId(2));
        let release = "Release all: release all".to_string();
        let mut world = world();
        assert!(!offered(&world, link).contains(&release), "nothing is held");
        do_it(&mut world, "hold all -> n3");
        assert!(offered(&world, link).contains(&release));
        while world.network().in_flight().is_empty() {
            assert!(world.step(), "there is an election to come");
        }
        let held = world.network().in_flight().into_iter().find(|flight| flight.held);
        let message = Selection::Message(held.expect("candidates ask everybody").id());
        assert!(offered(&world, message).contains(&release));
        do_it(&mut world, "release all");
        assert!(
            !offered(&world, link).contains(&release)
                && !offered(&world, message).contains(&release)
        );
    }
}
