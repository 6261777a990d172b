//! What members say of their health over HTTP.

use super::console::*;
use etcd_kv::api::*;
use etcd_kv::console::CallError;
use etcd_kv::ctl::Invocation;
use etcd_kv::{Error, Version};

/// What a command prints, asked of members of a version in that state.
fn asked(version: Version, line: &str, state: impl Fn(&Call) -> Result<Response, Error>) -> String {
    let mut environment = environment();
    environment.version = version;
    let (invocation, steps) = Invocation::start(line, &environment);
    let answer = |_: usize, call: &Call| {
        let result = state(call).map_err(CallError::Etcd);
        Some(result.map(|response| (header(), response)))
    };
    let console = Console::of(invocation, steps, answer);
    assert_eq!(console.exit, Some(0), "{line}");
    console.printed
}

fn status(leader: u64, errors: &[&str]) -> Response {
    Response::Status(StatusResponse {
        version: String::new(),
        db_size: 0,
        db_size_in_use: 0,
        leader,
        raft_index: 0,
        raft_term: 0,
        raft_applied_index: 0,
        errors: errors.iter().map(|error| (*error).to_string()).collect(),
        is_learner: false,
    })
}

/// A member that leads, with these alarms.
fn well(errors: &'static [&'static str]) -> impl Fn(&Call) -> Result<Response, Error> {
    move |call| {
        let is_status = matches!(call, Call::Status);
        Ok(if is_status { status(1, errors) } else { Response::Range(RangeResponse::default()) })
    }
}

#[test]
fn health_has_a_reason_from_3_5_on() {
    let ask = |version, path: &str, errors| {
        asked(version, &format!("curl -s 'http://n1/{path}'"), well(errors))
    };
    let (old, new) = (Version::V3_4, Version::V3_5);
    assert_eq!(ask(old, "health", &[]), r#"{"health":"true"}"#);
    assert_eq!(ask(new, "health", &[]), r#"{"health":"true","reason":""}"#);
    let full: &[&str] = &["memberID:1 alarm:NOSPACE "];
    assert_eq!(ask(old, "health", full), "{\"health\":\"false\"}\n");
    let said = "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n";
    assert_eq!(ask(new, "health", full), said);
    assert_eq!(ask(new, "health?exclude=NOSPACE", full), r#"{"health":"true","reason":""}"#);
    let alone = |_: &Call| Ok(status(0, &["etcdserver: no leader"]));
    let said = asked(new, "curl -s http://n1/health", alone);
    assert_eq!(said, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
}

#[test]
fn probes_are_there_from_3_5_on() {
    let ask =
        |version, path: &str| asked(version, &format!("curl -s 'http://n1/{path}'"), well(&[]));
    assert_eq!(ask(Version::V3_4, "livez"), "404 page not found\n");
    assert_eq!(ask(Version::V3_5, "livez"), "ok\n");
    assert_eq!(ask(Version::V3_5, "livez?verbose"), "[+]serializable_read ok\nok\n");
    let all = "[+]linearizable_read ok\n[+]non_learner ok\n[+]data_corruption ok\n\
               [+]serializable_read ok\nok\n";
    assert_eq!(ask(Version::V3_5, "readyz?verbose"), all);
    let alone = |call: &Call| {
        if matches!(call, Call::Status) { Ok(status(0, &[])) } else { Err(Error::Timeout) }
    };
    let said = asked(Version::V3_5, "curl -s http://n1/readyz", alone);
    let failed = "[-]linearizable_read failed: etcdserver: request timed out\n";
    assert!(said.starts_with(failed) && said.ends_with("readyz check failed\n"), "{said}");
}
