//! The safety properties, and which of them have held so far.

use crate::rich::rich;
use raft_check::Property;
use raft_sim::Session;
use raft_view::words;
use yew::prelude::*;

/// A line for every property.
pub fn all(session: &Session) -> Vec<Html> {
    Property::SAFETY.into_iter().map(|property| line(session, property)).collect()
}

/// A line for each that has held at every event.
pub fn holding(session: &Session) -> Vec<Html> {
    let violations = session.world().violations();
    let holds = |property: &Property| violations.iter().all(|v| v.property != *property);
    let holding = Property::SAFETY.into_iter().filter(holds);
    holding.map(|property| line(session, property)).collect()
}

fn line(session: &Session, property: Property) -> Html {
    let broken = session.world().violations().iter().find(|v| v.property == property);
    html! {
        <li class={if broken.is_some() { "broken" } else { "holds" }}>
            <span aria-hidden="true">{ if broken.is_some() { "✗ " } else { "✓ " } }</span>
            { rich(&match broken {
                Some(violation) => words::broken(violation),
                None => tr!("**{}** has held at every event.", words::property(property)),
            }) }
        </li>
    }
}
