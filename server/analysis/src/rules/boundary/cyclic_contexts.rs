//! Contexts that use each other in a circle.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        dependencies::{Dependency, Home, dependencies, home_of},
        facts::ContextUse,
        finding::{Finding, FixPlan, Place, Step},
        graph::{circles, shortest_way},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.cyclic_contexts",
    severity: Severity::Error,
    summary: "Contexts use each other in a circle.",
    page: include_str!("../../../../../docs/rules/boundary/cyclic_contexts.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many names of a long circle stand in the message.
const SHOWN: usize = 8;

/// How many dependencies are related places: nobody reads more.
const RELATED: usize = 10;

/// Which context uses which, by their numbers in the order of files and text.
struct Map<'db> {
    contexts: std::sync::Arc<[Item]>,
    successors: Vec<Vec<usize>>,
    uses: FxHashMap<(usize, usize), &'db ContextUse>,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let map = map(cx);
    for members in circles(&map.successors) {
        findings.extend(finding(cx, &map, &members));
    }
}

fn map(cx: Cx<'_>) -> Map<'_> {
    let contexts = cx.items(Kind::Context);
    let numbers: FxHashMap<Item, usize> = contexts
        .iter()
        .enumerate()
        .map(|(number, item)| (*item, number))
        .collect();
    let mut successors = vec![Vec::new(); contexts.len()];
    let mut uses: FxHashMap<(usize, usize), &ContextUse> = FxHashMap::default();
    let mut partners = Vec::new();
    for (from, &context) in contexts.iter().enumerate() {
        for used in cx.context(context).into_iter().flat_map(|facts| &facts.uses) {
            let Some(&to) = cx
                .def(context, &used.context)
                .and_then(|def| numbers.get(&def.item))
                .filter(|to| **to != from)
            else {
                continue;
            };
            if used.via.as_deref() == Some("partner") {
                partners.push((from.min(to), from.max(to)));
            }
            uses.entry((from, to)).or_insert(used);
        }
    }
    // Partners plan together: their circle is what they have agreed on, even if only one of them says so.
    uses.retain(|(from, to), _| !partners.contains(&(*from.min(to), *from.max(to))));
    for &(from, to) in uses.keys() {
        successors[from].push(to);
    }
    for to in &mut successors {
        to.sort_unstable();
    }
    Map {
        contexts,
        successors,
        uses,
    }
}

fn finding(cx: Cx<'_>, map: &Map<'_>, members: &[usize]) -> Option<Finding> {
    let inside = |node: usize| members.binary_search(&node).is_ok();
    let needed = needed(cx, map, members);
    // Numbers follow the text, so of equally thin edges the first is the first in the text.
    let (from, to) = members
        .iter()
        .flat_map(|&from| map.successors[from].iter().map(move |&to| (from, to)))
        .filter(|(_, to)| inside(*to))
        .min_by_key(|edge| needed.get(edge).map_or(0, Vec::len))?;
    let used = map.uses.get(&(from, to))?;
    let back = shortest_way(&map.successors, to, from, inside)?;
    let name = |number: usize| cx.name(map.contexts[number]).as_str();
    let mut circle: Vec<&str> = std::iter::once(from).chain(back.iter().copied()).map(name).collect();
    let more = members.len() + 1 - circle.len();
    if circle.len() > SHOWN {
        circle.splice(SHOWN - 3..circle.len() - 2, ["…"]);
    }
    let knot = match more {
        0 => String::new(),
        1 => "; one more context hangs in the same knot".to_owned(),
        more => format!("; {more} more contexts hang in the same knot"),
    };
    let item = map.contexts[from];
    let sites = needed.get(&(from, to)).map(Vec::as_slice).unwrap_or_default();
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        cx.name(item).clone(),
        Place::new(item, used.context.loc.clone()),
        format!(
            "`{}` uses `{}`, which closes a circle, {}: none of them can change without the others{knot}",
            name(from),
            name(to),
            circle.join(" → ")
        ),
    )
    .help("Let one direction go by events that the other side reacts to; or, if both plan and release together anyway, say so: `via partner`.")
    .known_by(members.iter().map(|&member| cx.name(map.contexts[member]).clone()));
    for pair in back.windows(2) {
        if let Some(other) = map.uses.get(&(pair[0], pair[1])) {
            finding = finding.related(
                format!("`{}` uses `{}`", name(pair[0]), name(pair[1])),
                Place::new(map.contexts[pair[0]], other.context.loc.clone()),
            );
        }
    }
    for (service, dependency) in sites.iter().take(RELATED) {
        finding = finding.related(dependency.says(cx), Place::new(*service, dependency.loc.clone()));
    }
    finding.fixes = fixes(cx, map, members, (from, to), sites.is_empty());
    Some(finding)
}

