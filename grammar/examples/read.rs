//! Prints the syntax errors of files, for trying things out: `cargo run -p archwright-grammar --example read FILE…`
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a program that reads its arguments' files"
)]

use archwright_grammar::{parser::file_errors, span::Span};

fn main() {
    for path in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        for error in file_errors(&text) {
            let line = text[..error.span.start as usize].lines().count().max(1);
            println!(
                "{path}:{line}: {}: {} [{}]",
                error.code,
                error.message,
                error.span.of(&text)
            );
            if let Some(help) = &error.help {
                println!("    help: {help}");
            }
            if let Some((span, message)) = &error.related {
                println!(
                    "    there: {message} [{}]",
                    Span::new(span.start, span.end).of(&text)
                );
            }
            if let Some(fix) = &error.fix {
                println!(
                    "    fix: {} {:?} -> {:?}",
                    fix.title,
                    fix.span.of(&text),
                    fix.text
                );
            }
        }
    }
}
