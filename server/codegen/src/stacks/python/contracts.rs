//! Classes of requests and responses.

use serde_json::{Value, json};

use crate::model::{Expr, FieldModel, NamedShape, TypeModel};
use crate::names as words;
use crate::render::python_string;

use super::code::{WIDTH, docstring};
use super::context::{Context, is_list};
use super::entity::Entity;
use super::names::attributes;
use super::scalars::{bounds, member_names};
use super::types::Side;

/// Which fields may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A type: optional fields and those with a default.
    Plain,
    /// `new E`: also lists.
    Create,
    /// `patch E`: all.
    Update,
    /// An answer: none.
    Read,
}

fn field_lines(context: &Context<'_>, field: &FieldModel, attribute: &str, hint: &str, mode: Mode) -> String {
    let side = if mode == Mode::Read {
        Side::Outgoing
    } else {
        Side::Incoming
    };
    let annotation = context.types.annotation(&field.ty, side, hint);
    let (annotation, limits) = bounds(field, &annotation, side);
    let from_caller = mode == Mode::Create && matches!(field.default, Some(Expr::Caller { .. }));
    let nullable = field.optional || from_caller;
    let annotation = if nullable {
        format!("{annotation} | None")
    } else {
        annotation
    };
    let mut args: Vec<String> = Vec::new();
    let mut plain_default = None;
    if mode != Mode::Read {
        let constant = field
            .default
            .as_ref()
            .and_then(|default| context.types.literal(default, &field.ty));
        if mode == Mode::Update && !nullable {
            args.push("default_factory=unset".to_owned());
        } else if nullable && (mode == Mode::Update || constant.is_none()) {
            plain_default = Some("None".to_owned());
        } else if let Some(constant) = constant {
            plain_default = Some(constant);
        } else if matches!(field.default, Some(Expr::Now)) {
            args.push("default_factory=utc_now".to_owned());
        } else if mode == Mode::Create && is_list(field) {
            args.push("default_factory=list".to_owned());
        }
        args.extend(limits);
    }
    if attribute != field.name {
        args.push(format!("alias={}", python_string(&field.name)));
    }
    if args.is_empty() {
        return match plain_default {
            None => format!("    {attribute}: {annotation}\n"),
            Some(default) => {
                let line = format!("    {attribute}: {annotation} = {default}");
                if line.chars().count() <= WIDTH {
                    format!("{line}\n")
                } else {
                    explode(attribute, &annotation, &[format!("default={default}")])
                }
            }
        };
    }
    if let Some(default) = plain_default {
        args.insert(0, format!("default={default}"));
    }
    explode(attribute, &annotation, &args)
}

/// A field whose `Field(…)` stands on lines of its own.
fn explode(attribute: &str, annotation: &str, args: &[String]) -> String {
    let head = format!("    {attribute}: {annotation} = ");
    if head.chars().count() + "Field(".len() > WIDTH {
        let lines: Vec<String> = args.iter().map(|arg| format!("            {arg},\n")).collect();
        return format!("{head}(\n        Field(\n{}        )\n    )\n", lines.concat());
    }
    let lines: Vec<String> = args.iter().map(|arg| format!("        {arg},\n")).collect();
    format!("{head}Field(\n{}    )\n", lines.concat())
}

fn class(
    context: &Context<'_>,
    name: &str,
    base: &str,
    docs: &str,
    fields: &[&FieldModel],
    owner: &str,
    mode: Mode,
) -> Value {
    let names = attributes(fields.iter().map(|field| field.name.as_str()));
    let lines: String = fields
        .iter()
        .zip(names)
        .map(|(field, attribute)| {
            let hint = format!("{owner}{}", words::pascal(&field.name));
            field_lines(context, field, &attribute, &hint, mode)
        })
        .collect();
    json!({ "name": name, "base": base, "docs": docstring(docs, 4), "lines": lines })
}

fn page_class(name: &str, item: &str) -> Value {
    json!({
        "name": name,
        "base": "Outgoing",
        "docs": docstring("One page, and the cursor of the next one.", 4),
        "lines": format!("    items: list[{item}]\n    next_cursor: str | None\n"),
    })
}

