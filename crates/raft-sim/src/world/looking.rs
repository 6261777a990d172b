//! What can be seen of etcd's members.

use super::World;
use crate::etcd::{Countdown, OpenCall};
use crate::followed::Followed;
use crate::services::etcd::cluster_id;
use etcd_kv::api::{Header, LeaseId};
use raft_core::NodeId;

impl World {
    /// The calls in members' hands, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &OpenCall> {
        self.service.etcd.calls.values()
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> u64 {
        cluster_id(&self.cluster)
    }

    /// What stands at the head of a member's answers.
    pub fn header(&self, id: NodeId) -> Header {
        self.service.etcd.header(&self.cluster, &self.service.machines, id)
    }

    /// The bytes of a member's database file.
    pub fn file_size(&self, id: NodeId) -> u64 {
        self.service.etcd.file_size(&self.service.machines, id)
    }

    /// The leases as this server counts them, if it leads.
    pub fn countdowns(&self, server: NodeId) -> impl Iterator<Item = (LeaseId, Countdown)> {
        let leases = self.service.etcd.leases.get(&server.0).into_iter();
        leases.flat_map(|leases| leases.iter().map(|(id, countdown)| (*id, *countdown)))
    }

    /// The request that is followed: the latest that was made by hand.
    pub fn followed(&self) -> Option<&Followed> {
        self.service.desk.followed.as_deref()
    }
}
