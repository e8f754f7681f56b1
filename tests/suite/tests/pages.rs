//! Every page of `docs` as a test: `cargo test -p archwright-suite --test pages`.

use std::{collections::BTreeSet, process::ExitCode};

use archwright_suite::{
    actions, announced, blueprint, compare, fixes,
    page::{Block, Page},
    tree, typing,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// What every page of a rule has, in this order.
const HEADINGS: &[&str] = &[
    "What it checks",
    "Why it matters",
    "Wrong",
    "Right",
    "When it stays silent",
    "Fix",
    "Silence it",
];

/// What every page of an error in a blueprint has.
const ERROR_HEADINGS: &[&str] = &["Why", "Wrong", "Right"];

/// What every page has whose error is not in a blueprint but in other files.
const FILE_HEADINGS: &[&str] = &["Why", "What to do"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for path in tree::files("docs", ".md") {
        let name = path
            .trim_start_matches("docs/")
            .trim_end_matches(".md")
            .to_owned();
        trials.push(Trial::test(name, move || run(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn run(path: &str) -> Result<(), Failed> {
    let page = Page::parse(path, &tree::read(path))?;
    let mut faults = Vec::new();
    faults.extend(headings(&page).err());
    let about = about(&page);
    for (index, block) in page.blocks.iter().enumerate() {
        let beside = match beside(&page, index) {
            Ok(beside) => beside,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        faults.extend(findings(&page, block, &beside, &about).err());
        faults.extend(fix(&page, block, &beside, page.blocks.get(index + 1)).err());
        if block.fixed
            && index
                .checked_sub(1)
                .is_none_or(|before| page.blocks[before].fix.is_none())
        {
            faults.push(format!(
                "{path}:{}: a block marked `fixed` follows one marked `fix`",
                block.line
            ));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n").into())
    }
}

/// What was released before a block: the block before it, if that is marked so; for one marked `fixed` what holds for the one it
/// comes from.
fn lock(page: &Page, index: usize) -> Result<Option<String>, String> {
    let mut index = index;
    while page.blocks[index].fixed && index > 0 {
        index -= 1;
    }
    let before = index.checked_sub(1).map(|before| &page.blocks[before]);
    let Some(before) = before.filter(|block| block.released && !page.blocks[index].released) else {
        return Ok(None);
    };
    let files = blueprint::split(&announced::strip(&before.text));
    blueprint::released(&files, before.profile)
        .map(Some)
        .map_err(|error| format!("{}:{}: {error}", page.path, before.line))
}

/// The documents that a block is compared with: those between it and the block before it.
fn documents(page: &Page, index: usize) -> blueprint::Files {
    let mut index = index;
    while page.blocks[index].fixed && index > 0 {
        index -= 1;
    }
    let from = index.checked_sub(1).map_or(0, |before| page.blocks[before].line);
    let between = page
        .documents
        .iter()
        .filter(|document| (from..page.blocks[index].line).contains(&document.line));
    between
        .map(|document| {
            let name = format!("{}{}", blueprint::IMPORT, document.service);
            (name, document.text.clone())
        })
        .collect()
}

/// What a block is compared with: what was released before it, and imported documents.
fn beside(page: &Page, index: usize) -> Result<blueprint::Files, String> {
    let mut files = documents(page, index);
    files.extend(lock(page, index)?.map(|lock| (blueprint::LOCK.to_owned(), lock)));
    Ok(files)
}

/// The files of a block, with what it is compared with.
fn files(text: &str, beside: &[(String, String)]) -> blueprint::Files {
    let mut files = blueprint::split(text);
    files.extend_from_slice(beside);
    files
}

/// The code that a page is about: `docs/rules/auth/auth_undeclared.md`, `docs/errors/name/unknown.md`.
fn code_of<'p>(page: &'p Page, folder: &str) -> Option<String> {
    let name: &'p str = page.path.strip_prefix(folder)?.strip_suffix(".md")?;
    name.contains('/').then(|| name.replace('/', "."))
}

/// A page about a code has its title and all its parts, and shows a finding.
fn headings(page: &Page) -> Result<(), String> {
    let rule = code_of(page, "docs/rules/");
    let error = code_of(page, "docs/errors/");
    let (code, title, headings) = match (rule, error) {
        (Some(rule), _) => (rule.clone(), rule, HEADINGS),
        (None, Some(error)) => {
            let in_blueprints = ["syntax.", "name.", "type."]
                .iter()
                .any(|start| error.starts_with(start));
            let headings = if in_blueprints {
                ERROR_HEADINGS
            } else {
                FILE_HEADINGS
            };
            (error.clone(), format!("`{error}`"), headings)
        }
        (None, None) => return Ok(()),
    };
    let path = &page.path;
    if page.title != title {
        return Err(format!(
            "{path}: the title is \"{}\", not \"{title}\"",
            page.title
        ));
    }
    if page.headings != headings {
        return Err(format!(
            "{path}: the headings are {:?}, not {headings:?}",
            page.headings
        ));
    }
    let shown = page.blocks.iter().any(|block| {
        announced::read("", &block.text)
            .iter()
            .any(|one| one.code == code)
    });
    // What is not in a blueprint has no line that could announce it.
    if !shown && headings != FILE_HEADINGS {
        return Err(format!("{path}: no block announces a finding of {code}"));
    }
    Ok(())
}

/// The rules that a page shows: its own, and those that a block of it announces.
fn about(page: &Page) -> BTreeSet<String> {
    let announced = page
        .blocks
        .iter()
        .flat_map(|block| announced::read("", &block.text))
        .map(|one| one.code);
    code_of(page, "docs/rules/")
        .into_iter()
        .chain(announced)
        .collect()
}

fn findings(
    page: &Page,
    block: &Block,
    beside: &[(String, String)],
    about: &BTreeSet<String>,
) -> Result<(), String> {
    let files = files(&block.text, beside);
    let host = blueprint::host(&files, block.profile);
    if block.generate {
        return compare::obstacles(&page.path, block.line, &files, &host);
    }
    compare::findings(&page.path, block.line, &files, &host, about)?;
    let at = |error: String| format!("{}:{}: {error}", page.path, block.line);
    fixes::all_repair(&files, block.profile).map_err(at)?;
    actions::all_waivers_silence(&files, block.profile).map_err(at)?;
    actions::all_assists_work(&files, block.profile).map_err(at)?;
    actions::ask_everywhere(&files, block.profile).map_err(at)?;
    typing::ends_as_if_opened(&files, block.profile).map_err(at)
}

/// A block marked `fix` becomes the next one.
fn fix(page: &Page, block: &Block, beside: &[(String, String)], next: Option<&Block>) -> Result<(), String> {
    let Some(title) = &block.fix else { return Ok(()) };
    let at = format!("{}:{}", page.path, block.line);
    let Some(next) = next.filter(|next| next.fixed) else {
        return Err(format!(
            "{at}: a block marked `fix` is followed by one marked `fixed`"
        ));
    };
    let files = files(&announced::strip(&block.text), beside);
    let mut after =
        fixes::apply_titled(&files, block.profile, title).map_err(|error| format!("{at}: {error}"))?;
    after.retain(|(name, _)| blueprint::is_own(name));
    let expected = blueprint::split(&announced::strip(&next.text));
    if after.len() != expected.len() {
        return Err(format!(
            "{at}: the block marked `fixed` has {} files, not {}",
            expected.len(),
            after.len()
        ));
    }
    for ((name, actual), (_, expected)) in after.iter().zip(&expected) {
        compare::texts(
            &format!("{at}: `{title}` gives another text in {name}"),
            expected,
            actual,
        )?;
    }
    Ok(())
}
