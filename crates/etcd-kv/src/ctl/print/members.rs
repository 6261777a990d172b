//! What is printed of members, their endpoints and their files.

use super::json::*;
use super::lines::*;
use super::{Format, Printed, Printer};
use crate::SnapshotStatus;
use crate::api::*;
use crate::ctl::{go, table};
use crate::json::quoted;

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
    pub(crate) fn members(&self, header: &Header, members: &[Member]) -> Printed {
        match self.format {
            Format::Simple => Ok(lines_of(&member_rows(members))),
            Format::Json if self.is_hex && self.version.writes_ids_in_hex() => {
                let head = Object::new()
                    .raw("cluster_id", &format!("\"{:x}\"", header.cluster_id))
                    .raw("member_id", &format!("\"{:x}\"", header.member_id))
                    .int("raft_term", header.raft_term);
                let members = members.iter().map(member_json_in_hex).collect();
                let whole = Object::new().raw("header", &head.end()).list("members", members);
                Ok(whole.end() + "\n")
            }
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

    pub(crate) fn alarms(&self, header: Option<&Header>, alarms: &[(u64, AlarmType)]) -> Printed {
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
                let object = Object::new();
                let object = match header.filter(|_| self.version.has_alarm_header()) {
                    Some(header) => object.header(header),
                    None => object,
                };
                Ok(object.list("alarms", alarms.iter().map(one).collect()).end() + "\n")
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
                "\"Hash\" : {hash}\n\"Revision\" : {revision}\n\"Keys\" : {total_keys}\n\"Size\" : \
                 {total_size}\n"
            )),
            Format::Table => {
                Ok(table::draw(&["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"], &[row]))
            }
            Format::Protobuf => self.unsupported(),
        }
    }
}
