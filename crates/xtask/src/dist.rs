//! Builds the page as static files that work on any host and below any path.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::csp;
use crate::docs;
use crate::element;
use crate::files;
use crate::npm;
use crate::offline;
use crate::parts::Parts;
use crate::runs;
use crate::shell;
use crate::site;
use crate::test::node_in_browser;
use crate::tools;
use crate::workspace::Workspace;

/// What `cargo xtask dist` is told.
pub struct Wishes<'a> {
    /// The folder to write.
    pub out: &'a Path,
    /// Whether a version that is there may become another.
    pub replaces_version: bool,
    /// A page that has been built already, instead of building one.
    pub from: Option<&'a Path>,
}

/// Builds into a folder that the caller names, relative to the current one.
pub fn dist(wishes: &Wishes<'_>) -> Result<()> {
    let workspace = Workspace::find()?;
    let out = std::path::absolute(wishes.out).context("cannot tell where --out is")?;
    site::refuse_foreign(&out)?;
    let page = match wishes.from {
        Some(page) => page.to_path_buf(),
        None => build(&workspace)?,
    };
    npm::write_inline(&workspace, &page)?;
    site::complete(&workspace, &page)?;
    let book = docs::build(&workspace)?;
    let weights = site::put(&workspace, &page, &out, wishes.replaces_version)?;
    files::replace(&book, &out.join("docs"))?;
    eprintln!(
        "Compressed what is worth it: {} KB are {} KB by Brotli, {} KB gzipped.",
        weights.plain / 1000,
        weights.brotli / 1000,
        weights.gzip / 1000
    );
    println!("The page is in {}: copy that folder to any host.", out.display());
    Ok(())
}

/// Draws the still that index.html shows at first: what the page draws, in a browser.
pub fn draw_still() -> Result<()> {
    let workspace = Workspace::find()?;
    let page = build(&workspace)?;
    shell::run(node_in_browser(&workspace, &page)?.arg("tests/browser/draw-still.mjs"))
}

/// Builds the page below the target directory and returns the folder.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let out = workspace.scratch("page");
    let start = Instant::now();
    // The module is cut at its functions' references to each other, which the linker must keep.
    let mut command = trunk(workspace, "build", &["-Clink-args=--emit-relocs"])?;
    command.arg("--dist").arg(&out);
    let parts = Parts::cut(workspace, &mut command)?;
    shell::heading("Building the page");
    shell::run(&mut command)?;
    parts.join(&out)?;
    harden(&out)?;
    element::write(workspace, &out)?;
    runs::write(workspace, &out)?;
    minify(&out)?;
    site::complete(workspace, &out)?;
    eprintln!("Built the page in {}.", shell::duration(start.elapsed()));
    Ok(out)
}

/// A Trunk command that compiles as the page is published, with its tools on PATH. Trunk itself
/// must not download anything, so the crates are fetched first.
pub fn trunk(workspace: &Workspace, subcommand: &str, rustflags: &[&str]) -> Result<Command> {
    let path = shell::path_with(&tools::page_tools(workspace)?)?;
    shell::run(workspace.cargo().args(["fetch", "--quiet"]))
        .context("cannot fetch the crates that the page is made of")?;
    let mut command = Command::new(tools::trunk()?);
    command.arg(subcommand).args(["--release", "--offline", "--cargo-profile", "page"]);
    command.args(["--skip-version-check"]).current_dir(&workspace.root).env("PATH", path);
    // Trunk takes NO_COLOR for a flag of its own and refuses the usual value `1`.
    command.env_remove("NO_COLOR");
    let (name, flags) = wasm_flags(workspace, rustflags)?;
    command.env(name, flags);
    Ok(command)
}

/// The variable that Cargo reads flags for wasm from, and these flags with those of every module
/// that is published.
pub fn wasm_flags(workspace: &Workspace, rustflags: &[&str]) -> Result<(&'static str, String)> {
    let name = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
    let given = env::var(name).unwrap_or_default();
    let all = format!("{given} {} {}", short_paths(workspace)?, rustflags.join(" "));
    Ok((name, all.trim().to_owned()))
}

