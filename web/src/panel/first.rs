//! The first view of the panel: the cluster as a whole, and where to begin. It is all that a first
//! visit downloads of the panel.

use crate::app::{App, Message};
use crate::later::Part;
use crate::rich::{rich, said};
use raft_check::linear::Verdict;
use raft_view::inspect::Section;
use raft_view::clients;
use yew::html::Scope;
use yew::prelude::*;

/// What stands there until the rest of the panel is here.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    html! {
        <div class="insp">
            { ways_in(app, link) }
            { super::way::view(app, link) }
            { for app.views().inspect.iter().map(section) }
            { clients(app, link) }
            <p class="hint">{ said(HINT) }</p>
        </div>
    }
}

/// What one can do on the stage.
pub(super) const HINT: &str = key!(
    "Click a server, an entry, a message or a link. Drag from server to server to cut a link; draw a line around servers to split the network."
);

/// Where to begin.
pub(super) fn ways_in(app: &App, link: &Scope<App>) -> Html {
    if app.lesson().is_some() {
        return Html::default();
    }
    let open = |name: &'static str| link.callback(move |_: MouseEvent| Message::OpenNamed(name));
    html! {
        <section>
            <h2>{ said(key!("New here?")) }</h2>
            <div class="actions">
                <button class="btn primary" onclick={open("tour")}>{ said(key!("Take the tour")) }</button>
                <button class="btn" onclick={open("questions")}>{ said(key!("Questions people ask")) }</button>
                <button class="btn" onclick={open("puzzles")}>{ said(key!("Solve a puzzle")) }</button>
            </div>
        </section>
    }
}

/// A button for load and what clients get, until somebody wants them.
fn clients(app: &App, link: &Scope<App>) -> Html {
    let onclick = link.callback(|_: MouseEvent| Message::Want(Part::Panels));
    html! {
        <section class="clients">
            <h2>{ said(key!("Clients")) }</h2>
            <button class="btn" {onclick}>{ said(key!("Put load on the cluster")) }</button>
            { verdict(app.views().linear.verdict) }
        </section>
    }
}

/// Whether what clients saw fits together, in a line.
pub(super) fn verdict(verdict: Verdict) -> Html {
    let (class, sign) = match verdict {
        Verdict::Linearizable => ("holds", "✓ "),
        Verdict::NotLinearizable => ("broken", "✗ "),
        Verdict::Undecided => ("muted", "? "),
    };
    html! { <p {class}><span aria-hidden="true">{ sign }</span>{ clients::verdict(verdict) }</p> }
}

pub(super) fn section(section: &Section) -> Html {
    html! {
        <section>
            <h2>{ section.title.clone() }</h2>
            <dl>
                { for section.rows.iter().map(|(name, value)| html! {
                    <><dt>{ name.clone() }</dt><dd>{ value.clone() }</dd></>
                }) }
            </dl>
            if let Some(why) = &section.why {
                <div class="why">
                    <b>{ why.question.clone() }</b>
                    { rich(&why.answer) }
                    <cite>{ why.cite.clone() }</cite>
                </div>
            }
        </section>
    }
}
