//! The map of few keys, against the standard library's.

use raft_core::SmallMap;
use std::collections::BTreeMap;

/// Does the same to both maps: three bits choose the key, one whether it goes or comes.
fn check(steps: &[u32]) {
    let (mut ours, mut theirs) = (SmallMap::default(), BTreeMap::new());
    for (place, step) in steps.iter().enumerate() {
        let (key, value) = (step >> 1, place * 10);
        if step & 1 == 0 {
            assert_eq!(ours.insert(key, value), theirs.insert(key, value), "{steps:?}");
        } else {
            assert_eq!(ours.remove(&key), theirs.remove(&key), "{steps:?}");
        }
        assert!(ours.iter().eq(theirs.iter()), "{steps:?}");
        assert!(ours.iter().rev().eq(theirs.iter().rev()), "{steps:?}");
        assert!(ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values()));
        assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
        for key in 0..4 {
            assert_eq!(ours.get(&key), theirs.get(&key), "{steps:?}");
            assert_eq!(ours.get_mut(&key), theirs.get_mut(&key), "{steps:?}");
        }
    }
}

#[test]
fn it_does_what_an_ordered_map_does() {
    for number in 0..8u32.pow(4) {
        let steps: Vec<u32> = (0..4).map(|place| number >> (3 * place) & 7).collect();
        check(&steps);
    }
}

#[test]
fn a_value_can_be_changed_in_place() {
    let mut map = SmallMap::default();
    map.insert("a", 1);
    *map.get_mut("a").expect("present") += 1;
    assert_eq!((map.get("a"), map.get("b")), (Some(&2), None));
}
