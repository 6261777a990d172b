//! A still of a run at one moment, for documents: what the page would show, as one SVG file that
//! says in words what it shows.
//!
//! It stands beside `picture`, which draws small pictures for lists: those have no words in them.
//! What is said here is English: the file goes into a document, not before a reader who has chosen
//! a language.

mod colours;
mod draw;
mod people;
mod says;
mod table;

pub use colours::Theme;
pub use says::description;

use crate::stage::{HEIGHT, WIDTH, fixed};
use crate::words::seconds;
use raft_sim::{Session, World};
use std::collections::BTreeSet;

/// How a still is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poster {
    /// Its colours.
    pub theme: Theme,
    /// Whether the log table stands below.
    pub logs: bool,
    /// How wide it wants to be, in pixels; `None` is its natural width.
    pub width: Option<u32>,
}

/// The height of the line with the title and the time.
const FOOT: f64 = 34.0;
/// The most characters of a title that the line has room for.
const MOST_OF_A_TITLE: usize = 52;

/// An SVG file of the session at its moment.
pub fn poster(session: &Session, how: Poster) -> String {
    let world = session.world();
    let table = if how.logs { table::height(world) } else { 0.0 };
    let height = HEIGHT + FOOT + table;
    let wide = how.width.map_or(WIDTH, f64::from);
    let high = height * wide / WIDTH;
    let title = session.title().unwrap_or("A Raft cluster");
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {}\" \
         width=\"{}\" height=\"{}\">\n<title>{}, at {}</title>\n<desc>{}</desc>\n",
        fixed(height),
        fixed(wide),
        fixed(high),
        xml(title),
        seconds(world.now()),
        xml(&description(world)),
    );
    out += &format!("<style>{}</style>\n", colours::style(how.theme, &terms(world)));
    out += "<rect class=\"p\" width=\"100%\" height=\"100%\"/>\n";
    out += &draw::stage(world, how.logs);
    out += &foot(session);
    if how.logs {
        out += &table::table(world, HEIGHT + FOOT);
    }
    out + "</svg>\n"
}

/// The line below the servers.
fn foot(session: &Session) -> String {
    let y = fixed(HEIGHT + FOOT / 2.0);
    let title = session.title().unwrap_or("");
    let mut shown: String = title.chars().take(MOST_OF_A_TITLE).collect();
    if shown.len() < title.len() {
        shown.push('…');
    }
    format!(
        "<text class=\"a m\" x=\"14\" y=\"{y}\">{}</text>\n\
         <text class=\"z n\" x=\"{}\" y=\"{y}\">{}</text>\n",
        xml(&shown),
        fixed(WIDTH - 14.0),
        seconds(session.world().now())
    )
}

/// The remainders of all terms that are drawn: only their colours are written.
fn terms(world: &World) -> BTreeSet<u64> {
    let servers = world.servers().iter().flat_map(|server| {
        let log = server.node().log();
        let entries = log.range(log.base().index + 1, log.last_index());
        entries.map(|entry| entry.term).chain([server.node().term()]).collect::<Vec<_>>()
    });
    let flights = world.network().in_flight();
    let messages = flights.iter().map(|flight| flight.message.term);
    servers.chain(messages).map(|term| term % 6).collect()
}

/// Text as it stands in XML, which takes few control characters.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
