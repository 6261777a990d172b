//! Who may do what: the checks of etcd's `apply_auth.go`, `v3_server.go` and `maintenance.go`.

use super::{AccessError, Auth, ROOT};
use crate::api::{
    AlarmAction, AuthRead, AuthRequest, Call, DeleteRangeRequest, LeaseId, PutRequest,
    RangeRequest, RequestOp, TxnRequest, Write,
};
use crate::{Error, Store, Version};

/// Who has proposed a write, and which state of users and roles the member knew whom it was asked:
/// as its entry says, for each member checks it when it carries it out (`RequestHeader` of etcd's
/// `raft_internal.proto`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The user; empty for one who has shown no token.
    pub user: String,
    /// [`Auth::revision`] of that member.
    pub revision: u64,
    /// The version by whose rules it is checked.
    pub version: Version,
}

impl Author {
    /// As bytes for an entry.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.version >= Version::V3_5)];
        bytes.extend(self.revision.to_le_bytes());
        bytes.extend(self.user.as_bytes());
        bytes
    }

    /// What an entry's bytes say; `None` if they are not ours.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Author> {
        let (version, rest) = bytes.split_first()?;
        let (revision, user) = rest.split_first_chunk()?;
        Some(Author {
            user: String::from_utf8(user.to_vec()).ok()?,
            revision: u64::from_le_bytes(*revision),
            version: if *version == 0 { Version::V3_4 } else { Version::V3_5 },
        })
    }
}

/// Whether a write may be carried out; `None` where it was proposed while access was free.
pub(crate) fn permits_author(
    store: &Store,
    author: Option<&Author>,
    write: &Write,
) -> Result<(), Error> {
    let auth = store.auth();
    if !auth.is_enabled() {
        return Ok(());
    }
    let nobody = Author { user: String::new(), revision: 0, version: Version::default() };
    let Author { user, revision, version } = author.unwrap_or(&nobody);
    Gate { auth, store, user: Some(user), revision: *revision, version: *version }.write(write)
}

/// Whether this user may make a call; `None` for one who has shown no token.
///
/// # Errors
/// [`AccessError::UserEmpty`] and [`AccessError::PermissionDenied`].
pub fn permits(
    store: &Store,
    user: Option<&str>,
    call: &Call,
    version: Version,
) -> Result<(), Error> {
    if !store.auth().is_enabled() {
        return Ok(());
    }
    let auth = store.auth();
    let gate = Gate { auth, store, user, revision: auth.revision(), version };
    match call {
        Call::Write(write) => gate.write(write),
        Call::Range(range) => gate.range(range),
        Call::Watch(watch) => gate.keys(false, &watch.key, &watch.range_end),
        Call::MemberAdd { .. }
        | Call::MemberRemove { .. }
        | Call::MemberUpdate { .. }
        | Call::MemberPromote { .. }
        | Call::Hash
        | Call::HashKv { .. }
        | Call::Defragment
        | Call::Snapshot
        | Call::Downgrade { .. } => gate.is_root(),
        _ if !version.guards_everything() => Ok(()),
        Call::Status | Call::MoveLeader { .. } => gate.is_root(),
        Call::LeaseTimeToLive { id, keys: true } => gate.lease(*id, false),
        Call::LeaseLeases => {
            gate.is_anybody()?;
            let mut leases = store.leases().keys();
            leases.try_for_each(|id| gate.lease(*id, false))
        }
        Call::LeaseKeepAlive { .. } | Call::LeaseTimeToLive { .. } | Call::MemberList { .. } => {
            gate.is_anybody()
        }
    }
}

struct Gate<'a> {
    auth: &'a Auth,
    store: &'a Store,
    user: Option<&'a str>,
    /// The state of users and roles that was known when it was asked.
    revision: u64,
    version: Version,
}

