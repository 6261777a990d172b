//! The first screen: what this is, in a sentence, and three doors; then, for one who wants to break
//! something, the faults in reach. Both stand on the stage, beside the picture and never over it.

use crate::kept;
use crate::message::{Act, Dialog, Link, Over, Welcome};
use crate::progress;
use crate::rich::said;
use raft_sim::World;
use yew::prelude::*;

/// Where the browser keeps that somebody has closed the doors for good.
const KEPT_AS: &str = "raft-playground-welcome";

/// What of it stands on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstScreen {
    /// Nothing, or nothing any more.
    #[default]
    Gone,
    /// The doors.
    Doors,
    /// Faults in reach.
    Faults,
}

impl FirstScreen {
    /// What a visit begins with that asks for nothing. The doors come back until they are closed:
    /// one who has gone through the first has not been through the others.
    pub fn of_a_visit() -> FirstScreen {
        if kept::read(KEPT_AS).is_some() { FirstScreen::Gone } else { FirstScreen::Doors }
    }

    /// Notes that somebody wants it no more.
    pub fn keep_closed() {
        kept::keep(KEPT_AS, "closed");
    }

    /// How the page is marked with it.
    pub fn class(self) -> Option<&'static str> {
        match self {
            FirstScreen::Gone => None,
            FirstScreen::Doors => Some("welcoming"),
            FirstScreen::Faults => Some("breaking"),
        }
    }
}

/// What stands on the stage beside the picture.
pub fn view(shown: FirstScreen, world: &World, link: &Link) -> Html {
    match shown {
        FirstScreen::Gone => Html::default(),
        FirstScreen::Doors => doors(link),
        FirstScreen::Faults => faults(world, link),
    }
}

fn doors(link: &Link) -> Html {
    let to = |place: Welcome| link.callback(move |_: MouseEvent| place);
    let (tour, about) = if progress::read().is_empty() {
        (key!("See how they agree"), key!("a tour, 10 minutes, no knowledge needed"))
    } else {
        (key!("Go on with the tour"), key!("how servers agree, from where you were"))
    };
    let door = |class: &'static str, place: Welcome, name: &'static str, about: &'static str| {
        html! {
            <button {class} onclick={to(place)}>
                <b>{ said(name) }<span aria-hidden="true">{ " ▸" }</span></b>
                <span>{ said(about) }</span>
            </button>
        }
    };
    html! {
        <>
            <div class="hero">
                <h2>
                    { said(key!("Five servers that agree on every write, even while some fail.")) }
                </h2>
                <button class="quiet small" onclick={to(Welcome::Legend)}>
                    { said(key!("What you see")) }
                </button>
            </div>
            <button class="quiet no-thanks" aria-label={tr!("Close the first screen")}
                onclick={to(Welcome::Close)}>
                { "✕" }
            </button>
            <div class="doors" role="group" aria-label={tr!("Where to begin")}>
                { door("door on", Welcome::Tour, tour, about) }
                { door("door", Welcome::Break, key!("Break a cluster"),
                    key!("cut the network, crash the leader, ask why")) }
                { door("door", Welcome::Etcd, key!("Try etcd"),
                    key!("etcdctl against five members in this tab")) }
            </div>
        </>
    }
}

fn faults(world: &World, link: &Link) -> Html {
    let typed = |line: &'static str| link.callback(move |_: MouseEvent| Act::Typed(line.into()));
    let to = |place: Welcome| link.callback(move |_: MouseEvent| place);
    let is_led = world.leader().is_some();
    let is_whole = remedies(world).is_empty();
    let more = link.callback(|_: MouseEvent| Over::Dialog(Dialog::Faults));
    html! {
        <div class="doors breaks" role="group" aria-label={tr!("Break something")}>
            <button class="btn" disabled={!is_led} onclick={typed("crash leader")}>
                { said(key!("Crash the leader")) }
            </button>
            <button class="btn" disabled={!is_led}
                onclick={typed("partition leader follower | rest")}>
                { said(key!("Cut the leader off")) }
            </button>
            <button class="btn" onclick={typed("set loss 30%")}>
                { said(key!("Lose 30 % of messages")) }
            </button>
            <button class="btn" disabled={is_whole} onclick={to(Welcome::Mend)}>
                { said(key!("Mend everything")) }
            </button>
            <button class="btn" onclick={to(Welcome::AskWhy)}>{ said(key!("Ask why…")) }</button>
            <button class="btn" aria-haspopup="dialog" onclick={more}>
                { said(key!("More faults…")) }
            </button>
            <button class="quiet" aria-label={tr!("Close")} onclick={to(Welcome::Close)}>
                { "✕" }
            </button>
        </div>
    }
}

/// What mends all that is broken, as lines of scenario text.
pub fn remedies(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    let network = world.network();
    let ids = || world.servers().iter().map(raft_sim::Server::id);
    if ids().any(|from| ids().any(|to| network.is_blocked(from, to))) {
        lines.push("heal".to_string());
    }
    if network.held_links().next().is_some() {
        lines.push("release all".to_string());
    }
    if world.settings().live.loss.0 > 0 {
        lines.push("set loss 0%".to_string());
    }
    for server in world.servers() {
        match server.power() {
            raft_sim::Power::Up => {}
            raft_sim::Power::Paused => lines.push(format!("resume {}", server.id())),
            raft_sim::Power::Crashed => match server.standing() {
                raft_sim::Standing::Known => lines.push(format!("restart {}", server.id())),
                raft_sim::Standing::Announced => lines.push(format!("start {}", server.id())),
                raft_sim::Standing::Removed => {}
            },
        }
    }
    lines
}
