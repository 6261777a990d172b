//! An input whose text is the person's while they type: the page is drawn again many times a
//! second, and must not put the old value back under their fingers.

use wasm_bindgen::JsCast;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct InputProps {
    /// The value while nobody types.
    pub value: String,
    /// Called when the person is done: Enter, or leaving the input.
    #[prop_or_default]
    pub commit: Callback<String>,
    /// Called with every change.
    #[prop_or_default]
    pub edit: Callback<String>,
    /// Its name, where no label encloses it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// Its name in a form.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// `text` or `range`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// The highest value of a range.
    #[prop_or_default]
    pub max: Option<AttrValue>,
    /// Whether the last value was wrong.
    #[prop_or_default]
    pub wrong: bool,
    /// Whether it cannot be changed now.
    #[prop_or_default]
    pub locked: bool,
    /// Whether the typed text stays after it was given.
    #[prop_or_default]
    pub keep: bool,
}

/// The input.
#[function_component(Input)]
pub fn input(props: &InputProps) -> Html {
    let typed = use_state(|| None::<String>);
    let oninput = {
        let (typed, edit) = (typed.clone(), props.edit.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(value) = value_of(&event) {
                edit.emit(value.clone());
                typed.set(Some(value));
            }
        })
    };
    let onchange = {
        let (typed, commit, keep) = (typed.clone(), props.commit.clone(), props.keep);
        Callback::from(move |event: Event| {
            if let Some(value) = value_of(&event) {
                if !keep {
                    typed.set(None);
                }
                commit.emit(value);
            }
        })
    };
    let value = (*typed).clone().unwrap_or_else(|| props.value.clone());
    html! {
        <input type={props.kind.clone()} name={props.name.clone()} max={props.max.clone()}
            {value} {oninput} {onchange} aria-label={props.label.clone()}
            readonly={props.locked} aria-disabled={props.locked.then_some("true")}
            aria-invalid={props.wrong.then_some("true")} spellcheck="false" autocomplete="off" />
    }
}

/// The value of the input or the choice of this name in a form.
pub fn value_in(form: &web_sys::Element, name: &str) -> Option<String> {
    let input = form.query_selector(&format!("[name={name}]")).ok()??;
    Some(match input.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => input.value(),
        None => input.dyn_into::<web_sys::HtmlSelectElement>().ok()?.value(),
    })
}

fn value_of(event: &web_sys::Event) -> Option<String> {
    Some(event.target()?.dyn_into::<web_sys::HtmlInputElement>().ok()?.value())
}
