//! What a turn in a lesson does to its run, and what is left for the playground to do.

use super::onward;
use super::open::{Lesson, MOST_EVENTS};
use crate::address;
use crate::message::{Onward, Turn};
use raft_core::Micros;
use raft_gallery::Item;
use raft_sim::Session;
use raft_view::lang;
use raft_view::lesson::{LESSON, LessonView, lesson, start_of};

/// What the playground does after a turn.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing more.
    Nothing,
    /// Stands still.
    Stop,
    /// Plays.
    Play,
    /// Opens another lesson.
    Open(&'static Item),
    /// Leaves it for the list of this kind.
    List(&'static str),
    /// Leaves it for another cluster.
    Own,
    /// Copies this address, which leads to this step.
    Copy(String),
    /// Stands still and closes the lesson.
    Close,
}

/// Takes a turn.
pub fn turn(open: &mut Lesson, session: &mut Session, turn: Turn) -> After {
    let Some(view) = lesson(session, lang::code()) else { return After::Nothing };
    open.slowness = if matches!(turn, Turn::Replay) { 2 } else { 1 };
    match turn {
        Turn::Continue if view.is_away => After::Nothing,
        Turn::Continue if view.is_over && onward::first(open.item) == Onward::Again => {
            restart(open, session)
        }
        Turn::Continue if view.is_over => lead(open, onward::first(open.item)),
        Turn::Continue if !view.is_still => finish_movement(session, &view),
        Turn::Continue => next_movement(open, session, &view),
        Turn::Back if view.is_away || view.step <= 1 => After::Nothing,
        Turn::Back => {
            session.seek(view.span.0);
            After::Stop
        }
        Turn::Replay => play_span(open, session, view.span.0, view.span.1),
        Turn::Guess(guess) => {
            let Some(question) = &view.question else { return After::Nothing };
            open.guesses.retain(|(known, _)| *known != question.statement);
            open.guesses.push((question.statement, guess));
            if !question.waits {
                return After::Nothing;
            }
            go_on(session);
            After::Play
        }
        Turn::Return => {
            let left_at = left_lesson_at(session);
            session.switch(LESSON);
            session.seek(left_at);
            After::Stop
        }
        Turn::Restart | Turn::Onward(Onward::Again) => restart(open, session),
        Turn::Onward(to) => lead(open, to),
        Turn::CopyLink => After::Copy(address::with_lesson(open.item.name, view.step)),
        Turn::Tools => After::Nothing,
        Turn::Close => After::Close,
    }
}

fn restart(open: &mut Lesson, session: &mut Session) -> After {
    session.switch(LESSON);
    let end = start_of(session, 2);
    play_span(open, session, 0, end)
}

fn lead(open: &Lesson, to: Onward) -> After {
    let first_of = |kind| raft_gallery::find(kind).map_or(After::Nothing, After::Open);
    match to {
        Onward::Item(next) => After::Open(next),
        Onward::Questions => first_of("questions"),
        Onward::Puzzle => first_of("puzzles"),
        Onward::Own => After::Own,
        Onward::List => After::List(open.item.kind),
        // It was taken where the run is at hand.
        Onward::Again => After::Nothing,
    }
}

/// When the branch that one is on, or one that it comes from, left the lesson.
fn left_lesson_at(session: &Session) -> Micros {
    let (mut branch, mut left_at) = (session.current(), session.world().now());
    while branch != LESSON {
        let Some((parent, place)) = session.branches()[branch].parent() else { break };
        (branch, left_at) = (parent, place.time);
    }
    left_at
}

/// To the end of the step's movement, at once.
fn finish_movement(session: &mut Session, view: &LessonView) -> After {
    match view.span.1 {
        Some(end) => session.seek(end),
        None => {
            session.seek(session.end());
            if session.is_live() {
                session.finish_script(MOST_EVENTS);
            }
        }
    }
    After::Stop
}

fn next_movement(open: &mut Lesson, session: &mut Session, view: &LessonView) -> After {
    match view.span.1 {
        Some(end) if !session.is_live() => {
            let next_end = start_of(session, view.step + 2);
            play_span(open, session, end, next_end)
        }
        Some(_) | None => {
            go_on(session);
            After::Play
        }
    }
}

/// Goes on from a stop, into what follows: that is told from its first moment on.
fn go_on(session: &mut Session) {
    session.go_on();
    session.advance(session.world().now() + 1, MOST_EVENTS);
}

/// Plays what happened from one moment to another; to where it waits, where that is not known.
fn play_span(open: &mut Lesson, session: &mut Session, from: Micros, to: Option<Micros>) -> After {
    // A step begins a microsecond after the stop before it.
    session.seek(from + 1);
    open.until = to;
    After::Play
}
