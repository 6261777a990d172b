//! Servers as etcd members: what becomes of a call, from the member that takes it to its answer.
//! Writes go through the log, linearizable reads through a confirmed leader, the rest is local.

mod calling;
pub(crate) mod files;
mod histories;
mod leases;
mod members;
mod tokens;
mod waiting;
mod watches;

use super::alarms::Wake;
use super::machines::Machines;
use super::{Before, Cx};
use crate::MAX_SERVERS;
use crate::client::{CLIENT_RETRY, Stale};
use crate::cluster::{Cluster, Effect, ordinal_of};
use crate::command::MemberChange;
use crate::etcd::{
    Becomes, CallResult, Caller, Countdown, Etcd, LEASE_LOOK, LEASE_RETRY, Letter, MAX_CALLS,
    OpenCall, REQUEST_TIMEOUT, Stage, Told, client_url, lasts, peer_url, seconds_left,
};
use crate::followed::Route;
use crate::machine::{Request, SessionId, describe_write, text_of};
use crate::server::{Arrival, Power, Server, Standing};
use crate::trace::What;
use etcd_kv::api::{
    AlarmAction, AlarmType, AuthRequest, Call, EventKind, Header, LeaseId, Member, Response,
    StatusResponse, WatchCreateRequest, WatchResponse, Write, Written,
};
use etcd_kv::auth::{Author, permits};
use etcd_kv::console::CallError;
use etcd_kv::{Error, is_read_only, is_serializable, puts_anything};
use raft_check::linear::RegisterOperation;
use raft_core::{
    ChangeKind, ConfigChange, Input, Micros, NodeId, Payload, Proposal, Role, SmallMap, sort_few,
};
use std::sync::Arc;

/// What the watcher of clients' histories calls etcd's requests: no client of the others has this
/// number.
const WRITES_OF_ETCD: u64 = (u32::MAX as u64) << 32;

/// The cluster's id.
pub(crate) fn cluster_id(cluster: &Cluster) -> u64 {
    crate::chance::mix(cluster.settings.seed, 0x6574_6364)
}

impl Etcd {
    /// What stands at the head of a member's answers.
    pub(crate) fn header(&self, cluster: &Cluster, machines: &Machines, id: NodeId) -> Header {
        Header {
            cluster_id: cluster_id(cluster),
            member_id: cluster.member_id(id),
            revision: machines.get(id).map_or(0, |machine| machine.store().revision()),
            raft_term: cluster.server(id).map_or(0, applied_term),
        }
    }

    /// The bytes of a member's database file.
    pub(crate) fn file_size(&self, machines: &Machines, id: NodeId) -> u64 {
        let used = machines.get(id).map_or(0, |machine| machine.store().size_in_use());
        self.file_sizes.get(&id.0).map_or(used, |size| used.max(*size))
    }

    /// A member has carried out one of etcd's writes, or had when its process began.
    pub(crate) fn applied(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        index: u64,
        write: &Write,
        before: Before,
    ) {
        self.count_leases(cx, ordinal, write);
        if before.index < index {
            self.note_token(cx, ordinal, write);
        }
        self.record_changes(cx, ordinal, index);
        self.note_file_size(cx, ordinal, before.used);
    }

    /// After a server has done something: it may lead by now or no more, and what its calls waited
    /// for may have come about.
    pub(crate) fn settled(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        if !self.is_idle() {
            self.publish(cx, ordinal);
            self.watch_for_leader(cx, ordinal);
            self.change_lessor(cx, ordinal);
            self.check_on_calls(cx, ordinal);
        }
    }

    /// Whether this number is of a call, and not of a plain client's request.
    pub(crate) fn is_call(&self, id: u64) -> bool {
        self.calls.get(&id).is_some()
    }

    /// A member takes a call in hand.
    pub(crate) fn take_call(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.calls.get(&id) else { return };
        let (call, token) = (open.call.clone(), open.token.clone());
        let patience = self.patience(cx, ordinal);
        let sequence =
            cx.cluster.set_alarm(cx.cluster.now + patience, Wake::Call { call: id }.alarm());
        if let Some(open) = self.calls.get_mut(&id) {
            open.sequence = sequence;
        }
        let token = token.as_deref().map(|token| self.known_token(cx, ordinal, token));
        let may = self.may(cx, ordinal, token, &call).map(|author| {
            if let Some(open) = self.calls.get_mut(&id) {
                open.author = author.map_or_else(Arc::default, |author| author.encode().into());
            }
        });
        let is_learner = cx.cluster.servers[ordinal].is_learner();
        if is_learner && !for_learners(&call, cx.cluster.settings.etcd) {
            return self.end_call(cx, id, Err(Error::NotSupportedForLearner));
        }
        if call.requires_leader() && cx.cluster.servers[ordinal].node.leader().is_none() {
            return self.end_call(cx, id, Err(Error::NoLeader));
        }
        if let Call::Watch(watch) = &*call {
            return self.begin_watch(cx, ordinal, id, watch, may);
        }
        if let Err(error) = may {
            return self.end_call(cx, id, Err(error));
        }
        self.carry_out_call(cx, ordinal, id, &call);
    }

