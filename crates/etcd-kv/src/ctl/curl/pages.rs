//! What a member tells over plain HTTP beside its gateway and its health: to clients, and at the
//! port of its peers (`etcdhttp`, `rafthttp`).

use super::head::{Kind, Message};
use crate::api::{Call, Header, Member, Response, StatusResponse};
use crate::console::Environment;
use crate::ctl::date;
use crate::json::{Writer, quoted};

/// A page, which a member that lives tells.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// The same at all times.
    Fixed(Message),
    /// The same, and to which cluster it belongs.
    OfCluster(Message),
    /// What is measured.
    Metrics,
    /// What its process says of itself.
    Variables,
    /// The members, as their peers tell them.
    Members,
}

pub(super) fn wrong_method(allowed: Option<&str>) -> Message {
    let message = Message::new(Kind::TextError, 405, "Method Not Allowed\n");
    match allowed {
        Some(allowed) => message.with(format!("Allow: {allowed}")),
        None => message,
    }
}

fn version(env: &Environment) -> Message {
    let (server, cluster) = (env.version.release(), env.version.of_cluster());
    let body = format!("{{\"etcdserver\":\"{server}\",\"etcdcluster\":\"{cluster}\"}}");
    Message::new(Kind::Json, 200, body)
}

/// The page that a client finds at this path, if it is none of the gateway's.
pub(super) fn of_client(env: &Environment, method: &str, path: &str) -> Option<Page> {
    let path = path.split('?').next().unwrap_or(path);
    Some(match (method, path) {
        ("OPTIONS", _) => Page::Fixed(Message::new(Kind::Nothing, 200, "")),
        ("GET", "/version") => Page::Fixed(version(env)),
        ("GET", "/debug/vars") => Page::Variables,
        (_, "/metrics") => Page::Metrics,
        _ => return None,
    })
}

/// The page that a peer finds at this path.
pub(super) fn of_peer(env: &Environment, method: &str, path: &str) -> Page {
    let path = path.split('?').next().unwrap_or(path);
    let error = |status, body: &str| Message::new(Kind::TextError, status, body);
    match (method, path) {
        ("GET", "/version") => Page::Fixed(version(env)),
        ("GET", "/members") => Page::Members,
        (_, "/version" | "/members") => Page::Fixed(wrong_method(Some("GET"))),
        ("POST", "/raft") => Page::OfCluster(error(412, "incompatible version\n")),
        (_, "/raft") => Page::Fixed(wrong_method(Some("POST"))),
        (_, "/raft/probing") => {
            let now = date::time(env.now_us);
            let body = format!("{{\"OK\":true,\"Now\":\"{now}\"}}\n");
            Page::Fixed(Message::new(Kind::Text, 200, body))
        }
        ("GET", path) if path.starts_with("/raft/stream/") => Page::OfCluster(
            error(412, "incompatible version\n")
                .with(format!("X-Server-Version: {}", env.version.release())),
        ),
        ("POST", "/leases" | "/leases/internal") => {
            Page::Fixed(error(400, "error unmarshalling request\n"))
        }
        (_, "/leases" | "/leases/internal") => Page::Fixed(wrong_method(None)),
        ("GET", "/downgrade/enabled") if env.version.has_downgrades() => {
            Page::OfCluster(Message::new(Kind::PlainText, 200, "false"))
        }
        _ => Page::Fixed(error(404, "404 page not found\n")),
    }
}

impl Page {
    /// What the member is asked.
    pub(super) fn call(&self) -> Call {
        match self {
            Page::Members => Call::MemberList { linearizable: false },
            Page::Fixed(_) | Page::OfCluster(_) | Page::Metrics | Page::Variables => Call::Status,
        }
    }

    /// What is told where the member has answered.
    pub(super) fn told(&self, env: &Environment, header: &Header, answer: &Response) -> Message {
        let cluster = format!("X-Etcd-Cluster-Id: {:x}", header.cluster_id);
        match (self, answer) {
            (Page::Metrics, Response::Status(status)) => {
                let kind = Kind::Chunked("text/plain; version=0.0.4; charset=utf-8");
                Message::new(kind, 200, metrics(env, header, status))
            }
            (Page::Variables, Response::Status(status)) => {
                let kind = Kind::Chunked("application/json; charset=utf-8");
                Message::new(kind, 200, variables(header, status))
            }
            (Page::Members, Response::Members { members, .. }) => {
                let members: Vec<String> = members.iter().map(member).collect();
                let body = format!("[{}]\n", members.join(","));
                Message::new(Kind::Json, 200, body).with(cluster)
            }
            (Page::OfCluster(message), _) => message.clone().with(cluster),
            (Page::Fixed(message), _) => message.clone(),
            (Page::Metrics | Page::Variables | Page::Members, _) => {
                Message::new(Kind::Nothing, 500, "")
            }
        }
    }
}

