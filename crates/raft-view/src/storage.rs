//! What a server keeps on its disk as etcd lays it out, what it is still writing, and so what a
//! crash at this moment would lose.

pub mod words;

use crate::cost::Cost;
use crate::inspect::{Section, Why};
use crate::lang::look_up;
use crate::menu::ActionView;
use crate::stage::fixed;
use crate::words::role;
use crate::words::span;
use etcd_kv::Store;
use etcd_kv::api::LeaseId;
use raft_core::{Index, LogWrite, Micros, NodeId, Rule, Term};
use raft_sim::{Chance, Command, Power, Server, World, describe_entry, records};

/// The most records of a log that are shown, the latest.
const RECORDS: usize = 8;
/// The most leases that are shown.
const LEASES: usize = 8;
/// The largest cluster in the table.
pub const MOST_MEMBERS: u8 = 9;

/// Everything that the panel shows of one server, and what was saved of the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageView {
    /// Its name and role, and what a crash now would lose.
    pub disk: Section,
    /// What can be done to its disk.
    pub actions: Vec<ActionView>,
    /// The log, beside its entries.
    pub log: Section,
    /// Its latest entries, those under way included.
    pub records: Vec<Record>,
    /// Snapshot, database, leases and saved files.
    pub sections: Vec<Section>,
    /// Saving a store, and beginning a cluster from one.
    pub files: Vec<ActionView>,
}

/// An entry of the log on disk or on its way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its index.
    pub index: Index,
    /// Its term.
    pub term: Term,
    /// What it holds, in a few characters.
    pub text: String,
    /// Whether a crash would lose it.
    pub state: RecordState,
}

/// Whether an entry is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// It is.
    Durable,
    /// It will be, in this time.
    Pending(Micros),
    /// It is, and a write under way puts another in its place.
    Replaced,
}

/// What a crash at this moment would lose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Writes under way.
    pub writes: usize,
    /// Their records.
    pub records: usize,
    /// The first and last entry among them.
    pub entries: Option<(Index, Index)>,
    /// A term, and the vote in it.
    pub hard_state: Option<(Term, Option<NodeId>)>,
    /// A snapshot from the leader, up to this index.
    pub snapshot: Option<Index>,
    /// Until all of it is durable.
    pub left: Micros,
    /// How likely a crash leaves the first few records.
    pub torn: Chance,
    /// Whether answers and votes wait for what they rest on.
    pub answers_wait: bool,
}

/// One size of a cluster: a row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeRow {
    /// Whether the present cluster has so many voters.
    pub present: bool,
    /// Figures, and where one is measured its part of the greatest, 0 to 1.
    pub cells: Vec<(String, Option<f64>)>,
}

/// The server that is shown where none is chosen: the leader, or the first.
pub fn default_server(world: &World) -> NodeId {
    world.leader().map_or(NodeId(1), Server::id)
}

/// What one server keeps.
pub fn storage(world: &World, id: NodeId) -> Option<StorageView> {
    let server = world.server(id)?;
    let durable = server.disk().durable();
    let (records, earlier) = log_records(world, server);
    let loss = words::loss(id, server.power() == Power::Crashed, &loss(world, server));
    let why = Why { question: look_up(words::WHAT_IF).into(), answer: loss, cite: String::new() };
    let section =
        |title: &'static str, rows| Section { title: look_up(title).into(), rows, why: None };
    let title = format!("{id} · {}", role(server));
    let mut sections = vec![
        section(
            words::SNAPSHOT,
            words::snapshot(durable.snapshot.position, durable.log.base().index),
        ),
        section(words::DATABASE, database(world, server)),
    ];
    let leases = leases(world, server);
    if !leases.is_empty() {
        sections.push(section(words::LEASES, leases));
    }
    let rows = world.files().map(|(name, bytes)| {
        (name.to_string(), words::file(Store::revision_in(bytes), bytes.len() as u64))
    });
    sections.push(section(words::FILES, rows.collect()));
    Some(StorageView {
        disk: Section { title, rows: Vec::new(), why: Some(why) },
        actions: actions(world, server),
        log: section(words::LOG, words::log(durable, earlier)),
        records,
        sections,
        files: files(world, server),
    })
}

