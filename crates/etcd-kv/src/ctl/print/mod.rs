//! Answers as etcdctl prints them, in each of its formats.

mod json;
mod lines;

use super::{go, table};
use crate::api::*;
use crate::json::{quoted, to_base64};
use crate::{SnapshotStatus, api};
use json::*;
use lines::*;

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
}

/// A format that the answer does not have.
pub(crate) struct Unsupported(Format);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} not supported as output format", self.0.name())
    }
}

type Printed = Result<String, Unsupported>;

/// One endpoint's answer to `endpoint status`.
pub(crate) type Of<T> = (String, Header, T);

/// One endpoint's health.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    pub(crate) endpoint: String,
    pub(crate) took_us: u64,
    pub(crate) error: Option<String>,
}

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
            Format::Json => Ok(txn_json(header, txn) + "\n"),
            Format::Fields => Ok(txn_lines(header, txn)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn watch(&self, header: &Header, watch: &WatchResponse) -> Printed {
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
                let is_bare = watch.compact_revision != 0;
                let header = if is_bare { at(header, 0) } else { *header };
                let events = array(watch.events.iter().map(event_json).collect());
                Ok(Object::new()
                    .raw("Header", &Object::new().header_fields(&header).end())
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

    pub(crate) fn grant(&self, header: &Header, id: LeaseId, ttl: i64) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} granted with TTL({ttl}s)\n")),
            Format::Json => Ok(Object::new()
                .header_fields(header)
                .always("ID", id)
                .always("TTL", ttl)
                .raw("Error", "\"\"")
                .end()
                + "\n"),
            Format::Fields => {
                Ok(format!("{}\"ID\" : {id}\n\"TTL\" : {ttl}\n", header_lines(header)))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn revoke(&self, header: &Header, id: LeaseId) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} revoked\n")),
            Format::Json => Ok(Object::new().header(header).end() + "\n"),
            Format::Fields => Ok(header_lines(header)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn keep_alive(&self, header: &Header, id: LeaseId, ttl: i64) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} keepalived with TTL({ttl})\n")),
            Format::Json => {
                Ok(Object::new().header_fields(header).always("ID", id).always("TTL", ttl).end()
                    + "\n")
            }
            Format::Fields => {
                Ok(format!("{}\"ID\" : {id}\n\"TTL\" : {ttl}\n", header_lines(header)))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    /// `keys` is `None` where they were not asked for.
    pub(crate) fn time_to_live(
        &self,
        header: &Header,
        (id, ttl, granted): (LeaseId, i64, i64),
        keys: Option<&[Bytes]>,
    ) -> Printed {
        match self.format {
            Format::Simple if ttl < 0 => Ok(format!("lease {id:016x} already expired\n")),
            Format::Simple => {
                let keys = keys.map_or_else(String::new, |keys| {
                    let keys: Vec<_> =
                        keys.iter().map(|key| String::from_utf8_lossy(key)).collect();
                    format!(", attached keys([{}])", keys.join(" "))
                });
                Ok(format!(
                    "lease {id:016x} granted with TTL({granted}s), remaining({ttl}s){keys}\n"
                ))
            }
            Format::Json => {
                let keys = keys.filter(|keys| !keys.is_empty());
                let keys = keys.map_or_else(
                    || "null".into(),
                    |keys| array(keys.iter().map(|key| base64(key)).collect()),
                );
                Ok(Object::new()
                    .header_fields(header)
                    .always("id", id)
                    .always("ttl", ttl)
                    .always("granted-ttl", granted)
                    .raw("keys", &keys)
                    .end()
                    + "\n")
            }
            Format::Fields => {
                let keys = keys.unwrap_or_default().iter();
                let keys: String =
                    keys.map(|key| format!("\"Key\" : {}\n", go::quote(key))).collect();
                let head = header_lines(header);
                Ok(format!(
                    "{head}\"ID\" : {id}\n\"TTL\" : {ttl}\n\"GrantedTTL\" : {granted}\n{keys}"
                ))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn leases(&self, header: &Header, leases: &[LeaseId]) -> Printed {
        match self.format {
            Format::Simple => {
                let ids: String = leases.iter().map(|id| format!("{id:016x}\n")).collect();
                Ok(format!("found {} leases\n{ids}", leases.len()))
            }
            Format::Json => {
                let leases = leases.iter().map(|id| Object::new().always("id", *id).end());
                Ok(Object::new()
                    .header_fields(header)
                    .raw("leases", &array(leases.collect()))
                    .end()
                    + "\n")
            }
            Format::Fields => {
                let ids: String = leases.iter().map(|id| format!("\"ID\" : {id}\n")).collect();
                Ok(header_lines(header) + &ids)
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn members(&self, header: &Header, members: &[Member]) -> Printed {
        match self.format {
            Format::Simple => Ok(lines_of(&member_rows(members))),
            Format::Json => Ok(Object::new()
                .header(&at(header, 0))
                .list("members", members.iter().map(member_json).collect())
                .end()
                + "\n"),
            Format::Fields => {
                let mut out = header_lines(&at(header, 0));
                for member in members {
                    let id = member.id;
                    out += &format!(
                        "\"ID\" : {id}\n\"Name\" : {}\n",
                        go::quote(member.name.as_bytes())
                    );
                    for url in &member.peer_urls {
                        out += &format!("\"PeerURL\" : {}\n", go::quote(url.as_bytes()));
                    }
                    for url in &member.client_urls {
                        out += &format!("\"ClientURL\" : {}\n", go::quote(url.as_bytes()));
                    }
                    out += &format!("\"IsLearner\" : {}\n\n", member.is_learner);
                }
                Ok(out)
            }
            Format::Table => Ok(table::draw(
                &["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"],
                &member_rows(members),
            )),
            Format::Protobuf => self.unsupported(),
        }
    }

    /// The members after one of them was added, removed, updated or promoted; `done` is how the
    /// simple format says it.
    pub(crate) fn changed(
        &self,
        header: &Header,
        members: &[Member],
        (id, done): (u64, &str),
        added: Option<u64>,
    ) -> Printed {
        let cluster = header.cluster_id;
        match self.format {
            Format::Simple => Ok(format!("Member {id:16x} {done} cluster {cluster:16x}\n")),
            Format::Json => {
                let object = Object::new().header(&at(header, 0));
                let added = members.iter().find(|member| Some(member.id) == added);
                let object = match added {
                    Some(member) => object.raw("member", &member_json(member)),
                    None => object,
                };
                let members = members.iter().map(member_json).collect();
                Ok(object.list("members", members).end() + "\n")
            }
            Format::Fields | Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn statuses(&self, all: &[Of<StatusResponse>]) -> Printed {
        match self.format {
            Format::Simple => Ok(lines_of(&status_rows(all))),
            Format::Json => {
                let one = |(endpoint, header, status): &Of<StatusResponse>| {
                    let errors = status.errors.iter().map(|error| quoted(error)).collect();
                    let json = Object::new()
                        .header(header)
                        .text("version", &status.version)
                        .int("dbSize", status.db_size)
                        .int("leader", status.leader)
                        .int("raftIndex", status.raft_index)
                        .int("raftTerm", status.raft_term)
                        .int("raftAppliedIndex", status.raft_applied_index)
                        .list("errors", errors)
                        .int("dbSizeInUse", status.db_size_in_use)
                        .flag("isLearner", status.is_learner)
                        .end();
                    Object::new().raw("Endpoint", &quoted(endpoint)).raw("Status", &json).end()
                };
                Ok(array(all.iter().map(one).collect()) + "\n")
            }
            Format::Fields => {
                let one = |(endpoint, header, status): &Of<StatusResponse>| {
                    format!(
                        "{}\"Version\" : {}\n\"DBSize\" : {}\n\"Leader\" : {}\n\"IsLearner\" : {}\n\
                         \"RaftIndex\" : {}\n\"RaftTerm\" : {}\n\"RaftAppliedIndex\" : {}\n\
                         \"Errors\" : [{}]\n\"Endpoint\" : {}\n\n",
                        header_lines(header),
                        go::quote(status.version.as_bytes()),
                        status.db_size,
                        status.leader,
                        status.is_learner,
                        status.raft_index,
                        status.raft_term,
                        status.raft_applied_index,
                        status
                            .errors
                            .iter()
                            .map(|error| go::quote(error.as_bytes()))
                            .collect::<Vec<_>>()
                            .join(" "),
                        go::quote(endpoint.as_bytes()),
                    )
                };
                Ok(all.iter().map(one).collect())
            }
            Format::Table => Ok(table::draw(
                &[
                    "ENDPOINT",
                    "ID",
                    "VERSION",
                    "DB SIZE",
                    "IS LEADER",
                    "IS LEARNER",
                    "RAFT TERM",
                    "RAFT INDEX",
                    "RAFT APPLIED INDEX",
                    "ERRORS",
                ],
                &status_rows(all),
            )),
            Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn hashes(&self, all: &[Of<(u32, Revision)>]) -> Printed {
        let row = |(endpoint, _, (hash, _)): &Of<(u32, Revision)>| {
            vec![endpoint.clone(), hash.to_string()]
        };
        let rows: Vec<_> = all.iter().map(row).collect();
        match self.format {
            Format::Simple => Ok(lines_of(&rows)),
            Format::Json => {
                let one = |(endpoint, header, (hash, compact)): &Of<(u32, Revision)>| {
                    let json = Object::new()
                        .header(header)
                        .int("hash", *hash)
                        .int("compact_revision", *compact)
                        .end();
                    Object::new().raw("Endpoint", &quoted(endpoint)).raw("HashKV", &json).end()
                };
                Ok(array(all.iter().map(one).collect()) + "\n")
            }
            Format::Fields => {
                let one = |(endpoint, header, (hash, _)): &Of<(u32, Revision)>| {
                    let endpoint = go::quote(endpoint.as_bytes());
                    format!(
                        "{}\"Endpoint\" : {endpoint}\n\"Hash\" : {hash}\n\n",
                        header_lines(header)
                    )
                };
                Ok(all.iter().map(one).collect())
            }
            Format::Table => Ok(table::draw(&["ENDPOINT", "HASH"], &rows)),
            Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn healths(&self, all: &[Health]) -> Printed {
        let row = |health: &Health| {
            vec![
                health.endpoint.clone(),
                health.error.is_none().to_string(),
                go::duration(health.took_us),
                health.error.clone().unwrap_or_default(),
            ]
        };
        match self.format {
            Format::Simple => {
                let one = |health: &Health| match &health.error {
                    None => format!(
                        "{} is healthy: successfully committed proposal: took = {}\n",
                        health.endpoint,
                        go::duration(health.took_us)
                    ),
                    Some(error) => format!(
                        "{} is unhealthy: failed to commit proposal: {error}\n",
                        health.endpoint
                    ),
                };
                Ok(all.iter().map(one).collect())
            }
            Format::Json => {
                let one = |health: &Health| {
                    Object::new()
                        .raw("endpoint", &quoted(&health.endpoint))
                        .raw("health", &health.error.is_none().to_string())
                        .raw("took", &quoted(&go::duration(health.took_us)))
                        .text("error", health.error.as_deref().unwrap_or_default())
                        .end()
                };
                Ok(array(all.iter().map(one).collect()) + "\n")
            }
            Format::Fields => {
                let one = |health: &Health| {
                    format!(
                        "\"Endpoint\" : {}\n\"Health\" : {}\n\"Took\" : {}\n\"Error\" : {}\n\n",
                        go::quote(health.endpoint.as_bytes()),
                        health.error.is_none(),
                        go::duration(health.took_us),
                        health.error.as_deref().unwrap_or_default()
                    )
                };
                Ok(all.iter().map(one).collect())
            }
            Format::Table => Ok(table::draw(
                &["ENDPOINT", "HEALTH", "TOOK", "ERROR"],
                &all.iter().map(row).collect::<Vec<_>>(),
            )),
            Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn alarms(&self, alarms: &[(u64, AlarmType)]) -> Printed {
        let name = |alarm: AlarmType| match alarm {
            AlarmType::None => "NONE",
            AlarmType::NoSpace => "NOSPACE",
            AlarmType::Corrupt => "CORRUPT",
        };
        match self.format {
            Format::Simple => Ok(alarms
                .iter()
                .map(|(member, alarm)| format!("memberID:{member} alarm:{} \n", name(*alarm)))
                .collect()),
            Format::Json => {
                let one = |(member, alarm): &(u64, AlarmType)| {
                    let number = match alarm {
                        AlarmType::None => 0,
                        AlarmType::NoSpace => 1,
                        AlarmType::Corrupt => 2,
                    };
                    Object::new().int("memberID", *member).int("alarm", number).end()
                };
                Ok(Object::new().list("alarms", alarms.iter().map(one).collect()).end() + "\n")
            }
            // A real one ends with a crash here: the answer has no head.
            Format::Fields => {
                let one = |(member, alarm): &(u64, AlarmType)| {
                    format!("\"MemberID\" : {member}\n\"AlarmType\" : {}\n\n", name(*alarm))
                };
                Ok(alarms.iter().map(one).collect())
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn move_leader(&self, from: u64, to: u64) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("Leadership transferred from {from:x} to {to:x}\n")),
            Format::Json => Ok("{}\n".into()),
            Format::Fields | Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn snapshot(&self, status: &SnapshotStatus) -> Printed {
        let SnapshotStatus { hash, revision, total_keys, total_size } = status;
        let size = go::size(*total_size);
        let row = vec![format!("{hash:x}"), revision.to_string(), total_keys.to_string(), size];
        match self.format {
            Format::Simple => Ok(lines_of(&[row])),
            Format::Json => Ok(Object::new()
                .always("hash", *hash)
                .always("revision", *revision)
                .always("totalKey", i128::try_from(*total_keys).unwrap_or(0))
                .always("totalSize", *total_size)
                .end()
                + "\n"),
            Format::Fields => Ok(format!(
                "\"Hash\" : {hash}\n\"Revision\" : {revision}\n\"Keys\" : {total_keys}\n\"Size\" : {total_size}\n"
            )),
            Format::Table => {
                Ok(table::draw(&["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"], &[row]))
            }
            Format::Protobuf => self.unsupported(),
        }
    }
}

/// Why a watch was cancelled, in etcd's words.
pub(crate) fn cancellation(watch: &api::WatchResponse) -> String {
    if watch.compact_revision != 0 {
        crate::Error::Compacted.to_string()
    } else if watch.cancel_reason.is_empty() {
        crate::Error::FutureRev.to_string()
    } else {
        watch.cancel_reason.clone()
    }
}
