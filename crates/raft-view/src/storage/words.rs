//! What the storage panel says.

use super::Loss;
use crate::lang::told;
use crate::words::{all_of, join, span};
use etcd_kv::api::AlarmType;
use raft_core::{Durable, Index, Micros, NodeId, Position};

/// The heading of the log.
pub const LOG: &str = key!("Write-ahead log");
/// The heading of the snapshot.
pub const SNAPSHOT: &str = key!("Snapshot");
/// The heading of the database.
pub const DATABASE: &str = key!("Database");
/// The heading of the leases.
pub const LEASES: &str = key!("Leases");
/// The heading of the saved files.
pub const FILES: &str = key!("Save and restore");
/// The heading of the table of quorums.
pub const SIZES: &str = key!("How many members?");
/// The question above the loss.
pub const WHAT_IF: &str = key!("If it crashed now?");
/// A button.
pub const TAKE_SNAPSHOT: &str = key!("Take snapshot");
/// A button.
pub const COMPACT_LOG: &str = key!("Compact log");
/// A button.
pub const DEFRAGMENT: &str = key!("Defragment");
/// A button.
pub const WIPE: &str = key!("Wipe disk");
/// A button.
pub const MEASURE: &str = key!("Measure");
/// The choice of a server.
pub const SERVERS: &str = key!("Server");
/// Above the list of entries.
pub const RECORDS: &str = key!("Latest entries of the log");
/// What restoring does.
pub const RESTORE_SAYS: &str = key!(
    "Restoring ends every process and begins a new cluster of all servers \
    from the file: what an operator does when a majority is lost. What was acknowledged after the \
    file was saved is gone. The timeline keeps the cluster of before."
);
/// What the table says before anything was measured.
pub const MEASURE_SAYS: &str = key!(
    "An even number tolerates no more failures than the odd one below it. \
    Measure what each member costs a write, with the latency and disk of this run."
);
/// What was measured.
pub const MEASURED_SAYS: &str = key!(
    "Each row: a small cluster that was run just now, and 200 writes of \
    one client one after the other. Messages are AppendEntries and their answers."
);
/// For a size at which no cluster made progress.
pub const NOT_MEASURED: &str = key!("no progress");
/// The columns of the table.
pub const COLUMNS: [&str; 6] =
    [key!("Members"), key!("Majority"), key!("May fail"), key!("Messages"), key!("Median"), "99 %"];

/// A number of members, marked where the present cluster has so many.
pub fn members(count: u8, present: bool) -> String {
    format!("{}{count}", if present { "▸ " } else { "" })
}

/// The size that is being measured.
pub fn measuring(members: u8) -> String {
    tr!("Measuring {}…", members)
}

/// What a crash now would lose.
pub fn loss(id: NodeId, is_down: bool, loss: &Loss) -> String {
    if is_down {
        return tr!("{} is down: this is what its disk holds, and what it starts with.", id);
    }
    if loss.writes == 0 {
        return tr!("It loses nothing: all that {} has decided is on its disk.", id);
    }
    let mut text = String::new();
    match loss.entries {
        Some((first, last)) if first == last => text = tr!("It loses entry {}.", first),
        Some((first, last)) => text = tr!("It loses entries {} to {}.", first, last),
        None => {}
    }
    match loss.hard_state {
        Some((term, Some(vote))) => {
            join(&mut text, &tr!("It forgets its vote of term {} for {}.", term, vote));
        }
        Some((term, None)) => join(&mut text, &tr!("It forgets that there is a term {}.", term)),
        None => {}
    }
    if let Some(index) = loss.snapshot {
        join(&mut text, &tr!("It loses the leader’s snapshot up to {}.", index));
    }
    if text.is_empty() {
        text = told!("It loses what it is replacing in its log.");
    }
    join(&mut text, &under_way(loss));
    if loss.torn.0 > 0 {
        let torn =
            tr!("In {} of crashes the first few of these records stay: torn writes.", loss.torn);
        join(&mut text, &torn);
    }
    join(
        &mut text,
        if loss.answers_wait {
            tr!("Nobody counts on it yet: answers and votes wait for the disk.")
        } else {
            tr!("Others may count on it already: the rule ack-after-fsync is off.")
        },
    );
    text
}

fn under_way(loss: &Loss) -> String {
    let left = span(loss.left);
    match (loss.records, loss.writes) {
        (1, _) => tr!("1 record is being written and is durable in {}.", left),
        (records, 1) => {
            tr!("{} records are being written, all at once, and are durable in {}.", records, left)
        }
        (records, writes) => tr!(
            "{} records are being written, in {} writes, and are durable in {}.",
            records,
            writes,
            left
        ),
    }
}

