//! What the components are given: refreshed when something has changed, and no more often than a
//! person can read.

use super::App;
use crate::linear::Linear;
use crate::shared::Same;
use crate::topbar::SafetyView;
use raft_check::linear::Verdict;
use raft_core::{Index, Micros, NodeId, Position};
use raft_sim::{Command, Session, TraceEvent, What};

use raft_view::allowed::Allowed;
use raft_view::clients::{self, ClientBox, Crowd, client_boxes, crowds};
use raft_view::director::Telling;
use raft_view::inspect::{Section, cluster};
use raft_view::lesson::{LessonView, start_of};
use raft_view::logs::{Row, Window, longest, rows};
use raft_view::menu::{ActionView, Selection, actions};
use raft_view::pace::Tempo;
use raft_view::stage::{LinkView, Ring, ServerView, add_details, links, servers, walls};
use raft_view::tab::Tab;
use raft_view::timeline::{TimelineView, span, timeline};
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
    pub clients: Same<Vec<ClientBox>>,
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
    was_now: Micros,
    seen: Seen,
    seen_rows: Seen,
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
        views.clients = Same::default();
        views.rows.clear();
        self.versions.crowds += 1;
        self.versions.gallery += 1;
        views.linear.forget_words();
    }

    /// Refreshes after a frame: the picture if an event has happened, the words a few times a
    /// second.
    pub(super) fn refresh_frame(&mut self, time_ms: f64) {
        let seen = Seen::of(&self.session);
        if seen != self.views.seen {
            self.views.seen = seen;
            self.refresh_picture();
        }
        if seen != self.views.seen_rows && time_ms - self.views.rows_at >= ROWS_MS {
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
        let ring = if self.space.room.is_little() { ring.without_words() } else { ring };
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
        let named = views.lesson.as_ref().map(|lesson| lesson.show.clone());
        add_details(&mut servers, world, named.as_deref().unwrap_or_default());
        views.way_entry = way.and_then(|way| way.entry);
        views.servers.update(servers);
        views.links.update(links(world, &ring));
        views.walls.update(walls(world, &ring));
        // What a lesson needed before its first step is none of its story.
        let since = views.lesson.as_ref().and_then(|_| start_of(&self.session, 1));
        views.clients.update(client_boxes(world, &ring, since.unwrap_or(0)));
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
        views.seen_rows = Seen::of(&self.session);
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

    /// Going on, the present takes the timeline's window along, unless somebody looks at another
    /// part.
    fn follow_present(&mut self, playing: bool) {
        let now = self.session.world().now();
        if let Some(window) =
            self.window.filter(|window| playing && window.shows(self.views.was_now))
        {
            self.window = Some(window.showing(now, span(&self.session)));
        }
        self.views.was_now = now;
    }

    fn refresh_reading(&mut self) {
        self.make_room_for_tables();
        self.versions.reading += 1;
        let playing = self.is_playing();
        self.follow_present(playing);
        let narrator = self.narrator_line();
        let views = &mut self.views;
        views.linear.refresh(&self.session, playing);
        let open = self.lesson.as_ref().zip(crate::later::panels());
        let told = open.and_then(|(lesson, panels)| (panels.tell)(&self.session, lesson));
        let look = told.as_ref().map(|told| (told.step, told.panel));
        let rests = |told: &Option<LessonView>| told.as_ref().is_some_and(|told| told.is_still);
        let came_to_rest = playing && rests(&told) && !rests(&views.lesson);
        if let Some((_, Some(panel))) = look.filter(|look| Some(*look) != views.looked_at) {
            self.tab = panel;
        }
        views.looked_at = look;
        views.lesson.update(told);
        self.film();
        if let Some(view) = &*self.views.lesson {
            self.write_notes(view);
        }
        let (world, views) = (self.session.world(), &mut self.views);
        if came_to_rest && let Some(lesson) = &mut self.lesson {
            lesson.has_come_to_rest(js_sys::Date::now());
        }
        views.timeline.update(Some(timeline(&self.session, self.window)));
        views.inspect.update(match crate::later::panels() {
            Some(panels) => (panels.inspect)(world, self.selection),
            None => vec![cluster(world)],
        });
        let asked_of = match self.tab {
            Tab::Inspect => Some(self.selection),
            // What is asked there is why a command has no answer.
            Tab::Console => self.question.map(|_| Selection::Nothing),
            Tab::Storage | Tab::Events | Tab::Futures | Tab::Rules | Tab::Learn => None,
        };
        if let Some(selection) = asked_of {
            let answer = crate::later::panels().map(|panels| panels.answer);
            views
                .why
                .update(answer.and_then(|answer| answer(&self.session, selection, self.question)));
        }
        let mut actions = actions(world, self.selection);
        let script = self.session.script().filter(|_| self.lesson.is_some());
        if let Some(script) = script {
            Allowed::by(&script.scenario().about).mark(&mut actions);
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

/// How much has happened: events, and what was done to the cluster, which is none.
#[derive(Clone, Copy, Default, PartialEq)]
struct Seen {
    events: u64,
    happened: u64,
}

impl Seen {
    fn of(session: &Session) -> Seen {
        Seen { events: session.world().events(), happened: session.happened() }
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
