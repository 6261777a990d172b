//! Sentences with emphasis: `**so**` becomes bold, and what stands between backticks is code.
//! Everything else is text and never markup.

use raft_view::lang::look_up;
use yew::prelude::*;

/// A sentence as text and bold text.
pub fn rich(text: &str) -> Html {
    let parts = text.split("**").enumerate().map(|(place, part)| {
        if place % 2 == 1 {
            html! { <b>{ part }</b> }
        } else {
            code(part)
        }
    });
    parts.collect()
}

fn code(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(place, part)| {
        if place % 2 == 1 {
            html! { <code>{ part }</code> }
        } else {
            html! { { part } }
        }
    });
    parts.collect()
}

/// A sentence of [`key!`] in the language of the page. A function of its own, for it is what most
/// parts of the page are made of.
#[inline(never)]
pub fn said(english: &'static str) -> Html {
    Html::VText(yew::virtual_dom::VText::new(look_up(english)))
}
