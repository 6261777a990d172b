//! A link that brings back the exact run and moment.

use crate::message::{Link, Over};
use crate::rich::said;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The dialog's content.
pub fn view(url: &str, too_long: bool, copied: bool, link: &Link) -> Html {
    let save = link.callback(|_: MouseEvent| Over::SaveFile);
    if too_long {
        return html! {
            <div class="share">
                <p>
                    { tr!("This run’s text is too long for a link ({} characters, and {} are the \
                           most). A file holds all of it.", url.len(), raft_sim::run::MAX_LINK) }
                </p>
                <button class="btn primary" onclick={save}>{ said(key!("Save as a file")) }</button>
            </div>
        };
    }
    let copy = {
        let (url, link) = (url.to_string(), link.clone());
        Callback::from(move |_: MouseEvent| {
            super::files::copy(url.clone(), link.callback(|()| Over::Copied));
        })
    };
    let select = Callback::from(|event: FocusEvent| {
        let input = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
        if let Some(input) = input {
            input.select();
        }
    });
    html! {
        <div class="share">
            <p>
                { said(key!("Whoever opens this link gets the same run, event for event, at this \
                             very moment, and can go on from there.")) }
            </p>
            <textarea readonly=true rows="5" aria-label={tr!("Link")} value={url.to_string()}
                onfocus={select} />
            <div class="actions">
                <button class="btn primary" onclick={copy}>
                    { if copied { said(key!("Copied")) } else { said(key!("Copy link")) } }
                </button>
                <button class="btn" onclick={save}>{ said(key!("Save as a file")) }</button>
            </div>
        </div>
    }
}
