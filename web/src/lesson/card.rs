//! The player: a card with one idea, and Back and Continue in a fixed place.

use super::excerpt::excerpt;
use super::onward;
use super::open::Lesson;
use crate::message::{Link, Message, Onward, Turn};
use crate::rich::{rich, said};
use raft_gallery::Item;
use raft_sim::{Guessed, Session};
use raft_view::lang;
use raft_view::lesson::{LessonView, Question, goals, is_puzzle};
use raft_view::tab::Tab;
use raft_view::words::all_of;
use std::cmp::Ordering;
use yew::prelude::*;

/// What the card shows.
pub struct Shown<'a> {
    /// The lesson that is open.
    pub lesson: &'a Lesson,
    /// What it says at this moment.
    pub view: &'a LessonView,
    /// Whether the panel's tools stand beside it.
    pub tools: bool,
    /// Its run: what a puzzle asks for is looked up there.
    pub session: &'a Session,
}

/// The open lesson.
pub fn card(shown: &Shown<'_>, link: &Link) -> Html {
    let Shown { lesson, view, session, .. } = *shown;
    let turn = |turn: Turn| link.callback(move |_: MouseEvent| Message::Turn(turn));
    let is_puzzle = session.script().is_some_and(|script| is_puzzle(script.scenario()));
    let place =
        if is_puzzle { told!("Puzzle") } else { tr!("Step {} of {}", view.step, view.steps) };
    let beside = raft_view::excerpt::excerpt(session, view);
    // What tells why stands below what was asked.
    let asked_at = view.question.as_ref().map_or(view.said.len(), |question| question.after);
    let (before, after) = view.said.split_at(asked_at.min(view.said.len()));
    let said_then = |said: &String| html! { <p>{ rich(said) }</p> };
    html! {
        <>
        <section class="lesson" aria-label={tr!("Lesson")} data-looks={looks(view)}
            data-rests={view.is_still.to_string()}>
            <div class="lesson-head">
                <span class="muted">
                    { place }<span class="unseen">{ format!(" · {}", view.title) }</span>
                </span>
                if !is_puzzle { { dots(view) } }
                <span class="spring"></span>
                <button class="quiet small" onclick={turn(Turn::CopyLink)}>
                    { said(key!("Link to this step")) }
                </button>
                if !is_puzzle {
                    <button class="quiet small tools" aria-expanded={shown.tools.to_string()}
                        onclick={turn(Turn::Tools)}>
                        { said(key!("Tools")) }
                    </button>
                }
                <button class="quiet" aria-label={tr!("Leave the lesson")}
                    onclick={turn(Turn::Close)}>
                    { "✕" }
                </button>
            </div>
            // Reversed, so that it stays scrolled to its end.
            <div class="lesson-text" aria-live="polite" tabindex="0" role="group"
                aria-label={tr!("What the lesson says")}><div>
                if !view.heading.is_empty() { <h2>{ view.heading.clone() }</h2> }
                { for before.iter().map(said_then) }
                { for view.question.iter().map(|question| asked(&lesson.guesses, question, link)) }
                { for after.iter().map(said_then) }
                if is_puzzle { { puzzle(session) } }
                if let (Some(text), true) = (&view.try_this, view.is_still || view.is_away) {
                    <p class="try-this"><b>{ said(key!("Try it: ")) }</b>{ rich(text) }</p>
                }
                if view.is_away && !is_puzzle {
                    <p class="hint">
                        { said(key!("You have left the lesson, on a branch of your own.")) }
                    </p>
                }
                if let Some(way) = raft_view::excerpt::followed(session, view) { { excerpt(&way) } }
                if view.is_over && !is_puzzle {
                    { onward::end(lesson.item, link) }
                }
            </div></div>
            <div class="lesson-foot">{ buttons(lesson.item, view, is_puzzle, link) }</div>
        </section>
        if let Some(beside) = &beside { <div class="beside">{ excerpt(beside) }</div> }
        </>
    }
}

/// How far one is, as a picture: what stands beside it says the same.
fn dots(view: &LessonView) -> Html {
    let dot = |step: usize| {
        let class = match step.cmp(&view.step) {
            Ordering::Less => Some("done"),
            Ordering::Equal => Some("here"),
            Ordering::Greater => None,
        };
        html! { <i {class}></i> }
    };
    html! { <span class="dots" aria-hidden="true">{ for (1..=view.steps).map(dot) }</span> }
}

