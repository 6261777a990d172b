//! Which key does what. Keys act on the playground that has focus, never while an input has it.

use crate::message::{Act, Look, Message, Over, Time};
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
    ("1 … 9", key!("select a server; 0 selects the cluster")),
    (key!("Enter or Menu"), key!("actions of what has focus")),
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
    ("?", key!("this help")),
    ("Esc", key!("close what is open; select nothing")),
];

/// The message that a key sends, if it is one of ours. `letters` says whether single letters act.
pub fn message(event: &KeyboardEvent, letters: bool) -> Option<Message> {
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
        "?" => Over::Help.into(),
        digit => Look::SelectNumber(digit.parse().ok()?).into(),
    })
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
