//! What a fence may say behind `raft`: the element's attributes, each with what it takes.

use super::Block;
use crate::moment::{self, When};
use anyhow::{bail, ensure};
use raft_sim::parse_span;
use raft_view::lesson::is_lesson;
use raft_view::pace::Tempo;

/// What is wrong with a value: what was expected in its place.
type Reads = fn(&str) -> Result<(), &'static str>;

/// Each attribute of the element, and what reads its value.
const TAKES: [(&str, Reads); 20] = [
    ("scenario", anything),
    ("lesson", anything),
    ("step", |value| is(value.parse().is_ok_and(|step: usize| step > 0), "a step, from 1")),
    ("src", anything),
    ("link", |value| is(value.contains("run="), "what stands behind `#` in a shared link")),
    ("view", |value| {
        let known = ["stage", "logs", "lesson", "panel", "all"];
        let all = || value.split_whitespace().all(|word| known.contains(&word));
        is(all(), "words of stage, logs, lesson, panel and all")
    }),
    ("at", |value| is(moment::time(value).is_ok(), "a time such as `204ms`")),
    ("until", anything),
    ("play", |value| {
        is(["", "click", "visible", "none"].contains(&value), "click, visible or none")
    }),
    ("speed", |value| {
        is(Tempo::of_name(value).is_some(), "a speed from `1/1000` to `10`, such as `1/20`")
    }),
    ("theme", |value| is(["auto", "light", "dark"].contains(&value), "auto, light or dark")),
    ("lang", |value| is(["en", "zh"].contains(&value), "en or zh")),
    ("pace", |value| is(["calm", "steady"].contains(&value), "calm or steady")),
    ("label", anything),
    ("caption", anything),
    ("controls", |value| is(["", "none"].contains(&value), "none")),
    ("base", anything),
    ("height", |value| {
        is(value.parse().is_ok_and(|it| (200..4000).contains(&it)), "pixels from 200 to 3999")
    }),
    ("keys", |value| is(["own", "all"].contains(&value), "own or all")),
    ("theme-switch", anything),
];

/// Those that mean something without a value.
const BARE: [&str; 2] = ["play", "controls"];

fn anything(_: &str) -> Result<(), &'static str> {
    Ok(())
}

fn is(fits: bool, expected: &'static str) -> Result<(), &'static str> {
    if fits { Ok(()) } else { Err(expected) }
}

impl Block {
    /// Whether all that its fence says is known, stands there once, and has a value that can be
    /// read.
    ///
    /// # Errors
    /// What was expected in place of the first that is not.
    pub fn read_words(&self) -> anyhow::Result<()> {
        for (place, (name, value)) in self.info.words.iter().enumerate() {
            let Some((_, reads)) = TAKES.iter().find(|(known, _)| known == name) else {
                let known: Vec<&str> = TAKES.iter().map(|(name, _)| *name).collect();
                bail!("expected one of {} behind `raft`, found `{name}`", known.join(", "));
            };
            ensure!(
                value.is_some() || BARE.contains(&name.as_str()),
                "expected a value, as in `{name}=…`, found `{name}` alone"
            );
            let before = &self.info.words[..place];
            ensure!(
                !before.iter().any(|(other, _)| other == name),
                "expected `{name}` once, found it twice"
            );
            if let Some(value) = value
                && let Err(expected) = reads(value)
            {
                bail!("expected {expected} as `{name}`, found `{value}`");
            }
        }
        Ok(())
    }

    /// The value that its fence gives to a word.
    pub fn word(&self, name: &str) -> Option<&str> {
        let found = self.info.words.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    /// Whether what its fence says fits the text that it shows.
    ///
    /// # Errors
    /// What does not go with it.
    pub fn fits(&self, text: &str) -> anyhow::Result<()> {
        let is_lesson = raft_view::tab::read(text).is_ok_and(|it| is_lesson(&it));
        for name in ["at", "until"] {
            ensure!(
                !is_lesson || self.word(name).is_none(),
                "expected `step` beside a text with steps, found `{name}`"
            );
        }
        ensure!(
            is_lesson || self.word("step").is_none(),
            "expected a text with steps beside `step`, found one without"
        );
        let (at, until) = (self.word("at"), self.word("until"));
        let times = at.and_then(parse_span).zip(until.and_then(parse_span));
        ensure!(
            times.is_none_or(|(at, until)| at < until),
            "expected `until` behind `at`, found {} and {}",
            until.unwrap_or_default(),
            at.unwrap_or_default()
        );
        Ok(())
    }

    /// The moment that its fence asks for.
    ///
    /// # Errors
    /// Where that is no moment.
    pub fn when(&self) -> anyhow::Result<When> {
        Ok(match When::of(self.word("at"), self.word("until"))? {
            When::Telling => match self.word("step").and_then(|step| step.parse().ok()) {
                Some(step) => When::Step(step),
                None => When::Telling,
            },
            when @ (When::At(_) | When::Until(_) | When::Step(_)) => when,
        })
    }
}