/// What the step needs beside the picture, for those who look at the page from outside.
fn looks(view: &LessonView) -> Option<&'static str> {
    if view.log { Some("log") } else { view.panel.map(Tab::word) }
}

fn buttons(item: &'static Item, view: &LessonView, is_puzzle: bool, link: &Link) -> Html {
    let turn = |turn: Turn| link.callback(move |_: MouseEvent| Message::Turn(turn));
    let next = raft_gallery::next(item);
    if is_puzzle {
        return html! {
            <>
                <button class="btn" onclick={turn(Turn::Restart)}>
                    { said(key!("From the start")) }
                </button>
                <span class="spring"></span>
                if let Some(next) = next {
                    <button class="btn" onclick={turn(Turn::Onward(Onward::Item(next)))}>
                        { onward::label(Onward::Item(next)) }
                    </button>
                }
            </>
        };
    }
    if view.is_away {
        return html! {
            <button class="btn primary" onclick={turn(Turn::Return)}>
                { said(key!("Back to the lesson")) }
            </button>
        };
    }
    let asks = view.question.as_ref().is_some_and(|question| question.waits);
    let on = if view.is_over {
        onward::label(onward::first(item))
    } else if !view.is_still {
        told!("To its end")
    } else if asks {
        told!("Just show me")
    } else {
        told!("Continue")
    };
    html! {
        <>
            <button class="btn" disabled={view.step <= 1} onclick={turn(Turn::Back)}>
                { said(key!("Back")) }
            </button>
            <button class="btn again" onclick={turn(Turn::Replay)}>
                { said(key!("Once more")) }
            </button>
            <span class="spring"></span>
            <button class="btn primary" onclick={turn(Turn::Continue)}>{ on }</button>
        </>
    }
}

fn asked(guesses: &[(usize, Guessed)], question: &Question, link: &Link) -> Html {
    let guess = guesses.iter().find(|(of, _)| *of == question.statement).map(|(_, guess)| *guess);
    let choice = |choice: &Guessed| {
        let choice = *choice;
        let onclick = link.callback(move |_: MouseEvent| Message::Turn(Turn::Guess(choice)));
        let on = guess == Some(choice);
        html! {
            <button class={if on { "btn primary" } else { "btn" }} aria-pressed={on.to_string()}
                disabled={!question.waits} {onclick}>{ name(choice) }</button>
        }
    };
    let verdict = question.outcome.map(|outcome| match guess {
        Some(guess) if guess == outcome => tr!("Right: {}.", name(outcome)),
        Some(guess) => tr!("You said {}; it is {}.", name(guess), name(outcome)),
        None => tr!("It is {}.", name(outcome)),
    });
    html! {
        <div class="asked">
            <p><b>{ rich(&question.text) }</b></p>
            <div class="actions" role="group" aria-label={question.text.clone()}>
                { for question.choices.iter().map(choice) }
            </div>
            { for verdict.map(|verdict| html! { <p role="status">{ verdict }</p> }) }
        </div>
    }
}

fn name(guessed: Guessed) -> String {
    match guessed {
        Guessed::Leader(Some(id)) => id.to_string(),
        Guessed::Leader(None) => told!("nobody"),
        Guessed::Held(true) => told!("yes"),
        Guessed::Held(false) => told!("no"),
    }
}

fn puzzle(session: &Session) -> Html {
    let goals = goals(session, lang::code());
    let is_solved = goals.iter().all(|goal| goal.is_reached);
    let about = session.script().map(|script| &script.scenario().about);
    let allowed = about.map(|about| &*about.allowed).filter(|allowed| !allowed.is_empty());
    let task = about.and_then(|about| about.about.as_ref());
    html! {
        <>
            { for task.map(|task| html! { <p>{ rich(task.in_language(lang::code())) }</p> }) }
            <ul class="goals">
                { for goals.iter().map(|goal| {
                    let (class, label, sign) = if goal.is_reached {
                        ("holds", tr!("reached"), "✓ ")
                    } else {
                        ("", tr!("not yet"), "○ ")
                    };
                    html! {
                        <li {class}>
                            <span aria-label={label}>{ sign }</span>{ goal.text.clone() }
                        </li>
                    }
                }) }
            </ul>
            { for allowed.map(|all| html! {
                <p class="hint">{ tr!("Allowed: {}.", all_of(all)) }</p>
            }) }
            if is_solved {
                <p class="solved" role="status">{ said(key!("Solved! Share shows how.")) }</p>
            }
        </>
    }
}
