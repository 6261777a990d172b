//! The settings that one server or one link can have for itself, as fields of a form.

use crate::menu::Selection;
use raft_core::NodeId;
use raft_sim::{Direction, Live, Owner, Setting, Settings, World};

/// A setting of one server or of one direction of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnField {
    /// What it is.
    pub label: &'static str,
    /// The line that sets it, without the value.
    pub line: String,
    /// The value that holds, as scenario text writes it.
    pub value: String,
    /// The line that gives the cluster's value back, where it has one of its own.
    pub remove: Option<String>,
}

/// The settings of one server, or of one direction of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnGroup {
    /// Whose they are.
    pub owner: String,
    /// They themselves.
    pub fields: Vec<OwnField>,
}

/// Whose settings they are, where something is selected that has some.
pub fn owner_of(selection: Selection) -> Option<String> {
    match selection {
        Selection::Server(id) | Selection::Entry(id, _) => Some(id.to_string()),
        Selection::Link(a, b) => Some(format!("{a} – {b}")),
        Selection::Nothing | Selection::Message(_) => None,
    }
}

/// The settings of what is selected.
pub fn own_groups(world: &World, selection: Selection) -> Vec<OwnGroup> {
    match selection {
        Selection::Server(id) | Selection::Entry(id, _) => {
            world.server(id).map(|_| of_server(world, id)).into_iter().collect()
        }
        Selection::Link(a, b) => vec![of_link(world, a, b), of_link(world, b, a)],
        Selection::Nothing | Selection::Message(_) => Vec::new(),
    }
}

fn of_server(world: &World, id: NodeId) -> OwnGroup {
    let (live, own) = (world.live_of(id), world.server(id).map(|server| server.own_settings()));
    let owner = Owner::Server(id);
    let field = |name, label| field(&owner, name, label, &live, own.unwrap_or_default());
    let percent = world.server(id).map_or(100, |server| server.clock_percent());
    let clock = OwnField {
        label: key!("Clock: how fast it runs"),
        line: format!("set clock {id}"),
        value: format!("{percent}%"),
        remove: (percent != 100).then(|| format!("set clock {id} 100%")),
    };
    let fields = vec![
        field("fsync", key!("A write takes")),
        clock,
        field("election-timeout", key!("Election timeout")),
        field("heartbeat", key!("Heartbeat every")),
        field("torn-writes", key!("Torn writes at a crash")),
    ];
    OwnGroup { owner: id.to_string(), fields }
}

fn of_link(world: &World, from: NodeId, to: NodeId) -> OwnGroup {
    let (live, own) = (world.live_on(from, to), world.network().own_settings(from, to));
    let owner = Owner::Link(from, Direction::OneWay, to);
    let field = |name, label| field(&owner, name, label, &live, own);
    let fields = vec![
        field("latency", key!("Latency, one way")),
        field("loss", key!("Lost messages")),
        field("duplicate", key!("Duplicated messages")),
    ];
    OwnGroup { owner: format!("{from} → {to}"), fields }
}

fn field(
    owner: &Owner,
    name: &'static str,
    label: &'static str,
    live: &Live,
    own: &[Setting],
) -> OwnField {
    let all = Settings { live: live.clone(), ..Settings::default() }.lines();
    let line = all.iter().find(|setting| setting.name() == name).map(ToString::to_string);
    let value = line.as_deref().and_then(|line| line.split_once(' ')).map(|(_, value)| value);
    let is_own = own.iter().any(|setting| setting.name() == name);
    OwnField {
        label,
        line: format!("set {name} {owner}"),
        value: value.unwrap_or_default().to_string(),
        remove: is_own.then(|| format!("set {name} {owner} default")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Checks, claim::Variables, expand, scenario};

    fn do_it(world: &mut World, line: &str) {
        let command = scenario::parse_action(line, 5).expect("it can be read");
        for command in expand(&command, world, &Variables::default()).expect("there are servers") {
            world.act(&command).expect("it can be done");
        }
    }

    #[test]
    fn each_line_sets_what_it_shows_and_gives_it_back() {
        let mut world = World::new(Settings::default(), Checks::Off);
        for (selection, values) in [
            (
                Selection::Server(NodeId(2)),
                ["7ms..9ms", "50%", "200ms..300ms", "30ms", "5%"].as_slice(),
            ),
            (Selection::Link(NodeId(1), NodeId(2)), ["7ms..9ms", "50%", "5%"].as_slice()),
        ] {
            let shown = |world: &World| -> Vec<OwnField> {
                own_groups(world, selection).into_iter().flat_map(|group| group.fields).collect()
            };
            let before = shown(&world);
            assert!(before.iter().all(|field| field.remove.is_none() && !field.value.is_empty()));
            for (field, value) in before.iter().zip(values) {
                do_it(&mut world, &format!("{} {value}", field.line));
            }
            for (field, value) in shown(&world).iter().zip(values) {
                assert_eq!(field.value, *value, "{}", field.line);
                do_it(&mut world, field.remove.as_deref().expect("it is its own"));
            }
            assert_eq!(shown(&world), before);
        }
    }

    #[test]
    fn others_keep_the_settings_of_the_cluster() {
        let mut world = World::new(Settings::default(), Checks::Off);
        do_it(&mut world, "set fsync n2 50ms..50ms");
        let value =
            |id| own_groups(&world, Selection::Server(NodeId(id)))[0].fields[0].value.clone();
        assert_ne!(value(1), value(2));
        assert_eq!(value(1), value(3));
        assert!(own_groups(&world, Selection::Nothing).is_empty());
    }
}
