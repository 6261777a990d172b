//! Many runs at once from the command line: futures of a moment, and the search for a run.

mod program;
mod said;

use said::{err, out};
use serde_json::Value;
use std::process::Output;

const ELECTION: &str = "nodes 5\nseed 3\nrun until leader\ncrash leader\nrun 1s\n";

fn tell(text: &str, arguments: &[&str]) -> Output {
    program::run(arguments, text.as_bytes())
}

fn json(text: &str, arguments: &[&str]) -> Value {
    let output = tell(text, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

const ASKED: [&str; 8] =
    ["futures", "-", "--from", "500ms", "--runs", "200", "--ask", "who leads next within 1s"];

#[test]
fn futures_are_counted_and_the_same_each_time() {
    let arguments = [&ASKED[..], &["--json"]].concat();
    let report = json(ELECTION, &arguments);
    assert_eq!(report, json(ELECTION, &arguments));
    let answers = report["answers"].as_array().expect("answers");
    let runs: u64 = answers.iter().map(|answer| answer["runs"].as_u64().expect("runs")).sum();
    assert_eq!((runs, report["from_us"].as_u64()), (200, Some(500_000)));
    for answer in answers {
        let of = |name: &str| answer[name].as_f64().expect("a share");
        assert!(of("low") <= of("share") && of("share") <= of("high"), "{answer}");
    }
    assert!(answers.len() >= 4, "four servers can win: {answers:?}");
    assert!(report["median_us"].as_u64() <= report["p99_us"].as_u64());
}

#[test]
fn a_future_is_the_text_with_one_line_more() {
    let report = json(ELECTION, &[&ASKED[..], &["--json"]].concat());
    for future in report["futures"].as_array().expect("futures").iter().take(20) {
        let (key, leader) = (&future["reseed"], future["outcome"].as_str().expect("a name"));
        let at = 500_000 + future["after_us"].as_u64().expect("a time");
        let before = at - 1;
        // The scenario's own lines up to there, at the moments at which they were.
        let text = format!(
            "nodes 5\nseed 3\nrun until leader\ncrash leader\n@500ms reseed {key}\n\
             @{before}us expect no leader\n@{at}us expect leader {leader}\n"
        );
        let output = tell(&text, &["run", "-"]);
        assert_eq!(output.status.code(), Some(0), "{}\n{text}", out(&output));
    }
}

#[test]
fn the_step_from_which_on_it_was_certain_is_named() {
    let late = [&ASKED[..], &["--late"]].concat();
    let said = out(&tell(ELECTION, &late));
    assert!(said.contains("who leads next within 1s: n"), "{said}");
    let last = said.lines().last().expect("lines");
    assert!(last.starts_with("from ") && last.contains(" at ") && last.contains(": n"), "{said}");
    let report = json(ELECTION, &[&late[..], &["--json"]].concat());
    let points = report["points"].as_array().expect("points");
    assert!(points.len() >= 12, "{}", points.len());
    assert_eq!(points.last().expect("points")["share"].as_f64(), Some(1.0));
    assert!(report["step"]["before"].as_f64() < report["step"]["after"].as_f64());
}

#[test]
fn a_wrong_question_says_what_was_expected() {
    for (asked, said) in [
        ("leadrs 2", "did you mean `leaders`?"),
        ("leaders 2 within 3h", "within 1us to 10m, found 3h"),
        ("leader n3 at 24h", "expected a question that ends between 1s and 601s, found 24h"),
        ("leader n3 by 500ms", "expected a question that ends between 1s and 601s, found 500ms"),
        ("leaders 2 within soon", "expected a time such as `500ms`"),
        ("who won", "expected `who leads next` or `who leads`, found `who won`"),
        ("who leads", "expected a time, `who leads at 2s`"),
        ("entry 3", "expected `entry 3 of term 2`, found `entry 3`"),
        ("", "found nothing"),
    ] {
        let output = tell(ELECTION, &["futures", "-", "--from", "1s", "--ask", asked]);
        assert_eq!(output.status.code(), Some(2), "{asked}");
        assert!(err(&output).contains(said), "{asked}: {}", err(&output));
    }
}

#[test]
fn what_is_found_is_short_and_can_be_run() {
    let five = "nodes 5\nseed 3\n";
    let output = tell(five, &["find", "-", "--until", "leaders 2", "--with", "cut,partition"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let scenario = out(&output);
    assert_eq!(scenario.matches("\n@").count(), 1, "{scenario}");
    assert!(!scenario.contains(" timeout "), "nobody has allowed that: {scenario}");
    let again = tell(&scenario, &["run", "-"]);
    assert_eq!(again.status.code(), Some(0), "{scenario}\n{}", out(&again));
    let test = tell(five, &["find", "-", "--until", "leaders 2", "--test", "rust"]);
    let test = out(&test);
    assert!(test.starts_with("#[test]\nfn it_comes_to_leaders_2() {"), "{test}");
}

#[test]
fn where_there_is_none_it_says_of_how_many() {
    let arguments =
        ["find", "-", "--until", "violated election-safety", "--runs", "300", "--within", "1s"];
    let output = tell("nodes 3\n", &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let said = out(&output);
    assert!(said.starts_with("there is none in 300 runs, of "), "{said}");
    let named = ["find", "-", "--until", "leader $old"];
    let output = tell("run until leader\nlet old = leader\n", &named);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("without what a `let` has set"), "{}", err(&output));
    let output = tell("nodes 3\n", &["futures", "-", "--from", "leadr"]);
    assert!(err(&output).contains("--from"), "{}", err(&output));
    let output = tell("nodes 3\n", &[&arguments[..], &["--with", "crash,magic"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("expected faults out of crash, cut, "), "{}", err(&output));
}
