//! How to read the picture, what to try, and scenarios to watch.

use crate::bundled::{about, title};
use crate::memo::Cache;
use crate::message::{Act, Link, Open};
use crate::progress;
use crate::rich::said;
use raft_gallery::{BASICS, Basic, Item, of_kind};
use raft_view::allowed::Allowed;
use raft_view::lang;
use raft_view::rules::listed;
use std::collections::BTreeMap;
use yew::prelude::*;

/// What the tab shows.
pub struct Shown<'a> {
    /// Whether there is a leader to be crashed or cut off.
    pub has_leader: bool,
    /// What may be done.
    pub allowed: Allowed<'a>,
    /// The kind whose list is open.
    pub listed: &'static str,
    /// The gallery's lists as they were drawn last: long, and seldom another.
    pub gallery: &'a Cache,
    /// Raised when the lists are to be drawn again.
    pub version: u64,
}

/// The tab.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let scenario = |basic: &'static Basic| {
        let onclick = link.callback(move |_| Open::Bundled(basic.name));
        html! {
            <li>
                <button class="line" {onclick}><b>{ title(basic) }</b></button>
                <p>{ about(basic) }</p>
            </li>
        }
    };
    html! {
        <div class="learn">
            { shown.gallery.part(shown.version, || {
                let progress = progress::read();
                raft_gallery::KINDS.iter().map(|kind| {
                    gallery(kind, *kind == shown.listed, &progress, link)
                }).collect()
            }) }
            <h2>{ said(key!("Try this")) }</h2>
            { tries(shown, link) }
            <h2>{ said(key!("Watch this")) }</h2>
            <ul class="tour">{ for BASICS.iter().map(scenario) }</ul>
            <h2>{ said(key!("Reading the picture")) }</h2>
            { legend() }
        </div>
    }
}

/// What the gallery has of a kind.
fn gallery(
    kind: &'static str,
    is_open: bool,
    progress: &BTreeMap<String, usize>,
    link: &Link,
) -> Html {
    let title = match kind {
        "tour" => tr!("The tour"),
        "questions" => tr!("Questions people ask"),
        "stories" => tr!("Stories"),
        "scenarios" => tr!("Scenarios"),
        "incidents" => tr!("It happened"),
        "puzzles" => tr!("Puzzles"),
        _ => tr!("What each rule is for"),
    };
    let language = lang::code();
    let item = |item: &'static Item| {
        let open = |step: usize| link.callback(move |_: MouseEvent| Open::Item(item, step));
        let reached = progress.get(item.name).copied().unwrap_or(0);
        let done = reached == usize::MAX;
        let said_of_it = || (item.about(language), item.watch(language).to_string());
        let is_rule = item.kind == "rules";
        let (about, watch) = listed(item.name).filter(|_| is_rule).unwrap_or_else(said_of_it);
        html! {
            <li>
                <img src={crate::fetch::address(&item.picture())} alt=""
                    loading="lazy" width="88" height="72" />
                <button class="line" onclick={open(1)}>
                    <b>{ item.title(language) }</b>
                    if done {
                        <span class="holds">
                            { " ✓ " }<span class="unseen">{ said(key!("done")) }</span>
                        </span>
                    }
                </button>
                if reached > 1 && !done {
                    <button class="btn" onclick={open(reached)}>
                        { tr!("Go on at step {}", reached) }
                    </button>
                }
                <p>{ about }</p>
                if !watch.is_empty() { <p class="muted">{ watch }</p> }
            </li>
        }
    };
    html! {
        <details class="gallery-list" open={is_open}>
            <summary>{ title }</summary>
            <ul class="tour">{ for of_kind(kind).map(item) }</ul>
        </details>
    }
}

fn tries(shown: &Shown<'_>, link: &Link) -> Html {
    let button = |line: &'static str, needs_leader: bool, name: &'static str| {
        let forbidden = shown.allowed.forbids(line);
        let onclick = link.callback(move |_: MouseEvent| Act::Typed(line.into()));
        html! {
            <button class="btn" disabled={needs_leader && !shown.has_leader && !forbidden}
                aria-disabled={forbidden.then_some("true")} {onclick}>
                { said(name) }
            </button>
        }
    };
    let asks = shown.allowed.forbids("put x 1").then_some("true");
    html! {
        <ul class="tries">
            <li>
                { button("crash leader", true, key!("Crash the leader")) }
                <span>{ said(key!("Watch the others elect a new one.")) }</span>
            </li>
            <li>
                { button("partition leader follower | rest", true, key!("Cut the leader off")) }
                <span>{ said(key!("It keeps one follower: can it still commit?")) }</span>
            </li>
            <li>
                { button("align timers", false, key!("Align the timers")) }
                <span>{ said(key!("The servers then compete for votes.")) }</span>
            </li>
            <li>
                <button class="btn" aria-disabled={asks}
                    onclick={link.callback(|_| Act::ClientRequest)}>
                    { said(key!("Ask as a client")) }
                </button>
                <span>{ said(key!("Follow the entry to a majority.")) }</span>
            </li>
            <li>
                { button("heal", false, key!("Heal")) }
                <span>{ said(key!("Every link works again.")) }</span>
            </li>
        </ul>
    }
}

fn legend() -> Html {
    html! {
        <dl class="legend">
            <dt>{ said(key!("Double ring, crown")) }</dt><dd>{ said(key!("the leader")) }</dd>
            <dt>{ said(key!("Dashed ring, dots")) }</dt>
            <dd>{ said(key!("a candidate; a full dot is a vote, a cross a refusal")) }</dd>
            <dt>{ said(key!("Dotted, pale")) }</dt><dd>{ said(key!("crashed")) }</dd>
            <dt>{ said(key!("Thick arc")) }</dt>
            <dd>
                { said(key!("time left until the election timeout, or the leader’s next \
                             heartbeat")) }
            </dd>
            <dt>{ said(key!("Diamond ?")) }</dt><dd>{ "RequestVote" }</dd>
            <dt>{ said(key!("Pill +2")) }</dt>
            <dd>{ said(key!("AppendEntries with two entries; a small pill carries none")) }</dd>
            <dt>{ said(key!("Dot")) }</dt>
            <dd>{ said(key!("a heartbeat; a ring is its answer")) }</dd>
            <dt>{ said(key!("Tick, cross")) }</dt><dd>{ said(key!("yes and no")) }</dd>
            <dt>{ said(key!("Colour and number")) }</dt><dd>{ said(key!("the term")) }</dd>
            <dt>{ said(key!("Solid cell")) }</dt>
            <dd>{ said(key!("committed, as far as that server knows")) }</dd>
            <dt>{ said(key!("Hatched cell")) }</dt>
            <dd>{ said(key!("not committed; pale: not on disk yet")) }</dd>
            <dt>{ said(key!("Outlined cell")) }</dt>
            <dd>{ said(key!("conflicts with a committed entry, and will be removed")) }</dd>
            <dt>{ said(key!("Dot in a cell")) }</dt>
            <dd>{ said(key!("matchIndex; the arrow is nextIndex")) }</dd>
        </dl>
    }
}
