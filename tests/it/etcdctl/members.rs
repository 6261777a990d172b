//! Members that share one store and agree at once: enough of a cluster to run a console against.
//! What a member without a quorum cannot answer waits, and is refused as etcd refuses it.

use etcd_kv::api::*;
use etcd_kv::console::{CallError, Endpoint};
use etcd_kv::{Error, MIN_LEASE_TTL, Store, Version, check, is_read_only};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a member waits for the log before it refuses.
const PATIENCE_US: u64 = 7_000_000;

/// What a member says to a call.
pub type Answer = Result<(Header, Response), CallError>;
/// Who asked, and under which ticket.
pub type Asker = (usize, u32);

/// What the shell needs of a cluster.
pub trait Cluster {
    /// A call to the endpoint of this number.
    fn call(&mut self, asker: Asker, endpoint: usize, call: Call, token: Option<Arc<str>>);
    /// Nobody waits for the answer any more.
    fn cancel(&mut self, asker: Asker);
    /// The next answer that is there.
    fn answer(&mut self) -> Option<(Asker, Answer)>;
    /// When it next does something on its own.
    fn due_us(&mut self) -> Option<u64>;
    /// Lets time pass, up to then.
    fn advance(&mut self, now_us: u64);
    /// The members as a console finds them.
    fn endpoints(&self) -> Vec<Endpoint>;
    /// Ends a member's process at once.
    fn kill(&mut self, member: usize);
    /// Starts it again.
    fn restart(&mut self, member: usize);
    /// Has this member lead, now or in a moment.
    fn elect(&mut self, leader: usize);
    /// The version that the members are of.
    fn version(&self) -> Version;
}

/// A member as a console finds it.
pub fn endpoint(member: &Member, cors: &[String]) -> Endpoint {
    Endpoint {
        name: member.name.clone(),
        client_url: member.client_urls[0].clone(),
        peer_url: member.peer_urls.first().cloned().unwrap_or_default(),
        member_id: member.id,
        cors: cors.to_vec(),
    }
}

/// Members over one store.
pub struct Shared {
    store: Store,
    version: Version,
    cluster_id: u64,
    members: Vec<Member>,
    alive: Vec<bool>,
    cors: Vec<Vec<String>>,
    leader: Option<usize>,
    term: u64,
    index: u64,
    last_lease: LeaseId,
    /// The id that the latest new member got.
    pub last_member: u64,
    expiries: BTreeMap<LeaseId, u64>,
    waiting: Vec<(Asker, usize, Call, u64)>,
    watches: Vec<(Asker, usize, WatchCreateRequest)>,
    answers: Vec<(Asker, Answer)>,
    now_us: u64,
}

impl Shared {
    pub fn new(cluster_id: u64, members: Vec<Member>, leader: usize, now_us: u64) -> Shared {
        Shared {
            store: Store::default(),
            version: Version::V3_4,
            cluster_id,
            alive: vec![true; members.len()],
            cors: vec![Vec::new(); members.len()],
            members,
            leader: Some(leader),
            term: 2,
            index: 4,
            last_lease: 0x73df_a000_0000_0000,
            last_member: 0xf000_0000_0000_0000,
            expiries: BTreeMap::new(),
            waiting: Vec::new(),
            watches: Vec::new(),
            answers: Vec::new(),
            now_us,
        }
    }

    pub fn let_in(&mut self, member: usize, origins: &[&str]) {
        self.cors[member] = origins.iter().map(|origin| (*origin).into()).collect();
    }

    fn has_quorum(&self) -> bool {
        let voters = || self.members.iter().zip(&self.alive).filter(|(m, _)| !m.is_learner);
        voters().filter(|(_, alive)| **alive).count() * 2 > voters().count()
    }

    fn retry(&mut self) {
        for (asker, endpoint, call, since) in std::mem::take(&mut self.waiting) {
            self.carry_out(asker, endpoint, call, since);
        }
    }

