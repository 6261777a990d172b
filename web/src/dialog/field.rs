//! A setting in a form. Its value goes through the parser of scenario text.

use crate::input::Input;
use raft_sim::{MAX_SERVERS, scenario};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct FieldProps {
    /// The line that sets it, without the value.
    pub line: AttrValue,
    /// What it is.
    pub label: AttrValue,
    /// The value that holds.
    pub value: String,
    /// Takes another.
    pub apply: Callback<String>,
    /// Whether a puzzle forbids it.
    #[prop_or_default]
    pub forbidden: bool,
    /// What stands behind it.
    #[prop_or_default]
    pub after: Html,
}

/// One setting: a value as scenario text writes it.
#[function_component(Field)]
pub fn field(props: &FieldProps) -> Html {
    let error = use_state(|| None::<String>);
    let refused = use_state(String::new);
    let commit = {
        let (error, refused) = (error.clone(), refused.clone());
        let (apply, line) = (props.apply.clone(), props.line.clone());
        Callback::from(move |value: String| {
            match scenario::parse_action(&format!("{line} {value}"), MAX_SERVERS) {
                Ok(_) => {
                    error.set(None);
                    apply.emit(value);
                }
                Err(wrong) => {
                    error.set(Some(wrong.without_line().to_string()));
                    refused.set(value);
                }
            }
        })
    };
    // A wrong value stays, so that it can be corrected.
    let value = if error.is_some() { (*refused).clone() } else { props.value.clone() };
    // A puzzle says which of its rules forbids it, once somebody reaches for it.
    let onclick = {
        let (apply, value, forbidden) = (props.apply.clone(), value.clone(), props.forbidden);
        Callback::from(move |_: MouseEvent| {
            if forbidden {
                apply.emit(value.clone());
            }
        })
    };
    let class = classes!("field", props.forbidden.then_some("forbidden"));
    html! {
        <div class="field-line">
            <label {class} {onclick}>
                <span>{ props.label.clone() }</span>
                <Input {value} {commit} wrong={error.is_some()} locked={props.forbidden} />
                if let Some(error) = &*error { <em role="alert">{ error.clone() }</em> }
            </label>
            { props.after.clone() }
        </div>
    }
}
