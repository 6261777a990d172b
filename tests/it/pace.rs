//! How long everything that matters is on the screen while a lesson is watched: `docs/pace.md`.
#![cfg(not(target_arch = "wasm32"))]

#[path = "pace/watch.rs"]
mod watch;

use expect_test::expect_file;
use raft_core::Micros;
use raft_gallery::{KINDS, of_kind};
use raft_sim::scenario;
use raft_view::director::{HOLD, ON_ITS_WAY};
use std::fmt::Write;
use watch::{FRAME, Seen, watch};

/// The longest that a step moves.
const LONGEST_STEP: Micros = 20_000_000;

const HEAD: &str = "\
# The pace of the tour

Made by `UPDATE_EXPECT=1 cargo test -p playground-tests --test pace`, which watches every step frame
by frame as a person does who only presses Continue. Seconds of real time; a dash where a step has
nothing of the kind that ends before it rests.

- *Moment*: the shortest time that everything stands still where something is decided.
- *Message*: the shortest time that a message which matters is on its way, holds not counted.
- *Sentence*: the shortest time that one stays before the next, and how much of that is left once it
  is read.
- *Whole*: how long the step moves before it rests, 20 s at most.

| Lesson | Step | Moment | Message | Sentence | Left | Whole |
|---|---|---:|---:|---:|---:|---:|
";

#[test]
fn whatever_matters_is_on_the_screen_for_as_long_as_it_takes() {
    let mut table = String::from(HEAD);
    let mut wrong = Vec::new();
    for kind in KINDS {
        for item in of_kind(kind).filter(|item| item.is_lesson()) {
            for seen in watch(item.name, scenario::parse(item.text).expect("a scenario")) {
                let short = |time: Option<Micros>, least: Micros| {
                    time.is_some_and(|time| time + FRAME < least)
                };
                if seen.whole > LONGEST_STEP {
                    wrong.push(format!("too long: {seen:?}"));
                }
                let too_short = short(seen.moment, HOLD)
                    || short(seen.message, ON_ITS_WAY)
                    || seen.spare.is_some_and(|spare| spare < -(FRAME as i64));
                if too_short {
                    wrong.push(format!("too short: {seen:?}"));
                }
                if kind == "tour" {
                    row(&mut table, &seen);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "cannot be seen or read in peace:\n{}", wrong.join("\n"));
    expect_file!["../../docs/pace.md"].assert_eq(&table);
}

fn row(table: &mut String, seen: &Seen) {
    let Seen { lesson, step, heading, moment, message, sentence, spare, whole } = seen;
    let time = |time: &Option<Micros>| time.map_or("–".into(), seconds);
    let spare = spare.map_or("–".into(), |spare| seconds(spare.max(0).unsigned_abs()));
    writeln!(
        table,
        "| {lesson} | {step} {heading} | {} | {} | {} | {spare} | {} |",
        time(moment),
        time(message),
        time(sentence),
        seconds(*whole)
    )
    .expect("a text takes everything");
}

/// To a tenth, and not more exactly than it was measured.
fn seconds(time: Micros) -> String {
    let tenths = (time + FRAME) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}
