//! Counts the bytes in use, and ends the program where an input takes more than it may: the system
//! would end it without a word.
#![allow(unsafe_code, reason = "a global allocator cannot be written without it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The most bytes that may be in use at once.
const MOST: usize = 1_000_000_000;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static SEED: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, counting.
pub struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged, or ends the program.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        if live > MOST {
            too_much(layout.size(), live);
        }
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn too_much(asked: usize, live: usize) -> ! {
    // Printing takes memory too.
    LIVE.store(0, Ordering::Relaxed);
    let seed = SEED.load(Ordering::Relaxed);
    eprintln!("seed {seed}: {asked} more bytes make {live} in use, and {MOST} may be");
    eprintln!("{}", std::backtrace::Backtrace::force_capture());
    std::process::abort();
}

/// Which seed's input is to blame from here on.
pub fn watch(seed: u64) {
    SEED.store(seed, Ordering::Relaxed);
}

/// The bytes in use now; the most in use is counted anew.
pub fn live() -> usize {
    let live = LIVE.load(Ordering::Relaxed);
    PEAK.store(live, Ordering::Relaxed);
    live
}

/// By how much the most in use was above what was in use before.
pub fn peak_since(before: usize) -> usize {
    PEAK.load(Ordering::Relaxed).saturating_sub(before)
}
