//! Holds recorded output against ours: what may differ from run to run is starred, what comes in
//! any order is sorted, and each id has to stand wherever the recorded one stands.

#[path = "debian.rs"]
pub mod debian;

use std::collections::BTreeMap;

/// What may differ is starred. What comes in any order, or in that of ids, is sorted by `order`.
pub fn normalised(output: &str, order: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let has_right_length = has_right_length(output);
    let lines: Vec<&str> = output.lines().collect();
    let is_sorted = |line: &str| {
        line.contains("is healthy: ")
            || line.contains("is unhealthy: ")
            || line.len() == 16 && line.bytes().all(|c| c.is_ascii_hexdigit())
            || line.starts_with("\"ID\" : ")
            || line.starts_with('|') && line.contains("started |")
    };
    let mut any_order: Vec<String> = Vec::new();
    let mut header: Vec<String> = Vec::new();
    // Columns whose width depends on what may differ.
    let is_loose = [" HASH ", " TOOK "].iter().any(|column| output.contains(column));
    for line in lines {
        if is_loose && line.starts_with("+-") {
            continue;
        }
        if line.starts_with("{\"level\":") {
            continue;
        }
        if ["real\t", "user\t", "sys\t"].iter().any(|time| line.starts_with(time)) {
            while out.ends_with("\n\n") {
                out.pop();
            }
            continue;
        }
        // When etcdutl has logged it.
        let line = line.find("\tinfo\t").map_or(line, |at| &line[at..]);
        let line = starred_fields(line, has_right_length);
        let line = starred_cells(&with_leases_in_order(&line, order), &mut header);
        let line = with_narrow_ids(&line);
        if is_sorted(&line) || is_loose && line.starts_with("| http") {
            any_order.push(line);
            continue;
        }
        flush(&mut out, &mut any_order, order);
        out += &line;
        out.push('\n');
    }
    flush(&mut out, &mut any_order, order);
    out.trim_end().into()
}

/// Ids fill their columns up with spaces, where they have fewer digits than others.
fn with_narrow_ids(line: &str) -> String {
    let is_of_ids = line.starts_with("Member ") || line.starts_with('|') && line.contains("http");
    if !is_of_ids {
        return line.into();
    }
    let mut out = String::new();
    for c in line.chars() {
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out
}

/// Stars what may differ in a line that is no table's: dates, lengths, terms, sizes, times.
fn starred_fields(line: &str, has_right_length: bool) -> String {
    let mut line = line.to_string();
    if let Some(at) = line.find(" C | pkg/flags") {
        line.replace_range(..=at, "");
    }
    if line.starts_with("Date: ") {
        line = "Date: *".into();
    }
    if has_right_length && line.starts_with("Content-Length: ") {
        line = "Content-Length: *".into();
    }
    if line.starts_with('{') {
        // How base64 is filled up depends on how long an id is.
        line = line.replace("==\"", "\"").replace("=\"", "\"");
    }
    for name in [
        "raft_term",
        "raftTerm",
        "raftIndex",
        "raftAppliedIndex",
        "dbSize",
        "dbSizeInUse",
        "hash",
        "totalKey",
        "totalSize",
    ] {
        line = starred(&line, name);
    }
    if let Some(at) = line.find("took = ") {
        line.replace_range(at + 7.., "*");
    }
    for name in ["RaftTerm", "RaftIndex", "RaftAppliedIndex", "DBSize", "Hash", "Keys", "Size"] {
        if line.starts_with(&format!("\"{name}\" : ")) {
            line = format!("\"{name}\" : *");
        }
    }
    if let Some(at) = line.find("\"took\":") {
        let end = line[at..].find(',').map_or(line.len(), |end| at + end);
        line.replace_range(at + 7..end, "*");
    }
    line
}

/// Whether a response of HTTP says how long its body is, and the body is that long. A body is as
/// long as the ids, sizes and hashes in it.
fn has_right_length(output: &str) -> bool {
    let output = output.replace('\r', "");
    let Some((head, body)) = output.split_once("\n\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    // What `time` says stands behind the body.
    let body = body.split_once("\nreal\t").map_or(body, |(body, _)| body.trim_end());
    length.and_then(|length| length.parse().ok()) == Some(body.len())
}

/// Sorts the leases in a line of JSON.
fn with_leases_in_order(line: &str, order: &dyn Fn(&str) -> String) -> String {
    const NAME: &str = "\"leases\":[";
    let Some(from) = line.find(NAME).map(|at| at + NAME.len()) else { return line.into() };
    let to = line[from..].find(']').map_or(line.len(), |end| from + end);
    let mut leases: Vec<&str> = line[from..to].split(',').collect();
    leases.sort_by_key(|lease| order(lease));
    format!("{}{}{}", &line[..from], leases.join(","), &line[to..])
}

fn flush(out: &mut String, any_order: &mut Vec<String>, order: &dyn Fn(&str) -> String) {
    any_order.sort_by_key(|line| order(line));
    for line in any_order.drain(..) {
        *out += &line;
        out.push('\n');
    }
}

/// Stars the number of a JSON field.
fn starred(line: &str, field: &str) -> String {
    let name = format!("\"{field}\":");
    let mut parts = line.split(&name);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '"');
        out += &format!("{name}*{rest}");
    }
    out
}

