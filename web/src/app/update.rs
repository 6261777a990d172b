//! How messages change a playground.

use super::jobs::JobState;
use super::{App, FRAME_BUDGET};
use crate::clock::FrameClock;
use crate::dialog::shared_address;
use crate::later::{needed, panels};
use crate::message::{Dialog, Drag, Link, Menu, Message, Part, Turn};
use crate::options::Options;
use crate::panel::console::ConsoleLine;
use raft_check::linear::Verdict;
use raft_core::{Micros, NodeId};
use raft_sim::run::MAX_LINK;
use raft_sim::{Command, Power, scenario};
use raft_view::lang::{Language, look_up};
use raft_view::menu::Selection;
use raft_view::pace::{Pace, Speed};
use raft_view::tab::Tab;
use raft_view::timeline::neighbour;

/// While etcdctl's commands are on their way.
const LOADING: &str = key!("Loading etcdctl’s commands…");
const NOT_LOADED: &str =
    key!("etcdctl’s commands could not be loaded. What needs them waits: try once more.");

/// The most lines that the console keeps.
const CONSOLE_LINES: usize = 200;

impl App {
    pub(super) fn play(&mut self, link: &Link) {
        if self.clock.is_none() {
            let link = link.clone();
            self.last_frame = None;
            self.clock =
                Some(FrameClock::start(move |time| link.send_message(Message::Frame(time))));
        }
    }

    pub(super) fn stop(&mut self) {
        self.clock = None;
        self.last_frame = None;
    }

