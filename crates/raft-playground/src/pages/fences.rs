//! Fences in Markdown, as sites draw it: CommonMark's own, and those in what MkDocs, Pandoc, MyST
//! and MDX add, where a tab's or an admonition's content is indented by four. A reader of
//! CommonMark takes that for code as it stands, so lines are read here one by one.

use super::{Block, Found, Info};

/// A page of Markdown; the lines keep their numbers.
pub fn find(page: &str, is_mdx: bool) -> Vec<Found> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    // Lines that can hold others; what stands in a fence cannot.
    let mut outer: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let comment = line.trim_start().starts_with("<!--");
        if comment {
            at = after_comment(&lines, at, &mut found);
            continue;
        }
        let Some(fence) = Fence::opened(line) else {
            outer.push(line);
            at += 1;
            continue;
        };
        let base = match fence.in_item {
            true => Some(fence.columns),
            false if is_mdx => Some(0),
            false => holder(&outer, &fence),
        };
        outer.push(line);
        let Some(base) = base else {
            if Info::of(fence.info).is_raft {
                found.push(Found::Skipped { line: at + 2, why: INDENTED });
            }
            at += 1;
            continue;
        };
        let (mut text, end) = fence.content(&lines, at, base);
        let mut info = Info::of(fence.info);
        let mut line = at + 2;
        if let Some(file) = info.included.take() {
            (text, info.words) = (String::new(), vec![("src".into(), Some(file))]);
        } else if let Some(directive) = info.directive.as_deref() {
            let (options, rest) = take_options(&text);
            line += text.lines().count() - rest.lines().count();
            text = rest;
            info.is_ignored |= options.iter().any(|(name, _)| name == "ignore");
            // Those of `code-block` speak of how text looks.
            let own = options.into_iter().filter(|(name, _)| name != "ignore");
            info.words.extend(own.filter(|_| directive == "raft"));
        }
        if info.is_raft && info.is_ignored {
            found.push(Found::Skipped { line, why: "it says `ignore`" });
        } else if info.is_raft {
            found.push(Found::Block(Block {
                line,
                lines: at..end,
                text,
                info,
                is_held: base > 0,
                before: fence.before.into(),
                beside: fence.beside(),
            }));
        }
        at = end;
    }
    found
}

const INDENTED: &str =
    "it is indented by four or more under no list, tab or admonition, so it is shown as it stands";

/// A directive's options, each on a line at its beginning (`:at: 204ms`, or `at: 204ms` between
/// lines of `---`), and the rest.
fn take_options(text: &str) -> (Vec<(String, Option<String>)>, String) {
    let mut options = Vec::new();
    let mut rest = text;
    if let Some((inside, behind)) =
        text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n"))
    {
        let pairs = inside.lines().filter_map(|line| line.split_once(':'));
        let value = |it: &str| Some(it.trim().trim_matches(['"', '\'']).to_string());
        options.extend(pairs.map(|(name, it)| (name.trim().to_string(), value(it))));
        return (options, behind.into());
    }
    while let Some((line, behind)) = rest.split_once('\n')
        && let Some((name, value)) = line.trim().strip_prefix(':').and_then(|it| it.split_once(':'))
    {
        let value = value.trim();
        options.push((name.into(), Some(value.to_string()).filter(|value| !value.is_empty())));
        rest = behind;
    }
    (options, rest.into())
}

/// The line behind an HTML comment. What looks like a block in it is told.
fn after_comment(lines: &[&str], from: usize, found: &mut Vec<Found>) -> usize {
    for (at, line) in lines.iter().enumerate().skip(from) {
        if Fence::opened(line).is_some_and(|fence| Info::of(fence.info).is_raft) {
            found.push(Found::Skipped { line: at + 2, why: "it is in a comment" });
        }
        if line.contains("-->") {
            return at + 1;
        }
    }
    lines.len()
}

/// The line that opens a block.
struct Fence<'t> {
    mark: char,
    length: usize,
    info: &'t str,
    /// What stands before it: blanks, quotes' `>`, items' bullets.
    before: &'t str,
    /// How wide that is.
    columns: usize,
    /// How many quotes it is in.
    quotes: usize,
    /// How far it is indented within the innermost quote.
    indent: usize,
    /// Whether an item begins on this very line.
    in_item: bool,
}

