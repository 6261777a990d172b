//! Lists of everything that can be written in scenario text, from the tables: for the command line,
//! the console and the documents.

use crate::command::ACTIONS;
use crate::settings::{OwnerKind, Preset, SETTINGS};

/// The column at which explanations begin.
const COLUMN: usize = 32;
/// The most characters of a line.
const WIDTH: usize = 100;

/// Every action, how it is written and what it does, in lines of at most 100 characters.
pub fn actions() -> String {
    ACTIONS.iter().map(|row| entry(&row.syntax(), row.help)).collect()
}

/// Every setting, how it is written, what it means, what it is unless it is set, and who can have a
/// value of its own, in lines of at most 100 characters.
pub fn settings() -> String {
    let entries = SETTINGS.iter().map(|row| {
        let own = match row.own {
            Some(OwnerKind::Server) => "; a server can have its own",
            Some(OwnerKind::Link) => "; a link can have its own",
            None => "",
        };
        let help = format!("{} ({}{own})", row.help, row.default());
        entry(&row.syntax(), &help)
    });
    let presets = Preset::ALL.iter().map(|(_, name, help)| entry(&format!("preset {name}"), help));
    entries.chain(presets).collect()
}

/// How each claim is written, and what it claims.
const CLAIMS: [(&str, &str); 19] = [
    ("leader [SERVER]", "somebody leads; with a server: it does, in the highest term"),
    ("no leader", "nobody leads"),
    ("leaders NUMBER", "so many live servers believe that they lead"),
    ("leaderless-terms >= NUMBER", "so many terms have passed without a leader"),
    (
        "role SERVER = ROLE",
        "follower, pre-candidate, candidate, leader, learner, crashed or paused",
    ),
    ("term SERVER >= NUMBER", "its term"),
    ("commit SERVER >= NUMBER", "the index up to which it knows entries to be committed"),
    ("applied SERVER >= NUMBER", "the index up to which it has applied them"),
    ("snapshot SERVER >= NUMBER", "the last index in its newest snapshot; 0 where it has none"),
    ("log SERVER = TERM:ENTRY …", "its log, entry by entry: `1:noop 1:\"a=1\"`, or `empty`"),
    ("logs equal", "every live member has the same log"),
    (
        "value KEY = VALUE on SERVER",
        "what its state machine holds; or `value KEY missing on SERVER`",
    ),
    ("reply NUMBER ok|refused|unknown|stale", "what came of a client's request"),
    (
        "console NUMBER ended|exit NUMBER|output \"TEXT\"|stale",
        "what came of a console command; `output`: the text is somewhere in it, and `\"\"`: it has \
         printed nothing",
    ),
    ("safe", "every property of Raft has held at every event"),
    ("violated PROPERTY", "this one has not"),
    ("linearizable", "clients saw what one copy of the data could have shown them"),
    ("not linearizable", "they did not"),
    ("converged", "one leader, and every live member has all that it has, applied"),
];

/// Every claim, how it is written and what it claims, in lines of at most 100 characters.
pub fn claims() -> String {
    CLAIMS.iter().map(|(syntax, help)| entry(syntax, help)).collect()
}

fn entry(syntax: &str, help: &str) -> String {
    const INDENT: usize = 2;
    let mut text = " ".repeat(INDENT);
    let last = wrap(&mut text, syntax, INDENT, 3 * INDENT);
    if last + 2 > COLUMN {
        text.push('\n');
    }
    let spaces = if last + 2 > COLUMN { COLUMN } else { COLUMN - last };
    text.push_str(&" ".repeat(spaces));
    wrap(&mut text, help, COLUMN, COLUMN);
    text.push('\n');
    text
}

/// Appends words to a line that is `length` long; what does not fit goes on below, indented. The
/// length of the last line.
fn wrap(text: &mut String, words: &str, mut length: usize, indent: usize) -> usize {
    for (place, word) in words.split(' ').enumerate() {
        let takes = word.chars().count() + usize::from(place > 0);
        if length + takes > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            length = indent + word.chars().count();
        } else {
            text.push_str(if place > 0 { " " } else { "" });
            length += takes;
        }
        text.push_str(word);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_long_and_none_ends_in_a_space() {
        let text = actions() + &settings() + &claims();
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH && line.trim_end() == line, "{line:?}");
        }
        assert!(text.starts_with("  crash SERVER "), "{text}");
    }

    #[test]
    fn every_claim_is_listed_and_every_one_that_is_listed_is_known() {
        let first = |syntax: &str| syntax.split(' ').next().map(str::to_string);
        let listed: Vec<String> = CLAIMS.iter().filter_map(|(syntax, _)| first(syntax)).collect();
        assert_eq!(listed, crate::scenario::claim_words());
    }

    #[test]
    fn what_is_long_is_explained_below() {
        let long = "word ".repeat(20);
        let text = entry(&"X".repeat(COLUMN), &format!("{long}end"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with(&format!("{}word", " ".repeat(COLUMN))));
    }
}
