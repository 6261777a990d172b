//! The page's components and JS API, in a headless browser: `cargo xtask test --only wasm`.
#![cfg(target_arch = "wasm32")]

use js_sys::Reflect;
use raft_playground_web::{FrameClock, Playground, mount};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element};

wasm_bindgen_test_configure!(run_in_browser);

// ---- what the tests share ----

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a browser has a document")
}

/// A new element at the end of a page with nothing of earlier tests on it.
fn fresh_place() -> Element {
    clear();
    place()
}

/// A new element at the end of the page, for one who has chosen a steady speed before: what is
/// tried is not to wait for whoever reads.
fn place() -> Element {
    js_sys::eval("localStorage.setItem('raft-playground-pace', '1/20')").expect("it may be kept");
    let place = document().create_element("div").expect("a name that is allowed");
    let body = document().body().expect("the page has a body");
    body.append_child(&place).expect("a new element can be anywhere");
    place
}

/// The options of `mount` as a script would give them.
fn wishes(source: &str) -> JsValue {
    js_sys::eval(&format!("({source})")).expect("the test's own script")
}

thread_local! {
    /// Every playground of the tests, so that one that failed does not disturb the next.
    static ALL: RefCell<Vec<Rc<RefCell<Playground>>>> = const { RefCell::new(Vec::new()) };
}

/// Takes what earlier tests left off the page.
fn clear() {
    let all: Vec<_> = ALL.with(|all| all.borrow_mut().drain(..).collect());
    all.iter().for_each(|playground| playground.borrow_mut().destroy());
}

/// A playground that [`clear`] knows.
struct Mounted(Rc<RefCell<Playground>>);

impl Mounted {
    fn new(playground: Playground) -> Mounted {
        let playground = Rc::new(RefCell::new(playground));
        ALL.with(|all| all.borrow_mut().push(playground.clone()));
        Mounted(playground)
    }

    fn state(&self) -> JsValue {
        self.0.borrow().state(false).expect("a state can be told")
    }

    fn text(&self) -> String {
        self.0.borrow().text()
    }

    fn run(&self, line: &str) {
        self.0.borrow().run(line);
    }

    fn play(&self) {
        self.0.borrow().play();
    }

    fn pause(&self) {
        self.0.borrow().pause();
    }

    fn destroy(&self) {
        self.0.borrow_mut().destroy();
    }
}

/// A playground with its picture drawn.
async fn mounted(place: &Element, source: &str) -> Mounted {
    let playground = mount(place, wishes(source)).expect("options that are allowed");
    let playground = Mounted::new(playground);
    soon("a picture", || query(place, "[data-server]").is_some()).await;
    playground
}

fn field(playground: &Mounted, name: &str) -> JsValue {
    let state = playground.state();
    Reflect::get(&state, &name.into()).expect("the state is an object")
}

fn number(playground: &Mounted, name: &str) -> f64 {
    field(playground, name).as_f64().unwrap_or_else(|| panic!("`{name}` is no number"))
}

fn playing(playground: &Mounted) -> bool {
    field(playground, "playing").as_bool().expect("`playing` is true or false")
}

fn query(place: &Element, selector: &str) -> Option<Element> {
    place.shadow_root()?.query_selector(selector).expect("a selector of the test")
}

fn words(place: &Element, selector: &str) -> String {
    query(place, selector).and_then(|element| element.text_content()).unwrap_or_default()
}

async fn sleep(ms: u32) {
    let wait = js_sys::Promise::new(&mut |resolve, _| {
        let done = move || drop(resolve.call0(&JsValue::NULL));
        gloo_timers::callback::Timeout::new(ms, done).forget();
    });
    JsFuture::from(wait).await.expect("a timer does not fail");
}

/// Waits for something that is soon true.
async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        sleep(20).await;
    }
    panic!("not within 10 seconds: {what}");
}

/// How many animation frames were asked for since the page began.
fn frames_asked() -> f64 {
    const COUNT: &str = "(() => {
        if (window.asked === undefined) {
            window.asked = 0;
            const request = window.requestAnimationFrame.bind(window);
            window.requestAnimationFrame = (work) => { window.asked += 1; return request(work); };
        }
        return window.asked;
    })()";
    js_sys::eval(COUNT).expect("the test's own script").as_f64().expect("a count")
}

fn has_failed() -> bool {
    document().query_selector(".playground-failure").expect("a selector").is_some()
}

// ---- the clock ----

#[wasm_bindgen_test]
async fn a_clock_calls_back_until_it_is_dropped() {
    clear();
    let times: Rc<RefCell<Vec<f64>>> = Rc::default();
    let seen = times.clone();
    let clock = FrameClock::start(move |time| seen.borrow_mut().push(time));
    soon("three frames", || times.borrow().len() >= 3).await;
    drop(clock);
    let (count, asked) = (times.borrow().len(), frames_asked());
    sleep(150).await;
    assert_eq!(times.borrow().len(), count, "a dropped clock calls nobody");
    assert_eq!(frames_asked(), asked, "a dropped clock asks for no frames");
    assert!(times.borrow().is_sorted(), "time goes on");
}

