//! Answers as JSON, with Go's names and omissions.

use crate::Version;
use crate::api::*;
use crate::json::{Writer, quoted, to_base64};

/// A JSON object, written field by field, with integers as numbers; what is zero is left out unless
/// said otherwise.
pub(super) struct Object(Writer);

impl Object {
    pub(super) fn new() -> Object {
        Object(Writer::new())
    }

    pub(super) fn raw(mut self, name: &str, json: &str) -> Object {
        self.0.raw(name, json);
        self
    }

    pub(super) fn int(self, name: &str, value: impl Into<i128>) -> Object {
        let value: i128 = value.into();
        if value == 0 { self } else { self.raw(name, &value.to_string()) }
    }

    pub(super) fn always(self, name: &str, value: impl Into<i128>) -> Object {
        let value: i128 = value.into();
        self.raw(name, &value.to_string())
    }

    pub(super) fn bytes(mut self, name: &str, value: &[u8]) -> Object {
        self.0.bytes(name, value);
        self
    }

    pub(super) fn text(mut self, name: &str, value: &str) -> Object {
        self.0.text(name, value);
        self
    }

    pub(super) fn flag(mut self, name: &str, value: bool) -> Object {
        self.0.flag(name, value);
        self
    }

    pub(super) fn list(mut self, name: &str, items: Vec<String>) -> Object {
        self.0.list(name, items.into_iter());
        self
    }

    /// The fields of a header, not in an object of their own.
    pub(super) fn header_fields(self, header: &Header) -> Object {
        self.int("cluster_id", header.cluster_id)
            .int("member_id", header.member_id)
            .int("revision", header.revision)
            .int("raft_term", header.raft_term)
    }

    pub(super) fn header(self, header: &Header) -> Object {
        let json = Object::new().header_fields(header).end();
        self.raw("header", &json)
    }

    pub(super) fn end(self) -> String {
        self.0.end()
    }
}

pub(super) fn base64(bytes: &[u8]) -> String {
    format!("\"{}\"", to_base64(bytes))
}

pub(super) fn array(items: Vec<String>) -> String {
    format!("[{}]", items.join(","))
}

pub(super) fn at(header: &Header, revision: Revision) -> Header {
    Header { revision, ..*header }
}

/// The head of an answer within a transaction: its revision alone.
pub(super) fn within(revision: Revision) -> Header {
    Header { revision, ..Header::default() }
}

pub(super) fn kv_json(kv: &KeyValue) -> String {
    Object::new()
        .bytes("key", &kv.key)
        .int("create_revision", kv.create_revision)
        .int("mod_revision", kv.mod_revision)
        .int("version", kv.version)
        .bytes("value", &kv.value)
        .int("lease", kv.lease)
        .end()
}

pub(super) fn range_json(header: &Header, range: &RangeResponse) -> String {
    Object::new()
        .header(&at(header, range.revision))
        .list("kvs", range.kvs.iter().map(kv_json).collect())
        .flag("more", range.more)
        .int("count", range.count)
        .end()
}

pub(super) fn put_json(header: &Header, put: &PutResponse) -> String {
    let object = Object::new().header(&at(header, put.revision));
    match &put.prev_kv {
        Some(kv) => object.raw("prev_kv", &kv_json(kv)).end(),
        None => object.end(),
    }
}

pub(super) fn delete_json(header: &Header, delete: &DeleteRangeResponse) -> String {
    Object::new()
        .header(&at(header, delete.revision))
        .int("deleted", delete.deleted)
        .list("prev_kvs", delete.prev_kvs.iter().map(kv_json).collect())
        .end()
}

pub(super) fn txn_json(header: &Header, txn: &TxnResponse, version: Version) -> String {
    let responses = txn.responses.iter().map(|response| {
        let none = Header::default();
        let [range, put, delete, txn] = version.names_of_responses();
        let (name, json) = match response {
            ResponseOp::Range(it) => (range, range_json(&none, it)),
            ResponseOp::Put(it) => (put, put_json(&none, it)),
            ResponseOp::DeleteRange(it) => (delete, delete_json(&none, it)),
            ResponseOp::Txn(it) => (txn, txn_json(&none, it, version)),
        };
        let inner = Object::new().raw(name, &json).end();
        Object::new().raw("Response", &inner).end()
    });
    Object::new()
        .header(&at(header, txn.revision.unwrap_or(0)))
        .flag("succeeded", txn.succeeded)
        .list("responses", responses.collect())
        .end()
}

pub(super) fn event_json(event: &Event) -> String {
    let object = Object::new();
    let object = match event.kind {
        EventKind::Put => object,
        EventKind::Delete => object.raw("type", "1"),
    };
    let object = object.raw("kv", &kv_json(&event.kv));
    match &event.prev_kv {
        Some(kv) => object.raw("prev_kv", &kv_json(kv)).end(),
        None => object.end(),
    }
}

pub(super) fn member_json(member: &Member) -> String {
    member_json_as(member, &member.id.to_string(), "clientURLs")
}

/// The same with its id in hexadecimal: etcdctl writes a name in another way then.
pub(super) fn member_json_in_hex(member: &Member) -> String {
    member_json_as(member, &format!("\"{:x}\"", member.id), "clientURLS")
}

fn member_json_as(member: &Member, id: &str, client_urls: &str) -> String {
    let texts = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
    Object::new()
        .raw("ID", id)
        .text("name", &member.name)
        .list("peerURLs", texts(&member.peer_urls))
        .list(client_urls, texts(&member.client_urls))
        .flag("isLearner", member.is_learner)
        .end()
}
