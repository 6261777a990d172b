//! The replicated state machine as a server runs it: the key-value store, and for each client the
//! last request that was carried out, so that a retry never applies twice (§8).

use crate::chance::mix;
use crate::deeds::deeds;
use etcd_kv::api::{AuthChange, AuthRequest, Write, Written};
use etcd_kv::auth::Author;
use etcd_kv::{Bytes, Store, take_varint, varint};
use imbl::OrdMap;
use raft_core::{Change, ChangeKind, ConfigChange, Entry, Index, Payload};
use std::sync::Arc;

/// A client's request, as an entry of the log carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// A raw entry that no client waits for.
    Raw {
        /// Its text.
        text: &'a [u8],
    },
    /// Sets a key.
    Put {
        /// Who asks.
        session: SessionId,
        /// The key.
        key: &'a [u8],
        /// The value.
        value: &'a [u8],
    },
    /// Reads a key through the log, so that the read has its place among the writes.
    Get {
        /// Who asks.
        session: SessionId,
        /// The key.
        key: &'a [u8],
    },
    /// A write of etcd's own kind, from the console or the gateway.
    Etcd {
        /// Who asks.
        session: SessionId,
        /// As whom it is proposed ([`etcd_kv::auth::Author`], encoded); nothing while access is
        /// free.
        author: &'a [u8],
        /// [`etcd_kv::api::Write`], encoded.
        write: &'a [u8],
    },
}

/// Which request of which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId {
    /// The client.
    pub client: u32,
    /// Counts the client's requests from 1.
    pub sequence: u32,
}

impl SessionId {
    /// Of what servers propose on their own: nobody waits for the answer, and it may be repeated.
    pub const NOBODY: SessionId = SessionId { client: 0, sequence: 0 };
}

const RAW: u8 = 0;
const PUT: u8 = 1;
const GET: u8 = 2;
const ETCD: u8 = 3;
/// Enough room for what stands before the key.
const HEADER: usize = 8;

impl<'a> Request<'a> {
    /// Who asks; `None` where nobody waits for an answer.
    pub fn session(&self) -> Option<SessionId> {
        match *self {
            Request::Raw { .. } => None,
            Request::Put { session, .. }
            | Request::Get { session, .. }
            | Request::Etcd { session, .. } => Some(session),
        }
    }

    /// As bytes for an entry.
    pub fn encode(&self) -> Payload {
        let (tag, session, key, value) = match *self {
            Request::Raw { text } => (RAW, SessionId::NOBODY, text, &b""[..]),
            Request::Put { session, key, value } => (PUT, session, key, value),
            Request::Get { session, key } => (GET, session, key, &b""[..]),
            Request::Etcd { session, author, write } => (ETCD, session, author, write),
        };
        let mut bytes = Vec::with_capacity(HEADER + key.len() + value.len());
        bytes.push(tag);
        varint(&mut bytes, u64::from(session.client));
        varint(&mut bytes, u64::from(session.sequence));
        varint(&mut bytes, key.len() as u64);
        bytes.extend(key);
        bytes.extend(value);
        Payload::Data(bytes.into())
    }

    /// What an entry's bytes say; `None` if we did not write them.
    pub fn decode(bytes: &'a [u8]) -> Option<Request<'a>> {
        let (tag, mut rest) = bytes.split_first()?;
        let mut number = || u32::try_from(take_varint(&mut rest)).ok();
        let session = SessionId { client: number()?, sequence: number()? };
        let length = usize::try_from(number()?).ok()?;
        let (key, value) = rest.split_at_checked(length)?;
        match *tag {
            RAW => Some(Request::Raw { text: key }),
            PUT => Some(Request::Put { session, key, value }),
            GET => Some(Request::Get { session, key }),
            ETCD => Some(Request::Etcd { session, author: key, write: value }),
            _ => None,
        }
    }
}

/// The kind of an entry: `noop`, `data` or `config`.
pub fn entry_kind(entry: &Entry) -> &'static str {
    match &entry.payload {
        Payload::Noop => "noop",
        Payload::Data(_) => "data",
        Payload::Config(_) => "config",
    }
}

/// An entry in a few characters: `noop`, `a=1`, `get a`, or a raw entry's text.
pub fn describe_entry(entry: &Entry) -> String {
    match &entry.payload {
        Payload::Noop => "noop".to_string(),
        Payload::Data(bytes) => match Request::decode(bytes) {
            Some(Request::Raw { text }) => text_of(text),
            Some(Request::Put { key, value, .. }) => format!("{}={}", text_of(key), text_of(value)),
            Some(Request::Get { key, .. }) => format!("get {}", text_of(key)),
            Some(Request::Etcd { write, .. }) => {
                deeds().map_or_else(|| text_of(write), |deeds| (deeds.describe_bytes)(write))
            }
            None => text_of(bytes),
        },
        Payload::Config(change) => describe_change(change),
    }
}

