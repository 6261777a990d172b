//! What a pointer or a key does on the stage.

use crate::message::{Drag, Look, Menu, Message, Pinch, Touch};
use raft_core::NodeId;
use raft_view::menu::Selection;
use raft_view::stage::{Camera, Point, part_at};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// What is known where a pointer is pressed, moved or let go.
#[derive(Clone)]
pub(super) struct Pointer {
    pub(super) svg: NodeRef,
    pub(super) drag: Option<Drag>,
    pub(super) ring: raft_view::stage::Ring,
    pub(super) camera: Camera,
}

/// Where the picture lies on the page.
struct Placing {
    /// Its left upper corner.
    left: f64,
    top: f64,
    /// Pixels of the page for a unit of the picture.
    scale: f64,
    camera: Camera,
}

impl Placing {
    fn to_picture(&self, page: Point) -> Point {
        let [x, y, ..] = self.camera.view_box();
        Point { x: x + (page.x - self.left) / self.scale, y: y + (page.y - self.top) / self.scale }
    }

    fn to_page(&self, point: Point) -> Point {
        let [x, y, ..] = self.camera.view_box();
        Point {
            x: self.left + (point.x - x) * self.scale,
            y: self.top + (point.y - y) * self.scale,
        }
    }
}

impl Pointer {
    /// Where the part of the picture that this camera sees lies.
    fn placing(&self, camera: Camera) -> Option<Placing> {
        let rect = self.svg.cast::<Element>()?.get_bounding_client_rect();
        let [_, _, width, height] = camera.view_box();
        let scale = (rect.width() / width).min(rect.height() / height);
        let left = rect.left() + (rect.width() - width * scale) / 2.0;
        let top = rect.top() + (rect.height() - height * scale) / 2.0;
        Some(Placing { left, top, scale, camera })
    }

    /// A point of the page as a point of the picture.
    fn point(&self, x: i32, y: i32) -> Option<Point> {
        let page = Point { x: f64::from(x), y: f64::from(y) };
        Some(self.placing(self.camera)?.to_picture(page))
    }

    /// The picture begins to be moved by a pointer that is pressed, beside one that was.
    fn pinch(&self, event: &PointerEvent) -> Option<Drag> {
        let here = page_of(event);
        let first = match self.drag.as_ref() {
            Some(Drag::Lasso { outline, .. }) => Some(*outline.last()?),
            Some(Drag::Link { to, .. }) => Some(*to),
            Some(Drag::Timer(..) | Drag::Picture(_)) | None => None,
        };
        let first = first.and_then(|point| Some(self.placing(self.camera)?.to_page(point)));
        let camera = self.camera;
        let second = first.map(|_| (here, here));
        let first = first.unwrap_or(here);
        Some(Drag::Picture(Pinch { began: camera, first: (first, first), second, camera }))
    }

    /// The same goes on.
    fn pinched(&self, mut pinch: Pinch, event: &PointerEvent) -> Option<Drag> {
        let here = page_of(event);
        match &mut pinch.second {
            Some(second) if !event.is_primary() => second.1 = here,
            Some(_) | None => pinch.first.1 = here,
        }
        let second = pinch.second.unwrap_or(pinch.first);
        let middle = |a: Point, b: Point| a.towards(b, 0.5);
        let (was, is) = (middle(pinch.first.0, second.0), middle(pinch.first.1, second.1));
        let spread = |a: Point, b: Point| a.distance(b).max(20.0);
        let times = spread(pinch.first.1, second.1) / spread(pinch.first.0, second.0);
        let began = self.placing(pinch.began)?;
        let about = began.to_picture(was);
        let zoomed = pinch.began.zoomed(if pinch.second.is_some() { times } else { 1.0 }, about);
        let now = self.placing(zoomed)?.to_picture(is);
        pinch.camera = zoomed.moved(about.x - now.x, about.y - now.y);
        Some(Drag::Picture(pinch))
    }
}

fn page_of(event: &PointerEvent) -> Point {
    Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
}

/// The wheel zooms about the pointer; where the page itself scrolls, with Ctrl alone.
pub(super) fn wheeled(pointer: &Pointer, event: &WheelEvent, owns_page: bool) -> Option<Message> {
    const ZOOM: f64 = 0.0016;
    if !owns_page && !event.ctrl_key() {
        return None;
    }
    event.prevent_default();
    let about = pointer.point(event.client_x(), event.client_y())?;
    let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { 20.0 } else { 1.0 };
    let times = (-event.delta_y() * lines * ZOOM).exp();
    let camera = pointer.camera.zoomed(times, about);
    (camera != pointer.camera).then(|| Look::Part(camera).into())
}

pub(super) fn pressed(pointer: &Pointer, event: &PointerEvent) -> Option<Message> {
    // The middle button and Shift move the picture, and so does a second finger.
    let moves = event.button() == 1 || event.button() == 0 && event.shift_key();
    if moves || !event.is_primary() {
        event.prevent_default();
        return Some(Message::Drag(pointer.pinch(event)));
    }
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
        Drag::Picture(pinch) => pointer.pinched(pinch, event)?,
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
            let beside = Point { x: at.x + pointer.ring.server_radius, y: at.y };
            let Point { x, y } = pointer.placing(pointer.camera)?.to_page(beside);
            (x, y)
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
