//! What a program can do to a world: everything it asks for is either done or refused with a
//! reason, and what was done can be written down and repeated.
#![cfg(not(target_arch = "wasm32"))]

use etcd_kv::api::{Call, PutRequest, Write};
use etcd_kv::console::CallError;
use raft_core::{NodeId, Timer};
use raft_sim::{
    Chance, Checks, Command, Direction, LoadSpec, Outcome, OwnSetting, Owner, Power, Session,
    Setting, Settings, Span, World, scenario,
};

fn n(id: u64) -> NodeId {
    NodeId(id)
}

fn session(nodes: u8) -> Session {
    let mut session = Session::new(None, Settings { nodes, ..Settings::default() });
    session.advance(1_000_000, u64::MAX);
    assert!(session.world().leader().is_some());
    session
}

/// The run that its text gives, at the same moment.
fn again(session: &Session) -> Session {
    let text = format!("{}@{} say end\n", session.text(), session.world().moment());
    let mut again = Session::open(scenario::parse(&text).expect("its text can be read"));
    assert!(again.finish_script(u64::MAX / 2));
    again
}

#[test]
fn what_is_out_of_bounds_is_refused_however_it_comes() {
    let mut session = session(3);
    let before = session.world().digest();
    let link = |from, to| Owner::Link(n(from), Direction::OneWay, n(to));
    for command in [
        Command::Crash(n(4)),
        Command::Crash(n(0)),
        Command::Clock { server: n(1), percent: 0 },
        Command::Clock { server: n(1), percent: 1_001 },
        Command::Load(Some(LoadSpec::new(0, 0))),
        Command::Load(Some(LoadSpec::new(2_000_000, 0))),
        Command::Load(Some(LoadSpec::new(1, 101))),
        Command::Deadline { server: n(1), timer: Timer::Election, after: u64::MAX },
        Command::Set(Setting::Nodes(9)),
        Command::Set(Setting::Seed(9)),
        Command::Set(Setting::Heartbeat(0)),
        Command::Set(Setting::Loss(Chance(2_000_000))),
        Command::Set(Setting::ElectionTimeout(Span { min: 0, max: 0 })),
        Command::Set(Setting::Latency(Span { min: 5, max: 4 })),
        Command::SetOwn(Owner::Server(n(4)), OwnSetting::Is(Setting::Heartbeat(9_000))),
        Command::SetOwn(Owner::Server(n(1)), OwnSetting::Is(Setting::Heartbeat(9))),
        Command::SetOwn(Owner::Server(n(1)), OwnSetting::Is(Setting::Loss(Chance(9)))),
        Command::SetOwn(Owner::Server(n(1)), OwnSetting::Is(Setting::Quota(1 << 20))),
        Command::SetOwn(Owner::Server(n(1)), OwnSetting::Default("loss")),
        Command::SetOwn(link(1, 1), OwnSetting::Default("loss")),
        Command::SetOwn(link(1, 4), OwnSetting::Default("loss")),
        Command::SetOwn(link(1, 2), OwnSetting::Is(Setting::Heartbeat(9_000))),
        Command::SetOwn(link(1, 2), OwnSetting::Is(Setting::Loss(Chance(2_000_000)))),
        Command::Partition(vec![vec![n(1), n(2), n(3)]]),
        Command::Partition(vec![vec![n(1), n(2), n(3)], vec![]]),
        Command::Partition(vec![vec![n(1), n(2)], vec![n(2), n(3)]]),
        Command::Partition(vec![vec![n(1)], vec![n(2)]]),
        Command::Cut(n(1), Direction::BothWays, n(1)),
        Command::Hold(n(2), n(2)),
    ] {
        assert!(session.dispatch(command.clone()).is_err(), "{command}");
    }
    assert_eq!(session.world().digest(), before, "and what is refused changes nothing");
    assert!(session.branch().commands().is_empty());
}

