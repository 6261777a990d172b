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
    /// It answers its client, and goes on with a watch.
    Tell(Served, Call),
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
                self.ask(At::Last, Call::Range(first_of(prefix(&name))))
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
        let mine = RangeRequest { key: self.key.clone(), ..RangeRequest::default() };
        let mut success = vec![put(self.key.clone(), value, self.lease)];
        let mut failure = vec![RequestOp::Range(mine)];
        if is_lock {
            let owner = || RequestOp::Range(first_of(prefix.clone()));
            success.push(owner());
            failure.push(owner());
        }
        let compare = vec![created(&self.key, 0)];
        self.ask(At::Entry, Call::Write(Write::Txn(TxnRequest { compare, success, failure })))
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
                let is_gone = |event: &Event| event.kind == EventKind::Delete;
                if watch.canceled {
                    Next::Answer(Err(Error::Compacted.to_string()))
                } else if watch.events.iter().any(is_gone) {
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
        let pairs = |at: usize| match txn.responses.get(at) {
            Some(ResponseOp::Range(range)) => range.kvs.first(),
            _ => None,
        };
        self.revision = header.revision;
        let before = if txn.succeeded { None } else { pairs(0) };
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
            (None, _) => match pairs(1) {
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
        let range = RangeRequest {
            max_create_revision: self.revision - 1,
            sort_order: SortOrder::Descend,
            ..first_of(prefix(name))
        };
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
                        Next::Tell(Served::Leader(header, kv), call)
                    }
                    None => {
                        let prefix = prefix(&name);
                        let range_end = end_of(&prefix);
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
        let Some(event) = told.events.last() else { return Next::Wait };
        if event.kind == EventKind::Delete {
            let call = Call::Range(first_of(prefix(name)));
            return self.ask(At::Last, call);
        }
        let next = watch(event.kv.key.to_vec(), event.kv.mod_revision + 1);
        self.key = event.kv.key.to_vec();
        let at = Header { revision: event.kv.mod_revision, ..header };
        Next::Tell(Served::Leader(at, event.kv.clone()), next)
    }
}

fn not_leader() -> Next {
    Next::Answer(Err("election: not leader".into()))
}

fn prefix(name: &[u8]) -> Vec<u8> {
    [name, b"/"].concat()
}

/// The first key that does not begin so.
fn end_of(prefix: &[u8]) -> Vec<u8> {
    // It ends in a slash, which has a successor.
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

/// The key with this prefix that was created first.
fn first_of(prefix: Vec<u8>) -> RangeRequest {
    RangeRequest {
        range_end: end_of(&prefix),
        key: prefix,
        limit: 1,
        sort_order: SortOrder::Ascend,
        sort_target: SortTarget::Create,
        ..RangeRequest::default()
    }
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
