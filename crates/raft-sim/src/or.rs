//! For rows of tables that need not say everything.

/// The first where there is one, otherwise the second.
macro_rules! or {
    (; $usual:expr) => {
        $usual
    };
    ($given:expr; $usual:expr) => {
        $given
    };
}
