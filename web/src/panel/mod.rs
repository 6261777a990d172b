//! The side panel; on a narrow page a sheet that slides up.

pub mod clients;
mod console;
mod events;
mod first;
mod inspect;
mod learn;
mod prompt;
mod rules;
mod storage;
mod way;
pub mod why;

use crate::app::App;
use crate::later;
use crate::message::{Link, Message, Part, Tab};
use raft_view::lang::look_up;
use yew::prelude::*;

/// The tabs and the open one.
pub fn view(app: &App, link: &Link) -> Html {
    let tab = |tab: Tab| {
        let on = app.tab() == tab;
        html! {
            <button role="tab" id={format!("tab-{}", tab.name())} aria-selected={on.to_string()}
                aria-controls="tab-panel" tabindex={if on { "0" } else { "-1" }}
                class={on.then_some("on")} onclick={link.callback(move |_| Message::ShowTab(tab))}>
                { look_up(tab.name()) }
            </button>
        }
    };
    let current = app.tab();
    let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
        let all = Tab::ALL;
        let at = all.iter().position(|tab| *tab == current).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % all.len(),
            "ArrowLeft" => (at + all.len() - 1) % all.len(),
            _ => return None,
        };
        event.prevent_default();
        event.stop_propagation();
        focus_tab(&event, all[next].name());
        Some(Message::ShowTab(all[next]))
    });
    html! {
        <aside aria-label={tr!("Details")}>
            <div class="tabs" role="tablist" {onkeydown}>{ for Tab::ALL.into_iter().map(tab) }</div>
            <div class="tab-panel" id="tab-panel" role="tabpanel" tabindex="0"
                aria-labelledby={format!("tab-{}", current.name())}>
                { match later::panels() {
                    Some(panels) => (panels.tab)(app, link),
                    None if current == Tab::Inspect && app.shows_cluster() => first::view(app, link),
                    None => app.later().placeholder(Part::Panels, link),
                } }
            </div>
        </aside>
    }
}

/// The open tab.
pub fn later(app: &App, link: &Link) -> Html {
    match app.tab() {
        Tab::Inspect => inspect::view(app, link),
        Tab::Console => console::view(app, link),
        Tab::Storage => storage::view(app, link),
        Tab::Events => events::view(app.session()),
        Tab::Rules => rules::view(app.session(), app.views().linear.verdict, link),
        Tab::Learn => learn::view(app, link),
    }
}

fn focus_tab(event: &KeyboardEvent, name: &str) -> Option<()> {
    use wasm_bindgen::JsCast;
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let list = target.closest("[role=tablist]").ok()??;
    let next = list.query_selector(&format!("#tab-{name}")).ok()??;
    next.dyn_into::<web_sys::HtmlElement>().ok()?.focus().ok()
}