    /// Changes the playground; true where it is to be drawn again.
    pub(super) fn on_message(&mut self, link: &Link, message: Message) -> bool {
        if self.job.is_some() && is_playback(&message) {
            // The work under way needs its frames; it can be cancelled.
            return false;
        }
        if let Some(part) = needed(&message)
            && self.later.keeps(message.clone(), part, link)
        {
            self.notice = Some(look_up(LOADING).into());
            self.refresh();
            return true;
        }
        match message {
            Message::Frame(time) => return self.on_frame(link, time),
            Message::Play(true) => self.play(link),
            Message::Play(false) => self.stop(),
            Message::TogglePlay if self.clock.is_some() => self.stop(),
            Message::TogglePlay if self.lesson_waits() => self.take_turn(Turn::Continue, link),
            Message::TogglePlay => self.play(link),
            Message::Step => {
                self.stop();
                if self.lesson_waits() {
                    self.session.go_on();
                }
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
            Message::Do(_) if self.lifted.is_some() => {}
            Message::Do(command) => self.dispatch(command),
            Message::Typed(line) => self.typed(line),
            Message::Line(line) => self.line(line),
            Message::NextOfRequest => {
                self.stop();
                self.next_of_request();
            }
            Message::Endpoint(id) => self.endpoint = id.map(NodeId),
            Message::Copy(text) => {
                if let Some(panels) = panels() {
                    (panels.copy)(text, link.callback(|()| Message::Copied));
                }
            }
            Message::Select(selection) => self.select(selection),
            Message::SelectNumber(number) => self.select(match number {
                0 => Selection::Nothing,
                number => Selection::Server(NodeId(number)),
            }),
            Message::OpenMenu(menu) => self.open_menu(menu),
            Message::OpenPressed(menu) => {
                self.open_menu(menu);
                self.lifted = self.wait_for_lift(link);
            }
            Message::Lifted => self.lifted = None,
            // The finger that has opened the menu is still on it: lifting it is no choice.
            Message::CloseMenu if self.lifted.is_some() => {}
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
                Ok(()) => self.notice = Some(told!("A new branch begins here.")),
                Err(refusal) => self.notice = Some(refusal.to_string()),
            },
            Message::ShowTab(tab) => {
                self.sheet = !(self.sheet && self.tab == tab);
                self.versions.gallery += 1;
                self.tab = tab;
            }
            Message::Open(dialog) => self.open_dialog(dialog),
            Message::Share => self.share(),
            Message::Help => self.open_dialog(Dialog::Help),
            Message::Copied => {
                if let Dialog::Share { copied, .. } = &mut self.dialog {
                    *copied = true;
                } else {
                    self.notice = Some(told!("Copied."));
                }
            }
            Message::Close => self.close_dialog(),
            Message::Escape => self.escape(),
            Message::NewRun(settings) => self.new_run(link, settings),
            Message::Restart => self.restart(link),
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
                    self.notice = Some(told!("Cancelled: the run before stays."));
                }
            }
            Message::SaveFile => {
                let name = self.session.title().unwrap_or("raft run").to_string();
                let saved = panels().map(|panels| (panels.save)(&name, &self.session.text()));
                if let Some(Err(error)) = saved {
                    self.notice = Some(error);
                }
            }
            Message::SetTheme(theme) => self.theme = theme,
            Message::SetLanguage(language) => {
                crate::language::keep(language);
                self.speak(link, language);
            }
            Message::Speak(language) => self.speak(link, language),
            Message::LanguageChanged => self.say_anew(),
            Message::NotSpoken(error) => self.not_spoken(&error),
            Message::Letters(on) => self.letters.set(on),
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
                    link.send_message(Message::OpenPressed(menu));
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
                    self.notice = Some(told!("There is no leader to restart."));
                }
            }
            Message::Dismiss => self.notice = None,
            Message::Measure(begins) => {
                let Some(panels) = panels() else { return false };
                let settings = self.session.world().settings();
                if !(panels.measure)(&mut self.measuring, settings, link, begins) {
                    return false;
                }
            }
            Message::OpenItem(item, step) => {
                self.opened_by_hand = true;
                self.fetch(item, step, link);
            }
            Message::OpenNamed(name) => self.ask_for(name, link),
            Message::Fetched(item, step, text) => self.open_item(link, item, step, text),
            Message::Ask(question) => {
                self.question = if self.question == question { None } else { question };
            }
            Message::Turn(turn) => self.take_turn(turn, link),
            Message::Arrow(forward) if self.lesson.is_some() => {
                let turn = if forward { Turn::Continue } else { Turn::Back };
                self.take_turn(turn, link);
            }
            Message::Arrow(forward) => {
                let step = if forward { Message::Step } else { Message::StepBack };
                return self.on_message(link, step);
            }
            Message::Want(part) => self.later.again(part, link),
            Message::Arrived(part, came) => {
                if part == Part::Panels && came {
                    self.open_what_was_asked_for(link);
                }
                if part == Part::Etcdctl {
                    self.notice = (!came).then(|| look_up(NOT_LOADED).into());
                }
                if part == Part::Panels && !came && crate::language::waits() {
                    self.not_spoken("part-panels");
                }
                link.send_message_batch(self.later.arrived(part, came));
            }
        }
        self.want_what_is_shown(link);
        self.refresh();
        true
    }

    /// Loads the parts of the page that somebody looks at.
    pub(super) fn want_what_is_shown(&mut self, link: &Link) {
        // Paused, messages in flight are listed too.
        let rests = !self.is_playing() && self.session.world().events() > 0;
        if rests
            || !self.shows_cluster()
            || self.wants_item()
            || self.tab != Tab::Inspect
            || self.dialog != Dialog::None
            || self.clients_matter()
        {
            self.later.want(Part::Panels, link);
        }
        if self.tab == Tab::Console {
            self.later.want(Part::Etcdctl, link);
        }
    }

    /// Goes over to a language; where its sentences are not here yet, once they have come.
    pub(super) fn speak(&mut self, link: &Link, language: Language) {
        if crate::language::go_over(language)
            || self.later.keeps(Message::Speak(language), Part::Panels, link)
        {
            return;
        }
        if let Some(panels) = panels() {
            (panels.language)(link);
        }
    }

    fn not_spoken(&mut self, why: &str) {
        self.notice =
            Some(tr!("Chinese (中文) could not be loaded, so the page stays English: {}.", why));
    }

    fn clients_matter(&self) -> bool {
        self.session.world().load().is_some()
            || self.views().linear.verdict == Verdict::NotLinearizable
    }

    fn on_frame(&mut self, link: &Link, time: f64) -> bool {
        if let Some(job) = self.job.take() {
            let play = job.play;
            match job.work() {
                (JobState::Done(session), _) => {
                    if !play {
                        self.stop();
                    }
                    self.take_session(*session);
                    self.tell_of_difference();
                }
                (JobState::Working, job) => self.job = job,
            }
            return true;
        }
        let real = self.last_frame.map_or(0.0, |last| (time - last).max(0.0));
        self.last_frame = Some(time);
        let simulated = self.pace.pass((real * 1_000.0) as Micros);
        let now = self.session.world().now();
        let (until, stops) = self.as_far_as_the_lesson_goes(now + simulated);
        let progress = self.session.advance(until, FRAME_BUDGET);
        if stops || self.lesson_waits() {
            self.stop();
            self.refresh();
        }
        if progress == raft_sim::Progress::Ended {
            self.stop();
            self.notice = Some(told!("The longest time of a run, 24 hours, is reached."));
            self.refresh();
        }
        self.refresh_frame(time);
        if self.clients_matter() {
            self.later.want(Part::Panels, link);
        }
        true
    }

    fn set_speed(&mut self, speed: usize) {
        self.speed = speed.min(Speed::ALL.len() - 1);
        self.pace = Pace::new(Speed::ALL[self.speed]);
    }

    /// Does something to the run, or says why it cannot be done.
    pub(super) fn dispatch(&mut self, command: Command) {
        let branches = self.session.branches().len();
        self.notice = None;
        if let Err(notice) = self.leave_lesson_for(&command) {
            self.notice = Some(notice);
            return;
        }
        match self.session.dispatch(command.clone()) {
            Ok(()) => {
                if self.session.branches().len() > branches && self.lesson.is_none() {
                    self.notice = Some(told!(
                        "This was the past: a new branch begins here, and the old one is kept."
                    ));
                }
                self.remember_run();
            }
            Err(refusal) => self.notice = Some(format!("{command}: {refusal}.")),
        }
    }

    /// One line of scenario text, typed while the run goes on.
    pub(super) fn typed(&mut self, line: String) {
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
        let after = u32::try_from(self.session.world().consoles().len()).unwrap_or(u32::MAX);
        self.console.push(ConsoleLine { typed: line, error, after });
    }

    pub(super) fn select(&mut self, selection: Selection) {
        let exists = match selection {
            Selection::Server(id) | Selection::Entry(id, _) => {
                self.session.world().server(id).is_some()
            }
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => true,
        };
        if exists {
            self.selection = selection;
            self.question = None;
            self.menu = None;
            let on_disk = matches!(selection, Selection::Server(_) | Selection::Entry(..));
            if selection != Selection::Nothing && !(on_disk && self.tab == Tab::Storage) {
                self.tab = Tab::Inspect;
            }
        }
    }

    fn on_selected(&mut self, command: impl FnOnce(Power, NodeId) -> Command) {
        let id = match self.selection {
            Selection::Server(id) | Selection::Entry(id, _) => id,
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => {
                self.notice = Some(told!("Select a server first: click it, or press its number."));
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
        self.tell_of_difference();
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

    pub(super) fn close_dialog(&mut self) {
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
