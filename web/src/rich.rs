//! Sentences with weight: `**so**` becomes bold. Everything else is text and never markup.

use yew::prelude::*;

/// A sentence as text and bold text.
pub fn rich(text: &str) -> Html {
    let parts = text.split("**").enumerate().map(|(place, part)| {
        if place % 2 == 1 {
            html! { <b>{ part }</b> }
        } else {
            html! { { part } }
        }
    });
    parts.collect()
}
