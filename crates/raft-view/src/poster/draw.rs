//! Servers, links and messages as the stage has them.

use super::people::people;
use super::xml;
use crate::logs::Cell;
use crate::stage::{
    Glyph, Held, LinkView, Look, MessageView, Motion, Pip, Point, Ring, ServerView, WORDS_SIZE,
    add_details, arc, fixed, label_box, links, messages, servers, tail_boxes, timer_left, turn,
    walls,
};
use raft_sim::World;

/// The radius from which a server has room for its role beside its name and term.
const ROOM: f64 = 40.0;
/// The size of what a state machine holds, and of an entry.
const SMALL: f64 = 11.5;
/// How much of a turn a candidate's votes take, above it.
const VOTES_OVER: f64 = 0.6;

/// All that stands on the stage; ends of logs only where no table has the whole of them.
pub(super) fn stage(world: &World, table: bool) -> String {
    let ring = Ring::new(world.servers().len());
    let frame = ring.frame();
    // One server alone is seen from nearer, and what is beside the frame is cut off.
    let mut out = format!(
        "<svg width=\"490\" height=\"500\" viewBox=\"{} {} {} {}\">\n",
        fixed(frame.corner.x),
        fixed(frame.corner.y),
        fixed(frame.width),
        fixed(frame.height)
    );
    links(world, &ring).iter().for_each(|view| out += &link(view));
    for wall in walls(world, &ring) {
        out += &format!("<path class=\"w\" d=\"{wall}\"/>\n");
    }
    let mut views = servers(world, &ring);
    add_details(&mut views, world, &[]);
    if table {
        views.iter_mut().for_each(|view| view.tail.clear());
    }
    for view in &views {
        let left = world.server(view.id).and_then(|known| timer_left(known, world.now()));
        out += &server(view, left);
    }
    out += &people(world, &ring);
    let mut views = messages(world, &ring, Motion::Full);
    leave_out_what_lies_on_others(&mut views);
    views.iter().for_each(|view| out += &message(view));
    out + "</svg>\n"
}

/// In a still nobody can wait until words have come apart: of those that lie on each other the
/// first stay, the others are signs.
fn leave_out_what_lies_on_others(views: &mut [MessageView]) {
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for view in views {
        let Some(words) = &view.words else { continue };
        let own = label_box(view.at, words, WORDS_SIZE);
        if taken.iter().any(|other| overlap(own, *other)) {
            view.words = None;
        } else {
            taken.push(own);
        }
    }
}

fn overlap([x, y, width, height]: [f64; 4], [left, top, wide, high]: [f64; 4]) -> bool {
    x < left + wide && left < x + width && y < top + high && top < y + height
}

fn link(view: &LinkView) -> String {
    let LinkView { from, to, a_to_b_blocked, b_to_a_blocked, held, .. } = *view;
    let both = a_to_b_blocked && b_to_a_blocked;
    let class = if both {
        "l x"
    } else if held {
        "l o"
    } else {
        "l"
    };
    let ends = [from.x, from.y, to.x, to.y].map(fixed);
    let mut out = format!(
        "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>\n",
        ends[0], ends[1], ends[2], ends[3]
    );
    if a_to_b_blocked || b_to_a_blocked {
        let (start, end) = if a_to_b_blocked { (from, to) } else { (to, from) };
        let at = start.towards(end, if both { 0.5 } else { 0.7 });
        out += &format!(
            "<path class=\"b\" d=\"M{} {}m-5-5l10 10m0-10l-10 10\"/>\n",
            fixed(at.x),
            fixed(at.y)
        );
    }
    out
}

