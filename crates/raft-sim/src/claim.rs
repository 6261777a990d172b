//! Claims about a world: what a scenario waits for or expects.

use crate::Console;
use crate::agreement::{converged, logs_equal};
use crate::command::{Refusal, quoted};
use crate::deeds::deeds;
use crate::machine::{describe_entry, text_of};
use crate::server::Server;
use crate::world::World;
use raft_check::{Property, linear};
use raft_core::{NodeId, Payload, SmallMap, Term};
use std::fmt;

/// A server or servers, as scenario text names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// One server by name.
    One(NodeId),
    /// The live leader of the highest term.
    Leader,
    /// The live follower with the lowest id.
    Follower,
    /// Every server to which it applies.
    All,
    /// In a partition: every server that is not named yet.
    Rest,
    /// What `let` remembered.
    Variable(String),
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Set::One(id) => write!(f, "{id}"),
            Set::Leader => f.write_str("leader"),
            Set::Follower => f.write_str("follower"),
            Set::All => f.write_str("all"),
            Set::Rest => f.write_str("rest"),
            Set::Variable(name) => write!(f, "${name}"),
        }
    }
}

/// A number, as scenario text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// Written out.
    Literal(u64),
    /// What `let` remembered.
    Variable(String),
}

/// What `let` remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A server.
    Server(NodeId),
    /// A number.
    Number(u64),
}

/// Everything that `let` has remembered.
pub type Variables = SmallMap<String, Value>;

/// A number that every server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The current term.
    Term,
    /// The commit index.
    Commit,
    /// The applied index.
    Applied,
    /// The last index in the newest snapshot; 0 where there is none.
    Snapshot,
}

impl Quantity {
    /// The word in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Term => "term",
            Quantity::Commit => "commit",
            Quantity::Applied => "applied",
            Quantity::Snapshot => "snapshot",
        }
    }

    /// The number on one server.
    pub fn of(self, server: &Server) -> u64 {
        match self {
            Quantity::Term => server.node().term(),
            Quantity::Commit => server.node().commit_index(),
            Quantity::Applied => server.node().applied_index(),
            Quantity::Snapshot => server.disk().durable().snapshot.position.index,
        }
    }
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

/// One entry of an expected log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedEntry {
    /// Its term.
    pub term: Term,
    /// `None` for an empty entry, otherwise its text.
    pub text: Option<String>,
}

/// Something that is true of a world or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Claim {
    /// There is a live leader, or this server is the one of the highest term.
    Leader(Option<Set>),
    NoLeader,
    /// This many live servers believe that they lead.
    Leaders(Number),
    /// `leaderless-terms >= 3`: this many terms have passed without a leader.
    LeaderlessTerms(Comparison, Number),
    Role(Set, String),
    Compare(Quantity, Set, Comparison, Number),
    Log(Set, Vec<ExpectedEntry>),
    LogsEqual,
    Value {
        key: String,
        value: Option<String>,
        on: Set,
    },
    Reply {
        number: Number,
        outcome: String,
    },
    Console {
        number: Number,
        is: ConsoleClaim,
    },
    Safe,
    Violated(Property),
    Linearizable,
    NotLinearizable,
    Converged,
}

/// Something that is true of a console command or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsoleClaim {
    /// `console 1 ended`
    Ended,
    /// `console 1 exit 0`
    Exit(Number),
    /// `console 1 output "OK"`: that text is somewhere in what it has printed; `""`: it has printed
    /// nothing
    Output(String),
    /// `console 1 stale`: a read of it missed something that was committed
    Stale,
}

impl ConsoleClaim {
    fn check(&self, console: &Console, variables: &Variables) -> Held {
        match self {
            ConsoleClaim::Ended => hold(console.exit().is_some(), || "it runs".into()),
            ConsoleClaim::Exit(code) => {
                let wanted = code.resolve(variables)?;
                match console.exit() {
                    Some(exit) => hold(u64::try_from(exit) == Ok(wanted), || exit.to_string()),
                    None => Err("it runs".into()),
                }
            }
            ConsoleClaim::Output(text) => {
                let output = console.output();
                let holds = if text.is_empty() { output.is_empty() } else { output.contains(text) };
                hold(holds, || quoted(output))
            }
            ConsoleClaim::Stale => hold(console.stale().is_some(), || "it is the newest".into()),
        }
    }
}

/// Whether it is told what was found where a claim does not hold: words cost more than the look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    Found,
    Nothing,
}

