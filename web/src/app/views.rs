//! What the components are given: refreshed when something has changed, and no more often than a
//! person can read.

use super::App;
use crate::linear::Linear;
use crate::shared::Same;
use crate::topbar::SafetyView;
use raft_check::linear::Verdict;
use raft_core::{Index, Micros, NodeId, Position};
use raft_sim::{Command, TraceEvent, What};

use raft_view::clients::{self, Crowd, crowds};
use raft_view::director::Telling;
use raft_view::inspect::{Section, cluster};
use raft_view::lesson::LessonView;
use raft_view::logs::{Row, Window, longest, rows};
use raft_view::menu::{ActionView, Selection, actions};
use raft_view::pace::Tempo;
use raft_view::stage::{LinkView, Ring, ServerView, links, servers, walls};
use raft_view::tab::Tab;
use raft_view::timeline::{TimelineView, timeline};
use raft_view::way::{Way, way};
use raft_view::why::WhyView;
use raft_view::words::{self, Sentence, seconds};

/// How often what a person reads is refreshed while the run plays, in milliseconds.
const READING_MS: f64 = 140.0;

/// How often the log table is refreshed while the run plays, in milliseconds: three frames.
const ROWS_MS: f64 = 48.0;

/// The columns of the log table.
pub const COLUMNS: u64 = 11;

/// Everything that components are given.
#[derive(Default)]
#[allow(missing_docs, reason = "each field is named after the component or type that it is for")]
pub struct Views {
    pub ring: Option<Ring>,
    pub servers: Same<Vec<ServerView>>,
    pub links: Same<Vec<LinkView>>,
    pub walls: Same<Vec<String>>,
    pub crowds: Vec<Crowd>,
    pub linear: Linear,
    pub rows: Vec<Same<Row>>,
    pub window: Option<Window>,
    pub longest: Index,
    pub timeline: Same<Option<TimelineView>>,
    pub inspect: Same<Vec<Section>>,
    pub actions: Same<Vec<ActionView>>,
    pub narrator: Same<(String, Sentence)>,
    pub way: Same<Option<Way>>,
    pub way_entry: Option<Position>,
    pub safety: Same<SafetyView>,
    pub lesson: Same<Option<LessonView>>,
    pub why: Same<Option<WhyView>>,
    looked_at: Option<(usize, Option<Tab>)>,
    seen_events: u64,
    seen_rows: u64,
    rows_at: f64,
    read_at: f64,
}

impl App {
    pub(super) fn views_mut(&mut self) -> &mut Views {
        &mut self.views
    }

    /// What components are given.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Refreshes everything, after somebody has done something.
    pub(super) fn refresh(&mut self) {
        self.versions.logs += 1;
        // What the lesson says also marks where to look in the picture.
        self.refresh_reading();
        self.refresh_picture();
        self.refresh_rows();
    }

    /// Redraws everything in another language.
    pub(super) fn say_anew(&mut self) {
        let views = &mut self.views;
        views.servers = Same::default();
        views.links = Same::default();
        views.rows.clear();
        self.versions.crowds += 1;
        self.versions.gallery += 1;
        views.linear.forget_words();
    }

    /// Refreshes after a frame: the picture if an event has happened, the words a few times a
    /// second.
    pub(super) fn refresh_frame(&mut self, time_ms: f64) {
        let events = self.session.world().events();
        if events != self.views.seen_events {
            self.views.seen_events = events;
            self.refresh_picture();
        }
        if events != self.views.seen_rows && time_ms - self.views.rows_at >= ROWS_MS {
            self.views.rows_at = time_ms;
            self.refresh_rows();
        }
        if time_ms - self.views.read_at >= READING_MS {
            self.views.read_at = time_ms;
            self.refresh_reading();
        }
    }

    fn refresh_picture(&mut self) {
        let world = self.session.world();
        let ring = Ring::new(world.servers().len());
        let views = &mut self.views;
        let is_open = world.followed().is_some_and(|followed| followed.ended.is_none());
        let way = is_open.then(|| way(world)).flatten();
        let mut servers = servers(world, &ring);
        if let Some(way) = &way {
            for server in &mut servers {
                server.followed = way.servers().contains(&server.id);
            }
        }
        if let Some(lesson) = &*views.lesson {
            for server in &mut servers {
                server.followed |= lesson.servers.contains(&server.id);
            }
        }
        if let (Some(why), Some(_)) = (&*views.why, self.question) {
            for server in &mut servers {
                server.followed |= why.answer.look.iter().any(|at| names(*at, server.id));
            }
        }
        views.way_entry = way.and_then(|way| way.entry);
        views.servers.update(servers);
        views.links.update(links(world, &ring));
        views.walls.update(walls(world, &ring));
        let crowds = crowds(world, &ring);
        if views.crowds != crowds {
            views.crowds = crowds;
            self.versions.crowds += 1;
        }
        views.ring = Some(ring);
    }

