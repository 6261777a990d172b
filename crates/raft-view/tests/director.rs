//! Claims about the pace at which a run is played.

use expect_test::expect;
use raft_core::{Micros, NodeId};
use raft_sim::{Command, Session, scenario};
use raft_view::director::{Director, Telling};
use std::fmt::Write;

/// The real time of a frame.
const FRAME: Micros = 10_000;

/// What a person sees who watches so many real seconds: when time stands still and for how long,
/// and what is said.
fn watched(text: &str, seconds: u64) -> String {
    let mut session = Session::open(scenario::parse(text).expect("a sound text"));
    let mut director = Director::new(Telling::Narrated, 1);
    let (mut out, mut line) = (String::new(), None);
    let (mut stands_since, mut moved_since, mut moved_from) = (None, 0, 0);
    for frame in 0..seconds * 1_000_000 / FRAME {
        let real = frame * FRAME;
        let before = session.world().now();
        let goal = director.frame(&session, FRAME, None);
        session.advance(goal, 20_000);
        director.has_heard(&session);
        let now = session.world().now();
        let still = now == before;
        match (still, stands_since) {
            (true, None) => {
                stands_since = Some(real);
                if real > moved_since {
                    let went = now - moved_from;
                    writeln!(out, "  {} passes in {} s", ms(went), s(real - moved_since))
                        .expect("a text takes everything");
                }
            }
            (false, Some(since)) => {
                writeln!(out, "  stands still for {} s", s(real - since))
                    .expect("a text takes everything");
                (stands_since, moved_since, moved_from) = (None, real, before);
            }
            (true, Some(_)) | (false, None) => {}
        }
        if director.line() != line.as_ref() {
            line = director.line().cloned();
            if let Some((at, said)) = &line {
                writeln!(out, "{} s, at {}: {}", s(real), ms(*at), said.text)
                    .expect("a text takes everything");
            }
        }
    }
    out
}

fn s(real: Micros) -> String {
    format!("{}.{:02}", real / 1_000_000, real / 10_000 % 100)
}

fn ms(time: Micros) -> String {
    format!("{}.{:02} ms", time / 1_000, time / 10 % 100)
}

