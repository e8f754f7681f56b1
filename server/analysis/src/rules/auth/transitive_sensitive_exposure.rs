//! An open endpoint hands on what the endpoint behind it guards.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        exposure::{Exposure, through_calls},
        facts::TyKind,
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule, let_in},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.transitive_sensitive_exposure",
    severity: Severity::Error,
    core: true,
    summary: "An open endpoint hands on what another one guards.",
    subsumes: &["auth.unauthenticated_sensitive", "auth.unreachable_allow"],
    cwe: &[441, 200],
    page: include_str!("../../../../../docs/rules/auth/transitive_sensitive_exposure.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// The open endpoints of one service that hand something on.
#[salsa::tracked(returns(ref))]
fn leaks(db: &dyn Db, item: Item) -> Arc<[(Def, Vec<Exposure>)]> {
    let cx = Cx { db };
    let leaking = cx
        .ops(item)
        .filter(|op| op.op.is_endpoint() && !op.op.calls.is_empty() && op.op.issues.is_empty())
        .filter(|op| cx.open(*op) && !cx.shut(*op) && cx.external(*op))
        .map(|op| (op.def, through_calls(cx, op)))
        .filter(|(_, exposures)| !exposures.is_empty());
    leaking.collect()
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for &item in cx.items(Kind::Service).iter() {
        for (def, exposures) in leaks(cx.db, item).iter() {
            if let Some(op) = cx.op(*def) {
                findings.extend(report(cx, op, exposures));
            }
        }
    }
}

fn report(cx: Cx<'_>, op: OpRef<'_>, exposures: &[Exposure]) -> Option<Finding> {
    let first = exposures.iter().find(|one| one.sure).or_else(|| exposures.first())?;
    let source = cx.qualified(*first.way.last()?);
    let element = cx.qualified(op.def);
    let others = match exposures.len() {
        1 => String::new(),
        2 => " and another classified field".to_owned(),
        more => format!(" and {} more classified fields", more - 1),
    };
    let field = format!("`{}` ({})", first.field.name, first.field.classes.words());
    let (severity, message) = if first.sure {
        (
            RULE.severity,
            format!(
                "open endpoint `{element}` answers with {field}{others}, guarded at `{source}`: whoever finds the address goes around the guard"
            ),
        )
    } else {
        (
            RULE.severity.lower(),
            format!(
                "open endpoint `{element}` calls `{source}`, which guards {field}{others}, and its own answer has room for it: the guard may be gone around"
            ),
        )
    };
    let mut finding = Finding::new(RULE.id, severity, element, cx.place(op.def), message)
        .help("Let only those in who may see it, or answer with a type that has no such field.");
    for (index, def) in first.way.iter().enumerate() {
        let last = index + 1 == first.way.len();
        let what = if last { "asks its callers to sign in" } else { "hands it on" };
        finding = finding.related(format!("`{}` {what}", cx.qualified(*def)), cx.place(*def));
    }
    for exposure in exposures {
        let words = exposure.field.classes.words();
        finding = finding.related(format!("classified {words} here"), exposure.field.place.clone());
    }
    for fix in let_in::fixes(cx, op) {
        finding = finding.fix(fix);
    }
    for fix in narrower(cx, op) {
        finding = finding.fix(fix);
    }
    Some(finding)
}

/// Projections of the entity that is answered, none of whose fields is classified.
fn narrower(cx: Cx<'_>, op: OpRef<'_>) -> Vec<FixPlan> {
    let item = op.def.item;
    let Some((ty, at)) = &op.op.returns else {
        return Vec::new();
    };
    let (before, behind) = match &ty.kind {
        TyKind::Named(_) => ("", ""),
        TyKind::Page(_) => ("page ", ""),
        TyKind::List(inner) if matches!(inner.kind, TyKind::Named(_)) => ("[", "]"),
        _ => return Vec::new(),
    };
    // What a resource answers stands nowhere in the text.
    if !matches!(at.part, Part::Arg(_)) {
        return Vec::new();
    }
    let Some(entity) = cx.entity_of(item, ty) else {
        return Vec::new();
    };
    let home = cx.name(entity.item);
    let Some(service) = cx.service(entity.item) else {
        return Vec::new();
    };
    let projections = service.types.iter().enumerate().filter(|(index, def)| {
        let of = def.of.as_ref().and_then(|of| cx.resolve(entity.item, of, &[Kind::Entity]));
        let this = Def {
            item: entity.item,
            kind: DefKind::Type(*index as u16),
        };
        let sensitive = cx
            .fields_of(this)
            .into_iter()
            .any(|(def, field)| cx.leaving_classes(def.item, field).sensitive());
        of == Some(entity) && !sensitive
    });
    projections
        .take(3)
        .map(|(_, def)| {
            let name = if entity.item == item {
                def.name.to_string()
            } else {
                format!("{home}.{}", def.name)
            };
            let optional = if ty.optional { "?" } else { "" };
            let text = format!("{before}{name}{behind}{optional}");
            let step = Step::Replace(Place::new(item, at.clone()), text);
            FixPlan::refactor(format!("Answer with {name}"), vec![step])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, of_rule};

    /// Example 1 of the catalogue.
    fn example(returns: &str) -> String {
        format!(
            "system Insurer {{ auth Session }}
auth Session: cookie
role Staff: staff
context Customers
context Insurance {{ uses Customers }}
service Core in Customers {{
  entity Customer {{ id: uuid @id; birthday: date @pii; city: string }}
  type Brief of Customer {{ id, city }}
  endpoint get GET /v1/customers/{{id}} -> Customer {{ allow Staff; reads Customer }}
}}
service Policies in Insurance {{
  endpoint holder GET /v1/policies/{{id}}/holder -> {returns} {{ public because \"demo\"; calls Core.get {{ timeout 1s }} }}
}}
"
        )
    }

    #[test]
    fn example_1_of_the_catalogue() {
        let text = example("Core.Customer");
        assert_eq!(of_rule(&text, RULE.id), ["12 error Policies.holder"]);
        let found = diagnostics(&text);
        let auth: Vec<_> = found
            .iter()
            .filter(|found| found.code.starts_with("auth.") && found.element == "Policies.holder")
            .collect();
        let [one] = auth.as_slice() else {
            panic!("one cause, one finding: {auth:#?}")
        };
        let related: Vec<&str> = one.related.iter().map(|at| at.message.as_str()).collect();
        assert_eq!(
            related,
            ["`Core.get` asks its callers to sign in", "classified @pii here"]
        );
        assert_eq!(of_rule(&example("Core.Brief"), RULE.id), [""; 0]);
        let narrowed = fixed(&text, "Answer with Core.Brief");
        assert_eq!(narrowed, example("Core.Brief"));
        let closed = fixed(&text, "Allow Staff only");
        assert_eq!(of_rule(&closed, RULE.id), [""; 0]);
    }

    #[test]
    fn the_declared_type_is_the_cut() {
        let with = |definition: &str| {
            example("Holder").replace(
                "service Policies in Insurance {",
                &format!("service Policies in Insurance {{\n  {definition}"),
            )
        };
        let of = |definition: &str| of_rule(&with(definition), RULE.id);
        assert_eq!(of("type Holder { city: string }"), [""; 0]);
        assert_eq!(of("type Holder { birthday: date @pii }"), ["13 error Policies.holder"]);
        assert_eq!(of("type Holder { birthday: date }"), ["13 warning Policies.holder"]);
        assert_eq!(of("type Holder { birthday: bool }"), [""; 0]);
        assert_eq!(of("type Holder { rest: json }"), ["13 warning Policies.holder"]);
        assert_eq!(of("type Holder { birthday: date @masked }"), [""; 0]);
    }

    #[test]
    fn it_goes_through_open_endpoints_and_ends_in_circles() {
        let text = "system S { auth Session }
auth Session: cookie
role Staff: staff
service Core {
  entity Customer { id: uuid @id; mail: email }
  endpoint get GET /v1/customers/{id} -> Customer { allow Staff; reads Customer }
}
service Middle {
  endpoint pass GET /v1/pass -> Core.Customer { auth none; internal; calls Core.get; calls Outer.show }
}
service Outer {
  endpoint show GET /v1/show -> Core.Customer { public; calls Middle.pass }
}
";
        assert_eq!(of_rule(text, RULE.id), ["12 error Outer.show"]);
        let found = diagnostics(text);
        let one = found.iter().find(|found| found.code == RULE.id).expect("found");
        assert_eq!(one.related[0].message, "`Middle.pass` hands it on");
    }

    #[test]
    fn what_is_open_behind_it_was_never_guarded() {
        let text = example("Core.Customer").replace("allow Staff; reads", "public; reads");
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
    }
}
