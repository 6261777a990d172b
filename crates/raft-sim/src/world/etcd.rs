//! Servers as etcd members: what becomes of a call, from the member that takes it to its answer.
//! Writes go through the log, linearizable reads through a confirmed leader, the rest is local.

use super::{World, place_of};
use crate::MAX_SERVERS;
use crate::client::CLIENT_RETRY;
use crate::command::{Command, MemberChange};
use crate::etcd::{
    CallResult, Caller, Countdown, LEASE_LOOK, LEASE_RETRY, MAX_CALLS, OpenCall, REQUEST_TIMEOUT,
    Stage, lasts, member, member_id, seconds_left, server_of,
};
use crate::followed::Road;
use crate::happening::What;
use crate::machine::{Request, SessionId, describe_write, text_of};
use crate::queue::Due;
use crate::server::{Arrival, Power};
use etcd_kv::api::{
    AlarmAction, AlarmType, Call, EventKind, Header, LeaseId, Response, StatusResponse,
    WatchResponse, Write, Written,
};
use etcd_kv::ctl::CallError;
use etcd_kv::{Error, is_read_only, is_serializable};
use raft_check::linear::RegisterOperation;
use raft_core::{Input, Micros, NodeId, Proposal, Role, SmallMap};
use std::sync::Arc;

/// What the watcher of clients' histories calls etcd's requests: no client of the others has this
/// number.
const WRITES_OF_ETCD: u64 = (u32::MAX as u64) << 32;