#[test]
fn a_first_visit_is_slow_where_something_is_decided() {
    expect![[r#"
        2.49 s, at 154.46 ms: n2 knows of no leader and its election timeout ran out, so it starts **term 1** and asks for votes.
          154.46 ms passes in 2.50 s
          stands still for 4.50 s
        8.19 s, at 165.63 ms: n1, n3, n4 and n5 give n2 their **votes of term 1**.
          11.17 ms passes in 1.20 s
          stands still for 0.80 s
          2.40 ms passes in 0.22 s
          stands still for 0.79 s
          5.76 ms passes in 0.56 s
          stands still for 0.79 s
          0.11 ms passes in 0.02 s
          stands still for 0.79 s
        13.14 s, at 183.56 ms: n2 has 3 votes and is **leader of term 1**. It appends an empty entry of its own. A client sets **x** to **1** at the leader. A client sets **y** to **2** at the leader.
          9.64 ms passes in 0.98 s
          stands still for 6.07 s
        22.08 s, at 210.57 ms: Entry 1 is on a majority: leader n2 **commits** it.
          27.01 ms passes in 2.87 s
          stands still for 0.79 s
          30.74 ms passes in 2.85 s
        25.73 s, at 241.31 ms: Entries 2 to 3 are on a majority: leader n2 **commits** them. Request 1 is carried out: revision 2. Request 2 is carried out: revision 3.
          stands still for 6.27 s
        33.70 s, at 258.24 ms: A client sets **x** to **3** at the leader.
          16.92 ms passes in 1.71 s
          stands still for 0.80 s
        37.49 s, at 284.86 ms: Entry 4 is on a majority: leader n2 **commits** it. Request 3 is carried out: revision 4.
          26.62 ms passes in 2.99 s
    "#]]
        .assert_eq(&watched(include_str!("../../../web/scenarios/first-light.raft"), 38));
}

#[test]
fn heartbeats_go_by_quickly_and_a_wait_for_a_timer_takes_no_longer_than_it_is_borne() {
    let text = "nodes 3\nseed 2\nelection-timeout 4s..5s\npre-vote off\ncheck-quorum off\n\
                timeout n1\nrun until converged\nrun 3s\ncrash n1\nrun 6s\n";
    expect![[r#"
        0.00 s, at 0.00 ms: n1’s election timer is made to fire. n1 knows of no leader and its election timeout ran out, so it starts **term 1** and asks for votes.
          stands still for 6.72 s
        7.91 s, at 10.91 ms: n2 and n3 give n1 their **votes of term 1**.
          10.91 ms passes in 1.20 s
          stands still for 0.80 s
          6.87 ms passes in 0.65 s
          stands still for 0.79 s
        10.80 s, at 24.26 ms: n1 has 2 votes and is **leader of term 1**. It appends an empty entry of its own.
          6.46 ms passes in 0.65 s
          stands still for 2.11 s
        15.42 s, at 52.09 ms: Entry 1 is on a majority: leader n1 **commits** it.
          27.83 ms passes in 2.51 s
          stands still for 0.79 s
          3022.31 ms passes in 6.02 s
        22.24 s, at 3074.40 ms: **n1 crashes.** What its disk does not hold is lost.
          stands still for 0.80 s
        25.53 s, at 7159.99 ms: n2 has not heard from n1 for its whole election timeout, so it starts **term 2** and asks for votes.
          4085.58 ms passes in 2.50 s
          stands still for 4.40 s
        31.29 s, at 7177.83 ms: n3 gives n2 its **one vote of term 2**.
          17.83 ms passes in 1.36 s
          stands still for 1.26 s
        33.79 s, at 7197.29 ms: n2 has 2 votes and is **leader of term 2**. It appends an empty entry of its own.
          19.46 ms passes in 1.24 s
          stands still for 1.82 s
          37.86 ms passes in 2.80 s
        38.42 s, at 7235.16 ms: Entry 2 is on a majority: leader n2 **commits** it.
          stands still for 0.80 s
    "#]].assert_eq(&watched(text, 60));
}

#[test]
fn what_a_person_does_is_told_at_once_and_what_was_planned_is_void() {
    let mut session = Session::open(scenario::parse("nodes 3\nseed 4\n").expect("a sound text"));
    let mut director = Director::new(Telling::Narrated, 1);
    let play = |session: &mut Session, director: &mut Director, millis: u64| {
        for _ in 0..millis * 1_000 / FRAME {
            let goal = director.frame(session, FRAME, None);
            session.advance(goal, 20_000);
            director.has_heard(session);
        }
        director.line().map(|(_, line)| line.text.clone())
    };
    let line = play(&mut session, &mut director, 4_000).expect("an election");
    assert!(line.contains("could** win term 1"), "{line}");
    session.dispatch(Command::Crash(NodeId(1))).expect("it runs");
    director.forget();
    let now = session.world().now();
    let line = play(&mut session, &mut director, 700).expect("a crash");
    assert!(line.starts_with("**n1 crashes.**"), "{line}");
    assert_eq!(session.world().now(), now, "it is held");
    // The next line waits until this one can be read.
    assert_eq!(play(&mut session, &mut director, 1_700), Some(line));
    assert!(session.world().now() > now);
}

#[test]
fn what_a_scenario_says_of_an_instant_is_all_that_is_told_of_it() {
    expect![[r#"
        0.19 s, at 10.00 ms: n1 is alone.
          10.00 ms passes in 0.20 s
          stands still for 1.70 s
        2.69 s, at 50.00 ms: The link between n2 and n3 is cut. n2’s election timer is made to fire. n2 knows of no leader, and asks whether it **could** win term 1.
          40.00 ms passes in 0.80 s
          stands still for 5.42 s
        10.61 s, at 190.41 ms: n3 knows of no leader, and asks whether it **could** win term 1.
          140.41 ms passes in 2.50 s
          stands still for 1.27 s
    "#]].assert_eq(&watched(
        "nodes 3\nseed 3\nrun 10ms\ncut n1 -- n2\ncut n1 -- n3\nsay \"n1 is alone.\"\ntimeout n1\n\
         run 40ms\ncut n2 -- n3\ntimeout n2\n",
        14,
    ));
}
