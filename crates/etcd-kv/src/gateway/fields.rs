//! The fields of a request, read as Go's JSON reader reads them.

use crate::Version;
use crate::json::{Json, from_base64};

/// The fields of an object, by their name in either spelling: `range_end` or `rangeEnd`.
pub(super) struct Fields<'a> {
    all: &'a [(String, Json)],
    /// Whose sentences are said.
    version: Version,
}

impl<'a> Fields<'a> {
    pub(super) fn of(json: &'a Json, version: Version) -> Result<Fields<'a>, String> {
        match json {
            Json::Object(all) => Ok(Fields { all, version }),
            Json::Null => Ok(Fields { all: &[], version }),
            Json::Bool(_) | Json::Number(_) | Json::String(..) | Json::Array(_) => {
                let kind = json.kind();
                Err(format!(
                    "json: cannot unmarshal {kind} into Go value of type map[string]json.RawMessage"
                ))
            }
        }
    }

    /// The last field of this name, if it is not null. Where both spellings are there, JSON's own
    /// counts.
    fn get(&self, name: &str) -> Option<&'a Json> {
        let mut camel = String::new();
        for part in name.split('_') {
            let mut letters = part.chars();
            match (camel.is_empty(), letters.next()) {
                (false, Some(first)) => camel.extend(first.to_uppercase()),
                (true, Some(first)) => camel.push(first),
                (_, None) => {}
            }
            camel.extend(letters);
        }
        let last = |name: &str| self.all.iter().rev().find(|(found, _)| found == name);
        let found = last(&camel).or_else(|| last(name)).map(|(_, json)| json);
        found.filter(|json| **json != Json::Null)
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::String(text, _)) => from_base64(text),
            Some(Json::Array(bytes)) => bytes.iter().map(byte).collect(),
            Some(other) => Err(mismatch(other, "[]uint8")),
        }
    }

    fn whole<T: std::str::FromStr>(&self, name: &str, none: T, kind: &str) -> Result<T, String> {
        match self.get(name) {
            None => Ok(none),
            Some(json) => whole(json, none, kind),
        }
    }

    pub(super) fn int(&self, name: &str) -> Result<i64, String> {
        self.whole(name, 0, "int64")
    }

    pub(super) fn unsigned(&self, name: &str) -> Result<u64, String> {
        self.whole(name, 0, "uint64")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(*value),
            Some(other) => Err(mismatch(other, "bool")),
        }
    }

    /// An enum's number, given as name or number. `of` names the enum.
    pub(super) fn number_of(&self, name: &str, of: &str, names: &[&str]) -> Result<i32, String> {
        self.get(name).map_or(Ok(0), |json| self.enumerated(json, of, names))
    }

    /// Those of a list.
    pub(super) fn numbers_of(
        &self,
        name: &str,
        of: &str,
        names: &[&str],
    ) -> Result<Vec<i32>, String> {
        self.array(name)?.iter().map(|json| self.enumerated(json, of, names)).collect()
    }

    fn enumerated(&self, json: &Json, of: &str, names: &[&str]) -> Result<i32, String> {
        let at = |text: &str| {
            let at = names.iter().position(|known| *known == text);
            at.and_then(|at| i32::try_from(at).ok())
        };
        if let Json::String(text, _) = json {
            return at(text).ok_or_else(|| {
                let words = self.version.enum_words(of, text);
                format!("unknown value {} for enum {}", words.word, words.type_name)
            });
        }
        whole(json, 0, &self.version.enum_words(of, "").wanted)
    }

    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        match self.get(name) {
            None => Ok(String::new()),
            Some(Json::String(text, _)) => Ok(text.clone()),
            Some(other) => Err(mismatch(other, "string")),
        }
    }

    /// The message in a field, if it has one.
    pub(super) fn part(&self, name: &str) -> Result<Option<Fields<'a>>, String> {
        self.get(name).map(|json| Fields::of(json, self.version)).transpose()
    }

    /// The same, or one of which nothing is said.
    pub(super) fn object(&self, name: &str) -> Result<Fields<'a>, String> {
        let nothing = Fields { all: &[], version: self.version };
        Ok(self.part(name)?.unwrap_or(nothing))
    }

    fn array(&self, name: &str) -> Result<&'a [Json], String> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Json::Array(values)) => Ok(values),
            Some(other) => Err(mismatch(other, "[]json.RawMessage")),
        }
    }

    pub(super) fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, String> {
        self.array(name)?.iter().map(|json| Fields::of(json, self.version)).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let texts = self.array(name)?.iter().map(|value| match value {
            Json::String(text, _) => Ok(text.clone()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                Err(mismatch(value, "string"))
            }
        });
        texts.collect()
    }
}

/// A whole number, as it stands there or in a string: what is in one is read as JSON of its own,
/// and `null` there leaves it as it was.
fn whole<T: std::str::FromStr>(json: &Json, none: T, kind: &str) -> Result<T, String> {
    let inner;
    let mut json = json;
    if let Json::String(said, written) = json {
        inner = Json::parse_alone(written.as_ref().unwrap_or(said).as_bytes())?;
        if inner == Json::Null {
            return Ok(none);
        }
        json = &inner;
    }
    let Json::Number(digits) = json else { return Err(mismatch(json, kind)) };
    digits.parse().map_err(|_| too_far(digits, kind))
}

/// A number that is none of that kind.
fn too_far(digits: &str, kind: &str) -> String {
    format!("json: cannot unmarshal number {digits} into Go value of type {kind}")
}

/// One byte of a list, which Go takes for bytes too.
fn byte(json: &Json) -> Result<u8, String> {
    if *json == Json::Null {
        return Ok(0);
    }
    let Json::Number(digits) = json else { return Err(mismatch(json, "uint8")) };
    digits.parse().map_err(|_| too_far(digits, "uint8"))
}

fn mismatch(found: &Json, wanted: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {wanted}", found.kind())
}
