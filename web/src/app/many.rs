//! Many runs at once: they are asked of the run as it is, and one of them becomes a branch of it.

use super::App;
use crate::message::{Link, Many};
use raft_sim::Command;

/// The most events of a future that is carried out so as to know what a scenario does in it.
const EVENTS: u64 = 500_000;

impl App {
    pub(super) fn on_many(&mut self, link: &Link, many: Many) {
        if let Many::Open(key) = many {
            if let Err(why) = self.open_future(link, key) {
                self.notice = Some(why);
            }
        } else if let Some(runs) = &mut self.counts.runs {
            runs.take(&self.session, link, many);
        }
    }

    /// # Errors
    /// Why it cannot be opened, in a sentence.
    fn open_future(&mut self, link: &Link, key: u64) -> Result<(), String> {
        let asked = self.counts.runs.as_ref().and_then(|runs| runs.moment());
        let Some((branch, moment, span)) = asked else { return Ok(()) };
        self.stop();
        self.leave_lesson_for(&Command::Reseed(key))?;
        self.session.switch(branch);
        self.session.seek_moment(moment);
        let opened = self.session.open_future(key, span, EVENTS);
        opened.map_err(|refusal| format!("{refusal}."))?;
        self.notice = Some(told!(
            "This is one of the futures: a new branch, which differs from here on in chance alone."
        ));
        self.remember_run();
        self.show_present();
        self.play(link);
        Ok(())
    }
}
