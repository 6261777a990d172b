//! The first view of the panel: the cluster as a whole, and where to begin. It is all that a first
//! visit downloads of the panel.

use crate::message::{Link, Open, Page, Part};
use crate::rich::{rich, said};
use raft_check::linear::Verdict;
use raft_view::clients;
use raft_view::inspect::Section;
use raft_view::way::Way;
use yew::prelude::*;

/// What the first view shows.
pub struct Shown<'a> {
    /// Whether a lesson is open: it says where to begin.
    pub in_lesson: bool,
    /// Whether the doors of the first screen say it.
    pub has_doors: bool,
    /// The request that is followed.
    pub way: Option<&'a Way>,
    /// Whether the run plays.
    pub playing: bool,
    /// What is known of the cluster.
    pub sections: &'a [Section],
    /// Whether what clients saw fits together.
    pub verdict: Verdict,
}

/// What stands there until the rest of the panel is here.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    html! {
        <div class="insp">
            { ways_in(shown, link) }
            { legend() }
            { super::way::view(shown.way, shown.playing, link) }
            { for shown.sections.iter().map(section) }
            { clients(shown.verdict, link) }
            <p class="hint">{ said(HINT) }</p>
        </div>
    }
}

/// What one can do on the stage.
pub(super) const HINT: &str = key!(
    "Click a server, an entry, a message or a link. Drag from server to server to cut a link; draw \
     a line around servers to split the network."
);

/// Where to begin.
pub(super) fn ways_in(shown: &Shown<'_>, link: &Link) -> Html {
    if shown.in_lesson || shown.has_doors {
        return Html::default();
    }
    let open = |name: &'static str| link.callback(move |_: MouseEvent| Open::Named(name));
    html! {
        <section>
            <h2>{ said(key!("New here?")) }</h2>
            <div class="actions">
                <button class="btn primary" onclick={open("tour")}>
                    { said(key!("Take the tour")) }
                </button>
                <button class="btn" onclick={open("questions")}>
                    { said(key!("Questions people ask")) }
                </button>
                <button class="btn" onclick={open("puzzles")}>
                    { said(key!("Solve a puzzle")) }
                </button>
            </div>
        </section>
    }
}

/// What is what in the picture: enough to begin with, drawn as the stage draws it.
pub(super) fn legend() -> Html {
    let sign = |drawn: Html, meaning: &'static str| {
        html! {
            <li>
                <svg viewBox="0 0 36 26" width="36" height="26" class="term1" aria-hidden="true">
                    { drawn }
                </svg>
                { said(meaning) }
            </li>
        }
    };
    let server = html! {
        <>
            <circle class="ring" cx="18" cy="13" r="10" />
            <path class="timer" d="M18,3 A10,10 0 1 1 8.5,16" />
        </>
    };
    let crown = html! { <path class="crown" d="M6,21 V7 L12,14 L18,4 L24,14 L30,7 V21 Z" /> };
    let message = html! {
        <>
            <rect x="2" y="4" width="32" height="18" rx="9" />
            <text x="18" y="13">{ "+1" }</text>
        </>
    };
    html! {
        <details class="signs" open=true>
            <summary>{ said(key!("What you see")) }</summary>
            <ul>
                { sign(server, key!("a server; the arc is its patience with the leader")) }
                { sign(crown, key!("the leader: all writes go through it")) }
                { sign(message, key!("a message on its way; a tick or a cross answers it")) }
                <li>
                    <span class="cell pending term1" aria-hidden="true"><b>{ "1" }</b></span>
                    { said(key!("an entry not yet known to be safe: hatched and dashed")) }
                </li>
            </ul>
        </details>
    }
}

/// A button for load and what clients get, until somebody wants them.
fn clients(fits: Verdict, link: &Link) -> Html {
    let onclick = link.callback(|_: MouseEvent| Page::Want(Part::Panels));
    html! {
        <section class="clients">
            <h2>{ said(key!("Clients")) }</h2>
            <button class="btn" {onclick}>{ said(key!("Put load on the cluster")) }</button>
            { verdict(fits) }
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
