//! The archwright command: language server, checker and generator.

fn main() {}
