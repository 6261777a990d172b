//! What the tests of this folder share: where things lie, and a generator of our own.

pub mod clients;

use rand_core::Rng;
use rand_pcg::Pcg32;
use std::path::PathBuf;

/// How many of a thousand random runs may end with linearizability undecided.
pub const MAX_UNDECIDED_PERMILLE: u64 = 1;

/// The root of the workspace.
pub fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// A part of the conformance data: in the folder that `RAFT_CONFORMANCE` names, or else beside the
/// checkout. Where it is missing, says so to a person: past the test harness, which would keep what
/// a passing test prints to itself.
pub fn conformance(part: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("RAFT_CONFORMANCE") {
        Some(folder) => PathBuf::from(folder),
        None => root().join("../shared/conformance"),
    };
    let folder = folder.join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    let note = format!(
        "SKIPPED: no conformance data in {}; set RAFT_CONFORMANCE to a folder that holds \
         `{part}`\n",
        folder.display()
    );
    let _unheard = std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes());
    if let Some(list) = std::env::var_os("RAFT_SKIPPED") {
        let list = std::fs::OpenOptions::new().append(true).open(list);
        let added = list.and_then(|mut list| std::io::Write::write_all(&mut list, note.as_bytes()));
        added.expect("the list of skipped tests, which `cargo xtask test` counts, can be added to");
    }
    None
}

/// Random choices for tests: the same from the same seed, on every machine.
#[derive(Clone, Debug)]
pub struct Pick(Pcg32);

impl Pick {
    /// A generator of its own for this seed.
    pub fn new(seed: u64) -> Pick {
        Pick(Pcg32::new(seed, 0x7261_6674))
    }

    /// A number below `span`, which must be above 0.
    pub fn below(&mut self, span: u64) -> u64 {
        let (high, low) = (self.0.next_u32(), self.0.next_u32());
        let number = u64::from(high) << 32 | u64::from(low);
        u64::try_from((u128::from(number) * u128::from(span)) >> 64).unwrap_or(0)
    }

    /// A number from `min` to `max`, both included.
    pub fn from_to(&mut self, min: u64, max: u64) -> u64 {
        min + self.below(max - min + 1)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these, of which there must be one.
    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len() as u64);
        &of[usize::try_from(at).unwrap_or(0)]
    }
}
