//! A line of scenario text as words, and the errors that name what was wrong.

use std::fmt;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScenarioError {
    /// The line, from 1.
    pub line: u32,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
    /// A known word that the one found resembles.
    pub suggestion: Option<String>,
}

impl ScenarioError {
    /// The same without the line, for a text that is one line.
    pub fn without_line(&self) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            let found = if self.found.is_empty() { "the end of the line" } else { &self.found };
            write!(f, "expected {}, found {found}", self.expected)?;
            match &self.suggestion {
                Some(word) => write!(f, "; did you mean `{word}`?"),
                None => Ok(()),
            }
        })
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.without_line())
    }
}

impl std::error::Error for ScenarioError {}

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its text, without quotes.
    pub(crate) text: String,
    /// Whether any of it was quoted: then it is never a word of the language.
    pub(crate) quoted: bool,
}

impl Word {
    /// Whether it is this word of the language.
    pub(crate) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text == word
    }
}

/// Splits a line into words. `#` starts a comment; quotes may stand anywhere in a word.
pub(crate) fn split(line: u32, text: &str) -> Result<Vec<Word>, ScenarioError> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        match chars.peek() {
            None | Some('#') => return Ok(words),
            Some(_) => {}
        }
        let mut word = Word { text: String::new(), quoted: false };
        while let Some(c) = chars.next_if(|c| !c.is_whitespace() && *c != '#') {
            if c == '"' {
                word.quoted = true;
                read_quoted(line, &mut chars, &mut word.text)?;
            } else {
                word.text.push(c);
            }
        }
        words.push(word);
    }
}

fn read_quoted(
    line: u32,
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
) -> Result<(), ScenarioError> {
    let start = out.len();
    let unclosed = |out: &str| ScenarioError {
        line,
        found: format!("`\"{}`", shorten(out.get(start..).unwrap_or(""))),
        expected: "a closing quotation mark".into(),
        suggestion: None,
    };
    loop {
        match chars.next() {
            None => return Err(unclosed(out)),
            Some('"') => return Ok(()),
            Some('\\') => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(c @ ('"' | '\\')) => out.push(c),
                Some(c) => {
                    return Err(ScenarioError {
                        line,
                        found: format!("`\\{c}`"),
                        expected: "one of `\\n`, `\\t`, `\\r`, `\\\"` and `\\\\`".into(),
                        suggestion: None,
                    });
                }
                None => return Err(unclosed(out)),
            },
            Some(c) => out.push(c),
        }
    }
}

/// The words of one line, read one after another.
pub(crate) struct Words<'a> {
    pub(crate) line: u32,
    words: &'a [Word],
    next: usize,
}

pub(crate) type Parse<T> = Result<T, ScenarioError>;

impl<'a> Words<'a> {
    pub(crate) fn new(line: u32, words: &'a [Word]) -> Words<'a> {
        Words { line, words, next: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.next)
    }

    /// The words that are left.
    pub(crate) fn rest(&self) -> &'a [Word] {
        self.words.get(self.next..).unwrap_or_default()
    }

    /// Whether the next word is this one; takes it if so.
    pub(crate) fn take(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|next| next.is(word));
        self.next += usize::from(is);
        is
    }

    pub(crate) fn next(&mut self, expected: &str) -> Parse<&'a Word> {
        match self.words.get(self.next) {
            Some(word) => {
                self.next += 1;
                Ok(word)
            }
            None => Err(self.error("", expected)),
        }
    }

    /// Steps back to the word that was read last.
    pub(crate) fn back(&mut self) {
        self.next = self.next.saturating_sub(1);
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.next >= self.words.len()
    }

    pub(crate) fn expect(&mut self, word: &str) -> Parse<()> {
        if self.take(word) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{word}`"), &[word]))
    }

    pub(crate) fn end(&self) -> Parse<()> {
        if self.is_at_end() {
            return Ok(());
        }
        Err(self.unexpected("the end of the line", &[]))
    }

    /// An error about the next word, with a suggestion from `known`.
    pub(crate) fn unexpected(&self, expected: &str, known: &[&str]) -> ScenarioError {
        let found = self.peek().map_or("", |word| &word.text);
        unknown_word(self.line, found, expected, known)
    }

    /// An error about a word that was read.
    pub(crate) fn error(&self, found: &str, expected: &str) -> ScenarioError {
        unknown_word(self.line, found, expected, &[])
    }

    /// An error about words that are sound one by one; `found` says what is wrong with them
    /// together.
    pub(crate) fn conflict(&self, found: String, expected: &str) -> ScenarioError {
        ScenarioError { line: self.line, found, expected: expected.into(), suggestion: None }
    }
}

/// An error about a word of a line, from 1, with a suggestion from `known`.
pub fn unknown_word(line: u32, found: &str, expected: &str, known: &[&str]) -> ScenarioError {
    let suggestion = suggest(found, known);
    let found = if found.is_empty() { String::new() } else { format!("`{}`", shorten(found)) };
    ScenarioError { line, found, expected: expected.into(), suggestion }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_string();
    }
    text.chars().take(MOST).chain("…".chars()).collect()
}

/// The known word nearest to what was found, if it is near.
pub(crate) fn suggest(found: &str, known: &[&str]) -> Option<String> {
    if found.is_empty() || found.len() > 40 {
        return None;
    }
    let (distance, word) = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(found, word), *word))
        .min_by_key(|(distance, _)| *distance)?;
    let near = distance > 0 && distance <= (word.len() / 3).max(1);
    near.then(|| word.to_string())
}
