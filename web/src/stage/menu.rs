//! The menu of what can be done with a server, a message or a link.

use crate::message::{Act, Dialog, Link, Menu, Message, Over, Touch};
use crate::rich::said;
use raft_view::menu::{ActionView, Selection};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// What the open menu shows.
pub struct MenuShown<'a> {
    /// What can be done.
    pub actions: &'a [ActionView],
    /// What it is about, where that has settings of its own.
    pub own: Option<Selection>,
    /// The menu on the page.
    pub node: &'a NodeRef,
}

pub(super) fn menu(shown: &MenuShown<'_>, link: &Link) -> Html {
    let item = |view: &ActionView| {
        let command = view.command.clone();
        // What a puzzle forbids is grey and says why.
        let (grey, enabled) = (!view.enabled || view.forbidden, view.enabled || view.forbidden);
        let onclick = link.batch_callback(move |_: MouseEvent| {
            if !enabled {
                return Vec::new();
            }
            vec![Message::from(Touch::CloseMenu), Act::Do(command.clone()).into()]
        });
        html! {
            <button role="menuitem" tabindex="-1" aria-disabled={grey.to_string()} {onclick}>
                { view.label.clone() }
            </button>
        }
    };
    let oncontextmenu = link.callback(|event: MouseEvent| {
        event.prevent_default();
        Touch::CloseMenu
    });
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowDown" => Item::Next,
            "ArrowUp" => Item::Previous,
            "Home" => Item::First,
            "End" => Item::Last,
            "Tab" => return Some(Touch::CloseMenu),
            _ => return None,
        };
        event.prevent_default();
        event.stop_propagation();
        move_focus(&event, to);
        None
    });
    html! {
        <>
            <div class="backdrop" onclick={link.callback(|_| Touch::CloseMenu)}
                {oncontextmenu}></div>
            <div class="menu" role="menu" aria-label={tr!("Actions")} ref={shown.node.clone()}
                {onkeydown}>
                { for shown.actions.iter().map(item) }
                { for shown.own.map(|selection| settings(selection, link)) }
            </div>
        </>
    }
}

/// Opens the settings of what the menu is about.
fn settings(selection: Selection, link: &Link) -> Html {
    let onclick = link.batch_callback(move |_: MouseEvent| {
        vec![Message::from(Touch::CloseMenu), Over::Dialog(Dialog::Own(selection)).into()]
    });
    html! {
        <button role="menuitem" tabindex="-1" aria-haspopup="dialog" {onclick}>
            { said(key!("Settings…")) }
        </button>
    }
}

/// Where the focus goes in a menu; it goes round at the ends.
enum Item {
    Next,
    Previous,
    First,
    Last,
}

fn move_focus(event: &KeyboardEvent, to: Item) -> Option<()> {
    let item: Element = event.target()?.dyn_into().ok()?;
    let menu = item.parent_element()?;
    let next = match to {
        Item::Next => item.next_element_sibling().or_else(|| menu.first_element_child()),
        Item::Previous => item.previous_element_sibling().or_else(|| menu.last_element_child()),
        Item::First => menu.first_element_child(),
        Item::Last => menu.last_element_child(),
    };
    next?.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

/// Puts an open menu where it belongs and gives its first item the focus. Positions go through the
/// style object: a strict content security policy forbids style attributes.
pub fn place_menu(menu: &Menu, element: &HtmlElement) {
    let style = element.style();
    let _set = style.set_property("left", &format!("{}px", menu.x as i64));
    let _set = style.set_property("top", &format!("{}px", menu.y as i64));
    let document = element.owner_document();
    let inside = element.query_selector(":focus").ok().flatten().is_some();
    if document.is_some() && !inside {
        let first = element.first_element_child().and_then(|e| e.dyn_into::<HtmlElement>().ok());
        if let Some(first) = first {
            let _focused = first.focus();
        }
    }
    let (rect, stage) = (element.get_bounding_client_rect(), element.parent_element());
    if let Some(stage) = stage.map(|stage| stage.get_bounding_client_rect()) {
        if rect.right() > stage.right() {
            let left = (menu.x - (rect.right() - stage.right()) - 6.0).max(4.0);
            let _set = style.set_property("left", &format!("{}px", left as i64));
        }
        if rect.bottom() > stage.bottom() {
            let top = (menu.y - (rect.bottom() - stage.bottom()) - 6.0).max(4.0);
            let _set = style.set_property("top", &format!("{}px", top as i64));
        }
    }
}
