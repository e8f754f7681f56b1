//! Queries: what they give, in which order, and whether everything that they ask for is used.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{Resolved, is_broken};
use crate::{
    db::{Item, parsed},
    diagnostic::{Severity, Tag},
    model::{
        cx::Cx,
        def::{Def, DefKind},
        expr::{Checker, Purpose, Scope, Sort, known_type, sort_of},
        facts::{Query, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// Checks one query.
pub(super) fn check(
    cx: Cx<'_>,
    item: Item,
    (index, query): (u16, &Query),
    element: &SmolStr,
    out: &mut Resolved,
) {
    let rows = rows(cx, item, &query.returns);
    if let Rows::None(why) = &rows {
        result(cx, item, query, why, element.clone(), out);
    }
    let complete = matches!(rows, Rows::Of) && known_type(cx, item, &query.returns);
    let mut used = Vec::new();
    if let Some((predicate, _)) = &query.predicate {
        let make = |param: u16| DefKind::QueryParam(index, param);
        let scope = Scope {
            purpose: Purpose::Rows,
            owners: cx.entity_of(item, &query.returns).into_iter().collect(),
            complete,
            params: &query.params,
            param_def: Some(&make),
            nobody: None,
            element: element.clone(),
        };
        used = Checker::new(cx, item, scope, out).predicate(predicate);
    }
    if complete {
        order(cx, item, query, element, out);
        if !is_broken(cx, item, &query.loc.path) {
            unused(item, query, &used, element, out);
        }
    }
}

/// What a type says about the rows of a query.
enum Rows {
    /// Rows of an entity, whole or projected.
    Of,
    /// Not known: something in it is wrong, which is reported where it stands.
    Unknown,
    /// No rows: why.
    None(String),
}

fn rows(cx: Cx<'_>, item: Item, ty: &Ty) -> Rows {
    let never = |what: &str| Rows::None(what.to_owned());
    match &ty.kind {
        TyKind::Error => Rows::Unknown,
        TyKind::List(inner) if matches!(inner.kind, TyKind::List(_) | TyKind::Page(_)) => {
            never("a list of lists")
        }
        TyKind::List(inner) => rows(cx, item, inner),
        TyKind::Scalar(name, _) => Rows::None(format!("`{name}`")),
        TyKind::Ref(_) => never("only an identity"),
        TyKind::New(_) | TyKind::Patch(_) => never("what a client sends"),
        TyKind::Inline(_) => never("a structure of its own"),
        TyKind::Named(reference) | TyKind::Page(reference) => {
            let Some(def) = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) else {
                return Rows::Unknown;
            };
            if def.entity(cx.db).is_some() {
                return Rows::Of;
            }
            match def.type_def(cx.db) {
                Some(facts) => match &facts.of {
                    Some(of) if cx.resolve(def.item, of, &[Kind::Entity]).is_some() => Rows::Of,
                    Some(_) => Rows::Unknown,
                    None => Rows::None(format!(
                        "`{}`, which is no projection of an entity",
                        cx.qualified(def)
                    )),
                },
                None => Rows::None(format!("a value of {}", cx.qualified(def))),
            }
        }
    }
}

fn result(cx: Cx<'_>, item: Item, query: &Query, why: &str, element: SmolStr, out: &mut Resolved) {
    let tree = parsed(cx.db, item);
    let node = query.loc.node(tree);
    let argument = node.and_then(|node| node.args.iter().position(|argument| argument.slot == "returns"));
    let loc = argument.map_or_else(
        || query.loc.clone(),
        |index| query.loc.with(Part::Arg(index as u16)),
    );
    let message =
        format!("a query gives rows of an entity, and this is {why}: there is nothing to look through");
    let mut finding = Finding::new(
        "type.query_result",
        Severity::Error,
        element,
        Place::new(item, loc.clone()),
        message,
    )
    .help("Write an entity or a projection of one: `[Order]`, `Order?`, `page OrderSummary`.");
    let inner = match &query.returns.kind {
        TyKind::List(inner) => inner,
        _ => &query.returns,
    };
    if let TyKind::Ref(reference) | TyKind::New(reference) | TyKind::Patch(reference) = &inner.kind
        && cx.resolve(item, reference, &[Kind::Entity]).is_some()
    {
        let name = reference.text();
        let optional = if query.returns.optional { "?" } else { "" };
        let text = if matches!(query.returns.kind, TyKind::List(_)) {
            format!("[{name}]{optional}")
        } else {
            format!("{name}{optional}")
        };
        finding = finding.fix(FixPlan::suggest(
            format!("Give {text}"),
            vec![Step::Replace(Place::new(item, loc), text)],
        ));
    }
    out.findings.push(finding);
}

/// Fields that rows cannot be ordered by, and those that stand twice.
fn order(cx: Cx<'_>, item: Item, query: &Query, element: &SmolStr, out: &mut Resolved) {
    for (index, (reference, _)) in query.order.iter().enumerate() {
        let place = Place::new(item, reference.loc.clone());
        let same = |other: &&(RefFact, bool)| other.0.path == reference.path;
        if let Some((first, _)) = query.order[..index].iter().find(same) {
            let head = Place::new(item, Loc::head(&reference.loc.path));
            out.findings.push(
                Finding::new(
                    "type.no_effect",
                    Severity::Warning,
                    element.clone(),
                    place,
                    format!(
                        "the rows are already ordered by `{}`: a second time changes nothing",
                        reference.text()
                    ),
                )
                .related("the first one", Place::new(item, first.loc.clone()))
                .fix(FixPlan::suggest("Remove this `order`", vec![Step::Remove(head)]).preferred()),
            );
            continue;
        }
        let field = named(cx, reference, out);
        let Some((field, (code, why))) = field.and_then(|field| Some((field, opaque(cx, field)?))) else {
            continue;
        };
        out.findings.push(
            Finding::new(
                code,
                Severity::Error,
                element.clone(),
                place,
                format!("rows cannot be ordered by `{}`: {why}", reference.text()),
            )
            .help("Order by a text, a number, a time or an enum.")
            .related("the field", cx.place(field)),
        );
    }
}

/// The field that a path ends at; inside a structure without a name it has no definition of its own.
pub(super) fn named(cx: Cx<'_>, reference: &RefFact, out: &Resolved) -> Option<Def> {
    let field = out.meaning(&reference.loc)?;
    (reference.path.last() == Some(&field.name(cx.db))).then_some(field)
}

/// Why a field's values cannot be looked through, with the code of the error.
pub(super) fn opaque(cx: Cx<'_>, field: Def) -> Option<(&'static str, &'static str)> {
    let facts = field.field(cx.db)?;
    if matches!(&facts.ty.kind, TyKind::Scalar(name, _) if name == "json") {
        return Some(("type.mismatch", "it holds any JSON"));
    }
    match sort_of(cx, field.item, &facts.ty) {
        Sort::List => Some(("type.mismatch", "it is a list")),
        Sort::Structure => Some(("type.mismatch", "it is a structure")),
        Sort::Bytes => Some(("type.mismatch", "it holds raw bytes")),
        _ if facts.has("encrypted") => Some((
            "type.out_of_reach",
            "it is `@encrypted`, and its store never sees the value",
        )),
        _ => None,
    }
}

/// Parameters that the query never looks at.
fn unused(item: Item, query: &Query, used: &[u16], element: &SmolStr, out: &mut Resolved) {
    for (index, param) in query.params.iter().enumerate() {
        if param.name.is_empty() || used.contains(&(index as u16)) {
            continue;
        }
        let mut finding = Finding::new(
            "type.unused_parameter",
            Severity::Hint,
            element.clone(),
            Place::new(item, param.loc.clone()),
            format!(
                "`{}` is not used in the query: its value changes nothing",
                param.name
            ),
        )
        .help("Use it in `where`, as `param.NAME` where a field has the same name, or leave it out.");
        finding.tags.push(Tag::Unnecessary);
        out.findings.push(finding);
    }
}
