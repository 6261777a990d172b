//! Why a request has no answer yet.

use super::reach::{self, Obstacle};
use super::{Answer, Scene, commit, election};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::{
    Body, EntryRef, Index, Message, NodeId, PendingRead, Position, ReadToken, Role, Timer,
};
use raft_sim::{CLIENT_RETRY, OpenRequest, Outcome, Server, SessionId, Whereabouts, session_of};

/// The entries at a log's end among which a request's is looked for.
const LOOK_BACK: u64 = 512;

pub(super) fn waits(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let asked = scene.world.requests().get(number.checked_sub(1)?)?;
    if asked.outcome != Outcome::Waiting {
        return None;
    }
    let open = scene.world.open_request(number)?;
    let mut said = Answer::new(words::why_no_answer(number), words::CLIENTS);
    match open.at {
        Whereabouts::Nowhere => nowhere(scene, &mut said),
        Whereabouts::Gone(server) => {
            said.say(words::was_dropped(server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Inbox(server) => {
            said.say(words::waits_in_inbox(server));
            said.then(words::must_resume(server));
            said.look(Selection::Server(server));
        }
        Whereabouts::Log(server) => in_the_log(scene, &mut said, server, open.session),
        Whereabouts::Asked(server, token) => asked_leader(scene, &mut said, server, token),
        Whereabouts::Confirmed(server, index) => {
            let applied = scene.world.server(server).map_or(0, |s| s.node().applied_index());
            said.say(look_up(words::READ_IS_CONFIRMED));
            said.say(words::its_entry(index, server, applied));
            said.cite = words::READ_INDEX.into();
            not_applied(scene, &mut said, server, index);
        }
    }
    patience(scene, &mut said, &open);
    Some(said)
}

/// What its client does about it.
fn patience(scene: Scene<'_>, said: &mut Answer, open: &OpenRequest) {
    let left = scene.left(open.looks_at);
    if open.is_once {
        return said.then(words::gives_up(left));
    }
    if matches!(open.at, Whereabouts::Nowhere) {
        return said.then(words::looks_again(left));
    }
    let timeout = open.sent_at + scene.world.settings().live.client_timeout;
    // The first look at which the time-out has run out.
    let looks = timeout.saturating_sub(open.looks_at).div_ceil(CLIENT_RETRY);
    said.then(words::asks_another(left, left + looks * CLIENT_RETRY));
}

fn nowhere(scene: Scene<'_>, said: &mut Answer) {
    match (election::elect(scene), scene.world.leader()) {
        (Some(cause), _) => {
            said.say(look_up(words::KNOWS_NOBODY));
            said.because(cause);
        }
        (None, Some(leader)) => {
            said.say(words::has_not_asked(leader.id()));
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
        said.then(words::must_resume(at));
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
        said.say(words::entry_not_committed(index, position.term, holder, at));
        if let Some(cause) = commit::commit(scene, holder, index) {
            said.because(cause);
        }
        return;
    }
    if server.node().log().holds(position) {
        said.say(words::its_entry(index, at, server.node().applied_index()));
    } else {
        said.say(words::entry_not_here(index, at));
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
        said.say(words::applies_what_is_durable(at, durable));
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

/// No log holds it: it was passed on, or its entry has been removed.
fn passed_on(scene: Scene<'_>, said: &mut Answer, server: &Server, session: SessionId) {
    let at = server.id();
    let carries = |message: &Message| {
        let Body::Propose { payloads } = &message.body else { return false };
        payloads.iter().any(|payload| {
            // An entry around it tells whose it is.
            let entry = raft_core::Entry { index: 0, term: 0, payload: payload.clone() };
            session_of(&entry) == Some(session)
        })
    };
    let flights = scene.world.network().in_flight();
    let mut carriers = flights.into_iter().filter(|flight| carries(&flight.message));
    if let Some(flight) = carriers.next() {
        let to = flight.message.to;
        said.look(Selection::Message(flight.id()));
        said.cite = words::FORWARDING.into();
        if flight.held {
            said.say(words::request_is_held(at, to));
        } else {
            said.say(words::request_comes(at, to, scene.left(flight.due)));
            said.then(words::leader_appends(to, scene.left(flight.due)));
        }
        return;
    }
    let mut inboxes = scene.world.servers().iter();
    if let Some(paused) = inboxes.find(|server| server.inbox_messages().any(carries)) {
        said.say(words::waits_in_inbox(paused.id()));
        said.then(words::must_resume(paused.id()));
        return said.look(Selection::Server(paused.id()));
    }
    said.say(words::in_no_log(at, LOOK_BACK));
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
            (_, true) => words::read_is_held(from, to),
            (false, false) => words::read_question_comes(from, to, scene.left(flight.due)),
            (true, false) => words::read_answer_comes(from, to, scene.left(flight.due)),
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
        return said.say(words::read_unanswered(at));
    };
    if state.postponed_reads() == 0 {
        return said.say(words::read_unanswered(at));
    }
    let term = server.node().term();
    said.say(words::read_is_postponed(at, term));
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
        said.say(words::read_needs(
            leader.id(),
            &half.of(&read.confirmed_by),
            half.lacks(&read.confirmed_by),
            &half.others(&read.confirmed_by),
        ));
    }
    let asks = |message: &Message| {
        let Body::Heartbeat { read: Some(token), .. } = &message.body else { return false };
        message.from == leader.id() && *token >= read.token
    };
    let answers = |message: &Message| {
        let Body::HeartbeatReply { read: Some(token) } = &message.body else { return false };
        message.to == leader.id() && *token >= read.token
    };
    let flights = scene.world.network().in_flight();
    let (mut coming, mut asking) = (flights.clone(), flights);
    coming.retain(|flight| !flight.held && answers(&flight.message));
    asking.retain(|flight| !flight.held && asks(&flight.message));
    let reached = reach::talks_to(scene.world, leader.id(), membership);
    if let Some(flight) = coming.into_iter().min_by_key(|flight| flight.due) {
        let left = scene.left(flight.due);
        said.then(words::confirmation_comes(flight.message.from, leader.id(), left));
        said.look(Selection::Message(flight.id()));
    } else if let Some(flight) = asking.into_iter().min_by_key(|flight| flight.due) {
        said.then(words::heartbeat_asks(flight.message.to, scene.left(flight.due)));
        said.look(Selection::Message(flight.id()));
    } else if !reach::is_quorum(membership, &reached) {
        let away = reach::out_of_reach(scene.world, leader.id(), membership);
        said.then(words::must_come_back(&away, leader.id()));
        said.look_at(&away);
    } else if let Some(timer) = leader.timer(Timer::Heartbeat) {
        said.then(words::heartbeat_asks_again(leader.id(), scene.left(timer.deadline)));
    }
}
