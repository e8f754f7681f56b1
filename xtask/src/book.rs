//! The book: `docs/` as a website, made by mdBook.
//!
//! mdBook reads `docs/SUMMARY.md`. What the pages link to outside of `docs/` (the examples, how to contribute) is added by
//! this program, which `book.toml` names as a preprocessor: it gets the chapters as JSON and gives them back.

use std::{
    fmt::Write as _,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{
    links,
    reference::read,
    shell::{self, Outcome, command, root, run, shown, target},
};

/// Pinned, as every tool is.
const VERSION: &str = "0.5.4";

/// Pages outside of `docs/`, and where they stand in the book.
const EXTRA: &[(&str, &str)] = &[
    ("CONTRIBUTING.md", "contributing.md"),
    ("CHANGELOG.md", "changes.md"),
];

/// What findings and editors refer to by its address on the site, beside the pages.
const SCHEMA: &str = "editors/vscode/schemas/archwright.schema.json";

/// Examples: each is one page, with all of its files.
const EXAMPLES: &[(&str, &str)] = &[
    ("examples/clinic", "The clinic, in good order"),
    ("examples/clinic-before", "The clinic, as a hurried team left it"),
    ("examples/shop", "The shop, in good order"),
    ("examples/shop-before", "The shop, as a hurried team left it"),
];

/// Checks the links of all pages, and builds the book into `target/book`; a warning is an error.
///
/// # Errors
/// What is broken.
pub(crate) fn book() -> Outcome<()> {
    links::check()?;
    let mdbook = install()?;
    let output = target().join("book");
    let mut build = command(&mdbook.to_string_lossy(), ["build", "--dest-dir"]);
    build.arg(&output).stderr(Stdio::piped()).stdout(Stdio::inherit());
    let done = build
        .output()
        .map_err(|error| format!("`{}` could not be started: {error}", shown(&build)))?;
    let log = String::from_utf8_lossy(&done.stderr);
    print!("{log}");
    if !done.status.success() || log.contains("WARN") || log.contains("ERROR") {
        return Err("the book has faults, see above".to_owned());
    }
    fs::copy(root().join(SCHEMA), output.join("archwright.schema.json"))
        .map_err(|error| format!("{SCHEMA} could not be copied: {error}"))?;
    complete(&output)?;
    highlighted(&output)?;
    println!("the book is {}", output.join("index.html").display());
    Ok(())
}

/// The program, built once.
fn install() -> Outcome<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join(format!("bin/mdbook{}", std::env::consts::EXE_SUFFIX));
    let there = command(&program.to_string_lossy(), ["--version"]).output();
    if there.is_ok_and(|there| String::from_utf8_lossy(&there.stdout).trim() == format!("mdbook v{VERSION}"))
    {
        return Ok(program);
    }
    let mut install = command("cargo", ["install", "mdbook", "--locked", "--debug", "--quiet"]);
    install
        .args([
            "--version",
            VERSION,
            "--no-default-features",
            "--features",
            "search",
        ])
        .arg("--root")
        .arg(&tools)
        .env("CARGO_TARGET_DIR", tools.join("build"));
    run(&mut install)?;
    Ok(program)
}

/// Each chapter has become a page, with the highlighting of blueprints.
fn complete(output: &Path) -> Outcome<()> {
    let summary = read("docs/SUMMARY.md")?;
    let extra = EXTRA.iter().map(|(_, page)| (*page).to_owned());
    let examples = EXAMPLES.iter().map(|(folder, _)| format!("{folder}.md"));
    let chapters = links::destinations(&summary)
        .into_iter()
        .map(|range| summary[range].to_owned());
    for chapter in chapters.chain(extra).chain(examples) {
        let page = output.join(html(&chapter));
        let text =
            fs::read_to_string(&page).map_err(|error| format!("{} is missing: {error}", page.display()))?;
        if !text.contains("theme/arch") {
            return Err(format!("{} has no highlighting of blueprints", page.display()));
        }
    }
    Ok(())
}

