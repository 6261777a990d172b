//! What a step needs of the log table and the panel, as an excerpt that fits beside the picture.

use crate::rich::said;
use crate::stage::term_class;
use crate::steps::steps;
use raft_view::console::ConsoleView;
use raft_view::excerpt::{Disk, Excerpt, Size};
use raft_view::lang::look_up;
use raft_view::logs::{Row, Window};
use raft_view::storage::words as storage_words;
use raft_view::storage::{Record, RecordState};
use raft_view::way::Way;
use yew::prelude::*;

/// An excerpt.
pub fn excerpt(shown: &Excerpt) -> Html {
    let (class, label, content) = match shown {
        Excerpt::Log(window, rows) => ("log", tr!("Logs"), log(*window, rows)),
        Excerpt::Disks(disks) => ("storage", tr!("On disk"), storage(disks)),
        Excerpt::Sizes(all) => ("storage", look_up(storage_words::SIZES), sizes(all)),
        Excerpt::Console(view) => ("console", tr!("Console"), console(view)),
        Excerpt::Way(steps) => ("followed", tr!("The way of a request"), way(steps)),
    };
    html! {
        <section class={classes!("excerpt", class)} aria-label={label} tabindex="0">
            { content }
        </section>
    }
}

fn log(window: Window, rows: &[Row]) -> Html {
    let columns = window.first..window.first + window.columns;
    let row = |row: &Row| {
        let cell = |index: u64| {
            let known = row.cells.iter().find(|cell| cell.index == index);
            let Some(cell) = known else {
                let sign = if index <= row.dropped { "▤" } else { "" };
                return html! { <td key={index} class="dropped">{ sign }</td> };
            };
            let class = classes!("cell", term_class(cell.term), cell.standing.class());
            html! {
                <td key={index}>
                    <span {class} title={cell.standing.words()}>
                        <b>{ cell.term }</b><span>{ cell.text.clone() }</span>
                    </span>
                </td>
            }
        };
        html! {
            <tr>
                <th scope="row">
                    <span class={classes!("dot", row.look, term_class(row.term))}></span>
                    { row.id.to_string() }
                </th>
                { for columns.clone().map(cell) }
            </tr>
        }
    };
    html! {
        <table>
            <thead>
                <tr>
                    <td></td>
                    { for columns.clone().map(|index| html! {
                        <th key={index} scope="col">{ index }</th>
                    }) }
                </tr>
            </thead>
            <tbody>{ for rows.iter().map(row) }</tbody>
        </table>
    }
}

fn storage(disks: &[Disk]) -> Html {
    let most = disks.iter().map(|disk| disk.records.len()).max().unwrap_or(0);
    let record = |record: &Record| {
        let state = match record.state {
            RecordState::Durable => "",
            RecordState::Pending(_) => "pending unsynced",
            RecordState::Replaced => "replaced",
        };
        let class = classes!("cell", term_class(record.term), state);
        html! {
            <td>
                <span {class} title={storage_words::record(record.state)}>
                    <b>{ record.term }</b><span>{ record.text.clone() }</span>
                </span>
            </td>
        }
    };
    let row = |disk: &Disk| {
        let vote = disk.vote.map_or_else(
            || tr!("term {}", disk.term),
            |vote| tr!("term {}, vote for {}", disk.term, vote),
        );
        let missing = most - disk.records.len();
        html! {
            <tr>
                <th scope="row">{ disk.id.to_string() }</th>
                <td class="kept">{ vote }</td>
                { for disk.records.iter().map(record) }
                { for (0..missing).map(|_| html! { <td></td> }) }
            </tr>
        }
    };
    html! { <table><tbody>{ for disks.iter().map(row) }</tbody></table> }
}

fn sizes(all: &[Size]) -> Html {
    let line = |(place, name): (usize, &&'static str)| {
        let cell = |size: &Size| {
            let class = size.present.then_some("present");
            html! { <td {class}>{ size.figures.get(place).cloned().unwrap_or_default() }</td> }
        };
        html! { <tr><th scope="row">{ look_up(name) }</th>{ for all.iter().map(cell) }</tr> }
    };
    let names = storage_words::COLUMNS.iter().take(3).enumerate();
    html! { <table class="figures"><tbody>{ for names.map(line) }</tbody></table> }
}

fn console(view: &ConsoleView) -> Html {
    html! {
        <div class="printed">
            <div><span class="p">{ "$ " }</span><code>{ view.line.clone() }</code></div>
            if let Some(stale) = &view.stale { <div class="e">{ stale.clone() }</div> }
            if view.exit.is_none() { <div class="runs">{ tr!("runs, {}", view.took) }</div> }
            if !view.output.is_empty() { <pre>{ view.output.clone() }</pre> }
        </div>
    }
}

fn way(way: &Way) -> Html {
    html! {
        <>
            <h3>{ said(key!("Follow")) }{ " " }<code>{ way.what.clone() }</code></h3>
            { steps(way) }
        </>
    }
}
