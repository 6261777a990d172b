//! Feeds the entry `gateway`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raft_playground_fuzz::feed("gateway", bytes));