    fn header(&self, endpoint: usize) -> Header {
        Header {
            cluster_id: self.cluster_id,
            member_id: self.members[endpoint].id,
            revision: self.store.revision(),
            raft_term: self.term,
        }
    }

    fn carry_out(&mut self, asker: Asker, endpoint: usize, call: Call, since: u64) {
        if !self.alive.get(endpoint).copied().unwrap_or(false) {
            self.answers.push((asker, Err(CallError::Unavailable)));
            return;
        }
        if let Err(error) = check(&call, self.version) {
            self.answers.push((asker, Err(CallError::Etcd(error))));
            return;
        }
        let is_local = match &call {
            Call::Range(range) => range.serializable,
            Call::MemberList { linearizable } => {
                !linearizable || !self.version.lists_members_linearizably()
            }
            Call::Write(write) => {
                matches!(write, Write::Alarm { action: AlarmAction::Get, .. })
            }
            Call::Watch(_)
            | Call::Status
            | Call::Hash
            | Call::HashKv { .. }
            | Call::Defragment
            | Call::MoveLeader { .. }
            | Call::Downgrade { .. }
            | Call::Snapshot => true,
            Call::LeaseKeepAlive { .. }
            | Call::LeaseTimeToLive { .. }
            | Call::LeaseLeases
            | Call::MemberAdd { .. }
            | Call::MemberRemove { .. }
            | Call::MemberUpdate { .. }
            | Call::MemberPromote { .. } => false,
        };
        if !is_local && self.leader.is_none() {
            self.waiting.push((asker, endpoint, call, since));
            return;
        }
        if let Call::Watch(watch) = call {
            self.open(asker, endpoint, watch);
            return;
        }
        let result = self.answer_to(endpoint, &call);
        let header = self.header(endpoint);
        let result = result.map(|response| (header, response)).map_err(CallError::Etcd);
        self.answers.push((asker, result));
        self.tell();
    }

    fn answer_to(&mut self, endpoint: usize, call: &Call) -> Result<Response, Error> {
        let id = |id: &u64| *id;
        match call {
            Call::Write(Write::Txn(txn)) if is_read_only(txn) => {
                self.store.look(call, self.version)
            }
            Call::Write(write) => self.write(write),
            Call::LeaseKeepAlive { id, .. } => {
                let ttl = self.store.leases().get(id).map_or(0, |lease| lease.ttl);
                if ttl > 0 {
                    self.expiries.insert(*id, self.now_us + ttl.unsigned_abs() * 1_000_000);
                }
                Ok(Response::LeaseKeepAlive { id: *id, ttl })
            }
            Call::LeaseTimeToLive { id, keys } => {
                let left = self.expiries.get(id).map(|expiry| {
                    i64::try_from(expiry.saturating_sub(self.now_us) / 1_000_000).expect("small")
                });
                Ok(self.store.time_to_live(*id, left, *keys))
            }
            Call::MemberList { .. } => Ok(self.listed(None)),
            Call::MemberAdd { peer_urls, is_learner } => {
                if self.members.iter().any(|member| member.peer_urls == *peer_urls) {
                    return Err(Error::PeerUrlExist);
                }
                self.last_member += 1;
                self.members.push(Member {
                    id: self.last_member,
                    name: String::new(),
                    peer_urls: peer_urls.clone(),
                    client_urls: Vec::new(),
                    is_learner: *is_learner,
                });
                self.alive.push(false);
                self.cors.push(Vec::new());
                Ok(self.listed(Some(self.last_member)))
            }
            Call::MemberRemove { id: member } => {
                let at = self.place(id(member))?;
                self.members.remove(at);
                self.alive.remove(at);
                self.cors.remove(at);
                Ok(self.listed(None))
            }
            Call::MemberUpdate { id: member, peer_urls } => {
                let at = self.place(id(member))?;
                self.members[at].peer_urls = peer_urls.clone();
                Ok(self.listed(None))
            }
            Call::MemberPromote { id: member } => {
                let at = self.place(id(member))?;
                match self.members[at].is_learner {
                    true => Err(Error::LearnerNotReady),
                    false => Err(Error::MemberNotLearner),
                }
            }
            Call::Status => {
                let size = i64::try_from(self.store.size_in_use()).expect("small");
                let no_leader = self.leader.is_none().then(|| Error::NoLeader.to_string());
                Ok(Response::Status(StatusResponse {
                    version: self.version.release().into(),
                    db_size: size,
                    db_size_in_use: size,
                    leader: self.leader.map_or(0, |leader| self.members[leader].id),
                    raft_index: self.index,
                    raft_term: self.term,
                    raft_applied_index: self.index,
                    errors: no_leader.into_iter().collect(),
                    is_learner: false,
                }))
            }
            Call::MoveLeader { target } => {
                if self.leader != Some(endpoint) {
                    return Err(Error::NotLeader);
                }
                let at = self.place(id(target)).map_err(|_| Error::BadLeaderTransferee)?;
                self.elect(at);
                Ok(Response::MoveLeader)
            }
            Call::Range(_)
            | Call::Watch(_)
            | Call::LeaseLeases
            | Call::Hash
            | Call::HashKv { .. }
            | Call::Defragment
            | Call::Downgrade { .. }
            | Call::Snapshot => self.store.look(call, self.version),
        }
    }

