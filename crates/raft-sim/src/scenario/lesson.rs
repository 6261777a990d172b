//! What only lessons and puzzles have: steps, where to look, questions, goals, and other languages.

use super::words::{Parse, Word, Words};
use super::{Context, claims};
use crate::claim::{Claim, Set};
use crate::command;

/// A sentence, in English and perhaps in other languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// In English.
    pub english: String,
    /// By language; each at most once.
    pub others: Vec<(String, String)>,
}

impl Text {
    /// In English alone.
    pub fn new(english: &str) -> Text {
        Text { english: english.to_string(), others: Vec::new() }
    }

    /// In a language; in English where it is not in that one.
    pub fn in_language(&self, language: &str) -> &str {
        let found = self.others.iter().find(|(known, _)| known == language);
        found.map_or(&self.english, |(_, text)| text)
    }
}

/// What a lesson tells whoever watches; nothing of it changes the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// `step "Two servers stand"`: the next idea begins. One who steps through a lesson waits here;
    /// it takes a microsecond of simulated time, so that the moments before and after it differ.
    Step,
    /// `look n1 leader`: what to look at, until the next step or the next `look`.
    Look(Look),
    /// `show x y`: the keys that servers' state machines show, until the next step or the next
    /// `show`.
    Show(Vec<String>),
    /// `pace slow`: this step moves at half the pace.
    Slow,
    /// `note "Ask who knows this"`: of this step, for one who presents it. Readers do not see it.
    Note,
    /// `try "Crash the leader"`: something to try now.
    Try,
    /// `predict "Who wins?" who leads`: one who steps through a lesson is asked and waits here; the
    /// answer is what is so when the next step begins.
    Predict(Guess),
    /// `goal "A leader" leader`: what a puzzle asks for, to be so in the end.
    Goal(Claim),
    /// `solution`: what follows solves the puzzle. Who plays it does not see it.
    Solution,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// At servers.
    Servers(Vec<Set>),
    /// `look link n1 n2`
    Link(Set, Set),
    /// `look log n1`: at logs in the table.
    Log(Vec<Set>),
    /// `look panel storage`: the page shows what it calls so. Only the page knows which there are.
    Panel(String),
    /// `look all`: at everything.
    Everything,
}

/// What is to be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// `who leads`: a server, or nobody.
    WhoLeads,
    /// Whether a claim will hold.
    Whether(Claim),
}

/// The first words of such lines.
pub(crate) const VERBS: [&str; 9] =
    ["step", "look", "show", "pace", "note", "try", "predict", "goal", "solution"];

/// Reads such a line and its text, if it is one.
pub(super) fn parse(
    reader: &mut Words<'_>,
    context: &Context,
) -> Parse<Option<(Tell, Option<Text>)>> {
    const SENTENCE: &str = "a sentence in quotation marks";
    if reader.take("look") {
        return Ok(Some((Tell::Look(look(reader, context)?), None)));
    }
    if reader.take("solution") {
        return Ok(Some((Tell::Solution, None)));
    }
    if reader.take("show") {
        return Ok(Some((Tell::Show(keys(reader)?), None)));
    }
    if reader.take("pace") {
        reader.expect("slow")?;
        return Ok(Some((Tell::Slow, None)));
    }
    let mut verbs = ["step", "note", "try", "predict", "goal"].into_iter();
    let Some(verb) = verbs.find(|verb| reader.take(verb)) else { return Ok(None) };
    let text = reader.next(SENTENCE)?;
    if !text.quoted {
        reader.back();
        return Err(reader.unexpected(SENTENCE, &[]));
    }
    let text = Text::new(&text.text);
    let tell = match verb {
        "step" => Tell::Step,
        "note" => Tell::Note,
        "try" => Tell::Try,
        "goal" => Tell::Goal(claims::parse(reader, context)?),
        _ if reader.take("who") => {
            reader.expect("leads")?;
            Tell::Predict(Guess::WhoLeads)
        }
        _ => Tell::Predict(Guess::Whether(claims::parse(reader, context)?)),
    };
    Ok(Some((tell, Some(text))))
}

