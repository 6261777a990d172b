//! Names, numbers and quotation marks, and texts that ask for more than the bounds.

use super::check;
use expect_test::expect;

#[test]
fn names_numbers_and_quotes_are_checked() {
    check(
        &[
            "let",
            "let x",
            "let x = ",
            "let x = leaders",
            "let \"x\" = leader",
            "let x! = leader",
            "let = leader",
            "let x = -5",
            "let x = 99999999999999999999999",
            "crash $x",
            "let old = leader\ncrash $odl",
            "let t = term n1\ncrash $t",
            "let l = leader\nexpect term n1 = $l",
            "let l = leader\nexpect leaders $l",
            "expect term n1 = one",
            "expect term n1 ~ 1",
            "expect term = 1",
            "expect reply 1",
            "expect reply one ok",
            "expect reply 1 okay",
            "expect value a",
            "expect value a = 1",
            "expect value a is 1 on n1",
            "expect value a missing",
            "expect log n1",
            "expect log n1 =",
            "expect log n1 = noop",
            "expect log n1 = x:noop",
            "expect log n1 = 1:noop empty",
            "put a",
            "put",
            "put a 1 by n2",
            "put a 1 via",
            "get",
            "get a serialisable",
            "propose x",
            "propose x via",
            "say two words",
            "say \"never closed",
            "say \"bad \\x escape\"",
            "say \"ends in \\",
        ],
        expect![[r#"
            "let"
                line 1: expected a name of letters, digits, `-` and `_`, found the end of the line
            "let x"
                line 1: expected `=`, found the end of the line
            "let x = "
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found the end of the line
            "let x = leaders"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `leaders`; did you mean `leader`?
            "let \"x\" = leader"
                line 1: expected a name of letters, digits, `-` and `_`, found `x`
            "let x! = leader"
                line 1: expected a name of letters, digits, `-` and `_`, found `x!`
            "let = leader"
                line 1: expected a name of letters, digits, `-` and `_`, found `=`
            "let x = -5"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `-5`
            "let x = 99999999999999999999999"
                line 1: expected a whole number, found `99999999999999999999999`
            "crash $x"
                line 1: expected a name that a `let` above has set, found `$x`
            "let old = leader\ncrash $odl"
                line 2: expected a name that a `let` above has set, found `$odl`; did you mean `$old`?
            "let t = term n1\ncrash $t"
                line 2: expected a server, and this is a number, found `$t`
            "let l = leader\nexpect term n1 = $l"
                line 2: expected a number, and this is a server, found `$l`
            "let l = leader\nexpect leaders $l"
                line 2: expected a number, and this is a server, found `$l`
            "expect term n1 = one"
                line 1: expected a whole number or `$name`, found `one`
            "expect term n1 ~ 1"
                line 1: expected one of `=`, `!=`, `<`, `<=`, `>` and `>=`, found `~`
            "expect term = 1"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `=`
            "expect reply 1"
                line 1: expected an outcome: ok, refused, unknown, stale, found the end of the line
            "expect reply one ok"
                line 1: expected a whole number or `$name`, found `one`
            "expect reply 1 okay"
                line 1: expected an outcome: ok, refused, unknown, stale, found `okay`
            "expect value a"
                line 1: expected `=` and a value, or `missing`, found the end of the line
            "expect value a = 1"
                line 1: expected `on`, found the end of the line
            "expect value a is 1 on n1"
                line 1: expected `=` and a value, or `missing`, found `is`
            "expect value a missing"
                line 1: expected `on`, found the end of the line
            "expect log n1"
                line 1: expected `=`, found the end of the line
            "expect log n1 ="
                line 1: expected an entry such as `1:noop` or `1:"a=1"`, or `empty`, found the end of the line
            "expect log n1 = noop"
                line 1: expected an entry such as `1:noop` or `1:"a=1"`, found `noop`
            "expect log n1 = x:noop"
                line 1: expected an entry such as `1:noop` or `1:"a=1"`, found `x:noop`
            "expect log n1 = 1:noop empty"
                line 1: expected an entry such as `1:noop` or `1:"a=1"`, found `empty`
            "put a"
                line 1: expected a value, found the end of the line
            "put"
                line 1: expected a key, found the end of the line
            "put a 1 by n2"
                line 1: expected the end of the line, found `by`
            "put a 1 via"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found the end of the line
            "get"
                line 1: expected a key, found the end of the line
            "get a serialisable"
                line 1: expected the end of the line, found `serialisable`
            "propose x"
                line 1: expected `via`, found the end of the line
            "propose x via"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found the end of the line
            "say two words"
                line 1: expected the end of the line, found `words`
            "say \"never closed"
                line 1: expected a closing quotation mark, found `"never closed`
            "say \"bad \\x escape\""
                line 1: expected one of `\n`, `\t`, `\r`, `\"` and `\\`, found `\x`
            "say \"ends in \\"
                line 1: expected a closing quotation mark, found `"ends in `
        "#]],
    );
}

#[test]
fn what_asks_for_more_than_the_bounds_is_refused_before_it_runs() {
    let long = format!("say \"{}\"", "x".repeat(1_000_000));
    let many = "heal\n".repeat(10_001);
    check(
        &[
            &long,
            &many,
            "run 25h",
            "run 20h\nrun 20h",
            "@25h heal",
            "run 23h\n@23h heal\nrun 2h",
            "run until leader within 25h",
            "run 99999999999999999999s",
        ],
        expect![[r#"
            "say \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                line 1: expected a text of at most 1000000 bytes, found 1000006 bytes
            "heal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\nheal\n"
                line 10001: expected at most 10000 actions and claims, found one more
            "run 25h"
                line 1: expected at most 24h of simulated time, found 25h
            "run 20h\nrun 20h"
                line 2: expected at most 24h of simulated time, found 40h
            "@25h heal"
                line 1: expected at most 24h of simulated time, found 25h
            "run 23h\n@23h heal\nrun 2h"
                line 3: expected at most 24h of simulated time, found 25h
            "run until leader within 25h"
                line 1: expected at most 24h of simulated time, found 25h
            "run 99999999999999999999s"
                line 1: expected a time such as `200ms`, or `until`, found `99999999999999999999s`
        "#]],
    );
}

#[test]
fn lines_of_lessons_are_checked() {
    check(
        &[
            "show x \"a b\"",
            "show",
            "pace slow",
            "pace fast",
            "pace slow down",
            "note \"Ask them.\"\nzh \"问。\"",
            "note Ask them.",
            "show x\nzh \"x\"",
            "shwo x",
            "step One",
            "predict \"Who?\" who knows",
        ],
        expect![[r#"
            "show x \"a b\""
                nothing is wrong
            "show"
                line 1: expected a key, found the end of the line
            "pace slow"
                nothing is wrong
            "pace fast"
                line 1: expected `slow`, found `fast`
            "pace slow down"
                line 1: expected the end of the line, found `down`
            "note \"Ask them.\"\nzh \"问。\""
                nothing is wrong
            "note Ask them."
                line 1: expected a sentence in quotation marks, found `Ask`
            "show x\nzh \"x\""
                line 2: expected a line that says something before it, not yet in that language, found `zh`
            "shwo x"
                line 1: expected a command such as `crash n2`, found `shwo`; did you mean `show`?
            "step One"
                line 1: expected a sentence in quotation marks, found `One`
            "predict \"Who?\" who knows"
                line 1: expected `leads`, found `knows`
        "#]],
    );
}
