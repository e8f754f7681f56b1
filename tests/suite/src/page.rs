//! Reads a page: its headings and its blocks.

use archwright_analysis::Profile;
use archwright_fixture::markdown;

/// A page of the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Relative to the repository.
    pub path: String,
    /// The first heading.
    pub title: String,
    /// Headings of the second level, in order.
    pub headings: Vec<String>,
    /// Blocks marked `arch`, in order.
    pub blocks: Vec<Block>,
    /// Blocks marked `openapi` or `asyncapi`, in order.
    pub documents: Vec<Document>,
}

/// A block that is an imported document: a blueprint below it, up to the next one, is compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The line of the page on which its text begins, from 1.
    pub line: usize,
    /// The service that it is about.
    pub service: String,
    /// The text.
    pub text: String,
}

/// A block marked `arch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The line of the page on which its text begins, from 1.
    pub line: usize,
    /// The title of the fix that leads to the next block.
    pub fix: Option<String>,
    /// Whether it is what a fix leads to.
    pub fixed: bool,
    /// Whether it is what was released: the next block is checked against it.
    pub released: bool,
    /// Whether it is the generator that finds what is announced, in a text that is otherwise right.
    pub generate: bool,
    /// The profile it is checked in.
    pub profile: Profile,
    /// The text.
    pub text: String,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// What is wrong with a block's marks, with its line.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let fenced = markdown::blocks(text);
        let in_block = |line: usize| {
            fenced
                .iter()
                .any(|block| (block.line..block.line + block.text.lines().count() + 2).contains(&line))
        };
        let lines: Vec<&str> = text
            .lines()
            .enumerate()
            .filter(|(number, _)| !in_block(*number))
            .map(|(_, line)| line)
            .collect();
        let heading = |mark: &str| {
            let found = lines.iter().filter_map(|line| line.strip_prefix(mark));
            found
                .map(|heading| heading.trim().to_owned())
                .collect::<Vec<String>>()
        };
        let mut blocks = Vec::new();
        let mut documents = Vec::new();
        for block in &fenced {
            if let Some(document) = Document::parse(block) {
                documents.push(document.map_err(|error| format!("{path}:{}: {error}", block.line + 1))?);
                continue;
            }
            let Some(marks) = block.info.strip_prefix("arch") else {
                continue;
            };
            // A part of a session is no blueprint by itself; the program's own tests play it.
            let above = block.line.checked_sub(1).and_then(|line| text.lines().nth(line));
            if above.is_some_and(|above| above.trim().starts_with("<!-- file:")) {
                continue;
            }
            if marks.is_empty() || marks.starts_with(' ') {
                let at = |error: String| format!("{path}:{}: {error}", block.line + 1);
                blocks.push(Block::parse(block.line + 2, marks, block.text.clone()).map_err(at)?);
            }
        }
        let title = heading("# ").into_iter().next().unwrap_or_default();
        Ok(Self {
            path: path.to_owned(),
            title,
            headings: heading("## "),
            blocks,
            documents,
        })
    }
}

impl Document {
    /// `yaml openapi service="Orders"`; `None` for a block of another sort.
    fn parse(block: &markdown::Block) -> Option<Result<Self, String>> {
        let (_, marks) = block.info.split_once(' ')?;
        let marks = ["openapi", "asyncapi"]
            .iter()
            .find_map(|word| marks.strip_prefix(word))?;
        let service = marks
            .trim()
            .strip_prefix("service=\"")
            .and_then(|rest| rest.strip_suffix('"'));
        let read = service.map(|service| Self {
            line: block.line + 2,
            service: service.to_owned(),
            text: block.text.clone(),
        });
        Some(read.ok_or_else(|| format!("`{marks}` does not say `service=\"…\"`")))
    }
}

impl Block {
    fn parse(line: usize, marks: &str, text: String) -> Result<Self, String> {
        let mut block = Self {
            line,
            fix: None,
            fixed: false,
            released: false,
            generate: false,
            profile: Profile::Recommended,
            text,
        };
        let mut rest = marks.trim();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("fixed") {
                block.fixed = true;
                rest = after.trim_start();
                continue;
            }
            if let Some(after) = rest.strip_prefix("released") {
                block.released = true;
                rest = after.trim_start();
                continue;
            }
            if let Some(after) = rest.strip_prefix("generate") {
                block.generate = true;
                rest = after.trim_start();
                continue;
            }
            let (name, after) = rest
                .split_once("=\"")
                .ok_or_else(|| format!("`{rest}` is no mark of a block"))?;
            let (value, after) = after
                .split_once('"')
                .ok_or_else(|| format!("`{rest}` has no closing quote"))?;
            match name {
                "fix" => block.fix = Some(value.to_owned()),
                "profile" => {
                    block.profile =
                        Profile::from_word(value).ok_or_else(|| format!("there is no profile `{value}`"))?;
                }
                _ => return Err(format!("`{name}` is no mark of a block")),
            }
            rest = after.trim_start();
        }
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Profile};

    #[test]
    fn blocks_have_marks_and_lines() {
        let text = "# A\n## B\n```arch\nrole X\n```\n```toml\nx = 1\n```\n```arch fix=\"Do it\" profile=\"strict\"\nrole Y\n```\n```arch fixed\nrole Z\n```\n";
        let page = Page::parse("a.md", text).expect("it is right");
        assert_eq!(
            (page.title.as_str(), page.headings.as_slice()),
            ("A", &["B".to_owned()][..])
        );
        let seen: Vec<_> = page
            .blocks
            .iter()
            .map(|block| (block.line, block.fix.as_deref(), block.fixed, block.profile))
            .collect();
        assert_eq!(
            seen,
            [
                (4, None, false, Profile::Recommended),
                (10, Some("Do it"), false, Profile::Strict),
                (13, None, true, Profile::Recommended)
            ]
        );
    }

    #[test]
    fn files_of_sessions_are_no_blueprints() {
        let text = "<!-- file: a.arch -->\n```arch\nrole X\n```\n```arch\nrole Y\n```\n";
        let page = Page::parse("a.md", text).expect("it is right");
        let lines: Vec<usize> = page.blocks.iter().map(|block| block.line).collect();
        assert_eq!(lines, [6]);
    }

    #[test]
    fn documents_name_their_service() {
        let page = Page::parse(
            "a.md",
            "```yaml openapi service=\"Orders\"\nopenapi: 3.1.0\n```\n```yaml\na: b\n```\n",
        );
        let documents = page.expect("it is right").documents;
        assert_eq!(documents.len(), 1);
        assert_eq!((documents[0].line, documents[0].service.as_str()), (2, "Orders"));
        assert!(Page::parse("a.md", "```yaml openapi\n```\n").is_err());
    }

    #[test]
    fn wrong_marks_are_named() {
        assert_eq!(
            Page::parse("a.md", "```arch fixes=\"x\"\n```\n"),
            Err("a.md:1: `fixes` is no mark of a block".into())
        );
    }
}
