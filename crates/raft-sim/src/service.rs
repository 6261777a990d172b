//! What a replicated state machine, or whatever else runs on top of a cluster, has to say for
//! itself. The playground's own is [`crate::Services`]; `examples/counter.rs` has a small one.

use crate::cluster::Cluster;
use crate::queue::Alarm;
use raft_core::{ConfigChange, EntryRef, Index, NodeId, ReadToken};
use std::sync::Arc;

/// What runs on top of a [`Cluster`]: told of everything that concerns it, in the order in which it
/// happens, and free to act on the cluster while it is told. [`crate::Simulation`] carries events
/// to both.
///
/// A service must be deterministic: the same calls in the same order leave it in the same state,
/// or a run does not repeat itself.
pub trait Service {
    /// A server carries out an entry that is committed. Called once for each entry from the
    /// snapshot's on, in the order of the log, those that carry nothing for a state machine
    /// included; again from there after a crash.
    fn apply(&mut self, cluster: &mut Cluster, at: NodeId, entry: &EntryRef);

    /// The state of a server's state machine, for a snapshot of all that it has applied.
    fn save(&mut self, at: NodeId) -> Arc<[u8]>;

    /// A server's state machine becomes what [`Service::save`] has returned at some server, or
    /// what it is in the beginning where `data` is empty. Called when a server crashes, with the
    /// snapshot on its disk, and when one arrives from the leader.
    fn restore(&mut self, at: NodeId, data: &[u8]);

    /// A server's disk is erased: its state machine is as in the beginning.
    fn erased(&mut self, at: NodeId) {
        self.restore(at, &[]);
    }

    /// One more server is there. Its state machine is as in the beginning; ids have no gaps.
    fn joined(&mut self, _id: NodeId) {}

    /// Whether a change of members only announces who joins, so that their processes wait for
    /// somebody to start them; otherwise they are there as soon as it is carried out.
    fn only_announces(&self, _change: &ConfigChange) -> bool {
        false
    }

    /// A read that was asked for with this token may be answered as soon as the server has applied
    /// everything up to the index.
    fn read_ready(
        &mut self,
        _cluster: &mut Cluster,
        _at: NodeId,
        _token: ReadToken,
        _index: Index,
    ) {
    }

    /// A server has stepped and applied everything that it knows to be committed.
    fn settled(&mut self, _cluster: &mut Cluster, _at: NodeId) {}

    /// A server's process has ended: whatever it had in hand but not on its disk is lost.
    fn down(&mut self, _cluster: &mut Cluster, _at: NodeId) {}

    /// A server that was paused takes a call that was left in its inbox.
    fn take_call(&mut self, _cluster: &mut Cluster, _at: NodeId, _call: u64) {}

    /// An alarm that was set with [`Cluster::set_alarm`] goes off.
    fn alarm(&mut self, _cluster: &mut Cluster, _alarm: Alarm) {}

    /// Whether anybody still waits for the alarm with this number. Where nobody does, it never goes
    /// off and is not an event.
    fn expects(&self, _alarm: Alarm, _number: u64) -> bool {
        true
    }

    /// An event is over, and everything that followed from it. Returns whether the service did
    /// something more at this instant: what follows from that is settled, and this is called
    /// again. `round` counts the calls within one event, from 0.
    fn follow_up(&mut self, _cluster: &mut Cluster, _round: usize) -> bool {
        false
    }

    /// Frees what it no longer needs.
    fn compact(&mut self) {}
}
