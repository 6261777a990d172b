//! The log table: a row a server, aligned on index.

use raft_core::{Index, NodeId, Role};
use raft_sim::{Server, World, describe_entry};

/// How an entry stands on one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The server knows it to be committed.
    Committed,
    /// It is stored and not known to be committed.
    Pending,
    /// It is not even durable yet.
    Unsynced,
    /// Another entry is committed at this index: this one will be replaced.
    Diverged,
}

impl Standing {
    /// The name of its style.
    pub fn class(self) -> &'static str {
        match self {
            Standing::Committed => "committed",
            Standing::Pending => "pending",
            Standing::Unsynced => "pending unsynced",
            Standing::Diverged => "pending diverged",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        crate::lang::look_up(match self {
            Standing::Committed => key!("committed"),
            Standing::Pending => key!("not committed"),
            Standing::Unsynced => key!("not yet durable"),
            Standing::Diverged => key!("conflicts with a committed entry"),
        })
    }
}

/// One entry of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its index.
    pub index: Index,
    /// Its term.
    pub term: u64,
    /// What it holds, in a few characters.
    pub text: String,
    /// How it stands.
    pub standing: Standing,
    /// It is the entry of the request that is followed.
    pub followed: bool,
}

/// One server's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The server.
    pub id: NodeId,
    /// How the server looks, as a style.
    pub look: &'static str,
    /// Its term.
    pub term: u64,
    /// The cells of the columns shown, as far as the log goes.
    pub cells: Vec<Cell>,
    /// The last index that its snapshot covers and its log has dropped; 0 for none.
    pub dropped: Index,
    /// What the leader knows to match, if there is a leader and it is another server.
    pub match_index: Option<Index>,
    /// What the leader sends next.
    pub next_index: Option<Index>,
}

impl Default for Row {
    fn default() -> Row {
        Row {
            id: NodeId(0),
            look: "",
            term: 0,
            cells: Vec::new(),
            dropped: 0,
            match_index: None,
            next_index: None,
        }
    }
}

/// The columns that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first index.
    pub first: Index,
    /// How many columns.
    pub columns: u64,
}

impl Window {
    /// The window that shows the end of the longest log.
    pub fn at_end(world: &World, columns: u64) -> Window {
        Window { first: (longest(world) + 2).saturating_sub(columns).max(1), columns }
    }
}

/// The last index of the longest log.
pub fn longest(world: &World) -> Index {
    world.servers().iter().map(|server| server.node().log().last_index()).max().unwrap_or(0)
}

/// Every server's row.
pub fn rows(world: &World, window: Window) -> Vec<Row> {
    let leader = world.leader();
    world.servers().iter().map(|server| row(world, leader, server, window)).collect()
}

fn row(world: &World, leader: Option<&Server>, server: &Server, window: Window) -> Row {
    let node = server.node();
    let last = window.first + window.columns - 1;
    let cells = node.log().range(window.first, last).map(|entry| Cell {
        index: entry.index,
        term: entry.term,
        text: describe_entry(entry),
        standing: standing(world, server, entry.index),
        followed: false,
    });
    let progress = leader.filter(|leader| leader.id() != server.id()).and_then(|leader| {
        let Role::Leader(state) = leader.node().role() else { return None };
        state.progress().iter().find(|(id, _)| *id == server.id()).map(|(_, progress)| progress)
    });
    Row {
        id: server.id(),
        look: crate::stage::Look::of(server).class(),
        term: node.term(),
        cells: cells.collect(),
        dropped: node.log().base().index,
        match_index: progress.map(|progress| progress.match_index),
        next_index: progress.map(|progress| progress.next_index),
    }
}

/// How the entry at an index stands on a server.
pub fn standing(world: &World, server: &Server, index: Index) -> Standing {
    let node = server.node();
    let entry = node.log().get(index);
    let other_committed =
        world.committed_entry(index).is_some_and(|c| entry.is_some_and(|e| c != e));
    if other_committed {
        Standing::Diverged
    } else if index <= node.commit_index() {
        Standing::Committed
    } else if index > node.durable_index() {
        Standing::Unsynced
    } else {
        Standing::Pending
    }
}
