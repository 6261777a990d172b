//! The format of the data: a command with arguments, its input, `----`, what is expected, a blank
//! line. The library `datadriven` reads it too, but keeps neither the order of arguments nor the
//! expected text for others to see.

/// One command of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where the command stands, from 1.
    pub line: usize,
    /// Its name.
    pub command: String,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// The lines between command and `----`.
    pub input: String,
    /// What it prints.
    pub expected: String,
}

/// One argument: `3`, `index=10` or `voters=(1,2,3)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// What stands before `=`, or all of it.
    pub key: String,
    /// What stands after it.
    pub values: Vec<String>,
}

impl Case {
    /// The values of an argument that has some.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        let found = self.arguments.iter().find(|a| a.key == key && !a.values.is_empty());
        found.map(|argument| argument.values.as_slice())
    }

    /// The single value of an argument, read as something.
    ///
    /// # Errors
    /// Where there is a value of another kind.
    pub fn value<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>, String> {
        let Some(values) = self.values(key) else { return Ok(None) };
        let [value] = values else { return Err(format!("one value for {key} expected")) };
        value.parse().map(Some).map_err(|_| format!("{key}={value} cannot be read"))
    }

    /// The numbers of an argument; none where it is missing.
    ///
    /// # Errors
    /// If a value is not a number.
    pub fn numbers(&self, key: &str) -> Result<Vec<u64>, String> {
        let values = self.values(key).unwrap_or_default();
        values.iter().map(|v| v.parse().map_err(|_| format!("{v} is not a number"))).collect()
    }

    /// The arguments without a value, read as numbers.
    ///
    /// # Errors
    /// If one is not a number.
    pub fn plain_numbers(&self) -> Result<Vec<u64>, String> {
        let plain = self.arguments.iter().filter(|argument| argument.values.is_empty());
        plain.map(|a| a.key.parse().map_err(|_| format!("{} is not a number", a.key))).collect()
    }
}

/// The commands of a file.
///
/// # Errors
/// Names the line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Case>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut cases = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim();
        if line.is_empty() || line.starts_with('#') {
            at += 1;
            continue;
        }
        let start = at + 1;
        let mut words = split(line);
        let command = if words.is_empty() { String::new() } else { words.remove(0) };
        let arguments = words.iter().map(|word| argument(word)).collect();
        at += 1;
        let mut input = Vec::new();
        while at < lines.len() && lines[at].trim_end() != "----" {
            input.push(lines[at]);
            at += 1;
        }
        if at >= lines.len() {
            return Err(format!("line {start}: expected `----` after {command}"));
        }
        at += 1;
        // A second fence lets the output contain blank lines.
        let fenced = lines.get(at).is_some_and(|line| line.trim_end() == "----");
        let mut expected = Vec::new();
        if fenced {
            at += 1;
            while at < lines.len() && lines[at].trim_end() != "----" {
                expected.push(lines[at]);
                at += 1;
            }
            at += 2;
        } else {
            while at < lines.len() && !lines[at].is_empty() {
                expected.push(lines[at]);
                at += 1;
            }
        }
        cases.push(Case {
            line: start,
            command,
            arguments,
            input: input.join("\n"),
            expected: expected.join("\n"),
        });
    }
    Ok(cases)
}

/// Words of a command line; what stands in brackets or quotation marks belongs together. The marks
/// stay, as in etcd's own reader: `propose 1 "foo"` proposes five bytes.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut depth, mut quoted) = (String::new(), 0usize, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.push(letter);
            }
            '(' if !quoted => {
                depth += 1;
                word.push(letter);
            }
            ')' if !quoted => {
                depth = depth.saturating_sub(1);
                word.push(letter);
            }
            letter if letter.is_whitespace() && depth == 0 && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn argument(word: &str) -> Argument {
    let Some((key, value)) = word.split_once('=') else {
        return Argument { key: word.into(), values: Vec::new() };
    };
    let values = match value.strip_prefix('(').and_then(|value| value.strip_suffix(')')) {
        Some(list) => list.split(',').map(|value| value.trim().to_string()).collect(),
        None => vec![value.to_string()],
    };
    let values = values.into_iter().filter(|value: &String| !value.is_empty()).collect();
    Argument { key: key.into(), values }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn quotation_marks_belong_to_the_word_that_they_stand_around() {
        assert_eq!(split(r#"propose 1 "a b""#), ["propose", "1", r#""a b""#]);
        assert_eq!(split("add-nodes 3 voters=(1, 2)"), ["add-nodes", "3", "voters=(1, 2)"]);
    }
}
