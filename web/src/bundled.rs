//! The scenarios that come with the page, in the language of whoever sees it.

use raft_gallery::Basic;
use raft_view::lang;

/// A run's title as it is shown: in the language of the page where it is one of ours.
pub fn title_of(title: &str) -> String {
    lang::translation(title).unwrap_or(title).to_string()
}

/// Its title.
pub fn title(basic: &Basic) -> String {
    title_of(basic.title())
}

/// What to watch for.
pub fn about(basic: &Basic) -> &'static str {
    lang::look_up(basic.about)
}
