//! What does things to a playground: all that a message brings about. It is a part of the page
//! ([`crate::later`]) that is fetched once the first picture is drawn; what is asked for before
//! waits for it.

use super::App;
use crate::keys;
use crate::message::{Link, Manners, Message};
use crate::script;
use crate::told::{self, Told};
use js_sys::Function;
use raft_core::Micros;
use raft_sim::{Progress, Session, World};
use raft_view::picture::picture;
use raft_view::poster::description;
use std::cell::Cell;
use std::pin::Pin;
use wasm_bindgen::JsValue;
use web_sys::KeyboardEvent;

/// What it does.
#[derive(Clone, Copy)]
pub struct Deeds {
    /// Takes a message.
    pub take: fn(&mut App, &Link, Message) -> bool,
    /// What a key does.
    pub key: fn(&KeyboardEvent, Manners) -> Option<Message>,
    /// Does a slice of the work under way.
    pub work: fn(&mut App) -> bool,
    /// Lets time pass as far as it is to.
    pub advance: fn(&mut App, Micros) -> Progress,
    /// Tells the page what has happened since it was told last.
    pub tell_host: fn(&mut App, bool),
    /// Tells a function of its script.
    pub tell_script: fn(&Function, Told),
    /// The state of every server, for it.
    pub add_servers: fn(&Session, &JsValue) -> Result<(), JsValue>,
    /// A picture of this moment, as a file.
    pub picture: fn(&World) -> String,
    /// The same for the engine.
    engine: raft_sim::deeds::Deeds,
}

const HERE: Deeds = Deeds {
    take: App::do_as_told,
    key: keys::read,
    work: App::work,
    advance: App::advance_until,
    tell_host: App::tell_host,
    tell_script: script::tell,
    add_servers: told::add_servers,
    picture: described,
    engine: raft_sim::deeds::DEEDS,
};

/// The picture of a moment, which says in words what it shows. The large one of the
/// command line would make this part, which everybody waits for who plays, a seventh larger.
fn described(world: &World) -> String {
    let (drawn, said) = (picture(world), description(world));
    let said = said.replace('&', "&amp;").replace('<', "&lt;");
    match drawn.split_once('>') {
        Some((head, rest)) => format!("{head} role=\"img\"><title>{said}</title>{rest}"),
        None => drawn,
    }
}

#[cfg(feature = "split")]
mod parts {
    #![allow(unsafe_code, reason = "a module is linked to another by what the macro writes")]

    use super::{Deeds, HERE};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    pub struct NotLoaded;

    impl From<SplitLoaderError> for NotLoaded {
        fn from(_: SplitLoaderError) -> NotLoaded {
            NotLoaded
        }
    }

    #[wasm_split(deeds, fallible)]
    pub fn deeds() -> Result<Deeds, NotLoaded> {
        Ok(HERE)
    }
}

thread_local! {
    static DEEDS: Cell<Option<Deeds>> =
        const { Cell::new(if cfg!(feature = "split") { None } else { Some(HERE) }) };
}

/// What does things, if it is here.
pub fn deeds() -> Option<Deeds> {
    DEEDS.get()
}

/// Loads it; whether it came.
pub fn bring() -> Pin<Box<dyn Future<Output = bool>>> {
    Box::pin(async {
        #[cfg(feature = "split")]
        match parts::deeds().await {
            Ok(deeds) => DEEDS.set(Some(deeds)),
            Err(parts::NotLoaded) => return false,
        }
        if let Some(deeds) = deeds() {
            raft_sim::deeds::bring_in(deeds.engine);
        }
        true
    })
}

/// What a key does; before anything can be done it is kept until then.
pub fn read_key(event: KeyboardEvent, manners: Manners) -> Option<Message> {
    match deeds() {
        Some(deeds) => (deeds.key)(&event, manners),
        None => Some(Message::Key(event, manners)),
    }
}
