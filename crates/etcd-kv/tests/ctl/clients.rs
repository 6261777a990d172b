//! The console as its users know it from a terminal: beginnings of commands, variables, passwords,
//! and what a watch runs.

use super::console::*;
use etcd_kv::api::*;
use etcd_kv::auth::AccessError;
use etcd_kv::console::{CallError, Environment, Input, Step};
use etcd_kv::ctl::Invocation;
use etcd_kv::{Error, Solo, Version};

#[test]
fn a_user_shows_its_password_first_and_a_token_from_then_on() {
    let mut member = Solo::default();
    let mut ask = |line: &str| {
        let mut asked = Vec::new();
        let console = Console::start(line, |_, call: &Call| {
            asked.push(call.clone());
            let result = member.call(call).map_err(CallError::Etcd);
            Some(result.map(|response| (header(), response)))
        });
        let (printed, code) = console.ended();
        (printed.to_string(), code, asked)
    };
    assert_eq!(ask("user add root:r").0, "User root created\n");
    assert_eq!(ask("role grant-permission r frob k").0, "Error: invalid permission type: frob\n");
    assert_eq!(ask("user get root").0, "User: root\nRoles:\n");
    // Where access is not controlled nobody has to be anybody.
    let (printed, code, asked) = ask("--user=root:r get a");
    assert_eq!((printed.as_str(), code, asked.len()), ("", 0, 2));
    // The role that it lacks is made and granted on the way.
    let (printed, code, asked) = ask("auth enable");
    assert_eq!((printed.as_str(), code, asked.len()), ("Authentication Enabled\n", 0, 4));
    let (printed, code, asked) = ask("--user=root:wrong get a");
    let error = "Error: etcdserver: authentication failed, invalid user ID or password\n";
    assert_eq!((printed.as_str(), code, asked.len()), (error, 2, 1));
}

#[test]
fn a_client_shows_its_password_again_where_its_token_or_its_users_are_of_old() {
    for error in [AccessError::InvalidAuthToken, AccessError::OldRevision] {
        let mut puts = 0;
        let console = Console::start("--user=alice:pw put a 1", |_, call: &Call| {
            if let Call::Write(Write::Auth(_)) = call {
                let response = AuthResponse::Token("t".into());
                let written = Written::Auth(AuthAnswer { revision: 1, response });
                return Some(Ok((header(), Response::Written(written))));
            }
            puts += 1;
            if puts == 1 {
                return Some(Err(CallError::Etcd(Error::Access(error))));
            }
            let put = PutResponse { revision: 2, prev_kv: None };
            Some(Ok((header(), Response::Written(Written::Put(put)))))
        });
        assert_eq!((console.printed.as_str(), console.exit), ("OK\n", Some(0)), "{error}");
        assert_eq!(console.asked.len(), 4, "it logs in, asks, logs in and asks");
    }
}

#[test]
fn a_snapshot_of_a_learner_is_asked_for_in_3_4_for_ever() {
    let refuses = |_: usize, _: &Call| Some(Err(CallError::Etcd(Error::NotSupportedForLearner)));
    let mut console = Console::start("snapshot save a.db", refuses);
    console.pass(60_000_000);
    assert_eq!(console.exit, None);
    assert!(console.asked.len() > 1_000, "{}", console.asked.len());
    console.tell(Input::Interrupt);
    assert!(console.exit.is_some());
    let newer = Environment { version: Version::V3_5, ..environment() };
    let (invocation, steps) = Invocation::start("snapshot save a.db", &newer);
    let mut console = Console::of(invocation, steps, refuses);
    console.pass(60_000_000);
    assert!(console.ended().0.contains("etcdserver: rpc not supported for learner"));
}

