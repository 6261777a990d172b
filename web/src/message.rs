//! What can be asked of a playground, and what such a message names. The views send messages and the
//! playground takes them, so neither needs to know the other.

use raft_core::{Micros, NodeId};
use raft_gallery::Item;
use raft_sim::{Command, Guessed, Settings};
use raft_view::lang::Language;
use raft_view::menu::Selection;
use raft_view::stage::Point;
use raft_view::tab::Tab;
use raft_view::why::Question;
use yew::prelude::*;

/// Where messages go.
#[derive(Clone, Debug, PartialEq)]
pub struct Link(Callback<Vec<Message>>);

impl Link {
    /// Sends to a playground, which takes all messages of a batch before it draws.
    pub fn new(send: Callback<Vec<Message>>) -> Link {
        Link(send)
    }

    /// Sends a message.
    pub fn send_message(&self, message: Message) {
        self.0.emit(vec![message]);
    }

    /// Sends messages; an empty batch is not sent.
    pub fn send_message_batch(&self, messages: Vec<Message>) {
        if !messages.is_empty() {
            self.0.emit(messages);
        }
    }

    /// Sends what a function makes of an event.
    pub fn callback<In: 'static>(&self, make: impl Fn(In) -> Message + 'static) -> Callback<In> {
        let link = self.clone();
        Callback::from(move |event| link.send_message(make(event)))
    }

    /// Sends all that a function makes of an event, which may be nothing.
    pub fn batch_callback<In: 'static, Out: IntoIterator<Item = Message>>(
        &self,
        make: impl Fn(In) -> Out + 'static,
    ) -> Callback<In> {
        let link = self.clone();
        Callback::from(move |event| link.send_message_batch(make(event).into_iter().collect()))
    }
}

/// A part that is loaded when it is first wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that is not on the page when it opens: dialogs, tabs, what clients get, and what only
    /// they do; other languages.
    Panels,
    /// etcdctl's commands.
    Etcdctl,
}

/// What lies over the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Dialog {
    /// Nothing.
    #[default]
    None,
    /// Scenarios to open.
    Scenarios,
    /// Faults and settings.
    Faults,
    /// A link to this moment.
    Share {
        /// The link.
        url: String,
        /// Whether it is too long to be of use.
        too_long: bool,
        /// Whether it was copied.
        copied: bool,
    },
    /// Scenario text to edit.
    Text {
        /// Why it is shown, if not because somebody asked.
        because: Option<String>,
        /// The text.
        text: String,
    },
    /// The keys.
    Help,
}

/// What a pointer is doing on the stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Drag {
    /// Pressed on a server; not moved far yet, or on its way to another.
    Link {
        /// Where it began.
        from: NodeId,
        /// Where it is.
        to: Point,
        /// Whether it has left the place where it was pressed.
        moved: bool,
    },
    /// An outline drawn on the ground.
    Lasso {
        /// What was pressed where it began.
        pressed: Selection,
        /// Its points so far.
        outline: Vec<Point>,
    },
    /// A timer's end is dragged; how much is left.
    Timer(NodeId, f64),
}

/// An open menu of actions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Menu {
    /// On what.
    pub selection: Selection,
    /// Where, in pixels from the stage's corner.
    pub x: f64,
    /// The same from the top.
    pub y: f64,
}

/// Light, dark, or as the host is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the host is.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What a person, a frame or a script can ask of a playground.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Message {
    Frame(f64),
    Play(bool),
    TogglePlay,
    Step,
    StepBack,
    Speed(usize),
    Faster(bool),
    Do(Command),
    Typed(String),
    /// A line of the console: etcdctl's, an action's, or for a command that takes lines.
    Line(String),
    /// Whom the console asks; `None`: all members.
    Endpoint(Option<u64>),
    Copy(String),
    /// On to the next step of the request that is followed.
    NextOfRequest,
    Select(Selection),
    SelectNumber(u64),
    OpenMenu(Menu),
    /// The same by a long press: the finger is still there.
    OpenPressed(Menu),
    /// That finger is lifted.
    Lifted,
    CloseMenu,
    Seek(Micros),
    SeekPart(f64),
    Mark(bool),
    Switch(usize),
    Fork,
    ShowTab(Tab),
    Open(Dialog),
    Share,
    Help,
    Copied,
    Close,
    Escape,
    NewRun(Settings),
    Restart,
    Load(String),
    LoadBundled(&'static str),
    /// Something of the gallery, at a step of it.
    OpenItem(&'static Item, usize),
    /// The same by its name, or the first of a kind by the kind's.
    OpenNamed(&'static str),
    /// Its text, or why there is none.
    Fetched(&'static Item, usize, Result<String, String>),
    /// Why something is not so.
    Ask(Option<Question>),
    /// A step in a lesson.
    Turn(Turn),
    /// An arrow key: an event, or a step of the lesson.
    Arrow(bool),
    CancelJob,
    SaveFile,
    SetTheme(Theme),
    SetLanguage(Language),
    /// The page is to speak so, as soon as it can.
    Speak(Language),
    /// The page speaks another language now.
    LanguageChanged,
    /// Its sentences could not be fetched, and why.
    NotSpoken(String),
    Letters(bool),
    Columns(i64),
    FollowLog,
    Drag(Option<Drag>),
    Press(Drag, Menu),
    Hash,
    DropDrag(Point),
    ClientRequest,
    ToggleCrash,
    TogglePause,
    TimeoutSelected,
    RestartLeader,
    Dismiss,
    Measure(bool),
    /// A part of the page came, or could not be loaded.
    Arrived(Part, bool),
    /// A part is to be loaded, once more if need be.
    Want(Part),
}

/// What one can do in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// On: to the end of a movement, or to the next step.
    Continue,
    /// Back to the step before, as it ended.
    Back,
    /// The step's movement once more.
    Replay,
    /// An answer to what is asked.
    Guess(Guessed),
    /// Back from what was tried.
    Return,
    /// From the beginning.
    Restart,
    /// On to the lesson after it.
    Next,
    /// A link to this step.
    CopyLink,
    /// Out of it; the run stays.
    Close,
}
