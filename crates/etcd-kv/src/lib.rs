//! The replicated state machine: keys and values under one revision counter, named as in etcd.
//!
//! Pure and deterministic; it knows nothing of Raft. A copy costs a few pointers: the map is
//! persistent, keys and values are shared.

pub mod api;
mod error;

pub use error::{Error, http_status};
use imbl::OrdMap;
use std::sync::Arc;

/// A key or a value: any bytes.
pub type Bytes = Arc<[u8]>;

/// The current value of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// The value.
    pub value: Bytes,
    /// The revision that created the key.
    pub create_revision: u64,
    /// The revision that last changed it.
    pub mod_revision: u64,
    /// How often it has been changed since its creation, from 1.
    pub version: u64,
}

/// All keys of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    keys: OrdMap<Bytes, KeyValue>,
    revision: u64,
}

impl Store {
    /// Sets a key and returns the store's new revision.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> u64 {
        self.revision += 1;
        let revision = self.revision;
        if let Some(existing) = self.keys.get_mut(key) {
            existing.value = value.into();
            existing.mod_revision = revision;
            existing.version += 1;
        } else {
            let created = KeyValue {
                value: value.into(),
                create_revision: revision,
                mod_revision: revision,
                version: 1,
            };
            self.keys.insert(key.into(), created);
        }
        revision
    }

    /// The current value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&KeyValue> {
        self.keys.get(key)
    }

    /// The number of changes so far.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Every key in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &KeyValue)> {
        self.keys.iter().map(|(key, kv)| (&key[..], kv))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_raises_the_revision_and_the_keys_version() {
        let mut store = Store::default();
        assert_eq!(store.put(b"a", b"1"), 1);
        assert_eq!(store.put(b"b", b"2"), 2);
        assert_eq!(store.put(b"a", b"3"), 3);
        let a = store.get(b"a").expect("just put");
        assert_eq!(
            (&a.value[..], a.create_revision, a.mod_revision, a.version),
            (&b"3"[..], 1, 3, 2)
        );
        assert!(store.get(b"c").is_none());
    }

    #[test]
    fn a_copy_does_not_change_with_the_original() {
        let mut store = Store::default();
        store.put(b"a", b"1");
        let copy = store.clone();
        store.put(b"a", b"2");
        assert_eq!(&copy.get(b"a").expect("there").value[..], b"1");
    }
}
