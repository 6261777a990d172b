//! How long it takes to find an order for what many clients did on one key.

use playground_tests::{Pick, clients};
use raft_check::linear::{Model, Operation, TextState, Verdict, check};

/// Histories of each kind.
const SEEDS: u64 = 10;

/// The longest that a thousand operations of ten busy clients on one key took, in milliseconds: ten
/// histories of a register and ten of a text that grows.
pub fn slowest_ms(clock: fn() -> f64) -> f64 {
    let times = (0..SEEDS).map(|seed| {
        let register = clients::on_a_register(&mut Pick::new(seed), 10, 1_000);
        let text = clients::on_a_text(&mut Pick::new(seed), 10, 1_000);
        one(None, &register, clock).max(one(TextState::EMPTY, &text, clock))
    });
    times.fold(0.0, f64::max)
}

fn one<M: Model>(start: M::State, history: &[Operation<M>], clock: fn() -> f64) -> f64 {
    let begun = clock();
    let verdict = check(start, history);
    let spent = clock() - begun;
    assert_eq!(verdict, Verdict::Linearizable, "the clients saw one copy");
    spent * 1_000.0
}