/// The library that the book brings colours a blueprint by the generated definition. If it fails it is silent, and leaves
/// everything as it was.
fn highlighted(output: &Path) -> Outcome<()> {
    let library = fs::read_dir(output)
        .map_err(|error| format!("{} could not be read: {error}", output.display()))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("highlight-") && name.ends_with(".js")
        })
        .ok_or("the book has no highlight.js")?;
    let mut node = command("node", ["xtask/src/book/highlighted.cjs"]);
    node.arg(&library)
        .args(["docs/theme/arch.js", "examples/clinic/ordering.arch"]);
    let coloured = shell::output(&mut node)?;
    for (class, text) in [
        ("keyword", "service"),
        ("title", "Orders"),
        ("built_in", "uuid"),
        ("meta", "@id"),
        ("number", "7y"),
    ] {
        if !coloured.contains(&format!("<span class=\"hljs-{class}\">{text}</span>")) {
            return Err(format!("`{text}` is not coloured as {class} in the book"));
        }
    }
    Ok(())
}

fn html(chapter: &str) -> String {
    let name = chapter.trim_end_matches(".md");
    match name.strip_suffix("README") {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{name}.html"),
    }
}

/// Called by mdBook: reads the context and the book from standard input, prints the book.
///
/// # Errors
/// What is read is not what mdBook gives.
pub(crate) fn preprocess() -> Outcome<()> {
    let mut input = String::new();
    std::io::stdin()
        .read_to_string(&mut input)
        .map_err(|error| format!("standard input could not be read: {error}"))?;
    let input: Value =
        serde_json::from_str(&input).map_err(|error| format!("the book is no JSON: {error}"))?;
    let mut book = input
        .get(1)
        .cloned()
        .ok_or("there is no book behind the context")?;
    let items = book
        .get_mut("items")
        .and_then(Value::as_array_mut)
        .ok_or("the book has no items")?;
    for item in items.iter_mut() {
        rewrite(item);
    }
    items.push(json!({ "PartTitle": "Examples, and taking part" }));
    for (folder, title) in EXAMPLES {
        items.push(chapter(title, &format!("{folder}.md"), &example(folder, title)?));
    }
    for (page, place) in EXTRA {
        let text = read(page)?;
        let title = text
            .lines()
            .find_map(|line| line.strip_prefix("# "))
            .unwrap_or(page);
        items.push(chapter(title, place, &links_in_book(page, place, &text)));
    }
    println!("{book}");
    Ok(())
}

fn chapter(name: &str, path: &str, content: &str) -> Value {
    json!({ "Chapter": {
        "name": name, "content": content, "number": null, "sub_items": [],
        "path": path, "source_path": null, "parent_names": [],
    } })
}

/// A page that shows a blueprint: what its README says, and each of its files.
fn example(folder: &str, title: &str) -> Outcome<String> {
    let failed = |error: std::io::Error| format!("{folder} could not be read: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if Path::new(&name)
            .extension()
            .is_some_and(|end| end == "arch" || end == "toml")
        {
            files.push(name);
        }
    }
    files.sort();
    let readme = format!("{folder}/README.md");
    let mut page = if root().join(&readme).exists() {
        links_in_book(&readme, &format!("{folder}.md"), &read(&readme)?)
    } else {
        format!("# {title}\n")
    };
    for name in files {
        let language = name.rsplit('.').next().unwrap_or_default();
        let text = read(&format!("{folder}/{name}"))?;
        let _ = write!(page, "\n## {name}\n\n```{language}\n{}\n```\n", text.trim_end());
    }
    Ok(page)
}

/// Puts the links and fences of a chapter, and of those below it, as the book needs them.
fn rewrite(item: &mut Value) {
    let Some(chapter) = item.get_mut("Chapter") else {
        return;
    };
    let source = chapter["source_path"].as_str().map(str::to_owned);
    if let (Some(source), Some(content)) = (source, chapter["content"].as_str()) {
        let content = links_in_book(&format!("docs/{source}"), &source, content);
        chapter["content"] = Value::String(content);
    }
    if let Some(items) = chapter["sub_items"].as_array_mut() {
        items.iter_mut().for_each(rewrite);
    }
}

