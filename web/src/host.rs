//! Mounting and destroying playgrounds, and the small API that pages use.

use crate::app::{App, Props};
use crate::fetch;
use crate::message::{Act, Message, Time};
use crate::options::{Options, WORDS};
use crate::told::{Answer, Ask, Told};
use raft_sim::Session;
use raft_view::first_light::first_light;
use serde::Serialize;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRoot, ShadowRootInit, ShadowRootMode};
use yew::{AppHandle, Callback, Renderer};

/// A playground on a page. Lives until [`Playground::destroy`].
#[wasm_bindgen]
pub struct Playground {
    app: Option<Root>,
    /// On another page, which may mount and remove many.
    is_guest: bool,
    /// The run at its beginning: it answers until the playground itself can.
    beginning: Option<Beginning>,
}

/// An application, and the element that it draws in.
struct Root {
    app: AppHandle<App>,
    inside: Element,
}

thread_local! {
    /// Those whose playgrounds are gone. Each is used again: what Yew has put on an element to
    /// listen, and the element, stay for good.
    static FREE: RefCell<Vec<Root>> = const { RefCell::new(Vec::new()) };
}

struct Beginning {
    session: Session,
    /// The text that was asked for, which is read later.
    text: Option<String>,
}

/// What a page can look at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    time_us: u64,
    events: u64,
    playing: bool,
    leader: Option<String>,
    committed: u64,
    violations: usize,
    branches: usize,
}

impl State {
    fn of(session: &Session, playing: bool) -> State {
        let world = session.world();
        State {
            time_us: world.now(),
            events: world.events(),
            playing,
            leader: world.leader().map(|leader| leader.id().to_string()),
            committed: world.committed(),
            violations: world.violations().len(),
            branches: session.branches().len(),
        }
    }
}

/// Mounts a playground in an element: `mount(element, {scenario, lesson, text, view, at, …})`.
/// A function as `tell` is told what happens: its name and its details.
///
/// # Errors
/// Where the options are not such an object, or the element cannot have a shadow root.
#[wasm_bindgen]
pub fn mount(place: &Element, wishes: JsValue) -> Result<Playground, JsValue> {
    let (options, tell) = read_wishes(&wishes)?;
    Ok(mount_with(place, options, tell))
}

/// Tells a function of the page's script.
fn teller(tell: js_sys::Function) -> Callback<Told> {
    Callback::from(move |told: Told| App::tell_script(&tell, told))
}

/// Reads the words that an address has too, each of which may be left out. By hand: the general way
/// of reading objects costs twelve kilobytes more than writing them.
fn read_wishes(wishes: &JsValue) -> Result<(Options, Option<Callback<Told>>), JsValue> {
    if wishes.is_undefined() || wishes.is_null() {
        return Ok((Options::of(&|_| None), None));
    }
    let wrong = |what: &str| Err(JsValue::from(js_sys::TypeError::new(what)));
    if !wishes.is_object() {
        return wrong("expected options such as {scenario: \"split-vote\", embed: true}");
    }
    let mut tell = None;
    let mut words: Vec<(String, String)> = Vec::new();
    for key in js_sys::Object::keys(wishes.unchecked_ref::<js_sys::Object>()) {
        let value = js_sys::Reflect::get(wishes, &key)?;
        let key = key.as_string().unwrap_or_default();
        if key == "tell" {
            tell = value.dyn_into().ok().map(teller);
        } else if !WORDS.contains(&key.as_str()) {
            let known = WORDS.join(", ");
            return wrong(&format!("expected the options {known} and tell; found `{key}`"));
        } else if let Some(text) = value.as_string() {
            words.push((key, text));
        } else if ["scenario", "lesson", "text"].contains(&key.as_str()) && !value.is_undefined() {
            return wrong(&format!("expected a string as `{key}`"));
        } else if value.is_truthy() {
            // A number as it is written, anything else that is on as it is in an address.
            let text =
                value.as_f64().map_or("1".into(), |_| String::from(js_sys::JsString::from(value)));
            words.push((key, text));
        }
    }
    let get = |name: &str| words.iter().find(|(key, _)| key == name).map(|(_, text)| text.clone());
    Ok((Options::of(&get), tell))
}

