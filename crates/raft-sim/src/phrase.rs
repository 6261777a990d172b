//! A sentence as data: its English, which is the key to its translations, and the values in it.
//! Whoever shows it puts it into the reader's language.

/// A sentence with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The English, with `{}` for each value.
    pub english: &'static str,
    /// The values, in their order there.
    pub values: Vec<String>,
}

/// A sentence with its values, if it has any. The catalogues' test finds the English by this name.
macro_rules! phrase {
    ($english:literal $(, $value:expr)*) => {
        $crate::phrase::Phrase { english: $english, values: vec![$($value.to_string()),*] }
    };
}
pub(crate) use phrase;