impl<'t> Fence<'t> {
    fn opened(line: &'t str) -> Option<Fence<'t>> {
        let (mut rest, mut quotes, mut in_item, mut inner) = (line, 0, false, 0);
        loop {
            rest = rest.trim_start_matches([' ', '\t']);
            if let Some(quoted) = rest.strip_prefix('>') {
                rest = quoted.strip_prefix(' ').unwrap_or(quoted);
                (quotes, in_item) = (quotes + 1, false);
                inner = line.len() - rest.len();
            } else if let Some(width) = bullet(rest) {
                rest = &rest[width..];
                in_item = true;
            } else {
                break;
            }
        }
        let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~' | ':'))?;
        let length = rest.chars().take_while(|c| *c == mark).count();
        let info = rest[length..].trim();
        // Colons hold text to be read, unless it is MyST's directive for ours.
        let is_ours = mark != ':' || (info.starts_with('{') && Info::of(info).is_raft);
        if length < 3 || (mark == '`' && info.contains('`')) || !is_ours {
            return None;
        }
        let before = &line[..line.len() - rest.len()];
        let indent = width(&before[inner.min(before.len())..]);
        Some(Fence { mark, length, info, before, columns: width(before), quotes, indent, in_item })
    }

    /// What stands before its further lines.
    fn beside(&self) -> String {
        self.before.chars().map(|c| if matches!(c, '>' | '\t') { c } else { ' ' }).collect()
    }

    /// Its text, and the line behind it.
    fn content(&self, lines: &[&str], from: usize, base: usize) -> (String, usize) {
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate().skip(from + 1) {
            // What holds it has ended, and so has it.
            let Some(inside) = self.inside(line, base) else { return (text, at) };
            let closing = inside.trim();
            if closing.len() >= self.length && closing.chars().all(|c| c == self.mark) {
                return (text, at + 1);
            }
            text.push_str(inside);
            text.push('\n');
        }
        (text, lines.len())
    }

    /// A line of its text without what stands before it; `None` where it is outside of what holds
    /// the fence.
    fn inside<'l>(&self, line: &'l str, base: usize) -> Option<&'l str> {
        let (mut columns, mut quotes, mut rest) = (0, 0, line);
        while columns < self.columns {
            let Some(c) = rest.chars().next() else { break };
            match c {
                ' ' => columns += 1,
                '\t' => columns += 4 - columns % 4,
                '>' if quotes < self.quotes => {
                    // A blank behind it belongs to it, and may be missing.
                    columns += if rest[1..].starts_with(' ') { 1 } else { 2 };
                    quotes += 1;
                }
                _ => break,
            }
            rest = &rest[c.len_utf8()..];
        }
        let is_out = quotes < self.quotes || (columns < base && !rest.trim().is_empty());
        (!is_out).then_some(rest)
    }
}

/// How wide an item's bullet or number is, with the blank behind it.
fn bullet(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match (digits, text.as_bytes().get(digits)?) {
        (0, b'-' | b'*' | b'+') => 1,
        (1..=9, b'.' | b')') => digits + 1,
        _ => return None,
    };
    text[mark..].starts_with([' ', '\t']).then_some(mark + 1)
}

/// Where the content of what this line opens begins, right of the line itself.
fn opens(text: &str) -> Option<usize> {
    // MkDocs' tabs and admonitions, foot notes, and definitions.
    let heads = ["=== ", "===! ", "===+ ", "!!! ", "??? ", "???+ ", ":   "];
    let is_note = text.starts_with("[^") && text.contains("]:");
    if is_note || heads.iter().any(|head| text.starts_with(head)) {
        return Some(4);
    }
    let blanks = |mark: usize| {
        let blanks = text[mark..].bytes().take_while(|c| *c == b' ').count();
        if blanks < 5 { mark + blanks } else { mark }
    };
    bullet(text).map(blanks)
}

/// The column at which the content of what holds a fence begins; `None` where nothing does and it
/// is indented so far that it is code as it stands.
fn holder(outer: &[&str], fence: &Fence<'_>) -> Option<usize> {
    let outside = fence.columns - fence.indent.min(fence.columns);
    let mut left_of = fence.indent;
    for line in outer.iter().rev() {
        let Some(inner) = unquoted(line, fence.quotes) else { break };
        let text = inner.trim_start_matches([' ', '\t']);
        let own = width(&inner[..inner.len() - text.len()]);
        if text.is_empty() || own >= left_of {
            continue;
        }
        if let Some(content) = opens(text).map(|width| own + width)
            && fence.indent >= content
        {
            return (fence.indent - content < 4).then_some(outside + content);
        }
        left_of = own;
    }
    (fence.indent < 4).then_some(outside)
}

/// A line behind so many quotes' `>`.
fn unquoted(line: &str, quotes: usize) -> Option<&str> {
    (0..quotes).try_fold(line, |rest, _| {
        let rest = rest.trim_start().strip_prefix('>')?;
        Some(rest.strip_prefix(' ').unwrap_or(rest))
    })
}

/// How wide a text is, with tab stops at every fourth column.
fn width(text: &str) -> usize {
    text.chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 })
}