/// Flags that take the machine's folders out of the paths that panics name: whoever builds the page
/// gets the same file, and a smaller one.
fn short_paths(workspace: &Workspace) -> Result<String> {
    let mut folders = vec![workspace.root.clone()];
    let sources = workspace.cargo_home()?.join("registry").join("src");
    for registry in fs::read_dir(&sources).into_iter().flatten().flatten() {
        folders.push(registry.path());
    }
    // Cargo splits the flags at white space, so a folder with a blank in its name stays as it is.
    let plain =
        |folder: &PathBuf| folder.to_str().is_some_and(|f| !f.contains(char::is_whitespace));
    folders.retain(plain);
    let flags = folders.iter().map(|folder| format!("--remap-path-prefix={}/=", folder.display()));
    Ok(flags.collect::<Vec<_>>().join(" "))
}

fn harden(dir: &Path) -> Result<()> {
    let index = dir.join("index.html");
    let html = fs::read_to_string(&index)
        .with_context(|| format!("Trunk wrote no {}", index.display()))?;
    let page = csp::harden(&html, offline::REGISTER)?;
    fs::write(dir.join(&page.script_name), page.script)
        .and_then(|()| fs::write(&index, slim(&ask_for_styles_first(&page.html))))
        .with_context(|| format!("cannot write into {}", dir.display()))
}

/// The page with its styles asked for before its first script, which stands before them: after them
/// it would wait for them, and asks for the first picture. A browser reads no further than a
/// script that it has to fetch: with a policy in the page it does not even look ahead, and styles
/// came a round trip later.
fn ask_for_styles_first(html: &str) -> String {
    const LINK: &str = "<link rel=\"stylesheet\" href=\"";
    let styles = html.split(LINK).skip(1).filter_map(|rest| rest.split('"').next());
    let asked: String = styles
        .map(|file| format!("<link rel=\"preload\" as=\"style\" href=\"{file}\">\n"))
        .collect();
    match html.find("<script") {
        Some(first) => format!("{}{asked}{}", &html[..first], &html[first..]),
        None => html.to_owned(),
    }
}

/// The page without what Trunk writes into its head and no browser reads: blank lines, indentation,
/// what an attribute means anyway. A first visit waits for each byte.
fn slim(html: &str) -> String {
    let (head, rest) = html.split_once("</head>").unwrap_or(("", html));
    let lines: Vec<&str> = head.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let head = lines.join("\n");
    let head = head.replace(" crossorigin=\"anonymous\"", " crossorigin").replace("\"/>", "\">");
    let head = head.replace(" type=\"application/wasm\"", "");
    if head.is_empty() { rest.to_owned() } else { format!("{head}</head>{rest}") }
}

/// Takes comments and blanks out of scripts and styles, each in its place: a sixth of what they
/// weigh when they are gzipped.
fn minify(dir: &Path) -> Result<()> {
    let mut files = files::below(dir)?;
    files.retain(|path| path.extension().is_some_and(|end| end == "js" || end == "css"));
    let mut command = Command::new(tools::esbuild()?);
    command.args(["--minify", "--charset=utf8", "--log-level=error", "--allow-overwrite"]);
    // Without a base it would be the lowest folder that holds all of them.
    command.arg(format!("--outbase={}", dir.display())).arg(format!("--outdir={}", dir.display()));
    shell::run(command.args(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_carries_what_a_browser_reads() {
        let page = "<html><head>\n\n  <link href=\"a\" crossorigin=\"anonymous\" \
                    type=\"application/wasm\"/>\n</head>\n  <body>\n\n<pre>\n</pre></body>";
        let slim_page =
            "<html><head>\n<link href=\"a\" crossorigin></head>\n  <body>\n\n<pre>\n</pre></body>";
        assert_eq!(slim(page), slim_page);
        assert_eq!(slim("<p> </p>"), "<p> </p>");
    }

    #[test]
    fn styles_are_asked_for_before_the_first_script() {
        let page = "<script src=\"a.js\"></script><link rel=\"stylesheet\" href=\"./b.css\"/>";
        let asked = "<link rel=\"preload\" as=\"style\" href=\"./b.css\">\n";
        assert_eq!(ask_for_styles_first(page), format!("{asked}{page}"));
        assert_eq!(ask_for_styles_first("<p>"), "<p>");
    }
}
