//! What scripts get is what the command line prints, and what was wrong names its line.

use raft_engine::{moment, report};
use serde_json::Value;

const TEXT: &str = "nodes 3\nseed 1\nrun until leader\nput x 1\nrun until reply 1 ok\n\
                    expect value x = 1 on leader\n";

fn read(json: &str) -> Value {
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_run_gives_its_report_and_whether_all_held() {
    let ran = read(&report(TEXT).expect("a report"));
    assert_eq!(ran[0], true);
    assert_eq!(ran[1]["nodes"].as_array().map(Vec::len), Some(3));
    assert_eq!(ran[1]["replies"][0]["request"], "put x 1");
    assert_eq!(ran[1]["expectations"][2]["ok"], true, "{ran}");
    let broken = TEXT.replace("= 1", "= 2");
    assert_eq!(read(&report(&broken).expect("a report"))[0], false);
}

#[test]
fn a_wrong_text_names_its_line_and_what_was_expected() {
    let problem = report("nodes 3\ncrush n1\n").expect_err("a wrong word");
    assert_eq!((problem.code, problem.line), ("wrong-text", Some(2)));
    assert!(problem.expected.is_some_and(|expected| !expected.is_empty()));
    assert!(problem.message.contains("crash"), "it knows a word like it: {}", problem.message);
}

#[test]
fn a_moment_has_its_state_and_a_picture() {
    let first = read(&moment(TEXT, "", "leader", "logs dark 640").expect("a moment"));
    let leader = first["state"]["leader"].as_str().expect("a leader");
    assert!(first["svg"].as_str().is_some_and(|svg| svg.starts_with("<svg")));
    assert!(first["alt"].as_str().is_some_and(|alt| alt.contains(leader)));
    let early = read(&moment(TEXT, "1ms", "", "").expect("a moment"));
    assert_eq!(early["state"]["timeUs"], 1000);
    assert_eq!(early["state"]["leader"], Value::Null);
    assert_eq!(early["state"]["servers"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_moment_that_cannot_be_says_why() {
    let never = moment(TEXT, "", "leader n3 term 9", "").err();
    let never = never.or_else(|| moment(TEXT, "", "leaders 3", "").err()).expect("no such moment");
    assert!(["cannot-be-done", "wrong-text"].contains(&never.code));
    let never = moment(TEXT, "", "leaders 3", "").expect_err("never three leaders");
    assert_eq!((never.code, never.line), ("cannot-be-done", None));
    let wrong = moment(TEXT, "soon", "", "").expect_err("no time");
    assert_eq!(wrong.code, "wrong-text");
    assert!(wrong.message.contains("204ms"));
    let wrong = moment(TEXT, "1ms", "", "purple").expect_err("no theme");
    assert!(wrong.message.contains("found `purple`"));
}
