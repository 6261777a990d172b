//! What an address asks for: `?scenario=split-vote`, `?lang=zh`, `?embed`, `#run=…`.

use raft_view::lang::Language;
use raft_view::pace::Tempo;

/// How a playground begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The name of a bundled scenario.
    pub scenario: Option<String>,
    /// The name of something in the gallery.
    pub lesson: Option<String>,
    /// Where in a lesson to begin: a step, from 1.
    pub step: usize,
    /// A scenario text, in place of a bundled one.
    pub text: Option<String>,
    /// The fragment of a shared link.
    pub link: Option<String>,
    /// The language, whatever was chosen before or the browser prefers.
    pub language: Option<Language>,
    /// How runs play, whatever was chosen before.
    pub tempo: Option<Tempo>,
    /// Only the stage and one bar.
    pub embed: bool,
    /// Whether it waits for its play button.
    pub paused: bool,
    /// Whether it may change the page's address and title.
    pub owns_page: bool,
}

impl Options {
    /// What the page's address asks for.
    pub fn from_address() -> Options {
        let location = web_sys::window().map(|window| window.location());
        let search = location.as_ref().and_then(|l| l.search().ok()).unwrap_or_default();
        let hash = location.and_then(|l| l.hash().ok()).unwrap_or_default();
        let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok();
        let get = |name: &str| parameters.as_ref().and_then(|p| p.get(name));
        Options {
            scenario: get("scenario").filter(|name| !name.is_empty()),
            lesson: get("lesson").filter(|name| !name.is_empty()),
            step: get("step").and_then(|step| step.parse().ok()).unwrap_or(1),
            text: None,
            link: (hash.len() > 1).then_some(hash),
            language: get("lang").and_then(|tag| Language::of_tag(&tag)),
            tempo: get("pace").and_then(|name| Tempo::of_name(&name)),
            embed: get("embed").is_some_and(|value| value != "0"),
            paused: get("paused").is_some_and(|value| value != "0"),
            owns_page: true,
        }
    }
}
