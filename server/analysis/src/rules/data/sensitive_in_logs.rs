//! Classified data is written to the log, or into the text of an error.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        facts::{ErrorDef, Field, Param, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.sensitive_in_logs",
    severity: Severity::Error,
    core: true,
    summary: "Classified data is written to the log.",
    cwe: &[532],
    page: include_str!("../../../../../docs/rules/data/sensitive_in_logs.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for op in cx.ops(item).filter(|op| !op.op.log.is_empty()) {
        // Each statement by itself.
        let mut rest = op.op.log.as_slice();
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|field| field.loc.path == first.loc.path).count();
            findings.extend(statement(cx, op, &rest[..same]));
            rest = &rest[same..];
        }
    }
    for error in &service.errors {
        findings.extend(text(cx, item, error));
    }
}

/// One classified field that is logged.
struct Logged<'a> {
    written: &'a RefFact,
    name: SmolStr,
    classes: Classes,
    declared: Place,
    /// Whether an attribute can be written behind it.
    markable: bool,
}

fn statement(cx: Cx<'_>, op: OpRef<'_>, fields: &[RefFact]) -> Option<Finding> {
    let item = op.def.item;
    let logged: Vec<Logged<'_>> = fields
        .iter()
        .filter_map(|field| logged(cx, op, field))
        .collect();
    let first = logged.first()?;
    let classes = logged
        .iter()
        .fold(Classes::NONE, |all, one| all.union(one.classes));
    let element = cx.qualified(op.def);
    let message = format!(
        "`{element}` writes {} ({}) to the log: logs are kept, copied and read by many, and nobody guards them like the data itself",
        listed(logged.iter().map(|one| &one.name)),
        classes.words()
    );
    let at = Place::new(item, Loc::head(&first.written.loc.path));
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at.clone(), message)
        .help("Log the id, by which the record can be found; or mask the field.");
    for one in &logged {
        finding = finding.related(
            format!("`{}` is {}", one.name, one.classes.words()),
            one.declared.clone(),
        );
    }
    let kept: Vec<String> = fields
        .iter()
        .filter(|field| !logged.iter().any(|one| one.written.loc == field.loc))
        .map(RefFact::text)
        .collect();
    let step = if kept.is_empty() {
        Step::Remove(at)
    } else {
        Step::Replace(at, format!("log {}", kept.join(", ")))
    };
    let named: Vec<&str> = logged.iter().map(|one| one.name.as_str()).collect();
    finding = finding.fix(FixPlan::suggest(format!("Do not log {}", named.join(", ")), vec![step]).preferred());
    if logged.iter().all(|one| one.markable) {
        let mut steps: Vec<Step> = Vec::new();
        for one in &logged {
            let head = one.declared.loc.with(Part::Head);
            let step = Step::InsertAfter(Place::new(one.declared.item, head), " @masked".to_owned());
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        finding = finding.fix(FixPlan::suggest(format!("Mask {}", named.join(", ")), steps));
    }
    Some(finding)
}

/// A logged field or parameter, if it is classified as it leaves.
fn logged<'a>(cx: Cx<'_>, op: OpRef<'_>, written: &'a RefFact) -> Option<Logged<'a>> {
    let item = op.def.item;
    if let Some(def) = cx.def(item, written) {
        let field = def.field(cx.db)?;
        let classes = cx.leaving_classes(def.item, field);
        return classes.sensitive().then(|| Logged {
            written,
            name: short(&cx.qualified(def)).into(),
            classes,
            declared: cx.place(def),
            markable: !matches!(field.loc.part, Part::Inline(..)),
        });
    }
    let [first, rest @ ..] = written.path.as_slice() else {
        return None;
    };
    let param = op.op.params.iter().find(|param| param.name == *first)?;
    let classes = match rest {
        [] => param_classes(cx, item, param),
        [name, ..] => {
            let ty = param.ty.as_ref()?;
            let mut classes = Classes::NONE;
            crate::model::nested::walk(cx, item, ty, &mut |item, field: &Field| {
                if field.name == *name {
                    classes = classes.union(cx.leaving_classes(item, field));
                }
                false
            });
            classes
        }
    };
    classes.sensitive().then(|| Logged {
        written,
        name: written.text().into(),
        classes,
        declared: Place::new(item, param.loc.clone()),
        markable: false,
    })
}

