//! How Go writes and reads what etcdctl shows: quoted strings, integers, durations, sizes.

use std::fmt::Write;

/// `%q` of bytes: what is not UTF-8 or cannot be printed is escaped.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\x07' => out.push_str("\\a"),
                '\x08' => out.push_str("\\b"),
                '\x0c' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\x0b' => out.push_str("\\v"),
                c if c < ' ' || c == '\x7f' => {
                    push(&mut out, format_args!("\\x{:02x}", u32::from(c)))
                }
                c if is_hidden(c) && u32::from(c) > 0xffff => {
                    push(&mut out, format_args!("\\U{:08x}", u32::from(c)));
                }
                c if is_hidden(c) => push(&mut out, format_args!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            push(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}

/// What Go does not print as it is: the common ones of them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{ad}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}')
}

/// Reads the Go string, `".."` or `` `..` ``, that a text begins with; and the length it took.
pub(crate) fn unquote(text: &str) -> Option<(Vec<u8>, usize)> {
    if let Some(raw) = text.strip_prefix('`') {
        let end = raw.find('`')?;
        return Some((raw[..end].replace('\r', "").into_bytes(), end + 2));
    }
    let mut out = Vec::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, at + 2)),
            '\n' => return None,
            '\\' => escape(&mut chars, &mut out)?,
            c => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    None
}

fn escape(chars: &mut std::str::CharIndices<'_>, out: &mut Vec<u8>) -> Option<()> {
    let (_, kind) = chars.next()?;
    let mut number = |digits: usize, base: u32, first: u32| {
        (0..digits).try_fold(first, |value, _| {
            value.checked_mul(base)?.checked_add(chars.next()?.1.to_digit(base)?)
        })
    };
    let simple = match kind {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '"' => b'"',
        'x' => u8::try_from(number(2, 16, 0)?).ok()?,
        '0'..='7' => u8::try_from(number(2, 8, kind.to_digit(8)?)?).ok()?,
        'u' | 'U' => {
            let c = char::from_u32(number(if kind == 'u' { 4 } else { 8 }, 16, 0)?)?;
            out.extend(c.encode_utf8(&mut [0; 4]).bytes());
            return Some(());
        }
        _ => return None,
    };
    out.push(simple);
    Some(())
}

/// `strconv.ParseInt(text, base, 64)`.
///
/// # Errors
/// Go's sentence.
pub(crate) fn parse_int(text: &str, base: u32) -> Result<i64, String> {
    parse(text, "ParseInt", i64::from_str_radix(text, base))
}

/// `strconv.ParseInt(text, 0, 64)`: the text says its base by how it begins.
///
/// # Errors
/// Go's sentence.
pub(crate) fn parse_any_int(text: &str) -> Result<i64, String> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (&text[..1], digits),
        None => ("", text),
    };
    let begins = |letter: char| {
        let lower = digits.strip_prefix('0').and_then(|rest| rest.strip_prefix(letter));
        lower.or_else(|| digits.strip_prefix('0')?.strip_prefix(letter.to_ascii_uppercase()))
    };
    let (base, digits) = if let Some(digits) = begins('x') {
        (16, digits)
    } else if let Some(digits) = begins('b') {
        (2, digits)
    } else if let Some(digits) = begins('o') {
        (8, digits)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    // A second sign is none.
    let digits = if digits.starts_with(['-', '+']) { "x" } else { digits };
    parse(text, "ParseInt", i64::from_str_radix(&format!("{sign}{digits}"), base))
}

/// `strconv.ParseUint(text, base, 64)`.
///
/// # Errors
/// Go's sentence.
pub(crate) fn parse_uint(text: &str, base: u32) -> Result<u64, String> {
    let sign = if text.starts_with('+') { "x" } else { text };
    parse(text, "ParseUint", u64::from_str_radix(sign, base))
}

fn parse<T>(
    text: &str,
    function: &str,
    parsed: Result<T, std::num::ParseIntError>,
) -> Result<T, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    parsed.map_err(|error| {
        let is_large = matches!(error.kind(), PosOverflow | NegOverflow);
        let why = if is_large { "value out of range" } else { "invalid syntax" };
        format!("strconv.{function}: parsing {}: {why}", quote(text.as_bytes()))
    })
}

/// `time.ParseDuration`, in microseconds.
///
/// # Errors
/// Go's sentence.
pub(crate) fn parse_duration(text: &str) -> Result<u64, String> {
    let quoted = quote(text.as_bytes());
    let invalid = || format!("time: invalid duration {quoted}");
    // What is negative is over already.
    if let Some(positive) = text.strip_prefix('-')
        && !positive.starts_with(['+', '-'])
    {
        return parse_duration(positive).map(|_| 0).map_err(|_| invalid());
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(invalid());
        }
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {quoted}"));
        }
        let ns: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                let unit = quote(unit.as_bytes());
                return Err(format!("time: unknown unit {unit} in duration {quoted}"));
            }
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        total =
            whole.checked_mul(ns).and_then(|part| total.checked_add(part)).ok_or_else(invalid)?;
        let mut part = ns;
        for digit in fraction.bytes() {
            part /= 10;
            total = total.checked_add(part * u64::from(digit - b'0')).ok_or_else(invalid)?;
        }
        rest = behind;
    }
    Ok(total / 1_000)
}

