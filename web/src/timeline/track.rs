//! What pointers, fingers, wheel and keys do on the track.

use crate::message::{Link, Message, Stretch, Time};
use raft_core::Micros;
use raft_view::timeline::TimelineView;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// A pointer that is no further from where it was pressed than this part of the track is still.
const STILL: f64 = 0.008;

/// What one pointer does on the track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Does {
    /// Takes the present along.
    #[default]
    Scrubs,
    /// Has chosen a mark or a branch, and does nothing until it has moved.
    Chooses,
    /// Moves the window.
    Scrolls,
}

/// Pointers on the track: one scrubs, two zoom.
#[derive(Debug, Default)]
pub struct Fingers {
    /// Each with where it is, and where it was pressed.
    on: RefCell<Vec<(i32, f64, f64)>>,
    does: Cell<Does>,
}

impl Fingers {
    fn press(&self, id: i32, part: f64, does: Does) -> usize {
        let mut on = self.on.borrow_mut();
        on.retain(|(known, ..)| *known != id);
        on.push((id, part, part));
        self.does.set(does);
        on.len()
    }

    fn lift(&self, id: i32) {
        self.on.borrow_mut().retain(|(known, ..)| *known != id);
    }

    /// What a pointer does that is at this part now.
    fn drag(&self, id: i32, part: f64) -> Vec<Message> {
        let mut on = self.on.borrow_mut();
        let before: Vec<f64> = on.iter().map(|(_, at, _)| *at).collect();
        let Some((_, at, pressed)) = on.iter_mut().find(|(known, ..)| *known == id) else {
            return Vec::new();
        };
        *at = part;
        let moved = (part - *pressed).abs() > STILL;
        let now: Vec<f64> = on.iter().map(|(_, at, _)| *at).collect();
        match (&before[..], &now[..], self.does.get()) {
            ([a, b], [c, d], _) => pinched((*a, *b), (*c, *d)),
            (_, _, Does::Scrolls) => vec![Time::Show(Stretch::Around(part)).into()],
            (_, _, Does::Chooses) if !moved => Vec::new(),
            (_, [_], Does::Scrubs | Does::Chooses) => {
                self.does.set(Does::Scrubs);
                vec![Time::SeekPart(part).into()]
            }
            (_, _, Does::Scrubs | Does::Chooses) => Vec::new(),
        }
    }
}

/// What was between two fingers stays between them.
fn pinched((a, b): (f64, f64), (c, d): (f64, f64)) -> Vec<Message> {
    let factor = ((a - b).abs() / (c - d).abs().max(0.01)).clamp(0.2, 5.0);
    let (before, now) = ((a + b) / 2.0, (c + d) / 2.0);
    vec![
        Time::Show(Stretch::Zoom { about: before, factor }).into(),
        Time::Show(Stretch::By(before - now)).into(),
    ]
}

pub(super) fn pressed(link: &Link, fingers: &Rc<Fingers>) -> Callback<PointerEvent> {
    let fingers = fingers.clone();
    link.batch_callback(move |event: PointerEvent| {
        if event.buttons() & 1 == 0 {
            return None;
        }
        let on: Element = event.target()?.dyn_into().ok()?;
        let (track, part) = place(&event)?;
        // Without capture the pointer can still be followed while it stays on the track.
        let _captured = track.set_pointer_capture(event.pointer_id());
        let chosen = number(&on, "data-at").map(Time::Seek);
        let chosen = chosen.or_else(|| Some(Time::Switch(number(&on, "data-branch")? as usize)));
        let is_strip = on.closest(".strip").ok()?.is_some();
        let (does, message) = match chosen {
            Some(chosen) => (Does::Chooses, chosen),
            None if is_strip => (Does::Scrolls, Time::Show(Stretch::Around(part))),
            None => (Does::Scrubs, Time::SeekPart(part)),
        };
        let is_first = fingers.press(event.pointer_id(), part, does) == 1;
        is_first.then_some(message)
    })
}

pub(super) fn dragged(link: &Link, fingers: &Rc<Fingers>) -> Callback<PointerEvent> {
    let fingers = fingers.clone();
    link.batch_callback(move |event: PointerEvent| {
        let place = place(&event).filter(|_| event.buttons() & 1 == 1);
        place.map_or_else(Vec::new, |(_, part)| fingers.drag(event.pointer_id(), part))
    })
}

pub(super) fn lifted(fingers: &Rc<Fingers>) -> Callback<PointerEvent> {
    let fingers = fingers.clone();
    Callback::from(move |event: PointerEvent| fingers.lift(event.pointer_id()))
}

/// The wheel zooms about the pointer; sideways, or with Shift, it scrolls.
pub(super) fn wheel(link: &Link) -> Callback<WheelEvent> {
    link.batch_callback(|event: WheelEvent| {
        let (_, part) = place(&event)?;
        event.prevent_default();
        let (x, y) = (event.delta_x(), event.delta_y());
        // Some browsers turn the wheel sideways themselves where Shift is held.
        let sideways = if event.shift_key() { x + y } else { x };
        if sideways.abs() > y.abs() || event.shift_key() {
            return Some(Time::Show(Stretch::By((sideways / 600.0).clamp(-0.5, 0.5))));
        }
        // Lines, as some browsers count them, are longer than pixels.
        let pixels = if event.delta_mode() == 0 { y } else { y * 30.0 };
        Some(Time::Show(Stretch::Zoom {
            about: part,
            factor: (pixels / 300.0).clamp(-1.0, 1.0).exp2(),
        }))
    })
}

pub(super) fn keys(
    link: &Link,
    timeline: &TimelineView,
    now: Micros,
    end: Micros,
) -> Callback<KeyboardEvent> {
    let window = timeline.window;
    link.batch_callback(move |event: KeyboardEvent| {
        // Closer up, a step is shorter.
        let step = (window.length() / 50).clamp(100, 10_000) as i64;
        let page = 10 * step;
        let about = Some(window.part(now)).filter(|part| (0.0..=1.0).contains(part));
        let about = about.unwrap_or(0.5);
        let message = match event.key().as_str() {
            "ArrowLeft" if event.shift_key() => Time::Show(Stretch::By(-0.25)),
            "ArrowRight" if event.shift_key() => Time::Show(Stretch::By(0.25)),
            // From where the run is by then: of two presses within one frame, none is lost.
            "ArrowLeft" | "ArrowDown" => Time::SeekBy(-step),
            "ArrowRight" | "ArrowUp" => Time::SeekBy(step),
            "PageDown" => Time::SeekBy(-page),
            "PageUp" => Time::SeekBy(page),
            "Home" => Time::Seek(0),
            "End" => Time::Seek(end),
            "+" | "=" => Time::Show(Stretch::Zoom { about, factor: 0.5 }),
            "-" | "_" | "−" => Time::Show(Stretch::Zoom { about, factor: 2.0 }),
            "0" => Time::Show(Stretch::All),
            _ => return None,
        };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        event.prevent_default();
        event.stop_propagation();
        Some(message)
    })
}

/// The track, and where on it a pointer is: 0 to 1, or beyond.
fn place(event: &MouseEvent) -> Option<(Element, f64)> {
    // The target: listeners sit at the root, so the current target is not the track.
    let target: Element = event.target()?.dyn_into().ok()?;
    let track = target.closest(".track").ok()??;
    let rect = track.get_bounding_client_rect();
    let part = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
    Some((track, part))
}

fn number(on: &Element, attribute: &str) -> Option<u64> {
    let element = on.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}
