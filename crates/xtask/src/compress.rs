//! Lays a `.br` and a `.gz` beside what is worth it, so that a host need not compress at each
//! request, and compresses better: nobody waits for the strongest setting here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::files;

/// The endings of what is laid there.
pub const ENDINGS: [&str; 2] = ["br", "gz"];
/// Text and modules; pictures of other kinds are compressed in themselves.
const WORTH_IT: [&str; 9] = ["css", "html", "js", "json", "md", "svg", "txt", "raft", "wasm"];
/// Below this, in bytes, a packet carries the file as it is.
const LEAST: usize = 1000;
/// As much as every browser takes: 16 MB, more than any file has.
const WINDOW: i32 = 24;

/// What a folder's files weigh, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weights {
    pub plain: usize,
    pub brotli: usize,
    pub gzip: usize,
}

/// Compressed contents, so that what lies in two folders is compressed once.
#[derive(Default)]
pub struct Compressor {
    done: BTreeMap<Vec<u8>, [Vec<u8>; 2]>,
}

impl Compressor {
    /// Compresses what is worth it below a folder. The same content gives the same bytes always.
    pub fn compress(&mut self, folder: &Path) -> Result<Weights> {
        let mut sum = Weights::default();
        for path in files::below(folder)? {
            let content =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
            if content.len() < LEAST || !WORTH_IT.contains(&end) {
                continue;
            }
            let plain = content.len();
            let smaller = self.smaller(content)?;
            sum.plain += plain;
            sum.brotli += smaller[0].len();
            sum.gzip += smaller[1].len();
            for (end, bytes) in ENDINGS.iter().zip(smaller) {
                let target = PathBuf::from(format!("{}.{end}", path.display()));
                fs::write(&target, bytes)
                    .with_context(|| format!("cannot write {}", target.display()))?;
            }
        }
        Ok(sum)
    }

    fn smaller(&mut self, content: Vec<u8>) -> Result<&[Vec<u8>; 2]> {
        match self.done.entry(content) {
            Entry::Occupied(done) => Ok(done.into_mut()),
            Entry::Vacant(new) => {
                let both = [brotli(new.key())?, gzip(new.key())?];
                Ok(new.insert(both))
            }
        }
    }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = BrotliEncoderParams { quality: 11, lgwin: WINDOW, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut packed, &params)
        .map(|_| packed)
        .context("cannot compress by Brotli")
}

/// As hosts gzip at their best. No time and no name are written into it.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).context("cannot gzip")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_laid_there_is_the_file() {
        let folder = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        fs::create_dir_all(folder.join("lang")).unwrap();
        let text = "All servers wait; one of them is the first to be out of patience.\n".repeat(40);
        for (name, content) in
            [("lang/zh.txt", text.as_str()), ("small.js", "let a;"), ("photo.png", &text)]
        {
            fs::write(folder.join(name), content).unwrap();
        }
        let sum = Compressor::default().compress(&folder).unwrap();
        assert_eq!(sum.plain, text.len());
        let names: Vec<PathBuf> = files::below(&folder).unwrap();
        assert_eq!(names.len(), 5, "{names:?}");
        let packed = fs::read(folder.join("lang/zh.txt.br")).unwrap();
        assert_eq!(packed.len(), sum.brotli);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*packed, &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let packed = fs::read(folder.join("lang/zh.txt.gz")).unwrap();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        // Once more: the same bytes, and nothing is compressed twice over.
        assert_eq!(Compressor::default().compress(&folder).unwrap(), sum);
        assert_eq!(files::below(&folder).unwrap().len(), 5);
        fs::remove_dir_all(&folder).unwrap();
    }
}
