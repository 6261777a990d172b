//! How to read the picture, what to try, and scenarios to watch.

use crate::app::{App, Message};
use crate::bundled::BUNDLED;
use crate::progress;
use raft_gallery::{Item, of_kind};
use yew::html::Scope;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let scenario = |bundled: &'static crate::Bundled| {
        let onclick = link.callback(move |_| Message::LoadBundled(bundled.name));
        html! {
            <li>
                <button class="line" {onclick}><b>{ bundled.title() }</b></button>
                <p>{ bundled.about }</p>
            </li>
        }
    };
    html! {
        <div class="learn">
            { for raft_gallery::KINDS[..3].iter().map(|kind| gallery(kind, link)) }
            <h2>{ "Try this" }</h2>
            { tries(app, link) }
            { for raft_gallery::KINDS[3..].iter().map(|kind| gallery(kind, link)) }
            <h2>{ "Watch this" }</h2>
            <ul class="tour">{ for BUNDLED.iter().map(scenario) }</ul>
            <h2>{ "Reading the picture" }</h2>
            { legend() }
        </div>
    }
}

/// What the gallery has of a kind.
fn gallery(kind: &'static str, link: &Scope<App>) -> Html {
    let title = match kind {
        "tour" => "The tour",
        "questions" => "Questions people ask",
        "stories" => "Stories",
        "scenarios" => "Scenarios",
        "incidents" => "It happened",
        "puzzles" => "Puzzles",
        _ => "What each rule is for",
    };
    let progress = progress::read();
    let item = |item: &'static Item| {
        let open = |step: usize| link.callback(move |_: MouseEvent| Message::OpenItem(item, step));
        let reached = progress.get(item.name).copied().unwrap_or(0);
        let done = reached == usize::MAX;
        html! {
            <li>
                <img src={crate::fetch::address(&format!("pictures/{}.svg", item.name))} alt="" loading="lazy" width="88" height="72" />
                <button class="line" onclick={open(1)}>
                    <b>{ item.title("en") }</b>
                    if done { <span class="holds">{ " ✓" }<span class="unseen">{ " done" }</span></span> }
                </button>
                if reached > 1 && !done {
                    <button class="btn" onclick={open(reached)}>{ format!("Go on at step {reached}") }</button>
                }
                <p>{ item.about("en") }</p>
                if !item.watch("en").is_empty() { <p class="muted">{ item.watch("en") }</p> }
            </li>
        }
    };
    html! {
        <details class="gallery-list" open={kind == "tour"}>
            <summary>{ title }</summary>
            <ul class="tour">{ for of_kind(kind).map(item) }</ul>
        </details>
    }
}

fn tries(app: &App, link: &Scope<App>) -> Html {
    let leader = app.session().world().leader().map(|leader| leader.id());
    let typed = |line: String| link.callback(move |_: MouseEvent| Message::Typed(line.clone()));
    html! {
        <ul class="tries">
            <li>
                <button class="btn" disabled={leader.is_none()} onclick={typed("crash leader".into())}>{ "Crash the leader" }</button>
                <span>{ "and watch the others elect a new one." }</span>
            </li>
            <li>
                <button class="btn" disabled={leader.is_none()} onclick={typed("partition leader follower | rest".into())}>{ "Cut the leader off" }</button>
                <span>{ "with one follower: can it still commit?" }</span>
            </li>
            <li>
                <button class="btn" onclick={typed("align timers".into())}>{ "Align the timers" }</button>
                <span>{ "so that servers compete for votes." }</span>
            </li>
            <li>
                <button class="btn" onclick={link.callback(|_| Message::ClientRequest)}>{ "Ask as a client" }</button>
                <span>{ "and follow the entry to a majority." }</span>
            </li>
            <li>
                <button class="btn" onclick={typed("heal".into())}>{ "Heal" }</button>
                <span>{ "the network." }</span>
            </li>
        </ul>
    }
}

fn legend() -> Html {
    html! {
        <dl class="legend">
            <dt>{ "Double ring, crown" }</dt><dd>{ "the leader" }</dd>
            <dt>{ "Dashed ring, dots" }</dt><dd>{ "a candidate; a full dot is a vote, a cross a refusal" }</dd>
            <dt>{ "Dotted, pale" }</dt><dd>{ "crashed" }</dd>
            <dt>{ "Thick arc" }</dt><dd>{ "time left until the election timeout, or the leader’s next heartbeat" }</dd>
            <dt>{ "Diamond ?" }</dt><dd>{ "RequestVote" }</dd>
            <dt>{ "Pill +2" }</dt><dd>{ "AppendEntries with two entries; a small pill carries none" }</dd>
            <dt>{ "Dot" }</dt><dd>{ "a heartbeat; a ring is its answer" }</dd>
            <dt>{ "Tick, cross" }</dt><dd>{ "yes and no" }</dd>
            <dt>{ "Colour and number" }</dt><dd>{ "the term" }</dd>
            <dt>{ "Solid cell" }</dt><dd>{ "committed, as far as that server knows" }</dd>
            <dt>{ "Hatched cell" }</dt><dd>{ "not committed; pale: not on disk yet" }</dd>
            <dt>{ "Outlined cell" }</dt><dd>{ "conflicts with a committed entry, and will be removed" }</dd>
            <dt>{ "Dot in a cell" }</dt><dd>{ "matchIndex; the arrow is nextIndex" }</dd>
        </dl>
    }
}