/// The text of a page of the repository as a page of the book. A link to a file that is not in the book loses its target
/// and keeps its words; the marks behind `arch` on fences are for the tests.
fn links_in_book(page: &str, place: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for range in links::destinations(&text).into_iter().rev() {
        let link = text[range.clone()].to_owned();
        if links::is_outside(&link) || link.starts_with('#') {
            continue;
        }
        let (path, fragment) = link.split_once('#').unwrap_or((&link, ""));
        match links::resolve(page, path).and_then(|target| place_of(&target)) {
            Some(target) => {
                let fragment = if fragment.is_empty() {
                    String::new()
                } else {
                    format!("#{fragment}")
                };
                text.replace_range(range, &format!("{}{fragment}", relative(place, &target)));
            }
            None => unlink(&mut text, range.start, range.end),
        }
    }
    let mut fix = None;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if let Some((_, after)) = line
            .split_once(" fix=\"")
            .filter(|_| line.starts_with("```arch "))
        {
            fix = after.split('"').next();
        } else if line.starts_with("```arch")
            && let Some(title) = fix.take().filter(|_| line.ends_with(" fixed\n"))
        {
            let _ = writeln!(out, "After the fix “{title}”:\n");
        }
        let marked = line.starts_with("```arch ");
        out.push_str(if marked { "```arch\n" } else { line });
    }
    out
}

/// Where a file of the repository stands in the book.
fn place_of(path: &str) -> Option<String> {
    if let Some(inside) = path.strip_prefix("docs/") {
        return Some(inside.to_owned());
    }
    if path == "README.md" {
        return Some(path.to_owned());
    }
    let extra = EXTRA.iter().find(|(page, _)| *page == path);
    if let Some((_, place)) = extra {
        return Some((*place).to_owned());
    }
    let folder = EXAMPLES.iter().find(|(folder, _)| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    folder.map(|(folder, _)| format!("{folder}.md"))
}

/// The path from one page of the book to another.
fn relative(from: &str, to: &str) -> String {
    let depth = from.matches('/').count();
    format!("{}{to}", "../".repeat(depth))
}

/// Removes the link whose destination is at `start..end` and keeps its text.
fn unlink(text: &mut String, start: usize, end: usize) {
    let Some(open) = text[..start - 2].rfind('[') else {
        return;
    };
    text.replace_range(start - 2..=end, "");
    text.replace_range(open..=open, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_of_the_book() {
        let text = "[a](../../examples/clinic) [b](../rules/README.md#x) [c](../../CONTRIBUTING.md) [d](../../Cargo.toml)\n```arch fix=\"x\"\n```\n";
        assert_eq!(
            links_in_book("docs/language/index.md", "language/index.md", text),
            "[a](../examples/clinic.md) [b](../rules/README.md#x) [c](../contributing.md) d\n```arch\n```\n"
        );
        assert_eq!(
            links_in_book(
                "CONTRIBUTING.md",
                "contributing.md",
                "[a](docs/testing.md) [`b`](server/x.rs)\n"
            ),
            "[a](testing.md) `b`\n"
        );
    }

    #[test]
    fn what_a_fix_makes_is_told_from_the_block_before() {
        let page =
            "```arch fix=\"Add `x`\"\nrole A\n```\n\n```arch fixed\nrole X\n```\n\n```arch\nrole Y\n```\n";
        let expected = "```arch\nrole A\n```\n\nAfter the fix “Add `x`”:\n\n```arch\nrole X\n```\n\n```arch\nrole Y\n```\n";
        assert_eq!(links_in_book("docs/a.md", "a.md", page), expected);
    }

    #[test]
    fn chapters_below_chapters_are_rewritten_too() {
        let mut item = json!({ "Chapter": { "source_path": "a.md", "content": "", "sub_items": [
            { "Chapter": { "source_path": "b/c.md", "content": "[x](../../Cargo.toml)", "sub_items": [] } },
        ] } });
        rewrite(&mut item);
        assert_eq!(item["Chapter"]["sub_items"][0]["Chapter"]["content"], "x");
    }

    #[test]
    fn an_overview_is_the_index_of_its_folder() {
        assert_eq!(html("rules/README.md"), "rules/index.html");
        assert_eq!(html("README.md"), "index.html");
        assert_eq!(html("tour.md"), "tour.html");
    }
}
