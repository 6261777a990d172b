//! Makes the built page fit a strict content security policy. Trunk starts the module by an
//! inline script, which such a policy forbids: the script moves into a file. Text in, text out.

use anyhow::{Context, Result, bail};

/// What the page may do: load its own files, run wasm, and nothing from anywhere else.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'none'";

/// A page under the policy and the script that was taken out of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Hardened {
    pub html: String,
    pub script_name: String,
    pub script: String,
}

/// Moves the one inline script of the page into a file, named by its content, and adds the policy.
/// The script does `last` at its end.
pub fn harden(html: &str, last: &str) -> Result<Hardened> {
    let inline = the_inline_script(html)?;
    let script = relative_to_itself(inline.body) + last;
    let script_name = format!("start-{:016x}.js", digest(script.as_bytes()));
    let tag = format!("<script type=\"module\" src=\"./{script_name}\"></script>");
    let mut html = html.replacen(inline.whole, &tag, 1);
    let head = html.find("<head>").context("the built page has no <head>")? + "<head>".len();
    let meta = format!("\n<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    html.insert_str(head, &meta);
    if html.contains("<style") || html.contains(" style=") {
        bail!(
            "index.html has inline styles, which its content policy forbids: move them to a file"
        );
    }
    Ok(Hardened { html, script_name, script })
}

struct InlineScript<'a> {
    whole: &'a str,
    body: &'a str,
}

fn the_inline_script(html: &str) -> Result<InlineScript<'_>> {
    let mut found = None;
    let mut from = 0;
    while let Some(start) = html[from..].find("<script").map(|at| from + at) {
        let opening = html[start..].find('>').context("the built page has an unfinished tag")?;
        let body = start + opening + 1;
        let length =
            html[body..].find("</script>").context("the built page never ends a script")?;
        from = body + length + "</script>".len();
        if html[start..body].contains(" src=") {
            continue;
        }
        if !html[start..body].contains("type=\"module\"") || found.is_some() {
            bail!("index.html has an inline script of its own, which its content policy forbids");
        }
        found = Some(InlineScript { whole: &html[start..from], body: &html[body..body + length] });
    }
    found.context("Trunk wrote no inline script into the page: is its <link rel=\"rust\"> there?")
}

/// `fetch` resolves against the page, an import against the script; both mean the same folder
/// until somebody includes the script from elsewhere. Against the script is always right.
fn relative_to_itself(script: &str) -> String {
    let mut words = script.trim().splitn(2, "module_or_path: '");
    let (before, after) = (words.next().unwrap_or_default(), words.next());
    let text = match after.and_then(|rest| rest.split_once('\'')) {
        Some((url, rest)) => {
            format!("{before}module_or_path: new URL('{url}', import.meta.url){rest}")
        }
        None => script.trim().to_owned(),
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.join("\n") + "\n"
}

/// FNV-1a: names a file by its content so that a browser never takes an old one for it.
pub fn digest(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Trunk 0.21.14 writes it, shortened.
    const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head>
    <meta charset="utf-8">
    <script src="./boot-1a2b.js"></script>
    
<script type="module">
import init, * as bindings from './web-91.js';
const wasm = await init({ module_or_path: './web-91_bg.wasm' });


window.wasmBindings = bindings;


dispatchEvent(new CustomEvent("TrunkApplicationStarted", {detail: {wasm}}));

</script>
  <link rel="modulepreload" href="./web-91.js" crossorigin="anonymous"></head>
  <body><div id="playground"></div></body></html>"#;

    #[test]
    fn the_inline_script_becomes_a_file() {
        let page = harden(PAGE, "last();\n").unwrap();
        assert_eq!(
            page.script,
            "import init, * as bindings from './web-91.js';\n\
             const wasm = await init({ module_or_path: new URL('./web-91_bg.wasm', \
             import.meta.url) });\n\
             window.wasmBindings = bindings;\n\
             dispatchEvent(new CustomEvent(\"TrunkApplicationStarted\", {detail: {wasm}}));\n\
             last();\n"
        );
        assert!(page.html.contains(&format!("src=\"./{}\"></script>", page.script_name)));
        assert!(!page.html.contains("wasmBindings"));
        assert!(page.html.contains("<script src=\"./boot-1a2b.js\"></script>"));
    }

    #[test]
    fn the_policy_comes_first_in_the_head() {
        let page = harden(PAGE, "").unwrap();
        let head = page.html.split("<head>").nth(1).unwrap().trim_start();
        assert!(head.starts_with("<meta http-equiv=\"Content-Security-Policy\""), "{head}");
    }

    #[test]
    fn a_page_that_the_policy_would_break_is_refused() {
        let own_script = PAGE.replace("<body>", "<body><script>alert(1)</script>");
        let inline_style = PAGE.replace("<div ", "<div style=\"color: red\" ");
        let no_script = "<html><head></head></html>";
        for page in [own_script.as_str(), inline_style.as_str(), no_script] {
            assert!(harden(page, "").is_err(), "{page}");
        }
    }
}
