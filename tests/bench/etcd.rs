//! How fast one store takes writes and answers ranges, with the key frames that a history keeps.

use etcd_kv::api::{PutRequest, RangeRequest, Write};
use etcd_kv::{MIN_LEASE_TTL, Store};

const VALUE_BYTES: usize = 64;
/// Writes between two key frames.
const FRAME_EVERY: usize = 1_000;

/// A key of 16 bytes; numbers that follow each other are far apart.
fn key(number: u64) -> Vec<u8> {
    format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into_bytes()
}

fn puts(count: u64, keys: u64) -> Vec<Write> {
    let put = |number| {
        let value = vec![b'v'; VALUE_BYTES];
        Write::Put(PutRequest { key: key(number % keys), value, ..PutRequest::default() })
    };
    (0..count).map(put).collect()
}

fn filled(count: u64) -> Store {
    let mut store = Store::default();
    for write in puts(count, count) {
        store.apply(&write, MIN_LEASE_TTL).expect("a plain put");
    }
    store
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// 100,000 puts over so many keys, a second, a key frame every 1,000 of them.
pub fn puts_per_s(keys: u64, clock: fn() -> f64) -> f64 {
    let writes = puts(100_000, keys);
    let round = |_| {
        let mut store = Store::default();
        let mut frames = Vec::new();
        let start = clock();
        for batch in writes.chunks(FRAME_EVERY) {
            for write in batch {
                store.apply(write, MIN_LEASE_TTL).expect("a plain put");
            }
            frames.push(store.clone());
        }
        let seconds = clock() - start;
        assert_eq!(frames.len(), 100);
        writes.len() as f64 / seconds
    };
    median((0..7).map(round).collect())
}

/// Milliseconds for a range of 1,000 keys out of 1,000,000, from a place drawn anew each time.
pub fn range_ms(clock: fn() -> f64) -> f64 {
    let store = filled(1_000_000);
    let mut keys: Vec<Vec<u8>> = (0..1_000_000).map(key).collect();
    keys.sort();
    let round = |round: usize| {
        let first = round * 96_911 % 999_000;
        let (from, to) = (keys[first].clone(), keys[first + 1_000].clone());
        let range = RangeRequest { key: from, range_end: to, ..RangeRequest::default() };
        let start = clock();
        let answer = store.range(&range).expect("a range at the current revision");
        let seconds = clock() - start;
        assert_eq!(answer.kvs.len(), 1_000);
        seconds * 1_000.0
    };
    median((1..100).map(round).collect())
}

/// Milliseconds for one key frame of 100,000 keys.
pub fn frame_ms(clock: fn() -> f64) -> f64 {
    let store = filled(100_000);
    let round = |_| {
        let start = clock();
        let frame = store.clone();
        let seconds = clock() - start;
        assert_eq!(frame.key_count(), 100_000);
        seconds * 1_000.0
    };
    median((0..100).map(round).collect())
}
