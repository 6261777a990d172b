//! Languages: the English sentence in the source is the key, and a catalogue has the others.
//!
//! `tr!("Play")` is the sentence in the present language, and `tr!("{} leads term {}", a, b)` one
//! with values in it. What stands in a table is marked there by `key!`, and looked up where it is
//! shown. A test finds every such sentence that a catalogue lacks.

use raft_sim::Phrase;
use std::cell::Cell;
use std::fmt::{Display, Write};

/// Every language. A new one is a line here and its catalogue, `web/lang/CODE.txt`.
const LANGUAGES: [Row; 2] = [
    Row { tag: "en", name: "EN", switch: "Switch to English", direction: "ltr" },
    Row { tag: "zh-Hans", name: "中文", switch: "切换到中文", direction: "ltr" },
];

/// What is known of a language without its catalogue.
struct Row {
    /// As a page is marked with it (BCP 47). It begins with the two letters that name it in
    /// addresses and scenario text.
    tag: &'static str,
    /// Its own short name for itself, on the switch.
    name: &'static str,
    /// What the switch to it does, in that language.
    switch: &'static str,
    /// `ltr` or `rtl`, as HTML has it.
    direction: &'static str,
}

/// A language that sentences are told in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Language {
    ordinal: usize,
}

impl Language {
    /// What is written in the sources.
    pub const ENGLISH: Language = Language { ordinal: 0 };

    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..LANGUAGES.len()).map(|ordinal| Language { ordinal })
    }

    /// The one after it in the list; after the last one the first.
    pub fn next(self) -> Language {
        Language { ordinal: (self.ordinal + 1) % LANGUAGES.len() }
    }

    fn row(self) -> &'static Row {
        &LANGUAGES[self.ordinal]
    }

    /// As a page is marked with it (BCP 47).
    pub fn tag(self) -> &'static str {
        self.row().tag
    }

    /// As an address and scenario text name it: two letters.
    pub fn code(self) -> &'static str {
        &self.tag()[..2]
    }

    /// Its own short name for itself.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a switch to it does, in that language.
    pub fn switch(self) -> &'static str {
        self.row().switch
    }

    /// `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.row().direction
    }

    /// The language that such a tag means (`zh`, `zh-CN`, `en-GB`), if it is one of ours.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let (code, region) = tag.split_at_checked(2)?;
        let ends = !region.starts_with(|c: char| c.is_ascii_alphabetic());
        Language::all().find(|it| it.code().eq_ignore_ascii_case(code)).filter(|_| ends)
    }
}

/// English sentences and what they are in another language, in the order of the English.
type Catalogue = &'static [(&'static str, &'static str)];

thread_local! {
    static CURRENT: Cell<Language> = const { Cell::new(Language::ENGLISH) };
    static CATALOGUES: [Cell<Option<Catalogue>>; LANGUAGES.len()] =
        const { [const { Cell::new(None) }; LANGUAGES.len()] };
}

/// The present language.
pub fn current() -> Language {
    CURRENT.get()
}

/// The present language as scenario text names it.
pub fn code() -> &'static str {
    current().code()
}

/// Switches to a language. What its catalogue lacks stays English.
pub fn set(language: Language) {
    CURRENT.set(language);
}

/// Whether sentences can be told in a language.
pub fn is_here(language: Language) -> bool {
    language == Language::ENGLISH || catalogue(language).is_some()
}

fn catalogue(language: Language) -> Option<Catalogue> {
    CATALOGUES.with(|all| all[language.ordinal].get())
}

/// A line of a catalogue that cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// The line, from 1.
    pub line: usize,
}

impl Display for CatalogueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}: expected a sentence and below it, after a tab, the same again",
            self.line
        )
    }
}

/// The pairs of a catalogue: English on a line, the translation after a tab on the next. Lines that
/// begin with `#` and empty ones say nothing; `\n` is a new line within a sentence.
///
/// # Errors
/// Where a sentence stands without its translation, or the other way round.
pub fn read(catalogue: &str) -> Result<Vec<(&str, &str)>, CatalogueError> {
    let mut pairs = Vec::new();
    let mut english: Option<&str> = None;
    for (place, line) in catalogue.lines().chain([""]).enumerate() {
        match (line.strip_prefix('\t'), english.take()) {
            (Some(translation), Some(key)) => pairs.push((key, translation)),
            (Some(_), None) => return Err(CatalogueError { line: place + 1 }),
            (None, Some(_)) => return Err(CatalogueError { line: place }),
            (None, None) if line.is_empty() || line.starts_with('#') => {}
            (None, None) => english = Some(line),
        }
    }
    Ok(pairs)
}

/// Installs a language's catalogue; it stays for as long as the program runs.
///
/// # Errors
/// Where it cannot be parsed.
pub fn install(language: Language, catalogue: &str) -> Result<(), CatalogueError> {
    let text: &'static str = catalogue.to_string().leak();
    let plain = |text: &'static str| -> &'static str {
        if text.contains("\\n") { text.replace("\\n", "\n").leak() } else { text }
    };
    let mut sorted: Vec<(&str, &str)> = Vec::new();
    for (key, translation) in read(text)? {
        // The library's sorting would be more code than all the rest of this.
        let key = plain(key);
        let place = sorted.partition_point(|(known, _)| *known < key);
        sorted.insert(place, (key, plain(translation)));
    }
    CATALOGUES.with(|all| all[language.ordinal].set(Some(sorted.leak())));
    Ok(())
}

