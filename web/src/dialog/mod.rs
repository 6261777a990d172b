//! What lies over the page: scenarios, faults and settings, share, text, help.

mod faults;
mod field;
mod files;
mod own;
mod safety;
mod share;
mod text;

use crate::bundled::{about, title};
use crate::keys::{KEYS, PRESENTING};
use crate::message::{Dialog, Link, Message, Open, Over, Page, Time};
use crate::rich::said;
pub use files::{copy, save_file};
use raft_check::linear::Verdict;
use raft_gallery::{BASICS, Basic};
use raft_sim::Session;
use raft_view::allowed::Allowed;
use raft_view::lang::look_up;
use raft_view::own::owner_of;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What the open dialog shows.
pub struct Shown<'a> {
    /// Which it is.
    pub dialog: &'a Dialog,
    /// The run that it is about.
    pub session: &'a Session,
    /// Whether what clients saw fits together.
    pub verdict: Verdict,
    /// Whether single letters act.
    pub letters: bool,
    /// What may be done to it.
    pub allowed: Allowed<'a>,
    /// What somebody is to be told, which the dialog would cover.
    pub notice: Option<&'a str>,
}

/// The layer over the page, with the dialog or its placeholder.
pub fn layer(content: Html, link: &Link) -> Html {
    html! {
        <div class="dialog-layer">
            <div class="dialog-back" onclick={link.callback(|_| Over::Close)}></div>
            { content }
        </div>
    }
}

/// A placeholder for a dialog that is being loaded.
pub fn on_its_way(placeholder: Html) -> Html {
    html! { <div class="dialog" role="dialog" aria-label={tr!("One moment")}>{ placeholder }</div> }
}

/// The open dialog itself.
pub fn modal(shown: &Shown<'_>, link: &Link) -> Html {
    let Shown { dialog, session, verdict, letters, .. } = *shown;
    let (title, wide, html) = match dialog {
        Dialog::None => (String::new(), false, Html::default()),
        Dialog::Scenarios => (told!("Scenarios"), false, scenarios(session, link)),
        Dialog::Faults => (
            told!("Faults and settings"),
            false,
            faults::view(session, shown.allowed, shown.notice, link),
        ),
        Dialog::Safety => {
            (told!("What must always be true"), false, safety::view(session, verdict, link))
        }
        Dialog::Own(selection) => {
            let owner = owner_of(*selection).unwrap_or_default();
            (tr!("Settings of {}", owner), false, own::view(session, *selection, link))
        }
        Dialog::Share { url, too_long, copied } => {
            (told!("Share this moment"), false, share::view(url, *too_long, *copied, link))
        }
        Dialog::Text { because, text } => {
            let because = because.clone();
            let (servers, text) = (session.world().servers().len(), text.clone());
            let load = link.callback(Open::Text);
            (
                told!("Scenario text"),
                true,
                html! { <text::Editor {because} {text} {servers} {load} /> },
            )
        }
        Dialog::Help => (tr!("Keys" in "of the keyboard").to_string(), false, help(letters, link)),
    };
    let close = link.callback(|()| Over::Close);
    html! { <Modal key={title.clone()} title={title.clone()} {wide} {close}>{ html }</Modal> }
}

#[derive(PartialEq, Properties)]
struct ModalProps {
    title: AttrValue,
    wide: bool,
    close: Callback<()>,
    children: Html,
}

/// A dialog that has the focus while it is open.
#[function_component(Modal)]
fn modal_box(props: &ModalProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(element) = node.cast::<web_sys::HtmlElement>() {
                let _focused = element.focus();
            }
        });
    }
    let onkeydown = {
        let node = node.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Tab" {
                keep_focus_inside(&node, &event);
            }
        })
    };
    let close = props.close.clone();
    html! {
        <div class={classes!("dialog", props.wide.then_some("wide"))} role="dialog"
            aria-modal="true" aria-label={props.title.clone()} tabindex="-1" ref={node} {onkeydown}>
            <div class="dialog-head">
                <h2>{ props.title.clone() }</h2>
                <button class="quiet" aria-label={tr!("Close")}
                    onclick={Callback::from(move |_| close.emit(()))}>
                    { "✕" }
                </button>
            </div>
            { props.children.clone() }
        </div>
    }
}

