//! A run as text, and as a link that brings back the exact run and moment.

use crate::command::quoted;
use crate::session::Session;
use crate::settings::Settings;
use crate::time::{Moment, parse_span};
use crate::{ENGINE_VERSION, MAX_TEXT};
use std::fmt;

/// The longest link that Share gives, in characters; past it a file is the better way.
pub const MAX_LINK: usize = 8_000;

/// What a recorded run's text begins with; the engine's version follows.
const FIRST_LINE: &str = "# Raft Playground, engine ";

/// The first words of a link's fragment.
pub const LINK_PREFIX: &str = "run=";

impl Session {
    /// The present branch as scenario text: every setting, then every command at its exact moment.
    /// `# moment` tells where one was; it is a comment to everything but [`moment_of`].
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}{ENGINE_VERSION}\n");
        text.push_str(&self.title_line());
        for setting in self.base().lines() {
            text.push_str(&format!("{setting}\n"));
        }
        text.push('\n');
        text.push_str(&self.command_lines());
        text.push_str(&format!("# moment {}\n", self.world().moment()));
        text
    }

    /// The same as short as it can be: only the settings that differ from the defaults.
    fn short_text(&self) -> String {
        let defaults = Settings::default().lines();
        let mut text = self.title_line();
        for setting in self.base().lines().iter().filter(|line| !defaults.contains(line)) {
            text.push_str(&format!("{setting}\n"));
        }
        text.push_str(&self.command_lines());
        text
    }

    fn title_line(&self) -> String {
        self.title().map_or(String::new(), |title| {
            let word = quoted(title);
            let word = if word.starts_with('"') { word } else { format!("\"{word}\"") };
            format!("title {word}\n")
        })
    }

    fn command_lines(&self) -> String {
        let commands = self.branch().commands();
        commands.iter().map(|(moment, command)| format!("@{moment} {command}\n")).collect()
    }

    /// The fragment of a link to this run and moment: `run=1.5f3a9c21.1482ms+2.nodes_5~…`, that is,
    /// engine version, checksum, moment and text. May be longer than [`MAX_LINK`].
    pub fn link(&self) -> String {
        let (moment, text) = (self.world().moment().to_string(), self.short_text());
        let sum = checksum(ENGINE_VERSION, &moment, &text);
        format!("{LINK_PREFIX}{ENGINE_VERSION}.{sum:08x}.{moment}.{}", escape(&text))
    }
}

/// What a link holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The engine that made it.
    pub engine: u32,
    /// The moment to show.
    pub moment: Moment,
    /// The run as scenario text.
    pub text: String,
    /// Whether the checksum fits.
    pub intact: bool,
}

/// Why a fragment is not a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// It does not begin with [`LINK_PREFIX`].
    NotALink,
    /// A part is missing or cannot be read.
    Unreadable(&'static str),
    /// It holds more text than a run may have.
    TooLong,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NotALink => write!(f, "expected a link that begins with `{LINK_PREFIX}`"),
            LinkError::Unreadable(part) => write!(f, "expected {part}, found something else"),
            LinkError::TooLong => write!(f, "expected a text of at most {MAX_TEXT} bytes"),
        }
    }
}

impl std::error::Error for LinkError {}

/// Reads a link's fragment. A damaged one is read as far as it can be, and says so.
pub fn read_link(fragment: &str) -> Result<Link, LinkError> {
    let rest = fragment.trim_start_matches('#').strip_prefix(LINK_PREFIX);
    let rest = rest.ok_or(LinkError::NotALink)?;
    let mut parts = rest.splitn(2, '.');
    let engine = parts.next().unwrap_or("");
    let engine: u32 =
        engine.parse().map_err(|_| LinkError::Unreadable("an engine version such as `1`"))?;
    let rest = parts.next().ok_or(LinkError::Unreadable("a checksum after the engine version"))?;
    let (sum, rest) =
        rest.split_once('.').ok_or(LinkError::Unreadable("a moment after the checksum"))?;
    let (moment, text) =
        rest.split_once('.').ok_or(LinkError::Unreadable("a text after the moment"))?;
    if text.len() > 3 * MAX_TEXT {
        return Err(LinkError::TooLong);
    }
    let text = unescape(text);
    let parsed = parse_moment(&unescape(moment));
    let intact = u32::from_str_radix(sum, 16)
        .is_ok_and(|sum| sum == checksum(engine, &unescape(moment), &text))
        && parsed.is_some();
    Ok(Link { engine, moment: parsed.unwrap_or_default(), text, intact })
}

/// The version of the engine that recorded a run, where the text is of one.
pub fn engine_of(text: &str) -> Option<u32> {
    text.lines().next()?.strip_prefix(FIRST_LINE)?.trim().parse().ok()
}

/// Where one was when a text was saved.
pub fn moment_of(text: &str) -> Option<Moment> {
    text.lines().rev().find_map(|line| parse_moment(line.strip_prefix("# moment ")?.trim()))
}

fn parse_moment(text: &str) -> Option<Moment> {
    let (time, after) = text.split_once('+')?;
    Some(Moment { time: parse_span(time)?, after: after.parse().ok()? })
}

fn checksum(engine: u32, moment: &str, text: &str) -> u32 {
    crc32fast::hash(format!("{engine}.{moment}.{text}").as_bytes())
}

/// Encodes text for a URL's fragment so that it stays readable: a space becomes `_`, a line's end
/// `~`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        match c {
            ' ' => out.push('_'),
            '\n' => out.push('~'),
            c if c.is_ascii_alphanumeric() || "-.,:;@+$=*!/?|".contains(c) => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        match first {
            b'_' => bytes.push(b' '),
            b'~' => bytes.push(b'\n'),
            b'%' => {
                let hex = more.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    Some(byte) => {
                        bytes.push(byte);
                        rest = &more[2..];
                    }
                    None => bytes.push(b'%'),
                }
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;
    use raft_core::NodeId;

    fn a_run() -> Session {
        let mut session = Session::new(Some("50% \"odd\" ~ _title_".into()), Settings::default());
        session.advance(400_000, u64::MAX);
        session.dispatch(Command::Crash(NodeId(2))).expect("n2 runs");
        session.advance(900_000, u64::MAX);
        session
    }

    #[test]
    fn a_link_brings_back_text_and_moment() {
        let session = a_run();
        let link = read_link(&session.link()).expect("a link");
        assert!(link.intact);
        assert_eq!(link.moment, session.world().moment());
        let scenario = crate::scenario::parse(&link.text).expect("a scenario");
        assert_eq!(scenario.title.as_deref(), session.title());
        let mut again = Session::open(scenario);
        again.advance(900_000, u64::MAX);
        assert_eq!(again.world().digest(), session.world().digest());
    }

    #[test]
    fn a_damaged_link_says_so_and_never_panics() {
        let link = a_run().link();
        for at in 0..link.len() {
            let mut damaged = link.clone().into_bytes();
            damaged[at] ^= 1;
            if let Ok(read) = read_link(&String::from_utf8_lossy(&damaged)) {
                assert!(!read.intact, "byte {at}");
            }
            let _short = read_link(&link[..at]);
        }
    }
}