    /// Whether a member takes a call in hand, by its form and by who asks: then as whom it is
    /// proposed. Who may write is seen when it is carried out; who may read, when it is read.
    fn may(
        &self,
        cx: &Cx<'_>,
        ordinal: usize,
        token: Option<&str>,
        call: &Call,
    ) -> Result<Option<Author>, Error> {
        let version = cx.cluster.settings.etcd;
        let store = cx.machines[ordinal].store();
        etcd_kv::check(call, version)?;
        if etcd_kv::reads_latest(call) {
            return Ok(None);
        }
        let user = store.auth().who(token, version)?;
        if etcd_kv::proposed(call).is_none() {
            permits(store, user, call, version)?;
        }
        Ok(store.auth().author(user, version))
    }

    fn carry_out_call(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, call: &Call) {
        match call {
            Call::Write(Write::Txn(txn)) if is_read_only(txn) && is_serializable(txn) => {
                self.look(cx, ordinal, id);
            }
            Call::Write(Write::Txn(txn)) if is_read_only(txn) => self.read_call(cx, ordinal, id),
            Call::Write(write) => self.write_call(cx, ordinal, id, write),
            Call::Range(range) if range.serializable => self.look(cx, ordinal, id),
            Call::Range(_) => self.read_call(cx, ordinal, id),
            // It has begun when it came.
            Call::Watch(_) => {}
            // What only the leader knows.
            Call::LeaseKeepAlive { .. }
            | Call::LeaseTimeToLive { .. }
            | Call::MemberPromote { .. } => {
                self.ask_leader(cx, ordinal, id);
            }
            Call::LeaseLeases | Call::Hash | Call::HashKv { .. } | Call::Snapshot => {
                self.look(cx, ordinal, id);
            }
            Call::Defragment => {
                self.file_sizes.remove(&cx.cluster.servers[ordinal].id.0);
                self.end_call(cx, id, Ok(Response::Defragment));
            }
            Call::MemberList { linearizable: true }
                if cx.cluster.settings.etcd.lists_members_linearizably() =>
            {
                self.read_call(cx, ordinal, id);
            }
            Call::MemberList { .. } => self.look(cx, ordinal, id),
            Call::MemberAdd { .. } | Call::MemberRemove { .. } | Call::MemberUpdate { .. } => {
                self.change_member(cx, ordinal, id, call);
            }
            Call::Status => {
                let status = self.status(cx, ordinal);
                self.end_call(cx, id, Ok(Response::Status(status)));
            }
            Call::MoveLeader { target } => self.move_leader(cx, ordinal, id, *target),
            Call::Downgrade { action, version } => {
                let spoken = cx.cluster.settings.etcd;
                let answer = spoken.downgrade(*action, version);
                self.end_call(cx, id, answer.map(|version| Response::Downgrade { version }));
            }
        }
    }

    /// How long a member waits for its cluster: 5 s and two election timeouts.
    fn patience(&self, cx: &Cx<'_>, ordinal: usize) -> Micros {
        REQUEST_TIMEOUT + 2 * cx.cluster.live_of(ordinal).election_timeout.min
    }

    fn set_stage(&mut self, id: u64, stage: Stage) {
        if let Some(open) = self.calls.get_mut(&id) {
            open.stage = stage;
        }
    }

    /// An answer that is not the last.
    fn tell(&mut self, cx: &mut Cx<'_>, id: u64, response: Response) {
        let Some(open) = self.calls.get_mut(&id) else { return };
        open.answers += 1;
        let (caller, from) = (open.caller, (open.server, open.answers));
        let header = self.header(cx.cluster, cx.machines, from.0);
        self.post(cx, from, Letter::new(caller, Ok((header, response))), true);
    }

    fn end_call(&mut self, cx: &mut Cx<'_>, id: u64, result: Result<Response, Error>) {
        self.end_read(cx, id, result, None);
    }

    /// The same, where the answer may miss something.
    fn end_read(
        &mut self,
        cx: &mut Cx<'_>,
        id: u64,
        result: Result<Response, Error>,
        stale: Option<Stale>,
    ) {
        let Some(open) = self.calls.get(&id) else { return };
        let header = self.header(cx.cluster, cx.machines, open.server);
        let result = result.map(|response| (header, response)).map_err(CallError::Etcd);
        self.close_call(cx, id, result, stale);
    }