/// One of etcd's writes in a few characters: `a=1`, `del a`, `txn 3`, `lease +5 60s`.
pub fn describe_write(write: &Write) -> String {
    deeds().map_or_else(String::new, |deeds| (deeds.describe)(write))
}

/// The same of its bytes in an entry.
pub(crate) fn describe_bytes(bytes: &[u8]) -> String {
    Write::decode(bytes).map_or_else(|| text_of(bytes), |write| describe_here(&write))
}

pub(crate) fn describe_here(write: &Write) -> String {
    match write {
        Write::Put(put) => format!("{}={}", text_of(&put.key), text_of(&put.value)),
        Write::DeleteRange(delete) if delete.range_end.is_empty() => {
            format!("del {}", text_of(&delete.key))
        }
        Write::DeleteRange(delete) => format!("del {}…", text_of(&delete.key)),
        Write::Txn(txn) => {
            format!("txn {}", txn.compare.len() + txn.success.len() + txn.failure.len())
        }
        Write::Compaction { revision, .. } => format!("compact {revision}"),
        Write::LeaseGrant { id, ttl } => format!("lease +{id:x} {ttl}s"),
        Write::LeaseRevoke { id } => format!("lease -{id:x}"),
        Write::Alarm { .. } => "alarm".into(),
        Write::Auth(request) => describe_auth(request),
    }
}

/// A request to access control in a few characters, passwords left out: `auth enable`, `user +ann`,
/// `ann +reader`, `reader +app/`.
fn describe_auth(request: &AuthRequest) -> String {
    let change = match request {
        AuthRequest::Enable => return "auth enable".into(),
        AuthRequest::Disable => return "auth disable".into(),
        AuthRequest::Authenticate { name, .. } => return format!("auth {name}"),
        AuthRequest::Read(_) => return "auth?".into(),
        AuthRequest::Change(change) => change,
    };
    match change {
        AuthChange::UserAdd { name, .. } => format!("user +{name}"),
        AuthChange::UserDelete { name } => format!("user -{name}"),
        AuthChange::UserChangePassword { name, .. } => format!("passwd {name}"),
        AuthChange::UserGrantRole { user, role } => format!("{user} +{role}"),
        AuthChange::UserRevokeRole { name, role } => format!("{name} -{role}"),
        AuthChange::RoleAdd { name } => format!("role +{name}"),
        AuthChange::RoleDelete { role } => format!("role -{role}"),
        AuthChange::RoleGrantPermission { name, permission } => {
            let key = permission.as_ref().map(|permission| text_of(&permission.key));
            format!("{name} +{}", key.unwrap_or_default())
        }
        AuthChange::RoleRevokePermission { role, key, .. } => format!("{role} -{}", text_of(key)),
    }
}

/// A change of membership in a few characters: `+n6`, `+n6 learner`, `-n2`, `leave joint`.
pub fn describe_change(change: &ConfigChange) -> String {
    if change.leaves_joint() {
        return "leave joint".into();
    }
    let parts = change.changes.iter().map(|Change { kind, node }| match kind {
        ChangeKind::AddVoter => format!("+{node}"),
        ChangeKind::AddLearner => format!("+{node} learner"),
        ChangeKind::Remove => format!("-{node}"),
        ChangeKind::Update => format!("update {node}"),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Bytes as text, with replacement characters for what is not.
pub fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A state machine's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The key was set; the store's revision after it.
    Put {
        /// That revision.
        revision: i64,
    },
    /// The key's value, if it has one.
    Get {
        /// That value.
        value: Option<Bytes>,
    },
}

/// What the last request of a client came to, kept for when it is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// To a plain request.
    Plain(Answer),
    /// To one of etcd's writes.
    Etcd(Arc<Result<Written, etcd_kv::Error>>),
}

/// One server's state machine. A copy costs a few pointers.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    store: Store,
    sessions: OrdMap<u32, (u32, Kept)>,
    /// A hash of everything carried out so far: two machines with the same lineage are equal.
    lineage: u64,
    /// The last entry that it has carried out: what comes again up to there is known.
    index: Index,
}

