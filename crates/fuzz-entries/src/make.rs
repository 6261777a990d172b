//! What all generators use: words put together, letters without sense, and sound texts with a few
//! faults. Each reads its choices from an [`Unstructured`]; where that is used up, the first of
//! what there is to choose from is chosen.

use arbitrary::{Result, Unstructured};

/// Numbers at which something may go wrong.
pub const NUMBERS: [&str; 22] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "9",
    "31",
    "32",
    "100",
    "-1",
    "-0",
    "007",
    "1.5",
    "1e9",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999",
    "0x10",
];

/// Letters that mean something somewhere, or take more than a byte, or cannot be seen.
const LETTERS: [char; 32] = [
    'a', 'z', 'A', '0', '9', ' ', '"', '\'', '\\', '#', '\n', '\r', '\t', '@', '$', '+', '-', '.',
    '%', ':', '=', '|', '(', '[', '{', '\u{0}', 'é', '日', '\u{feff}', '\u{202e}', '🦀',
    '\u{2028}',
];

/// A number from `min` to `max`.
pub fn from_to(u: &mut Unstructured<'_>, min: usize, max: usize) -> Result<usize> {
    u.int_in_range(min..=max)
}

/// True in `percent` of a hundred cases.
pub fn chance(u: &mut Unstructured<'_>, percent: u8) -> Result<bool> {
    Ok(u.int_in_range(1..=100_u8)? <= percent)
}

/// Up to `most` of these, with one of `gaps` behind each.
pub fn words(u: &mut Unstructured<'_>, of: &[&str], gaps: &[&str], most: usize) -> Result<String> {
    let mut text = String::new();
    for _ in 0..from_to(u, 1, most)? {
        text += if chance(u, 15)? { u.choose(&NUMBERS)? } else { u.choose(of)? };
        text += u.choose(gaps)?;
    }
    Ok(text)
}

/// Up to 80 letters without sense.
pub fn noise(u: &mut Unstructured<'_>) -> Result<String> {
    (0..from_to(u, 0, 80)?).map(|_| letter(u)).collect()
}

fn letter(u: &mut Unstructured<'_>) -> Result<char> {
    Ok(if chance(u, 50)? { *u.choose(&LETTERS)? } else { char::from(u.int_in_range(b' '..=b'~')?) })
}

/// The text with one to four faults: a letter lost, changed or put in, a word that is another
/// number, a part that is missing or there twice.
pub fn damaged(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..from_to(u, 1, 4)? {
        let at = from_to(u, 0, chars.len())?;
        let end = from_to(u, at, (at + 40).min(chars.len()))?;
        match u.int_in_range(0..=5)? {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => chars[at] = letter(u)?,
            2 => {
                let word = |c: &char| !c.is_alphanumeric();
                let end = chars[at..].iter().position(word).map_or(chars.len(), |after| at + after);
                chars.splice(at..end, u.choose(&NUMBERS)?.chars());
            }
            3 => drop(chars.drain(at..end)),
            4 => {
                let again = chars[at..end].to_vec();
                chars.splice(end..end, again);
            }
            _ => chars.insert(at, letter(u)?),
        }
    }
    Ok(chars.into_iter().collect())
}

/// In some cases the text as it is, in some with faults.
pub fn perhaps_damaged(u: &mut Unstructured<'_>, text: String) -> Result<Vec<u8>> {
    let text = if chance(u, 40)? { damaged(u, &text)? } else { text };
    Ok(text.into_bytes())
}

/// Draws numbers for those who ask for them one by one.
pub fn below<'u>(u: &'u mut Unstructured<'_>) -> impl FnMut(u64) -> u64 + 'u {
    move |span| u.int_in_range(0..=span.saturating_sub(1)).unwrap_or(0)
}
