//! The console: etcdctl, clients' requests and every command of the scenario text.

use super::prompt::Prompt;
use crate::input::Input;
use crate::message::{Act, Link, Look, Over, Page};
use crate::rich::said;
use crate::sizes::{Part, Sizes, USUAL_SIDE};
use crate::splitter::Splitter;
use raft_core::NodeId;
use raft_sim::{Answered, Command, Outcome, RequestKind, Server, Standing, World, quoted, text_of};
use raft_view::allowed::Allowed;
use raft_view::console::{ConsoleView, completions, consoles};
use raft_view::way::Way;
use raft_view::why::{Answer, Question, WhyView};
use raft_view::words;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A line that was typed, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// The line.
    pub typed: String,
    /// What was wrong with it, if anything.
    pub error: Option<String>,
    /// How many console commands there were before it.
    pub after: u32,
}

/// What the tab shows.
pub struct Shown<'a> {
    /// The cluster with its clients and consoles.
    pub world: &'a World,
    /// What may be done.
    pub allowed: Allowed<'a>,
    /// The request that is followed.
    pub way: Option<&'a Way>,
    /// What was asked, and the answer.
    pub why: Option<&'a WhyView>,
    /// Whether the run plays.
    pub playing: bool,
    /// Actions that were typed, oldest first.
    pub actions: &'a [ConsoleLine],
    /// Every line that was typed, oldest first.
    pub history: &'a [String],
    /// Whom the console asks; `None`: all members.
    pub endpoint: Option<NodeId>,
    /// How wide and how tall it was made.
    pub sizes: Sizes,
}

/// The tab.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    html! {
        <div class="console">
            <div class="asks">
                { super::way::view(shown.way, shown.playing, link) }
                { client(shown.world, shown.allowed, link) }
                { requests(shown.world, link) }
            </div>
            <Splitter key={raft_view::lang::code()} part={Part::Terminal} sizes={shown.sizes}
                link={link.clone()} />
            { terminal(shown, link) }
        </div>
    }
}

/// Put and get, to the leader or to a server.
fn client(world: &World, allowed: Allowed<'_>, link: &Link) -> Html {
    let (no_put, no_get) = (allowed.forbids("put x 1"), allowed.forbids("get x"));
    let forbidden = (no_put && no_get).then_some("true");
    let servers = world.servers();
    let onsubmit = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let form: web_sys::Element = event.target()?.dyn_into().ok()?;
        let value = |name: &str| -> Option<String> {
            let input = form.query_selector(&format!("[name={name}]")).ok()??;
            Some(match input.dyn_ref::<HtmlInputElement>() {
                Some(input) => input.value(),
                None => input.dyn_into::<web_sys::HtmlSelectElement>().ok()?.value(),
            })
        };
        let word = |text: String| quoted(&text);
        let (what, key, via) = (value("what")?, word(value("key")?), value("via")?);
        let via = if via.is_empty() { String::new() } else { format!(" via {via}") };
        let line = match what.as_str() {
            "put" => format!("put {key} {}{via}", word(value("value")?)),
            "get" => format!("get {key}{via}"),
            _ => format!("get {key}{via} serializable"),
        };
        Some(Act::Typed(line))
    });
    html! {
        <form class="client" {onsubmit} aria-label={tr!("A client’s request")}>
            <h2>{ said(key!("A client asks")) }</h2>
            <div class="fields">
                <select name="what" aria-label={tr!("Request")}>
                    <option value="put" selected=true disabled={no_put}>{ "put" }</option>
                    <option value="get" disabled={no_get}>{ "get" }</option>
                    <option value="serializable" disabled={no_get}>
                        { said(key!("serializable get")) }
                    </option>
                </select>
                <Input name="key" label={tr!("Key")} value="x" keep=true />
                <Input name="value" label={tr!("Value")} value="1" keep=true />
                <select name="via" aria-label={tr!("Server")}>
                    <option value="" selected=true>{ said(key!("the leader")) }</option>
                    { for servers.iter().map(|server| {
                        let name = server.id().to_string();
                        html! { <option value={name.clone()}>{ name }</option> }
                    }) }
                </select>
                <button class="btn primary" type="submit" aria-disabled={forbidden}>
                    { said(key!("Ask")) }
                </button>
            </div>
        </form>
    }
}

