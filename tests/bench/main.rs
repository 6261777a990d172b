//! The figures of speed and memory, measured natively. `--json` prints one object.
mod sim;
use raft_sim::Checks;
use std::sync::OnceLock;
use std::time::Instant;

fn clock() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

fn main() {
    for (name, nodes, checks) in
        [("5 checked", 5, Checks::Every), ("5", 5, Checks::Off), ("25", 25, Checks::Off)]
    {
        println!("{name}: {:.0}", sim::events_per_second(nodes, checks, 2000, clock));
    }
}
