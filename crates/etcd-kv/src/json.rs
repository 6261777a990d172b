//! JSON as etcd's gateway reads and writes it. Its errors are those of Go's `encoding/json`, which
//! no library here gives, and only a dozen messages are ever written; so both are done by hand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 1_000;

/// A JSON value, numbers as they were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    /// What it says, and how it was written where something is escaped in it.
    String(String, Option<String>),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads the first value of a text, as Go's decoder does: what follows it is left alone.
    ///
    /// # Errors
    /// Go's sentence.
    pub(crate) fn parse(text: &[u8]) -> Result<Json, String> {
        let mut reader = Reader { text, at: 0 };
        if reader.next_token().is_none() {
            return Err("EOF".into());
        }
        reader.value(0)
    }

    /// Reads values one after the other, to the first that is none.
    pub(crate) fn parse_all(text: &[u8]) -> impl Iterator<Item = Result<Json, String>> {
        let mut reader = Reader { text, at: 0 };
        let mut is_over = false;
        std::iter::from_fn(move || {
            if is_over || reader.next_token().is_none() {
                return None;
            }
            let value = reader.value(0);
            is_over = value.is_err();
            Some(value)
        })
    }

    /// Reads a text that has to be one value and nothing else, as Go's `Unmarshal` does.
    ///
    /// # Errors
    /// Go's sentence.
    pub(crate) fn parse_alone(text: &[u8]) -> Result<Json, String> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0).map_err(|error| {
            if error == CUT_OFF { "unexpected end of JSON input".into() } else { error }
        })?;
        match reader.next_token() {
            None => Ok(value),
            Some(byte) => reader.wrong(byte, "after top-level value"),
        }
    }

    /// The name of this kind of value in Go's sentences.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::String(..) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

const CUT_OFF: &str = "unexpected EOF";

impl Reader<'_> {
    fn next_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.text.get(self.at) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self) -> Result<u8, String> {
        let byte = self.text.get(self.at).copied().ok_or(CUT_OFF)?;
        self.at += 1;
        Ok(byte)
    }

    fn wrong<T>(&self, byte: u8, context: &str) -> Result<T, String> {
        let shown = match byte {
            b'\'' => r"'\''".to_string(),
            b'"' => "'\"'".to_string(),
            b'\\' => r"'\\'".to_string(),
            b'\n' => r"'\n'".to_string(),
            b'\r' => r"'\r'".to_string(),
            b'\t' => r"'\t'".to_string(),
            0x20..=0x7e => format!("'{}'", char::from(byte)),
            0x80..=0xff => format!("'{}'", char::from(byte)),
            byte => format!(r"'\x{byte:02x}'"),
        };
        Err(format!("invalid character {shown} {context}"))
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err("exceeded max depth".into());
        }
        match self.next_token().ok_or(CUT_OFF)? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let start = self.at + 1;
                let said = self.string()?;
                let written = &self.text[start..self.at - 1];
                let is_escaped = written.contains(&b'\\');
                let written = is_escaped.then(|| String::from_utf8_lossy(written).into_owned());
                Ok(Json::String(said, written))
            }
            b't' => self.literal("true", Json::Bool(true)),
            b'f' => self.literal("false", Json::Bool(false)),
            b'n' => self.literal("null", Json::Null),
            b'-' | b'0'..=b'9' => self.number(),
            byte => self.wrong(byte, "looking for beginning of value"),
        }
    }

    fn literal(&mut self, word: &str, value: Json) -> Result<Json, String> {
        for expected in word.bytes() {
            let byte = self.take()?;
            if byte != expected {
                let expected = char::from(expected);
                return self.wrong(byte, &format!("in literal {word} (expecting '{expected}')"));
            }
        }
        Ok(value)
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        if self.text.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.take()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            byte => return self.wrong(byte, "in numeric literal"),
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            match self.take()? {
                b'0'..=b'9' => self.digits(),
                byte => return self.wrong(byte, "after decimal point in numeric literal"),
            }
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            match self.take()? {
                b'0'..=b'9' => self.digits(),
                byte => return self.wrong(byte, "in exponent of numeric literal"),
            }
        }
        Ok(Json::Number(String::from_utf8_lossy(&self.text[start..self.at]).into_owned()))
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.take()? {
                b'"' => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                b'\\' => self.escape(&mut bytes)?,
                byte if byte < 0x20 => return self.wrong(byte, "in string literal"),
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), String> {
        let byte = self.take()?;
        bytes.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.hex()?;
                let mut units = vec![unit];
                let is_high = (0xd800..0xdc00).contains(&unit);
                if is_high && self.text[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    units.push(self.hex()?);
                }
                bytes.extend(String::from_utf16_lossy(&units).bytes());
                return Ok(());
            }
            byte => return self.wrong(byte, "in string escape code"),
        });
        Ok(())
    }

    fn hex(&mut self) -> Result<u16, String> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.take()?;
            let Some(digit) = char::from(byte).to_digit(16) else {
                return self.wrong(byte, "in \\u hexadecimal character escape");
            };
            unit = unit * 16 + u16::try_from(digit).unwrap_or(0);
        }
        Ok(unit)
    }

    fn array(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut values = Vec::new();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            match self.next_token().ok_or(CUT_OFF)? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(Json::Array(values));
                }
                byte => return self.wrong(byte, "after array element"),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut fields = Vec::new();
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            match self.next_token().ok_or(CUT_OFF)? {
                b'"' => {}
                byte => return self.wrong(byte, "looking for beginning of object key string"),
            }
            let name = self.string()?;
            match self.next_token().ok_or(CUT_OFF)? {
                b':' => self.at += 1,
                byte => return self.wrong(byte, "after object key"),
            }
            fields.push((name, self.value(depth + 1)?));
            match self.next_token().ok_or(CUT_OFF)? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(Json::Object(fields));
                }
                byte => return self.wrong(byte, "after object key:value pair"),
            }
        }
    }
}