#[wasm_bindgen_test]
async fn a_clock_can_be_dropped_by_its_own_frame() {
    let clock: Rc<RefCell<Option<FrameClock>>> = Rc::default();
    let count = Rc::new(Cell::new(0));
    let (own, counted) = (clock.clone(), count.clone());
    *clock.borrow_mut() = Some(FrameClock::start(move |_| {
        counted.set(counted.get() + 1);
        own.borrow_mut().take();
    }));
    soon("a frame", || count.get() > 0).await;
    sleep(150).await;
    assert_eq!(count.get(), 1);
}

// ---- one playground ----

/// A script may ask at once: it has no way to know when the picture is there.
#[wasm_bindgen_test]
fn a_playground_answers_as_soon_as_it_is_mounted() {
    let place = fresh_place();
    let playground = Mounted::new(mount(&place, wishes("{ paused: true }")).expect("allowed"));
    assert!(playground.text().contains("nodes 5"), "{:?}", playground.text());
    assert!(!playing(&playground));
    playground.run("crash n2");
    playground.destroy();
}

#[wasm_bindgen_test]
async fn a_playground_shows_a_cluster_that_elects_a_leader() {
    let place = fresh_place();
    let playground = mounted(&place, "{}").await;
    soon("a leader", || query(&place, ".node.leader").is_some()).await;
    let shadow = place.shadow_root().expect("its own shadow root");
    let servers = shadow.query_selector_all("[data-server]").expect("a selector");
    assert_eq!(servers.length(), 5);
    let leader = field(&playground, "leader").as_string().expect("somebody leads");
    let label = query(&place, ".node.leader").and_then(|node| node.get_attribute("aria-label"));
    assert!(
        label.clone().is_some_and(|l| l.starts_with(&format!("{leader}, leader of term "))),
        "{label:?}"
    );
    soon("entries", || query(&place, ".cell").is_some()).await;
    playground.destroy();
}

#[wasm_bindgen_test]
async fn a_paused_playground_asks_for_no_frames() {
    let place = fresh_place();
    let before = frames_asked();
    let playground = mounted(&place, "{ paused: true }").await;
    let events = number(&playground, "events");
    sleep(200).await;
    assert_eq!(frames_asked(), before);
    assert_eq!(number(&playground, "events"), events);
    assert!(!playing(&playground));

    playground.play();
    soon("events", || number(&playground, "events") > events).await;
    assert!(frames_asked() > before);
    playground.pause();
    soon("a pause", || !playing(&playground)).await;
    let (events, asked) = (number(&playground, "events"), frames_asked());
    sleep(200).await;
    assert_eq!((number(&playground, "events"), frames_asked()), (events, asked));
    playground.destroy();
}

