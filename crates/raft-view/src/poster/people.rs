//! Clients of a still: their boxes, the way to the server that each asked last, and what is under
//! way between them.

use super::draw::{boxed, pill};
use super::xml;
use crate::clients::{ClientBox, Mood, Parcel, client_boxes, parcels};
use crate::stage::{Motion, Point, Ring, WORDS_SIZE, fixed};
use raft_sim::World;

/// A head and shoulders around the origin.
const PERSON: &str = "M-5-1a5 5 0 0 1 10 0ZM0-7a3 3 0 0 1 0-6 3 3 0 0 1 0 6Z";

/// Those who have asked something.
pub(super) fn who_asked(world: &World, ring: &Ring) -> Vec<ClientBox> {
    let mut all = client_boxes(world, ring, 0);
    all.retain(|client| client.mood != Mood::Idle);
    all
}

/// The boxes and what is under way from and to them.
pub(super) fn people(world: &World, ring: &Ring) -> String {
    let boxes = who_asked(world, ring);
    let ways = parcels(world, ring, &boxes, &[], Motion::Full);
    boxes.iter().map(client).chain(ways.iter().map(parcel)).collect()
}

fn client(view: &ClientBox) -> String {
    let mut out = view.line.map_or(String::new(), |(from, to)| way(from, to, view.cut));
    let ((width, height), Point { x, y }) = (view.size, view.at);
    let told = match view.mood {
        Mood::Idle | Mood::Waits => "m",
        Mood::Told => "good",
        Mood::Refused | Mood::NoAnswer => "bad",
    };
    // Beside the edge of the picture, so that it ends or begins there.
    let (anchor, beside) = if view.is_right() { ("z", x + width) } else { ("a", x) };
    let [left, top, wide, high] = [x, y, width, height].map(fixed);
    out += &format!(
        "<rect class=\"j p\" x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" \
         rx=\"10\"/><path class=\"j\" transform=\"translate({} {})\" d=\"{PERSON}\"/>\
         <text class=\"a n\" x=\"{}\" y=\"{}\">{}</text><text x=\"{}\" y=\"{}\">{}</text>\
         <text class=\"{anchor} {told}\" x=\"{}\" y=\"{}\">{}</text>\n",
        fixed(x + 17.0),
        fixed(y + 20.0),
        fixed(x + 30.0),
        fixed(y + 15.0),
        xml(&view.name),
        fixed(x + width / 2.0),
        fixed(y + 32.0),
        xml(&view.asked),
        fixed(beside),
        fixed(y + height + 11.0),
        xml(&view.told),
    );
    out
}

/// From a client's door to its server.
fn way(from: Point, to: Point, cut: bool) -> String {
    let [a, b, c, d] = [from.x, from.y, to.x, to.y].map(fixed);
    let mut out = format!("<path class=\"l q\" d=\"M{a} {b}L{c} {d}\"/>");
    if cut {
        let at = from.towards(to, 0.4);
        let (x, y) = (fixed(at.x), fixed(at.y));
        out += &format!("<path class=\"b\" d=\"M{x} {y}m-5-5l10 10m0-10l-10 10\"/>");
    }
    out
}

fn parcel(view: &Parcel) -> String {
    let (class, ink) = match (view.asks, view.is_well) {
        (true, _) => ("f o p", ""),
        (false, true) => ("y p", "good"),
        (false, false) => ("b p", "bad"),
    };
    let shape = match &view.text {
        Some(words) => return pill(words, view.at, WORDS_SIZE, class, ink) + "\n",
        None => boxed(class, [10, 10, 2]),
    };
    let (x, y) = (fixed(view.at.x), fixed(view.at.y));
    format!("<g transform=\"translate({x} {y})\">{shape}</g>\n")
}