#[test]
fn a_server_that_is_paused_again_before_its_inbox_is_empty_does_nothing() {
    let mut session = session(3);
    let slow = Setting::Fsync(Span { min: 40_000, max: 40_000 });
    session.dispatch(Command::Set(slow)).expect("in bounds");
    let leader = session.world().leader().expect("elected").id();
    let follower = (1..=3).map(NodeId).find(|id| *id != leader).expect("another");
    session.dispatch(Command::Propose { text: "x".into(), via: leader }).expect("it leads");
    session.advance(1_025_000, u64::MAX);
    session.dispatch(Command::Pause(follower)).expect("it runs");
    session.advance(1_300_000, u64::MAX);
    let server = |session: &Session| {
        let server = session.world().server(follower).expect("there").clone();
        let node = server.node();
        (server.inbox_len(), node.commit_index(), node.writes_under_way().count())
    };
    let (waiting, commit, writing) = server(&session);
    assert!(waiting > 1 && writing == 1, "a finished write and messages wait");
    session.dispatch(Command::Resume(follower)).expect("it is paused");
    session.dispatch(Command::Pause(follower)).expect("it runs");
    session.advance(1_300_000, u64::MAX);
    assert_eq!(server(&session), (waiting, commit, writing));
    session.dispatch(Command::Resume(follower)).expect("it is paused");
    session.advance(1_300_000, u64::MAX);
    assert!(server(&session).1 > commit && server(&session).0 == 0);
    assert_eq!(again(&session).world().digest(), session.world().digest());
}

#[test]
fn a_server_that_is_resumed_twice_in_one_instant_is_repeated_exactly() {
    let mut session = session(3);
    let follower = session.world().servers().iter().find(|s| s.is_live_follower());
    let follower = follower.expect("two of them").id();
    session.dispatch(Command::Pause(follower)).expect("it runs");
    session.advance(1_120_000, u64::MAX);
    session.dispatch(Command::Resume(follower)).expect("it is paused");
    // Whoever repeats this looks for events between these commands.
    session.dispatch(Command::Pause(follower)).expect("it runs");
    session.dispatch(Command::Resume(follower)).expect("it is paused");
    session.advance(2_000_000, u64::MAX);
    assert_eq!(again(&session).world().digest(), session.world().digest());
}

#[test]
fn a_resume_at_the_very_time_at_which_a_timer_ran_out_is_repeated_exactly() {
    let mut session = session(3);
    let follower = session.world().servers().iter().find(|s| s.is_live_follower());
    let follower = follower.expect("two of them").id();
    session.dispatch(Command::Pause(follower)).expect("it runs");
    let timer = session.world().server(follower).and_then(|s| s.timer(Timer::Election));
    session.advance(timer.expect("it runs").deadline, u64::MAX);
    session.dispatch(Command::Resume(follower)).expect("it is paused");
    session.advance(2_000_000, u64::MAX);
    assert_eq!(again(&session).world().digest(), session.world().digest());
}

#[test]
fn a_request_to_a_crashed_server_is_refused_and_to_a_paused_one_waits() {
    let mut session = session(3);
    let put = |via| Command::Put { key: "a".into(), value: "1".into(), via: Some(via) };
    session.dispatch(Command::Crash(n(1))).expect("it runs");
    session.dispatch(put(n(1))).expect("anybody may ask");
    session.dispatch(Command::Pause(n(2))).expect("it runs");
    session.dispatch(put(n(2))).expect("anybody may ask");
    let outcome = |session: &Session, at: usize| session.world().requests()[at].outcome.clone();
    assert_eq!(outcome(&session, 0), Outcome::Down { server: n(1) });
    assert_eq!(outcome(&session, 1), Outcome::Waiting);
    session.advance(7_000_000, u64::MAX);
    assert_eq!(outcome(&session, 1), Outcome::TimedOut);
}

#[test]
fn a_faster_clock_brings_what_it_measures_sooner_running_timers_too() {
    let mut session = Session::new(None, Settings { nodes: 3, ..Settings::default() });
    let deadline = |session: &Session| {
        let timer = session.world().server(n(2)).and_then(|server| server.timer(Timer::Election));
        timer.expect("it runs").deadline
    };
    let before = deadline(&session);
    session.advance(100_000, u64::MAX);
    session.dispatch(Command::Clock { server: n(2), percent: 200 }).expect("always possible");
    assert_eq!(deadline(&session), 100_000 + (before - 100_000) / 2);
    session.dispatch(Command::Clock { server: n(2), percent: 100 }).expect("always possible");
    assert!(before - deadline(&session) <= 1);
}

#[test]
fn a_wiped_server_has_forgotten_everything() {
    let mut session = session(3);
    session.dispatch(Command::Wipe(n(2))).expect("possible at any time");
    let server = session.world().server(n(2)).expect("there");
    assert_eq!(server.power(), Power::Crashed);
    assert!(server.was_wiped());
    assert_eq!((server.node().term(), server.node().log().last_index()), (0, 0));
    assert_eq!(server.disk().durable(), &raft_core::Durable::of((1..=3).map(NodeId)));
}

