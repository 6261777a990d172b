//! What a server keeps on its disk, what a crash would lose, the cluster's saved files, and how
//! many members are enough.

use super::first::section;
use super::inspect::actions;
use crate::message::{Link, Look, Message};
use raft_sim::World;
use raft_view::allowed::Allowed;
use raft_view::cost::Cost;
use raft_view::lang::look_up;
use raft_view::menu::Selection;
use raft_view::stage::fixed;
use raft_view::storage::words;
use raft_view::storage::{self, Record, RecordState, SizeRow};
use yew::prelude::*;

/// What the tab shows.
pub struct Shown<'a> {
    /// The servers with their disks.
    pub world: &'a World,
    /// What may be done.
    pub allowed: Allowed<'a>,
    /// What is selected.
    pub selection: Selection,
    /// What each size costs as far as it was measured, the smallest first.
    pub costs: &'a [Option<Cost>],
    /// The size that is being measured.
    pub under_way: Option<u8>,
}

/// The tab.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let world = shown.world;
    let id = match shown.selection {
        Selection::Server(id) | Selection::Entry(id, _) => id,
        Selection::Nothing | Selection::Message(_) | Selection::Link(..) => {
            storage::default_server(world)
        }
    };
    let Some(mut view) = storage::storage(world, id) else { return Html::default() };
    shown.allowed.mark(&mut view.actions);
    shown.allowed.mark(&mut view.files);
    let choice = |server: &raft_sim::Server| {
        let (other, on) = (server.id(), server.id() == id);
        let onclick = link.callback(move |_| Look::Select(Selection::Server(other)));
        html! {
            <button class={if on { "btn primary" } else { "btn" }} aria-pressed={on.to_string()}
                {onclick}>
                { other.to_string() }
            </button>
        }
    };
    html! {
        <div class="insp disk">
            <div class="actions" role="group" aria-label={look_up(words::SERVERS)}>
                { for world.servers().iter().map(choice) }
            </div>
            { section(&view.disk) }
            { actions(&view.actions, Selection::Nothing, link) }
            { section(&view.log) }
            <ol class="records" aria-label={look_up(words::RECORDS)}>
                { for view.records.iter().map(record) }
            </ol>
            { for view.sections.iter().map(section) }
            { actions(&view.files, Selection::Nothing, link) }
            <p class="hint">{ look_up(words::RESTORE_SAYS) }</p>
            { sizes(shown, link) }
        </div>
    }
}

fn record(record: &Record) -> Html {
    let class = match record.state {
        RecordState::Durable => "",
        RecordState::Pending(_) => "pending",
        RecordState::Replaced => "replaced",
    };
    html! {
        <li {class}>
            <span class="muted">{ record.index }</span>
            <span class={format!("cell term{} {class}", record.term % 6)}>
                <b>{ record.term }</b><span>{ record.text.clone() }</span>
            </span>
            <span class="state">{ words::record(record.state) }</span>
        </li>
    }
}

fn sizes(shown: &Shown<'_>, link: &Link) -> Html {
    let Shown { world, costs, under_way, .. } = *shown;
    let columns = &words::COLUMNS[..if costs.is_empty() { 3 } else { 6 }];
    let cell = |(text, part): &(String, Option<f64>)| {
        html! {
            <td>
                { text.clone() }
                if let Some(part) = part {
                    <svg viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
                        <rect width={fixed(part * 100.0)} height="3" />
                    </svg>
                }
            </td>
        }
    };
    let row = |row: &SizeRow| {
        html! {
            <tr class={row.present.then_some("present")}
                aria-current={row.present.then_some("true")}>
                { for row.cells.iter().map(cell) }
            </tr>
        }
    };
    let label = under_way.map_or(look_up(words::MEASURE).into(), words::measuring);
    let hint = if costs.is_empty() { words::MEASURE_SAYS } else { words::MEASURED_SAYS };
    html! {
        <section class="sizes">
            <h2>{ look_up(words::SIZES) }</h2>
            <table>
                <thead>
                    <tr>
                        { for columns.iter().map(|name| html! {
                            <th scope="col">{ look_up(name) }</th>
                        }) }
                    </tr>
                </thead>
                <tbody>{ for storage::sizes(world, costs).iter().map(row) }</tbody>
            </table>
            <p class="hint">{ look_up(hint) }</p>
            <button class="btn" disabled={under_way.is_some()}
                onclick={link.callback(|_| Message::Measure(true))}>
                { label }
            </button>
        </section>
    }
}
