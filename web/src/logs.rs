//! The log table: a row a server, aligned on index.

use crate::message::{Link, Look};
use crate::shared::Same;
use crate::stage::term_class;
use raft_core::{Index, NodeId};
use raft_view::logs::{Cell, Row, Window};
use raft_view::menu::Selection;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What the log table shows.
pub struct Shown<'a> {
    /// The columns; none before the first refresh.
    pub window: Option<Window>,
    /// The index of the last entry of the longest log.
    pub longest: Index,
    /// A row a server.
    pub rows: &'a [Same<Row>],
    /// What is selected.
    pub selection: Selection,
    /// Selects something: the same callback every time, or every row is drawn again.
    pub select: &'a Callback<Selection>,
}

/// The table with its scroll buttons.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let Some(window) = shown.window else { return Html::default() };
    let columns = window.first..window.first + window.columns;
    let onkeydown = link.batch_callback(|event: KeyboardEvent| pressed(&event));
    let onwheel = link.batch_callback(|event: WheelEvent| {
        if event.delta_x().abs() <= event.delta_y().abs() {
            return None;
        }
        event.prevent_default();
        Some(Look::Columns(if event.delta_x() > 0.0 { 1 } else { -1 }))
    });
    let scroll = |by: i64| link.callback(move |_| Look::Columns(by));
    let earlier = window.first > 1;
    let later = window.first + window.columns <= shown.longest;
    html! {
        <section class="logs" aria-label={tr!("Logs")} tabindex="0" {onkeydown} {onwheel}>
            <table>
                <thead>
                    <tr>
                        <td class="corner">
                            <button class="scroll" disabled={!earlier}
                                aria-label={tr!("Earlier entries")} onclick={scroll(-5)}>
                                { "‹" }
                            </button>
                            <button class="scroll" disabled={!later}
                                aria-label={tr!("Later entries")} onclick={scroll(5)}>
                                { "›" }
                            </button>
                        </td>
                        { for columns.map(|index| html! {
                            <th key={index} scope="col">{ index }</th>
                        }) }
                    </tr>
                </thead>
                <tbody>
                    { for shown.rows.iter().map(|row| html! {
                        <LogRow key={row.id.0} row={row.clone()} {window}
                            select={shown.select.clone()}
                            selected={selected_entry(shown.selection, row.id)} />
                    }) }
                </tbody>
            </table>
        </section>
    }
}

/// What a key does in the table: arrows go from entry to entry, others scroll.
fn pressed(event: &KeyboardEvent) -> Option<Look> {
    let arrow = match event.key().as_str() {
        "ArrowLeft" => Some((-1, 0)),
        "ArrowRight" => Some((1, 0)),
        "ArrowUp" => Some((0, -1)),
        "ArrowDown" => Some((0, 1)),
        _ => None,
    };
    let message = match (arrow, event.key().as_str()) {
        (Some((columns, rows)), _) => match focus_cell(event, columns, rows) {
            Some(()) => None,
            // Beyond the columns that are shown: show more.
            None => (columns != 0).then_some(Look::Columns(columns)),
        },
        (None, "PageUp") => Some(Look::Columns(-10)),
        (None, "PageDown") => Some(Look::Columns(10)),
        (None, "Home") => Some(Look::Columns(-1_000_000_000)),
        (None, "End") => Some(Look::FollowLog),
        (None, _) => return None,
    };
    event.prevent_default();
    event.stop_propagation();
    message
}

/// Moves the focus from entry to entry; from anywhere else in the table to the first entry shown.
fn focus_cell(event: &KeyboardEvent, columns: i64, rows: i64) -> Option<()> {
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let body = target.closest(".logs").ok()??.query_selector("tbody").ok()??;
    let at =
        target.closest("td").ok().flatten().filter(|_| target.matches(".cell").unwrap_or(false));
    let cell = match at {
        None => body.query_selector(".cell").ok()??,
        Some(cell) => {
            let row = cell.parent_element()?;
            let place = |list: web_sys::HtmlCollection, one: &web_sys::Element| {
                (0..list.length()).find(|n| list.item(*n).as_ref() == Some(one)).map(i64::from)
            };
            let column = place(row.children(), &cell)? + columns;
            let line = place(body.children(), &row)? + rows;
            let row = body.children().item(u32::try_from(line).ok()?)?;
            let cell = row.children().item(u32::try_from(column).ok()?)?;
            cell.query_selector(".cell").ok()??
        }
    };
    cell.dyn_into::<web_sys::HtmlElement>().ok()?.focus().ok()
}

fn selected_entry(selection: Selection, id: NodeId) -> Option<u64> {
    match selection {
        Selection::Entry(server, index) if server == id => Some(index),
        Selection::Entry(..)
        | Selection::Nothing
        | Selection::Server(_)
        | Selection::Message(_)
        | Selection::Link(..) => None,
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    row: Same<Row>,
    window: Window,
    select: Callback<Selection>,
    selected: Option<u64>,
}

#[function_component(LogRow)]
fn log_row(props: &RowProps) -> Html {
    let row = &*props.row;
    let id = row.id;
    let columns = props.window.first..props.window.first + props.window.columns;
    let onclick = {
        let select = props.select.clone();
        Callback::from(move |_: MouseEvent| select.emit(Selection::Server(id)))
    };
    let cell = |index: u64| {
        let known = row.cells.iter().find(|cell| cell.index == index);
        let next = row.next_index == Some(index);
        let matched = row.match_index == Some(index);
        match known {
            Some(cell) => filled(cell, id, matched, next, props),
            None if index <= row.dropped => {
                html! {
                    <td key={index} class="empty dropped" title={tr!("In the snapshot")}>
                        { "▤" }
                    </td>
                }
            }
            None if next => {
                html! {
                    <td key={index} class="empty">
                        <i class="next" title={tr!("nextIndex: what the leader sends next")}></i>
                    </td>
                }
            }
            None => html! { <td key={index} class="empty"></td> },
        }
    };
    html! {
        <tr>
            <th scope="row">
                <button class="server" {onclick}>
                    <span class={classes!("dot", row.look, term_class(row.term))}></span>
                    { id.to_string() }
                </button>
            </th>
            { for columns.map(cell) }
        </tr>
    }
}

fn filled(cell: &Cell, id: NodeId, matched: bool, next: bool, props: &RowProps) -> Html {
    let index = cell.index;
    let select = props.select.clone();
    let onclick = Callback::from(move |_: MouseEvent| select.emit(Selection::Entry(id, index)));
    let class = classes!(
        "cell",
        term_class(cell.term),
        cell.standing.class(),
        cell.followed.then_some("followed"),
        (props.selected == Some(index)).then_some("selected"),
    );
    let label =
        tr!("{} entry {}, term {} {}, {}", id, index, cell.term, cell.text, cell.standing.words());
    html! {
        <td key={index}>
            <button {class} {onclick} tabindex="-1" aria-label={label} title={cell.text.clone()}>
                <b>{ cell.term }</b>{ " " }<span>{ cell.text.clone() }</span>
                if matched { <i class="match"></i> }
                if next { <i class="next inside"></i> }
            </button>
        </td>
    }
}
