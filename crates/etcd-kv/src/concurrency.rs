//! Locks and elections as a member serves them (etcd's `v3lock` and `v3election`): recipes that
//! come to a few ordinary calls to that same member. A recipe is a machine: it says what it asks,
//! is told the answer, and says what is next.

use crate::api::*;
use crate::{Error, gateway::revision_of};

/// The time to live of a lease that a recipe is granted where none is named, in seconds
/// (`defaultSessionTTL` of etcd's `concurrency` package).
const SESSION_TTL: i64 = 60;

/// Who leads, as an election's winner shows that it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LeaderKey {
    /// The election.
    pub name: Vec<u8>,
    /// The winner's key.
    pub key: Vec<u8>,
    /// The revision that created it.
    pub rev: Revision,
    /// The lease it is attached to.
    pub lease: LeaseId,
}

/// What is asked of locks and elections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Service {
    /// Takes a lock, once it is free.
    Lock {
        /// The lock.
        name: Vec<u8>,
        /// Whose end releases it; 0: one is granted.
        lease: LeaseId,
    },
    /// Releases a lock.
    Unlock {
        /// Its owner's key.
        key: Vec<u8>,
    },
    /// Leads an election, once nobody else does.
    Campaign {
        /// The election.
        name: Vec<u8>,
        /// Whose end is the end of it; 0: one is granted.
        lease: LeaseId,
        /// What is proclaimed.
        value: Vec<u8>,
    },
    /// Changes what is proclaimed.
    Proclaim {
        /// Who leads.
        leader: Option<LeaderKey>,
        /// What is proclaimed.
        value: Vec<u8>,
    },
    /// Who leads.
    Leader {
        /// The election.
        name: Vec<u8>,
    },
    /// Who leads, and what leaders proclaim, from now on.
    Observe {
        /// The election.
        name: Vec<u8>,
    },
    /// Leads no longer.
    Resign {
        /// Who leads.
        leader: Option<LeaderKey>,
    },
}

/// What a recipe came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// It is done.
    Done(Header),
    /// The lock is taken, by this key.
    Locked(Header, Vec<u8>),
    /// The election is won.
    Elected(Header, LeaderKey),
    /// This leads.
    Leader(Header, KeyValue),
}

/// What a recipe does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It asks its member.
    Ask(Call),
    /// It waits for what a watch says.
    Wait,
    /// It answers its client, and is over.
    Answer(Result<Served, String>),
    /// It tells its client, and goes on: with another question, or with the watch it has.
    Tell(Vec<Served>, Option<Call>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Begin,
    /// A lease is granted.
    Session,
    /// Its own key is put, unless it is there.
    Entry,
    /// What it proclaimed before is replaced.
    Correction,
    /// Whoever came before it is looked for.
    Predecessor,
    /// Whoever came before it is watched.
    Watching,
    /// Its own key is looked for once more.
    Check,
    /// The one thing that it asks.
    Last,
    /// Whoever leads is watched.
    Observing,
}

/// A recipe under way.
#[derive(Clone, Debug)]
pub struct Recipe {
    service: Service,
    at: At,
    lease: LeaseId,
    key: Vec<u8>,
    /// The revision of its own key.
    revision: Revision,
    header: Header,
}

impl Recipe {
    /// A recipe that has asked nothing yet, and what it does first.
    pub fn new(service: Service) -> (Recipe, Next) {
        let of = |service: &Service| {
            if let Service::Lock { lease, .. } | Service::Campaign { lease, .. } = service {
                return *lease;
            }
            0
        };
        let lease = of(&service);
        let mut recipe = Recipe {
            service,
            at: At::Begin,
            lease,
            key: Vec::new(),
            revision: 0,
            header: Header::default(),
        };
        let first = recipe.first();
        (recipe, first)
    }

    /// What an election is to proclaim.
    fn value(&self) -> Option<&Vec<u8>> {
        if let Service::Campaign { value, .. } = &self.service { Some(value) } else { None }
    }

    fn ask(&mut self, at: At, call: Call) -> Next {
        self.at = at;
        Next::Ask(call)
    }

    fn first(&mut self) -> Next {
        let no_leader = || Next::Answer(Err("\"leader\" field must be provided".into()));
        match self.service.clone() {
            Service::Lock { .. } | Service::Campaign { .. } if self.lease == 0 => {
                let grant = Write::LeaseGrant { id: 0, ttl: SESSION_TTL };
                self.ask(At::Session, Call::Write(grant))
            }
            Service::Lock { name, .. } | Service::Campaign { name, .. } => self.enter(&name),
            Service::Unlock { key } => {
                let delete = DeleteRangeRequest { key, ..DeleteRangeRequest::default() };
                self.ask(At::Last, Call::Write(Write::DeleteRange(delete)))
            }
            Service::Leader { name } | Service::Observe { name } => {
                self.ask(At::Last, Call::Range(first_of(&prefix(&name))))
            }
            Service::Proclaim { leader: None, .. } | Service::Resign { leader: None } => {
                no_leader()
            }
            Service::Proclaim { leader: Some(leader), value } => {
                let put = put(leader.key.clone(), value, leader.lease);
                self.ask(At::Last, if_created(&leader.key, leader.rev, put))
            }
            Service::Resign { leader: Some(leader) } => {
                let key = leader.key.clone();
                let delete = DeleteRangeRequest { key, ..DeleteRangeRequest::default() };
                self.ask(
                    At::Last,
                    if_created(&leader.key, leader.rev, RequestOp::DeleteRange(delete)),
                )
            }
        }
    }

