//! Replays requests recorded from a real etcd's JSON gateway and compares every reply.

use anyhow::{Context, bail, ensure};
use etcd_kv::api::{Call, Response, WatchCreateRequest};
use etcd_kv::{Solo, gateway};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The most bytes that a recording may have once it is unpacked.
const MAX_BYTES: u64 = 1 << 28;

/// One sequence: requests to a fresh cluster of one, and what it said.
#[derive(Deserialize)]
struct Sequence {
    seed: Value,
    steps: Vec<Step>,
    final_rev: i64,
    compact: i64,
    watch: Vec<Value>,
}

#[derive(Deserialize)]
struct Step {
    path: String,
    req: Value,
    status: u16,
    resp: Value,
}

/// How many of one kind were replayed and how many answers were equal.
#[derive(Default)]
struct Count {
    equal: u64,
    all: u64,
}

/// The counts by kind, and the first difference of each sequence.
#[derive(Default)]
pub struct Outcome {
    counts: BTreeMap<String, Count>,
    differences: Vec<String>,
}

impl Outcome {
    /// Whether every reply and every event was equal, of at least one.
    pub fn is_equal(&self) -> bool {
        self.counts.values().all(|count| count.equal == count.all) && !self.counts.is_empty()
    }

    /// Prints counts and differences.
    pub fn print(&self) {
        for difference in &self.differences {
            println!("{difference}");
        }
        let (mut equal, mut all) = (0, 0);
        for (kind, count) in &self.counts {
            println!("{kind:28} {:6} of {:6}", count.equal, count.all);
            if kind.starts_with('/') {
                equal += count.equal;
                all += count.all;
            }
        }
        println!("{:28} {equal:6} of {all:6}", "requests");
    }
}

/// Replays a recording, packed with gzip or not.
pub fn replay(file: &Path) -> anyhow::Result<Outcome> {
    let mut packed = std::fs::File::open(file).context("cannot be read")?;
    let mut head = [0; 2];
    let length = packed.read(&mut head).context("cannot be read")?;
    let whole = (&head[..length]).chain(packed);
    let bytes: Box<dyn Read> =
        if head == [0x1f, 0x8b] { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
    let mut outcome = Outcome::default();
    for (number, line) in BufReader::new(bytes.take(MAX_BYTES)).lines().enumerate() {
        let number = number + 1;
        let line = line.with_context(|| format!("line {number}: expected UTF-8 text"))?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(&line)
            .with_context(|| format!("line {number}: expected one JSON object"))?;
        if value.get("meta").is_some() && value.get("steps").is_none() {
            continue;
        }
        let sequence: Sequence = serde_json::from_value(value).with_context(|| {
            format!("line {number}: expected a sequence {{seed, steps, final_rev, compact, watch}}")
        })?;
        play(&sequence, number, &mut outcome).with_context(|| format!("line {number}"))?;
    }
    ensure!(
        !outcome.counts.is_empty(),
        "no recorded request in it; expected at least one sequence"
    );
    Ok(outcome)
}

fn play(sequence: &Sequence, line: usize, outcome: &mut Outcome) -> anyhow::Result<()> {
    let mut member = Solo::default();
    let mut first: Option<String> = None;
    for (number, step) in sequence.steps.iter().enumerate() {
        let (status, body) = answer(&mut member, step)?;
        let is_equal = status == step.status && body == step.resp;
        let count = outcome.counts.entry(step.path.clone()).or_default();
        count.all += 1;
        count.equal += u64::from(is_equal);
        if !is_equal && first.is_none() {
            first = Some(format!(
                "line {line}, seed {}, step {number}: {} {}\n  recorded: {} {}\n  here:     \
                 {status} {body}",
                sequence.seed, step.path, step.req, step.status, step.resp,
            ));
        }
    }
    let mut compare = |what: &str, here: Value, recorded: Value| {
        let count = outcome.counts.entry(what.into()).or_default();
        count.all += 1;
        count.equal += u64::from(here == recorded);
        if here != recorded && first.is_none() {
            first = Some(format!(
                "line {line}, seed {}: {what}\n  recorded: {recorded}\n  here:     {here}",
                sequence.seed
            ));
        }
    };
    compare("final revision", member.store().revision().into(), sequence.final_rev.into());
    let recorded: Vec<Value> = sequence.watch.iter().flat_map(events).collect();
    let here = watch(&mut member, sequence.compact + 1)?;
    for at in 0..recorded.len().max(here.len()) {
        let of = |list: &[Value]| list.get(at).cloned().unwrap_or(Value::Null);
        compare("watch events", of(&here), of(&recorded));
    }
    outcome.differences.extend(first);
    Ok(())
}

fn answer(member: &mut Solo, step: &Step) -> anyhow::Result<(u16, Value)> {
    let reply = match gateway::parse(&step.path, step.req.to_string().as_bytes()) {
        Err(malformed) => malformed.reply(),
        Ok(call) => match member.call(&call) {
            Err(error) => gateway::refusal(error),
            // Of a status only the revision was recorded.
            Ok(Response::Status(_)) => {
                let revision = member.store().revision().to_string();
                return Ok((200, serde_json::json!({ "revision": revision })));
            }
            Ok(response) => gateway::reply(&member.header(), &response),
        },
    };
    let body = serde_json::from_str(&reply.body).unwrap_or(Value::String(reply.body));
    Ok((reply.status, body))
}

fn events(message: &Value) -> Vec<Value> {
    message.get("events").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Everything that happened to any key from a revision on, with the pairs before.
fn watch(member: &mut Solo, start_revision: i64) -> anyhow::Result<Vec<Value>> {
    let every_key = WatchCreateRequest {
        key: vec![0],
        range_end: vec![0],
        start_revision,
        prev_kv: true,
        ..WatchCreateRequest::default()
    };
    let response = member.call(&Call::Watch(every_key))?;
    let line = gateway::reply(&member.header(), &response).body;
    let message: Value = serde_json::from_str(&line)?;
    let Some(result) = message.get("result") else { bail!("a watch answered {message}") };
    Ok(events(result))
}
