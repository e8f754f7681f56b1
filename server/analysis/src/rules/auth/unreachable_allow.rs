//! A restriction is written, and something wider beside it makes it void.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{Allow, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        signing::condition,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.unreachable_allow",
    severity: Severity::Warning,
    summary: "A written restriction has no effect.",
    cwe: &[863],
    page: include_str!("../../../../../docs/rules/auth/unreachable_allow.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item) {
        if op.op.allow.is_empty() || cx.shut(op) {
            continue;
        }
        if op.op.public.is_some() {
            findings.extend(beside_public(cx, op));
        } else if op.op.allow.len() > 1 {
            findings.extend(op.op.allow.iter().filter_map(|allow| narrower(cx, op, allow)));
        }
    }
}

fn beside_public(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    // `public` and `internal` contradict each other already.
    if op.op.internal.is_some() {
        return None;
    }
    let (_, public) = op.op.public.as_ref()?;
    let item = op.def.item;
    let element = cx.qualified(op.def);
    let at = Place::new(item, public.clone());
    let message = format!(
        "`public` lets everybody into `{element}` without signing in, so the roles that `allow` names decide nothing"
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at.clone(), message)
        .help("Keep `allow` where callers sign in, `public` where they need not.");
    let mut opened = Vec::new();
    for allow in &op.op.allow {
        let place = Place::new(item, allow.loc.clone());
        finding = finding.related(format!("`allow {}`", name(allow)), place.clone());
        opened.push(Step::Remove(place));
    }
    let keep = if opened.len() == 1 { "Remove `allow`" } else { "Remove the `allow`s" };
    Some(
        finding
            .fix(FixPlan::suggest("Remove `public`", vec![Step::Remove(at)]).preferred())
            .fix(FixPlan::suggest(keep, opened)),
    )
}

/// The role of an `allow`, or `any`.
fn name(allow: &Allow) -> String {
    allow
        .role
        .as_ref()
        .map_or_else(|| "any".to_owned(), RefFact::text)
}

/// Whether everybody whom `narrow` lets in comes in by `wide` as well, which asks for no condition.
fn covers(cx: Cx<'_>, item: Item, wide: &Allow, narrow: &Allow) -> bool {
    if wide.predicate.is_some() {
        return false;
    }
    match (&wide.role, &narrow.role) {
        (None, None) => narrow.predicate.is_some(),
        (None, Some(_)) => true,
        (Some(_), None) => false,
        // A role without a condition beside another one is no restriction, even where one includes the other.
        (Some(_), Some(_)) => {
            narrow.predicate.is_some()
                && cx
                    .allowed_role(item, wide)
                    .zip(cx.allowed_role(item, narrow))
                    .is_some_and(|(wide, narrow)| cx.with_included(narrow).contains(&wide))
        }
    }
}

fn narrower(cx: Cx<'_>, op: OpRef<'_>, narrow: &Allow) -> Option<Finding> {
    let item = op.def.item;
    let wide = op
        .op
        .allow
        .iter()
        .find(|wide| wide.loc != narrow.loc && covers(cx, item, wide, narrow))?;
    let (who, all) = (name(narrow), name(wide));
    let wide_at = Place::new(item, wide.loc.clone());
    let same = who == all;
    let how = match (&wide.role, same) {
        (None, _) => "`allow any` lets everybody in who is signed in".to_owned(),
        (_, true) => format!("`allow {all}` lets every {all} in"),
        (_, false) => format!("`allow {all}` lets every {who} in, too, because {who} includes {all}"),
    };
    let what = match &narrow.predicate {
        Some(_) => "so this condition decides nothing".to_owned(),
        None => format!("so naming {who} decides nothing"),
    };
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        cx.qualified(op.def),
        Place::new(item, narrow.loc.clone()),
        format!("{how}, {what}"),
    )
    .help("Several `allow` add up. Keep the one that is meant.")
    .related(format!("`allow {all}` without a condition"), wide_at.clone());
    let title = if same {
        "Remove the one without a condition".to_owned()
    } else {
        format!("Remove `allow {all}`")
    };
    finding = finding.fix(FixPlan::suggest(title, vec![Step::Remove(wide_at.clone())]).preferred());
    if let (Some(predicate), false) = (&narrow.predicate, same) {
        let step = Step::InsertAfter(wide_at, format!(" where {}", condition(predicate)));
        finding = finding.fix(FixPlan::suggest(
            format!("Ask the same condition of `allow {all}`"),
            vec![step],
        ));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, of_rule};

    fn text(statements: &str) -> String {
        format!(
            "auth Session: cookie
role Patient
role Clinician: staff
role Admin: staff includes Clinician
service Orders {{
  auth Session
  entity Order {{ id: uuid @id; patient: uuid }}
  endpoint show GET /v1/orders/{{id}} -> Order {{ {statements}; reads Order }}
}}
"
        )
    }

    /// Example 10 of the catalogue.
    #[test]
    fn example_10_of_the_catalogue() {
        let text = text("allow Patient; allow Patient where patient == caller.id");
        assert_eq!(of_rule(&text, RULE.id), ["8 warning Orders.show"]);
        let found = diagnostics(&text);
        let one = found.iter().find(|found| found.code == RULE.id).expect("found");
        let at = one.at.range.start as usize..one.at.range.end as usize;
        assert_eq!(&text[at], "allow Patient where patient == caller.id");
        assert!(!found.iter().any(|found| found.code.starts_with("type.")));
        let narrowed = fixed(&text, "Remove the one without a condition");
        assert!(narrowed.contains("{ allow Patient where patient == caller.id; reads Order }"));
        assert_eq!(of_rule(&narrowed, RULE.id), [""; 0]);
    }

    #[test]
    fn what_is_wider_is_found_by_inclusion() {
        let of = |statements: &str| of_rule(&text(statements), RULE.id).len();
        let own = "where patient == caller.id";
        assert_eq!(of(&format!("allow Clinician; allow Admin {own}")), 1);
        assert_eq!(of(&format!("allow Admin; allow Clinician {own}")), 0);
        assert_eq!(of(&format!("allow any; allow Patient {own}")), 1);
        assert_eq!(of("allow any; allow Patient"), 1);
        assert_eq!(of(&format!("allow any; allow any {own}")), 1);
        // Written out, and no restriction.
        assert_eq!(of("allow Clinician; allow Admin"), 0);
        assert_eq!(of(&format!("allow Clinician; allow Patient {own}")), 0);
        assert_eq!(of(&format!("allow any {own}; allow Clinician")), 0);
        let moved = fixed(
            &text(&format!("allow Clinician; allow Admin {own}")),
            "Ask the same condition of `allow Clinician`",
        );
        assert!(moved.contains(&format!("allow Clinician {own}; allow Admin {own}")), "{moved}");
    }

    #[test]
    fn public_beside_allow_is_one_finding() {
        let of = |statements: &str| of_rule(&text(statements), RULE.id).len();
        assert_eq!(of("public because \"a sample\"; allow Clinician"), 1);
        let kept = fixed(&text("public because \"a sample\"; allow Clinician"), "Remove `public`");
        assert!(kept.contains("{ allow Clinician; reads Order }"));
        // What anybody may then do is worse, and says it.
        let changing = text("public; allow Clinician; writes Order");
        assert_eq!(of_rule(&changing, RULE.id), [""; 0]);
        assert_eq!(of_rule(&changing, "auth.unauthenticated_mutation").len(), 1);
        // And where nobody can sign in, the language says it.
        assert_eq!(of("auth none; allow any; allow Clinician"), 0);
    }
}
