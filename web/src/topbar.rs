//! The top bar: scenario, transport, safety, faults, share, theme.

use crate::app::{App, Dialog, Message, Theme};
use raft_check::linear::Verdict;
use raft_view::pace::Speed;
use raft_view::words::en;
use wasm_bindgen::JsCast;
use yew::html::Scope;
use yew::prelude::*;

/// The bar.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let open = |dialog: Dialog| link.callback(move |_: MouseEvent| Message::Open(dialog.clone()));
    let expanded = |dialog: &Dialog| (app.dialog() == dialog).to_string();
    let title = app.session().title().unwrap_or("Untitled run").to_string();
    let embed = app.options().embed;
    html! {
        <header>
            if app.options().owns_page {
                <h1>{ "Raft Playground" }</h1>
            } else {
                <span class="brand">{ "Raft Playground" }</span>
            }
            if !embed {
                <button class="scenario" aria-haspopup="dialog" aria-expanded={expanded(&Dialog::Scenarios)}
                    onclick={open(Dialog::Scenarios)}>
                    <span>{ title }</span>{ " ▾" }
                </button>
            }
            { transport(app, link) }
            <span class="spring"></span>
            { safety(app) }
            if !embed {
                <button class="btn" aria-haspopup="dialog" aria-expanded={expanded(&Dialog::Faults)} onclick={open(Dialog::Faults)}>{ "Faults ▾" }</button>
                <button class="btn" onclick={link.callback(|_| Message::Share)}>{ "Share" }</button>
                { theme(app, link) }
                <button class="btn square" aria-label="Help and keys" onclick={open(Dialog::Help)}>{ "?" }</button>
            }
        </header>
    }
}

fn transport(app: &App, link: &Scope<App>) -> Html {
    let playing = app.is_playing();
    let (sign, word) = if playing { ("❚❚", "Pause") } else { ("▶", "Play") };
    let onchange = link.batch_callback(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Message::Speed(select.value().parse().ok()?))
    });
    let option = |(place, speed): (usize, Speed)| {
        html! { <option value={place.to_string()} selected={place == app.speed()}>{ speed.label() }</option> }
    };
    html! {
        <div class="transport" role="group" aria-label="Playback">
            <button class="btn square back" aria-label="One event back" onclick={link.callback(|_| Message::StepBack)}>{ "◂" }</button>
            <button class="btn primary" aria-label={word} onclick={link.callback(|_| Message::TogglePlay)}>
                <span class="sign" aria-hidden="true">{ sign }</span><span class="word">{ word }</span>
            </button>
            <button class="btn" onclick={link.callback(|_| Message::Step)} title="One event forward">{ "Step" }</button>
            <select class="btn speed" {onchange} aria-label="Speed">{ for Speed::ALL.into_iter().enumerate().map(option) }</select>
        </div>
    }
}

fn safety(app: &App) -> Html {
    let safety = &app.views().safety;
    let modified = (!safety.rules_off.is_empty()).then(|| {
        let rules = safety.rules_off.join(", ");
        html! { <span class="not-raft" title={format!("Switched off: {rules}")}>{ "Not Raft: a rule is off" }</span> }
    });
    let undecided = safety.undecided.then(|| {
        let why = en::clients::verdict(Verdict::Undecided);
        html! { <span class="not-sure" title={why}>{ "? " }<span>{ "linearizability" }</span></span> }
    });
    let badge = match safety.broken.first() {
        None => {
            html! { <span class="safe">{ "✓ " }<span>{ "10 safety properties hold" }</span></span> }
        }
        Some(broken) => {
            html! { <span class="unsafe" title={broken.clone()}>{ "✗ " }<span>{ "A safety property is broken" }</span></span> }
        }
    };
    html! { <>{ for modified }{ for undecided }{ badge }</> }
}

fn theme(app: &App, link: &Scope<App>) -> Html {
    let (sign, label, next) = match app.theme() {
        Theme::Auto => ("◐", "Theme: as your system. Switch to light", Theme::Light),
        Theme::Light => ("☀", "Theme: light. Switch to dark", Theme::Dark),
        Theme::Dark => ("☾", "Theme: dark. Switch to your system’s", Theme::Auto),
    };
    html! {
        <button class="btn square" aria-label={label} title={label}
            onclick={link.callback(move |_| Message::SetTheme(next))}>{ sign }</button>
    }
}
