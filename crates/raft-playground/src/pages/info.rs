//! What stands behind a fence, however a site's Markdown writes it: `raft at=204ms`, `{.raft #id}`,
//! `{raft}`, `raft,ignore`, `{code-block} raft`.

/// A fence's language and what else it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Whether it is scenario text.
    pub is_raft: bool,
    /// Whether it is to be left alone.
    pub is_ignored: bool,
    /// The name of MyST's directive, whose options are lines of their own: `{raft}`.
    pub directive: Option<String>,
    /// The file that the text is in, where it names one: `{literalinclude} one.raft`.
    pub included: Option<String>,
    /// What else stands there, in order: words, and names with values.
    pub words: Vec<(String, Option<String>)>,
}

/// Directives whose argument is the language.
const DIRECTIVES: [&str; 3] = ["code-block", "code", "sourcecode"];

impl Info {
    /// Reads what stands behind a fence.
    pub fn of(text: &str) -> Info {
        let named = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let named = named.map(|(name, _)| name).filter(|name| !name.starts_with(['.', '#']));
        let directive = named.filter(|name| !name.contains(char::is_whitespace));
        let mut info = Info { directive: directive.map(str::to_lowercase), ..Info::default() };
        if let Some(file) = text.strip_prefix("{literalinclude}").map(str::trim) {
            info.is_raft = file.to_lowercase().ends_with(".raft");
            info.included = Some(file.to_string()).filter(|_| info.is_raft);
            return info;
        }
        let mut language = None;
        for (name, value) in words(text) {
            // Of a class only the name counts, and an id names the block for the site.
            let plain = name.trim_start_matches('.');
            let is_directive = DIRECTIVES.iter().any(|known| plain.eq_ignore_ascii_case(known));
            let is_first = language.is_none() && value.is_none();
            if name.starts_with('#') || (is_first && is_directive) {
                continue;
            } else if is_first {
                language = Some(plain.to_lowercase());
            } else if value.is_none() && plain.eq_ignore_ascii_case("ignore") {
                info.is_ignored = true;
            } else {
                info.words.push((plain.to_string(), value));
            }
        }
        info.is_raft = language.as_deref() == Some("raft");
        info
    }
}

/// Words and names with values, which may stand in quotation marks; blanks, commas and braces part
/// them.
fn words(text: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}');
    let mut rest = text.trim_start_matches(parts);
    while !rest.is_empty() {
        let end = rest.find(|c| parts(c) || c == '=').unwrap_or(rest.len());
        let name = rest[..end].to_string();
        rest = &rest[end..];
        let mut value = None;
        if let Some(behind) = rest.strip_prefix('=') {
            let (read, left) = one_value(behind);
            value = Some(read.to_string());
            rest = left;
        }
        found.push((name, value));
        rest = rest.trim_start_matches(parts);
    }
    found
}

/// A value and what is behind it.
fn one_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, ',' | '}')).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_raft_is_understood() {
        for text in [
            "raft",
            "Raft",
            " raft title",
            "{raft}",
            "{.raft}",
            "{ .raft }",
            "raft{1,3}",
            "{#one .raft .wide}",
            "{code-block} raft",
            "raft,other",
            "{.raft at=204ms}",
        ] {
            assert!(Info::of(text).is_raft, "{text}");
            assert!(!Info::of(text).is_ignored, "{text}");
        }
        for text in ["", "sh", "rafters", "{.sh .raft}", "title=raft", "sh raft"] {
            assert!(!Info::of(text).is_raft, "{text}");
        }
        for text in ["raft,ignore", "raft ignore", "{.raft .ignore}", "{raft} ignore"] {
            assert!(Info::of(text).is_raft && Info::of(text).is_ignored, "{text}");
        }
    }

    #[test]
    fn values_may_stand_in_quotation_marks() {
        let info = Info::of("{.raft at=204ms view=\"stage logs\", caption='a } b' controls}");
        let words: Vec<_> =
            info.words.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let expected = [
            ("at", Some("204ms")),
            ("view", Some("stage logs")),
            ("caption", Some("a } b")),
            ("controls", None),
        ];
        assert_eq!(words, expected);
        assert_eq!(Info::of("raft a=\"open").words, [("a".into(), Some("open".into()))]);
    }
}
