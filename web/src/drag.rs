//! What a pointer drags, or two fingers.

use raft_core::NodeId;
use raft_view::menu::Selection;
use raft_view::stage::{Camera, Point};

/// What a pointer is doing on the stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Drag {
    /// Pressed on a server; not moved far yet, or on its way to another.
    Link {
        /// Where it began.
        from: NodeId,
        /// Where it is.
        to: Point,
        /// Whether it has left the place where it was pressed.
        moved: bool,
    },
    /// An outline drawn on the ground.
    Lasso {
        /// What was pressed where it began.
        pressed: Selection,
        /// Its points so far.
        outline: Vec<Point>,
    },
    /// A timer's end is dragged; how much is left.
    Timer(NodeId, f64),
    /// The picture itself is moved: by a pointer, or by two fingers.
    Picture(Pinch),
}

/// The picture is moved, and with two fingers zoomed. Places are those of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pinch {
    /// The part of the picture that was seen when it began.
    pub began: Camera,
    /// Where the first finger, or the pointer, was then and is now.
    pub first: (Point, Point),
    /// The same of a second finger.
    pub second: Option<(Point, Point)>,
    /// The part of the picture that is seen now.
    pub camera: Camera,
}
