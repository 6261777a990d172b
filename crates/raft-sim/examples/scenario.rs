//! A scenario as a test: written as text, carried out, its claims looked at. Then the same run by
//! hand, one event at a time, which comes to the last bit to the same.
//!
//! `cargo run --example scenario`

use raft_core::{Kind, NodeId};
use raft_sim::{Checks, Command, ScriptState, Session, Settings, World, scenario};

/// A leader that is cut off goes on believing that it leads, and nobody else believes it.
const STRANDED: &str = "
nodes 5
seed 7
check-quorum off              # with it, the old leader would step down by itself

run until leader
let old = leader
partition $old follower | rest
put x 3 via $old              # one try at the old leader: no majority, no answer
run until leaders 2
put x 8                       # to the leader of the highest term, until answered
run until reply 2 ok
heal
run until converged
expect value x = 8 on all
expect logs equal
expect safe
expect linearizable
";

/// Carries a text out to its end.
fn carried_out(text: &str) -> Session {
    let scenario = scenario::parse(text).expect("a scenario");
    let mut session = Session::open(scenario);
    while !session.finish_script(100_000) {}
    session
}

fn text_is_a_test() {
    let mut session = carried_out(STRANDED);
    let script = session.script().expect("it was opened from a text");
    for expectation in script.expectations() {
        println!("line {}: {}: {}", expectation.line, expectation.text, expectation.ok);
        assert!(expectation.ok, "{}", expectation.found);
    }
    assert_eq!(script.state(), ScriptState::Finished);
    println!("{} events in {} µs", session.world().events(), session.world().now());

    // What was done, with its exact moments, is a text again, and carried out gives the same run.
    let mut again = carried_out(&session.text());
    for session in [&mut session, &mut again] {
        session.advance(5_000_000, u64::MAX);
    }
    assert_eq!(again.world().digest(), session.world().digest());

    // A claim that does not hold says what was found; a text that is wrong, where and why.
    let wrong = carried_out("nodes 3\nrun until leader\nexpect leaders 2\n");
    let expectations = wrong.script().expect("a script").expectations();
    let failed = expectations.last().expect("the claim");
    assert!(!failed.ok);
    println!("line {}: {}: found {}", failed.line, failed.text, failed.found);
    let error = scenario::parse("crush n1").expect_err("no such action");
    println!("{error}");
}

fn by_hand() {
    let mut world = World::new(Settings::default(), Checks::Every);
    while world.leader().is_none() {
        assert!(world.step(), "there is always something due");
    }
    let leader = world.leader().expect("a leader").id();
    let follower = NodeId(if leader == NodeId(1) { 2 } else { 1 });
    world.act(&Command::Crash(follower)).expect("it runs");
    let put = Command::Put { key: "x".into(), value: "1".into(), via: None };
    world.act(&put).expect("a client may ask at any time");
    world.run_to(world.now() + 1_000_000);
    let appends = world
        .network()
        .in_flight()
        .into_iter()
        .filter(|flight| flight.message.kind() == Kind::Append);
    println!("{follower} is down, {} appends are under way", appends.count());
    assert!(world.committed() >= 2, "the leader's empty entry and the put");
    assert_eq!(world.violations(), [], "ten safety properties were held against every event");
    let refused = world.act(&Command::Crash(follower)).expect_err("it is down already");
    println!("expected {}, found {}", refused.expected, refused.found);
}

fn main() {
    text_is_a_test();
    by_hand();
}

#[test]
fn every_claim_holds() {
    main();
}
