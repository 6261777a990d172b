//! The request that is followed, step by step.

use crate::message::{Act, Link};
use crate::rich::said;
use raft_view::lang::look_up;
use raft_view::way::{State, Way};
use yew::prelude::*;

/// Its steps, if a request was made.
pub fn view(way: Option<&Way>, playing: bool, link: &Link) -> Html {
    let Some(way) = way else { return Html::default() };
    let steps = way.steps.iter().map(|step| {
        let (class, sign, spoken) = match step.state {
            State::Done => ("Done", "✓", key!("done")),
            State::Now => ("Now", "▸", key!("now")),
            State::Later => ("Later", "·", key!("to come")),
            State::Failed => ("Failed", "✗", key!("not so")),
        };
        html! {
            <li {class} aria-current={(step.state == State::Now).then_some("step")}>
                <span aria-label={look_up(spoken)}>{ sign }</span><b>{ step.name }</b>
                <span>{ step.text.clone() }</span><span class="cite">{ step.cite }</span>
            </li>
        }
    });
    let onclick = link.callback(|_| Act::NextOfRequest);
    html! {
        <section class="way" aria-label={tr!("The way of a request")}>
            <h2>{ said(key!("Follow")) }{ " " }<code>{ way.what.clone() }</code>
                if !way.is_over && !playing {
                    <button class="btn small" {onclick}>{ said(key!("Next step of it")) }</button>
                }
            </h2>
            <ol>{ for steps }</ol>
        </section>
    }
}