    fn place(&self, id: u64) -> Result<usize, Error> {
        let place = self.members.iter().position(|member| member.id == id);
        place.ok_or(Error::MemberNotFound)
    }

    fn listed(&self, added: Option<u64>) -> Response {
        let mut members = self.members.clone();
        members.sort_by_key(|member| member.id);
        Response::Members { members, added }
    }

    fn write(&mut self, write: &Write) -> Result<Response, Error> {
        let mut write = write.clone();
        if let Write::LeaseGrant { id: id @ 0, .. } = &mut write {
            self.last_lease += 1;
            *id = self.last_lease;
        }
        self.index += 1;
        let written = self.store.apply(&write, MIN_LEASE_TTL)?;
        if let Written::LeaseGrant { id, ttl, .. } = written {
            self.expiries.insert(id, self.now_us + ttl.unsigned_abs() * 1_000_000);
        }
        if let Write::LeaseRevoke { id } = write {
            self.expiries.remove(&id);
        }
        Ok(Response::Written(written))
    }

    fn open(&mut self, asker: Asker, endpoint: usize, mut watch: WatchCreateRequest) {
        let header = self.header(endpoint);
        let say = |watch| Ok((header, Response::Watch(watch)));
        let created = WatchResponse { created: true, ..WatchResponse::default() };
        self.answers.push((asker, say(created)));
        let compacted = self.store.compacted();
        if watch.start_revision > 0 && watch.start_revision < compacted {
            let canceled = WatchResponse {
                canceled: true,
                compact_revision: compacted,
                ..WatchResponse::default()
            };
            self.answers.push((asker, say(canceled)));
            return;
        }
        if watch.start_revision <= 0 {
            watch.start_revision = self.store.revision() + 1;
        }
        // The past comes in one message.
        let to = self.store.revision();
        if watch.start_revision <= to {
            let (from, prev) = (watch.start_revision, watch.prev_kv);
            let events = self.store.events(&watch.key, &watch.range_end, from, to, prev);
            let past = WatchResponse { events, ..WatchResponse::default() };
            if !past.events.is_empty() {
                self.answers.push((asker, say(past)));
            }
            watch.start_revision = to + 1;
        }
        self.watches.push((asker, endpoint, watch));
    }

