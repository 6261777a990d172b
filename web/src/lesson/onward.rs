//! Where a lesson leads on to when it is over: nobody is left standing at its end.

use crate::message::{Link, Message, Onward, Turn};
use crate::rich::said;
use raft_gallery::Item;
use raft_view::lang;
use yew::prelude::*;

/// Where Continue leads from the end.
pub fn first(item: &Item) -> Onward {
    match (raft_gallery::next(item), item.kind) {
        (Some(next), _) => Onward::Item(next),
        (None, "tour") => Onward::Questions,
        (None, "own") => Onward::Again,
        (None, _) => Onward::List,
    }
}

/// What else there is.
fn others(item: &Item) -> &'static [Onward] {
    match (first(item), item.kind) {
        (Onward::Questions, _) => &[Onward::Puzzle, Onward::Own],
        (Onward::Item(_), "tour") => &[],
        (Onward::Item(_), _) => &[Onward::List, Onward::Own],
        (Onward::Again, _) => &[],
        (Onward::List | Onward::Puzzle | Onward::Own, _) => &[Onward::Puzzle, Onward::Own],
    }
}

/// What the button says that leads there.
pub fn label(onward: Onward) -> String {
    match onward {
        Onward::Item(next) => tr!("Next: {}", next.title(lang::code())),
        Onward::Questions => told!("Questions people ask"),
        Onward::Puzzle => told!("Solve a puzzle"),
        Onward::Own => told!("Your own cluster"),
        Onward::List => told!("Back to the list"),
        Onward::Again => told!("From the start"),
    }
}

/// The end of a lesson: where else it leads on to than Continue does.
pub fn end(item: &Item, link: &Link) -> Html {
    let button = |onward: &Onward| {
        let onward = *onward;
        let onclick = link.callback(move |_: MouseEvent| Message::Turn(Turn::Onward(onward)));
        html! { <button class="btn" {onclick}>{ label(onward) }</button> }
    };
    let others = others(item);
    let is_tours_end = first(item) == Onward::Questions;
    html! {
        <div class="leads-on">
            <p class="hint">
                if is_tours_end {
                    { said(key!("That is the end of the tour. Where to now?")) }
                } else {
                    { said(key!("That is the end of this lesson. The cluster is yours.")) }
                }
            </p>
            if !others.is_empty() {
                <div class="actions">{ for others.iter().map(button) }</div>
            }
        </div>
    }
}
