//! Containers may do more than they need, or are not what was tested.

use archwright_codegen::names::snake;
use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        environments::{environments, in_production, is_production},
        facts::{Environment, Runtime, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.privileged_runtime",
    severity: Severity::Warning,
    summary: "Containers may do more than they need, or are not what was tested.",
    cwe: &[250],
    clauses: &[
        ("pci", "PCI DSS 2.2.6"),
        ("iso27001", "ISO/IEC 27001 A.8.9"),
    ],
    page: include_str!("../../../../../docs/rules/deploy/privileged_runtime.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Words in the names of services whose work is to build containers.
const BUILDERS: &[&str] = &["build", "builder", "builds", "runner", "runners"];

/// What should be said of the containers of an environment.
const ASKED: [Asked; 2] = [
    Asked {
        word: "unprivileged",
        setting: |runtime| &runtime.unprivileged,
        whether: "whether containers run as root",
    },
    Asked {
        word: "pinned",
        setting: |runtime| &runtime.pinned,
        whether: "which image it is that runs",
    },
];

struct Asked {
    word: &'static str,
    setting: fn(&Runtime) -> &Setting<()>,
    whether: &'static str,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let environments: Vec<(Item, &Environment)> = environments(cx)
        .into_iter()
        .filter(|(item, _)| is_production(cx, *item))
        .collect();
    for (item, environment) in &environments {
        if let Some(runtime) = &environment.runtime {
            stated(cx, *item, runtime, findings);
        }
    }
    if !in_production(cx) {
        return;
    }
    let services = cx.items(Kind::Service);
    for &service in services.iter() {
        if let Some(runtime) = runtime_of(cx, service)
            && !builds(cx, service)
        {
            stated(cx, service, runtime, findings);
        }
    }
    let mut asked: Vec<(Item, Vec<&Asked>)> = Vec::new();
    for (item, environment) in environments {
        unsaid(cx, item, environment, &services, &mut asked);
    }
    findings.extend(asked.iter().map(|(item, words)| question(cx, *item, words)));
}

fn runtime_of(cx: Cx<'_>, service: Item) -> Option<&Runtime> {
    cx.service(service)?.runtime.as_ref()
}

fn builds(cx: Cx<'_>, service: Item) -> bool {
    snake(cx.name(service))
        .split('_')
        .any(|word| BUILDERS.contains(&word))
}

/// What a runtime says that it should not.
fn stated(cx: Cx<'_>, item: Item, runtime: &Runtime, findings: &mut Vec<Finding>) {
    let wrong = [
        (
            matches!(runtime.unprivileged, Setting::Off(_)),
            runtime.unprivileged.loc(),
            "unprivileged",
            "runs containers as root: whoever breaks out of one owns the host",
        ),
        (
            matches!(runtime.host_socket, Setting::Set(..)),
            runtime.host_socket.loc(),
            "host_socket off",
            "gives containers the host's socket: whoever is in one of them starts what he likes on the host",
        ),
        (
            matches!(runtime.pinned, Setting::Off(_)),
            runtime.pinned.loc(),
            "pinned",
            "names images by floating tags: what starts tomorrow need not be what was tested today",
        ),
    ];
    for (is, loc, right, says) in wrong {
        let Some(loc) = loc.filter(|_| is) else { continue };
        let name = cx.name(item);
        let place = Place::new(item, loc.clone());
        let step = Step::Replace(place.clone(), right.to_owned());
        findings.push(
            Finding::new(RULE.id, RULE.severity, name.clone(), place, format!("`{name}` {says}"))
                .help("Give containers what they need and no more, and name images by their digest.")
                .citing(cx, &RULE, &["pci", "iso27001"])
                .fix(FixPlan::suggest(format!("Change to {right}"), vec![step]).preferred()),
        );
    }
}

/// Where nobody says something: on the environment if no service says it either, else on each service that doesn't.
fn unsaid<'a>(
    cx: Cx<'_>,
    item: Item,
    environment: &Environment,
    services: &[Item],
    asked: &mut Vec<(Item, Vec<&'a Asked>)>,
) {
    // Functions bring neither root nor images.
    let functions = environment.platform.as_deref() == Some("serverless");
    if functions || services.is_empty() || cx.facts(item).broken {
        return;
    }
    let mut ask = |item: Item, what: &'a Asked| match asked.iter_mut().find(|(known, _)| *known == item) {
        Some((_, words)) if words.iter().any(|known| known.word == what.word) => {}
        Some((_, words)) => words.push(what),
        None => asked.push((item, vec![what])),
    };
    for what in &ASKED {
        let says = |runtime: Option<&Runtime>| runtime.is_some_and(|runtime| !(what.setting)(runtime).is_absent());
        if says(environment.runtime.as_ref()) {
            continue;
        }
        let silent = |service: &&Item| !says(runtime_of(cx, **service)) && !cx.facts(**service).broken;
        let count = services.iter().filter(silent).count();
        if count == services.len() {
            ask(item, what);
        } else {
            services.iter().filter(silent).for_each(|service| ask(*service, what));
        }
    }
}

fn question(cx: Cx<'_>, item: Item, asked: &[&Asked]) -> Finding {
    let name = cx.name(item);
    let whether: Vec<&str> = asked.iter().map(|what| what.whether).collect();
    let words: Vec<String> = asked.iter().map(|what| what.word.to_owned()).collect();
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let message = format!(
        "nothing says of `{name}` {}: nobody has decided it, and the platform's default decides",
        whether.join(" or ")
    );
    let step = match cx.statement(item, &place.loc, Kind::Runtime) {
        Some(block) => Step::AddStatement(Place::new(item, block), words.join("\n")),
        None => Step::AddStatement(place.clone(), format!("runtime {{ {} }}", words.join("; "))),
    };
    // Hardly anybody says it: what each healthy blueprint is asked must not stand in its way.
    Finding::new(RULE.id, Severity::Hint, name.clone(), place, message)
        .help(format!("Say it in `runtime {{ … }}`: {}.", told::names(&words)))
        .fix(FixPlan::suggest(format!("Add {} to {name}", words.join(" and ")), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    fn live(runtime: &str) -> Vec<String> {
        check(&format!(
            "environment Live {{\n  runtime {{ {runtime} }}\n}}\nservice Orders {{ scale 1..2 }}\n"
        ))
    }

    #[test]
    fn what_is_stated_is_judged_one_by_one() {
        assert_eq!(live("unprivileged off; pinned"), ["2 warning Live"]);
        assert_eq!(live("unprivileged; pinned off"), ["2 warning Live"]);
        assert_eq!(live("unprivileged; pinned; host_socket"), ["2 warning Live"]);
        assert_eq!(live("unprivileged; pinned; host_socket off"), [""; 0]);
        assert_eq!(check("service Orders { runtime { unprivileged off } }\n"), ["1 warning Orders"]);
    }

    #[test]
    fn silence_is_a_question_at_the_outermost_place() {
        assert_eq!(check("environment Live\nservice Orders { scale 1..2 }\n"), ["1 hint Live"]);
        assert_eq!(live("unprivileged"), ["1 hint Live"]);
        let one = "environment Live\nservice A { runtime { unprivileged; pinned } }\nservice B { scale 1..2 }\n";
        assert_eq!(check(one), ["3 hint B"]);
        let both = one.replace("scale 1..2", "runtime { unprivileged; pinned }");
        assert_eq!(check(&both), [""; 0]);
        assert_eq!(check("environment Live\n"), [""; 0]);
        assert_eq!(check("service Orders { scale 1..2 }\n"), [""; 0]);
    }

    #[test]
    fn trying_out_and_building_are_excused() {
        assert!(check("environment Staging { runtime { unprivileged off } }\nservice A { runtime { unprivileged off } }\n").is_empty());
        assert!(check("service ImageBuilder { runtime { host_socket } }\n").is_empty());
        assert!(check("environment Live { platform serverless }\nservice A { scale 1..2 }\n").is_empty());
    }

    #[test]
    fn it_is_changed_or_said() {
        let text = "environment Live { runtime { unprivileged off; pinned } }\n";
        assert!(fixed(text, "Change to unprivileged").contains("{ unprivileged; pinned }"));
        let text = "environment Live { platform compose }\nservice A { scale 1..2 }\n";
        let after = fixed(text, "Add unprivileged and pinned to Live");
        assert!(
            after.starts_with("environment Live { platform compose; runtime { unprivileged; pinned } }"),
            "{after}"
        );
        let text = "environment Live { runtime { pinned } }\nservice A { scale 1..2 }\n";
        let after = fixed(text, "Add unprivileged to Live");
        assert!(after.starts_with("environment Live { runtime { pinned; unprivileged } }"), "{after}");
    }
}
