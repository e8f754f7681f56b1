//! Auth schemes: what their kind can use, and sessions that rest longer than they last.

use archwright_grammar::{ast::Value, vocabulary::Kind};

use super::{
    Resolved,
    blocks::{argument, below, found, place, remove},
    settings::Setting,
};
use crate::{
    diagnostic::Severity,
    model::{expr::text::duration, loc::Part},
};

/// Options that a kind of scheme has no use for, and sessions that rest longer than they last.
pub(super) fn check(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let node = setting.node;
    let kind = node
        .word_in("kind")
        .map(|word| word.text.as_str())
        .unwrap_or_default();
    let useless = |option: Kind| -> Option<&'static str> {
        match (kind, option) {
            (_, Kind::Waive) => None,
            ("none", _) => Some("a scheme of kind `none` asks for nothing"),
            ("mtls", Kind::PasswordRules | Kind::Header | Kind::QueryKey | Kind::Idle | Kind::Mfa) => {
                Some("with `mtls` a certificate is shown, and nothing else")
            }
            ("api_key", Kind::PasswordRules | Kind::Mfa) => {
                Some("with `api_key` a key is shown, and nobody signs in")
            }
            ("cookie", Kind::QueryKey) => Some("only an API key travels in a query parameter of its own"),
            _ => None,
        }
    };
    let (mut lifetime, mut idle) = (None, None);
    for (index, child) in node.children().iter().enumerate() {
        let path = below(setting.path, index);
        let word = child.form.word;
        if let Some(why) = useless(child.kind()) {
            out.findings.push(
                found(
                    setting,
                    "type.no_effect",
                    Severity::Warning,
                    (&path, Part::Word),
                    format!("{why}: `{word}` has no effect"),
                )
                .fix(remove(setting, &format!("`{word}`"), &path)),
            );
            continue;
        }
        if let (false, Some((at, Value::Duration(time)))) = (child.broken, argument(child, "time")) {
            match child.kind() {
                Kind::Lifetime => lifetime = Some((*time, place(setting, &path, Part::Head))),
                Kind::Idle => idle = Some((*time, path, at)),
                _ => {}
            }
        }
    }
    if let (Some((life, life_at)), Some((rest, path, at))) = (lifetime, idle)
        && life.count > 0
        && rest.millis() > life.millis()
    {
        let message = format!(
            "after {} a session is over, so it never rests for {}: `idle` has no effect",
            duration(life),
            duration(rest)
        );
        out.findings.push(
            found(
                setting,
                "type.no_effect",
                Severity::Warning,
                (&path, Part::Arg(at)),
                message,
            )
            .help("Write a shorter time, or leave `idle` out.")
            .related("`lifetime`", life_at),
        );
    }
}
