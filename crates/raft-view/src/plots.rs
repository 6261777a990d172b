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
    let stats = session.world().stats();
    let steps = Steps::of(session)?;
    let Steps { window, to, .. } = steps;
    let slowest = nice(steps.got.iter().map(|got| got.p99).max().unwrap_or(0).max(1_000));
    let most = nice(steps.got.iter().map(|got| steps.a_second(asked(got))).max()?.max(1));
    Some(Plots {
        window: format!("{} s", window / 1_000_000),
        median: steps.line(slowest, |got| got.median),
        p99: steps.line(slowest, |got| got.p99),
        latency_top: span(slowest),
        answered: steps.bars(most, |_| 0, |got| got.answered),
        failed: steps.bars(most, |got| got.answered, asked),
        rate_top: format!("{most}/s"),
        marks: steps.marks(session),
        figures: clients::got(window, &stats.between(to.saturating_sub(window), to)),
    })
}

fn asked(got: &Got) -> u32 {
    got.answered + got.failed
}

/// What clients got in each step of a stretch of time.
struct Steps {
    /// How long the stretch is, in microseconds.
    window: Micros,
    /// How long a step is.
    step: Micros,
    /// When the last step ends.
    to: Micros,
    got: Vec<Got>,
}

impl Steps {
    /// The shortest stretch that holds everything; `None` where all of the longest is empty.
    fn of(session: &Session) -> Option<Steps> {
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
                // Before the beginning there is nothing.
                let before = window - place * step;
                if before > to {
                    Got::default()
                } else {
                    stats.between(to - before, to - before + step)
                }
            })
            .collect();
        let is_empty = got.iter().all(|got| asked(got) == 0) && since > longest.0;
        (!is_empty).then_some(Steps { window, step, to, got })
    }

    fn a_second(&self, count: u32) -> u64 {
        u64::from(count) * 1_000_000 / self.step
    }

    /// The width of a step.
    fn wide(&self) -> f64 {
        WIDTH / self.got.len() as f64
    }

    /// The path of a latency, interrupted where nothing was answered.
    fn line(&self, top: Micros, value: fn(&Got) -> Micros) -> String {
        let (mut path, mut pen) = (String::new(), 'M');
        for (place, got) in self.got.iter().enumerate() {
            if got.answered == 0 {
                pen = 'M';
                continue;
            }
            let x = (place as f64 + 0.5) * self.wide();
            path += &format!("{pen}{},{} ", fixed(x), fixed(height(value(got), top)));
            if pen == 'M' {
                // A single point would be invisible.
                path += "h0.1 ";
            }
            pen = 'L';
        }
        path
    }

    /// Bars from one number of requests to another.
    fn bars(&self, top: u64, from: fn(&Got) -> u32, to: fn(&Got) -> u32) -> String {
        let (mut path, bar) = (String::new(), fixed(self.wide() - 1.0));
        for (place, got) in self.got.iter().enumerate().filter(|(_, got)| to(got) > from(got)) {
            let y = |count| fixed(height(self.a_second(count), top));
            let (low, high) = (y(from(got)), y(to(got)));
            let x = fixed(place as f64 * self.wide() + 0.5);
            path += &format!("M{x},{low} V{high} h{bar} V{low} Z ");
        }
        path
    }

    /// The marks of the stretch except commits; of those close together only one.
    fn marks(&self, session: &Session) -> Vec<(f64, &'static str)> {
        let Steps { window, to, .. } = *self;
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
        marks
    }
}

/// The distance of a value from the top.
fn height(value: u64, top: u64) -> f64 {
    HEIGHT * (1.0 - value as f64 / top as f64)
}

/// A round number that is not smaller: 1, 2 or 5 followed by zeros.
fn nice(value: u64) -> u64 {
    let mut unit = 1;
    loop {
        if let Some(found) = [1, 2, 5].map(|n| n * unit).into_iter().find(|nice| *nice >= value) {
            return found;
        }
        unit *= 10;
    }
}
