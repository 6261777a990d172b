//! The way of a request through the cluster, with what is true of each step at this moment: from
//! the client by way of the leader and its log to the answer.

use crate::lang::{look_up, told};
use crate::words::all_of;
use raft_core::{AppendReply, Body, Index, NodeId, Position};
use raft_sim::{Followed, Route, Server, World, session_of};

/// How many entries at the end of a log are searched for the request's.
const LOOK_BACK: u64 = 512;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The request has passed it.
    Done,
    /// The request is here.
    Now,
    /// It is still to come.
    Later,
    /// The request has passed it although what the step requires does not hold.
    Failed,
}

impl State {
    /// The name of its style, its sign, and the sign in words.
    pub fn marks(self) -> (&'static str, &'static str, &'static str) {
        let (class, sign, words) = match self {
            State::Done => ("Done", "✓", key!("done")),
            State::Now => ("Now", "▸", key!("now")),
            State::Later => ("Later", "·", key!("to come")),
            State::Failed => ("Failed", "✗", key!("not so")),
        };
        (class, sign, crate::lang::look_up(words))
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// What is so, with the numbers of this moment.
    pub text: String,
    /// The section.
    pub cite: &'static str,
    /// How it stands.
    pub state: State,
    /// The servers that it is about.
    pub servers: Vec<NodeId>,
}

/// The whole way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// What is asked for.
    pub what: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Its entry, once a log holds it.
    pub entry: Option<Position>,
    /// Whether it is over.
    pub is_over: bool,
}

impl Way {
    /// The step at which the request is; the number of steps once it is over.
    pub fn at(&self) -> usize {
        self.steps.iter().position(|step| step.state == State::Now).unwrap_or(self.steps.len())
    }

    /// The servers that the present step is about.
    pub fn servers(&self) -> &[NodeId] {
        self.steps.get(self.at()).map_or(&[], |step| &step.servers)
    }

    /// Whether a message carries the request or its entry.
    pub fn is_carried_by(&self, body: &Body) -> bool {
        let Some(entry) = self.entry else { return false };
        if let Body::AppendEntries { entries, .. } = body {
            return entries.iter().any(|carried| carried.position() == entry);
        }
        let Body::AppendEntriesReply(AppendReply::Accepted { match_index }) = body else {
            return false;
        };
        *match_index == entry.index
    }
}

/// The way of the request that is followed, if there is one.
pub fn way(world: &World) -> Option<Way> {
    let followed = world.followed()?;
    let mut way = match followed.route {
        Route::Log => through_the_log(world, followed),
        Route::Confirmed => past_the_log(world, followed),
        Route::Local => local(followed),
    };
    way.what = followed.what.clone();
    way.is_over = followed.ended.is_some();
    order(&mut way.steps, followed);
    Some(way)
}

/// Steps before one that is done are done as well; the request is at the first that is not.
fn order(steps: &mut [Step], followed: &Followed) {
    let done = steps.iter().rposition(|step| step.state == State::Done);
    let mut here = done.map_or(0, |last| last + 1);
    if followed.ended.is_some_and(|(_, well)| well) {
        here = steps.len();
    }
    for (place, step) in steps.iter_mut().enumerate() {
        if step.state == State::Failed {
            continue;
        }
        step.state = match place.cmp(&here) {
            std::cmp::Ordering::Less => State::Done,
            std::cmp::Ordering::Equal if followed.ended.is_none() => State::Now,
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => State::Later,
        };
    }
}

fn step(
    name: &'static str,
    done: bool,
    text: String,
    cite: &'static str,
    servers: Vec<NodeId>,
) -> Step {
    Step {
        name: look_up(name),
        text,
        cite,
        state: if done { State::Done } else { State::Later },
        servers,
    }
}

fn asked(followed: &Followed) -> Step {
    match followed.server {
        Some(server) => {
            step(key!("Client"), true, tr!("A client asks {}.", server), "§8", vec![server])
        }
        None => {
            step(key!("Client"), false, told!("The client knows nobody to ask."), "§8", Vec::new())
        }
    }
}

