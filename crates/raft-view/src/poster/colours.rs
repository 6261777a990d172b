//! The colours of a still, mixed beforehand: many programs that draw SVG know neither variables nor
//! `color-mix`.

use std::collections::BTreeSet;

/// Which colours a still has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system is set.
    #[default]
    Reader,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// As the page's styles have them.
struct Palette {
    panel: u32,
    ink: u32,
    muted: u32,
    rule: u32,
    edge: u32,
    accent: u32,
    bad: u32,
    good: u32,
    down: u32,
    /// What terms' colours are mixed with where they are lines.
    deep: u32,
    /// On a term's colour.
    glyph: u32,
    /// Of terms by remainder (Okabe–Ito).
    terms: [u32; 6],
}

const LIGHT: Palette = Palette {
    panel: 0xffffff,
    ink: 0x1d2329,
    muted: 0x5d666f,
    rule: 0xd9d5cb,
    edge: 0x8a8f94,
    accent: 0x0b6e99,
    bad: 0xb3261e,
    good: 0x1b7f4b,
    down: 0xf1efe9,
    deep: 0x000000,
    glyph: 0xffffff,
    terms: [0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00],
};

const DARK: Palette = Palette {
    panel: 0x1b2025,
    ink: 0xe9edf0,
    muted: 0xa3adb6,
    rule: 0x3c454d,
    edge: 0x7d8790,
    accent: 0x62bfe8,
    bad: 0xff8a7e,
    good: 0x66cf98,
    down: 0x22272c,
    deep: 0xffffff,
    glyph: 0x10151a,
    terms: [0x4aa3dc, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00],
};

/// Shapes, which are the same in every theme.
const SHAPES: &str = "text{font:11.5px system-ui,sans-serif;text-anchor:middle;\
    dominant-baseline:central}.n{font-weight:700}.a{text-anchor:start}.z{text-anchor:end}\
    .i{font-size:19px}.v{font-size:13px}.s{font-size:8.5px}.l{stroke-width:1.5}.x{opacity:.5}\
    .b,.w,.t,.k,.y{fill:none}.b,.k,.y{stroke-width:2}.w,.c{stroke-width:2.5}\
    .t,.leader{stroke-width:4}.t{stroke-linecap:round}.h{fill:none;stroke-width:6;opacity:.35}\
    .candidate{stroke-width:3.5}.f{stroke-width:1.3}.e{stroke-dasharray:3 2.5}\
    .j{fill:none;stroke-width:1.6}.q{stroke-width:1.6;stroke-linecap:round;stroke-dasharray:.1 5}\
    .k{opacity:.6}";

/// The style of a still that shows terms of these remainders.
pub(super) fn style(theme: Theme, terms: &BTreeSet<u64>) -> String {
    match theme {
        Theme::Light => format!("{SHAPES}{}", paint(&LIGHT, terms)),
        Theme::Dark => format!("{SHAPES}{}", paint(&DARK, terms)),
        Theme::Reader => format!(
            "{SHAPES}{}@media(prefers-color-scheme:dark){{{}}}",
            paint(&LIGHT, terms),
            paint(&DARK, terms)
        ),
    }
}

/// What has a colour. Terms' come first, for what overrides them stands behind.
fn paint(of: &Palette, terms: &BTreeSet<u64>) -> String {
    let mut out = String::new();
    for term in terms {
        let colour = of.terms[(term % 6) as usize];
        let (line, tint) = (mix(colour, 62, of.deep), mix(colour, 20, of.panel));
        out += &format!(".l{term}{{stroke:{line}}}.f{term}{{fill:{tint}}}.g{term}{{fill:{line}}}");
    }
    let Palette { panel, ink, muted, rule, edge, accent, bad, good, down, glyph, .. } = of;
    let rows: [(&str, &str, u32); 13] = [
        (".p", "fill", *panel),
        ("text", "fill", *ink),
        (".m", "fill", *muted),
        (".d", "fill", *down),
        (".u", "fill", *glyph),
        (".good", "fill", *good),
        (".bad", "fill", *bad),
        (".l", "stroke", *rule),
        (".d,.k,.q", "stroke", *edge),
        (".t,.j", "stroke", *ink),
        (".y", "stroke", *good),
        (".b,.w", "stroke", *bad),
        (".o", "stroke", *accent),
    ];
    for (selector, property, colour) in rows {
        out += &format!("{selector}{{{property}:#{colour:06x}}}");
    }
    out
}

/// So many percent of one colour, the rest of another.
fn mix(colour: u32, percent: u32, other: u32) -> String {
    let part = |shift: u32| {
        let (a, b) = (colour >> shift & 0xff, other >> shift & 0xff);
        ((a * percent + b * (100 - percent) + 50) / 100) << shift
    };
    format!("#{:06x}", part(16) | part(8) | part(0))
}