/// A sentence in the present language, if that has a catalogue and its catalogue has it.
pub fn translation(english: &str) -> Option<&'static str> {
    let catalogue = catalogue(CURRENT.get())?;
    let place = catalogue.binary_search_by_key(&english, |(key, _)| key).ok()?;
    catalogue.get(place).map(|(_, text)| *text)
}

/// A sentence in the present language.
pub fn look_up(english: &'static str) -> &'static str {
    translation(english).unwrap_or(english)
}

/// The same, as a `String`.
#[inline(never)]
pub fn told(english: &'static str) -> String {
    look_up(english).to_string()
}

/// The same, where English has one word for things that other languages distinguish.
pub fn look_up_as(key: &str, english: &'static str) -> &'static str {
    translation(key).unwrap_or(english)
}

/// A sentence in the present language with values in it: `{}` takes one after the other, `{0}` and
/// `{1}` name them, and braces that stand for themselves are doubled.
pub fn fill(english: &'static str, values: &[&dyn Display]) -> String {
    let mut text = String::new();
    let mut next = 0;
    let mut rest = look_up(english);
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let (brace, after) = (&rest[at..=at], &rest[at + 1..]);
        let doubled = after.strip_prefix(brace);
        let inside = if brace == "{" { after.split_once('}') } else { None };
        rest = match (doubled, inside) {
            (None, Some((name, behind))) => {
                let place = name.parse().unwrap_or(next);
                next += usize::from(name.is_empty());
                // A sentence that names a value too many leaves its place empty.
                if let Some(value) = values.get(place) {
                    let _always = write!(text, "{value}");
                }
                behind
            }
            (doubled, _) => {
                text.push_str(brace);
                doubled.unwrap_or(after)
            }
        };
    }
    text.push_str(rest);
    text
}

/// A sentence that the engine has put together, in the present language.
pub fn say(phrase: &Phrase) -> String {
    let values: Vec<&dyn Display> =
        phrase.values.iter().map(|value| value as &dyn Display).collect();
    fill(phrase.english, &values)
}

/// A sentence in the present language, with values in it or without. A word that means more than
/// one thing has what it is about behind it: `tr!("Keys" in "of the keyboard")` is in a catalogue
/// `Keys [of the keyboard]`.
#[macro_export]
macro_rules! tr {
    ($english:literal) => {
        $crate::lang::look_up($english)
    };
    ($english:literal in $context:literal) => {
        $crate::lang::look_up_as(concat!($english, " [", $context, "]"), $english)
    };
    ($english:literal, $($value:expr),+ $(,)?) => {
        $crate::lang::fill($english, &[$(&$value as &dyn ::std::fmt::Display),+])
    };
}

/// The same as a `String`, by one call: a page has hundreds of them.
#[macro_export]
macro_rules! told {
    ($english:literal) => {
        $crate::lang::told($english)
    };
}

/// Marks a sentence in a table, which is looked up where it is shown.
#[macro_export]
macro_rules! key {
    ($english:literal) => {
        $english
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = "# from nowhere\n\nPlay\n\t播放\n{} leads {}\n\t{1} 由 {0} 领导\n\
                             {}: {}\n\t{}：{}\nTwo\\nlines\n\t两\\n行\nKeys\n\t键\nKeys [to \
                             press]\n\t按键\n";

    #[test]
    fn a_catalogue_is_looked_up_only_in_its_language() {
        assert_eq!(tr!("Play"), "Play");
        let chinese = Language::of_tag("zh").expect("a language");
        set(chinese);
        assert!(!is_here(chinese));
        assert_eq!(tr!("Play"), "Play");
        install(chinese, CATALOGUE).expect("it is right");
        assert!(is_here(chinese));
        assert_eq!(tr!("Play"), "播放");
        assert_eq!(tr!("Pause"), "Pause");
        assert_eq!(tr!("Two\nlines"), "两\n行");
        assert_eq!((tr!("Keys"), tr!("Keys" in "to press")), ("键", "按键"));
        assert_eq!(tr!("Keys" in "a box"), "Keys");
        assert_eq!(tr!("{} leads {}", "n1", 7), "7 由 n1 领导");
        assert_eq!(tr!("{}: {}", "n1", 7), "n1：7");
        set(Language::ENGLISH);
        assert_eq!(tr!("{} leads {}", "n1", 7), "n1 leads 7");
    }

    #[test]
    fn braces_and_wrong_places_do_no_harm() {
        assert_eq!(fill("{{}} {} }}{{ {3}", &[&1]), "{} 1 }{ ");
        assert_eq!(fill("{ } }", &[]), " }");
        assert_eq!(fill("{", &[]), "{");
    }

    #[test]
    fn half_a_pair_is_refused_with_its_line() {
        assert_eq!(read("a\n\tb\nc\n"), Err(CatalogueError { line: 3 }));
        assert_eq!(read("a\n\nb\n\tc"), Err(CatalogueError { line: 1 }));
        assert_eq!(read("# a\n\tb"), Err(CatalogueError { line: 2 }));
    }

    #[test]
    fn a_tag_means_a_language() {
        for tag in ["zh", "zh-CN", "zh-Hant-TW", "ZH_tw"] {
            assert_eq!(Language::of_tag(tag).map(Language::tag), Some("zh-Hans"), "{tag}");
        }
        assert_eq!(Language::of_tag("en-GB"), Some(Language::ENGLISH));
        assert_eq!(Language::of_tag("de"), None);
        assert_eq!(Language::of_tag("zha"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
