//! What every reference of an item means, and the name and type errors found on the way.

use archwright_grammar::{
    ast::{Node, Ref, Type, TypeKind, Value},
    vocabulary::{self, Arg, AttributeArgs, Kind, Shape},
};
use smol_str::SmolStr;

use super::{
    cx::{Cx, OpRef},
    def::{Def, DefKind},
    expr::{Checker, Scope, listed},
    facts::{AttributeArgFact, Body, Field, ItemFacts, Name, OpKind, Param, RefFact, Service, Ty, TyKind},
    finding::{Finding, FixPlan, Place, Similar, Step},
    loc::{Loc, Part, refs_in_value},
    resolve::{Resolution, resolve},
};
use crate::{
    db::{Db, Item, facts, parsed},
    diagnostic::Severity,
};

/// What the references of an item mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// Sorted by place.
    refs: Vec<(Loc, Def)>,
    /// First segments of all references, sorted: the names that this item depends on.
    pub names: Vec<Name>,
    /// Name and type errors.
    pub findings: Vec<Finding>,
}

impl Resolved {
    /// What the reference at a place means.
    pub fn get(&self, loc: &Loc) -> Option<Def> {
        let index = self.refs.binary_search_by(|(known, _)| known.cmp(loc)).ok()?;
        Some(self.refs[index].1)
    }

    /// All references with their meanings, by place.
    pub fn refs(&self) -> &[(Loc, Def)] {
        &self.refs
    }

    /// Notes what a reference means.
    pub(super) fn push(&mut self, reference: &RefFact, def: Def) {
        self.refs.push((reference.loc.clone(), def));
        if let Some(first) = reference.path.first() {
            self.names.push(first.clone());
        }
    }
}

/// What a type may name.
const TYPE_KINDS: &[Kind] = &[Kind::Type, Kind::Enum, Kind::Entity];
const ENTITY: &[Kind] = &[Kind::Entity];
const PAGED: &[Kind] = &[Kind::Entity, Kind::Type];

/// Resolves an item.
pub fn resolve_item(db: &dyn Db, item: Item) -> Resolved {
    let mut out = Resolved::default();
    let tree = parsed(db, item);
    let Some(node) = &tree.node else { return out };
    let facts = facts(db, item);
    let cx = Cx { db };
    let mut path = smallvec::SmallVec::<[u16; 4]>::new();
    walk(cx, item, node, &mut path, &mut out);
    match &facts.body {
        Body::Service(service) => service_exprs(cx, item, facts, service, &mut out),
        Body::Type(def) => {
            projected(cx, item, def, &mut out);
            for field in &def.fields {
                field_value(cx, item, field, &facts.name, &mut out);
            }
        }
        _ => {}
    }
    super::duplicates::check(cx, item, facts, &mut out);
    out.refs.sort_by(|left, right| left.0.cmp(&right.0));
    out.refs.dedup_by(|left, right| left.0 == right.0);
    out.names.sort_unstable();
    out.names.dedup();
    out
}

/// The qualified name of the item or member that a place is in.
pub fn element(facts: &ItemFacts, path: &[u16], node: Option<&Node>) -> SmolStr {
    let mut name = facts.name.to_string();
    if let (Body::Service(service), Some(_)) = (&facts.body, path.first()) {
        // Operations of a resource have names that stand nowhere in the text.
        if let Some(op) = service
            .ops
            .iter()
            .find(|op| matches!(op.kind, OpKind::Resource(_)) && path.starts_with(&op.loc.path))
        {
            return format!("{name}.{}", op.name).into();
        }
    }
    let mut at = node;
    for &index in path {
        at = at.and_then(|node| node.children().get(usize::from(index)));
        if let Some(own) = at.and_then(Node::name) {
            name.push('.');
            name.push_str(&own.text);
        }
    }
    name.into()
}

