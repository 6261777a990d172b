//! What stands under a server: what its state machine holds, and the end of its log.

use super::{Point, ServerView, WIDTH};
use crate::logs::{Cell, standing};
use raft_sim::{World, describe_entry, text_of};

/// The most servers for which there is room.
pub const MOST_WITH_DETAILS: usize = 9;
/// The most servers for which there is room for more than a key and its value.
const MOST_WITH_LOGS: usize = 5;
/// The most keys of a state machine.
const MOST_KEYS: usize = 2;
/// The most entries of a log.
const MOST_ENTRIES: u64 = 3;
/// The most characters of a key, a value or an entry.
const MOST_CHARACTERS: usize = 7;
/// The room below a server that its details take.
pub(super) const DETAILS: f64 = 52.0;

/// A key of a state machine and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The key.
    pub key: String,
    /// Its value; `None` where it was never set or is deleted.
    pub value: Option<String>,
}

impl Held {
    /// As it is written: `x = 5`.
    pub fn text(&self) -> String {
        format!("{} = {}", self.key, self.value.as_deref().unwrap_or("–"))
    }
}

/// Adds to servers what they hold: of these keys, or of those that were written last.
pub fn add_details(servers: &mut [ServerView], world: &World, keys: &[String]) {
    if servers.len() > MOST_WITH_DETAILS {
        return;
    }
    let has_room = servers.len() <= MOST_WITH_LOGS;
    for view in servers {
        let Some(server) = world.server(view.id) else { continue };
        // What a process holds in memory is gone with it.
        if server.is_live() || server.power() == raft_sim::Power::Paused {
            view.holds = holds(world, view, keys);
            view.holds.truncate(if has_room { MOST_KEYS } else { 1 });
        }
        if !has_room {
            continue;
        }
        let log = server.node().log();
        let last = log.last_index();
        let entries = log.range((last + 1).saturating_sub(MOST_ENTRIES).max(1), last);
        view.tail = entries
            .map(|entry| Cell {
                index: entry.index,
                term: entry.term,
                text: short(&describe_entry(entry)),
                standing: standing(world, server, entry.index),
                followed: false,
            })
            .collect();
    }
}

fn holds(world: &World, view: &ServerView, keys: &[String]) -> Vec<Held> {
    let Some(machine) = world.machine(view.id) else { return Vec::new() };
    let store = machine.store();
    if keys.is_empty() {
        let latest = store.latest(MOST_KEYS).into_iter();
        return latest
            .map(|pair| Held {
                key: short(&text_of(&pair.key)),
                value: Some(short(&text_of(&pair.value))),
            })
            .collect();
    }
    keys.iter()
        .take(MOST_KEYS)
        .map(|key| Held {
            key: short(key),
            value: store.value(key.as_bytes()).map(|value| short(&text_of(&value))),
        })
        .collect()
}

/// The size of an entry's text.
const ENTRY_SIZE: f64 = 11.5;
/// The size of its term.
const TERM_SIZE: f64 = 10.0;
/// How wide the end of a log may be.
pub(super) const MOST_OF_A_LOG: f64 = 150.0;
/// How high an entry is.
const ENTRY_HEIGHT: f64 = 17.0;
/// Between two entries.
const GAP: f64 = 3.0;

/// The entries of a log's end that have room under a server, each with its left, top, width and
/// height from the server's middle; `y` is the middle of their row. What has no room is left out,
/// oldest first; the rest keeps inside the picture.
pub fn tail_boxes(view: &ServerView, y: f64) -> Vec<(&Cell, [f64; 4])> {
    let width = |cell: &Cell| {
        // Some plain faces are a tenth wider than others.
        let text = width_of(&cell.text, ENTRY_SIZE) * 1.1;
        text + width_of(&cell.term.to_string(), TERM_SIZE) + 14.0
    };
    let whole_of = |cells: &[Cell]| cells.iter().map(|cell| width(cell) + GAP).sum::<f64>() - GAP;
    let mut cells = &view.tail[..];
    while let [_, rest @ ..] = cells
        && whole_of(cells) > MOST_OF_A_LOG
        && !rest.is_empty()
    {
        cells = rest;
    }
    let whole = whole_of(cells);
    let (first, last) = (1.0 - view.at.x, WIDTH - 1.0 - view.at.x - whole);
    let mut left = (-whole / 2.0).min(last).max(first);
    let placed = cells.iter().map(|cell| {
        let area = [left, y - ENTRY_HEIGHT / 2.0, width(cell), ENTRY_HEIGHT];
        left += area[2] + GAP;
        (cell, area)
    });
    placed.collect()
}

/// The beginning of a text, where it is long.
pub fn short(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.into();
    }
    text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

/// About how wide a text is drawn at this size: letters of a plain face, Chinese ones as wide as
/// high.
pub fn width_of(text: &str, size: f64) -> f64 {
    let wide = |c: char| if (c as u32) < 0x2000 { 0.6 } else { 1.0 };
    text.chars().map(wide).sum::<f64>() * size
}

/// A box for a text of this size, its middle here: left, top, width, height.
pub fn label_box(at: Point, text: &str, size: f64) -> [f64; 4] {
    let (width, height) = (width_of(text, size) + size * 1.3, size * 1.65);
    [at.x - width / 2.0, at.y - height / 2.0, width, height]
}