/// What in the services makes the contexts of a circle depend on each other.
fn needed<'db>(cx: Cx<'db>, map: &Map<'_>, members: &[usize]) -> FxHashMap<(usize, usize), Vec<(Item, &'db Dependency)>> {
    let numbers: FxHashMap<Item, usize> = members
        .iter()
        .map(|&number| (map.contexts[number], number))
        .collect();
    let mut found: FxHashMap<(usize, usize), Vec<(Item, &Dependency)>> = FxHashMap::default();
    for &service in cx.items(Kind::Service).iter() {
        let Some(&from) = cx.context_of(service).and_then(|context| numbers.get(&context)) else {
            continue;
        };
        for dependency in dependencies(cx.db, service).iter() {
            let Some(Home::Context(context)) = home_of(cx.db, dependency.target) else {
                continue;
            };
            if let Some(&to) = numbers.get(&context) {
                found.entry((from, to)).or_default().push((service, dependency));
            }
        }
    }
    found
}

/// Taking out a `uses` that nothing needs, or saying that the two are partners; where that ends the circle.
fn fixes(cx: Cx<'_>, map: &Map<'_>, members: &[usize], (from, to): (usize, usize), unneeded: bool) -> Vec<FixPlan> {
    let ends = |pair: bool| {
        let left: Vec<Vec<usize>> = map
            .successors
            .iter()
            .enumerate()
            .map(|(node, successors)| {
                let gone = |other: usize| {
                    (node, other) == (from, to) || (pair && (node, other) == (to, from)) || !members.contains(&node)
                };
                successors.iter().copied().filter(|other| !gone(*other)).collect()
            })
            .collect();
        circles(&left).is_empty()
    };
    let Some(used) = map.uses.get(&(from, to)) else {
        return Vec::new();
    };
    let item = map.contexts[from];
    let others: Vec<SmolStr> = cx
        .context(item)
        .into_iter()
        .flat_map(|facts| &facts.uses)
        .filter(|other| other.context.loc.path == used.context.loc.path && other.context.loc != used.context.loc)
        .map(|other| other.context.text().into())
        .collect();
    // What stands behind the list is meant for all of it and stays as it is written.
    let plain = used.via.is_none() && used.because.is_none();
    let statement = || Place::new(item, Loc::head(&used.context.loc.path));
    let mut fixes = Vec::new();
    let name = cx.name(map.contexts[to]);
    if unneeded && ends(false) && (plain || others.is_empty()) {
        let step = if others.is_empty() {
            Step::Remove(statement())
        } else {
            Step::Replace(statement(), format!("uses {}", others.join(", ")))
        };
        fixes.push(FixPlan::suggest(format!("Remove the unused dependency on {name}"), vec![step]).preferred());
    }
    if plain && ends(true) {
        let partner = format!("uses {} via partner", used.context.text());
        let steps = if others.is_empty() {
            vec![Step::Replace(statement(), partner)]
        } else {
            vec![
                Step::Replace(statement(), format!("uses {}", others.join(", "))),
                Step::AddStatement(Place::new(item, Loc::head(&[])), partner),
            ]
        };
        fixes.push(FixPlan::suggest(format!("Say that {} and {name} are partners", cx.name(item)), steps));
    }
    fixes
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "boundary.cyclic_contexts")
    }

    #[test]
    fn circles_are_found_and_trees_are_not() {
        assert_eq!(check("context A { uses B }\ncontext B { uses A }\n"), ["1 error A"]);
        assert_eq!(check("context A { uses B }\ncontext B { uses C }\ncontext C { uses A }\n"), ["1 error A"]);
        assert_eq!(check("context A { uses B, C }\ncontext B { uses C }\ncontext C\n"), [""; 0]);
        assert_eq!(
            check("context A { uses B }\ncontext B { uses A }\ncontext C { uses D }\ncontext D { uses C via conformist }\n"),
            ["1 error A", "3 error C"]
        );
    }

    #[test]
    fn partners_have_agreed_on_it() {
        assert_eq!(check("context A { uses B via partner }\ncontext B { uses A via partner }\n"), [""; 0]);
        assert_eq!(check("context A { uses B via partner }\ncontext B { uses A }\n"), [""; 0]);
        assert_eq!(check("context A { uses B via partner }\ncontext B { uses C }\ncontext C { uses A }\n"), [""; 0]);
    }

    #[test]
    fn the_thinnest_edge_has_the_finding() {
        let text = "context A { uses B }\ncontext B { uses A }\n\
                    service S in A { entity E { id: uuid @id }; endpoint e GET /e; job j every 1d { calls T.f } }\n\
                    service T in B { endpoint f GET /f }\n";
        assert_eq!(check(text), ["2 error B"]);
        let after = fixed(text, "Remove the unused dependency on A");
        assert!(after.contains("context B {"), "{after}");
        assert_eq!(check(&after), [""; 0]);
    }

    #[test]
    fn partners_can_be_said_to_be_some() {
        let text = "context A { uses B, C }\ncontext B { uses A }\ncontext C\nservice S in A { job j every 1d { calls T.f } }\n\
                    service T in B { endpoint f GET /f { calls S2.g } }\nservice S2 in A { endpoint g GET /g }\n";
        assert_eq!(check(text), ["1 error A"]);
        let after = fixed(text, "Say that A and B are partners");
        assert!(after.contains("context A { uses C; uses B via partner }"), "{after}");
        assert_eq!(check(&after), [""; 0]);
        let long = "context A { uses B }\ncontext B { uses C }\ncontext C { uses A }\n";
        assert_eq!(check(&fixed(long, "Say that A and B are partners")), [""; 0]);
    }
}
