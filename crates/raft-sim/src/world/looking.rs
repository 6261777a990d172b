//! What can be seen of etcd's members, and between them and their clients.

use super::World;
use crate::etcd::{Countdown, OpenCall};
use crate::followed::Followed;
use crate::services::etcd::cluster_id;
use crate::wire::{ClientLink, OnTheWire};
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

    /// The server with this member id.
    pub fn server_of(&self, member: u64) -> Option<NodeId> {
        self.cluster.server_of(member)
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

    /// Requests and answers on their way between clients and servers, in the order in which they
    /// set out: none unless `client-latency` or a cut puts something between them.
    pub fn on_the_wire(&self) -> impl DoubleEndedIterator<Item = &OnTheWire> {
        self.service.desk.wire.all()
    }

    /// The ways between clients and servers that are cut: those of requests, then of answers.
    pub fn client_cuts(&self) -> impl Iterator<Item = ClientLink> + '_ {
        self.service.desk.wire.cuts()
    }

    /// Whether everything that a link names is cut under that name.
    pub fn is_client_cut(&self, link: &ClientLink) -> bool {
        self.service.desk.wire.has_cut(link)
    }

    /// Whether anything is.
    pub(crate) fn is_any_client_cut(&self, link: &ClientLink) -> bool {
        self.service.desk.wire.has_any_cut(link)
    }

    /// The request that is followed: the latest that was made by hand.
    pub fn followed(&self) -> Option<&Followed> {
        self.service.desk.followed.as_deref()
    }
}
