//! Highlighting of blueprints in the book: a language definition for highlight.js 10, which mdBook brings.

use std::collections::BTreeSet;

use crate::grammars::words::{CONSTANTS, LOGIC, TYPE_PREFIXES, Words};

/// Words have no meaning of their own: where they stand decides. A statement begins at a line's start or behind `{` or `;`.
const SCRIPT: &str = r#"// Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/reference/highlight.rs.
(function () {
  "use strict";
  const START = "(?<=(?:^|[{;])[ \\t]*)";
  const NAME = "[A-Za-z_][A-Za-z0-9_]*";
  function arch(hljs) {
    return {
      name: "Archwright blueprint",
      contains: [
        { className: "quote", begin: "//[/!]", end: "$" },
        { className: "comment", begin: "//", end: "$" },
        { className: "string", begin: '"(?:[^"\\\\\\n]|\\\\.)*"' },
        { className: "string", begin: "(?<=\\s)/[A-Za-z0-9._~{}/*-]*" },
        { className: "meta", begin: "@" + NAME },
        { className: "keyword", begin: START + "(?:HEADS)\\b(?=[ \\t]+[A-Za-z_\\[])" },
        { className: "title", begin: "(?<=(?:^|[{;])[ \\t]*(?:NAMED)[ \\t]+)" + NAME },
        { className: "keyword", begin: START + "(?:STATEMENTS)\\b(?![ \\t]*:)" },
        { className: "keyword", begin: "(?<![.\\w])(?:BETWEEN)\\b(?![ \\t]*[:.])" },
        { className: "built_in", begin: "(?<![.\\w])(?:SCALARS)\\b(?![ \\t]*[:.])" },
        { className: "literal", begin: "(?<![.\\w])(?:CONSTANTS|METHODS)\\b" },
        { className: "number", begin: "\\b[0-9]{4}-[0-9]{2}-[0-9]{2}\\b" },
        { className: "number", begin: "\\b[0-9][0-9_]*(?:\\.[0-9]+)?(?:%|[A-Za-z]+\\b)?" },
      ],
    };
  }
  if (typeof module !== "undefined") {
    module.exports = arch;
  } else {
    hljs.registerLanguage("arch", arch);
    document.querySelectorAll("code.language-arch").forEach((block) => hljs.highlightBlock(block));
  }
})();
"#;

/// The script: it makes the language known, and colours the blocks that were passed over without it.
pub(super) fn highlighter(words: &Words) -> String {
    let heads: BTreeSet<&str> = [&words.types, &words.functions, &words.late_named, &words.unnamed]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let statements: BTreeSet<&str> = words
        .statements
        .iter()
        .chain([&words.rule_statement])
        .copied()
        .collect();
    let between: BTreeSet<&str> = words
        .connectives
        .iter()
        .chain(&words.flags)
        .chain(LOGIC)
        .chain(TYPE_PREFIXES)
        .copied()
        .collect();
    SCRIPT
        .replace("HEADS", &any(&heads))
        .replace("NAMED", &any(words.types.iter().chain(&words.functions)))
        .replace("STATEMENTS", &any(&statements))
        .replace("BETWEEN", &any(&between))
        .replace("SCALARS", &any(&words.scalars))
        .replace("METHODS", &any(&words.methods))
        .replace("CONSTANTS", &any(CONSTANTS))
}

/// `a|b|c`
fn any<'a>(words: impl IntoIterator<Item = &'a &'static str>) -> String {
    words.into_iter().copied().collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_script() {
        let script = highlighter(&Words::from_vocabulary());
        for placeholder in [
            "HEADS",
            "NAMED",
            "STATEMENTS",
            "BETWEEN",
            "SCALARS",
            "METHODS",
            "CONSTANTS",
        ] {
            assert!(!script.contains(placeholder), "{placeholder}");
        }
        for word in [
            "service", "endpoint", "timeout", "waive", "uuid", "GET", "because",
        ] {
            assert!(script.contains(word), "{word}");
        }
    }
}
