//! The servers' state machines, and those that snapshots stand for.

use crate::cluster::ordinal_of;
use crate::machine::Machine;
use etcd_kv::Sorted;
use raft_core::{EntryRef, NodeId};
use std::collections::VecDeque;
use std::ops::Index;

/// How many recent state machines are remembered, to be shared by servers that reach the same
/// state.
const RECENT_MACHINES: usize = 4;

/// Each server's state machine; empty while it is down.
#[derive(Clone, Debug)]
pub(crate) struct Machines {
    of: Vec<Machine>,
    recent: VecDeque<Machine>,
    /// The state machines that snapshots stand for, by their lineage.
    saved: Sorted<u64, Machine>,
}

impl Machines {
    pub(crate) fn new(servers: usize) -> Machines {
        Machines {
            of: vec![Machine::default(); servers],
            recent: VecDeque::new(),
            saved: Sorted::default(),
        }
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Machine> {
        self.of.get(ordinal_of(id))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Machine> {
        self.of.iter()
    }

    /// One more server.
    pub(crate) fn grow(&mut self) {
        self.of.push(Machine::default());
    }

    /// A server carries out an entry; once, if its client has repeated it and `once` holds.
    pub(crate) fn apply(&mut self, ordinal: usize, entry: &EntryRef, once: bool) {
        let machine = &mut self.of[ordinal];
        if entry.index <= machine.index() {
            return;
        }
        let lineage = machine.lineage_after(entry);
        match self.recent.iter().find(|machine| machine.lineage() == lineage) {
            Some(same) => *machine = same.clone(),
            None => {
                machine.apply(entry, once);
                self.recent.truncate(RECENT_MACHINES - 1);
                self.recent.push_front(machine.clone());
            }
        }
    }

    /// Keeps a server's state; the data of a snapshot that captures it.
    pub(crate) fn save(&mut self, ordinal: usize) -> [u8; 8] {
        let machine = &self.of[ordinal];
        self.saved.insert(machine.lineage(), machine.clone());
        machine.lineage().to_le_bytes()
    }

    /// A server's state becomes what a snapshot's data stand for; without any, what it began as.
    pub(crate) fn restore(&mut self, ordinal: usize, data: &[u8]) {
        let lineage = <[u8; 8]>::try_from(data).map(u64::from_le_bytes);
        let machine = lineage.ok().and_then(|lineage| self.saved.get(&lineage)).cloned();
        self.of[ordinal] = machine.unwrap_or_default();
    }

    /// A server's state becomes this.
    pub(crate) fn set(&mut self, ordinal: usize, machine: Machine) {
        self.of[ordinal] = machine;
    }

    /// Nothing that was saved counts any more but this.
    pub(crate) fn begin_with(&mut self, machine: Machine) {
        self.saved = Sorted::default();
        self.saved.insert(machine.lineage(), machine);
        self.recent.clear();
    }

    /// Forgets state machines that are kept only to be shared.
    pub(crate) fn compact(&mut self) {
        self.recent = VecDeque::new();
    }
}

impl Index<usize> for Machines {
    type Output = Machine;

    fn index(&self, ordinal: usize) -> &Machine {
        &self.of[ordinal]
    }
}
