//! What happens, as a page's script is told of it: a name and an object of details.

use crate::told::{Answer, Problem, Step, Told};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::JsValue;

/// Tells a function of the page's script what happened.
pub fn tell(function: &Function, told: Told) {
    let (name, details) = read(told);
    call(function, &[name.into(), details.into()]);
}

/// Tells one what was wrong, or nothing.
pub fn answer(Answer(function): &Answer, problem: Option<Problem>) {
    let details = problem.map_or(JsValue::UNDEFINED, |problem| wrong(&problem).into());
    call(function, &[details]);
}

/// What the page's function throws is the page's: it must not stop the run.
fn call(function: &Function, arguments: &[JsValue]) {
    let all: js_sys::Array = arguments.iter().collect();
    let _thrown = function.apply(&JsValue::UNDEFINED, &all);
}

fn read(told: Told) -> (&'static str, Object) {
    match told {
        Told::Ready => ("ready", Object::new()),
        Told::Wrong(problem) => ("error", wrong(&problem)),
        Told::Leader(server, term, at) => {
            let server = server.to_string().into();
            ("leader", object(&[("server", server), ("term", number(term)), time(at)]))
        }
        Told::Commit(server, index, at) => {
            let server = server.to_string().into();
            ("commit", object(&[("server", server), ("index", number(index)), time(at)]))
        }
        Told::Violation(property, sentence, at) => {
            let (property, sentence) = (property.into(), sentence.into());
            ("violation", object(&[("property", property), ("sentence", sentence), time(at)]))
        }
        Told::Say(text, at) => ("say", object(&[("text", text.into()), time(at)])),
        Told::Step(Step { step, steps, heading, rests }) => {
            let numbers = [("step", number(step as u64)), ("steps", number(steps as u64))];
            let [step, steps] = numbers;
            ("step", object(&[step, steps, ("heading", heading.into()), ("rests", rests.into())]))
        }
        Told::Time(at, plays) => ("time", object(&[time(at), ("playing", plays.into())])),
        Told::End(at) => ("end", object(&[time(at)])),
    }
}

fn wrong(problem: &Problem) -> Object {
    let Problem { sentence, line, expected } = problem;
    let mut all = vec![("message", JsValue::from(sentence.as_str()))];
    if *line > 0 {
        all.push(("line", number(*line as u64)));
    }
    if !expected.is_empty() {
        all.push(("expected", expected.as_str().into()));
    }
    object(&all)
}

/// Exact up to 2^53, which is 285 years in microseconds.
fn number(value: u64) -> JsValue {
    (value as f64).into()
}

fn time(at: u64) -> (&'static str, JsValue) {
    ("timeUs", number(at))
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A new object takes any property.
        let _set = Reflect::set(&object, &(*name).into(), value);
    }
    object
}