    fn refresh_rows(&mut self) {
        let world = self.session.world();
        let window = match self.first_column {
            Some(first) => Window { first, columns: COLUMNS },
            None => Window::at_end(world, COLUMNS),
        };
        let mut rows = rows(world, window);
        let views = &mut self.views;
        if let Some(entry) = views.way_entry {
            let cells = rows.iter_mut().flat_map(|row| &mut row.cells);
            for cell in cells.filter(|cell| cell.index == entry.index && cell.term == entry.term) {
                cell.followed = true;
            }
        }
        views.seen_rows = world.events();
        views.rows.resize_with(rows.len(), || Same::new(Row::default()));
        for (known, row) in views.rows.iter_mut().zip(rows) {
            if **known != row {
                *known = Same::new(row);
                self.versions.logs += 1;
            }
        }
        let longest = longest(world);
        if views.window != Some(window) || views.longest != longest {
            self.versions.logs += 1;
        }
        views.window = Some(window);
        views.longest = longest;
    }

    /// What the narrator says, and when it happened.
    fn narrator_line(&mut self) -> (Micros, Sentence) {
        let now = self.session.world().now();
        if let (Tempo::Calm, Some(line), Telling::Narrated) =
            (self.tempo, self.director.line(), self.scene().telling())
            && line.0 <= now
        {
            return line.clone();
        }
        let real = self.last_frame.filter(|_| self.is_playing()).map(|ms| (ms * 1_000.0) as Micros);
        let in_lesson = self.lesson.is_some();
        // A lesson's sentences are on its card.
        let is_news =
            |event: &TraceEvent| !in_lesson || !matches!(event.what, What::Did(Command::Say(_)));
        self.narrator.tell(&self.session, real, is_news)
    }

    fn refresh_reading(&mut self) {
        self.versions.reading += 1;
        let playing = self.is_playing();
        let narrator = self.narrator_line();
        let world = self.session.world();
        let views = &mut self.views;
        views.linear.refresh(&self.session, playing);
        let open = self.lesson.as_ref().zip(crate::later::panels());
        let told = open.and_then(|(lesson, panels)| (panels.tell)(&self.session, lesson));
        let look = told.as_ref().map(|told| (told.step, told.panel));
        if let Some((_, Some(panel))) = look.filter(|look| Some(*look) != views.looked_at) {
            self.tab = panel;
        }
        views.looked_at = look;
        views.lesson.update(told);
        views.timeline.update(Some(timeline(&self.session)));
        views.inspect.update(match crate::later::panels() {
            Some(panels) => (panels.inspect)(world, self.selection),
            None => vec![cluster(world)],
        });
        if self.tab == Tab::Inspect {
            let answer = crate::later::panels().map(|panels| panels.answer);
            views.why.update(
                answer.and_then(|answer| answer(&self.session, self.selection, self.question)),
            );
        }
        let mut actions = actions(world, self.selection);
        if let (Some(_), Some(script)) = (&self.lesson, self.session.script()) {
            let about = &script.scenario().about;
            for action in &mut actions {
                action.enabled &= about.allows(&action.command.to_string()).is_ok();
            }
        }
        views.actions.update(actions);
        views.narrator.update((seconds(narrator.0), narrator.1));
        views.way.update(way(world));
        let verdict = views.linear.verdict;
        let seen = (verdict == Verdict::NotLinearizable).then(|| clients::verdict(verdict).into());
        views.safety.update(SafetyView {
            undecided: verdict == Verdict::Undecided,
            broken: world
                .violations()
                .iter()
                .take(5)
                .map(|violation| words::plain(&words::broken(violation)))
                .chain(seen)
                .collect(),
            rules_off: world.settings().live.rules.switched_off().map(|r| r.name()).collect(),
        });
    }
}

/// Whether a selection is this server, or something at it.
fn names(selection: Selection, server: NodeId) -> bool {
    match selection {
        Selection::Server(id) | Selection::Entry(id, _) => id == server,
        Selection::Link(a, b) => [a, b].contains(&server),
        Selection::Nothing | Selection::Message(_) => false,
    }
}
