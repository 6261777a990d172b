//! Puts the functions of a module into another order, in which each stands near those that it
//! resembles. What the module does stays; hosts gzip it smaller, for gzip looks no further back
//! than [`WINDOW`], and the compiler lays functions by where they come from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef,
};

/// How far back a function may stand that another repeats, in bytes: a little less than gzip's 32
/// KiB, for what it repeats it also has to say where.
const WINDOW: usize = 24_000;
/// The bytes that count as one likeness. Measured on the page's module: 6 to 10 come to the same
/// within a third of a percent.
const LIKENESS: usize = 8;
/// What more functions than this share is in the window anyway.
const COMMON: usize = 60;

/// The module with its functions in the new order.
///
/// # Errors
/// Where it is no module, or one that uses what this does not know.
pub fn reordered(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut imported = 0;
    let mut bodies: Vec<&[u8]> = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("the module cannot be read")?;
        if let Payload::CodeSectionEntry(body) = payload {
            bodies.push(body.as_bytes());
        } else if let Payload::ImportSection(imports) = payload {
            for import in imports.into_imports() {
                let import = import.context("an import cannot be read")?;
                imported += u32::from(matches!(import.ty, TypeRef::Func(_)));
            }
        }
    }
    let order = by_likeness(&bodies);
    let mut places = vec![0; order.len()];
    for (place, function) in (0..).zip(&order) {
        places[*function] = place;
    }
    let mut module = Module::new();
    Reorder { imported, order, places }
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| anyhow::anyhow!("the module cannot be written: {error}"))?;
    Ok(module.finish())
}

/// The functions, each behind those that hold most of it.
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let mut shared_by: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for part in body.windows(LIKENESS) {
            let functions = shared_by.entry(part).or_default();
            if functions.last() != Some(&function) {
                functions.push(function);
            }
        }
    }
    shared_by.retain(|_, functions| (2..=COMMON).contains(&functions.len()));
    // Numbered, in an order that is the same in every build.
    let mut shared: Vec<Vec<usize>> = Vec::with_capacity(shared_by.len());
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    for (function, body) in bodies.iter().enumerate() {
        for part in body.windows(LIKENESS) {
            let Some(functions) = shared_by.remove(part) else { continue };
            debug_assert_eq!(functions.first(), Some(&function));
            functions.iter().for_each(|it| parts[*it].push(shared.len()));
            shared.push(functions);
        }
    }
    let mut inside = vec![0_u32; shared.len()];
    let mut alike = vec![0_usize; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut window = VecDeque::new();
    let mut filled = 0;
    let mut order = Vec::with_capacity(bodies.len());
    while let Some(place) = (0..left.len()).max_by_key(|place| {
        let function = left[*place];
        // In thousandths of its length.
        (alike[function] * 1_000 / bodies[function].len().max(1), Reverse(function))
    }) {
        let function = left.swap_remove(place);
        order.push(function);
        window.push_back(function);
        filled += bodies[function].len();
        for part in &parts[function] {
            inside[*part] += 1;
            if inside[*part] == 1 {
                shared[*part].iter().for_each(|it| alike[*it] += 1);
            }
        }
        while filled > WINDOW && window.len() > 1 {
            let Some(function) = window.pop_front() else { break };
            filled -= bodies[function].len();
            for part in &parts[function] {
                inside[*part] -= 1;
                if inside[*part] == 0 {
                    shared[*part].iter().for_each(|it| alike[*it] -= 1);
                }
            }
        }
    }
    order
}

struct Reorder {
    /// How many functions come from outside: they keep their numbers.
    imported: u32,
    /// Which function stands at each place.
    order: Vec<usize>,
    /// The place of each function.
    places: Vec<u32>,
}

impl Reencode for Reorder {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(match function.checked_sub(self.imported) {
            Some(own) => self.imported + self.places[own as usize],
            None => function,
        })
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for function in &self.order {
            functions.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        EntityType, ExportKind, ExportSection, Function, ImportSection, TypeSection, ValType,
    };

    /// A module of functions that give numbers, after one that is imported; the last calls both
    /// the import and the first.
    fn module(numbers: &[i32]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("outside", "number", EntityType::Function(0));
        let (mut functions, mut exports, mut code) =
            (FunctionSection::new(), ExportSection::new(), CodeSection::new());
        for (place, number) in (0..).zip(numbers) {
            functions.function(0);
            exports.export(&format!("f{place}"), ExportKind::Func, place + 1);
            let mut body = Function::new([]);
            for _ in 0..20 {
                body.instructions().i32_const(*number).drop();
            }
            body.instructions().i32_const(*number).end();
            code.function(&body);
        }
        functions.function(0);
        exports.export("sum", ExportKind::Func, numbers.len() as u32 + 1);
        let mut body = Function::new([]);
        body.instructions().call(0).call(1).i32_add().end();
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(&exports).section(&code);
        module.finish()
    }

    /// What each export is made of, with the functions that it calls by what they are made of.
    fn meaning(wasm: &[u8]) -> Vec<(String, String)> {
        let (mut bodies, mut exports) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.unwrap();
            if let Payload::CodeSectionEntry(body) = payload {
                bodies.push(body);
            } else if let Payload::ExportSection(section) = payload {
                exports = section.into_iter().map(|export| export.unwrap()).collect();
            }
        }
        let told = |body: &FunctionBody<'_>, bodies: &[FunctionBody<'_>]| {
            let operators = body.get_operators_reader().unwrap();
            let told = operators.into_iter().map(|operator| {
                let operator = operator.unwrap();
                let wasmparser::Operator::Call { function_index } = operator else {
                    return format!("{operator:?}");
                };
                let called = function_index.checked_sub(1).map(|own| &bodies[own as usize]);
                called.map_or("the import".into(), |body| format!("{:?}", body.as_bytes()))
            });
            told.collect::<Vec<_>>().join(" ")
        };
        let all = exports.iter().map(|export| {
            (export.name.to_string(), told(&bodies[export.index as usize - 1], &bodies))
        });
        all.collect()
    }

    #[test]
    fn functions_stand_by_what_they_resemble_and_mean_what_they_meant() {
        let wasm = module(&[1_000_001, 2_000_002, 1_000_001, 2_000_002, 1_000_001]);
        let other = reordered(&wasm).unwrap();
        assert_ne!(wasm, other);
        assert_eq!(meaning(&wasm), meaning(&other));
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(&other) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                bodies.push(body.as_bytes().to_vec());
            }
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 3, "each kind stands together, and the one that calls apart");
        assert_eq!(reordered(&wasm).unwrap(), other, "every build gives the same");
        assert!(reordered(b"no module").is_err());
    }
}