/// What a crash of this server at this moment would lose.
pub fn loss(world: &World, server: &Server) -> Loss {
    let live = world.live_of(server.id());
    let mut loss = Loss {
        torn: live.torn_writes,
        answers_wait: live.rules.holds(Rule::AckAfterFsync),
        ..Loss::default()
    };
    for (write, due) in server.disk().pending() {
        loss.writes += 1;
        loss.records += records(write);
        loss.left = due.saturating_sub(world.now());
        loss.hard_state = write.hard_state.or(loss.hard_state);
        loss.snapshot = write.snapshot.as_ref().map(|s| s.position.index).or(loss.snapshot);
        let entries = write.log.as_ref().map_or(&[][..], |log| &log.entries);
        if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
            let from = loss.entries.map_or(first.index, |(from, _)| from.min(first.index));
            loss.entries = Some((from, last.index));
        }
    }
    loss
}

/// The latest entries, and how many are before them.
fn log_records(world: &World, server: &Server) -> (Vec<Record>, u64) {
    let record = |entry: &raft_core::EntryRef, state| Record {
        index: entry.index,
        term: entry.term,
        text: describe_entry(entry),
        state,
    };
    let log = &server.disk().durable().log;
    let mut all: Vec<Record> =
        log.iter().rev().take(RECORDS).map(|entry| record(entry, RecordState::Durable)).collect();
    all.reverse();
    for (write, due) in server.disk().pending() {
        let Some(LogWrite { first_index, entries }) = &write.log else { continue };
        for known in all.iter_mut().filter(|known| known.index >= *first_index) {
            known.state = RecordState::Replaced;
        }
        let state = RecordState::Pending(due.saturating_sub(world.now()));
        let skip = entries.len().saturating_sub(RECORDS);
        all.extend(entries.iter().skip(skip).map(|entry| record(entry, state)));
    }
    let shown = all.split_off(all.len().saturating_sub(RECORDS));
    let first = shown.iter().map(|record| record.index).min().unwrap_or(log.first_index());
    (shown, first.saturating_sub(log.first_index()))
}

fn database(world: &World, server: &Server) -> Vec<(String, String)> {
    let Some(machine) = world.machine(server.id()) else { return Vec::new() };
    let store = machine.store();
    let raised: Vec<String> = store
        .alarms()
        .map(|(member, alarm)| {
            let whose = world.server_of(*member);
            words::alarm(whose, *alarm)
        })
        .collect();
    words::database(&words::Database {
        revision: store.revision(),
        compacted: store.compacted(),
        keys: store.key_count(),
        changes: store.change_count(),
        used: store.size_in_use(),
        file: world.file_size(server.id()),
        quota: world.settings().live.quota,
        alarms: raised,
    })
}

fn leases(world: &World, server: &Server) -> Vec<(String, String)> {
    let left = |id: LeaseId| {
        let counted = world.countdowns(server.id()).find(|(known, _)| *known == id);
        counted.map(|(_, countdown)| countdown.expires.saturating_sub(world.now()))
    };
    let Some(machine) = world.machine(server.id()) else { return Vec::new() };
    let all = machine.store().leases();
    let row = |(id, lease): (&LeaseId, &etcd_kv::Lease)| {
        (format!("{id:x}"), words::lease(lease.ttl, lease.keys.len(), left(*id)))
    };
    let mut rows: Vec<_> = all.iter().take(LEASES).map(row).collect();
    if all.len() > LEASES {
        rows.push((words::more(all.len() - LEASES), String::new()));
    }
    rows
}

fn action(world: &World, label: String, command: Command, sensible: bool) -> ActionView {
    let enabled = sensible && world.check_command(&command).is_ok();
    ActionView { label, command, enabled, forbidden: false }
}

