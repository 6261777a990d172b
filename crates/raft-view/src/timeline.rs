//! The timeline: how far the run goes, what is worth finding again, and its branches.

use raft_core::Micros;
use raft_sim::{MarkKind, Session};

/// One mark to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkView {
    /// Where on the track, 0 to 1.
    pub at: f64,
    /// The name of its style.
    pub class: &'static str,
}

/// One branch to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BranchView {
    /// Which.
    pub id: usize,
    /// Where it leaves its parent, 0 to 1.
    pub from: f64,
    /// Where it ends, 0 to 1.
    pub to: f64,
    /// The row it is drawn on, from 0; the present branch is the track itself.
    pub row: usize,
    /// Its end.
    pub end: Micros,
}

/// Everything on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineView {
    /// The time at the right end.
    pub span: Micros,
    /// The end of the present branch, 0 to 1.
    pub end: f64,
    /// Marks of the present branch.
    pub marks: Vec<MarkView>,
    /// The other branches.
    pub branches: Vec<BranchView>,
    /// The present branch.
    pub current: usize,
    /// How many branches there are.
    pub count: usize,
}

/// The most rows of other branches that are drawn; further branches share the last.
const ROWS: usize = 3;

/// The shortest time that a track shows, so that a run that has just begun does not fill it.
const SHORTEST: Micros = 1_000_000;

/// What the timeline shows.
pub fn timeline(session: &Session) -> TimelineView {
    let ends = session.branches().iter().map(|branch| branch.end()).max().unwrap_or(0);
    let span = nice(ends.max(session.end()).max(SHORTEST));
    let place = |time: Micros| (time as f64 / span as f64).clamp(0.0, 1.0);
    let mut marks: Vec<MarkView> = Vec::new();
    for mark in session.branch().marks() {
        let view = MarkView { at: place(mark.at), class: mark_class(mark.kind) };
        // Marks that fall on one pixel are drawn once.
        let same = marks
            .iter()
            .rev()
            .take(6)
            .any(|known| known.class == view.class && (known.at - view.at).abs() < 0.0015);
        if !same {
            marks.push(view);
        }
    }
    let current = session.current();
    let others = session.branches().iter().enumerate().filter(|(id, _)| *id != current);
    let branches = others.enumerate().map(|(row, (id, branch))| BranchView {
        id,
        from: branch.parent().map_or(0.0, |(_, at)| place(at.time)),
        to: place(branch.end()),
        row: row.min(ROWS - 1),
        end: branch.end(),
    });
    TimelineView {
        span,
        end: place(session.end()),
        marks,
        branches: branches.collect(),
        current,
        count: session.branches().len(),
    }
}

/// A round time that is not shorter, so that the scale does not change with every frame.
fn nice(time: Micros) -> Micros {
    let mut span = SHORTEST;
    while span < time {
        span = span * 3 / 2;
    }
    span
}

/// The style of a mark.
pub fn mark_class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Elected { .. } => "elected",
        MarkKind::Committed => "committed",
        MarkKind::Fault => "fault",
        MarkKind::Violated(_) => "violated",
    }
}

/// The nearest mark after the present moment, or before it: commits only where nothing else is.
pub fn neighbour(session: &Session, forward: bool) -> Option<Micros> {
    let now = session.world().now();
    let marks = session.branch().marks();
    let important = marks.iter().filter(|mark| mark.kind != MarkKind::Committed);
    if forward {
        important.map(|mark| mark.at).find(|at| *at > now)
    } else {
        important.map(|mark| mark.at).rfind(|at| *at < now)
    }
}
