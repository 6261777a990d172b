//! What else could have come of a run: another chance from an instant on, and nothing else.
#![cfg(not(target_arch = "wasm32"))]

use raft_core::{NodeId, Timer};
use raft_sim::{Command, Moment, Session, Settings, Span, scenario};

/// A run that has gone on for this long.
fn after(text: &str, time: u64) -> Session {
    let mut session = Session::open(scenario::parse(text).expect("a scenario"));
    session.advance(time, u64::MAX);
    session
}

fn reseeded(session: &Session, key: u64) -> Session {
    let mut future = session.onward();
    future.take_future(key).expect("there is room");
    future
}

/// How many of these fall into each quarter of a range, both ends included.
fn quarters(values: &[u64], span: Span) -> [usize; 4] {
    let mut counts = [0; 4];
    for value in values {
        assert!((span.min..=span.max).contains(value), "{value} of {span}");
        let quarter = (value - span.min) * 4 / (span.max - span.min + 1);
        counts[usize::try_from(quarter).expect("below 4")] += 1;
    }
    counts
}

fn are_even(counts: [usize; 4]) {
    let whole: usize = counts.iter().sum();
    let even = |count: &usize| (whole * 21 / 100..whole * 29 / 100).contains(count);
    assert!(counts.iter().all(even), "{counts:?}");
}

const KEYS: std::ops::Range<u64> = 0..2_000;

#[test]
fn a_deadline_is_drawn_anew_from_what_is_left_of_its_range() {
    let text = "nodes 3\nseed 1\nelection-timeout 100ms..300ms\n";
    let session = after(text, 0);
    let now = (1..=3)
        .filter_map(|id| session.world().server(NodeId(id))?.timer(Timer::Election))
        .map(|timer| timer.deadline)
        .min()
        .expect("they wait");
    let session = after(text, now - 1);
    let deadlines: Vec<u64> = KEYS
        .map(|key| reseeded(&session, key).world().servers()[1].timer(Timer::Election))
        .map(|timer| timer.expect("it waits").deadline)
        .collect();
    are_even(quarters(&deadlines, Span { min: (now - 1).max(100_000), max: 300_000 }));
}

#[test]
fn an_arrival_and_a_write_are_drawn_anew_from_what_is_left_of_their_range() {
    let text = "nodes 2\nseed 1\nlatency 10ms..50ms\nfsync 5ms..25ms\ncheck-quorum off\n\
                pre-vote off\n@20ms timeout n1\n";
    let session = after(text, 24_000);
    let writes = session.world().servers()[0].disk().pending().count();
    assert_eq!(writes, 1, "n1 writes its vote for itself");
    let due: Vec<u64> = KEYS
        .filter_map(|key| {
            reseeded(&session, key).world().servers()[0].disk().pending().next().map(|it| it.1)
        })
        .collect();
    are_even(quarters(&due, Span { min: 25_000, max: 45_000 }));
    let mut session = session;
    while session.world().network().in_flight_len() == 0 {
        session.step();
    }
    let flight = session.world().network().in_flight()[0].clone();
    session.advance(flight.sent_at + 15_000, u64::MAX);
    let now = session.world().now();
    let due: Vec<u64> =
        KEYS.map(|key| reseeded(&session, key).world().network().in_flight()[0].due).collect();
    are_even(quarters(&due, Span { min: now, max: flight.sent_at + 50_000 }));
}

#[test]
fn what_a_person_has_set_stays() {
    let text = "nodes 3\nseed 1\nlatency 10ms..50ms\nset clock n3 50%\n\
                timer n2 election in 90ms\nhold n1 -> n2\nrun 1ms\ntimeout n1\nrun 5ms\n";
    let session = after(text, 6_000);
    for key in 0..50 {
        let future = reseeded(&session, key);
        let deadline = future.world().servers()[1].timer(Timer::Election).expect("it waits");
        assert_eq!(deadline.deadline, 90_000);
        let network = future.world().network();
        assert!(network.is_held(NodeId(1), NodeId(2)));
        let held = network.in_flight().iter().filter(|flight| flight.held).count();
        let before = session.world().network().in_flight().iter().filter(|it| it.held).count();
        assert_eq!(held, before);
        let slow = future.world().servers()[2].timer(Timer::Election).expect("it waits");
        let all = Settings::default().live.election_timeout;
        assert!((2 * all.min..=2 * all.max).contains(&slow.deadline), "{slow:?}");
    }
}

