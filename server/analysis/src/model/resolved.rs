//! What every reference of an item means, and the name and type errors found on the way.

mod blocks;
mod cron;
mod doubled;
mod fields;
mod look_up;
mod operations;
mod other_words;
mod queries;
mod runs;
mod schemes;
mod settings;
mod signed_in;
#[cfg(test)]
mod tests;
pub(crate) mod texts;
mod values;
mod words;

use archwright_grammar::{
    ast::{Node, Ref, Type, TypeKind, Value},
    vocabulary::{self, Arg, Kind, Shape},
};
use smol_str::SmolStr;

use self::{
    fields::field_path,
    look_up::look_up,
    values::{field_value, projected, service_exprs},
};
pub use self::{
    fields::owners,
    look_up::member_names,
    words::{kind_word, with_article},
};
use super::{
    cx::Cx,
    def::Def,
    facts::{Body, ItemFacts, Name, OpKind, RefFact},
    finding::{Finding, Place},
    loc::{Loc, Part, refs_in_value},
    structure::scalars,
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

    /// What a reference means, while the item is still being resolved.
    pub(super) fn meaning(&self, loc: &Loc) -> Option<Def> {
        let found = self.refs.iter().rev().find(|(known, _)| known == loc)?;
        Some(found.1)
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
        Body::Service(service) => {
            service_exprs(cx, item, facts, service, &mut out);
        }
        Body::Type(def) => {
            projected(cx, item, def, &mut out);
            for field in &def.fields {
                field_value(cx, item, field, &facts.name, &mut out);
            }
        }
        _ => {}
    }
    super::structure::check(cx, item, facts, &mut out);
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
    let child = |index: &u16| node?.children().get(usize::from(*index));
    if let (Body::Service(service), Some(member)) = (&facts.body, path.first().and_then(child))
        && member.kind() == Kind::Resource
    {
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
                    let at = scalars::Argument {
                        item,
                        node,
                        path,
                        index,
                    };
                    scalars::check(cx, at, ty, out);
                }
            }
            _ => {}
        }
    }
    settings::check(&settings::Setting { cx, item, node, path }, out);
    for (index, child) in node.children().iter().enumerate() {
        path.push(index as u16);
        walk(cx, item, child, path, out);
        path.pop();
    }
    blocks::check(&settings::Setting { cx, item, node, path }, out);
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

/// Whether a syntax error stands in the node at `path`: then nothing that is missing there may be held against it.
pub(super) fn is_broken(cx: Cx<'_>, item: Item, path: &[u16]) -> bool {
    let tree = parsed(cx.db, item);
    if tree.errors.is_empty() {
        return false;
    }
    let Some(mut node) = tree.node.as_ref() else {
        return true;
    };
    for &index in path {
        match node.children().get(usize::from(index)) {
            Some(child) => node = child,
            None => return true,
        }
    }
    tree.has_errors_in(node.span)
}

pub(super) fn error(
    cx: Cx<'_>,
    item: Item,
    code: &'static str,
    loc: Loc,
    path: &[u16],
    message: String,
) -> Finding {
    let element = element(cx.facts(item), path, parsed(cx.db, item).node.as_ref());
    Finding::new(code, Severity::Error, element, Place::new(item, loc), message)
}