    /// Puts its own key where it is not there yet.
    fn enter(&mut self, name: &[u8]) -> Next {
        let prefix = prefix(name);
        let lease = if self.lease < 0 {
            format!("-{:x}", self.lease.unsigned_abs())
        } else {
            format!("{:x}", self.lease)
        };
        self.key = [&prefix, lease.as_bytes()].concat();
        let is_lock = matches!(self.service, Service::Lock { .. });
        let value = self.value().cloned().unwrap_or_default();
        let txn = entry(&self.key, value, self.lease, is_lock.then_some(&prefix));
        self.ask(At::Entry, Call::Write(Write::Txn(txn)))
    }

    /// What it does once it has its answer: its watch's next message too.
    pub fn next(&mut self, answer: Result<(Header, Response), Error>) -> Next {
        let (mut header, response) = match answer {
            Ok(answer) => answer,
            Err(error) => return Next::Answer(Err(error.to_string())),
        };
        if let Response::Written(written) = &response {
            header.revision = revision_of(written).unwrap_or(header.revision);
        } else if let Response::Range(range) = &response {
            header.revision = range.revision;
        }
        match (self.at, response) {
            (At::Session, Response::Written(Written::LeaseGrant { id, .. })) => {
                self.lease = id;
                self.first()
            }
            (At::Entry, Response::Written(Written::Txn(txn))) => self.entered(header, &txn),
            (At::Correction, Response::Written(Written::Txn(txn))) if !txn.succeeded => {
                not_leader()
            }
            (At::Correction, _) => self.look_before(),
            (At::Predecessor, Response::Range(range)) => match range.kvs.first() {
                None => self.is_first(),
                Some(kv) => {
                    let watch = watch(kv.key.to_vec(), header.revision);
                    self.ask(At::Watching, watch)
                }
            },
            (At::Watching, Response::Watch(watch)) => {
                if watch.canceled {
                    Next::Answer(Err(Error::Compacted.to_string()))
                } else if is_deleted(&watch) {
                    self.look_before()
                } else {
                    Next::Wait
                }
            }
            (At::Check, Response::Range(range)) if range.kvs.is_empty() => {
                Next::Answer(Err("mutex: session is expired".into()))
            }
            (At::Check, Response::Range(_)) => {
                self.header = header;
                self.done()
            }
            (At::Last, response) => self.last(header, response),
            (At::Observing, Response::Watch(watch)) => self.observed(header, &watch),
            _ => Next::Wait,
        }
    }

    fn entered(&mut self, header: Header, txn: &TxnResponse) -> Next {
        self.header = header;
        self.revision = header.revision;
        let before = if txn.succeeded { None } else { found(txn, 0) };
        if let Some(mine) = before {
            self.revision = mine.create_revision;
        }
        match (self.value(), before) {
            (Some(value), Some(mine)) if mine.value[..] != value[..] => {
                let put = put(self.key.clone(), value.clone(), self.lease);
                let call = if_created(&self.key, self.revision, put);
                self.ask(At::Correction, call)
            }
            (Some(_), _) => self.look_before(),
            (None, _) => match found(txn, 1) {
                Some(owner) if owner.create_revision != self.revision => self.look_before(),
                Some(_) | None => self.done(),
            },
        }
    }

    /// Waits for everybody who came before.
    fn look_before(&mut self) -> Next {
        let (Service::Lock { name, .. } | Service::Campaign { name, .. }) = &self.service else {
            return self.done();
        };
        let range = one_of(&prefix(name), SortOrder::Descend, self.revision - 1);
        self.ask(At::Predecessor, Call::Range(range))
    }

    /// Nobody is before it any more.
    fn is_first(&mut self) -> Next {
        if matches!(self.service, Service::Lock { .. }) {
            let mine = RangeRequest { key: self.key.clone(), ..RangeRequest::default() };
            return self.ask(At::Check, Call::Range(mine));
        }
        self.done()
    }

    fn done(&mut self) -> Next {
        let key = self.key.clone();
        let served = if let Service::Campaign { name, .. } = &self.service {
            let (rev, lease) = (self.revision, self.lease);
            Served::Elected(self.header, LeaderKey { name: name.clone(), key, rev, lease })
        } else {
            Served::Locked(self.header, key)
        };
        Next::Answer(Ok(served))
    }

