//! Clients and what servers answer them. A client stands at its server's door: between the two
//! there is no network, so an answer that needs nobody else comes at the same instant.

use super::alarms::Wake;
use super::hand::Waiting;
use super::{World, place_of};
use crate::MAX_OPEN_REQUESTS;
use crate::chance::{Purpose, draw};
use crate::client::{Answered, CLIENT_RETRY, Clients, Open, Outcome, Policy, RequestKind};
use crate::followed::{Followed, Road};
use crate::happening::What;
use crate::load::{LoadClient, Mood};
use crate::machine::{Answer, Kept, Request, SessionId, text_of};
use crate::server::{Arrival, Power};
use crate::settings::ReadMode;
use etcd_kv::Bytes;
use raft_check::linear::RegisterOperation;
use raft_core::{Dropped, Input, NodeId, Proposal};
use std::sync::Arc;

impl World {
    /// The request that is followed: the latest that was made by hand.
    pub fn followed(&self) -> Option<&Followed> {
        self.followed.as_deref()
    }

    pub(super) fn follow(&mut self, id: u64, what: String, road: Road, session: Option<SessionId>) {
        self.followed = Some(Arc::new(Followed {
            id,
            what,
            road,
            server: None,
            session,
            asked_at: self.cluster.now,
            read_index: None,
            ended: None,
        }));
    }

    pub(super) fn followed_mut(&mut self, id: u64) -> Option<&mut Followed> {
        self.followed.as_mut().filter(|followed| followed.id == id).map(Arc::make_mut)
    }

    pub(super) fn follow_to_the_end(&mut self, id: u64, well: bool) {
        let now = self.cluster.now;
        if let Some(followed) = self.followed_mut(id) {
            followed.ended = Some((now, well));
        }
    }

