//! Clients who ask far more often than they are answered: what they saw has very many possible
//! orders, and must be decided all the same.
//!
//! `RAFT_BUSY_RUNS=600` tries so many runs; how many stay undecided and how long the verdicts take
//! is printed.
#![cfg(not(target_arch = "wasm32"))]

use playground_tests::{MAX_UNDECIDED_PERMILLE, Pick};
use raft_check::linear::Verdict;
use raft_core::{Micros, NodeId};
use raft_sim::{Chance, Checks, Command, Live, LoadSpec, Power, ReadMode, Settings, World};
use std::time::{Duration, Instant};

const MS: Micros = 1_000;
/// How long a run is.
const LENGTH: Micros = 10_000 * MS;

/// Two hundred requests a second on five keys; messages are lost, servers crash and come back, and
/// clients give up soon, so that many never learn what became of their writes.
fn busy_run(seed: u64) -> World {
    let mut pick = Pick::new(seed);
    let percent = pick.from_to(1, 10);
    let live = Live {
        loss: Chance(u32::try_from(percent * 10_000).expect("at most a million")),
        client_timeout: pick.from_to(50, 400) * MS,
        forwarding: pick.chance(50),
        reads: *pick.one_of(&[ReadMode::Log, ReadMode::ReadIndex]),
        ..Settings::default().live
    };
    let nodes = *pick.one_of(&[3, 5]);
    let settings = Settings { nodes, seed, live, ..Settings::default() };
    let mut world = World::new(settings, Checks::Off);
    let via = pick.chance(50).then_some(NodeId(1));
    let spec = LoadSpec { keys: 5, via, ..LoadSpec::new(200, 50) };
    world.act(&Command::Load(Some(spec))).expect("the load can always be started");
    while world.now() < LENGTH {
        let next = world.now() + pick.from_to(100, 1_000) * MS;
        world.run_to(next);
        let power = |power| world.servers().iter().find(move |server| server.power() == power);
        let command = match (pick.below(4), power(Power::Crashed), world.leader()) {
            (0, None, Some(leader)) => Command::Crash(leader.id()),
            (1, _, Some(leader)) => Command::Timeout(leader.id()),
            (_, Some(crashed), _) => Command::Restart(crashed.id()),
            (_, None, _) => continue,
        };
        // What cannot be done at that moment is not done.
        let _refused = world.act(&command);
    }
    world
}

#[test]
fn what_busy_clients_saw_is_decided_though_many_are_never_answered() {
    let runs = match std::env::var("RAFT_BUSY_RUNS") {
        Ok(text) => text.parse().expect("RAFT_BUSY_RUNS is a number"),
        Err(_) => 40,
    };
    let (mut undecided, mut slowest, mut asking) = (Vec::new(), Duration::ZERO, Duration::ZERO);
    let begun = Instant::now();
    for seed in 1..=runs {
        let world = busy_run(seed);
        let asked = Instant::now();
        match world.linearizability() {
            Verdict::Linearizable => {}
            Verdict::Undecided => undecided.push(seed),
            Verdict::NotLinearizable => panic!("seed {seed}: {:#?}", world.offence()),
        }
        slowest = slowest.max(asked.elapsed());
        asking += asked.elapsed();
    }
    println!(
        "{runs} busy runs in {:.1} s, {} undecided; verdicts took {:.3} s, the slowest {:.3} s",
        begun.elapsed().as_secs_f64(),
        undecided.len(),
        asking.as_secs_f64(),
        slowest.as_secs_f64()
    );
    let most = runs * MAX_UNDECIDED_PERMILLE / 1_000;
    assert!(undecided.len() as u64 <= most, "undecided: the seeds {undecided:?}");
}
