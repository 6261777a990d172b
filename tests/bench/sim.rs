//! How fast simulated clusters run.

use raft_sim::{Checks, Command, LoadSpec, Settings, World};

/// Events a second of a cluster under load: one request each 20 ms of simulated time.
pub fn events_per_second(nodes: u8, checks: Checks, seconds: u64, clock: fn() -> f64) -> f64 {
    let settings = Settings { nodes, ..Settings::default() };
    let mut world = World::new(settings, checks);
    world.run_to(1_000_000);
    let load = Command::Load(Some(LoadSpec { per_second: 50, reads_percent: 0 }));
    world.act(&load).expect("the load generator can always be started");
    world.run_to(2_000_000);
    let (events, start) = (world.events(), clock());
    world.run_to(2_000_000 + seconds * 1_000_000);
    let spent = clock() - start;
    assert!(world.violations().is_empty(), "a safety property is broken");
    assert!(world.load_done() > seconds * 40, "the load was not served");
    (world.events() - events) as f64 / spent
}