fn answered(followed: &Followed) -> Step {
    let server = followed.server;
    let text = match (followed.ended, server) {
        (Some((_, true)), Some(server)) => tr!("{} has answered.", server),
        (Some((_, false)), _) => told!("The request did not succeed."),
        (_, Some(server)) => tr!("{} answers the client.", server),
        (_, None) => told!("The client is answered."),
    };
    let done = followed.ended.is_some_and(|(_, well)| well);
    step(key!("Answer"), done, text, "§8", server.into_iter().collect())
}

fn find(server: &Server, followed: &Followed) -> Option<Position> {
    let log = server.node().log();
    let last = log.last_index();
    let first = last.saturating_sub(LOOK_BACK).max(log.first_index());
    (first..=last).rev().find_map(|index| {
        let entry = log.get(index)?;
        (session_of(entry) == followed.session).then(|| entry.position())
    })
}

/// The request's entry: the live leader's, or else the one with the highest term.
fn entry_of(world: &World, followed: &Followed) -> Option<(NodeId, Position)> {
    followed.session?;
    let found = world.servers().iter().filter_map(|server| {
        let position = find(server, followed)?;
        Some((server.is_live_leader(), position.term, server.id(), position))
    });
    let best = found.max_by_key(|(leads, term, id, _)| (*leads, *term, std::cmp::Reverse(*id)));
    best.map(|(_, _, id, position)| (id, position))
}

fn through_the_log(world: &World, followed: &Followed) -> Way {
    let entry = entry_of(world, followed);
    // Who leads now may not be who led when the entry was appended.
    let leader = match entry {
        Some((_, position)) => world.leader_of(position.term),
        None => who_leads(world, followed),
    };
    let mut steps = vec![asked(followed)];
    let is_known = entry.is_some() || followed.ended.is_none();
    if is_known && followed.server.is_some() && followed.server != leader {
        steps.push(forwarded(leader, entry.is_some()));
    }
    match entry {
        Some((holder, position)) => steps.extend([
            appended(holder, position),
            spread(world, position),
            committed(world, position),
            applied(world, followed, position),
        ]),
        None => steps.extend(still_to_come(leader)),
    }
    steps.push(answered(followed));
    Way { steps, entry: entry.map(|(_, position)| position), ..Way::default() }
}

fn forwarded(leader: Option<NodeId>, done: bool) -> Step {
    let text = match leader {
        Some(leader) => tr!("It does not lead, and passes the request on to {}.", leader),
        None => told!("Nobody leads: the request waits for a leader."),
    };
    step(key!("Forward"), done, text, "etcd", leader.into_iter().collect())
}

/// The steps of a request that no log holds.
fn still_to_come(leader: Option<NodeId>) -> [Step; 4] {
    let later = |name, text| step(name, false, told(text), "§5.3", Vec::new());
    let append = told!("The leader appends it to its log.");
    [
        step(key!("Entry"), false, append, "§5.3", leader.into_iter().collect()),
        later(key!("Majority"), key!("A majority has it on disk.")),
        later(key!("Commit"), key!("The leader commits it.")),
        later(key!("Apply"), key!("It is carried out.")),
    ]
}

fn appended(holder: NodeId, Position { term, index }: Position) -> Step {
    let text = tr!("It is entry {} of term {}, appended by the leader of that term.", index, term);
    step(key!("Entry"), true, text, "§5.3", vec![holder])
}

/// On how many disks the entry is.
fn spread(world: &World, position: Position) -> Step {
    let voters = &world.membership().voters;
    let holds = |id: &&NodeId| {
        world.server(**id).is_some_and(|server| {
            let log = &server.disk().durable().log;
            log.holds(position) || log.base().index >= position.index
        })
    };
    let on_disk: Vec<NodeId> = voters.iter().filter(holds).copied().collect();
    let majority = voters.len() / 2 + 1;
    let text = match on_disk.len() {
        0 => tr!("On no disk yet: {} of {} are needed.", majority, voters.len()),
        count => tr!(
            "On disk at {}: {} of {}, {} needed.",
            all_of(&on_disk),
            count,
            voters.len(),
            majority
        ),
    };
    step(key!("Majority"), on_disk.len() >= majority, text, "§5.3", on_disk)
}

