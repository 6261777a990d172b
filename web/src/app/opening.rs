//! How a playground gets a run: a link, a text, a bundled scenario, or settings.

use super::App;
use super::jobs::Job;
use crate::bundled;
use crate::later::runs_etcdctl;
use crate::message::{Dialog, Link, Open, Part};
use crate::options::Options;
use raft_core::Micros;
use raft_sim::run::{moment_of, read_link};
use raft_sim::{ENGINE_VERSION, Moment, Session, Settings};
use raft_view::menu::Selection;
use raft_view::pace::Pace;
use raft_view::tab;

impl App {
    pub(super) fn on_open(&mut self, link: &Link, open: Open) {
        match open {
            Open::New(settings) => self.new_run(link, settings),
            Open::Text(text) => {
                if self.open_text(link, &text) {
                    self.close_dialog();
                    self.notice = None;
                }
            }
            Open::Bundled(name) => {
                self.close_dialog();
                self.notice = None;
                self.open_bundled(link, Some(name));
            }
            Open::Item(item, step) => {
                self.opened_by_hand = true;
                self.fetch(item, step, link);
            }
            Open::Named(name) => self.ask_for(name, link),
            Open::Fetched(item, step, text) => self.open_item(link, item, step, text),
            Open::Hash => {
                if let Some(fragment) = Options::from_address().link {
                    self.dialog = Dialog::None;
                    self.notice = None;
                    self.open_link(link, &fragment);
                }
            }
            Open::Cancel => {
                if self.job.take().is_some() {
                    self.stop();
                    self.notice = Some(told!("Cancelled: the run before stays."));
                }
            }
        }
    }

    /// Starts as the options say.
    pub(super) fn begin(&mut self, link: &Link) {
        let options = self.options.clone();
        if let Some(fragment) = &options.link {
            self.open_link(link, fragment);
        } else if let Some(text) = &options.text {
            self.open_text(link, text);
        } else {
            self.open_bundled(link, options.scenario.as_deref());
            if options.lesson.is_some() {
                self.asked_for = options.lesson;
                self.stop();
                self.open_what_was_asked_for(link);
            }
        }
        self.want_what_is_shown(link);
        self.refresh();
    }

    pub(super) fn open_bundled(&mut self, link: &Link, name: Option<&str>) {
        let first = &bundled::BUNDLED[0];
        let chosen = match name {
            Some(name) => bundled::find(name),
            None => Some(first),
        };
        self.open_text(link, chosen.unwrap_or(first).text);
        if chosen.is_none() {
            // It may be in the gallery, whose list is not here yet.
            self.asked_for = name.map(str::to_string);
            self.open_what_was_asked_for(link);
        }
    }

    /// Opens a shared link; a damaged one, or one of another engine, says so and shows its text.
    pub(super) fn open_link(&mut self, link: &Link, fragment: &str) {
        let read = match read_link(fragment) {
            Ok(read) => read,
            Err(error) => {
                self.open_bundled(link, self.options.scenario.clone().as_deref());
                self.notice = Some(tr!("This link cannot be read: {}.", error));
                return;
            }
        };
        if runs_etcdctl(&read.text) && self.later.keeps(Open::Hash, Part::Etcdctl, link) {
            return;
        }
        let problem = if read.engine != ENGINE_VERSION {
            Some(tr!(
                "This link was made by version {} of the engine, and this is version \
                 {}: the run may take a different course.",
                read.engine,
                ENGINE_VERSION
            ))
        } else if !read.intact {
            Some(told!("This link is damaged: its checksum does not fit its text."))
        } else {
            None
        };
        let opened = tab::read(&read.text);
        match (opened, problem) {
            (Ok(mut scenario), problem) => {
                scenario.engine = Some(read.engine);
                let session = Session::open(scenario);
                self.start_job(link, session, read.moment, false);
                if let Some(problem) = problem {
                    self.dialog = Dialog::Text { because: Some(problem), text: read.text };
                }
            }
            (Err(error), problem) => {
                self.open_bundled(link, None);
                self.stop();
                let problem = problem.unwrap_or_else(|| told!("This link’s text is wrong."));
                let because = Some(format!("{problem} {error}."));
                self.dialog = Dialog::Text { because, text: read.text };
            }
        }
    }

    /// Opens scenario text. The running cluster stays untouched where the text is wrong.
    pub(super) fn open_text(&mut self, link: &Link, text: &str) -> bool {
        match tab::read(text) {
            Ok(_)
                if runs_etcdctl(text)
                    && self.later.keeps(Open::Text(text.into()), Part::Etcdctl, link) =>
            {
                true
            }
            Ok(scenario) => {
                let play = !self.options.paused;
                let moment = moment_of(text);
                let mut session = Session::open(scenario);
                match moment {
                    Some(moment) => self.start_job(link, session, moment, false),
                    None => {
                        skip_the_wait(&mut session);
                        self.take_session(session);
                        if play {
                            self.play(link);
                        }
                    }
                }
                true
            }
            Err(error) => {
                self.dialog = Dialog::Text { because: Some(error.to_string()), text: text.into() };
                false
            }
        }
    }

    /// Tells where a recorded run diverges from what was recorded, if it does.
    pub(super) fn tell_of_difference(&mut self) {
        let Some(difference) = self.session.difference() else { return };
        let recorded = self.session.script().and_then(|script| script.scenario().engine);
        self.notice = Some(match recorded {
            Some(engine) if engine != ENGINE_VERSION => tr!(
                "Version {} of the engine has recorded this run. Here it first takes a different \
                 course {}.",
                engine,
                difference
            ),
            Some(_) | None => tr!(
                "This run does not repeat itself, which is a fault of the engine: it takes a \
                 different course {}.",
                difference
            ),
        });
    }

    fn start_job(&mut self, link: &Link, session: Session, moment: Moment, play: bool) {
        self.job = Some(Job::new(session, moment, play));
        self.play(link);
    }

    pub(super) fn take_session(&mut self, session: Session) {
        self.session = session;
        self.close_lesson();
        self.selection = Selection::Nothing;
        self.menu = None;
        self.drag = None;
        self.first_column = None;
        self.requests_made = 0;
        self.views_mut().linear = Default::default();
        self.pace = Pace::of(self.tempo);
        self.remember_run();
        self.refresh();
    }

    pub(super) fn remember_run(&self) {
        crate::panic::remember(self.session.text());
    }

    pub(super) fn new_run(&mut self, link: &Link, settings: Settings) {
        let mut session = Session::new(None, settings);
        skip_the_wait(&mut session);
        self.notice = None;
        self.close_dialog();
        self.take_session(session);
        self.play(link);
    }
}

/// At the start every server waits for its timeout: begin shortly before the first runs out.
fn skip_the_wait(session: &mut Session) {
    const BEFORE: Micros = 6_000;
    let servers = session.world().servers();
    let deadlines = servers.iter().filter_map(|s| s.timer(raft_core::Timer::Election));
    let first = deadlines.map(|timer| timer.deadline).min().unwrap_or(0);
    let time = first.saturating_sub(BEFORE);
    // A scenario that does something at once is shown from its beginning.
    let waits = session.script().is_none_or(|script| {
        use raft_sim::scenario::StatementKind;
        matches!(
            script.scenario().statements.first().map(|statement| &statement.kind),
            None | Some(StatementKind::Until { .. } | StatementKind::Run(_))
        )
    });
    if waits {
        session.advance(time, 1_000);
    }
}