fn server(view: &ServerView, timer: Option<f64>) -> String {
    let (r, term) = (view.radius, view.term % 6);
    let scale = r / 36.0;
    let mut out = format!("<g transform=\"translate({} {})\">", fixed(view.at.x), fixed(view.at.y));
    if view.look == Look::Leader {
        let (halo, y, s) = (fixed(r + 7.0 * scale), fixed(-r + 36.0 * scale), fixed(scale));
        out += &format!(
            "<circle class=\"h l{term}\" r=\"{halo}\"/><path class=\"g{term}\" \
             transform=\"translate(0 {y})scale({s})\" d=\"M-11-50v-10l6 6 5-9 5 9 6-6v10Z\"/>"
        );
    }
    out += &pips(view);
    let body = match view.look {
        Look::Leader => format!("leader l{term} f{term}"),
        Look::Candidate => format!("candidate l{term} p"),
        Look::Follower => format!("c l{term} p"),
        Look::Crashed | Look::Paused | Look::Announced | Look::Removed => "d".into(),
    };
    out += &format!("<circle class=\"{body}\" r=\"{}\"/>", fixed(r));
    if matches!(view.look, Look::Crashed | Look::Removed) {
        let (a, w) = (fixed(r * 0.5), fixed(r));
        out += &format!("<path class=\"k\" d=\"M-{a}-{a}l{w} {w}m0-{w}l-{w} {w}\"/>");
    }
    if let Some(left) = timer {
        out += &format!("<path class=\"t\" d=\"{}\"/>", arc(r, left));
    }
    out += &names(view);
    out += &details(view);
    out + "</g>\n"
}

/// Its name, its role and its term.
fn names(view: &ServerView) -> String {
    let r = view.radius;
    let small = if r < 26.0 { " s" } else { "" };
    let y = if r < ROOM { -5.0 * r / 36.0 } else { -15.0 };
    let name = format!(
        "<text class=\"n{}\" y=\"{}\">{}</text>",
        if small.is_empty() { " i" } else { "" },
        fixed(y),
        view.id
    );
    let role = match view.look {
        Look::Follower => Some("follower"),
        Look::Candidate => Some("candidate"),
        Look::Leader => Some("leader"),
        Look::Crashed | Look::Paused | Look::Announced | Look::Removed => None,
    };
    let under = match (view.look, view.belongs.words()) {
        (Look::Crashed, _) => "crashed".into(),
        (Look::Announced, _) => "not started".into(),
        (Look::Removed, _) => "removed".into(),
        (Look::Paused, _) => format!("paused, {} wait", view.inbox),
        (Look::Follower | Look::Candidate | Look::Leader, Some(words)) => words.into(),
        (Look::Follower | Look::Candidate | Look::Leader, None) => format!("term {}", view.term),
    };
    match role {
        Some(role) if r >= ROOM => {
            let role = format!("<text class=\"v\" y=\"4\">{role}</text>");
            format!("{name}{role}<text class=\"m\" y=\"20\">{under}</text>")
        }
        Some(_) | None => {
            let y = if r < ROOM { 12.0 * r / 36.0 } else { 8.0 };
            format!("{name}<text class=\"m{small}\" y=\"{}\">{under}</text>", fixed(y))
        }
    }
}

fn pips(view: &ServerView) -> String {
    let (count, term) = (view.pips.len().max(1) as f64, view.term % 6);
    let distance = view.radius + 11.0 * view.radius / 36.0;
    let size = (4.5 * view.radius / 36.0).max(2.0);
    let pip = |(place, pip): (usize, &Pip)| {
        let (sin, cos) = turn((place as f64 - (count - 1.0) / 2.0) / count * VOTES_OVER);
        let (x, y) = (distance * sin, -distance * cos);
        let fill = match pip {
            Pip::Waiting => "p".into(),
            Pip::Yes => format!("g{term}"),
            Pip::No => {
                let d = size * 0.9;
                let (left, top, w) = (fixed(x - d), fixed(y - d), fixed(2.0 * d));
                return format!(
                    "<path class=\"y l{term}\" d=\"M{left} {top}l{w} {w}m0-{w}l-{w} {w}\"/>"
                );
            }
        };
        let (x, y, size) = (fixed(x), fixed(y), fixed(size));
        format!("<circle class=\"f l{term} {fill}\" cx=\"{x}\" cy=\"{y}\" r=\"{size}\"/>")
    };
    view.pips.iter().enumerate().map(pip).collect()
}

/// What its state machine holds, and the end of its log.
fn details(view: &ServerView) -> String {
    let mut y = view.radius + 23.0;
    let held: Vec<String> = view.holds.iter().map(Held::text).collect();
    let mut out = String::new();
    if !held.is_empty() {
        out += &pill(&held.join("  "), Point { x: 0.0, y }, SMALL, "f l p", "");
        y += 20.0;
    }
    for (cell, area) in tail_boxes(view, y) {
        out += &entry(cell, area);
    }
    out
}

