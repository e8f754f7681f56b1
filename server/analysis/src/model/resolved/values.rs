//! Predicates, defaults and projections of a service's members.

use smol_str::SmolStr;

use super::{
    ENTITY, Resolved, error,
    fields::{owners, owners_known},
    operations, queries, runs,
};
use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::{Checker, Purpose, Scope, listed},
        facts::{Entity, Field, ItemFacts, Name, Param, RefFact, Service, TypeDef},
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
                purpose: Purpose::Rows,
                owners: vec![def],
                complete: true,
                params: &[],
                param_def: None,
                nobody: None,
                element: within(&entity.name),
            };
            Checker::new(cx, item, scope, out).predicate(predicate);
        }
        for field in &entity.fields {
            field_value(cx, item, field, &within(&entity.name), out);
        }
        store_named(item, entity, service, within(&entity.name), out);
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
        let element = within(&query.name);
        param_values(cx, item, &query.params, &element, out);
        queries::check(cx, item, (index as u16, query), &element, out);
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
        let element = within(&op.name);
        param_values(cx, item, &op.params, &element, out);
        for predicate in op.allow.iter().filter_map(|allow| allow.predicate.as_ref()) {
            let scope = Scope {
                purpose: Purpose::Access,
                owners: owners(cx, op_ref),
                complete: owners_known(cx, op_ref),
                params: &op.params,
                param_def: Some(&make),
                // Where nobody is signed in, the whole `allow` is out of place.
                nobody: None,
                element: element.clone(),
            };
            Checker::new(cx, item, scope, out).predicate(predicate);
        }
        runs::check(cx, op_ref, &element, out);
        operations::check(cx, op_ref, &element, out);
    }
}

/// An entity of a service with several stores says in which it is.
fn store_named(item: Item, entity: &Entity, service: &Service, element: SmolStr, out: &mut Resolved) {
    let stores = service.stores.iter().map(|store| store.name.clone());
    let names: Vec<Name> = stores.filter(|name| !name.is_empty()).collect();
    if entity.store.is_some() || names.len() < 2 {
        return;
    }
    let mut finding = Finding::new(
        "type.store_ambiguous",
        Severity::Error,
        element,
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
    if let Some(default) = &field.default {
        let scope = Scope::of_default(format!("{element}.{}", field.name).into());
        Checker::new(cx, item, scope, out).value(default, item, &field.ty);
    }
}

/// The defaults of parameters.
fn param_values(cx: Cx<'_>, item: Item, params: &[Param], element: &SmolStr, out: &mut Resolved) {
    for param in params {
        if let (Some(default), Some(ty)) = (&param.default, &param.ty) {
            let scope = Scope::of_default(format!("{element}.{}", param.name).into());
            Checker::new(cx, item, scope, out).value(default, item, ty);
        }
    }
}
