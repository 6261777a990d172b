//! The stage: servers on a ring, links between them, and messages on their way.
//!
//! Coordinates are those of a picture of [`WIDTH`] by [`HEIGHT`].

mod camera;
mod details;
mod links;
mod messages;
mod sayings;
mod servers;

pub use camera::{Camera, Frame};
use details::DETAILS;
pub use details::{Held, MOST_WITH_DETAILS, add_details, label_box, short, tail_boxes, width_of};
pub use links::{LinkView, links, walls};
pub use messages::{Glyph, MessageView, Motion, WORDS_SIZE, glyph, gone_of, messages};
use raft_core::NodeId;
pub use servers::{Belongs, Look, Pip, ServerView, arc, part_at, servers, timer_left};
use std::f64::consts::TAU;

/// The width of the picture.
pub const WIDTH: f64 = 490.0;
/// The height of the picture.
pub const HEIGHT: f64 = 500.0;
/// How far a leader's crown stands above its circle, in radii of 36.
const CROWN: f64 = 28.0;
/// The room beside a server for what it holds, which is wider than the server.
const BESIDE: f64 = 28.0;
/// The room below the lowest server, where nothing stands under it.
const FOOT: f64 = 10.0;

/// A number as a picture takes it: with one decimal, which is finer than a pixel. Written with
/// integers, since it happens hundreds of times a frame and the library's way is large in wasm.
pub fn fixed(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenth == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tenth}") }
}

/// Sine and cosine of a part of a full turn, exact to a millionth. The library's functions bring
/// ten kilobytes of wasm for angles of any size and the last bit.
pub fn turn(part: f64) -> (f64, f64) {
    // To the nearest quarter, and from there at most an eighth of a turn.
    let quarter = (part * 4.0).round();
    let x = (part - quarter / 4.0) * TAU;
    let xx = x * x;
    let sin = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0)));
    let cos = 1.0 - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0)));
    match (quarter as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// A place in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Point {
    /// The distance to another point.
    pub fn distance(self, other: Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point this far towards another: 0 is here, 1 is there.
    pub fn towards(self, other: Point, t: f64) -> Point {
        Point { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }
}

/// Where servers stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    servers: usize,
    radius: f64,
    center: Point,
    /// The radius of one server.
    pub server_radius: f64,
    /// Whether messages may carry words.
    words: bool,
}

impl Ring {
    /// A ring of so many servers.
    pub fn new(servers: usize) -> Ring {
        let radius = match servers {
            0 | 1 => 0.0,
            2 => 156.0,
            3 => 207.0,
            4 => 163.0,
            5 => 181.0,
            6..=MOST_WITH_DETAILS => 172.0,
            _ => 168.0,
        };
        let room = TAU * radius / servers.max(1) as f64;
        // Few servers are drawn larger: the picture is theirs.
        let largest = match servers {
            0..=3 => 48.0,
            4..=5 => 42.0,
            _ => 36.0,
        };
        let server_radius = if servers <= 1 { largest } else { (room * 0.36).clamp(12.0, largest) };
        // An odd ring has nobody at its lowest point: it hangs lower, so that what is drawn is in
        // the middle of the picture.
        let lowest =
            if servers.is_multiple_of(2) { 1.0 } else { turn(0.5 / servers.max(1) as f64).1 };
        let crown = CROWN * server_radius / 36.0;
        let foot = if servers <= MOST_WITH_DETAILS { DETAILS } else { FOOT };
        let y = (HEIGHT + radius * (1.0 - lowest) + crown - foot) / 2.0;
        let center = Point { x: WIDTH / 2.0, y };
        Ring { servers, radius, center, server_radius, words: true }
    }

    /// The middle of the ring.
    pub fn center(&self) -> Point {
        self.center
    }

    /// All that there is to see of it: one server alone is seen from nearer.
    pub fn frame(&self) -> Frame {
        let near = if self.servers <= 1 { 0.6 } else { 1.0 };
        let (width, height) = (WIDTH * near, HEIGHT * near);
        let middle = if self.servers <= 1 { self.center.y } else { HEIGHT / 2.0 };
        let corner = Point { x: (WIDTH - width) / 2.0, y: middle - height / 2.0 };
        Frame { corner, width, height }
    }

    /// The same for a picture so small that words on messages could not be read.
    #[must_use]
    pub fn without_words(self) -> Ring {
        Ring { words: false, ..self }
    }

    /// The servers alone, without what they hold: for a picture that is too small for more.
    pub fn tight(&self) -> Frame {
        const AROUND: f64 = 12.0;
        let [mut left, mut top, mut right, mut bottom] = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for id in 1..=self.servers as u64 {
            let (Point { x, y }, r) = (self.at(NodeId(id)), self.server_radius);
            (left, right) = (left.min(x - r - AROUND), right.max(x + r + AROUND));
            (top, bottom) = (top.min(y - r - CROWN * r / 36.0), bottom.max(y + r + AROUND));
        }
        if left > right {
            return self.frame();
        }
        Frame { corner: Point { x: left, y: top }, width: right - left, height: bottom - top }
    }

    /// How many servers stand on it.
    pub fn servers(&self) -> usize {
        self.servers
    }

    /// The part of the ring at which a server stands, clockwise from the top.
    pub fn part(&self, id: NodeId) -> f64 {
        id.0.saturating_sub(1) as f64 / self.servers.max(1) as f64
    }

    /// Where a server stands.
    pub fn at(&self, id: NodeId) -> Point {
        let (sin, cos) = turn(self.part(id));
        Point { x: self.center.x + self.radius * sin, y: self.center.y - self.radius * cos }
    }

    /// Left, top, right and bottom of all that is drawn of a server.
    pub fn area(&self, id: NodeId) -> [f64; 4] {
        let (Point { x, y }, r) = (self.at(id), self.server_radius);
        let foot = if self.servers <= MOST_WITH_DETAILS { DETAILS } else { FOOT };
        let beside = r + BESIDE;
        [x - beside, y - r - CROWN * r / 36.0, x + beside, y + r + foot]
    }

    /// The server at a point of the picture, with a little room around it.
    pub fn hit(&self, point: Point) -> Option<NodeId> {
        (1..=self.servers as u64)
            .map(NodeId)
            .map(|id| (self.at(id).distance(point), id))
            .filter(|(distance, _)| *distance <= self.server_radius + 8.0)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, id)| id)
    }

    /// The servers inside an outline drawn by hand.
    pub fn inside(&self, outline: &[Point]) -> Vec<NodeId> {
        (1..=self.servers as u64).map(NodeId).filter(|id| contains(outline, self.at(*id))).collect()
    }
}

