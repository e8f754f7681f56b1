//! Components and the layers that their service has.

use archwright_grammar::{ast::Value, vocabulary::Kind};

use super::{Setting, argument, below, found};
use crate::{
    diagnostic::Severity,
    model::{
        expr::listed,
        facts::Name,
        finding::{Finding, Similar},
        loc::{Loc, Part},
        resolved::Resolved,
    },
};

/// The layers of a service that names none, outer to inner.
const USUAL: [&str; 4] = ["api", "application", "domain", "infrastructure"];

/// Reports components in layers that the service does not have: no rule about layers would look at them.
pub(super) fn check(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let children = setting.node.children();
    let stated = children.iter().find(|child| child.kind() == Kind::Layers);
    if stated.is_some_and(|layers| layers.broken) {
        return;
    }
    let layers: Vec<Name> = match stated {
        Some(layers) => layers
            .args
            .iter()
            .filter_map(|argument| match &argument.value {
                Value::Word(word) if argument.slot == "layer" => Some(word.text.clone()),
                _ => None,
            })
            .collect(),
        None => USUAL.into_iter().map(Name::new_static).collect(),
    };
    for (index, child) in children.iter().enumerate() {
        if child.kind() != Kind::Component || child.broken {
            continue;
        }
        let Some((at, Value::Word(layer))) = argument(child, "layer") else {
            continue;
        };
        if layer.text.is_empty() || layers.contains(&layer.text) {
            continue;
        }
        let path = below(setting.path, index);
        let message = format!(
            "there is no layer `{}`: the service has {}",
            layer.text,
            listed(&layers)
        );
        let place = (path.as_slice(), Part::Arg(at));
        let finding = found(setting, "name.unknown", Severity::Error, place, message);
        out.findings.push(Finding {
            similar: Some(Similar {
                name: layer.text.clone(),
                at: Loc::at(&path, Part::Arg(at)),
                kinds: &[],
                local: layers.clone(),
            }),
            ..finding
        });
    }
}
