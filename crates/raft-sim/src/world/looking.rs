//! What can be seen of the cluster below.

use super::World;
use crate::etcd::{Countdown, OpenCall};
use crate::followed::Followed;
use crate::happening::Happening;
use crate::network::Network;
use crate::server::Server;
use crate::services::etcd::cluster_id;
use crate::settings::Settings;
use crate::time::Moment;
use etcd_kv::api::{Header, LeaseId};
use raft_check::Violation;
use raft_core::{EntryRef, Index, Membership, Micros, NodeId, Term};

impl World {
    /// The settings as they stand.
    pub fn settings(&self) -> &Settings {
        self.cluster.settings()
    }

    /// Simulated time since the start.
    pub fn now(&self) -> Micros {
        self.cluster.now()
    }

    /// The exact moment that has been reached.
    pub fn moment(&self) -> Moment {
        self.cluster.moment()
    }

    /// How many events have been processed.
    pub fn events(&self) -> u64 {
        self.cluster.events()
    }

    /// Every server, in order of id.
    pub fn servers(&self) -> &[Server] {
        self.cluster.servers()
    }

    /// One server.
    pub fn server(&self, id: NodeId) -> Option<&Server> {
        self.cluster.server(id)
    }

    /// The network.
    pub fn network(&self) -> &Network {
        self.cluster.network()
    }

    /// The live leader of the highest term, if there is one.
    pub fn leader(&self) -> Option<&Server> {
        self.cluster.leader()
    }

    /// The members as the live leader knows them; without one, as the live server that has applied
    /// most does.
    pub fn membership(&self) -> &Membership {
        self.cluster.membership()
    }

    /// Whether the server belongs to the cluster.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.cluster.is_member(id)
    }

    /// What was broken so far.
    pub fn violations(&self) -> &[Violation] {
        self.cluster.violations()
    }

    /// Who led a term, if anybody did.
    pub fn leader_of(&self, term: Term) -> Option<NodeId> {
        self.cluster.leader_of(term)
    }

    /// How many terms have passed in which nobody became leader.
    pub fn leaderless_terms(&self) -> u64 {
        self.cluster.leaderless_terms()
    }

    /// The highest index that any server has committed.
    pub fn committed(&self) -> Index {
        self.cluster.committed()
    }

    /// The entry that was first committed at an index, by anybody.
    pub fn committed_entry(&self, index: Index) -> Option<&EntryRef> {
        self.cluster.committed_entry(index)
    }

    /// Whether happenings are kept until they are taken.
    pub fn record(&mut self, recording: bool) {
        self.cluster.record(recording);
    }

    /// Takes what has happened since the last call.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        self.cluster.take_happenings()
    }

    // ---- etcd's members ----

    /// The calls in members' hands, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &OpenCall> {
        self.etcd.calls.values()
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> u64 {
        cluster_id(&self.cluster)
    }

    /// What stands at the head of a member's answers.
    pub fn header(&self, id: NodeId) -> Header {
        self.etcd.header(&self.cluster, &self.machines, id)
    }

    /// The bytes of a member's database file.
    pub fn file_size(&self, id: NodeId) -> u64 {
        self.etcd.file_size(&self.machines, id)
    }

    /// The leases as this server counts them, if it leads.
    pub fn countdowns(&self, server: NodeId) -> impl Iterator<Item = (LeaseId, Countdown)> {
        let leases = self.etcd.leases.get(&server.0).into_iter();
        leases.flat_map(|leases| leases.iter().map(|(id, countdown)| (*id, *countdown)))
    }

    /// The request that is followed: the latest that was made by hand.
    pub fn followed(&self) -> Option<&Followed> {
        self.desk.followed.as_deref()
    }
}
