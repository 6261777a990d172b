//! The inspector: what is known about whatever is selected, with the numbers of this moment.

use crate::lang::told;
use crate::logs::standing;
use crate::menu::Selection;
use crate::words::{self, seconds, span};
use raft_core::{Flow, Membership, NodeId, Payload, Position, Progress, Role, Timer};
use raft_sim::{Power, Server, Setting, World, describe_entry};

/// A part of the inspector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Names and values.
    pub rows: Vec<(String, String)>,
    /// A question and its answer.
    pub why: Option<Why>,
}

/// A question, its plain answer, and the rule behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// The rule and its section.
    pub cite: String,
}

fn entries(number: u64) -> String {
    if number == 1 { told!("1 entry") } else { tr!("{} entries", number) }
}

fn messages(number: usize) -> String {
    if number == 1 { told!("1 message") } else { tr!("{} messages", number) }
}

fn row(name: &'static str, value: impl Into<String>) -> (String, String) {
    (told(name), value.into())
}

/// What the inspector shows. [`crate::why`] says why something of it is not so.
pub fn inspect(world: &World, selection: Selection) -> Vec<Section> {
    match selection {
        Selection::Nothing => vec![cluster(world)],
        Selection::Server(id) => world.server(id).map(|s| server(world, s)).into_iter().collect(),
        Selection::Entry(id, index) => {
            let Some(holder) = world.server(id) else { return Vec::new() };
            entry(world, holder, index).into_iter().chain([server(world, holder)]).collect()
        }
        Selection::Message(id) => vec![message(world, id)],
        Selection::Link(a, b) => vec![link(world, a, b)],
    }
}

/// The cluster as a whole.
pub fn cluster(world: &World) -> Section {
    let live = &world.settings().live;
    let leader = world
        .leader()
        .map_or(told!("none"), |leader| tr!("{} of term {}", leader.id(), leader.node().term()));
    let up = world.servers().iter().filter(|server| server.is_live()).count();
    let servers = world.servers().len();
    let majority = world.membership().voters.len() / 2 + 1;
    Section {
        title: told!("The cluster"),
        rows: vec![
            row(key!("Leader"), leader),
            row(key!("Servers"), tr!("{} of {} run; {} make a majority", up, servers, majority)),
            row(key!("Members"), members(world.membership())),
            row(key!("Committed"), entries(world.committed())),
            row(key!("In flight"), messages(world.network().in_flight_len())),
            row(key!("Election"), format!("{}", live.election_timeout)),
            row(key!("Heartbeat"), span(live.heartbeat)),
            row(key!("Latency"), format!("{}", live.latency)),
            row(key!("Seed"), world.settings().seed.to_string()),
            row(key!("Events"), world.events().to_string()),
        ],
        why: None,
    }
}

fn server(world: &World, server: &Server) -> Section {
    let node = server.node();
    let mut rows = vec![
        row(key!("Current term"), node.term().to_string()),
        row(key!("Voted for"), node.vote().map_or(told!("nobody"), |vote| vote.to_string())),
        row(
            key!("Commit / applied"),
            format!("{} / {}", node.commit_index(), node.applied_index()),
        ),
        row(key!("Log"), log_summary(server)),
    ];
    let snapshot = server.disk().durable().snapshot.position;
    if snapshot.index > 0 {
        let Position { term, index } = snapshot;
        rows.push(row(key!("Snapshot"), tr!("up to index {} of term {}", index, term)));
    }
    if **node.membership() != world.settings().membership() {
        rows.push(row(key!("Members"), members(node.membership())));
    }
    if server.is_live() {
        rows.extend(timers(world, server));
    }
    if server.power() == Power::Paused {
        rows.push(row(key!("Inbox"), tr!("{} wait", server.inbox_len())));
    }
    match node.role() {
        Role::Leader(leader) if server.is_live() => {
            let others = leader.progress().iter().filter(|(id, _)| *id != server.id());
            let lines: Vec<String> =
                others.map(|(id, progress)| progress_line(*id, progress)).collect();
            rows.push(row(key!("Next → match"), lines.join(" · ")));
            if leader.pending_config() > node.applied_index() {
                let index = leader.pending_config();
                rows.push(row(key!("Membership"), tr!("no change before {} is applied", index)));
            }
            if let Some(to) = leader.transfer() {
                rows.push(row(key!("Hands over to"), to.to_string()));
            }
            let reads = leader.reads().waiting().len() + leader.postponed_reads();
            if reads > 0 {
                rows.push(row(key!("Reads"), tr!("{} wait for a quorum", reads)));
            }
        }
        Role::Candidate(candidate) | Role::PreCandidate(candidate) if server.is_live() => {
            let yes = candidate.votes.values().filter(|granted| **granted).count();
            rows.push(row(key!("Votes"), tr!("{} of {} needed", yes, node.quorum())));
        }
        Role::Follower { leader } if server.is_live() => {
            let leader = leader.map_or(told!("not heard from"), |leader| leader.to_string());
            rows.push(row(key!("Leader"), leader));
        }
        Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) | Role::Leader(_) => {}
    }
    if server.clock_percent() != 100 {
        rows.push(row(key!("Clock"), format!("{} %", server.clock_percent())));
    }
    if !server.own_settings().is_empty() {
        rows.push(row(key!("Own settings"), own(server.own_settings())));
    }
    let release = world.settings().etcd.release();
    rows.push(row(key!("Member of etcd"), format!("{release} · {:x}", server.member_id())));
    if server.was_wiped() {
        rows.push(row(key!("Disk"), tr!("was erased: this voter may have forgotten its vote")));
    }
    Section { title: format!("{} · {}", server.id(), words::role(server)), rows, why: None }
}

