//! The fields of a request, read as Go's JSON reader reads them.

use crate::json::{Json, from_base64, quoted};

/// The fields of an object, by their name in either spelling: `range_end` or `rangeEnd`.
pub(super) struct Fields<'a>(&'a [(String, Json)]);

impl<'a> Fields<'a> {
    pub(super) fn of(json: &'a Json) -> Result<Fields<'a>, String> {
        match json {
            Json::Object(fields) => Ok(Fields(fields)),
            Json::Null => Ok(Fields(&[])),
            Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                let kind = json.kind();
                Err(format!(
                    "json: cannot unmarshal {kind} into Go value of type map[string]json.RawMessage"
                ))
            }
        }
    }

    /// The last field of this name that is not null.
    fn get(&self, name: &str) -> Option<&'a Json> {
        let is_it = |found: &str| {
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
            found == name || found == camel
        };
        let found = self.0.iter().rev().find(|(found, _)| is_it(found)).map(|(_, json)| json);
        found.filter(|json| **json != Json::Null)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::String(text)) => from_base64(text),
            Some(other) => Err(mismatch(other, "[]uint8")),
        }
    }

    fn whole<T: std::str::FromStr>(&self, name: &str, none: T, kind: &str) -> Result<T, String> {
        match self.get(name) {
            None => Ok(none),
            Some(Json::Number(digits) | Json::String(digits)) => {
                digits.parse().map_err(|_| match Json::parse(digits.as_bytes()) {
                    Ok(Json::Number(_)) => {
                        format!(
                            "json: cannot unmarshal number {digits} into Go value of type {kind}"
                        )
                    }
                    Ok(other) => mismatch(&other, kind),
                    Err(error) => error,
                })
            }
            Some(other) => Err(mismatch(other, kind)),
        }
    }

    pub(super) fn int(&self, name: &str) -> Result<i64, String> {
        self.whole(name, 0, "int64")
    }

    pub(super) fn unsigned(&self, name: &str) -> Result<u64, String> {
        self.whole(name, 0, "uint64")
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(*value),
            Some(other) => Err(mismatch(other, "bool")),
        }
    }

    /// An enum's number, given as name or number.
    pub(super) fn number_of(&self, name: &str, names: &[&str]) -> Result<i32, String> {
        match self.get(name) {
            Some(Json::String(text)) => {
                let at = names.iter().position(|known| known == text);
                let at = at.and_then(|at| i32::try_from(at).ok());
                at.ok_or_else(|| format!("unknown value {} for enum {name}", quoted(text)))
            }
            _ => self.whole(name, 0, "int32"),
        }
    }

    pub(super) fn object(&self, name: &str) -> Result<Fields<'a>, String> {
        self.get(name).map_or(Ok(Fields(&[])), Fields::of)
    }

    fn array(&self, name: &str) -> Result<&'a [Json], String> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Json::Array(values)) => Ok(values),
            Some(other) => Err(mismatch(other, "[]json.RawMessage")),
        }
    }

    pub(super) fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, String> {
        self.array(name)?.iter().map(Fields::of).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let texts = self.array(name)?.iter().map(|value| match value {
            Json::String(text) => Ok(text.clone()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                Err(mismatch(value, "string"))
            }
        });
        texts.collect()
    }

    pub(super) fn names(&self, name: &str) -> Result<Vec<String>, String> {
        let names = self.array(name)?.iter().map(|value| match value {
            Json::String(text) | Json::Number(text) => Ok(text.clone()),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
                Err(mismatch(value, "int32"))
            }
        });
        names.collect()
    }
}

fn mismatch(found: &Json, wanted: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {wanted}", found.kind())
}
