//! The rules that can be switched off, the properties they defend, and the scenario's claims.

use crate::message::{Act, Dialog, Link, Open, Over};
use crate::rich::{rich, said};
use raft_check::linear::Verdict;
use raft_core::Rule;
use raft_sim::{Command, Session, Setting};
use raft_view::rules::{RuleView, explain};
use raft_view::words;
use yew::prelude::*;

/// The tab.
pub fn view(session: &Session, verdict: Verdict, link: &Link) -> Html {
    let world = session.world();
    let rule = |rule: Rule| {
        let holds = world.settings().live.rules.holds(rule);
        let setting = if holds { Setting::RuleOff(rule) } else { Setting::RuleOn(rule) };
        let onchange = link.callback(move |_: Event| Act::Do(Command::Set(setting.clone())));
        let RuleView { sentence, section, property, incidents, .. } = explain(rule);
        let defends = tr!("Defends: {}.", words::property(property));
        let missing = (!incidents.is_empty()).then(|| tr!("Missing in: {}.", incidents));
        let show = {
            let onclick = link.callback(move |_: MouseEvent| Open::Named(rule.name()));
            let label = tr!("Show me what happens without {}", rule.name());
            html! {
                <button class="btn" aria-label={label} {onclick}>{ said(key!("Show me")) }</button>
            }
        };
        html! {
            <li>
                <label>
                    <input type="checkbox" checked={holds} {onchange} />
                    <b>{ rule.name() }</b>
                </label>
                <p>{ sentence }{ " " }<cite>{ section }</cite></p>
                { show }
                <p class="muted">
                    { defends }{ for missing.map(|text| html! { <>{ " " }{ text }</> }) }
                </p>
            </li>
        }
    };
    let broken = !world.violations().is_empty();
    let assumption = words::broken_assumption(world).filter(|_| broken);
    html! {
        <div class="rules">
            <h2>{ said(key!("What must always be true")) }</h2>
            <ul class="properties">{ for super::properties::all(session) }</ul>
            { for assumption.map(|text| html! { <p>{ rich(&text) }</p> }) }
            if broken {
                <button class="btn" onclick={link.callback(|_| Over::Dialog(Dialog::Safety))}>
                    { said(key!("Show when and where")) }
                </button>
            }
            { super::first::verdict(verdict) }
            <h2>{ said(key!("Rules of Raft")) }</h2>
            <p class="hint">
                { said(key!("Switch one off, and it is no longer Raft: see what the rule is \
                             for.")) }
            </p>
            <ul class="rule-list">{ for Rule::ALL.into_iter().map(rule) }</ul>
            { claims(session) }
        </div>
    }
}

fn claims(session: &Session) -> Html {
    let claims = session.script().map_or(&[][..], |script| script.expectations());
    if claims.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2>{ said(key!("Claims of the scenario")) }</h2>
            <ul class="claims">
                { for claims.iter().map(|claim| html! {
                    <li class={if claim.ok { "holds" } else { "broken" }}>
                        <span aria-hidden="true">{ if claim.ok { "✓ " } else { "✗ " } }</span>
                        { tr!("line {}: {}", claim.line, claim.text) }
                        if !claim.ok { <div class="muted">{ tr!("found: {}", claim.found) }</div> }
                    </li>
                }) }
            </ul>
        </>
    }
}
