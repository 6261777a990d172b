//! What is done to the cluster.

use super::App;
use crate::message::Act;
use crate::panel::console::ConsoleLine;
use raft_sim::{Command, Power, Server, Standing, scenario};
use raft_view::menu::Selection;
use raft_view::tab::Tab;

/// The most lines that the console keeps.
const CONSOLE_LINES: usize = 200;

impl App {
    pub(super) fn on_act(&mut self, act: Act) {
        match act {
            Act::Do(_) if self.lifted.is_some() => {}
            Act::Do(command) => self.dispatch(command),
            Act::Typed(line) => {
                let _shown = self.typed(line);
            }
            Act::Line(line) => self.line(line),
            Act::NextOfRequest => {
                self.stop();
                self.next_of_request();
            }
            Act::ClientRequest => {
                self.requests_made += 1;
                let (key, value) = ("x".to_string(), self.requests_made.to_string());
                self.dispatch(Command::Put { key, value, via: None });
            }
            Act::ToggleCrash => {
                self.on_selected(|server| match (server.power(), server.standing()) {
                    (Power::Crashed, Standing::Announced) => Command::Start(server.id()),
                    (Power::Crashed, _) => Command::Restart(server.id()),
                    (Power::Up | Power::Paused, _) => Command::Crash(server.id()),
                })
            }
            Act::TogglePause => self.on_selected(|server| match server.power() {
                Power::Paused => Command::Resume(server.id()),
                Power::Up | Power::Crashed => Command::Pause(server.id()),
            }),
            Act::TimeoutSelected => self.on_selected(|server| Command::Timeout(server.id())),
            Act::RestartLeader => {
                if let Some(leader) = self.session.world().leader().map(|leader| leader.id()) {
                    self.dispatch(Command::Crash(leader));
                    self.dispatch(Command::Restart(leader));
                } else {
                    self.notice = Some(told!("There is no leader to restart."));
                }
            }
        }
    }

    /// Does something to the run, or says why it cannot be done.
    pub(super) fn dispatch(&mut self, command: Command) {
        if let Err(refused) = self.attempt(command) {
            self.notice = Some(refused);
        }
    }

    /// Does something to the run.
    ///
    /// # Errors
    /// Why it cannot be done, in a sentence.
    fn attempt(&mut self, command: Command) -> Result<(), String> {
        let branches = self.session.branches().len();
        self.notice = None;
        self.leave_lesson_for(&command)?;
        let text = command.to_string();
        let done = self.session.dispatch(command);
        done.map_err(|refusal| format!("{text}: {refusal}."))?;
        if self.session.branches().len() > branches && self.lesson.is_none() {
            self.notice = Some(told!(
                "This was the past: a new branch begins here, and the old one is kept."
            ));
        }
        self.remember_run();
        Ok(())
    }

    /// One line of scenario text, typed while the run goes on; what was wrong, if anything.
    pub(super) fn typed(&mut self, line: String) -> Option<String> {
        let world = self.session.world();
        let servers = world.servers().len() as u64;
        let commands = scenario::parse_action(&line, servers)
            .map_err(|error| error.without_line().to_string())
            .and_then(|command| {
                raft_sim::expand(&command, world, &Default::default())
                    .map_err(|refusal| refusal.to_string())
            });
        let done = commands.and_then(|commands| {
            commands.into_iter().try_for_each(|command| self.attempt(command))
        });
        let error = done.err();
        if self.console.len() >= CONSOLE_LINES {
            self.console.remove(0);
        }
        if self.tab != Tab::Console && error.is_some() {
            self.notice = error.as_ref().map(|error| format!("{line}: {error}"));
        }
        let after = u32::try_from(self.session.world().consoles().len()).unwrap_or(u32::MAX);
        self.console.push(ConsoleLine { typed: line, error: error.clone(), after });
        error
    }

    fn on_selected(&mut self, command: impl FnOnce(&Server) -> Command) {
        let id = match self.selection {
            Selection::Server(id) | Selection::Entry(id, _) => id,
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => {
                self.notice = Some(told!("Select a server first: click it, or press its number."));
                return;
            }
        };
        if let Some(command) = self.session.world().server(id).map(command) {
            self.dispatch(command);
        }
    }
}
