//! Lists of names in messages: a few are shown, the others are counted.

/// More names than this are no help in a sentence.
const SHOWN: usize = 3;

/// "`a`", "`a` and `b`", "`a`, `b`, `c` and 2 more".
pub(crate) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut names: Vec<String> = names
        .into_iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    let more = names.len().saturating_sub(SHOWN);
    if more > 0 {
        names.truncate(SHOWN);
        return format!("{} and {more} more", names.join(", "));
    }
    let Some(last) = names.pop() else {
        return String::new();
    };
    match names.as_slice() {
        [] => last,
        rest => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn few_are_named_and_many_counted() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b"]), "`a` and `b`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(["a", "b", "c", "d", "e"]), "`a`, `b`, `c` and 2 more");
    }
}
