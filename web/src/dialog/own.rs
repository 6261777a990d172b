//! The settings of one server or one link, in place of the cluster's.

use super::field::Field;
use crate::message::{Act, Link};
use crate::rich::said;
use raft_sim::Session;
use raft_view::lang::look_up;
use raft_view::menu::Selection;
use raft_view::own::{OwnField, OwnGroup, own_groups};
use yew::prelude::*;

/// The dialog's content.
pub fn view(session: &Session, selection: Selection, link: &Link) -> Html {
    let groups = own_groups(session.world(), selection);
    let is_link = groups.len() > 1;
    let group = |OwnGroup { owner, fields }: &OwnGroup| {
        html! {
            <>
                if is_link { <h3>{ owner.clone() }</h3> }
                { for fields.iter().map(|it| field(it, link)) }
            </>
        }
    };
    html! {
        <div class="faults own">
            <p class="hint">
                { said(key!("What is set here holds in place of the cluster’s setting, which the \
                             others keep.")) }
            </p>
            { for groups.iter().map(group) }
        </div>
    }
}

fn field(OwnField { label, line, value, remove }: &OwnField, link: &Link) -> Html {
    let set = line.clone();
    let apply = link.callback(move |value: String| Act::Typed(format!("{set} {value}")));
    let remove = remove.clone().map(|line| {
        let name = tr!("As usual: {}", look_up(label));
        let onclick = link.callback(move |_: MouseEvent| Act::Typed(line.clone()));
        html! {
            <button class="quiet small" {onclick} aria-label={name}>
                { said(key!("As usual")) }
            </button>
        }
    });
    html! {
        <Field key={line.clone()} line={line.clone()} label={look_up(label)} value={value.clone()}
            {apply} after={remove.unwrap_or_default()} />
    }
}
