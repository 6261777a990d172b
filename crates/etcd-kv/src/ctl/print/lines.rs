//! Answers as lines of fields, and as the rows of tables.

use super::Of;
use super::json::{at, within};
use crate::api::*;
use crate::ctl::go;

pub(super) fn header_lines(header: &Header) -> String {
    format!(
        "\"ClusterID\" : {}\n\"MemberID\" : {}\n\"Revision\" : {}\n\"RaftTerm\" : {}\n",
        header.cluster_id, header.member_id, header.revision, header.raft_term
    )
}

pub(super) fn kv_lines(prefix: &str, kv: &KeyValue) -> String {
    format!(
        "\"{prefix}Key\" : {}\n\"{prefix}CreateRevision\" : {}\n\"{prefix}ModRevision\" : {}\n\
         \"{prefix}Version\" : {}\n\"{prefix}Value\" : {}\n\"{prefix}Lease\" : {}\n",
        go::quote(&kv.key),
        kv.create_revision,
        kv.mod_revision,
        kv.version,
        go::quote(&kv.value),
        kv.lease
    )
}

pub(super) fn range_lines(header: &Header, range: &RangeResponse) -> String {
    let kvs: String = range.kvs.iter().map(|kv| kv_lines("", kv)).collect();
    let head = header_lines(&at(header, range.revision));
    format!("{head}{kvs}\"More\" : {}\n\"Count\" : {}\n", range.more, range.count)
}

pub(super) fn put_lines(header: &Header, put: &PutResponse) -> String {
    let prev = put.prev_kv.as_ref().map_or_else(String::new, |kv| kv_lines("Prev", kv));
    header_lines(&at(header, put.revision)) + &prev
}

pub(super) fn delete_lines(header: &Header, delete: &DeleteRangeResponse) -> String {
    let prev: String = delete.prev_kvs.iter().map(|kv| kv_lines("Prev", kv)).collect();
    let head = header_lines(&at(header, delete.revision));
    format!("{head}\"Deleted\" : {}\n{prev}", delete.deleted)
}

pub(super) fn txn_lines(header: &Header, txn: &TxnResponse) -> String {
    let head = header_lines(&at(header, txn.revision.unwrap_or(0)));
    let mut out = format!("{head}\"Succeeded\" : {}\n", txn.succeeded);
    let none = Header::default();
    for response in &txn.responses {
        out += &match response {
            ResponseOp::Range(range) => range_lines(&none, range),
            ResponseOp::Put(put) => put_lines(&none, put),
            ResponseOp::DeleteRange(delete) => delete_lines(&none, delete),
            ResponseOp::Txn(txn) => txn_lines(&within(0), txn),
        };
    }
    out
}

pub(super) fn member_rows(members: &[Member]) -> Vec<Vec<String>> {
    let row = |member: &Member| {
        let status = if member.name.is_empty() { "unstarted" } else { "started" };
        vec![
            format!("{:x}", member.id),
            status.into(),
            member.name.clone(),
            member.peer_urls.join(","),
            member.client_urls.join(","),
            member.is_learner.to_string(),
        ]
    };
    members.iter().map(row).collect()
}

pub(super) fn lines_of(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(", ") + "\n").collect()
}

pub(super) fn status_rows(all: &[Of<StatusResponse>]) -> Vec<Vec<String>> {
    let row = |(endpoint, header, status): &Of<StatusResponse>| {
        vec![
            endpoint.clone(),
            format!("{:x}", header.member_id),
            status.version.clone(),
            go::size(status.db_size.max(0).unsigned_abs()),
            (status.leader == header.member_id).to_string(),
            status.is_learner.to_string(),
            status.raft_term.to_string(),
            status.raft_index.to_string(),
            status.raft_applied_index.to_string(),
            status.errors.join(", "),
        ]
    };
    all.iter().map(row).collect()
}
