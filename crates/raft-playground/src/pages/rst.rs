//! Scenario text in reStructuredText: `.. raft::` and `.. code-block:: raft`, with indented text,
//! and `.. literalinclude:: one.raft`.

use super::{Block, Found, Info};

/// Directives whose body is shown as it stands.
const CODE: [&str; 4] = ["code-block", "code", "sourcecode", "parsed-literal"];

/// The blocks of a page.
pub fn find(page: &str) -> Vec<Found> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let trimmed = line.trim();
        let end = end_of(&lines, at);
        let directive = trimmed.strip_prefix(".. ").and_then(|rest| rest.split_once("::"));
        let name = directive.map(|(name, _)| name.trim().to_lowercase());
        let argument = directive.map_or("", |(_, argument)| argument.trim());
        let is_code = name.as_deref().is_some_and(|name| CODE.contains(&name));
        let language = argument.split_whitespace().next().unwrap_or("");
        let is_raft =
            name.as_deref() == Some("raft") || (is_code && language.eq_ignore_ascii_case("raft"));
        let includes =
            name.as_deref() == Some("literalinclude") && argument.to_lowercase().ends_with(".raft");
        if is_raft || includes {
            let mut block = block(&lines, at, end);
            if let Found::Block(block) = &mut block
                && name.as_deref() != Some("raft")
            {
                // Those options are Sphinx's, and speak of how text looks.
                block.info.words.clear();
                if includes {
                    block.info.words.push(("src".into(), Some(argument.into())));
                    block.text.clear();
                }
            }
            found.push(block);
            at = end;
        } else if is_code || (directive.is_none() && trimmed.ends_with("::")) {
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The line behind all that is indented further than this one.
fn end_of(lines: &[&str], at: usize) -> usize {
    let own = indent(lines[at]);
    let body = lines[at + 1..].iter();
    let inside = body.take_while(|line| line.trim().is_empty() || indent(line) > own).count();
    at + 1 + inside
}

fn block(lines: &[&str], at: usize, end: usize) -> Found {
    let mut info = Info { is_raft: true, ..Info::default() };
    let mut first = at + 1;
    // Options stand right below, each on its line.
    while let Some(option) = lines[..end].get(first).and_then(|line| line.trim().strip_prefix(':'))
        && let Some((name, value)) = option.split_once(':')
    {
        match name {
            "ignore" => info.is_ignored = true,
            _ => info.words.push((name.into(), Some(value.trim().into()))),
        }
        first += 1;
    }
    while first < end && lines[first].trim().is_empty() {
        first += 1;
    }
    let body = &lines[first.min(end)..end];
    let least = body.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let mut text = String::new();
    for line in body {
        text.push_str(line.get(least.unwrap_or(0)..).unwrap_or("").trim_end());
        text.push('\n');
    }
    let text = text.trim_end().to_string() + "\n";
    if info.is_ignored {
        return Found::Skipped { line: first + 1, why: "it says `ignore`" };
    }
    Found::Block(Block {
        line: first + 1,
        lines: at..end,
        text,
        info,
        is_held: false,
        before: String::new(),
        beside: String::new(),
    })
}
