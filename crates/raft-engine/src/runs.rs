//! Many runs for one moment: what a web worker does for the page.

use raft_runs::{Place, Question, future};
use raft_sim::{Moment, Session, parse_span};
use wasm_bindgen::prelude::*;

/// A run at a moment, of which futures are asked.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Runs {
    text: String,
    session: Session,
    onward: Session,
    question: Option<Question>,
}

#[wasm_bindgen]
impl Runs {
    /// Goes to a moment of a run: its text, whether that is a scenario which goes on, the moment as
    /// `585ms+3`, and the digest there as 16 hexadecimal digits.
    ///
    /// # Errors
    /// A sentence, where the text does not give this run.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, goes_on: bool, moment: &str, digest: &str) -> Result<Runs, String> {
        let moment = moment_of(moment)
            .ok_or_else(|| format!("expected a moment such as `585ms+3`, found `{moment}`"))?;
        let digest = u64::from_str_radix(digest, 16)
            .map_err(|_| format!("expected a digest, found `{digest}`"))?;
        let place = Place { text: text.to_string(), goes_on, moment, digest };
        let session = place.go().map_err(|lost| lost.to_string())?;
        let onward = session.onward();
        Ok(Runs { text: place.text, session, onward, question: None })
    }

    /// What is asked from now on.
    ///
    /// # Errors
    /// Says what was expected and found.
    pub fn ask(&mut self, question: &str) -> Result<(), String> {
        self.question = Some(Question::read(&self.text, question)?);
        Ok(())
    }

    /// Goes to the moment after so many events of the run.
    pub fn seek(&mut self, events: f64) {
        // Whole, and below 2^53.
        self.session.seek_event(events as u64);
        self.onward = self.session.onward();
    }

    /// Asks the futures that are reseeded with `first` and the numbers behind it. Of each two
    /// numbers: [`raft_runs::Outcome::code`], and how long it took in microseconds.
    pub fn futures(&self, first: u32, count: u32) -> Vec<u32> {
        let Some(question) = &self.question else { return Vec::new() };
        let keys = u64::from(first)..u64::from(first) + u64::from(count);
        let asked = keys.map(|key| future(&self.onward, question, key));
        asked.flat_map(|it| [it.code, u32::try_from(it.after).unwrap_or(u32::MAX)]).collect()
    }
}

fn moment_of(text: &str) -> Option<Moment> {
    let (time, after) = text.split_once('+')?;
    Some(Moment { time: parse_span(time)?, after: after.parse().ok()? })
}
