//! Feeds the entry `jepsen`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raft_playground_fuzz::feed("jepsen", bytes));
