//! Lines of etcdctl's console: whatever is typed, the command ends or waits, and its completion
//! never fails. One member alone answers it.

use crate::make::{below, chance, damaged, from_to, noise, words};
use arbitrary::{Result, Unstructured};
use etcd_kv::console::{CallError, Endpoint, Environment, Input, Step};
use etcd_kv::ctl::{Invocation, complete};
use etcd_kv::{Solo, Sorted, Store, Version};
use std::collections::VecDeque;

/// How many answers, sleeps and lines a command gets before it is interrupted.
const HAPPENINGS: usize = 300;
/// How much it may print until then, in bytes.
const PRINTED: usize = 100_000_000;

const WORDS: [&str; 60] = [
    "etcdctl",
    "put",
    "get",
    "del",
    "txn",
    "watch",
    "lease",
    "grant",
    "revoke",
    "keep-alive",
    "timetolive",
    "lock",
    "elect",
    "member",
    "add",
    "list",
    "remove",
    "promote",
    "endpoint",
    "status",
    "health",
    "hashkv",
    "snapshot",
    "save",
    "restore",
    "compaction",
    "defrag",
    "alarm",
    "move-leader",
    "check",
    "perf",
    "auth",
    "curl",
    "echo",
    "sleep",
    "env",
    "-u",
    "ETCDCTL_ENDPOINTS",
    "a",
    "b",
    "backup.db",
    "n1",
    "--",
    "--prefix",
    "--from-key",
    "--rev",
    "--limit",
    "--sort-by",
    "--order",
    "-w",
    "json",
    "fields",
    "table",
    "--hex",
    "--lease",
    "--endpoints",
    "-i",
    "--command-timeout=1s",
    "http://127.0.0.1:2379/v3/kv/range",
    "-d",
];

const GAPS: [&str; 8] = [" ", " ", " ", "=", "'", "\"", "", "\n"];

/// What is typed after the command.
const LINES: [&str; 14] = [
    "value(\"a\") = \"1\"",
    "mod(\"a\") > \"0\"",
    "ver(\"a\") < 9223372036854775808",
    "",
    "put a 1",
    "get a --prefix",
    "del \"\" --from-key",
    "watch a b --rev=1",
    "progress",
    "put 'a",
    "^C",
    "^D",
    "a",
    "txn",
];

/// A command line, and lines of input after it: `^C` and `^D` are what they say.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut text = match u.int_in_range(0..=3)? {
        0 => noise(u)?,
        1 => words(u, &WORDS, &GAPS, 12)?,
        _ => completed(u)?,
    };
    for _ in 0..from_to(u, 0, 5)? {
        let line = u.choose(&LINES)?;
        text.push('\n');
        text += &if chance(u, 30)? { damaged(u, line)? } else { (*line).to_string() };
    }
    Ok(text.into_bytes())
}

/// A line made of the console's own completions, with other words typed now and then.
fn completed(u: &mut Unstructured<'_>) -> Result<String> {
    let environment = environment();
    let mut line = String::from("etcdctl ");
    for _ in 0..from_to(u, 1, 9)? {
        let mut offered = complete(&line, line.len(), &environment);
        if chance(u, 25)? && line.ends_with(' ') {
            line += "--";
            offered = complete(&line, line.len(), &environment);
        }
        let place = usize::try_from(below(u)(offered.len().max(1) as u64)).unwrap_or(0);
        match offered.get(place) {
            Some(word) if chance(u, 75)? => {
                let typed = line.rfind(' ').map_or(0, |space| space + 1);
                line.truncate(typed);
                line += word;
            }
            Some(_) | None => line += &words(u, &WORDS, &[""], 1)?,
        }
        line += u.choose(&[" ", " ", " ", "="])?;
    }
    Ok(line)
}

/// Three members, and a file that was saved.
fn environment() -> Environment {
    let endpoint = |number: u64| Endpoint {
        name: format!("n{number}"),
        client_url: format!("http://127.0.0.1:{}", 2379 + 100 * (number - 1)),
        peer_url: format!("http://127.0.0.1:{}", 2380 + 100 * (number - 1)),
        member_id: number,
        cors: Vec::new(),
    };
    let endpoints: Vec<Endpoint> = (1..=3).map(endpoint).collect();
    let mut files = Sorted::default();
    files.insert("backup.db".to_string(), Store::default().save().into());
    Environment {
        default_endpoints: endpoints.iter().map(|one| one.client_url.clone()).collect(),
        endpoints,
        variables: Sorted::default(),
        version: Version::V3_5,
        now_us: 0,
        files,
    }
}

/// Starts the command of the first line, gives it answers and the other lines, and at the end ^C.
pub fn take(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let line = lines.next().unwrap_or_default();
    let environment = environment();
    for (cursor, _) in line.char_indices().chain([(line.len(), ' ')]).take(100) {
        let _offered = complete(line, cursor, &environment);
    }
    let (mut command, steps) = Invocation::start(line, &environment);
    let mut member = Member::default();
    member.do_all(steps);
    for _ in 0..HAPPENINGS {
        if command.is_over() {
            return;
        }
        let steps = match member.next() {
            Some((ticket, Some(result))) => {
                command.on(Input::Answer { ticket, result }, member.now_us)
            }
            Some((ticket, None)) => command.on(Input::Woke { ticket }, member.now_us),
            None => match lines.next() {
                Some("^C") => command.on(Input::Interrupt, member.now_us),
                Some("^D") => command.on(Input::EndOfInput, member.now_us),
                Some(line) if command.wants_input().is_some() => {
                    command.on(Input::Line(line), member.now_us)
                }
                Some(_) => Vec::new(),
                None => break,
            },
        };
        member.do_all(steps);
    }
    let steps = command.on(Input::Interrupt, member.now_us);
    member.do_all(steps);
}

type Answer = Result<(etcd_kv::api::Header, etcd_kv::api::Response), CallError>;

/// The member that answers, and what it has still to say.
#[derive(Default)]
struct Member {
    solo: Solo,
    now_us: u64,
    answers: VecDeque<(u32, Answer)>,
    /// When each sleep is over, with its ticket.
    sleeps: Vec<(u64, u32)>,
    printed: usize,
}

impl Member {
    fn do_all(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Call { ticket, call, token, .. } => {
                    let result =
                        self.solo.call_as(token.as_deref(), &call).map_err(CallError::Etcd);
                    let header = self.solo.header();
                    self.answers.push_back((ticket, result.map(|response| (header, response))));
                }
                Step::Cancel { ticket } => {
                    self.answers.retain(|(of, _)| *of != ticket);
                    self.sleeps.retain(|(_, of)| *of != ticket);
                }
                Step::Sleep { ticket, us } => {
                    self.sleeps.push((self.now_us.saturating_add(us), ticket));
                }
                Step::Print(text) => {
                    self.printed += text.len();
                    assert!(self.printed < PRINTED, "it prints without end");
                }
                Step::Save { .. } | Step::Export { .. } | Step::Exit(_) => {}
            }
        }
    }

    /// The next thing to tell: an answer, or that a sleep is over.
    fn next(&mut self) -> Option<(u32, Option<Answer>)> {
        if let Some((ticket, answer)) = self.answers.pop_front() {
            return Some((ticket, Some(answer)));
        }
        let first = (0..self.sleeps.len()).min_by_key(|at| self.sleeps[*at])?;
        let (at, ticket) = self.sleeps.remove(first);
        self.now_us = self.now_us.max(at);
        Some((ticket, None))
    }
}
