//! The figures of speed and memory, measured natively. `--json` prints one object, otherwise a
//! table.

mod etcd;
mod history;
mod linear;
mod memory;
mod sim;

use raft_sim::Checks;
use std::sync::OnceLock;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fn clock() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let one = history::measure(1, clock);
    let ten = history::measure(10, clock);
    let figures = [
        ("linearizability_1000_ops_ms", linear::slowest_ms(clock)),
        ("sim_events_per_s_5_checked_native", sim::median(5, Checks::Every, clock)),
        ("sim_events_per_s_5_native", sim::median(5, Checks::Off, clock)),
        ("sim_events_per_s_25_native", sim::median(25, Checks::Off, clock)),
        ("history_mb_1h", one.megabytes),
        ("seek_ms_p99_1h", one.seek_anywhere_ms),
        ("history_mb_10h", ten.megabytes),
        ("seek_ms_p99_10h", ten.seek_anywhere_ms),
        ("seek_ms_p99_10h_latest_hour", ten.seek_latest_hour_ms),
        ("etcd_puts_per_s_1k", etcd::puts_per_s(1_000, clock)),
        ("etcd_puts_per_s_100k", etcd::puts_per_s(100_000, clock)),
        ("etcd_range_ms", etcd::range_ms(clock)),
        ("etcd_frame_ms", etcd::frame_ms(clock)),
    ];
    let lines: Vec<String> = figures
        .iter()
        .map(|(name, value)| {
            let value =
                if *value > 1_000.0 { format!("{value:.0}") } else { format!("{value:.4}") };
            if json { format!("\"{name}\":{value}") } else { format!("{name:<40}{value:>14}") }
        })
        .collect();
    if json {
        println!("{{{}}}", lines.join(","));
    } else {
        println!("{}", lines.join("\n"));
    }
}
