//! A credential, or a field marked `@internal`, is part of something that leaves its service.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::Field,
        finding::{Finding, Place},
        nested::{walk, walk_def},
    },
    rules::{Check, Rule, narrow::projections},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.secret_leaves_service",
    severity: Severity::Error,
    core: true,
    summary: "A credential or internal field leaves its service.",
    subsumes: &[],
    cwe: &[201],
    page: include_str!("../../../../../docs/rules/data/secret_leaves_service.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// A field that must not leave, and the item it is written in.
type Leak<'db> = (Item, &'db Field);

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for op in cx.ops(item) {
        answers(cx, op, findings);
        sends(cx, op, findings);
    }
    for event in &service.events {
        for field in &event.fields {
            let mut leaks = Vec::new();
            if note(&mut leaks, item, field) {
                walk(cx, item, &field.ty, &mut |item, field| {
                    note(&mut leaks, item, field)
                });
            }
            let name = format!("{}.{}.{}", cx.name(item), event.name, field.name);
            let fact = format!("event `{}` carries", event.name);
            report(
                cx,
                &leaks,
                name,
                &Place::new(item, field.loc.clone()),
                &fact,
                findings,
            );
        }
    }
    for cache in &service.caches {
        let Some(query) = cx.def(item, &cache.query).filter(|query| query.item != item) else {
            continue;
        };
        let Some(facts) = query.query(cx.db) else { continue };
        let mut leaks = Vec::new();
        walk(cx, query.item, &facts.returns, &mut |item, field| {
            note(&mut leaks, item, field)
        });
        let fact = format!("cache `{}` keeps, outside `{}`,", cache.name, cx.name(query.item));
        report(
            cx,
            &leaks,
            format!("{}.{}", cx.name(item), cache.name),
            &Place::new(item, cache.loc.clone()),
            &fact,
            findings,
        );
    }
}

/// Notes a field that must not leave; says whether to look inside it, too.
fn note<'db>(leaks: &mut Vec<Leak<'db>>, item: Item, field: &'db Field) -> bool {
    let shown_in_part = field.has("masked") || field.has("tokenized");
    if field.has("internal") || (field.has("secret") && !shown_in_part) {
        leaks.push((item, field));
        return false;
    }
    !shown_in_part
}

fn answers(cx: Cx<'_>, op: OpRef<'_>, findings: &mut Vec<Finding>) {
    let Some((ty, _)) = &op.op.returns else { return };
    // Handing out a credential is what such an operation is for.
    if !op.op.is_endpoint() || !op.op.issues.is_empty() {
        return;
    }
    let item = op.def.item;
    let mut leaks = Vec::new();
    walk(cx, item, ty, &mut |item, field| note(&mut leaks, item, field));
    let before = findings.len();
    let name = cx.qualified(op.def);
    let fact = format!("`{name}` answers with");
    report(
        cx,
        &leaks,
        name,
        &Place::new(item, op.op.loc.clone()),
        &fact,
        findings,
    );
    if let Some(finding) = findings.get_mut(before) {
        finding.fixes = projections(cx, op, ty, &leaks);
    }
}

fn sends(cx: Cx<'_>, op: OpRef<'_>, findings: &mut Vec<Finding>) {
    let item = op.def.item;
    for send in &op.op.sends {
        let mut leaks = Vec::new();
        for data in send.data.iter().filter_map(|data| cx.def(item, data)) {
            match data.field(cx.db) {
                Some(field) => {
                    if note(&mut leaks, data.item, field) {
                        walk(cx, data.item, &field.ty, &mut |item, field| {
                            note(&mut leaks, item, field)
                        });
                    }
                }
                None => walk_def(cx, data, &mut |item, field| note(&mut leaks, item, field)),
            }
        }
        let name = cx.qualified(op.def);
        let fact = format!("`{name}` sends to `{}`", send.vendor.text());
        report(
            cx,
            &leaks,
            name,
            &Place::new(item, send.loc.clone()),
            &fact,
            findings,
        );
    }
}

