//! What clients saw, judged twice: as their operations return, and from a file that another tool
//! has written. Both times a read came too late for the value that it brings.
//!
//! `cargo run --example history`

use raft_check::history;
use raft_check::linear::{Register, RegisterOperation, Verdict, Watcher};
use std::sync::Arc;

fn value(text: &str) -> Arc<[u8]> {
    text.as_bytes().into()
}

/// Two clients of a store with the keys `a` and `b`. Times may be of any unit: they only order.
fn as_operations_return() {
    let mut watcher: Watcher<&str, Register> = Watcher::default();
    let nothing = None;
    watcher.call(&"b", 1, 0, RegisterOperation::Put(value("old")), nothing.clone());
    watcher.answer(&"b", 1, 10, None);
    // The second put is open while both reads go on: they may see either value.
    watcher.call(&"b", 2, 20, RegisterOperation::Put(value("new")), nothing.clone());
    watcher.call(&"b", 3, 30, RegisterOperation::Get, nothing.clone());
    watcher.answer(&"b", 3, 40, Some(value("new")));
    assert_eq!(watcher.verdict(), Verdict::Linearizable);

    // But once somebody has seen the new one, nobody may see the old one again.
    watcher.call(&"b", 4, 50, RegisterOperation::Get, nothing);
    watcher.answer(&"b", 4, 60, Some(value("old")));
    watcher.answer(&"b", 2, 70, None);
    assert_eq!(watcher.verdict(), Verdict::NotLinearizable);

    let offence = watcher.offence().expect("the operations to show");
    let ids: Vec<u64> = offence.operations.iter().map(|offender| offender.id).collect();
    println!("on key {}, operations {ids:?} fit no order", offence.key);
    assert_eq!(ids, [2, 3, 4], "without any of them there would be one");
}

/// The same in the log of a Jepsen test of one register.
fn from_a_file() {
    let log = "
        INFO jepsen.util - 0 :invoke :write 1
        INFO jepsen.util - 0 :ok     :write 1
        INFO jepsen.util - 0 :invoke :write 2
        INFO jepsen.util - 1 :invoke :read  nil
        INFO jepsen.util - 1 :ok     :read  2
        INFO jepsen.util - 1 :invoke :read  nil
        INFO jepsen.util - 1 :ok     :read  1
        INFO jepsen.util - 0 :ok     :write 2";
    let history = history::parse(log.as_bytes()).expect("a log as Jepsen writes it");
    let finding = history.check(history::MAX_FILE_CONFIGURATIONS);
    assert_eq!(finding.verdict, Verdict::NotLinearizable);
    let shown = finding.shown.expect("the operations to show");
    println!(
        "in the file, {} of {} operations fit no order:",
        shown.operations.len(),
        finding.operations
    );
    for operation in &shown.operations {
        let answer = operation.answered.as_deref().unwrap_or("no answer");
        println!(
            "  line {}: client {}: {}: {answer}",
            operation.called, operation.client, operation.asked
        );
    }
    assert_eq!(shown.breaks_at, 8, "the line of the read that came too late");

    let error = history::parse(b"INFO jepsen.util - 0 :invoke :sing 1").expect_err("no history");
    println!("{error}");
}

fn main() {
    as_operations_return();
    from_a_file();
}

#[test]
fn both_histories_are_judged() {
    main();
}
