//! A replicated counter of one's own: one service on top of the simulated cluster, under faults,
//! held against Raft's safety properties and against what a counter promises.
//!
//! `cargo run -p raft-playground-sim --example counter [SEED]`

use raft_core::{EntryRef, NodeId, Payload, Proposal};
use raft_sim::{Checks, Cluster, Service, Settings, Simulation};
use std::sync::Arc;

const MS: u64 = 1_000;

/// Each server's total. A proposal carries the number to add, as eight bytes.
#[derive(Default)]
struct Counter {
    totals: Vec<u64>,
}

impl Counter {
    fn total(&mut self, at: NodeId) -> &mut u64 {
        let ordinal = at.0 as usize - 1;
        if self.totals.len() <= ordinal {
            self.totals.resize(ordinal + 1, 0);
        }
        &mut self.totals[ordinal]
    }
}

impl Service for Counter {
    fn apply(&mut self, _cluster: &mut Cluster, at: NodeId, entry: &EntryRef) {
        if let Payload::Data(bytes) = &entry.payload {
            *self.total(at) += number(bytes);
        }
    }

    fn save(&mut self, at: NodeId) -> Arc<[u8]> {
        self.total(at).to_le_bytes().into()
    }

    fn restore(&mut self, at: NodeId, data: &[u8]) {
        *self.total(at) = number(data);
    }
}

/// Eight bytes as a number; 0 where there are none, as in the beginning.
fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

fn main() -> Result<(), String> {
    let seed = std::env::args().nth(1).map_or(Ok(1), |seed| seed.parse());
    run(seed.map_err(|_| "expected a seed: a number from 0 on")?)
}

#[test]
fn counters_agree_under_faults() {
    (1..=20).try_for_each(run).expect("every run holds");
}

/// A run under faults. An error says what was broken.
fn run(seed: u64) -> Result<(), String> {
    let mut settings = Settings { seed, ..Settings::default() };
    settings.live.snapshot_every = 20;
    let mut simulation = Simulation::on(settings, Checks::Every, Counter::default());
    let n = NodeId;

    let mut appended = 0;
    for round in 1..=300_u64 {
        match round {
            // The leader goes down, comes back, and is cut off with one other.
            50 => {
                simulation.leader().map(|leader| leader.id()).map_or((), |id| simulation.crash(id))
            }
            100 => (1..=5).for_each(|id| simulation.restart(n(id))),
            150 => simulation.partition(&[&[n(1), n(2)], &[n(3), n(4), n(5)]]),
            200 => simulation.heal(),
            _ => {}
        }
        simulation.run_to(round * 20 * MS);
        if let Some(leader) = simulation.leader().map(|leader| leader.id())
            && let Some(Proposal::Appended { .. }) =
                simulation.propose(leader, &round.to_le_bytes())
        {
            appended += round;
        }
    }
    simulation.run_to(10_000 * MS);

    let totals = &simulation.service().totals;
    println!("seed {seed}: proposed {appended}, totals {totals:?}");
    if let Some(violation) = simulation.violations().first() {
        return Err(format!("seed {seed}: {violation}"));
    }
    let agree = totals.iter().all(|total| *total == totals[0]);
    if !agree || totals[0] == 0 || totals[0] > appended {
        return Err(format!("seed {seed}: expected one total of at most {appended} everywhere"));
    }
    Ok(())
}
