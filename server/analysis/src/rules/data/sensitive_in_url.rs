//! Classified data stands in an address.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        facts::{Param, ParamFrom, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{
        Check, Rule,
        data::{sensitive_in_logs::param_classes, unclassified_field::sounds_like},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "data.sensitive_in_url",
    severity: Severity::Warning,
    summary: "Classified data stands in an address.",
    cwe: &[598],
    page: include_str!("../../../../../docs/rules/data/sensitive_in_url.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item).filter(|op| op.op.is_http()) {
        for param in op.op.params.iter().filter(|param| param.from != ParamFrom::Body) {
            let (classes, named) = classes(cx, op, param);
            if classes.sensitive() {
                let at = Place::new(item, param.loc.clone());
                let mut finding = report(cx, op, &param.name, classes, named, at);
                finding.fixes.extend(into_body(item, op, param));
                findings.push(finding);
            }
        }
        for field in &op.op.filter {
            findings.extend(filter(cx, op, field));
        }
    }
}

/// The classes of a parameter: stated, by nature, of the field that it is typed after, or else what its name sounds like, which
/// the second value says.
fn classes(cx: Cx<'_>, op: OpRef<'_>, param: &Param) -> (Classes, bool) {
    let public = param.attributes.iter().any(|attribute| attribute.name == "public");
    // An id says nothing about anybody.
    if public || param.ty.as_ref().is_some_and(opaque) {
        return (Classes::NONE, false);
    }
    let stated = match &param.ty {
        Some(_) => param_classes(cx, op.def.item, param),
        None => field_of_that_name(cx, op, &param.name),
    };
    if stated.sensitive() || param.attributes.iter().any(|found| found.name == "hashed") {
        return (stated, false);
    }
    let Some(ty) = &param.ty else {
        return (Classes::NONE, false);
    };
    let carries = matches!(&ty.kind, TyKind::Scalar(name, _) if matches!(
        name.as_str(),
        "string" | "text" | "int" | "long" | "date" | "instant"
    ));
    match sounds_like(&param.name).filter(|_| carries) {
        Some(class) => (Classes::of_attribute(class), true),
        None => (Classes::NONE, false),
    }
}

fn opaque(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => name == "uuid",
        TyKind::Ref(_) => true,
        TyKind::List(inner) => opaque(inner),
        _ => false,
    }
}

/// An undeclared path parameter is typed after the field of that name of what is touched.
fn field_of_that_name(cx: Cx<'_>, op: OpRef<'_>, name: &str) -> Classes {
    for (_, entity, _) in cx.touches(op) {
        for (def, field) in cx.fields_of(entity) {
            if field.name == name {
                return if opaque(&field.ty) {
                    Classes::NONE
                } else {
                    cx.leaving_classes(def.item, field)
                };
            }
        }
    }
    Classes::NONE
}

/// A field that a list can be narrowed by: its value stands in the query.
fn filter(cx: Cx<'_>, op: OpRef<'_>, written: &RefFact) -> Option<Finding> {
    let def = cx.def(op.def.item, written)?;
    let field = def.field(cx.db).filter(|field| !opaque(&field.ty))?;
    let classes = cx.leaving_classes(def.item, field);
    let at = Place::new(op.def.item, written.loc.clone());
    classes.sensitive().then(|| {
        report(cx, op, &written.text().into(), classes, false, at).related(
            format!("`{}` is {}", field.name, classes.words()),
            cx.place(def),
        )
    })
}

fn report(cx: Cx<'_>, op: OpRef<'_>, name: &SmolStr, classes: Classes, named: bool, at: Place) -> Finding {
    let element = cx.qualified(op.def);
    let severity = if classes.any(Classes::SECRET) {
        Severity::Error
    } else {
        RULE.severity
    };
    let what = if named {
        format!("sounds like {}", classes.words())
    } else {
        format!("is {}", classes.words())
    };
    let message = format!(
        "`{name}`, which {what}, stands in the address of `{element}`: addresses are kept in logs, histories and referrers"
    );
    Finding::new(RULE.id, severity, element, at, message)
        .help("Take it in the body, or let callers name the record by an id that says nothing.")
}

/// Moving the parameter into a body, where the operation can have one and nothing else names the parameter.
fn into_body(item: Item, op: OpRef<'_>, param: &Param) -> Option<FixPlan> {
    let body = op.op.params.iter().any(|param| param.from == ParamFrom::Body);
    let can = matches!(op.op.method.as_str(), "POST" | "PUT" | "PATCH") && !body;
    let named = op.op.runs.iter().any(|run| run.args.is_some())
        || op.op.allow.iter().any(|allow| allow.predicate.is_some())
        || op.op.log.iter().any(|field| field.path.first() == Some(&param.name));
    let scalar = match &param.ty.as_ref()?.kind {
        TyKind::Scalar(name, args) if args.is_empty() => name,
        _ => return None,
    };
    let simple = param.from == ParamFrom::Query && param.default.is_none() && param.attributes.is_empty();
    if !can || named || !simple {
        return None;
    }
    let optional = if param.ty.as_ref()?.optional { "?" } else { "" };
    Some(FixPlan::refactor(
        format!("Take {} in the body", param.name),
        vec![Step::Replace(
            Place::new(item, param.loc.clone()),
            format!("body: {{ {}: {scalar}{optional} }}", param.name),
        )],
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(endpoint: &str) -> String {
        format!(
            "service S {{\n  entity P {{ id: uuid @id; mail: email @unique; ssn: string @pii; note: string }}\n  {endpoint}\n}}\n"
        )
    }

    fn check(endpoint: &str) -> Vec<String> {
        of_rule(&text(endpoint), "data.sensitive_in_url")
    }

    #[test]
    fn what_is_typed_marked_or_named_so_is_found() {
        assert_eq!(check("endpoint e GET /e (to: email)"), ["3 warning S.e"]);
        assert_eq!(check("endpoint e GET /e (x: string @phi)"), ["3 warning S.e"]);
        assert_eq!(check("endpoint e GET /e (birthday: date)"), ["3 warning S.e"]);
        assert_eq!(check("endpoint e GET /e (access_token: string)"), ["3 error S.e"]);
        assert_eq!(check("endpoint e GET /p/{mail} { reads P }"), ["3 warning S.e"]);
        assert_eq!(check("resource P at /p { list { filter ssn, note } }"), ["3 warning S.list_ps"]);
    }

    #[test]
    fn ids_and_bodies_are_fine() {
        assert_eq!(check("endpoint e GET /p/{id} (token: uuid) { reads P }"), [""; 0]);
        assert_eq!(check("endpoint e POST /e (body: { to: email })"), [""; 0]);
        assert_eq!(check("endpoint e GET /e (birthday: date @public, n: int)"), [""; 0]);
        assert_eq!(check("endpoint e GET /e (x: string @pii @hashed)"), [""; 0]);
    }

    #[test]
    fn a_post_can_take_it_in_the_body() {
        let after = fixed(&text("endpoint e POST /e (to: email?) { reads P }"), "Take to in the body");
        assert!(after.contains("endpoint e POST /e (body: { to: email? }) {"), "{after}");
        assert_eq!(of_rule(&after, "data.sensitive_in_url"), [""; 0]);
    }
}