/// Settings in place of the cluster's.
fn own(settings: &[Setting]) -> String {
    settings.iter().map(Setting::to_string).collect::<Vec<_>>().join(" · ")
}

/// The members of a cluster in words.
pub fn members(membership: &Membership) -> String {
    let list = |ids: &[NodeId]| ids.iter().map(NodeId::to_string).collect::<Vec<_>>().join(" ");
    let learners: Vec<NodeId> =
        membership.learners.iter().chain(&membership.learners_next).copied().collect();
    let (voters, old) = (list(&membership.voters), list(&membership.outgoing));
    match (membership.is_joint(), learners.is_empty()) {
        (false, true) => voters,
        (false, false) => tr!("{}; learners {}", voters, list(&learners)),
        (true, true) => tr!("{} and {} together", voters, old),
        (true, false) => tr!("{} and {} together; learners {}", voters, old, list(&learners)),
    }
}

fn log_summary(server: &Server) -> String {
    let node = server.node();
    let (last, durable) = (node.log().last_index(), node.durable_index());
    let dropped = node.log().base().index;
    match last {
        0 => told!("empty"),
        _ if dropped > 0 => tr!("entries after {}, up to {}", dropped, last),
        1 if durable < 1 => told!("1 entry, not durable"),
        1 => told!("1 entry, durable"),
        _ if durable < last => tr!("{} entries, durable up to {}", last, durable),
        _ => tr!("{} entries, all durable", last),
    }
}

fn timers(world: &World, server: &Server) -> Vec<(String, String)> {
    let line = |timer: Timer, name: &'static str| {
        let state = server.timer(timer)?;
        let left = state.deadline.saturating_sub(world.now());
        Some(row(name, tr!("in {}, at {}", span(left), seconds(state.deadline))))
    };
    [line(Timer::Election, key!("Times out")), line(Timer::Heartbeat, key!("Heartbeat"))]
        .into_iter()
        .flatten()
        .collect()
}

fn progress_line(id: NodeId, progress: &Progress) -> String {
    let indexes = format!("{id} {}→{}", progress.next_index, progress.match_index);
    match &progress.flow {
        Flow::Probe => tr!("{} probing", indexes),
        Flow::Replicate(inflight) if inflight.is_empty() => indexes,
        Flow::Replicate(inflight) => tr!("{} ({} under way)", indexes, inflight.len()),
        Flow::Snapshot { pending } => tr!("{} (snapshot up to {})", indexes, pending),
    }
}

fn entry(world: &World, holder: &Server, index: u64) -> Option<Section> {
    let entry = holder.node().log().get(index)?;
    let holders: Vec<String> = world
        .servers()
        .iter()
        .filter(|server| server.node().log().get(index) == Some(entry))
        .map(|server| server.id().to_string())
        .collect();
    let state = standing(world, holder, index);
    let stored =
        tr!("{} ({} of {})", words::all_of(&holders), holders.len(), world.servers().len());
    Some(Section {
        title: tr!("Entry {} on {} · {}", index, holder.id(), describe_entry(entry)),
        rows: vec![
            row(key!("Term"), entry.term.to_string()),
            row(key!("Stored on"), stored),
            row(key!("State"), state.words()),
            row(
                key!("Kind"),
                match entry.payload {
                    Payload::Noop => tr!("empty entry of a new leader"),
                    Payload::Data(_) => tr!("a client’s command"),
                    Payload::Config(_) => tr!("a change of membership"),
                },
            ),
        ],
        why: None,
    })
}

fn message(world: &World, id: u64) -> Section {
    let Some(flight) = world.network().in_flight().into_iter().find(|flight| flight.id() == id)
    else {
        let rows = vec![row(key!("State"), tr!("arrived, or lost"))];
        return Section { title: told!("A message"), rows, why: None };
    };
    let message = &flight.message;
    let arrives = if flight.held {
        told!("held")
    } else {
        tr!("in {}, at {}", span(flight.due.saturating_sub(world.now())), seconds(flight.due))
    };
    Section {
        title: format!(
            "{} · {} → {}",
            words::message_name(message.kind()),
            message.from,
            message.to
        ),
        rows: vec![
            row(key!("Says"), words::message(message)),
            row(key!("Term"), message.term.to_string()),
            row(key!("Sent"), seconds(flight.sent_at)),
            row(key!("Arrives"), arrives),
        ],
        why: None,
    }
}

fn link(world: &World, a: NodeId, b: NodeId) -> Section {
    let network = world.network();
    let state = |from: NodeId, to: NodeId| {
        let flights = network.in_flight();
        let on_it = flights.iter().filter(|f| f.message.from == from && f.message.to == to).count();
        if network.is_cut(from, to) {
            tr!("cut, {} on it", on_it)
        } else if network.is_partitioned(from, to) {
            tr!("behind a partition, {} on it", on_it)
        } else if network.is_held(from, to) {
            tr!("held, {} on it", on_it)
        } else {
            tr!("open, {} on it", on_it)
        }
    };
    let mut rows = Vec::new();
    for (from, to) in [(a, b), (b, a)] {
        rows.push((format!("{from} → {to}"), state(from, to)));
        let settings = network.own_settings(from, to);
        if !settings.is_empty() {
            rows.push(row(key!("Own settings"), own(settings)));
        }
    }
    Section { title: tr!("Link {} – {}", a, b), rows, why: None }
}
