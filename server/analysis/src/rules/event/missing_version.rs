//! An event that others rely on cannot change without breaking them.

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        event_flow::{Edge, Uses, event_flow},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.missing_version",
    severity: Severity::Warning,
    summary: "An event that others rely on has no version, or an old one that nobody emits.",
    page: include_str!("../../../../../docs/rules/event/missing_version.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for uses in event_flow(cx.db).uses() {
        if uses.version.is_none() {
            findings.extend(unversioned(cx, uses));
        }
        if let Some(newer) = uses.newer.filter(|_| uses.emits.is_empty() && !uses.handles.is_empty()) {
            findings.extend(left_behind(cx, uses, newer));
        }
    }
}

/// An event without a version that somebody outside of its service uses.
fn unversioned(cx: Cx<'_>, uses: &Uses) -> Option<Finding> {
    let owner = uses.event.item;
    let others: Vec<Def> = uses
        .handles
        .iter()
        .chain(&uses.invalidates)
        .chain(&uses.listens)
        .map(|edge| edge.by)
        .filter(|by| by.item != owner)
        .collect();
    if others.is_empty() || cx.facts(owner).broken {
        return None;
    }
    let name = cx.qualified(uses.event);
    let message = format!(
        "`{name}` has no version, and {} on it: when its fields change, old and new messages can't be told apart",
        if others.len() == 1 {
            format!("{} relies", told::all(cx, &others))
        } else {
            format!("{} rely", told::all(cx, &others))
        }
    );
    let place = cx.place(uses.event);
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message)
        .help("State the version behind the name: `v1`. The next one stands beside it as `v2`.");
    for by in others.iter().take(told::RELATED) {
        finding = finding.related(format!("`{}` relies on it", cx.qualified(*by)), cx.place(*by));
    }
    let step = Step::InsertAfter(place, " v1".to_owned());
    Some(finding.fix(FixPlan::suggest("Add v1", vec![step]).preferred()))
}

/// A version that is handled and that nobody emits any more, although there is a newer one.
fn left_behind(cx: Cx<'_>, uses: &Uses, newer: Def) -> Option<Finding> {
    if cx.facts(uses.event.item).broken {
        return None;
    }
    let (old, new) = (versioned(cx, uses.event), versioned(cx, newer));
    let handlers: Vec<Def> = uses.handles.iter().map(|edge| edge.by).collect();
    let message = format!(
        "nobody emits `{old}` any more, there is `{new}`, and {} for the old one: no message ever reaches {}",
        if handlers.len() == 1 {
            format!("{} still waits", told::all(cx, &handlers))
        } else {
            format!("{} still wait", told::all(cx, &handlers))
        },
        if handlers.len() == 1 { "it" } else { "them" }
    );
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        cx.qualified(uses.event),
        cx.place(uses.event),
        message,
    )
    .help("Let the handlers react to the new version, or emit both versions until they do.")
    .related(format!("`{new}` is here"), cx.place(newer));
    for edge in uses.handles.iter().take(told::RELATED) {
        finding = finding.related(
            format!("`{}` handles the old version", cx.qualified(edge.by)),
            cx.place(edge.by),
        );
    }
    let steps: Option<Vec<Step>> = uses
        .handles
        .iter()
        .map(|edge| renewed(cx, edge, newer, &new))
        .collect();
    if let Some(steps) = steps {
        finding = finding.fix(FixPlan::suggest(format!("Handle {new} instead"), steps));
    }
    Some(finding)
}

/// `Orders.OrderPlaced.v1`
fn versioned(cx: Cx<'_>, event: Def) -> String {
    let version = event.event(cx.db).and_then(|facts| facts.version).unwrap_or(1);
    format!("{}.v{version}", cx.qualified(event))
}

/// The step that makes a handler react to the newer version; `None` where it names fields that this one lacks, or where its
/// service handles the newer one already.
fn renewed(cx: Cx<'_>, edge: &Edge, newer: Def, name: &str) -> Option<Step> {
    let op = cx.op(edge.by)?;
    let fields = &newer.event(cx.db)?.fields;
    let mut named = op
        .op
        .idempotent
        .iter()
        .flat_map(|(by, _)| by)
        .chain(&op.op.log);
    let known = named.all(|reference| {
        reference
            .path
            .first()
            .is_some_and(|first| fields.iter().any(|field| field.name == *first))
    });
    let handled = event_flow(cx.db)
        .of(newer)
        .is_some_and(|uses| uses.handles.iter().any(|other| other.by.item == edge.by.item));
    let text = if edge.by.item == newer.item {
        name.split_once('.').map_or(name, |(_, inner)| inner)
    } else {
        name
    };
    (known && !handled)
        .then(|| Step::Replace(Place::new(edge.by.item, edge.loc.clone()), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    fn text(events: &str, emits: &str, more: &str) -> String {
        format!(
            "service Orders {{
  {events}
  job place every 1h {{ emits {emits} }}
}}
{more}"
        )
    }

    const STOCK: &str = "service Stock { on Orders.Placed as note { idempotent by order } }\n";

    #[test]
    fn what_others_rely_on_has_a_version() {
        let events = "event Placed { order: uuid }";
        assert_eq!(check(&text(events, "Placed", STOCK)), ["2 warning Orders.Placed"]);
        assert_eq!(
            check(&text(events, "Placed", "client App: ios { listens Orders.Placed }\n")).len(),
            1
        );
        assert!(check(&text("event Placed v1 { order: uuid }", "Placed", STOCK)).is_empty());
    }

    #[test]
    fn what_stays_in_its_service_needs_none() {
        let events = "event Placed { order: uuid }\n  on Placed as note";
        assert!(check(&text(events, "Placed", "")).is_empty());
    }

    const TWO: &str = "event Placed v1 { order: uuid }\n  event Placed v2 { order: uuid; at: instant }";

    #[test]
    fn an_old_version_that_nobody_emits_leaves_its_handlers_behind() {
        let old = STOCK.replace("Placed", "Placed.v1");
        assert_eq!(check(&text(TWO, "Placed", &old)), ["2 warning Orders.Placed"]);
        assert!(check(&text(TWO, "Placed, Placed.v1", &old)).is_empty());
        assert!(check(&text(TWO, "Placed", STOCK)).is_empty());
        assert!(of_rule(&text(TWO, "Placed", &old), "event.never_emitted").is_empty());
    }

    #[test]
    fn versions_are_stated_and_followed() {
        let plain = text("event Placed { order: uuid }", "Placed", STOCK);
        assert!(fixed(&plain, "Add v1").contains("event Placed v1 { order: uuid }"));
        let old = text(TWO, "Placed", &STOCK.replace("Placed", "Placed.v1"));
        let after = fixed(&old, "Handle Orders.Placed.v2 instead");
        assert!(after.contains("on Orders.Placed.v2 as note"), "{after}");
        assert!(check(&after).is_empty());
    }
}
