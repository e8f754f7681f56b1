//! The syntax file of Neovim (and Vim).

use std::collections::BTreeSet;

use super::words::{CONSTANTS, LOGIC, TYPE_PREFIXES, Words};

/// Follows a word: true if the word begins a statement, which is at a line's start or after `{` or `;`.
/// Checked behind the word, so that Vim looks back only where a word of the list stands.
const BEGINS: &str = r"\%(\%(^\|[{;]\)\s*\w\+\)\@80<=";

/// The whole file.
pub(crate) fn vim_syntax(words: &Words) -> String {
    let statements: BTreeSet<&str> = words
        .statements
        .iter()
        .chain(&words.functions)
        .chain(&words.types)
        .chain(&words.late_named)
        .chain([&words.rule_statement])
        .copied()
        .collect();
    let types = words.types.difference(&words.with_colon).chain(&words.unnamed);
    let mut lines: Vec<String> = vec![
        r#"" Highlighting of Archwright blueprints."#.into(),
        r#"" Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars."#.into(),
        String::new(),
        "if exists('b:current_syntax')".into(),
        "  finish".into(),
        "endif".into(),
        String::new(),
        "syntax case match".into(),
        "syntax sync minlines=1".into(),
        String::new(),
        "syntax region archBlock start=/{/ end=/}/ transparent fold".into(),
        r"syntax match archOperator /->\|[=!<>]=\|\.\.\|[<>=+*!?-]/".into(),
        r"syntax match archType /\<\u\w*\>/".into(),
        format!(r"syntax match archConnective /[.@]\@1<!\<\%({}\)\>\%(\s*[:.,=)]\)\@!/", any(words.connectives.iter())),
        r"syntax match archConnective /\%(\d\s\+\)\@10<=per\>/".into(),
        format!(r"syntax match archConnective /\%([a-zA-Z0-9_,>*-]\s\)\@2<=\%({}\)\ze\s\+\u/", any(words.kinds.iter())),
        format!(r"syntax match archLogic /[.@]\@1<!\<\%({}\)\>\ze\s\+[^ :.,=)]/", any(LOGIC.iter())),
        format!(r"syntax match archConstant /[.@]\@1<!\<\%({}\)\>\%(\s*[:.(=]\)\@!/", any(words.flags.iter())),
        format!(r"syntax match archConstant /[.@]\@1<!\<\%({}\)\>\%(\s*[:.(]\)\@!/", any(CONSTANTS.iter())),
        format!(r"syntax match archCaller /[.@]\@1<!\<caller\%(\.\%({}\)\)\?\>/", any(words.caller_fields.iter())),
        r"syntax match archFunction /[.@]\@1<!\<secret\ze\s*(/".into(),
        format!(
            r"syntax match archModifier /\%([:[]\|->\)\s*\zs\%({}\)\>/ nextgroup=archScalar skipwhite",
            any(TYPE_PREFIXES.iter())
        ),
        format!(
            r"syntax match archScalar /\%(\%([:[]\|->\)\s*\)\@20<=\%({}\)\>\%(\s*[.:]\)\@!/",
            any(words.scalars.iter())
        ),
        r"syntax match archNumber /\<\d[0-9_]*\%(\.\d[0-9_]*\)\?%\?\%(ms\|mo\|[smhdwy]\|[KMGT]\?B\)\?/".into(),
        r"syntax match archNumber /\<\d\{4}-\d\d-\d\d\>/".into(),
        r"syntax match archNumber /\<v\d\+\>/".into(),
        format!(r"syntax match archAttribute /@\%({}\)\>/", any(words.attributes.iter())),
        format!(r"syntax match archMethod /\<\%({}\)\ze\s\+\//", any(words.methods.iter())),
        r"syntax match archParameter /{\h\w*}/ contained".into(),
        r"syntax match archPath /\s\@1<=\/\/\@!\%([A-Za-z0-9._~*-]\|{\h\w*}\|\/\/\@!\)*/ contains=archParameter".into(),
        format!(r"syntax match archStatement /\<\%({}\)\>{BEGINS}\%(\s*[:,.=]\)\@!/", any(statements.iter())),
    ];
    for (word, choices) in &words.choices {
        let choices = any(choices.iter());
        lines.push(format!(
            r"syntax match archChoice /\%(\%(^\|[{{;]\)\s*{word}\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%({choices}\)\>\%(\s*[.:(]\)\@!/",
        ));
    }
    lines.extend([
        format!(
            r"syntax match archRuleStatement /\<{}\>{BEGINS}\ze\s\+\h/ nextgroup=archRule skipwhite",
            words.rule_statement
        ),
        r"syntax match archRule /\h\w*\%(\.\h\w*\)*/ contained".into(),
        r"syntax match archField /\<\h\w*\>\%(\%(^\|[{;(,]\)\s*\w\+\)\@80<=\ze\s*:/".into(),
        format!(
            r"syntax match archHead /\<\%({}\)\>{BEGINS}\ze\s\+\h/ nextgroup=archName skipwhite",
            any(types)
        ),
        // Without their `:`, these are statements with a reference.
        format!(
            r"syntax match archHead /\<\%({}\)\>{BEGINS}\ze\s\+\h\w*\s*:/ nextgroup=archName skipwhite",
            any(words.with_colon.iter())
        ),
        format!(
            r"syntax match archHead /\<\%({}\)\>{BEGINS}\ze\s\+\h/ nextgroup=archCallable skipwhite",
            any(words.functions.iter())
        ),
        format!(
            r"syntax match archHead /\<\%({}\)\>{BEGINS}\ze\s\+\h[a-zA-Z0-9_.]*\s\+as\s/",
            any(words.late_named.iter())
        ),
        r"syntax match archName /\h\w*/ contained nextgroup=archKindMark skipwhite".into(),
        r"syntax match archKindMark /:/ contained nextgroup=archChoice,archKind skipwhite".into(),
        r"syntax match archKind /\h\w*/ contained".into(),
        r"syntax match archCallable /\h\w*/ contained".into(),
        r#"syntax match archEscape /\\\%(["\\nt]\|u{\x\{1,6}}\)/ contained"#.into(),
        r#"syntax region archString start=/"/ skip=/\\./ end=/"\|$/ oneline contains=archEscape"#.into(),
        r"syntax match archComment /\/\/.*/ contains=@Spell".into(),
        r"syntax match archDoc /\/\/[\/!].*/ contains=@Spell".into(),
        String::new(),
    ]);
    lines.extend(
        LINKS
            .iter()
            .map(|(group, target)| format!("highlight default link {group} {target}")),
    );
    lines.extend([
        String::new(),
        "let b:current_syntax = 'archwright'".into(),
        String::new(),
    ]);
    lines.join("\n")
}

/// `a\|b\|c`, in the order given.
fn any<'a>(words: impl Iterator<Item = &'a &'a str>) -> String {
    words.copied().collect::<Vec<_>>().join(r"\|")
}

const LINKS: &[(&str, &str)] = &[
    ("archAttribute", "PreProc"),
    ("archCallable", "Function"),
    ("archCaller", "Identifier"),
    ("archChoice", "Constant"),
    ("archComment", "Comment"),
    ("archConnective", "Keyword"),
    ("archConstant", "Constant"),
    ("archDoc", "SpecialComment"),
    ("archEscape", "SpecialChar"),
    ("archField", "Identifier"),
    ("archFunction", "Function"),
    ("archHead", "Structure"),
    ("archKind", "Constant"),
    ("archLogic", "Operator"),
    ("archMethod", "Special"),
    ("archModifier", "StorageClass"),
    ("archName", "Type"),
    ("archNumber", "Number"),
    ("archOperator", "Operator"),
    ("archParameter", "Special"),
    ("archPath", "String"),
    ("archRule", "Constant"),
    ("archRuleStatement", "Statement"),
    ("archScalar", "Type"),
    ("archStatement", "Statement"),
    ("archString", "String"),
    ("archType", "Type"),
];