/// What was found where a claim does not hold.
type Held = Result<(), String>;

fn hold(holds: bool, found: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(found()) }
}

/// The servers that a set names at this moment; `live` says whether `all` means live members only.
pub fn resolve(set: &Set, world: &World, variables: &Variables) -> Result<Vec<NodeId>, String> {
    match set {
        Set::One(id) => Ok(vec![*id]),
        Set::Leader => match world.leader() {
            Some(leader) => Ok(vec![leader.id()]),
            None => Err("no leader".into()),
        },
        Set::Follower => match world.servers().iter().find(|s| s.is_live_follower()) {
            Some(follower) => Ok(vec![follower.id()]),
            None => Err("no live follower".into()),
        },
        Set::All | Set::Rest => {
            let live = world.servers().iter().filter(|s| s.is_live() && world.is_member(s.id()));
            Ok(live.map(Server::id).collect())
        }
        Set::Variable(name) => match variables.get(name) {
            Some(Value::Server(id)) => Ok(vec![*id]),
            Some(Value::Number(number)) => Err(format!("${name}, which is the number {number}")),
            None => Err(format!("${name}, which nothing has set")),
        },
    }
}

impl Number {
    /// The number itself.
    pub fn resolve(&self, variables: &Variables) -> Result<u64, String> {
        match self {
            Number::Literal(number) => Ok(*number),
            Number::Variable(name) => match variables.get(name) {
                Some(Value::Number(number)) => Ok(*number),
                Some(Value::Server(id)) => Err(format!("${name}, which is {id}")),
                None => Err(format!("${name}, which nothing has set")),
            },
        }
    }
}

impl Claim {
    /// Whether the claim holds; if not, what was found instead.
    pub fn check(&self, world: &World, variables: &Variables) -> Held {
        self.look(world, variables, Tells::Found)
    }

    /// Whether the claim holds: for whoever asks after every event, and asks no more.
    pub fn is_true(&self, world: &World, variables: &Variables) -> bool {
        self.look(world, variables, Tells::Nothing).is_ok()
    }

    fn look(&self, world: &World, variables: &Variables, tells: Tells) -> Held {
        match (self, deeds()) {
            (_, Some(deeds)) => (deeds.holds)(self, world, variables, tells),
            (claim, None) if claim.is_plain() => {
                hold(world.leader().is_some(), || roles(world, tells))
            }
            (_, None) => Err(Refusal::too_early().to_string()),
        }
    }

    /// Whether it can be decided where nothing has been done yet.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Claim::Leader(None))
    }

    pub(crate) fn holds(&self, world: &World, variables: &Variables, tells: Tells) -> Held {
        match self {
            Claim::Leader(None) => hold(world.leader().is_some(), || roles(world, tells)),
            Claim::Leader(Some(set)) => leads(world, &resolve(set, world, variables)?, tells),
            Claim::NoLeader => hold(world.leader().is_none(), || roles(world, tells)),
            Claim::Leaders(number) => {
                let wanted = number.resolve(variables)?;
                let leaders = world.servers().iter().filter(|s| s.is_live_leader()).count() as u64;
                hold(leaders == wanted, || roles(world, tells))
            }
            Claim::LeaderlessTerms(comparison, number) => {
                let wanted = number.resolve(variables)?;
                let is = world.leaderless_terms();
                hold(comparison.holds(is, wanted), || is.to_string())
            }
            Claim::Role(set, role) => each(set, world, variables, |server| {
                let is = world.role_name(server);
                hold(is == role, || is.to_string())
            }),
            Claim::Compare(quantity, set, comparison, number) => {
                let wanted = number.resolve(variables)?;
                each(set, world, variables, |server| {
                    let is = quantity.of(server);
                    hold(comparison.holds(is, wanted), || is.to_string())
                })
            }
            Claim::Log(set, expected) => each(set, world, variables, |server| {
                hold(log_is(server, expected), || log_text(server))
            }),
            Claim::LogsEqual => logs_equal(world),
            Claim::Value { key, value, on } => each(on, world, variables, |server| {
                let machine = world.machine(server.id());
                let is = machine.and_then(|machine| machine.store().value(key.as_bytes()));
                let is = is.map(|value| text_of(&value));
                hold(is == *value, || is.map_or("missing".into(), |text| quoted(&text)))
            }),
            Claim::Reply { number, outcome } => check_reply(world, number, outcome, variables),
            Claim::Console { number, is } => {
                is.check(console(world, number, variables)?, variables)
            }
            Claim::Safe => match world.violations().first() {
                None => Ok(()),
                Some(violation) => Err(format!("{} violated: {violation}", violation.property)),
            },
            Claim::Violated(property) => {
                hold(world.is_violated(*property), || format!("{property} has held"))
            }
            Claim::Linearizable => verdict_is(world, linear::Verdict::Linearizable),
            Claim::NotLinearizable => verdict_is(world, linear::Verdict::NotLinearizable),
            Claim::Converged => converged(world),
        }
    }
}

