//! Faults and settings. Every value goes through the parser of scenario text, so that wrong
//! input gets the same clear errors.

use super::field::Field;
use crate::input::Input;
use crate::message::{Act, Link, Message, Open};
use crate::rich::said;
use raft_core::NodeId;
use raft_sim::{Command, Preset, Session, Setting, Settings, World, scenario};
use raft_view::allowed::Allowed;
use raft_view::inspect::members;
use yew::prelude::*;

/// The dialog's content.
pub fn view(session: &Session, allowed: Allowed<'_>, notice: Option<&str>, link: &Link) -> Html {
    let world = session.world();
    let lines = Lines { settings: world.settings().lines(), allowed, link };
    let heal = lines.typed("heal".into());
    let forbidden = SplitForbidden {
        split: allowed.forbids("partition n1 | n2"),
        heal: allowed.forbids("heal"),
    };
    let holds = world.network().held_links().next().is_some();
    let release = holds.then(|| lines.typed("release all".into()));
    html! {
        <div class="faults">
            if let Some(notice) = notice { <p class="because" role="alert">{ notice }</p> }
            <h3>{ said(key!("Network")) }</h3>
            { lines.field("latency", tr!("Latency, one way")) }
            { lines.field("loss", tr!("Lost messages")) }
            { lines.field("duplicate", tr!("Duplicated messages")) }
            <Split servers={world.servers().len()} act={link.callback(Act::Do)} {heal}
                {release} {forbidden} />
            <h3>{ said(key!("Servers")) }</h3>
            <p class="hint">{ timings_of(world) }</p>
            <div class="actions">{ lines.of_preset(world) }</div>
            { lines.field("election-timeout", tr!("Election timeout")) }
            { lines.field("heartbeat", tr!("Heartbeat every")) }
            { lines.field("fsync", tr!("A write takes")) }
            { lines.field("torn-writes", tr!("Torn writes at a crash")) }
            { lines.field("append-entries", tr!("Entries a message")) }
            { lines.field("pre-vote", tr!("Pre-vote")) }
            { lines.field("check-quorum", tr!("Check-quorum")) }
            { lines.field("snapshot-every", tr!("Snapshot every, entries")) }
            <div class="actions">
                { lines.button("spread timers", tr!("Spread timers")) }
                { lines.button("align timers", tr!("Align timers")) }
            </div>
            <h3>{ said(key!("Members")) }</h3>
            <p class="hint">{ members(world.membership()) }</p>
            { changes_of_members(world, &lines) }
            <h3>{ said(key!("Clients")) }</h3>
            { lines.field("client-timeout", tr!("Time-out")) }
            { lines.field("forwarding", tr!("Followers forward")) }
            { lines.field("reads", tr!("Reads: log, read-index, lease")) }
            <div class="actions">
                { lines.button("load 10/s", tr!("Load 10/s")) }
                { lines.button("load 50/s reads 50%", tr!("Load 50/s, half reads")) }
                <button class="btn" disabled={!world.load_runs()}
                    aria-disabled={lines.forbidden("load off")}
                    onclick={lines.typed("load off".into())}>
                    { said(key!("Load off")) }
                </button>
            </div>
            <h3>{ said(key!("New run")) }</h3>
            <NewRun settings={session.base().clone()} start={link.callback(Open::New)} />
        </div>
    }
}

/// Whether the timings are made for watching, or those that members really run with.
fn timings_of(world: &World) -> String {
    let settings = world.settings();
    let now = settings.lines();
    if Preset::Etcd.settings(settings.etcd).iter().all(|setting| now.contains(setting)) {
        tr!("These are the timings that etcd {} runs with.", settings.etcd.name())
    } else {
        tr!("Demonstration timings, for watching: etcd {} is slower.", settings.etcd.name())
    }
}

fn changes_of_members(world: &World, lines: &Lines<'_>) -> Html {
    let next = world.servers().len() + 1;
    html! {
        <div class="actions">
            { lines.button(&format!("member add n{next}"), tr!("Add a server")) }
            { lines.button(&format!("member add n{next} learner"), tr!("Add a learner")) }
            <button class="btn" disabled={!world.membership().is_joint()}
                aria-disabled={lines.forbidden("member leave")}
                onclick={lines.typed("member leave".into())}>
                { said(key!("Leave joint")) }
            </button>
            { lines.button("snapshot all", tr!("Snapshot all")) }
            { lines.button("compact all", tr!("Compact all")) }
        </div>
    }
}

/// Lines of scenario text: those of the settings as they are, and those that are typed by a click.
struct Lines<'a> {
    settings: Vec<Setting>,
    allowed: Allowed<'a>,
    link: &'a Link,
}