impl Gate<'_> {
    fn name(&self) -> Result<&str, Error> {
        self.user.filter(|name| !name.is_empty()).ok_or(AccessError::UserEmpty.into())
    }

    fn is_anybody(&self) -> Result<(), Error> {
        self.name().map(|_| ())
    }

    fn is_root(&self) -> Result<(), Error> {
        let name = self.name()?;
        if self.auth.has_role(name, ROOT) {
            Ok(())
        } else {
            Err(AccessError::PermissionDenied.into())
        }
    }

    fn write(&self, write: &Write) -> Result<(), Error> {
        let guards = self.version.guards_everything();
        match write {
            Write::Put(put) => self.put(put),
            Write::DeleteRange(delete) => self.delete(delete),
            Write::Txn(txn) => self.txn(txn),
            Write::LeaseRevoke { id } => {
                if guards {
                    self.is_anybody()?;
                }
                self.lease(*id, true)
            }
            Write::Compaction { .. } if guards => self.is_root(),
            Write::Alarm { action: AlarmAction::Get, .. } | Write::LeaseGrant { .. } if guards => {
                self.is_anybody()
            }
            Write::Alarm { .. } if guards => self.is_root(),
            Write::Compaction { .. } | Write::Alarm { .. } | Write::LeaseGrant { .. } => Ok(()),
            Write::Auth(request) => self.management(request),
        }
    }

    fn management(&self, request: &AuthRequest) -> Result<(), Error> {
        match request {
            AuthRequest::Enable | AuthRequest::Authenticate { .. } => Ok(()),
            AuthRequest::Read(AuthRead::UserGet { name }) if Some(name.as_str()) == self.user => {
                Ok(())
            }
            AuthRequest::Read(AuthRead::RoleGet { role })
                if self.user.is_some_and(|user| self.auth.has_role(user, role)) =>
            {
                Ok(())
            }
            AuthRequest::Disable | AuthRequest::Read(_) | AuthRequest::Change(_) => self.is_root(),
        }
    }

    fn range(&self, range: &RangeRequest) -> Result<(), Error> {
        self.keys(false, &range.key, &range.range_end)
    }

    fn put(&self, put: &PutRequest) -> Result<(), Error> {
        self.keys(true, &put.key, &[])?;
        self.lease(put.lease, true)?;
        if put.prev_kv { self.keys(false, &put.key, &[]) } else { Ok(()) }
    }

    fn delete(&self, delete: &DeleteRangeRequest) -> Result<(), Error> {
        self.keys(true, &delete.key, &delete.range_end)?;
        if delete.prev_kv { self.keys(false, &delete.key, &delete.range_end) } else { Ok(()) }
    }

    /// Both branches are checked, for nobody knows yet which is taken.
    fn txn(&self, txn: &TxnRequest) -> Result<(), Error> {
        for compare in &txn.compare {
            self.keys(false, &compare.key, &compare.range_end)?;
        }
        txn.success.iter().chain(&txn.failure).try_for_each(|operation| match operation {
            RequestOp::Range(range) => self.range(range),
            RequestOp::Put(put) => self.keys(true, &put.key, &[]),
            RequestOp::DeleteRange(delete) => self.delete(delete),
            RequestOp::Txn(inner) if self.version.guards_everything() => self.txn(inner),
            RequestOp::Txn(_) | RequestOp::Empty => Ok(()),
        })
    }

    /// Every key of a lease, as who ends it deletes them and who asks for them reads them.
    fn lease(&self, id: LeaseId, writes: bool) -> Result<(), Error> {
        let Some(lease) = self.store.leases().get(&id) else { return Ok(()) };
        lease.keys.keys().try_for_each(|key| self.keys(writes, key, &[]))
    }

    fn keys(&self, writes: bool, key: &[u8], range_end: &[u8]) -> Result<(), Error> {
        let name = self.name()?;
        if self.revision < self.auth.revision() {
            return Err(AccessError::OldRevision.into());
        }
        let permissions = self.auth.permissions_of(name).ok_or(AccessError::PermissionDenied)?;
        if self.auth.has_role(name, ROOT) {
            return Ok(());
        }
        let of_this =
            permissions.filter(|it| if writes { it.kind.writes() } else { it.kind.reads() });
        let spans = of_this.map(|it| Span::of(&it.key, &it.range_end)).collect();
        if Span::of(key, range_end).is_within(spans) {
            Ok(())
        } else {
            Err(AccessError::PermissionDenied.into())
        }
    }
}

/// Keys from one on, up to another or without an end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: Vec<u8>,
    /// The first key beyond it; `None`: nothing is.
    to: Option<Vec<u8>>,
}

impl Span {
    fn of(key: &[u8], range_end: &[u8]) -> Span {
        let to = match range_end {
            [] => Some([key, &[0]].concat()),
            [0] => None,
            end => Some(end.to_vec()),
        };
        Span { from: key.to_vec(), to }
    }

    /// Whether others cover it together.
    fn is_within(&self, mut others: Vec<Span>) -> bool {
        others.sort_unstable();
        let mut from = self.from.clone();
        for other in others {
            if other.from > from {
                return false;
            }
            match (other.to, &self.to) {
                (None, _) => return true,
                (Some(to), Some(end)) if to >= *end && to > from => return true,
                (Some(to), _) => from = from.max(to),
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_meet_cover_what_lies_across_them() {
        let spans = || vec![Span::of(b"a", b"c"), Span::of(b"c", b"f"), Span::of(b"x", &[0])];
        for (key, end, covered) in [
            (&b"a"[..], &b""[..], true),
            (b"b", b"e", true),
            (b"b", b"g", false),
            (b"f", b"", false),
            (b"y", b"z", true),
            (b"y", b"\0", true),
            (b"e", b"\0", false),
        ] {
            assert_eq!(Span::of(key, end).is_within(spans()), covered, "{key:?} {end:?}");
        }
    }
}
