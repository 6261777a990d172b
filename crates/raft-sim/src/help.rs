//! Lists of everything that can be written in scenario text, from the tables: for the command line,
//! the console and the documents.

use crate::command::ACTIONS;
use crate::settings::{OwnerKind, SETTINGS};

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
    entries.collect()
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
        let text = actions() + &settings();
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH && line.trim_end() == line, "{line:?}");
        }
        assert!(text.starts_with("  crash SERVER "), "{text}");
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
