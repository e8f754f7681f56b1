//! Classified answers are kept in a cache for more than one caller, or for ever.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Cache, ExprFact, ExprFactKind},
        finding::{Finding, FixPlan, Place, Step},
        guards::Classified,
        loc::{Loc, Part},
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.cache_sensitive",
    severity: Severity::Warning,
    summary: "A cache may show one person's data to another.",
    cwe: &[524],
    page: include_str!("../../../../../docs/rules/data/cache_sensitive.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for cache in &service.caches {
        findings.extend(of_query(cx, item, cache));
    }
    findings.extend(cx.ops(item).filter_map(|op| of_answer(cx, op)));
}

/// Whether something of the caller occurs.
fn asks_caller(expr: &ExprFact) -> bool {
    let mut found = false;
    expr.walk(&mut |expr| found |= matches!(expr.kind, ExprFactKind::Caller(_)));
    found
}

/// Whether what a query answers depends on the caller: by its own condition, or by `visible where` of its entity. Then the caller
/// is part of what its answers are kept under.
fn keyed(cx: Cx<'_>, query: Def) -> bool {
    let own = query.query(cx.db).and_then(|facts| facts.predicate.as_ref());
    own.is_some_and(|(predicate, _)| asks_caller(predicate))
        || cx.query_entity(query).is_some_and(|entity| visible(cx, entity))
}

fn visible(cx: Cx<'_>, entity: Def) -> bool {
    let facts = cx.entity(entity).and_then(|facts| facts.visible.as_ref());
    facts.is_some_and(|(predicate, _)| asks_caller(predicate))
}

fn names(fields: &[Classified]) -> String {
    listed(fields.iter().map(|field| field.name.split_once('.').map_or(&*field.name, |(_, rest)| rest)))
}

fn of_query(cx: Cx<'_>, item: Item, cache: &Cache) -> Option<Finding> {
    let query = cx.def(item, &cache.query)?;
    // Credentials in another service's cache are `data.secret_leaves_service`.
    let fields = cx.classified(query.item, &query.query(cx.db)?.returns, true);
    let first = fields.first()?;
    let forever = cache.ttl.is_none();
    let shared = !keyed(cx, query);
    // Kept for ever and emptied by nothing is `scale.stale_cache`.
    if !shared && (!forever || cache.invalidated.is_empty()) {
        return None;
    }
    let name = format!("{}.{}", cx.name(item), cache.name);
    let consequence = if shared {
        "its answers are the same for every caller, so one sees what another may see"
    } else {
        "without a `ttl` they stay there after they are deleted"
    };
    let place = Place::new(item, cache.loc.clone());
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name,
        place.clone(),
        format!("cache `{}` keeps {}: {consequence}", cache.name, names(&fields)),
    )
    .help("Cache a projection without these fields, ask for the caller in the query or by `visible where`, and give it a `ttl`.")
    .related(
        format!("`{}` is {}", first.name, first.classes.words()),
        first.place.clone(),
    );
    let drop = FixPlan::suggest(
        format!("Drop cache {}", cache.name),
        vec![Step::Remove(Place::new(item, Loc::head(&cache.loc.path)))],
    );
    if !shared {
        let ttl = vec![Step::AddStatement(place, "ttl 5m".to_owned())];
        finding = finding.fix(FixPlan::suggest("Keep them for 5 minutes", ttl).preferred());
    }
    Some(finding.fix(drop))
}

fn of_answer(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let (_, statement) = op.op.cache.as_ref()?;
    // Whoever comes may have it from the endpoint itself: `auth.unauthenticated_sensitive`.
    if cx.open(op) {
        return None;
    }
    let fields = cx.classified_answer(op);
    let first = fields.first()?;
    let mut allows = op.op.allow.iter();
    let own = !op.op.allow.is_empty() && allows.all(|allow| allow.predicate.as_ref().is_some_and(asks_caller));
    let runs = op.op.runs.iter().filter_map(|run| cx.def(op.def.item, &run.query));
    let mut sources = runs
        .map(|query| keyed(cx, query))
        .chain(op.op.touches.iter().filter_map(|touch| {
            Some(visible(cx, cx.def(op.def.item, &touch.entity)?))
        }))
        .peekable();
    if own || (sources.peek().is_some() && sources.all(|keyed| keyed)) {
        return None;
    }
    let element = cx.qualified(op.def);
    let message = format!(
        "the answer of `{element}` with {} may be used again, and nothing ties it to the caller: one sees what another may see",
        names(&fields)
    );
    Some(
        Finding::new(
            RULE.id,
            RULE.severity,
            element,
            Place::new(op.def.item, statement.with(Part::Head)),
            message,
        )
        .help("Answer with a projection without these fields, tie the rows to the caller, or leave `cache` out.")
        .related(
            format!("`{}` is {}", first.name, first.classes.words()),
            first.place.clone(),
        )
        .fix(FixPlan::suggest(
            "Do not cache the answer",
            vec![Step::Remove(Place::new(op.def.item, statement.clone()))],
        )),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(visible: &str, body: &str) -> String {
        format!(
            "role R\nservice S {{\n  entity P {{ id: uuid @id; mail: email; city: string; clinic: uuid; {visible} }}\n  \
             type City of P {{ id, city }}\n  event Moved v1 {{ key id; id: uuid }}\n  \
             query all -> [P] {{ limit 9 }}\n  query mine -> [P] {{ where id == caller.id; limit 9 }}\n  \
             query cities -> [City] {{ limit 9 }}\n  {body}\n}}\n"
        )
    }

    fn check(visible: &str, body: &str) -> Vec<String> {
        of_rule(&text(visible, body), "data.cache_sensitive")
    }

    const VISIBLE: &str = "visible where clinic == caller.tenant";

    #[test]
    fn what_everybody_shares_must_not_be_classified() {
        assert_eq!(check("", "cache c of all { ttl 5m }"), ["9 warning S.c"]);
        assert_eq!(check("", "cache c of cities { ttl 5m }"), [""; 0]);
        assert_eq!(check("", "cache c of mine { ttl 5m }"), [""; 0]);
        assert_eq!(check(VISIBLE, "cache c of all { ttl 5m }"), [""; 0]);
    }

    #[test]
    fn for_ever_is_too_long() {
        assert_eq!(check("", "cache c of mine { invalidated by Moved }"), ["9 warning S.c"]);
        assert_eq!(check("", "cache c of mine"), [""; 0]);
        let text = text("", "cache c of mine { invalidated by Moved }");
        assert!(fixed(&text, "Keep them for 5 minutes").contains("{ invalidated by Moved; ttl 5m }"));
    }

    #[test]
    fn answers_count_too() {
        let of = |visible: &str, allow: &str| {
            check(visible, &format!("endpoint e GET /e/{{id}} -> P {{ {allow}; reads P; cache 30s }}"))
        };
        assert_eq!(of("", "allow R"), ["9 warning S.e"]);
        assert_eq!(of(VISIBLE, "allow R"), [""; 0]);
        assert_eq!(of("", "allow R where id == caller.id"), [""; 0]);
        assert_eq!(check("", "endpoint e GET /e -> [City] { runs cities; cache 30s }"), [""; 0]);
        let text = text("", "endpoint e GET /e -> P { reads P; cache 30s }");
        assert!(fixed(&text, "Do not cache the answer").contains("{ reads P }"));
    }
}
