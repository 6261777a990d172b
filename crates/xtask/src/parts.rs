//! Cuts the page's module into the part that a first visit downloads and those that are loaded when
//! they are first wanted (`web/src/later.rs` says which).
//!
//! The cut comes between the compiler and wasm-bindgen, both of which Trunk runs. So what Trunk
//! finds as `wasm-bindgen` is this program under that name: it has `page-split` cut, and hands the
//! first part on. After Trunk, [`Parts::join`] lays the other parts beside the page, each named by
//! its content.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use crate::csp::digest;
use crate::files;
use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

/// The name under which this program stands in for another.
const STAND_IN: &str = "wasm-bindgen";
const REAL: &str = "RAFT_PLAYGROUND_WASM_BINDGEN";
const FOLDER: &str = "RAFT_PLAYGROUND_PARTS";
/// The script that loads the parts, as the first one names it until its content is known.
const LOADER: &str = "parts.js";
/// What the loader takes the first part to be called until that is known.
const FIRST: &str = "./first.js";
/// The package that cuts: what it stands on takes long to compile, and few commands need it.
const SPLITTER: &str = "page-split";
/// What Rust takes browsers to know (`rustc --print target-features`, on by default for wasm32).
pub const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where the parts of a build are.
pub struct Parts {
    folder: PathBuf,
}

/// The name of a part's file begins so; the rest is its own name and its content's digest.
pub const PREFIX: &str = "part-";

