//! One reference: found, or said why not, with what may have been meant.

use archwright_grammar::{
    ast::Ref,
    vocabulary::{self, Kind},
};

use super::{
    Resolved, TYPE_KINDS, error,
    other_words::Meant,
    words::{bare_kind_words, inner_kind_words, kind_word, kind_words, with_article},
};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Name, RefFact, Service},
        finding::{Finding, FixPlan, Place, Similar, Step},
        loc::Loc,
        read::fact_of,
        resolve::{Resolution, resolve},
    },
};

pub(super) fn look_up(
    cx: Cx<'_>,
    item: Item,
    reference: &Ref,
    loc: Loc,
    want: &'static [Kind],
    path: &[u16],
    out: &mut Resolved,
) {
    let fact = fact_of(reference, loc);
    if let Some(first) = fact.path.first() {
        out.names.push(first.clone());
    }
    let words = kind_words(want);
    match resolve(cx.db, item, &fact, want) {
        Resolution::Found(def) => out.push(&fact, def),
        Resolution::WrongKind(def) => {
            // A half-typed item says nothing reliable about what it is.
            if cx.facts(def.item).broken {
                return;
            }
            let message = format!(
                "`{}` is {}, but {words} is needed here",
                fact.text(),
                with_article(kind_word(def.word_kind(cx.db)))
            );
            let finding = error(cx, item, "name.wrong_kind", fact.loc.clone(), path, message)
                .related(format!("`{}` is defined here", def.name(cx.db)), cx.place(def));
            out.findings.push(finding);
        }
        Resolution::Ambiguous(first, second) => {
            let (one, two) = (
                kind_word(first.word_kind(cx.db)),
                kind_word(second.word_kind(cx.db)),
            );
            let message = format!(
                "`{}` may be {} or {}",
                fact.text(),
                with_article(one),
                with_article(two)
            );
            let finding = error(cx, item, "name.ambiguous", fact.loc.clone(), path, message)
                .help(format!("Say which: `{one} {0}` or `{two} {0}`.", fact.text()))
                .related(format!("the {one}"), cx.place(first))
                .related(format!("the {two}"), cx.place(second))
                .fix(FixPlan::suggest(
                    format!("Say that the {one} is meant"),
                    vec![Step::Replace(
                        Place::new(item, fact.loc.clone()),
                        format!("{one} {}", fact.text()),
                    )],
                ))
                .fix(FixPlan::suggest(
                    format!("Say that the {two} is meant"),
                    vec![Step::Replace(
                        Place::new(item, fact.loc.clone()),
                        format!("{two} {}", fact.text()),
                    )],
                ));
            out.findings.push(finding);
        }
        Resolution::Unknown(at, within) => {
            if within.is_some_and(|def| cx.facts(def.item).broken) {
                return;
            }
            let name = fact.path.get(at).cloned().unwrap_or_default();
            let message = match within {
                Some(def) => format!(
                    "{} `{}` has no {} `{name}`",
                    kind_word(def.word_kind(cx.db)),
                    cx.qualified(def),
                    if def.event(cx.db).is_some() && want.contains(&Kind::Event) {
                        "version".to_owned()
                    } else if at + 1 == fact.path.len() {
                        inner_kind_words(want, def.word_kind(cx.db) == Kind::Service)
                    } else {
                        "member".to_owned()
                    },
                ),
                None if fact.path.len() > 1 => {
                    let inner = if want.contains(&Kind::Field) {
                        " or entity"
                    } else {
                        ""
                    };
                    format!("there is no service{inner} `{name}`")
                }
                None => format!("there is no {} `{name}`", bare_kind_words(want)),
            };
            let local = match within {
                Some(def) => members_of(cx, def, want, at + 1 == fact.path.len()),
                None if fact.path.len() > 1 => cx
                    .service(item)
                    .map(|service| member_names(service, INNER))
                    .unwrap_or_default(),
                None => cx
                    .service(item)
                    .map(|service| member_names(service, want))
                    .unwrap_or_default()
                    .into_iter()
                    .chain(if want == TYPE_KINDS {
                        vocabulary::SCALARS
                            .iter()
                            .map(|scalar| Name::new_static(scalar.name))
                            .collect::<Vec<_>>()
                    } else {
                        Vec::new()
                    })
                    .collect(),
            };
            let kinds = if within.is_none() {
                if fact.path.len() == 1 {
                    want
                } else {
                    &[Kind::Service]
                }
            } else {
                &[]
            };
            let similar = Similar {
                name,
                at: fact.loc.clone(),
                kinds,
                local: prefix(&fact, at, local),
            };
            let mut finding = error(cx, item, "name.unknown", fact.loc.clone(), path, message);
            if let [name] = fact.path.as_slice()
                && let Some(meant) = Meant::by(cx, item, name, want)
            {
                out.findings.push(meant.explain(finding, item, &fact.loc));
                return;
            }
            if let ([name], [kind]) = (fact.path.as_slice(), want)
                && let Some(text) = new_item(*kind, name)
            {
                finding = finding.fix(FixPlan::refactor(
                    format!("Create {} {name}", kind_word(*kind)),
                    vec![Step::AddItemAfter(Place::new(item, Loc::head(&[])), text)],
                ));
            }
            out.findings.push(Finding {
                similar: Some(similar),
                ..finding
            });
        }
    }
}

