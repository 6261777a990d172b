//! What clients got lately, as two small plots: how long answers took, and how many there were.
//!
//! Coordinates are those of a picture of [`WIDTH`] by [`HEIGHT`].

use crate::clients;
use crate::stage::fixed;
use crate::timeline::mark_class;
use crate::words::span;
use raft_core::Micros;
use raft_sim::stats::{BUCKET, Got};
use raft_sim::{MarkKind, Session};

/// The width of a plot.
pub const WIDTH: f64 = 300.0;
/// The height of a plot.
pub const HEIGHT: f64 = 56.0;

/// The stretches of time that a plot can show, in tenths of a second, and how many one step is. The
/// shortest that holds everything is shown, so that a slow run does not show an empty plot.
const WINDOWS: [(u64, u64); 6] = [(20, 1), (50, 1), (100, 2), (200, 4), (300, 6), (600, 12)];

/// Two plots over the same stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Plots {
    /// How long it is, in words.
    pub window: String,
    /// The path of half the answers' latency.
    pub median: String,
    /// The path of what 99 of a hundred answers took at most.
    pub p99: String,
    /// What stands at the top of the latencies' axis.
    pub latency_top: String,
    /// Bars for what was answered.
    pub answered: String,
    /// Bars on top of them for what failed.
    pub failed: String,
    /// What stands at the top of the second axis: requests a second.
    pub rate_top: String,
    /// Elections, faults and violations: where, and the name of their style.
    pub marks: Vec<(f64, &'static str)>,
    /// The figures in a sentence.
    pub figures: String,
}

/// The plots of the present moment; `None` where nobody has asked anything in the last minute.
pub fn plots(session: &Session) -> Option<Plots> {
    let (now, stats) = (session.world().now(), session.world().stats());
    let since = now / BUCKET - stats.begins()?.min(now) / BUCKET;
    let longest = (600, 12);
    let (tenths, step) =
        WINDOWS.into_iter().find(|(tenths, _)| since <= *tenths).unwrap_or(longest);
    let (window, step) = (tenths * BUCKET, step * BUCKET);
    // Whole steps only: a step that is not over would look like a drop.
    let to = now / step * step;
    let got: Vec<Got> = (0..window / step)
        .map(|place| {
            // What came before the beginning is nothing.
            let before = window - place * step;
            if before > to {
                Got::default()
            } else {
                stats.between(to - before, to - before + step)
            }
        })
        .collect();
    if got.iter().all(|got| got.answered + got.failed == 0) && since > longest.0 {
        return None;
    }
    let slowest = nice(got.iter().map(|got| got.p99).max().unwrap_or(0).max(1_000));
    let a_second = |count: u32| u64::from(count) * 1_000_000 / step;
    let most = nice(got.iter().map(|got| a_second(got.answered + got.failed)).max()?.max(1));
    let wide = WIDTH / got.len() as f64;
    let y = |value: u64, top: u64| HEIGHT * (1.0 - value as f64 / top as f64);
    let line = |value: fn(&Got) -> Micros| {
        let (mut path, mut pen) = (String::new(), 'M');
        for (place, got) in got.iter().enumerate() {
            if got.answered == 0 {
                pen = 'M';
                continue;
            }
            let x = (place as f64 + 0.5) * wide;
            path += &format!("{pen}{},{} ", fixed(x), fixed(y(value(got), slowest)));
            if pen == 'M' {
                // Alone it would not be seen.
                path += "h0.1 ";
            }
            pen = 'L';
        }
        path
    };
    let bars = |from: fn(&Got) -> u32, to: fn(&Got) -> u32| {
        let (mut path, bar) = (String::new(), fixed(wide - 1.0));
        for (place, got) in got.iter().enumerate().filter(|(_, got)| to(got) > from(got)) {
            let (low, high) = (y(a_second(from(got)), most), y(a_second(to(got)), most));
            let (x, low, high) = (fixed(place as f64 * wide + 0.5), fixed(low), fixed(high));
            path += &format!("M{x},{low} V{high} h{bar} V{low} Z ");
        }
        path
    };
    let start = to.saturating_sub(window);
    let mut marks: Vec<(f64, &'static str)> = Vec::new();
    for mark in session.branch().marks().iter().rev().take_while(|mark| mark.at >= start) {
        let x = (mark.at + window).saturating_sub(to) as f64 / window as f64 * WIDTH;
        let class = mark_class(mark.kind);
        let known = marks.iter().any(|(at, known)| *known == class && (at - x).abs() < 3.0);
        if mark.kind != MarkKind::Committed && mark.at <= to && !known {
            marks.push((x, class));
        }
    }
    Some(Plots {
        window: format!("{} s", window / 1_000_000),
        median: line(|got| got.median),
        p99: line(|got| got.p99),
        latency_top: span(slowest),
        answered: bars(|_| 0, |got| got.answered),
        failed: bars(|got| got.answered, |got| got.answered + got.failed),
        rate_top: format!("{most}/s"),
        marks,
        figures: clients::got(window, &stats.between(to.saturating_sub(window), to)),
    })
}

/// A round number that is not smaller: 1, 2 or 5 and noughts.
fn nice(value: u64) -> u64 {
    let mut unit = 1;
    loop {
        if let Some(found) = [1, 2, 5].map(|n| n * unit).into_iter().find(|nice| *nice >= value) {
            return found;
        }
        unit *= 10;
    }
}