/// The classes of a parameter: what its attributes say and what its type has by nature.
pub(super) fn param_classes(cx: Cx<'_>, item: Item, param: &Param) -> Classes {
    let said = param.attributes.iter().fold(Classes::NONE, |all, attribute| {
        all.union(Classes::of_attribute(&attribute.name))
    });
    let covered = |word: &str| param.attributes.iter().any(|attribute| attribute.name == word);
    if ["masked", "tokenized", "hashed"].into_iter().any(covered) {
        return Classes::NONE;
    }
    match &param.ty {
        Some(ty) => said.union(cx.type_classes(item, ty)),
        None => said,
    }
}

fn short(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, rest)| rest)
}

/// The text of an error with the name of a classified field in braces.
fn text(cx: Cx<'_>, item: Item, error: &ErrorDef) -> Option<Finding> {
    if !error.message.contains('{') {
        return None;
    }
    let service = cx.service(item)?;
    let shown: Vec<&str> = error
        .message
        .split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0.trim()))
        .collect();
    let fields = service
        .entities
        .iter()
        .flat_map(|entity| &entity.fields)
        .chain(service.types.iter().flat_map(|def| &def.fields));
    let (field, classes) = fields
        .filter(|field| {
            shown
                .iter()
                .any(|name| name.rsplit('.').next() == Some(field.name.as_str()))
        })
        .map(|field| (field, cx.leaving_classes(item, field)))
        .find(|(_, classes)| classes.sensitive())?;
    let element = format!("{}.{}", cx.name(item), error.name);
    let message = format!(
        "the text of `{element}` shows `{}` ({}): what an error says stands in logs, screens and tickets",
        field.name,
        classes.words()
    );
    Some(
        Finding::new(
            RULE.id,
            RULE.severity,
            element,
            Place::new(item, error.loc.clone()),
            message,
        )
        .help("Say what went wrong, not about whom.")
        .related(
            format!("`{}` is {}", field.name, classes.words()),
            Place::new(item, field.loc.clone()),
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(body: &str) -> String {
        format!(
            "service S {{\n  type Home {{ street: string @pii; city: string }}\n  \
             entity P {{ id: uuid @id; mail: email; finding: text @phi; card: string @pci @masked; home: Home }}\n  \
             {body}\n}}\n"
        )
    }

    fn check(body: &str) -> Vec<String> {
        of_rule(&text(body), "data.sensitive_in_logs")
    }

    #[test]
    fn fields_with_a_class_do_not_belong_into_a_log() {
        assert_eq!(check("job j every 1d { reads P; log id, mail }"), ["4 error S.j"]);
        assert_eq!(check("job j every 1d { reads P; log finding }"), ["4 error S.j"]);
        assert_eq!(check("job j every 1d { reads P; log home }"), ["4 error S.j"]);
        assert_eq!(check("job j every 1d { reads P; log home.street }"), ["4 error S.j"]);
        assert_eq!(check("job j every 1d {\n    reads P\n    log mail\n    log finding\n  }").len(), 2);
    }

    #[test]
    fn parameters_count_too() {
        let of = |params: &str, log: &str| {
            check(&format!("endpoint e POST /e ({params}) {{ reads P; log {log} }}"))
        };
        assert_eq!(of("to: email", "to"), ["4 error S.e"]);
        assert_eq!(of("pin: string @secret", "pin"), ["4 error S.e"]);
        assert_eq!(of("body: { to: email; n: int }", "body.to"), ["4 error S.e"]);
        assert_eq!(of("body: { to: email; n: int }", "body.n"), [""; 0]);
        assert_eq!(of("n: int", "n"), [""; 0]);
    }

    #[test]
    fn ids_and_masked_fields_may_be_logged() {
        assert_eq!(check("job j every 1d { reads P; log id, card, home.city }"), [""; 0]);
    }

    #[test]
    fn the_text_of_an_error_is_read_by_everybody() {
        assert_eq!(check("error Taken 409 \"{mail} has an account.\""), ["4 error S.Taken"]);
        assert_eq!(check("error Taken 409 \"{id} is taken.\""), [""; 0]);
        assert_eq!(check("error Taken 409 \"The mail is taken.\""), [""; 0]);
    }

    #[test]
    fn it_is_left_out_or_masked() {
        let body = "job j every 1d { reads P; log id, mail }";
        assert!(fixed(&text(body), "Do not log P.mail").contains("{ reads P; log id }"));
        let masked = fixed(&text(body), "Mask P.mail");
        assert!(masked.contains("mail: email @masked;"), "{masked}");
        let alone = fixed(&text("job j every 1d { reads P; log mail }"), "Do not log P.mail");
        assert!(alone.contains("{ reads P }"), "{alone}");
    }
}
