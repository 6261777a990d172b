//! The frame clock: the only place that asks the browser for animation frames.
//!
//! *Running* means that a clock exists and holds a handle; dropping it stops it. A browser gives no
//! frames to a hidden tab, so nothing runs there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

type Callback = Closure<dyn FnMut(f64)>;

/// Calls back once a frame until it is dropped.
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
        *callback.borrow_mut() = Some(Closure::new(move |time: f64| {
            // The next frame is asked for first: the work may stop the clock.
            next_handle.set(next_callback.try_borrow().ok().and_then(|c| request(c.as_ref()?)));
            on_frame(time);
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