/// The log, beside its entries; some of these stand before those that are shown.
pub fn log(durable: &Durable, earlier: u64) -> Vec<(String, String)> {
    let vote = durable.vote.map_or(told!("nobody"), |vote| vote.to_string());
    let (first, last) = (durable.log.first_index(), durable.log.last_index());
    let held = match last.checked_sub(first) {
        None => told!("no entries"),
        Some(0) => tr!("entry {}", first),
        Some(_) => tr!("entries {} to {}", first, last),
    };
    let mut rows = vec![
        // etcd begins a second file after 64,000,000 bytes, which no run here reaches.
        row(key!("File"), "0000000000000000-0000000000000000.wal"),
        row(key!("Term, vote"), format!("{}, {vote}", durable.term)),
        row(key!("Commit index"), durable.commit_index.to_string()),
        row(key!("On disk"), held),
    ];
    if earlier > 0 {
        rows.push(row(key!("Earlier, not shown"), earlier.to_string()));
    }
    rows
}

/// The snapshot's file, what it covers, and what it leaves of the log.
pub fn snapshot(position: Position, dropped: Index) -> Vec<(String, String)> {
    let Position { term, index } = position;
    if index == 0 {
        return vec![
            row(key!("File"), tr!("none yet")),
            row(key!("A start"), tr!("carries out the whole log again")),
        ];
    }
    vec![
        row(key!("File"), format!("{term:016x}-{index:016x}.snap")),
        row(key!("Stands for"), tr!("entries up to {}, the last of term {}", index, term)),
        row(
            key!("Log dropped"),
            if dropped == 0 { told!("nothing") } else { tr!("up to {}", dropped) },
        ),
    ]
}

fn row(name: &'static str, value: impl Into<String>) -> (String, String) {
    (told(name), value.into())
}

/// A database in numbers.
pub struct Database {
    /// The store's revision.
    pub revision: i64,
    /// Its last compaction, -1 for none.
    pub compacted: i64,
    /// Keys.
    pub keys: i64,
    /// Changes that are kept.
    pub changes: usize,
    /// Bytes in use.
    pub used: u64,
    /// Bytes of the file.
    pub file: u64,
    /// The most bytes that it may have.
    pub quota: u64,
    /// The alarms that are raised.
    pub alarms: Vec<String>,
}

/// The database's rows.
pub fn database(db: &Database) -> Vec<(String, String)> {
    let revision = match db.compacted {
        ..0 => tr!("{}, not compacted", db.revision),
        compacted => tr!("{}, compacted at {}", db.revision, compacted),
    };
    let mut rows = vec![
        (told!("Revision"), revision),
        (told!("Keys"), tr!("{}, {} changes kept", db.keys, db.changes)),
        (told!("File"), tr!("{}, {} in use", bytes(db.file), bytes(db.used))),
        (told!("Quota"), bytes(db.quota)),
    ];
    if !db.alarms.is_empty() {
        rows.push((told!("Alarms"), all_of(&db.alarms)));
    }
    rows
}

/// An alarm, and whose it is.
pub fn alarm(whose: Option<NodeId>, alarm: AlarmType) -> String {
    let name = match alarm {
        AlarmType::None => tr!("none"),
        AlarmType::NoSpace => tr!("out of space"),
        AlarmType::Corrupt => tr!("corrupt"),
    };
    whose.map_or(name.into(), |id| tr!("{}: {}", id, name))
}

/// A lease: its time to live, its keys, and what is left where it is counted.
pub fn lease(ttl: i64, keys: usize, left: Option<Micros>) -> String {
    match (left, keys) {
        (Some(left), 1) => tr!("{} of {} s left, 1 key", span(left), ttl),
        (Some(left), _) => tr!("{} of {} s left, {} keys", span(left), ttl, keys),
        (None, 1) => tr!("{} s, 1 key; the leader counts", ttl),
        (None, _) => tr!("{} s, {} keys; the leader counts", ttl, keys),
    }
}

/// Whether an entry is on the disk.
pub fn record(state: super::RecordState) -> String {
    use super::RecordState;
    match state {
        RecordState::Durable => told!("✓ on disk"),
        RecordState::Pending(left) => tr!("… in {}", span(left)),
        RecordState::Replaced => told!("✗ being replaced"),
    }
}

/// The leases that are not shown.
pub fn more(count: usize) -> String {
    tr!("{} more", count)
}

/// A button.
pub fn save(id: NodeId, name: &str) -> String {
    tr!("Save {}’s store as {}", id, name)
}

/// The name of a file for a store.
pub fn file_name(number: u32) -> String {
    format!("store-{number}.db")
}

/// A button.
pub fn restore(name: &str) -> String {
    tr!("Restore the cluster from {}", name)
}

/// What a file holds.
pub fn file(revision: Option<i64>, size: u64) -> String {
    match revision {
        Some(revision) => tr!("revision {}, {}", revision, bytes(size)),
        None => tr!("no snapshot, {}", bytes(size)),
    }
}

/// Bytes as etcd writes them: `20 kB`, `2.1 GB`.
pub fn bytes(size: u64) -> String {
    let in_units = |unit: u64, name: &str| {
        let tenths = size * 10 / unit;
        if tenths >= 100 {
            format!("{} {name}", tenths / 10)
        } else {
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
    };
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => in_units(1_000, "kB"),
        1_000_000..1_000_000_000 => in_units(1_000_000, "MB"),
        _ => in_units(1_000_000_000, "GB"),
    }
}
