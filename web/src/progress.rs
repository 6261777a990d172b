//! How far somebody has come in lessons, kept by the browser where that is allowed.

use std::collections::BTreeMap;

const KEY: &str = "raft-playground.progress";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The farthest step of each lesson, by its name; `usize::MAX` where its end was reached.
pub fn read() -> BTreeMap<String, usize> {
    let kept = storage().and_then(|storage| storage.get_item(KEY).ok()?).unwrap_or_default();
    let line = |line: &str| {
        let (name, step) = line.split_once(' ')?;
        Some((name.to_string(), if step == "done" { usize::MAX } else { step.parse().ok()? }))
    };
    kept.lines().filter_map(line).collect()
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
    if let Some(storage) = storage() {
        // Where it may not be kept, only the mark is lost.
        let _kept = storage.set_item(KEY, &text);
    }
}
