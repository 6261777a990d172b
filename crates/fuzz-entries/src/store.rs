//! Files of `snapshot save`: whatever their bytes, they are refused or a store is read from them,
//! and everything can be asked of that store, and saved again.

use crate::make::from_to;
use crate::{gateway, make};
use arbitrary::{Result, Unstructured};
use etcd_kv::api::{DeleteRangeRequest, PutRequest, RangeRequest, Write};
use etcd_kv::gateway::{Asked, parse};
use etcd_kv::{MIN_LEASE_TTL, Solo, Store, Version};

/// The bytes of a file behind its first line: that line, and the checksum at the end, are put there
/// for every input that lacks them, since hardly a byte could be changed otherwise.
fn sealed(body: &[u8]) -> Vec<u8> {
    let whole = Store::default().save();
    let first_line = whole.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut file = [&whole[..first_line], body].concat();
    file.extend(crc32c::crc32c(&file).to_le_bytes());
    file
}

/// The body of a file.
fn body(file: &[u8]) -> &[u8] {
    let first_line = file.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    file.get(first_line..file.len().saturating_sub(4)).unwrap_or_default()
}

/// A file of what requests have left, with a few bytes changed.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut member = Solo::default();
    let requests = gateway::make(u)?;
    for line in String::from_utf8_lossy(&requests).lines() {
        let (path, body) = line.split_once(' ').unwrap_or((line, ""));
        if let Ok(Asked::Call(call)) = parse(path, body.as_bytes(), Version::V3_5) {
            let _refused = member.call(&call);
        }
    }
    let mut bytes = body(&member.store().save()).to_vec();
    for _ in 0..from_to(u, 0, 5)? {
        let at = from_to(u, 0, bytes.len())?;
        match u.int_in_range(0..=3)? {
            0 if at < bytes.len() => bytes[at] = u.arbitrary()?,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            // The largest number as it is written here, and a length that no file has.
            2 => drop(bytes.splice(at..at, [&[0xff; 9][..], &[1]].concat())),
            _ => bytes.insert(at, u.arbitrary()?),
        }
    }
    Ok(if make::chance(u, 90)? { sealed(&bytes) } else { bytes })
}

/// Reads a file, and asks everything of what is in it.
pub fn take(bytes: &[u8]) {
    for file in [bytes.to_vec(), sealed(bytes)] {
        let _revision = Store::revision_in(&file);
        let read = Store::load(&file);
        assert_eq!(Store::status_of(&file).is_ok(), read.is_ok());
        if let Ok(store) = read {
            let again = Store::load(&store.save()).expect("a file of ours can be read");
            assert_eq!(again.hash(), store.hash(), "what was saved is what was there");
            ask(store);
        }
    }
}

fn ask(mut store: Store) {
    let all = || vec![0];
    let range = RangeRequest { key: all(), range_end: all(), ..RangeRequest::default() };
    let _found = store.range(&range);
    let _older = store.range(&RangeRequest { revision: store.revision() - 1, ..range });
    let _events = store.events(&[0], &[0], 0, store.revision(), true);
    let _hash = store.hash_kv(0, Version::V3_5);
    for lease in store.leases().keys().copied().collect::<Vec<_>>() {
        let _left = store.time_to_live(lease, Some(1), true);
        let _revoked = store.apply(&Write::LeaseRevoke { id: lease }, MIN_LEASE_TTL);
    }
    let writes = [
        Write::Put(PutRequest { key: b"a".to_vec(), ..PutRequest::default() }),
        Write::LeaseGrant { id: 7, ttl: 60 },
        Write::Compaction { revision: store.revision(), physical: false },
        Write::DeleteRange(DeleteRangeRequest { key: all(), range_end: all(), prev_kv: true }),
    ];
    for write in writes {
        let _refused = store.apply(&write, MIN_LEASE_TTL);
    }
    let _saved = store.save();
}
