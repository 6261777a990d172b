//! The playground's world: its cluster, its services, what can be done to them and what can be
//! seen.

mod act;
pub(crate) mod check;
mod consoles;
mod digest;
mod looking;
mod open;
mod outside;
mod restore;
mod seen;

pub use crate::cluster::Checks;
pub use check::Checked;
pub use consoles::{Waiting, WaitingCall};
pub use open::{OpenRequest, Whereabouts};
pub use seen::{SeenOffence, SeenOperation};

use crate::deeds::deeds;
use crate::machine::Machine;
use crate::server::Server;
use crate::services::{Acting, Cx, Services};
use crate::settings::Settings;
use crate::simulation::Simulation;
use raft_check::{Property, linear};
use raft_core::{Micros, NodeId};

/// A cluster with the playground's services at one moment. A copy is cheap: logs, stores and the
/// checker's memory share their structure.
pub type World = Simulation<Services>;

/// The playground's.
impl World {
    /// A cluster that has just been switched on.
    pub fn new(settings: Settings, checks: Checks) -> World {
        let servers = usize::from(settings.nodes);
        Simulation::on(settings, checks, Services::new(servers))
    }

    /// The services that act, and what each of them may use meanwhile.
    fn acting(&mut self) -> (Cx<'_>, Acting<'_>) {
        self.service.acting(&mut self.cluster)
    }

    /// A server's state machine; empty while it is down.
    pub fn machine(&self, id: NodeId) -> Option<&Machine> {
        self.service.machines.get(id)
    }

    /// A server's role as scenario text names it.
    pub fn role_name(&self, server: &Server) -> &'static str {
        server.role_name()
    }

    /// Whether the property has been seen broken.
    pub fn is_violated(&self, property: Property) -> bool {
        match property {
            Property::Linearizability => {
                return self.linearizability() == linear::Verdict::NotLinearizable;
            }
            Property::Progress => return self.is_stuck(),
            Property::LeaderStability => return self.cluster.deposed.is_some(),
            Property::ElectionSafety
            | Property::LeaderAppendOnly
            | Property::LogMatching
            | Property::LeaderCompleteness
            | Property::StateMachineSafety
            | Property::CommittedOnQuorum
            | Property::CommittedImmutable
            | Property::MonotonicState
            | Property::Durability
            | Property::QuorumOverlap => {}
        }
        self.violations().iter().any(|violation| violation.property == property)
    }

    /// Whether any client has asked for something, so that there is something to judge.
    pub fn has_history(&self) -> bool {
        self.service.desk.has_asked()
    }

    /// Whether what clients saw could have come from one copy of the data.
    pub fn linearizability(&self) -> linear::Verdict {
        // Where nothing can have been asked there is nothing to search.
        deeds().map_or(linear::Verdict::Linearizable, |deeds| (deeds.verdict)(self))
    }

    pub(crate) fn verdict_here(&self) -> linear::Verdict {
        self.service.desk.watcher.verdict()
    }

    /// Whether nothing has been committed for long, though a majority is there, nothing is done to
    /// the run, and something waits: an election, an entry, or a client that retries.
    fn is_stuck(&self) -> bool {
        const PATIENCE: Micros = 10_000_000;
        let live: Vec<NodeId> =
            self.cluster.servers.iter().filter(|s| s.is_live()).map(|s| s.id).collect();
        let voters = &self.membership().voters;
        let present: Vec<NodeId> = voters.iter().filter(|id| live.contains(id)).copied().collect();
        let whole = present.iter().all(|a| {
            present.iter().all(|b| {
                !self.cluster.network.is_blocked(*a, *b) && !self.cluster.network.is_held(*a, *b)
            })
        });
        let waits = self.leader().is_none_or(|leader| {
            let node = &leader.node;
            let behind = live.iter().filter_map(|id| self.server(*id)).any(|server| {
                self.is_member(server.id) && server.node.commit_index() < node.commit_index()
            });
            node.commit_index() < node.log().last_index() || behind
        });
        let waits = waits || self.retrying_requests() > 0;
        2 * present.len() > voters.len()
            && whole
            && waits
            && self.cluster.now >= self.cluster.last_progress + PATIENCE
    }
}
