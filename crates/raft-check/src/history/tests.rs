//! Claims about files of histories.

use super::*;

/// Lines of Jepsen's log from `client type function value`.
fn log(events: &[&str]) -> Vec<u8> {
    let lines = events.iter().map(|event| format!("INFO  jepsen.util - {event}\n"));
    lines.collect::<String>().into_bytes()
}

fn verdict(bytes: &[u8]) -> Verdict {
    parse(bytes).expect("a history").check(1_000).verdict
}

fn wrong(bytes: &[u8]) -> String {
    parse(bytes).expect_err("no history").to_string()
}

#[test]
fn a_register_is_read_written_and_compared() {
    let fine =
        ["0\t:invoke\t:write\t3", "0 :ok :write 3", "1 :invoke :cas [3 4]", "1 :ok :cas [3  4]"];
    assert_eq!(verdict(&log(&fine)), Verdict::Linearizable);
    let then = |last: [&'static str; 2]| log(&[&fine[..], &last].concat());
    assert_eq!(verdict(&then(["0 :invoke :read nil", "0 :ok :read 4"])), Verdict::Linearizable);
    for last in
        [["0 :invoke :read nil", "0 :ok :read 3"], ["0 :invoke :cas [3 1]", "0 :ok :cas [3 1]"]]
    {
        assert_eq!(verdict(&then(last)), Verdict::NotLinearizable, "{last:?}");
    }
}

#[test]
fn what_failed_did_not_happen_and_what_timed_out_may_have() {
    let read = |of: &str, seen: &str| {
        let ending = format!("0 {of} :write :timed-out");
        let seen = format!("1 :ok :read {seen}");
        verdict(&log(&["0 :invoke :write 3", &ending, "1 :invoke :read nil", &seen]))
    };
    assert_eq!(read(":info", "3"), Verdict::Linearizable);
    assert_eq!(read(":info", "nil"), Verdict::Linearizable);
    assert_eq!(read(":fail", "nil"), Verdict::Linearizable);
    assert_eq!(read(":fail", "3"), Verdict::NotLinearizable);
    // The file may end while operations are open; the process of a timed-out one may go on.
    let open = ["0 :invoke :write 3", "1 :invoke :read nil", "1 :ok :read 3"];
    assert_eq!(verdict(&log(&open)), Verdict::Linearizable);
}

#[test]
fn keys_are_told_apart_and_the_broken_one_is_shown() {
    let text = r#"
{:process 0, :type :invoke, :f :put, :key "a", :value "x"}
{:process 1, :type :invoke, :f :append, :key "b", :value "y \"z\""}
{:process 1, :type :ok, :f :append, :key "b", :value "y \"z\""}
{:process 0, :type :ok, :f :put, :key "a", :value "x"}
{:value nil, :type :invoke, :f :get, :key "b", :process 0}
{:process 0, :type :ok, :f :get, :key "b", :value ""}
"#;
    let finding = parse(text.as_bytes()).expect("a history").check(1_000);
    assert_eq!((finding.verdict, finding.operations), (Verdict::NotLinearizable, 3));
    let shown = finding.shown.expect("the operations");
    let append = ShownOperation {
        client: 1,
        called: 3,
        returned: Some(4),
        asked: r#"append "y \"z\"""#.into(),
        answered: Some("ok".into()),
    };
    let get = ShownOperation {
        client: 0,
        called: 6,
        returned: Some(7),
        asked: "get".into(),
        answered: Some(r#""""#.into()),
    };
    let expected = Shown {
        key: Some("b".into()),
        starts: vec![r#""""#.into()],
        operations: vec![append, get],
        order: vec![0],
        breaks_at: 7,
    };
    assert_eq!(shown, expected);
}

#[test]
fn an_empty_file_is_no_history() {
    for text in ["", "\n \r\n"] {
        let error = parse(text.as_bytes()).expect_err("nothing to judge").to_string();
        assert!(error.starts_with("line 1: expected an event such as "), "{error}");
        assert!(error.ends_with(", found nothing"), "{error}");
    }
}

#[test]
fn a_search_beyond_its_bound_is_undecided() {
    let writes = (0..8).map(|n| format!("{n} :invoke :write {n}"));
    let ends = (0..8).map(|n| format!("{n} :ok :write {n}"));
    let read = ["9 :invoke :read nil".to_string(), "9 :ok :read 77".to_string()];
    let events: Vec<String> = writes.chain(ends).chain(read).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let history = parse(&log(&events)).expect("a history");
    assert_eq!(history.check(10).verdict, Verdict::Undecided);
    assert_eq!(history.check(100_000).verdict, Verdict::NotLinearizable);
}

#[test]
fn an_error_names_the_line_what_was_found_and_what_was_expected() {
    let after = |last: &str| {
        wrong(&log(&["0 :invoke :write 3", "0 :ok :write 3", "1 :invoke :cas [0 1]", last]))
    };
    let cases = [
        (
            after("1 :invoke :read nil"),
            "line 4: expected an answer to what client 1 called in line 3, found another call",
        ),
        (
            after("2 :ok :read nil"),
            "line 4: expected a call of client 2 before its answer, found an answer without a call",
        ),
        (after("1 :ok :read 3"), "line 4: expected :cas, which process 1 called, found `:read`"),
        (
            after("1 :ok :cas [0 2]"),
            "line 4: expected the same value as in the call: cas [0 1], found `[0 2]`",
        ),
        (
            after("1 :done :cas [0 1]"),
            "line 4: expected :invoke, :ok, :fail or :info, found `:done`",
        ),
        (after("x :invoke :read nil"), "line 4: expected a process's number, found `x`"),
        (after("2 :invoke :write nil"), "line 4: expected a whole number to write, found `nil`"),
        (
            after("2 :invoke :cas 3"),
            "line 4: expected two whole numbers such as `[0 3]`, found `3`",
        ),
        (after("2 :invoke :drop 3"), "line 4: expected :read, :write or :cas, found `:drop`"),
        (wrong(b"\n\xff\n"), "line 2: expected UTF-8 text, found the byte 0xff"),
        (
            wrong(b"{:process 0, :type :invoke, :f :get, :key \"a\"}"),
            "line 1: expected a map with :value, such as `{:process 0, :type :invoke, :f :put, \
             :key \"a\", :value \"b\"}`, found `{:process 0, :type :invoke, :f :get, :key \"a\"}`",
        ),
        (wrong(b"{:process 0, :type \"a}"), "line 1: expected a closing quote, found `\"a`"),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
    assert!(wrong(b"hello").starts_with("line 1: expected an event such as `INFO  jepsen.util"));
}
