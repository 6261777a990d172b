//! A line of `curl`, as far as a transcript of etcd needs it.

use crate::ctl::go;

/// curl's words where both a body and the head alone are asked for.
pub(super) const ONE_METHOD: &str = "You can only select one HTTP request method! You asked for \
    both POST (-d, --data) and HEAD (-I, --head).";

/// What the line says.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) method: Option<String>,
    pub(super) url: String,
    pub(super) body: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) token: Option<String>,
    pub(super) with_head: bool,
    /// The head alone is asked for.
    pub(super) is_head: bool,
    pub(super) is_silent: bool,
    pub(super) timeout_us: Option<u64>,
}

impl Line {
    /// What it asks with.
    pub(super) fn method(&self) -> &str {
        match (&self.method, self.is_head, &self.body) {
            (Some(method), _, _) => method,
            (None, true, _) => "HEAD",
            (None, false, Some(_)) => "POST",
            (None, false, None) => "GET",
        }
    }
}

/// A path as curl sends it: without `.` and `..` (RFC 3986, 5.2.4).
pub(super) fn without_dots(whole: &str) -> String {
    let (path, query) = whole.split_at(whole.find('?').unwrap_or(whole.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut is_folder = false;
    for part in path.split('/').skip(1) {
        is_folder = matches!(part, "." | "..");
        match part {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(part),
        }
    }
    let end = if is_folder && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}{query}", kept.join("/"))
}

pub(super) fn read(words: &[String]) -> Result<Line, String> {
    let mut line = Line::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            line.url = word.clone();
            continue;
        };
        let long = flags.strip_prefix('-').and_then(|name| match name {
            "silent" => Some("s"),
            "include" => Some("i"),
            "head" => Some("I"),
            "no-buffer" => Some("N"),
            "request" => Some("X"),
            "data" => Some("d"),
            "header" => Some("H"),
            "max-time" => Some("m"),
            _ => None,
        });
        let mut flags = long.unwrap_or(flags);
        while let Some(flag) = flags.chars().next() {
            flags = &flags[flag.len_utf8()..];
            match flag {
                's' => line.is_silent = true,
                'i' => line.with_head = true,
                'I' => line.is_head = true,
                'N' | 'S' | 'L' | 'f' => {}
                'X' | 'd' | 'H' | 'm' => {
                    let value = match std::mem::take(&mut flags) {
                        "" => words.next().cloned(),
                        rest => Some(rest.into()),
                    };
                    let value =
                        value.ok_or_else(|| format!("option -{flag}: requires parameter"))?;
                    take(&mut line, flag, value)?;
                }
                _ => return Err(format!("option {word}: is unknown")),
            }
        }
    }
    if line.url.is_empty() {
        return Err("no URL specified".into());
    }
    if line.is_head && line.body.is_some() {
        return Err(ONE_METHOD.into());
    }
    Ok(line)
}

fn take(line: &mut Line, flag: char, value: String) -> Result<(), String> {
    match flag {
        'X' => line.method = Some(value),
        'd' => line.body = Some(value),
        'm' => {
            let us = go::parse_duration(&format!("{value}s"));
            line.timeout_us =
                Some(us.map_err(|_| "option -m: expected a proper numerical parameter")?);
        }
        _ => {
            if let Some((name, value)) = value.split_once(':') {
                let value = Some(value.trim().to_string());
                match name.to_ascii_lowercase().as_str() {
                    "origin" => line.origin = value,
                    "authorization" => line.token = value,
                    _ => {}
                }
            }
        }
    }
    Ok(())
}
