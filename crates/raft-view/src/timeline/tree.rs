//! The branches as a tree: the present one is the track itself, and each other leaves it, or
//! another, at the moment at which they part.

use super::Window;
use raft_core::{Micros, sort_few};
use raft_sim::{BranchId, Session};

/// The most rows of other branches that are drawn; further branches share the last.
pub const ROWS: usize = 4;

/// One branch to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BranchView {
    /// Which.
    pub id: usize,
    /// Where it leaves the track or another branch, 0 to 1 if that is in the window.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// The row it is drawn on, from 1.
    pub row: usize,
    /// The row that it leaves; 0 is the track.
    pub leaves: usize,
    /// Its end.
    pub end: Micros,
}

/// A branch, where it begins to differ, and from which.
struct Twig {
    id: BranchId,
    from: Micros,
    to: Micros,
    /// `None`: the present branch.
    of: Option<BranchId>,
}

pub(super) fn tree(session: &Session, window: Window) -> Vec<BranchView> {
    let branches = session.branches();
    let parents: Vec<Option<(BranchId, Micros)>> =
        branches.iter().map(|branch| branch.parent().map(|(id, at)| (id, at.time))).collect();
    let ends: Vec<Micros> = branches.iter().map(|branch| branch.end()).collect();
    let mut views: Vec<BranchView> = Vec::new();
    let mut taken: Vec<(usize, Micros, Micros)> = Vec::new();
    for twig in twigs(&parents, &ends, session.current()) {
        let row = free_row(&taken, &twig);
        taken.push((row, twig.from, twig.to));
        let leaves = twig.of.and_then(|of| views.iter().find(|view| view.id == of));
        views.push(BranchView {
            id: twig.id,
            from: window.part(twig.from),
            to: window.part(twig.to),
            row,
            leaves: leaves.map_or(0, |view| view.row),
            end: twig.to,
        });
    }
    views
}

/// The first row, from 1, on which nothing lies where the branch does.
fn free_row(taken: &[(usize, Micros, Micros)], twig: &Twig) -> usize {
    let is_free = |row: &usize| {
        taken.iter().all(|(of, from, to)| of != row || *to < twig.from || *from > twig.to)
    };
    (1..ROWS).find(is_free).unwrap_or(ROWS)
}

/// All branches but the present one; what a branch leaves stands before it.
fn twigs(parents: &[Option<(BranchId, Micros)>], ends: &[Micros], current: BranchId) -> Vec<Twig> {
    // Down to the first branch, each that the present one has come from: where it has left it.
    let mut trunk: Vec<(BranchId, Micros)> = Vec::new();
    let (mut branch, mut shared) = (current, Micros::MAX);
    while let Some((parent, at)) = parents[branch] {
        shared = shared.min(at);
        trunk.push((parent, shared));
        branch = parent;
    }
    let left = |id: BranchId| trunk.iter().find(|(of, _)| *of == id).map(|(_, at)| *at);
    let twig = |id: BranchId| {
        if let Some(at) = left(id) {
            return Twig { id, from: at, to: ends[id].max(at), of: None };
        }
        let (parent, at) = parents[id].unwrap_or((current, 0));
        let is_shared = parent == current || left(parent).is_some_and(|shared| at <= shared);
        Twig { id, from: at, to: ends[id].max(at), of: (!is_shared).then_some(parent) }
    };
    let others = (0..parents.len()).filter(|id| *id != current);
    let mut all: Vec<Twig> = others.map(twig).collect();
    // A parent is older than its children, but what the present one has come from goes first.
    sort_few(&mut all, |twig| (left(twig.id).is_none(), twig.id));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who leaves whom, and when.
    fn shape(parents: &[Option<(BranchId, Micros)>], current: BranchId) -> Vec<String> {
        let ends: Vec<Micros> = parents.iter().map(|_| 100).collect();
        let twigs = twigs(parents, &ends, current).into_iter();
        let of = |twig: &Twig| twig.of.map_or("track".to_string(), |id| id.to_string());
        twigs.map(|twig| format!("{} leaves {} at {}", twig.id, of(&twig), twig.from)).collect()
    }

    #[test]
    fn each_branch_leaves_the_one_that_it_has_come_from() {
        let parents = [None, Some((0, 30)), Some((1, 50)), Some((0, 60))];
        assert_eq!(
            shape(&parents, 0),
            ["1 leaves track at 30", "2 leaves 1 at 50", "3 leaves track at 60"]
        );
    }

    #[test]
    fn what_the_present_branch_has_come_from_leaves_it_where_they_part() {
        let parents = [None, Some((0, 30)), Some((1, 50)), Some((0, 60)), Some((0, 20))];
        assert_eq!(
            shape(&parents, 2),
            [
                "0 leaves track at 30",
                "1 leaves track at 50",
                "3 leaves 0 at 60",
                "4 leaves track at 20"
            ]
        );
    }

    #[test]
    fn branches_lie_beside_each_other_where_their_times_do() {
        let twig = |from, to| Twig { id: 0, from, to, of: None };
        assert_eq!(free_row(&[], &twig(0, 5)), 1);
        assert_eq!(free_row(&[(1, 0, 5)], &twig(3, 9)), 2);
        assert_eq!(free_row(&[(1, 0, 5)], &twig(6, 9)), 1);
        let all = [(1, 0, 9), (2, 0, 9), (3, 0, 9), (4, 0, 9)];
        assert_eq!(free_row(&all, &twig(3, 4)), ROWS);
    }
}