/// Stars the cells of a table, or the fields of a list, that hold sizes, hashes and the log's
/// indexes.
fn starred_cells(line: &str, header: &mut Vec<String>) -> String {
    const UNCERTAIN: [&str; 7] =
        ["DB SIZE", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "HASH", "TOOK", "TOTAL KEYS"];
    let is_uncertain = |name: &str| UNCERTAIN.contains(&name) || name == "TOTAL SIZE";
    if line.starts_with('|') {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        if header.is_empty() {
            *header = cells.iter().map(|cell| cell.trim().to_string()).collect();
        }
        let cells = cells.iter().zip(header.iter()).map(|(cell, name)| {
            let width = if ["HASH", "TOOK"].contains(&name.as_str()) { 2 } else { cell.len() };
            match is_uncertain(name) {
                true if cell.trim() != name => format!("{:>width$}", "* "),
                true => format!(" {name} "),
                false => (*cell).to_string(),
            }
        });
        return format!("|{}|", cells.collect::<Vec<_>>().join("|"));
    }
    let mut fields: Vec<&str> = line.split(", ").collect();
    let uncertain: &[usize] = match fields.len() {
        10 if fields[0].starts_with("http://") => &[3, 6, 7, 8],
        4 if fields[3].ends_with('B') => &[0, 2, 3],
        2 if fields[0].starts_with("http://") && fields[1].parse::<u32>().is_ok() => &[1],
        _ => &[],
    };
    for at in uncertain {
        fields[*at] = "*";
    }
    fields.join(", ")
}

/// The text that a word in base64 stands for.
fn from_base64(word: &str) -> Option<String> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = word.chars().map(|c| DIGITS.find(c)).collect::<Option<Vec<_>>>()?;
    let bits = digits.iter().flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1));
    let bits: Vec<usize> = bits.collect();
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | *bit);
    let bytes = bits.chunks_exact(8).map(|bits| u8::try_from(byte(bits)).unwrap_or(0));
    String::from_utf8(bytes.collect()).ok()
}

/// Which of our ids stands for which recorded one.
#[derive(Default)]
pub struct Ids {
    ours: BTreeMap<u64, u64>,
    recorded: BTreeMap<u64, u64>,
}

impl Ids {
    fn number(word: &str) -> Option<u64> {
        let is_decimal = word.bytes().all(|c| c.is_ascii_digit());
        match word.len() {
            17..=20 if is_decimal => word.parse().ok(),
            13..=16 => u64::from_str_radix(word, 16).ok(),
            _ => None,
        }
    }

    fn words(text: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                words.last_mut().expect("one").push(c);
            } else {
                words.extend([c.to_string(), String::new()]);
            }
        }
        words
    }

    /// Whether two texts are the same but for ids, which have to differ in the same way everywhere.
    pub fn are_equal(&mut self, recorded: &str, ours: &str) -> bool {
        let (recorded, ours) = (Ids::words(recorded), Ids::words(ours));
        recorded.len() == ours.len()
            && recorded.iter().zip(&ours).all(|(recorded, ours)| {
                recorded == ours
                    || match (Ids::number(recorded), Ids::number(ours)) {
                        (Some(recorded), Some(ours)) => self.are_one(recorded, ours),
                        _ => self.are_one_owner(recorded, ours),
                    }
            })
    }

    /// The same for keys of locks and elections in base64: a name, a slash, and a lease's id.
    fn are_one_owner(&mut self, recorded: &str, ours: &str) -> bool {
        let parts = |word: &str| {
            let key = from_base64(word)?;
            let (name, id) = key.rsplit_once('/')?;
            Some((name.to_string(), u64::from_str_radix(id, 16).ok()?))
        };
        match (parts(recorded), parts(ours)) {
            (Some((recorded, lease)), Some((ours, of_ours))) => {
                recorded == ours && self.are_one(lease, of_ours)
            }
            _ => false,
        }
    }

    pub fn are_one(&mut self, recorded: u64, ours: u64) -> bool {
        *self.ours.entry(recorded).or_insert(ours) == ours
            && *self.recorded.entry(ours).or_insert(recorded) == recorded
    }

    /// What a recorded line is sorted by: those with ids that are not known yet come last.
    pub fn recorded_order(&self, line: &str) -> String {
        Ids::order(line, |id| self.ours.contains_key(&id).then_some(id))
    }

    /// The same for a line of ours: where the recorded ones stand.
    pub fn our_order(&self, line: &str) -> String {
        Ids::order(line, |id| self.recorded.get(&id).copied())
    }

    fn order(line: &str, recorded: impl Fn(u64) -> Option<u64>) -> String {
        let word = |word: String| match Ids::number(&word).map(&recorded) {
            Some(Some(id)) => format!("{id:020}"),
            Some(None) => format!("~{word}"),
            None => word,
        };
        Ids::words(line).into_iter().map(word).collect()
    }

    /// A recorded command with our ids.
    pub fn translated(&self, command: &str) -> String {
        self.ours.iter().fold(command.into(), |command: String, (recorded, ours)| {
            command.replace(&format!("{recorded:x}"), &format!("{ours:x}"))
        })
    }
}
