//! The heads of HTTP replies, as a member writes them.

use super::line::Line;
use crate::Version;
use crate::ctl::date::date;
use crate::gateway::{Reply, reason};

/// A reply with what its head says beside the status.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) reply: Reply,
    pub(super) kind: Kind,
    /// Fields that only some replies have.
    pub(super) fields: Vec<String>,
}

/// The kinds of head that a reply can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON of known length.
    Json,
    /// The gateway's answer to an RPC.
    Rpc,
    /// An RPC's error, with a trailer.
    Failed,
    /// An RPC's stream.
    Stream,
    /// Text whose kind is guessed from what it begins with.
    Text,
    /// Text that is called so.
    PlainText,
    /// Plain text about an error.
    TextError,
    /// Of no length that is known before, and of this type.
    Chunked(&'static str),
    Nothing,
}

impl Message {
    pub(super) fn new(kind: Kind, status: u16, body: impl Into<String>) -> Message {
        Message::of(kind, Reply { status, body: body.into() })
    }

    pub(super) fn of(kind: Kind, reply: Reply) -> Message {
        Message { reply, kind, fields: Vec::new() }
    }

    pub(super) fn with(mut self, field: impl Into<String>) -> Message {
        self.fields.push(field.into());
        self
    }

    /// The head, with the empty line that ends it.
    pub(super) fn head(&self, to: &Reader<'_>) -> String {
        let is_measured = to.version.measures_errors();
        let mut fields = self.fields.clone();
        let mut add = |all: &[&str]| fields.extend(all.iter().map(|field| (*field).to_string()));
        if let Some(allowed) = to.allowed() {
            add(&["Access-Control-Allow-Headers: accept, content-type, authorization"]);
            add(&["Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE"]);
            add(&[&format!("Access-Control-Allow-Origin: {allowed}")]);
        }
        match self.kind {
            Kind::Failed if !is_measured => {
                add(&["Content-Type: application/json", "Trailer: Grpc-Trailer-Content-Type"]);
            }
            Kind::Json | Kind::Failed => add(&["Content-Type: application/json"]),
            Kind::Rpc | Kind::Stream => add(&[
                "Content-Type: application/json",
                "Grpc-Metadata-Content-Type: application/grpc",
            ]),
            Kind::PlainText => add(&["Content-Type: text/plain"]),
            Kind::TextError => {
                add(&["Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff"])
            }
            Kind::Chunked(content) => add(&[&format!("Content-Type: {content}")]),
            Kind::Text | Kind::Nothing => {}
        }
        // Go writes them in the order of their names.
        fields.sort_unstable();
        let Reply { status, body } = &self.reply;
        let mut lines = vec![format!("HTTP/1.1 {status} {}", reason(*status))];
        lines.extend(fields);
        lines.push(format!("Date: {}", date(to.now_us)));
        lines.push(match self.kind {
            Kind::Stream | Kind::Chunked(_) => "Transfer-Encoding: chunked".into(),
            Kind::Failed if !is_measured => "Transfer-Encoding: chunked".into(),
            Kind::Failed
            | Kind::Json
            | Kind::Rpc
            | Kind::Text
            | Kind::PlainText
            | Kind::TextError
            | Kind::Nothing => format!("Content-Length: {}", body.len()),
        });
        if self.kind == Kind::Text {
            lines.push("Content-Type: text/plain; charset=utf-8".into());
        }
        lines.join("\n") + "\n\n"
    }
}

/// Who reads a head, and when.
pub(super) struct Reader<'a> {
    pub(super) line: &'a Line,
    /// The origins that are let in; `None` where no page is answered.
    pub(super) cors: Option<&'a [String]>,
    pub(super) version: Version,
    pub(super) now_us: u64,
}

impl Reader<'_> {
    /// Which origin is let in: everybody where nobody is named, whether a page asks or not.
    fn allowed(&self) -> Option<&str> {
        let cors = self.cors?;
        match (cors.is_empty(), &self.line.origin) {
            (true, _) => Some("*"),
            (false, Some(origin)) => cors.iter().find(|known| *known == origin).map(String::as_str),
            (false, None) => None,
        }
    }
}
