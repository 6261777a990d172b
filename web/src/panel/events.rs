//! What happened, latest first.

use crate::app::App;
use crate::rich::rich;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App) -> Html {
    let lines = app.views().events.iter().map(|line| {
        html! {
            <li class={line.matters.then_some("matters")}>
                <time>{ line.at.clone() }</time>
                <span>{ rich(&line.text) }{ " " }<cite>{ line.cite.clone() }</cite></span>
            </li>
        }
    });
    html! {
        <div class="events">
            if app.views().events.is_empty() {
                <p class="hint">{ "Nothing has happened yet." }</p>
            }
            <ol>{ for lines }</ol>
        </div>
    }
}
