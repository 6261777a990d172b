//! What an address asks for: `?scenario=split-vote`, `?lang=zh`, `?embed`, `#run=…`.

use crate::message::Theme;
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
    /// Whether that was asked for, and no lesson has begun there yet.
    pub asks_for_step: bool,
    /// A scenario text, in place of a bundled one.
    pub text: Option<String>,
    /// What stands behind a shared link’s `#`, that mark included or not.
    pub link: Option<String>,
    /// The language, whatever was chosen before or the browser prefers.
    pub language: Option<Language>,
    /// How runs play, whatever was chosen before.
    pub tempo: Option<Tempo>,
    /// The moment at which it begins, if the text names none: a time such as `204ms`.
    pub at: Option<String>,
    /// Where it stops playing: a time, or a claim such as `leader n3`.
    pub until: Option<String>,
    /// On somebody else's page it takes the keys too that turn a slide deck.
    pub all_keys: bool,
    /// Light, dark, or as the host is.
    pub theme: Theme,
    /// Only the stage and one bar.
    pub embed: bool,
    /// With those, the log table.
    pub logs: bool,
    /// Large and without controls, for one who presents.
    pub present: bool,
    /// Whether it waits for its play button.
    pub paused: bool,
    /// Whether it may change the page's address and title.
    pub owns_page: bool,
    /// Words that could not be read, and what was expected.
    pub wrong: Vec<(String, &'static str)>,
}

const A_SPEED: &str = "a speed from `1/1000` to `10`, such as `1/20`";

/// The words that an address and an element share.
pub const WORDS: [&str; 16] = [
    "scenario", "lesson", "step", "text", "link", "view", "at", "until", "speed", "pace", "theme",
    "lang", "keys", "embed", "paused", "present",
];

impl Options {
    /// Whether it is on somebody else's page, or shows no more than an embedded one does: it opens
    /// no dialog by itself, and takes no focus.
    pub fn is_guest(&self) -> bool {
        self.embed || !self.owns_page
    }

    /// Whether it leaves those keys alone that turn a slide deck: the page around it may be one.
    pub fn leaves_keys(&self) -> bool {
        !self.owns_page && !self.all_keys
    }

    /// Forgets what is meant for one run alone.
    pub fn forget_moments(&mut self) {
        (self.at, self.until, self.asks_for_step) = (None, None, false);
    }

    /// Whether it begins as a first visit does.
    pub fn asks_for_nothing(&self) -> bool {
        let asked = [&self.scenario, &self.lesson, &self.text, &self.link];
        let asks = self.present || !self.wrong.is_empty();
        !asks && asked.iter().all(|asked| asked.is_none())
    }

    /// Whether somebody has just come: how it plays and in which language says nothing of what is
    /// wanted.
    pub fn is_bare(&self) -> bool {
        self.owns_page && !self.embed && !self.paused && self.asks_for_nothing()
    }

    /// Whether it is in a frame of a page that it is a part of, as an element is: then the element
    /// is there in its place.
    pub fn has_host() -> bool {
        let Some(window) = web_sys::window() else { return false };
        let is_framed = window.parent().ok().flatten().is_some_and(|parent| parent != window);
        let search = window.location().search().unwrap_or_default();
        let words = web_sys::UrlSearchParams::new_with_str(&search);
        is_framed && words.is_ok_and(|words| words.has("host") || Options::from_address().embed)
    }

    /// What the page's address asks for.
    pub fn from_address() -> Options {
        let location = web_sys::window().map(|window| window.location());
        let search = location.as_ref().and_then(|l| l.search().ok()).unwrap_or_default();
        let hash = location.and_then(|l| l.hash().ok()).unwrap_or_default();
        let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok();
        let get = |name: &str| parameters.as_ref().and_then(|p| p.get(name));
        let options = Options::of(&get);
        let link = Some(hash).filter(|hash| hash.len() > 1).or(options.link);
        Options { link, owns_page: true, ..options }
    }

    /// What these words ask for, those of an address or of an element’s attributes.
    pub fn of(get: &dyn Fn(&str) -> Option<String>) -> Options {
        let mut wrong = too_many(get);
        let mut read = |name: &str, expected: &'static str, fits: &mut dyn FnMut(&str) -> bool| {
            if let Some(value) = get(name).filter(|value| !value.is_empty() && !fits(value)) {
                wrong.push((format!("{name}={value}"), expected));
            }
        };
        let mut options = Options { step: 1, ..Options::default() };
        read("step", "the number of a step, from 1", &mut |text| {
            let step = text.parse().ok().filter(|step| *step > 0);
            options.step = step.unwrap_or(1);
            step.is_some()
        });
        read("lang", "`en` or `zh`", &mut |tag| {
            options.language = Language::of_tag(tag);
            options.language.is_some()
        });
        for (name, expected) in [("pace", "`calm` or `steady`"), ("speed", A_SPEED)] {
            read(name, expected, &mut |name| {
                let tempo = Tempo::of_name(name);
                options.tempo = tempo.or(options.tempo);
                tempo.is_some()
            });
        }
        read("theme", "`auto`, `light` or `dark`", &mut |name| {
            options.theme = match name {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::Auto,
            };
            ["auto", "light", "dark"].contains(&name)
        });
        read("keys", "`own` or `all`", &mut |name| {
            options.all_keys = name == "all";
            ["own", "all"].contains(&name)
        });
        read("view", "words of stage, logs, lesson, panel and all", &mut |words| {
            let shows = |word: &str| words.split_whitespace().any(|found| found == word);
            options.embed = !(shows("panel") || shows("all"));
            options.logs = shows("logs");
            let known = ["stage", "logs", "lesson", "panel", "all"];
            words.split_whitespace().all(|word| known.contains(&word))
        });
        let on = |name: &str| get(name).is_some_and(|value| value != "0");
        let given = |name: &str| get(name).filter(|value| !value.is_empty());
        let is_lesson = given("lesson").is_some();
        // A lesson has steps, and its moments are theirs.
        let moment = |name: &str| given(name).filter(|_| !is_lesson);
        for name in ["at", "until"] {
            if let Some(value) = given(name).filter(|_| is_lesson) {
                wrong.push((format!("{name}={value}"), "`step` beside a lesson, not a moment"));
            }
        }
        Options {
            scenario: given("scenario"),
            asks_for_step: given("step").is_some(),
            lesson: given("lesson"),
            text: given("text"),
            link: given("link"),
            at: moment("at"),
            until: moment("until"),
            embed: options.embed || on("embed"),
            present: on("present"),
            paused: on("paused"),
            wrong,
            ..options
        }
    }
}

/// Each word that names a run beside one that does so too.
fn too_many(get: &dyn Fn(&str) -> Option<String>) -> Vec<(String, &'static str)> {
    let sources = ["link", "text", "lesson", "scenario"].into_iter();
    let found = sources.filter_map(|name| Some((name, get(name)?)));
    let found = found.filter(|(_, value)| !value.is_empty()).skip(1);
    let told =
        |(name, value)| (format!("{name}={value}"), "one of scenario, lesson, src, text and link");
    found.map(told).collect()
}