pub(crate) fn mount_with(
    place: &Element,
    options: Options,
    tell: Option<Callback<Told>>,
) -> Playground {
    crate::panic::install();
    let beginning = Some(beginning(&options));
    // Those of this page's script answer at once, as one that is used again does not.
    let is_guest = options.is_guest() && tell.is_some();
    if is_guest {
        // Somebody has pressed Play: it is needed at once, and asked for before the first picture.
        wasm_bindgen_futures::spawn_local(async {
            let _came = crate::app::bring().await;
        });
    }
    let props = Props { options, tell, is_idle: false };
    let free = if is_guest { FREE.with_borrow_mut(Vec::pop) } else { None };
    let root = match (shadow(place, free.as_ref(), props.options.is_guest()), free) {
        (Some(_), Some(mut free)) => {
            free.app.update(props);
            free
        }
        (inside, _) => {
            let inside = inside.unwrap_or_else(|| place.clone());
            let app = Renderer::<App>::with_root_and_props(inside.clone(), props).render();
            Root { app, inside }
        }
    };
    Playground { app: Some(root), is_guest, beginning }
}

/// The run that the options ask for, before anything has happened in it.
fn beginning(options: &Options) -> Beginning {
    let bundled = options.scenario.as_deref().and_then(raft_gallery::basic);
    let text = options.text.clone().or_else(|| bundled.map(|bundled| bundled.text.to_string()));
    Beginning { session: Session::open(first_light()), text }
}

/// An element inside the place's shadow root, one that is free or a new one, with our style. `None`
/// where there can be none.
fn shadow(place: &Element, free: Option<&Root>, is_guest: bool) -> Option<Element> {
    let root: ShadowRoot = match place.shadow_root() {
        Some(root) => root,
        None => place.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?,
    };
    let inside = match free {
        Some(free) => free.inside.clone(),
        None => place.owner_document()?.create_element("div").ok()?,
    };
    inside.set_class_name("host");
    root.append_child(&inside).ok()?;
    fetch::dress(&root, &inside, is_guest);
    Some(inside)
}

#[wasm_bindgen]
impl Playground {
    /// Takes the playground off the page; nothing of it still runs.
    pub fn destroy(&mut self) {
        self.beginning = None;
        let Some(mut root) = self.app.take() else { return };
        root.inside.remove();
        if self.is_guest {
            root.app.update(Props::idle());
            FREE.with_borrow_mut(|free| free.push(root));
        } else {
            root.app.destroy();
        }
    }

    /// The run as scenario text.
    pub fn text(&self) -> String {
        let beginning = || {
            let Beginning { session, text } = self.beginning.as_ref()?;
            Some(text.clone().unwrap_or_else(|| session.text()))
        };
        let now = self.read(|app| app.has_begun().then(|| app.session().text())).flatten();
        now.or_else(beginning).unwrap_or_default()
    }

    /// The state of the cluster: time, events, leader and more; in `full` that of every server.
    ///
    /// # Errors
    /// Where the browser cannot hold it.
    pub fn state(&self, full: bool) -> Result<JsValue, JsValue> {
        let state = self
            .read(|app| State::of(app.session(), app.is_playing()))
            .or_else(|| self.beginning.as_ref().map(|it| State::of(&it.session, false)));
        let state = serde_wasm_bindgen::to_value(&state)?;
        if full {
            self.read(|app| app.add_servers(&state)).transpose()?;
        }
        Ok(state)
    }

    /// Does one line of scenario text, such as `crash n2`.
    pub fn run(&self, line: &str) {
        self.send(Act::Typed(line.to_string()));
    }

    /// Starts playing.
    pub fn play(&self) {
        self.send(Time::Play(true));
    }

    /// Stops playing.
    pub fn pause(&self) {
        self.send(Time::Play(false));
    }

    /// Does one line of scenario text; `answer` is called with what was wrong, or with nothing.
    pub fn ask(&self, line: &str, answer: js_sys::Function) {
        self.host(Ask::Run(line.to_string()), answer);
    }

    /// Goes to a moment, in microseconds.
    pub fn seek(&self, time_us: f64, answer: js_sys::Function) {
        self.host(Ask::Seek(time_us.max(0.0) as u64), answer);
    }

    /// Goes one event on, or one step of a lesson.
    pub fn step(&self, answer: js_sys::Function) {
        self.host(Ask::Step, answer);
    }

    /// Changes a word that may change while it is shown: theme, lang, speed, pace.
    pub fn change(&self, word: String, value: String, answer: js_sys::Function) {
        self.host(Ask::Change(word, value), answer);
    }

    /// A picture of this moment, as the text of an SVG file; empty before anything is here.
    pub fn svg(&self) -> String {
        self.read(App::picture).unwrap_or_default()
    }

    fn host(&self, ask: Ask, answer: js_sys::Function) {
        self.send(Message::Host(ask, Answer(answer)));
    }

    fn send(&self, message: impl Into<Message>) {
        if let Some(Root { app, .. }) = &self.app {
            app.send_message(message.into());
        }
    }

    fn read<T>(&self, look: impl FnOnce(&App) -> T) -> Option<T> {
        let app = &self.app.as_ref()?.app;
        app.get_component().as_deref().map(look)
    }
}
