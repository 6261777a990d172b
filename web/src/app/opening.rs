//! How a playground gets a run: a link, a text, a bundled scenario, or settings.

use super::App;
use super::jobs::Job;
use crate::language;
use crate::later::runs_etcdctl;
use crate::message::{Dialog, Link, Open, Part};
use crate::options::Options;
use crate::told::Problem;
use crate::welcome::FirstScreen;
use raft_core::Micros;
use raft_gallery::{BASICS, basic};
use raft_sim::run::{moment_of, read_link};
use raft_sim::{ENGINE_VERSION, Moment, Session, Settings, parse_span};
use raft_view::first_light::first_light;
use raft_view::lesson::is_lesson;
use raft_view::menu::Selection;
use raft_view::pace::Pace;
use raft_view::tab;

impl App {
    pub(super) fn on_open(&mut self, link: &Link, open: Open) {
        match open {
            Open::Asked => {
                self.begin_as_asked(link);
                self.has_opened = true;
            }
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
            Open::Fetched(item, step, text) => {
                self.host.fetches = false;
                self.open_item(link, item, step, text);
            }
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

    /// Starts as the options say. What a first visit sees is here at once.
    pub(super) fn begin(&mut self, link: &Link) {
        if let Some(language) = self.options.language
            && language != language::wanted(None)
        {
            self.speak(link, language);
        }
        if self.options.asks_for_nothing() {
            self.begin_with(Session::open(first_light()), link);
        } else {
            self.take(link, Open::Asked.into());
            if self.options.lesson.is_some() {
                self.later.want(Part::Panels, link);
            }
        }
        if self.options.is_bare() {
            self.first_screen = FirstScreen::of_a_visit();
        }
        self.want_what_is_shown(link);
        self.refresh();
    }

    /// A run begins and plays, unless somebody wants to start it.
    fn begin_with(&mut self, mut session: Session, link: &Link) {
        skip_the_wait(&mut session);
        self.take_session(session);
        if !self.options.paused {
            self.play(link);
        }
    }

    fn begin_as_asked(&mut self, link: &Link) {
        if let Some(at) = self.options.at.take_if(|at| parse_span(at).is_none()) {
            self.options.wrong.push((format!("at={at}"), "a time such as `204ms`"));
        }
        self.refuse_wrong_words();
        let options = self.options.clone();
        if let Some(fragment) = &options.link {
            self.open_link(link, fragment);
        } else if let Some(text) = &options.text {
            self.open_text(link, text);
        } else {
            // Until a lesson has come there is another run, which has no steps.
            self.options.asks_for_step &= options.lesson.is_none();
            self.open_bundled(link, options.scenario.as_deref());
            self.options.asks_for_step |= options.asks_for_step && options.lesson.is_some();
            // Who presents and names nothing presents the tour.
            let tour = || Some("tour".to_string()).filter(|_| options.present);
            let lesson = options.lesson.clone();
            let lesson = lesson.or_else(|| tour().filter(|_| options.scenario.is_none()));
            if lesson.is_some() {
                self.asked_for = lesson;
                self.stop();
                self.open_what_was_asked_for(link);
            }
        }
    }

    pub(super) fn open_bundled(&mut self, link: &Link, name: Option<&str>) {
        let first = &BASICS[0];
        let chosen = match name {
            Some(name) => basic(name),
            None => Some(first),
        };
        if let Some(chosen) = chosen {
            self.open_text(link, chosen.text);
        } else {
            // It may be in the gallery, whose list is not here yet: its moments are not those of
            // the run that is there until then.
            let asked = self.options.clone();
            self.options.forget_moments();
            self.open_text(link, first.text);
            self.options = asked;
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
                let sentence = tr!("This link cannot be read: {}.", error);
                self.refuse(Problem { sentence, ..Problem::default() });
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
                if let Some(sentence) = problem {
                    if self.options.is_guest() {
                        self.refuse(Problem { sentence, ..Problem::default() });
                    } else {
                        self.dialog = Dialog::Text { because: Some(sentence), text: read.text };
                    }
                }
            }
            (Err(error), problem) => {
                self.open_bundled(link, None);
                self.stop();
                let problem = problem.unwrap_or_else(|| told!("This link’s text is wrong."));
                let because = format!("{problem} {error}.");
                if self.options.is_guest() {
                    return self.refuse(Problem { sentence: because, ..Problem::default() });
                }
                self.dialog = Dialog::Text { because: Some(because), text: read.text };
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
            Ok(scenario) if self.options.is_guest() && is_lesson(&scenario) => {
                let step = self.options.step;
                self.open_lesson(link, raft_gallery::OWN, step, scenario);
                true
            }
            Ok(scenario) => {
                let session = Session::open(scenario);
                self.refuse_step(0);
                self.read_until(text);
                let (saved, asked) = (moment_of(text), self.asked_moment());
                // A saved run is opened to be looked at.
                let plays = !self.options.paused && saved.is_none();
                match saved.or(asked) {
                    Some(moment) => self.start_job(link, session, moment, plays),
                    None => self.begin_with(session, link),
                }
                true
            }
            Err(error) if self.options.is_guest() => {
                self.refuse(Problem {
                    sentence: error.to_string(),
                    line: error.line as usize,
                    expected: error.expected,
                });
                false
            }
            Err(error) => {
                self.dialog = Dialog::Text { because: Some(error.to_string()), text: text.into() };
                false
            }
        }
    }

    /// The moment at which the first run is to begin, if one was asked for.
    fn asked_moment(&mut self) -> Option<Moment> {
        let at = self.options.at.take()?;
        Some(Moment { time: parse_span(&at)?, after: u32::MAX })
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
        self.first_screen = FirstScreen::Gone;
        self.selection = Selection::Nothing;
        self.menu = None;
        self.drag = None;
        self.camera = None;
        self.first_column = None;
        self.window = None;
        self.stops_at_violation = false;
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
