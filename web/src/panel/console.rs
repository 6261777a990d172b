//! The console: clients' requests and every command of the scenario text.

use crate::app::{App, Message};
use crate::input::Input;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::html::Scope;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    html! {
        <div class="console">
            { client(app, link) }
            { requests(app, link) }
            { prompt(app, link) }
        </div>
    }
}

/// Put and get, to the leader or to a server.
fn client(app: &App, link: &Scope<App>) -> Html {
    let servers = app.session().world().servers();
    let onsubmit = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let form: web_sys::Element = event.target()?.dyn_into().ok()?;
        let value = |name: &str| -> Option<String> {
            let input = form.query_selector(&format!("[name={name}]")).ok()??;
            Some(match input.dyn_ref::<HtmlInputElement>() {
                Some(input) => input.value(),
                None => input.dyn_into::<web_sys::HtmlSelectElement>().ok()?.value(),
            })
        };
        let word = |text: String| raft_sim::quoted(&text);
        let (what, key, via) = (value("what")?, word(value("key")?), value("via")?);
        let via = if via.is_empty() { String::new() } else { format!(" via {via}") };
        let line = match what.as_str() {
            "put" => format!("put {key} {}{via}", word(value("value")?)),
            "get" => format!("get {key}{via}"),
            _ => format!("get {key}{via} serializable"),
        };
        Some(Message::Typed(line))
    });
    html! {
        <form class="client" {onsubmit} aria-label="A client’s request">
            <h2>{ "A client asks" }</h2>
            <div class="fields">
                <select name="what" aria-label="Request">
                    <option value="put">{ "put" }</option>
                    <option value="get">{ "get" }</option>
                    <option value="serializable">{ "get, whatever is there" }</option>
                </select>
                <Input name="key" label="Key" value="x" keep=true />
                <Input name="value" label="Value" value="1" keep=true />
                <select name="via" aria-label="Server">
                    <option value="">{ "the leader" }</option>
                    { for servers.iter().map(|server| html! { <option value={server.id().to_string()}>{ server.id().to_string() }</option> }) }
                </select>
                <button class="btn primary" type="submit">{ "Ask" }</button>
            </div>
        </form>
    }
}

fn requests(app: &App, link: &Scope<App>) -> Html {
    let lines = app.views().requests.iter().map(|line| {
        let retry = line.redirect.clone().map(|(again, leader)| {
            let onclick = link.callback(move |_| Message::Typed(again.clone()));
            html! { <button class="quiet small" {onclick}>{ format!("Ask {leader}") }</button> }
        });
        html! {
            <li class={line.outcome}>
                <span class="muted">{ line.number }</span>
                <code>{ line.request.clone() }</code>
                <span class="answer">{ line.answer.clone() }{ for retry }</span>
            </li>
        }
    });
    html! { <ol class="requests" aria-label="Requests and answers">{ for lines }</ol> }
}

fn prompt(app: &App, link: &Scope<App>) -> Html {
    let lines = app.console().iter().map(|line| {
        html! {
            <li>
                <span class="p">{ "› " }</span>{ line.typed.clone() }
                if let Some(error) = &line.error { <div class="e">{ error.clone() }</div> }
            </li>
        }
    });
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        if event.key() != "Enter" {
            return None;
        }
        let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
        let line = input.value();
        input.set_value("");
        (!line.trim().is_empty()).then_some(Message::Typed(line))
    });
    html! {
        <div class="term">
            <ol>{ for lines }</ol>
            <label><span class="p" aria-hidden="true">{ "› " }</span>
                <input {onkeydown} aria-label="Command" placeholder="crash n2 · put a 1 via n3 · partition n1 n2 | rest" spellcheck="false" autocomplete="off" />
            </label>
        </div>
    }
}