impl World {
    /// The calls in members' hands, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &OpenCall> {
        self.etcd.calls.values()
    }

    /// The leases as this server counts them, if it leads.
    pub fn countdowns(&self, server: NodeId) -> impl Iterator<Item = (LeaseId, Countdown)> {
        let leases = self.etcd.leases.get(&server.0).into_iter();
        leases.flat_map(|leases| leases.iter().map(|(id, countdown)| (*id, *countdown)))
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> u64 {
        crate::chance::mix(self.settings.seed, 0x6574_6364)
    }

    /// What stands at the head of a member's answers.
    pub fn header(&self, id: NodeId) -> Header {
        let server = self.server(id);
        Header {
            cluster_id: self.cluster_id(),
            member_id: member_id(id),
            revision: server.map_or(0, |server| server.machine.store().revision()),
            raft_term: server.map_or(0, |server| server.node.term()),
        }
    }

    /// The bytes of a member's database file.
    pub fn file_size(&self, id: NodeId) -> u64 {
        let used = self.server(id).map_or(0, |server| server.machine.store().size_in_use());
        self.etcd.file_sizes.get(&id.0).map_or(used, |size| used.max(*size))
    }

    /// A client calls a member. The answer goes into the mail of its caller, now or later.
    pub(super) fn call(&mut self, caller: Caller, to: NodeId, call: Call) {
        let Some(server) = self.server(to) else {
            return self.etcd.mail.push_back((caller, Err(CallError::Unavailable)));
        };
        let power = server.power;
        if power == Power::Crashed {
            return self.etcd.mail.push_back((caller, Err(CallError::Unavailable)));
        }
        if self.etcd.calls.len() >= MAX_CALLS {
            let busy = Err(CallError::Etcd(Error::Stopped));
            return self.etcd.mail.push_back((caller, busy));
        }
        self.note(|| What::Asked { number: None, server: to });
        let id = self.clients.next_request();
        let open = OpenCall {
            caller,
            server: to,
            call: Arc::new(call),
            asked_at: self.now,
            stage: Stage::Inbox,
            session: None,
            sequence: 0,
        };
        if let Some((what, road)) = followed_as(&open.call) {
            self.follow(id, what, road, None);
            if let Some(followed) = self.followed_mut(id) {
                followed.server = Some(to);
            }
        }
        self.etcd.calls.insert(id, open);
        match power {
            Power::Up => self.take_call(place_of(to), id),
            Power::Paused | Power::Crashed => {
                self.servers[place_of(to)].inbox.push_back(Arrival::Request(id));
            }
        }
    }

    /// A client does not wait any more; a watch ends.
    pub(super) fn cancel_calls(&mut self, of: impl Fn(Caller) -> bool) {
        let cancelled: Vec<u64> =
            self.etcd.calls.iter().filter(|(_, open)| of(open.caller)).map(|(id, _)| *id).collect();
        for id in cancelled {
            self.record_read(id, None);
            self.etcd.calls.remove(&id);
            self.follow_to_the_end(id, false);
        }
    }

    /// Whether this number is of a call, and not of a plain client's request.
    pub(super) fn is_call(&self, id: u64) -> bool {
        self.etcd.calls.get(&id).is_some()
    }

    /// A member takes a call in hand.
    pub(super) fn take_call(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let call = open.call.clone();
        let patience = self.patience();
        let sequence = self.queue.push(self.now + patience, Due::Call { call: id });
        if let Some(open) = self.etcd.calls.get_mut(&id) {
            open.sequence = sequence;
        }
        if let Err(error) = etcd_kv::check(&call) {
            return self.end_call(id, Err(error));
        }
        let server = &self.servers[place];
        if server.is_learner() && !for_learners(&call) {
            return self.end_call(id, Err(Error::NotSupportedForLearner));
        }
        self.carry_out_call(place, id, &call);
    }

    fn carry_out_call(&mut self, place: usize, id: u64, call: &Call) {
        let server = &self.servers[place];
        match call {
            Call::Write(Write::Txn(txn)) if is_read_only(txn) && is_serializable(txn) => {
                self.look(place, id);
            }
            Call::Write(Write::Txn(txn)) if is_read_only(txn) => self.read_call(place, id),
            Call::Write(write) => self.write_call(place, id, write),
            Call::Range(range) if range.serializable => self.look(place, id),
            Call::Range(_) => self.read_call(place, id),
            Call::Watch(watch) => {
                let from = watch.start_revision;
                let next = if from <= 0 { server.machine.store().revision() + 1 } else { from };
                self.set_stage(id, Stage::Watching(next));
                let created = WatchResponse { created: true, ..WatchResponse::default() };
                self.tell(id, Response::Watch(created));
                self.feed_watch(place, id);
            }
            Call::LeaseKeepAlive { .. } | Call::LeaseTimeToLive { .. } => {
                self.ask_leader(place, id);
            }
            Call::LeaseLeases | Call::Hash | Call::HashKv { .. } | Call::Snapshot => {
                self.look(place, id);
            }
            Call::Defragment => {
                self.etcd.file_sizes.remove(&self.servers[place].id.0);
                self.end_call(id, Ok(Response::Defragment));
            }
            Call::MemberList => {
                let members = self.members(place);
                self.end_call(id, Ok(Response::Members { members, added: None }));
            }
            Call::MemberAdd { peer_urls, is_learner } => {
                self.add_member(place, id, peer_urls, *is_learner);
            }
            Call::MemberRemove { id: who } => match server_of(*who, self.servers.len()) {
                Some(about) if server.node.membership().contains(about) => {
                    self.change_members(id, MemberChange::Remove(about), about, true);
                }
                Some(_) | None => self.end_call(id, Err(Error::MemberNotFound)),
            },
            Call::MemberUpdate { id: who, peer_urls } => {
                let error = match server_of(*who, self.servers.len()) {
                    Some(about) if server.node.membership().contains(about) => {
                        if *peer_urls == [crate::etcd::peer_url(about)] {
                            let members = self.members(place);
                            let done = Response::Members { members, added: None };
                            return self.end_call(id, Ok(done));
                        }
                        // In the playground a server's address is its name.
                        Error::MemberBadUrls
                    }
                    Some(_) | None => Error::MemberNotFound,
                };
                self.end_call(id, Err(error));
            }
            Call::MemberPromote { id: who } => self.promote_member(place, id, *who),
            Call::Status => {
                let status = self.status(place);
                self.end_call(id, Ok(Response::Status(status)));
            }
            Call::MoveLeader { target } => self.move_leader(place, id, *target),
        }
    }

    /// How long a member waits for its cluster: 5 s and two election timeouts.
    fn patience(&self) -> Micros {
        REQUEST_TIMEOUT + 2 * self.settings.live.election_timeout.min
    }

    fn set_stage(&mut self, id: u64, stage: Stage) {
        if let Some(open) = self.etcd.calls.get_mut(&id) {
            open.stage = stage;
        }
    }

    /// An answer that is not the last.
    fn tell(&mut self, id: u64, response: Response) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let header = self.header(open.server);
        self.etcd.mail.push_back((open.caller, Ok((header, response))));
    }

    fn end_call(&mut self, id: u64, result: Result<Response, Error>) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let header = self.header(open.server);
        let result = result.map(|response| (header, response)).map_err(CallError::Etcd);
        self.close_call(id, result);
    }

    fn close_call(&mut self, id: u64, result: CallResult) {
        self.record_read(id, result.as_ref().ok());
        let Some(open) = self.etcd.calls.remove(&id) else { return };
        self.follow_to_the_end(id, result.is_ok());
        if let (Ok(_) | Err(CallError::Etcd(_)), Some(session)) = (&result, open.session)
            && open.stage != Stage::InLog
        {
            self.clients.is_idle_again(session);
        }
        self.etcd.mail.push_back((open.caller, result));
    }

    // ---- writes ----

    fn write_call(&mut self, place: usize, id: u64, write: &Write) {
        let mut write = write.clone();
        if let Write::LeaseGrant { id: lease, ttl } = &mut write {
            // One and a half election timeouts, in whole seconds (`lessor.go`, `minLeaseTTL`).
            let least =
                (3 * self.settings.live.election_timeout.min).div_ceil(2).div_ceil(1_000_000);
            *ttl = (*ttl).max(i64::try_from(least).unwrap_or(i64::MAX));
            if *lease == 0 {
                self.etcd.leases_made += 1;
                let drawn = crate::chance::mix(self.cluster_id(), self.etcd.leases_made);
                *lease = (drawn & 0x7fff_ffff_ffff_ffff).cast_signed().max(1);
            }
        }
        if self.is_over_quota(place, &write) {
            let member = member_id(self.servers[place].id);
            let alarm =
                Write::Alarm { action: AlarmAction::Activate, member, alarm: AlarmType::NoSpace };
            self.submit(place, SessionId::NOBODY, &alarm);
            return self.end_call(id, Err(Error::NoSpace));
        }
        let session = self.clients.session();
        if let Some(open) = self.etcd.calls.get_mut(&id) {
            open.session = Some(session);
            if let Some(followed) = self.followed.as_mut().filter(|followed| followed.id == id) {
                Arc::make_mut(followed).session = Some(session);
            }
            if matches!(&*open.call, Call::Write(Write::LeaseGrant { .. })) {
                open.call = Arc::new(Call::Write(write.clone()));
            }
        }
        self.propose_call(place, id, &write);
    }

    fn is_over_quota(&self, place: usize, write: &Write) -> bool {
        let grows = match write {
            Write::Put(_) | Write::LeaseGrant { .. } => true,
            Write::Txn(txn) => !is_read_only(txn),
            Write::DeleteRange(_)
            | Write::Compaction { .. }
            | Write::LeaseRevoke { .. }
            | Write::Alarm { .. } => false,
        };
        let quota = self.settings.live.quota;
        let size = self.file_size(self.servers[place].id);
        grows && size + etcd_kv::size_of(write) as u64 > quota
    }

    fn propose_call(&mut self, place: usize, id: u64, write: &Write) {
        let Some(session) = self.etcd.calls.get(&id).and_then(|open| open.session) else { return };
        match self.submit(place, session, write) {
            Some(Proposal::Appended { .. } | Proposal::Forwarded { .. }) => {
                self.set_stage(id, Stage::InLog);
                self.wait_at(place, session, id);
            }
            Some(Proposal::NotLeader { .. }) => self.set_stage(id, Stage::NoLeader),
            Some(Proposal::Dropped(_)) => self.end_call(id, Err(Error::ProposalDropped)),
            None => {}
        }
    }

    fn submit(&mut self, place: usize, session: SessionId, write: &Write) -> Option<Proposal> {
        let payload = Request::Etcd { session, write: &write.encode() }.encode();
        self.proposal = None;
        self.step_node(place, Input::Submit(payload));
        self.proposal.take()
    }

    /// A call's entry was carried out at its member.
    pub(super) fn answer_call(&mut self, id: u64, result: &Result<Written, Error>) {
        // Its session is free again: it was carried out.
        self.set_stage(id, Stage::Inbox);
        self.end_call(id, result.clone().map(Response::Written));
    }

    /// What a leader's clock has to know of an entry that was carried out.
    pub(super) fn count_leases(&mut self, place: usize, write: &Write) {
        let server = &self.servers[place];
        if !server.is_live_leader() {
            return;
        }
        let (key, now, percent) = (server.id.0, self.now, server.clock_percent);
        match write {
            Write::LeaseGrant { id, .. } => {
                let Some(lease) = server.machine.store().leases().get(id) else { return };
                let expires = now + lasts(lease.ttl, percent);
                let countdown = Countdown::new(expires);
                if self.etcd.leases.get(&key).is_none() {
                    self.etcd.leases.insert(key, SmallMap::default());
                }
                if let Some(leases) = self.etcd.leases.get_mut(&key)
                    && leases.get(id).is_none()
                {
                    leases.insert(*id, countdown);
                }
                self.look_at_leases_later();
            }
            Write::LeaseRevoke { id } => {
                if let Some(leases) = self.etcd.leases.get_mut(&key) {
                    leases.remove(id);
                }
            }
            Write::Put(_)
            | Write::DeleteRange(_)
            | Write::Txn(_)
            | Write::Compaction { .. }
            | Write::Alarm { .. } => {}
        }
    }

    /// What one of etcd's writes has changed, keys of a transaction or of a lease included, becomes
    /// part of what clients see: it happened when a server first carried it out.
    pub(super) fn record_changes(&mut self, place: usize, index: u64) {
        if index <= self.etcd.recorded {
            return;
        }
        self.etcd.recorded = index;
        let store = self.servers[place].machine.store();
        let revision = store.revision();
        if revision <= self.etcd.recorded_revision {
            return;
        }
        self.etcd.recorded_revision = revision;
        let events = store.events(&[0], &[0], revision, revision, false);
        for event in events {
            let operation = match event.kind {
                EventKind::Put => RegisterOperation::Put(event.kv.value.clone()),
                EventKind::Delete => RegisterOperation::Delete,
            };
            let key = &event.kv.key;
            let start = self.origin.store.value(key);
            let id = WRITES_OF_ETCD | self.clients.next_request();
            let called = self.clients.tick(self.now);
            self.clients.watcher.call(key, id, called, operation, start);
            let returned = self.clients.tick(self.now);
            self.clients.watcher.answer(key, id, returned, None);
        }
    }

    /// A read has its answer, or will have none: then it has never been.
    fn record_read(&mut self, id: u64, answer: Option<&(Header, Response)>) {
        let Some(at) = self.etcd.reads_watched.iter().position(|known| *known == id) else {
            return;
        };
        self.etcd.reads_watched.swap_remove(at);
        let Some((key, watched)) = self.watched_read(id) else { return };
        match answer {
            Some((_, Response::Range(range))) => {
                let value = range.kvs.first().map(|kv| kv.value.clone());
                let at = self.clients.tick(self.now);
                self.clients.watcher.answer(&key, watched, at, value);
            }
            Some(_) | None => self.clients.watcher.forget(&key, watched),
        }
    }

    /// A linearizable read of one key as it is now is held against what other clients see.
    fn watched_read(&self, id: u64) -> Option<(etcd_kv::Bytes, u64)> {
        let Call::Range(range) = &*self.etcd.calls.get(&id)?.call else { return None };
        let is_plain = range.range_end.is_empty()
            && range.revision <= 0
            && !range.serializable
            && !range.keys_only
            && !range.count_only
            && range.max_mod_revision == 0
            && range.min_mod_revision == 0
            && range.max_create_revision == 0
            && range.min_create_revision == 0;
        is_plain.then(|| (range.key[..].into(), WRITES_OF_ETCD | id))
    }

    // ---- reads ----

    fn read_call(&mut self, place: usize, id: u64) {
        if let Some((key, watched)) = self.watched_read(id)
            && self.etcd.calls.get(&id).is_some_and(|open| open.stage == Stage::Inbox)
            && !self.etcd.reads_watched.contains(&id)
        {
            self.etcd.reads_watched.push(id);
            let at = self.clients.tick(self.now);
            let start = self.origin.store.value(&key);
            self.clients.watcher.call(&key, watched, at, RegisterOperation::Get, start);
        }
        if self.servers[place].node.leader().is_none() {
            return self.set_stage(id, Stage::NoLeader);
        }
        self.set_stage(id, Stage::Reading);
        self.ask_read(place, id);
    }

    /// Answers a call from what the member holds.
    pub(super) fn look(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let call = open.call.clone();
        let result = self.servers[place].machine.store().look(&call);
        self.end_call(id, result);
    }

    // ---- what the leader alone knows ----

    fn ask_leader(&mut self, place: usize, id: u64) {
        let server = &self.servers[place];
        if server.is_live_leader() {
            return self.answer_of_lease(place, id);
        }
        let Some(_) = server.node.leader() else { return self.set_stage(id, Stage::NoLeader) };
        // Members ask each other over HTTP: a round trip at the least latency, or as soon after as
        // both ways are open.
        self.set_stage(id, Stage::AskingLeader);
        let due = self.now + 2 * self.settings.live.latency.min;
        self.queue.push(due, Due::Call { call: id });
    }

    fn answer_of_lease(&mut self, leader: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let now = self.now;
        let server = &self.servers[leader];
        let (key, percent) = (server.id.0, server.clock_percent);
        let store = server.machine.store();
        let countdown = |lease: &LeaseId| {
            self.etcd.leases.get(&key).and_then(|leases| leases.get(lease)).copied()
        };
        let response = if let Call::LeaseTimeToLive { id: lease, keys } = &*open.call {
            let left = countdown(lease).map(|countdown| seconds_left(countdown, now));
            store.time_to_live(*lease, left, *keys)
        } else if let Call::LeaseKeepAlive { id: lease } = &*open.call {
            let found = countdown(lease).filter(|countdown| countdown.expires > now);
            let ttl = found.and(store.leases().get(lease)).map_or(0, |lease| lease.ttl);
            let lease = *lease;
            if ttl > 0
                && let Some(leases) = self.etcd.leases.get_mut(&key)
            {
                let expires = now + lasts(ttl, percent);
                leases.insert(lease, Countdown::new(expires));
            }
            Response::LeaseKeepAlive { id: lease, ttl }
        } else {
            return;
        };
        self.end_call(id, Ok(response));
    }

    /// A server has come to lead, or leads no more: it counts every lease from its whole time on
    /// (`Promote` of etcd's lessor, an election timeout added), or none.
    pub(super) fn change_lessor(&mut self, place: usize) {
        let server = &self.servers[place];
        let key = server.id.0;
        let counts = self.etcd.leases.get(&key).is_some();
        let leads = server.is_live_leader();
        if leads == counts || (leads && server.machine.store().leases().is_empty()) {
            return;
        }
        if !leads {
            self.etcd.leases.remove(&key);
            return;
        }
        let extend = self.settings.live.election_timeout.min;
        let (now, percent) = (self.now, server.clock_percent);
        let mut leases = SmallMap::default();
        for (id, lease) in server.machine.store().leases().iter() {
            let expires = now + extend + lasts(lease.ttl, percent);
            leases.insert(*id, Countdown::new(expires));
        }
        self.etcd.leases.insert(key, leases);
        self.look_at_leases_later();
    }

    fn look_at_leases_later(&mut self) {
        if self.etcd.lease_look == 0 {
            let due = self.now + LEASE_LOOK;
            self.etcd.lease_look = self.queue.push(due, Due::Leases);
        }
    }

    /// Leaders look at their leases, and propose the end of those that have run out.
    pub(super) fn look_at_leases(&mut self) {
        self.etcd.lease_look = 0;
        let now = self.now;
        let mut ended: Vec<(usize, LeaseId)> = Vec::new();
        let mut any = false;
        let keys: Vec<u64> = self.etcd.leases.keys().copied().collect();
        for key in keys {
            let Some(leases) = self.etcd.leases.get_mut(&key) else { continue };
            let ids: Vec<LeaseId> = leases.keys().copied().collect();
            any = any || !ids.is_empty();
            for id in ids {
                if let Some(countdown) = leases.get_mut(&id)
                    && countdown.expires <= now
                    && countdown.proposed.is_none_or(|at| now >= at + LEASE_RETRY)
                {
                    countdown.proposed = Some(now);
                    ended.push((place_of(NodeId(key)), id));
                }
            }
        }
        for (place, id) in ended {
            if self.servers[place].is_live_leader() {
                self.submit(place, SessionId::NOBODY, &Write::LeaseRevoke { id });
            }
        }
        if any {
            self.look_at_leases_later();
        }
    }

    // ---- watches ----

    /// Tells a member's watches what has been carried out since they were last told.
    pub(super) fn feed_watches(&mut self, place: usize) {
        let server = self.servers[place].id;
        let watches: Vec<u64> = (self.etcd.calls.iter())
            .filter(|(_, open)| open.server == server && matches!(open.stage, Stage::Watching(_)))
            .map(|(id, _)| *id)
            .collect();
        for id in watches {
            self.feed_watch(place, id);
        }
    }

    fn feed_watch(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let (Stage::Watching(next), Call::Watch(watch)) = (&open.stage, &*open.call) else {
            return;
        };
        let (next, watch) = (*next, watch.clone());
        let store = self.servers[place].machine.store();
        let (current, compacted) = (store.revision(), store.compacted());
        if next < compacted {
            let gone = WatchResponse {
                canceled: true,
                compact_revision: compacted,
                ..WatchResponse::default()
            };
            return self.end_call(id, Ok(Response::Watch(gone)));
        }
        if next > current {
            return;
        }
        let mut events = store.events(&watch.key, &watch.range_end, next, current, watch.prev_kv);
        events.retain(|event| match event.kind {
            EventKind::Put => !watch.no_put,
            EventKind::Delete => !watch.no_delete,
        });
        self.set_stage(id, Stage::Watching(current + 1));
        if !events.is_empty() {
            self.tell(id, Response::Watch(WatchResponse { events, ..WatchResponse::default() }));
        }
    }

    // ---- members ----

    fn members(&self, place: usize) -> Vec<etcd_kv::api::Member> {
        let membership = self.servers[place].node.membership();
        let ids = membership.voters.iter().chain(&membership.outgoing).chain(&membership.learners);
        let mut ids: Vec<NodeId> = ids.copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut members: Vec<_> = ids
            .into_iter()
            .map(|id| {
                // A member has told its name once it has carried something out.
                let started = self
                    .server(id)
                    .filter(|s| !membership.is_learner(id) || s.power != Power::Crashed);
                member(id, started, membership.is_learner(id))
            })
            .collect();
        members.sort_unstable_by_key(|member| member.id);
        members
    }

    fn add_member(&mut self, place: usize, id: u64, peer_urls: &[String], is_learner: bool) {
        let membership = self.servers[place].node.membership();
        let next = NodeId(self.servers.len() as u64 + 1);
        let Some(url) = peer_urls.first().filter(|url| url.starts_with("http")) else {
            return self.end_call(id, Err(Error::MemberBadUrls));
        };
        let known = (1..=self.servers.len() as u64).map(NodeId);
        let named = known.clone().find(|n| *url == crate::etcd::peer_url(*n));
        let about = named.unwrap_or(next);
        if membership.contains(about) {
            return self.end_call(id, Err(Error::PeerUrlExist));
        }
        if is_learner && !membership.learners.is_empty() {
            return self.end_call(id, Err(Error::TooManyLearners));
        }
        if about.0 > MAX_SERVERS {
            return self.end_call(id, Err(Error::UnhealthyCluster));
        }
        let change =
            if is_learner { MemberChange::AddLearner(about) } else { MemberChange::Add(about) };
        self.change_members(id, change, about, false);
    }

    fn promote_member(&mut self, place: usize, id: u64, who: u64) {
        let membership = self.servers[place].node.membership();
        let about = server_of(who, self.servers.len()).filter(|about| membership.contains(*about));
        let Some(about) = about else { return self.end_call(id, Err(Error::MemberNotFound)) };
        if !membership.is_learner(about) {
            return self.end_call(id, Err(Error::MemberNotLearner));
        }
        // The leader says whether it has nine tenths of what the leader has (`readyPercent`).
        let Some(leader) = self.leader() else { return self.set_stage(id, Stage::NoLeader) };
        let Role::Leader(state) = leader.node.role() else { return };
        let progress = state.progress().iter().find(|(id, _)| *id == about);
        let has = progress.map_or(0, |(_, progress)| progress.match_index);
        if has * 10 < leader.node.log().last_index() * 9 {
            return self.end_call(id, Err(Error::LearnerNotReady));
        }
        self.change_members(id, MemberChange::Promote(about), about, false);
    }

    fn change_members(&mut self, id: u64, change: MemberChange, about: NodeId, leaves: bool) {
        if self.leader().is_none() {
            return self.set_stage(id, Stage::NoLeader);
        }
        self.set_stage(id, Stage::Membership { about, leaves });
        if self.act(&Command::Member(change)).is_err() {
            // etcd drops a change that comes while another is not carried out yet.
            self.end_call(id, Err(Error::UnhealthyCluster));
        }
    }

    fn move_leader(&mut self, place: usize, id: u64, target: u64) {
        let server = &self.servers[place];
        if !server.is_live_leader() {
            return self.end_call(id, Err(Error::NotLeader));
        }
        let to = server_of(target, self.servers.len());
        match to.filter(|to| server.node.membership().is_voter(*to)) {
            Some(to) if to == server.id => self.end_call(id, Ok(Response::MoveLeader)),
            Some(to) => {
                self.set_stage(id, Stage::MovingLeader(to));
                self.step_node(place, Input::TransferLeader(to));
            }
            None => self.end_call(id, Err(Error::BadLeaderTransferee)),
        }
    }

    fn status(&self, place: usize) -> StatusResponse {
        let server = &self.servers[place];
        let store = server.machine.store();
        let leader = server.node.leader();
        let mut errors = Vec::new();
        if leader.is_none() {
            errors.push(Error::NoLeader.to_string());
        }
        for (member, alarm) in store.alarms() {
            let name = match alarm {
                AlarmType::None => "NONE",
                AlarmType::NoSpace => "NOSPACE",
                AlarmType::Corrupt => "CORRUPT",
            };
            errors.push(format!("memberID:{member} alarm:{name} "));
        }
        let size = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        StatusResponse {
            version: etcd_kv::VERSION.into(),
            db_size: size(self.file_size(server.id)),
            db_size_in_use: size(store.size_in_use()),
            leader: leader.map_or(0, member_id),
            raft_index: server.node.commit_index(),
            raft_term: server.node.term(),
            raft_applied_index: server.node.applied_index(),
            errors,
            is_learner: server.is_learner(),
        }
    }

    // ---- waiting ----

    /// After a server has done something: what its calls waited for may have come about.
    pub(super) fn look_at_calls(&mut self, place: usize) {
        let (server, leader) = (self.servers[place].id, self.servers[place].node.leader());
        let waiting: Vec<(u64, Stage)> = (self.etcd.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, open)| (*id, open.stage.clone()))
            .collect();
        for (id, stage) in waiting {
            match stage {
                Stage::NoLeader if leader.is_some() => self.go_on(place, id),
                Stage::Membership { about, leaves } => {
                    let membership = self.servers[place].node.membership();
                    let done = if leaves {
                        !membership.contains(about)
                    } else {
                        let wants_learner = self.etcd.calls.get(&id).is_some_and(|open| {
                            matches!(&*open.call, Call::MemberAdd { is_learner: true, .. })
                        });
                        membership.contains(about) && membership.is_learner(about) == wants_learner
                    };
                    if done {
                        let members = self.members(place);
                        let added = (!leaves).then(|| member_id(about));
                        self.end_call(id, Ok(Response::Members { members, added }));
                    }
                }
                Stage::MovingLeader(to) if leader == Some(to) => {
                    self.end_call(id, Ok(Response::MoveLeader));
                }
                Stage::NoLeader
                | Stage::MovingLeader(_)
                | Stage::Inbox
                | Stage::InLog
                | Stage::Reading
                | Stage::AskingLeader
                | Stage::Watching(_) => {}
            }
        }
    }

    /// A call that has waited for a leader goes on.
    fn go_on(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get_mut(&id) else { return };
        // What follows may come by here again: it does not wait for a leader meanwhile.
        open.stage = Stage::Inbox;
        let call = open.call.clone();
        if let Call::Write(write) = &*call
            && !reads(write)
        {
            // Checked and numbered when it came.
            self.propose_call(place, id, write);
        } else {
            self.carry_out_call(place, id, &call);
        }
    }

    /// A call is looked after: its leader may be asked now, or its time is up.
    pub(super) fn look_after_call(&mut self, id: u64) {
        let patience = self.patience();
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let place = place_of(open.server);
        let (stage, over) = (open.stage.clone(), self.now >= open.asked_at + patience);
        match stage {
            Stage::Watching(_) => {}
            Stage::Inbox => {}
            Stage::AskingLeader if !over => {
                let from = self.servers[place].id;
                let leader = self.servers[place].node.leader().and_then(|to| self.server(to));
                let reached = leader.filter(|leader| {
                    leader.is_live_leader()
                        && !self.network.is_blocked(from, leader.id)
                        && !self.network.is_blocked(leader.id, from)
                });
                match reached.map(|leader| place_of(leader.id)) {
                    Some(leader) => self.answer_of_lease(leader, id),
                    None => {
                        self.queue.push(self.now + CLIENT_RETRY, Due::Call { call: id });
                    }
                }
            }
            Stage::NoLeader if over => {
                // A write has never been proposed: its context ends. A read has its own word.
                let is_write = matches!(&*open.call, Call::Write(write) if !reads(write));
                let error = if is_write { Error::DeadlineExceeded } else { Error::Timeout };
                self.end_call(id, Err(error));
            }
            Stage::MovingLeader(_) if over => {
                self.end_call(id, Err(Error::TimeoutLeaderTransfer));
            }
            Stage::InLog if over => {
                let server = &self.servers[place];
                let alone = server.node.leader().is_none() || server.node.is_leader();
                let error = if alone { Error::TimeoutDueToConnectionLost } else { Error::Timeout };
                self.end_call(id, Err(error));
            }
            Stage::Reading | Stage::AskingLeader | Stage::Membership { .. } if over => {
                self.end_call(id, Err(Error::Timeout));
            }
            Stage::NoLeader
            | Stage::MovingLeader(_)
            | Stage::InLog
            | Stage::Reading
            | Stage::AskingLeader
            | Stage::Membership { .. } => {}
        }
    }

    /// A member went down: nobody gets an answer from it any more.
    pub(super) fn lose_calls(&mut self, place: usize) {
        let server = self.servers[place].id;
        self.etcd.leases.remove(&server.0);
        let lost: Vec<u64> = (self.etcd.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.close_call(id, Err(CallError::ConnectionLost));
        }
    }

    /// The database file has grown with what was carried out; only defragmenting makes it smaller.
    pub(super) fn note_file_size(&mut self, place: usize, before: u64) {
        let server = &self.servers[place];
        if server.machine.store().size_in_use() < before {
            let key = server.id.0;
            let known = self.etcd.file_sizes.get(&key).copied().unwrap_or(0);
            self.etcd.file_sizes.insert(key, known.max(before));
        }
    }
}

/// What of a call is shown while it is followed, and how it goes; `None` where it is no request for
/// keys.
fn followed_as(call: &Call) -> Option<(String, Road)> {
    if let Call::Write(Write::Txn(txn)) = call
        && is_read_only(txn)
    {
        let road = if is_serializable(txn) { Road::Local } else { Road::Confirmed };
        Some(("txn".into(), road))
    } else if let Call::Write(write) = call {
        Some((describe_write(write), Road::Log))
    } else if let Call::Range(range) = call {
        let road = if range.serializable { Road::Local } else { Road::Confirmed };
        Some((format!("get {}", text_of(&range.key)), road))
    } else {
        None
    }
}

fn reads(write: &Write) -> bool {
    matches!(write, Write::Txn(txn) if is_read_only(txn))
}

/// What a member without a vote answers (etcd 3.4: serializable reads and its status).
fn for_learners(call: &Call) -> bool {
    matches!(call, Call::Status) || matches!(call, Call::Range(range) if range.serializable)
}
