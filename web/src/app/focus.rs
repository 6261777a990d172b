//! Keyboard focus, and how it returns after a menu or a dialog.

use super::App;
use raft_view::menu::Selection;
use wasm_bindgen::JsCast;

impl App {
    pub(super) fn give_focus_back(&mut self) {
        if let Some(element) = self.refocus.take() {
            focus(&element);
        }
    }

    /// What draws a selection, if it is on the stage.
    pub(super) fn element_of(&self, selection: Selection) -> Option<web_sys::Element> {
        let selector = match selection {
            Selection::Server(id) => format!("[data-server=\"{}\"]", id.0),
            Selection::Message(id) => format!("[data-message=\"{id}\"]"),
            Selection::Link(a, b) => format!("[data-link=\"{},{}\"]", a.0, b.0),
            Selection::Nothing | Selection::Entry(..) => return None,
        };
        self.stage_ref.cast::<web_sys::Element>()?.query_selector(&selector).ok()?
    }

    /// Focuses the first element of this kind; false where there is none.
    pub(super) fn focus_first(&self, selector: &str) -> bool {
        let root = self.root_ref.cast::<web_sys::Element>();
        let found = root.and_then(|root| root.query_selector(selector).ok().flatten());
        found.inspect(focus).is_some()
    }

    pub(super) fn focused(&self) -> Option<web_sys::Element> {
        let root = self.root_ref.cast::<web_sys::Element>()?.get_root_node();
        let active = match root.dyn_ref::<web_sys::ShadowRoot>() {
            Some(shadow) => js_sys::Reflect::get(shadow, &"activeElement".into()).ok()?,
            None => web_sys::window()?.document()?.active_element()?.into(),
        };
        active.dyn_into().ok().or_else(|| self.root_ref.cast())
    }
}

/// Focuses an element of HTML or SVG, if it is still there.
fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _focused = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _focused = element.focus();
    }
}
