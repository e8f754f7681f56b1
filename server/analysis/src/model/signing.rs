//! Who signs in at an operation, and how: people or services.

use super::{
    cx::{Cx, OpRef},
    def::Def,
    facts::{Allow, ExprFact},
    finding::Place,
};
use crate::db::Item;

/// Schemes by which a person is known: the others prove a program.
pub fn is_personal(kind: &str) -> bool {
    matches!(kind, "cookie" | "jwt" | "oidc")
}

impl<'db> Cx<'db> {
    /// Whether a role is of people, inside or outside the organisation, and not of services.
    pub fn is_human(self, role: Item) -> bool {
        self.role(role)
            .is_some_and(|role| role.kind.as_deref() != Some("service"))
    }

    /// The role that an `allow` names; `None` for `any` and for what is unknown.
    pub fn allowed_role(self, item: Item, allow: &Allow) -> Option<Item> {
        self.def(item, allow.role.as_ref()?).map(|role| role.item)
    }

    /// The roles that a role includes, itself first, without end in a circle.
    pub fn with_included(self, role: Item) -> Vec<Item> {
        let mut roles = vec![role];
        let mut next = 0;
        while let Some(&at) = roles.get(next) {
            next += 1;
            let Some(facts) = self.role(at) else { continue };
            for included in &facts.includes {
                if let Some(def) = self.def(at, included)
                    && !roles.contains(&def.item)
                {
                    roles.push(def.item);
                }
            }
        }
        roles
    }

    /// The kind of a scheme.
    pub fn scheme_kind(self, scheme: Def) -> &'db str {
        self.auth(scheme.item).map_or("", |auth| auth.kind.as_str())
    }

    /// Whether an operation is closed to the outside: callers have to sign in, or only services may call it.
    pub fn guarded(self, op: OpRef<'db>) -> bool {
        !self.open(op) && (op.op.internal.is_some() || !self.schemes(op).is_empty())
    }

    /// Whether nobody can get in: a role is asked for where nobody signs in. The language reports that as a contradiction.
    pub fn shut(self, op: OpRef<'db>) -> bool {
        if op.op.allow.is_empty() || op.op.public.is_some() {
            return false;
        }
        let setting = self.effective(op, |settings| &settings.auth).0;
        let schemes = self.schemes(op);
        let all_none = || {
            !schemes.is_empty()
                && setting
                    .set()
                    .is_some_and(|written| written.len() == schemes.len())
                && schemes.iter().all(|scheme| self.scheme_kind(*scheme) == "none")
        };
        setting.is_off() || all_none()
    }

    /// Whether it is for people: an endpoint at which somebody signs in and that lets in a role of people. Where it names no
    /// role, its schemes tell.
    pub fn for_people(self, op: OpRef<'db>) -> bool {
        if !op.op.is_endpoint() || self.open(op) {
            return false;
        }
        let named = op.op.allow.iter().filter(|allow| allow.role.is_some());
        if named.clone().count() > 0 {
            return named
                .filter_map(|allow| self.allowed_role(op.def.item, allow))
                .any(|role| self.is_human(role));
        }
        self.schemes(op)
            .iter()
            .any(|scheme| is_personal(self.scheme_kind(*scheme)))
    }

    /// Why an entity is about a person, and where that shows; `None` if it isn't.
    pub fn about_a_person(self, entity: Def) -> Option<(String, Place)> {
        if let Some((field, facts, classes)) = self.sensitive_fields(entity).into_iter().next() {
            return Some((
                format!("has `{}` ({})", facts.name, classes.words()),
                self.place(field),
            ));
        }
        let identity = self.identity_entities();
        if identity.contains(&entity) {
            return Some(("is who signs in".to_owned(), self.place(entity)));
        }
        self.fields_of(entity).into_iter().find_map(|(def, field)| {
            let super::facts::TyKind::Ref(target) = &field.ty.kind else {
                return None;
            };
            let target = self.def(def.item, target)?;
            identity.contains(&target).then(|| {
                (
                    format!("belongs to `{}`", self.qualified(target)),
                    self.place(def),
                )
            })
        })
    }
}

/// A condition as it would be written.
pub fn condition(predicate: &ExprFact) -> String {
    super::expr::text::text(predicate)
}
