//! What pages show on a terminal is what the program prints.
//!
//! A page is a session in an empty folder. A fenced block below a line `<!-- file: clinic.arch -->` is a file of that name;
//! a block marked `console` holds commands behind `$ ` and what they print, on both streams. A line `…` stands for any
//! lines that are left out. `UPDATE_EXPECT=1` writes what is printed into the pages, where nothing is left out.
#![allow(
    clippy::disallowed_methods,
    reason = "tests run the real program on real files"
)]

mod support;

use std::{fs::File, path::Path};

use archwright_fixture::markdown::{self, Block};
use support::{archwright, folder, repository, write};

/// The sessions. A page that shows other programs, or takes minutes, is not among them.
const PAGES: &[&str] = &[
    "README.md",
    "docs/baseline.md",
    "docs/compliance.md",
    "docs/errors/config/invalid.md",
    "docs/errors/config/lock.md",
    "docs/getting-started.md",
    "docs/release.md",
    "docs/tour.md",
];

/// A command and what it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Command {
    line: String,
    output: Vec<String>,
}

#[test]
fn pages_show_what_is_printed() {
    let mut faults = Vec::new();
    for page in PAGES {
        let path = repository().join(page);
        let text = std::fs::read_to_string(&path).expect("the page is there");
        let (after, wrong) = play(&text);
        if std::env::var_os("UPDATE_EXPECT").is_none() {
            faults.extend(wrong.into_iter().map(|fault| format!("{page}:{fault}")));
        } else if after != text {
            std::fs::write(&path, after).expect("the page can be written");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Plays a page: the page with what is really printed, and the differences by line.
fn play(page: &str) -> (String, Vec<String>) {
    let (_dir, root) = folder(&[]);
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let mut faults = Vec::new();
    let mut commands = 0;
    // From below, so that what is replaced moves nothing that is still to come; files are written on the way down first.
    let mut replacements = Vec::new();
    for block in markdown::blocks(page) {
        if let Some(name) = file_name(&lines, &block) {
            write(&root.join(name), &block.text);
        }
        if block.info != "console" {
            continue;
        }
        let mut shown = Vec::new();
        for command in read(&block.text) {
            commands += 1;
            let printed = run(&root, &command.line);
            if !fits(&command.output, &printed) {
                faults.push(format!(
                    "{}: `{}` prints\n{}\n",
                    block.line + 1,
                    command.line,
                    printed.join("\n")
                ));
            }
            let left_out = command.output.iter().any(|line| line == "…");
            shown.push(format!("$ {}", command.line));
            shown.extend(if left_out { command.output } else { printed });
        }
        replacements.push((block.line + 1, block.text.lines().count(), shown));
    }
    assert!(commands > 0, "the page runs nothing");
    for (start, count, shown) in replacements.into_iter().rev() {
        lines.splice(start..start + count, shown);
    }
    (lines.join("\n") + "\n", faults)
}

/// The file that a block is, by the comment on the line above its fence.
fn file_name(lines: &[String], block: &Block) -> Option<String> {
    let above = lines.get(block.line.checked_sub(1)?)?;
    let name = above.trim().strip_prefix("<!-- file:")?.strip_suffix("-->")?;
    Some(name.trim().to_owned())
}

/// The commands of a block; empty lines at the end of an output do not count.
fn read(text: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(line), _) => commands.push(Command {
                line: line.to_owned(),
                output: Vec::new(),
            }),
            (None, Some(command)) => command.output.push(line.trim_end().to_owned()),
            (None, None) => panic!("a block begins with a command, not with `{line}`"),
        }
    }
    for command in &mut commands {
        trim(&mut command.output);
    }
    commands
}

fn trim(lines: &mut Vec<String>) {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
}

/// Runs `archwright …`, or `cat FILE` to show a file, and gives the lines of both streams in the order in which they come.
fn run(root: &Path, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let text = match words.as_slice() {
        ["archwright", arguments @ ..] => {
            let both = tempfile::NamedTempFile::new().expect("a temporary file");
            let stream = || File::options().append(true).open(both.path()).expect("it opens");
            archwright()
                .current_dir(root)
                .args(arguments)
                .stdout(stream())
                .stderr(stream())
                .status()
                .expect("the program starts");
            std::fs::read_to_string(both.path()).expect("text")
        }
        ["cat", file] => std::fs::read_to_string(root.join(file)).expect("the file is there"),
        _ => panic!("`{line}` is not run here"),
    };
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    trim(&mut lines);
    lines
}

/// Whether lines are the ones that are shown, where `…` stands for any number of them.
fn fits(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "…" => (0..=printed.len()).any(|skip| fits(rest, &printed[skip..])),
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, others)| line == first && fits(rest, others)),
    }
}

#[test]
fn what_is_left_out_may_be_anything() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(fits(&lines("a\n…\nc"), &lines("a\nb\nb\nc")));
    assert!(fits(&lines("…\nc\n…"), &lines("c")));
    assert!(!fits(&lines("a\n…\nd"), &lines("a\nb\nc")));
    assert!(!fits(&lines("a"), &lines("a\nb")));
}

#[test]
fn what_is_printed_is_written_into_the_page() {
    let page = "<!-- file: a.arch -->\n```arch\nteam A\n```\n\n```console\n$ cat a.arch\n$ cat a.arch\nteam B\n```\nend\n";
    let (after, faults) = play(page);
    assert_eq!(
        after,
        "<!-- file: a.arch -->\n```arch\nteam A\n```\n\n```console\n$ cat a.arch\nteam A\n$ cat a.arch\nteam A\n```\nend\n"
    );
    assert_eq!(faults.len(), 2);
    assert_eq!(play(&after).1, [] as [String; 0]);
}