fn actions(world: &World, server: &Server) -> Vec<ActionView> {
    let id = server.id();
    let defragment = Command::Etcdctl(format!("--endpoints={id}:2379 defrag"));
    let wiped = Command::Wipe(id).changes(world);
    let view = |label: &'static str, command, sensible| {
        action(world, look_up(label).into(), command, sensible)
    };
    vec![
        view(words::TAKE_SNAPSHOT, Command::Snapshot(id), true),
        view(words::COMPACT_LOG, Command::Compact(id), true),
        view(words::DEFRAGMENT, defragment, server.is_live()),
        view(words::WIPE, Command::Wipe(id), wiped),
    ]
}

/// Saves the server's store under a name that no file has; begins a cluster from a file.
fn files(world: &World, server: &Server) -> Vec<ActionView> {
    let taken = |name: &str| world.files().any(|(known, _)| known == name);
    let (mut number, id) = (1, server.id());
    while taken(&words::file_name(number)) {
        number += 1;
    }
    let name = words::file_name(number);
    let save = Command::Etcdctl(format!("--endpoints={id}:2379 snapshot save {name}"));
    let room = world.files().count() < raft_sim::console::MAX_FILES;
    let mut views = vec![action(world, words::save(id, &name), save, server.is_live() && room)];
    views.extend(world.files().map(|(name, bytes)| ActionView {
        label: words::restore(name),
        command: Command::RestoreCluster(name.to_string()),
        enabled: Store::revision_in(bytes).is_some(),
        forbidden: false,
    }));
    views
}

