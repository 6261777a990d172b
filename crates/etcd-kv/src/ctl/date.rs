//! Moments as HTTP and logs write them.

/// A time as HTTP writes it, from microseconds since 1970.
pub(super) fn date(us: u64) -> String {
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let weekday = weekday[(us / 86_400_000_000 % 7) as usize];
    let Calendar { year, month: (_, month), day, hour, minute, second } = calendar(us);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A time as logs write it.
pub(super) fn time(us: u64) -> String {
    let Calendar { year, month: (month, _), day, hour, minute, second } = calendar(us);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

struct Calendar {
    year: u64,
    month: (usize, &'static str),
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

fn calendar(us: u64) -> Calendar {
    let seconds = us / 1_000_000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u64::from(is_leap(year)) {
        left -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let months = [
        ("Jan", 31),
        ("Feb", february),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let mut month = (12, "Dec");
    for (number, (name, length)) in (1..).zip(months) {
        if left < length {
            month = (number, name);
            break;
        }
        left -= length;
    }
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    Calendar { year, month, day: left + 1, hour, minute, second }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_does() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(date(1_795_207_354_000_000), "Fri, 20 Nov 2026 20:42:34 GMT");
    }
}
