//! Why what clients saw cannot have come from one copy of the data: the few operations that no
//! order fits, as bars from call to return.

use crate::clients;
use crate::words::seconds;
use raft_sim::{SeenOffence, SeenOperation, text_of};

/// The width of the picture of one operation.
pub const WIDTH: f64 = 300.0;

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Who asked what, and what came.
    pub text: String,
    /// When, in words.
    pub times: String,
    /// Its place in the longest order that some of them fit, or that it has none.
    pub place: String,
    /// Whether it has one.
    pub fits: bool,
    /// Where its bar begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Whether it was never answered.
    pub open: bool,
}

/// What to show.
#[derive(Clone, Debug, PartialEq)]
pub struct OffenceView {
    /// What it is about.
    pub title: String,
    /// Why there is no order.
    pub why: String,
    /// The operations, in the order of their calls.
    pub bars: Vec<Bar>,
}

/// What to show for it.
pub fn offence(seen: &SeenOffence) -> OffenceView {
    let all = &seen.operations;
    let first = all.iter().map(|saw| saw.called).min().unwrap_or(0);
    let ends = all.iter().map(|saw| saw.returned.unwrap_or(saw.called));
    let last = ends.max().unwrap_or(0).max(first + 1);
    // The bar of an operation that was never answered extends to the edge.
    let x = |time: u64| (time - first) as f64 / (last - first) as f64 * (WIDTH - 8.0);
    let bar = |saw: &SeenOperation| {
        let from = x(saw.called);
        let to = saw.returned.map_or(WIDTH, x).max(from + 3.0);
        let times = match saw.returned {
            Some(returned) => format!("{} – {}", seconds(saw.called), seconds(returned)),
            None => format!("{} –", seconds(saw.called)),
        };
        Bar {
            text: clients::saw(saw),
            times,
            place: clients::place(saw),
            fits: saw.order.is_some(),
            from,
            to,
            open: saw.returned.is_none(),
        }
    };
    OffenceView {
        title: clients::offence_title(&text_of(&seen.key)),
        why: clients::no_order(seen),
        bars: all.iter().map(bar).collect(),
    }
}
