//! What lies between the servers: messages are lost, doubled, reordered, and links are cut.

use super::{Cluster, MAX_UNDER_WAY, Parcel};
use crate::server::{Server, Wire};
use raft_core::NodeId;

impl Cluster {
    pub(super) fn deliver_any(&mut self) -> Result<(), String> {
        if self.under_way.is_empty() {
            return Ok(());
        }
        let any = self.chance.permille(self.faults.reorder);
        let ordinal = if any { self.chance.ordinal(self.under_way.len()) } else { 0 };
        let parcel = self.under_way.remove(ordinal);
        self.deliver(parcel)
    }

    fn deliver(&mut self, parcel: Parcel) -> Result<(), String> {
        match parcel {
            Parcel::Mail { from, wire } => {
                let to = wire.to();
                let ordinal = self.ordinal_of(to);
                if !self.seats[ordinal].is_up || self.cut.contains(&(from, to)) {
                    self.lose(from, &wire);
                    return Ok(());
                }
                if wire.is_snapshot() {
                    let report = Parcel::SnapshotSent { at: from, to, arrived: true };
                    self.under_way.push(report);
                }
                self.event(|| format!("{from} → {to}: {}", describe(&wire)));
                self.act(ordinal, |server| server.receive(wire))
            }
            Parcel::SnapshotSent { at, to, arrived } => {
                self.report_to(at, |server| server.snapshot_sent(to, arrived))
            }
            Parcel::Unreachable { at, to } => self.report_to(at, |server| server.unreachable(to)),
        }
    }

    fn report_to(&mut self, at: NodeId, what: impl FnOnce(&mut dyn Server)) -> Result<(), String> {
        let ordinal = self.ordinal_of(at);
        if self.seats[ordinal].is_up { self.act(ordinal, what) } else { Ok(()) }
    }

    pub(super) fn send(&mut self, from: NodeId, wire: Wire) {
        let to = wire.to();
        let is_known = (1..=self.setting.servers).contains(&to.0);
        let lost = self.chance.permille(self.faults.loss)
            || self.under_way.len() >= MAX_UNDER_WAY
            || self.cut.contains(&(from, to));
        if lost || !is_known {
            return self.lose(from, &wire);
        }
        if self.chance.permille(self.faults.duplicate) {
            self.under_way.push(Parcel::Mail { from, wire: wire.clone() });
        }
        self.under_way.push(Parcel::Mail { from, wire });
    }

    /// A leader waits for news of its snapshots; of other messages it hears now and then.
    fn lose(&mut self, from: NodeId, wire: &Wire) {
        let to = wire.to();
        self.event(|| format!("{from} → {to} lost: {}", describe(wire)));
        if wire.is_snapshot() {
            self.under_way.push(Parcel::SnapshotSent { at: from, to, arrived: false });
        } else if self.chance.permille(50) {
            self.under_way.push(Parcel::Unreachable { at: from, to });
        }
    }

    pub(super) fn ordinal_of(&self, id: NodeId) -> usize {
        usize::try_from(id.0 - 1).unwrap_or(usize::MAX)
    }
}

fn describe(wire: &Wire) -> String {
    match wire.to_ours() {
        Ok(message) => format!("{:?} (term {})", message.body, message.term),
        Err(because) => because.to_string(),
    }
}
