//! What happened, latest first.

use crate::rich::{rich, said};
use raft_sim::{Session, What};
use raft_view::words::{self, Sentence, seconds};
use yew::prelude::*;

/// The tab.
pub fn view(session: &Session) -> Html {
    const MOST: usize = 120;
    let routine = |what: &What| matches!(what, What::Sent { .. } | What::Asked { .. });
    let recent = session.recent().iter().rev();
    let lines: Vec<Html> = recent
        .filter(|event| !routine(&event.what))
        .take(MOST)
        .map(|event| {
            let Sentence { text, cite } = words::event(event);
            html! {
                <li class={event.matters().then_some("matters")}>
                    <time>{ seconds(event.at) }</time>
                    <span>{ rich(&text) }{ " " }<cite>{ cite }</cite></span>
                </li>
            }
        })
        .collect();
    html! {
        <div class="events">
            if lines.is_empty() {
                <p class="hint">{ said(key!("Nothing has happened yet.")) }</p>
            }
            <ol>{ for lines }</ol>
        </div>
    }
}
