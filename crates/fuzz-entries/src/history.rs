//! Histories of clients in the two formats of other tools: whatever a file says, it is read or
//! refused by the line, and what is read gets a verdict.

use crate::make::{chance, damaged, from_to, noise, perhaps_damaged};
use arbitrary::{Result, Unstructured};
use raft_check::history::parse;
use raft_check::linear::Verdict;

/// Configurations that a verdict may take here. A hundredth of what the program allows: so many
/// inputs are tried, and the time that one takes grows with this bound.
const CONFIGURATIONS: usize = 20_000;

/// A few events of each kind.
const JEPSEN: &str = "INFO  jepsen.util - 12\t:invoke\t:cas\t[0 9223372036854775807]
INFO  jepsen.util - 3\t:invoke\t:write\t-1
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 3\t:ok\t:write\t-1
INFO  jepsen.util - 3\t:invoke\t:read\tnil
INFO  jepsen.util - 12\t:fail\t:cas\t[0 9223372036854775807]
INFO  jepsen.util - 3\t:info\t:read\t:timed-out
";
const PORCUPINE: &str = r#"{:process 0, :type :invoke, :f :put, :key "a", :value "\"b\\\n"}
{:process 1, :type :invoke, :f :get, :key 18446744073709551615, :value nil}
{:process 0, :type :ok, :f :put, :key "a", :value "\"b\\\n"}
{:process 1, :type :ok, :f :get, :key 18446744073709551615, :value ""}
"#;

/// An event of a client.
struct Event {
    client: usize,
    kind: &'static str,
    what: &'static str,
    key: usize,
    value: usize,
    /// For a conditional write, what it expects.
    from: usize,
}

/// What clients do who ask one thing at a time; in some cases not even that.
fn events(u: &mut Unstructured<'_>, whats: &[&'static str]) -> Result<Vec<Event>> {
    let clients = from_to(u, 1, 9)?;
    let keys = from_to(u, 1, 3)?;
    let mut open: Vec<Option<(&'static str, usize, usize, usize)>> = vec![None; clients];
    let mut events = Vec::new();
    for _ in 0..from_to(u, 1, 60)? {
        let client = from_to(u, 0, clients - 1)?;
        let known = open[client].take();
        let is_wrong = chance(u, 1)?;
        let (kind, (what, key, value, from)) = match known {
            Some(called) if !is_wrong => {
                (*u.choose(&[":ok", ":ok", ":ok", ":ok", ":fail", ":info"])?, called)
            }
            Some(_) | None => {
                let value = from_to(u, 0, 4)?;
                let called = (*u.choose(whats)?, from_to(u, 1, keys)?, value, from_to(u, 0, 4)?);
                open[client] = Some(called);
                (":invoke", called)
            }
        };
        // A read says what it saw only in its answer.
        let is_read = kind == ":ok" && what.ends_with("get") | what.ends_with("read");
        let value = if is_read { from_to(u, 0, 4)? } else { value };
        events.push(Event { client, kind, what, key, value, from });
    }
    Ok(events)
}

/// A log of one register.
pub fn make_jepsen(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    match u.int_in_range(0..=9)? {
        0 => return Ok(format!("INFO  jepsen.util - {}", noise(u)?).into_bytes()),
        1 => return Ok(damaged(u, JEPSEN)?.into_bytes()),
        _ => {}
    }
    let mut text = String::new();
    for event in events(u, &[":read", ":write", ":write", ":cas"])? {
        let Event { client, kind, what, value, from, .. } = event;
        let value = match what {
            ":read" if kind == ":ok" && value > 0 => value.to_string(),
            ":read" => "nil".into(),
            ":cas" => format!("[{from} {value}]"),
            _ => value.to_string(),
        };
        text += &format!("INFO  jepsen.util - {client}\t{kind}\t{what}\t{value}\n");
    }
    perhaps_damaged(u, text)
}

/// A history of keys.
pub fn make_porcupine(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    match u.int_in_range(0..=9)? {
        0 => return Ok(format!("{{{}", noise(u)?).into_bytes()),
        1 => return Ok(damaged(u, PORCUPINE)?.into_bytes()),
        _ => {}
    }
    let mut text = String::new();
    for event in events(u, &[":get", ":put", ":append", ":append"])? {
        let Event { client, kind, what, key, value, .. } = event;
        let value = match (what, kind) {
            (":get", ":ok") => format!("\"{}\"", "x".repeat(value)),
            (":get", _) => "nil".into(),
            _ => format!("\"{}\"", ["", "x", "xx", "y", "\\\"\\n"][value.min(4)]),
        };
        text += &format!(
            "{{:process {client}, :type {kind}, :f {what}, :key \"{key}\", :value {value}}}\n"
        );
    }
    perhaps_damaged(u, text)
}

/// Reads a history and asks for its verdict.
pub fn take(bytes: &[u8]) {
    match parse(bytes) {
        Ok(history) => {
            let finding = history.check(CONFIGURATIONS);
            assert!(
                finding.shown.is_none() || finding.verdict == Verdict::NotLinearizable,
                "only what is not linearizable has something to show"
            );
        }
        Err(error) => {
            let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
            assert!((1..=lines.max(1)).contains(&error.line), "{error} names no line of it");
        }
    }
}
