//! A part of the page that is made and compared again only when its version changes.

use std::cell::RefCell;
use yew::prelude::*;

/// What was made last, and for which version.
#[derive(Default)]
pub struct Cache(RefCell<Option<(u64, Html)>>);

impl Cache {
    /// The part for this version: made if the version is new, otherwise left alone.
    pub fn part(&self, version: u64, make: impl FnOnce() -> Html) -> Html {
        let mut known = self.0.borrow_mut();
        let content = match &*known {
            Some((same, content)) if *same == version => content.clone(),
            Some(_) | None => {
                let content = make();
                *known = Some((version, content.clone()));
                content
            }
        };
        html! { <Memo {version} {content} /> }
    }
}

#[derive(Properties)]
struct MemoProps {
    version: u64,
    content: Html,
}

impl PartialEq for MemoProps {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

#[function_component(Memo)]
fn memo(props: &MemoProps) -> Html {
    props.content.clone()
}
