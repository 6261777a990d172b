//! Links between servers, and the walls of partitions.

use super::{Point, Ring, fixed, turn};
use raft_core::{NodeId, sort_few};
use raft_sim::{Server, World};

/// A link between two servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkView {
    /// One end; the lower id.
    pub a: NodeId,
    /// The other end.
    pub b: NodeId,
    /// Where one end is.
    pub from: Point,
    /// Where the other is.
    pub to: Point,
    /// Whether nothing passes from `a` to `b`, by a cut or a partition.
    pub a_to_b_blocked: bool,
    /// Whether nothing passes from `b` to `a`.
    pub b_to_a_blocked: bool,
    /// Whether what is on it is held, in either direction.
    pub held: bool,
}

/// Every link to draw.
pub fn links(world: &World, ring: &Ring) -> Vec<LinkView> {
    let network = world.network();
    let ids: Vec<NodeId> = world.servers().iter().map(Server::id).collect();
    let mut links = Vec::new();
    for (place, a) in ids.iter().enumerate() {
        for b in ids.iter().skip(place + 1) {
            links.push(LinkView {
                a: *a,
                b: *b,
                from: ring.at(*a),
                to: ring.at(*b),
                a_to_b_blocked: network.is_blocked(*a, *b),
                b_to_a_blocked: network.is_blocked(*b, *a),
                held: network.is_held(*a, *b) || network.is_held(*b, *a),
            });
        }
    }
    links
}

/// The wall of a partition around one group: a closed path outside its servers.
pub fn walls(world: &World, ring: &Ring) -> Vec<String> {
    let groups = world.network().groups();
    let Some(largest) = groups.iter().map(Vec::len).max() else { return Vec::new() };
    // The largest group stands free; each other gets a wall.
    let free = groups.iter().position(|group| group.len() == largest);
    groups
        .iter()
        .enumerate()
        .filter(|(place, _)| Some(*place) != free)
        .map(|(_, group)| wall(group, ring))
        .collect()
}

/// A rounded outline of the group: the convex hull of circles around its servers.
fn wall(group: &[NodeId], ring: &Ring) -> String {
    const CORNERS: u32 = 20;
    let reach = ring.server_radius + 15.0;
    let mut points: Vec<Point> = Vec::new();
    for id in group {
        let at = ring.at(*id);
        for corner in 0..CORNERS {
            let (sin, cos) = turn(f64::from(corner) / f64::from(CORNERS));
            points.push(Point { x: at.x + reach * cos, y: at.y + reach * sin });
        }
    }
    let hull = hull(points);
    let mut path = String::new();
    for (place, point) in hull.iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{step}{},{} ", fixed(point.x), fixed(point.y)));
    }
    path.push('Z');
    path
}

/// The convex hull (Andrew's monotone chain).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    sort_few(&mut points, |point| (point.x, point.y));
    let cross =
        |o: Point, a: Point, b: Point| (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && cross(a, b, point) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    hull
}
