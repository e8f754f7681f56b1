//! Compiles the parser and its scanner.

fn main() {
    let mut compiler = cc::Build::new();
    compiler
        .include("src")
        .std("c11")
        // Tests read a lot with it.
        .opt_level(1)
        // Unused parameters belong to the interface; the rest of the parser's code is generated.
        .flag_if_supported("-Wno-unused-parameter")
        .flag_if_supported("-Wno-unused-but-set-variable");
    for file in ["src/parser.c", "src/scanner.c"] {
        compiler.file(file);
        println!("cargo:rerun-if-changed={file}");
    }
    println!("cargo:rerun-if-changed=src/words.h");
    compiler.compile("tree-sitter-archwright");
}
