//! The top bar: scenario, transport, safety, faults, share, theme.

use crate::bundled;
use crate::message::{Dialog, Link, Message, Over, Page, Theme, Time};
use crate::rich::said;
use raft_check::linear::Verdict;
use raft_view::clients;
use raft_view::lang::{self, look_up};
use raft_view::pace::Tempo;
use raft_view::words;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Whether the properties hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafetyView {
    /// What was broken, in sentences.
    pub broken: Vec<String>,
    /// Whether it is undecided if what clients saw is linearizable.
    pub undecided: bool,
    /// Rules that are switched off.
    pub rules_off: Vec<&'static str>,
}

/// What the top bar shows.
pub struct Shown<'a> {
    /// The name of the run, as it was given.
    pub title: Option<&'a str>,
    /// The dialog that is open.
    pub dialog: &'a Dialog,
    /// Only what an embedded playground has.
    pub embed: bool,
    /// The page is this playground's own.
    pub owns_page: bool,
    /// Whether the run plays.
    pub playing: bool,
    /// How it plays.
    pub tempo: Tempo,
    /// Whether the properties hold.
    pub safety: &'a SafetyView,
    /// Light, dark, or as the host is.
    pub theme: Theme,
}

/// The bar.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let open = |dialog: Dialog| link.callback(move |_: MouseEvent| Over::Dialog(dialog.clone()));
    let expanded = |dialog: &Dialog| (shown.dialog == dialog).to_string();
    let title = shown.title.map_or_else(|| told!("Untitled run"), bundled::title_of);
    let embed = shown.embed;
    html! {
        <header>
            if shown.owns_page {
                <h1>{ "Raft Playground" }</h1>
            } else {
                <span class="brand">{ "Raft Playground" }</span>
            }
            if !embed {
                <button class="scenario" aria-haspopup="dialog"
                    aria-expanded={expanded(&Dialog::Scenarios)} onclick={open(Dialog::Scenarios)}>
                    <span>{ title }</span>{ " ▾" }
                </button>
            }
            { transport(shown, link) }
            <span class="spring"></span>
            { safety(shown, link) }
            if !embed {
                <button class="btn more" aria-haspopup="dialog"
                    aria-expanded={expanded(&Dialog::Faults)}
                    onclick={open(Dialog::Faults)}>
                    { said(key!("Faults ▾")) }
                </button>
                <button class="btn more" onclick={link.callback(|_| Over::Share)}>
                    { said(key!("Share")) }
                </button>
                { theme(shown.theme, link) }
                { larger(link) }
                { language(link) }
                <button class="btn square more" aria-label={tr!("Help and keys")}
                    onclick={open(Dialog::Help)}>
                    { "?" }
                </button>
            }
        </header>
    }
}

fn transport(shown: &Shown<'_>, link: &Link) -> Html {
    let playing = shown.playing;
    let (sign, word) = if playing { ("❚❚", key!("Pause")) } else { ("▶", key!("Play")) };
    let word = look_up(word);
    let onchange = link.batch_callback(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Message::Tempo(Tempo::of_name(&select.value())?))
    });
    let option = |tempo: Tempo| {
        html! {
            <option value={tempo.name()} selected={tempo == shown.tempo}>{ tempo.label() }</option>
        }
    };
    html! {
        <div class="transport" role="group" aria-label={tr!("Playback")}>
            <button class="btn square back" aria-label={tr!("One event back")}
                onclick={link.callback(|_| Time::StepBack)}>
                { "◂" }
            </button>
            <button class="btn primary" aria-label={word}
                onclick={link.callback(|_| Time::TogglePlay)}>
                <span class="sign" aria-hidden="true">{ sign }</span>
                <span class="word">{ word }</span>
            </button>
            <button class="btn one-on" onclick={link.callback(|_| Time::Step)}
                title={tr!("One event forward")}>
                { said(key!("Step")) }
            </button>
            <select class="btn speed" {onchange} aria-label={tr!("Speed")}>
                { for Tempo::all().map(option) }
            </select>
        </div>
    }
}

/// Whether the properties hold; a click tells which, and where one was broken.
fn safety(shown: &Shown<'_>, link: &Link) -> Html {
    let safety = shown.safety;
    let onclick = link.callback(|_: MouseEvent| Over::Dialog(Dialog::Safety));
    let expanded = (*shown.dialog == Dialog::Safety).to_string();
    let modified = (!safety.rules_off.is_empty()).then(|| {
        let rules = words::all_of(&safety.rules_off);
        html! {
            <span class="not-raft" title={tr!("Switched off: {}", rules)}>
                { said(key!("Not Raft: a rule is off")) }
            </span>
        }
    });
    let undecided = safety.undecided.then(|| {
        let why = clients::verdict(Verdict::Undecided);
        html! {
            <span class="not-sure" title={why}>
                { "? " }<span>{ said(key!("linearizability")) }</span>
            </span>
        }
    });
    let badge = match safety.broken.first() {
        None => {
            html! {
                <button class="safe" aria-haspopup="dialog" aria-expanded={expanded} {onclick}>
                    { "✓ " }<span>{ said(key!("10 safety properties hold")) }</span>
                </button>
            }
        }
        Some(broken) => {
            html! {
                <button class="unsafe" title={broken.clone()} aria-haspopup="dialog"
                    aria-expanded={expanded} {onclick}>
                    { "✗ " }<span>{ said(key!("A safety property is broken")) }</span>
                </button>
            }
        }
    };
    html! { <>{ for modified }{ for undecided }{ badge }</> }
}

fn theme(theme: Theme, link: &Link) -> Html {
    let (sign, label, next) = match theme {
        Theme::Auto => ("◐", key!("Theme: as your system. Switch to light"), Theme::Light),
        Theme::Light => ("☀", key!("Theme: light. Switch to dark"), Theme::Dark),
        Theme::Dark => ("☾", key!("Theme: dark. Switch to your system’s"), Theme::Auto),
    };
    let label = look_up(label);
    html! {
        <button class="btn square more" aria-label={label} title={label}
            onclick={link.callback(move |_| Page::Theme(next))}>{ sign }</button>
    }
}

/// Larger text, in three steps.
fn larger(link: &Link) -> Html {
    html! {
        <button class="btn square larger" aria-label={format!("A+ · {}", tr!("Larger text"))}
            title={tr!("Larger text")}
            onclick={link.callback(|_| Page::Larger)}>
            { "A" }<sup aria-hidden="true">{ "+" }</sup>
        </button>
    }
}

/// The switch to the next language, which it names in that language.
fn language(link: &Link) -> Html {
    let next = lang::current().next();
    html! {
        <button class="btn square language" lang={next.tag()} title={next.switch()}
            onclick={link.callback(move |_| Page::Language(next))}>{ next.name() }</button>
    }
}
