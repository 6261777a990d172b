//! What comes with the playground: lessons, questions, puzzles and scenarios, by kind and name.
//!
//! The files are in `web/gallery`, in the order that `gallery.txt` there names them, and in
//! `tests/scenarios/rules`, one for each rule that can be switched off; the page's own few are in
//! `web/scenarios`.

mod basics;

pub use basics::{BASICS, Basic, basic};

/// One thing that comes with the playground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is: one of [`KINDS`].
    pub kind: &'static str,
    /// Its name in an address; no two have the same.
    pub name: &'static str,
    title: Text,
    about: Text,
    watch: Text,
    /// The scenario text.
    #[cfg(feature = "texts")]
    pub text: &'static str,
}

/// A sentence in English, and in other languages by their codes (`zh`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Text {
    english: &'static str,
    others: &'static [(&'static str, &'static str)],
}

impl Text {
    /// In a language; in English where it is not in that one.
    fn in_language(&self, language: &str) -> &'static str {
        let found = self.others.iter().find(|(known, _)| *known == language);
        found.map_or(self.english, |(_, text)| text)
    }
}

/// The kinds, in the order in which they are shown.
pub const KINDS: [&str; 7] =
    ["tour", "questions", "stories", "scenarios", "incidents", "puzzles", "rules"];

/// Everything, kind by kind.
pub const CATALOGUE: &[Item] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// What somebody has brought along: it stands in no list.
pub const OWN: &Item = &Item {
    kind: "own",
    name: "own",
    title: Text { english: "", others: &[] },
    about: Text { english: "", others: &[] },
    watch: Text { english: "", others: &[] },
    #[cfg(feature = "texts")]
    text: "",
};

impl Item {
    /// Its title in a language (`en`, `zh`).
    pub fn title(&self, language: &str) -> &'static str {
        self.title.in_language(language)
    }

    /// What it is about, in a sentence; empty where it does not say.
    pub fn about(&self, language: &str) -> &'static str {
        self.about.in_language(language)
    }

    /// What to watch for; empty where it does not say.
    pub fn watch(&self, language: &str) -> &'static str {
        self.watch.in_language(language)
    }

    /// Where a built page has its text, relative to the page's files.
    pub fn path(&self) -> String {
        format!("gallery/{}/{}.raft", self.kind, self.name)
    }

    /// Where a built page has its picture, relative to the page's files: by its name, unless that
    /// means a scenario of the page itself.
    pub fn picture(&self) -> String {
        match basic(self.name) {
            None => format!("pictures/{}.svg", self.name),
            Some(_) => format!("pictures/{}/{}.svg", self.kind, self.name),
        }
    }

    /// Whether it is told step by step.
    pub fn is_lesson(&self) -> bool {
        ["tour", "questions", "stories"].contains(&self.kind)
    }
}

/// The thing of that name; the first of a kind by the kind's name.
pub fn find(name: &str) -> Option<&'static Item> {
    let is_it = |item: &&Item| item.name == name;
    CATALOGUE.iter().find(is_it).or_else(|| of_kind(name).next())
}

/// The text of what comes with the playground, as its scenario or, where a lesson is asked for, of
/// the catalogue alone: a name, or a kind and a name where two have the same (`tour/split-vote`).
#[cfg(feature = "texts")]
pub fn text(name: &str, is_lesson: bool) -> Option<&'static str> {
    if let Some(basic) = basic(name).filter(|_| !is_lesson) {
        return Some(basic.text);
    }
    let of_its_kind = name.split_once('/').and_then(|(kind, name)| {
        let basic = basic(name).filter(|_| kind == "basics").map(|basic| basic.text);
        basic.or_else(|| of_kind(kind).find(|item| item.name == name).map(|item| item.text))
    });
    of_its_kind.or_else(|| find(name).map(|item| item.text))
}

/// What comes after it among those of its kind.
pub fn next(item: &Item) -> Option<&'static Item> {
    of_kind(item.kind).skip_while(|other| other.name != item.name).nth(1)
}

/// Those of a kind, in order.
pub fn of_kind(kind: &str) -> impl Iterator<Item = &'static Item> {
    CATALOGUE.iter().filter(move |item| item.kind == kind)
}