/// Does something, and lets time pass.
fn then(session: &mut Session, command: Command, passes: u64) {
    session.dispatch(command).expect("possible now");
    let now = session.world().now();
    session.advance(now + passes, u64::MAX);
}

fn put(key: &str, value: &str) -> Command {
    Command::Put { key: key.into(), value: value.into(), via: None }
}

fn get(key: &str) -> Command {
    Command::Get { key: key.into(), via: None, serializable: false }
}

#[test]
fn clients_who_wait_are_answered_by_the_restored_cluster_and_may_see_what_it_began_with() {
    let mut session = session(3);
    then(&mut session, put("a", "1"), 500_000);
    then(&mut session, Command::Etcdctl("--endpoints=n1:2379 snapshot save x.db".into()), 500_000);
    then(&mut session, put("a", "2"), 500_000);
    then(&mut session, Command::Member(raft_sim::MemberChange::Add(n(4))), 1_000_000);
    then(&mut session, Command::Pause(n(3)), 100_000);
    then(&mut session, Command::Wipe(n(1)), 100_000);
    then(&mut session, Command::Wipe(n(2)), 100_000);
    then(&mut session, put("b", "3"), 1_000_000);
    let (before, digest) = (session.world().moment(), session.world().digest());
    assert!(matches!(session.world().requests()[2].outcome, Outcome::Waiting));
    // What is done at a moment belongs to it.
    then(&mut session, Command::Say("all is lost".into()), 500_000);

    then(&mut session, Command::RestoreCluster("x.db".into()), 3_000_000);
    let world = session.world();
    assert_eq!(world.membership().voters, (1..=4).map(NodeId).collect::<Vec<_>>());
    assert!(world.servers().iter().all(|s| s.is_live() && !s.was_wiped()));
    assert!(matches!(world.requests()[2].outcome, Outcome::Ok(_)), "the new cluster answers");
    assert_eq!(world.committed_entry(5).map(|entry| entry.index), Some(5), "after one a member");
    then(&mut session, get("a"), 1_000_000);
    let Outcome::Ok(raft_sim::Answer::Get { value: Some(value) }) =
        session.world().requests()[3].outcome.clone()
    else {
        panic!("{:?}", session.world().requests()[3])
    };
    assert_eq!(&*value, b"1");
    assert_eq!(session.world().linearizability(), raft_check::linear::Verdict::Linearizable);
    assert!(session.world().violations().is_empty());

    // A member that is wiped later knows whom the new cluster began with.
    then(&mut session, Command::Wipe(n(4)), 1_000_000);
    let wiped = session.world().server(n(4)).expect("there").node().membership().voters.len();
    assert_eq!(wiped, 4);
    assert!(session.world().violations().is_empty());

    let (end, last) = (session.world().moment(), session.world().digest());
    assert_eq!(again(&session).world().digest(), last);
    session.seek_moment(before);
    assert_eq!(session.world().digest(), digest);
    session.seek_moment(end);
    assert_eq!(session.world().digest(), last);
}

#[test]
fn the_text_of_any_branch_gives_that_branch() {
    let mut session = session(5);
    session.dispatch(Command::Crash(n(2))).expect("it runs");
    session.advance(3_000_000, u64::MAX);
    session.seek(1_500_000);
    session.dispatch(Command::Pause(n(3))).expect("it runs");
    session.advance(2_500_000, u64::MAX);
    assert_eq!(session.branches().len(), 2);
    for branch in [1, 0] {
        session.switch(branch);
        assert_eq!(again(&session).world().digest(), session.world().digest());
    }
}

#[test]
fn going_back_and_forth_finds_every_moment_as_it_was() {
    let mut session = session(3);
    let load = LoadSpec::new(50, 20);
    session.dispatch(Command::Load(Some(load))).expect("always possible");
    let mut moments = Vec::new();
    for at in (1_000_000..20_000_000).step_by(1_700_000) {
        session.advance(at, u64::MAX);
        if at == 4_400_000 {
            session.dispatch(Command::Crash(n(1))).expect("it runs");
        }
        moments.push((at, session.world().events(), session.world().digest()));
    }
    for (at, events, digest) in moments.iter().rev().chain(&moments) {
        session.seek(*at);
        assert_eq!((session.world().events(), session.world().digest()), (*events, *digest));
        session.seek_event(*events);
        assert_eq!(session.world().events(), *events);
    }
    assert_eq!(session.branches().len(), 1);
}

