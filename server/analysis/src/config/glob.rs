//! Patterns for the paths of blueprint files, as `[paths]` of `archwright.toml` writes them.

/// Whether a path (relative to the blueprint, with `/`) is one of those that a pattern means.
///
/// `*` stands for any part of a name, `?` for one character of it, and `**` for any number of folders. A pattern that
/// names a folder means everything below it: `legacy` is `legacy/**`.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = segments(pattern);
    let path: Vec<&str> = segments(path);
    // Which prefixes of the path the pattern so far can stand for: never more work than one times the other.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for part in &pattern {
        let mut next = vec![false; path.len() + 1];
        if *part == "**" {
            let mut any = false;
            for (at, reached) in reached.iter().enumerate() {
                any |= *reached;
                next[at] = any;
            }
        } else {
            for (at, name) in path.iter().enumerate() {
                next[at + 1] = reached[at] && name_matches(part, name);
            }
        }
        reached = next;
    }
    // What is left of the path lies below what was named.
    !pattern.is_empty() && reached.iter().any(|reached| *reached)
}

fn segments(text: &str) -> Vec<&str> {
    let parts = text.split('/');
    parts.filter(|part| !matches!(*part, "" | ".")).collect()
}

fn name_matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for letter in pattern.chars() {
        let mut next = vec![false; name.len() + 1];
        let mut any = false;
        for at in 0..=name.len() {
            any |= reached[at];
            next[at] = match letter {
                '*' => any,
                '?' => at > 0 && reached[at - 1],
                letter => at > 0 && reached[at - 1] && name[at - 1] == letter,
            };
        }
        reached = next;
    }
    reached.last().is_some_and(|reached| *reached)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_mean_what_people_expect() {
        for (pattern, path) in [
            ("legacy/**", "legacy/a.arch"),
            ("legacy/**", "legacy/deep/er/a.arch"),
            ("legacy", "legacy/deep/a.arch"),
            ("./legacy/", "legacy/a.arch"),
            ("**/old.arch", "old.arch"),
            ("**/old.arch", "a/b/old.arch"),
            ("a/**/z.arch", "a/z.arch"),
            ("a/**/z.arch", "a/b/c/z.arch"),
            ("*.arch", "main.arch"),
            ("services/*/draft-?.arch", "services/x/draft-1.arch"),
            ("**", "a/b.arch"),
            ("é*.arch", "été.arch"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("legacy/**", "legacy.arch"),
            ("legacy", "legacy.arch"),
            ("legacy", "a/legacy/b.arch"),
            ("*.arch", "a/main.arch"),
            ("a/*/z.arch", "a/z.arch"),
            ("a/*/z.arch", "a/b/c/z.arch"),
            ("draft-?.arch", "draft-.arch"),
            ("", "a.arch"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn no_pattern_takes_for_ever() {
        let pattern = "*a".repeat(200);
        assert!(!matches(&pattern, &"a".repeat(1000).replace("aaaa", "aaab")));
        assert!(!matches(&format!("{}x", "**/".repeat(200)), &"a/".repeat(500)));
    }
}