#[wasm_bindgen_test]
async fn a_wrong_text_is_an_error_with_its_line_and_no_panic() {
    let place = fresh_place();
    let playground = mounted(&place, r#"{ text: "nodes 3\ncrush n2\n" }"#).await;
    soon("the reason", || query(&place, "[role=alert]").is_some()).await;
    let reason = words(&place, "[role=alert]");
    assert!(reason.contains("line 2") && reason.contains("crush"), "{reason}");
    assert!(query(&place, "[role=dialog]").is_none(), "a guest opens no dialog by itself");
    assert!(!has_failed());
    playground.destroy();
}

#[wasm_bindgen_test]
async fn an_unknown_scenario_is_an_error_that_names_those_there_are() {
    let place = fresh_place();
    let playground = mounted(&place, r#"{ scenario: "splitvote" }"#).await;
    soon("the reason", || query(&place, "[role=alert]").is_some()).await;
    let reason = words(&place, "[role=alert]");
    assert!(reason.contains("splitvote") && reason.contains("split-vote"), "{reason}");
    playground.destroy();
}

#[wasm_bindgen_test]
async fn options_that_are_no_options_are_refused() {
    let place = fresh_place();
    for wrong in ["5", "{ scenario: 5 }", "'first-light'"] {
        assert!(mount(&place, wishes(wrong)).is_err(), "{wrong}");
    }
    for right in ["undefined", "null", "{}"] {
        let playground = mounted(&place, right).await;
        playground.destroy();
    }
}

#[wasm_bindgen_test]
async fn a_wrong_line_says_so_and_changes_nothing() {
    let place = fresh_place();
    let playground = mounted(&place, "{ paused: true }").await;
    let before = playground.text();
    for line in ["crush n2", "crash n99", "put", "\u{0}", "expect safe\ncrash n2", ""] {
        playground.run(line);
        sleep(30).await;
        assert_eq!(playground.text(), before, "{line:?}");
    }
    assert!(!has_failed());
    playground.destroy();
}

// ---- more than one ----

#[wasm_bindgen_test]
async fn two_playgrounds_on_a_page_know_nothing_of_each_other() {
    let (here, there) = (fresh_place(), place());
    let still = mounted(&here, "{ paused: true }").await;
    let moving = mounted(&there, "{}").await;
    let events = number(&still, "events");
    soon("one moves", || number(&moving, "events") > events + 50.0).await;
    assert_eq!(number(&still, "events"), events);

    still.run("crash n2");
    soon("n2 is down", || query(&here, "[data-server='2'].down").is_some()).await;
    assert!(query(&there, "[data-server='2'].down").is_none());
    assert!(still.text().contains("crash n2"));
    assert!(!moving.text().contains("crash n2"));

    still.play();
    moving.pause();
    soon("they change places", || playing(&still) && !playing(&moving)).await;
    let stopped = number(&moving, "events");
    let begun = number(&still, "events");
    soon("the other moves", || number(&still, "events") > begun).await;
    assert_eq!(number(&moving, "events"), stopped);
    still.destroy();
    moving.destroy();
}

#[wasm_bindgen_test]
async fn destroying_one_leaves_the_other_running_and_nothing_behind() {
    let (here, there) = (fresh_place(), place());
    let gone = mounted(&here, "{}").await;
    let stays = mounted(&there, "{}").await;
    soon("both move", || {
        query(&here, ".node.leader").is_some() && query(&there, ".node.leader").is_some()
    })
    .await;
    gone.destroy();
    let shadow = here.shadow_root().expect("a shadow root stays");
    assert_eq!(shadow.child_nodes_count(), 0);
    assert_eq!(gone.text(), "");
    gone.run("crash n2");
    gone.play();
    gone.destroy();
    let events = number(&stays, "events");
    soon("the other goes on", || number(&stays, "events") > events).await;
    assert!(query(&there, "[data-server='2'].down").is_none());

    stays.destroy();
    let asked = frames_asked();
    sleep(250).await;
    assert_eq!(frames_asked(), asked, "nothing still asks for frames");
    assert_eq!(shadow.child_nodes_count(), 0);
    assert!(!has_failed());
}

#[wasm_bindgen_test]
async fn a_place_can_be_used_again() {
    let place = fresh_place();
    for _ in 0..3 {
        let playground = mounted(&place, "{ paused: true }").await;
        let shadow = place.shadow_root().expect("a shadow root");
        assert_eq!(shadow.query_selector_all(".pg").expect("a selector").length(), 1);
        playground.destroy();
        assert_eq!(shadow.child_nodes_count(), 0);
    }
}

#[wasm_bindgen_test]
async fn the_text_of_one_brings_back_its_state_in_another() {
    let (here, there) = (fresh_place(), place());
    let first = mounted(&here, "{ scenario: 'stranded-leader' }").await;
    soon("a commit", || number(&first, "committed") >= 1.0).await;
    first.run("crash n2");
    first.run("put key \"two words\"");
    let after = number(&first, "events") + 40.0;
    soon("some events more", || number(&first, "events") > after).await;
    first.pause();
    soon("a pause", || !playing(&first)).await;
    let text = first.text();
    assert!(text.contains("crash n2") && text.contains("two words"), "{text}");

    let options = js_sys::Object::new();
    Reflect::set(&options, &"text".into(), &JsValue::from(text.clone())).expect("a new object");
    let second = Mounted::new(mount(&there, options.into()).expect("options that are allowed"));
    soon("a picture", || query(&there, "[data-server]").is_some()).await;
    soon("the same moment", || number(&second, "timeUs") == number(&first, "timeUs")).await;
    soon("it stands still", || !playing(&second)).await;
    for name in ["timeUs", "events", "committed", "violations"] {
        assert_eq!(number(&second, name), number(&first, name), "{name}");
    }
    assert_eq!(field(&second, "leader"), field(&first, "leader"));
    assert_eq!(second.text(), text);
    let labels = |place: &Element| -> Vec<Option<String>> {
        let shadow = place.shadow_root().expect("a shadow root");
        let shown = shadow.query_selector_all("[data-server], .cell").expect("a selector");
        (0..shown.length())
            .filter_map(|at| shown.item(at))
            .map(|node| {
                wasm_bindgen::JsCast::unchecked_into::<Element>(node).get_attribute("aria-label")
            })
            .collect()
    };
    soon("both drawn", || labels(&here) == labels(&there)).await;
    first.destroy();
    second.destroy();
}

/// Counting what is in a shadow root, which is a node as well.
trait Children {
    fn child_nodes_count(&self) -> usize;
}

impl Children for web_sys::ShadowRoot {
    fn child_nodes_count(&self) -> usize {
        std::iter::successors(self.first_child(), |child| child.next_sibling()).count()
    }
}
