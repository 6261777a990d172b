//! What a pointer or a key does on the stage.

use crate::message::{Drag, Look, Menu, Message, Touch};
use raft_core::NodeId;
use raft_view::menu::Selection;
use raft_view::stage::{HEIGHT, Point, WIDTH, part_at};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// What is known where a pointer is pressed, moved or let go.
#[derive(Clone)]
pub(super) struct Pointer {
    pub(super) svg: NodeRef,
    pub(super) drag: Option<Drag>,
    pub(super) ring: raft_view::stage::Ring,
}

impl Pointer {
    /// A point of the page as a point of the picture.
    fn point(&self, x: i32, y: i32) -> Option<Point> {
        let rect = self.svg.cast::<Element>()?.get_bounding_client_rect();
        let scale = (rect.width() / WIDTH).min(rect.height() / HEIGHT);
        let left = rect.left() + (rect.width() - WIDTH * scale) / 2.0;
        let top = rect.top() + (rect.height() - HEIGHT * scale) / 2.0;
        Some(Point { x: (f64::from(x) - left) / scale, y: (f64::from(y) - top) / scale })
    }
}

pub(super) fn pressed(pointer: &Pointer, event: &PointerEvent) -> Option<Message> {
    if event.button() != 0 {
        return None;
    }
    let point = pointer.point(event.client_x(), event.client_y())?;
    let element: Element = event.target()?.dyn_into().ok()?;
    if let Some(id) = attribute(&element, "data-timer") {
        let id = NodeId(id.parse().ok()?);
        let server = pointer.ring.at(id);
        return Some(Message::Drag(Some(Drag::Timer(id, part_at(server, point)))));
    }
    let lasso = |pressed| Some(Message::Drag(Some(Drag::Lasso { pressed, outline: vec![point] })));
    match selection_of(&element) {
        Some(Selection::Server(id) | Selection::Entry(id, _)) => {
            let drag = Drag::Link { from: id, to: point, moved: false };
            if event.pointer_type() == "mouse" {
                return Some(Message::Drag(Some(drag)));
            }
            let selection = Selection::Server(id);
            let menu = menu_at(pointer, selection, event.client_x(), event.client_y())?;
            Some(Message::Press(drag, menu))
        }
        Some(message @ Selection::Message(_)) => Some(Look::Select(message).into()),
        // Links cover much of the ground: an outline may begin on one.
        Some(Selection::Link(a, b)) => lasso(Selection::Link(a, b)),
        Some(Selection::Nothing) | None => lasso(Selection::Nothing),
    }
}

pub(super) fn moved(pointer: &Pointer, event: &PointerEvent) -> Option<Message> {
    const SLACK: f64 = 10.0;
    let drag = pointer.drag.clone()?;
    if event.buttons() == 0 {
        return Some(Message::Drag(None));
    }
    let point = pointer.point(event.client_x(), event.client_y())?;
    let drag = match drag {
        Drag::Timer(id, _) => Drag::Timer(id, part_at(pointer.ring.at(id), point)),
        Drag::Link { from, to, moved } => {
            let moved = moved || to.distance(point) > SLACK;
            Drag::Link { from, to: if moved { point } else { to }, moved }
        }
        Drag::Lasso { pressed, mut outline } => {
            if outline.last().is_none_or(|last| last.distance(point) > 4.0) {
                outline.push(point);
            }
            Drag::Lasso { pressed, outline }
        }
    };
    Some(Message::Drag(Some(drag)))
}

pub(super) fn released(pointer: &Pointer, event: &PointerEvent) -> Option<Message> {
    pointer.drag.as_ref()?;
    Some(Touch::Drop(pointer.point(event.client_x(), event.client_y())?).into())
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

fn selection_of(element: &Element) -> Option<Selection> {
    if let Some(id) = attribute(element, "data-server") {
        return Some(Selection::Server(NodeId(id.parse().ok()?)));
    }
    if let Some(id) = attribute(element, "data-message") {
        return Some(Selection::Message(id.parse().ok()?));
    }
    let link = attribute(element, "data-link")?;
    let (a, b) = link.split_once(',')?;
    Some(Selection::Link(NodeId(a.parse().ok()?), NodeId(b.parse().ok()?)))
}

/// What an event is about.
pub(super) fn target(event: &web_sys::Event) -> Option<Selection> {
    selection_of(&event.target()?.dyn_into::<Element>().ok()?)
}

/// Opens the actions where the pointer is, or beside what has focus.
pub(super) fn open_menu(
    pointer: &Pointer,
    selection: Selection,
    client: Option<(i32, i32)>,
) -> Option<Message> {
    if let Some((x, y)) = client {
        return menu_at(pointer, selection, x, y).map(|menu| Touch::OpenMenu(menu).into());
    }
    let rect = pointer.svg.cast::<Element>()?.get_bounding_client_rect();
    let (x, y) = match selection {
        Selection::Server(id) => {
            let at = pointer.ring.at(id);
            let scale = (rect.width() / WIDTH).min(rect.height() / HEIGHT);
            let left = rect.left() + (rect.width() - WIDTH * scale) / 2.0;
            let top = rect.top() + (rect.height() - HEIGHT * scale) / 2.0;
            (left + (at.x + pointer.ring.server_radius) * scale, top + at.y * scale)
        }
        Selection::Nothing | Selection::Message(_) | Selection::Link(..) | Selection::Entry(..) => {
            (rect.left() + rect.width() / 2.0, rect.top() + rect.height() / 2.0)
        }
    };
    Some(Touch::OpenMenu(Menu { selection, x: x - rect.left(), y: y - rect.top() }).into())
}

fn menu_at(pointer: &Pointer, selection: Selection, x: i32, y: i32) -> Option<Menu> {
    let rect = pointer.svg.cast::<Element>()?.get_bounding_client_rect();
    Some(Menu { selection, x: f64::from(x) - rect.left(), y: f64::from(y) - rect.top() })
}