#[test]
fn a_client_outside_gets_the_answers_that_it_waits_for() {
    let settings = Settings { nodes: 3, ..Settings::default() };
    let mut world = World::new(settings, Checks::Every);
    world.run_to(1_000_000);
    let leader = world.leader().expect("elected").id();
    let put = || Call::Write(Write::Put(PutRequest { key: b"k".into(), ..PutRequest::default() }));
    for ticket in [1, 2] {
        world.call_from_outside(ticket, leader, put(), None);
        assert!(world.take_answer().is_none(), "it goes through the log");
    }
    world.cancel_from_outside(1);
    world.run_to(2_000_000);
    let (ticket, answer) = world.take_answer().expect("an answer");
    let (header, _) = answer.expect("it was carried out");
    assert_eq!((ticket, header.revision), (2, 3), "the other was carried out as well");
    world.act(&Command::Crash(leader)).expect("it runs");
    world.call_from_outside(3, leader, put(), None);
    assert_eq!(world.take_answer(), Some((3, Err(CallError::Unavailable))), "at once");
    assert!(world.take_answer().is_none());
}

#[test]
fn where_nobody_has_asked_there_is_no_verdict_on_what_clients_saw() {
    let text = "run until leader\nexpect linearizable\nput a 1\nrun until reply 1 ok\nexpect \
                linearizable\n";
    let mut session = Session::open(scenario::parse(text).expect("a scenario"));
    assert!(session.finish_script(u64::MAX / 2));
    let claims = session.script().expect("it has one").expectations();
    let found: Vec<(bool, &str)> =
        claims.iter().map(|claim| (claim.ok, claim.found.as_str())).collect();
    assert_eq!(found[1], (false, "no client has asked for anything yet"));
    assert_eq!(found.last(), Some(&(true, "")));
}

#[test]
fn what_a_server_and_a_link_have_for_themselves_is_known_can_be_taken_back_and_goes_with_the_run() {
    let mut session = session(3);
    let fsync = Setting::Fsync(Span { min: 7_000, max: 9_000 });
    let (loss, none) = (Setting::Loss(Chance(50_000)), Setting::Loss(Chance(0)));
    let of_link = Owner::Link(n(1), Direction::BothWays, n(3));
    let set = |owner: &Owner, setting: OwnSetting| Command::SetOwn(owner.clone(), setting);
    let of_server = Owner::Server(n(2));
    let slow = set(&of_server, OwnSetting::Is(fsync.clone()));
    assert!(slow.changes(session.world()));
    session.dispatch(slow.clone()).expect("in bounds");
    assert!(!slow.changes(session.world()), "it is so already");
    session.dispatch(set(&of_link, OwnSetting::Is(loss.clone()))).expect("in bounds");
    session.dispatch(set(&of_link, OwnSetting::Is(none.clone()))).expect("in bounds");
    session.dispatch(Command::Set(loss)).expect("in bounds");
    session.advance(1_500_000, u64::MAX);

    let world = again(&session).world().clone();
    assert_eq!(world.digest(), session.world().digest());
    assert_eq!(world.server(n(2)).expect("there").own_settings(), [fsync]);
    assert_eq!(world.live_of(n(2)).fsync.max, 9_000);
    assert_eq!(world.live_of(n(1)).fsync, Settings::default().live.fsync);
    assert_eq!(world.network().own_settings(n(3), n(1)), [none], "the later one replaces it");
    assert_eq!(
        (world.live_on(n(1), n(3)).loss, world.live_on(n(1), n(2)).loss.0),
        (Chance(0), 50_000)
    );

    let back = set(&of_link, OwnSetting::Default("loss"));
    assert!(back.changes(session.world()));
    session.dispatch(back.clone()).expect("always possible");
    assert!(!back.changes(session.world()));
    session.dispatch(set(&of_server, OwnSetting::Default("fsync"))).expect("always possible");
    let world = session.world();
    assert!(world.server(n(2)).expect("there").own_settings().is_empty());
    assert!(world.network().own_settings(n(1), n(3)).is_empty());
    assert_eq!(world.live_on(n(1), n(3)).loss.0, 50_000, "the cluster's holds again");
}

#[test]
fn a_step_goes_on_where_everybody_is_down_and_the_scenario_only_waits() {
    let text = "nodes 3\nrun 500ms\ncrash all\nrun 20ms\nrestart n1\nrun 100ms\nsay end\n";
    let mut session = Session::open(scenario::parse(text).expect("a scenario"));
    for _ in 0..10_000 {
        session.step();
    }
    assert!(session.world().now() >= 620_000, "{}", session.world().now());
    assert_eq!(session.world().server(n(1)).map(|server| server.power()), Some(Power::Up));
}
