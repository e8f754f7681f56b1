//! A path is written in another style than the others.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::OpKind,
        finding::{Finding, FixPlan, Step},
        loc::Loc,
        paths::{answers, is_path, own_path, path_place},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.path_style",
    severity: Severity::Hint,
    summary: "A path is written in another style than most.",
    page: include_str!("../../../../../docs/rules/api/path_style.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Verbs that say again what the method says, or what another method would.
const VERBS: &[&str] = &[
    "add", "create", "delete", "edit", "fetch", "find", "get", "insert", "modify", "remove", "retrieve", "update",
];

/// Verbs that are something else at the end of a path below a row: an action on it.
const ACTIONS: &[&str] = &["save", "send", "submit"];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let mut last: Option<Loc> = None;
    for op in cx.ops(item).filter(|op| op.op.is_endpoint()) {
        // The operations of a resource share its path.
        let Some(place) = path_place(cx, op) else { continue };
        if last.as_ref() == Some(&place.loc) {
            continue;
        }
        last = Some(place.loc.clone());
        let path = own_path(op);
        let faults = faults(path);
        if !is_path(path) || faults.is_empty() {
            continue;
        }
        let message = format!(
            "`{path}` {}: whoever calls several of these operations has to remember which of them is written how",
            faults.join(" and ")
        );
        let mut finding = Finding::new(RULE.id, RULE.severity, cx.qualified(op.def), place.clone(), message)
            .help("Name things, not actions, in lower case with hyphens. A path that clients use already keeps its name.");
        if let Some(better) = better(path).filter(|better| is_free(cx, op, path, better)) {
            let step = Step::Replace(place, better.clone());
            finding = finding.fix(FixPlan::refactor(format!("Write {better}"), vec![step]));
        }
        findings.push(finding);
    }
}

/// What is unusual about a path, as predicates.
fn faults(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in literals(path) {
        if part.chars().any(|c| c.is_ascii_uppercase()) {
            found.push(format!("has capital letters in `{part}`"));
        }
        if part.contains('_') {
            found.push(format!("has an underscore in `{part}`"));
        }
    }
    let parts: Vec<&str> = path.split('/').collect();
    for (index, part) in parts.iter().enumerate() {
        if let Some(verb) = verb(&parts, index) {
            found.push(format!("has the verb `{verb}` in `{part}`"));
        }
    }
    found
}

/// The parts of a path that are no parameters.
fn literals(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.starts_with('{'))
}

/// The verb with which a part of a path begins.
fn verb(parts: &[&str], index: usize) -> Option<String> {
    let part = parts[index];
    if part.starts_with('{') {
        return None;
    }
    let words = words(part);
    let first = words.first()?;
    let found = match words.len() {
        // `add-ons` are things.
        2 if first == "add" && matches!(words[1].as_str(), "on" | "ons") => false,
        1 if first == "list" => index > 1,
        _ if VERBS.contains(&first.as_str()) => true,
        _ if ACTIONS.contains(&first.as_str()) => {
            let below_row = index > 0 && parts[index - 1].starts_with('{');
            !(below_row && words.len() == 1 && index + 1 == parts.len())
        }
        _ => false,
    };
    found.then(|| first.clone())
}

/// The words of `getOrders`, `get_orders`, `get-orders`, in lower case.
fn words(part: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in part.chars() {
        if matches!(c, '-' | '_' | '.' | '~') {
            words.push(String::new());
        } else {
            if c.is_ascii_uppercase() && lower {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The path without its faults; `None` where nothing would be left of it.
fn better(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let mut better = String::new();
    for (index, part) in parts.iter().enumerate() {
        if part.is_empty() {
            continue;
        }
        if part.starts_with('{') || *part == "*" {
            better.push('/');
            better.push_str(part);
            continue;
        }
        let usual = !part.contains('_') && !part.chars().any(|c| c.is_ascii_uppercase());
        let verb = verb(&parts, index);
        let kept = if usual && verb.is_none() {
            (*part).to_owned()
        } else {
            let words = words(part);
            words[usize::from(verb.is_some()).min(words.len())..].join("-")
        };
        if !kept.is_empty() {
            better.push('/');
            better.push_str(&kept);
        }
    }
    (!better.is_empty() && faults(&better).is_empty()).then_some(better)
}

/// Whether nothing else of the service answers at a path, nor at what a resource makes of it.
fn is_free(cx: Cx<'_>, op: OpRef<'_>, path: &str, better: &str) -> bool {
    let moved = cx.ops(op.def.item).filter(|other| match op.op.kind {
        OpKind::Resource(_) => path_place(cx, *other) == path_place(cx, op),
        _ => other.def == op.def,
    });
    moved.into_iter().all(|other| {
        let behind = other.op.path.strip_prefix(path).unwrap_or_default();
        !answers(op.service, &other.op.method, &format!("{better}{behind}"))
    })
}

#[cfg(test)]
mod tests {
    use super::{RULE, better, faults};
    use crate::testing::{check, fixed, of_rule};

    #[test]
    fn things_in_lower_case_with_hyphens_are_usual() {
        for path in [
            "/",
            "/v1/orders/{order_id}",
            "/v1/order-lines/{orderId}",
            "/v1/orders/{id}/cancellation",
            "/v1/orders/{id}/cancel",
            "/v1/drafts/{id}/send",
            "/v1/add-ons",
            "/v1/updates",
            "/v1/settings",
            "/v1/address-book",
            "/v1/list-prices",
            "/.well-known/openid-configuration",
            "/v1/files/*",
        ] {
            assert!(faults(path).is_empty(), "{path}: {:?}", faults(path));
        }
    }

    #[test]
    fn the_better_path_has_no_fault() {
        for (path, wanted) in [
            ("/v1/orderLines", Some("/v1/order-lines")),
            ("/v1/Order_Lines/{id}", Some("/v1/order-lines/{id}")),
            ("/v1/getOrders", Some("/v1/orders")),
            ("/v1/orders/create", Some("/v1/orders")),
            ("/v1/orders/{id}/delete-lines", Some("/v1/orders/{id}/lines")),
            ("/v1/orders/list", Some("/v1/orders")),
            ("/create", None),
            ("/v1/send-mail", Some("/v1/mail")),
        ] {
            assert!(!faults(path).is_empty(), "{path}");
            assert_eq!(better(path).as_deref(), wanted, "{path}");
        }
    }

    #[test]
    fn a_resource_has_one_path_and_what_is_taken_is_not_offered() {
        let text = "service Orders {
  entity Order { id: uuid @id }
  resource Order at /v1/salesOrders { list; get; create }
  endpoint all GET /v1/getLines -> { count: int }
  endpoint lines GET /v1/lines -> { count: int }
}
";
        assert_eq!(
            of_rule(text, RULE.id),
            ["3 hint Orders.list_orders", "4 hint Orders.all"]
        );
        assert!(fixed(text, "Write /v1/sales-orders").contains("resource Order at /v1/sales-orders {"));
        let found = crate::testing::diagnostics(text);
        let all = found.iter().find(|found| found.element == "Orders.all" && found.code == RULE.id);
        assert!(all.is_some_and(|found| found.fixes.is_empty()), "{:?}", check(text));
    }
}