#[test]
fn a_user_without_a_password_is_asked_for_it() {
    let mut member = Solo::default();
    let mut asked = Vec::new();
    let answer = |_: usize, call: &Call| {
        asked.push(call.clone());
        let result = member.call(call).map_err(CallError::Etcd);
        Some(result.map(|response| (header(), response)))
    };
    let mut console = Console::start("get a --user=root", answer);
    assert_eq!(console.invocation.wants_input(), Some("Password: "));
    assert_eq!((console.asked.len(), console.exit), (0, None), "nothing is asked before");
    console.tell(Input::Line("secret"));
    assert_eq!(console.ended(), ("Password: \n", 0));
    // Its time runs while nobody types, and nothing is over before somebody has.
    let mut late = Console::start("get a --user=root", |_, _| None);
    late.pass(9_000_000);
    assert_eq!(late.exit, None);
    late.tell(Input::Line("secret"));
    assert_eq!(late.ended(), ("Password: \nError: context deadline exceeded\n", 1));
    drop(late);
    let mut console = Console::start("put a 1 --user=root", |_, _| None);
    console.tell(Input::EndOfInput);
    assert_eq!(console.exit, Some(128));
    drop(console);
    let [Call::Write(Write::Auth(AuthRequest::Authenticate { name, password, .. })), _] =
        &asked[..]
    else {
        panic!("{asked:?}")
    };
    assert_eq!((name.as_str(), password.as_str()), ("root", "secret"));
}

#[test]
fn a_command_is_known_by_how_it_begins_and_a_flag_by_its_variable() {
    let ask = |line: &str| {
        let mut asked = Vec::new();
        let mut member = Solo::default();
        let console = Console::start(line, |_, call: &Call| {
            asked.push(call.clone());
            let result = member.call(call).map_err(CallError::Etcd);
            Some(result.map(|response| (header(), response)))
        });
        (console.printed.clone(), console.exit, asked.len())
    };
    assert_eq!(ask("compact 1").0, "compacted revision 1\n");
    assert_eq!(ask("lease l").0, "found 0 leases\n");
    assert_eq!(ask("v").0, "etcdctl version: 3.4.23\nAPI version: 3.4\n");
    assert!(ask("me list").0.starts_with("1, started"), "{:?}", ask("me list"));
    assert!(ask("m list").0.contains("unknown command \"m\""), "make-mirror, member, migrate");
    assert!(ask("ETCDCTL_WRITE_OUT=json etcdctl get a").0.starts_with("{\"header\""));
    let (printed, exit, _) = ask("ETCDCTL_WRITE_OUT=json etcdctl get a -w fields");
    assert!(printed.starts_with("C | pkg/flags: conflicting environment"), "{printed}");
    assert_eq!(exit, Some(1));
    // One that is set to nothing stands in a flag's way all the same.
    assert_eq!(ask("ETCDCTL_WRITE_OUT= etcdctl get a -w fields").1, Some(1));
    assert_eq!(ask("curl -s -X POST http://n1/version").0, "Method Not Allowed\n");
    let (printed, exit, _) = ask("ETCDCTL_FOO=1 etcdctl get a");
    assert_eq!(printed, "W | pkg/flags: unrecognized environment variable ETCDCTL_FOO=1\n");
    assert_eq!(exit, Some(0));
    assert_eq!(ask("ETCDCTL_API=4 etcdctl get a").0, "unsupported API version 4\n");
    assert_eq!(ask("get a --limit=0x10").1, Some(0));
    // Without any time nothing is sent.
    assert_eq!(ask("get a --command-timeout=-1s").2, 0);
}

#[test]
fn a_watch_runs_its_own_command_for_each_event() {
    let event = |key: &[u8]| Event {
        kind: EventKind::Put,
        kv: KeyValue {
            key: key.into(),
            create_revision: 2,
            mod_revision: 2,
            version: 1,
            value: (*b"1").into(),
            lease: 0,
        },
        prev_kv: None,
    };
    let mut console = Console::start("watch -i", |_, _| None);
    console.tell(Input::Line("watch a -- echo of a"));
    console.tell(Input::Line("watch b"));
    let tickets = console.open.clone();
    for (ticket, keys) in [(tickets[0], &[b"a", b"a"][..]), (tickets[1], &[b"b"])] {
        let events = keys.iter().map(|key| event(&key[..])).collect();
        let watch = WatchResponse { events, ..WatchResponse::default() };
        let result = Ok((header(), Response::Watch(watch)));
        console.tell(Input::Answer { ticket, result });
    }
    assert_eq!(console.printed, "PUT\na\n1\nPUT\na\n1\nof a\nof a\nPUT\nb\n1\n");
}

