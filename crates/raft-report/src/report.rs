//! What a program reads after a run: one JSON object.

use raft_core::NodeId;
use raft_sim::{
    Answer, Answered, Outcome, Power, RequestKind, ScriptState, Server, Session, describe_entry,
    entry_kind, text_of,
};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    title: Option<String>,
    time_us: u64,
    events: u64,
    digest: String,
    nodes: Vec<Node>,
    violations: Vec<Violation>,
    /// Where a recorded run took a different course; left out if it repeated itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
    expectations: Vec<Expectation>,
    replies: Vec<Reply>,
    consoles: Vec<Console>,
}

#[derive(Serialize)]
struct Node {
    id: String,
    up: bool,
    role: &'static str,
    term: u64,
    voted_for: Option<String>,
    commit: u64,
    applied: u64,
    snapshot: u64,
    log: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    index: u64,
    term: u64,
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Violation {
    property: &'static str,
    time_us: u64,
    text: String,
}

#[derive(Serialize)]
struct Difference {
    /// The engine that recorded the run.
    engine: Option<u32>,
    at: String,
    line: Option<u32>,
    command: String,
    found: String,
}

#[derive(Serialize)]
struct Expectation {
    line: u32,
    text: String,
    ok: bool,
    found: String,
}

#[derive(Serialize)]
struct Reply {
    request: String,
    via: Option<String>,
    outcome: &'static str,
    text: String,
    /// Whether the cluster had committed something newer than what was read; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
}

#[derive(Serialize)]
struct Console {
    line: String,
    output: String,
    /// `null` while it runs.
    exit: Option<i32>,
}

/// Whether every claim and every wait held and nothing was left out.
pub fn held(session: &Session) -> bool {
    session.difference().is_none()
        && session.script().is_none_or(|script| {
            script.state() == ScriptState::Finished && script.expectations().iter().all(|e| e.ok)
        })
}

/// The object, on one line.
///
/// # Errors
/// Where memory does not suffice for it.
pub fn object(session: &Session) -> serde_json::Result<String> {
    let world = session.world();
    let expectations = session.script().map_or(&[][..], |script| script.expectations());
    let report = Report {
        title: session.title().map(str::to_string),
        time_us: world.now(),
        events: world.events(),
        digest: format!("{:016x}", world.digest()),
        nodes: world.servers().iter().map(node).collect(),
        violations: world
            .violations()
            .iter()
            .map(|violation| Violation {
                property: violation.property.name(),
                time_us: violation.at,
                text: violation.to_string(),
            })
            .collect(),
        difference: session.difference().map(|difference| Difference {
            engine: session.script().and_then(|script| script.scenario().engine),
            at: difference.at.to_string(),
            line: difference.line,
            command: difference.command.clone(),
            found: difference.found.clone(),
        }),
        expectations: expectations
            .iter()
            .map(|e| Expectation {
                line: e.line,
                text: e.text.clone(),
                ok: e.ok,
                found: e.found.clone(),
            })
            .collect(),
        replies: world.requests().iter().map(reply).collect(),
        consoles: world
            .consoles()
            .map(|console| Console {
                line: console.line().into(),
                output: console.output().into(),
                exit: console.exit(),
            })
            .collect(),
    };
    serde_json::to_string(&report)
}

fn node(server: &Server) -> Node {
    let node = server.node();
    Node {
        id: server.id().to_string(),
        up: server.power() != Power::Crashed,
        role: server.role_name(),
        term: node.term(),
        voted_for: node.vote().map(|id: NodeId| id.to_string()),
        commit: node.commit_index(),
        applied: node.applied_index(),
        snapshot: server.disk().durable().snapshot.position.index,
        log: node
            .log()
            .iter()
            .map(|entry| Entry {
                index: entry.index,
                term: entry.term,
                kind: entry_kind(entry),
                text: describe_entry(entry),
            })
            .collect(),
    }
}

fn reply(answered: &Answered) -> Reply {
    let request = match &answered.kind {
        RequestKind::Put { key, value } => format!("put {} {}", text_of(key), text_of(value)),
        RequestKind::Get { key } => format!("get {}", text_of(key)),
        RequestKind::GetSerializable { key } => format!("get {} serializable", text_of(key)),
    };
    let text = match &answered.outcome {
        Outcome::Waiting => "no answer yet".into(),
        Outcome::Ok(Answer::Put { revision }) => format!("revision {revision}"),
        Outcome::Ok(Answer::Get { value: Some(value) }) => text_of(value),
        Outcome::Ok(Answer::Get { value: None }) => String::new(),
        Outcome::NotLeader { server, leader: Some(leader) } => {
            format!("{server} does not lead; {leader} does")
        }
        Outcome::NotLeader { server, leader: None } => {
            format!("{server} does not lead and knows no leader")
        }
        Outcome::Down { server } => format!("{server} is down"),
        Outcome::ConnectionLost { server } => format!("{server} went down before it answered"),
        Outcome::TimedOut => "the client's time-out ran out".into(),
        Outcome::Overloaded => "too many requests are open".into(),
    };
    Reply {
        request,
        via: answered.via.map(|id| id.to_string()),
        outcome: answered.outcome.name(),
        text,
        stale: answered.stale.is_some(),
    }
}