    fn close_call(&mut self, cx: &mut Cx<'_>, id: u64, result: CallResult, stale: Option<Stale>) {
        self.record_read(cx, id, result.as_ref().ok());
        let Some(open) = self.calls.remove(&id) else { return };
        cx.follow_to_the_end(id, result.is_ok());
        if let (Ok(_) | Err(CallError::Etcd(_)), Some(session)) = (&result, open.session)
            && open.stage != Stage::InLog
        {
            cx.desk.is_idle_again(session);
        }
        let is_stream = matches!(open.stage, Stage::Watching(_));
        let letter = Letter { to: open.caller, result, stale };
        self.post(cx, (open.server, open.answers + 1), letter, is_stream);
    }

    // ---- writes ----

    fn write_call(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, write: &Write) {
        let mut write = write.clone();
        if let Write::LeaseGrant { id: lease, ttl } = &mut write {
            // One and a half election timeouts, in whole seconds (`lessor.go`, `minLeaseTTL`).
            let timeout = cx.cluster.live_of(ordinal).election_timeout.min;
            let least = (3 * timeout).div_ceil(2).div_ceil(1_000_000);
            *ttl = (*ttl).max(i64::try_from(least).unwrap_or(i64::MAX));
            if *lease == 0 {
                self.leases_made += 1;
                *lease = lease_id(&cx.cluster.servers[ordinal], self.leases_made);
            }
        }
        if let Write::Auth(AuthRequest::Authenticate { name, password, token }) = &mut write {
            let known = cx.machines[ordinal].store().auth().check_password(name, password);
            if let Err(error) = known {
                return self.end_call(cx, id, Err(error));
            }
            *token = self.new_token(cx, ordinal);
        }
        if self.is_over_quota(cx, ordinal, &write) {
            let member = cx.cluster.servers[ordinal].member_id();
            let alarm =
                Write::Alarm { action: AlarmAction::Activate, member, alarm: AlarmType::NoSpace };
            self.submit(cx, ordinal, SessionId::NOBODY, &[], &alarm);
            return self.end_call(cx, id, Err(Error::NoSpace));
        }
        let session = cx.desk.session();
        if let Some(open) = self.calls.get_mut(&id) {
            open.session = Some(session);
            if let Some(followed) = cx.desk.followed.as_mut().filter(|followed| followed.id == id) {
                Arc::make_mut(followed).session = Some(session);
            }
            let has_chosen = matches!(
                &*open.call,
                Call::Write(
                    Write::LeaseGrant { .. } | Write::Auth(AuthRequest::Authenticate { .. })
                )
            );
            if has_chosen {
                open.call = Arc::new(Call::Write(write.clone()));
            }
        }
        self.propose_call(cx, ordinal, id, &write);
    }

    fn is_over_quota(&self, cx: &Cx<'_>, ordinal: usize, write: &Write) -> bool {
        let grows = match write {
            Write::Put(_) | Write::LeaseGrant { .. } => true,
            Write::Txn(txn) if cx.cluster.settings.etcd.lets_in_what_adds_nothing() => {
                puts_anything(txn)
            }
            Write::Txn(txn) => !is_read_only(txn),
            Write::DeleteRange(_)
            | Write::Compaction { .. }
            | Write::LeaseRevoke { .. }
            | Write::Alarm { .. }
            | Write::Auth(_) => false,
        };
        let quota = cx.cluster.settings.live.quota;
        let size = self.file_size(cx.machines, cx.cluster.servers[ordinal].id);
        grows && size + etcd_kv::size_of(write) as u64 > quota
    }

    fn propose_call(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, write: &Write) {
        let Some(open) = self.calls.get(&id) else { return };
        let (Some(session), author) = (open.session, open.author.clone()) else { return };
        match self.submit(cx, ordinal, session, &author, write) {
            Some(Proposal::Appended { .. }) => {
                self.set_stage(id, Stage::InLog);
                cx.wait_at(ordinal, session, id);
            }
            Some(Proposal::Forwarded { .. }) => {
                self.set_stage(id, Stage::InLog);
                cx.wait_at(ordinal, session, id);
            }
            Some(Proposal::NotLeader { .. }) => self.set_stage(id, Stage::NoLeader),
            Some(Proposal::Dropped(_)) => self.end_call(cx, id, Err(Error::ProposalDropped)),
            None => {}
        }
    }

    fn submit(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        session: SessionId,
        author: &[u8],
        write: &Write,
    ) -> Option<Proposal> {
        let payload = Request::Etcd { session, author, write: &write.encode() }.encode();
        cx.step(ordinal, Input::Submit(payload))
    }

    /// A call's entry was carried out at its member.
    pub(crate) fn answer_call(
        &mut self,
        cx: &mut Cx<'_>,
        id: u64,
        result: &Result<Written, Error>,
    ) {
        // Its session is free again: it was carried out.
        self.set_stage(id, Stage::Inbox);
        self.end_call(cx, id, result.clone().map(Response::Written));
    }

