//! What somebody is told: it stays as long as it takes to read it, and while it is pointed at or
//! has the focus; then it goes by itself.

use crate::message::{Link, Look};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// The shortest time that it stays, in milliseconds.
const LEAST_MS: usize = 6_000;
/// What each letter takes beside that: slow readers need it, and where it is unexpected everybody.
const LETTER_MS: usize = 70;

#[derive(PartialEq, Properties)]
pub struct NoticeProps {
    /// What it says.
    pub text: AttrValue,
    /// Where it is sent that it was read.
    pub link: Link,
}

/// The notice.
#[function_component(Notice)]
pub fn notice(props: &NoticeProps) -> Html {
    let held = use_state(|| false);
    let (link, is_held) = (props.link.clone(), *held);
    use_effect_with((props.text.clone(), is_held), move |(text, is_held)| {
        let stays = LEAST_MS + LETTER_MS * text.chars().count();
        let stays = u32::try_from(stays).unwrap_or(u32::MAX);
        let goes =
            (!is_held).then(|| Timeout::new(stays, move || link.send_message(Look::Dismiss)));
        move || drop(goes)
    });
    let hold = |now: bool| {
        let held = held.clone();
        move || held.set(now)
    };
    let (over, out, focus, blur) = (hold(true), hold(false), hold(true), hold(false));
    html! {
        <div class="notice" role="alert"
            onpointerover={Callback::from(move |_| over())}
            onpointerout={Callback::from(move |_| out())}
            onfocusin={Callback::from(move |_| focus())}
            onfocusout={Callback::from(move |_| blur())}>
            <span>{ props.text.clone() }</span>
            <button class="quiet" aria-label={tr!("Dismiss")}
                onclick={props.link.callback(|_| Look::Dismiss)}>
                { "✕" }
            </button>
        </div>
    }
}
