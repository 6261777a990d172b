//! `etcd-replay` on the command line: a recording of a real etcd is repeated to the letter, a reply
//! that differs is shown, and what is not a recording is refused.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn replay(file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    command.arg("etcd-replay").arg(file).output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut file = std::fs::File::create(&path).expect("a file for the test");
    file.write_all(text.as_bytes()).expect("it can be written");
    path
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/etcd")
}

/// The counts by kind that a replay printed: how many were equal, of how many.
fn counts(said: &str) -> Vec<(String, u64, u64)> {
    let count = |line: &str| {
        let line = line.split("  known:").next()?;
        let (head, all) = line.rsplit_once(" of ")?;
        let (kind, equal) = head.trim_end().rsplit_once(' ')?;
        Some((kind.trim().into(), equal.parse().ok()?, all.trim().parse().ok()?))
    };
    said.lines().filter_map(count).collect()
}

/// Recordings of real etcds, and how many requests each has.
const RECORDINGS: [(&str, u64); 5] = [
    ("golden-3.4.23", 8_000),
    ("golden2-3.4.23", 4_000),
    ("golden-3.5.30", 8_000),
    ("golden2-3.5.30", 4_000),
    ("golden2-3.5.1-upstream", 4_000),
];

#[test]
fn recordings_of_real_etcds_are_repeated_to_the_letter_but_for_what_is_listed() {
    let list = folder().join("differences.txt");
    let known = std::fs::read_to_string(&list).expect("the list");
    for (name, all) in RECORDINGS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raft-playground"));
        command.arg("etcd-replay").arg(folder().join(format!("{name}.jsonl.gz")));
        let output = command.arg("--except").arg(&list).output().expect("the program starts");
        let said = out(&output);
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
        let counts = counts(&said);
        let (last, equal, of) = counts.last().expect("a count");
        assert_eq!((last.as_str(), *of), ("requests", all), "{name}");
        println!("{name}: {equal} of {of} equal");
        let release = name.split('-').nth(1).expect("a release");
        for (kind, equal, of) in &counts[..counts.len() - 1] {
            let is_listed = known.contains(&format!("{release} {kind}: "));
            assert!(equal == of || is_listed, "{name}: {kind} {equal} of {of}");
        }
        if release == "3.4.23" || name == "golden-3.5.30" {
            assert_eq!(equal, of, "{name}");
        }
    }
}

#[test]
fn a_list_that_is_none_is_told_of() {
    let list = file("list.txt", "# kinds\n3.5.1 hashkv: later\n3.5.1\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    command.arg("etcd-replay").arg(folder().join("golden-3.4.23.jsonl.gz"));
    let output = command.arg("--except").arg(&list).output().expect("the program starts");
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("line 3: expected `RELEASE KIND: REASON`"), "{error}");
}

