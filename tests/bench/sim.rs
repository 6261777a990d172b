//! How fast simulated clusters run: events a second, under load of one request each 20 ms of
//! simulated time.

use raft_sim::{Checks, Command, LoadSpec, Settings, World};

/// Simulated seconds that are measured.
const SECONDS: u64 = 400;

/// The median of five measurements.
pub fn median(nodes: u8, checks: Checks, clock: fn() -> f64) -> f64 {
    let mut rates: Vec<f64> = (0..5).map(|_| events_per_second(nodes, checks, clock)).collect();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn events_per_second(nodes: u8, checks: Checks, clock: fn() -> f64) -> f64 {
    const WARM: u64 = 2_000_000;
    let settings = Settings { nodes, ..Settings::default() };
    let mut world = World::new(settings, checks);
    world.run_to(WARM / 2);
    let load = Command::Load(Some(LoadSpec::new(50, 0)));
    world.act(&load).expect("the load generator can always be started");
    world.run_to(WARM);
    let (events, done, start) = (world.events(), world.load_done(), clock());
    world.run_to(WARM + SECONDS * 1_000_000);
    let spent = clock() - start;
    assert!(world.violations().is_empty(), "a safety property is broken");
    assert!(world.load_done() - done > SECONDS * 45, "the load was not served");
    (world.events() - events) as f64 / spent
}
