//! What is selected, in numbers, and what can be done to it.

use super::first::{section, ways_in};
use crate::app::{App, Message};
use crate::input::Input;
use crate::rich::said;
use raft_core::Timer;
use raft_sim::Command;
use raft_view::menu::{ActionView, Selection};
use raft_view::words::{self, span};
use yew::html::Scope;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let views = app.views();
    html! {
        <div class="insp">
            if app.selection() == Selection::Nothing { { ways_in(app, link) }{ super::way::view(app, link) } }
            { for views.inspect.iter().take(1).map(section) }
            { super::why::view(app, link) }
            { for views.inspect.iter().skip(1).map(section) }
            if app.selection() == Selection::Nothing {
                { super::clients::view(app, link) }
            }
            { actions(&views.actions, link) }
            { timer(app, link) }
            { in_flight(app, link) }
            if app.selection() == Selection::Nothing {
                <p class="hint">{ said(super::first::HINT) }</p>
            }
        </div>
    }
}

pub(super) fn actions(actions: &[ActionView], link: &Scope<App>) -> Html {
    if actions.is_empty() {
        return Html::default();
    }
    let button = |view: &ActionView| {
        let command = view.command.clone();
        html! {
            <button class="btn" disabled={!view.enabled}
                onclick={link.callback(move |_| Message::Do(command.clone()))}>{ view.label.clone() }</button>
        }
    };
    html! { <div class="actions" role="group" aria-label={tr!("Actions")}>{ for actions.iter().map(button) }</div> }
}

/// The selected server's timer as a slider: the same as dragging the end of its arc.
fn timer(app: &App, link: &Scope<App>) -> Html {
    let Selection::Server(id) = app.selection() else { return Html::default() };
    let world = app.session().world();
    let Some(server) = world.server(id).filter(|server| server.is_live()) else {
        return Html::default();
    };
    let running = [Timer::Election, Timer::Heartbeat]
        .into_iter()
        .find_map(|timer| Some((timer, server.timer(timer)?)));
    let Some((timer, state)) = running else { return Html::default() };
    let left = state.deadline.saturating_sub(world.now());
    let most = match timer {
        Timer::Election => world.settings().live.election_timeout.max,
        Timer::Heartbeat | Timer::Quorum | Timer::Lease => world.settings().live.heartbeat,
    };
    let commit = link.batch_callback(move |value: String| {
        let after = value.parse::<u64>().ok()? * 1_000;
        Some(Message::Do(Command::Deadline { server: id, timer, after }))
    });
    html! {
        <label class="slider">
            <span>{ tr!("{} timer: {} left", upper(words::timer_name(timer)), span(left)) }</span>
            <Input kind="range" max={(most.max(left) / 1_000).to_string()}
                value={(left / 1_000).to_string()} {commit} />
        </label>
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Messages in flight as a list: the way to reach one without a pointer.
fn in_flight(app: &App, link: &Scope<App>) -> Html {
    const MOST: usize = 12;
    if app.is_playing() {
        return Html::default();
    }
    let world = app.session().world();
    let flights = world.network().in_flight();
    let concerns = |flight: &&&raft_sim::InFlight| match app.selection() {
        Selection::Nothing | Selection::Message(_) => true,
        Selection::Server(id) | Selection::Entry(id, _) => {
            flight.message.from == id || flight.message.to == id
        }
        Selection::Link(a, b) => {
            let ends = (flight.message.from, flight.message.to);
            ends == (a, b) || ends == (b, a)
        }
    };
    let line = |flight: &&raft_sim::InFlight| {
        let id = flight.id();
        let message = &flight.message;
        html! {
            <li>
                <button class="line" onclick={link.callback(move |_| Message::Select(Selection::Message(id)))}>
                    <b>{ format!("{} → {}", message.from, message.to) }</b>
                    { format!(" {} ", message.kind()) }
                    <span class="muted">{ words::message(message) }</span>
                </button>
            </li>
        }
    };
    let shown: Vec<&raft_sim::InFlight> =
        flights.iter().filter(concerns).take(MOST).copied().collect();
    if shown.is_empty() {
        return Html::default();
    }
    html! {
        <section>
            <h2>{ said(key!("In flight")) }</h2>
            <ul class="lines">{ for shown.iter().map(line) }</ul>
        </section>
    }
}
