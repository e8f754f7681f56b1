//! Links in Markdown: finding them, and checking those that stay inside the repository.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
};

use crate::{
    reference,
    shell::{Outcome, root},
};

/// Checks that every relative link of every page leads to a file, and its fragment to a heading.
///
/// # Errors
/// The links that lead nowhere, with their pages and lines.
pub(crate) fn check() -> Outcome<()> {
    let pages = reference::pages("")?;
    let mut texts = BTreeMap::new();
    for page in &pages {
        let text = fs::read_to_string(root().join(page))
            .map_err(|error| format!("{page} could not be read: {error}"))?;
        texts.insert(page.as_str(), text);
    }
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        texts.iter().map(|(page, text)| (*page, anchors(text))).collect();
    let mut broken = Vec::new();
    let mut count = 0;
    for (page, text) in &texts {
        for range in destinations(text) {
            let link = &text[range.clone()];
            if is_outside(link) {
                continue;
            }
            count += 1;
            let line = text[..range.start].matches('\n').count() + 1;
            if let Some(why) = fault(page, link, &anchors) {
                broken.push(format!("{page}:{line}: `{link}`: {why}"));
            }
        }
    }
    if broken.is_empty() {
        println!("{count} links in {} pages lead somewhere", pages.len());
        Ok(())
    } else {
        Err(format!("links lead nowhere:\n{}", broken.join("\n")))
    }
}

/// What is wrong with a link of a page.
fn fault(page: &str, link: &str, anchors: &BTreeMap<&str, BTreeSet<String>>) -> Option<String> {
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        page.to_owned()
    } else {
        match resolve(page, path) {
            Some(target) => target,
            None => return Some("it leads out of the repository".to_owned()),
        }
    };
    if !root().join(&target).exists() {
        return Some(format!("there is no {target}"));
    }
    if fragment.is_empty() {
        return None;
    }
    match anchors.get(target.as_str()) {
        Some(known) if known.contains(fragment) => None,
        _ => Some(format!("{target} has no heading for `#{fragment}`")),
    }
}

/// Whether a link leads to another site.
pub(crate) fn is_outside(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

/// The path from the repository's root to which a relative path on a page leads; `None` if that is above the root.
pub(crate) fn resolve(page: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Where the destinations of links and images stand in a page, in order. Code holds none.
pub(crate) fn destinations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut fence: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let ticks = line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            Some(length) if ticks >= length && line.trim().len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            None => found.extend(
                in_line(line)
                    .into_iter()
                    .map(|range| start + range.start..start + range.end),
            ),
            Some(_) => {}
        }
        start += line.len();
    }
    found
}

fn in_line(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut code = false;
    let mut at = 0;
    while let Some(byte) = line.as_bytes().get(at) {
        if *byte == b'`' {
            code = !code;
        }
        // Code may stand inside of the text of a link, so what counts is where the bracket closes.
        if !code
            && line[at..].starts_with("](")
            && let Some(length) = line[at + 2..].find(')')
        {
            found.push(at + 2..at + 2 + length);
            at += 2 + length;
        }
        at += 1;
        while !line.is_char_boundary(at) {
            at += 1;
        }
    }
    found
}

/// The fragments of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        let Some(heading) = line.strip_prefix('#').filter(|_| !code) else {
            continue;
        };
        let slug = slug(heading.trim_start_matches('#'));
        let count = known.entry(slug.clone()).or_default();
        found.insert(if *count == 0 {
            slug
        } else {
            format!("{slug}-{count}")
        });
        *count += 1;
    }
    found
}

fn slug(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || matches!(letter, '-' | '_') => {
                Some(letter.to_ascii_lowercase())
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        destinations(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "[a](b.md) ![c](d.png) `[x](y)` [`e`](f.md#g)\n```\n[h](i)\n```\nä [j](k)\n";
        assert_eq!(found(text), ["b.md", "d.png", "f.md#g", "k"]);
    }

    #[test]
    fn paths_are_resolved_from_the_page() {
        assert_eq!(resolve("docs/a/b.md", "../c.md").as_deref(), Some("docs/c.md"));
        assert_eq!(resolve("docs/b.md", "./x/y.md").as_deref(), Some("docs/x/y.md"));
        assert_eq!(resolve("a.md", "../b.md"), None);
    }

    #[test]
    fn fragments_are_made_of_headings() {
        let anchors = anchors("# `archwright.toml`\n## On: a handler\n## On: a handler\n```\n# no\n```\n");
        let expected = ["archwrighttoml", "on-a-handler", "on-a-handler-1"];
        assert_eq!(anchors, expected.map(str::to_owned).into());
    }

    #[test]
    fn a_broken_link_is_told() {
        let anchors = BTreeMap::from([("README.md", BTreeSet::from(["a".to_owned()]))]);
        assert_eq!(fault("README.md", "docs/architecture.md", &anchors), None);
        assert_eq!(fault("README.md", "#a", &anchors), None);
        for link in ["docs/none.md", "#b", "../x.md"] {
            assert!(fault("README.md", link, &anchors).is_some(), "{link}");
        }
    }
}
