//! Lists that name something twice.

use archwright_grammar::{
    ast::{Node, Value},
    vocabulary::{Kind, Shape},
};

use super::{
    Resolved,
    blocks::{Path, below, found, place, remove},
    settings::Setting,
    shape,
};
use crate::{
    diagnostic::Severity,
    model::{
        def::Def,
        facts::RefFact,
        finding::{FixPlan, Place, Step},
        loc::{Loc, Part},
        read::fact_of,
    },
};

/// Statements that name several things; naming one twice changes nothing.
const LISTS: &[(Kind, &str)] = &[
    (Kind::Role, "includes"),
    (Kind::Mfa, "role"),
    (Kind::ContextUses, "context"),
    (Kind::ServiceUses, "target"),
    (Kind::ClientUses, "endpoint"),
    (Kind::Listens, "event"),
    (Kind::ComponentUses, "component"),
    (Kind::Invalidated, "event"),
    (Kind::UseAuth, "scheme"),
    (Kind::Complies, "regime"),
    (Kind::Observe, "signal"),
    (Kind::Layers, "layer"),
    (Kind::Reads, "entity"),
    (Kind::Writes, "entity"),
    (Kind::Deletes, "entity"),
    (Kind::Emits, "event"),
    (Kind::Errors, "error"),
    (Kind::Log, "field"),
    (Kind::Filter, "field"),
    (Kind::Idempotent, "field"),
    (Kind::Receives, "data"),
    (Kind::Affects, "item"),
    (Kind::Supersedes, "decision"),
    (Kind::PolicyLayers, "item"),
];

/// Checks the lists of a statement's head and those in its block; its references are known.
pub(super) fn check(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let node = setting.node;
    if node.kind() == Kind::Role {
        doubled(setting, &[(node, setting.path.into())], "includes", out);
    }
    for (kind, slot) in LISTS {
        let same: Vec<(&Node, Path)> = node
            .children()
            .iter()
            .enumerate()
            .filter(|(_, child)| child.kind() == *kind)
            .map(|(index, child)| (child, below(setting.path, index)))
            .collect();
        if *kind == Kind::PolicyLayers {
            // Each line is an order of its own: `layers A > B` and `layers A > C` say two things about `A`.
            for one in &same {
                doubled(setting, std::slice::from_ref(one), slot, out);
            }
        } else if !same.is_empty() {
            doubled(setting, &same, slot, out);
        }
    }
}

/// Names that a list has twice, in one statement or in several of the same word.
fn doubled(setting: &Setting<'_, '_>, statements: &[(&Node, Path)], slot: &str, out: &mut Resolved) {
    let mut seen: Vec<(String, Option<Def>, Place)> = Vec::new();
    for (node, path) in statements {
        let elements = node.args.iter().filter(|argument| argument.slot == slot).count();
        for (index, argument) in node.args.iter().enumerate() {
            if argument.slot != slot {
                continue;
            }
            let part = Part::Arg(index as u16);
            let (shown, def) = match &argument.value {
                Value::Ref(reference) => {
                    let fact: RefFact = fact_of(reference, Loc::at(path, Part::Ref(index as u16, 0)));
                    let def = out.meaning(&fact.loc);
                    // What is unknown has its own error each time; of fields, parameters have no meaning of their own.
                    let field = shape(node.form.args, slot) == Some(Shape::Field);
                    if def.is_none() && !field {
                        continue;
                    }
                    (fact.text(), def)
                }
                Value::Word(word) => (word.text.to_string(), None),
                _ => continue,
            };
            let known = seen.iter().find(|(text, meaning, _)| {
                *text == shown && (meaning.is_some() == def.is_some()) || (def.is_some() && *meaning == def)
            });
            match known {
                None => seen.push((shown, def, place(setting, path, part))),
                Some((_, _, first)) => {
                    let message = format!("`{shown}` is named twice: the second time changes nothing");
                    let fix = if elements == 1 && node.form.word != "role" && node.block.is_none() {
                        remove(setting, "the second one", path)
                    } else {
                        FixPlan::suggest(
                            "Remove the second one",
                            vec![Step::Cut(place(setting, path, part))],
                        )
                        .preferred()
                    };
                    // In an order, the second place may be the one that is meant.
                    let ordered = matches!(node.kind(), Kind::Layers | Kind::PolicyLayers);
                    let fix = if ordered { fix } else { fix.harmless() };
                    let finding = found(
                        setting,
                        "type.no_effect",
                        Severity::Warning,
                        (path, part),
                        message,
                    )
                    .related("the first one", first.clone())
                    .fix(fix);
                    out.findings.push(finding);
                }
            }
        }
    }
}
