//! What a server keeps on its disk as etcd lays it out, what it is still writing, and so what a crash
//! at this very moment would cost it.

use crate::menu::ActionView;
use crate::words::en::storage as words;
use etcd_kv::Store;
use etcd_kv::api::LeaseId;
use raft_core::{Index, LogWrite, Micros, NodeId, Rule, Term};
use raft_sim::{Chance, Command, Power, Server, World, describe_entry, records};

/// The most records of a log that are shown, the latest.
const RECORDS: usize = 8;
/// The most leases that are shown.
const LEASES: usize = 8;

/// Everything that the panel shows of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageView {
    /// The server.
    pub id: NodeId,
    /// Its name and role.
    pub title: String,
    /// What a crash now would lose.
    pub loss: String,
    /// Whether it would lose anything.
    pub loses: bool,
    /// The name of the log's file.
    pub wal: &'static str,
    /// What the log says beside its entries.
    pub hard_state: Vec<(String, String)>,
    /// Its latest entries, those under way included.
    pub records: Vec<Record>,
    /// How many entries stand before them.
    pub earlier: u64,
    /// The name of the snapshot's file, if there is one.
    pub snapshot: Option<String>,
    /// What the snapshot stands for.
    pub snapshot_says: String,
    /// The database in numbers.
    pub database: Vec<(String, String)>,
    /// The leases that it knows.
    pub leases: Vec<LeaseView>,
    /// How many more there are.
    pub more_leases: usize,
    /// What can be done to it.
    pub actions: Vec<ActionView>,
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

/// A lease, and how long it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseView {
    /// Its id as etcdctl writes it.
    pub id: String,
    /// Time to live and keys, and what is left where this server counts it.
    pub says: String,
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

/// A file with a saved store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub says: String,
    /// Begins a new cluster from it.
    pub restore: Command,
    /// Whether that is possible.
    pub enabled: bool,
}

/// One size of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuorumRow {
    /// How many voters.
    pub members: u8,
    /// How many of them decide.
    pub majority: u8,
    /// How many may fail.
    pub tolerates: u8,
    /// Whether the present cluster has so many.
    pub present: bool,
}

/// The server that is shown where none is chosen: the leader, or the first.
pub fn default_server(world: &World) -> NodeId {
    world.leader().map_or(NodeId(1), Server::id)
}

/// What one server keeps.
pub fn storage(world: &World, id: NodeId) -> Option<StorageView> {
    let server = world.server(id)?;
    let durable = server.disk().durable();
    let loss = loss(world, server);
    let (records, earlier) = log_records(world, server);
    let position = durable.snapshot.position;
    Some(StorageView {
        id,
        title: format!("{id} · {}", server.role_name()),
        loss: words::loss(id, server.power() == Power::Crashed, &loss),
        loses: loss.writes > 0,
        // etcd begins a second file after 64,000,000 bytes, which no run here reaches.
        wal: "0000000000000000-0000000000000000.wal",
        hard_state: words::hard_state(durable),
        records,
        earlier,
        snapshot: (position.index > 0)
            .then(|| format!("{:016x}-{:016x}.snap", position.term, position.index)),
        snapshot_says: words::snapshot(position, durable.log.base().index),
        database: database(world, server),
        leases: leases(world, server),
        more_leases: server.machine().store().leases().len().saturating_sub(LEASES),
        actions: actions(world, server),
    })
}

/// What a crash of this server at this moment would lose.
pub fn loss(world: &World, server: &Server) -> Loss {
    let live = &world.settings().live;
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
    let store = server.machine().store();
    let raised: Vec<String> = store
        .alarms()
        .map(|(member, alarm)| {
            let ids = world.servers().iter().map(Server::id);
            let whose = ids.clone().find(|id| raft_sim::etcd::member_id(*id) == *member);
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
        alarms: raised.join(", "),
    })
}

fn leases(world: &World, server: &Server) -> Vec<LeaseView> {
    let left = |id: LeaseId| {
        let counted = world.countdowns(server.id()).find(|(known, _)| *known == id);
        counted.map(|(_, countdown)| countdown.expires.saturating_sub(world.now()))
    };
    let view = |(id, lease): (&LeaseId, &etcd_kv::Lease)| LeaseView {
        id: format!("{id:x}"),
        says: words::lease(lease.ttl, lease.keys.len(), left(*id)),
    };
    server.machine().store().leases().iter().take(LEASES).map(view).collect()
}

fn actions(world: &World, server: &Server) -> Vec<ActionView> {
    let id = server.id();
    let defragment = Command::Etcdctl(format!("--endpoints={id}:2379 defrag"));
    let view = |label: &str, command: Command, sensible: bool| {
        let enabled = sensible && world.check_command(&command).is_ok();
        ActionView { label: label.into(), command, enabled }
    };
    let wiped = crate::menu::changes(world, &Command::Wipe(id));
    vec![
        view(words::TAKE_SNAPSHOT, Command::Snapshot(id), true),
        view(words::COMPACT_LOG, Command::Compact(id), true),
        view(words::DEFRAGMENT, defragment, server.is_live()),
        view(words::WIPE, Command::Wipe(id), wiped),
    ]
}

