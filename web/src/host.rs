//! Mounting and destroying playgrounds, and the small API that pages use.

use crate::app::{App, Props};
use crate::message::{Act, Message, Time};
use crate::options::Options;
use raft_sim::Session;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, Element, ShadowRoot, ShadowRootInit, ShadowRootMode};
use yew::{AppHandle, Renderer};

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/playground.css"));

/// A playground on a page. Lives until [`Playground::destroy`].
#[wasm_bindgen]
pub struct Playground {
    app: Option<AppHandle<App>>,
    place: Element,
    /// The run at its beginning: it answers until the page has drawn itself for the first time.
    beginning: Option<Session>,
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

/// Mounts a playground in an element: `mount(element, {scenario, text, embed, paused})`.
///
/// # Errors
/// Where the options are not such an object, or the element cannot have a shadow root.
#[wasm_bindgen]
pub fn mount(place: &Element, wishes: JsValue) -> Result<Playground, JsValue> {
    let options = read_wishes(&wishes)?;
    Ok(mount_with(place, options))
}

/// Reads `{scenario, text, embed, paused}`, each of which may be left out. By hand: the general way
/// of reading objects costs twelve kilobytes more than writing them.
fn read_wishes(wishes: &JsValue) -> Result<Options, JsValue> {
    let mut options = Options::default();
    if wishes.is_undefined() || wishes.is_null() {
        return Ok(options);
    }
    let wrong = |what: &str| Err(JsValue::from(js_sys::TypeError::new(what)));
    if !wishes.is_object() {
        return wrong("expected options such as {scenario: \"split-vote\", embed: true}");
    }
    for key in js_sys::Object::keys(wishes.unchecked_ref::<js_sys::Object>()) {
        let key = key.as_string().unwrap_or_default();
        if !["scenario", "text", "embed", "paused"].contains(&key.as_str()) {
            return wrong(&format!(
                "expected the options scenario, text, embed and paused; found `{key}`"
            ));
        }
    }
    let get = |name: &str| js_sys::Reflect::get(wishes, &name.into());
    for (name, place) in [("scenario", &mut options.scenario), ("text", &mut options.text)] {
        let value = get(name)?;
        *place = value.as_string();
        if place.is_none() && !value.is_undefined() {
            return wrong(&format!("expected a string as `{name}`"));
        }
    }
    options.embed = get("embed")?.is_truthy();
    options.paused = get("paused")?.is_truthy();
    Ok(options)
}

pub(crate) fn mount_with(place: &Element, options: Options) -> Playground {
    crate::panic::install();
    let root = shadow(place).unwrap_or_else(|| place.clone());
    let beginning = Some(beginning(&options));
    let app = Renderer::<App>::with_root_and_props(root, Props { options }).render();
    Playground { app: Some(app), place: place.clone(), beginning }
}

/// The run that the options ask for, before anything has happened in it.
fn beginning(options: &Options) -> Session {
    let bundled = options.scenario.as_deref().and_then(crate::bundled::find);
    let text = match (&options.text, bundled) {
        (Some(text), _) => text,
        (None, Some(bundled)) => bundled.text,
        (None, None) => crate::bundled::BUNDLED[0].text,
    };
    match raft_sim::scenario::parse(text) {
        Ok(scenario) => Session::open(scenario),
        Err(_) => Session::new(None, raft_sim::Settings::default()),
    }
}

/// An element inside the place's shadow root, with our style. `None` where there can be none.
fn shadow(place: &Element) -> Option<Element> {
    let root: ShadowRoot = match place.shadow_root() {
        Some(root) => root,
        None => place.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?,
    };
    let sheet = CssStyleSheet::new().ok()?;
    let replace = js_sys::Reflect::get(&sheet, &"replaceSync".into()).ok()?;
    let replace: js_sys::Function = replace.dyn_into().ok()?;
    replace.call1(&sheet, &STYLE.into()).ok()?;
    let sheets = js_sys::Array::of1(&sheet);
    js_sys::Reflect::set(&root, &"adoptedStyleSheets".into(), &sheets).ok()?;
    let document = place.owner_document()?;
    let inside = document.create_element("div").ok()?;
    inside.set_class_name("host");
    root.append_child(&inside).ok()?;
    Some(inside)
}

#[wasm_bindgen]
impl Playground {
    /// Takes the playground off the page; nothing of it still runs.
    pub fn destroy(&mut self) {
        self.beginning = None;
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        if let Some(root) = self.place.shadow_root() {
            while let Some(child) = root.first_child() {
                if root.remove_child(&child).is_err() {
                    break;
                }
            }
        }
    }

    /// The run as scenario text.
    pub fn text(&self) -> String {
        let beginning = || self.beginning.as_ref().map(Session::text);
        self.read(|app| app.session().text()).or_else(beginning).unwrap_or_default()
    }

    /// The state of the cluster: time, events, leader and more.
    ///
    /// # Errors
    /// Where the browser cannot hold it.
    pub fn state(&self) -> Result<JsValue, JsValue> {
        let state = self
            .read(|app| State::of(app.session(), app.is_playing()))
            .or_else(|| self.beginning.as_ref().map(|session| State::of(session, false)));
        Ok(serde_wasm_bindgen::to_value(&state)?)
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

    fn send(&self, message: impl Into<Message>) {
        if let Some(app) = &self.app {
            app.send_message(message.into());
        }
    }

    fn read<T>(&self, look: impl FnOnce(&App) -> T) -> Option<T> {
        let app = self.app.as_ref()?;
        app.get_component().as_deref().map(look)
    }
}

/// Offers `window.RaftPlayground.mount` to scripts of the page.
pub(crate) fn publish() {
    let Some(window) = web_sys::window() else { return };
    let api = js_sys::Object::new();
    let mount = Closure::<dyn Fn(Element, JsValue) -> Result<JsValue, JsValue>>::new(
        |place: Element, wishes: JsValue| mount(&place, wishes).map(JsValue::from),
    );
    // A page where this cannot be set has no scripts that would miss it.
    let _set = js_sys::Reflect::set(&api, &"mount".into(), &mount.into_js_value());
    let _set = js_sys::Reflect::set(&window, &"RaftPlayground".into(), &api);
}
