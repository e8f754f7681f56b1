//! The Archwright language: text in, tree and errors out. It cannot fail, and it knows no editor and no database.

pub mod ast;
pub mod errors;
pub mod format;
pub mod items;
pub mod lexer;
pub mod line_index;
pub mod parser;
pub mod span;
pub mod vocabulary;
