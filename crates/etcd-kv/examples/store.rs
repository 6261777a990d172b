//! Two members that carry out the same log: puts, a read of the past, a transaction, a watch, a
//! compaction, and a third member that starts from a saved store.
//!
//! `cargo run --example store`

use etcd_kv::api::{
    Call, Compare, CompareResult, CompareTarget, EventKind, PutRequest, RangeRequest, RequestOp,
    Revision, TxnRequest, Write, Written,
};
use etcd_kv::{Error, MIN_LEASE_TTL, Store, Version, check};

/// A log that all agree on, and two members that apply it.
#[derive(Default)]
struct Members {
    log: Vec<Vec<u8>>,
    stores: [Store; 2],
}

impl Members {
    /// What becomes of a write: it is checked, then agreed on, then applied everywhere.
    fn write(&mut self, write: Write) -> Result<Written, Error> {
        check(&Call::Write(write.clone()), Version::V3_5)?;
        let entry = write.encode();
        let mut results = Vec::new();
        for store in &mut self.stores {
            let write = Write::decode(&entry).expect("an entry of ours");
            results.push(store.apply(&write, MIN_LEASE_TTL));
        }
        self.log.push(entry);
        assert_eq!(results[0], results[1], "the same log, the same answers");
        results.remove(0)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<Written, Error> {
        self.write(Write::Put(put(key, value)))
    }

    /// A read as of a revision; 0 for the current one.
    fn get(&self, key: &str, revision: Revision) -> Result<Option<String>, Error> {
        let range = RangeRequest { key: key.into(), revision, ..RangeRequest::default() };
        let response = self.stores[1].range(&range)?;
        Ok(response.kvs.first().map(|kv| String::from_utf8_lossy(&kv.value).into_owned()))
    }
}

fn put(key: &str, value: &str) -> PutRequest {
    PutRequest { key: key.into(), value: value.into(), ..PutRequest::default() }
}

/// Takes the lock for a holder, if nobody holds it.
fn lock(holder: &str) -> Write {
    let is_free = Compare {
        key: "lock".into(),
        range_end: Vec::new(),
        target: CompareTarget::Version(0),
        result: CompareResult::Equal,
    };
    Write::Txn(TxnRequest {
        compare: vec![is_free],
        success: vec![RequestOp::Put(put("lock", holder))],
        failure: Vec::new(),
    })
}

fn main() -> Result<(), Error> {
    let mut members = Members::default();

    // A fresh store is at revision 1, as etcd's is; each write that changes something adds one.
    members.put("fruit", "apple")?;
    members.put("fruit", "pear")?;
    assert_eq!(members.get("fruit", 0)?.as_deref(), Some("pear"));
    assert_eq!(members.get("fruit", 2)?.as_deref(), Some("apple"), "the past is still there");
    assert_eq!(members.get("fruit", 9), Err(Error::FutureRev));
    assert_eq!(members.put("", "no key"), Err(Error::EmptyKey), "refused before it is agreed on");

    // Two want the lock; the first gets it.
    for (holder, gets_it) in [("ann", true), ("ben", false)] {
        let Written::Txn(txn) = members.write(lock(holder))? else { panic!("another answer") };
        assert_eq!(txn.succeeded, gets_it, "{holder}");
    }
    assert_eq!(members.get("lock", 0)?.as_deref(), Some("ann"));

    // A watch from the beginning: all that has happened to every key from "a" on.
    let store = &members.stores[0];
    for event in store.events(b"a", b"\0", 2, store.revision(), false) {
        let (key, value) = (&event.kv.key, &event.kv.value);
        let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
        println!("revision {}: {:?} {key} = {value}", event.kv.mod_revision, event.kind);
        assert_eq!(event.kind, EventKind::Put);
    }

    // After a compaction, what is older is gone.
    members.write(Write::Compaction { revision: 3, physical: true })?;
    assert_eq!(members.get("fruit", 2), Err(Error::Compacted));
    assert_eq!(members.get("fruit", 3)?.as_deref(), Some("pear"));

    // A third member starts from what one of them has saved.
    let file = members.stores[0].save();
    let third = Store::load(&file).expect("a store that was just saved");
    assert_eq!(third.hash(), members.stores[1].hash());
    println!("{} entries, revision {}", members.log.len(), third.revision());
    Ok(())
}

#[test]
fn both_members_answer_alike() -> Result<(), Error> {
    main()
}
