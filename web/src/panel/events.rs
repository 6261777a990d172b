//! What happened, latest first, and what of it is wanted.

use crate::message::{Link, Look};
use crate::rich::{rich, said};
use raft_core::NodeId;
use raft_sim::Session;
use raft_view::events::{EventsView, Filter, Line, Topic, events};
use raft_view::lang::look_up;
use raft_view::words::seconds;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The tab.
pub fn view(session: &Session, filter: Filter, link: &Link) -> Html {
    let EventsView { lines, wanted, remembered } = events(session, &filter);
    let line = |Line { at, text, cite, matters }: &Line| {
        html! {
            <li class={matters.then_some("matters")}>
                <time>{ seconds(*at) }</time>
                <span>{ rich(text) }{ " " }<cite>{ cite.clone() }</cite></span>
            </li>
        }
    };
    html! {
        <div class="events">
            { wishes(session, filter, link) }
            if remembered == 0 {
                <p class="hint">{ said(key!("Nothing has happened yet.")) }</p>
            } else {
                <p class="hint" role="status">{ how_many(lines.len(), wanted, remembered) }</p>
            }
            <ol>{ for lines.iter().map(line) }</ol>
        </div>
    }
}

/// How many events there are, and how many of them are shown.
fn how_many(shown: usize, wanted: usize, remembered: usize) -> String {
    let wanted_of = tr!("{} of the last {} events", grouped(wanted), grouped(remembered));
    match shown < wanted {
        true => tr!("{}; the latest {} are shown", wanted_of, grouped(shown)),
        false => wanted_of,
    }
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

/// What of it is wanted.
fn wishes(session: &Session, filter: Filter, link: &Link) -> Html {
    let of_server = link.callback(move |event: Event| {
        let server = chosen(&event).and_then(|name| name.strip_prefix('n')?.parse().ok());
        Look::Events(Filter { server: server.map(NodeId), ..filter })
    });
    let of_topic = link.callback(move |event: Event| {
        let name = chosen(&event);
        let topic = Topic::ALL.into_iter().find(|topic| name.as_deref() == Some(topic.name()));
        Look::Events(Filter { topic, ..filter })
    });
    let beats = link.callback(move |_: Event| {
        Look::Events(Filter { heartbeats: !filter.heartbeats, ..filter })
    });
    let servers = session.world().servers().iter().map(|server| {
        let (name, on) = (server.id().to_string(), filter.server == Some(server.id()));
        html! { <option value={name.clone()} selected={on}>{ name }</option> }
    });
    let topics = Topic::ALL.into_iter().map(|topic| {
        let on = filter.topic == Some(topic);
        html! { <option value={topic.name()} selected={on}>{ look_up(topic.name()) }</option> }
    });
    html! {
        <div class="fields" role="group" aria-label={tr!("Which events")}>
            <select onchange={of_server} aria-label={tr!("Server")}>
                <option value="" selected={filter.server.is_none()}>
                    { said(key!("all servers")) }
                </option>
                { for servers }
            </select>
            <select onchange={of_topic} aria-label={tr!("Kind")}>
                <option value="" selected={filter.topic.is_none()}>
                    { said(key!("all kinds")) }
                </option>
                { for topics }
            </select>
            <label class="tick">
                <input type="checkbox" checked={filter.heartbeats} onchange={beats} />
                { said(key!("Heartbeats")) }
            </label>
        </div>
    }
}

fn chosen(event: &Event) -> Option<String> {
    let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
    Some(select.value()).filter(|value| !value.is_empty())
}