fn docs_or(docs: &str, fallback: &str) -> String {
    if docs.trim().is_empty() {
        fallback.to_owned()
    } else {
        docs.to_owned()
    }
}

/// The classes of `app/contracts/<entity>.py`: `new`, `patch`, the entity itself, its page, its projections.
pub(super) fn of_entity(context: &Context<'_>, entity: &Entity<'_>) -> Vec<Value> {
    let types = &context.types;
    let model = entity.model;
    let classes = &entity.classes;
    let mut found = Vec::new();
    // One namespace for all of an entity's classes, so that attributes are those of the entity.
    let make = |name: &str, base: &str, docs: &str, fields: Vec<&FieldModel>, mode: Mode| {
        let lines: String = fields
            .iter()
            .filter_map(|field| entity.field(&field.name))
            .map(|field| field_lines(context, field.model, &field.attribute, &field.hint, mode))
            .collect();
        json!({ "name": name, "base": base, "docs": docstring(docs, 4), "lines": lines })
    };
    if types.uses("new", &model.id) {
        let docs = format!("`new {}`: what a client may set at creation.", model.name);
        found.push(make(
            &classes.create,
            "Incoming",
            &docs,
            model.new_fields(),
            Mode::Create,
        ));
    }
    if types.uses("patch", &model.id) {
        let docs = format!(
            "`patch {}`: what a client may change; what is left out stays.",
            model.name
        );
        found.push(make(
            &classes.update,
            "Incoming",
            &docs,
            model.patch_fields(),
            Mode::Update,
        ));
    }
    if types.uses("read", &model.id) {
        let docs = docs_or(&model.docs, &format!("`{}`", model.name));
        found.push(make(
            &classes.read,
            "Outgoing",
            &docs,
            model.public_fields(),
            Mode::Read,
        ));
    }
    if types.uses("page", &model.id) {
        found.push(page_class(&classes.page, &classes.read));
    }
    for def in types.definitions() {
        if def
            .projection_of
            .as_ref()
            .is_some_and(|target| target.id == model.id)
        {
            let docs = docs_or(&def.docs, &format!("`{}`", def.name));
            let fields = def.fields.iter().filter(|field| field.may_leave()).collect();
            found.push(make(
                types.type_class(&def.id),
                "Outgoing",
                &docs,
                fields,
                Mode::Read,
            ));
            if types.uses("page", &def.id) {
                found.push(page_class(types.page_of(&def.id), types.type_class(&def.id)));
            }
        }
    }
    found
}

/// Enums of `app/contracts/shared.py`.
pub(super) fn enums(context: &Context<'_>) -> Vec<Value> {
    context
        .types
        .enumerations()
        .into_iter()
        .map(|def| {
            let members: Vec<Value> = member_names(def)
                .into_iter()
                .zip(&def.members)
                .map(|(name, member)| json!({ "name": name, "value": python_string(&member.name) }))
                .collect();
            json!({
                "name": context.types.enum_class(&def.id),
                "docs": docstring(&docs_or(&def.docs, &format!("`{}`", def.name)), 4),
                "members": members,
            })
        })
        .collect()
}

/// Value types and objects that stand below the entities (`composed == false`) or above them, dependencies first.
pub(super) fn types(context: &Context<'_>, composed: bool) -> Vec<Value> {
    let types = &context.types;
    let module = if composed {
        "app.contracts.composed"
    } else {
        "app.contracts.shared"
    };
    let mut pending: Vec<(String, Vec<String>, Value)> = Vec::new();
    for (hint, inline) in types.inlines() {
        if types.is_shared_inline(hint) == composed {
            continue;
        }
        let fields: Vec<&FieldModel> = inline.fields.iter().collect();
        let (base, mode) = if inline.outgoing {
            ("Outgoing", Mode::Read)
        } else {
            ("Value", Mode::Plain)
        };
        let docs = format!("An object of `{hint}`.");
        let class = class(context, &inline.class, base, &docs, &fields, hint, mode);
        pending.push((inline.class.clone(), named_in(context, &fields, hint), class));
    }
    for def in types.definitions() {
        if types.module_of(def, &slugs(context)) != module {
            continue;
        }
        let name = types.type_class(&def.id).to_owned();
        let fields: Vec<&FieldModel> = def.fields.iter().collect();
        let needs = named_in(context, &fields, &def.name);
        let (base, mode) = if def.projection_of.is_some() {
            ("Outgoing", Mode::Read)
        } else {
            ("Value", Mode::Plain)
        };
        let docs = docs_or(&def.docs, &format!("`{}`", def.name));
        pending.push((
            name.clone(),
            needs,
            class(context, &name, base, &docs, &fields, &def.name, mode),
        ));
        if def.projection_of.is_some() && types.uses("page", &def.id) {
            let page = types.page_of(&def.id);
            pending.push((page.to_owned(), vec![name.clone()], page_class(page, &name)));
        }
    }
    if composed {
        foreign_entities(context, &mut pending);
    }
    sorted(pending)
}

