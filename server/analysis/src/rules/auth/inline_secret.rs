//! A secret is written into the blueprint.

use archwright_grammar::{
    ast::{ExprKind, Literal, Node, Value},
    vocabulary::{Kind, Shape},
};

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    model::{
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part, exprs_in_value},
        resolved::{element, shape as shape_of, texts::name_of},
        secrets::{is_placeholder, shape},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.inline_secret",
    severity: Severity::Error,
    core: true,
    summary: "A secret is written into the blueprint.",
    subsumes: &["auth.weak_scheme"],
    cwe: &[798],
    page: include_str!("../../../../../docs/rules/auth/inline_secret.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    if let Some(node) = &parsed(cx.db, item).node {
        walk(cx, item, node, &mut Vec::new(), findings);
    }
}

fn walk(cx: Cx<'_>, item: Item, node: &Node, path: &mut Vec<u16>, findings: &mut Vec<Finding>) {
    for (index, argument) in node.args.iter().enumerate() {
        let index = index as u16;
        match &argument.value {
            Value::String(text) => {
                let asked = matches!(node.kind(), Kind::AuthKey | Kind::Password);
                if let Some(what) = shape(text) {
                    findings.push(report(cx, item, node, path, Part::Arg(index), what));
                } else if asked && !is_placeholder(text) {
                    let what = match node.kind() {
                        Kind::AuthKey => "the key itself",
                        _ => "the password itself",
                    };
                    findings.push(report(cx, item, node, path, Part::Arg(index), what));
                }
            }
            Value::Secret(name) => {
                if let Some(what) = shape(name) {
                    findings.push(report(cx, item, node, path, Part::Arg(index), what));
                }
            }
            Value::Expr(_) | Value::Param(_) | Value::Attribute(_) => {
                let mut number = 0;
                exprs_in_value(&argument.value, &mut |expr| {
                    if let ExprKind::Literal(Literal::String(text)) = &expr.kind
                        && let Some(what) = shape(text)
                    {
                        findings.push(report(cx, item, node, path, Part::Expr(index, number), what));
                    }
                    number += 1;
                });
            }
            _ => {}
        }
    }
    for (index, child) in node.children().iter().enumerate() {
        path.push(index as u16);
        walk(cx, item, child, path, findings);
        path.pop();
    }
}

/// The finding about one text, which it does not repeat.
fn report(cx: Cx<'_>, item: Item, node: &Node, path: &[u16], part: Part, what: &str) -> Finding {
    let at = Place::new(item, Loc::at(path, part));
    let named = element(cx.facts(item), path, parsed(cx.db, item).node.as_ref());
    let message = format!("{what} stands here, so whoever reads the blueprint, or its history, has it");
    let finding = Finding::new(RULE.id, RULE.severity, named, at.clone(), message).help(
        "Name it with `secret(\"NAME\")` and keep its value outside. What was written down once is known: have it replaced where it was issued.",
    );
    let takes_secrets = match part {
        Part::Arg(index) => node
            .args
            .get(usize::from(index))
            .is_some_and(|argument| matches!(shape_of(node.form.args, argument.slot), Some(Shape::Secret))),
        _ => false,
    };
    if !takes_secrets {
        return finding;
    }
    let name = name_of(cx, item, node, path);
    let step = Step::Replace(at, format!("secret(\"{name}\")"));
    finding.fix(FixPlan::suggest(format!("Name it {name}"), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    #[test]
    fn what_its_option_calls_a_secret_is_one() {
        let key = |value: &str| format!("auth PartnerKeys: api_key {{ header \"X-Key\"; key {value} }}\n");
        assert_eq!(of_rule(&key("\"hunter2\""), RULE.id), ["1 error PartnerKeys"]);
        assert_eq!(of_rule(&key("\"changeme\""), RULE.id), ["1 error PartnerKeys"]);
        assert_eq!(of_rule(&key("\"\""), RULE.id), ["1 error PartnerKeys"]);
        assert_eq!(of_rule(&key("secret(\"PARTNER_KEY\")"), RULE.id), [""; 0]);
        assert_eq!(of_rule(&key("\"${PARTNER_KEY}\""), RULE.id), [""; 0]);
        assert_eq!(
            fixed(&key("\"hunter2\""), "Name it PARTNER_KEYS_KEY"),
            key("secret(\"PARTNER_KEYS_KEY\")")
        );
        let store = |text: &str| format!("service S {{ store OrdersDb: postgres {{ {text} }} }}\n");
        assert_eq!(
            fixed(&store("password \"hunter2\""), "Name it ORDERS_DB_PASSWORD"),
            store("password secret(\"ORDERS_DB_PASSWORD\")")
        );
        // An account's name is not a secret, whatever it looks like.
        assert_eq!(of_rule(&store("user \"9f86d081884c7d659a2feaa0\""), RULE.id), [""; 0]);
    }

    #[test]
    fn a_known_shape_is_one_anywhere() {
        let key = "AKIAIOSFODNN7EXAMPLE";
        for text in [
            format!("team T {{ contact \"{key}\" }}\n"),
            format!("service S {{ entity E {{ id: uuid @id; key: string = \"{key}\" }} }}\n"),
            format!("service S {{ entity E {{ id: uuid @id; key: string @default(\"{key}\") }} }}\n"),
            format!("service S {{ entity E {{ id: uuid @id; n: string }}\n query q -> [E] {{ where n == \"{key}\"; limit 1 }} }}\n"),
            format!("vendor W: http {{ timeout 1s; key secret(\"{key}\") }}\n"),
            "vendor W: http { timeout 1s; url \"https://me:hunter2@api.example\" }\n".to_owned(),
        ] {
            assert_eq!(of_rule(&text, RULE.id).len(), 1, "{text}");
        }
        let text = "service S { store Db: postgres { url \"postgres://app:hunter2@db.example/s\" } }\n";
        assert!(fixed(text, "Name it DB_URL").contains("url secret(\"DB_URL\")"));
    }

    #[test]
    fn one_text_has_one_finding_that_does_not_repeat_it() {
        let text = "auth Keys: api_key { query \"key\"; key \"hunter2\" }\n";
        let lines = check(text);
        let about: Vec<&String> = lines.iter().filter(|line| line.contains(" Keys")).collect();
        assert_eq!(
            about.iter().filter(|line| line.contains("type.") || line.contains("weak_scheme")).count(),
            0,
            "{lines:#?}"
        );
        assert!(!lines.iter().any(|line| line.contains("hunter2")), "{lines:#?}");
    }
}