fn look(reader: &mut Words<'_>, context: &Context) -> Parse<Look> {
    if reader.take("panel") {
        return Ok(Look::Panel(reader.next("a panel’s name")?.text.clone()));
    }
    if reader.take("all") {
        return Ok(Look::Everything);
    }
    if reader.take("link") {
        let from = claims::set(reader, context)?;
        return Ok(Look::Link(from, claims::set(reader, context)?));
    }
    let at_logs = reader.take("log");
    let mut sets = vec![claims::set(reader, context)?];
    while !reader.is_at_end() {
        sets.push(claims::set(reader, context)?);
    }
    Ok(if at_logs { Look::Log(sets) } else { Look::Servers(sets) })
}

fn keys(reader: &mut Words<'_>) -> Parse<Vec<String>> {
    let mut keys = vec![reader.next("a key")?.text.clone()];
    while !reader.is_at_end() {
        keys.push(reader.next("a key")?.text.clone());
    }
    Ok(keys)
}

/// Reads `zh "…"`: what was said last, in another language. Any two small letters name one (ISO
/// 639-1), so that a language needs no change here; no action or claim is that short.
pub(super) fn parse_translation(reader: &mut Words<'_>) -> Parse<Option<(String, String)>> {
    let is_code = |word: &&Word| {
        !word.quoted && word.text.len() == 2 && word.text.bytes().all(|b| b.is_ascii_lowercase())
    };
    let Some(language) = reader.peek().filter(is_code).map(|word| word.text.clone()) else {
        return Ok(None);
    };
    let _taken = reader.take(&language);
    let text = reader.next("the same in that language, in quotation marks")?.text.clone();
    reader.end()?;
    Ok(Some((language, text)))
}

/// What stands above the settings of a lesson beside its title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The title.
    pub title: Option<Text>,
    /// `about "…"`: what it is about, in a sentence.
    pub about: Option<Text>,
    /// `watch "…"`: what to watch for.
    pub watch: Option<Text>,
    /// `allow crash restart`: the first words of the actions that a puzzle allows; none: all. `set
    /// rule` is allowed by `rule`, not by `set`.
    pub allowed: Vec<String>,
}

impl About {
    /// Whether a puzzle allows an action, as text; otherwise the word that it would have to allow.
    pub fn allows<'a>(&self, action: &'a str) -> Result<(), &'a str> {
        let word = command::word_that_allows(action);
        let allowed = self.allowed.is_empty() || self.allowed.iter().any(|known| known == word);
        if allowed { Ok(()) } else { Err(word) }
    }
}

/// Reads such a line, if it is one.
pub(super) fn parse_about(reader: &mut Words<'_>, about: &mut About) -> Parse<bool> {
    let place = if reader.take("about") {
        &mut about.about
    } else if reader.take("watch") {
        &mut about.watch
    } else if reader.take("allow") {
        let expected = "the first word of an action, such as `crash`";
        while !reader.is_at_end() || about.allowed.is_empty() {
            let word = reader.next(expected)?.text.clone();
            if !command::can_allow(&word) {
                reader.back();
                return Err(reader.unexpected(expected, &command::first_words()));
            }
            about.allowed.push(word);
        }
        return Ok(true);
    } else {
        return Ok(false);
    };
    if place.is_some() {
        reader.back();
        return Err(reader.unexpected("each of `about` and `watch` at most once", &[]));
    }
    *place = Some(Text::new(&reader.next("a sentence in quotation marks")?.text));
    reader.end()?;
    Ok(true)
}

/// Whether a line begins like a setting that only lessons have.
pub(super) fn is_about(reader: &Words<'_>) -> bool {
    let names = ["about", "watch", "allow"];
    reader.peek().is_some_and(|word| !word.quoted && names.contains(&word.text.as_str()))
}
