//! How much room parts of the page have been given by hand, kept for later visits.

use crate::kept;
use web_sys::HtmlElement;

/// A part whose size a person can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The panel beside the stage: its width in pixels.
    Side,
    /// The same as a sheet on a narrow page: its height in hundredths of the page's.
    Sheet,
    /// The terminal in the console: its height in hundredths of the panel's.
    Terminal,
}

/// The width of the panel that nobody has changed, as the style sheet has it.
pub const USUAL_SIDE: u32 = 400;

/// The least room that is left for the stage beside the panel, as the style sheet has it.
const LEAST_STAGE: u32 = 320;

impl Part {
    const ALL: [Part; 3] = [Part::Side, Part::Sheet, Part::Terminal];

    /// Its name: that of its style, and of what is kept.
    pub fn name(self) -> &'static str {
        match self {
            Part::Side => "side",
            Part::Sheet => "sheet",
            Part::Terminal => "terminal",
        }
    }

    /// Its size while nobody has changed it.
    pub fn usual(self) -> u32 {
        match self {
            Part::Side => USUAL_SIDE,
            Part::Sheet => 58,
            Part::Terminal => 55,
        }
    }

    /// The least and the most that it can have on a page of this width in pixels.
    pub fn limits(self, page: u32) -> (u32, u32) {
        match self {
            Part::Side => (300, page.saturating_sub(LEAST_STAGE).max(300)),
            Part::Sheet => (25, 94),
            Part::Terminal => (30, 88),
        }
    }

    /// How far an arrow key moves its edge.
    pub fn step(self) -> u32 {
        match self {
            Part::Side => 20,
            Part::Sheet | Part::Terminal => 4,
        }
    }

    /// Gives it a size, or its usual one back. The style object is used, for a strict content
    /// security policy forbids style attributes.
    pub fn give(self, page: &HtmlElement, size: Option<u32>) {
        let property = format!("--{}", self.name());
        let unit = match self {
            Part::Side => "px",
            Part::Sheet | Part::Terminal => "%",
        };
        let _set = match size {
            Some(size) => page.style().set_property(&property, &format!("{size}{unit}")),
            None => page.style().remove_property(&property).map(|_| ()),
        };
    }
}

/// The sizes that were chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    side: Option<u32>,
    sheet: Option<u32>,
    terminal: Option<u32>,
}

impl Sizes {
    /// Those of an earlier visit.
    pub fn kept() -> Sizes {
        let mut sizes = Sizes::default();
        for part in Part::ALL {
            *sizes.of_mut(part) = kept::read(&kept_as(part)).and_then(|size| size.parse().ok());
        }
        sizes
    }

    /// That of a part; `None`: the usual one.
    pub fn of(&self, part: Part) -> Option<u32> {
        let mut copy = *self;
        *copy.of_mut(part)
    }

    /// With this width of the panel, where nobody has chosen one.
    #[must_use]
    pub fn or_side(self, width: Option<u32>) -> Sizes {
        Sizes { side: self.side.or(width), ..self }
    }

    /// Takes a size up and keeps it.
    pub fn set(&mut self, part: Part, size: Option<u32>) {
        *self.of_mut(part) = size;
        kept::keep(&kept_as(part), &size.map_or(String::new(), |size| size.to_string()));
    }

    /// Gives each part of the page its size.
    pub fn give(&self, page: &HtmlElement) {
        for part in Part::ALL {
            part.give(page, self.of(part));
        }
    }

    fn of_mut(&mut self, part: Part) -> &mut Option<u32> {
        match part {
            Part::Side => &mut self.side,
            Part::Sheet => &mut self.sheet,
            Part::Terminal => &mut self.terminal,
        }
    }
}

fn kept_as(part: Part) -> String {
    format!("raft-playground-{}", part.name())
}
