//! What the fuzz targets have in common.

/// Feeds what a fuzzer has made to the entry of this name.
///
/// # Panics
/// Where there is no such entry, or where the input does harm.
pub fn feed(name: &str, bytes: &[u8]) {
    let entry = fuzz_entries::entry(name).expect("a target has the name of an entry");
    entry.take(&entry.input(bytes));
}