/// Whether these servers lead in the highest term in which anybody leads.
fn leads(world: &World, wanted: &[NodeId], tells: Tells) -> Held {
    let leads = world.leader().is_some_and(|leader| {
        let term = leader.node().term();
        let is_one = |id: &NodeId| {
            world.server(*id).is_some_and(|s| s.is_live_leader() && s.node().term() == term)
        };
        wanted.iter().all(is_one)
    });
    hold(leads, || roles(world, tells))
}

fn verdict_is(world: &World, expected: linear::Verdict) -> Result<(), String> {
    if !world.has_history() {
        return Err("no client has asked for anything yet".into());
    }
    let verdict = world.linearizability();
    if verdict == expected { Ok(()) } else { Err(verdict_text(verdict).into()) }
}

fn verdict_text(verdict: linear::Verdict) -> &'static str {
    match verdict {
        linear::Verdict::Linearizable => "linearizable",
        linear::Verdict::NotLinearizable => "not linearizable",
        linear::Verdict::Undecided => "undecided: too many orders are possible",
    }
}

/// Checks every server of a set, and names the first that fails.
fn each(set: &Set, world: &World, variables: &Variables, check: impl Fn(&Server) -> Held) -> Held {
    let ids = resolve(set, world, variables)?;
    if ids.is_empty() {
        return Err("no live server".into());
    }
    for id in ids {
        let Some(server) = world.server(id) else { return Err(format!("no server {id}")) };
        if let Err(found) = check(server) {
            return Err(format!("{found} on {id}"));
        }
    }
    Ok(())
}

/// Who has which role; nothing where nobody wants to know.
fn roles(world: &World, tells: Tells) -> String {
    if tells == Tells::Nothing {
        return String::new();
    }
    let roles: Vec<String> = world
        .servers()
        .iter()
        .map(|s| format!("{} {} of term {}", s.id(), s.role_name(), s.node().term()))
        .collect();
    roles.join(", ")
}

fn log_is(server: &Server, expected: &[ExpectedEntry]) -> bool {
    let log = server.node().log();
    log.iter().count() == expected.len()
        && log.iter().zip(expected).all(|(entry, expected)| {
            entry.term == expected.term
                && match (&entry.payload, &expected.text) {
                    (Payload::Noop, None) => true,
                    (Payload::Data(_) | Payload::Config(_), Some(text)) => {
                        describe_entry(entry) == *text
                    }
                    (Payload::Noop, Some(_)) | (Payload::Data(_) | Payload::Config(_), None) => {
                        false
                    }
                }
        })
}

/// A log as `expect log` writes it.
pub fn log_text(server: &Server) -> String {
    let entries: Vec<String> = server
        .node()
        .log()
        .iter()
        .map(|entry| match entry.payload {
            Payload::Noop => format!("{}:noop", entry.term),
            Payload::Data(_) | Payload::Config(_) => {
                format!("{}:\"{}\"", entry.term, describe_entry(entry))
            }
        })
        .collect();
    if entries.is_empty() { "empty".into() } else { entries.join(" ") }
}

fn check_reply(world: &World, number: &Number, outcome: &str, variables: &Variables) -> Held {
    let wanted = number.resolve(variables)?;
    let place = usize::try_from(wanted).unwrap_or(usize::MAX).wrapping_sub(1);
    match world.requests().get(place) {
        Some(request) if outcome == "stale" => {
            hold(request.stale.is_some(), || format!("{}, not stale", request.outcome.name()))
        }
        Some(request) => hold(request.outcome.name() == outcome, || request.outcome.name().into()),
        None => Err(format!("{} client requests so far", world.requests().len())),
    }
}

fn console<'a>(
    world: &'a World,
    number: &Number,
    variables: &Variables,
) -> Result<&'a Console, String> {
    let wanted = u32::try_from(number.resolve(variables)?).unwrap_or(u32::MAX);
    world
        .console(wanted)
        .ok_or_else(|| format!("{} console commands so far", world.consoles().len()))
}
