//! `parser.c` of the tree-sitter grammar: made by a program of its own, and compiled for Neovim.

use std::path::{Path, PathBuf};

use super::tree_sitter;
use crate::shell::{Outcome, command, has, root, run, target};

/// The files that the generator writes, in `grammar/tree-sitter/src`.
const MADE: [&str; 5] = [
    "node-types.json",
    "parser.c",
    "tree_sitter/alloc.h",
    "tree_sitter/array.h",
    "tree_sitter/parser.h",
];

/// Says at the end of `parser.c` from which grammar it was made.
const MARK: &str = "// Made by `cargo xtask docs` from the grammar with the checksum ";

/// The files of a parser that is not up to date, with paths from the repository's root; none if it is.
pub(crate) fn stale() -> Outcome<Vec<(PathBuf, String)>> {
    let parser = std::fs::read_to_string(root().join("grammar/tree-sitter/src/parser.c"));
    if parser.is_ok_and(|parser| parser.ends_with(&mark(&tree_sitter::grammar()))) {
        return Ok(Vec::new());
    }
    files()
}

/// Fails where the committed parser is not, byte by byte, what the generator makes.
pub(crate) fn check() -> Outcome<()> {
    for (path, wanted) in files()? {
        if read(&root().join(&path))? != wanted {
            return Err(format!(
                "{} is not what the generator makes; remove it and run `cargo xtask docs`",
                path.display()
            ));
        }
    }
    Ok(())
}

/// What the generator makes of the grammar. Building it takes a minute.
fn files() -> Outcome<Vec<(PathBuf, String)>> {
    let folder = Path::new("grammar/tree-sitter");
    let generator = target().join("parser-generator");
    // The program reads the version of the grammar from the folder above `src`.
    let work = generator.join("work");
    let written = |path: &Path, text: &str| {
        std::fs::write(path, text)
            .map_err(|error| format!("{} could not be written: {error}", path.display()))
    };
    std::fs::create_dir_all(work.join("src"))
        .map_err(|error| format!("{} could not be made: {error}", work.display()))?;
    let grammar = tree_sitter::grammar();
    written(&work.join("src/grammar.json"), &grammar)?;
    let version = read(&root().join(folder).join("tree-sitter.json"))?;
    written(&work.join("tree-sitter.json"), &version)?;
    let manifest = folder.join("generator/Cargo.toml");
    let mut generate = command(
        "cargo",
        ["run", "--quiet", "--locked", "--target-dir"].map(std::ffi::OsString::from),
    );
    generate
        .arg(&generator)
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--");
    generate.arg(work.join("src/grammar.json")).arg(work.join("made"));
    run(&mut generate)?;
    MADE.iter()
        .map(|name| {
            let mut text = read(&work.join("made").join(name))?;
            if *name == "parser.c" {
                text.push_str(&mark(&grammar));
            }
            Ok((folder.join("src").join(name), text))
        })
        .collect()
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{} could not be read: {error}", path.display()))
}

fn mark(grammar: &str) -> String {
    format!("{MARK}{:016x}.\n", checksum(grammar))
}

/// FNV-1a: enough to notice that a grammar is another one.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Compiles the parser into the folder of a Neovim plugin. Without a C compiler there is none, and the plugin uses the
/// Vim syntax file.
pub(crate) fn compile_for_neovim(plugin: &Path) -> Outcome<()> {
    let Some(compiler) = ["cc", "gcc", "clang"].into_iter().find(|name| has(name)) else {
        println!("no C compiler on PATH: blueprints are coloured by the Vim syntax file");
        return Ok(());
    };
    let folder = plugin.join("parser");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("{} could not be made: {error}", folder.display()))?;
    let source = root().join("grammar/tree-sitter/src");
    let library = folder.join("archwright.so");
    let mut compile = command(compiler, ["-shared", "-fPIC", "-O2", "-std=c11", "-I"]);
    compile.arg(&source).arg("-o").arg(&library);
    compile.arg(source.join("parser.c")).arg(source.join("scanner.c"));
    run(&mut compile)?;
    println!("{}", library.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_parser_is_that_of_the_grammar() {
        let parser = read(&root().join("grammar/tree-sitter/src/parser.c")).expect("parser.c is there");
        assert!(
            parser.ends_with(&mark(&tree_sitter::grammar())),
            "grammar/tree-sitter/src/parser.c is not up to date: run `cargo xtask docs`"
        );
    }

    #[test]
    fn the_parser_compiles_for_neovim() {
        let plugin = target().join("plugin-of-a-test");
        crate::shell::remove(&plugin).expect("the folder can be removed");
        compile_for_neovim(&plugin).expect("the parser compiles");
        assert!(plugin.join("parser/archwright.so").is_file());
    }
}
