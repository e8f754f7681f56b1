//! Answers with a projection in place of a whole entity.
//!
//! `endpoint get … -> Order` => `type OrderSummary of Order { id, status }` and `-> OrderSummary`: the fields that carry no
//! class and are not internal are kept.

use archwright_grammar::{ast::TypeKind, ast::Value, vocabulary::Kind};

use crate::{
    features::spot::{Spot, def_at},
    model::{
        finding::{FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

pub(super) fn assist(spot: &Spot<'_>) -> Vec<FixPlan> {
    plan(spot).into_iter().collect()
}

fn plan(spot: &Spot<'_>) -> Option<FixPlan> {
    let node = spot.node().filter(|node| node.kind() == Kind::Endpoint)?;
    let (index, argument) = node
        .args
        .iter()
        .enumerate()
        .find(|(_, argument)| argument.slot == "returns")?;
    let Value::Type(ty) = &argument.value else {
        return None;
    };
    if !argument.span.touches(spot.offset) {
        return None;
    }
    // `Order`, `[Order]` and `page Order`.
    let named = |ty: &archwright_grammar::ast::Type| match &ty.kind {
        TypeKind::Named(reference, _) | TypeKind::Page(reference) => Some(reference.text()),
        _ => None,
    };
    match &ty.kind {
        TypeKind::List(inner) => named(inner)?,
        _ => named(ty)?,
    };
    let cx = spot.cx;
    let op = def_at(cx, spot.item, &spot.path)?;
    let (returns, _) = op.op(cx.db)?.returns.as_ref()?;
    let entity = cx.entity_of(spot.item, returns)?;
    if entity.item != spot.item {
        return None;
    }
    let name = entity.name(cx.db);
    let service = cx.service(spot.item)?;
    let summary = format!("{name}Summary");
    if service.types.iter().any(|def| def.name == summary) {
        return None;
    }
    let kept: Vec<String> = cx
        .fields_of(entity)
        .into_iter()
        .filter(|(def, field)| !cx.field_classes(def.item, field).sensitive() && !field.has("internal"))
        .map(|(_, field)| field.name.to_string())
        .collect();
    if kept.is_empty() {
        return None;
    }
    let place = |loc: Loc| Place::new(spot.item, loc);
    Some(FixPlan::refactor(
        format!("Answer with a projection of {name}"),
        vec![
            Step::Replace(
                place(Loc::at(&spot.path, Part::Ref(index as u16, 0))),
                summary.clone(),
            ),
            Step::AddStatement(
                place(Loc::head(&[])),
                format!("type {summary} of {name} {{ {} }}", kept.join(", ")),
            ),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::host;

    #[test]
    fn the_projection_leaves_out_what_is_sensitive() {
        let text = "service A {\n  store Db: postgres\n  entity Order { id: uuid @id; note: text @phi; total: int }\n  \
            endpoint get GET /v1/orders -> page Order { public }\n}\n";
        let host = host(text);
        let file = host.file("main.arch").expect("loaded");
        let snapshot = host.snapshot();
        let at = text.find("page Order").expect("there") as u32;
        let actions = snapshot.actions(file, at..at).expect("nothing writes");
        let action = actions
            .iter()
            .find(|action| action.title == "Answer with a projection of Order")
            .expect("offered");
        let edit = snapshot
            .resolve_action(file, &action.id)
            .expect("nothing writes")
            .expect("possible");
        let mut after = text.to_owned();
        for edit in edit.files[0].1.iter().rev() {
            after.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
        }
        assert!(after.contains("-> page OrderSummary {"), "{after}");
        assert!(
            after.contains("  type OrderSummary of Order { id, total }\n}"),
            "{after}"
        );
    }
}
