//! The request that is followed, step by step.

use crate::message::{Act, Link};
use crate::rich::said;
use crate::steps::steps;
use raft_view::way::Way;
use yew::prelude::*;

/// Its steps, if a request was made.
pub fn view(way: Option<&Way>, playing: bool, link: &Link) -> Html {
    let Some(way) = way else { return Html::default() };
    let onclick = link.callback(|_| Act::NextOfRequest);
    html! {
        <section class="way" aria-label={tr!("The way of a request")}>
            <h2>{ said(key!("Follow")) }{ " " }<code>{ way.what.clone() }</code>
                if !way.is_over && !playing {
                    <button class="btn small" {onclick}>{ said(key!("Next step of it")) }</button>
                }
            </h2>
            { steps(way) }
        </section>
    }
}
