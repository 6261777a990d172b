//! The top bar: scenario, transport, safety, faults, share, theme.

use crate::app::{App, Dialog, Message, Theme};
use crate::bundled;
use crate::rich::said;
use raft_check::linear::Verdict;
use raft_view::lang::{self, Language, look_up};
use raft_view::pace::Speed;
use raft_view::clients;
use wasm_bindgen::JsCast;
use yew::html::Scope;
use yew::prelude::*;

/// The bar.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let open = |dialog: Dialog| link.callback(move |_: MouseEvent| Message::Open(dialog.clone()));
    let expanded = |dialog: &Dialog| (app.dialog() == dialog).to_string();
    let about = app.session().script().and_then(|script| script.scenario().about.title.as_ref());
    let title = match about.map(|title| title.in_language(lang::code())) {
        Some(title) => bundled::title_of(title),
        None => app.session().title().map_or_else(|| told!("Untitled run"), bundled::title_of),
    };
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
                <button class="btn" aria-haspopup="dialog" aria-expanded={expanded(&Dialog::Faults)} onclick={open(Dialog::Faults)}>{ said(key!("Faults ▾")) }</button>
                <button class="btn" onclick={link.callback(|_| Message::Share)}>{ said(key!("Share")) }</button>
                { theme(app, link) }
                { language(link) }
                <button class="btn square" aria-label={tr!("Help and keys")} onclick={open(Dialog::Help)}>{ "?" }</button>
            }
        </header>
    }
}

fn transport(app: &App, link: &Scope<App>) -> Html {
    let playing = app.is_playing();
    let (sign, word) = if playing { ("❚❚", key!("Pause")) } else { ("▶", key!("Play")) };
    let word = look_up(word);
    let onchange = link.batch_callback(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Message::Speed(select.value().parse().ok()?))
    });
    let option = |(place, speed): (usize, Speed)| {
        html! { <option value={place.to_string()} selected={place == app.speed()}>{ speed.label() }</option> }
    };
    html! {
        <div class="transport" role="group" aria-label={tr!("Playback")}>
            <button class="btn square back" aria-label={tr!("One event back")} onclick={link.callback(|_| Message::StepBack)}>{ "◂" }</button>
            <button class="btn primary" aria-label={word} onclick={link.callback(|_| Message::TogglePlay)}>
                <span class="sign" aria-hidden="true">{ sign }</span><span class="word">{ word }</span>
            </button>
            <button class="btn" onclick={link.callback(|_| Message::Step)} title={tr!("One event forward")}>{ said(key!("Step")) }</button>
            <select class="btn speed" {onchange} aria-label={tr!("Speed")}>{ for Speed::ALL.into_iter().enumerate().map(option) }</select>
        </div>
    }
}

fn safety(app: &App) -> Html {
    let safety = &app.views().safety;
    let modified = (!safety.rules_off.is_empty()).then(|| {
        let rules = safety.rules_off.join(", ");
        html! { <span class="not-raft" title={tr!("Switched off: {}", rules)}>{ said(key!("Not Raft: a rule is off")) }</span> }
    });
    let undecided = safety.undecided.then(|| {
        let why = clients::verdict(Verdict::Undecided);
        html! { <span class="not-sure" title={why}>{ "? " }<span>{ said(key!("linearizability")) }</span></span> }
    });
    let badge = match safety.broken.first() {
        None => {
            html! { <span class="safe">{ "✓ " }<span>{ said(key!("10 safety properties hold")) }</span></span> }
        }
        Some(broken) => {
            html! { <span class="unsafe" title={broken.clone()}>{ "✗ " }<span>{ said(key!("A safety property is broken")) }</span></span> }
        }
    };
    html! { <>{ for modified }{ for undecided }{ badge }</> }
}

fn theme(app: &App, link: &Scope<App>) -> Html {
    let (sign, label, next) = match app.theme() {
        Theme::Auto => ("◐", key!("Theme: as your system. Switch to light"), Theme::Light),
        Theme::Light => ("☀", key!("Theme: light. Switch to dark"), Theme::Dark),
        Theme::Dark => ("☾", key!("Theme: dark. Switch to your system’s"), Theme::Auto),
    };
    let label = look_up(label);
    html! {
        <button class="btn square" aria-label={label} title={label}
            onclick={link.callback(move |_| Message::SetTheme(next))}>{ sign }</button>
    }
}

/// The switch to the other language, which it names in that language.
fn language(link: &Scope<App>) -> Html {
    let (next, name, title) = match lang::current() {
        Language::English => (Language::Chinese, "中文", "切换到中文"),
        Language::Chinese => (Language::English, "EN", "Switch to English"),
    };
    html! {
        <button class="btn square language" lang={next.tag()} {title}
            onclick={link.callback(move |_| Message::SetLanguage(next))}>{ name }</button>
    }
}