    fn last(&mut self, header: Header, response: Response) -> Next {
        match (&self.service, response) {
            (Service::Proclaim { .. }, Response::Written(Written::Txn(txn))) if !txn.succeeded => {
                not_leader()
            }
            (Service::Leader { .. }, Response::Range(range)) => {
                let leader = range.kvs.into_iter().next();
                let leader = leader.ok_or_else(|| "election: no leader".to_string());
                Next::Answer(leader.map(|kv| Served::Leader(header, kv)))
            }
            (Service::Observe { name }, Response::Range(range)) => {
                let from = header.revision + 1;
                let leader = range.kvs.into_iter().next();
                let name = name.clone();
                self.at = At::Observing;
                match leader {
                    Some(kv) => {
                        let call = watch(kv.key.to_vec(), from);
                        self.key = kv.key.to_vec();
                        Next::Tell(vec![Served::Leader(header, kv)], Some(call))
                    }
                    None => {
                        let prefix = prefix(&name);
                        let range_end = after_prefix(&prefix);
                        self.key = Vec::new();
                        Next::Ask(Call::Watch(WatchCreateRequest {
                            key: prefix,
                            range_end,
                            start_revision: from,
                            ..WatchCreateRequest::default()
                        }))
                    }
                }
            }
            _ => Next::Answer(Ok(Served::Done(header))),
        }
    }

    /// Something has happened to whoever leads, or somebody leads at last.
    fn observed(&mut self, header: Header, told: &WatchResponse) -> Next {
        let Service::Observe { name } = &self.service else { return Next::Wait };
        let name = name.clone();
        let puts = told.events.iter().take_while(|event| event.kind == EventKind::Put);
        let leads = |event: &Event| {
            let at = Header { revision: event.kv.mod_revision, ..header };
            Served::Leader(at, event.kv.clone())
        };
        let served: Vec<Served> = puts.map(leads).collect();
        let next = if is_deleted(told) {
            // Who leads now?
            self.at = At::Last;
            Some(Call::Range(first_of(&prefix(&name))))
        } else if let (true, Some(event)) = (self.key.is_empty(), told.events.last()) {
            // All keys were watched; from now on it is the one of who leads.
            self.key = event.kv.key.to_vec();
            Some(watch(self.key.clone(), event.kv.mod_revision + 1))
        } else {
            None
        };
        match (served.is_empty(), next) {
            (true, None) => Next::Wait,
            (true, Some(call)) => Next::Ask(call),
            (false, next) => Next::Tell(served, next),
        }
    }
}

fn not_leader() -> Next {
    Next::Answer(Err("election: not leader".into()))
}

fn prefix(name: &[u8]) -> Vec<u8> {
    [name, b"/"].concat()
}

/// The key with this prefix that was created first or last, up to a revision; 0: up to now.
pub(crate) fn one_of(
    prefix: &[u8],
    order: SortOrder,
    max_create_revision: Revision,
) -> RangeRequest {
    RangeRequest {
        key: prefix.to_vec(),
        range_end: after_prefix(prefix),
        limit: 1,
        sort_order: order,
        sort_target: SortTarget::Create,
        max_create_revision,
        ..RangeRequest::default()
    }
}

/// Who came first of those under a prefix.
fn first_of(prefix: &[u8]) -> RangeRequest {
    one_of(prefix, SortOrder::Ascend, 0)
}

/// Puts one's own key unless it is there; with the key that was created first beside it, where
/// somebody asks for that.
pub(crate) fn entry(
    key: &[u8],
    value: Vec<u8>,
    lease: LeaseId,
    owner_of: Option<&[u8]>,
) -> TxnRequest {
    let mine = RangeRequest { key: key.to_vec(), ..RangeRequest::default() };
    let with_owner = |operation: RequestOp| {
        let owner = owner_of.map(|prefix| RequestOp::Range(first_of(prefix)));
        std::iter::once(operation).chain(owner).collect()
    };
    TxnRequest {
        compare: vec![created(key, 0)],
        success: with_owner(put(key.to_vec(), value, lease)),
        failure: with_owner(RequestOp::Range(mine)),
    }
}

/// The pair that an operation of a transaction has found.
pub(crate) fn found(txn: &TxnResponse, at: usize) -> Option<&KeyValue> {
    match txn.responses.get(at)? {
        ResponseOp::Range(range) => range.kvs.first(),
        ResponseOp::Put(_) | ResponseOp::DeleteRange(_) | ResponseOp::Txn(_) => None,
    }
}

/// Whether a watch has told that its key is gone.
pub(crate) fn is_deleted(watch: &WatchResponse) -> bool {
    watch.events.iter().any(|event| event.kind == EventKind::Delete)
}

fn put(key: Vec<u8>, value: Vec<u8>, lease: LeaseId) -> RequestOp {
    RequestOp::Put(PutRequest { key, value, lease, ..PutRequest::default() })
}

fn created(key: &[u8], revision: Revision) -> Compare {
    Compare {
        result: CompareResult::Equal,
        target: CompareTarget::Create(revision),
        key: key.to_vec(),
        range_end: Vec::new(),
    }
}

fn if_created(key: &[u8], revision: Revision, then: RequestOp) -> Call {
    Call::Write(Write::Txn(TxnRequest {
        compare: vec![created(key, revision)],
        success: vec![then],
        failure: Vec::new(),
    }))
}

fn watch(key: Vec<u8>, start_revision: Revision) -> Call {
    Call::Watch(WatchCreateRequest { key, start_revision, ..WatchCreateRequest::default() })
}
