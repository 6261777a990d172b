//! The side panel; on a narrow page a sheet that slides up.

mod clients;
pub mod console;
mod events;
pub mod first;
pub mod futures;
pub mod inspect;
pub mod learn;
mod prompt;
pub mod properties;
mod rules;
pub mod storage;
mod way;
mod why;

use crate::message::{Link, Look, ManyRuns};
use crate::sizes::{Part, Sizes};
use crate::splitter::Splitter;
use raft_check::linear::Verdict;
use raft_sim::Session;
use raft_view::events::Filter;
use raft_view::lang::look_up;
use raft_view::tab::Tab;
use yew::prelude::*;

/// What the open tab shows.
pub enum Shown<'a> {
    /// What is selected.
    Inspect(inspect::Shown<'a>),
    /// Commands and clients.
    Console(console::Shown<'a>),
    /// Disks, saved files, and how many servers are enough.
    Storage(storage::Shown<'a>),
    /// What happened.
    Events(&'a Session, Filter),
    /// What comes next.
    Futures(&'a Session, Option<&'a dyn ManyRuns>),
    /// Rules and properties, with whether what clients saw fits together.
    Rules(&'a Session, Verdict),
    /// How to read the picture, and what to try.
    Learn(learn::Shown<'a>),
}

/// The tabs, with what the open one shows or what stands in its place.
pub fn view(current: Tab, sizes: Sizes, content: Html, link: &Link) -> Html {
    let tab = |tab: Tab| {
        let on = current == tab;
        html! {
            <button role="tab" id={format!("tab-{}", tab.name())} aria-selected={on.to_string()}
                aria-controls="tab-panel" tabindex={if on { "0" } else { "-1" }}
                class={on.then_some("on")}
                onclick={link.callback(move |_| Look::Tab(tab))}>
                { look_up(tab.name()) }
            </button>
        }
    };
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
        Some(Look::Tab(all[next]))
    });
    // Made anew in another language.
    let spoken = raft_view::lang::code();
    html! {
        <aside aria-label={tr!("Details")}>
            <Splitter key={format!("side {spoken}")} part={Part::Side} {sizes}
                link={link.clone()} />
            <Splitter key={format!("sheet {spoken}")} part={Part::Sheet} {sizes}
                link={link.clone()} />
            <div class="tabs" role="tablist" {onkeydown}>{ for Tab::ALL.into_iter().map(tab) }</div>
            <div class="tab-panel" id="tab-panel" role="tabpanel" tabindex="0"
                aria-labelledby={format!("tab-{}", current.name())}>
                { content }
            </div>
        </aside>
    }
}

/// The open tab.
pub fn tab(shown: &Shown<'_>, link: &Link) -> Html {
    match shown {
        Shown::Inspect(shown) => inspect::view(shown, link),
        Shown::Console(shown) => console::view(shown, link),
        Shown::Storage(shown) => storage::view(shown, link),
        Shown::Events(session, filter) => events::view(session, *filter, link),
        Shown::Futures(session, runs) => {
            runs.map_or_else(Html::default, |runs| runs.view(session, link))
        }
        Shown::Rules(session, verdict) => rules::view(session, *verdict, link),
        Shown::Learn(shown) => learn::view(shown, link),
    }
}

fn focus_tab(event: &KeyboardEvent, name: &str) -> Option<()> {
    use wasm_bindgen::JsCast;
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let list = target.closest("[role=tablist]").ok()??;
    let next = list.query_selector(&format!("#tab-{name}")).ok()??;
    next.dyn_into::<web_sys::HtmlElement>().ok()?.focus().ok()
}
