//! How far somebody has come in lessons, kept by the browser where that is allowed.

use crate::kept;
use std::collections::BTreeMap;

const KEY: &str = "raft-playground.progress";

/// The farthest step of each lesson, by its name; `usize::MAX` where its end was reached.
pub fn read() -> BTreeMap<String, usize> {
    let kept = kept::read(KEY).unwrap_or_default();
    let line = |line: &str| {
        let (name, step) = line.split_once(' ')?;
        Some((name.to_string(), if step == "done" { usize::MAX } else { step.parse().ok()? }))
    };
    // One by one: whoever collects a map sorts first, which is five kilobytes of wasm.
    let mut all = BTreeMap::new();
    for (name, step) in kept.lines().filter_map(line) {
        all.insert(name, step);
    }
    all
}

/// Keeps that a step was reached; `usize::MAX` for the end.
pub fn keep(name: &str, step: usize) {
    let mut all = read();
    let known = all.entry(name.to_string()).or_default();
    if *known >= step {
        return;
    }
    *known = step;
    let line = |(name, step): (&String, &usize)| match *step {
        usize::MAX => format!("{name} done\n"),
        step => format!("{name} {step}\n"),
    };
    let text: String = all.iter().map(line).collect();
    kept::keep(KEY, &text);
}