/// Resolves all references that stand as arguments or in types, by the shapes of the vocabulary.
fn walk(cx: Cx<'_>, item: Item, node: &Node, path: &mut smallvec::SmallVec<[u16; 4]>, out: &mut Resolved) {
    for (index, argument) in node.args.iter().enumerate() {
        let index = index as u16;
        match &argument.value {
            Value::Ref(reference) => match shape(node.form.args, argument.slot) {
                Some(Shape::Ref(want) | Shape::RefOrStar(want)) => {
                    look_up(
                        cx,
                        item,
                        reference,
                        Loc::at(path, Part::Ref(index, 0)),
                        want,
                        path,
                        out,
                    );
                }
                Some(Shape::Field) => field_path(cx, item, node, reference, index, path, out),
                _ => {}
            },
            Value::Type(_) | Value::Param(_) => {
                let ty = match &argument.value {
                    Value::Type(ty) => Some(ty),
                    Value::Param(param) => param.ty.as_ref(),
                    _ => None,
                };
                if let Some(ty) = ty {
                    let mut count = 0;
                    type_refs(ty, &mut count, &mut |number, reference, want| {
                        look_up(
                            cx,
                            item,
                            reference,
                            Loc::at(path, Part::Ref(index, number)),
                            want,
                            path,
                            out,
                        );
                    });
                    scalar_args(cx, item, ty, Loc::at(path, Part::Arg(index)), path, out);
                }
            }
            _ => {}
        }
    }
    for (index, child) in node.children().iter().enumerate() {
        path.push(index as u16);
        walk(cx, item, child, path, out);
        path.pop();
    }
}

/// The shape of a slot.
pub fn shape(args: &'static [Arg], slot: &str) -> Option<Shape> {
    args.iter().find_map(|arg| match arg {
        Arg::One(name, shape)
        | Arg::Many(name, shape)
        | Arg::Parens(name, shape)
        | Arg::Chain(name, shape) => (*name == slot).then_some(*shape),
        Arg::Opt(inner) => shape(inner, slot),
        Arg::Alt(alternatives) => alternatives.iter().find_map(|inner| shape(inner, slot)),
        _ => None,
    })
}

/// Calls `each` with the number, the reference and what it may name, for every name in a type that is not a scalar.
pub fn type_refs<'a>(ty: &'a Type, count: &mut u16, each: &mut impl FnMut(u16, &'a Ref, &'static [Kind])) {
    let mut one = |reference: &'a Ref, want: &'static [Kind]| {
        let number = *count;
        *count += 1;
        let scalar = reference.segments.len() == 1
            && reference.kind.is_none()
            && vocabulary::scalar(&reference.segments[0].text).is_some();
        if !scalar || want != TYPE_KINDS {
            each(number, reference, want);
        }
    };
    match &ty.kind {
        TypeKind::Named(reference, _) => one(reference, TYPE_KINDS),
        TypeKind::Ref(reference) | TypeKind::New(reference) | TypeKind::Patch(reference) => {
            one(reference, ENTITY);
        }
        TypeKind::Page(reference) => one(reference, PAGED),
        TypeKind::List(inner) => type_refs(inner, count, each),
        TypeKind::Inline(fields) => {
            for field in fields {
                for argument in &field.args {
                    match &argument.value {
                        Value::Type(ty) => type_refs(ty, count, each),
                        other => refs_in_value(other, &mut |_| *count += 1),
                    }
                }
            }
        }
        TypeKind::Error => {}
    }
}

/// `decimal` needs two numbers, `uuid` none.
fn scalar_args(cx: Cx<'_>, item: Item, ty: &Type, loc: Loc, path: &[u16], out: &mut Resolved) {
    match &ty.kind {
        TypeKind::Named(reference, args) if reference.segments.len() == 1 => {
            let Some(scalar) = vocabulary::scalar(&reference.segments[0].text) else {
                return;
            };
            if args.len() == scalar.args.len() {
                return;
            }
            let message = if scalar.args.is_empty() {
                format!("`{}` takes nothing in parentheses", scalar.name)
            } else {
                format!(
                    "`{}` needs {} in parentheses",
                    scalar.name,
                    scalar.args.join(" and ")
                )
            };
            let help = (scalar.name == "decimal").then(|| "Write `decimal(12, 2)`.".to_owned());
            let mut finding = error(cx, item, "type.argument", loc, path, message);
            finding.help = help;
            out.findings.push(finding);
        }
        TypeKind::List(inner) => scalar_args(cx, item, inner, loc, path, out),
        _ => {}
    }
}

