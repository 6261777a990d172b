//! The steps of a request's way, as the panel and a lesson list them.

use raft_view::way::{State, Way};
use yew::prelude::*;

/// All of them, each with how it stands.
pub fn steps(way: &Way) -> Html {
    let steps = way.steps.iter().map(|step| {
        let (class, sign, spoken) = step.state.marks();
        html! {
            <li {class} aria-current={(step.state == State::Now).then_some("step")}>
                <span aria-label={spoken}>{ sign }</span><b>{ step.name }</b>
                <span>{ step.text.clone() }</span><span class="cite">{ step.cite }</span>
            </li>
        }
    });
    html! { <ol>{ for steps }</ol> }
}
