//! Scenario text, checked as one types.

use crate::rich::said;
use raft_view::tab::read;
use wasm_bindgen::JsCast;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct EditorProps {
    /// Why the text is shown, if not because somebody asked for it.
    pub because: Option<String>,
    /// The text to begin with.
    pub text: String,
    /// How many servers run.
    pub servers: usize,
    /// Called with a text that is right.
    pub load: Callback<String>,
}

/// The editor.
#[function_component(Editor)]
pub fn editor(props: &EditorProps) -> Html {
    let text = use_state(|| props.text.clone());
    let oninput = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| {
            let area =
                event.target().and_then(|t| t.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
            if let Some(area) = area {
                text.set(area.value());
            }
        })
    };
    let parsed = read(&text);
    let (verdict, error_line) = match &parsed {
        Ok(scenario) => {
            let (statements, servers) = (scenario.statements.len(), scenario.settings.nodes);
            let holds = tr!("✓ {} actions and claims, {} servers", statements, servers);
            (html! { <span class="holds">{ holds }</span> }, None)
        }
        Err(error) => {
            (html! { <span class="broken">{ format!("✗ {error}") }</span> }, Some(error.line))
        }
    };
    let load = {
        let (load, text) = (props.load.clone(), text.clone());
        Callback::from(move |_: MouseEvent| load.emit((*text).clone()))
    };
    let marked = error_line.and_then(|line| {
        let wrong = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
        Some(html! { <pre class="wrong-line">{ format!("{line}: {wrong}") }</pre> })
    });
    html! {
        <div class="editor">
            <div>
                if let Some(because) = &props.because {
                    <p class="because" role="alert">{ because.clone() }</p>
                }
            </div>
            <textarea rows="18" spellcheck="false" aria-label={tr!("Scenario text")}
                aria-invalid={error_line.is_some().to_string()} value={(*text).clone()} {oninput} />
            <p role="status">{ verdict }</p>
            <div>{ for marked }</div>
            <div class="actions">
                <button class="btn primary" disabled={parsed.is_err()} onclick={load}>
                    { said(key!("Run it")) }
                </button>
            </div>
        </div>
    }
}
