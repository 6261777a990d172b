//! Why a request has no answer yet.

use super::phrases as words;
use super::phrases::{all, any};
use super::reach::{self, Obstacle};
use super::{Answer, Scene, commit, election};
use crate::clients::client_id;
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::span;
use raft_core::Term;
use raft_core::{
    Body, Echo, EntryRef, Index, Message, NodeId, PendingRead, Position, ReadToken, Role, Timer,
    sort_few,
};
use raft_sim::{
    CLIENT_RETRY, ClientId, OpenRequest, Outcome, Server, SessionId, Whereabouts, session_of,
};

/// How many entries at the end of a log are searched for a request's.
const LOOK_BACK: u64 = 512;

pub(super) fn waits(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let asked = scene.world.requests().get(number.checked_sub(1)?)?;
    if asked.outcome != Outcome::Waiting {
        return None;
    }
    let open = scene.world.open_request(number)?;
    let mut said = Answer::new(tr!("Why has request {} no answer yet?", number), words::CLIENTS);
    stands_at(scene, &mut said, open.at, Some(open.session));
    if let Whereabouts::Gone(server) = open.at {
        lost_on_the_way(scene, &mut said, number, server);
    }
    patience(scene, &mut said, &open);
    Some(said)
}

/// Where a request is, and what it waits for there.
pub(super) fn stands_at(
    scene: Scene<'_>,
    said: &mut Answer,
    at: Whereabouts,
    session: Option<SessionId>,
) {
    match at {
        Whereabouts::Nowhere => nowhere(scene, said),
        Whereabouts::Coming(server) => {
            said.say(tr!("It is on its way to {}.", server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Answered(server) => {
            said.say(tr!("{} has answered; the answer is on its way.", server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Gone(server) => {
            said.say(tr!("It was sent to {}, which no longer has it.", server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Inbox(server) => {
            said.say(waits_in_inbox(server));
            said.then(must_resume(server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Log(server) => {
            if let Some(session) = session {
                in_the_log(scene, said, server, session);
            }
        }
        Whereabouts::Asked(server, token) => asked_leader(scene, said, server, token),
        Whereabouts::Confirmed(server, index) => {
            let applied = scene.world.server(server).map_or(0, |s| s.node().applied_index());
            said.say(tr!("The leader is confirmed."));
            said.say(its_entry(index, server, applied));
            said.cite = words::READ_INDEX.into();
            not_applied(scene, said, server, index);
        }
    }
}

/// Whether it, or the answer to it, cannot pass between client and server.
fn lost_on_the_way(scene: Scene<'_>, said: &mut Answer, number: usize, server: NodeId) {
    let asked = number.checked_sub(1).and_then(|at| scene.world.requests().get(at));
    let Some(client) = asked.map(|asked| asked.client) else { return };
    lossy_way(scene, said, ClientId::Plain(client), |at| at == server);
}

/// What may have lost what a client asked of these servers, or their answers.
pub(super) fn lossy_way(
    scene: Scene<'_>,
    said: &mut Answer,
    client: ClientId,
    fits: impl Fn(NodeId) -> bool,
) {
    let cuts = scene.world.client_cuts().filter(|cut| cut.is_of(client) && fits(cut.server));
    let mut cut: Vec<NodeId> = cuts.map(|cut| cut.server).collect();
    sort_few(&mut cut, |id| *id);
    cut.dedup();
    said.look_at(&cut);
    if !cut.is_empty() {
        said.say(tr!("The way between {} and {} is cut.", client_id(client), words::all(&cut)));
    } else if scene.world.settings().live.client_loss.0 > 0 {
        said.say(told!("Requests and answers can be lost: `client-loss` is set."));
    }
}

/// What its client will do next.
fn patience(scene: Scene<'_>, said: &mut Answer, open: &OpenRequest) {
    let left = scene.left(open.checks_at);
    if open.is_once {
        return said.then(tr!("Its client tries once and gives up in {}.", span(left)));
    }
    if matches!(open.at, Whereabouts::Nowhere) {
        return said.then(tr!("Its client looks for a leader again in {}.", span(left)));
    }
    let timeout = open.sent_at + scene.world.settings().live.client_timeout;
    // The first check at which the time-out has run out.
    let looks = timeout.saturating_sub(open.checks_at).div_ceil(CLIENT_RETRY);
    said.then(tr!(
        "Its client looks again in {} and asks anew if another server leads \
         by then, or in {} in any case.",
        span(left),
        span(left + looks * CLIENT_RETRY)
    ));
}

fn nowhere(scene: Scene<'_>, said: &mut Answer) {
    match (election::elect(scene), scene.world.leader()) {
        (Some(cause), _) => {
            said.say(look_up(words::KNOWS_NOBODY));
            said.because(cause);
        }
        (None, Some(leader)) => {
            said.say(tr!("Its client has not asked {} yet, which leads now.", leader.id()));
            said.look(Selection::Server(leader.id()));
        }
        (None, None) => said.say(look_up(words::KNOWS_NOBODY)),
    }
}

fn entry_in(server: &Server, session: SessionId) -> Option<&EntryRef> {
    let log = server.node().log();
    let last = log.last_index();
    let first = last.saturating_sub(LOOK_BACK).max(log.first_index());
    log.range(first, last).rev().find(|entry| session_of(entry) == Some(session))
}

/// A server answers once the request's entry is carried out there.
fn in_the_log(scene: Scene<'_>, said: &mut Answer, at: NodeId, session: SessionId) {
    let world = scene.world;
    let Some(server) = world.server(at) else { return };
    said.look(Selection::Server(at));
    let leader = world.leader();
    let found =
        |server: &Server| entry_in(server, session).map(|entry| (server.id(), entry.position()));
    let anywhere = || world.servers().iter().find_map(found);
    let place = leader.and_then(found).or_else(|| found(server)).or_else(anywhere);
    if let Some(obstacle @ Obstacle::Paused(_)) = power(server) {
        said.say(obstacle.words());
        said.then(must_resume(at));
    }
    match place {
        Some((holder, position)) => in_a_log(scene, said, server, holder, position),
        None => passed_on(scene, said, server, session),
    }
}

fn power(server: &Server) -> Option<Obstacle> {
    (server.power() == raft_sim::Power::Paused).then_some(Obstacle::Paused(server.id()))
}

fn in_a_log(
    scene: Scene<'_>,
    said: &mut Answer,
    server: &Server,
    holder: NodeId,
    position: Position,
) {
    let (at, index) = (server.id(), position.index);
    said.look(Selection::Entry(holder, index));
    if !scene.is_committed(holder, index) {
        said.say(entry_not_committed(index, position.term, holder, at));
        if let Some(cause) = commit::commit(scene, holder, index) {
            said.because(cause);
        }
        return;
    }
    if server.node().log().holds(position) {
        said.say(its_entry(index, at, server.node().applied_index()));
    } else {
        said.say(tr!("Its entry, index {}, is committed, but {} does not have it yet.", index, at));
    }
    not_applied(scene, said, at, index);
}

/// Why a server has not applied what is committed.
fn not_applied(scene: Scene<'_>, said: &mut Answer, at: NodeId, index: Index) {
    if let Some(cause) = commit::commit(scene, at, index) {
        return said.because(cause);
    }
    let Some(server) = scene.world.server(at) else { return };
    let durable = server.node().durable_index();
    let writes = server.disk().pending().find(|(write, _)| {
        write.log.as_ref().is_some_and(|log| log.entries.iter().any(|entry| entry.index == index))
    });
    if durable < index
        && let Some((_, due)) = writes
    {
        said.say(tr!(
            "{} applies only what is on its disk, which has the log up to {}.",
            at,
            durable
        ));
        said.then(words::disk_is_done(at, scene.left(due)));
        return;
    }
    if let Some(leader) = scene.world.leader().filter(|leader| leader.id() != at) {
        if let Some(obstacle) = reach::obstacle(scene.world, leader.id(), at) {
            said.say(obstacle.words());
            said.look(obstacle.place());
        } else if let Some(timer) = leader.timer(Timer::Heartbeat) {
            said.then(words::next_retry(leader.id(), at, scene.left(timer.deadline)));
        }
    }
}

/// No log holds its entry: it was forwarded, or the entry has been removed.
fn passed_on(scene: Scene<'_>, said: &mut Answer, server: &Server, session: SessionId) {
    let at = server.id();
    let carries = |message: &Message| {
        let Body::Propose { payloads } = &message.body else { return false };
        payloads.iter().any(|payload| {
            // Only an entry can be asked for its session.
            let entry = raft_core::Entry { index: 0, term: 0, payload: payload.clone() };
            session_of(&entry) == Some(session)
        })
    };
    let flights = scene.world.network().in_flight();
    let mut carriers = flights.into_iter().filter(|flight| carries(&flight.message));
    if let Some(flight) = carriers.next() {
        let to = flight.message.to;
        said.look(Selection::Message(flight.id()));
        said.cite = "Forwarding · etcd".into();
        if flight.held {
            said.say(tr!(
                "{} does not lead and has passed it on; it is held back on its link \
                 to {}.",
                at,
                to
            ));
        } else {
            said.say(tr!(
                "{} does not lead and has passed it on; it reaches {} in {}.",
                at,
                to,
                span(scene.left(flight.due))
            ));
            said.then(tr!(
                "In {} {} appends it to its log, if it still leads then.",
                span(scene.left(flight.due)),
                to
            ));
        }
        return;
    }
    let mut inboxes = scene.world.servers().iter();
    if let Some(paused) = inboxes.find(|server| server.inbox_messages().any(carries)) {
        said.say(waits_in_inbox(paused.id()));
        said.then(must_resume(paused.id()));
        return said.look(Selection::Server(paused.id()));
    }
    said.say(tr!(
        "{} waits for its entry, but it is not among the last {} of any log, \
         and no message carries the request.",
        at,
        LOOK_BACK
    ));
}

/// A read that waits for the leader to be confirmed.
fn asked_leader(scene: Scene<'_>, said: &mut Answer, at: NodeId, token: ReadToken) {
    said.cite = words::READ_INDEX.into();
    said.look(Selection::Server(at));
    let world = scene.world;
    for flight in world.network().in_flight() {
        let (is_answer, its) = if let Body::ReadIndex { token } = &flight.message.body {
            (false, *token)
        } else if let Body::ReadIndexReply { token, .. } = &flight.message.body {
            (true, *token)
        } else {
            continue;
        };
        if its != token {
            continue;
        }
        let (from, to) = (flight.message.from, flight.message.to);
        said.look(Selection::Message(flight.id()));
        said.say(match (is_answer, flight.held) {
            (_, true) => {
                tr!("The ReadIndex message from {} to {} is held back on its link.", from, to)
            }
            (false, false) => tr!(
                "{} asks {} whether it still leads; the question arrives in {}.",
                from,
                to,
                span(scene.left(flight.due))
            ),
            (true, false) => tr!(
                "{} leads for certain; its answer reaches {} in {}.",
                from,
                to,
                span(scene.left(flight.due))
            ),
        });
        return;
    }
    for server in world.servers() {
        let Role::Leader(state) = server.node().role() else { continue };
        if let Some(read) = state.reads().waiting().iter().find(|read| read.token == token) {
            return needs_quorum(scene, said, server, read);
        }
    }
    let Some(server) = world.server(at) else { return };
    let Role::Leader(state) = server.node().role() else {
        return said.say(read_unanswered(at));
    };
    if state.postponed_reads() == 0 {
        return said.say(read_unanswered(at));
    }
    let term = server.node().term();
    said.say(tr!(
        "{} has committed nothing in its term {} yet, so it does not know \
         everything that is committed.",
        at,
        term
    ));
    let log = server.node().log();
    let mut later = log.range(server.node().commit_index() + 1, log.last_index());
    if let Some(own) = later.find(|entry| entry.term == term)
        && let Some(cause) = commit::commit(scene, at, own.index)
    {
        said.because(cause);
    }
}

fn needs_quorum(scene: Scene<'_>, said: &mut Answer, leader: &Server, read: &PendingRead) {
    let membership = leader.node().membership();
    said.look(Selection::Server(leader.id()));
    for half in reach::halves(scene.world, membership, raft_core::Rule::ReadQuorum) {
        if half.lacks(&read.confirmed_by) == 0 {
            continue;
        }
        said.say(read_needs(
            leader.id(),
            &half.of(&read.confirmed_by),
            half.lacks(&read.confirmed_by),
            &half.others(&read.confirmed_by),
        ));
    }
    let asks = |message: &Message| {
        let Body::Heartbeat { echo: Echo::Read(token), .. } = &message.body else { return false };
        message.from == leader.id() && *token >= read.token
    };
    let answers = |message: &Message| {
        let Body::HeartbeatReply { echo: Echo::Read(token) } = &message.body else { return false };
        message.to == leader.id() && *token >= read.token
    };
    let flights = scene.world.network().in_flight();
    let (mut coming, mut asking) = (flights.clone(), flights);
    coming.retain(|flight| !flight.held && answers(&flight.message));
    asking.retain(|flight| !flight.held && asks(&flight.message));
    let reached = reach::talks_to(scene.world, leader.id(), membership);
    if let Some(flight) = coming.into_iter().min_by_key(|flight| flight.due) {
        let left = scene.left(flight.due);
        said.then(tr!(
            "{}’s answer to a heartbeat confirms {} in {}.",
            flight.message.from,
            leader.id(),
            span(left)
        ));
        said.look(Selection::Message(flight.id()));
    } else if let Some(flight) = asking.into_iter().min_by_key(|flight| flight.due) {
        said.then(tr!(
            "The heartbeat that asks {} arrives in {}.",
            flight.message.to,
            span(scene.left(flight.due))
        ));
        said.look(Selection::Message(flight.id()));
    } else if !reach::is_quorum(membership, &reached) {
        let away = reach::out_of_reach(scene.world, leader.id(), membership);
        said.then(words::must_come_back(&away, leader.id()));
        said.look_at(&away);
    } else if let Some(timer) = leader.timer(Timer::Heartbeat) {
        said.then(tr!(
            "{}’s next heartbeat goes out in {} and asks again.",
            leader.id(),
            span(scene.left(timer.deadline))
        ));
    }
}

/// It waits in an inbox.
fn waits_in_inbox(server: NodeId) -> String {
    tr!("It lies in the inbox of {}, which is paused.", server)
}

/// What would let it go on.
fn must_resume(server: NodeId) -> String {
    tr!("{} must go on.", server)
}

/// Its entry is not committed.
fn entry_not_committed(index: Index, term: Term, holder: NodeId, at: NodeId) -> String {
    if holder == at {
        tr!("Its entry, index {} of term {}, is in {}’s log and not committed.", index, term, at)
    } else {
        tr!(
            "{} waits for its entry, index {} of term {}, which is in {}’s log \
             and not committed.",
            at,
            index,
            term,
            holder
        )
    }
}

/// When its entry leads to an answer.
fn its_entry(index: Index, at: NodeId, applied: Index) -> String {
    tr!("{} answers once it has applied index {}; it has applied up to {}.", at, index, applied)
}

/// A read that was not confirmed.
fn read_unanswered(at: NodeId) -> String {
    tr!("{} has not been told yet how far it must apply before it serves the read.", at)
}

/// A read that needs a quorum.
fn read_needs(leader: NodeId, by: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match by {
        [] => tr!(
            "The read waits until a majority confirms that {} still leads: {} of {} must.",
            leader,
            lacks,
            others
        ),
        [one] => tr!(
            "The read waits until a majority confirms that {} still leads: {} \
             does, and {} more of {} must.",
            leader,
            one,
            lacks,
            others
        ),
        _ => tr!(
            "The read waits until a majority confirms that {} still leads: {} do, \
             and {} more of {} must.",
            leader,
            all(by),
            lacks,
            others
        ),
    }
}
