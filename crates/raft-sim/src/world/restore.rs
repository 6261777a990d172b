//! A new cluster from a saved file: what `etcdctl snapshot restore` on every member does.

use super::World;
use crate::command::{Refusal, quoted};
use crate::machine::Machine;
use crate::server::{Power, Standing};
use crate::trace::LossReason;
use etcd_kv::Store;
use raft_check::Checker;
use raft_core::{
    ChangeKind, ConfigChange, Durable, Entry, EntryRef, Log, Membership, Node, NodeId, Payload,
    Position, Snapshot,
};
use std::sync::Arc;

/// The term of what etcd writes for a restored member (`saveWALAndSnap` of etcd 3.4).
const FIRST_TERM: u64 = 1;

impl World {
    /// The store in a file that `snapshot save` has left.
    pub(super) fn saved_store(&self, file: &str) -> Result<Store, Refusal> {
        let Some(bytes) = self.service.consoles.files.get(file) else {
            let known: Vec<&str> = self.files().map(|(name, _)| name).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Err(Refusal {
                expected: "a file that `etcdctl snapshot save` has left".into(),
                found: format!("{}; there are: {known}", quoted(file)),
            });
        };
        Store::load(bytes).map_err(|wrong| Refusal {
            expected: "a snapshot that is whole".into(),
            found: format!("{}: {wrong}", quoted(file)),
        })
    }

    /// Ends the cluster and begins another with what the file holds.
    pub(super) fn restore_cluster(&mut self, file: &str) {
        let (Ok(store), Some(bytes)) =
            (self.saved_store(file), self.service.consoles.files.get(file).cloned())
        else {
            return;
        };
        for ordinal in 0..self.cluster.servers.len() {
            if self.cluster.servers[ordinal].power != Power::Crashed {
                self.crash_at(ordinal);
            }
        }
        for flight in self.cluster.network.take_all() {
            self.cluster.lose(&flight.message, LossReason::Down);
        }
        self.cluster.snapshots_sent.clear();

        let members = Membership::of(self.cluster.servers.iter().map(|server| server.id));
        let machine = Machine::restored(store.clone(), &bytes);
        let entries = membership_entries(&members.voters);
        let index = entries.len() as u64;
        let snapshot = Arc::new(Snapshot {
            position: Position { term: FIRST_TERM, index },
            membership: Arc::new(members.clone()),
            data: machine.lineage().to_le_bytes().into(),
        });
        self.service.machines.begin_with(machine);
        self.cluster.began_with = members;
        self.service.desk.origin = store;
        self.forget_old_cluster(entries);

        let durable = Durable {
            term: FIRST_TERM,
            // etcd writes down the first of the members' ids of 64 bits.
            vote: self
                .cluster
                .servers
                .iter()
                .min_by_key(|server| server.member_id())
                .map(|server| server.id),
            log: Log::after(snapshot.position),
            commit_index: index,
            snapshot: snapshot.clone(),
        };
        for ordinal in 0..self.cluster.servers.len() {
            let server = &mut self.cluster.servers[ordinal];
            server.disk.durable = durable.clone();
            server.node = Node::new(server.node.config().clone(), durable.clone());
            server.wiped = false;
            server.standing = Standing::Known;
            let id = server.id;
            self.cluster.checker.crashed(id, index);
            self.service.machines.restore(ordinal, &snapshot.data);
            self.restart_at(ordinal);
        }
    }

    /// Nothing that was promised before counts any more.
    fn forget_old_cluster(&mut self, entries: Vec<EntryRef>) {
        self.cluster.checker = Checker::beginning_with(entries);
        self.cluster.deposed = None;
        self.service.desk.followed = None;
        self.service.etcd.file_sizes = Default::default();
        self.service.etcd.files = Default::default();
        self.service.etcd.tokens = Default::default();
        self.service.etcd.recorded = 0;
        self.service.etcd.told = Default::default();
        self.service.etcd.members_at = 0;
        self.service.etcd.leaving = Default::default();
        self.service.etcd.recorded_revision = self.service.desk.origin.revision();
        self.service.etcd.reads_watched.clear();
        // Clients who wait ask the new cluster, and may see what it began with.
        self.service.desk.forget_histories();
        let open = self.service.clients.open.iter();
        let waiting: Vec<_> = open.map(|(_, o)| (o.session, o.kind.clone())).collect();
        for (session, kind) in waiting {
            self.service.desk.watch_request(self.cluster.now, session, &kind);
        }
    }
}

/// What stands before the log: each member joins, as etcd writes it down.
fn membership_entries(members: &[NodeId]) -> Vec<EntryRef> {
    let entry = |(index, id): (u64, &NodeId)| {
        let change = ConfigChange::one(ChangeKind::AddVoter, *id);
        let payload = Payload::Config(Box::new(change));
        EntryRef::new(Entry { index, term: FIRST_TERM, payload })
    };
    (1u64..).zip(members).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use crate::command::Command;
    use crate::settings::Settings;
    use crate::world::{Checks, World};

    fn refusal(world: &World, file: &str) -> String {
        let refused = world.check_command(&Command::RestoreCluster(file.into()));
        refused.expect_err("it is refused").to_string()
    }

    #[test]
    fn a_file_that_is_missing_or_damaged_is_refused_by_name() {
        let mut world = World::new(Settings::default(), Checks::Every);
        assert_eq!(
            refusal(&world, "a.db"),
            "expected a file that `etcdctl snapshot save` has left, found a.db; there are: none"
        );
        let mut whole = etcd_kv::Store::default().save();
        assert_eq!(etcd_kv::Store::revision_in(&whole), Some(1));
        world.service.consoles.files.insert("a.db".into(), whole.clone().into());
        assert!(world.check_command(&Command::RestoreCluster("a.db".into())).is_ok());
        assert!(refusal(&world, "b c").ends_with("found \"b c\"; there are: a.db"));
        whole.pop();
        world.service.consoles.files.insert("a.db".into(), whole.into());
        world.service.consoles.files.insert("note.txt".into(), b"hello".as_slice().into());
        assert!(
            refusal(&world, "a.db")
                .contains("expected a snapshot that is whole, found a.db: the snapshot is damaged")
        );
        assert!(refusal(&world, "note.txt").contains("note.txt: this is not a snapshot"));
        let before = world.digest();
        assert!(world.act(&Command::RestoreCluster("note.txt".into())).is_err());
        assert_eq!(world.digest(), before, "nothing has changed");
    }
}