    // ---- reads ----

    fn read_call(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        self.record_read_call(cx, id);
        if cx.cluster.servers[ordinal].node.leader().is_none() {
            return self.set_stage(id, Stage::NoLeader);
        }
        self.set_stage(id, Stage::Reading);
        cx.ask_read(ordinal, id);
    }

    /// Answers a call from what the member holds.
    pub(crate) fn look(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.calls.get(&id) else { return };
        let (call, committed, token) = (open.call.clone(), open.committed, open.token.clone());
        let token = token.as_deref().map(|token| self.known_token(cx, ordinal, token));
        let result = if let Call::MemberList { .. } = &*call {
            let members = self.members(cx, ordinal);
            Ok(Response::Members { members, added: None })
        } else {
            let (store, version) = (cx.machines[ordinal].store(), cx.cluster.settings.etcd);
            let may = if etcd_kv::reads_latest(&call) {
                let user = store.auth().who(token, version);
                user.and_then(|user| permits(store, user, &call, version))
            } else {
                Ok(())
            };
            may.and_then(|()| store.look(&call, version))
        };
        let stale = cx.stale_answer(ordinal, &call, result.as_ref().ok(), committed);
        self.end_read(cx, id, result, stale);
    }

    fn status(&self, cx: &Cx<'_>, ordinal: usize) -> StatusResponse {
        let server = &cx.cluster.servers[ordinal];
        let store = cx.machines[ordinal].store();
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
            version: cx.cluster.settings.etcd.release().into(),
            db_size: size(self.file_size(cx.machines, server.id)),
            db_size_in_use: size(store.size_in_use()),
            leader: leader.map_or(0, |leader| cx.cluster.member_id(leader)),
            raft_index: server.node.commit_index(),
            raft_term: applied_term(server),
            raft_applied_index: server.node.applied_index(),
            errors,
            is_learner: server.is_learner(),
        }
    }

    /// The database file has grown with what was carried out; only defragmenting makes it smaller.
    pub(crate) fn note_file_size(&mut self, cx: &mut Cx<'_>, ordinal: usize, before: u64) {
        let server = &cx.cluster.servers[ordinal];
        if cx.machines[ordinal].store().size_in_use() < before {
            let key = server.id.0;
            let known = self.file_sizes.get(&key).copied().unwrap_or(0);
            self.file_sizes.insert(key, known.max(before));
        }
    }
}

/// What is shown of a call while it is followed, and its route; `None` if it is not a request for
/// keys.
fn followed_as(call: &Call) -> Option<(String, Route)> {
    if let Call::Write(Write::Txn(txn)) = call
        && is_read_only(txn)
    {
        let route = if is_serializable(txn) { Route::Local } else { Route::Confirmed };
        Some(("txn".into(), route))
    } else if let Call::Write(write) = call {
        Some((describe_write(write), Route::Log))
    } else if let Call::Range(range) = call {
        let route = if range.serializable { Route::Local } else { Route::Confirmed };
        Some((format!("get {}", text_of(&range.key)), route))
    } else {
        None
    }
}

/// A lease's id as members make them: of one member each is higher than the one before (`idutil` of
/// etcd: two bytes of the member's id, then when its process began, then a count).
fn lease_id(server: &Server, nth: u64) -> i64 {
    /// A moment of 2024, in milliseconds: no run knows a date.
    const BEGAN_MS: u64 = 0x018f_0000_0000;
    let began = ((BEGAN_MS + server.since / 1_000) & 0xff_ffff_ffff) << 8;
    let id = (server.member_id() & 0xffff) << 48 | (began + nth);
    (id & 0x7fff_ffff_ffff_ffff).cast_signed().max(1)
}

/// The term that a member tells: that of the last entry that it has carried out, whatever it
/// campaigns in (`setTerm` of etcd).
fn applied_term(server: &Server) -> u64 {
    let node = &server.node;
    let term = node.log().term_at(node.applied_index()).unwrap_or(node.snapshot().position.term);
    // The entries by which a cluster begins, which are not in the log here, are of term 1.
    term.max(node.term().min(1))
}

fn reads(write: &Write) -> bool {
    matches!(write, Write::Txn(txn) if is_read_only(txn))
}

/// What a member without a vote answers: serializable reads, its status and, from 3.5 on, a
/// snapshot (`isRPCSupportedForLearner` and the interceptors of etcd).
fn for_learners(call: &Call, version: etcd_kv::Version) -> bool {
    matches!(call, Call::Status)
        || matches!(call, Call::Range(range) if range.serializable)
        || matches!(call, Call::Snapshot if version.learners_give_snapshots())
}
