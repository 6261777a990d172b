//! The properties by name.

use std::fmt;

/// Something that must always be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u8)]
pub enum Property {
    /// "At most one leader can be elected in a given term" (Figure 3, §5.2).
    ElectionSafety,
    /// "A leader never overwrites or deletes entries in its log; it only appends new entries"
    /// (Figure 3, §5.3).
    LeaderAppendOnly,
    /// "If two logs contain an entry with the same index and term, then the logs are identical in
    /// all entries up through the given index" (Figure 3, §5.3).
    LogMatching,
    /// "If a log entry is committed in a given term, then that entry will be present in the logs of
    /// the leaders for all higher-numbered terms" (Figure 3, §5.4).
    LeaderCompleteness,
    /// "If a server has applied a log entry at a given index to its state machine, no other server
    /// will ever apply a different log entry for the same index" (Figure 3, §5.4.3).
    StateMachineSafety,
    /// A committed entry is stored by a majority.
    CommittedOnQuorum,
    /// What is committed at an index never changes.
    CommittedImmutable,
    /// Term, commit index and applied index never go back while a server runs.
    MonotonicState,
    /// What a server has acknowledged survives its crash.
    Durability,
    /// Any two quorums that decide share a server.
    QuorumOverlap,
    /// Clients see one copy of the data.
    Linearizability,
    /// A working leader is not deposed by a server that cannot win.
    LeaderStability,
    /// A healed cluster makes progress.
    Progress,
}

impl Property {
    /// Every property that scenario text can name.
    pub const ALL: [Property; 13] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::CommittedOnQuorum,
        Property::CommittedImmutable,
        Property::MonotonicState,
        Property::Durability,
        Property::QuorumOverlap,
        Property::Linearizability,
        Property::LeaderStability,
        Property::Progress,
    ];

    /// What must hold at every event: the five of the paper's Figure 3, and what openraft's
    /// simulator holds against its servers.
    pub const SAFETY: [Property; 10] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::CommittedOnQuorum,
        Property::CommittedImmutable,
        Property::MonotonicState,
        Property::Durability,
        Property::QuorumOverlap,
    ];

    /// The five of the paper's Figure 3, which the checker watches at every event.
    pub const FIGURE_3: [Property; 5] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
    ];

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Property::ElectionSafety => "election-safety",
            Property::LeaderAppendOnly => "leader-append-only",
            Property::LogMatching => "log-matching",
            Property::LeaderCompleteness => "leader-completeness",
            Property::StateMachineSafety => "state-machine-safety",
            Property::CommittedOnQuorum => "committed-on-quorum",
            Property::CommittedImmutable => "committed-immutable",
            Property::MonotonicState => "monotonic-state",
            Property::Durability => "durability",
            Property::QuorumOverlap => "quorum-overlap",
            Property::Linearizability => "linearizability",
            Property::LeaderStability => "leader-stability",
            Property::Progress => "progress",
        }
    }

    /// The property of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Property> {
        Property::ALL.into_iter().find(|property| property.name() == name)
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
