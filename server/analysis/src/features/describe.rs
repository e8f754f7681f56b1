//! What is known of a definition, as Markdown: its head, its documentation, and what follows from the rest of the blueprint.

use std::fmt::Write as _;

use archwright_grammar::ast::Duration;

use super::spot::node_of;
use crate::model::{
    cx::{Cx, Level, OpRef},
    def::{Def, DefKind},
    expr::text::duration,
    facts::{Body, ItemFacts, OpKind},
    loc::head_span,
    resolved::kind_word,
};

/// Everything that is known, for hover.
pub(crate) fn definition(cx: Cx<'_>, def: Def) -> Option<String> {
    let mut text = format!("```arch\n{}\n```\n", head(cx, def)?);
    if let Some(docs) = docs(cx, def) {
        let _ = write!(text, "\n{docs}\n");
    }
    let facts: Vec<String> = facts(cx, def)
        .into_iter()
        .filter(|fact| !fact.is_empty())
        .collect();
    if !facts.is_empty() {
        let _ = write!(text, "\n- {}\n", facts.join("\n- "));
    }
    let _ = write!(
        text,
        "\n*{} `{}`*",
        kind_word(def.word_kind(cx.db)),
        cx.qualified(def)
    );
    Some(text)
}

/// The first line of its text.
pub(crate) fn head(cx: Cx<'_>, def: Def) -> Option<String> {
    let node = node_of(cx, def)?;
    let text = def.item.text(cx.db);
    if let Some(op) = def.op(cx.db)
        && matches!(op.kind, OpKind::Resource(_))
    {
        return Some(format!("endpoint {} {} {}", op.name, op.method, op.path));
    }
    if let DefKind::OpParam(..) | DefKind::QueryParam(..) = def.kind {
        let loc = def.loc(cx.db);
        return Some(loc.span(crate::db::parsed(cx.db, def.item)).of(text).to_owned());
    }
    let head = head_span(node).of(text);
    Some(head.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// The `///` text.
pub(crate) fn docs(cx: Cx<'_>, def: Def) -> Option<String> {
    let docs = match def.kind {
        DefKind::Item => cx.facts(def.item).docs.clone(),
        DefKind::Entity(_) => def.entity(cx.db)?.docs.clone(),
        DefKind::Type(_) => def.type_def(cx.db)?.docs.clone(),
        DefKind::Enum(_) => def.enum_def(cx.db)?.docs.clone(),
        DefKind::Error(_) => def.error_def(cx.db)?.docs.clone(),
        DefKind::Event(_) => def.event(cx.db)?.docs.clone(),
        DefKind::Query(_) => def.query(cx.db)?.docs.clone(),
        DefKind::Op(_) => def.op(cx.db)?.docs.clone(),
        _ => def.field(cx.db)?.docs.clone(),
    };
    docs.map(|docs| docs.to_string())
}

fn facts(cx: Cx<'_>, def: Def) -> Vec<String> {
    match def.kind {
        DefKind::Item => item(cx, def, cx.facts(def.item)),
        DefKind::Entity(_) => entity(cx, def),
        DefKind::Op(_) => cx.op(def).map(|op| operation(cx, op)).unwrap_or_default(),
        DefKind::Enum(_) => values(cx, def),
        DefKind::Query(_) => cx
            .query_entity(def)
            .map(|entity| vec![format!("reads {}", cx.qualified(entity))])
            .unwrap_or_default(),
        DefKind::Event(_) => {
            let key: Vec<String> = def
                .event(cx.db)
                .map(|event| event.key.iter().map(crate::model::facts::RefFact::text).collect())
                .unwrap_or_default();
            if key.is_empty() {
                Vec::new()
            } else {
                vec![format!("ordered by {}", key.join(", "))]
            }
        }
        _ => match def.field(cx.db) {
            Some(field) => {
                let classes = cx.field_classes(def.item, field);
                if classes.sensitive() {
                    vec![format!("classified {}", classes.words())]
                } else {
                    Vec::new()
                }
            }
            None => Vec::new(),
        },
    }
}

fn item(cx: Cx<'_>, def: Def, facts: &ItemFacts) -> Vec<String> {
    match &facts.body {
        Body::Service(service) => {
            let system = cx.system();
            let mut lines = Vec::new();
            if let Some(context) = cx.context_of(def.item) {
                lines.push(format!("in context {}", cx.name(context)));
            }
            match (
                &service.owner,
                system.and_then(|(_, system)| system.owner.as_ref()),
            ) {
                (Some(owner), _) => lines.push(format!("owned by {}", owner.text())),
                (None, Some(owner)) => lines.push(format!("owned by {} (from the system)", owner.text())),
                (None, None) => lines.push("owned by nobody".to_owned()),
            }
            match (
                &service.stack,
                system.and_then(|(_, system)| system.stack.as_ref()),
            ) {
                (Some((stack, _)), _) => lines.push(format!("stack {stack}")),
                (None, Some((stack, _))) => lines.push(format!("stack {stack} (from the system)")),
                (None, None) => {}
            }
            let counts: Vec<String> = [
                (service.entities.len(), "entity", "entities"),
                (
                    service.ops.iter().filter(|op| op.is_endpoint()).count(),
                    "endpoint",
                    "endpoints",
                ),
                (service.events.len(), "event", "events"),
                (
                    service.ops.iter().filter(|op| op.kind == OpKind::Handler).count(),
                    "handler",
                    "handlers",
                ),
                (
                    service.ops.iter().filter(|op| op.kind == OpKind::Job).count(),
                    "job",
                    "jobs",
                ),
            ]
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
            lines.push(counts.join(", "));
            lines
        }
        Body::Role(role) => {
            let mut lines = vec![match role.kind.as_deref() {
                Some("staff") => "people inside the organisation".to_owned(),
                Some("service") => "services".to_owned(),
                _ => "people outside the organisation".to_owned(),
            }];
            if !role.includes.is_empty() {
                let names: Vec<String> = role
                    .includes
                    .iter()
                    .map(crate::model::facts::RefFact::text)
                    .collect();
                lines.push(format!("may do what {} may", names.join(", ")));
            }
            lines
        }
        Body::Auth(auth) => {
            let mut lines = Vec::new();
            lines.extend(
                auth.issuer
                    .as_ref()
                    .map(|issuer| format!("issued by {}", issuer.text())),
            );
            lines.extend(auth.lifetime.map(|time| format!("good for {}", duration(time))));
            lines.extend(auth.idle.map(|time| format!("may rest for {}", duration(time))));
            lines
        }
        Body::Context(context) => {
            let uses: Vec<String> = context.uses.iter().map(|used| used.context.text()).collect();
            let mut lines = vec![if uses.is_empty() {
                "uses nothing else".to_owned()
            } else {
                format!("uses {}", uses.join(", "))
            }];
            lines.extend(
                context
                    .terms
                    .iter()
                    .map(|(term, meaning)| format!("**{term}**: {meaning}")),
            );
            lines
        }
        Body::Enum(_) => values(cx, def),
        Body::Vendor(vendor) => {
            let receives: Vec<String> = vendor
                .receives
                .iter()
                .map(crate::model::facts::RefFact::text)
                .collect();
            let agreements: Vec<String> = vendor
                .agreements
                .iter()
                .map(|(kind, ..)| kind.to_string())
                .collect();
            let mut lines = Vec::new();
            if !receives.is_empty() {
                lines.push(format!("receives {}", receives.join(", ")));
            }
            if !agreements.is_empty() {
                lines.push(format!("agreements: {}", agreements.join(", ")));
            }
            lines
        }
        _ => Vec::new(),
    }
}

fn values(cx: Cx<'_>, def: Def) -> Vec<String> {
    def.enum_def(cx.db)
        .map(|facts| {
            let members: Vec<String> = facts
                .members
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            vec![members.join(", ")]
        })
        .unwrap_or_default()
}

fn entity(cx: Cx<'_>, def: Def) -> Vec<String> {
    let Some(facts) = def.entity(cx.db) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if let Some(store) = cx.store_of(def) {
        let encrypted = store
            .store(cx.db)
            .is_some_and(|store| store.encrypted.set().is_some());
        lines.push(format!(
            "in {}{}",
            cx.qualified(store),
            if encrypted { ", encrypted" } else { "" }
        ));
    }
    let classified: Vec<String> = cx
        .sensitive_fields(def)
        .into_iter()
        .map(|(_, field, classes)| format!("`{}` {}", field.name, classes.words()))
        .collect();
    if !classified.is_empty() {
        lines.push(format!("classified: {}", classified.join(", ")));
    }
    if let Some((_, loc)) = &facts.visible {
        let tree = crate::db::parsed(cx.db, def.item);
        lines.push(format!("`{}`", loc.span(tree).of(def.item.text(cx.db))));
    }
    lines.push(match &facts.retain {
        Some(retain) => match &retain.then {
            Some(then) => format!("kept {} then {then}", duration(retain.time)),
            None => format!("kept {}", duration(retain.time)),
        },
        None => "kept for ever".to_owned(),
    });
    lines
}

fn operation(cx: Cx<'_>, op: OpRef<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let from = |level: Level| match level {
        Level::Operation | Level::Nowhere => "",
        Level::Service => " (from the service)",
        Level::System => " (from the system)",
    };
    if op.op.is_endpoint() {
        if let Some((because, _)) = &op.op.public {
            lines.push(match because {
                Some(because) => format!("public: {because}"),
                None => "public".to_owned(),
            });
        } else {
            let (auth, level) = cx.effective(op, |settings| &settings.auth);
            lines.push(match auth.set() {
                Some(schemes) => {
                    let names: Vec<String> = schemes.iter().map(crate::model::facts::RefFact::text).collect();
                    format!("callers sign in by {}{}", names.join(" or "), from(level))
                }
                None if auth.is_off() => format!("nobody has to sign in{}", from(level)),
                None => "nothing says how callers sign in".to_owned(),
            });
            let roles: Vec<String> = op
                .op
                .allow
                .iter()
                .map(|allow| {
                    let role = allow.role.as_ref().map_or_else(
                        || "anybody signed in".to_owned(),
                        crate::model::facts::RefFact::text,
                    );
                    if allow.predicate.is_some() {
                        format!("{role} (some rows)")
                    } else {
                        role
                    }
                })
                .collect();
            if !roles.is_empty() {
                lines.push(format!("for {}", roles.join(", ")));
            }
        }
        let (limit, level) = cx.effective(op, |settings| &settings.limit);
        if let Some(limit) = limit.set() {
            lines.push(format!(
                "at most {} per {}{}",
                limit.rate.count,
                per_words(limit.rate.per),
                from(level)
            ));
        }
    }
    let (timeout, level) = cx.effective(op, |settings| &settings.timeout);
    if let Some(timeout) = timeout.set() {
        lines.push(format!("ends after {}{}", duration(*timeout), from(level)));
    }
    for touch in &op.op.touches {
        lines.push(format!("{} {}", touch.access.word(), touch.entity.text()));
    }
    for call in &op.op.calls {
        lines.push(format!("calls {}", call.target.text()));
    }
    let emits: Vec<String> = op
        .op
        .emits
        .iter()
        .map(crate::model::facts::RefFact::text)
        .collect();
    if !emits.is_empty() {
        lines.push(format!("emits {}", emits.join(", ")));
    }
    lines
}

/// `minute` for one minute, else as it would be written.
fn per_words(time: Duration) -> String {
    use archwright_grammar::ast::TimeUnit;
    match (time.count, time.unit) {
        (1, TimeUnit::Second) => "second".to_owned(),
        (1, TimeUnit::Minute) => "minute".to_owned(),
        (1, TimeUnit::Hour) => "hour".to_owned(),
        (1, TimeUnit::Day) => "day".to_owned(),
        _ => duration(time),
    }
}
