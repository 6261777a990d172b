//! What can be asked of a playground, and what such a message names. The views send messages and
//! the playground takes them, so neither needs to know the other.

pub use crate::drag::{Drag, Pinch};
pub use crate::many::Many;
use crate::room::Room;
use crate::sizes;
use crate::told::{Answer, Ask};
use raft_core::Micros;
use raft_gallery::Item;
use raft_sim::{BranchId, Command, Guessed, Moment, Session, Settings};
use raft_view::events::Filter;
use raft_view::lang::Language;
use raft_view::menu::Selection;
use raft_view::pace::Tempo;
use raft_view::stage::{Camera, Point};
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
    pub fn send_message(&self, message: impl Into<Message>) {
        self.0.emit(vec![message.into()]);
    }

    /// Sends messages; an empty batch is not sent.
    pub fn send_message_batch(&self, messages: Vec<Message>) {
        if !messages.is_empty() {
            self.0.emit(messages);
        }
    }

    /// Sends what a function makes of an event.
    pub fn callback<In: 'static, Out: Into<Message>>(
        &self,
        make: impl Fn(In) -> Out + 'static,
    ) -> Callback<In> {
        let link = self.clone();
        Callback::from(move |event| link.send_message(make(event)))
    }

    /// Sends all that a function makes of an event, which may be nothing.
    pub fn batch_callback<In: 'static, Out: IntoIterator<Item: Into<Message>>>(
        &self,
        make: impl Fn(In) -> Out + 'static,
    ) -> Callback<In> {
        let link = self.clone();
        Callback::from(move |event| {
            link.send_message_batch(make(event).into_iter().map(Into::into).collect());
        })
    }
}

/// A part that is loaded when it is first wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What does things: whatever a message brings about, and what the run needs for it.
    Deeds,
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
    /// What must always be true, and what of it is broken.
    Safety,
    /// The settings of one server or link.
    Own(Selection),
    /// A link to this moment.
    Share {
        /// The link.
        url: String,
        /// Whether it is too long to be useful.
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

/// How keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Somebody presents: a remote's keys turn the steps.
    pub presenting: bool,
    /// Whether single letters act.
    pub letters: bool,
    /// Whether keys that turn a slide deck are left alone.
    pub leaves_a_decks: bool,
    /// Whether there is something to close.
    pub is_open: bool,
}

/// What a person, a frame or a script can ask of a playground.
#[derive(Clone, Debug)]
pub enum Message {
    /// The browser draws a frame, at this time in milliseconds.
    Frame(f64),
    /// The run plays, pauses, or goes to another moment.
    Time(Time),
    /// A key was pressed before anything could be done.
    Key(KeyboardEvent, Manners),
    /// How it plays.
    Tempo(Tempo),
    /// The next steady speed, up or down.
    Faster(bool),
    /// A step in a lesson.
    Turn(Turn),
    /// An arrow key: an event, or a step of the lesson.
    Arrow(bool),
    /// Something is done to the cluster.
    Act(Act),
    /// Something else is looked at.
    Look(Look),
    /// Dialogs, and what leaves the page.
    Over(Over),
    /// The menu, and what a pointer has dragged.
    Touch(Touch),
    /// A pointer drags something, or nothing any more.
    Drag(Option<Drag>),
    /// A finger rests on something: after a while the menu opens.
    Press(Drag, Menu),
    /// Another run is opened.
    Open(Open),
    /// Measures what a write costs: begins, or goes on.
    Measure(bool),
    /// Runs many runs at once, or does something about what came of them.
    Many(Many),
    /// The page itself: its theme, its language, its parts.
    Page(Page),
    /// What the first screen offers.
    Welcome(Welcome),
    /// Somebody presents.
    Present(Present),
    /// The page that it is on asks for something, and is answered.
    Host(Ask, Answer),
}

/// How a run is played, and at which moment.
#[derive(Clone, Debug)]
pub enum Time {
    /// Plays or pauses.
    Play(bool),
    /// One or the other.
    TogglePlay,
    /// One event forward.
    Step,
    /// One event back.
    StepBack,
    /// To a moment.
    Seek(Micros),
    /// So many microseconds on, or back; not beyond what has been.
    SeekBy(i64),
    /// To a part of the timeline, 0 to 1.
    SeekPart(f64),
    /// The timeline shows another part of the run.
    Show(Stretch),
    /// To the next mark, or the one before.
    Mark(bool),
    /// To a branch.
    Switch(usize),
    /// A new branch from here.
    Fork,
    /// To the beginning.
    Restart,
}

/// Which part of the run the timeline shows.
#[derive(Clone, Copy, Debug)]
pub enum Stretch {
    /// This many times as much, where what is at a part of the track stays there.
    Zoom {
        /// The part, 0 to 1.
        about: f64,
        /// How many times as much.
        factor: f64,
    },
    /// What is later by a part of its length, or earlier.
    By(f64),
    /// What is around a part of the run, 0 to 1.
    Around(f64),
    /// All of it.
    All,
}

/// What is done to the cluster.
#[derive(Clone, Debug)]
pub enum Act {
    /// A command.
    Do(Command),
    /// A line of scenario text.
    Typed(String),
    /// A line of the console: etcdctl's, an action's, or for a command that takes lines.
    Line(String),
    /// Runs to the next step of the request that is followed.
    NextOfRequest,
    /// A client sets a key.
    ClientRequest,
    /// Crashes the selected server, or starts it again.
    ToggleCrash,
    /// Pauses the selected server, or lets it go on.
    TogglePause,
    /// The selected server's election timer fires.
    TimeoutSelected,
    /// Crashes the leader and starts it again.
    RestartLeader,
}