/// Tab cycles through the dialog's controls.
fn keep_focus_inside(node: &NodeRef, event: &KeyboardEvent) -> Option<()> {
    const FOCUSABLE: &str = "button:not([disabled]),input,select,textarea,a[href]";
    let dialog: web_sys::Element = node.cast()?;
    let all = dialog.query_selector_all(FOCUSABLE).ok()?;
    let (first, last) = (all.item(0)?, all.item(all.length().checked_sub(1)?)?);
    let target = event.target()?;
    let (edge, other) = if event.shift_key() { (&first, &last) } else { (&last, &first) };
    let at_edge = target.dyn_ref::<web_sys::Node>() == Some(edge)
        || (event.shift_key() && target.dyn_ref::<web_sys::Element>() == Some(&dialog));
    if at_edge {
        event.prevent_default();
        other.dyn_ref::<web_sys::HtmlElement>()?.focus().ok()?;
    }
    Some(())
}

fn scenarios(session: &Session, link: &Link) -> Html {
    let item = |basic: &'static Basic| {
        let onclick = link.callback(move |_| Open::Bundled(basic.name));
        html! {
            <li>
                <button class="line" {onclick}>
                    <b>{ title(basic) }</b><span class="muted">{ about(basic) }</span>
                </button>
            </li>
        }
    };
    let new = {
        let settings = session.base().clone();
        link.callback(move |_: MouseEvent| {
            let settings = raft_sim::Settings { seed: files::random_seed(), ..settings.clone() };
            Open::New(settings)
        })
    };
    let text = session.text();
    let edit = link.callback(move |_: MouseEvent| {
        Over::Dialog(Dialog::Text { because: None, text: text.clone() })
    });
    let open = link.clone();
    let onchange = Callback::from(move |event: Event| {
        files::read_file(
            &event,
            open.callback(|read: Result<String, String>| match read {
                Ok(text) => Message::from(Open::Text(text)),
                Err(error) => {
                    Over::Dialog(Dialog::Text { because: Some(error), text: String::new() }).into()
                }
            }),
        );
    });
    html! {
        <div class="scenarios">
            <div class="actions">
                <button class="btn" onclick={new}>
                    { said(key!("New run with another seed")) }
                </button>
                <button class="btn" onclick={link.callback(|_| Time::Restart)}>
                    { said(key!("Back to the start")) }
                </button>
                <button class="btn" onclick={edit}>{ said(key!("Edit as text")) }</button>
                <button class="btn" onclick={link.callback(|_| Over::SaveFile)}>
                    { said(key!("Save as a file")) }
                </button>
                <label class="btn file">
                    { said(key!("Open a file")) }
                    <input type="file" accept=".raft,.txt,text/plain" {onchange} />
                </label>
            </div>
            <ul class="lines">{ for BASICS.iter().map(item) }</ul>
        </div>
    }
}

fn help(on: bool, link: &Link) -> Html {
    let onchange = link.callback(move |_: Event| Page::Letters(!on));
    let key = |(key, what): &(&'static str, &'static str)| {
        html! { <><dt><kbd>{ look_up(key) }</kbd></dt><dd>{ look_up(what) }</dd></> }
    };
    html! {
        <div class="help">
            <dl>{ for KEYS.iter().map(key) }</dl>
            <h3>{ said(key!("While you present (?present in the address)")) }</h3>
            <dl>{ for PRESENTING.iter().map(key) }</dl>
            <label>
                <input type="checkbox" checked={on} {onchange} />
                { " " }
                { said(key!("Single letters act")) }
            </label>
            <p class="muted">
                { said(key!("With a pointer: click selects; right click or a long press opens the \
                             actions; drag from server to server cuts or mends a link; a line \
                             drawn around servers splits the network; the end of the selected \
                             server’s arc drags its timer.")) }
            </p>
            <p class="muted">{ tr!("Engine {}", raft_sim::ENGINE_VERSION) }</p>
        </div>
    }
}
