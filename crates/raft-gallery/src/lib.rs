//! What comes with the playground: lessons, questions, puzzles and scenarios, by kind and name.
//!
//! The files are in `web/gallery`, in the order that `gallery.txt` there names them, and in
//! `tests/scenarios/rules`, one for each rule that can be switched off.

/// One thing that comes with the playground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is: one of [`KINDS`].
    pub kind: &'static str,
    /// Its name in an address; no two have the same.
    pub name: &'static str,
    title: [&'static str; 2],
    about: [&'static str; 2],
    watch: [&'static str; 2],
    /// The scenario text.
    #[cfg(feature = "texts")]
    pub text: &'static str,
}

/// The kinds, in the order in which they are shown.
pub const KINDS: [&str; 7] =
    ["tour", "questions", "stories", "scenarios", "incidents", "puzzles", "rules"];

/// Everything, kind by kind.
pub const CATALOGUE: &[Item] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

impl Item {
    /// Its title in a language (`en`, `zh`).
    pub fn title(&self, language: &str) -> &'static str {
        in_language(&self.title, language)
    }

    /// What it is about, in a sentence; empty where it does not say.
    pub fn about(&self, language: &str) -> &'static str {
        in_language(&self.about, language)
    }

    /// What to watch for; empty where it does not say.
    pub fn watch(&self, language: &str) -> &'static str {
        in_language(&self.watch, language)
    }

    /// Where a built page has its text, relative to the page's files.
    pub fn path(&self) -> String {
        format!("gallery/{}/{}.raft", self.kind, self.name)
    }

    /// Whether it is told step by step.
    pub fn is_lesson(&self) -> bool {
        ["tour", "questions", "stories"].contains(&self.kind)
    }
}

fn in_language(text: &[&'static str; 2], language: &str) -> &'static str {
    if language == "zh" && !text[1].is_empty() { text[1] } else { text[0] }
}

/// The thing of that name; the first of a kind by the kind's name.
pub fn find(name: &str) -> Option<&'static Item> {
    let is_it = |item: &&Item| item.name == name;
    CATALOGUE.iter().find(is_it).or_else(|| of_kind(name).next())
}

/// What comes after it among those of its kind.
pub fn next(item: &Item) -> Option<&'static Item> {
    of_kind(item.kind).skip_while(|other| other.name != item.name).nth(1)
}

/// Those of a kind, in order.
pub fn of_kind(kind: &str) -> impl Iterator<Item = &'static Item> {
    CATALOGUE.iter().filter(move |item| item.kind == kind)
}