/// What a letter of base64 stands for.
fn six_bits(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Base64 as Go's `encoding/base64` reads it, which skips line ends and says where it stopped: at
/// the byte that is none of base64's, or where the last group of four begins if it is not whole.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    let wrong = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let all = text.as_bytes();
    let mut bytes = all.iter().copied().enumerate().filter(|(_, b)| !matches!(b, b'\n' | b'\r'));
    let mut out = Vec::with_capacity(all.len() / 4 * 3);
    loop {
        // Six bits a letter, the first highest.
        let (mut bits, mut count) = (0u32, 0);
        while count < 4 {
            match bytes.next() {
                None if count == 0 => return Ok(out),
                // Where it began, line ends within it not counted.
                None => return wrong(all.len() - count),
                Some((at, b'=')) if count < 2 => return wrong(at),
                Some((_, b'=')) => break,
                Some((at, byte)) => {
                    let Some(six) = six_bits(byte) else { return wrong(at) };
                    bits |= u32::from(six) << (18 - 6 * count);
                    count += 1;
                }
            }
        }
        // Go takes what is left over in the last letter for nothing.
        out.extend(&bits.to_be_bytes()[1..count]);
        if count == 4 {
            continue;
        }
        if count == 2 {
            match bytes.next() {
                Some((_, b'=')) => {}
                Some((at, _)) => return wrong(at),
                None => return wrong(all.len()),
            }
        }
        return bytes.next().map_or(Ok(out), |(at, _)| wrong(at));
    }
}

/// Writes JSON objects field by field, as the gateway does: what is zero is left out.
pub(crate) struct Writer {
    out: String,
    is_first: bool,
}

impl Writer {
    pub(crate) fn new() -> Writer {
        Writer { out: "{".into(), is_first: true }
    }

    pub(crate) fn end(mut self) -> String {
        self.out.push('}');
        self.out
    }

    pub(crate) fn object(write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.end()
    }

    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.out.push_str(json);
    }

    /// 64-bit integers are strings.
    pub(crate) fn int(&mut self, name: &str, value: impl Into<i128>) {
        let value = value.into();
        if value != 0 {
            self.raw(name, &format!("\"{value}\""));
        }
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.raw(name, "true");
        }
    }

    pub(crate) fn bytes(&mut self, name: &str, value: &[u8]) {
        if !value.is_empty() {
            self.raw(name, &format!("\"{}\"", STANDARD.encode(value)));
        }
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.raw(name, &quoted(value));
        }
    }

    pub(crate) fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        let items = items.collect::<Vec<_>>().join(",");
        if !items.is_empty() {
            self.raw(name, &format!("[{items}]"));
        }
    }
}

/// A JSON string as Go writes it: what could be markup is escaped.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\x1f' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Base64 of a key or value.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_go_reads_it() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"abcd", &[0, 255, 16]] {
            assert_eq!(from_base64(&to_base64(bytes)).as_deref(), Ok(bytes));
        }
        assert_eq!(from_base64("YR==").as_deref(), Ok(&b"a"[..]), "what is left over is nothing");
        assert_eq!(from_base64("YW\nJj\r\n").as_deref(), Ok(&b"abc"[..]), "line ends are skipped");
        for (text, at) in
            [("YQ", 0), ("ASCEND", 4), ("Y-_=", 1), ("=", 0), ("YQ=x", 3), ("YQ=", 3), ("YQ==x", 4)]
        {
            let error = Err(format!("illegal base64 data at input byte {at}"));
            assert_eq!(from_base64(text), error, "{text}");
        }
    }
}
