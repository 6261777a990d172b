//! What lies beside the page as files, inside a bundle: lessons, languages, pictures and the style,
//! by folder.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use zopfli::{Format, Options};

use super::{cannot_write, write};
use crate::files;
use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

/// What `web/embed/packed.js` imports.
pub const DOOR: &str = "raft-playground-files";
/// What that is where the texts are modules, and where they are packed.
pub const FILE: &str = "files.js";
pub const PACKED: &str = "files.packed.js";

/// Folders of the repository, and what the page calls them.
const FOLDERS: [(&str, &str); 4] = [
    ("web/gallery", "gallery"),
    ("tests/scenarios/rules", "gallery/rules"),
    ("web/lang", "lang"),
    ("web/pictures", "pictures"),
];
const STYLES: [&str; 4] = ["forced.css", "guest.css", "panels.css", "playground.css"];

/// Texts by folder, and there by path.
pub struct Texts(BTreeMap<String, BTreeMap<String, String>>);

impl Texts {
    /// Everything that the page would fetch.
    pub fn gather(workspace: &Workspace) -> Result<Texts> {
        let mut texts = Texts(BTreeMap::new());
        for (from, name) in FOLDERS {
            let from = workspace.root.join(from);
            for file in files::below(&from)? {
                let inside = file.strip_prefix(&from).unwrap_or(&file).to_string_lossy();
                let path = format!("{name}/{}", inside.replace('\\', "/"));
                let text = fs::read_to_string(&file);
                texts.add(path, text.with_context(|| format!("cannot read {}", file.display()))?);
            }
        }
        for style in STYLES {
            let mut command = Command::new(tools::esbuild()?);
            command.args(["--minify", "--charset=utf8", "--log-level=error"]);
            command.arg(workspace.root.join("web/static").join(style));
            texts.add(style.into(), shell::output(&mut command)?);
        }
        Ok(texts)
    }

    fn add(&mut self, path: String, text: String) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        self.0.entry(folder).or_default().insert(path, text);
    }

    /// A module for each folder, which comes when somebody wants something of it, and the list of
    /// them.
    pub fn write_as_modules(&self, package: &Path) -> Result<()> {
        let folder = package.join("files");
        fs::create_dir_all(&folder).with_context(|| cannot_write(&folder))?;
        let mut list = String::from("export const folders = {\n");
        for (name, texts) in &self.0 {
            let file = if name.is_empty() { "style".into() } else { name.replace('/', "-") };
            let text = format!("export default {};\n", serde_json::to_string_pretty(texts)?);
            let module = folder.join(format!("{file}.js"));
            if module.exists() {
                bail!("two folders of texts would become {}", module.display());
            }
            write(&module, text.as_bytes())?;
            list += &format!("  \"{name}\": () => import(\"./files/{file}.js\"),\n");
        }
        write(&package.join(FILE), (list + "};\n").as_bytes())
    }

    /// All of them in one packed file, and what finds them in it.
    pub fn write_packed(&self, work: &Path) -> Result<()> {
        let all = serde_json::to_vec(&self.0)?;
        write(&work.join("files.json.gz"), &gzipped(&all)?)?;
        let names: Vec<&String> = self.0.keys().collect();
        let door = format!(
            "import {{ texts }} from \"./inline.module.js\";\nexport const folders = \
             Object.fromEntries({}.map((name) => [name, async () => ({{ default: (await \
             texts())[name] }})]));\n",
            serde_json::to_string(&names)?
        );
        write(&work.join(PACKED), door.as_bytes())
    }
}

/// Packed as small as it gets, and the same on every machine: by Zopfli, which a reader unpacks as
/// any gzip. Its default is three times as many rounds, for some tens of bytes less.
pub fn gzipped(bytes: &[u8]) -> Result<Vec<u8>> {
    const ROUNDS: NonZeroU64 = NonZeroU64::new(5).expect("above 0");
    let options = Options { iteration_count: ROUNDS, ..Options::default() };
    let mut packed = Vec::new();
    zopfli::compress(options, Format::Gzip, bytes, &mut packed)
        .context("cannot pack what is in memory")?;
    Ok(packed)
}