/// Other services' entities that bodies of this service hold.
fn foreign_entities(context: &Context<'_>, pending: &mut Vec<(String, Vec<String>, Value)>) {
    let types = &context.types;
    let own = slugs(context);
    let all = context
        .service
        .imported_entities
        .iter()
        .chain(&context.service.entities);
    for model in all.filter(|model| !own.contains_key(&model.id)) {
        let classes = types.entity(&model.id);
        let docs = docs_or(&model.docs, &format!("`{}`", model.name));
        let mut add = |name: &str, base: &str, fields: Vec<&FieldModel>, mode: Mode| {
            let needs = named_in(context, &fields, &model.name);
            pending.push((
                name.to_owned(),
                needs,
                class(context, name, base, &docs, &fields, &model.name, mode),
            ));
        };
        if types.uses("new", &model.id) {
            add(&classes.create, "Incoming", model.new_fields(), Mode::Create);
        }
        if types.uses("patch", &model.id) {
            add(&classes.update, "Incoming", model.patch_fields(), Mode::Update);
        }
        if types.uses("read", &model.id) || types.uses("page", &model.id) {
            add(&classes.read, "Outgoing", model.public_fields(), Mode::Read);
        }
        if types.uses("page", &model.id) {
            pending.push((
                classes.page.clone(),
                vec![classes.read.clone()],
                page_class(&classes.page, &classes.read),
            ));
        }
    }
}

pub(super) fn slugs(context: &Context<'_>) -> std::collections::BTreeMap<String, String> {
    context
        .entities
        .iter()
        .map(|entity| (entity.model.id.clone(), entity.slug.clone()))
        .collect()
}

fn named_in(context: &Context<'_>, fields: &[&FieldModel], owner: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in fields {
        let hint = format!("{owner}{}", words::pascal(&field.name));
        find_named(context, &field.ty, &hint, &mut found);
    }
    found
}

fn find_named(context: &Context<'_>, ty: &TypeModel, hint: &str, found: &mut Vec<String>) {
    match ty {
        TypeModel::Named {
            id,
            shape: NamedShape::Type | NamedShape::Projection,
            ..
        } => {
            found.push(context.types.type_class(id).to_owned());
        }
        TypeModel::List { of } | TypeModel::Optional { of } | TypeModel::Page { of } => {
            find_named(context, of, hint, found);
        }
        TypeModel::Object { .. }
        | TypeModel::Entity { .. }
        | TypeModel::New { .. }
        | TypeModel::Patch { .. } => {
            found.push(context.types.annotation(ty, Side::Incoming, hint));
        }
        _ => {}
    }
}

/// Dependencies first; among equals the order in which they came. A circle stays in that order.
fn sorted(mut pending: Vec<(String, Vec<String>, Value)>) -> Vec<Value> {
    let mut done = Vec::new();
    while !pending.is_empty() {
        let names: Vec<String> = pending.iter().map(|(name, _, _)| name.clone()).collect();
        let ready = pending
            .iter()
            .position(|(name, needs, _)| needs.iter().all(|need| need == name || !names.contains(need)))
            .unwrap_or(0);
        done.push(pending.remove(ready).2);
    }
    done
}