/// The latest requests of clients, and what came of them.
fn requests(world: &World, link: &Link) -> Html {
    const MOST: usize = 50;
    let requests = world.requests();
    let line = |(place, request): (usize, &Answered)| {
        let via = request.via.map_or(String::new(), |via| format!(" via {via}"));
        let retry = redirect(request).map(|(again, leader)| {
            let onclick = link.callback(move |_| Act::Typed(again.clone()));
            html! { <button class="quiet small" {onclick}>{ tr!("Ask {}", leader) }</button> }
        });
        let mut answer = words::outcome(&request.outcome, request.kind.reads());
        if let Some(stale) = request.stale {
            answer += &format!(" · {}", raft_view::clients::stale(stale));
        }
        html! {
            <li class={request.outcome.name()}>
                <span class="muted">{ place + 1 }</span>
                <code>{ asked(&request.kind) }{ via }</code>
                <span class="answer">{ answer }{ for retry }</span>
            </li>
        }
    };
    let lines = requests.iter().enumerate().rev().take(MOST).map(line);
    html! { <ol class="requests" aria-label={tr!("Requests and answers")}>{ for lines }</ol> }
}

fn asked(kind: &RequestKind) -> String {
    match kind {
        RequestKind::Put { key, value } => format!("put {} {}", text_of(key), text_of(value)),
        RequestKind::Get { key } => format!("get {}", text_of(key)),
        RequestKind::GetSerializable { key } => format!("get {} serializable", text_of(key)),
    }
}

/// The same request to the leader that a refusal names, and that leader.
fn redirect(request: &Answered) -> Option<(String, NodeId)> {
    let Outcome::NotLeader { leader: Some(leader), .. } = &request.outcome else { return None };
    let word = |bytes: &[u8]| quoted(&text_of(bytes));
    let again = match &request.kind {
        RequestKind::Put { key, value } => format!("put {} {}", word(key), word(value)),
        RequestKind::Get { key } | RequestKind::GetSerializable { key } => {
            format!("get {}", word(key))
        }
    };
    Some((format!("{again} via {leader}"), *leader))
}

fn hint(world: &World) -> Html {
    let release = world.settings().etcd.release();
    let hint = tr!("etcdctl {} · Tab completes · ↑ history", release);
    html! { <span class="muted">{ hint }</span> }
}

/// Members that are announced and not started, each with what starts it: etcdctl says nothing of
/// that, and until then they are missing.
fn announced(world: &World, link: &Link) -> Vec<Html> {
    let waits = world.servers().iter().filter(|server| server.standing() == Standing::Announced);
    let line = |server: &Server| {
        let command = Command::Start(server.id());
        let why_not = world.check_command(&command).err().map(|refusal| refusal.to_string());
        html! {
            <p class="muted waits">
                { tr!("{} is announced and counts already; nobody has started it.", server.id()) }
                { " " }
                <button class="btn" disabled={why_not.is_some()}
                    onclick={link.callback(move |_| Act::Do(command.clone()))}>
                    { format!("start {}", server.id()) }
                </button>
                { for why_not.into_iter().map(|why| html! { <span>{ " " }{ why }</span> }) }
            </p>
        }
    };
    waits.map(line).collect()
}