/// A member as peers write it: its id is a number there.
fn member(member: &Member) -> String {
    let urls = |all: &[String]| all.iter().map(|url| quoted(url)).collect::<Vec<_>>().into_iter();
    Writer::object(|w| {
        w.raw("id", &member.id.to_string());
        w.list("peerURLs", urls(&member.peer_urls));
        w.flag("isLearner", member.is_learner);
        w.text("name", &member.name);
        w.list("clientURLs", urls(&member.client_urls));
    })
}

/// What its process says of itself, as far as there is one.
fn variables(header: &Header, status: &StatusResponse) -> String {
    let raft = Writer::object(|w| {
        w.raw("id", &format!("\"{:x}\"", header.member_id));
        w.raw("term", &status.raft_term.to_string());
        w.raw("commit", &status.raft_index.to_string());
        w.raw("lead", &format!("\"{:x}\"", status.leader));
        w.raw("applied", &status.raft_applied_index.to_string());
    });
    format!("{{\n\"cmdline\": [\"etcd\"],\n\"raft.status\": {raft}\n}}\n")
}

/// Of what a real member measures, what its status tells, in the names, words and order of a real
/// one (etcd 3.5.1, `/metrics`).
fn metrics(env: &Environment, header: &Header, status: &StatusResponse) -> String {
    let is = |it: bool| number(it.into());
    let size = |bytes: i64| number(bytes.unsigned_abs());
    let cluster = env.version.name();
    let release = env.version.release();
    let all = [
        (
            "etcd_cluster_version",
            "Which version is running. 1 for 'cluster_version' label with current cluster version",
            format!("{{cluster_version=\"{cluster}\"}} 1"),
        ),
        (
            "etcd_debugging_mvcc_current_revision",
            "The current revision of store.",
            size(header.revision),
        ),
        (
            "etcd_mvcc_db_total_size_in_bytes",
            "Total size of the underlying database physically allocated in bytes.",
            size(status.db_size),
        ),
        (
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "Total size of the underlying database logically in use in bytes.",
            size(status.db_size_in_use),
        ),
        (
            "etcd_server_has_leader",
            "Whether or not a leader exists. 1 is existence, 0 is not.",
            is(status.leader != 0),
        ),
        (
            "etcd_server_id",
            "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
            format!("{{server_id=\"{:x}\"}} 1", header.member_id),
        ),
        (
            "etcd_server_is_leader",
            "Whether or not this member is a leader. 1 if is, 0 otherwise.",
            is(status.leader == header.member_id),
        ),
        (
            "etcd_server_is_learner",
            "Whether or not this member is a learner. 1 if is, 0 otherwise.",
            is(status.is_learner),
        ),
        (
            "etcd_server_proposals_applied_total",
            "The total number of consensus proposals applied.",
            number(status.raft_applied_index),
        ),
        (
            "etcd_server_proposals_committed_total",
            "The total number of consensus proposals committed.",
            number(status.raft_index),
        ),
        (
            "etcd_server_version",
            "Which version is running. 1 for 'server_version' label with current version.",
            format!("{{server_version=\"{release}\"}} 1"),
        ),
    ];
    let line = |(name, help, value): &(&str, &str, String)| {
        format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name}{value}\n")
    };
    all.iter().map(line).collect()
}

/// A number as Prometheus writes it (Go's `%g`): with an exponent from a million on.
fn number(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() <= 6 {
        return format!(" {digits}");
    }
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!(" {first}{point}{rest}e+{:02}", digits.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_as_prometheus_writes_them() {
        let all = [
            (0, " 0"),
            (28_672, " 28672"),
            (999_999, " 999999"),
            (1_000_000, " 1e+06"),
            (1_048_576, " 1.048576e+06"),
            (2_147_483_648, " 2.147483648e+09"),
        ];
        for (it, written) in all {
            assert_eq!(number(it), written);
        }
    }
}
