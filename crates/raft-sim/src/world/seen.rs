//! What clients saw, held against what the cluster had: reads that were stale, and operations that
//! no order of one copy of the data explains.

use super::World;
use crate::services::desk::Desk;
use etcd_kv::Bytes;
use raft_check::linear::{Offender, Register, RegisterOperation, Verdict};
use raft_core::Micros;

/// Operations on one key that cannot have come from one copy of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOffence {
    /// The key.
    pub key: Bytes,
    /// What it may have held before them: one of these values, or nothing.
    pub starts: Vec<Option<Bytes>>,
    /// The operations, in the order of their calls; without any of them that may be left out there
    /// would be an order.
    pub operations: Vec<SeenOperation>,
}

/// What one client saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOperation {
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
        self.service.desk.watcher.known()
    }

    /// The operations to show where what clients saw could not have come from one copy of the data.
    /// Searched for at each call, within bounds; `None` where they do not suffice.
    pub fn offence(&self) -> Option<SeenOffence> {
        let offence = self.service.desk.watcher.offence()?;
        let saw = |offender: &Offender<Register>| {
            let operation = &offender.operation;
            let (put, reads) = match &operation.operation {
                RegisterOperation::Put(value) => (Some(Some(value.clone())), false),
                RegisterOperation::Delete => (Some(None), false),
                RegisterOperation::Get => (None, true),
            };
            let ordinal = offence.order.iter().position(|id| *id == offender.id);
            SeenOperation {
                client: Desk::client_of(offender.id),
                called: Desk::time_of(operation.called),
                returned: operation.returned.as_ref().map(|(at, _)| Desk::time_of(*at)),
                put,
                read: operation.returned.as_ref().filter(|_| reads).map(|(_, read)| read.clone()),
                order: ordinal.and_then(|ordinal| u32::try_from(ordinal + 1).ok()),
                breaks: offender.id == offence.breaks_at,
            }
        };
        Some(SeenOffence {
            operations: offence.operations.iter().map(saw).collect(),
            key: offence.key.clone(),
            starts: offence.starts.clone(),
        })
    }
}
