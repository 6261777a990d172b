//! The element for a bundle. `web/embed/embed.js` finds its engine by addresses that are known when
//! a site is built; a bundler follows what is written out, and there is no page beside a bundle.

use anyhow::{Result, bail};

use super::{Workspace, read};

/// What stands in front of it.
pub const PROLOGUE: &str = "element.prologue.js";
/// How the one file calls the page's script, in `live.js`.
pub const SCRIPT: &str = "raft-playground-script";

/// Where the element lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Beside its module, for a bundler.
    Package,
    /// With its module inside.
    OneFile,
}

/// The name of the element's second script, which comes with the engine.
pub const LIVE: &str = "live.js";

/// The element's two scripts for its home.
#[derive(Debug)]
pub struct Scripts {
    /// What defines the element.
    pub element: String,
    /// What it does once somebody plays.
    pub live: String,
}

impl Scripts {
    /// From those of the site.
    pub fn adapted(workspace: &Workspace, home: Home) -> Result<Scripts> {
        let prologue = read(&workspace.root.join("web/package").join(PROLOGUE))?;
        let embed = workspace.root.join("web/embed");
        let style = crate::element::minified(&embed.join("embed.css"))?;
        let element = adapt_element(&read(&embed.join("embed.js"))?, &style)?;
        let live = adapt_live(&read(&embed.join(LIVE))?, home)?;
        let error = "\nexport { RaftPlaygroundError } from \"./live.js\";\n";
        Ok(Scripts { element: prologue + &element + error, live })
    }
}

/// A bundler gives no lasting address to what it makes: the page is what it is part of.
const BASE: (&str, &str) = (
    "const BASE = new URL(\"./\", import.meta.url).href;",
    "const BASE = globalThis.document?.baseURI ?? \"about:blank\";",
);

fn adapt_element(element: &str, style: &str) -> Result<String> {
    let style = format!("const STYLE = {};", serde_json::to_string(style.trim())?);
    let changes = [
        BASE,
        ("const [LIVE, STYLE] = [\"./live.js\", \"./embed.css\"];", &style),
        ("import(new URL(LIVE, BASE).href)", "import(\"./live.js\")"),
        // Another version comes from where the element says.
        (
            "import(`${base}embed.js`)",
            "import(/* webpackIgnore: true */ /* @vite-ignore */ `${base}embed.js`)",
        ),
        // There is no page that it could be opened in.
        ("this.title, this.open);", "this.title);"),
        // Nor have pictures an address.
        ("const isNamed = ", "const isNamed = false && "),
    ];
    changed("embed.js", element, &changes)
}

fn adapt_live(live: &str, home: Home) -> Result<String> {
    let (module, script, found, where_from) = match home {
        Home::Package => (
            "const moduleAt = () => new URL(\"./playground.wasm\", import.meta.url);",
            "import(\"./playground.js\")",
            "${moduleAt()} must be reachable, and served with Access-Control-Allow-Origin where \
             it is another site's",
            "moduleAt()",
        ),
        Home::OneFile => (
            "import { wasm } from \"./inline.module.js\";",
            "import(\"raft-playground-script\")",
            "it must be unpacked, and compiled: a content policy has to allow 'wasm-unsafe-eval'",
            "wasm()",
        ),
    };
    let changes = [
        BASE,
        ("const [ENGINE, MODULE] = [\"./engine.js\", \"./engine.wasm\"];", module),
        ("import(new URL(ENGINE, BASE).href)", script),
        ("new URL(MODULE, BASE)", where_from),
        (
            "${BASE} must be reachable, and served with Access-Control-Allow-Origin where it is \
             another site's",
            found,
        ),
    ];
    changed("live.js", live, &changes)
}

fn changed(name: &str, script: &str, changes: &[(&str, &str)]) -> Result<String> {
    let mut adapted = script.to_owned();
    for (from, to) in changes {
        if adapted.matches(from).count() != 1 {
            bail!("web/embed/{name}: expected once, for the npm package: {from}");
        }
        adapted = adapted.replace(from, to);
    }
    Ok(adapted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELEMENT: &str = include_str!("../../../../web/embed/embed.js");
    const FIRST_PLAYED: &str = include_str!("../../../../web/embed/live.js");

    #[test]
    fn a_bundler_can_follow_what_the_element_needs() {
        let element = adapt_element(ELEMENT, "a{}").expect("it is as expected");
        assert!(element.contains("import(\"./live.js\")"));
        assert!(!element.contains("import.meta"));
        let live = adapt_live(FIRST_PLAYED, Home::Package).expect("it is as expected");
        assert!(live.contains("import(\"./playground.js\")"));
        assert_eq!(live.matches("import.meta.url").count(), 1, "of the module alone");
        let one_file = adapt_live(FIRST_PLAYED, Home::OneFile).expect("it is as expected");
        assert!(!one_file.contains("import.meta"));
    }

    #[test]
    fn an_element_that_is_written_otherwise_is_refused() {
        let error = adapt_element("export {};", "").expect_err("nothing to change");
        assert!(error.to_string().contains("const BASE"), "{error}");
    }
}