fn report(
    cx: Cx<'_>,
    leaks: &[Leak<'_>],
    element: impl Into<SmolStr>,
    at: &Place,
    fact: &str,
    findings: &mut Vec<Finding>,
) {
    if leaks.is_empty() {
        return;
    }
    let credential = leaks.iter().any(|(_, field)| field.has("secret"));
    let named: Vec<String> = leaks
        .iter()
        .map(|(_, field)| format!("`{}` ({})", field.name, word(field)))
        .collect();
    let consequence = if credential {
        "a credential that has left its service is one that has to be changed"
    } else {
        "what is `@internal` never leaves its service"
    };
    let mut finding = Finding::new(
        RULE.id,
        Severity::Error,
        element,
        at.clone(),
        format!("{fact} {}: {consequence}", named.join(", ")),
    )
    .help("Name a projection without the field, or leave the field out.");
    for (item, field) in leaks {
        let place = Place::new(*item, field.loc.clone());
        if place != *at {
            finding = finding.related(
                format!("`{}` of `{}` is {}", field.name, cx.name(*item), word(field)),
                place,
            );
        }
    }
    findings.push(finding);
}

fn word(field: &Field) -> &'static str {
    if field.has("secret") {
        "@secret"
    } else {
        "@internal"
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    const USER: &str = "service S {\n  entity User { id: uuid @id; name: string; hash: string @secret @hashed; note: text @internal }\n  type Card of User { id, name }\n";

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "data.secret_leaves_service")
    }

    fn member(text: &str) -> Vec<String> {
        check(&format!("{USER}  {text}\n}}\n"))
    }

    #[test]
    fn answers_are_searched_however_deep() {
        assert_eq!(member("endpoint e GET /e -> User"), ["4 error S.e"]);
        assert_eq!(member("endpoint e GET /e -> page User"), ["4 error S.e"]);
        assert_eq!(
            member("endpoint e GET /e -> { users: [User] } { internal }"),
            ["4 error S.e"]
        );
        assert_eq!(
            member("resource User at /u { get; delete }"),
            ["4 error S.get_user"]
        );
        assert_eq!(
            check(&format!(
                "{USER}}}\nservice T {{ endpoint e GET /e -> S.User }}\n"
            )),
            ["5 error T.e"]
        );
    }

    #[test]
    fn what_comes_in_or_is_handed_out_on_purpose_is_fine() {
        assert!(member("endpoint e GET /e -> Card").is_empty());
        assert!(member("endpoint e POST /e (body: User) { writes User }").is_empty());
        assert!(check("auth A: jwt { issuer S }\nservice S { endpoint in POST /in -> { token: string @secret } { issues A } }\n").is_empty());
        assert!(member("endpoint e GET /e -> { key: string @secret @masked; ref: ref User }").is_empty());
    }

    #[test]
    fn events_transfers_and_foreign_caches_count() {
        let text = "vendor V: http\nservice S {\n  entity K { id: uuid @id; key: string @secret }\n  query all -> [K] { limit 9 }\n  cache own of all\n  \
                    event E {\n    key id\n    id: uuid\n    token: string @secret\n  }\n  job j every 1d {\n    sends K.key to V\n    sends K to V\n    sends K.id to V\n  }\n}\n\
                    service T { cache other of S.all }\n";
        assert_eq!(
            check(text),
            [
                "9 error S.E.token",
                "12 error S.j",
                "13 error S.j",
                "17 error T.other"
            ]
        );
    }

    #[test]
    fn the_fix_answers_with_a_projection() {
        let text = format!("{USER}  endpoint e GET /e -> [User]\n}}\n");
        let fresh = fixed(&text, "Answer with a projection without hash, note");
        assert!(
            fresh.contains("-> [UserView]\n  type UserView of User { id, name }\n}"),
            "{fresh}"
        );
        assert!(check(&fresh).is_empty());
        assert!(fixed(&text, "Answer with Card").contains("-> [Card]"));
    }
}
