//! How messages change a playground.

use super::jobs::{Job, JobState};
use super::{App, ConsoleLine, Dialog, Drag, FRAME_BUDGET, Menu, Message, Tab};
use crate::bundled;
use crate::clock::FrameClock;
use crate::dialog::{save_file, shared_address};
use crate::options::Options;
use raft_core::{Micros, NodeId};
use raft_sim::run::{MAX_LINK, moment_of, read_link};
use raft_sim::{Command, Direction, ENGINE_VERSION, Place, Power, Session, Settings, scenario};
use raft_view::menu::{Selection, drag_timer};
use raft_view::pace::{Pace, Speed};
use raft_view::stage::Point;
use raft_view::timeline::neighbour;
use wasm_bindgen::JsCast;
use yew::html::Scope;

/// The most lines that the console keeps.
const CONSOLE_LINES: usize = 200;

impl App {
    /// Starts as the options say.
    pub(super) fn begin(&mut self, link: &Scope<App>) {
        let options = self.options.clone();
        if let Some(fragment) = &options.link {
            self.open_link(link, fragment);
        } else if let Some(text) = &options.text {
            self.open_text(link, text);
        } else {
            self.open_bundled(link, options.scenario.as_deref());
        }
        self.refresh();
    }

    fn open_bundled(&mut self, link: &Scope<App>, name: Option<&str>) {
        let first = &bundled::BUNDLED[0];
        let chosen = match name {
            Some(name) => bundled::find(name),
            None => Some(first),
        };
        let Some(chosen) = chosen else {
            let known: Vec<&str> = bundled::BUNDLED.iter().map(|b| b.name).collect();
            self.open_text(link, first.text);
            self.notice = Some(format!(
                "There is no scenario named “{}”. There are: {}.",
                name.unwrap_or_default(),
                known.join(", ")
            ));
            return;
        };
        self.open_text(link, chosen.text);
    }

    /// Opens a shared link; a damaged one, or one of another engine, says so and shows its text.
    fn open_link(&mut self, link: &Scope<App>, fragment: &str) {
        let read = match read_link(fragment) {
            Ok(read) => read,
            Err(error) => {
                self.open_bundled(link, self.options.scenario.clone().as_deref());
                self.notice = Some(format!("This link cannot be read: {error}."));
                return;
            }
        };
        let problem = if read.engine != ENGINE_VERSION {
            Some(format!(
                "This link was made by version {} of the engine, and this is version \
                 {ENGINE_VERSION}: the run may go another way.",
                read.engine
            ))
        } else if !read.intact {
            Some("This link is damaged: its checksum does not fit its text.".to_string())
        } else {
            None
        };
        let opened = scenario::parse(&read.text);
        match (opened, problem) {
            (Ok(scenario), problem) => {
                let session = Session::open(scenario);
                self.start_job(link, session, read.moment, false);
                if let Some(problem) = problem {
                    self.dialog = Dialog::Text { because: Some(problem), text: read.text };
                }
            }
            (Err(error), problem) => {
                self.open_bundled(link, None);
                self.stop();
                let problem = problem.unwrap_or_else(|| "This link’s text is wrong.".into());
                let because = Some(format!("{problem} {error}."));
                self.dialog = Dialog::Text { because, text: read.text };
            }
        }
    }

