//! “Why not?”: what can be asked of what is selected, and the answer at this very moment.

use crate::message::{Link, Look};
use crate::rich::{rich, said};
use raft_view::why::{Answer, Question, WhyView};
use yew::prelude::*;

/// The questions and the answer to one, where there is something to ask.
pub fn view(view: Option<&WhyView>, link: &Link) -> Html {
    let Some(view) = view else { return Html::default() };
    let question = |(place, (question, words)): (usize, &(Question, String))| {
        let (question, on) = (*question, place == view.asked);
        let onclick = link.callback(move |_: MouseEvent| Look::Ask(Some(question)));
        html! {
            <button class={if on { "btn on" } else { "btn" }} aria-pressed={on.to_string()}
                {onclick}>
                { words.clone() }
            </button>
        }
    };
    html! {
        <section class="why-not">
            <h2>{ said(key!("Why not?")) }</h2>
            <div class="questions" role="group" aria-label={tr!("Questions")}>
                { for view.questions.iter().enumerate().map(question) }
            </div>
            { answered(&view.answer) }
        </section>
    }
}

/// A question with its answer.
pub(super) fn answered(answer: &Answer) -> Html {
    html! {
        <div class="why">
            <b>{ answer.question.clone() }</b>
            { rich(&answer.answer) }
            if !answer.next.is_empty() {
                <p class="next"><b>{ said(key!("Next:")) }</b>{ " " }{ rich(&answer.next) }</p>
            }
            <cite>{ answer.cite.clone() }</cite>
        </div>
    }
}
