//! What Debian's build of etcd 3.5 does and upstream's does not, by `etcd-3.5.md`'s rows marked so:
//! it is taken back, for what is answered here is upstream's.

/// A recording as upstream's build would have made it.
pub fn undone(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
    let undone: Vec<String> = lines.iter().map(|line| line_undone(line)).collect();
    let mut out = String::new();
    for (at, line) in undone.iter().enumerate() {
        out += &with_length(line, at, &lines, &undone);
        out.push('\n');
    }
    out
}

fn line_undone(line: &str) -> String {
    with_upstream_errors(&without_spaces(&with_ascii(line)))
}

/// A head's line that says how long the body is, with what is left of the body.
fn with_length(line: &str, at: usize, before: &[&str], after: &[String]) -> String {
    let Some(length) = line.strip_prefix("Content-Length: ") else { return line.into() };
    let Some(from) = before[at..].iter().position(|line| line.is_empty()) else {
        return line.into();
    };
    let from = at + from + 1;
    let is_last = |line: &&str| line.contains("[exit ");
    let Some(to) = before[from..].iter().position(is_last) else { return line.into() };
    let body = |lines: Vec<&str>| {
        // What `time` says stands behind the body.
        let is_time = |line: &&str| line.starts_with("real\t");
        match lines.iter().position(is_time) {
            Some(at) => lines[..at].join("\n").trim_end().len(),
            None => {
                let text = lines.join("\n");
                text.rfind("[exit ").unwrap_or(text.len())
            }
        }
    };
    let was = body(before[from..=from + to].to_vec());
    let is = body(after[from..=from + to].iter().map(String::as_str).collect());
    if length.parse() == Ok(was) { format!("Content-Length: {is}") } else { line.into() }
}

/// Tables with the lines of tablewriter 0.0.5.
fn with_ascii(line: &str) -> String {
    let ascii = |c: char| match c {
        '┌' | '┬' | '┐' | '├' | '┼' | '┤' | '└' | '┴' | '┘' => '+',
        '─' => '-',
        '│' => '|',
        c => c,
    };
    line.chars().map(ascii).collect()
}

/// JSON of the gateway without a space behind each comma.
fn without_spaces(line: &str) -> String {
    if !line.starts_with('{') {
        return line.into();
    }
    let (mut out, mut is_text, mut is_escaped, mut previous) = (String::new(), false, false, ' ');
    for c in line.chars() {
        if !(c == ' ' && previous == ',' && !is_text) {
            out.push(c);
        }
        is_text ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        previous = c;
    }
    out
}

/// An error's body as grpc-gateway 1.16 writes it.
fn with_upstream_errors(line: &str) -> String {
    let Some(rest) = line.strip_prefix("{\"code\":") else { return line.into() };
    let Some((code, rest)) = rest.split_once(",\"message\":") else { return line.into() };
    let Some(end) = rest.rfind('}') else { return line.into() };
    let (message, after) = rest.split_at(end);
    format!("{{\"error\":{message},\"code\":{code},\"message\":{message}{after}")
}