fn error(cx: Cx<'_>, item: Item, code: &'static str, loc: Loc, path: &[u16], message: String) -> Finding {
    let element = element(cx.facts(item), path, parsed(cx.db, item).node.as_ref());
    Finding::new(code, Severity::Error, element, Place::new(item, loc), message)
}

fn look_up(
    cx: Cx<'_>,
    item: Item,
    reference: &Ref,
    loc: Loc,
    want: &'static [Kind],
    path: &[u16],
    out: &mut Resolved,
) {
    let fact = RefFact {
        path: reference
            .segments
            .iter()
            .map(|segment| segment.text.clone())
            .collect(),
        kind: reference.kind.as_ref().map(|kind| kind.text.clone()),
        loc,
    };
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
                    if at + 1 == fact.path.len() {
                        bare_kind_words(want)
                    } else {
                        "member".to_owned()
                    },
                ),
                None => format!("there is no {} `{name}`", bare_kind_words(want)),
            };
            let local = match within {
                Some(def) => members_of(cx, def),
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

fn members_of(cx: Cx<'_>, def: Def) -> Vec<Name> {
    match (def.kind, cx.service(def.item)) {
        (DefKind::Item, Some(service)) => member_names(
            service,
            &[
                Kind::Store,
                Kind::Entity,
                Kind::Type,
                Kind::Enum,
                Kind::Error,
                Kind::Event,
                Kind::Query,
                Kind::Endpoint,
            ],
        ),
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

/// Fields named by statements: whose field it is depends on where the statement stands.
fn field_path(
    cx: Cx<'_>,
    item: Item,
    node: &Node,
    reference: &Ref,
    index: u16,
    path: &[u16],
    out: &mut Resolved,
) {
    let fact = RefFact {
        path: reference
            .segments
            .iter()
            .map(|segment| segment.text.clone())
            .collect(),
        kind: None,
        loc: Loc::at(path, Part::Ref(index, 0)),
    };
    let Some(service) = cx.service(item) else {
        if node.kind() == Kind::Receives {
            data_path(cx, item, reference, fact.loc, path, out);
        }
        return;
    };
    let parent = &path[..path.len().saturating_sub(1)];
    let (owners, params): (Vec<Def>, &[Param]) = match node.kind() {
        Kind::Sends => return data_path(cx, item, reference, fact.loc, path, out),
        Kind::Unique | Kind::Index | Kind::Partition => (
            at_path(
                &service.entities,
                parent,
                |entity| &entity.loc,
                item,
                DefKind::Entity,
            ),
            &[],
        ),
        Kind::Key => (
            at_path(&service.events, parent, |event| &event.loc, item, DefKind::Event),
            &[],
        ),
        Kind::Order => match service
            .queries
            .iter()
            .find(|query| query.loc.path.as_slice() == parent)
        {
            Some(query) => (
                cx.entity_of(item, &query.returns).into_iter().collect(),
                query.params.as_slice(),
            ),
            None => return,
        },
        Kind::Filter | Kind::Log | Kind::Idempotent => {
            let Some(index) = service.ops.iter().position(|op| op.loc.path.as_slice() == parent) else {
                return;
            };
            let op = &service.ops[index];
            let op_ref = OpRef {
                def: Def {
                    item,
                    kind: DefKind::Op(index as u16),
                },
                op,
                service,
            };
            if node.kind() == Kind::Idempotent && op.kind == OpKind::Webhook {
                return;
            }
            (owners(cx, op_ref), op.params.as_slice())
        }
        _ => return,
    };
    let Some(first) = fact.path.first() else { return };
    let found = owners.iter().find_map(|owner| {
        cx.fields_of(*owner)
            .into_iter()
            .find(|(_, field)| field.name == *first)
            .map(|(def, _)| def)
    });
    if let Some(def) = found {
        out.push(&fact, def);
        return;
    }
    if params.iter().any(|param| param.name == *first) || owners.is_empty() {
        return;
    }
    let mut known: Vec<Name> = owners
        .iter()
        .flat_map(|owner| cx.fields_of(*owner))
        .map(|(_, field)| field.name.clone())
        .collect();
    known.extend(params.iter().map(|param| param.name.clone()));
    let message = format!("{} has no field `{first}`", cx.qualified(owners[0]));
    let similar = Similar {
        name: first.clone(),
        at: fact.loc.clone(),
        kinds: &[],
        local: known,
    };
    let finding = error(cx, item, "name.unknown", fact.loc.clone(), path, message);
    out.findings.push(Finding {
        similar: Some(similar),
        ..finding
    });
}

/// `Orders.Order.total`, `Order.total`, `Order`: data that leaves for a vendor.
fn data_path(cx: Cx<'_>, item: Item, reference: &Ref, loc: Loc, path: &[u16], out: &mut Resolved) {
    look_up(
        cx,
        item,
        reference,
        loc,
        &[Kind::Field, Kind::Entity, Kind::Type],
        path,
        out,
    );
}

fn at_path<T>(
    list: &[T],
    path: &[u16],
    loc: impl Fn(&T) -> &Loc,
    item: Item,
    make: impl Fn(u16) -> DefKind,
) -> Vec<Def> {
    list.iter()
        .position(|member| loc(member).path.as_slice() == path)
        .map(|index| Def {
            item,
            kind: make(index as u16),
        })
        .into_iter()
        .collect()
}

/// Whose fields the names in an operation's statements are: its event's, its resource's entity's, those of the entities
/// that it touches, of the queries that it runs, of what it takes and answers.
pub fn owners(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    let item = op.def.item;
    let resolve_to = |reference: &RefFact, want: &[Kind]| cx.resolve(item, reference, want);
    let mut owners = Vec::new();
    owners.extend(
        op.op
            .event
            .as_ref()
            .and_then(|event| resolve_to(event, &[Kind::Event])),
    );
    owners.extend(
        op.op
            .entity
            .as_ref()
            .and_then(|entity| resolve_to(entity, ENTITY)),
    );
    owners.extend(
        op.op
            .touches
            .iter()
            .filter_map(|touch| resolve_to(&touch.entity, ENTITY)),
    );
    for run in &op.op.runs {
        if let Some(query) = resolve_to(&run.query, &[Kind::Query]) {
            owners.extend(cx.query_entity(query));
        }
    }
    let named = |ty: &Ty| -> Option<Def> {
        match &ty.kind {
            TyKind::Named(reference) => cx.resolve(item, reference, TYPE_KINDS),
            _ => None,
        }
        .or_else(|| cx.entity_of(item, ty))
    };
    owners.extend(op.op.returns.as_ref().and_then(|(ty, _)| named(ty)));
    owners.extend(
        op.op
            .params
            .iter()
            .filter(|param| param.name == "body")
            .filter_map(|param| named(param.ty.as_ref()?)),
    );
    let mut seen = Vec::with_capacity(owners.len());
    for owner in owners {
        if !seen.contains(&owner) {
            seen.push(owner);
        }
    }
    seen
}

fn service_exprs(cx: Cx<'_>, item: Item, facts: &ItemFacts, service: &Service, out: &mut Resolved) {
    let within = |member: &str| -> SmolStr { format!("{}.{member}", facts.name).into() };
    for (index, entity) in service.entities.iter().enumerate() {
        let def = Def {
            item,
            kind: DefKind::Entity(index as u16),
        };
        if let Some((predicate, _)) = &entity.visible {
            let scope = Scope {
                owners: vec![def],
                params: &[],
                param_def: None,
                element: within(&entity.name),
            };
            Checker { cx, item, scope, out }.predicate(predicate);
        }
        for field in &entity.fields {
            field_value(cx, item, field, &within(&entity.name), out);
        }
        if entity.store.is_none() && service.stores.len() > 1 {
            let names: Vec<Name> = service.stores.iter().map(|store| store.name.clone()).collect();
            let mut finding = Finding::new(
                "type.store_ambiguous",
                Severity::Error,
                within(&entity.name),
                Place::new(item, entity.loc.clone()),
                format!(
                    "{} does not say in which store it is: the service has {}",
                    entity.name,
                    listed(&names)
                ),
            );
            for name in names {
                finding = finding.fix(FixPlan::suggest(
                    format!("Keep it in {name}"),
                    vec![Step::InsertAfter(
                        Place::new(item, entity.loc.clone()),
                        format!(" in {name}"),
                    )],
                ));
            }
            out.findings.push(finding);
        }
    }
    for def in &service.types {
        projected(cx, item, def, out);
        for field in &def.fields {
            field_value(cx, item, field, &within(&def.name), out);
        }
    }
    for event in &service.events {
        for field in &event.fields {
            field_value(cx, item, field, &within(&event.name), out);
        }
    }
    for (index, query) in service.queries.iter().enumerate() {
        if let Some((predicate, _)) = &query.predicate {
            let make = |param: u16| DefKind::QueryParam(index as u16, param);
            let scope = Scope {
                owners: cx.entity_of(item, &query.returns).into_iter().collect(),
                params: &query.params,
                param_def: Some(&make),
                element: within(&query.name),
            };
            Checker { cx, item, scope, out }.predicate(predicate);
        }
    }
    for (index, op) in service.ops.iter().enumerate() {
        let make = |param: u16| DefKind::OpParam(index as u16, param);
        let op_ref = OpRef {
            def: Def {
                item,
                kind: DefKind::Op(index as u16),
            },
            op,
            service,
        };
        for allow in &op.allow {
            if let Some(predicate) = &allow.predicate {
                let scope = Scope {
                    owners: owners(cx, op_ref),
                    params: &op.params,
                    param_def: Some(&make),
                    element: within(&op.name),
                };
                Checker { cx, item, scope, out }.predicate(predicate);
            }
        }
        for run in &op.runs {
            let query = cx
                .resolve(item, &run.query, &[Kind::Query])
                .and_then(|def| Some((def, def.query(cx.db)?)));
            if let Some(args) = &run.args {
                for (number, argument) in args.iter().enumerate() {
                    let scope = Scope {
                        owners: owners(cx, op_ref),
                        params: &op.params,
                        param_def: Some(&make),
                        element: within(&op.name),
                    };
                    let mut checker = Checker { cx, item, scope, out };
                    match query.and_then(|(def, query)| Some((def, query.params.get(number)?.ty.as_ref()?))) {
                        Some((def, ty)) => checker.value(argument, def.item, ty),
                        None => {
                            checker.sort(argument, None);
                        }
                    }
                }
                if let Some((def, query)) = query
                    && args.len() != query.params.len()
                {
                    out.findings.push(
                        Finding::new(
                            "type.argument",
                            Severity::Error,
                            within(&op.name),
                            Place::new(item, run.loc.clone()),
                            format!(
                                "`{}` takes {} argument{}, not {}",
                                query.name,
                                query.params.len(),
                                if query.params.len() == 1 { "" } else { "s" },
                                args.len()
                            ),
                        )
                        .related("the query", cx.place(def)),
                    );
                }
            }
        }
    }
}

/// Names kept by a projection.
fn projected(cx: Cx<'_>, item: Item, def: &super::facts::TypeDef, out: &mut Resolved) {
    let Some(entity) = def.of.as_ref().and_then(|of| cx.resolve(item, of, ENTITY)) else {
        return;
    };
    let fields = cx.fields_of(entity);
    for (name, loc) in &def.projected {
        let reference = RefFact {
            path: smallvec::smallvec![name.clone()],
            kind: None,
            loc: loc.clone(),
        };
        match fields.iter().find(|(_, field)| field.name == *name) {
            Some((def, _)) => out.push(&reference, *def),
            None => {
                let message = format!("{} has no field `{name}`", cx.qualified(entity));
                let local = fields.iter().map(|(_, field)| field.name.clone()).collect();
                let finding = error(cx, item, "name.unknown", loc.clone(), &loc.path, message)
                    .related("the entity", cx.place(entity));
                out.findings.push(Finding {
                    similar: Some(Similar {
                        name: name.clone(),
                        at: loc.clone(),
                        kinds: &[],
                        local,
                    }),
                    ..finding
                });
            }
        }
    }
}

/// A field's default and attributes.
fn field_value(cx: Cx<'_>, item: Item, field: &Field, element: &SmolStr, out: &mut Resolved) {
    let element: SmolStr = format!("{element}.{}", field.name).into();
    if let Some(default) = &field.default {
        let scope = Scope {
            owners: Vec::new(),
            params: &[],
            param_def: None,
            element: element.clone(),
        };
        Checker { cx, item, scope, out }.value(default, item, &field.ty);
    }
    for attribute in &field.attributes {
        let place = Place::new(item, attribute.loc.clone());
        let Some(form) = vocabulary::attribute(&attribute.name) else {
            let local = vocabulary::ATTRIBUTES
                .iter()
                .map(|form| Name::from(format!("@{}", form.name)))
                .collect();
            let finding = Finding::new(
                "name.unknown_attribute",
                Severity::Error,
                element.clone(),
                place,
                format!("there is no attribute `@{}`", attribute.name),
            );
            out.findings.push(Finding {
                similar: Some(Similar {
                    name: format!("@{}", attribute.name).into(),
                    at: attribute.loc.clone(),
                    kinds: &[],
                    local,
                }),
                ..finding
            });
            continue;
        };
        let needs = match form.args {
            AttributeArgs::None if !attribute.args.is_empty() => Some("nothing in parentheses"),
            AttributeArgs::Value | AttributeArgs::Number if attribute.args.len() != 1 => {
                Some("one value in parentheses")
            }
            AttributeArgs::Text if attribute.args.len() != 1 => Some("one text in parentheses"),
            AttributeArgs::Range if attribute.args.len() != 1 => Some("a range in parentheses, `3..10`"),
            AttributeArgs::Number if matches!(attribute.args[0], AttributeArgFact::Range(..)) => {
                Some("one number")
            }
            _ => None,
        };
        if let Some(needs) = needs {
            out.findings.push(Finding::new(
                "type.attribute",
                Severity::Error,
                element.clone(),
                place,
                format!("`@{}` takes {needs}", form.name),
            ));
            continue;
        }
        if let Some(wrong) = misapplied(form.name, &field.ty) {
            out.findings.push(Finding::new(
                "type.attribute",
                Severity::Error,
                element.clone(),
                place,
                wrong,
            ));
        }
    }
}

/// Attributes that make sense for some types only.
fn misapplied(attribute: &str, ty: &Ty) -> Option<String> {
    let TyKind::Scalar(scalar, _) = &ty.kind else {
        let list = matches!(ty.kind, TyKind::List(_));
        return match attribute {
            "created" | "updated" => Some(format!("`@{attribute}` is for fields of type instant or date")),
            "pattern" if !list => Some("`@pattern` is for texts".to_owned()),
            _ => None,
        };
    };
    let scalar = scalar.as_str();
    let text = matches!(scalar, "string" | "text" | "email" | "phone" | "url");
    match attribute {
        "created" | "updated" if !matches!(scalar, "instant" | "date") => Some(format!(
            "`@{attribute}` is for fields of type instant or date, not {scalar}"
        )),
        "min" | "max" if !matches!(scalar, "int" | "long" | "decimal" | "float" | "money") => {
            let instead = if text {
                "; the length of a text is `@len(1..80)`"
            } else {
                ""
            };
            Some(format!(
                "`@{attribute}` is for numbers and lists, not {scalar}{instead}"
            ))
        }
        "len" if !text && scalar != "bytes" => {
            Some(format!("`@len` is for texts, bytes and lists, not {scalar}"))
        }
        "pattern" if !text => Some(format!("`@pattern` is for texts, not {scalar}")),
        _ => None,
    }
}

/// The word of a kind: `entity`, `endpoint`, `field`.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Field => "field",
        Kind::EnumMember => "value",
        Kind::Handler => "handler",
        _ => vocabulary::row(kind).word,
    }
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {word}")
}

/// `an entity or a type`
fn kind_words(kinds: &[Kind]) -> String {
    kinds
        .iter()
        .map(|kind| with_article(kind_word(*kind)))
        .collect::<Vec<_>>()
        .join(" or ")
}

/// `entity or type`
fn bare_kind_words(kinds: &[Kind]) -> String {
    if kinds == TYPE_KINDS {
        return "type".to_owned();
    }
    kinds
        .iter()
        .map(|kind| kind_word(*kind))
        .collect::<Vec<_>>()
        .join(" or ")
}
