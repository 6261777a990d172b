//! The console against members that say what each test wants them to say.

#[path = "ctl/clients.rs"]
mod clients;
#[path = "ctl/console.rs"]
mod console;
#[path = "ctl/curl.rs"]
mod curl;
#[path = "ctl/health.rs"]
mod health;

use console::*;
use etcd_kv::Error;
use etcd_kv::api::*;
use etcd_kv::console::{CallError, Input, Step};
use etcd_kv::ctl::{Invocation, complete};

fn written(revision: Revision) -> Answer {
    let put = PutResponse { revision, prev_kv: None };
    Some(Ok((header(), Response::Written(Written::Put(put)))))
}

#[test]
fn a_command_goes_to_the_next_endpoint_where_nobody_listens() {
    let down_but_n3 = |endpoint, _: &Call| match endpoint {
        2 => written(2),
        _ => Some(Err(CallError::Unavailable)),
    };
    let console = Console::start("put --endpoints=n1,n2,n3 k v", down_but_n3);
    assert_eq!(console.ended(), ("OK\n", 0));
    let asked: Vec<usize> = console.asked.iter().map(|(endpoint, _)| *endpoint).collect();
    assert_eq!(asked, [0, 1, 2]);
}

#[test]
fn a_write_is_not_sent_twice_where_it_may_have_been_carried_out() {
    let lost = |_, _: &Call| Some(Err(CallError::ConnectionLost));
    let console = Console::start("put --endpoints=n1,n2 k v", lost);
    let error = "Error: rpc error: code = Unavailable desc = transport is closing\n";
    assert_eq!(console.ended(), (error, 1));
    assert_eq!(console.asked.len(), 1);
}

#[test]
fn a_read_is_sent_again_until_its_time_is_over() {
    let mut console = Console::start("get --endpoints=n1,n2 k --command-timeout=1s", |_, _| {
        Some(Err(CallError::Etcd(Error::NoLeader)))
    });
    console.pass(999_999);
    assert_eq!(console.exit, None);
    assert!(console.asked.len() > 10, "{}", console.asked.len());
    console.pass(1_000_000);
    assert_eq!(console.ended(), ("Error: context deadline exceeded\n", 1));
}

#[test]
fn what_comes_too_late_or_unasked_changes_nothing() {
    let mut console = Console::start("get k", |_, _| None);
    console.tell(Input::Answer { ticket: 999, result: Err(CallError::Unavailable) });
    console.tell(Input::Woke { ticket: 999 });
    console.tell(Input::Line("a line"));
    console.tell(Input::EndOfInput);
    assert_eq!(console.exit, None);
    let ticket = console.open[0];
    console.pass(5_000_000);
    assert_eq!(console.ended().1, 1);
    console.tell(Input::Answer { ticket, result: Err(CallError::Unavailable) });
}

#[test]
fn a_copy_goes_its_own_way() {
    let (mut one, steps) = Invocation::start("get k", &environment());
    let mut other = one.clone();
    let Some(Step::Call { ticket, .. }) = steps.iter().find(|s| matches!(s, Step::Call { .. }))
    else {
        panic!("no call in {steps:?}")
    };
    let refused = Input::Answer { ticket: *ticket, result: Err(CallError::Etcd(Error::Compacted)) };
    let steps = one.on(refused.clone(), 5);
    assert_eq!(steps.last(), Some(&Step::Exit(1)));
    assert_eq!(other.on(refused, 5), steps);
}

#[test]
fn a_transaction_asks_for_its_three_parts() {
    let mut console = Console::start("txn -i", solo());
    let mut prompts = Vec::new();
    for line in ["ver(\"k\") = \"0\"", "", "put k \"\\xff\\n\"", "", "get k", ""] {
        prompts.push(console.invocation.wants_input().expect("a prompt").to_string());
        console.tell(Input::Line(line));
    }
    assert_eq!(prompts.join(""), "compares> compares> success> success> failure> failure> ");
    assert!(console.printed.ends_with("SUCCESS\n\nOK\n"), "{}", console.printed);
    assert_eq!(console.invocation.wants_input(), None);
    let Some((_, Call::Write(Write::Txn(txn)))) = console.asked.last() else { panic!("no txn") };
    let RequestOp::Put(put) = &txn.success[0] else { panic!("no put") };
    assert_eq!(put.value, b"\xff\n");
}

