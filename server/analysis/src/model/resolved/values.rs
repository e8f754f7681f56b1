//! Predicates, defaults, arguments, projections and attributes of a service's members.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    ENTITY, Resolved,
    error,
    fields::{owners, owners_known},
};
use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::{Checker, Scope, Sort, known_type, listed},
        facts::{Field, ItemFacts, Name, RefFact, Service, TypeDef},
        finding::{Finding, FixPlan, Place, Similar, Step},
    },
};

pub(super) fn service_exprs(
    cx: Cx<'_>,
    item: Item,
    facts: &ItemFacts,
    service: &Service,
    out: &mut Resolved,
) {
    let within = |member: &str| -> SmolStr { format!("{}.{member}", facts.name).into() };
    for (index, entity) in service.entities.iter().enumerate() {
        let def = Def {
            item,
            kind: DefKind::Entity(index as u16),
        };
        if let Some((predicate, _)) = &entity.visible {
            let scope = Scope {
                owners: vec![def],
                complete: true,
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
                complete: known_type(cx, item, &query.returns),
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
                    complete: owners_known(cx, op_ref),
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
                        complete: owners_known(cx, op_ref),
                        params: &op.params,
                        param_def: Some(&make),
                        element: within(&op.name),
                    };
                    let mut checker = Checker { cx, item, scope, out };
                    match query.and_then(|(def, query)| Some((def, query.params.get(number)?.ty.as_ref()?))) {
                        Some((def, ty)) => checker.value(argument, def.item, ty),
                        None => {
                            checker.sort(argument, query.is_none().then_some(&Sort::Wrong));
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
pub(super) fn projected(cx: Cx<'_>, item: Item, def: &TypeDef, out: &mut Resolved) {
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

/// A field's default.
pub(super) fn field_value(cx: Cx<'_>, item: Item, field: &Field, element: &SmolStr, out: &mut Resolved) {
    let element: SmolStr = format!("{element}.{}", field.name).into();
    if let Some(default) = &field.default {
        let scope = Scope {
            owners: Vec::new(),
            complete: true,
            params: &[],
            param_def: None,
            element: element.clone(),
        };
        Checker { cx, item, scope, out }.value(default, item, &field.ty);
    }
}
