//! The editors' grammars, generated from the vocabulary: `cargo xtask docs` writes them, `--check` compares.

pub(crate) mod parser;
#[cfg(test)]
mod snippets;
mod textmate;
mod tree_sitter;
mod vim;
pub(crate) mod words;

use std::path::{Path, PathBuf};

use textmate::textmate;
use vim::vim_syntax;
use words::Words;

/// Where the snippets are written by hand; Neovim's copy is generated from it.
const SNIPPETS: &str = include_str!("../../editors/vscode/snippets/arch.json");

/// Queries that Neovim does not know.
const UNUSED: &[&str] = &["tags.scm"];

/// Every generated file with its path from the repository's root, sorted by path.
pub(crate) fn files() -> Vec<(PathBuf, String)> {
    let words = Words::from_vocabulary();
    let mut files = vec![
        (
            PathBuf::from("editors/nvim/snippets/arch.json"),
            SNIPPETS.to_owned(),
        ),
        (
            PathBuf::from("editors/nvim/syntax/archwright.vim"),
            vim_syntax(&words),
        ),
        (
            PathBuf::from("editors/vscode/syntaxes/arch.tmLanguage.json"),
            textmate(&words),
        ),
    ];
    for (path, text) in tree_sitter::files() {
        if let Some(query) = path
            .strip_prefix("queries/")
            .filter(|query| !UNUSED.contains(query))
        {
            files.push((
                Path::new("editors/nvim/queries/archwright").join(query),
                text.clone(),
            ));
        }
        files.push((Path::new("grammar/tree-sitter").join(path), text));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use archwright_grammar::vocabulary::{ATTRIBUTES, FORMS, SCALARS};

    #[test]
    fn committed_grammars_are_the_generated_ones() {
        crate::docs::assert_up_to_date(files());
    }

    #[test]
    fn every_word_of_the_vocabulary_is_in_both_grammars() {
        let words = Words::from_vocabulary();
        let has = |grammar: &str, word: &str| {
            grammar
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|part| part == word)
        };
        let (textmate, vim) = (textmate(&words), vim_syntax(&words));
        let all = FORMS
            .iter()
            .map(|form| form.word)
            .filter(|word| !word.is_empty())
            .chain(SCALARS.iter().map(|scalar| scalar.name))
            .chain(ATTRIBUTES.iter().map(|attribute| attribute.name));
        for word in all {
            assert!(
                has(&textmate, word),
                "`{word}` is missing from the TextMate grammar"
            );
            assert!(has(&vim, word), "`{word}` is missing from the Vim syntax");
        }
    }
}
