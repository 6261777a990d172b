//! Clients and what servers answer them. A client stands at its server's door, unless
//! `client-latency`, `client-loss` or a cut puts something between the two: without them an answer
//! that needs nobody else comes at the same instant.

use super::Cx;
use super::alarms::Wake;
use super::desk::Desk;
use crate::MAX_OPEN_REQUESTS;
use crate::chance::{Purpose, draw};
use crate::client::{Answered, CLIENT_RETRY, Clients, Open, Outcome, Policy, RequestKind, Stale};
use crate::cluster::ordinal_of;
use crate::followed::Route;
use crate::load::{ClientState, LoadClient};
use crate::machine::{Answer, Request, text_of};
use crate::server::{Arrival, Power};
use crate::settings::ReadMode;
use crate::trace::What;
use crate::wire::Content;
use etcd_kv::Bytes;
use raft_core::{Dropped, Input, NodeId, Proposal};
use std::sync::Arc;

impl Clients {
    /// A person or a scenario makes a request.
    pub(crate) fn ask(&mut self, cx: &mut Cx<'_>, kind: RequestKind, via: Option<NodeId>) {
        let number = u32::try_from(self.manual.len() + 1).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.manual).push(Answered {
            client: 0,
            kind: kind.clone(),
            via,
            asked_at: cx.cluster.now,
            ended_at: None,
            sent_to: None,
            outcome: Outcome::Waiting,
            stale: None,
        });
        let policy = if via.is_some() { Policy::Once } else { Policy::Leader };
        if self.open.len() >= MAX_OPEN_REQUESTS {
            return self.end_manual(cx, number, kind.reads(), Outcome::Overloaded);
        }
        let session = cx.desk.session();
        if let Some(answered) = manual(&mut self.manual, number) {
            answered.client = session.client;
        }
        self.open(
            cx,
            Open {
                kind,
                session,
                policy,
                number: Some(number),
                load: None,
                asked_at: cx.cluster.now,
                committed: cx.committed(),
                sent_to: via,
                tries: 0,
                sent_at: cx.cluster.now,
                checks_at: cx.cluster.now,
                sequence: 0,
            },
        );
    }

    /// The load generator's next request.
    pub(crate) fn load_tick(&mut self, cx: &mut Cx<'_>) {
        let load = &mut self.load;
        let Some(running) = &mut load.running else { return };
        let spec = running.spec;
        running.sequence = cx.cluster.set_alarm(cx.cluster.now + spec.every(), Wake::Load.alarm());
        load.ticks += 1;
        let (seed, tick) = (cx.cluster.chance, load.ticks);
        let Some((ordinal, session)) = load.take(&spec, cx.cluster.servers.len() as u64) else {
            return;
        };
        let key = spec.key(|span| draw(seed, Purpose::LoadKey, 0, 0, tick, span));
        let key = format!("k{key}").into_bytes().into();
        let is_read =
            draw(seed, Purpose::LoadKind, 0, 0, tick, 100) < u64::from(spec.reads_percent);
        let kind = if is_read {
            RequestKind::Get { key }
        } else {
            RequestKind::Put { key, value: tick.to_string().into_bytes().into() }
        };
        self.open(
            cx,
            Open {
                kind,
                session,
                policy: if spec.via.is_some() { Policy::Once } else { Policy::Contact },
                number: None,
                load: Some(ordinal),
                asked_at: cx.cluster.now,
                committed: cx.committed(),
                sent_to: spec.via,
                tries: 0,
                sent_at: cx.cluster.now,
                checks_at: cx.cluster.now,
                sequence: 0,
            },
        );
    }

    fn open(&mut self, cx: &mut Cx<'_>, open: Open) {
        let id = cx.desk.next_request();
        cx.watch_request(open.session, &open.kind);
        if open.number.is_some() {
            let route = match &open.kind {
                RequestKind::GetSerializable { .. } => Route::Local,
                RequestKind::Get { .. } if cx.cluster.settings.live.reads != ReadMode::Log => {
                    Route::Confirmed
                }
                RequestKind::Get { .. } | RequestKind::Put { .. } => Route::Log,
            };
            let what = match &open.kind {
                RequestKind::Put { key, value } => format!("{}={}", text_of(key), text_of(value)),
                RequestKind::Get { key } | RequestKind::GetSerializable { key } => {
                    format!("get {}", text_of(key))
                }
            };
            cx.follow(id, what, route, Some(open.session));
        }
        self.open.insert(id, open);
        self.try_once(cx, id);
    }

    /// Sends an open request to the server that its client thinks right.
    fn try_once(&mut self, cx: &mut Cx<'_>, id: u64) {
        let Some(open) = self.open.get(&id) else { return };
        let (policy, number, load) = (open.policy, open.number, open.load);
        let target = self.target(cx, open);
        let patience = match policy {
            Policy::Once => cx.cluster.settings.live.client_timeout,
            Policy::Leader | Policy::Contact => CLIENT_RETRY,
        };
        let checks_at = cx.cluster.now + patience;
        let sequence = cx.cluster.set_alarm(checks_at, Wake::Client { request: id }.alarm());
        let Some(open) = self.open.get_mut(&id) else { return };
        (open.checks_at, open.sequence) = (checks_at, sequence);
        let Some(target) = target else { return };
        open.sent_to = Some(target);
        open.sent_at = cx.cluster.now;
        self.set_mood(load, ClientState::Waits);
        if let Some(answered) = number.and_then(|n| manual(&mut self.manual, n)) {
            answered.sent_to = Some(target);
        }
        if let Some(followed) = cx.followed_mut(id) {
            followed.server = Some(target);
        }
        cx.cluster.note(|| What::Asked { number, server: target });
        self.send(cx, id, target);
    }

    /// A request sets out for a server.
    fn send(&mut self, cx: &mut Cx<'_>, id: u64, target: NodeId) {
        if cx.is_direct() {
            return self.arrived(cx, id, target);
        }
        let Some(open) = self.open.get_mut(&id) else { return };
        open.tries += 1;
        let what = Content::Request { request: id, kind: open.kind.clone() };
        cx.send(open.client(), target, open.key(), what);
    }

    /// A request has reached a server, if its client still waits.
    pub(crate) fn arrived(&mut self, cx: &mut Cx<'_>, id: u64, target: NodeId) {
        let Some(server) = cx.cluster.servers.get_mut(ordinal_of(target)) else { return };
        match server.power {
            Power::Up => self.serve(cx, ordinal_of(target), id),
            Power::Paused => server.inbox.push_back(Arrival::Call(id)),
            Power::Crashed => self.reply(cx, id, target, Outcome::Down { server: target }),
        }
    }

    /// A server, or its host where it is down, tells a client.
    fn reply(&mut self, cx: &mut Cx<'_>, id: u64, server: NodeId, outcome: Outcome) {
        self.reply_with(cx, id, server, outcome, None);
    }

    fn reply_with(
        &mut self,
        cx: &mut Cx<'_>,
        id: u64,
        server: NodeId,
        outcome: Outcome,
        stale: Option<Stale>,
    ) {
        if cx.is_direct() {
            return self.told(cx, id, outcome, stale);
        }
        let Some(open) = self.open.get(&id) else { return };
        let what = Content::Reply { request: id, outcome, stale };
        cx.send(open.client(), server, open.key(), what);
    }

    /// A client is told how its request ended, or that a try of it failed.
    pub(crate) fn told(
        &mut self,
        cx: &mut Cx<'_>,
        id: u64,
        outcome: Outcome,
        stale: Option<Stale>,
    ) {
        match outcome {
            Outcome::Ok(_) => {
                let number = self.open.get(&id).and_then(|open| open.number);
                if let Some(answered) = number.and_then(|n| manual(&mut self.manual, n)) {
                    answered.stale = stale;
                }
                self.finish(cx, id, outcome);
            }
            Outcome::NotLeader { .. } | Outcome::Down { .. } => self.refused(cx, id, outcome),
            Outcome::ConnectionLost { server } => self.connection_ended(cx, id, server),
            Outcome::Waiting | Outcome::TimedOut | Outcome::Overloaded => {}
        }
    }

    fn target(&self, cx: &Cx<'_>, open: &Open) -> Option<NodeId> {
        match open.policy {
            Policy::Once => open.sent_to,
            Policy::Leader => cx.leader().map(|server| server.id),
            Policy::Contact => self.load.clients.get(open.load?).map(LoadClient::contact),
        }
    }

    fn set_mood(&mut self, load: Option<usize>, state: ClientState) {
        if let Some(client) = load.and_then(|ordinal| self.load.clients.get_mut(ordinal)) {
            client.state = state;
        }
    }

    /// An attempt at a request failed; its client will try again.
    fn try_failed(&mut self, cx: &mut Cx<'_>, load: Option<usize>) {
        self.stats.failed(cx.cluster.now);
        self.set_mood(load, ClientState::Failed);
    }

    /// A client has waited long enough for an open request, for now or for good.
    pub(crate) fn check_on(&mut self, cx: &mut Cx<'_>, id: u64) {
        let Some(open) = self.open.get(&id) else { return };
        let (policy, sent_to, sent_at) = (open.policy, open.sent_to, open.sent_at);
        let (load, target) = (open.load, self.target(cx, open));
        let timed_out = cx.cluster.now >= sent_at + cx.cluster.settings.live.client_timeout;
        match policy {
            Policy::Once => self.finish(cx, id, Outcome::TimedOut),
            Policy::Leader | Policy::Contact => {
                let alive = sent_to
                    .and_then(|to| cx.server(to))
                    .is_some_and(|server| server.power == Power::Up);
                if timed_out && sent_to.is_some() {
                    self.try_failed(cx, load);
                }
                if !alive || timed_out {
                    self.next_contact(cx, load, sent_to);
                }
                if timed_out || !alive || target != sent_to {
                    self.try_once(cx, id);
                } else {
                    let due = cx.cluster.now + CLIENT_RETRY;
                    let sequence = cx.cluster.set_alarm(due, Wake::Client { request: id }.alarm());
                    if let Some(open) = self.open.get_mut(&id) {
                        (open.checks_at, open.sequence) = (due, sequence);
                    }
                }
            }
        }
    }

    fn next_contact(&mut self, cx: &mut Cx<'_>, load: Option<usize>, failed: Option<NodeId>) {
        if let (Some(ordinal), Some(failed)) = (load, failed) {
            self.load.next_contact(ordinal, failed, cx.cluster.servers.len() as u64);
        }
    }

    /// A server takes a request in hand.
    pub(crate) fn serve(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.open.get(&id) else { return };
        let session = open.session;
        let payload = match &open.kind {
            RequestKind::GetSerializable { key } => {
                let value = cx.machines[ordinal].store().value(key);
                return self.answer_read(cx, ordinal, id, value);
            }
            RequestKind::Get { .. } if cx.cluster.settings.live.reads != ReadMode::Log => {
                return self.serve_read(cx, ordinal, id);
            }
            RequestKind::Get { key } => Request::Get { session, key }.encode(),
            RequestKind::Put { key, value } => Request::Put { session, key, value }.encode(),
        };
        let proposal = cx.step(ordinal, Input::Propose(payload));
        let server = cx.cluster.servers[ordinal].id;
        match proposal {
            Some(Proposal::Appended { .. }) => cx.wait_at(ordinal, session, id),
            Some(Proposal::Forwarded { .. }) => cx.wait_at(ordinal, session, id),
            Some(Proposal::NotLeader { leader }) => {
                self.reply(cx, id, server, Outcome::NotLeader { server, leader });
            }
            Some(Proposal::Dropped(Dropped::Transferring { to })) => {
                let outcome = Outcome::NotLeader { server, leader: Some(to) };
                self.reply(cx, id, server, outcome);
            }
            Some(Proposal::Dropped(Dropped::NotMember | Dropped::TooMuchUncommitted)) => {
                let outcome = Outcome::NotLeader { server, leader: None };
                self.reply(cx, id, server, outcome);
            }
            None => {}
        }
    }

    /// An entry of a request was applied at the server that has it in hand.
    pub(crate) fn answered(&mut self, cx: &mut Cx<'_>, at: NodeId, id: u64, answer: Answer) {
        self.reply(cx, id, at, Outcome::Ok(answer));
    }

    /// A server has applied enough to answer a read.
    pub(crate) fn read_is_due(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.open.get(&id) else { return };
        let value = cx.machines[ordinal].store().value(open.kind.key());
        self.answer_read(cx, ordinal, id, value);
    }

    /// A server answers a read from what it has applied; whether that was the newest is noted.
    pub(crate) fn answer_read(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        id: u64,
        value: Option<Bytes>,
    ) {
        let Some(open) = self.open.get(&id) else { return };
        cx.read_took_effect(ordinal, open.kind.key(), Desk::watched(open.session));
        let is_by_hand = open.number.is_some();
        let stale =
            is_by_hand.then(|| cx.stale(ordinal, open.kind.key(), open.committed)).flatten();
        let server = cx.cluster.servers[ordinal].id;
        self.reply_with(cx, id, server, Outcome::Ok(Answer::Get { value }), stale);
    }

    /// A read that bypasses the log: the leader confirms that it leads; a server that does not lead
    /// asks the leader, where it passes requests on at all.
    fn serve_read(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let server = &cx.cluster.servers[ordinal];
        let leader = server.node.leader();
        if server.node.is_leader() || (cx.cluster.settings.live.forwarding && leader.is_some()) {
            cx.ask_read(ordinal, id);
        } else {
            let server = server.id;
            self.reply(cx, id, server, Outcome::NotLeader { server, leader });
        }
    }

    /// A server said no, and the request has had no effect there.
    fn refused(&mut self, cx: &mut Cx<'_>, id: u64, outcome: Outcome) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let (load, number, policy) = (open.load, open.number, open.policy);
        let reads = open.kind.reads();
        let mut is_redirect = matches!(outcome, Outcome::NotLeader { leader: Some(_), .. });
        match policy {
            Policy::Once => return self.finish(cx, id, outcome),
            // It is retried at the next check, at whoever leads then.
            Policy::Leader => open.sent_to = None,
            Policy::Contact => match (&outcome, load) {
                (Outcome::NotLeader { leader: Some(leader), server }, Some(ordinal)) => {
                    let servers = cx.cluster.servers.len() as u64;
                    is_redirect = self.load.redirect(ordinal, *leader, servers);
                    if is_redirect {
                        // It is followed a moment later, so that two servers which name each other
                        // cannot keep a client busy at one instant.
                        let due = cx.cluster.now + 1_000;
                        open.sent_to = None;
                        open.checks_at = due;
                        open.sequence =
                            cx.cluster.set_alarm(due, Wake::Client { request: id }.alarm());
                    } else {
                        let server = *server;
                        self.next_contact(cx, load, Some(server));
                    }
                }
                (Outcome::NotLeader { server, .. } | Outcome::Down { server }, _) => {
                    let server = *server;
                    self.next_contact(cx, load, Some(server));
                }
                (
                    Outcome::Waiting
                    | Outcome::Ok(_)
                    | Outcome::ConnectionLost { .. }
                    | Outcome::TimedOut
                    | Outcome::Overloaded,
                    _,
                ) => {}
            },
        }
        if !is_redirect {
            self.try_failed(cx, load);
        }
        cx.cluster.note(|| What::Answered { number, reads, outcome });
    }

    /// A request has come to its end.
    pub(crate) fn finish(&mut self, cx: &mut Cx<'_>, id: u64, outcome: Outcome) {
        let Some(open) = self.open.remove(&id) else { return };
        cx.desk.wire.forget(|it| it.request() == Some(id));
        cx.follow_to_the_end(id, outcome.name() == "ok");
        let at = cx.tick();
        let (key, watched) = (open.kind.key(), Desk::watched(open.session));
        match (&outcome, &open.kind) {
            (_, RequestKind::GetSerializable { .. }) => {}
            (Outcome::Ok(Answer::Get { value }), _) => {
                cx.desk.watcher.answer(key, watched, at, value.clone());
            }
            (Outcome::Ok(Answer::Put { .. }), _) => {
                cx.desk.watcher.answer(key, watched, at, None);
            }
            (Outcome::NotLeader { .. } | Outcome::Down { .. } | Outcome::Overloaded, _)
            // A read without an answer has told nobody anything.
            | (_, RequestKind::Get { .. }) => cx.desk.watcher.forget(key, watched),
            (Outcome::Waiting | Outcome::TimedOut | Outcome::ConnectionLost { .. }, _) => {
                cx.desk.watcher.abandon(key, watched);
            }
        }
        let reads = open.kind.reads();
        let is_known = outcome.name() != "unknown";
        let is_ok = matches!(outcome, Outcome::Ok(_));
        if is_ok {
            self.stats.answered(cx.cluster.now, cx.cluster.now - open.asked_at);
        } else {
            self.stats.failed(cx.cluster.now);
        }
        if let Some(ordinal) = open.load {
            let state = if is_ok { ClientState::Answered } else { ClientState::Failed };
            self.load.ended(ordinal, state, is_known);
        } else if is_known {
            cx.desk.is_idle_again(open.session);
        }
        if let Some(number) = open.number {
            self.end_manual(cx, number, reads, outcome);
        } else if !is_ok {
            cx.cluster.note(|| What::Answered { number: None, reads, outcome });
        }
    }

    fn end_manual(&mut self, cx: &mut Cx<'_>, number: u32, reads: bool, outcome: Outcome) {
        let now = cx.cluster.now;
        if let Some(answered) = manual(&mut self.manual, number) {
            answered.outcome = outcome.clone();
            answered.ended_at = Some(now);
        }
        cx.cluster.note(|| What::Answered { number: Some(number), reads, outcome });
    }

    /// The server that has a request in hand went down.
    pub(crate) fn connection_lost(&mut self, cx: &mut Cx<'_>, request: u64, server: NodeId) {
        self.reply(cx, request, server, Outcome::ConnectionLost { server });
    }

    fn connection_ended(&mut self, cx: &mut Cx<'_>, request: u64, server: NodeId) {
        let Some(open) = self.open.get_mut(&request) else { return };
        if open.policy == Policy::Once {
            self.finish(cx, request, Outcome::ConnectionLost { server });
        } else {
            open.sent_to = None;
            let load = open.load;
            self.try_failed(cx, load);
        }
    }
}

fn manual(requests: &mut Arc<Vec<Answered>>, number: u32) -> Option<&mut Answered> {
    Arc::make_mut(requests).get_mut(usize::try_from(number.checked_sub(1)?).ok()?)
}
