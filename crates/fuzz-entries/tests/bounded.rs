//! Whatever others write into a scenario, a link, a console, a request or a file, nothing panics,
//! hangs or takes a gigabyte: a few seconds of each entry, from its generator, and every input that
//! once failed.
//!
//! `RAFT_FUZZ_SECONDS=600` tries each for so long, `RAFT_FUZZ_SEED=7` only what that seed makes. An
//! input that is too much is kept in `target/failed-inputs`; its place afterwards is the folder
//! `regressions/ENTRY` beside this one.

#![allow(clippy::disallowed_types, reason = "the bounds are in a person's time")]

#[path = "bounded/memory.rs"]
mod memory;

use fuzz_entries::{ENTRIES, Entry, entry};
use rand_core::Rng;
use rand_pcg::Pcg32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// The longest that one input may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How long inputs are made for an entry, unless it is said otherwise.
const SECONDS: u64 = 2;
/// The most bytes that an input is made of.
const MOST_CHOICES: u64 = 4_096;

#[test]
fn scenario_texts_are_withstood() {
    is_withstood("scenario");
}

#[test]
fn links_are_withstood() {
    is_withstood("link");
}

#[test]
fn console_lines_are_withstood() {
    is_withstood("console");
}

#[test]
fn gateway_requests_are_withstood() {
    is_withstood("gateway");
}

#[test]
fn store_files_are_withstood() {
    is_withstood("store");
}

#[test]
fn jepsens_histories_are_withstood() {
    is_withstood("jepsen");
}

#[test]
fn porcupines_histories_are_withstood() {
    is_withstood("porcupine");
}

#[test]
fn conformance_files_are_withstood() {
    is_withstood("conformance");
}

#[test]
fn every_entry_has_a_fuzz_target() {
    let folder = root().join("fuzz/fuzz_targets");
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("its manifest");
    for Entry { name, .. } in ENTRIES {
        let target = std::fs::read_to_string(folder.join(format!("{name}.rs")));
        let target = target.unwrap_or_else(|error| panic!("the target of {name}: {error}"));
        assert!(target.contains(&format!("\"{name}\"")), "the target {name} feeds another entry");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in the manifest");
    }
    let targets = std::fs::read_dir(folder).expect("the targets").count();
    assert_eq!(targets, ENTRIES.len(), "a target without an entry");
}

/// One entry at a time: what is in use belongs to one input.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn is_withstood(name: &str) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let entry = entry(name).expect("an entry of this name");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name);
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&kept) {
        Ok(files) => files.map(|file| file.expect("a readable folder").path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    for file in &files {
        let input = std::fs::read(file).expect("a readable file");
        feed(entry, entry.input(&input), &file.display().to_string());
    }
    let (begun, mut slowest, mut largest) = (Instant::now(), Duration::ZERO, 0);
    let seconds = number("RAFT_FUZZ_SECONDS").unwrap_or(SECONDS);
    let only = number("RAFT_FUZZ_SEED");
    let mut seed = only.unwrap_or(1);
    loop {
        let mut random = Pcg32::new(seed, 0x6675_7a7a);
        let mut choices = vec![0; (u64::from(random.next_u32()) % MOST_CHOICES) as usize];
        random.fill_bytes(&mut choices);
        let what = format!("seed {seed}");
        memory::watch(seed);
        let (took, used) = feed(entry, entry.generated(&choices), &what);
        (slowest, largest) = (slowest.max(took), largest.max(used));
        if only.is_some() || begun.elapsed().as_secs() >= seconds {
            break;
        }
        seed += 1;
    }
    println!(
        "{name}: {} kept inputs; seeds up to {seed}, the slowest {:.3} s, the largest {:.1} MB",
        files.len(),
        slowest.as_secs_f64(),
        largest as f64 / 1e6
    );
}

/// Has an entry take an input in, within the bounds; how long that took, and how many bytes.
fn feed(entry: &'static Entry, input: Vec<u8>, what: &str) -> (Duration, usize) {
    let (done, outcome) = channel();
    let copy = input.clone();
    let begun = Instant::now();
    let before = memory::live();
    let thread = std::thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| entry.take(&copy)));
        // Whoever waited may have given up.
        let _unheard = done.send(result.is_ok());
    });
    let fault = match outcome.recv_timeout(LONGEST) {
        Ok(true) => None,
        Ok(false) => Some("panicked, see above"),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Some("took too long"),
    };
    if let Some(fault) = fault {
        let file = keep(entry.name, what, &input);
        panic!(
            "{}, {what}: {fault}\n{}\nkept in {}; repeat with the same seed in RAFT_FUZZ_SEED",
            entry.name,
            String::from_utf8_lossy(&input),
            file.display()
        );
    }
    let took = begun.elapsed();
    let used = memory::peak_since(before);
    thread.join().expect("it has sent its result");
    (took, used)
}

/// Writes an input that was too much where a person finds it.
fn keep(entry: &str, what: &str, input: &[u8]) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = target.unwrap_or(root().join("target")).join("failed-inputs").join(entry);
    let name = what.rsplit('/').next().unwrap_or(what).replace(' ', "-");
    let file = folder.join(name);
    std::fs::create_dir_all(&folder).expect("a folder for failed inputs");
    std::fs::write(&file, input).expect("a failed input can be written");
    file
}

fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root.pop();
    root
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} should be a number, not {text}")))
}