/// `Duration.String` of microseconds.
pub(crate) fn duration(us: u64) -> String {
    let fraction = |value: u64, of: u64, digits: usize| {
        let part = format!("{:0digits$}", value % of);
        let part = part.trim_end_matches('0');
        let dot = if part.is_empty() { "" } else { "." };
        format!("{}{dot}{part}", value / of)
    };
    match us {
        0 => "0s".into(),
        1..1_000 => format!("{us}µs"),
        1_000..1_000_000 => format!("{}ms", fraction(us, 1_000, 3)),
        _ => {
            let (minutes, seconds) = (us / 60_000_000, fraction(us % 60_000_000, 1_000_000, 6));
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// A size for people, in powers of a thousand: `25 kB`.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let mut unit = 1u64;
    let mut names = ["B", "kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
    let mut name = names.next().unwrap_or("B");
    while bytes / unit >= 1_000
        && let Some(next) = names.next()
    {
        unit *= 1_000;
        name = next;
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        // Go rounds half to even here, after the rounding to tenths.
        let (whole, rest) = (tenths / 10, tenths % 10);
        let is_up = rest > 5 || rest == 5 && whole % 2 == 1;
        format!("{} {name}", whole + u128::from(is_up))
    }
}

/// Seconds with their decimals from microseconds, as `%f` has them.
pub(crate) fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Bytes as `--hex` shows them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        push(&mut out, format_args!("\\x{byte:02x}"));
        out
    })
}

/// What Go's `url.Parse` says of an address that it does not take; `None` where it does.
pub(crate) fn wrong_url(url: &str) -> Option<String> {
    let Some((_, rest)) = url.split_once("://") else {
        let first = url.split('/').next().unwrap_or(url);
        let is_scheme = first.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c))
        });
        let is_wrong = first.contains(':') && !is_scheme;
        return is_wrong.then(|| "first path segment in URL cannot contain colon".into());
    };
    let host = rest.split('/').next().unwrap_or(rest);
    let (_, port) = host.rsplit_once(':')?;
    let is_right = port.bytes().all(|c| c.is_ascii_digit()) || host.ends_with(']');
    (!is_right).then(|| format!("invalid port \":{port}\" after host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_and_read_as_go_does() {
        assert_eq!(quote(b"a\"\\\n\x00\xff\xe2\x80\x8b\xc3\xa9"), r#""a\"\\\n\x00\xff\u200bé""#);
        let read = |text| unquote(text).map(|(bytes, _)| bytes);
        assert_eq!(read(r#""a\x41\101\u00e9\n" rest"#), Some(b"aAA\xc3\xa9\n".to_vec()));
        assert_eq!(read("`a\\n`"), Some(b"a\\n".to_vec()));
        for wrong in ["", "a", "\"a", "\"\\q\"", "\"\\x4\"", "`a", "\"\\400\""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_written_and_read_as_go_does() {
        for (text, us) in
            [("5s", 5_000_000), ("1m0.5s", 60_500_000), ("4.993ms", 4_993), ("7µs", 7)]
        {
            assert_eq!(parse_duration(text), Ok(us));
            assert_eq!(duration(us), text);
        }
        assert_eq!(parse_duration("1h2m").expect("one"), 3_720_000_000);
        assert_eq!(
            parse_duration("5").expect_err("no unit"),
            "time: missing unit in duration \"5\""
        );
        assert_eq!(parse_duration("abc").expect_err("none"), "time: invalid duration \"abc\"");
        assert_eq!(
            parse_duration("5x").expect_err("x"),
            "time: unknown unit \"x\" in duration \"5x\""
        );
    }

    #[test]
    fn sizes_are_in_powers_of_a_thousand() {
        for (bytes, text) in
            [(0, "0 B"), (9, "9 B"), (999, "999 B"), (1_000, "1.0 kB"), (20_480, "20 kB")]
        {
            assert_eq!(size(bytes), text);
        }
        assert_eq!((size(24_576), size(u64::MAX)), ("25 kB".into(), "18 EB".into()));
    }

    #[test]
    fn integers_are_refused_in_gos_words() {
        assert_eq!(parse_int("-5", 10), Ok(-5));
        assert_eq!(
            parse_int("abc", 10).expect_err("no number"),
            "strconv.ParseInt: parsing \"abc\": invalid syntax"
        );
        assert_eq!(
            parse_uint("-1", 16).expect_err("negative"),
            "strconv.ParseUint: parsing \"-1\": invalid syntax"
        );
        assert!(parse_int("9223372036854775808", 10).expect_err("large").ends_with("out of range"));
    }
}
