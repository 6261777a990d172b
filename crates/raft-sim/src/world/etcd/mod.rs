//! Servers as etcd members: what becomes of a call, from the member that takes it to its answer.
//! Writes go through the log, linearizable reads through a confirmed leader, the rest is local.

mod histories;
mod leases;
mod members;
mod waiting;
mod watches;

use super::alarms::Wake;
use super::{World, place_of};
use crate::MAX_SERVERS;
use crate::client::CLIENT_RETRY;
use crate::command::MemberChange;
use crate::etcd::{
    CallResult, Caller, Countdown, LEASE_LOOK, LEASE_RETRY, MAX_CALLS, OpenCall, REQUEST_TIMEOUT,
    Stage, lasts, member, member_id, seconds_left, server_of,
};
use crate::followed::Road;
use crate::happening::What;
use crate::machine::{Request, SessionId, describe_write, text_of};
use crate::server::{Arrival, Power};
use etcd_kv::api::{
    AlarmAction, AlarmType, Call, EventKind, Header, LeaseId, Response, StatusResponse,
    WatchResponse, Write, Written,
};
use etcd_kv::console::CallError;
use etcd_kv::{Error, is_read_only, is_serializable};
use raft_check::linear::RegisterOperation;
use raft_core::{Input, Micros, NodeId, Payload, Proposal, Role, SmallMap, sort_few};
use std::sync::Arc;

/// What the watcher of clients' histories calls etcd's requests: no client of the others has this
/// number.
const WRITES_OF_ETCD: u64 = (u32::MAX as u64) << 32;

impl World {
    /// The calls in members' hands, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &OpenCall> {
        self.etcd.calls.values()
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> u64 {
        crate::chance::mix(self.cluster.settings.seed, 0x6574_6364)
    }

    /// What stands at the head of a member's answers.
    pub fn header(&self, id: NodeId) -> Header {
        let server = self.server(id);
        Header {
            cluster_id: self.cluster_id(),
            member_id: member_id(id),
            revision: self.machine(id).map_or(0, |machine| machine.store().revision()),
            raft_term: server.map_or(0, |server| server.node.term()),
        }
    }

    /// The bytes of a member's database file.
    pub fn file_size(&self, id: NodeId) -> u64 {
        let used = self.machine(id).map_or(0, |machine| machine.store().size_in_use());
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
        self.cluster.note(|| What::Asked { number: None, server: to });
        let id = self.clients.next_request();
        let open = OpenCall {
            caller,
            server: to,
            call: Arc::new(call),
            asked_at: self.cluster.now,
            committed: self.committed(),
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
                self.cluster.servers[place_of(to)].inbox.push_back(Arrival::Call(id));
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
        let sequence =
            self.cluster.set_alarm(self.cluster.now + patience, Wake::Call { call: id }.alarm());
        if let Some(open) = self.etcd.calls.get_mut(&id) {
            open.sequence = sequence;
        }
        if let Err(error) = etcd_kv::check(&call) {
            return self.end_call(id, Err(error));
        }
        let server = &self.cluster.servers[place];
        if server.is_learner() && !for_learners(&call) {
            return self.end_call(id, Err(Error::NotSupportedForLearner));
        }
        self.carry_out_call(place, id, &call);
    }

    fn carry_out_call(&mut self, place: usize, id: u64, call: &Call) {
        let server = &self.cluster.servers[place];
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
                let next =
                    if from <= 0 { self.machines[place].store().revision() + 1 } else { from };
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
                self.etcd.file_sizes.remove(&self.cluster.servers[place].id.0);
                self.end_call(id, Ok(Response::Defragment));
            }
            Call::MemberList => {
                let members = self.members(place);
                self.end_call(id, Ok(Response::Members { members, added: None }));
            }
            Call::MemberAdd { peer_urls, is_learner } => {
                self.add_member(place, id, peer_urls, *is_learner);
            }
            Call::MemberRemove { id: who } => match server_of(*who, self.cluster.servers.len()) {
                Some(about) if server.node.membership().contains(about) => {
                    self.change_members(place, id, &MemberChange::Remove(about), about, true);
                }
                Some(_) | None => self.end_call(id, Err(Error::MemberNotFound)),
            },
            Call::MemberUpdate { id: who, peer_urls } => {
                let error = match server_of(*who, self.cluster.servers.len()) {
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
        REQUEST_TIMEOUT + 2 * self.cluster.settings.live.election_timeout.min
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
            let least = (3 * self.cluster.settings.live.election_timeout.min)
                .div_ceil(2)
                .div_ceil(1_000_000);
            *ttl = (*ttl).max(i64::try_from(least).unwrap_or(i64::MAX));
            if *lease == 0 {
                self.etcd.leases_made += 1;
                let drawn = crate::chance::mix(self.cluster_id(), self.etcd.leases_made);
                *lease = (drawn & 0x7fff_ffff_ffff_ffff).cast_signed().max(1);
            }
        }
        if self.is_over_quota(place, &write) {
            let member = member_id(self.cluster.servers[place].id);
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
        let quota = self.cluster.settings.live.quota;
        let size = self.file_size(self.cluster.servers[place].id);
        grows && size + etcd_kv::size_of(write) as u64 > quota
    }

    fn propose_call(&mut self, place: usize, id: u64, write: &Write) {
        let Some(session) = self.etcd.calls.get(&id).and_then(|open| open.session) else { return };
        match self.submit(place, session, write) {
            Some(Proposal::Appended { index, .. }) => {
                self.set_stage(id, Stage::InLog);
                self.wait_at(place, session, id);
                self.answer_if_applied(place, session, index);
            }
            Some(Proposal::Forwarded { .. }) => {
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
        self.propose(place, Input::Submit(payload))
    }

    /// A call's entry was carried out at its member.
    pub(super) fn answer_call(&mut self, id: u64, result: &Result<Written, Error>) {
        // Its session is free again: it was carried out.
        self.set_stage(id, Stage::Inbox);
        self.end_call(id, result.clone().map(Response::Written));
    }

    // ---- reads ----

    fn read_call(&mut self, place: usize, id: u64) {
        self.record_read_call(id);
        if self.cluster.servers[place].node.leader().is_none() {
            return self.set_stage(id, Stage::NoLeader);
        }
        self.set_stage(id, Stage::Reading);
        self.ask_read(place, id);
    }

    /// Answers a call from what the member holds.
    pub(super) fn look(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let (call, caller, committed) = (open.call.clone(), open.caller, open.committed);
        let result = self.machines[place].store().look(&call);
        let stale = self.stale_answer(place, &call, result.as_ref().ok(), committed);
        if let Some(console) = stale.and_then(|_| self.console_mut(caller.console)) {
            console.stale = stale;
        }
        self.end_call(id, result);
    }

    fn status(&self, place: usize) -> StatusResponse {
        let server = &self.cluster.servers[place];
        let store = self.machines[place].store();
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

    /// The database file has grown with what was carried out; only defragmenting makes it smaller.
    pub(super) fn note_file_size(&mut self, place: usize, before: u64) {
        let server = &self.cluster.servers[place];
        if self.machines[place].store().size_in_use() < before {
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
