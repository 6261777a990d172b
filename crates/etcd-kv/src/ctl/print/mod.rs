//! Answers as etcdctl prints them, in each of its formats: those about keys here, others beside.

mod access;
mod json;
mod leases;
mod lines;
mod members;

use super::go;
use crate::Version;
use crate::api::*;
pub(crate) use access::Done;
use json::*;
use lines::*;
pub(crate) use members::{Health, Of};

/// What `--write-out` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Simple,
    Json,
    Fields,
    Table,
    Protobuf,
}

impl Format {
    pub(crate) fn of(name: &str) -> Option<Format> {
        Some(match name {
            "simple" => Format::Simple,
            "json" => Format::Json,
            "fields" => Format::Fields,
            "table" => Format::Table,
            "protobuf" => Format::Protobuf,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Format::Simple => "simple",
            Format::Json => "json",
            Format::Fields => "fields",
            Format::Table => "table",
            Format::Protobuf => "protobuf",
        }
    }
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Printer {
    pub(crate) format: Format,
    pub(crate) is_hex: bool,
    /// `--print-value-only`.
    pub(crate) values_only: bool,
    /// `--count-only`.
    pub(crate) counts_only: bool,
    pub(crate) version: Version,
}

/// A format that the answer does not have.
pub(crate) struct Unsupported(Format);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} not supported as output format", self.0.name())
    }
}

type Printed = Result<String, Unsupported>;

impl Printer {
    fn unsupported(&self) -> Printed {
        Err(Unsupported(self.format))
    }

    /// A key or value of the simple format.
    fn show(&self, bytes: &[u8]) -> String {
        if self.is_hex { go::hex(bytes) } else { String::from_utf8_lossy(bytes).into() }
    }

    fn pair(&self, kv: &KeyValue) -> String {
        let value = self.show(&kv.value);
        if self.values_only { value + "\n" } else { format!("{}\n{value}\n", self.show(&kv.key)) }
    }

    fn range_simple(&self, range: &RangeResponse) -> String {
        range.kvs.iter().map(|kv| self.pair(kv)).collect()
    }

    fn put_simple(&self, put: &PutResponse) -> String {
        let prev = put.prev_kv.as_ref().map_or_else(String::new, |kv| self.pair(kv));
        format!("OK\n{prev}")
    }

    fn delete_simple(&self, delete: &DeleteRangeResponse) -> String {
        let prev: String = delete.prev_kvs.iter().map(|kv| self.pair(kv)).collect();
        format!("{}\n{prev}", delete.deleted)
    }

    fn txn_simple(&self, txn: &TxnResponse) -> String {
        let mut out = String::from(if txn.succeeded { "SUCCESS\n" } else { "FAILURE\n" });
        for response in &txn.responses {
            out.push('\n');
            out += &match response {
                ResponseOp::Range(range) => self.range_simple(range),
                ResponseOp::Put(put) => self.put_simple(put),
                ResponseOp::DeleteRange(delete) => self.delete_simple(delete),
                ResponseOp::Txn(txn) => self.txn_simple(txn),
            };
        }
        out
    }

    pub(crate) fn range(&self, header: &Header, range: &RangeResponse) -> Printed {
        match self.format {
            Format::Simple => Ok(self.range_simple(range)),
            Format::Json => Ok(range_json(header, range) + "\n"),
            Format::Fields => Ok(range_lines(header, range)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn put(&self, header: &Header, put: &PutResponse) -> Printed {
        match self.format {
            Format::Simple => Ok(self.put_simple(put)),
            Format::Json => Ok(put_json(header, put) + "\n"),
            Format::Fields => Ok(put_lines(header, put)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn delete(&self, header: &Header, delete: &DeleteRangeResponse) -> Printed {
        match self.format {
            Format::Simple => Ok(self.delete_simple(delete)),
            Format::Json => Ok(delete_json(header, delete) + "\n"),
            Format::Fields => Ok(delete_lines(header, delete)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn txn(&self, header: &Header, txn: &TxnResponse) -> Printed {
        match self.format {
            Format::Simple => Ok(self.txn_simple(txn)),
            Format::Json => Ok(txn_json(header, txn, self.version) + "\n"),
            Format::Fields => Ok(txn_lines(header, txn)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn watch(&self, header: &Header, watch: &WatchResponse) -> Printed {
        // What ends because of a compaction is of no revision.
        let is_bare = watch.compact_revision != 0;
        let header = &if is_bare { at(header, 0) } else { *header };
        // One that was refused has never been one: the client makes up what it is told.
        let is_refused = watch.created && watch.canceled;
        let nothing = WatchResponse { canceled: true, ..WatchResponse::default() };
        let (header, watch) =
            if is_refused { (&Header::default(), &nothing) } else { (header, watch) };
        match self.format {
            Format::Simple => {
                let event = |event: &Event| {
                    let kind = match event.kind {
                        EventKind::Put => "PUT\n",
                        EventKind::Delete => "DELETE\n",
                    };
                    let prev = event.prev_kv.as_ref().map_or_else(String::new, |kv| self.pair(kv));
                    format!("{kind}{prev}{}", self.pair(&event.kv))
                };
                Ok(watch.events.iter().map(event).collect())
            }
            Format::Json => {
                let events = match header.member_id {
                    0 => "null".into(),
                    _ => array(watch.events.iter().map(event_json).collect()),
                };
                Ok(Object::new()
                    .raw("Header", &Object::new().header_fields(header).end())
                    .raw("Events", &events)
                    .always("CompactRevision", watch.compact_revision)
                    .raw("Canceled", &watch.canceled.to_string())
                    .raw("Created", &watch.created.to_string())
                    .end()
                    + "\n")
            }
            Format::Fields => {
                let event = |event: &Event| {
                    let kind = match event.kind {
                        EventKind::Put => "PUT",
                        EventKind::Delete => "DELETE",
                    };
                    let prev =
                        event.prev_kv.as_ref().map_or_else(String::new, |kv| kv_lines("Prev", kv));
                    format!("\"Type\" : {kind}\n{prev}{}", kv_lines("", &event.kv))
                };
                let events: String = watch.events.iter().map(event).collect();
                Ok(header_lines(header) + &events)
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }
}

/// Why a watch was cancelled, in etcd's words.
pub(crate) fn cancellation(watch: &WatchResponse) -> String {
    if watch.compact_revision != 0 {
        crate::Error::Compacted.to_string()
    } else if watch.cancel_reason.is_empty() {
        crate::Error::FutureRev.to_string()
    } else {
        watch.cancel_reason.clone()
    }
}
