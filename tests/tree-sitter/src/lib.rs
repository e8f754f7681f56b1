//! Tests of the tree-sitter grammar against the parser of the language; all of them stand in `tests/`.
