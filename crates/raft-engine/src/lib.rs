//! The engine without a picture, as scripts call it: texts go in, JSON comes out, and what was
//! wrong is an object that names its line. `engine.js` of the npm package makes values and errors
//! of it.

mod runs;

use anyhow::anyhow;
use raft_report::moment::{self, When};
use raft_report::state::{self, ClusterState};
use raft_sim::Session;
use raft_sim::scenario::ScenarioError;
use raft_view::poster::{Poster, Theme, description, poster};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use runs::Runs;

/// The widths that a picture may be asked for, in pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 50..=4_000;

/// What was wrong.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A sentence.
    pub message: String,
    /// `wrong-text`, or `cannot-be-done` where a run has no such moment.
    pub code: &'static str,
    /// The line of the text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What was expected there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Problem {
        let wrong = error.downcast_ref::<ScenarioError>();
        let never = error.is::<moment::NeverSo>();
        Problem {
            message: format!("{error:#}"),
            code: if never { "cannot-be-done" } else { "wrong-text" },
            line: wrong.map(|wrong| wrong.line),
            expected: wrong.map(|wrong| wrong.expected.clone()),
        }
    }
}

/// One moment of a run.
#[derive(Serialize)]
struct Moment {
    state: ClusterState,
    /// An SVG file of it.
    svg: String,
    /// What that shows, in words.
    alt: String,
}

/// Carries a scenario out to its end. `[held, report]` as JSON: the report is that of the command
/// line's `run --json`.
///
/// # Errors
/// Where the text is wrong.
pub fn report(text: &str) -> Result<String, Problem> {
    let mut session = Session::open(raft_view::tab::read(text).map_err(anyhow::Error::from)?);
    while !session.finish_script(u64::MAX / 2) {}
    let object = raft_report::object(&session).map_err(anyhow::Error::from)?;
    Ok(format!("[{},{object}]", raft_report::held(&session)))
}

/// A run at a moment, with its picture, as JSON: at a time such as `204ms`, or where a claim first
/// holds, or else at the most telling one.
///
/// # Errors
/// Where text, time, claim or what the picture is to be like is wrong, or the claim never holds.
pub fn moment(text: &str, at: &str, until: &str, look: &str) -> Result<String, Problem> {
    let given = |word: &'_ str| (!word.is_empty()).then(|| word.to_string());
    let when = When::of(given(at).as_deref(), given(until).as_deref())?;
    let how = how(look)?;
    let session = moment::session(text, &when)?;
    let moment = Moment {
        state: state::cluster(session.world()),
        svg: poster(&session, how),
        alt: description(session.world()),
    };
    Ok(serde_json::to_string(&moment).map_err(anyhow::Error::from)?)
}

/// Reads words such as `logs dark 640`.
fn how(look: &str) -> anyhow::Result<Poster> {
    let mut how = Poster { theme: Theme::Reader, logs: false, width: None };
    for word in look.split_whitespace() {
        match (word, word.parse()) {
            ("logs", _) => how.logs = true,
            ("auto", _) => how.theme = Theme::Reader,
            ("light", _) => how.theme = Theme::Light,
            ("dark", _) => how.theme = Theme::Dark,
            (_, Ok(width)) if WIDTHS.contains(&width) => how.width = Some(width),
            _ => {
                let (least, most) = WIDTHS.into_inner();
                return Err(anyhow!(
                    "expected a theme (`auto`, `light`, `dark`) and a width from {least} to \
                     {most}, found `{word}`"
                ));
            }
        }
    }
    Ok(how)
}

/// [`report`], for scripts.
///
/// # Errors
/// A [`Problem`] as JSON.
#[wasm_bindgen(js_name = report)]
pub fn script_report(text: &str) -> Result<String, String> {
    report(text).map_err(told)
}

/// [`moment()`], for scripts.
///
/// # Errors
/// A [`Problem`] as JSON.
#[wasm_bindgen(js_name = moment)]
pub fn script_moment(text: &str, at: &str, until: &str, look: &str) -> Result<String, String> {
    moment(text, at, until, look).map_err(told)
}

fn told(problem: Problem) -> String {
    // Numbers and strings are always JSON.
    serde_json::to_string(&problem).unwrap_or(problem.message)
}
