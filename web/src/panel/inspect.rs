//! What is selected, in numbers, and what can be done to it.

use super::first::{self, legend, section, ways_in};
use crate::input::Input;
use crate::linear::Linear;
use crate::message::{Act, Dialog, Link, Look, Over};
use crate::rich::said;
use raft_core::Timer;
use raft_sim::{Command, InFlight, Session, World};
use raft_view::allowed::Allowed;
use raft_view::menu::{ActionView, Selection};
use raft_view::own::owner_of;
use raft_view::why::WhyView;
use raft_view::words;
use yew::prelude::*;

/// What the tab shows.
pub struct Shown<'a> {
    /// What is also there before the rest of the panel is.
    pub first: first::Shown<'a>,
    /// The run.
    pub session: &'a Session,
    /// What is selected.
    pub selection: Selection,
    /// What can be asked, and the answer.
    pub why: Option<&'a WhyView>,
    /// What can be done to what is selected.
    pub actions: &'a [ActionView],
    /// What may be done.
    pub allowed: Allowed<'a>,
    /// What is known of linearizability.
    pub linear: &'a Linear,
}

/// The tab.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let first::Shown { way, playing, sections, .. } = shown.first;
    let is_cluster = shown.selection == Selection::Nothing;
    let world = shown.session.world();
    html! {
        <div class="insp">
            if is_cluster {
                { ways_in(&shown.first, link) }
                if !shown.first.in_lesson { { legend() } }
                { super::way::view(way, playing, link) }
            }
            { for sections.iter().take(1).map(section) }
            { super::why::view(shown.why, link) }
            { for sections.iter().skip(1).map(section) }
            if is_cluster {
                { super::clients::view(shown.session, shown.allowed, shown.linear, link) }
            }
            { actions(shown.actions, shown.selection, link) }
            { timer(world, shown.selection, link) }
            if !playing { { in_flight(world, shown.selection, link) } }
            if is_cluster { <p class="hint">{ said(first::HINT) }</p> }
        </div>
    }
}

pub(super) fn actions(actions: &[ActionView], selection: Selection, link: &Link) -> Html {
    if actions.is_empty() {
        return Html::default();
    }
    let button = |view: &ActionView| {
        let command = view.command.clone();
        html! {
            <button class="btn" disabled={!view.enabled && !view.forbidden}
                aria-disabled={view.forbidden.then_some("true")}
                onclick={link.callback(move |_| Act::Do(command.clone()))}>
                { view.label.clone() }
            </button>
        }
    };
    html! {
        <div class="actions" role="group" aria-label={tr!("Actions")}>
            { for actions.iter().map(button) }
            if owner_of(selection).is_some() {
                <button class="btn" aria-haspopup="dialog"
                    onclick={link.callback(move |_| Over::Dialog(Dialog::Own(selection)))}>
                    { said(key!("Settings…")) }
                </button>
            }
        </div>
    }
}

/// The selected server's timer as a slider: the same as dragging the end of its arc.
fn timer(world: &World, selection: Selection, link: &Link) -> Html {
    let Selection::Server(id) = selection else { return Html::default() };
    let Some(server) = world.server(id).filter(|server| server.is_live()) else {
        return Html::default();
    };
    let running = [Timer::Election, Timer::Heartbeat]
        .into_iter()
        .find_map(|timer| Some((timer, server.timer(timer)?)));
    let Some((timer, state)) = running else { return Html::default() };
    let left = state.deadline.saturating_sub(world.now());
    let most = match timer {
        Timer::Election => world.live_of(id).election_timeout.max,
        Timer::Heartbeat | Timer::Quorum | Timer::Lease => world.live_of(id).heartbeat,
    };
    let commit = link.batch_callback(move |value: String| {
        let after = value.parse::<u64>().ok()? * 1_000;
        Some(Act::Do(Command::Deadline { server: id, timer, after }))
    });
    html! {
        <label class="slider">
            <span>{ words::timer_left(timer, left) }</span>
            <Input kind="range" max={(most.max(left) / 1_000).to_string()}
                value={(left / 1_000).to_string()} {commit} />
        </label>
    }
}

/// Messages in flight as a list: the way to reach one without a pointer.
fn in_flight(world: &World, selection: Selection, link: &Link) -> Html {
    const MOST: usize = 12;
    let flights = world.network().in_flight();
    let concerns = |flight: &&&InFlight| match selection {
        Selection::Nothing | Selection::Message(_) => true,
        Selection::Server(id) | Selection::Entry(id, _) => {
            flight.message.from == id || flight.message.to == id
        }
        Selection::Link(a, b) => {
            let ends = (flight.message.from, flight.message.to);
            ends == (a, b) || ends == (b, a)
        }
    };
    let line = |flight: &&InFlight| {
        let id = flight.id();
        let message = &flight.message;
        html! {
            <li>
                <button class="line"
                    onclick={link.callback(move |_| Look::Select(Selection::Message(id)))}>
                    <b>{ format!("{} → {}", message.from, message.to) }</b>
                    { format!(" {} ", words::message_name(message.kind())) }
                    <span class="muted">{ words::message(message) }</span>
                </button>
            </li>
        }
    };
    let shown: Vec<&InFlight> = flights.iter().filter(concerns).take(MOST).copied().collect();
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
