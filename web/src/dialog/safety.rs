//! What must always be true: what of it is broken, when that was seen and at which servers.

use crate::message::{Link, Look, Message, Over, Time};
use crate::panel::properties;
use crate::rich::{rich, said};
use raft_check::linear::Verdict;
use raft_check::{Property, Violation};
use raft_core::NodeId;
use raft_sim::Session;
use raft_view::clients;
use raft_view::menu::Selection;
use raft_view::words::{self, seconds};
use yew::prelude::*;

/// The dialog.
pub fn view(session: &Session, verdict: Verdict, link: &Link) -> Html {
    let world = session.world();
    let violations = world.violations();
    // The first time that each is seen broken is told; what follows, follows from that.
    let first = |property: Property| violations.iter().find(|v| v.property == property);
    let broken: Vec<&Violation> = Property::SAFETY.into_iter().filter_map(first).collect();
    let assumption = words::broken_assumption(world).filter(|_| !broken.is_empty());
    html! {
        <div class="safety">
            { for broken.iter().map(|violation| offence(violation, world.now(), link)) }
            { for assumption.map(|text| html! { <p>{ rich(&text) }</p> }) }
            if verdict == Verdict::NotLinearizable {
                <section class="offence-of">
                    <p>{ clients::verdict(verdict) }</p>
                    <div class="actions">
                        <button class="btn" onclick={link.batch_callback(|_| clients_of_it())}>
                            { said(key!("Show what clients saw")) }
                        </button>
                    </div>
                </section>
            }
            <ul class="properties">{ for properties::holding(session) }</ul>
            <p class="hint">
                { said(key!("Every property is checked after every event, at every server.")) }
            </p>
        </div>
    }
}

fn clients_of_it() -> Vec<Message> {
    vec![Over::Close.into(), Look::Select(Selection::Nothing).into(), Look::Inspect.into()]
}

/// One broken property: the sentence, and the ways to the moment and to the servers.
fn offence(violation: &Violation, now: u64, link: &Link) -> Html {
    let at = violation.at;
    let to_moment = link.batch_callback(move |_: MouseEvent| {
        vec![Message::from(Over::Close), Time::Seek(at).into()]
    });
    let server = |id: NodeId| {
        let onclick = link.batch_callback(move |_: MouseEvent| {
            let select = Look::Select(Selection::Server(id));
            vec![Message::from(Over::Close), Time::Seek(at).into(), select.into()]
        });
        let label = tr!("Show {} at that moment", id);
        html! { <button class="btn" aria-label={label} {onclick}>{ id.to_string() }</button> }
    };
    html! {
        <section class="offence-of broken">
            <p><span aria-hidden="true">{ "✗ " }</span>{ rich(&words::broken(violation)) }</p>
            <div class="actions">
                <button class="btn primary" disabled={now == at} onclick={to_moment}>
                    { tr!("Show the moment, {}", seconds(at)) }
                </button>
                { for words::servers_of(violation).into_iter().map(server) }
            </div>
        </section>
    }
}
