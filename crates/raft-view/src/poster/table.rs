//! The log table below a still: a row a server, aligned on index, the end of the longest log.

use super::draw::entry;
use crate::logs::{Cell, Row, Window, longest, rows};
use crate::stage::{Look, fixed, short};
use raft_sim::World;

/// Columns for which there is room.
const COLUMNS: u64 = 6;
/// Left of the first column.
const NAMES: f64 = 94.0;
/// From one column to the next.
const COLUMN: f64 = 64.0;
/// From one row to the next.
const ROW: f64 = 25.0;
/// The indices' row, and the room below.
const HEAD: f64 = 28.0;

/// How high it is.
pub(super) fn height(world: &World) -> f64 {
    HEAD + ROW * world.servers().len() as f64
}

/// The table, from this height downwards.
pub(super) fn table(world: &World, top: f64) -> String {
    let first = (longest(world) + 1).saturating_sub(COLUMNS).max(1);
    let window = Window { first, columns: COLUMNS };
    let mut out = String::from("<g>");
    for column in 0..COLUMNS {
        let x = NAMES + COLUMN * column as f64 + COLUMN / 2.0;
        let (x, y, index) = (fixed(x), fixed(top + 8.0), first + column);
        out += &format!("<text class=\"m\" x=\"{x}\" y=\"{y}\">{index}</text>");
    }
    for (place, row) in rows(world, window).iter().enumerate() {
        out += &one(row, window, top + 18.0 + ROW * place as f64);
    }
    out + "</g>\n"
}

fn one(row: &Row, window: Window, top: f64) -> String {
    let middle = fixed(top + ROW / 2.0);
    let leads = row.look == Look::Leader.class();
    let mut out = format!(
        "\n<text class=\"a{}\" x=\"14\" y=\"{middle}\">{} · term {}</text>",
        if leads { " n" } else { "" },
        row.id,
        row.term
    );
    let at = |index: u64| NAMES + COLUMN * index.saturating_sub(window.first) as f64;
    if row.dropped >= window.first {
        let covered = row.dropped.min(window.first + window.columns - 1);
        let width = at(covered + 1) - at(window.first) - 4.0;
        out += &format!(
            "<rect class=\"f d\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"20\" rx=\"4\"/>\
             <text class=\"m\" x=\"{}\" y=\"{middle}\">to {}</text>",
            fixed(at(window.first)),
            fixed(top + 2.5),
            fixed(width),
            fixed(at(window.first) + width / 2.0),
            row.dropped
        );
    }
    for cell in &row.cells {
        let cell = Cell { text: short(&cell.text), ..cell.clone() };
        out += &entry(&cell, [at(cell.index), top + 2.5, COLUMN - 4.0, ROW - 5.0]);
    }
    out
}
