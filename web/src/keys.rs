//! Which key does what. Keys act on the playground that has focus, never while an input has it.

use crate::message::{Act, Look, Manners, Message, Over, Page, Present, Time};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// The keys and what they do, as the help sheet lists them.
pub const KEYS: &[(&str, &str)] = &[
    (key!("Space or ."), key!("play or pause")),
    (key!("→ or n"), key!("one event forward")),
    (key!("← or b"), key!("one event back")),
    (key!("← and →"), key!("in a lesson: back, and continue")),
    (key!("[ and ]"), key!("previous and next mark: an election, a fault")),
    (key!("− and +"), key!("slower and faster")),
    (key!("+, − and 0"), key!("on the timeline: closer, farther, all of the run")),
    (key!("Shift ← and →"), key!("on the timeline: earlier and later")),
    ("1 … 9", key!("select a server; 0 selects the cluster")),
    (key!("Enter or Menu"), key!("actions of what has focus")),
    ("z", key!("show the selected server larger; Z shows the whole picture")),
    ("c", key!("a client asks the leader to set a key")),
    ("x", key!("crash the selected server, or start it again")),
    ("r", key!("restart the leader: crash it and start it again")),
    ("p", key!("pause the selected server, or let it go on")),
    ("o", key!("the selected server’s election timer fires")),
    ("t", key!("spread the election timers")),
    ("a", key!("align the election timers")),
    ("h", key!("end partition and cuts")),
    ("f", key!("fork: a new branch from here")),
    ("s", key!("share this moment")),
    ("l", key!("larger text, in three steps")),
    ("?", key!("this help")),
    ("Esc", key!("close what is open; select nothing")),
];

/// The message that a key sends, if it is one of ours. `letters` says whether single letters act.
fn message(event: &KeyboardEvent, letters: bool) -> Option<Message> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let key = event.key();
    if key == "Escape" {
        // Also while something is typed: it closes the dialog around it.
        return Some(Look::Escape.into());
    }
    if typing(event) {
        return None;
    }
    let on_control = target_is(event, "button,select,a,summary,input,[role=slider],[role=tab]");
    match key.as_str() {
        "ContextMenu" => return None,
        " " if !on_control && !target_is(event, "[role=button]") => {
            return Some(Time::TogglePlay.into());
        }
        "ArrowRight" if !on_control => return Some(Message::Arrow(true)),
        "ArrowLeft" if !on_control => return Some(Message::Arrow(false)),
        _ => {}
    }
    if !letters {
        return None;
    }
    Some(match key.as_str() {
        "." => Time::TogglePlay.into(),
        "n" => Time::Step.into(),
        "b" => Time::StepBack.into(),
        "[" => Time::Mark(false).into(),
        "]" => Time::Mark(true).into(),
        "+" | "=" => Message::Faster(true),
        "-" => Message::Faster(false),
        "z" => Look::Closer(true).into(),
        "Z" => Look::Closer(false).into(),
        "c" => Act::ClientRequest.into(),
        "x" => Act::ToggleCrash.into(),
        "r" => Act::RestartLeader.into(),
        "p" => Act::TogglePause.into(),
        "o" => Act::TimeoutSelected.into(),
        "t" => Act::Typed("spread timers".into()).into(),
        "a" => Act::Typed("align timers".into()).into(),
        "h" => Act::Typed("heal".into()).into(),
        "f" => Time::Fork.into(),
        "s" => Over::Share.into(),
        "l" => Page::Larger.into(),
        "?" => Over::Help.into(),
        digit => Look::SelectNumber(digit.parse().ok()?).into(),
    })
}

/// The keys of one who presents, as the help sheet lists them.
pub const PRESENTING: &[(&str, &str)] = &[
    (key!("Page Down or →"), key!("on")),
    (key!("Page Up or ←"), key!("back")),
    (key!("b or ."), key!("the screen goes dark, and comes back")),
    ("n", key!("a second window with notes, what comes next, and a clock")),
    ("Esc", key!("back to the page with its controls")),
];

/// What a key asks for while somebody presents: those of a remote, and a few more.
pub fn presenter(event: &KeyboardEvent, letters: bool) -> Option<Present> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let on_control = target_is(event, "button,select,a,input,textarea");
    match event.key().as_str() {
        "PageDown" => Some(Present::On),
        "PageUp" => Some(Present::Back),
        "Escape" => Some(Present::Leave),
        _ if on_control && matches!(event.key().as_str(), " " | "Enter") => None,
        "ArrowRight" | "ArrowDown" | " " | "Enter" => Some(Present::On),
        "ArrowLeft" | "ArrowUp" | "Backspace" => Some(Present::Back),
        "b" | "." if letters => Some(Present::Blank),
        "n" if letters => Some(Present::Notes),
        _ => None,
    }
}

/// What a key does; then the browser does nothing else with it.
pub fn read(event: &KeyboardEvent, manners: Manners) -> Option<Message> {
    let Manners { presenting, letters, leaves_a_decks, is_open } = manners;
    if leaves_a_decks && turns_a_deck(event, is_open) {
        return None;
    }
    let present = presenting.then(|| presenter(event, letters)).flatten();
    let message = present.map(Into::into).or_else(|| message(event, letters));
    if message.is_some() {
        event.prevent_default();
    }
    message
}

/// Whether a slide deck turns its pages by this key, or shows something else: then it is left to
/// the deck that a playground may be in. `is_open` says whether there is something to close.
fn turns_a_deck(event: &KeyboardEvent, is_open: bool) -> bool {
    const KEYS: &str = " ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End \
        n p b f s o v m h j k l . , ? ";
    let key = event.key();
    if key == "Escape" { !is_open } else { KEYS.contains(&format!(" {key} ")) || key == " " }
}

fn typing(event: &KeyboardEvent) -> bool {
    target_is(event, "input:not([type=checkbox]):not([type=radio]),textarea")
}

/// Whether the key was pressed on an element of this kind, also inside a shadow root.
fn target_is(event: &KeyboardEvent, selector: &str) -> bool {
    let path = event.composed_path();
    let target = path.get(0).dyn_into::<web_sys::Element>().ok();
    target.is_some_and(|element| element.matches(selector).unwrap_or(false))
}
