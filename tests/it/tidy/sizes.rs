//! How long functions are, by what the compiler takes for a function, and how wide its lines are.

use proc_macro2::{LexError, TokenStream, TokenTree};
use std::ops::RangeInclusive;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ItemMod, TraitItemFn};

/// Every function of a file with its lines from `fn` to the closing brace, one inside another
/// included. Modules and functions around it are in its name, its type is not.
///
/// # Errors
/// Where the text is not Rust.
pub fn functions(text: &str) -> Result<Vec<(String, usize)>, syn::Error> {
    let mut found = Functions::default();
    found.visit_file(&syn::parse_file(text)?);
    Ok(found.all)
}

#[derive(Default)]
struct Functions {
    within: Vec<String>,
    all: Vec<(String, usize)>,
}

impl Functions {
    fn enter(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.within.push(name);
        visit(self);
        self.within.pop();
    }

    fn function(&mut self, sig: &syn::Signature, body: &Block, visit: impl FnOnce(&mut Self)) {
        let last = body.brace_token.span.close().end().line;
        let lines = last - sig.fn_token.span.start().line + 1;
        self.enter(sig.ident.to_string(), |me| {
            me.all.push((me.within.join("::"), lines));
            visit(me);
        });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.enter(item.ident.to_string(), |me| visit::visit_item_mod(me, item));
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig, &item.block, |me| visit::visit_item_fn(me, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig, &item.block, |me| visit::visit_impl_item_fn(me, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, body, |me| visit::visit_trait_item_fn(me, item));
        }
    }
}

/// The most columns of a line, but for those of raw texts: they are data, as it is printed or read.
pub fn widest(text: &str) -> Result<usize, LexError> {
    let mut raw = Vec::new();
    raw_texts(text.parse()?, &mut raw);
    let lines = (1..).zip(text.lines());
    let code = lines.filter(|(line, _)| !raw.iter().any(|lines| lines.contains(line)));
    Ok(code.map(|(_, line)| line.chars().count()).max().unwrap_or(0))
}

/// The lines of every raw text that has several.
fn raw_texts(tokens: TokenStream, found: &mut Vec<RangeInclusive<usize>>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => raw_texts(group.stream(), found),
            TokenTree::Literal(literal) => {
                let lines = literal.span().start().line..=literal.span().end().line;
                if literal.to_string().starts_with('r') && lines.start() < lines.end() {
                    found.push(lines);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[test]
fn functions_are_counted_from_fn_to_the_closing_brace() {
    let text = "mod a {\n    #[inline]\n    /// No line of it.\n    fn b(\n        c: u8,\n    ) \
                {\n        \
                fn d() {}\n    }\n}\ntrait T {\n    fn e();\n    fn f() {\n    }\n}\nimpl U {\n    \
                fn g() {}\n}\n";
    let found = functions(text).expect("Rust");
    let found: Vec<(&str, usize)> = found.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(found, [("a::b", 5), ("a::b::d", 1), ("f", 2), ("g", 1)]);
    functions("fn (").expect_err("not Rust");
}

#[test]
fn only_raw_texts_may_be_wide() {
    let wide = "x".repeat(120);
    let widest = |text: &str| widest(text).expect("Rust");
    assert_eq!(widest(&format!("// {wide}\n")), 123);
    assert_eq!(widest(&format!("const A: &str = \"{wide}\";\n")), 139);
    assert_eq!(widest(&format!("f!(r#\"\n{wide}\n\"#);\n")), 0);
    assert_eq!(widest("let a = 1;\nlet b;\n"), 10);
}