/// Saves the store of a server under a name that no file has.
pub fn save(world: &World, id: NodeId) -> ActionView {
    let taken = |name: &String| world.files().any(|(known, _)| known == name);
    let names = (1u32..).map(|number| format!("store-{number}.db"));
    let name = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
    let command = Command::Etcdctl(format!("--endpoints={id}:2379 snapshot save {name}"));
    let is_live = world.server(id).is_some_and(Server::is_live);
    let room = world.files().count() < raft_sim::console::MAX_FILES;
    let enabled = is_live && room && world.check_command(&command).is_ok();
    ActionView { label: words::save(id, &name), command, enabled }
}

/// The files from which a cluster can begin anew.
pub fn files(world: &World) -> Vec<FileView> {
    let view = |(name, bytes): (&str, &etcd_kv::Bytes)| {
        let revision = Store::revision_in(bytes);
        FileView {
            name: name.to_string(),
            says: words::file(revision, bytes.len() as u64),
            restore: Command::RestoreCluster(name.to_string()),
            enabled: revision.is_some(),
        }
    };
    world.files().map(view).collect()
}

/// Clusters of one to nine, and the present one.
pub fn quorums(world: &World) -> Vec<QuorumRow> {
    let voters = world.membership().voters.len();
    let row = |members: u8| {
        let majority = members / 2 + 1;
        let present = usize::from(members) == voters;
        QuorumRow { members, majority, tolerates: members - majority, present }
    };
    (1..=9).map(row).collect()
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

    #[test]
    fn what_is_under_way_is_lost_and_what_is_durable_is_not() {
        let mut world = cluster();
        world.run_to(world.now() + 1_000_000);
        let leader = default_server(&world);
        let quiet = storage(&world, leader).expect("it is there");
        assert!(!quiet.loses && quiet.loss.contains("loses nothing"), "{}", quiet.loss);
        put(&mut world, "a");
        let busy = storage(&world, leader).expect("it is there");
        let last = busy.records.last().expect("the entry");
        assert_eq!((last.index, last.text.as_str()), (2, "a=1"));
        assert!(
            matches!(last.state, RecordState::Pending(left) if (1_000..=2_000).contains(&left))
        );
        assert!(
            busy.loses && busy.loss.contains("It loses entry 2: 1 record in 1 write"),
            "{}",
            busy.loss
        );
        world.act(&Command::Crash(leader)).expect("it runs");
        let down = storage(&world, leader).expect("it is there");
        assert!(!down.loses);
        assert_eq!(down.records.iter().map(|record| record.index).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn torn_writes_and_promises_are_told() {
        let mut world = cluster();
        world.act(&Command::Set(Setting::TornWrites(Chance(500_000)))).expect("a setting");
        put(&mut world, "a");
        let leader = default_server(&world);
        let text = storage(&world, leader).expect("it is there").loss;
        assert!(text.contains("50%") && text.contains("wait for the disk"), "{text}");
        world.act(&Command::Set(Setting::RuleOff(Rule::AckAfterFsync))).expect("a rule");
        let text = storage(&world, leader).expect("it is there").loss;
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
        assert_eq!(storage(&world, leader).expect("it is there").snapshot, None);
        world.act(&Command::Snapshot(leader)).expect("it has applied something");
        let before = storage(&world, leader).expect("it is there");
        assert_eq!(before.snapshot.as_deref(), Some("0000000000000001-0000000000000004.snap"));
        assert_eq!(before.records.len(), 4);
        world.act(&Command::Compact(leader)).expect("there is a snapshot");
        let after = storage(&world, leader).expect("it is there");
        assert!(after.records.is_empty());
        assert!(!after.actions[1].enabled, "nothing is left to compact");
    }

    #[test]
    fn a_store_is_saved_to_a_new_file_and_the_cluster_begins_from_it() {
        let mut world = cluster();
        put(&mut world, "a");
        world.run_to(world.now() + 1_000_000);
        let leader = default_server(&world);
        let action = save(&world, leader);
        assert!(action.enabled && action.label.contains("store-1.db"));
        world.act(&action.command).expect("it runs");
        world.run_to(world.now() + 1_000_000);
        assert!(save(&world, leader).label.contains("store-2.db"));
        let files = files(&world);
        assert_eq!(files.len(), 1);
        assert!(files[0].enabled && files[0].says.contains("revision 2"), "{}", files[0].says);
        world.act(&files[0].restore).expect("the file is whole");
        let view = storage(&world, NodeId(1)).expect("it is there");
        assert_eq!(view.snapshot.as_deref(), Some("0000000000000001-0000000000000005.snap"));
    }

    #[test]
    fn more_servers_decide_by_majority() {
        let rows = quorums(&cluster());
        let numbers: Vec<_> = rows.iter().map(|r| (r.members, r.majority, r.tolerates)).collect();
        assert_eq!(numbers[..5], [(1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 3, 1), (5, 3, 2)]);
        assert_eq!(rows.iter().filter(|row| row.present).count(), 1);
        assert!(rows[4].present);
    }
}
