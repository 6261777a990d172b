//! `curl`: what members tell over HTTP, and what is said where they tell nothing.

use super::console::*;
use etcd_kv::Error;
use etcd_kv::api::*;
use etcd_kv::console::CallError;

#[test]
fn curl_says_why_nobody_answers() {
    let said = |line: &str| {
        let console = Console::start(line, |_, _| None);
        (console.printed.clone(), console.exit)
    };
    let refused = "curl: (7) Failed to connect to n1 port 9: Connection refused\n";
    assert_eq!(said("curl http://n1:9/version"), (refused.into(), Some(7)));
    let unknown = "curl: (6) Could not resolve host: n9\n";
    assert_eq!(said("curl http://n9:2379/version"), (unknown.into(), Some(6)));
    assert_eq!(said("curl https://n1/version").1, Some(35), "nobody speaks TLS");
    let lost = Console::start("curl http://n1/version", |_, _| Some(Err(CallError::Unavailable)));
    assert_eq!(
        lost.ended(),
        ("curl: (7) Failed to connect to n1 port 80: Connection refused\n", 7),
        "nobody is asked for nothing"
    );
}

/// A member that tells its status and makes watches, and whose past is told at once.
fn member(_: usize, call: &Call) -> Answer {
    let response = if let Call::Watch(watch) = call {
        let watch_id = watch.watch_id;
        Response::Watch(WatchResponse { watch_id, created: true, ..WatchResponse::default() })
    } else if let Call::LeaseKeepAlive { id, .. } = call {
        Response::LeaseKeepAlive { id: *id, ttl: 0 }
    } else if matches!(call, Call::MemberList { .. }) {
        let member = Member {
            id: 7,
            name: "n1".into(),
            peer_urls: vec!["http://n1:2380".into()],
            client_urls: vec!["http://n1:2379".into()],
            is_learner: true,
        };
        Response::Members { members: vec![member], added: None }
    } else {
        assert_eq!(*call, Call::Status);
        Response::Status(StatusResponse {
            version: "3.4.23".into(),
            db_size: 1_048_576,
            db_size_in_use: 4_096,
            leader: 1,
            raft_index: 12,
            raft_term: 2,
            raft_applied_index: 12,
            errors: Vec::new(),
            is_learner: false,
        })
    };
    Some(Ok((header(), response)))
}

#[test]
fn a_member_tells_pages_to_clients_and_peers() {
    let said = |line: &str| {
        let console = Console::start(line, member);
        assert_eq!(console.exit, Some(0), "{line}");
        console.printed.clone()
    };
    let version = "{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}";
    assert_eq!(said("curl -s http://n1/v3/../version"), version);
    assert_eq!(said("curl -s http://127.0.0.1:23801/version"), version);
    let members = "[{\"id\":7,\"peerURLs\":[\"http://n1:2380\"],\"isLearner\":true,\
        \"name\":\"n1\",\"clientURLs\":[\"http://n1:2379\"]}]\n";
    assert_eq!(said("curl -s 127.0.0.1:23801/members"), members);
    for (path, first) in [
        ("health", "HTTP/1.1 405 Method Not Allowed"),
        ("v3/kv/range", "HTTP/1.1 405 Method Not Allowed"),
        ("members", "HTTP/1.1 404 Not Found"),
        ("metrics", "HTTP/1.1 200 OK"),
    ] {
        let head = said(&format!("curl -s -I n1/{path}"));
        assert_eq!(head.lines().next(), Some(first), "{path}");
        assert!(head.ends_with("\n\n"), "nothing but the head: {head}");
        assert_eq!(head.contains("\nAllow: GET\n"), path == "health");
    }
    let metrics = said("curl -s http://n1/metrics");
    assert!(metrics.contains("\netcd_server_is_leader 1\n"), "{metrics}");
    assert!(metrics.contains("\netcd_mvcc_db_total_size_in_bytes 1.048576e+06\n"), "{metrics}");
    let head = said("curl -s -i 127.0.0.1:23801/raft");
    assert!(head.starts_with("HTTP/1.1 405 Method Not Allowed\nAllow: POST\n"), "{head}");
    let both = Console::start("curl -I n1/version -d x", member);
    assert_eq!(both.exit, Some(2));
    assert!(both.printed.starts_with("Warning: You can only select one HTTP request method!"));
}

#[test]
fn a_stream_takes_several_requests() {
    let told = |path: &str, body: &str| {
        let console = Console::start(&format!("curl -s -m 1 n1/v3/{path} -d '{body}'"), member);
        let lines = console.printed.lines().map(|line| {
            let at = line.find("}").map_or(0, |at| at + 1);
            line[at..].trim_start_matches(',').trim_end_matches("}}").to_string()
        });
        (lines.collect::<Vec<_>>(), console.exit)
    };
    let (made, over) = ("\"created\":true", "\"canceled\":true");
    let watch = "{\"create_request\":{\"key\":\"YQ==\"}}";
    let cases: [(String, &[&str]); 9] = [
        (format!("{watch}{watch}"), &[made, "\"watch_id\":\"1\",\"created\":true"]),
        (
            format!("{watch}{{\"cancel_request\":{{}}}}{watch}"),
            &[made, over, "\"watch_id\":\"1\",\"created\":true"],
        ),
        (format!("{watch}{{\"cancel_request\":{{\"watch_id\":5}}}}"), &[made]),
        (format!("{watch}\n{{\"progress_request\":{{}}}}"), &[made, "\"watch_id\":\"-1\""]),
        (format!("{watch} xx"), &[made]),
        (format!("null{watch}"), &[made]),
        ("{}".into(), &[]),
        (String::new(), &[]),
        (
            "{\"create_request\":{\"key\":\"YQ==\",\"watch_id\":7}}".repeat(2),
            &[
                "\"watch_id\":\"7\",\"created\":true",
                "\"watch_id\":\"-1\",\"created\":true,\"canceled\":true,\
                 \"cancel_reason\":\"mvcc: duplicate watch ID provided on the WatchStream\"",
            ],
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(
            told("watch", &body),
            (expected.iter().map(|it| it.to_string()).collect(), None),
            "{body}"
        );
    }
    let kept = vec!["\"ID\":\"7\"".to_string(), "\"ID\":\"8\"".to_string()];
    assert_eq!(told("lease/keepalive", "{\"ID\":7}{\"ID\":8}"), (kept, Some(0)));
    assert_eq!(told("lease/keepalive", ""), (Vec::new(), Some(0)));
    let (wrong, exit) = told("watch", "7");
    assert_eq!((wrong.len(), exit), (1, Some(0)), "the first is told of");
}

#[test]
fn the_gateway_of_3_4_dies_of_null_in_a_transaction() {
    let console = Console::start("curl -s -S n1/v3/kv/txn -d '{\"success\":[null]}'", member);
    assert_eq!(console.exit, Some(52));
}

#[test]
fn a_stream_that_is_refused_says_so_as_a_stream() {
    let refuses = |_: usize, _: &Call| Some(Err(CallError::Etcd(Error::NoLeader)));
    let said = |line: &str| Console::start(line, refuses).printed.clone();
    let body = "-d '{\"ID\":\"5\"}'";
    assert_eq!(
        said(&format!("curl -s http://n1/v3/lease/keepalive {body}")),
        "{\"error\":{\"grpc_code\":14,\"http_code\":503,\
         \"message\":\"etcdserver: no leader\",\"http_status\":\"Service Unavailable\"}}"
    );
    assert!(
        said(&format!("curl -s http://n1/v3/lease/timetolive {body}"))
            .starts_with("{\"error\":\"etcdserver: no leader\"")
    );
}
