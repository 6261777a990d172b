//! Feeds the entry `porcupine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raft_playground_fuzz::feed("porcupine", bytes));
