//! Tables as etcdctl draws them: centred capitals above, cells to the right, long texts wrapped.

/// The widest a cell gets before its text is wrapped at a blank.
const MAX_WIDTH: usize = 30;

/// Draws a table. Every row has as many cells as there are columns.
pub(crate) fn draw(columns: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<Vec<String>>> =
        rows.iter().map(|row| row.iter().map(|cell| wrap(cell)).collect()).collect();
    let widths: Vec<usize> = (columns.iter().enumerate())
        .map(|(at, name)| {
            let lines = rows.iter().filter_map(|row| row.get(at)).flatten();
            lines.map(|line| width(line)).fold(width(name), usize::max)
        })
        .collect();
    let rule =
        widths.iter().fold(String::from("+"), |rule, width| rule + &"-".repeat(width + 2) + "+");
    let line = |cells: &mut dyn Iterator<Item = String>| {
        cells.fold(String::from("|"), |line, cell| line + " " + &cell + " |") + "\n"
    };
    let mut out = format!("{rule}\n");
    out += &line(&mut columns.iter().zip(&widths).map(|(name, &to)| centred(name, to)));
    out += &format!("{rule}\n");
    for row in &rows {
        let height = row.iter().map(Vec::len).max().unwrap_or(0).max(1);
        for at in 0..height {
            out += &line(&mut widths.iter().enumerate().map(|(column, &to)| {
                let text = row.get(column).and_then(|cell| cell.get(at)).map_or("", String::as_str);
                format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
            }));
        }
    }
    out + &rule + "\n"
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn centred(text: &str, to: usize) -> String {
    let gap = to.saturating_sub(width(text));
    format!("{}{text}{}", " ".repeat(gap / 2), " ".repeat(gap - gap / 2))
}

/// The lines of a cell, as even as they get: the sum of the squares of what is left free in every
/// line but the last is the least.
fn wrap(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let limit = width(text).min(MAX_WIDTH);
    let limit = words.iter().map(|word| width(word)).fold(limit, usize::max);
    // For each word: the least cost of the lines from it on, and where the next line begins.
    let mut best = vec![(0usize, words.len()); words.len() + 1];
    for from in (0..words.len()).rev() {
        let mut length = 0;
        let mut least = (usize::MAX, words.len());
        for to in from..words.len() {
            length += width(words[to]) + usize::from(to > from);
            if length > limit {
                break;
            }
            let free = limit - length;
            let is_last = to + 1 == words.len();
            let cost = if is_last { 0 } else { best[to + 1].0.saturating_add(free * free) };
            if cost <= least.0 {
                least = (cost, to + 1);
            }
        }
        best[from] = least;
    }
    let mut lines = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let to = best[from].1.max(from + 1);
        lines.push(words[from..to].join(" "));
        from = to;
    }
    if lines.is_empty() { vec![String::new()] } else { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_centred_and_cells_stand_to_the_right() {
        let rows = [vec!["127.0.0.1:9".to_string(), "false".into()]];
        let drawn = "\
+-------------+---------+
|  ENDPOINT   | HEALTHY |
+-------------+---------+
| 127.0.0.1:9 |   false |
+-------------+---------+
";
        assert_eq!(draw(&["ENDPOINT", "HEALTHY"], &rows), drawn);
    }

    #[test]
    fn a_long_text_is_wrapped_at_its_blanks() {
        assert_eq!(
            wrap("memberID:16899312033489089503 alarm:NOSPACE"),
            ["memberID:16899312033489089503", "alarm:NOSPACE"]
        );
        let url = "http://127.0.0.1:23804,http://127.0.0.1:23805";
        assert_eq!((wrap(url), wrap("")), (vec![url.to_string()], vec![String::new()]));
    }
}
