//! Many runs at once: what comes next of a moment, and when it was too late. Web workers run them
//! (`web/runs`); where there can be none, they are run here in slices, and the page says so.
//!
//! Work is cut in pieces. A thread has one piece at a time, so that what was given up ends soon,
//! and an answer to a piece that nobody waits for any more is not looked at.

use crate::fetch;
use crate::message::{Link, Many};
use gloo_timers::callback::Timeout;
use js_sys::{Date, Function, Object, Promise, Reflect, Uint32Array};
use raft_core::Micros;
use raft_runs::late::{FUTURES, Late, Point};
use raft_runs::{Future, Place, Question, Shares, future};
use raft_sim::{BranchId, Moment, Session};
use raft_view::futures::{CameTo, Choice};
use raft_view::step::step_after;
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How many futures are asked of a moment.
pub const RUNS: u32 = 500;
/// How many of them are in a piece.
const PIECE: u32 = 20;
/// The first pieces are small: the first answers are there at once.
const FIRST_PIECE: u32 = 5;
/// How long a slice on the page's own thread may take, in milliseconds.
const SLICE_MS: f64 = 8.0;

/// Who runs them.
#[derive(Default)]
enum Hands {
    /// Nobody yet.
    #[default]
    None,
    /// The threads are on their way, for as long as this is here.
    Coming(#[expect(dead_code, reason = "it is there, or it is not")] Rc<()>),
    /// Threads.
    Workers(Workers),
    /// The page's own thread, for there can be no other; why.
    Here(String),
}

struct Workers {
    pool: JsValue,
    /// What each of them does, and of which round it knows the run.
    threads: Vec<Thread>,
}

impl Workers {
    /// Ends the threads, whatever they do.
    fn stop(&self) {
        stop(&self.pool);
    }
}

fn stop(pool: &JsValue) {
    let _ = function(pool, "stop").map(|stop| stop.call0(pool));
}

fn function(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// A playground that is taken off its page leaves no thread behind.
impl Drop for Runs {
    fn drop(&mut self) {
        if let Hands::Workers(workers) = &self.hands {
            workers.stop();
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Thread {
    busy: bool,
    round: u32,
}

/// A piece of work.
#[derive(Clone, Copy)]
struct Piece {
    /// Of the moment after so many events of the run; `None`: of the moment that was asked.
    events: Option<u64>,
    first: u64,
    count: u32,
}

/// What is asked, and what has come of it so far.
pub struct Asked {
    /// As it was asked.
    pub text: String,
    /// The question.
    pub question: Question,
    /// When the moment is.
    pub from: Micros,
    place: Place,
    branch: BranchId,
    onward: Session,
    todo: VecDeque<Piece>,
    under_way: BTreeMap<u32, Piece>,
    done: u32,
    /// The answers.
    pub shares: Shares,
    /// When it was too late, if that is asked.
    pub late: Option<Search>,
}

/// The search for the moment from which it was certain.
pub struct Search {
    /// What the run came to.
    pub label: String,
    /// What is known.
    pub late: Late,
    /// What happened where the share jumps, once that is found.
    pub step: Option<String>,
    session: Session,
    open: BTreeMap<u64, Shares>,
}

/// Many runs, and what came of them.
#[derive(Default)]
pub struct Runs {
    hands: Hands,
    /// The question that was chosen of those that are offered.
    chosen: Option<String>,
    asked: Option<Asked>,
    /// Why the question could not be asked, or was given up.
    problem: Option<String>,
    round: u32,
    pieces: u32,
    next: Option<Timeout>,
}

impl Asked {
    /// The part that is done, 0 to 1.
    pub fn part(&self) -> f64 {
        let left: u32 = self.todo.iter().chain(self.under_way.values()).map(|it| it.count).sum();
        f64::from(self.done) / f64::from((self.done + left).max(1))
    }

    /// Whether there is more to come.
    pub fn goes_on(&self) -> bool {
        !self.todo.is_empty() || !self.under_way.is_empty()
    }
}

impl Runs {
    /// What is asked.
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// Which of the questions that are offered is chosen, by its number.
    pub fn chosen(&self, offered: &[Choice]) -> usize {
        let is_it = |choice: &Choice| Some(&choice.asked) == self.chosen.as_ref();
        offered.iter().position(is_it).unwrap_or(0)
    }

    /// What was wrong with the last question.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Why there are no threads, where there can be none.
    pub fn is_here(&self) -> Option<&str> {
        match &self.hands {
            Hands::Here(why) => Some(why),
            Hands::None | Hands::Coming(_) | Hands::Workers(_) => None,
        }
    }

    /// Which moment was asked, and for how long its futures were looked at.
    pub fn asked_of(&self) -> Option<(BranchId, Moment, Micros)> {
        let asked = self.asked.as_ref().filter(|asked| asked.late.is_none())?;
        let span = asked.question.deadline(asked.from).saturating_sub(asked.from);
        Some((asked.branch, asked.place.moment, span))
    }

    /// Does what a message says.
    pub fn on_message(&mut self, session: &Session, link: &Link, many: Many) {
        match many {
            Many::Choose(text) => self.chosen = Some(text),
            Many::Ask(text) => self.ask(session, link, text),
            Many::Late(came) => self.look_back(session, link, came),
            Many::Cancel => self.give_up(),
            Many::Began(Ok(pool)) => {
                let size = Reflect::get(&pool, &"size".into()).ok().and_then(|size| size.as_f64());
                let threads = vec![Thread::default(); size.unwrap_or(1.0) as usize];
                self.hands = Hands::Workers(Workers { pool, threads });
                self.go_on(link);
            }
            Many::Began(Err(why)) => {
                self.hands = Hands::Here(why);
                self.go_on(link);
            }
            Many::Told(thread, told, piece) => self.told(link, thread, told, piece),
            Many::Slice => self.slice(link),
            Many::Open(_) => {}
        }
    }

    fn ask(&mut self, session: &Session, link: &Link, text: String) {
        self.give_up();
        let place = Place::of(session);
        let fits = |question: Question| question.fits(session.world().now()).map(|()| question);
        match Question::read(&place.text, &text).and_then(fits) {
            Err(problem) => self.problem = Some(problem),
            Ok(question) => {
                let mut todo = VecDeque::new();
                let mut first = 1;
                while first <= RUNS {
                    let count = if first <= 4 * FIRST_PIECE { FIRST_PIECE } else { PIECE };
                    let count = count.min(RUNS + 1 - first);
                    todo.push_back(Piece { events: None, first: first.into(), count });
                    first += count;
                }
                self.begin(session, place, text, question, todo, None);
                self.go_on(link);
            }
        }
    }

    fn look_back(&mut self, session: &Session, link: &Link, came: CameTo) {
        self.give_up();
        let CameTo { label, asked: text, from, to, outcome } = came;
        let place = Place { goes_on: false, text: session.text(), ..Place::of(session) };
        let question = match Question::read(&place.text, &text) {
            Ok(question) => question,
            Err(problem) => return self.problem = Some(problem),
        };
        let mut past = session.clone();
        past.seek(from);
        let first = past.world().events();
        past.seek(to);
        let late = Late::new(outcome, first, past.world().events());
        let asks = late.begin();
        let todo = asks.into_iter().map(whole).collect();
        let open = BTreeMap::new();
        let search = Search { label, late, step: None, session: past, open };
        self.begin(session, place, text, question, todo, Some(search));
        self.go_on(link);
    }

    fn begin(
        &mut self,
        session: &Session,
        place: Place,
        text: String,
        question: Question,
        todo: VecDeque<Piece>,
        late: Option<Search>,
    ) {
        self.round += 1;
        self.asked = Some(Asked {
            text,
            question,
            from: session.world().now(),
            place,
            branch: session.current(),
            onward: session.onward(),
            todo,
            under_way: BTreeMap::new(),
            done: 0,
            shares: Shares::default(),
            late,
        });
    }

    /// What is under way is dropped; what has come stays.
    fn give_up(&mut self) {
        (self.problem, self.next) = (None, None);
        let Some(asked) = &mut self.asked else { return };
        asked.todo.clear();
        if asked.under_way.is_empty() {
            return;
        }
        asked.under_way.clear();
        if let Hands::Workers(workers) = &self.hands {
            workers.stop();
            self.hands = Hands::None;
        }
    }

    /// Gives whoever is free a piece.
    fn go_on(&mut self, link: &Link) {
        let Some(asked) = &mut self.asked else { return };
        match &mut self.hands {
            Hands::None => {
                let wanted = Rc::new(());
                spawn_local(start(link.clone(), Rc::downgrade(&wanted)));
                self.hands = Hands::Coming(wanted);
            }
            Hands::Coming(_) => {}
            Hands::Here(_) if !asked.todo.is_empty() => {
                let link = link.clone();
                self.next = Some(Timeout::new(0, move || link.send_message(Many::Slice)));
            }
            Hands::Here(_) => {}
            Hands::Workers(workers) => {
                let ask = function(&workers.pool, "ask");
                for (at, thread) in workers.threads.iter_mut().enumerate() {
                    if thread.busy {
                        continue;
                    }
                    let Some(piece) = asked.todo.pop_front() else { break };
                    self.pieces += 1;
                    asked.under_way.insert(self.pieces, piece);
                    let knows = thread.round == self.round;
                    *thread = Thread { busy: true, round: self.round };
                    let task = task(asked, piece, self.pieces, knows);
                    let number = JsValue::from(at as u32);
                    let _ = ask.as_ref().map(|ask| ask.call2(&workers.pool, &number, &task));
                }
            }
        }
    }

    fn told(&mut self, link: &Link, thread: usize, told: Result<Vec<u32>, String>, piece: u32) {
        if let Hands::Workers(workers) = &mut self.hands
            && let Some(thread) = workers.threads.get_mut(thread)
        {
            thread.busy = false;
        }
        let Some(asked) = &mut self.asked else { return };
        let Some(piece) = asked.under_way.remove(&piece) else { return };
        match told {
            Ok(numbers) => {
                let pairs = numbers.chunks_exact(2).zip(piece.first..);
                let came =
                    pairs.map(|(pair, key)| Future { key, code: pair[0], after: pair[1].into() });
                let came: Vec<Future> = came.collect();
                asked.came(piece, &came);
                self.go_on(link);
            }
            Err(problem) => {
                self.give_up();
                self.problem = Some(problem);
            }
        }
    }

    /// For some milliseconds, on the page's own thread.
    fn slice(&mut self, link: &Link) {
        let Some(asked) = &mut self.asked else { return };
        let until = Date::now() + SLICE_MS;
        while let Some(mut piece) = asked.todo.pop_front() {
            let here = piece.events.and_then(|events| {
                let search = asked.late.as_mut()?;
                search.session.seek_event(events);
                Some(search.session.onward())
            });
            let onward = here.as_ref().unwrap_or(&asked.onward);
            let mut came = Vec::new();
            while piece.count > 0 && (came.is_empty() || Date::now() < until) {
                came.push(future(onward, &asked.question, piece.first));
                (piece.first, piece.count) = (piece.first + 1, piece.count - 1);
            }
            if piece.count > 0 {
                asked.todo.push_front(piece);
            }
            asked.came(piece, &came);
            if Date::now() >= until {
                break;
            }
        }
        self.go_on(link);
    }
}

impl Asked {
    fn came(&mut self, piece: Piece, futures: &[Future]) {
        self.done += u32::try_from(futures.len()).unwrap_or(u32::MAX);
        let Some((search, events)) = self.late.as_mut().zip(piece.events) else {
            futures.iter().for_each(|future| self.shares.add(*future));
            return;
        };
        let shares = search.open.entry(events).or_default();
        futures.iter().for_each(|future| shares.add(*future));
        if shares.runs() < FUTURES {
            return;
        }
        let shares = search.open.remove(&events).unwrap_or_default();
        search.session.seek_event(events);
        search.late.tell(Point { events, at: search.session.world().now(), shares });
        if self.todo.is_empty() && self.under_way.is_empty() && search.open.is_empty() {
            match search.late.next() {
                Some(events) => self.todo.push_back(whole(events)),
                None => search.step = search.tell(),
            }
        }
    }
}

impl Search {
    /// What happened where the share jumps.
    fn tell(&mut self) -> Option<String> {
        step_after(&mut self.session, self.late.jump()?.events.0)
    }
}

/// All futures of a moment, in one piece.
fn whole(events: u64) -> Piece {
    Piece { events: Some(events), first: 1, count: FUTURES }
}

fn task(asked: &Asked, piece: Piece, id: u32, knows: bool) -> Object {
    let task = Object::new();
    let set = |object: &Object, name: &str, value: &JsValue| {
        let _ = Reflect::set(object, &name.into(), value);
    };
    set(&task, "id", &id.into());
    set(&task, "first", &(piece.first as f64).into());
    set(&task, "count", &piece.count.into());
    if let Some(events) = piece.events {
        set(&task, "events", &(events as f64).into());
    }
    if !knows {
        let place = Object::new();
        set(&place, "text", &asked.place.text.as_str().into());
        set(&place, "goesOn", &asked.place.goes_on.into());
        set(&place, "moment", &asked.place.moment.to_string().into());
        set(&place, "digest", &format!("{:016x}", asked.place.digest).into());
        set(&task, "place", &place);
        set(&task, "question", &asked.text.as_str().into());
    }
    task
}

/// Starts the threads; `Many::Began` follows, unless nobody wants them by then.
async fn start(link: Link, wanted: Weak<()>) {
    let began = threads(&link).await;
    if wanted.upgrade().is_some() {
        link.send_message(Many::Began(began.map_err(|error| why(&error))));
    } else if let Ok(pool) = began {
        stop(&pool);
    }
}

async fn threads(link: &Link) -> Result<JsValue, JsValue> {
    let script = JsFuture::from(fetch::script("runs.js")).await?;
    let cores: Function = Reflect::get(&script, &"cores".into())?.dyn_into()?;
    let size = cores.call0(&JsValue::NULL)?;
    let link = link.clone();
    let told = Closure::<dyn Fn(u32, JsValue, Option<u32>)>::new(move |thread, told, piece| {
        let numbers = |told: JsValue| told.dyn_into::<Uint32Array>().map(|it| it.to_vec());
        let came = numbers(told).map_err(|error| why(&error));
        link.send_message(Many::Told(thread as usize, came, Option::unwrap_or(piece, 0)));
    });
    let pool: Function = Reflect::get(&script, &"pool".into())?.dyn_into()?;
    // Belongs to the pool from here on, and goes with it.
    let told = told.into_js_value();
    let begun = pool.call2(&JsValue::NULL, &size, &told)?.dyn_into::<Promise>()?;
    let pool = JsFuture::from(begun).await?;
    Reflect::set(&pool, &"size".into(), &size)?;
    Ok(pool)
}

fn why(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|it| it.as_string());
    message.or_else(|| error.as_string()).unwrap_or_default()
}
