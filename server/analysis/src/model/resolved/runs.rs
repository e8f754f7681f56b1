//! `runs`: whether a query is given what it takes.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    Resolved,
    fields::{owners, owners_known},
    is_broken,
    signed_in::nobody,
};
use crate::{
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::{Checker, Purpose, Scope, apart, listed},
        facts::{ExprFact, Name, Query, Run},
        finding::{Finding, Place},
    },
};

/// Checks the queries that an operation runs.
pub(super) fn check(cx: Cx<'_>, op: OpRef<'_>, element: &SmolStr, out: &mut Resolved) {
    for run in &op.op.runs {
        let query = cx
            .resolve(op.def.item, &run.query, &[Kind::Query])
            .and_then(|def| Some((def, def.query(cx.db)?)));
        let mut before = out.findings.len();
        match (&run.args, query) {
            (Some(args), _) => arguments(cx, op, (run, args), query, element, out),
            (None, Some((def, query))) => {
                from_parameters(cx, op, run, (def, query), element, out);
            }
            (None, None) => before = usize::MAX,
        }
        if let Some((def, query)) = query
            && out.findings.len() == before
        {
            who(cx, op, run, (def, query), element, out);
        }
    }
}

fn arguments(
    cx: Cx<'_>,
    op: OpRef<'_>,
    (run, args): (&Run, &[ExprFact]),
    query: Option<(Def, &Query)>,
    element: &SmolStr,
    out: &mut Resolved,
) {
    let item = op.def.item;
    let DefKind::Op(number) = op.def.kind else {
        return;
    };
    let make = |param: u16| DefKind::OpParam(number, param);
    for (index, argument) in args.iter().enumerate() {
        let scope = Scope {
            purpose: Purpose::Argument,
            owners: owners(cx, op),
            complete: owners_known(cx, op),
            params: &op.op.params,
            param_def: Some(&make),
            nobody: nobody(cx, op).map(|nobody| nobody.why),
            element: element.clone(),
        };
        let checker = Checker::new(cx, item, scope, out);
        match query.and_then(|(def, query)| Some((def, query.params.get(index)?.ty.as_ref()?))) {
            Some((def, ty)) => checker.value(argument, def.item, ty),
            None => checker.names(argument),
        }
    }
    let Some((def, query)) = query else { return };
    let needed = query
        .params
        .iter()
        .rposition(|param| param.default.is_none() && !param.ty.as_ref().is_some_and(|ty| ty.optional))
        .map_or(0, |last| last + 1);
    if args.len() >= needed && args.len() <= query.params.len() {
        return;
    }
    let most = query.params.len();
    let count = if needed == most {
        format!("{most} argument{}", if most == 1 { "" } else { "s" })
    } else {
        format!("{needed} to {most} arguments")
    };
    out.findings.push(
        Finding::new(
            "type.argument",
            Severity::Error,
            element.clone(),
            Place::new(item, run.loc.clone()),
            format!("`{}` takes {count}, not {}", query.name, args.len()),
        )
        .help(usage(query))
        .related("the query", cx.place(def)),
    );
}

/// How a query is run.
fn usage(query: &Query) -> String {
    let names: Vec<&str> = query.params.iter().map(|param| param.name.as_str()).collect();
    if names.is_empty() {
        format!("Write `runs {}`.", query.name)
    } else {
        format!(
            "Write `runs {}({})`, with a value for each.",
            query.name,
            names.join(", ")
        )
    }
}

/// Without parentheses a query takes what has the names of its parameters.
fn from_parameters(
    cx: Cx<'_>,
    op: OpRef<'_>,
    run: &Run,
    (def, query): (Def, &Query),
    element: &SmolStr,
    out: &mut Resolved,
) {
    if !owners_known(cx, op) || is_broken(cx, op.def.item, &run.loc.path) {
        return;
    }
    let owners = owners(cx, op);
    let given = |name: &Name| {
        op.op.params.iter().any(|param| param.name == *name)
            || owners
                .iter()
                .flat_map(|owner| cx.fields_of(*owner))
                .any(|(field, facts)| !is_row(field) && facts.name == *name)
    };
    let missing: Vec<Name> = query
        .params
        .iter()
        .filter(|param| param.default.is_none())
        .filter(|param| param.ty.as_ref().is_some_and(|ty| !ty.optional))
        .filter(|param| !param.name.is_empty() && !given(&param.name))
        .map(|param| param.name.clone())
        .collect();
    if missing.is_empty() {
        misfits(cx, op, run, (def, query), element, out);
        return;
    }
    out.findings.push(
        Finding::new(
            "type.argument",
            Severity::Error,
            element.clone(),
            Place::new(op.def.item, run.loc.clone()),
            format!(
                "`{}` needs {}, and nothing of that name is at hand here",
                query.name,
                listed(&missing)
            ),
        )
        .help(usage(query))
        .related("the query", cx.place(def)),
    );
}

/// What has the name of a parameter and is something else.
fn misfits(
    cx: Cx<'_>,
    op: OpRef<'_>,
    run: &Run,
    (def, query): (Def, &Query),
    element: &SmolStr,
    out: &mut Resolved,
) {
    let item = op.def.item;
    let owners = owners(cx, op);
    for param in &query.params {
        let Some(wanted) = &param.ty else { continue };
        let own = op.op.params.iter().find(|own| own.name == param.name);
        let (source, ty, at) = match own {
            Some(own) => {
                let Some(ty) = &own.ty else { continue };
                (item, ty, Place::new(item, own.loc.clone()))
            }
            None => {
                let mut fields = owners.iter().flat_map(|owner| cx.fields_of(*owner));
                let Some((field, facts)) =
                    fields.find(|(field, facts)| !is_row(*field) && facts.name == param.name)
                else {
                    continue;
                };
                (field.item, &facts.ty, cx.place(field))
            }
        };
        let Some((needed, given)) = apart(cx, (def.item, wanted), (source, ty)) else {
            continue;
        };
        out.findings.push(
            Finding::new(
                "type.mismatch",
                Severity::Error,
                element.clone(),
                Place::new(item, run.loc.clone()),
                format!(
                    "`{}` needs {needed} for `{}`, and what has that name here is {given}",
                    query.name, param.name
                ),
            )
            .help(format!(
                "Give both the same type, or say what it takes: `runs {}(…)`.",
                query.name
            ))
            .related(format!("`{}` here", param.name), at)
            .related(
                format!("the parameter of `{}`", query.name),
                Place::new(def.item, param.loc.clone()),
            ),
        );
    }
}

const fn is_row(field: Def) -> bool {
    matches!(field.kind, DefKind::EntityField(..))
}

/// A query about the caller, where there is none.
fn who(
    cx: Cx<'_>,
    op: OpRef<'_>,
    run: &Run,
    (def, query): (Def, &Query),
    element: &SmolStr,
    out: &mut Resolved,
) {
    let asked = query.predicate.as_ref().and_then(|(predicate, _)| {
        ["id", "role", "tenant"]
            .into_iter()
            .find(|field| predicate.mentions_caller(field))
    });
    let (Some(field), Some(nobody)) = (asked, nobody(cx, op)) else {
        return;
    };
    out.findings.push(
        Finding::new(
            "type.no_caller",
            Severity::Error,
            element.clone(),
            Place::new(op.def.item, run.loc.clone()),
            format!(
                "{}, so there is no `caller.{field}`, which `{}` asks for: it finds nothing here",
                nobody.why, query.name
            ),
        )
        .help("Run a query that takes what it needs as parameters.")
        .related("the query", cx.place(def))
        .related(nobody.what, nobody.at),
    );
}
