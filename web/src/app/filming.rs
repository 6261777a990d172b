//! The camera that follows a lesson: it goes to what a step is about before the step moves, and
//! stays there. Somebody who looks closer or farther has their own.

use super::App;
use crate::later::panels;
use raft_view::stage::Camera;

/// How long it is on its way, in milliseconds.
const ON_ITS_WAY: f64 = 700.0;

/// Where the camera is, and where it goes.
#[derive(Default)]
pub struct Filming {
    /// The step that it shows: of which lesson, whether somebody has left it, and whether a
    /// question waits there.
    shows: Option<(&'static str, usize, bool, bool)>,
    from: Option<Camera>,
    to: Option<Camera>,
    /// How much of the way is left, in milliseconds.
    left: f64,
}

impl Filming {
    /// What it sees, if a lesson is open.
    pub fn camera(&self) -> Option<Camera> {
        let to = self.to?;
        Some(match self.from {
            Some(from) if self.left > 0.0 => from.towards(to, 1.0 - self.left / ON_ITS_WAY),
            Some(_) | None => to,
        })
    }

    /// Moves on for so many milliseconds; whether it was under way. Nothing else moves then.
    pub fn moves(&mut self, real: f64) -> bool {
        let was_under_way = self.left > 0.0;
        self.left = (self.left - real).max(0.0);
        was_under_way
    }
}

impl App {
    /// Sets off for what the lesson is about, if that is something else now. While everything
    /// stands still it is there at once, as is the rest of the picture.
    pub(super) fn film(&mut self) {
        let open = self.lesson.as_ref().zip(self.views().lesson.as_ref());
        let shows = open.map(|(lesson, view)| {
            let waits = view.question.as_ref().is_some_and(|question| question.waits);
            (lesson.item.name, view.step, view.is_away, waits)
        });
        if shows == self.filming.shows {
            if !self.is_playing() {
                self.filming.left = 0.0;
            }
            return;
        }
        let close_up =
            open.zip(panels()).map(|((_, view), panels)| (panels.close_up)(&self.session, view));
        let (from, moves) = (self.filming.camera(), self.is_playing() && !self.reduced_motion);
        let sets_off = moves && from.is_some() && close_up.is_some() && from != close_up;
        let left = if sets_off { ON_ITS_WAY } else { 0.0 };
        self.filming = Filming { shows, from, to: close_up, left };
    }
}