impl Machine {
    /// A state machine that begins with a store from a file: no client has asked it anything.
    pub(crate) fn restored(store: Store, file: &[u8]) -> Machine {
        // Nothing that was carried out entry by entry is told apart from it by chance alone: what
        // the file says goes in whole.
        let lineage = hash_bytes(mix(0, file.len() as u64), file);
        Machine { store, sessions: OrdMap::default(), lineage, index: 0 }
    }

    /// The data.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The lineage after this entry.
    pub(crate) fn lineage_after(&self, entry: &Entry) -> u64 {
        let mut lineage = mix(mix(self.lineage, entry.index), entry.term);
        if let Payload::Data(bytes) = &entry.payload {
            lineage = hash_bytes(lineage, bytes);
        }
        lineage
    }

    /// The last entry that it has carried out.
    pub(crate) fn index(&self) -> Index {
        self.index
    }

    pub(crate) fn lineage(&self) -> u64 {
        self.lineage
    }

    /// Carries out an entry, unless it has. A request that its client has repeated is carried out
    /// once, if `once` holds.
    pub(crate) fn apply(&mut self, entry: &Entry, once: bool) {
        if entry.index <= self.index {
            return;
        }
        self.index = entry.index;
        self.lineage = self.lineage_after(entry);
        if let (Some(request), Some(deeds)) = (request_of(entry), deeds()) {
            (deeds.request)(self, request, once);
        }
    }

    pub(crate) fn carry_out(&mut self, request: Request<'_>, once: bool) {
        let (session, answer) = match request {
            Request::Raw { .. } => return,
            Request::Put { session, key, value } => {
                if once && self.is_repeated(session) {
                    return;
                }
                (session, Kept::Plain(Answer::Put { revision: self.store.put(key, value.into()) }))
            }
            Request::Get { session, key } => {
                if once && self.is_repeated(session) {
                    return;
                }
                let value = self.store.value(key);
                (session, Kept::Plain(Answer::Get { value }))
            }
            Request::Etcd { session, author, write } => {
                let Some(write) = Write::decode(write) else { return };
                if once && self.is_repeated(session) {
                    return;
                }
                // Whoever proposed it has raised a lease's time already.
                let answer = if session == SessionId::NOBODY {
                    self.store.apply(&write, 0)
                } else {
                    self.store.apply_for(Author::decode(author).as_ref(), &write, 0)
                };
                (session, Kept::Etcd(Arc::new(answer)))
            }
        };
        if session != SessionId::NOBODY {
            self.sessions.insert(session.client, (session.sequence, answer));
        }
    }

    fn is_repeated(&self, session: SessionId) -> bool {
        self.sessions.get(&session.client).is_some_and(|(last, _)| *last >= session.sequence)
    }

    /// The answer to a client's last request, once it was carried out.
    pub(crate) fn answer_to(&self, session: SessionId) -> Option<&Kept> {
        let (last, answer) = self.sessions.get(&session.client)?;
        (*last == session.sequence).then_some(answer)
    }
}

fn hash_bytes(hash: u64, bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(hash, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(hash, u64::from_le_bytes(word))
    })
}

/// The request that an entry carries, if it does.
pub(crate) fn request_of(entry: &Entry) -> Option<Request<'_>> {
    match &entry.payload {
        Payload::Data(bytes) => Request::decode(bytes),
        Payload::Noop | Payload::Config(_) => None,
    }
}

/// Who is answered once the entry is applied.
pub fn session_of(entry: &Entry) -> Option<SessionId> {
    request_of(entry)?.session()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u64, request: Request<'_>) -> Entry {
        Entry { index, term: 1, payload: request.encode() }
    }

    #[test]
    fn a_repeated_request_is_carried_out_once() {
        let session = SessionId { client: 1, sequence: 1 };
        let put = Request::Put { session, key: b"a", value: b"1" };
        let mut machine = Machine::default();
        machine.apply(&entry(1, put), true);
        machine.apply(&entry(2, put), true);
        assert_eq!(machine.store().revision(), 2);
        assert_eq!(machine.answer_to(session), Some(&Kept::Plain(Answer::Put { revision: 2 })));
    }

    #[test]
    fn any_bytes_survive_the_entry() {
        let session = SessionId { client: 7, sequence: 9 };
        let put = Request::Put { session, key: b"\0\xff", value: b"" };
        let Payload::Data(bytes) = put.encode() else { panic!("data") };
        assert_eq!(Request::decode(&bytes), Some(put));
        assert_eq!(Request::decode(b"x"), None);
    }
}
