//! `archwright-parser-generator GRAMMAR_JSON FOLDER`: writes `parser.c`, `node-types.json` and the headers into FOLDER.

use std::{env, path::PathBuf, process::ExitCode};

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The version of the tables: 14 is read by Neovim since 0.8 and by every other editor in use.
const ABI: usize = 14;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [grammar, folder] = arguments.as_slice() else {
        eprintln!("usage: archwright-parser-generator GRAMMAR_JSON FOLDER");
        return ExitCode::from(2);
    };
    let mut remarks = Vec::new();
    let made = generate_parser_in_directory(
        PathBuf::new(),
        Some(folder.clone()),
        Some(grammar.clone()),
        ABI,
        None,
        None,
        true,
        OptLevel::default(),
        &mut remarks,
    );
    for remark in &remarks {
        eprintln!("{}: {remark}", grammar.display());
    }
    match made {
        // A remark is a mistake in what wrote the grammar.
        Ok(()) if remarks.is_empty() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}: {error}", grammar.display());
            ExitCode::FAILURE
        }
    }
}