    /// Opens scenario text. The running cluster stays untouched where the text is wrong.
    fn open_text(&mut self, link: &Scope<App>, text: &str) -> bool {
        match scenario::parse(text) {
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

    fn start_job(&mut self, link: &Scope<App>, session: Session, moment: Place, play: bool) {
        self.job = Some(Job::new(session, moment, play));
        self.play(link);
    }

    fn take_session(&mut self, session: Session) {
        self.session = session;
        self.selection = Selection::Nothing;
        self.menu = None;
        self.drag = None;
        self.first_column = None;
        self.requests_made = 0;
        self.pace = Pace::new(Speed::ALL[self.speed]);
        self.remember_run();
        self.refresh();
    }

    fn remember_run(&self) {
        crate::panic::remember(self.session.text());
    }

    fn play(&mut self, link: &Scope<App>) {
        if self.clock.is_none() {
            let link = link.clone();
            self.last_frame = None;
            self.clock =
                Some(FrameClock::start(move |time| link.send_message(Message::Frame(time))));
        }
    }

    fn stop(&mut self) {
        self.clock = None;
        self.last_frame = None;
    }

    /// Changes the playground; true where it is to be drawn again.
    pub(super) fn on_message(&mut self, link: &Scope<App>, message: Message) -> bool {
        if self.job.is_some() && is_playback(&message) {
            // The work under way needs its frames; it can be cancelled.
            return false;
        }
        match message {
            Message::Frame(time) => return self.on_frame(time),
            Message::Play(true) => self.play(link),
            Message::Play(false) => self.stop(),
            Message::TogglePlay if self.clock.is_some() => self.stop(),
            Message::TogglePlay => self.play(link),
            Message::Step => {
                self.stop();
                self.session.step();
            }
            Message::StepBack => {
                self.stop();
                let events = self.session.world().events();
                self.session.seek_event(events.saturating_sub(1));
            }
            Message::Speed(speed) => self.set_speed(speed),
            Message::Faster(faster) => {
                self.set_speed(if faster { self.speed + 1 } else { self.speed.saturating_sub(1) });
            }
            Message::Do(command) => self.dispatch(command),
            Message::Typed(line) => self.typed(line),
            Message::Select(selection) => self.select(selection),
            Message::SelectNumber(number) => self.select(match number {
                0 => Selection::Nothing,
                number => Selection::Server(NodeId(number)),
            }),
            Message::OpenMenu(menu) => self.open_menu(menu),
            Message::CloseMenu => self.close_menu(),
            Message::Seek(time) => self.seek(time),
            Message::SeekPart(part) => {
                let span = self.views_mut().timeline.as_ref().map_or(0, |view| view.span);
                self.seek((span as f64 * part.clamp(0.0, 1.0)) as Micros);
            }
            Message::Mark(forward) => {
                if let Some(time) = neighbour(&self.session, forward) {
                    self.seek(time);
                }
            }
            Message::Switch(branch) => {
                self.stop();
                self.session.switch(branch);
            }
            Message::Fork => match self.session.fork() {
                Ok(()) => self.notice = Some("A new branch begins here.".into()),
                Err(refusal) => self.notice = Some(refusal.to_string()),
            },
            Message::ShowTab(tab) => {
                self.sheet = !(self.sheet && self.tab == tab);
                self.tab = tab;
            }
            Message::Open(dialog) => self.open_dialog(dialog),
            Message::Share => self.share(),
            Message::Help => self.open_dialog(Dialog::Help),
            Message::Copied => {
                if let Dialog::Share { copied, .. } = &mut self.dialog {
                    *copied = true;
                }
            }
            Message::Close => self.close_dialog(),
            Message::Escape => self.escape(),
            Message::NewRun(settings) => self.new_run(link, settings),
            Message::Restart => {
                let time = 0;
                self.seek(time);
            }
            Message::Load(text) => {
                if self.open_text(link, &text) {
                    self.close_dialog();
                    self.notice = None;
                }
            }
            Message::LoadBundled(name) => {
                self.close_dialog();
                self.notice = None;
                self.open_bundled(link, Some(name));
            }
            Message::CancelJob => {
                if self.job.take().is_some() {
                    self.stop();
                    self.notice = Some("Cancelled: the run before stays.".into());
                }
            }
            Message::SaveFile => {
                let name = self.session.title().unwrap_or("raft run").to_string();
                if let Err(error) = save_file(&name, &self.session.text()) {
                    self.notice = Some(error);
                }
            }
            Message::SetTheme(theme) => self.theme = theme,
            Message::Letters(on) => self.letters = on,
            Message::Columns(by) => self.scroll_log(by),
            Message::FollowLog => self.first_column = None,
            Message::Drag(drag) => {
                if !matches!(drag, Some(Drag::Link { moved: false, .. })) {
                    self.press = None;
                }
                self.drag = drag;
                return true;
            }
            Message::Press(drag, menu) => {
                const LONG_PRESS_MS: u32 = 500;
                self.drag = Some(drag);
                let link = link.clone();
                self.press = Some(gloo_timers::callback::Timeout::new(LONG_PRESS_MS, move || {
                    link.send_message(Message::OpenMenu(menu));
                }));
                return true;
            }
            Message::Hash => {
                let fragment = Options::from_address().link;
                if let Some(fragment) = fragment {
                    self.dialog = Dialog::None;
                    self.notice = None;
                    self.open_link(link, &fragment);
                }
            }
            Message::DropDrag(point) => self.drop_drag(point),
            Message::ClientRequest => {
                self.requests_made += 1;
                let (key, value) = ("x".to_string(), self.requests_made.to_string());
                self.dispatch(Command::Put { key, value, via: None });
            }
            Message::ToggleCrash => self.on_selected(|power, id| match power {
                Power::Crashed => Command::Restart(id),
                Power::Up | Power::Paused => Command::Crash(id),
            }),
            Message::TogglePause => self.on_selected(|power, id| match power {
                Power::Paused => Command::Resume(id),
                Power::Up | Power::Crashed => Command::Pause(id),
            }),
            Message::TimeoutSelected => self.on_selected(|_, id| Command::Timeout(id)),
            Message::RestartLeader => {
                if let Some(leader) = self.session.world().leader().map(|leader| leader.id()) {
                    self.dispatch(Command::Crash(leader));
                    self.dispatch(Command::Restart(leader));
                } else {
                    self.notice = Some("There is no leader to restart.".into());
                }
            }
            Message::Dismiss => self.notice = None,
        }
        self.refresh();
        true
    }

    fn on_frame(&mut self, time: f64) -> bool {
        if let Some(job) = self.job.take() {
            let play = job.play;
            match job.work() {
                (JobState::Done(session), _) => {
                    if !play {
                        self.stop();
                    }
                    self.take_session(*session);
                }
                (JobState::Working, job) => self.job = job,
            }
            return true;
        }
        let real = self.last_frame.map_or(0.0, |last| (time - last).max(0.0));
        self.last_frame = Some(time);
        let simulated = self.pace.pass((real * 1_000.0) as Micros);
        let now = self.session.world().now();
        let progress = self.session.advance(now + simulated, FRAME_BUDGET);
        if progress == raft_sim::Progress::Ended {
            self.stop();
            self.notice = Some("The longest time of a run, 24 hours, is reached.".into());
            self.refresh();
        }
        self.refresh_frame(time);
        true
    }

    fn set_speed(&mut self, speed: usize) {
        self.speed = speed.min(Speed::ALL.len() - 1);
        self.pace = Pace::new(Speed::ALL[self.speed]);
    }

    /// Does something to the run, or says why it cannot be done.
    fn dispatch(&mut self, command: Command) {
        let branches = self.session.branches().len();
        self.notice = None;
        match self.session.dispatch(command.clone()) {
            Ok(()) => {
                if self.session.branches().len() > branches {
                    self.notice = Some(
                        "This was the past: a new branch begins here, and the old one is kept."
                            .into(),
                    );
                }
                self.remember_run();
            }
            Err(refusal) => self.notice = Some(format!("{command}: {refusal}.")),
        }
    }

    /// One line of scenario text, typed while the run goes on.
    fn typed(&mut self, line: String) {
        let servers = self.session.world().servers().len() as u64;
        let world = self.session.world();
        let commands = scenario::parse_action(&line, servers)
            .map_err(|error| error.to_string().replace("line 1: ", ""))
            .and_then(|command| {
                raft_sim::expand(&command, world, &Default::default())
                    .map_err(|refusal| refusal.to_string())
            });
        let error = match commands {
            Err(error) => Some(error),
            Ok(commands) => {
                let mut refused = None;
                for command in commands {
                    self.dispatch(command);
                    if let Some(notice) = self.notice.take_if(|n| n.contains(": expected")) {
                        refused = Some(notice);
                        break;
                    }
                }
                refused
            }
        };
        if self.console.len() >= CONSOLE_LINES {
            self.console.remove(0);
        }
        if self.tab != Tab::Console && error.is_some() {
            self.notice = error.as_ref().map(|error| format!("{line}: {error}"));
        }
        self.console.push(ConsoleLine { typed: line, error });
    }

    fn select(&mut self, selection: Selection) {
        let exists = match selection {
            Selection::Server(id) | Selection::Entry(id, _) => {
                self.session.world().server(id).is_some()
            }
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => true,
        };
        if exists {
            self.selection = selection;
            self.menu = None;
            if selection != Selection::Nothing {
                self.tab = Tab::Inspect;
            }
        }
    }

    fn on_selected(&mut self, command: impl FnOnce(Power, NodeId) -> Command) {
        let id = match self.selection {
            Selection::Server(id) | Selection::Entry(id, _) => id,
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => {
                self.notice = Some("Select a server first: click it, or press its number.".into());
                return;
            }
        };
        if let Some(power) = self.session.world().server(id).map(|server| server.power()) {
            self.dispatch(command(power, id));
        }
    }

    fn seek(&mut self, time: Micros) {
        self.stop();
        self.session.seek(time);
        if matches!(self.selection, Selection::Message(_)) {
            self.selection = Selection::Nothing;
        }
    }

    fn scroll_log(&mut self, by: i64) {
        let window = self.views().window;
        let longest = self.views().longest;
        let first = window.map_or(1, |window| window.first);
        let first = first.saturating_add_signed(by).clamp(1, longest.max(1));
        let at_end = first + super::views::COLUMNS > longest + 2;
        self.first_column = if at_end && by > 0 { None } else { Some(first) };
    }

    fn new_run(&mut self, link: &Scope<App>, settings: Settings) {
        let mut session = Session::new(None, settings);
        skip_the_wait(&mut session);
        self.notice = None;
        self.close_dialog();
        self.take_session(session);
        self.play(link);
    }

    fn share(&mut self) {
        let fragment = self.session.link();
        let url = shared_address(&fragment);
        let too_long = fragment.len() > MAX_LINK;
        self.open_dialog(Dialog::Share { url, too_long, copied: false });
    }

    fn open_dialog(&mut self, dialog: Dialog) {
        if self.refocus.is_none() {
            self.refocus = self.focused();
        }
        self.menu = None;
        self.dialog = if self.dialog == dialog { Dialog::None } else { dialog };
    }

    fn close_dialog(&mut self) {
        self.dialog = Dialog::None;
        self.give_focus_back();
    }

    fn open_menu(&mut self, menu: Menu) {
        self.refocus = self.element_of(menu.selection).or_else(|| self.focused());
        self.drag = None;
        self.press = None;
        self.selection = menu.selection;
        self.tab = Tab::Inspect;
        self.menu = Some(menu);
    }

    fn close_menu(&mut self) {
        if self.menu.take().is_some() {
            self.give_focus_back();
        }
    }

    fn give_focus_back(&mut self) {
        if let Some(element) = self.refocus.take() {
            focus(&element);
        }
    }

    /// What draws a selection, if it is on the stage.
    fn element_of(&self, selection: Selection) -> Option<web_sys::Element> {
        let selector = match selection {
            Selection::Server(id) => format!("[data-server=\"{}\"]", id.0),
            Selection::Message(id) => format!("[data-message=\"{id}\"]"),
            Selection::Link(a, b) => format!("[data-link=\"{},{}\"]", a.0, b.0),
            Selection::Nothing | Selection::Entry(..) => return None,
        };
        self.stage_ref.cast::<web_sys::Element>()?.query_selector(&selector).ok()?
    }

    fn focused(&self) -> Option<web_sys::Element> {
        let root = self.root_ref.cast::<web_sys::Element>()?.get_root_node();
        let active = match root.dyn_ref::<web_sys::ShadowRoot>() {
            Some(shadow) => js_sys::Reflect::get(shadow, &"activeElement".into()).ok()?,
            None => web_sys::window()?.document()?.active_element()?.into(),
        };
        active.dyn_into().ok().or_else(|| self.root_ref.cast())
    }

    fn escape(&mut self) {
        if self.menu.is_some() {
            self.close_menu();
        } else if self.dialog != Dialog::None {
            self.close_dialog();
        } else if self.drag.is_some() {
            self.drag = None;
        } else if self.sheet {
            self.sheet = false;
        } else {
            self.selection = Selection::Nothing;
            self.notice = None;
        }
    }

    /// A pointer that was pressed on the stage is let go.
    fn drop_drag(&mut self, point: Point) {
        self.press = None;
        let Some(ring) = self.views().ring else { return };
        match self.drag.take() {
            None => {}
            Some(Drag::Timer(id, part)) => {
                if let Some(command) = drag_timer(self.session.world(), id, part) {
                    self.dispatch(command);
                }
            }
            Some(Drag::Link { from, moved: false, .. }) => self.select(Selection::Server(from)),
            Some(Drag::Link { from, .. }) => {
                if let Some(to) = ring.hit(point).filter(|to| *to != from) {
                    let cut = self.session.world().network().is_cut(from, to);
                    self.dispatch(if cut {
                        Command::Mend(from, Direction::BothWays, to)
                    } else {
                        Command::Cut(from, Direction::BothWays, to)
                    });
                }
            }
            Some(Drag::Lasso(outline)) => {
                let inside = ring.inside(&outline);
                let all = self.session.world().servers().iter().map(|server| server.id());
                let rest: Vec<NodeId> = all.filter(|id| !inside.contains(id)).collect();
                if inside.is_empty() {
                    if outline.len() < 4 {
                        self.select(Selection::Nothing);
                    }
                } else if !rest.is_empty() {
                    self.dispatch(Command::Partition(vec![inside, rest]));
                }
            }
        }
    }
}

/// Gives an element the focus, be it of HTML or SVG. One that is gone need not have it.
fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _focused = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _focused = element.focus();
    }
}

fn is_playback(message: &Message) -> bool {
    matches!(
        message,
        Message::Play(_)
            | Message::TogglePlay
            | Message::Step
            | Message::StepBack
            | Message::Seek(_)
            | Message::SeekPart(_)
            | Message::Mark(_)
            | Message::Switch(_)
            | Message::Fork
            | Message::Restart
    )
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
