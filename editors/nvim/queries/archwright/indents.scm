; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

[
  (block)
  (inline_type)
  (parameters)
  (arguments)
  (list_type)
  (in_expression)
  (parenthesized_expression)
] @indent.begin @indent

[
  "}"
  ")"
  "]"
] @indent.branch @outdent

(block "}" @indent.end)

(ERROR) @indent.auto
