//! Which modules of a crate use which, as its files say it, and where that goes round in a circle.
//!
//! A module uses whatever a path in its file leads to, inside macros too, and each module that it
//! declares: a module consists of those. So a child that uses something of its parent is a circle.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};

/// A module's path from the crate's root; empty for the root itself.
pub type Module = Vec<String>;

/// Each module with those that it uses itself.
pub type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// Reads which module of a crate uses which. Files are given by their path below `src`; those that
/// are below a folder named in `whole` count as one module.
///
/// # Errors
/// Names the first file that is not Rust.
pub fn uses<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    whole: &[&str],
) -> Result<Uses, String> {
    let files: BTreeMap<Module, &str> =
        files.into_iter().map(|(path, text)| (module_of(path), text)).collect();
    let of = |module: &[String]| {
        let inside = module.first().filter(|first| whole.contains(&first.as_str()));
        inside.map_or_else(|| module.to_vec(), |first| vec![first.clone()])
    };
    let mut uses = Uses::new();
    for (module, text) in &files {
        let tokens: TokenStream =
            text.parse().map_err(|error| format!("{}: {error}", shown(module)))?;
        let mut paths = Paths { all: children(&files, module) };
        paths.read(tokens, module);
        let user = of(module);
        let used = paths.all.iter().filter_map(|path| {
            let owner = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]));
            owner.map(|length| of(&path[..length])).filter(|owner| *owner != user)
        });
        uses.entry(user.clone()).or_default().extend(used);
    }
    Ok(uses)
}

/// Every use that is part of a circle: `a uses b`, where b comes to use a.
pub fn circles(uses: &Uses) -> Vec<String> {
    let edges = uses.iter().flat_map(|(user, used)| used.iter().map(move |used| (user, used)));
    let round = edges.filter(|(user, used)| reached(uses, used).contains(user));
    round.map(|(user, used)| format!("{} uses {}", shown(user), shown(used))).collect()
}

/// A module's name as it is written, `crate` for the root.
pub fn shown(module: &[String]) -> String {
    if module.is_empty() { "crate".into() } else { module.join("::") }
}

fn module_of(path: &str) -> Module {
    let path = path.trim_end_matches(".rs");
    let parts = path.split('/').map(str::to_string);
    parts.filter(|part| part != "mod" && part != "lib").collect()
}

fn children(files: &BTreeMap<Module, &str>, parent: &[String]) -> Vec<Module> {
    let is_child = |module: &&Module| module.split_last().is_some_and(|(_, above)| above == parent);
    files.keys().filter(is_child).cloned().collect()
}

fn reached<'a>(uses: &'a Uses, from: &'a Module) -> BTreeSet<&'a Module> {
    let (mut found, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        if found.insert(module) {
            next.extend(uses.get(module).into_iter().flatten());
        }
    }
    found
}

/// The paths from the crate's root that were found.
struct Paths {
    all: Vec<Module>,
}

impl Paths {
    /// Reads all paths that begin with `crate`, `self` or `super`.
    fn read(&mut self, tokens: TokenStream, within: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let word = word(&tokens, at);
            let follows_path = at > 1 && is_colons(&tokens, at - 2);
            match (word.as_deref(), &tokens[at], tokens.get(at + 2)) {
                (Some("mod"), _, Some(TokenTree::Group(body))) => {
                    let name = self::word(&tokens, at + 1).unwrap_or_default();
                    self.read(body.stream(), &[within, &[name]].concat());
                    at += 3;
                }
                (Some("crate" | "self" | "super"), ..)
                    if !follows_path && is_colons(&tokens, at + 1) =>
                {
                    at = self.path(&tokens, at, within.to_vec());
                }
                (_, TokenTree::Group(group), _) => {
                    self.read(group.stream(), within);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Follows a path, or the branches of a `use`, and gives where it ends.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, mut path: Module) -> usize {
        loop {
            match (word(tokens, at).as_deref(), tokens.get(at)) {
                (Some("crate"), _) => path.clear(),
                (Some("self"), _) => {}
                (Some("super"), _) => {
                    path.pop();
                }
                (Some(name), _) => path.push(name.to_string()),
                (None, Some(TokenTree::Group(group))) if group.delimiter() == Delimiter::Brace => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    let is_comma = |token: &TokenTree| is_punct(Some(token), ',');
                    for branch in inside.split(is_comma).filter(|branch| !branch.is_empty()) {
                        self.path(branch, 0, path.clone());
                    }
                    return at + 1;
                }
                // `*`, or what an expression goes on with.
                (None, _) => {
                    self.all.push(path);
                    return at;
                }
            }
            at += 1;
            if !is_colons(tokens, at) {
                self.all.push(path);
                return at;
            }
            at += 2;
        }
    }
}

fn word(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at)? {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

#[test]
fn a_use_is_found_in_whatever_way_it_is_written() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::{b::{self, inner::Deep}, c::*}; fn f() -> Option<a::X> { None }"),
        ("b/mod.rs", "mod inner; fn f() { html! { <p>{ crate::c::g() }</p> } }"),
        ("b/inner.rs", "mod tests { use super::super::super::c; use super::Own; }"),
        ("c.rs", "pub(crate) fn g() { std::self_is_no_path(self.crate_is_none) }"),
    ];
    let uses = uses(files, &[]).expect("Rust");
    let used = |module: &str| {
        let all = uses[&module_of(module)].iter().map(|used| shown(used));
        all.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(used("lib"), "a b c");
    assert_eq!(used("a"), "b b::inner c");
    assert_eq!(used("b"), "b::inner c");
    assert_eq!(used("b/inner"), "c");
    assert_eq!(used("c"), "");
    assert!(circles(&uses).is_empty());
}

#[test]
fn a_circle_is_found_with_every_use_that_closes_it() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; pub use b::Thing;"),
        ("a.rs", "use crate::b;"),
        ("b.rs", "use crate::c;"),
        ("c.rs", "fn f() { crate::a::g() }"),
    ];
    let round = circles(&uses(files, &[]).expect("Rust"));
    assert_eq!(round, ["a uses b", "b uses c", "c uses a"]);
    let above = circles(&uses([files[0], ("b.rs", "use crate::Thing;")], &[]).expect("Rust"));
    assert_eq!(above, ["crate uses b", "b uses crate"]);
}

#[test]
fn a_folder_that_counts_as_one_has_no_circle_inside() {
    let files = [("lib.rs", "mod a;"), ("a/mod.rs", "mod b;"), ("a/b.rs", "use super::A;")];
    assert_eq!(circles(&uses(files, &[]).expect("Rust")).len(), 2);
    assert!(circles(&uses(files, &["a"]).expect("Rust")).is_empty());
    uses([("a.rs", "fn (")], &[]).expect_err("not Rust");
}
