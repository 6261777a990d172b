//! What a server keeps on its disk, what a crash would lose, and the cluster's saved files.

use super::quorum::Quorum;
use crate::app::{App, Message};
use raft_view::menu::{ActionView, Selection};
use raft_view::storage::{self, FileView, Record, RecordState, StorageView};
use raft_view::words::en::storage as words;
use yew::html::Scope;
use yew::prelude::*;

/// The tab.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let world = app.session().world();
    let id = match app.selection() {
        Selection::Server(id) | Selection::Entry(id, _) => id,
        Selection::Nothing | Selection::Message(_) | Selection::Link(..) => {
            storage::default_server(world)
        }
    };
    let Some(view) = storage::storage(world, id) else { return Html::default() };
    let choice = |server: &raft_sim::Server| {
        let (other, on) = (server.id(), server.id() == id);
        let onclick = link.callback(move |_| Message::Select(Selection::Server(other)));
        html! { <button class={classes!("btn", on.then_some("primary"))} aria-pressed={on.to_string()} {onclick}>{ other.to_string() }</button> }
    };
    let sizes = storage::quorums(world);
    let mut settings = world.settings().clone();
    settings.seed = app.session().base().seed;
    html! {
        <div class="insp disk">
            <div class="actions" role="group" aria-label={words::SERVERS}>{ for world.servers().iter().map(choice) }</div>
            <h2>{ view.title.clone() }</h2>
            <div class={classes!("why", view.loses.then_some("loses"))}>
                <b>{ words::WHAT_IF }</b>{ view.loss.clone() }
            </div>
            <div class="actions" role="group" aria-label={words::ACTIONS}>{ for view.actions.iter().map(|action| button(action, link)) }</div>
            { log(&view) }
            <section>
                <h2>{ words::SNAPSHOT }</h2>
                if let Some(file) = &view.snapshot { <code>{ file.clone() }</code> }
                <p class="muted">{ view.snapshot_says.clone() }</p>
            </section>
            <section><h2>{ words::DATABASE }{ " " }<code>{ "db" }</code></h2>{ rows(&view.database) }</section>
            if !view.leases.is_empty() {
                <section>
                    <h2>{ words::LEASES }</h2>
                    <dl class="leases">{ for view.leases.iter().map(|lease| html! {
                        <><dt><code>{ lease.id.clone() }</code></dt><dd>{ lease.says.clone() }</dd></>
                    }) }</dl>
                    if view.more_leases > 0 { <p class="muted">{ words::more(view.more_leases) }</p> }
                </section>
            }
            <section>
                <h2>{ words::FILES }</h2>
                { button(&storage::save(world, id), link) }
                <ul class="files">{ for storage::files(world).into_iter().map(|view| file(view, link)) }</ul>
                <p class="hint">{ words::RESTORE_SAYS }</p>
            </section>
            <Quorum {sizes} {settings} />
        </div>
    }
}

fn button(action: &ActionView, link: &Scope<App>) -> Html {
    let command = action.command.clone();
    let onclick = link.callback(move |_| Message::Do(command.clone()));
    html! { <button class="btn" disabled={!action.enabled} {onclick}>{ action.label.clone() }</button> }
}

fn rows(rows: &[(String, String)]) -> Html {
    html! { <dl>{ for rows.iter().map(|(name, value)| html! { <><dt>{ name.clone() }</dt><dd>{ value.clone() }</dd></> }) }</dl> }
}

fn log(view: &StorageView) -> Html {
    let record = |record: &Record| {
        let (sign, class) = match record.state {
            RecordState::Durable => ("✓ ", ""),
            RecordState::Pending(_) => ("… ", "pending"),
            RecordState::Replaced => ("✗ ", "replaced"),
        };
        html! {
            <li class={class}>
                <span class="muted">{ record.index }</span>
                <span class={classes!("cell", format!("term{}", record.term % 6), class)}><b>{ record.term }</b><span>{ record.text.clone() }</span></span>
                <span class="state"><span aria-hidden="true">{ sign }</span>{ words::record(record.state) }</span>
            </li>
        }
    };
    html! {
        <section>
            <h2>{ words::LOG }</h2>
            <code>{ view.wal }</code>
            { rows(&view.hard_state) }
            if view.earlier > 0 { <p class="muted">{ words::earlier(view.earlier) }</p> }
            if view.records.is_empty() { <p class="muted">{ words::NO_RECORDS }</p> }
            <ol class="records" aria-label={words::RECORDS}>{ for view.records.iter().map(record) }</ol>
        </section>
    }
}

fn file(view: FileView, link: &Scope<App>) -> Html {
    let FileView { name, says, restore, enabled } = view;
    let onclick = link.callback(move |_| Message::Do(restore.clone()));
    html! {
        <li>
            <span><code>{ name.clone() }</code>{ " " }<span class="muted">{ says }</span></span>
            <button class="btn" aria-label={words::restore(&name)} disabled={!enabled} {onclick}>{ words::RESTORE }</button>
        </li>
    }
}
