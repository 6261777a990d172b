//! Lists in documents that are made from the program's tables, between two comments.

/// The document with its list of this name as the program has it; `None` where the comments are
/// missing.
pub fn with_list(document: &str, name: &str, list: &str) -> Option<String> {
    let begin = document.find(&format!("<!-- {name}: "))?;
    let begin = begin + document[begin..].find("-->\n")? + "-->\n".len();
    let end = begin + document[begin..].find(&format!("<!-- end of {name} -->"))?;
    Some(format!("{}```text\n{list}```\n{}", &document[..begin], &document[end..]))
}

#[test]
fn only_what_stands_between_the_comments_is_replaced() {
    let document = "a\n<!-- b: how -->\nold\n<!-- end of b -->\nc\n";
    let new = "a\n<!-- b: how -->\n```text\nnew\n```\n<!-- end of b -->\nc\n";
    assert_eq!(with_list(document, "b", "new\n").as_deref(), Some(new));
    assert_eq!(with_list(new, "b", "new\n").as_deref(), Some(new));
    assert_eq!(with_list(document, "c", ""), None);
}