fn committed(world: &World, position: Position) -> Step {
    let index = position.index;
    let knows = |server: &&Server| server.node().commit_index() >= index && has(server, position);
    let committed: Vec<NodeId> = world.servers().iter().filter(knows).map(Server::id).collect();
    let text = if committed.is_empty() {
        tr!("The leader commits entry {} once a majority acknowledges it.", index)
    } else {
        tr!("Entry {} is committed: it can never be lost.", index)
    };
    step(key!("Commit"), !committed.is_empty(), text, "§5.4.2", committed)
}

fn applied(world: &World, followed: &Followed, position: Position) -> Step {
    let answers = followed.server.and_then(|id| world.server(id));
    let done = answers.is_some_and(|server| server.node().applied_index() >= position.index);
    let text = match answers {
        Some(server) if done => tr!("{} has carried it out.", server.id()),
        Some(server) => tr!("{} carries it out when it learns of the commit.", server.id()),
        None => told!("Its server carries it out when it learns of the commit."),
    };
    step(key!("Apply"), done, text, "§5.3", followed.server.into_iter().collect())
}

fn has(server: &Server, position: Position) -> bool {
    let log = server.node().log();
    log.holds(position) || log.base().index >= position.index
}

/// The leader that the request's server turns to: a server that was replaced and does not know it
/// turns to nobody.
fn who_leads(world: &World, followed: &Followed) -> Option<NodeId> {
    let server = followed.server.and_then(|id| world.server(id));
    let own = server.filter(|server| server.is_live_leader()).map(Server::id);
    own.or_else(|| world.leader().map(Server::id))
}

fn past_the_log(world: &World, followed: &Followed) -> Way {
    let leader = who_leads(world, followed);
    let mut steps = vec![asked(followed)];
    let confirmed: Option<Index> = followed.read_index;
    // Once it is over, nobody knows who led then.
    if followed.ended.is_none() && followed.server.is_some() && followed.server != leader {
        let text = match leader {
            Some(leader) => {
                tr!("It does not lead, and asks {} how far it must apply before it reads.", leader)
            }
            None => told!("Nobody leads: the read waits for a leader."),
        };
        let servers = leader.into_iter().collect();
        steps.push(step(key!("Forward"), confirmed.is_some(), text, "§6.4 diss.", servers));
    }
    let voters = world.membership().voters.len();
    let text = match (confirmed, followed.confirmed_by_deposed) {
        (Some(index), Some(deposed)) => {
            tr!("{} leads no longer, and takes index {} for the last committed.", deposed, index)
        }
        (Some(index), None) => {
            tr!("The leader still leads: what is committed up to {} counts.", index)
        }
        (None, _) => {
            tr!("The leader asks whether {} of {} still follow it.", voters / 2 + 1, voters)
        }
    };
    let about = followed.confirmed_by_deposed.or(leader).into_iter().collect();
    let mut confirm = step(key!("Confirm"), confirmed.is_some(), text, "§6.4 diss.", about);
    if followed.confirmed_by_deposed.is_some() {
        confirm.state = State::Failed;
    }
    steps.push(confirm);
    let server = followed.server.and_then(|id| world.server(id));
    let applied = match (server, confirmed) {
        (Some(server), Some(index)) => server.node().applied_index() >= index,
        (None, _) | (_, None) => false,
    };
    let text = match (server, confirmed) {
        (Some(server), Some(index)) => tr!(
            "{} has carried out up to {}, and needs {}.",
            server.id(),
            server.node().applied_index(),
            index
        ),
        (Some(server), None) => tr!("{} carries out what is committed.", server.id()),
        (None, _) => told!("Its server carries out what is committed."),
    };
    steps.push(step(
        key!("Apply"),
        applied,
        text,
        "§6.4 diss.",
        followed.server.into_iter().collect(),
    ));
    steps.push(answered(followed));
    Way { steps, ..Way::default() }
}

fn local(followed: &Followed) -> Way {
    let mut steps = vec![asked(followed)];
    steps.push(answered(followed));
    Way { steps, ..Way::default() }
}
