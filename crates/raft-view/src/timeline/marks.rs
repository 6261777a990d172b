//! Marks: what is worth finding again. Those that would lie on each other join, by rank, and part
//! when the track shows less.

use super::Window;
use crate::words::{property, seconds};
use raft_core::Micros;
use raft_sim::{Mark, MarkKind, Session};

/// How many marks of a kind fit beside each other.
const PLACES: f64 = 90.0;

/// One mark to draw, which may stand for several.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkView {
    /// Where on the track, 0 to 1.
    pub at: f64,
    /// When: where a click leads.
    pub time: Micros,
    /// The name of its style.
    pub class: &'static str,
    /// How many marks of its rank it stands for.
    pub count: usize,
    /// What it stands for, in words.
    pub title: String,
}

/// How important a kind is: the highest is seen where several lie on each other.
fn rank(kind: MarkKind) -> u8 {
    match kind {
        MarkKind::Committed => 0,
        MarkKind::Elected { .. } => 1,
        MarkKind::Fault => 2,
        MarkKind::Violated(_) => 3,
    }
}

/// The marks of a window, commits first: they lie below everything else, and join among
/// themselves.
pub(super) fn marks(all: &[Mark], window: Window) -> Vec<MarkView> {
    let first = all.partition_point(|mark| mark.at < window.from);
    let after = all.partition_point(|mark| mark.at <= window.to);
    let seen = all.get(first..after).unwrap_or(&[]);
    let (commits, rest): (Vec<Mark>, Vec<Mark>) =
        seen.iter().partition(|mark| mark.kind == MarkKind::Committed);
    let rest = joined(&rest, window);
    let mut views = joined(&commits, window);
    for class in ["elected", "fault", "violated"] {
        views.extend(rest.iter().filter(|view| view.class == class).cloned());
    }
    views
}

/// Marks that lie on each other as one.
fn joined(marks: &[Mark], window: Window) -> Vec<MarkView> {
    // Places begin at multiples of their width, so that marks do not jump when the window moves.
    let width = (window.length() as f64 / PLACES).max(1.0) as Micros;
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        match groups.last_mut() {
            Some(group) if group[0].at / width == mark.at / width => group.push(*mark),
            Some(_) | None => groups.push(vec![*mark]),
        }
    }
    groups.iter().filter_map(|group| view(group, window)).collect()
}

fn view(group: &[Mark], window: Window) -> Option<MarkView> {
    let rank = |mark: &&Mark| rank(mark.kind);
    let highest = group.iter().map(|mark| rank(&mark)).max()?;
    let mut top = group.iter().filter(|mark| rank(mark) == highest);
    let count = top.clone().count();
    let first = top.next()?;
    let title = match group {
        [one] => format!("{} · {}", name(one.kind), seconds(one.at)),
        _ => format!("{} · {}", counts(group), seconds(first.at)),
    };
    let class = mark_class(first.kind);
    Some(MarkView { at: window.part(first.at), time: first.at, class, count, title })
}

fn name(kind: MarkKind) -> String {
    match kind {
        MarkKind::Elected { leader, term } => tr!("{} is elected leader of term {}", leader, term),
        MarkKind::Committed => told!("commit"),
        MarkKind::Fault => told!("fault, or its end"),
        MarkKind::Violated(broken) => tr!("{} is broken", property(broken)),
    }
}

/// How many there are of each kind, the most important first.
fn counts(group: &[Mark]) -> String {
    let of = |wanted: u8| group.iter().filter(|mark| rank(mark.kind) == wanted).count();
    let all = [
        (of(3), tr!("violations: {}", of(3))),
        (of(2), tr!("faults: {}", of(2))),
        (of(1), tr!("elections: {}", of(1))),
        (of(0), tr!("commits: {}", of(0))),
    ];
    let there = all.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text);
    there.collect::<Vec<_>>().join(" · ")
}

/// The style of a mark.
pub fn mark_class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Elected { .. } => "elected",
        MarkKind::Committed => "committed",
        MarkKind::Fault => "fault",
        MarkKind::Violated(_) => "violated",
    }
}

/// What happened at the present moment that has a mark, in words.
pub fn mark_here(session: &Session) -> Option<String> {
    let (now, marks) = (session.world().now(), session.branch().marks());
    let first = marks.partition_point(|mark| mark.at < now);
    let here = marks[first..].iter().take_while(|mark| mark.at == now);
    here.max_by_key(|mark| rank(mark.kind)).map(|mark| name(mark.kind))
}

/// The nearest mark after the present moment, or before it: commits only where nothing else is.
pub fn neighbour(session: &Session, forward: bool) -> Option<Micros> {
    let now = session.world().now();
    let marks = session.branch().marks();
    let important = marks.iter().filter(|mark| mark.kind != MarkKind::Committed);
    if forward {
        important.map(|mark| mark.at).find(|at| *at > now)
    } else {
        important.map(|mark| mark.at).rfind(|at| *at < now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_check::Property;
    use raft_core::NodeId;

    fn mark(at: Micros, kind: MarkKind) -> Mark {
        Mark { at, kind }
    }

    fn drawn(marks: &[Mark], window: Window) -> Vec<(String, usize)> {
        let views = super::marks(marks, window).into_iter();
        views.map(|view| (format!("{} {}", view.class, view.time), view.count)).collect()
    }

    const ELECTED: MarkKind = MarkKind::Elected { leader: NodeId(1), term: 1 };

    #[test]
    fn commits_hide_nothing_and_nothing_hides_a_violation() {
        let mut all: Vec<Mark> = (0..2_000).map(|n| mark(n * 500, MarkKind::Committed)).collect();
        all.push(mark(500_000, ELECTED));
        all.push(mark(500_100, MarkKind::Fault));
        all.push(mark(500_200, MarkKind::Violated(Property::LogMatching)));
        all.push(mark(900_000, ELECTED));
        all.sort_by_key(|mark| mark.at);
        let whole = drawn(&all, Window::whole(1_000_000));
        let commits = whole.iter().filter(|(name, _)| name.starts_with("committed")).count();
        assert!((80..=100).contains(&commits), "{commits}");
        // What matters is drawn after them, the violation last.
        let rest: Vec<&str> = whole[commits..].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(rest, ["elected 900000", "violated 500200"]);
    }

    #[test]
    fn marks_part_when_less_is_shown() {
        let faults = [100, 150, 5_000].map(|at| mark(at, MarkKind::Fault));
        let of = |to| drawn(&faults, Window { from: 0, to });
        assert_eq!(of(1_000_000), [("fault 100".to_string(), 3)]);
        assert_eq!(of(100_000), [("fault 100".to_string(), 2), ("fault 5000".to_string(), 1)]);
        assert_eq!(of(2_000), [("fault 100".to_string(), 1), ("fault 150".to_string(), 1)]);
    }

    #[test]
    fn a_mark_says_what_it_stands_for() {
        let all = [mark(10, MarkKind::Fault), mark(20, ELECTED), mark(30, MarkKind::Fault)];
        let views = super::marks(&all, Window::whole(1_000_000));
        assert_eq!(views[0].title, "faults: 2 · elections: 1 · 0.000 s");
        assert_eq!(views[0].count, 2);
        let alone = super::marks(&all[1..2], Window::whole(1_000_000));
        assert_eq!(alone[0].title, "n1 is elected leader of term 1 · 0.000 s");
    }
}