    /// Sends every watch what is new, one revision at a time.
    fn tell(&mut self) {
        let to = self.store.revision();
        for (asker, endpoint, watch) in &mut self.watches {
            while watch.start_revision <= to {
                let at = watch.start_revision;
                let mut events =
                    self.store.events(&watch.key, &watch.range_end, at, at, watch.prev_kv);
                events.retain(|event| match event.kind {
                    EventKind::Put => !watch.no_put,
                    EventKind::Delete => !watch.no_delete,
                });
                if !events.is_empty() {
                    let header = Header {
                        cluster_id: self.cluster_id,
                        member_id: self.members[*endpoint].id,
                        revision: at,
                        raft_term: self.term,
                    };
                    let response = WatchResponse { events, ..WatchResponse::default() };
                    self.answers.push((*asker, Ok((header, Response::Watch(response)))));
                }
                watch.start_revision += 1;
            }
        }
    }
}

impl Cluster for Shared {
    fn call(&mut self, asker: Asker, endpoint: usize, call: Call, _token: Option<Arc<str>>) {
        self.carry_out(asker, endpoint, call, self.now_us);
    }

    fn cancel(&mut self, asker: Asker) {
        self.waiting.retain(|(waits, _, _, _)| *waits != asker);
        self.watches.retain(|(watches, _, _)| *watches != asker);
        self.answers.retain(|(waits, _)| *waits != asker);
    }

    fn answer(&mut self) -> Option<(Asker, Answer)> {
        if self.answers.is_empty() { None } else { Some(self.answers.remove(0)) }
    }

    fn due_us(&mut self) -> Option<u64> {
        let refusals = self.waiting.iter().map(|(_, _, _, since)| since + PATIENCE_US);
        let expiries = self.leader.iter().flat_map(|_| self.expiries.values().copied());
        refusals.chain(expiries).min()
    }

    fn advance(&mut self, now_us: u64) {
        self.now_us = now_us;
        let is_late =
            |(_, _, _, since): &mut (Asker, usize, Call, u64)| *since + PATIENCE_US <= now_us;
        for (asker, _, call, _) in self.waiting.extract_if(.., is_late) {
            let is_read = matches!(call, Call::Range(_));
            let error = if is_read { Error::Timeout } else { Error::DeadlineExceeded };
            self.answers.push((asker, Err(CallError::Etcd(error))));
        }
        if self.leader.is_some() {
            let over: Vec<LeaseId> = self
                .expiries
                .iter()
                .filter(|(_, expiry)| **expiry <= now_us)
                .map(|(id, _)| *id)
                .collect();
            for id in over {
                self.expiries.remove(&id);
                self.write(&Write::LeaseRevoke { id }).expect("it is there");
                self.tell();
            }
        }
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        let members =
            self.members.iter().zip(&self.cors).filter(|(m, _)| !m.client_urls.is_empty());
        members.map(|(member, cors)| endpoint(member, cors)).collect()
    }

    fn kill(&mut self, member: usize) {
        self.alive[member] = false;
        self.leader = self.leader.filter(|leader| *leader != member && self.has_quorum());
        for (asker, _, _, _) in self.waiting.extract_if(.., |(_, at, _, _)| *at == member) {
            self.answers.push((asker, Err(CallError::ConnectionLost)));
        }
        for (asker, _, _) in self.watches.extract_if(.., |(_, at, _)| *at == member) {
            self.answers.push((asker, Err(CallError::ConnectionLost)));
        }
    }

    fn restart(&mut self, member: usize) {
        self.alive[member] = true;
    }

    fn version(&self) -> Version {
        self.version
    }

    fn elect(&mut self, leader: usize) {
        assert!(self.alive[leader] && self.has_quorum());
        self.leader = Some(leader);
        self.term += 1;
        self.index += 1;
        // A new leader does not know how much time the leases had left.
        for (id, expiry) in &mut self.expiries {
            let ttl = self.store.leases().get(id).map_or(0, |lease| lease.ttl);
            *expiry = self.now_us + ttl.unsigned_abs() * 1_000_000;
        }
        self.retry();
    }
}
