//! A line split into words: as a shell does it, and as etcdctl does it inside `txn` and `watch -i`.

use crate::Version;

/// Splits a command line as a shell would: blanks separate, `'..'` keeps everything, `".."` and the
/// bare word know the backslash, `#` at the start of a word begins a comment.
///
/// # Errors
/// The sentence to show, where a quote is not closed or the line ends in a backslash.
pub(crate) fn shell(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                if !quoted(&mut chars, c, word) {
                    return Err(format!("unclosed {c} in the command"));
                }
            }
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err("the command ends in a lone \\".into()),
            },
            '#' if word.is_none() => break,
            ';' | '&' | '|' | '<' | '>' | '`' | '(' | ')' => {
                return Err(no_shell(&operator(word.as_deref(), c, chars.as_str())));
            }
            '$' if let Some(name) = variable(chars.as_str()) => return Err(no_shell(&name)),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The operator of a shell's that begins here, with what belongs to it: `&&`, `2>&1`.
fn operator(word: Option<&str>, first: char, rest: &str) -> String {
    let is_redirection = matches!(first, '<' | '>');
    let before = word.filter(|word| is_redirection && word.bytes().all(|c| c.is_ascii_digit()));
    let mut operator = format!("{}{first}", before.unwrap_or_default());
    let mut rest = rest.chars().peekable();
    operator.extend(rest.next_if_eq(&first));
    if is_redirection && let Some(and) = rest.next_if_eq(&'&') {
        operator.push(and);
        operator.extend(rest.next_if(char::is_ascii_digit));
    }
    operator
}

/// The variable that a shell would put in here: `$HOME`, `${HOME}`, `$(`.
fn variable(rest: &str) -> Option<String> {
    let first = rest.chars().next()?;
    let end = match first {
        '{' => rest.find('}').map_or(rest.len(), |end| end + 1),
        '(' => 1,
        c if c.is_ascii_alphanumeric() || c == '_' => {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
        }
        '?' | '!' | '@' | '*' | '#' | '$' => 1,
        _ => return None,
    };
    Some(format!("${}", &rest[..end]))
}

fn no_shell(syntax: &str) -> String {
    format!("`{syntax}` needs a shell: expected one command, or '…' around it")
}

/// Reads up to the closing quote; whether there was one.
fn quoted(chars: &mut std::str::Chars<'_>, quote: char, word: &mut String) -> bool {
    while let Some(c) = chars.next() {
        if c == quote {
            return true;
        }
        if c == '\\' && quote == '"' {
            match chars.next() {
                Some('\n') => {}
                Some(next @ ('"' | '\\' | '$' | '`')) => word.push(next),
                Some(next) => word.extend(['\\', next]),
                None => return false,
            }
        } else {
            word.push(c);
        }
    }
    false
}

/// Splits a line as etcdctl does: quoted parts stand alone, `".."` with Go's escapes. Whatever is
/// not a word, such as a lone quote, is skipped. 3.4 cuts what stands between `'` at as many
/// letters as there are words (`Argify` of etcdctl takes the one length for the other).
pub(crate) fn etcdctl(line: &str, version: Version) -> Vec<Vec<u8>> {
    let mut single = Vec::new();
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => closing_quote(rest),
            '\'' => rest[1..].find('\'').map(|at| at + 2),
            c if c.is_whitespace() => None,
            _ => Some(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        let Some(length) = length else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let (word, behind) = rest.split_at(length);
        rest = behind;
        if c == '\'' {
            single.push((words.len(), word));
        }
        words.push(match c {
            '\'' => word.trim_matches('\'').as_bytes().to_vec(),
            '"' => super::go::unquote(word).map_or_else(Vec::new, |(bytes, _)| bytes),
            _ => word.as_bytes().to_vec(),
        });
    }
    if version.cuts_single_quoted_words() {
        let end = words.len() - usize::from(!words.is_empty());
        for (at, word) in single {
            let cut = word.as_bytes().get(1..end.clamp(1, word.len()));
            words[at] = cut.unwrap_or_default().to_vec();
        }
    }
    words
}

/// The length of the `".."` that a text begins with.
fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_does() {
        let words = |line| shell(line).expect("closed");
        assert_eq!(
            words("  put 'a b' \"c \\\" $d\"e\\ f '' # note"),
            ["put", "a b", "c \" $de f", ""]
        );
        assert_eq!(words("a#b"), ["a#b"]);
        for unclosed in ["put 'a", "put \"a", "put \"a\\", "put a\\"] {
            shell(unclosed).expect_err(unclosed);
        }
    }

    #[test]
    fn what_is_for_a_shell_is_refused_by_name() {
        for (line, syntax) in [
            ("put a 1; get a", ";"),
            ("put a 1 && get a", "&&"),
            ("get a | wc", "|"),
            ("get a 2>&1", "2>&1"),
            ("get a >f", ">"),
            ("get a >> f", ">>"),
            ("get a &", "&"),
            ("put a $HOME", "$HOME"),
            ("put a x${HOME}y", "${HOME}"),
            ("put a $(date)", "$("),
            ("put a `date`", "`"),
        ] {
            let error = shell(line).expect_err(line);
            assert!(error.starts_with(&format!("`{syntax}` needs a shell")), "{line}: {error}");
        }
        let words = |line| shell(line).expect("data");
        assert_eq!(
            words("put 'a;b' \"c|d > $\" \\; 5$ $"),
            ["put", "a;b", "c|d > $", ";", "5$", "$"]
        );
    }

    #[test]
    fn a_line_within_etcdctl_is_split_as_etcdctl_does() {
        let words = |line, version| {
            let words = etcdctl(line, version);
            words.iter().map(|word| String::from_utf8_lossy(word).into()).collect::<Vec<String>>()
        };
        let line = r#" put "q k" "v \x41 \n2" 's k' k"x "unclosed"#;
        let expected = ["put", "q k", "v A \n2", "s k", "k\"x", "unclosed"];
        assert_eq!(words(line, Version::V3_5), expected);
        assert_eq!(words("put a 'single quoted'", Version::V3_4), ["put", "a", "s"]);
        assert_eq!(etcdctl("'", Version::V3_4), Vec::<Vec<u8>>::new());
        assert_eq!(etcdctl(r#""\xff""#, Version::V3_5), [vec![0xff]]);
    }
}
