//! What is done to the cluster from outside. A server that does not exist, or is not in a state in
//! which something can be done to it, is left as it is.

use super::Simulation;
use crate::cluster::ordinal_of;
use crate::server::Power;
use crate::service::Service;
use crate::settings::Setting;
use raft_core::{Input, NodeId, Payload, Proposal, Timer};

impl<S: Service> Simulation<S> {
    /// A server that runs is asked to append an entry; what became of that. `None` where it does
    /// not run.
    pub fn propose(&mut self, to: NodeId, data: &[u8]) -> Option<Proposal> {
        let ordinal = self.ordinal(to, &[Power::Up])?;
        let proposal = self.input(ordinal, Input::Propose(Payload::Data(data.into())));
        self.finish();
        proposal
    }

    /// A server's process ends; what is not on its disk is lost.
    pub fn crash(&mut self, id: NodeId) {
        if let Some(ordinal) = self.ordinal(id, &[Power::Up, Power::Paused]) {
            self.crash_at(ordinal);
            self.finish();
        }
    }

    /// A server that is down begins again with what is on its disk.
    pub fn restart(&mut self, id: NodeId) {
        if let Some(ordinal) = self.ordinal(id, &[Power::Crashed]) {
            self.restart_at(ordinal);
            self.finish();
        }
    }

    /// A server's process is stopped: it keeps what it has and does nothing.
    pub fn pause(&mut self, id: NodeId) {
        if let Some(ordinal) = self.ordinal(id, &[Power::Up]) {
            self.cluster.pause(ordinal);
        }
    }

    /// A server that is paused goes on.
    pub fn resume(&mut self, id: NodeId) {
        if let Some(ordinal) = self.ordinal(id, &[Power::Paused]) {
            self.cluster.resume(ordinal);
        }
    }

    /// A server's election timer runs out now.
    pub fn time_out(&mut self, id: NodeId) {
        if let Some(ordinal) = self.ordinal(id, &[Power::Up]) {
            let todo = self.cluster.fire(ordinal, Timer::Election);
            self.handle(todo);
            self.finish();
        }
    }

    /// Splits the network into groups, in place of the partition before; what is on its way between
    /// them is lost.
    pub fn partition(&mut self, groups: &[&[NodeId]]) {
        let groups = groups.iter().map(|group| group.to_vec()).collect();
        self.cluster.network.partition(groups);
        self.cluster.watch_links();
        self.cluster.lose_blocked();
    }

    /// Ends every partition and mends every link that was cut.
    pub fn heal(&mut self) {
        self.cluster.network.heal();
        self.cluster.watch_links();
    }

    /// Changes a setting from now on.
    pub fn set(&mut self, setting: &Setting) {
        self.cluster.set(setting);
    }

    fn ordinal(&self, id: NodeId, powers: &[Power]) -> Option<usize> {
        let server = self.cluster.server(id)?;
        powers.contains(&server.power).then(|| ordinal_of(id))
    }

    pub(crate) fn crash_at(&mut self, ordinal: usize) {
        let snapshot = self.cluster.crash(ordinal);
        let at = self.cluster.servers[ordinal].id;
        self.service.restore(at, &snapshot.data);
        self.service.down(&mut self.cluster, at);
    }

    pub(crate) fn restart_at(&mut self, ordinal: usize) {
        self.cluster.begins(ordinal);
        let server = &mut self.cluster.servers[ordinal];
        server.returned |= server.wiped;
        self.start(ordinal);
    }

    /// A server's process begins for the first time, or for the first time under its name anew.
    pub(crate) fn start_anew(&mut self, ordinal: usize) {
        if self.cluster.servers[ordinal].power != Power::Crashed {
            self.crash_at(ordinal);
        }
        self.cluster.begin_anew(ordinal);
        self.service.erased(self.cluster.servers[ordinal].id);
        self.restart_at(ordinal);
    }

    pub(crate) fn wipe_at(&mut self, ordinal: usize) {
        if self.cluster.servers[ordinal].power != Power::Crashed {
            self.crash_at(ordinal);
        }
        self.cluster.wipe(ordinal);
        self.service.erased(self.cluster.servers[ordinal].id);
    }
}