/// The terminal: etcdctl's commands with what they print, and actions on the cluster.
fn terminal(shown: &Shown<'_>, link: &Link) -> Html {
    let (world, typed, endpoint) = (shown.world, shown.actions, shown.endpoint);
    let consoles = consoles(world);
    let mut blocks: Vec<Html> = Vec::new();
    let mut printed = 0;
    let actions_up_to = |number: u32, printed: &mut usize, blocks: &mut Vec<Html>| {
        while let Some(line) = typed.get(*printed).filter(|line| line.after < number) {
            blocks.push(action(line));
            *printed += 1;
        }
    };
    for view in consoles.iter() {
        actions_up_to(view.number, &mut printed, &mut blocks);
        blocks.push(block(
            view,
            answer_of(shown.why, view.number),
            shown.sizes.of(Part::Side),
            link,
        ));
    }
    actions_up_to(u32::MAX, &mut printed, &mut blocks);
    let taker =
        consoles.iter().rev().find_map(|view| view.prompt.clone().map(|p| (view.number, p)));
    let sign = taker.as_ref().map_or("$".to_string(), |(_, prompt)| {
        if prompt.trim().is_empty() { ">".into() } else { prompt.trim().to_string() }
    });
    let history = shown.history.to_vec();
    let environment = world.environment();
    let complete = Callback::from(move |line: String| completions(&line, &environment));
    let give = link.callback(Act::Line);
    let end = taker.as_ref().map(|(number, _)| {
        let number = *number;
        let onclick = link.callback(move |_| Act::Do(Command::EndOfInput(number)));
        html! { <button class="quiet small" {onclick}>{ said(key!("End of input")) }</button> }
    });
    let servers = world.servers().iter().map(|server| {
        let (name, chosen) = (server.id().to_string(), endpoint == Some(server.id()));
        html! { <option value={name.clone()} selected={chosen}>{ name }</option> }
    });
    let onchange = link.callback(|event: Event| {
        let select = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok());
        let chosen = select.map(|select| select.value()).unwrap_or_default();
        Look::Endpoint(chosen.strip_prefix('n').and_then(|digits| digits.parse().ok()))
    });
    html! {
        <div class="term">
            <div class="termbar">
                <label>{ said(key!("Endpoint")) }{ " " }
                    <select {onchange}>
                        <option value="" selected={endpoint.is_none()}>
                            { said(key!("all members")) }
                        </option>
                        { for servers }
                    </select>
                </label>
                { hint(world) }
                { for end }
            </div>
            // Reversed, so that it stays scrolled to its end.
            <div class="back" role="log" aria-label={tr!("Console")} tabindex="0">
                <ol>{ for blocks }</ol>
            </div>
            if !shown.playing && consoles.iter().any(|view| view.exit.is_none()) {
                <p class="muted waits">{ said(key!("A command waits: the run is paused.")) }</p>
            }
            { for announced(world, link) }
            <Prompt {sign} takes_any={taker.is_some()} {history} {complete} {give} />
        </div>
    }
}

fn action(line: &ConsoleLine) -> Html {
    html! {
        <li>
            <span class="p">{ "› " }</span>{ line.typed.clone() }
            if let Some(error) = &line.error { <div class="e">{ error.clone() }</div> }
        </li>
    }
}

/// The columns that fit into the panel as wide as it usually is.
const USUAL_COLUMNS: u32 = 46;

/// The columns that fit beside the stage on a page 1,280 pixels wide in the type of wide outputs.
const WIDE_COLUMNS: u32 = 140;

/// The style of an output with this many columns: the more, the smaller its type.
fn type_of(columns: u32) -> Option<&'static str> {
    match columns {
        0..=USUAL_COLUMNS => None,
        columns if columns <= WIDE_COLUMNS => Some("wide"),
        _ => Some("wide wider"),
    }
}

/// The width of the panel that shows this many columns of a wide output, in pixels, with what
/// stands beside it.
fn wide_enough(columns: u32) -> u32 {
    let hundredths = if columns > WIDE_COLUMNS { 573 } else { 633 };
    (columns * hundredths).div_ceil(100) + 52
}

