; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

[
  (block)
  (inline_type)
  (parameters)
  (documentation)
  (file_documentation)
] @fold
