//! A still as PNG, for what takes no SVG: with the feature `png`, which is off unless asked for,
//! since shaping text and finding fonts takes sixty packages, more than the rest of the program.

/// Without the feature: says so.
#[cfg(not(feature = "png"))]
pub fn drawn(_svg: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!(
        "--png: this program was built without it: build it with `--features png`, or draw SVG, \
         which browsers turn into PNG"
    )
}

/// The bytes of a PNG file, as large as the SVG says.
#[cfg(feature = "png")]
pub fn drawn(svg: &str) -> anyhow::Result<Vec<u8>> {
    use anyhow::Context;
    use resvg::{tiny_skia, usvg};
    // The name of a plain face on most machines; otherwise any face is better than no text.
    const PLAIN: [&str; 5] = ["Arial", "Helvetica", "DejaVu Sans", "Liberation Sans", "Noto Sans"];
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    let families = || fonts.faces().flat_map(|face| &face.families).map(|(name, _)| name);
    let known = PLAIN.into_iter().find(|plain| families().any(|name| name == plain));
    let family = known.map(str::to_string).or_else(|| families().next().cloned());
    let family = family.context("--png: expected a font on this machine, found none")?;
    fonts.set_sans_serif_family(family);
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size();
    let mut picture = tiny_skia::Pixmap::new(size.width(), size.height())
        .context("expected a smaller picture")?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut picture.as_mut());
    Ok(picture.encode_png()?)
}
