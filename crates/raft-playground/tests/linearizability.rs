//! `linearizability` on the command line: exit codes, what people read, what programs read.

mod program;
mod said;

use said::{err, out};
use serde_json::{Value, json};
use std::process::{Command, Output};

const FINE: &str = "INFO  jepsen.util - 0\t:invoke\t:write\t3
INFO  jepsen.util - 0\t:ok\t:write\t3
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t3
";

const STALE: &str = r#"{:process 4, :type :invoke, :f :put, :key "a", :value "x"}
{:process 4, :type :ok, :f :put, :key "a", :value "x"}
{:process 5, :type :invoke, :f :get, :key "a", :value nil}
{:process 5, :type :ok, :f :get, :key "a", :value ""}
{:process 5, :type :invoke, :f :append, :key "b", :value "y"}
{:process 5, :type :info, :f :append, :key "b", :value "y"}
"#;

/// Checks a text, given on standard input.
fn check(text: &[u8], arguments: &[&str]) -> Output {
    program::run(&[&["linearizability", "-"], arguments].concat(), text)
}

#[test]
fn a_linearizable_history_ends_it_with_0() {
    let output = check(FINE.as_bytes(), &[]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), "linearizable\n"));
}

#[test]
fn an_empty_history_ends_it_with_2() {
    let output = check(b"", &[]);
    assert_eq!(output.status.code(), Some(2), "there is nothing to judge");
    assert!(err(&output).contains("line 1: expected an event"), "{}", err(&output));
}

#[test]
fn a_history_without_an_order_ends_it_with_1_and_shows_the_operations() {
    let output = check(STALE.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = "not linearizable\n\
                key \"a\": an order exists up to line 4; none fits these, which began \
                with \"\":\n  \
                lines 1-2  client 4  put \"x\" -> ok\n  \
                lines 3-4  client 5  get -> \"\"  (has no place)\n";
    assert_eq!(out(&output), said);
}

#[test]
fn the_json_object_has_the_promised_shape() {
    let object = |text: &str| -> Value {
        let output = check(text.as_bytes(), &["--json"]);
        assert_eq!(out(&output).lines().count(), 1, "one object on one line");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let fine = json!({"verdict": "linearizable", "operations": 2, "key": null, "breaks_at": null,
        "starts": [], "offending": []});
    assert_eq!(object(FINE), fine);
    let stale = json!({"verdict": "not-linearizable", "operations": 3, "key": "a", "breaks_at": 4,
    "starts": ["\"\""], "offending": [
        {"client": 4, "call_line": 1, "return_line": 2, "asked": "put \"x\"",
         "answered": "ok", "order": 0},
        {"client": 5, "call_line": 3, "return_line": 4, "asked": "get",
         "answered": "\"\"", "order": null},
    ]});
    assert_eq!(object(STALE), stale);
}

#[test]
fn a_wrong_history_ends_it_with_2_and_names_the_line() {
    let twice = FINE.replace("1\t:ok\t:read\t3", "1\t:invoke\t:write\t3");
    let output = check(twice.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = "raft-playground: -: line 4: expected an answer to what client 1 called in line 3, \
                found another call\n";
    assert_eq!(err(&output), said);
    assert!(output.stdout.is_empty());
    for text in [&b"run 1s\n"[..], b"\xff\xfe", b"{:process", b"INFO  jepsen.util - 0 :ok :read 3"]
    {
        assert_eq!(check(text, &["--json"]).status.code(), Some(2), "{text:?}");
    }
    let program = || Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    let missing = program().args(["linearizability", "no/such.log"]).output().expect("it runs");
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("no/such.log: cannot be read"), "{}", err(&missing));
}

#[test]
fn a_history_with_too_many_orders_ends_it_with_3() {
    // Sixty writes at once, and then a read of what none of them wrote.
    let mut text = String::new();
    for kind in ["invoke", "ok"] {
        for client in 0..60 {
            text += &format!("INFO  jepsen.util - {client} :{kind} :write {client}\n");
        }
    }
    text += "INFO  jepsen.util - 0 :invoke :read nil\nINFO  jepsen.util - 0 :ok :read 99\n";
    let output = check(text.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    assert!(out(&output).starts_with("undecided\n"), "{}", out(&output));
}

#[test]
#[allow(clippy::disallowed_types, reason = "a person waits for it")]
fn many_keys_with_too_many_orders_take_about_as_long_as_one() {
    let text = |keys: u32| {
        let mut text = String::new();
        for key in 0..keys {
            let mut event = |client: u32, kind: &str, what: &str, value: &str| {
                text += &format!("{{:process {client}, :type :{kind}, :f :{what}, ");
                text += &format!(":key \"{key}\", :value {value}}}\n");
            };
            for kind in ["invoke", "ok"] {
                for client in 0..60 {
                    event(client, kind, "put", &format!("\"{client}\""));
                }
            }
            event(0, "invoke", "get", "nil");
            event(0, "ok", "get", "\"what nobody wrote\"");
        }
        text
    };
    let seconds = |keys| {
        let begun = std::time::Instant::now();
        let output = check(text(keys).as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(3), "{}", out(&output));
        begun.elapsed().as_secs_f64()
    };
    let (one, many) = (seconds(1), seconds(20));
    assert!(many < 4.0 * one + 2.0, "{one} s with one key, {many} s with twenty");
}

#[test]
fn the_help_tells_every_exit_code() {
    let help = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .args(["linearizability", "--help"])
        .output()
        .expect("it runs");
    let said: String = out(&help).split_whitespace().collect::<Vec<_>>().join(" ");
    for told in ["Exit code 0: linearizable.", "1: not", "2: the file is wrong", "3: undecided"] {
        assert!(said.contains(told), "{said}");
    }
}
