//! A service that is a function of another one.

use rustc_hash::FxHashMap;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        calls::call_graph,
        cx::Cx,
        def::Def,
        dependencies::{Home, dependencies, home},
        finding::{Finding, Place},
        guards::client_uses,
        shape::{Shape, shapes},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.nano_service",
    severity: Severity::Info,
    summary: "A service does one thing for one other service.",
    page: include_str!("../../../../../docs/rules/boundary/nano_service.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let small: Vec<&Shape> = shapes(cx.db)
        .iter()
        .filter(|shape| {
            shape.entities == 0 && shape.working == 1 && shape.only_answers && !shape.broken && shape.kind.is_none()
        })
        .filter(|shape| !independent(cx, shape.item))
        .collect();
    if small.is_empty() {
        return;
    }
    let graph = call_graph(cx.db);
    let mut callers: FxHashMap<Item, Vec<usize>> = FxHashMap::default();
    for (index, link) in graph.links.iter().enumerate() {
        callers.entry(graph.services[link.to]).or_default().push(index);
    }
    for shape in small {
        let item = shape.item;
        let Some([only]) = callers.get(&item).map(Vec::as_slice) else {
            continue;
        };
        let link = &graph.links[*only];
        let caller = graph.services[link.from];
        let near = matches!((home(cx.db, caller), home(cx.db, item)), (Home::Context(one), Home::Context(other)) if one == other);
        if !near || owner(cx, caller) != owner(cx, item) {
            continue;
        }
        let (name, by) = (cx.name(item).clone(), cx.name(caller));
        let mut finding = Finding::new(
            RULE.id,
            RULE.severity,
            name.clone(),
            cx.place(Def::item(item)),
            format!(
                "`{name}` keeps nothing and has one operation, which only `{by}` calls: it costs a deployment and a trip over the network, and nobody is freer for it"
            ),
        )
        .help(format!("Take the operation into `{by}` as a component."));
        for &edge in link.edges.iter().take(5) {
            let site = graph.site(edge);
            finding = finding.related(site.says(cx), Place::new(site.op.item, site.statement.clone()));
        }
        findings.push(finding);
    }
}

/// Whether a service has a reason to stand by itself: it grows by itself, shields the others from a vendor or another context, or is used
/// from outside.
fn independent(cx: Cx<'_>, item: Item) -> bool {
    let Some(service) = cx.service(item) else { return true };
    if service.scale.is_some() || !service.routes.is_empty() || client_uses(cx.db).touched.contains(&item) {
        return true;
    }
    let shielded: Vec<Item> = match home(cx.db, item) {
        Home::Context(context) => cx
            .context(context)
            .into_iter()
            .flat_map(|facts| &facts.uses)
            .filter(|used| used.via.as_deref() == Some("anticorruption"))
            .filter_map(|used| cx.def(context, &used.context))
            .map(|def| def.item)
            .collect(),
        _ => Vec::new(),
    };
    dependencies(cx.db, item).iter().any(|dependency| {
        cx.vendor(dependency.target.item).is_some()
            || matches!(home(cx.db, dependency.target.item), Home::Context(context) if shielded.contains(&context))
    })
}

/// The team that answers for a service.
fn owner(cx: Cx<'_>, item: Item) -> Option<Item> {
    if let Some(owner) = cx.service(item).and_then(|service| service.owner.as_ref()) {
        return cx.def(item, owner).map(|team| team.item);
    }
    let (system, facts) = cx.system()?;
    cx.def(system, facts.owner.as_ref()?).map(|team| team.item)
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    fn check(service: &str, more: &str) -> Vec<String> {
        of_rule(
            &format!(
                "team T\nteam U\nvendor V: http\ncontext C {{ uses D via anticorruption }}\ncontext D\n\
                 service Main in C {{\n  owner T\n  entity E {{ id: uuid @id }}\n  endpoint a GET /v1/a {{ calls Tax.rate }}\n}}\n\
                 service Far in D {{ endpoint far GET /v1/far }}\n\
                 service Tax in C {{\n  owner T\n  {service}\n}}\n{more}"
            ),
            "boundary.nano_service",
        )
    }

    const RATE: &str = "endpoint health GET /health; endpoint rate GET /v1/rate";

    #[test]
    fn one_operation_for_one_neighbour() {
        assert_eq!(check(RATE, ""), ["12 info Tax"]);
    }

    #[test]
    fn whatever_makes_it_independent_is_a_reason() {
        for service in [
            "endpoint rate GET /v1/rate; endpoint more GET /v1/more",
            "entity R { id: uuid @id }; endpoint rate GET /v1/rate",
            "scale 1..3; endpoint rate GET /v1/rate",
            "endpoint rate GET /v1/rate { calls V }",
            "uses V; endpoint rate GET /v1/rate",
            "endpoint rate GET /v1/rate { calls Far.far }",
            "kind worker; endpoint rate GET /v1/rate",
        ] {
            assert_eq!(check(service, ""), [""; 0], "{service}");
        }
        let other = "service Other in C { owner T; job j every 1d { calls Tax.rate } }\n";
        assert_eq!(check(RATE, other), [""; 0]);
        assert_eq!(check(RATE, "client Web: web { uses Tax.rate }\n"), [""; 0]);
    }

    #[test]
    fn another_team_or_context_is_a_boundary() {
        let text = "team T\nteam U\ncontext C\ncontext D { uses C }\nservice Main in D { owner T; job a every 1d { calls Tax.rate } }\n\
                    service Tax in C { owner T; endpoint rate GET /v1/rate }\n";
        assert_eq!(of_rule(text, "boundary.nano_service"), [""; 0]);
        let text = text.replace("service Main in D { owner T", "service Main in C { owner U");
        assert_eq!(of_rule(&text, "boundary.nano_service"), [""; 0]);
        let text = text.replace("{ owner U", "{ owner T");
        assert_eq!(of_rule(&text, "boundary.nano_service"), ["6 info Tax"]);
    }
}