/// Clusters of one to nine members, and what a write costs in each where that was measured.
pub fn sizes(world: &World, costs: &[Option<Cost>]) -> Vec<SizeRow> {
    let voters = world.membership().voters.len();
    let greatest = |of: fn(&Cost) -> f64| costs.iter().flatten().map(of).fold(1.0, f64::max);
    let (messages, slowest) = (greatest(|cost| cost.messages), greatest(|cost| cost.p99_us as f64));
    let row = |members: u8| {
        let majority = members / 2 + 1;
        let present = usize::from(members) == voters;
        let plain = |number: u8| (number.to_string(), None);
        let mut cells = vec![
            (words::members(members, present), None),
            plain(majority),
            plain(members - majority),
        ];
        match costs.get(usize::from(members) - 1) {
            Some(Some(cost)) => {
                let time = |time: Micros| (span(time), Some(time as f64 / slowest));
                cells.push((fixed(cost.messages), Some(cost.messages / messages)));
                cells.extend([time(cost.median_us), time(cost.p99_us)]);
            }
            Some(None) => cells.push((look_up(words::NOT_MEASURED).into(), None)),
            None => {}
        }
        SizeRow { present, cells }
    };
    (1..=MOST_MEMBERS).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Checks, Setting, Settings};

    fn cluster() -> World {
        let mut world = World::new(Settings::default(), Checks::Every);
        while world.committed() == 0 {
            world.step();
        }
        world
    }

    fn put(world: &mut World, key: &str) {
        let put = Command::Put { key: key.into(), value: "1".into(), via: None };
        world.act(&put).expect("possible at any time");
    }

    fn look(world: &World, id: NodeId) -> StorageView {
        storage(world, id).expect("it is there")
    }

    fn loss_of(world: &World, id: NodeId) -> String {
        look(world, id).disk.why.expect("it is told").answer
    }

    fn value<'a>(view: &'a StorageView, title: &str, name: &str) -> Option<&'a str> {
        let section = view.sections.iter().find(|section| section.title == title)?;
        section.rows.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn what_is_under_way_is_lost_and_what_is_durable_is_not() {
        let mut world = cluster();
        world.run_to(world.now() + 1_000_000);
        let leader = default_server(&world);
        assert!(loss_of(&world, leader).contains("loses nothing"));
        put(&mut world, "a");
        let busy = look(&world, leader);
        let last = busy.records.last().expect("the entry");
        assert_eq!((last.index, last.text.as_str()), (2, "a=1"));
        assert!(
            matches!(last.state, RecordState::Pending(left) if (1_000..=2_000).contains(&left))
        );
        let text = loss_of(&world, leader);
        let expected = "It loses entry 2. 1 record is being written and is durable in 1.";
        assert!(text.contains(expected), "{text}");
        world.act(&Command::Crash(leader)).expect("it runs");
        assert!(loss_of(&world, leader).contains("is down"));
        let indexes: Vec<_> = look(&world, leader).records.iter().map(|r| r.index).collect();
        assert_eq!(indexes, [1]);
    }

    #[test]
    fn torn_writes_and_promises_are_told() {
        let mut world = cluster();
        world.act(&Command::Set(Setting::TornWrites(Chance(500_000)))).expect("a setting");
        put(&mut world, "a");
        let leader = default_server(&world);
        let text = loss_of(&world, leader);
        assert!(text.contains("50%") && text.contains("wait for the disk"), "{text}");
        world.act(&Command::Set(Setting::RuleOff(Rule::AckAfterFsync))).expect("a rule");
        let text = loss_of(&world, leader);
        assert!(text.contains("may count on it already"), "{text}");
    }

    #[test]
    fn snapshots_and_what_is_left_of_the_log_are_named_as_etcd_names_files() {
        let mut world = cluster();
        for key in ["a", "b", "c"] {
            put(&mut world, key);
        }
        world.run_to(world.now() + 1_000_000);
        let leader = default_server(&world);
        assert_eq!(value(&look(&world, leader), words::SNAPSHOT, "File"), Some("none yet"));
        world.act(&Command::Snapshot(leader)).expect("it has applied something");
        let before = look(&world, leader);
        let name = "0000000000000001-0000000000000004.snap";
        assert_eq!(value(&before, words::SNAPSHOT, "File"), Some(name));
        assert_eq!(before.records.len(), 4);
        world.act(&Command::Compact(leader)).expect("there is a snapshot");
        let after = look(&world, leader);
        assert!(after.records.is_empty());
        assert!(!after.actions[1].enabled, "nothing is left to compact");
    }

    #[test]
    fn a_store_is_saved_to_a_new_file_and_the_cluster_begins_from_it() {
        let mut world = cluster();
        put(&mut world, "a");
        world.run_to(world.now() + 1_000_000);
        let leader = default_server(&world);
        let save = look(&world, leader).files.remove(0);
        assert!(save.enabled && save.label.contains("store-1.db"));
        world.act(&save.command).expect("it runs");
        world.run_to(world.now() + 1_000_000);
        let view = look(&world, leader);
        let says = value(&view, words::FILES, "store-1.db").expect("the file");
        assert!(says.contains("revision 2"), "{says}");
        assert!(view.files[0].label.contains("store-2.db"));
        assert!(view.files[1].enabled);
        world.act(&view.files[1].command).expect("the file is whole");
        let name = "0000000000000001-0000000000000005.snap";
        assert_eq!(value(&look(&world, NodeId(1)), words::SNAPSHOT, "File"), Some(name));
    }

    #[test]
    fn more_servers_decide_by_majority() {
        let rows =
            sizes(&cluster(), &[None, Some(Cost { messages: 4.0, median_us: 5, p99_us: 10 })]);
        let texts = |row: &SizeRow| {
            row.cells.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(texts(&rows[0]), "1 1 0 no progress");
        assert_eq!(texts(&rows[1]), "2 2 0 4 5 µs 10 µs");
        assert_eq!(rows[1].cells[4].1, Some(0.5));
        assert_eq!(texts(&rows[2]), "3 2 1");
        assert_eq!(texts(&rows[4]), "▸ 5 3 2");
        assert!(rows[4].present && rows.iter().filter(|row| row.present).count() == 1);
    }
}
