//! One number for a whole run: equal digests mean that two runs went the same way.

use super::World;
use crate::chance::mix;
use raft_core::{Entry, Payload};

impl World {
    /// A hash of every event processed so far, in order, and of the state that they led to.
    pub fn digest(&self) -> u64 {
        let mut hash = mix(mix(self.cluster.trace, self.cluster.now), self.cluster.events);
        for (server, machine) in self.cluster.servers.iter().zip(self.service.machines.iter()) {
            let node = &server.node;
            let vote = node.vote().map_or(0, |vote| vote.0);
            let role = server.role_name().bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
            for value in [node.term(), vote, role, node.commit_index(), node.applied_index()] {
                hash = mix(hash, value);
            }
            hash = mix(hash, node.log().base().index);
            hash = mix_bytes(hash, node.membership().to_string().as_bytes());
            hash = node.log().iter().fold(hash, |hash, entry| mix_entry(hash, entry));
            for kv in machine.store().iter() {
                hash = mix_bytes(mix_bytes(hash, &kv.key), &kv.value);
                hash = mix(hash, kv.mod_revision.cast_unsigned());
            }
        }
        for console in self.service.consoles.all.iter() {
            hash = mix_bytes(hash, console.output.as_bytes());
            hash = mix(
                hash,
                console.ended.map_or(0, |(at, code)| at ^ u64::from(code.cast_unsigned())),
            );
        }
        for flight in self.cluster.network.in_flight() {
            hash = mix(mix(hash, flight.due), flight.message.kind() as u64);
        }
        for it in self.service.desk.wire.all() {
            hash = mix(mix(hash, it.due), it.id);
        }
        hash
    }
}

fn mix_entry(hash: u64, entry: &Entry) -> u64 {
    let hash = mix(mix(hash, entry.index), entry.term);
    match &entry.payload {
        Payload::Noop => mix(hash, 0),
        Payload::Data(bytes) => mix_bytes(hash, bytes),
        Payload::Config(change) => mix_bytes(hash, change.to_string().as_bytes()),
    }
}

fn mix_bytes(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(mix(hash, bytes.len() as u64), |hash, byte| mix(hash, u64::from(*byte)))
}
