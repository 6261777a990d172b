//! How much memory a long run's history takes, and how fast one gets to any moment of it.

use crate::memory;
use raft_sim::{Command, LoadSpec, Session, Settings};

const HOUR: u64 = 3_600_000_000;

/// What was measured.
pub struct History {
    /// Live memory of the session in MB (1,000,000 bytes).
    pub megabytes: f64,
    /// The 99th percentile of 200 seeks anywhere, in milliseconds.
    pub seek_anywhere_ms: f64,
    /// The same in the latest hour.
    pub seek_latest_hour_ms: f64,
}

/// Runs five servers for so many hours with a request every 100 ms, then seeks.
pub fn measure(hours: u64, clock: fn() -> f64) -> History {
    let before = memory::live();
    let mut session = Session::new(None, Settings::default());
    session.advance(1_000_000, u64::MAX);
    session
        .dispatch(Command::Load(Some(LoadSpec::new(10, 0))))
        .expect("the load generator can always be started");
    session.advance(hours * HOUR, u64::MAX);
    let megabytes = (memory::live() - before) as f64 / 1e6;
    let end = session.end();
    let seek_anywhere_ms = seeks(&session, 0, end, clock);
    let seek_latest_hour_ms = seeks(&session, end.saturating_sub(HOUR), end, clock);
    History { megabytes, seek_anywhere_ms, seek_latest_hour_ms }
}

/// The 99th percentile of 200 seeks between two times, in milliseconds.
fn seeks(session: &Session, from: u64, to: u64, clock: fn() -> f64) -> f64 {
    // A fixed sequence of instants that look random (a linear congruence of Knuth's).
    let mut state = 88_172_645_463_325_252_u64;
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..200 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let time = from + (state >> 11) % (to - from);
        // Nothing is cached: each seek starts from the session as it was at its end.
        let mut session = session.clone();
        let start = clock();
        session.seek(time);
        times.push((clock() - start) * 1_000.0);
        assert_eq!(session.world().now(), time, "the seek went elsewhere");
    }
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}
