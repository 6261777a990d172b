//! Where texts and files that others wrote come in, each with what makes inputs to try there.
//!
//! The fuzzers in `fuzz` and the bounded tests in `tests/bounded.rs` feed the same entries from the
//! same generators, so what one finds the other keeps. An entry holds where its input does no harm:
//! it never panics, and what it promises of what it could read is true. That an input takes less
//! than 10 seconds and 1 GB of memory is for whoever feeds it to watch.

mod conformance;
mod console;
mod gateway;
mod history;
mod link;
mod make;
mod scenario;
mod store;

use arbitrary::Unstructured;

/// What bytes begin with that stand for choices of a generator. No UTF-8 text has this byte.
pub const GENERATED: u8 = 0xff;

/// A place where input comes in.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name: that of its fuzz target, and of its folder of inputs that once failed.
    pub name: &'static str,
    make: fn(&mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>>,
    take: fn(&[u8]),
}

/// All of them.
pub const ENTRIES: [Entry; 8] = [
    Entry { name: "scenario", make: scenario::make, take: scenario::take },
    Entry { name: "link", make: link::make, take: link::take },
    Entry { name: "console", make: console::make, take: console::take },
    Entry { name: "gateway", make: gateway::make, take: gateway::take },
    Entry { name: "store", make: store::make, take: store::take },
    Entry { name: "jepsen", make: history::make_jepsen, take: history::take },
    Entry { name: "porcupine", make: history::make_porcupine, take: history::take },
    Entry { name: "conformance", make: conformance::make, take: conformance::take },
];

/// The entry of this name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

impl Entry {
    /// The input that bytes stand for: behind [`GENERATED`] what the generator makes of them, and
    /// otherwise they themselves.
    pub fn input(&self, bytes: &[u8]) -> Vec<u8> {
        match bytes.split_first() {
            Some((&GENERATED, choices)) => self.generated(choices),
            Some(_) | None => bytes.to_vec(),
        }
    }

    /// What the generator makes of these bytes: the same of the same, and something of any.
    pub fn generated(&self, choices: &[u8]) -> Vec<u8> {
        (self.make)(&mut Unstructured::new(choices)).unwrap_or_default()
    }

    /// Takes an input in.
    ///
    /// # Panics
    /// Where it does harm, or where what was promised of it is not true.
    pub fn take(&self, input: &[u8]) {
        (self.take)(input);
    }
}
