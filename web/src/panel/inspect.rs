//! What is selected, in numbers, and what can be done to it.

use crate::app::{App, Message};
use crate::input::Input;
use crate::later::{self, Part};
use crate::rich::rich;
use raft_check::linear::Verdict;
use raft_core::Timer;
use raft_sim::Command;
use raft_view::inspect::Section;
use raft_view::menu::{ActionView, Selection};
use raft_view::words::{en, span};
use yew::html::Scope;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let views = app.views();
    html! {
        <div class="insp">
            if app.selection() == Selection::Nothing { { ways_in(app, link) }{ super::way::view(app, link) } }
            { for views.inspect.iter().map(section) }
            if app.selection() == Selection::Nothing {
                { clients(app, link) }
            }
            { actions(&views.actions, link) }
            { timer(app, link) }
            { in_flight(app, link) }
            if app.selection() == Selection::Nothing {
                <p class="hint">{ "Click a server, an entry, a message or a link. Drag from server to server to cut a link; draw a line around servers to split the network." }</p>
            }
        </div>
    }
}

/// Where to begin.
fn ways_in(app: &App, link: &Scope<App>) -> Html {
    if app.lesson().is_some() {
        return Html::default();
    }
    let open = |name: &'static str| link.callback(move |_: MouseEvent| Message::OpenNamed(name));
    html! {
        <section>
            <h2>{ "New here?" }</h2>
            <div class="actions">
                <button class="btn primary" onclick={open("tour")}>{ "Take the tour" }</button>
                <button class="btn" onclick={open("questions")}>{ "Questions people ask" }</button>
                <button class="btn" onclick={open("puzzles")}>{ "Solve a puzzle" }</button>
            </div>
        </section>
    }
}

/// Load and what clients get; a button until somebody wants them.
fn clients(app: &App, link: &Scope<App>) -> Html {
    if let Some(panels) = later::panels() {
        return (panels.clients)(app, link);
    }
    let onclick = link.callback(|_: MouseEvent| Message::Want(Part::Panels));
    html! {
        <section class="clients">
            <h2>{ "Clients" }</h2>
            <button class="btn" {onclick}>{ "Put load on the cluster" }</button>
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
    html! { <p {class}><span aria-hidden="true">{ sign }</span>{ en::clients::verdict(verdict) }</p> }
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
                    if !why.next.is_empty() {
                        <p class="next"><b>{ en::why::NEXT }</b>{ rich(&why.next) }</p>
                    }
                    <cite>{ why.cite.clone() }</cite>
                </div>
            }
        </section>
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
    html! { <div class="actions" role="group" aria-label="Actions">{ for actions.iter().map(button) }</div> }
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
            <span>{ format!("{} timer: {} left", upper(timer.name()), span(left)) }</span>
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
                    <span class="muted">{ en::message(message) }</span>
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
            <h2>{ "In flight" }</h2>
            <ul class="lines">{ for shown.iter().map(line) }</ul>
        </section>
    }
}