/// What is looked at.
#[derive(Clone, Debug)]
pub enum Look {
    /// What is selected.
    Select(Selection),
    /// The same by a server's number; 0 selects the cluster.
    SelectNumber(u64),
    /// A tab.
    Tab(Tab),
    /// What is known of what is selected, on whatever page.
    Inspect,
    /// Why something is not so.
    Ask(Option<Question>),
    /// So many columns of the log table further.
    Columns(i64),
    /// The log table's end.
    FollowLog,
    /// The events of this kind.
    Events(Filter),
    /// Whom the console asks; `None`: all members.
    Endpoint(Option<u64>),
    /// A part of the picture.
    Part(Camera),
    /// The selected server larger; `false`: the whole picture.
    Closer(bool),
    /// The notice was read.
    Dismiss,
    /// Closes what is open, or selects nothing.
    Escape,
}

/// Dialogs, and what leaves the page.
#[derive(Clone, Debug)]
pub enum Over {
    /// Opens this one, or closes it where it is open.
    Dialog(Dialog),
    /// The one with a link to this moment.
    Share,
    /// The one with the keys.
    Help,
    /// Closes the open one.
    Close,
    /// Copies a text.
    Copy(String),
    /// A text was copied.
    Copied,
    /// Offers the run as a file.
    SaveFile,
}

/// The menu of actions, and what a pointer has dragged.
#[derive(Clone, Debug)]
pub enum Touch {
    /// Opens the menu.
    OpenMenu(Menu),
    /// The same by a long press: the finger is still there.
    OpenPressed(Menu),
    /// That finger is lifted.
    Lifted,
    /// Closes the menu.
    CloseMenu,
    /// What is dragged is let go here.
    Drop(Point),
}

/// Many runs at once, as the tab that asks them keeps them: what they are only that tab knows.
pub trait ManyRuns {
    /// Does what a message says, where the run is now.
    fn take(&mut self, session: &Session, link: &Link, many: Many);
    /// Which moment was asked, and for how long its futures were looked at.
    fn moment(&self) -> Option<(BranchId, Moment, Micros)>;
    /// The tab.
    fn view(&self, session: &Session, link: &Link) -> Html;
}

/// Another run.
#[derive(Clone, Debug)]
pub enum Open {
    /// What the page's address or the page that mounts it asks for.
    Asked,
    /// One with these settings.
    New(Settings),
    /// That of a scenario text.
    Text(String),
    /// One that comes with the page, by its name.
    Bundled(&'static str),
    /// Something of the gallery, at a step of it.
    Item(&'static Item, usize),
    /// The same by its name, or the first of a kind by the kind's.
    Named(&'static str),
    /// Its text, or why there is none.
    Fetched(&'static Item, usize, Result<String, String>),
    /// The one in the page's address.
    Hash,
    /// Not the one that is being brought back.
    Cancel,
}

/// The page's theme and language, and its parts.
#[derive(Clone, Debug)]
pub enum Page {
    /// Light, dark, or as the host is.
    Theme(Theme),
    /// Somebody has chosen a language.
    Language(Language),
    /// The page is to switch to a language, as soon as it can.
    Speak(Language),
    /// The page speaks another language now.
    LanguageChanged,
    /// A playground has more or less room than before.
    Room(Room),
    /// A language whose sentences could not be fetched, and why.
    NotSpoken(Language, String),
    /// Whether single letters act.
    Letters(bool),
    /// A part of the page is given a size, or its usual one back.
    Size(sizes::Part, Option<u32>),
    /// Larger text; after the largest the usual.
    Larger,
    /// A part is to be loaded, once more if need be.
    Want(Part),
    /// A part of the page came, or could not be loaded.
    Arrived(Part, bool),
}

/// What one who presents can ask for, by the keys of a remote or otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// On: to the next step, or to the end of what moves.
    On,
    /// Back.
    Back,
    /// The screen goes dark, or comes back.
    Blank,
    /// The window with the notes.
    Notes,
    /// Back to the page with its controls.
    Leave,
}

/// What the first screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcome {
    /// The tour, from where the visitor has come to in it.
    Tour,
    /// Faults in reach.
    Break,
    /// The console, ready for a line.
    Etcd,
    /// What is what in the picture.
    Legend,
    /// Every link, server and message is well again.
    Mend,
    /// Why something is not so.
    AskWhy,
    /// Away with it.
    Close,
}

macro_rules! messages_of {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Message {
            fn from(message: $kind) -> Message {
                Message::$kind(message)
            }
        })*
    };
}

messages_of!(Time, Turn, Act, Look, Over, Touch, Open, Many, Page, Welcome, Present);

/// Where a lesson or a puzzle leads on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// What comes after it.
    Item(&'static Item),
    /// The first of the questions that people ask.
    Questions,
    /// The first puzzle.
    Puzzle,
    /// A cluster to do anything with.
    Own,
    /// The list that it is from.
    List,
    /// The same once more.
    Again,
}

/// What one can do in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Continues: to the end of a movement, or to the next step.
    Continue,
    /// Back to the step before, as it ended.
    Back,
    /// The step's movement once more.
    Replay,
    /// An answer to what is asked.
    Guess(Guessed),
    /// Returns from what was tried.
    Return,
    /// From the beginning.
    Restart,
    /// Where the end leads to.
    Onward(Onward),
    /// A link to this step.
    CopyLink,
    /// Shows the panel's tools beside it, or puts them away.
    Tools,
    /// Leaves it; the run stays.
    Close,
}
