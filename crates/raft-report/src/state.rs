//! The state of a cluster at one moment, as a script looks at it.

use etcd_kv::KeyValue;
use raft_core::NodeId;
use raft_sim::{InFlight, Server, World, describe_entry};
use raft_view::words;
use serde::Serialize;

/// The cluster as a whole, with every server and every message under way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterState {
    /// Simulated time, in microseconds.
    pub time_us: u64,
    /// How many events have happened.
    pub events: u64,
    /// The leader of the highest term, if there is one.
    pub leader: Option<String>,
    /// The highest index that is known to be committed.
    pub committed: u64,
    /// How many safety properties were seen broken.
    pub violations: usize,
    /// Every server, by number.
    pub servers: Vec<ServerState>,
    /// Every message under way.
    pub messages: Vec<MessageState>,
}

/// One server.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerState {
    id: String,
    role: &'static str,
    term: u64,
    voted_for: Option<String>,
    commit_index: u64,
    applied_index: u64,
    durable_index: u64,
    log: Vec<EntryState>,
    values: Vec<ValueState>,
}

#[derive(Serialize)]
struct EntryState {
    index: u64,
    term: u64,
    text: String,
}

/// One key of a server's store, with what stands there once all that it applied is carried out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueState {
    key: String,
    value: String,
    mod_revision: i64,
}

/// One message under way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageState {
    from: String,
    to: String,
    kind: &'static str,
    term: u64,
    sent_at_us: u64,
    due_us: u64,
}

/// All of a cluster.
pub fn cluster(world: &World) -> ClusterState {
    ClusterState {
        time_us: world.now(),
        events: world.events(),
        leader: world.leader().map(|leader| leader.id().to_string()),
        committed: world.committed(),
        violations: world.violations().len(),
        servers: servers(world),
        messages: messages(world),
    }
}

/// Every server, by number.
pub fn servers(world: &World) -> Vec<ServerState> {
    world.servers().iter().map(|it| server(it, values(world, it.id()))).collect()
}

/// Every message under way, in the order in which they are due.
pub fn messages(world: &World) -> Vec<MessageState> {
    world.network().in_flight().into_iter().map(message).collect()
}

/// By key; bytes that are no UTF-8 are shown as `�`.
fn values(world: &World, id: NodeId) -> Vec<ValueState> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let keys = world.machine(id).into_iter().flat_map(|machine| machine.store().iter());
    let value = |it: KeyValue| ValueState {
        key: text(&it.key),
        value: text(&it.value),
        mod_revision: it.mod_revision,
    };
    keys.map(value).collect()
}

fn server(server: &Server, values: Vec<ValueState>) -> ServerState {
    let node = server.node();
    let position = |index| node.log().position_at(index).map_or(0, |position| position.term);
    let indices = node.log().first_index()..=node.log().last_index();
    let entry = |index| {
        let entry = node.log().get(index)?;
        Some(EntryState { index, term: position(index), text: describe_entry(entry) })
    };
    ServerState {
        id: server.id().to_string(),
        role: server.role_name(),
        term: node.term(),
        voted_for: node.vote().map(|vote| vote.to_string()),
        commit_index: node.commit_index(),
        applied_index: node.applied_index(),
        durable_index: node.durable_index(),
        log: indices.filter_map(entry).collect(),
        values,
    }
}

fn message(flight: &InFlight) -> MessageState {
    let message = &flight.message;
    MessageState {
        from: message.from.to_string(),
        to: message.to.to_string(),
        kind: words::message_name(message.kind()),
        term: message.term,
        sent_at_us: flight.sent_at,
        due_us: flight.due,
    }
}