#[test]
fn a_watch_goes_on_elsewhere_from_what_it_has_seen() {
    let mut console = Console::start("watch --endpoints=n1,n2 k", |_, _| None);
    let ticket = console.open[0];
    let kv = KeyValue {
        key: b"k"[..].into(),
        create_revision: 12,
        mod_revision: 12,
        version: 1,
        value: b"v"[..].into(),
        lease: 0,
    };
    let events = vec![Event { kind: EventKind::Put, kv, prev_kv: None }];
    for watch in [
        WatchResponse { created: true, ..WatchResponse::default() },
        WatchResponse { events, ..WatchResponse::default() },
    ] {
        console.tell(Input::Answer { ticket, result: Ok((header(), Response::Watch(watch))) });
    }
    assert_eq!(console.printed, "PUT\nk\nv\n");
    console.tell(Input::Answer { ticket, result: Err(CallError::ConnectionLost) });
    let Some((1, Call::Watch(watch))) = console.asked.last() else { panic!("{:?}", console.asked) };
    assert_eq!(watch.start_revision, 13);
    console.tell(Input::Interrupt);
    assert_eq!(console.exit, Some(130));
}

#[test]
fn a_lock_is_kept_alive_runs_its_command_and_is_given_back() {
    let mut console = Console::start("lock L --ttl 9 sleep 10", solo());
    assert_eq!(console.exit, None);
    console.pass(9_900_000);
    let kept = |call: &Call| matches!(call, Call::LeaseKeepAlive { .. });
    assert_eq!(console.asked.iter().filter(|(_, call)| kept(call)).count(), 4);
    console.pass(10_000_000);
    assert_eq!(console.ended(), ("", 0));
    let (_, last) = console.asked.last().expect("asked");
    assert!(matches!(last, Call::Write(Write::DeleteRange(_))), "{last:?}");
}

#[test]
fn a_lock_is_given_back_where_its_command_is_interrupted() {
    let mut console = Console::start("lock L sleep 10", solo());
    console.tell(Input::Interrupt);
    assert_eq!(console.ended(), ("Error: exit status 130\n", 1));
    let (_, last) = console.asked.last().expect("asked");
    assert!(matches!(last, Call::Write(Write::DeleteRange(_))), "{last:?}");
}

#[test]
fn a_lock_prints_its_key_and_leaves_on_interrupt() {
    let mut console = Console::start("lock L", solo());
    console.tell(Input::Interrupt);
    assert_eq!(console.ended(), ("L/1\n\n", 0));
}

#[test]
fn a_command_in_a_lock_that_fails_says_so() {
    let console = Console::start("lock L get --rev=99 k", solo());
    let error = "Error: unknown flag: --rev";
    assert!(console.printed.starts_with(error), "{}", console.printed);
    let console = Console::start("lock L -- get --rev=99 k", solo());
    let error =
        "Error: etcdserver: mvcc: required revision is a future revision\nError: exit status 1\n";
    assert_eq!(console.ended(), (error, 1));
}

#[test]
fn watching_with_i_says_how_far_it_is() {
    let mut console = Console::start("watch -i", |_, call| {
        (*call == Call::Status).then(|| Ok((header(), Response::Defragment)))
    });
    for line in ["watch a", "watch b", "progress"] {
        console.tell(Input::Line(line));
    }
    assert_eq!(console.printed, "progress notify: 9\nprogress notify: 9\n");
}

#[test]
fn a_check_of_speed_writes_and_cleans_up() {
    let mut console = Console::start("check perf", solo());
    console.pass(7_000_000);
    let text = "PASS: Throughput is 15 writes/s\nPASS: Slowest request took 0.000000s\n\
                PASS: Stddev is 0.000000s\nPASS\n";
    assert!(console.printed.ends_with(text), "{}", console.printed);
    assert_eq!(console.exit, Some(0));
    let puts = console.asked.iter().filter(|(_, c)| matches!(c, Call::Write(Write::Put(_))));
    assert_eq!(puts.count(), 90);
    let mut slow = Console::start("check perf", |_, call| {
        let none = Response::Range(RangeResponse::default());
        matches!(call, Call::Range(_)).then(|| Ok((header(), none)))
    });
    slow.pass(60_000_000);
    assert!(slow.printed.ends_with("FAIL\n"), "{}", slow.printed);
    assert_eq!(slow.exit, Some(1));
}

