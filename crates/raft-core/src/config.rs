//! What one server is told about itself and its cluster before it starts.

use crate::rules::RuleSet;
use crate::types::{Micros, NodeId};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A server's settings. Any of them may differ between servers, and all but `id` may be changed
/// while the server runs, with [`crate::Node::configure`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// This server's name.
    pub id: NodeId,
    /// The voting members, in ascending order, this server among them.
    pub voters: Arc<[NodeId]>,
    /// The range from which each election timeout is drawn, both ends included (§5.2; the paper
    /// suggests 150–300 ms).
    pub election_timeout: RangeInclusive<Micros>,
    /// How often a leader sends heartbeats. Must be well below the election timeout (§5.6).
    pub heartbeat: Micros,
    /// The most entries that one AppendEntries carries; at least 1.
    pub max_entries_per_append: usize,
    /// The most AppendEntries that a leader has under way to one follower; at least 1.
    pub max_inflight_appends: usize,
    /// Which of Raft's rules hold.
    pub rules: RuleSet,
}

impl Config {
    /// The paper's timeouts, every rule in force.
    pub fn new(id: NodeId, voters: impl Into<Arc<[NodeId]>>) -> Config {
        Config {
            id,
            voters: voters.into(),
            election_timeout: 150_000..=300_000,
            heartbeat: 50_000,
            max_entries_per_append: 512,
            max_inflight_appends: 256,
            rules: RuleSet::default(),
        }
    }
}