/// One entry of a log: its term, and what it holds.
pub(super) fn entry(cell: &Cell, [left, top, width, height]: [f64; 4]) -> String {
    use crate::logs::Standing;
    let term = cell.term % 6;
    let class = match cell.standing {
        Standing::Committed => format!("l{term} f{term}"),
        Standing::Pending | Standing::Unsynced => format!("e l{term} p"),
        Standing::Diverged => "e w p".into(),
    };
    let (x, y, w, h) = (fixed(left), fixed(top), fixed(width), fixed(height));
    let middle = fixed(top + height / 2.0);
    format!(
        "<rect class=\"f {class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>\
         <text class=\"a m\" x=\"{}\" y=\"{middle}\">{}</text>\
         <text class=\"z\" x=\"{}\" y=\"{middle}\">{}</text>",
        fixed(left + 4.0),
        cell.term,
        fixed(left + width - 4.0),
        xml(&cell.text)
    )
}

/// Words in a pill, its middle here.
pub(super) fn pill(words: &str, at: Point, size: f64, class: &str, ink: &str) -> String {
    let [left, top, width, height] = label_box(at, words, size);
    let (half, x, y) = (fixed(height / 2.0), fixed(at.x), fixed(at.y));
    let [left, top, width, height] = [left, top, width, height].map(fixed);
    let words = xml(words);
    format!(
        "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
         rx=\"{half}\"/><text class=\"{ink}\" x=\"{x}\" y=\"{y}\">{words}</text>"
    )
}

fn message(view: &MessageView) -> String {
    let term = view.term % 6;
    let held = if view.held { " f o" } else { "" };
    let answer = |yes: bool| if yes { ("y p", "good") } else { ("b p", "bad") };
    let (body, ink) = match view.glyph {
        Glyph::Tick => answer(true),
        Glyph::Cross => answer(false),
        Glyph::Ask
        | Glyph::Entries(_)
        | Glyph::Probe
        | Glyph::Beat
        | Glyph::BeatReply
        | Glyph::Forward
        | Glyph::Snapshot => ("", "u n"),
    };
    let solid = format!("g{term}{held}");
    let class = if body.is_empty() { solid } else { format!("{body}{held}") };
    if let Some(words) = &view.words {
        return pill(words, view.at, WORDS_SIZE, &class, ink) + "\n";
    }
    let shape = match view.glyph {
        Glyph::Ask => {
            format!("<path class=\"{class}\" d=\"M0-11L11 0 0 11-11 0Z\"/>{}", sign("?"))
        }
        Glyph::Entries(count) => boxed(&class, [30, 18, 9]) + &sign(&format!("+{count}")),
        Glyph::Probe => boxed(&class, [18, 14, 7]) + &sign("·"),
        Glyph::Forward => boxed(&class, [18, 18, 3]) + &sign("»"),
        Glyph::Snapshot => boxed(&class, [26, 22, 2]) + &sign("▤"),
        Glyph::Beat => format!("<circle class=\"{class}\" r=\"6\"/>"),
        Glyph::BeatReply => format!("<circle class=\"f l{term} p{held}\" r=\"4.5\"/>"),
        Glyph::Tick => {
            format!("<circle class=\"{class}\" r=\"8\"/><path class=\"y\" d=\"M-3.5 0L-1 3 4-3\"/>")
        }
        Glyph::Cross => format!(
            "<circle class=\"{class}\" r=\"8\"/><path class=\"b\" d=\"M-3-3L3 3M3-3L-3 3\"/>"
        ),
    };
    let (x, y) = (fixed(view.at.x), fixed(view.at.y));
    format!("<g transform=\"translate({x} {y})\">{shape}</g>\n")
}

fn sign(text: &str) -> String {
    format!("<text class=\"u n\">{text}</text>")
}

/// A box around the origin: width, height, and how round its corners are.
pub(super) fn boxed(class: &str, [width, height, round]: [i32; 3]) -> String {
    format!(
        "<rect class=\"{class}\" x=\"-{}\" y=\"-{}\" width=\"{width}\" height=\"{height}\" \
         rx=\"{round}\"/>",
        width / 2,
        height / 2
    )
}
