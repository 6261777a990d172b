//! Futures a second, in one thread: five servers, 50 requests a second, one second of simulated
//! time each, every property held against every event.

use raft_runs::{Question, future};
use raft_sim::{Session, scenario};

const TEXT: &str = "nodes 5\nseed 3\nrun until leader\nload 50/s\nrun 500ms\n";
const FUTURES: u64 = 300;

/// The median of several rounds; `now` is a clock in seconds.
pub fn per_second(rounds: usize, now: impl Fn() -> f64) -> f64 {
    let mut session = Session::open(scenario::parse(TEXT).expect("a scenario"));
    assert!(session.finish_script(u64::MAX));
    let onward = session.onward();
    let question = Question::read(TEXT, "violated log-matching within 1s").expect("a question");
    let mut rates: Vec<f64> = (0..rounds)
        .map(|_| {
            let begun = now();
            for key in 0..FUTURES {
                let came = future(&onward, &question, key);
                assert!(!came.outcome().is_found() && came.after == 1_000_000, "{came:?}");
            }
            FUTURES as f64 / (now() - begun)
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
