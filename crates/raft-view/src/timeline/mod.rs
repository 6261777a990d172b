//! The timeline: how far the run goes, what is worth finding again, and its branches.

mod marks;
mod tree;
mod window;

pub use marks::{MarkView, mark_class, mark_here, neighbour};
pub use tree::{BranchView, ROWS};
pub use window::Window;

use marks::marks;
use raft_core::Micros;
use raft_sim::Session;
use tree::tree;

/// Everything on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineView {
    /// The time at the right end of the whole.
    pub span: Micros,
    /// The part of it that the track shows.
    pub window: Window,
    /// Whether that is not all.
    pub is_zoomed: bool,
    /// The end of the present branch, on the track.
    pub end: f64,
    /// Marks of the present branch, the most important last.
    pub marks: Vec<MarkView>,
    /// The other branches.
    pub branches: Vec<BranchView>,
    /// How many rows they take.
    pub rows: usize,
    /// The present branch.
    pub current: usize,
    /// How many branches there are.
    pub count: usize,
}

/// The shortest time that a whole track shows, so that a run that has just begun does not fill it.
const SHORTEST: Micros = 1_000_000;

/// What the timeline shows of a window, or of all.
pub fn timeline(session: &Session, window: Option<Window>) -> TimelineView {
    let span = span(session);
    let window = window.unwrap_or(Window::whole(span));
    let branches = tree(session, window);
    TimelineView {
        span,
        window,
        is_zoomed: window != Window::whole(span),
        end: window.part(session.end()),
        marks: marks(session.branch().marks(), window),
        rows: branches.iter().map(|branch| branch.row).max().unwrap_or(0),
        branches,
        current: session.current(),
        count: session.branches().len(),
    }
}

/// The time at the right end of a track that shows all.
pub fn span(session: &Session) -> Micros {
    let ends = session.branches().iter().map(|branch| branch.end()).max().unwrap_or(0);
    nice(ends.max(session.end()).max(SHORTEST))
}

/// A round time that is not shorter, so that the scale does not change with every frame.
fn nice(time: Micros) -> Micros {
    let mut span = SHORTEST;
    while span < time {
        span = span * 3 / 2;
    }
    span
}
