//! The line that is typed: its history on the arrow keys, its completion on Tab.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct PromptProps {
    /// What stands before it.
    pub sign: AttrValue,
    /// Whether a command that runs takes the line, an empty one too.
    pub takes_any: bool,
    /// Lines typed before, oldest first.
    pub history: Vec<String>,
    /// How a line can go on.
    pub complete: Callback<String, Vec<String>>,
    /// A line is given.
    pub give: Callback<String>,
}

/// The prompt.
#[function_component(Prompt)]
pub fn prompt(props: &PromptProps) -> Html {
    // How far back in the history, 0: not at all.
    let back = use_state(|| 0_usize);
    let choices = use_state(Vec::<String>::new);
    let onkeydown = {
        let (back, choices) = (back.clone(), choices.clone());
        let (history, complete, give) =
            (props.history.clone(), props.complete.clone(), props.give.clone());
        let takes_any = props.takes_any;
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) =
                event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            let line = input.value();
            match event.key().as_str() {
                "Enter" => {
                    choices.set(Vec::new());
                    back.set(0);
                    input.set_value("");
                    if takes_any || !line.trim().is_empty() {
                        give.emit(line);
                    }
                }
                "ArrowUp" | "ArrowDown" => {
                    event.prevent_default();
                    let step =
                        if event.key() == "ArrowUp" { *back + 1 } else { back.saturating_sub(1) };
                    let step = step.min(history.len());
                    let shown = history.len().checked_sub(step).and_then(|at| history.get(at));
                    input.set_value(if step == 0 { "" } else { shown.map_or("", |line| line) });
                    back.set(step);
                }
                // With nothing to complete, Tab goes on to the next control as everywhere.
                "Tab" if !event.shift_key() && !line.trim().is_empty() => {
                    let found = complete.emit(line.clone());
                    let begun = line.rsplit(char::is_whitespace).next().unwrap_or("").len();
                    let head = &line[..line.len() - begun];
                    let common = common_start(&found);
                    if found.is_empty() {
                        return;
                    }
                    event.prevent_default();
                    if common.len() > begun {
                        let end = if found.len() == 1 && !common.ends_with('=') { " " } else { "" };
                        input.set_value(&format!("{head}{common}{end}"));
                    }
                    choices.set(if found.len() > 1 { found } else { Vec::new() });
                }
                "Escape" => choices.set(Vec::new()),
                _ => {}
            }
        })
    };
    html! {
        <>
            if !choices.is_empty() {
                <div class="choices" aria-live="polite">{ choices.join("  ") }</div>
            }
            <label><span class="p" aria-hidden="true">{ props.sign.clone() }{ " " }</span>
                <input {onkeydown} aria-label={tr!("Command")}
                    placeholder="put a 1 · watch a · help · crash n2" spellcheck="false"
                    autocapitalize="off" autocomplete="off" />
            </label>
        </>
    }
}

fn common_start(words: &[String]) -> String {
    let Some(first) = words.first() else { return String::new() };
    let mut common = first.as_str();
    for word in words {
        while !word.starts_with(common) {
            let mut shorter = common.chars();
            shorter.next_back();
            common = shorter.as_str();
        }
    }
    common.to_string()
}
