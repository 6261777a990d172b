//! Takes comments and blanks out of the style that the page carries: a smaller first visit.

use std::path::Path;

fn main() {
    const STYLE: &str = "static/playground.css";
    println!("cargo:rerun-if-changed={STYLE}");
    let style = std::fs::read_to_string(STYLE).expect("the playground's style");
    let small = minifier::css::minify(&style).expect("a style that can be read").to_string();
    let out = std::env::var_os("OUT_DIR").expect("Cargo names a folder for what is built");
    std::fs::write(Path::new(&out).join("playground.css"), small).expect("a writable folder");
}
