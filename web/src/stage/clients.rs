//! Clients: a box for each that a person has, and for the console; groups at servers' doors for
//! those of the load generator.

use super::attributes::translate;
use crate::shared::Same;
use raft_view::clients::{ClientBox, Crowd, Mood};
use raft_view::stage::fixed;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct ClientsProps {
    pub(super) clients: Same<Vec<ClientBox>>,
}

#[function_component(Clients)]
pub(super) fn clients_component(props: &ClientsProps) -> Html {
    html! { <g class="clients">{ for props.clients.iter().map(client) }</g> }
}

fn client(view: &ClientBox) -> Html {
    let (width, height) = view.size;
    let spoken = match (view.asked.is_empty(), view.server) {
        (true, _) => tr!("{} has asked nothing yet", view.name),
        (false, Some(server)) => {
            tr!("{} asked {} of {}: {}", view.name, view.asked, server, view.told)
        }
        (false, None) => tr!("{} asked {}: {}", view.name, view.asked, view.told),
    };
    let line = view.line.map(|(from, to)| {
        let class = classes!("client-way", view.mood.class(), view.cut.then_some("cut"));
        let middle = from.towards(to, 0.4);
        html! {
            <>
                <line {class} x1={fixed(from.x)} y1={fixed(from.y)} x2={fixed(to.x)}
                    y2={fixed(to.y)} />
                if view.cut {
                    <path class="blocked" d={format!(
                        "M{},{} m-5,-5 l10,10 m0,-10 l-10,10", fixed(middle.x), fixed(middle.y)
                    )} />
                }
            </>
        }
    });
    // Beside the edge of the picture, so that it ends or begins there.
    let (told_x, anchor) = if view.is_right() { (width, "end") } else { (0.0, "start") };
    let name_y = if view.asked.is_empty() { height / 2.0 } else { 15.0 };
    html! {
        <g key={format!("{:?}", view.id)} class={classes!("client", view.mood.class())} role="img"
            data-client={view.name.clone()} aria-label={spoken}>
            { for line }
            <g transform={translate(view.at)}>
                <rect width={fixed(width)} height={fixed(height)} rx="10" />
                <path class="person" d={PERSON}
                    transform={format!("translate(17,{}) scale(.72)", fixed(name_y))} />
                <text class="who" x="30" y={fixed(name_y)}>{ view.name.clone() }</text>
                <text class="asked" x={fixed(width / 2.0)} y="32">{ view.asked.clone() }</text>
                if view.mood != Mood::Idle {
                    <text class="told" x={fixed(told_x)} y={fixed(height + 11.0)}
                        text-anchor={anchor}>
                        { view.told.clone() }
                    </text>
                }
            </g>
        </g>
    }
}

/// A head and shoulders around the origin.
const PERSON: &str = "M-7,7 a7,7 0 0 1 14,0 Z M0,-1 a4,4 0 0 1 0,-8 a4,4 0 0 1 0,8 Z";

/// Clients at their servers' doors.
pub(super) fn crowds(crowds: &[Crowd]) -> Html {
    html! { <g class="crowds">{ for crowds.iter().map(crowd) }</g> }
}

fn crowd(view: &Crowd) -> Html {
    let Crowd { server, at, door, scale, .. } = view;
    let count = view.count();
    let transform = format!("{} scale({})", translate(*at), fixed(*scale));
    html! {
        <g key={server.0} role="img" aria-label={view.words()} data-crowd={server.0.to_string()}>
            <line x1={fixed(at.x)} y1={fixed(at.y)} x2={fixed(door.x)} y2={fixed(door.y)} />
            <g {transform}>
                <path d={PERSON} />
                if count > 1 {
                    <text class="count" x="9" y="2">{ format!("×{count}") }</text>
                }
                <text y="18">{ for view.signs().into_iter().map(|(class, sign)| html! {
                    <tspan {class} dx="4">{ sign }</tspan>
                }) }</text>
            </g>
        </g>
    }
}