/// The width of the panel at which every table that the console shows can be read whole, in pixels:
/// a table that is cut off says little. `None` where it needs no more than usual.
pub fn width_of_tables(world: &World) -> Option<u32> {
    let is_table = |line: &&str| line.starts_with('+') || line.starts_with('|');
    let lines = world.consoles().flat_map(|console| console.output().lines()).filter(is_table);
    let columns = lines.map(|line| line.chars().count()).max()? as u32;
    (columns > USUAL_COLUMNS).then(|| wide_enough(columns)).filter(|width| *width > USUAL_SIDE)
}

/// The button that makes the panel wide enough for an output, or as it was.
fn widen(columns: u32, side: Option<u32>, line: &str, link: &Link) -> Html {
    let (has, needs) = (side.unwrap_or(USUAL_SIDE), wide_enough(columns));
    if columns <= USUAL_COLUMNS || (side.is_none() && needs <= has) {
        return Html::default();
    }
    let (size, word, label) = if needs > has {
        (Some(needs), key!("Widen"), tr!("Widen the panel for the output of {}", line))
    } else {
        (Some(USUAL_SIDE), key!("Narrow"), told!("Make the panel as wide as usual"))
    };
    let onclick = link.callback(move |_| Page::Size(Part::Side, size));
    html! {
        <button class="quiet small widen" {onclick} aria-label={label}>{ said(word) }</button>
    }
}

/// What was said to why a command has no answer, if that was asked.
fn answer_of(why: Option<&WhyView>, number: u32) -> Option<&Answer> {
    let is_its = |why: &&WhyView| why.questions[why.asked].0 == Question::Console(number);
    why.filter(is_its).map(|why| &why.answer)
}

/// The button that asks why a command has no answer yet, or failed.
fn ask_why(view: &ConsoleView, is_asked: bool, link: &Link) -> Html {
    if !view.waits || view.prompt.is_some() {
        return Html::default();
    }
    let question = Question::Console(view.number);
    let label = match view.exit {
        None => tr!("Why? Why {} has no answer yet", view.line),
        Some(_) => tr!("Why? Why {} failed", view.line),
    };
    let onclick = link.callback(move |_| Look::Ask(Some(question)));
    html! {
        <button class="quiet small" {onclick} aria-expanded={is_asked.to_string()}
            aria-label={label}>
            { said(key!("Why?")) }
        </button>
    }
}

fn block(view: &ConsoleView, why: Option<&Answer>, side: Option<u32>, link: &Link) -> Html {
    let number = view.number;
    let columns = view.output.lines().map(|line| line.chars().count()).max().unwrap_or(0) as u32;
    let output = view.output.clone();
    let onclick = link.callback(move |_| Over::Copy(output.clone()));
    let copy = (!view.output.is_empty()).then(|| {
        html! {
            <button class="quiet small" {onclick}
                aria-label={tr!("Copy the output of {}", view.line)}>
                { said(key!("Copy")) }
            </button>
        }
    });
    let state = match view.exit {
        None => {
            let onclick = link.callback(move |_| Act::Do(Command::Interrupt(number)));
            html! {
                <>
                    <span class="runs">{ tr!("runs, {}", view.took) }</span>
                    <button class="quiet small" {onclick}
                        aria-label={tr!("^C, interrupt {}", view.line)}>
                        { "^C" }
                    </button>
                </>
            }
        }
        Some(0) => html! { <span class="runs">{ view.took.clone() }</span> },
        Some(code) => html! { <span class="e">{ tr!("exit {}, {}", code, view.took) }</span> },
    };
    html! {
        <li key={number}>
            <div class="line">
                <span class="p">{ "$ " }</span>
                <code>{ view.line.clone() }</code>
                { state }
                { ask_why(view, why.is_some(), link) }
                { widen(columns, side, &view.line, link) }
                { for copy }
            </div>
            { for why.map(super::why::answered) }
            if let Some(stale) = &view.stale { <div class="e">{ stale.clone() }</div> }
            if !view.output.is_empty() {
                <pre class={type_of(columns)} tabindex="0"
                    aria-label={tr!("Output of {}", view.line)}>
                    { view.output.clone() }
                </pre>
            }
        </li>
    }
}
