//! How much room a playground has on somebody else's page, which it hears whenever that changes.

use gloo_timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// How much room there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// For all that it shows.
    #[default]
    Enough,
    /// For the servers alone, and what is said in two lines.
    Little,
    /// For the servers, and nothing beside them.
    Least,
}

impl Room {
    /// That of a page with its stage, by their width and height in pixels. Servers' names are 11
    /// pixels high in a stage of 290: in less of it they are drawn larger, and alone.
    fn of(page: (i32, i32), stage: (i32, i32)) -> Room {
        match (page, stage) {
            ((_, ..260), _) => Room::Least,
            ((..480, _), _) | (_, (..290, _) | (_, ..290)) => Room::Little,
            _ => Room::Enough,
        }
    }

    /// Whether servers are drawn alone.
    pub fn is_little(self) -> bool {
        self != Room::Enough
    }

    /// What the style knows it by.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Room::Enough => None,
            Room::Little => Some("little"),
            Room::Least => Some("little least"),
        }
    }
}

/// How much room a playground has, and who hears of it.
#[derive(Default)]
pub struct Space {
    /// How much it has.
    pub room: Room,
    /// Tells when that is another.
    pub watch: Option<RoomWatch>,
}

/// Hears of a page's size, and its stage's, until it is dropped.
pub struct RoomWatch {
    observer: ResizeObserver,
    _hears: Closure<dyn FnMut()>,
    /// The next look, which is not taken once this is dropped.
    _later: Rc<Cell<Option<Timeout>>>,
}

impl RoomWatch {
    /// Tells at once, and whenever there is more or less room. `None` where a browser cannot tell.
    pub fn new(page: Element, tell: impl Fn(Room) + 'static) -> Option<RoomWatch> {
        let stage = page.query_selector(".stage").ok()??;
        let (watched, part) = (page.clone(), stage.clone());
        let look = Rc::new(move || {
            let size = |element: &Element| (element.client_width(), element.client_height());
            // Off the page it has no size, and needs none.
            if watched.client_height() > 0 {
                tell(Room::of(size(&watched), size(&part)));
            }
        });
        look();
        // Later, for what is told of changes what is observed: at once, that would be a loop, of
        // which browsers complain to the page.
        let later = Rc::new(Cell::new(None));
        let waiting = later.clone();
        let hears = Closure::<dyn FnMut()>::new(move || {
            let look = look.clone();
            waiting.set(Some(Timeout::new(0, move || look())));
        });
        let observer = ResizeObserver::new(hears.as_ref().unchecked_ref()).ok()?;
        observer.observe(&page);
        observer.observe(&stage);
        Some(RoomWatch { observer, _hears: hears, _later: later })
    }
}

impl Drop for RoomWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
