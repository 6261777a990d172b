//! A presenter's second window: the step's notes, what comes next, and a clock. It is written by
//! the page that opened it: the content policy, which it shares, lets no script and no style in.

use crate::message::Link;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use raft_gallery::Item;
use raft_sim::Session;
use raft_view::lang;
use raft_view::lesson::{LessonView, headings};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, Window};

/// The name of the window: asked for twice, it is the same.
const NAME: &str = "raft-playground-notes";

/// The window, for as long as somebody presents.
pub struct Notes {
    window: Window,
    parts: Parts,
    told: RefCell<Told>,
    _keys: EventListener,
    _clock: Interval,
}

/// What is written anew with each step.
struct Parts {
    place: Element,
    heading: Element,
    notes: Element,
    next: Element,
}

/// What it says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    place: String,
    heading: String,
    notes: Vec<String>,
    next: String,
}

impl Drop for Notes {
    fn drop(&mut self) {
        let _closed = self.window.close();
    }
}

impl Notes {
    /// Whether its window is still there.
    pub fn is_open(&self) -> bool {
        !self.window.closed().unwrap_or(true)
    }
}

/// Opens the window; `None` where the browser forbids it.
pub fn open(link: &Link) -> Option<Notes> {
    let features = "popup,width=720,height=560";
    let opened = web_sys::window()?.open_with_url_and_target_and_features("", NAME, features);
    let window = opened.ok()??;
    let document = window.document()?;
    let body = document.body()?;
    body.set_text_content(None);
    document.set_title(tr!("Notes · Raft Playground"));
    style(
        &body,
        "margin:0;padding:28px 32px;background:#14181c;color:#e9edf0;font:20px/1.5 sans-serif",
    );
    let add = |tag: &str, css: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        style(element.unchecked_ref(), css);
        body.append_child(&element).ok()?;
        Some(element)
    };
    let clock = add("p", "float:right;margin:0;font-size:26px;font-variant-numeric:tabular-nums")?;
    let parts = Parts {
        place: add("p", "margin:0;color:#a3adb6;font-size:16px")?,
        heading: add("h1", "margin:4px 0 16px;font-size:26px;line-height:1.25")?,
        notes: add("div", "min-height:120px;font-size:24px")?,
        next: add(
            "p",
            "margin:24px 0 0;padding-top:12px;border-top:1px solid #4b5963;color:#a3adb6",
        )?,
    };
    Some(Notes {
        _keys: keys(&document, link),
        _clock: tick(clock),
        window,
        parts,
        told: RefCell::default(),
    })
}

/// Styles go through the style object: a style attribute would be forbidden.
fn style(element: &HtmlElement, css: &str) {
    for rule in css.split(';') {
        if let Some((name, value)) = rule.split_once(':') {
            let _set = element.style().set_property(name, value);
        }
    }
}

/// The presenter's keys, wherever the focus is. What comes from another window is of no class that
/// this one knows, so it is not asked for one.
fn keys(document: &Document, link: &Link) -> EventListener {
    let link = link.clone();
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(document, "keydown", options, move |event| {
        let pressed: &KeyboardEvent = event.unchecked_ref();
        if let Some(present) = crate::keys::presenter(pressed, true) {
            event.prevent_default();
            link.send_message(present);
        }
    })
}

/// Shows how long it has been open, and the time of day.
fn tick(clock: Element) -> Interval {
    let begun = js_sys::Date::now();
    let show = move || {
        let (now, seconds) = (js_sys::Date::new_0(), (js_sys::Date::now() - begun) / 1_000.0);
        let (minutes, seconds) = (seconds as u64 / 60, seconds as u64 % 60);
        let day = format!("{:02}:{:02}", now.get_hours(), now.get_minutes());
        clock.set_text_content(Some(&format!("{minutes}:{seconds:02} · {day}")));
    };
    show();
    Interval::new(1_000, show)
}

/// Writes what belongs to the step that is shown.
pub fn write(notes: &Notes, session: &Session, view: &LessonView, item: &Item) {
    let told = told(session, view, item);
    if *notes.told.borrow() == told {
        return;
    }
    let Parts { place, heading, notes: list, next } = &notes.parts;
    place.set_text_content(Some(&told.place));
    heading.set_text_content(Some(&told.heading));
    next.set_text_content(Some(&told.next));
    list.set_text_content(None);
    if let Some(document) = list.owner_document() {
        for note in &told.notes {
            let _written = paragraph(&document, list, note);
        }
    }
    notes.told.replace(told);
}

fn paragraph(document: &Document, list: &Element, note: &str) -> Option<()> {
    let paragraph = document.create_element("p").ok()?;
    style(paragraph.unchecked_ref(), "margin:0 0 12px");
    paragraph.set_text_content(Some(note));
    list.append_child(&paragraph).ok().map(|_| ())
}

fn told(session: &Session, view: &LessonView, item: &Item) -> Told {
    let scenario = session.script().map(|script| script.scenario());
    let all = scenario.map(|scenario| headings(scenario, lang::code())).unwrap_or_default();
    let next = match (all.get(view.step), raft_gallery::next(item)) {
        (Some(heading), _) => tr!("Next: {}", heading),
        (None, Some(item)) => tr!("Next: {}", item.title(lang::code())),
        (None, None) => told!("That is the last step."),
    };
    let plain = |text: &String| text.replace(['`', '*'], "");
    let mut notes: Vec<String> = view.notes.iter().map(plain).collect();
    if notes.is_empty() {
        notes.push(told!("This step has no notes."));
    }
    let place = tr!("Step {} of {}", view.step, view.steps);
    Told { place: format!("{} · {place}", view.title), heading: view.heading.clone(), notes, next }
}
