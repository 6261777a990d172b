//! Replays requests recorded from a real etcd's JSON gateway and compares every reply.

use anyhow::{Context, ensure};
use etcd_kv::api::{
    AuthResponse, Call, LeaseId, Member, Response, WatchCreateRequest, WatchResponse, Written,
};
use etcd_kv::concurrency::Service;
use etcd_kv::gateway::{self, Asked, InStream, Malformed, WatchNumbers};
use etcd_kv::{Solo, Version};
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
    /// What its requests are about: what is compared at its end is counted by it.
    theme: Option<String>,
    steps: Vec<Step>,
    final_rev: i64,
    compact: i64,
    watch: Vec<Value>,
}

#[derive(Deserialize)]
struct Step {
    path: String,
    req: Value,
    /// The body as it was posted, where that is no JSON, or JSON that a reader would change.
    raw: Option<String>,
    /// The user whose token was sent with it.
    #[serde(rename = "as")]
    user: Option<String>,
    /// What it is about, by which it is counted; otherwise by its path.
    kind: Option<String>,
    status: u16,
    /// Of a stream the list of its messages.
    resp: Value,
}

/// How many of one kind were replayed and how many answers were equal.
#[derive(Default)]
struct Count {
    equal: u64,
    all: u64,
}

/// What is compared behind a sequence's last request.
const OF_THE_END: [&str; 2] = ["final revision", "watch events"];

/// The counts by kind, and the first difference of each sequence.
#[derive(Default)]
pub struct Outcome {
    counts: BTreeMap<String, Count>,
    differences: Vec<String>,
    /// Why a kind may differ.
    known: BTreeMap<String, String>,
}

/// The kinds that may differ and why, by the release that was recorded.
#[derive(Default)]
pub struct Known(BTreeMap<String, BTreeMap<String, String>>);

impl Known {
    /// Reads a list: lines `RELEASE KIND: REASON`, comments behind `#`.
    pub fn read(file: &Path) -> anyhow::Result<Known> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{}: cannot be read", file.display()))?;
        let mut known = Known::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parts = line.split_once(':').and_then(|(head, reason)| {
                let (release, kind) = head.split_once(char::is_whitespace)?;
                Some((release, kind.trim(), reason.trim()))
            });
            let (release, kind, reason) = parts.with_context(|| {
                format!("{}, line {}: expected `RELEASE KIND: REASON`", file.display(), number + 1)
            })?;
            known.0.entry(release.into()).or_default().insert(kind.into(), reason.into());
        }
        Ok(known)
    }
}

impl Outcome {
    /// Whether every reply and every event was equal, of at least one, but for kinds that may
    /// differ.
    pub fn is_equal(&self) -> bool {
        let is_right = |(kind, count): (&String, &Count)| {
            count.equal == count.all || self.known.contains_key(kind)
        };
        self.counts.iter().all(is_right) && !self.counts.is_empty()
    }

    /// Prints counts and differences.
    pub fn print(&self) {
        for difference in &self.differences {
            println!("{difference}");
        }
        let (mut equal, mut all) = (0, 0);
        for (kind, count) in &self.counts {
            let known = self.known.get(kind).filter(|_| count.equal != count.all);
            let reason = known.map(|reason| format!("  known: {reason}")).unwrap_or_default();
            println!("{kind:28} {:6} of {:6}{reason}", count.equal, count.all);
            if !OF_THE_END.iter().any(|end| kind.starts_with(end)) {
                equal += count.equal;
                all += count.all;
            }
        }
        println!("{:28} {equal:6} of {all:6}", "requests");
    }
}

/// The release that a recording's first line names.
fn release_of(meta: &Value) -> Option<&str> {
    meta.get("etcd")?.as_str()?.split_whitespace().next()
}