#[test]
fn what_is_not_here_says_so() {
    for line in ["migrate", "check datascale"] {
        let console = Console::start(line, |_, _| None);
        let (printed, code) = console.ended();
        assert!(printed.contains("is not in this playground"), "{line}: {printed}");
        assert_eq!(code, 1);
    }
    let console = Console::start("snapshot restore f", |_, _| None);
    assert_eq!(console.ended(), ("Error: open f: no such file or directory\n", 1));
    let console = Console::start("put 'k", |_, _| None);
    assert_eq!(console.ended(), ("Error: unclosed ' in the command\n", 3));
}

#[test]
fn alarms_are_listed_with_their_members() {
    let alarms = vec![(16_899_312_033_489_089_503, AlarmType::NoSpace)];
    let answer = move |_: usize, _: &Call| -> Answer {
        Some(Ok((header(), Response::Written(Written::Alarm { alarms: alarms.clone() }))))
    };
    let console = Console::start("alarm list", answer.clone());
    assert_eq!(console.ended(), ("memberID:16899312033489089503 alarm:NOSPACE \n", 0));
    let console = Console::start("alarm list -w json", answer);
    let json = "{\"alarms\":[{\"memberID\":16899312033489089503,\"alarm\":1}]}\n";
    assert_eq!(console.ended(), (json, 0));
}

/// Small numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[test]
fn no_line_and_nothing_that_happens_makes_it_panic() {
    let words = "etcdctl env -u ETCDCTL_ENDPOINTS get put del txn watch lease grant revoke list \
        timetolive keep-alive --once member add remove update promote endpoint status health \
                 hashkv \
        --cluster move-leader snapshot save defrag alarm disarm check perf lock elect -l version \
                 help \
        compaction curl -s -i -d {} http://n1/v3/kv/range http://n1/v3/watch http://n2/health -w \
                 json \
        fields table simple protobuf --hex --prefix --from-key --endpoints=n1,n2 --endpoints=9 -- \
                 - \
        -wjson -i k v 1 99999999999999999999 -5 zz '' 'a\u{0}b' ünï \"q\" \\ ' \" # --rev=3 \
                 --lease=1 \
        --peer-urls=http://127.0.0.1:1 --command-timeout=1h sleep echo = --= -= $( ; |";
    let words: Vec<&str> = words.split(' ').collect();
    let inputs =
        ["", "put k v", "ver(\"k\") = \"1\"", "watch k", "progress", "\"", "del \u{fffd} '"];
    let mut dice = Dice(1);
    for _ in 0..3_000 {
        let line: Vec<&str> =
            (0..1 + dice.roll(7)).map(|_| words[dice.roll(words.len())]).collect();
        let line = line.join(" ");
        let mut store = solo();
        let mut chance = Dice(dice.roll(1 << 30) as u64);
        let mut left = 200;
        let mut console = Console::start(&line, move |endpoint, call| {
            left -= 1;
            match chance.roll(8) {
                _ if left < 0 => None,
                0 => Some(Err(CallError::Unavailable)),
                1 => Some(Err(CallError::ConnectionLost)),
                2 => Some(Err(CallError::DeadlineExceeded)),
                3 => None,
                // An answer to something else.
                4 => Some(Ok((header(), Response::MoveLeader))),
                _ => store(endpoint, call),
            }
        });
        for _ in 0..8 {
            if console.exit.is_none() {
                match dice.roll(4) {
                    0 => console.tell(Input::Line(inputs[dice.roll(inputs.len())])),
                    1 => console.tell(Input::EndOfInput),
                    _ => console.pass(console.now_us + 500_000),
                }
            }
        }
        for _ in 0..3 {
            console.tell(Input::Interrupt);
            console.pass(console.now_us + 4_000_000_000);
        }
        assert!(console.exit.is_some(), "`{line}` never ends");
        for cursor in 0..=line.len() {
            complete(&line, cursor, &environment());
        }
    }
}
