//! Whether a type still fits what was released: by what is on the wire, not by names.

use archwright_grammar::vocabulary::Kind;

use super::{FieldText, Released, Shape, Wire, field_text, shape_text};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::Def,
        facts::{Ty, TyKind},
    },
};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To clients: what they rely on must be there.
    Sent,
    /// From clients: what they do not know of must not be asked for.
    Taken,
}

/// A comparison of the blueprint with what was released.
#[derive(Clone, Copy)]
pub struct Compared<'db> {
    /// The blueprint.
    pub cx: Cx<'db>,
    /// What was released.
    pub released: &'db Released,
    /// Which way the value goes.
    pub way: Way,
}

/// Scalars that are the same on the wire.
fn same_scalar(old: &str, new: &str) -> bool {
    let family = |name: &str| {
        if name == "text" {
            "string".to_owned()
        } else {
            name.to_owned()
        }
    };
    family(old) == family(new)
}

impl Compared<'_> {
    /// What no longer fits, in words; `None` where everything does.
    pub fn differs(self, old: &Shape, item: Item, new: &Ty) -> Option<String> {
        self.at(old, item, new, &mut Vec::new())
    }

    fn at(self, old: &Shape, item: Item, new: &Ty, entered: &mut Vec<(String, Def)>) -> Option<String> {
        if old.optional != new.optional {
            match self.way {
                Way::Sent if new.optional => return Some("may be missing now".to_owned()),
                Way::Taken if old.optional => return Some("is required now".to_owned()),
                _ => {}
            }
        }
        let other = || Some(format!("is `{}` now", shape_text(self.cx, item, new)));
        match (&old.wire, &new.kind) {
            (Wire::List(old), TyKind::List(new)) => self.at(old, item, new, entered),
            (Wire::Inline(fields), TyKind::Inline(_)) => self.inline(fields, item, new, entered),
            (Wire::Name(old), TyKind::Scalar(name, _)) => {
                if same_scalar(old, name) {
                    None
                } else {
                    other()
                }
            }
            (Wire::Of("ref", _), TyKind::Ref(_)) => None,
            // An identity is a `uuid` on the wire, unless its entity says otherwise.
            (Wire::Of("ref", _), TyKind::Scalar(name, _)) if name == "uuid" => None,
            (Wire::Name(old), TyKind::Ref(_)) if old == "uuid" => None,
            (Wire::Name(path), TyKind::Named(reference)) => {
                let def = self
                    .cx
                    .resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])?;
                self.named(path, def, false, entered).unwrap_or_else(|()| other())
            }
            (
                Wire::Of(word, path),
                TyKind::New(reference) | TyKind::Patch(reference) | TyKind::Page(reference),
            ) => {
                let now = match &new.kind {
                    TyKind::New(_) => "new",
                    TyKind::Patch(_) => "patch",
                    _ => "page",
                };
                // Everything of a `patch` may be left out, so a `new` may become one.
                if *word != now && !(self.way == Way::Taken && *word == "new" && now == "patch") {
                    return other();
                }
                let def = self.cx.resolve(item, reference, &[Kind::Entity, Kind::Type])?;
                self.named(path, def, now != "page", entered)
                    .unwrap_or_else(|()| other())
            }
            (_, TyKind::Error) => None,
            _ => other(),
        }
    }

    fn inline(
        self,
        old: &[(String, Shape)],
        item: Item,
        new: &Ty,
        entered: &mut Vec<(String, Def)>,
    ) -> Option<String> {
        let TyKind::Inline(fields) = &new.kind else {
            return None;
        };
        for (name, shape) in old {
            match fields.iter().find(|field| field.name == name.as_str()) {
                Some(field) => {
                    if let Some(found) = self.at(shape, item, &field.ty, entered) {
                        return Some(inside(name, &found));
                    }
                }
                None if self.way == Way::Sent => return Some(format!("lacks `{name}` now")),
                None => {}
            }
        }
        let added = fields.iter().find(|field| {
            self.way == Way::Taken
                && !field.ty.optional
                && field.default.is_none()
                && !old.iter().any(|(name, _)| *name == field.name.as_str())
        });
        added.map(|field| format!("asks for `{}` now", field.name))
    }

    /// Compares what a name meant with what one means now. `Err` where they are of different sorts.
    fn named(
        self,
        path: &str,
        def: Def,
        settable: bool,
        entered: &mut Vec<(String, Def)>,
    ) -> Result<Option<String>, ()> {
        // What changed inside of the same thing is told where it stands.
        if self.cx.qualified(def) == path {
            return Ok(None);
        }
        let Some(record) = self.released.type_of(path) else {
            return Err(());
        };
        let key = (path.to_owned(), def);
        if entered.contains(&key) {
            return Ok(None);
        }
        entered.push(key);
        if let Some(now) = def.enum_def(self.cx.db) {
            if record.kind != "enum" {
                return Err(());
            }
            let gone = record
                .each("member")
                .find(|(name, _)| !now.members.iter().any(|(member, _)| member == name));
            return Ok(gone.map(|(name, _)| format!("lacks `{name}` now")));
        }
        if record.kind == "enum" {
            return Err(());
        }
        let fields = self.cx.fields_of(def);
        for (name, _) in record.each("field") {
            let Some(old) = self.released.field(record, name).and_then(FieldText::parse) else {
                continue;
            };
            if old.has("internal") || (settable && !old.settable()) {
                continue;
            }
            let now = fields
                .iter()
                .find(|(_, field)| field.name == name && !field.has("internal"));
            match now {
                Some((at, field)) => {
                    if let Some(found) = self.at(&old.shape, at.item, &field.ty, entered) {
                        return Ok(Some(inside(name, &found)));
                    }
                }
                None if self.way == Way::Sent => return Ok(Some(format!("lacks `{name}` now"))),
                None => {}
            }
        }
        if self.way == Way::Taken {
            for (at, field) in fields {
                let text = field_text(self.cx, at.item, field);
                let Some(now) = FieldText::parse(&text) else {
                    continue;
                };
                let known = self.released.field(record, &field.name).is_some();
                if !known && now.required() && (!settable || now.settable()) {
                    return Ok(Some(format!("asks for `{}` now", field.name)));
                }
            }
        }
        Ok(None)
    }
}

/// What is wrong inside of a field: the innermost name says it best.
fn inside(name: &str, found: &str) -> String {
    if found.starts_with('`') || found.starts_with("lacks") || found.starts_with("asks") {
        found.to_owned()
    } else {
        format!("has `{name}`, which {found}")
    }
}
