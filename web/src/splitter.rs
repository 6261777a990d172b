//! The edge of a part of the page, which pointer, finger and keys move.

use crate::message::{Link, Page};
use crate::sizes::{Part, Sizes};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct SplitterProps {
    /// What it makes larger and smaller.
    pub part: Part,
    /// The sizes that were chosen.
    pub sizes: Sizes,
    /// Where a new size is sent.
    pub link: Link,
}

/// The edge. While it is dragged it moves the part itself: nothing else is drawn anew.
#[function_component(Splitter)]
pub fn splitter(props: &SplitterProps) -> Html {
    let part = props.part;
    let dragged = use_state(|| None::<u32>);
    let edge = use_node_ref();
    let page = edge.cast::<Element>().and_then(|edge| page_of(&edge));
    let (least, most) = part.limits(page.map_or(1280, |page| width(&page)));
    let size = dragged.or(props.sizes.of(part)).unwrap_or(part.usual()).clamp(least, most);
    let drag = {
        let dragged = dragged.clone();
        Callback::from(move |event: PointerEvent| {
            if event.buttons() & 1 == 1
                && let Some((page, size)) = pointed_at(part, &event)
            {
                part.give(&page, Some(size));
                dragged.set(Some(size));
            }
        })
    };
    let onpointerdown = Callback::from(|event: PointerEvent| {
        if let Some(edge) = edge_of(&event) {
            // Without capture it can still be dragged while the pointer stays on it.
            let _captured = edge.set_pointer_capture(event.pointer_id());
        }
    });
    let let_go = {
        let (link, dragged) = (props.link.clone(), dragged.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some(size) = *dragged {
                dragged.set(None);
                link.send_message(Page::Size(part, Some(size)));
            }
        })
    };
    let onkeydown = props.link.batch_callback(move |event: KeyboardEvent| {
        let page = event.target()?.dyn_into().ok().and_then(|edge| page_of(&edge))?;
        let (least, most) = part.limits(width(&page));
        let size = size_after(part, &event.key(), size)?;
        event.prevent_default();
        event.stop_propagation();
        Some(Page::Size(part, size.map(|size| size.clamp(least, most))))
    });
    let (orientation, label) = match part {
        Part::Side => ("vertical", tr!("Width of the panel")),
        Part::Sheet => ("horizontal", tr!("Height of the panel")),
        Part::Terminal => ("horizontal", tr!("Height of the console")),
    };
    html! {
        <div class={classes!("splitter", part.name())} role="separator" tabindex="0" ref={edge}
            aria-orientation={orientation} aria-label={label}
            title={tr!("{}: drag, or arrow keys; double click: as before", label)}
            aria-valuemin={least.to_string()} aria-valuemax={most.to_string()}
            aria-valuenow={size.to_string()} onpointermove={drag} {onpointerdown}
            onpointerup={let_go.clone()} onpointercancel={let_go} {onkeydown}
            ondblclick={props.link.callback(move |_| Page::Size(part, None))}></div>
    }
}

/// The size that a key gives; `None` inside: the usual one.
fn size_after(part: Part, key: &str, size: u32) -> Option<Option<u32>> {
    let (larger, smaller) = match part {
        Part::Side => ("ArrowLeft", "ArrowRight"),
        Part::Sheet | Part::Terminal => ("ArrowUp", "ArrowDown"),
    };
    let far = 5 * part.step();
    Some(match key {
        key if key == larger => Some(size + part.step()),
        key if key == smaller => Some(size.saturating_sub(part.step())),
        "PageUp" => Some(size + far),
        "PageDown" => Some(size.saturating_sub(far)),
        "Home" => Some(0),
        "End" => Some(u32::MAX),
        "Enter" => None,
        _ => return None,
    })
}

/// The page, and the size that puts the edge under the pointer.
fn pointed_at(part: Part, event: &PointerEvent) -> Option<(HtmlElement, u32)> {
    let edge = edge_of(event)?;
    let page = page_of(&edge)?;
    let around = edge.parent_element()?.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    // Held by its middle: the sheet begins above the edge, the terminal below it.
    let half = edge.get_bounding_client_rect().height() / 2.0;
    let of = |y: f64, height: f64| (around.bottom() - y) * 100.0 / height.max(1.0);
    let size = match part {
        Part::Side => around.right() - x,
        Part::Sheet => of(y - half, page.get_bounding_client_rect().height()),
        Part::Terminal => of(y + half, around.height()),
    };
    let (least, most) = part.limits(width(&page));
    Some((page, (size.max(0.0) as u32).clamp(least, most)))
}

fn edge_of(event: &PointerEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn page_of(edge: &Element) -> Option<HtmlElement> {
    edge.closest(".pg").ok()??.dyn_into().ok()
}

fn width(page: &HtmlElement) -> u32 {
    page.get_bounding_client_rect().width() as u32
}
