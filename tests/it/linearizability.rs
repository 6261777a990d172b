//! Client histories of others with known verdicts, and long ones of our own.
#![cfg(not(target_arch = "wasm32"))]

use playground_tests::{Pick, clients};
use raft_check::history::{MAX_FILE_CONFIGURATIONS, parse};
use raft_check::linear::{Model, Operation, Verdict, check_within, offence};
use std::time::Instant;

/// The longest that one history may take, in seconds; with the optimiser at work it takes
/// milliseconds.
const LONGEST: f64 = 10.0;

/// What was found, and how many seconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let found = work();
    (found, start.elapsed().as_secs_f64())
}

#[test]
fn every_history_of_jepsen_and_porcupine_gets_its_verdict() {
    let Some(folder) = playground_tests::conformance("linearizability") else { return };
    let verdicts = std::fs::read_to_string(folder.join("verdicts.txt")).expect("the verdicts");
    let (mut wrong, mut slowest, mut count) = (Vec::new(), 0.0_f64, 0);
    for line in verdicts.lines() {
        let (name, expected) = line.split_once(' ').expect("a file and its verdict");
        let bytes = std::fs::read(folder.join(name)).expect("a readable file");
        let (finding, seconds) = timed(|| {
            let history = parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            history.check(MAX_FILE_CONFIGURATIONS)
        });
        let found = match finding.verdict {
            Verdict::Linearizable => "linearizable",
            Verdict::NotLinearizable => "not-linearizable",
            Verdict::Undecided => "undecided",
        };
        println!("{name}: {found}, {} operations, {seconds:.3} s", finding.operations);
        if found != expected || seconds > LONGEST {
            wrong.push(format!("{name}: expected {expected}, found {found} after {seconds:.3} s"));
        }
        assert_eq!(finding.shown.is_some(), found == "not-linearizable", "{name}");
        (slowest, count) = (slowest.max(seconds), count + 1);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 56, "histories in {}", folder.display());
    println!("{count} histories, the slowest in {slowest:.3} s");
}

/// A history that has an order is found to, and one whose last answer is changed is found not to.
fn is_decided<M: Model>(
    seed: u64,
    start: M::State,
    mut history: Vec<Operation<M>>,
    wrong: Operation<M>,
) {
    let starts = [start];
    let check = |history: &[Operation<M>]| check_within(&starts, history, MAX_FILE_CONFIGURATIONS);
    let (verdict, seconds) = timed(|| check(&history));
    println!("seed {seed}: {verdict:?} in {seconds:.3} s");
    assert_eq!(verdict, Verdict::Linearizable, "seed {seed}");
    history.push(wrong);
    let ids: Vec<u64> = (0..).take(history.len()).collect();
    let (shown, seconds) = timed(|| offence((), &starts, &history, &ids));
    let shown = shown.unwrap_or_else(|| panic!("seed {seed}: nothing is shown"));
    println!("seed {seed}: {} operations shown in {seconds:.3} s", shown.operations.len());
    assert!(shown.operations.len() <= 4, "seed {seed}: {:#?}", shown.operations.len());
    assert_eq!(
        check_within(&shown.starts, &operations(&shown.operations), 100_000),
        Verdict::NotLinearizable
    );
}

fn operations<M: Model>(of: &[raft_check::linear::Offender<M>]) -> Vec<Operation<M>> {
    of.iter().map(|offender| offender.operation.clone()).collect()
}

#[test]
fn a_thousand_operations_of_ten_busy_clients_on_one_key_are_decided() {
    use raft_check::linear::{RegisterOperation, TextOperation, TextState};
    for seed in 0..5 {
        let history = clients::on_a_register(&mut Pick::new(seed), 10, 1_000);
        let called = history[900].called;
        let first = history.iter().find_map(|of| match &of.operation {
            RegisterOperation::Put(value) => Some(value.clone()),
            RegisterOperation::Get | RegisterOperation::Delete => None,
        });
        let wrong = Operation {
            called,
            returned: Some((called + 1, first)),
            operation: RegisterOperation::Get,
        };
        is_decided(seed, None, history, wrong);

        let history = clients::on_a_text(&mut Pick::new(seed), 10, 1_000);
        let called = history[900].called;
        let seen = TextState::new(&"<1>".into());
        let wrong =
            Operation { called, returned: Some((called + 1, seen)), operation: TextOperation::Get };
        is_decided(seed, TextState::EMPTY, history, wrong);
    }
}
