//! A small picture of a run at one moment, as a file of its own: for lists of scenarios.

use crate::stage::{Camera, Glyph, Look, Motion, Ring, fixed, links, messages, servers, walls};
use raft_sim::{Session, World};

/// The colours of terms (Okabe–Ito), by the term's remainder.
const TERMS: [&str; 6] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

const STYLE: &str = "svg{color:#1d2329;--p:#fff;--r:#d9d5cb}\
    @media(prefers-color-scheme:dark){svg{color:#e9edf0;--p:#1b2025;--r:#3c454d}}\
    .l{stroke:var(--r);stroke-width:3}.x{opacity:.4}\
    .n{fill:var(--p);stroke-width:7}.h{fill:none;stroke-width:12;opacity:.35}\
    .candidate{stroke-width:11}.down,.paused{stroke:#8a8f94;stroke-width:4;opacity:.6}\
    text{font:600 30px sans-serif;fill:currentColor;text-anchor:middle;dominant-baseline:central}\
    .w{fill:none;stroke:#b3261e;stroke-width:6}";

/// An SVG file of the cluster at the session's moment.
pub fn picture(world: &World) -> String {
    let ring = Ring::new(world.servers().len());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{}\"><style>{STYLE}</style>\n",
        Camera::whole(ring.frame()).view_box().map(fixed).join(" ")
    );
    for link in links(world, &ring) {
        let class = if link.a_to_b_blocked || link.b_to_a_blocked { "l x" } else { "l" };
        out += &format!(
            "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>\n",
            fixed(link.from.x),
            fixed(link.from.y),
            fixed(link.to.x),
            fixed(link.to.y)
        );
    }
    for wall in walls(world, &ring) {
        out += &format!("<path class=\"w\" d=\"{wall}\"/>\n");
    }
    for server in servers(world, &ring) {
        let colour = TERMS[(server.term % 6) as usize];
        let (x, y, radius) = (fixed(server.at.x), fixed(server.at.y), fixed(server.radius));
        let body = match server.look {
            Look::Crashed | Look::Paused | Look::Announced | Look::Removed => String::new(),
            Look::Follower | Look::Candidate | Look::Leader => format!(" stroke=\"{colour}\""),
        };
        if server.look == Look::Leader {
            let halo = fixed(server.radius + 13.0);
            out += &format!(
                "<circle class=\"h\" stroke=\"{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"{halo}\"/>\n"
            );
        }
        let class = server.look.class();
        out +=
            &format!("<circle class=\"n {class}\"{body} cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>\n");
        out += &format!("<text x=\"{x}\" y=\"{y}\">{}</text>\n", server.id);
    }
    for message in messages(world, &ring, Motion::Full) {
        let colour = TERMS[(message.term % 6) as usize];
        let (x, y) = (fixed(message.at.x), fixed(message.at.y));
        let radius = match message.glyph {
            Glyph::Ask | Glyph::Entries(_) | Glyph::Snapshot | Glyph::Forward => "15",
            Glyph::Probe | Glyph::Beat | Glyph::BeatReply | Glyph::Tick | Glyph::Cross => "9",
        };
        out += &format!("<circle fill=\"{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>\n");
    }
    out + "</svg>\n"
}

/// Carries a run's scenario out and goes to its most telling moment: the first violation, or else
/// when the middle one of its sentences was said, or else its end.
pub fn go_to_telling_moment(session: &mut Session) {
    const MOST_EVENTS: u64 = 2_000_000;
    while !session.finish_script(MOST_EVENTS) {}
    let broken = session.world().violations().first().map(|violation| violation.at);
    let said: Vec<u64> = session
        .script()
        .map(|script| script.reached().iter().map(|reached| reached.at).collect())
        .unwrap_or_default();
    if let Some(moment) = broken.or_else(|| said.get(said.len() / 2).copied()) {
        session.seek(moment);
    }
}
