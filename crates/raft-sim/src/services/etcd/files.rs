//! Members' database files: what a member has carried out is in its file within a tenth of a
//! second, and stays there when its process ends. The file knows up to which entry it is
//! (`consistent_index` of etcd), so that none is carried out twice.

use super::*;
use crate::machine::Machine;

/// How long what was carried out waits for the file (`defaultBatchInterval` of etcd's `backend`).
const BATCH: Micros = 100_000;

/// A member’s file, and the number of the queue item at which it is written next, if it is to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    machine: Machine,
    pub(crate) due: Option<u64>,
}

impl Etcd {
    /// A member has carried out something of etcd's: its file follows.
    pub(crate) fn file_follows(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let key = cx.cluster.servers[ordinal].id.0;
        if self.files.get(&key).is_some_and(|file| file.due.is_some()) {
            return;
        }
        let number =
            cx.cluster.set_alarm(cx.cluster.now + BATCH, Wake::File { server: key }.alarm());
        let mut file = self.files.remove(&key).unwrap_or_default();
        file.due = Some(number);
        self.files.insert(key, file);
    }

    /// Whether a member has such a file.
    pub(crate) fn has_file(&self, id: NodeId) -> bool {
        self.files.get(&id.0).is_some()
    }

    /// A member's file is written. A process that is stopped writes nothing.
    pub(crate) fn write_file(&mut self, cx: &Cx<'_>, server: u64) {
        let ordinal = ordinal_of(NodeId(server));
        let Some(file) = self.files.get_mut(&server) else { return };
        file.due = None;
        if cx.cluster.servers[ordinal].is_live() {
            file.machine = cx.machines[ordinal].clone();
        }
    }

    /// What a member's file holds where that is more than its machine has, once its process has
    /// ended.
    pub(crate) fn filed(&mut self, id: NodeId, machine: &Machine) -> Option<Machine> {
        let file = self.files.get_mut(&id.0)?;
        file.due = None;
        (file.machine.index() > machine.index()).then(|| file.machine.clone())
    }
}
