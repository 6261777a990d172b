//! What a step of a lesson needs of the log table, the panel's tabs and a request's way: as much as
//! fits beside the picture, in place of the whole.

use crate::console::{ConsoleView, consoles};
use crate::lesson::LessonView;
use crate::logs::{Row, Window, longest, rows};
use crate::storage::{Record, sizes, storage};
use crate::tab::Tab;
use crate::way::{Way, way};
use raft_core::{NodeId, Term};
use raft_sim::{Server, Session, World};

/// The most columns of the log table.
const COLUMNS: u64 = 6;
/// The most servers whose logs or disks are shown.
const SERVERS: usize = 5;
/// The most entries of a disk, the latest.
const RECORDS: usize = 5;
/// The most lines that a command has printed, the last.
const LINES: usize = 6;

/// A part of the page that a step needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Excerpt {
    /// The end of the logs of the servers that are looked at.
    Log(Window, Vec<Row>),
    /// What disks hold and are about to.
    Disks(Vec<Disk>),
    /// How many members are a majority, and how many may fail: a column a size.
    Sizes(Vec<Size>),
    /// The command that was typed last.
    Console(ConsoleView),
    /// The request that is under way, or has ended in this step.
    Way(Way),
}

/// A server's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Whose it is.
    pub id: NodeId,
    /// The term that it holds.
    pub term: Term,
    /// The vote in that term.
    pub vote: Option<NodeId>,
    /// The last entries, those under way included.
    pub records: Vec<Record>,
}

/// A size of the cluster: members, their majority, and how many may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Whether the cluster has this size.
    pub present: bool,
    /// The three figures.
    pub figures: Vec<String>,
}

/// Whether a step needs an excerpt that stands beside the picture.
pub fn stands_beside(view: &LessonView) -> bool {
    view.log || view.panel.is_some_and(has_excerpt)
}

/// Whether an excerpt stands for a tab; of others the step needs the whole.
pub fn has_excerpt(tab: Tab) -> bool {
    match tab {
        Tab::Storage | Tab::Console => true,
        Tab::Inspect | Tab::Events | Tab::Futures | Tab::Rules | Tab::Learn => false,
    }
}

/// What the step needs at the session's moment, beside the picture.
pub fn excerpt(session: &Session, view: &LessonView) -> Option<Excerpt> {
    let world = session.world();
    match view.panel {
        Some(Tab::Storage) if has_other_size(session) => Some(Excerpt::Sizes(all_sizes(world))),
        Some(Tab::Storage) => Some(Excerpt::Disks(disks(world))),
        Some(Tab::Console) => consoles(world).pop().map(last_lines).map(Excerpt::Console),
        Some(Tab::Inspect | Tab::Events | Tab::Futures | Tab::Rules | Tab::Learn) => None,
        None => view.log.then(|| log(world, &view.servers)),
    }
}

/// The request that the step follows, if there is one.
pub fn followed(session: &Session, view: &LessonView) -> Option<Excerpt> {
    let world = session.world();
    let request = world.followed()?;
    let ended = request.ended.map(|(at, _)| at);
    let is_of_the_step = ended.is_none_or(|at| at > view.span.0);
    is_of_the_step.then(|| way(world)).flatten().map(Excerpt::Way)
}

/// Whether the cluster has grown or shrunk: then its storage is looked at for its members.
fn has_other_size(session: &Session) -> bool {
    let voters = session.world().membership().voters.len();
    voters != usize::from(session.base().nodes)
}

fn log(world: &World, servers: &[NodeId]) -> Excerpt {
    let last = longest(world).max(1);
    let first = (last + 1).saturating_sub(COLUMNS).max(1);
    let window = Window { first, columns: last + 1 - first };
    let mut rows = rows(world, window);
    rows.retain(|row| servers.is_empty() || servers.contains(&row.id));
    rows.truncate(SERVERS);
    Excerpt::Log(window, rows)
}

fn disks(world: &World) -> Vec<Disk> {
    let disk = |server: &Server| {
        let view = storage(world, server.id())?;
        let durable = server.disk().durable();
        let skip = view.records.len().saturating_sub(RECORDS);
        let records = view.records.into_iter().skip(skip).collect();
        Some(Disk { id: server.id(), term: durable.term, vote: durable.vote, records })
    };
    world.servers().iter().take(SERVERS).filter_map(disk).collect()
}