/// The shortest item of a kind that is complete.
fn new_item(kind: Kind, name: &Name) -> Option<String> {
    match kind {
        Kind::Role => Some(format!("role {name}")),
        Kind::Team => Some(format!("team {name}")),
        Kind::Context => Some(format!("context {name}")),
        Kind::Auth => Some(format!("auth {name}: cookie {{ lifetime 12h; idle 30m }}")),
        Kind::Broker => Some(format!("broker {name}: nats")),
        Kind::Vendor => Some(format!("vendor {name}: http {{ timeout 10s }}")),
        _ => None,
    }
}

/// Candidates replace the whole reference, so those for a later segment carry the segments before it.
fn prefix(fact: &RefFact, at: usize, names: Vec<Name>) -> Vec<Name> {
    if at == 0 && fact.path.len() == 1 {
        return names;
    }
    let before = fact.path[..at].join(".");
    let after = fact
        .path
        .get(at + 1..)
        .map(|rest| rest.join("."))
        .unwrap_or_default();
    names
        .into_iter()
        .map(|name| {
            let mut whole = before.clone();
            for part in [name.as_str(), after.as_str()] {
                if !part.is_empty() {
                    if !whole.is_empty() {
                        whole.push('.');
                    }
                    whole.push_str(part);
                }
            }
            whole.into()
        })
        .collect()
}

/// Names of a service's members of the wanted kinds.
pub fn member_names(service: &Service, want: &[Kind]) -> Vec<Name> {
    let mut names = Vec::new();
    for kind in want {
        match kind {
            Kind::Store => names.extend(service.stores.iter().map(|store| store.name.clone())),
            Kind::Entity => names.extend(service.entities.iter().map(|entity| entity.name.clone())),
            Kind::Type => names.extend(service.types.iter().map(|def| def.name.clone())),
            Kind::Enum => names.extend(service.enums.iter().map(|def| def.name.clone())),
            Kind::Error => names.extend(service.errors.iter().map(|def| def.name.clone())),
            Kind::Event => names.extend(service.events.iter().map(|event| event.name.clone())),
            Kind::Query => names.extend(service.queries.iter().map(|query| query.name.clone())),
            Kind::Endpoint => {
                names.extend(
                    service
                        .ops
                        .iter()
                        .filter(|op| op.is_endpoint())
                        .map(|op| op.name.clone()),
                );
            }
            Kind::Component => {
                names.extend(service.components.iter().map(|component| component.name.clone()));
            }
            Kind::Cache => names.extend(service.caches.iter().map(|cache| cache.name.clone())),
            _ => {}
        }
    }
    names
}

/// Members that have something inside.
const INNER: &[Kind] = &[Kind::Entity, Kind::Type, Kind::Enum, Kind::Event];

/// What could stand behind `def`: at the end of a reference only what is wanted there.
fn members_of(cx: Cx<'_>, def: Def, want: &[Kind], last: bool) -> Vec<Name> {
    match (def.kind, cx.service(def.item)) {
        (DefKind::Item, Some(service)) if last => member_names(service, want),
        (DefKind::Item, Some(service)) => member_names(service, INNER),
        _ if last && want.contains(&Kind::Event) => versions_of(cx, def),
        _ => match def.enum_def(cx.db) {
            Some(facts) => facts.members.iter().map(|(name, _)| name.clone()).collect(),
            None => cx
                .fields_of(def)
                .into_iter()
                .map(|(_, field)| field.name.clone())
                .collect(),
        },
    }
}

/// The versions that an event has.
fn versions_of(cx: Cx<'_>, event: Def) -> Vec<Name> {
    let (Some(service), Some(facts)) = (cx.service(event.item), event.event(cx.db)) else {
        return Vec::new();
    };
    service
        .events
        .iter()
        .filter(|other| other.name == facts.name)
        .map(|other| format!("v{}", other.version.unwrap_or(1)).into())
        .collect()
}
