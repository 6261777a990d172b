//! One member alone, whose log commits at once: what a call does and answers when there is nobody
//! to ask. Recordings are replayed on it; the simulated cluster goes through a real log.

mod look;
mod membership;

use crate::api::*;
use crate::auth::{Author, permits};
use crate::concurrency::{Next, Recipe, Served, Service};
use crate::members::Members;
use crate::{Error, Store, Version, check, is_read_only, proposed};

/// The least time to live of a lease with etcd's own timings, in seconds: one and a half election
/// timeouts of 1 s, rounded up.
pub const MIN_LEASE_TTL: i64 = 2;

/// A cluster of one. No time passes in it: of a lease that was not kept alive the first second has
/// begun.
#[derive(Clone, Debug)]
pub struct Solo {
    store: Store,
    version: Version,
    me: u64,
    members: Members,
    last_lease: LeaseId,
    last_token: u64,
    last_member: u64,
}

impl Default for Solo {
    fn default() -> Solo {
        let member = Member {
            id: 1,
            name: "default".into(),
            peer_urls: vec!["http://localhost:2380".into()],
            client_urls: vec!["http://localhost:2379".into()],
            is_learner: false,
        };
        Solo::new(Version::default(), member)
    }
}

impl Solo {
    /// A member of this version that has stored nothing.
    pub fn new(version: Version, member: Member) -> Solo {
        Solo {
            store: Store::default(),
            version,
            me: member.id,
            last_member: member.id,
            members: Members::new(vec![member]),
            last_lease: 0,
            last_token: 0,
        }
    }

    /// What it holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The version that it is of.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The head of its answers, without ids and term.
    pub fn header(&self) -> Header {
        Header { revision: self.store.revision(), ..Header::default() }
    }

    /// Carries out a call of a client who shows no token. A watch answers with all that has
    /// happened since its start revision.
    ///
    /// # Errors
    /// etcd's own.
    pub fn call(&mut self, call: &Call) -> Result<Response, Error> {
        self.call_as(None, call)
    }

    /// Carries out a call of a client who shows a token.
    ///
    /// # Errors
    /// etcd's own.
    pub fn call_as(&mut self, token: Option<&str>, call: &Call) -> Result<Response, Error> {
        check(call, self.version)?;
        let user = self.store.auth().who(token, self.version)?;
        if proposed(call).is_none() {
            permits(&self.store, user, call, self.version)?;
        }
        let author = self.store.auth().author(user, self.version);
        match call {
            Call::Write(Write::Txn(txn)) if is_read_only(txn) => {
                self.store.look(call, self.version)
            }
            Call::Write(write) => self.write(author.as_ref(), write),
            Call::MemberList { .. } => Ok(self.listed(None)),
            Call::MemberAdd { peer_urls, is_learner } => self.add_member(peer_urls, *is_learner),
            Call::MemberRemove { id } => self.remove_member(*id),
            Call::MemberUpdate { id, peer_urls } => {
                self.members.update(*id, peer_urls)?;
                Ok(self.listed(None))
            }
            Call::MemberPromote { id } => self.promote_member(*id),
            Call::MoveLeader { target } if self.members.get(*target).is_some() => {
                Ok(Response::MoveLeader)
            }
            Call::MoveLeader { .. } => Err(Error::BadLeaderTransferee),
            Call::Downgrade { action, version } => {
                let answer = self.version.downgrade(*action, version);
                answer.map(|version| Response::Downgrade { version })
            }
            Call::LeaseKeepAlive { id, .. } => {
                let ttl = self.store.leases().get(id).map_or(0, |lease| lease.ttl);
                Ok(Response::LeaseKeepAlive { id: *id, ttl })
            }
            Call::LeaseTimeToLive { id, keys } => {
                let left = self.store.leases().get(id).map(|lease| lease.ttl - 1);
                Ok(self.store.time_to_live(*id, left, *keys))
            }
            Call::Status => Ok(Response::Status(self.status())),
            Call::Range(_)
            | Call::Watch(_)
            | Call::LeaseLeases
            | Call::Hash
            | Call::HashKv { .. }
            | Call::Defragment
            | Call::Snapshot => self.store.look(call, self.version),
        }
    }

    fn status(&self) -> StatusResponse {
        let size = i64::try_from(self.store.size_in_use()).unwrap_or(i64::MAX);
        StatusResponse {
            version: self.version.release().into(),
            db_size: size,
            db_size_in_use: size,
            leader: 0,
            raft_index: 0,
            raft_term: 0,
            raft_applied_index: 0,
            errors: Vec::new(),
            is_learner: false,
        }
    }

    /// Every message of a watch, up to now: that it began, then what has happened since its start
    /// revision or why it ended.
    pub fn watch(&self, token: Option<&str>, request: &WatchCreateRequest) -> Vec<WatchResponse> {
        let (store, version) = (&self.store, self.version);
        let call = Call::Watch(request.clone());
        let who = store.auth().who(token, version);
        let may = who.and_then(|user| permits(store, user, &call, version));
        let (mut messages, next) = store.begin_watch(request, may, version);
        if let Some(next) = next {
            let events = store.watched(request, next, version);
            let watch_id = request.watch_id;
            if !events.is_empty() {
                messages.push(WatchResponse { watch_id, events, ..WatchResponse::default() });
            }
        }
        messages
    }

    /// Serves locks and elections, as far as that goes without anybody else: what is answered, in
    /// order. Nothing where it waits for others.
    pub fn serve(&mut self, token: Option<&str>, service: Service) -> Vec<Result<Served, String>> {
        let (mut recipe, mut next) = Recipe::new(service);
        let mut told = Vec::new();
        loop {
            let call = match next {
                Next::Ask(call) => call,
                Next::Wait => return told,
                Next::Answer(answer) => {
                    told.push(answer);
                    return told;
                }
                Next::Tell(served, call) => {
                    told.extend(served.into_iter().map(Ok));
                    match call {
                        Some(call) => call,
                        None => return told,
                    }
                }
            };
            let answer = self.call_as(token, &call);
            next = recipe.next(answer.map(|response| (self.header(), response)));
        }
    }

    fn write(&mut self, author: Option<&Author>, write: &Write) -> Result<Response, Error> {
        let chosen = if let Write::LeaseGrant { id: 0, ttl } = write {
            self.last_lease += 1;
            Some(Write::LeaseGrant { id: self.last_lease, ttl: *ttl })
        } else if let Write::Auth(AuthRequest::Authenticate { name, password, .. }) = write {
            self.store.auth().check_password(name, password)?;
            self.last_token += 1;
            let token = format!("token.{}", self.last_token);
            let (name, password) = (name.clone(), password.clone());
            Some(Write::Auth(AuthRequest::Authenticate { name, password, token }))
        } else {
            None
        };
        let write = chosen.as_ref().unwrap_or(write);
        self.store.apply_for(author, write, MIN_LEASE_TTL).map(Response::Written)
    }
}