fn all_sizes(world: &World) -> Vec<Size> {
    let size = |row: crate::storage::SizeRow| {
        let figures = row.cells.into_iter().map(|(text, _)| text).collect();
        Size { present: row.present, figures }
    };
    sizes(world, &[]).into_iter().take(7).map(size).collect()
}

fn last_lines(mut view: ConsoleView) -> ConsoleView {
    let lines: Vec<&str> = view.output.lines().collect();
    if let Some(skip) = lines.len().checked_sub(LINES).filter(|skip| *skip > 0) {
        view.output = lines[skip..].join("\n");
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::lesson;
    use expect_test::{Expect, expect};
    use raft_sim::scenario;

    /// What is shown at the end of a lesson of one step.
    fn check(text: &str, expected: Expect) {
        let scenario = scenario::parse(&format!("seed 3\nnodes 3\nstep \"Look\"\n{text}"));
        let mut session = Session::open(scenario.expect("a lesson"));
        session.pause_at_steps();
        for _ in 0..3 {
            session.finish_script(1_000_000);
            session.go_on();
        }
        let view = lesson(&session, "en").expect("it is a lesson");
        let shown = excerpt(&session, &view).map_or("nothing".into(), |excerpt| told(&excerpt));
        let way = followed(&session, &view).map_or(String::new(), |way| told(&way));
        expected.assert_eq(&format!("{shown}\n{way}"));
    }

    fn told(excerpt: &Excerpt) -> String {
        let records = |disk: &Disk| {
            let all = disk.records.iter();
            all.map(|r| format!("[{} {} {:?}]", r.term, r.text, r.state)).collect::<String>()
        };
        match excerpt {
            Excerpt::Log(window, rows) => {
                let cell = |cell: &crate::logs::Cell| format!("[{} {}]", cell.term, cell.text);
                let row = |row: &Row| {
                    format!("\n{} {}", row.id, row.cells.iter().map(cell).collect::<String>())
                };
                format!("log from {}{}", window.first, rows.iter().map(row).collect::<String>())
            }
            Excerpt::Disks(disks) => disks
                .iter()
                .map(|disk| format!("{} term {} {}\n", disk.id, disk.term, records(disk)))
                .collect(),
            Excerpt::Sizes(sizes) => {
                sizes.iter().map(|size| format!("{} ", size.figures.join("/"))).collect()
            }
            Excerpt::Console(view) => format!("$ {}\n{}", view.line, view.output),
            Excerpt::Way(way) => format!("follow {}", way.what),
        }
    }

    const LED: &str = "timeout n1\nrun until converged\nput x 5\nrun until converged\n";

    #[test]
    fn a_look_at_logs_shows_those_of_the_servers_named() {
        check(
            &format!("{LED}look log n1 n2\n"),
            expect![[r#"
                log from 1
                n1 [1 noop][1 x=5]
                n2 [1 noop][1 x=5]
                follow x=5"#]],
        );
        check(
            &format!("{LED}look n1\n"),
            expect![[r#"
            nothing
            follow x=5"#]],
        );
    }

    #[test]
    fn a_look_at_the_storage_shows_disks_and_of_a_cluster_that_grew_its_sizes() {
        check(
            &format!("{LED}look panel storage\n"),
            expect![[r#"
            n1 term 1 [1 noop Durable][1 x=5 Durable]
            n2 term 1 [1 noop Durable][1 x=5 Durable]
            n3 term 1 [1 noop Durable][1 x=5 Durable]

            follow x=5"#]],
        );
        let grown = format!("{LED}member add n4\nrun until converged\nlook panel storage\n");
        check(
            &grown,
            expect![[r#"
            1/1/0 2/2/0 3/2/1 ▸ 4/3/1 5/3/2 6/4/2 7/4/3 
            follow x=5"#]],
        );
    }

    #[test]
    fn a_look_at_the_rules_needs_the_whole_tab() {
        check(
            &format!("{LED}look panel rules\n"),
            expect![[r#"
            nothing
            follow x=5"#]],
        );
    }
}
