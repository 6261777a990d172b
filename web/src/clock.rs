//! The frame clock: the only place that asks the browser for animation frames.
//!
//! *Running* means that a clock exists and holds a handle; dropping it stops it. A browser gives no
//! frames to a hidden tab, so nothing runs there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

type Callback = Closure<dyn FnMut(f64)>;

thread_local! {
    /// How many clocks run on this page.
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    /// The latest frame's time, and whether it is an odd one.
    static FRAME: Cell<(f64, bool)> = const { Cell::new((0.0, false)) };
}

/// As many are called back in every frame. Where more run all wait for every second one: what a
/// browser does for a page that changes at all costs more than each of them, and thirty pictures a
/// second still move.
const MOST_EVERY_FRAME: u32 = 2;

/// Whether this frame, of which each clock hears, is one for all.
fn is_for_all(time: f64) -> bool {
    let (last, odd) = FRAME.get();
    let odd = odd != (time > last);
    FRAME.set((time.max(last), odd));
    odd || RUNNING.get() <= MOST_EVERY_FRAME
}

/// Calls back once a frame until it is dropped, every second frame where many run.
pub struct FrameClock {
    handle: Rc<Cell<Option<i32>>>,
    callback: Rc<RefCell<Option<Callback>>>,
}

impl FrameClock {
    /// Starts. `on_frame` is given the frame's time in milliseconds, as the browser tells it.
    pub fn start(mut on_frame: impl FnMut(f64) + 'static) -> FrameClock {
        let handle = Rc::new(Cell::new(None));
        let callback: Rc<RefCell<Option<Callback>>> = Rc::default();
        let (next_handle, next_callback) = (handle.clone(), callback.clone());
        RUNNING.set(RUNNING.get() + 1);
        *callback.borrow_mut() = Some(Closure::new(move |time: f64| {
            // The next frame is asked for first: the work may stop the clock.
            next_handle.set(next_callback.try_borrow().ok().and_then(|c| request(c.as_ref()?)));
            if is_for_all(time) {
                on_frame(time);
            }
        }));
        handle.set(callback.borrow().as_ref().and_then(request));
        FrameClock { handle, callback }
    }
}

fn request(callback: &Callback) -> Option<i32> {
    web_sys::window()?.request_animation_frame(callback.as_ref().unchecked_ref()).ok()
}

impl Drop for FrameClock {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get().saturating_sub(1));
        if let (Some(window), Some(handle)) = (web_sys::window(), self.handle.take()) {
            // A frame that cannot be cancelled has already come.
            let _gone = window.cancel_animation_frame(handle);
        }
        // The closure may be the one that is running: it is freed once it has returned.
        let callback = self.callback.borrow_mut().take();
        if let Some(callback) = callback {
            gloo_timers::callback::Timeout::new(0, move || drop(callback)).forget();
        }
    }
}