/// Replays a recording, packed with gzip or not, as this version of etcd answers; where none is
/// given, as the one that it was recorded from.
pub fn replay(file: &Path, asked: Option<Version>, mut known: Known) -> anyhow::Result<Outcome> {
    let mut packed = std::fs::File::open(file).context("cannot be read")?;
    let mut head = [0; 2];
    let length = packed.read(&mut head).context("cannot be read")?;
    let whole = (&head[..length]).chain(packed);
    let bytes: Box<dyn Read> =
        if head == [0x1f, 0x8b] { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
    let mut outcome = Outcome::default();
    let mut version = asked.unwrap_or_default();
    for (number, line) in BufReader::new(bytes.take(MAX_BYTES)).lines().enumerate() {
        let number = number + 1;
        let line = line.with_context(|| format!("line {number}: expected UTF-8 text"))?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(&line)
            .with_context(|| format!("line {number}: expected one JSON object"))?;
        if value.get("meta").is_some() && value.get("steps").is_none() {
            let release = release_of(&value).unwrap_or_default();
            version = asked.or_else(|| Version::of_name(release)).unwrap_or_default();
            outcome.known.append(known.0.entry(release.into()).or_default());
            continue;
        }
        let sequence: Sequence = serde_json::from_value(value).with_context(|| {
            format!("line {number}: expected a sequence {{seed, steps, final_rev, compact, watch}}")
        })?;
        play(&sequence, number, version, &mut outcome).with_context(|| format!("line {number}"))?;
    }
    ensure!(
        !outcome.counts.is_empty(),
        "no recorded request in it; expected at least one sequence"
    );
    Ok(outcome)
}

/// A member under replay, and what the recording calls its members and tokens.
struct Replayed {
    member: Solo,
    version: Version,
    /// Ids of members in the order in which replies named them: `<m0>`, `<m1>`.
    ids: Vec<String>,
    /// The latest token of each user.
    tokens: BTreeMap<String, String>,
}

fn play(
    sequence: &Sequence,
    line: usize,
    version: Version,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let member = Solo::new(version, recorded_from(sequence));
    let mut replayed = Replayed { member, version, ids: Vec::new(), tokens: BTreeMap::new() };
    let mut first: Option<String> = None;
    for (number, step) in sequence.steps.iter().enumerate() {
        let (status, mut body) = replayed.answer(step);
        without_form(&mut body, &step.resp);
        let is_equal = status == step.status && body == step.resp;
        let kind = step.kind.as_ref().unwrap_or(&step.path);
        let count = outcome.counts.entry(kind.clone()).or_default();
        count.all += 1;
        count.equal += u64::from(is_equal);
        if !is_equal && first.is_none() {
            first = Some(format!(
                "line {line}, seed {}, step {number}: {} {}\n  recorded: {} {}\n  here:     \
                 {status} {body}",
                sequence.seed,
                step.path,
                step.posted(),
                step.status,
                step.resp,
            ));
        }
    }
    let theme = sequence.theme.as_ref().map(|theme| format!(" ({theme})")).unwrap_or_default();
    let mut compare = |what: &str, here: Value, recorded: Value| {
        let count = outcome.counts.entry(format!("{what}{theme}")).or_default();
        count.all += 1;
        count.equal += u64::from(here == recorded);
        if here != recorded && first.is_none() {
            first = Some(format!(
                "line {line}, seed {}: {what}\n  recorded: {recorded}\n  here:     {here}",
                sequence.seed
            ));
        }
    };
    let revision = replayed.member.store().revision();
    compare("final revision", revision.into(), sequence.final_rev.into());
    let recorded: Vec<Value> = sequence.watch.iter().flat_map(events).collect();
    let here = replayed.everything_since(sequence.compact + 1);
    for at in 0..recorded.len().max(here.len()) {
        let of = |list: &[Value]| list.get(at).cloned().unwrap_or(Value::Null);
        compare("watch events", of(&here), of(&recorded));
    }
    outcome.differences.extend(first);
    Ok(())
}

/// The member that a sequence was recorded from, under the name and the addresses that it listed
/// itself with before anything was changed: they are said nowhere else.
fn recorded_from(sequence: &Sequence) -> Member {
    let listed = sequence.steps.iter().find_map(|step| match step.resp["members"].as_array() {
        Some(members) => members.first(),
        None => None,
    });
    let texts = |name: &str| {
        let urls = listed.and_then(|member| member[name].as_array()).into_iter().flatten();
        urls.filter_map(Value::as_str).map(String::from).collect()
    };
    let name = listed.and_then(|member| member["name"].as_str()).unwrap_or("default");
    Member {
        id: FIRST_MEMBER,
        name: name.into(),
        peer_urls: texts("peerURLs"),
        client_urls: texts("clientURLs"),
        is_learner: false,
    }
}

/// The id of the first member: as large as a real one, which no request names by chance.
const FIRST_MEMBER: u64 = 0x8e9e_05c5_2164_694d;

/// An error recorded from a gateway that is not upstream's (Debian's builds of 3.5) has no `error`
/// beside its code and message. That is its form, not its answer, and is not compared.
fn without_form(here: &mut Value, recorded: &Value) {
    let is_bare = recorded.get("code").is_some() && recorded.get("error").is_none();
    if let (true, Some(here)) = (is_bare, here.as_object_mut()) {
        here.remove("error");
    }
}

impl Step {
    /// The body as it was posted.
    fn posted(&self) -> String {
        self.raw.clone().unwrap_or_else(|| self.req.to_string())
    }
}

impl Replayed {
    /// What is answered to a step: the status, and the body as it is compared.
    fn answer(&mut self, step: &Step) -> (u16, Value) {
        let mut body = step.posted();
        for (at, id) in self.ids.iter().enumerate() {
            body = body.replace(&format!("<m{at}>"), id);
        }
        let token = step.user.as_ref().and_then(|user| self.tokens.get(user).cloned());
        let (version, token) = (self.version, token.as_deref());
        let call = match gateway::parse(&step.path, body.as_bytes(), version) {
            Ok(Asked::Call(call)) => call,
            Ok(Asked::Stream(requests)) => return self.stream(token, &requests),
            Ok(Asked::Service(service)) => {
                let is_stream = matches!(service, Service::Observe { .. });
                let all = self.member.serve(token, service);
                let replies = all.iter().map(|it| gateway::served(it, is_stream, version));
                let replies: Vec<_> = replies.map(|it| (it.status, read(it.body))).collect();
                return if is_stream {
                    (200, replies.into_iter().map(|(_, body)| body).collect())
                } else {
                    replies.into_iter().next().unwrap_or((0, Value::Null))
                };
            }
            Err(Malformed::Deadly) => {
                let told = "RemoteDisconnected Remote end closed connection without response";
                return (0, told.into());
            }
            Err(malformed) => {
                let reply = malformed.reply(version);
                return (reply.status, read(reply.body));
            }
        };
        let response = self.member.call_as(token, &call);
        let reply = match &response {
            Ok(response) => gateway::reply(&self.member.header(), response, version),
            Err(error) => gateway::refusal(*error, version),
        };
        let mut body = read(reply.body);
        self.make_comparable(step, &response, &mut body);
        (reply.status, body)
    }

    /// What a recording leaves out, for it is another each time, is left out here too.
    fn make_comparable(
        &mut self,
        step: &Step,
        response: &Result<Response, etcd_kv::Error>,
        body: &mut Value,
    ) {
        match response {
            Ok(Response::Status(_)) => {
                let revision = self.member.store().revision().to_string();
                *body = serde_json::json!({ "revision": revision });
            }
            Ok(Response::Hash { .. }) => body["hash"] = "*".into(),
            Ok(Response::Members { .. }) => self.name_members(body),
            Ok(Response::Written(Written::Auth(answer))) => {
                if let AuthResponse::Token(token) = &answer.response {
                    let name = step.req["name"].as_str().unwrap_or_default();
                    self.tokens.insert(name.into(), token.clone());
                    body["token"] = "*".into();
                }
            }
            _ => {}
        }
    }

    /// Ids of members in order of appearance, and the list in the order of those names.
    fn name_members(&mut self, body: &mut Value) {
        let mut members: Vec<&mut Value> = Vec::new();
        if let Some(body) = body.as_object_mut() {
            for (name, value) in body {
                match (name.as_str(), value) {
                    ("members", Value::Array(all)) => members.extend(all),
                    ("member", value) => members.push(value),
                    _ => {}
                }
            }
        }
        // As it was recorded: the list first, then the one that was added.
        members.sort_by_key(|member| member["name"].is_null());
        for member in members {
            let id = member["ID"].as_str().unwrap_or_default().to_string();
            let at = self.ids.iter().position(|known| *known == id).unwrap_or_else(|| {
                self.ids.push(id);
                self.ids.len() - 1
            });
            member["ID"] = format!("<m{at}>").into();
        }
        if let Some(all) = body["members"].as_array_mut() {
            all.sort_by_key(|member| member["ID"].to_string());
        }
    }

    /// What a stream of requests is told: events once all that is asked for has been answered.
    fn stream(&mut self, token: Option<&str>, requests: &[InStream]) -> (u16, Value) {
        let mut numbers = WatchNumbers::default();
        let (mut told, mut events) = (Vec::new(), Vec::new());
        for request in requests {
            match request {
                InStream::Watch(watch) => match numbers.number(watch) {
                    Ok(numbered) => {
                        let mut messages = self.member.watch(token, &numbered).into_iter();
                        let made = messages.next().unwrap_or_default();
                        numbers.made(watch, &made);
                        told.push(made);
                        events.extend(messages);
                    }
                    Err(refused) => told.push(refused),
                },
                InStream::Cancel(id) => {
                    let over = numbers.cancel(*id);
                    events.retain(|event| over.is_none() || event.watch_id != *id);
                    told.extend(over);
                }
                InStream::Progress => told.push(gateway::progress()),
                InStream::KeepAlive(id) => return self.keep_alive(token, *id),
            }
        }
        told.extend(events);
        (200, told.into_iter().map(|message| self.message(message)).collect())
    }

    fn keep_alive(&mut self, token: Option<&str>, id: LeaseId) -> (u16, Value) {
        let call = Call::LeaseKeepAlive { id, requires_leader: false };
        let reply = match self.member.call_as(token, &call) {
            Ok(response) => gateway::reply(&self.member.header(), &response, self.version),
            Err(error) => gateway::refusal_of_stream(error, self.version),
        };
        (reply.status, read(reply.body))
    }

    fn message(&self, message: WatchResponse) -> Value {
        let header = self.member.header();
        read(gateway::reply(&header, &Response::Watch(message), self.version).body)
    }

    /// Everything that happened to any key from a revision on, with the pairs before.
    fn everything_since(&mut self, start_revision: i64) -> Vec<Value> {
        let every_key = WatchCreateRequest {
            key: vec![0],
            range_end: vec![0],
            start_revision,
            prev_kv: true,
            ..WatchCreateRequest::default()
        };
        // The recorder shows no token, and is told nothing where one is asked for.
        let all = self.member.watch(None, &every_key);
        let messages = all.into_iter().map(|message| self.message(message));
        messages.flat_map(|message| events(&message["result"])).collect()
    }
}

fn read(body: String) -> Value {
    serde_json::from_str(&body).unwrap_or(Value::String(body))
}

fn events(message: &Value) -> Vec<Value> {
    message.get("events").and_then(Value::as_array).cloned().unwrap_or_default()
}