#[test]
fn what_was_done_later_is_done_in_a_future_too() {
    let text = "nodes 3\nseed 1\nrun 2s\n@3s crash n1\n@3s crash n2\n@4s put x 1\n@5s restart n1\n";
    let mut session = Session::open(scenario::parse(text).expect("a scenario"));
    assert!(session.finish_script(u64::MAX));
    session.seek(1_000_000);
    session.open_future(7, 0, u64::MAX).expect("there is room");
    assert_eq!((session.current(), session.world().now()), (1, 1_000_000));
    session.advance(6_000_000, u64::MAX);
    let done: Vec<String> =
        session.branch().commands().iter().map(|(_, command)| command.to_string()).collect();
    assert_eq!(done, ["reseed 7", "crash n1", "crash n2", "put x 1", "restart n1"]);
    // It is a run like any other: its text gives it again, and so does going back.
    let digest = session.world().digest();
    session.seek(2_000_000);
    session.seek(6_000_000);
    assert_eq!(session.world().digest(), digest);
    let again = after(&session.text(), 6_000_000);
    assert_eq!(again.world().digest(), digest);
    assert_eq!(again.difference(), None);
}

#[test]
fn what_cannot_be_done_in_a_future_is_left_out() {
    // Who is asked to drop what depends on chance.
    let text = "nodes 3\nseed 1\nlatency 5ms..50ms\nrun until leader\nput x 1\nrun 20ms\n\
                drop append leader -> follower\nrun 1s\n";
    let mut session = Session::open(scenario::parse(text).expect("a scenario"));
    assert!(session.finish_script(u64::MAX));
    let left_out = (0..200).filter(|key| {
        session.switch(0);
        session.seek_moment(Moment::default());
        let mut future = session.onward();
        future.take_future(*key).expect("there is room");
        future.advance(3_000_000, u64::MAX);
        let done = future.branch().commands();
        assert!(matches!(done[0].1, Command::Reseed(_)));
        done.len() == 2
    });
    assert!(left_out.count() > 0);
}

#[test]
fn a_future_of_a_scenario_goes_on_with_it() {
    let text =
        "nodes 3\nseed 1\nrun until leader\nlet old = leader\ncrash $old\nrun until leader\n";
    let session = after(text, 1_000);
    let mut leaders = [0; 3];
    for key in 0..60 {
        let mut future = reseeded(&session, key);
        assert!(future.finish_script(u64::MAX));
        let leader = future.world().leader().expect("it waits for one").id();
        leaders[usize::try_from(leader.0 - 1).expect("small")] += 1;
        assert_eq!(future.script().map(|script| script.expectations().len()), Some(2));
    }
    assert!(leaders.iter().all(|times| *times > 5), "{leaders:?}");
}

#[test]
fn an_opened_future_of_a_scenario_is_that_future() {
    let text = "nodes 3\nseed 1\nrun until leader\nlet old = leader\ncrash $old\nrun until leader\n\
                put x 1\nrun 1s\n";
    for key in 0..20 {
        let mut session = after(text, 1_000);
        let mut future = reseeded(&session, key);
        future.advance(2_000_000, u64::MAX);
        session.open_future(key, 3_000_000, u64::MAX).expect("there is room");
        assert_eq!(session.current(), 1);
        session.advance(2_000_000, u64::MAX);
        assert_eq!(session.world().digest(), future.world().digest(), "{key}");
        let again = after(&session.text(), 2_000_000);
        assert_eq!(again.world().digest(), session.world().digest(), "{key}");
    }
}