impl Parts {
    /// Lets a Trunk command cut the module. The tools are those that it would find by itself.
    pub fn cut(workspace: &Workspace, trunk: &mut Command) -> Result<Parts> {
        // Compiled now, so that nothing but the cut is left to do under Trunk.
        shell::run(workspace.cargo().args(["build", "--quiet", "--package", SPLITTER]))?;
        let real = tools::wasm_bindgen(workspace)?;
        let folder = workspace.scratch("parts");
        let stand_ins = workspace.scratch("stand-ins");
        for folder in [&folder, &stand_ins] {
            if folder.exists() {
                fs::remove_dir_all(folder)
                    .with_context(|| format!("cannot empty {}", folder.display()))?;
            }
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let this = env::current_exe().context("cannot tell which program this is")?;
        let stand_in = stand_ins.join(format!("{STAND_IN}{}", env::consts::EXE_SUFFIX));
        fs::copy(&this, &stand_in)
            .with_context(|| format!("cannot write {}", stand_in.display()))?;
        let mut path = vec![stand_ins];
        path.extend(tools::page_tools(workspace)?);
        trunk.env("PATH", shell::path_with(&path)?).env(REAL, real).env(FOLDER, &folder);
        trunk.args(["--no-default-features", "--features", "split"]);
        Ok(Parts { folder })
    }

    /// Lays the parts beside the page that Trunk has built, each named by its content.
    pub fn join(&self, page: &Path) -> Result<()> {
        let parts = files::names(&self.folder, ".wasm")?;
        let parts: Vec<String> = parts.into_iter().filter(|file| file != "first.wasm").collect();
        let mut modules: Vec<PathBuf> = parts.iter().map(|it| self.folder.join(it)).collect();
        modules.iter().try_for_each(|part| optimise(part))?;
        let first = files::names(page, ".wasm")?.pop().context("Trunk wrote no module")?;
        modules.push(page.join(first));
        order(&modules)?;
        let mut loader = any_type(&read(&self.folder.join(LOADER))?)?;
        let mut all = String::new();
        for file in &parts {
            let from = self.folder.join(file);
            let content = fs::read(&from).with_context(|| cannot_read(&from))?;
            let name = file.trim_end_matches(".wasm").trim_start_matches("split_");
            let part = format!("{PREFIX}{name}-{:016x}.wasm", digest(&content));
            loader = replaced(&loader, &format!("\"./{file}\""), &format!("\"./{part}\""))?;
            all += &part;
            write(&page.join(&part), &content)?;
        }
        // The first part and the loader name each other: the digest of the others goes into both.
        let build = format!("{:08x}", digest(all.as_bytes()) >> 32);
        let first = files::names(page, ".js")?.into_iter().find(|file| file.contains("-web-"));
        let first = first.context("Trunk wrote no script of the page")?;
        let renamed = format!("{}-{build}.js", first.trim_end_matches(".js"));
        let loader_name = format!("parts-{build}.js");
        loader = replaced(&loader, FIRST, &format!("./{renamed}"))?;
        write(&page.join(&loader_name), loader.as_bytes())?;
        // The module goes on calling the loader by its first name.
        let import = |name: &str| format!("from \"./{name}\"");
        let script = read(&page.join(&first))?;
        let script = replaced(&script, &import(LOADER), &import(&loader_name))?;
        write(&page.join(&renamed), script.as_bytes())?;
        fs::remove_file(page.join(&first))
            .with_context(|| format!("cannot remove {}", page.join(&first).display()))?;
        let index = page.join("index.html");
        write(&index, replaced(&read(&index)?, &first, &renamed)?.as_bytes())
    }
}

/// The loader for hosts that call a module something else than what it is: a browser then compiles
/// it only once it is all there.
fn any_type(loader: &str) -> Result<String> {
    let calls = "WebAssembly.instantiateStreaming(src, imports)";
    let compiles = "const instantiated = (coming, imports) =>
  WebAssembly.instantiateStreaming(coming.then((answer) => answer.clone()), imports).catch(
    async () => WebAssembly.instantiate(await (await coming).arrayBuffer(), imports));
";
    Ok(replaced(loader, calls, "instantiated(src, imports)")? + compiles)
}

/// Whether this program was started in place of wasm-bindgen.
pub fn stands_in() -> bool {
    let name = env::args_os().next().map(PathBuf::from);
    name.is_some_and(|name| name.file_stem().is_some_and(|stem| stem == STAND_IN))
        && env::var_os(REAL).is_some()
}

/// Does what wasm-bindgen does, with the first part of the module that it is given.
pub fn stand_in() -> Result<()> {
    let real = env::var_os(REAL).with_context(|| format!("{REAL} is not set"))?;
    let folder = env::var_os(FOLDER).map(PathBuf::from);
    let folder = folder.with_context(|| format!("{FOLDER} is not set"))?;
    let mut command = Command::new(real);
    for argument in env::args_os().skip(1) {
        let module = PathBuf::from(&argument);
        if module.extension().is_some_and(|extension| extension == "wasm") {
            // What is shared with the other parts is kept by its exports.
            command.arg("--keep-lld-exports").arg(split(&module, &folder)?);
        } else {
            command.arg(argument);
        }
    }
    let status = command.status().context("cannot start wasm-bindgen")?;
    std::process::exit(status.code().unwrap_or(1))
}

fn split(module: &Path, folder: &Path) -> Result<PathBuf> {
    let module = std::path::absolute(module).with_context(|| cannot_read(module))?;
    let mut command = Workspace::find()?.cargo();
    command.args(["run", "--quiet", "--package", SPLITTER, "--"]).arg(module).arg(folder);
    shell::run(command.args([FIRST, &format!("./{LOADER}")]))?;
    Ok(folder.join("first.wasm"))
}

/// Puts what is alike side by side: a first visit's module is 3 % smaller when it is gzipped.
fn order(modules: &[PathBuf]) -> Result<()> {
    let mut command = Workspace::find()?.cargo();
    shell::run(command.args(["run", "--quiet", "--package", SPLITTER, "--", "order"]).args(modules))
}

fn optimise(part: &Path) -> Result<()> {
    let mut command = Command::new(tools::wasm_opt()?);
    command.args(WASM_FEATURES).args(["-Oz", "-Oz", "--converge", "--strip-debug"]);
    // It warns of names that it does not need.
    shell::output(command.arg(part).arg("-o").arg(part)).map(drop)
}

/// The names of the files in a folder that end so, in order.
fn replaced(text: &str, from: &str, to: &str) -> Result<String> {
    if !text.contains(from) {
        return Err(anyhow!("the built page does not name {from}"));
    }
    Ok(text.replace(from, to))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| cannot_read(path))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

fn cannot_read(path: &Path) -> String {
    format!("cannot read {}", path.display())
}