/// Whether a closed outline holds a point (even-odd rule).
fn contains(outline: &[Point], point: Point) -> bool {
    let mut inside = false;
    let mut previous = match outline.last() {
        Some(last) => *last,
        None => return false,
    };
    for corner in outline {
        if (corner.y > point.y) != (previous.y > point.y) {
            let t = (point.y - corner.y) / (previous.y - corner.y);
            inside ^= point.x < corner.x + t * (previous.x - corner.x);
        }
        previous = *corner;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_holds_the_servers_inside_it() {
        let ring = Ring::new(4);
        let left = [
            Point { x: 0.0, y: 0.0 },
            Point { x: 200.0, y: 0.0 },
            Point { x: 200.0, y: 500.0 },
            Point { x: 0.0, y: 500.0 },
        ];
        assert_eq!(ring.inside(&left), [NodeId(4)]);
        assert_eq!(ring.hit(ring.at(NodeId(3))), Some(NodeId(3)));
        assert_eq!(ring.hit(ring.center()), None);
    }

    #[test]
    fn a_turn_is_what_the_library_says() {
        for step in -400..=400 {
            let part = f64::from(step) / 173.0;
            let (sin, cos) = turn(part);
            assert!((sin - (part * TAU).sin()).abs() < 1e-6, "sine of {part}");
            assert!((cos - (part * TAU).cos()).abs() < 1e-6, "cosine of {part}");
        }
    }

    #[test]
    fn the_picture_has_room_for_crowns_and_for_what_servers_hold() {
        for servers in 1..=31 {
            let ring = Ring::new(servers);
            let foot = if servers <= MOST_WITH_DETAILS { DETAILS } else { FOOT };
            for id in (1..=servers as u64).map(NodeId) {
                let (at, r) = (ring.at(id), ring.server_radius);
                let crown = at.y - r - CROWN * r / 36.0;
                assert!(crown >= 0.0, "{id} of {servers}: {crown}");
                assert!(at.y + r + foot <= HEIGHT, "{id} of {servers}: {}", at.y + r + foot);
                assert!(at.x - r >= 0.0 && at.x + r <= WIDTH, "{id} of {servers}: {}", at.x);
            }
        }
    }

    #[test]
    fn servers_never_overlap() {
        for servers in 2..=31 {
            let ring = Ring::new(servers);
            let gap = ring.at(NodeId(1)).distance(ring.at(NodeId(2)));
            assert!(gap > 2.0 * ring.server_radius, "{servers} servers");
        }
    }
}
