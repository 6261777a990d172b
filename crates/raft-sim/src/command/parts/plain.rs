//! Arguments that name no server: texts, numbers, times.

use super::{Argument, Below, Scope, sample};
use crate::MAX_TIME;
use crate::command::{Refusal, console_line, quoted, quoted_always};
use crate::scenario::Context;
use crate::scenario::settings::{number, span};
use crate::scenario::words::{Parse, Word, Words};
use crate::settings::{self, Setting};
use crate::time::Exact;
use raft_core::{Kind, Micros, Timer};
use std::fmt;

/// An argument that names no server: it expands to itself.
macro_rules! plain {
    (
        $(#[$doc:meta])*
        $name:ident: $value:ty, $syntax:expr, $read:expr, $write:expr, $sample:expr
    ) => {
        $(#[$doc])*
        pub(in crate::command) struct $name;

        impl Argument for $name {
            type Value<N: Clone> = $value;

            fn syntax() -> String {
                $syntax.to_string()
            }
            fn read(reader: &mut Words<'_>, _context: &Context) -> Parse<$value> {
                let read: fn(&mut Words<'_>) -> Parse<$value> = $read;
                read(reader)
            }
            fn write<N: Clone + fmt::Display>(
                value: &$value,
                f: &mut fmt::Formatter<'_>,
            ) -> fmt::Result {
                let write: fn(&$value, &mut fmt::Formatter<'_>) -> fmt::Result = $write;
                write(value, f)
            }
            fn servers<N: Clone>(_value: &$value, _named: &mut Vec<N>) {}
            fn expand(value: &$value, _scope: &Scope<'_>) -> Result<Vec<$value>, Refusal> {
                Ok(vec![value.clone()])
            }
            fn sample(below: Below<'_>) -> $value {
                let sample: fn(Below<'_>) -> $value = $sample;
                sample(below)
            }
        }
    };
}

/// One word, or several in quotation marks.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $syntax:literal, $expected:literal) => {
        plain!(
            $(#[$doc])*
            $name: String,
            $syntax,
            |reader| Ok(reader.next($expected)?.text.clone()),
            |text, f| write!(f, " {}", quoted(text)),
            sample::text
        );
    };
}

word!(
    /// What a raw entry holds.
    EntryText, " TEXT", "the text of an entry"
);
word!(
    /// The key of a request.
    Key, " KEY", "a key"
);
word!(
    /// The value that a request sets.
    Value, " VALUE", "a value"
);
word!(
    /// What `etcdctl snapshot save` has written.
    SavedFile, " NAME", "the name of a file that `etcdctl snapshot save` leaves"
);
plain!(
    /// A sentence, always written in quotation marks.
    Sentence: String,
    " \"SENTENCE\"",
    |reader| Ok(reader.next("a sentence in quotation marks")?.text.clone()),
    |text, f| write!(f, " {}", quoted_always(text)),
    sample::text
);
plain!(
    /// A line that is typed for a console command, always written in quotation marks.
    InputLine: String,
    " \"LINE\"",
    |reader| Ok(reader.next("a line in quotation marks")?.text.clone()),
    |line, f| write!(f, " {}", quoted_always(line)),
    sample::text
);
plain!(
    /// A line of etcdctl, to the end of the line.
    ConsoleLine: String,
    " LINE",
    read_console_line,
    |line, f| write!(f, " {}", console_line(line)),
    sample::text
);
plain!(
    /// Which console command, from 1.
    ConsoleNumber: u32,
    " NUMBER",
    read_console,
    |console, f| write!(f, " {console}"),
    |below| sample::from_1_to(u32::MAX, below)
);
plain!(
    /// What keys chance.
    ChanceKey: u64,
    " NUMBER",
    |reader| number(reader, "a whole number"),
    |key, f| write!(f, " {key}"),
    |below| below(u64::MAX)
);
plain!(
    /// Whether a get may be answered from what its server holds.
    Serializable: bool,
    " [serializable]",
    |reader| Ok(reader.take("serializable")),
    |on, f| f.write_str(if *on { " serializable" } else { "" }),
    sample::is_drawn
);
plain!(
    /// Which of several messages, from 1 for the oldest.
    Nth: u32,
    " [number 2]",
    read_nth,
    |nth, f| if *nth > 1 { write!(f, " number {nth}") } else { Ok(()) },
    |below| sample::from_1_to(3, below)
);
plain!(
    /// The rate of a clock in percent.
    ClockRate: u32,
    " 150%|default",
    read_clock_rate,
    |percent, f| write!(f, " {percent}%"),
    |below| sample::from_1_to(1_000, below)
);
plain!(
    /// A setting that can change while a run goes on.
    LiveSetting: Setting,
    " SETTING VALUE",
    read_live_setting,
    |setting, f| write!(f, " {setting}"),
    sample_live_setting
);
plain!(
    /// One of a server's timers.
    WhichTimer: Timer,
    " election|heartbeat",
    read_timer,
    |timer, f| write!(f, " {}", timer.name()),
    |below| sample::one_of(&Timer::ALL, below)
);
plain!(
    /// How long from now.
    After: Micros,
    " in 20ms",
    read_after,
    |after, f| write!(f, " in {}", Exact(*after)),
    |below| below(MAX_TIME + 1)
);
plain!(
    /// A kind of message.
    MessageKind: Kind,
    " KIND",
    |reader| read_kind(reader, ""),
    |kind, f| write!(f, " {kind}"),
    |below| sample::one_of(&Kind::ALL, below)
);
plain!(
    /// The same after `duplicate`, which is the name of a setting, too.
    DuplicatedKind: Kind,
    " KIND",
    |reader| read_kind(
        reader,
        "; the chance of duplication is a setting, which after the first action is changed with \
         `set duplicate`"
    ),
    |kind, f| write!(f, " {kind}"),
    |below| sample::one_of(&Kind::ALL, below)
);

fn read_console(reader: &mut Words<'_>) -> Parse<u32> {
    const EXPECTED: &str = "the number of a console command, from 1";
    let found = reader.peek().map_or(String::new(), |word| word.text.clone());
    let number = u32::try_from(number(reader, EXPECTED)?).ok().filter(|n| *n > 0);
    number.ok_or_else(|| reader.error(&found, EXPECTED))
}

/// The rest of the line for the console. One quoted word is the line itself; otherwise the words
/// are, and those that were quoted here are quoted for the console too.
fn read_console_line(reader: &mut Words<'_>) -> Parse<String> {
    const EXPECTED: &str = "a console line such as `etcdctl put a 1`";
    let first = reader.next(EXPECTED)?;
    if first.quoted && reader.peek().is_none() {
        return Ok(first.text.clone());
    }
    let mut words = vec![console_word(first)];
    while reader.peek().is_some() {
        words.push(console_word(reader.next(EXPECTED)?));
    }
    Ok(words.join(" "))
}

fn console_word(word: &Word) -> String {
    if !word.quoted {
        return word.text.clone();
    }
    format!("'{}'", word.text.replace('\'', "'\\''"))
}

fn read_kind(reader: &mut Words<'_>, hint: &str) -> Parse<Kind> {
    let names = Kind::ALL.map(Kind::name);
    let expected = format!("a kind of message: {}{hint}", names.join(", "));
    let word = reader.next(&expected)?;
    Kind::from_name(&word.text).ok_or_else(|| {
        reader.back();
        reader.unexpected(&expected, &names)
    })
}

fn read_nth(reader: &mut Words<'_>) -> Parse<u32> {
    if !reader.take("number") {
        return Ok(1);
    }
    let expected = "which of these messages, from 1 for the oldest";
    let start = reader.peek().map_or("", |word| &word.text);
    let nth = number(reader, expected)?;
    let nth = u32::try_from(nth).ok().filter(|nth| *nth > 0);
    nth.ok_or_else(|| reader.error(start, expected))
}

/// The rate of a clock that runs right.
const TRUE_TIME: u32 = 100;

fn read_clock_rate(reader: &mut Words<'_>) -> Parse<u32> {
    const EXPECTED: &str = "a clock rate from 1% to 1000%";
    if reader.take("default") {
        return Ok(TRUE_TIME);
    }
    let word = reader.next(EXPECTED)?;
    let percent = word.text.strip_suffix('%').and_then(|number| number.parse().ok());
    let percent = percent.filter(|percent| (1..=1000).contains(percent));
    percent.ok_or_else(|| reader.error(&word.text, EXPECTED))
}

fn read_live_setting(reader: &mut Words<'_>) -> Parse<Setting> {
    let setting = settings::parse(reader)?;
    if !setting.is_live() {
        return Err(reader.error(
            setting.name(),
            "a setting that can change while a run goes on; the number of servers and the seed \
             cannot",
        ));
    }
    Ok(setting)
}

fn read_timer(reader: &mut Words<'_>) -> Parse<Timer> {
    let names = Timer::ALL.map(Timer::name);
    let expected = format!("a timer: {}", names.join(" or "));
    let word = reader.next(&expected)?;
    let timer = Timer::ALL.into_iter().find(|timer| timer.name() == word.text);
    timer.ok_or_else(|| {
        reader.back();
        reader.unexpected(&expected, &names)
    })
}

fn read_after(reader: &mut Words<'_>) -> Parse<Micros> {
    reader.expect("in")?;
    let start = reader.peek().map_or("", |word| &word.text);
    let after = span(reader)?;
    if after > MAX_TIME {
        return Err(reader.error(start, "a time of at most 24h"));
    }
    Ok(after)
}

fn sample_live_setting(below: Below<'_>) -> Setting {
    let mut all = Setting::samples(below);
    all.retain(Setting::is_live);
    sample::one_of(&all, below)
}