#[test]
fn an_observer_is_told_once_of_each_word_of_a_leader() {
    let leader = |mod_revision: Revision, value: &[u8]| KeyValue {
        key: (*b"e/1").into(),
        create_revision: 2,
        mod_revision,
        version: 1,
        value: value.into(),
        lease: 1,
    };
    let first = leader(2, b"1");
    let line = "curl -s -N -X POST http://n1/v3/election/observe -d '{\"name\":\"ZQ==\"}'";
    let mut console = Console::start(line, |_, call: &Call| {
        let kvs = vec![first.clone()];
        let range = RangeResponse { revision: 2, kvs, ..RangeResponse::default() };
        matches!(call, Call::Range(_)).then(|| Ok((header(), Response::Range(range))))
    });
    let ticket = *console.open.last().expect("a watch");
    let mut tell = |events: Vec<Event>| {
        let watch = WatchResponse { events, ..WatchResponse::default() };
        let result = Ok((header(), Response::Watch(watch)));
        console.tell(Input::Answer { ticket, result });
        (console.printed.matches("\"result\"").count(), console.asked.len())
    };
    let put = |revision, value: &[u8]| Event {
        kind: EventKind::Put,
        kv: leader(revision, value),
        prev_kv: None,
    };
    assert_eq!(tell(vec![put(3, b"2")]), (2, 2));
    assert_eq!(tell(vec![put(4, b"3"), put(5, b"4")]), (4, 2), "the same watch goes on");
    // It leads no longer: who does is asked for, and followed.
    let gone = Event { kind: EventKind::Delete, ..put(6, b"") };
    assert_eq!(tell(vec![gone]), (5, 4));
    assert_eq!(tell(vec![put(7, b"5")]), (5, 4), "the watch of before is over");
}

#[test]
fn what_is_exported_is_kept_for_what_follows() {
    let (_, steps) = Invocation::start("export ETCDCTL_USER=root:r", &environment());
    let (name, value) = ("ETCDCTL_USER".to_string(), Some("root:r".to_string()));
    assert_eq!(steps, [Step::Export { name, value }, Step::Exit(0)]);
    let mut environment = environment();
    environment.variables.insert("ETCDCTL_USER".into(), "root:r".into());
    let (_, steps) = Invocation::start("get a", &environment);
    let is_login =
        |step: &Step| matches!(step, Step::Call { call: Call::Write(Write::Auth(_)), .. });
    assert!(steps.iter().any(is_login), "{steps:?}");
    let (_, steps) = Invocation::start("export", &environment);
    assert_eq!(steps[0], Step::Print("declare -x ETCDCTL_USER=\"root:r\"\n".into()));
    let (_, steps) = Invocation::start("export PATH=x", &environment);
    assert!(matches!(&steps[0], Step::Print(said) if said.contains("nothing here reads it")));
}

#[test]
fn a_password_is_typed_twice() {
    let asks = |lines: &[&str]| {
        let mut console = Console::start("user add u", |_, _| None);
        lines.iter().for_each(|line| console.tell(Input::Line(line)));
        if console.asked.is_empty() && console.exit.is_none() {
            console.tell(Input::EndOfInput);
        }
        (console.asked, console.printed, console.exit)
    };
    let (asked, _, exit) = asks(&["pw", "pw"]);
    let add = AuthChange::UserAdd { name: "u".into(), password: "pw".into(), no_password: false };
    assert_eq!(asked, [(0, Call::Write(Write::Auth(AuthRequest::Change(add))))]);
    assert_eq!(exit, None);
    let (asked, printed, exit) = asks(&["pw", "other"]);
    assert!(asked.is_empty() && printed.ends_with("Error: provided passwords are different\n"));
    assert_eq!(exit, Some(128));
    let (_, printed, exit) = asks(&[]);
    assert!(printed.ends_with("Error: empty password\n"), "{printed}");
    assert_eq!(exit, Some(128));
}
