; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

([(documentation) (file_documentation)] @injection.content
  (#set! injection.language "markdown"))