#[test]
fn a_reply_that_differs_is_shown() {
    let request = r#""path":"/v3/kv/put","req":{"key":"YQ==","value":"MQ=="}"#;
    let step = format!(r#"{{{request},"status":200,"resp":{{"header":{{"revision":"7"}}}}}}"#);
    let text = format!(r#"{{"seed":1,"steps":[{step}],"final_rev":2,"compact":1,"watch":[]}}"#);
    let output = replay(&file("differs.jsonl", &text));
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("recorded: 200") && said.contains(r#""revision":"2""#), "{said}");
    assert!(said.contains("/v3/kv/put"), "{said}");
}

/// Steps of one sequence behind a line that names the version.
fn recording(version: &str, steps: &[String]) -> String {
    let steps = steps.join(",");
    format!(
        "{{\"meta\":\"a recording\",\"etcd\":\"{version} (Debian)\"}}\n{{\"seed\":1,\"steps\":\
         [{steps}],\"final_rev\":2,\"compact\":0,\"watch\":[]}}\n"
    )
}

/// One step: what it is about, what was asked, and what was answered.
fn step(kind: &str, path: &str, request: &str, status: u16, reply: &str) -> String {
    format!(
        "{{\"kind\":\"{kind}\",\"path\":\"/v3/{path}\",{request},\"status\":{status},\
         \"resp\":{reply}}}"
    )
}

fn put() -> String {
    step("put", "kv/put", r#""req":{"key":"YQ==","value":"MQ=="}"#, 200, &head(""))
}

/// An answer at the second revision.
fn head(rest: &str) -> String {
    format!(r#"{{"header":{{"revision":"2"}}{rest}}}"#)
}

#[test]
fn a_recording_is_of_the_version_that_it_names_unless_another_is_asked_for() {
    let lease = r#""req":{"ID":"7","TTL":"9"}"#;
    let grant = step("grant", "lease/grant", lease, 200, &head(r#","ID":"7","TTL":"9""#));
    let exists = "etcdserver: lease already exists";
    let said = format!(r#"{{"error":"{exists}","code":9,"message":"{exists}"}}"#);
    let again = step("again", "lease/grant", lease, 400, &said);
    let alarm = step("alarm", "maintenance/alarm", r#""req":{}"#, 200, &head(""));
    let path = file("version.jsonl", &recording("3.5.1", &[put(), grant, again, alarm]));
    let last = |output: &Output| counts(&out(output)).pop().expect("a count");
    assert_eq!(last(&replay(&path)), ("requests".into(), 4, 4));
    let mut older = Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    older.args(["etcd-replay", "--etcd", "3.4"]).arg(&path);
    let older = older.output().expect("the program starts");
    assert_eq!(older.status.code(), Some(1));
    assert_eq!(last(&older), ("requests".into(), 2, 4), "{}", out(&older));
}

/// What real servers of both versions, 3.4.23 and 3.5.1, answered to bodies that hardly anybody
/// writes, posted with curl.
#[test]
fn bodies_that_few_write_are_read_as_real_servers_read_them() {
    let kv = [
        r#","kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"2","version":"1","#,
        r#""value":"MQ=="}],"count":"1""#,
    ]
    .concat();
    let within = [
        r#","succeeded":true,"responses":[{"response_txn":"#,
        r#"{"header":{},"succeeded":true}}]"#,
    ]
    .concat();
    let refused = |said: &str, code: u32, status: u16| {
        let error = format!(r#"{{"error":"{said}","code":{code},"message":"{said}"}}"#);
        (status, error)
    };
    let range = |kind: &str, request: &str, (status, reply): (u16, String)| {
        step(kind, "kv/range", &format!("\"req\":null,\"raw\":{request:?}"), status, &reply)
    };
    let txn = |kind: &str, request: &str, (status, reply): (u16, String)| {
        step(kind, "kv/txn", &format!("\"req\":null,\"raw\":{request:?}"), status, &reply)
    };
    let slash = r"invalid character '\\\\' looking for beginning of value";
    let both = |null: (u16, String), grant: (u16, String)| {
        vec![
            put(),
            range("null", r#"{"key":"YQ==","revision":"null"}"#, (200, head(&kv))),
            range("quoted", r#"{"key":"YQ==","revision":"\"5\""}"#, refused(slash, 3, 400)),
            range("escaped", r#"{"key":"YQ==","revision":"\u0031"}"#, refused(slash, 3, 400)),
            range(
                "two spellings",
                r#"{"key":"YQ==","rangeEnd":"Yg==","range_end":"AA==","count_only":true}"#,
                (200, head(r#","count":"1""#)),
            ),
            txn("null in a list", r#"{"success":[null]}"#, null),
            txn(
                "two operations",
                r#"{"success":[{"request_txn":{},"request_range":{"key":"YQ=="}}]}"#,
                (200, head(&within)),
            ),
            txn(
                "two targets",
                r#"{"compare":[{"key":"YQ==","version":9,"mod_revision":"2","target":"MOD"}]}"#,
                (200, head(r#","succeeded":true"#)),
            ),
            txn(
                "two targets",
                r#"{"compare":[{"key":"YQ==","value":"eA==","mod_revision":"2","target":"MOD"}]}"#,
                (200, head("")),
            ),
            step("grant", "auth/role/grant", r#""req":{}"#, grant.0, &grant.1),
        ]
    };
    let missing = refused("etcdserver: key not found", 3, 400);
    let grant = refused("etcdserver: permission not given", 3, 400);
    let all = both(missing, grant);
    let said = out(&replay(&file("few-3.5.jsonl", &recording("3.5.1", &all))));
    assert_eq!(counts(&said).pop(), Some(("requests".into(), 10, 10)), "{said}");
    let closed = "\"RemoteDisconnected Remote end closed connection without response\"";
    let grant = refused("etcdserver: role name not found", 9, 412);
    let all = both((0, closed.into()), grant);
    let said = out(&replay(&file("few-3.4.jsonl", &recording("3.4.23", &all))));
    assert_eq!(counts(&said).pop(), Some(("requests".into(), 10, 10)), "{said}");
}

#[test]
fn streams_are_compared_message_by_message_and_counted_by_kind() {
    let watch = |kind: &str, request: &str, messages: &[String]| {
        let request = format!(r#""req":{{"create_request":{{{request}}}}}"#);
        let messages = messages.iter().map(|it| format!(r#"{{"result":{it}}}"#));
        let messages = messages.collect::<Vec<_>>().join(",");
        step(kind, "watch", &request, 200, &format!("[{messages}]"))
    };
    let kv =
        r#"{"key":"YQ==","create_revision":"2","mod_revision":"2","version":"1","value":"MQ=="}"#;
    let past = watch(
        "watch.past",
        r#""key":"YQ==","start_revision":"2","watch_id":"3""#,
        &[
            head(r#","watch_id":"3","created":true"#),
            head(&format!(r#","watch_id":"3","events":[{{"kv":{kv}}}]"#)),
        ],
    );
    let without = watch(
        "watch.past+filter",
        r#""filters":[0],"key":"YQ==","start_revision":"2""#,
        &[head(r#","created":true"#)],
    );
    let reason = r#""cancel_reason":"mvcc: watcher range is empty""#;
    let nothing = watch(
        "watch.empty-range",
        r#""key":"Yg==","range_end":"YQ==""#,
        &[head(&format!(r#","watch_id":"-1","created":true,"canceled":true,{reason}"#))],
    );
    let wrong = "invalid character '}' looking for beginning of object key string";
    let raw = step(
        "json.raw",
        "kv/range",
        r#""req":null,"raw":"{\"key\":\"YQ==\",}""#,
        400,
        &format!(r#"{{"error":"{wrong}","message":"{wrong}","code":3}}"#),
    );
    let steps = [put(), past, without, nothing, raw];
    let output = replay(&file("streams.jsonl", &recording("3.4.23", &steps)));
    let counts = counts(&out(&output));
    for kind in ["json.raw", "put", "watch.empty-range", "watch.past", "watch.past+filter"] {
        assert!(counts.contains(&(kind.into(), 1, 1)), "{kind}: {counts:?}");
    }
    assert!(counts.contains(&("requests".into(), 5, 5)), "{counts:?}");
}

#[test]
fn what_is_no_recording_is_told_with_its_line() {
    for (name, text, says) in [
        ("empty.jsonl", "", "no recorded request"),
        ("words.jsonl", "hello\n", "line 1"),
        ("shape.jsonl", "{\"meta\":1}\n{\"steps\":7}\n", "line 2"),
    ] {
        let output = replay(&file(name, text));
        let error = String::from_utf8(output.stderr.clone()).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(says), "{name}: {error}");
    }
    assert_eq!(replay(Path::new("/no/such/recording")).status.code(), Some(2));
}
