//! The command line: exit codes, what people read, and the JSON that programs read.

mod program;
mod said;

use said::{err, out};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a text, given on standard input.
fn run(text: &[u8], arguments: &[&str]) -> Output {
    program::run(&[&["run", "-"], arguments].concat(), text)
}

fn code(text: &str) -> Option<i32> {
    run(text.as_bytes(), &[]).status.code()
}

fn json(text: &str) -> Value {
    let output = run(text.as_bytes(), &["--json"]);
    assert_eq!(out(&output).lines().count(), 1, "one object on one line");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn it_ends_with_0_where_every_claim_and_every_wait_held() {
    assert_eq!(code("run until leader\nexpect leaders 1\nexpect safe\n"), Some(0));
    assert_eq!(code(""), Some(0), "an empty text claims nothing");
    assert_eq!(code("# only a comment\n"), Some(0));
}

#[test]
fn a_failed_claim_ends_it_with_1_and_lets_the_run_go_on() {
    let output = run(b"expect leader\nrun until leader\nexpect leaders 2\nexpect safe\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("line 1: expect leader\n"), "{said}");
    assert!(said.contains("n1 follower of term 0"), "what was found: {said}");
    assert!(said.contains("line 3: expect leaders 2\n"), "{said}");
    assert!(said.contains("2 of 4 claims held"), "{said}");
}

#[test]
fn a_failed_wait_ends_the_run_there_with_1() {
    let output = run(b"run until leaders 3 within 1s\ncrash n1\nexpect leader\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("line 1: run until leaders 3 within 1s\n"), "{said}");
    assert!(said.contains("after 1s") && said.contains("1s of simulated time"), "{said}");
    assert!(said.contains("what follows was left out"), "{said}");
    let report = json("run until leaders 3 within 1s\ncrash n1\nexpect leader\n");
    assert_eq!(report["expectations"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["nodes"][0]["up"], true);
}

#[test]
fn an_action_that_cannot_be_done_at_that_moment_ends_it_with_1_and_says_why() {
    let output = run(b"crash n2\ncrash n2\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("line 2: crash n2\n"), "{said}");
    assert!(said.contains("expected a server that runs, found n2, which is crashed"), "{said}");
    for text in [
        "restart n1",
        "resume n1",
        "propose x via n1",
        "crash leader",
        "let l = leader",
        "run 1s\n@500ms heal",
        "drop append n1 -> n2",
        "run until leader\ntimeout leader",
        "crash n1\npause n1",
        "get a serializable",
        "partition all | rest",
        "crash all\ncrash all",
        "timer n1 heartbeat in 5ms",
    ] {
        assert_eq!(code(text), Some(1), "{text}");
    }
}

#[test]
fn a_wrong_text_ends_it_with_2_and_names_the_line() {
    let output = run(b"nodes 3\n\nrun until leader\ncrsh n2\n", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        err(&output),
        "raft-playground: -: line 4: expected a command such as `crash n2`, found `crsh`; \
         did you mean `crash`?\n"
    );
    assert!(output.stdout.is_empty());
    for text in [
        "crash n6",
        "nodes 32",
        "run 25h",
        "expect leader n9",
        "timer n1 election in 9999h",
        "nodes 3\nnodes 3",
        "say \"x",
    ] {
        assert_eq!(code(text), Some(2), "{text}");
    }
}

#[test]
fn what_cannot_be_read_ends_it_with_2() {
    assert_eq!(run(b"say \xff\xfe", &[]).status.code(), Some(2), "not UTF-8");
    let program = || Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    let missing = program().args(["run", "no/such/file.raft"]).output().expect("it runs");
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("no/such/file.raft"), "{}", err(&missing));
    for arguments in [&["run"][..], &["run", "-", "--jsn"], &["walk", "-"], &[]] {
        let wrong = program().args(arguments).stdin(Stdio::null()).output().expect("it runs");
        assert_eq!(wrong.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_file_gives_what_standard_input_gives() {
    let text = "title File\nrun until leader\nrun 1s\n";
    let folder = env!("CARGO_TARGET_TMPDIR");
    let file = std::path::Path::new(folder).join("a file.raft");
    std::fs::write(&file, text).expect("a writable folder");
    let from_file = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .arg("run")
        .arg(&file)
        .output()
        .expect("it runs");
    assert_eq!(from_file.status.code(), Some(0));
    assert_eq!(out(&from_file), out(&run(text.as_bytes(), &[])));
}

#[test]
fn a_trace_goes_to_standard_error_and_changes_nothing() {
    let text = b"run until leader\nrun 200ms\ncrash leader\nrun 1s\n";
    let (plain, traced) = (run(text, &[]), run(text, &["--trace"]));
    assert_eq!(out(&plain), out(&traced));
    assert!(err(&plain).is_empty());
    assert!(err(&traced).lines().count() > 50);
    assert!(err(&traced).contains(" crashes."), "{}", err(&traced));
}

#[test]
fn a_trace_says_the_narrators_sentences_and_where_each_decision_was_made() {
    let traced =
        err(&run(b"nodes 3\ntimeout n1\nrun until leader\nput a 1\nrun 200ms\n", &["--trace"]));
    let won = traced.lines().find(|line| line.contains("(n1, term 1)") && line.contains("lead"));
    assert!(won.is_some(), "{traced}");
    let appended = "(n1, term 1, index 2)";
    assert!(traced.lines().any(|line| line.ends_with(appended)), "{traced}");
    for line in traced.lines() {
        assert!(!line.contains("**") && !line.contains("{ "), "no marks, no debug text: {line}");
        let (time, _) = line.trim_start().split_once(" s  ").expect("a time, then a sentence");
        assert!(time.parse::<f64>().is_ok(), "{line}");
    }
}

#[test]
fn a_trace_for_programs_is_one_object_a_line() {
    let text = b"nodes 3\ntimeout n1\nrun until leader\nput a 1\nrun 200ms\n";
    let traced = err(&run(text, &["--trace=json"]));
    let lines: Vec<Value> =
        traced.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().all(|line| line["at_us"].is_u64() && line["text"].is_string()));
    assert!(lines.is_sorted_by_key(|line| line["at_us"].as_u64()));
    let find = |kind: &str, name: &str| {
        let found = lines.iter().find(|line| line["kind"] == kind && line["decision"] == *name);
        found.unwrap_or_else(|| panic!("{kind} {name}: {traced}")).clone()
    };
    let won = find("decision", "became-leader");
    assert_eq!((&won["server"], &won["term"]), (&"n1".into(), &1.into()));
    let appended = find("decision", "appended");
    assert_eq!((&appended["term"], &appended["index"]), (&1.into(), &2.into()));
    let stored = find("decision", "stored");
    assert_eq!((&stored["term"], &stored["index"]), (&1.into(), &1.into()));
    let sent = lines.iter().find(|line| line["kind"] == "sent").expect("a message");
    assert_eq!(sent["from"], "n1");
    assert!(sent["to"].is_string() && sent["message"].is_string() && sent["term"].is_u64());
    assert!(lines.iter().any(|line| line["kind"] == "asked" && line["request"] == 1));
    assert_eq!(run(text, &["--trace=xml"]).status.code(), Some(2), "no such form");
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut keys: [&str; N]) -> Vec<&str> {
    keys.sort_unstable();
    keys.to_vec()
}

#[test]
fn the_json_object_has_the_promised_shape() {
    let text = r#"title "Shape"
nodes 3
reads log
fsync 0ms..0ms
rule off persist-vote
timeout n1
run until converged
propose "raw" via n1
put k v
get k via n1
get k via n2
get k via n1 serializable
run until converged
crash n3
expect leader n1
expect leader n2
"#;
    let output = run(text.as_bytes(), &["--json"]);
    assert_eq!(output.status.code(), Some(1), "the last claim is false");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut top = keys(&report);
    top.sort_unstable();
    let wanted = sorted([
        "title",
        "time_us",
        "events",
        "digest",
        "nodes",
        "violations",
        "expectations",
        "replies",
        "consoles",
    ]);
    assert_eq!(top, wanted);
    assert_eq!(report["title"], "Shape");
    assert!(report["time_us"].is_u64() && report["events"].is_u64());
    let digest = report["digest"].as_str().expect("a string");
    assert!(digest.len() == 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{digest}");

    let nodes = report["nodes"].as_array().expect("an array");
    assert_eq!(nodes.len(), 3);
    let mut node = keys(&nodes[0]);
    node.sort_unstable();
    let wanted =
        sorted(["id", "up", "role", "term", "voted_for", "commit", "applied", "snapshot", "log"]);
    assert_eq!(node, wanted);
    let log: Vec<Value> = nodes[0]["log"].as_array().expect("an array").clone();
    let entry = |index: u64, kind: &str, text: &str| {
        let term = 1;
        serde_json::json!({"index": index, "term": term, "kind": kind, "text": text})
    };
    let wanted = [entry(1, "noop", "noop"), entry(2, "data", "raw"), entry(3, "data", "k=v")];
    assert_eq!(log[..3], wanted);
    let of = |id: usize, key: &str| nodes[id][key].clone();
    assert_eq!(
        (of(0, "id"), of(0, "up"), of(0, "role")),
        ("n1".into(), true.into(), "leader".into())
    );
    assert_eq!((of(0, "term"), of(0, "voted_for")), (1.into(), "n1".into()));
    assert_eq!(
        (of(0, "commit"), of(0, "applied"), of(0, "snapshot")),
        (4.into(), 4.into(), 0.into())
    );
    assert_eq!(
        (of(2, "up"), of(2, "role"), of(2, "voted_for")),
        (false.into(), "crashed".into(), Value::Null)
    );

    let claims = serde_json::json!([
        {"line": 7, "text": "run until converged", "ok": true, "found": ""},
        {"line": 13, "text": "run until converged", "ok": true, "found": ""},
        {"line": 15, "text": "expect leader n1", "ok": true, "found": ""},
        {"line": 16, "text": "expect leader n2", "ok": false, "found":
            "n1 leader of term 1, n2 follower of term 1, n3 crashed of term 1"},
    ]);
    assert_eq!(report["expectations"], claims);
    let replies = serde_json::json!([
        {"request": "put k v", "via": null, "outcome": "ok", "text": "revision 2"},
        {"request": "get k", "via": "n1", "outcome": "ok", "text": "v"},
        {"request": "get k", "via": "n2", "outcome": "refused",
            "text": "n2 does not lead; n1 does"},
        {"request": "get k serializable", "via": "n1", "outcome": "ok", "text": ""},
    ]);
    assert_eq!(report["replies"], replies);
    let violations = report["violations"].as_array().expect("an array");
    assert!(violations.iter().all(|violation| violation["property"] == "durability"));
}

#[test]
fn a_read_that_misses_what_is_committed_is_stale_and_no_other() {
    let report = json(include_str!("../../../tests/scenarios/stale-read.raft"));
    let replies = report["replies"].as_array().expect("an array");
    let stale: Vec<bool> = replies.iter().map(|reply| reply["stale"] == true).collect();
    assert_eq!(stale, [false, false, true, false, false, false]);
}

#[test]
fn a_violation_is_told_with_its_property_and_time() {
    let text = "nodes 3\npre-vote off\ncheck-quorum off\nrule off persist-vote\nlatency \
                10ms..10ms\nfsync 0ms..0ms\ncut n1 -- n3\n\
                timeout n1\nrun 25ms\ncrash n2\ncut n1 -- n2\nrestart n2\ntimeout n3\nrun 25ms\n\
                expect violated election-safety\n";
    let report = json(text);
    assert_eq!(report["title"], Value::Null);
    let violation = serde_json::json!({
        "property": "election-safety",
        "time_us": 45_000,
        "text": "n1 and n3 were both elected leader of term 1",
    });
    let violations = report["violations"].as_array().expect("an array");
    assert!(violations.contains(&violation), "{violations:?}");
    assert_eq!(code(text), Some(0), "a violation that was expected is not a failure");
    assert_eq!(code(&format!("{text}expect safe\n")), Some(1));
}

#[test]
fn nothing_is_null_but_title_vote_and_via() {
    fn nulls(at: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Null => found.push(at.to_string()),
            Value::Array(values) => values.iter().for_each(|value| nulls(at, value, found)),
            Value::Object(map) => map.iter().for_each(|(key, value)| nulls(key, value, found)),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    let report = json("put a 1\nput b 2 via n1\nrun 1ms\nexpect leader\ncrash n2\n");
    nulls("", &report, &mut found);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["title", "via", "voted_for"]);
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let text = "nodes 5\nloss 10%\nload 50/s reads 50%\nrun 5s\ncrash leader\nrun 5s\n";
    assert_eq!(json(text).to_string(), json(text).to_string());
}

#[test]
fn a_recorded_run_says_where_it_goes_another_way() {
    let of = |engine: u32| {
        format!(
            "# Raft Playground, engine {engine}\nnodes 3\n@10ms+0 crash n1\n@20ms+0 crash n1\n\
             @30ms+0 crash n2\n@40ms+99 crash n3\n"
        )
    };
    let output = run(of(raft_sim::ENGINE_VERSION).as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(
        said.contains("does not repeat itself: it takes a different course at 20ms+0, line 4"),
        "{said}"
    );
    assert!(said.contains("which is crashed"), "{said}");
    assert!(said.contains("what follows was left out"), "{said}");
    let json = out(&run(of(raft_sim::ENGINE_VERSION).as_bytes(), &["--json"]));
    assert!(json.contains(r#""difference":{"engine":"#), "{json}");
    assert!(json.contains(r#""at":"20ms+0","line":4,"command":"@20ms+0 crash n1""#), "{json}");
    // Another version's goes on as far as it can.
    let output = run(of(1).as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("Engine 1 has recorded this run"), "{said}");
    assert!(said.contains("first takes a different course at 20ms+0, line 4"), "{said}");
    assert!(!said.contains("left out"), "{said}");
}

#[test]
fn a_run_of_this_engine_that_misses_events_does_not_hold() {
    let engine = raft_sim::ENGINE_VERSION;
    let text = format!("# Raft Playground, engine {engine}\nnodes 3\n@10ms+99 crash n1\n");
    let output = run(text.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("at 10ms+0, line 3"), "{}", out(&output));
}

#[test]
fn help_lists_every_action_and_every_setting_and_tells_about_each_command() {
    let help = |subject: &[&str]| {
        let program = env!("CARGO_BIN_EXE_raft-playground");
        Command::new(program).arg("help").args(subject).output().expect("the program starts")
    };
    let listed = out(&help(&["actions"]));
    for line in [
        "  crash SERVER                  switches a server off\n",
        "  nodes NUMBER                  how many servers the cluster begins with, from 1 to 31 \
         (5)\n",
    ] {
        assert!(listed.contains(line), "{line}{listed}");
    }
    assert!(out(&help(&["run"])).contains("Usage: raft-playground run "));
    assert!(out(&help(&[])).contains("  etcd-replay "));
    let unknown = help(&["action"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("found `action`"), "{}", err(&unknown));
}

#[test]
fn where_a_wiped_server_came_back_the_assumption_that_was_broken_is_named() {
    let said = |text: &[u8]| {
        let output = run(text, &[]);
        String::from_utf8(output.stdout).expect("text")
    };
    let assumption = "came back after losing what was on disk. Raft takes for granted";
    let text = said(include_bytes!("../../../tests/scenarios/wiped-members-elect.raft"));
    assert!(text.contains(&format!("n1 and n2 {assumption}")), "{text}");
    let text = said(include_bytes!("../../../tests/scenarios/figure-8-without-the-rule.raft"));
    assert!(text.contains("violated") && !text.contains(assumption), "{text}");
    let text = said(include_bytes!("../../../tests/scenarios/wiped-follower-is-sent-all.raft"));
    assert!(!text.contains(assumption), "nothing is broken: {text}");
}

#[test]
fn a_server_that_stops_says_so_in_the_trace_in_etcds_words() {
    let text = include_bytes!("../../../tests/scenarios/wiped-follower-stops.raft");
    let output = run(text, &["--trace"]);
    let trace = String::from_utf8(output.stderr).expect("text");
    let words = "n3 stops: tocommit(3) is out of range [lastIndex(0)]. Was the raft log corrupted, \
                 truncated, or lost?";
    assert_eq!(trace.matches(words).count(), 2, "at each start");
    let output = run(text, &["--trace=json"]);
    let trace = String::from_utf8(output.stderr).expect("text");
    assert_eq!(trace.matches(r#""decision":"stopped""#).count(), 2);
}

/// `raft-playground run … | head -1`
#[test]
#[cfg(unix)]
fn who_stops_reading_the_output_ends_the_program_quietly() {
    for closes_errors in [false, true] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
            .args(["run", "-", "--json", "--trace"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // Before it has anything to print, for it has not read a line yet.
        drop(child.stdout.take());
        if closes_errors {
            drop(child.stderr.take());
        }
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"run until leader\n").expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
        assert_eq!(output.status.code(), None, "ended by the signal, as other programs are");
    }
}

#[test]
fn a_server_that_stops_is_not_given_the_term_of_its_disk() {
    let text = "nodes 3\nrun until leader\nput x 1\nrun until converged\nwipe follower\nrun 20ms\n\
                restart all\nrun 300ms\n";
    let trace = err(&run(text.as_bytes(), &["--trace"]));
    let stops: Vec<&str> = trace.lines().filter(|line| line.contains("tocommit(2)")).collect();
    assert!(matches!(stops[..], [line] if line.ends_with("panics. (n1, index 0)")), "{stops:?}");
}
