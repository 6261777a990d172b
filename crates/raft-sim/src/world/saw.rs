//! What clients saw, held against what the cluster had: reads that were stale, and operations that no
//! order of one copy of the data explains.

use super::World;
use crate::client::{Clients, Stale};
use crate::machine::Machine;
use etcd_kv::Bytes;
use etcd_kv::api::{Call, Response, Write};
use raft_check::linear::{Offender, Register, RegisterOperation, Verdict};
use raft_core::{Index, Micros};

/// Operations on one key that cannot have come from one copy of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOffence {
    /// The key.
    pub key: Bytes,
    /// What it may have held before them: one of these values, or nothing.
    pub starts: Vec<Option<Bytes>>,
    /// The operations, in the order of their calls; without any of them that may be left out there
    /// would be an order.
    pub operations: Vec<Saw>,
}

/// What one client saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saw {
    /// The client's number, as its requests carry it.
    pub client: u32,
    /// When it asked.
    pub called: Micros,
    /// When it was answered; `None` where it never was, and the operation may or may not have
    /// happened.
    pub returned: Option<Micros>,
    /// The value that it set, or took away; `None` where it read.
    pub put: Option<Option<Bytes>>,
    /// What it read, if it read and was answered.
    pub read: Option<Option<Bytes>>,
    /// Its place in the longest order that some of them fit, from 1; `None` where it has none.
    pub order: Option<u32>,
    /// Whether everything up to its return, not included, had an order.
    pub breaks: bool,
}

impl World {
    /// Whether what clients saw could have come from one copy of the data, as far as it is known
    /// without a search: operations under way on a key, and those with them, are not looked at.
    pub fn linearizability_so_far(&self) -> Verdict {
        self.clients.watcher.known()
    }

    /// The operations to show where what clients saw could not have come from one copy of the data.
    /// Searched for at each call, within bounds; `None` where they do not suffice.
    pub fn offence(&self) -> Option<SeenOffence> {
        let offence = self.clients.watcher.offence()?;
        let saw = |offender: &Offender<Register>| {
            let operation = &offender.operation;
            let (put, reads) = match &operation.operation {
                RegisterOperation::Put(value) => (Some(Some(value.clone())), false),
                RegisterOperation::Delete => (Some(None), false),
                RegisterOperation::Get => (None, true),
            };
            let place = offence.order.iter().position(|id| *id == offender.id);
            Saw {
                client: Clients::client_of(offender.id),
                called: Clients::time_of(operation.called),
                returned: operation.returned.as_ref().map(|(at, _)| Clients::time_of(*at)),
                put,
                read: operation.returned.as_ref().filter(|_| reads).map(|(_, read)| read.clone()),
                order: place.and_then(|place| u32::try_from(place + 1).ok()),
                breaks: offender.id == offence.breaks_at,
            }
        };
        Some(SeenOffence {
            operations: offence.operations.iter().map(saw).collect(),
            key: offence.key.clone(),
            starts: offence.starts.clone(),
        })
    }

    /// How old what a server holds of a key is, where something newer was committed when it was
    /// asked for: everything up to `committed` was.
    pub(super) fn stale(&self, place: usize, key: &[u8], committed: Index) -> Option<Stale> {
        let newest = self.caught_up(place, committed)?;
        let revision = |machine: &Machine| machine.store().get(key).map_or(0, |kv| kv.mod_revision);
        let (seen, newest) = (revision(&self.machines[place]), revision(&newest));
        (seen != newest).then_some(Stale { seen, newest })
    }

    /// Whether a member's answer misses something that was committed when it was asked.
    pub(super) fn stale_answer(
        &self,
        place: usize,
        call: &Call,
        answer: Option<&Response>,
        committed: Index,
    ) -> Option<Stale> {
        let reads = matches!(call, Call::Range(_) | Call::Write(Write::Txn(_)));
        let answer = answer.filter(|_| reads)?;
        let newest = self.caught_up(place, committed)?;
        let (store, newest) = (self.machines[place].store(), newest.store());
        let stale = newest.look(call).as_ref().ok() != Some(answer);
        stale.then(|| Stale { seen: store.revision(), newest: newest.revision() })
    }

    /// A server's state machine with all that was committed up to an index; `None` where it has all
    /// of that.
    fn caught_up(&self, place: usize, committed: Index) -> Option<Machine> {
        let applied = self.cluster.servers[place].node.applied_index();
        if applied >= committed {
            return None;
        }
        let mut machine = self.machines[place].clone();
        for index in applied + 1..=committed {
            if let Some(entry) = self.committed_entry(index) {
                machine.apply(entry, true);
            }
        }
        Some(machine)
    }
}
