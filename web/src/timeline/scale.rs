//! Where things are on the track.

/// Where the track's line is, from above.
pub(super) const RAIL: usize = 18;

/// A place on the track; what lies beyond its ends is drawn at them.
pub(super) fn percent(part: f64) -> String {
    let hundredths = (part.clamp(0.0, 1.0) * 10_000.0) as u64;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
