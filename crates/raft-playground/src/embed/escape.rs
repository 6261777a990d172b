//! Text where HTML has something else around it.

/// Text in an attribute.
pub fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// Text in an address.
pub fn url(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => out.push(byte.into()),
            byte => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// A line within `script`, which HTML ends at the next `</script`, and in which `<!--` begins
/// something. Both get a backslash behind `<`, which whoever reads the element takes out again.
pub fn script(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('<') {
        let (before, behind) = rest.split_at(at + 1);
        out.push_str(before);
        let ends = ["/script", "script", "!--"].iter().any(|end| {
            behind.get(..end.len()).is_some_and(|found| found.eq_ignore_ascii_case(end))
        });
        if ends {
            out.push('\\');
        }
        rest = behind;
    }
    out + rest
}