impl Lines<'_> {
    /// Types a line.
    fn typed(&self, line: String) -> Callback<MouseEvent> {
        self.link.callback(move |_: MouseEvent| Act::Typed(line.clone()))
    }

    /// How a control is marked whose line the puzzle forbids: it can be pressed, and says so.
    fn forbidden(&self, line: &str) -> Option<&'static str> {
        self.allowed.forbids(line).then_some("true")
    }

    /// A button that types a line.
    fn button(&self, line: &str, label: &'static str) -> Html {
        let onclick = self.typed(line.into());
        html! {
            <button class="btn" aria-disabled={self.forbidden(line)} {onclick}>{ label }</button>
        }
    }

    /// A button that types what a preset sets.
    fn of_preset(&self, world: &World) -> Html {
        let set = Preset::Etcd.settings(world.settings().etcd);
        let set: Vec<String> = set.iter().map(|setting| format!("set {setting}")).collect();
        let forbidden = set.iter().any(|line| self.allowed.forbids(line)).then_some("true");
        let onclick = self.link.batch_callback(move |_: MouseEvent| {
            set.iter().map(|line| Act::Typed(line.clone()).into()).collect::<Vec<Message>>()
        });
        let label = tr!("Timings of etcd: 100 ms, 1 s");
        html! { <button class="btn" aria-disabled={forbidden} {onclick}>{ label }</button> }
    }

    /// A setting to change.
    fn field(&self, name: &'static str, label: &'static str) -> Html {
        let line = self.settings.iter().find(|line| line.name() == name).map(ToString::to_string);
        let value = line.as_deref().and_then(|line| line.split_once(' '));
        let value = value.map_or_else(String::new, |(_, value)| value.to_string());
        let set = move |value: String| Act::Typed(format!("set {name} {value}"));
        let line = format!("set {name}");
        let forbidden = self.allowed.forbids(&format!("{line} {value}"));
        let apply = self.link.callback(set);
        html! { <Field key={name} {line} {label} {value} {apply} {forbidden} /> }
    }
}

#[derive(PartialEq, Properties)]
struct SplitProps {
    servers: usize,
    act: Callback<Command>,
    heal: Callback<MouseEvent>,
    /// Where any link is held.
    release: Option<Callback<MouseEvent>>,
    forbidden: SplitForbidden,
}

/// What of it a puzzle forbids.
#[derive(Clone, Copy, PartialEq)]
struct SplitForbidden {
    split: bool,
    heal: bool,
}

/// A partition by ticking servers: the way without a pointer.
#[function_component(Split)]
fn split(props: &SplitProps) -> Html {
    let chosen = use_state(Vec::<NodeId>::new);
    let all: Vec<NodeId> = (1..=props.servers as u64).map(NodeId).collect();
    let tick = |id: NodeId| {
        let on = chosen.contains(&id);
        let chosen = chosen.clone();
        let onchange = Callback::from(move |_: Event| {
            let mut next = (*chosen).clone();
            if on {
                next.retain(|known| *known != id)
            } else {
                next.push(id)
            }
            next.sort_unstable();
            chosen.set(next);
        });
        html! {
            <label class="tick">
                <input type="checkbox" checked={on} {onchange} />{ id.to_string() }
            </label>
        }
    };
    let rest: Vec<NodeId> = all.iter().filter(|id| !chosen.contains(id)).copied().collect();
    let grey = |forbidden: bool| forbidden.then_some("true");
    let possible = !chosen.is_empty() && !rest.is_empty();
    let onclick = {
        let (act, groups) = (props.act.clone(), vec![(*chosen).clone(), rest]);
        Callback::from(move |_: MouseEvent| act.emit(Command::Partition(groups.clone())))
    };
    html! {
        <fieldset class="split">
            <legend>{ said(key!("Split the network: one side")) }</legend>
            { for all.iter().map(|id| tick(*id)) }
            <button class="btn" disabled={!possible} aria-disabled={grey(props.forbidden.split)}
                {onclick}>
                { said(key!("Split")) }
            </button>
            <button class="btn" aria-disabled={grey(props.forbidden.heal)}
                onclick={props.heal.clone()}>
                { said(key!("Heal")) }
            </button>
            if let Some(release) = &props.release {
                <button class="btn" onclick={release.clone()}>{ said(key!("Release all")) }</button>
            }
        </fieldset>
    }
}

#[derive(PartialEq, Properties)]
struct NewRunProps {
    settings: Settings,
    start: Callback<Settings>,
}

/// Number of servers and seed, which only a new run can change.
#[function_component(NewRun)]
fn new_run(props: &NewRunProps) -> Html {
    let nodes = use_state(|| props.settings.nodes.to_string());
    let seed = use_state(|| props.settings.seed.to_string());
    let error = use_state(|| None::<String>);
    let edit = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |value: String| state.set(value))
    };
    let begin = |seed: String| {
        let (nodes, error) = (nodes.clone(), error.clone());
        let (settings, start) = (props.settings.clone(), props.start.clone());
        Callback::from(move |_: MouseEvent| {
            let text = format!("nodes {}\nseed {seed}", *nodes);
            match scenario::parse(&text) {
                Ok(read) if read.statements.is_empty() && read.settings.nodes <= 15 => {
                    let Settings { nodes, seed, .. } = read.settings;
                    start.emit(Settings { nodes, seed, ..settings.clone() });
                }
                Ok(_) => error.set(Some(told!("expected 1 to 15 servers and a seed"))),
                Err(wrong) => error.set(Some(wrong.to_string())),
            }
        })
    };
    let other = super::files::random_seed().to_string();
    html! {
        <div class="new-run">
            <label class="field">
                <span>{ said(key!("Servers, 1 to 15")) }</span>
                <Input value={(*nodes).clone()} edit={edit(&nodes)} keep=true />
            </label>
            <label class="field">
                <span>{ said(key!("Seed")) }</span>
                <Input value={(*seed).clone()} edit={edit(&seed)} keep=true />
            </label>
            if let Some(error) = &*error { <em role="alert">{ error.clone() }</em> }
            <div class="actions">
                <button class="btn" onclick={begin((*seed).clone())}>
                    { said(key!("Start")) }
                </button>
                <button class="btn" onclick={begin(other)}>
                    { said(key!("With another seed")) }
                </button>
            </div>
        </div>
    }
}