    /// A person or a scenario makes a request.
    pub(super) fn ask(&mut self, kind: RequestKind, via: Option<NodeId>) {
        let number = u32::try_from(self.clients.manual.len() + 1).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.clients.manual).push(Answered {
            kind: kind.clone(),
            via,
            asked_at: self.cluster.now,
            ended_at: None,
            sent_to: None,
            outcome: Outcome::Waiting,
            stale: None,
        });
        let policy = if via.is_some() { Policy::Once } else { Policy::Leader };
        if self.clients.open.len() >= MAX_OPEN_REQUESTS {
            return self.end_manual(number, Outcome::Overloaded);
        }
        let session = self.clients.session();
        self.open(Open {
            kind,
            session,
            policy,
            number: Some(number),
            load: None,
            asked_at: self.cluster.now,
            committed: self.committed(),
            sent_to: via,
            sent_at: self.cluster.now,
            looks_at: self.cluster.now,
            sequence: 0,
        });
    }

    /// The load generator's next request.
    pub(super) fn load_tick(&mut self) {
        let load = &mut self.clients.load;
        let Some(running) = &mut load.running else { return };
        let spec = running.spec;
        running.sequence =
            self.cluster.set_alarm(self.cluster.now + spec.every(), Wake::Load.alarm());
        load.ticks += 1;
        let (seed, tick) = (self.cluster.settings.seed, load.ticks);
        let Some((place, session)) = load.take(&spec, self.cluster.servers.len() as u64) else {
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
        self.open(Open {
            kind,
            session,
            policy: if spec.via.is_some() { Policy::Once } else { Policy::Contact },
            number: None,
            load: Some(place),
            asked_at: self.cluster.now,
            committed: self.committed(),
            sent_to: spec.via,
            sent_at: self.cluster.now,
            looks_at: self.cluster.now,
            sequence: 0,
        });
    }

    fn open(&mut self, open: Open) {
        let id = self.clients.next_request();
        self.watch_request(open.session, id, &open.kind);
        if open.number.is_some() {
            let road = match &open.kind {
                RequestKind::GetSerializable { .. } => Road::Local,
                RequestKind::Get { .. } if self.cluster.settings.live.reads != ReadMode::Log => {
                    Road::Confirmed
                }
                RequestKind::Get { .. } | RequestKind::Put { .. } => Road::Log,
            };
            let what = match &open.kind {
                RequestKind::Put { key, value } => format!("{}={}", text_of(key), text_of(value)),
                RequestKind::Get { key } | RequestKind::GetSerializable { key } => {
                    format!("get {}", text_of(key))
                }
            };
            self.follow(id, what, road, Some(open.session));
        }
        self.clients.open.insert(id, open);
        self.try_once(id);
    }

    /// From now on the answer to this request is held against what other clients see.
    pub(super) fn watch_request(&mut self, session: SessionId, id: u64, kind: &RequestKind) {
        let at = self.clients.tick(self.cluster.now);
        let id = Clients::watched(session, id);
        let operation = match kind {
            RequestKind::Put { value, .. } => RegisterOperation::Put(value.clone()),
            RequestKind::Get { .. } => RegisterOperation::Get,
            RequestKind::GetSerializable { .. } => return,
        };
        let start = self.origin.store.value(kind.key());
        self.clients.watcher.call(kind.key(), id, at, operation, start);
    }

    /// Sends an open request to the server that its client thinks right.
    fn try_once(&mut self, id: u64) {
        let Some(open) = self.clients.open.get(&id) else { return };
        let (policy, number, load) = (open.policy, open.number, open.load);
        let target = self.target(open);
        let patience = match policy {
            Policy::Once => self.cluster.settings.live.client_timeout,
            Policy::Leader | Policy::Contact => CLIENT_RETRY,
        };
        let looks_at = self.cluster.now + patience;
        let sequence = self.cluster.set_alarm(looks_at, Wake::Client { request: id }.alarm());
        let Some(open) = self.clients.open.get_mut(&id) else { return };
        (open.looks_at, open.sequence) = (looks_at, sequence);
        let Some(target) = target else { return };
        open.sent_to = Some(target);
        open.sent_at = self.cluster.now;
        self.set_mood(load, Mood::Waits);
        if let Some(answered) = number.and_then(|n| manual(&mut self.clients.manual, n)) {
            answered.sent_to = Some(target);
        }
        if let Some(followed) = self.followed_mut(id) {
            followed.server = Some(target);
        }
        self.cluster.note(|| What::Asked { number, server: target });
        let Some(server) = self.cluster.servers.get_mut(place_of(target)) else { return };
        match server.power {
            Power::Up => self.serve(place_of(target), id),
            Power::Paused => server.inbox.push_back(Arrival::Call(id)),
            Power::Crashed => self.refused(id, Outcome::Down { server: target }),
        }
    }

    fn target(&self, open: &Open) -> Option<NodeId> {
        match open.policy {
            Policy::Once => open.sent_to,
            Policy::Leader => self.leader().map(|server| server.id),
            Policy::Contact => self.clients.load.clients.get(open.load?).map(LoadClient::contact),
        }
    }

    fn set_mood(&mut self, load: Option<usize>, mood: Mood) {
        if let Some(client) = load.and_then(|place| self.clients.load.clients.get_mut(place)) {
            client.mood = mood;
        }
    }

    /// A try of a request came to nothing; its client will try again.
    fn try_failed(&mut self, load: Option<usize>) {
        self.clients.stats.failed(self.cluster.now);
        self.set_mood(load, Mood::Failed);
    }

    /// A client's patience with an open request is at an end, for now or for good.
    pub(super) fn look_after(&mut self, id: u64) {
        let Some(open) = self.clients.open.get(&id) else { return };
        let (policy, sent_to, sent_at) = (open.policy, open.sent_to, open.sent_at);
        let (load, target) = (open.load, self.target(open));
        let timed_out = self.cluster.now >= sent_at + self.cluster.settings.live.client_timeout;
        match policy {
            Policy::Once => self.finish(id, Outcome::TimedOut),
            Policy::Leader | Policy::Contact => {
                let alive = sent_to
                    .and_then(|to| self.server(to))
                    .is_some_and(|server| server.power == Power::Up);
                if timed_out && sent_to.is_some() {
                    self.try_failed(load);
                }
                if !alive || timed_out {
                    self.next_contact(load, sent_to);
                }
                if timed_out || !alive || target != sent_to {
                    self.try_once(id);
                } else {
                    let due = self.cluster.now + CLIENT_RETRY;
                    let sequence =
                        self.cluster.set_alarm(due, Wake::Client { request: id }.alarm());
                    if let Some(open) = self.clients.open.get_mut(&id) {
                        (open.looks_at, open.sequence) = (due, sequence);
                    }
                }
            }
        }
    }

    fn next_contact(&mut self, load: Option<usize>, failed: Option<NodeId>) {
        if let (Some(place), Some(failed)) = (load, failed) {
            self.clients.load.next_contact(place, failed, self.cluster.servers.len() as u64);
        }
    }

    /// A server takes a request in hand.
    pub(super) fn serve(&mut self, place: usize, id: u64) {
        let Some(open) = self.clients.open.get(&id) else { return };
        let session = open.session;
        let payload = match &open.kind {
            RequestKind::GetSerializable { key } => {
                let value = self.machines[place].store().value(key);
                return self.answer_read(place, id, value);
            }
            RequestKind::Get { .. } if self.cluster.settings.live.reads != ReadMode::Log => {
                return self.serve_read(place, id);
            }
            RequestKind::Get { key } => Request::Get { session, key }.encode(),
            RequestKind::Put { key, value } => Request::Put { session, key, value }.encode(),
        };
        let proposal = self.propose(place, Input::Propose(payload));
        let server = self.cluster.servers[place].id;
        match proposal {
            Some(Proposal::Appended { index, .. }) => {
                self.wait_at(place, session, id);
                self.answer_if_applied(place, session, index);
            }
            Some(Proposal::Forwarded { .. }) => self.wait_at(place, session, id),
            Some(Proposal::NotLeader { leader }) => {
                self.refused(id, Outcome::NotLeader { server, leader });
            }
            Some(Proposal::Dropped(Dropped::Transferring { to })) => {
                self.refused(id, Outcome::NotLeader { server, leader: Some(to) });
            }
            Some(Proposal::Dropped(Dropped::NotMember | Dropped::TooMuchUncommitted)) => {
                self.refused(id, Outcome::NotLeader { server, leader: None });
            }
            None => {}
        }
    }

    /// A server answers a read from what it has applied; whether that was the newest is noted.
    pub(super) fn answer_read(&mut self, place: usize, id: u64, value: Option<Bytes>) {
        let Some(open) = self.clients.open.get(&id) else { return };
        if let Some(number) = open.number {
            let stale = self.stale(place, open.kind.key(), open.committed);
            if let Some(answered) = manual(&mut self.clients.manual, number) {
                answered.stale = stale;
            }
        }
        self.finish(id, Outcome::Ok(Answer::Get { value }));
    }

    /// A read that is no entry: the leader confirms that it leads; a server that does not lead asks
    /// the leader, where it passes requests on at all.
    fn serve_read(&mut self, place: usize, id: u64) {
        let server = &self.cluster.servers[place];
        let leader = server.node.leader();
        if server.node.is_leader() || (self.cluster.settings.live.forwarding && leader.is_some()) {
            self.ask_read(place, id);
        } else {
            self.refused(id, Outcome::NotLeader { server: server.id, leader });
        }
    }

    pub(super) fn wait_at(&mut self, place: usize, session: SessionId, request: u64) {
        let waiting = &mut self.hands[place].waiting;
        if !waiting.iter().any(|known| known.session == session) {
            waiting.push(Waiting { session, request });
        }
    }

    /// Where one server is enough and waits for no disk, an entry is applied as it is appended.
    pub(super) fn answer_if_applied(
        &mut self,
        place: usize,
        session: SessionId,
        index: raft_core::Index,
    ) {
        if self.cluster.servers[place].node.applied_index() >= index {
            self.answer_waiting(place, session);
        }
    }

    /// An entry of this session was applied: whoever waits for it here is answered.
    pub(super) fn answer_waiting(&mut self, place: usize, session: SessionId) {
        let waiting = &mut self.hands[place].waiting;
        let Some(at) = waiting.iter().position(|known| known.session == session) else {
            return;
        };
        let Waiting { request, .. } = waiting.swap_remove(at);
        match self.machines[place].answer_to(session).cloned() {
            Some(Kept::Plain(answer)) => self.finish(request, Outcome::Ok(answer)),
            Some(Kept::Etcd(result)) => self.answer_call(request, &result),
            None => {}
        }
    }

    /// A server said no, and the request has had no effect there.
    fn refused(&mut self, id: u64, outcome: Outcome) {
        let Some(open) = self.clients.open.get_mut(&id) else { return };
        let (load, number, policy) = (open.load, open.number, open.policy);
        let mut is_redirect = matches!(outcome, Outcome::NotLeader { leader: Some(_), .. });
        match policy {
            Policy::Once => return self.finish(id, outcome),
            // It is tried again at the next look, whoever leads then.
            Policy::Leader => open.sent_to = None,
            Policy::Contact => match (&outcome, load) {
                (Outcome::NotLeader { leader: Some(leader), server }, Some(place)) => {
                    let servers = self.cluster.servers.len() as u64;
                    is_redirect = self.clients.load.redirect(place, *leader, servers);
                    if is_redirect {
                        // It is followed a moment later, so that two servers which name each other
                        // cannot keep a client busy at one instant.
                        let due = self.cluster.now + 1_000;
                        open.sent_to = None;
                        open.looks_at = due;
                        open.sequence =
                            self.cluster.set_alarm(due, Wake::Client { request: id }.alarm());
                    } else {
                        let server = *server;
                        self.next_contact(load, Some(server));
                    }
                }
                (Outcome::NotLeader { server, .. } | Outcome::Down { server }, _) => {
                    let server = *server;
                    self.next_contact(load, Some(server));
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
            self.try_failed(load);
        }
        self.cluster.note(|| What::Answered { number, outcome });
    }

    /// A request has come to its end.
    pub(super) fn finish(&mut self, id: u64, outcome: Outcome) {
        let Some(open) = self.clients.open.remove(&id) else { return };
        self.follow_to_the_end(id, outcome.name() == "ok");
        let at = self.clients.tick(self.cluster.now);
        let (key, watched) = (open.kind.key(), Clients::watched(open.session, id));
        match (&outcome, &open.kind) {
            (_, RequestKind::GetSerializable { .. }) => {}
            (Outcome::Ok(Answer::Get { value }), _) => {
                self.clients.watcher.answer(key, watched, at, value.clone());
            }
            (Outcome::Ok(Answer::Put { .. }), _) => {
                self.clients.watcher.answer(key, watched, at, None);
            }
            (Outcome::NotLeader { .. } | Outcome::Down { .. } | Outcome::Overloaded, _)
            // A read without an answer has told nobody anything.
            | (_, RequestKind::Get { .. }) => self.clients.watcher.forget(key, watched),
            (Outcome::Waiting | Outcome::TimedOut | Outcome::ConnectionLost { .. }, _) => {}
        }
        let is_known = outcome.name() != "unknown";
        let is_ok = matches!(outcome, Outcome::Ok(_));
        if is_ok {
            self.clients.stats.answered(self.cluster.now, self.cluster.now - open.asked_at);
        } else {
            self.clients.stats.failed(self.cluster.now);
        }
        if let Some(place) = open.load {
            let mood = if is_ok { Mood::Answered } else { Mood::Failed };
            self.clients.load.ended(place, mood, is_known);
        } else if is_known {
            self.clients.is_idle_again(open.session);
        }
        if let Some(number) = open.number {
            self.end_manual(number, outcome);
        } else if !is_ok {
            self.cluster.note(|| What::Answered { number: None, outcome });
        }
    }

    fn end_manual(&mut self, number: u32, outcome: Outcome) {
        let now = self.cluster.now;
        if let Some(answered) = manual(&mut self.clients.manual, number) {
            answered.outcome = outcome.clone();
            answered.ended_at = Some(now);
        }
        self.cluster.note(|| What::Answered { number: Some(number), outcome });
    }

    fn connection_lost(&mut self, request: u64, server: NodeId) {
        let Some(open) = self.clients.open.get_mut(&request) else { return };
        if open.policy == Policy::Once {
            self.finish(request, Outcome::ConnectionLost { server });
        } else {
            open.sent_to = None;
            let load = open.load;
            self.try_failed(load);
        }
    }

    /// A server went down: who waited there with one try is told so; others look for themselves.
    pub(super) fn connections_lost(&mut self, place: usize) {
        self.lose_calls(place);
        let server = self.cluster.servers[place].id;
        let waiting = std::mem::take(&mut self.hands[place].waiting);
        let asked = std::mem::take(&mut self.hands[place].reads_asked);
        let due = std::mem::take(&mut self.hands[place].reads_due);
        let reads = asked.into_iter().map(|(_, id)| id).chain(due.into_iter().map(|(_, id)| id));
        for request in reads {
            self.connection_lost(request, server);
        }
        for Waiting { request, .. } in waiting {
            self.connection_lost(request, server);
        }
    }
}

fn manual(requests: &mut Arc<Vec<Answered>>, number: u32) -> Option<&mut Answered> {
    Arc::make_mut(requests).get_mut(usize::try_from(number.checked_sub(1)?).ok()?)
}
