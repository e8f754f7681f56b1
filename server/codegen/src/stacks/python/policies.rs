//! What every template may ask of the service, and the policies of its operations.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::{AuthModel, AuthSchemeKind, DurationModel, RateScope, Who};
use crate::names as words;
use crate::render::python_string;

use super::code::{docstring, summary};
use super::context::Context;
use super::endpoint::{Access, Endpoint};
use super::names::Taken;
use super::scalars::grouped;

impl Context<'_> {
    /// What every template may ask.
    pub(super) fn common(&self) -> Value {
        let service = self.service;
        let cookie = self.cookie();
        let roles = self.roles();
        json!({
            "service": {
                "name": service.name,
                "kebab": words::kebab(&service.name),
                "snake": words::snake(&service.name),
                "docs": summary(&service.docs, &format!("The service {}.", service.name)),
            },
            "has": {
                "db": self.has_database(),
                "sessions": self.has_sessions(),
                "limits": self.has_limits(),
                "idempotency": self.has_idempotency(),
                "entities": !self.entities.is_empty(),
                "sealed": self.has_sealed(),
                "bodies": self.endpoints.iter().any(|endpoint| endpoint.body.is_some()),
                "closed": self.endpoints.iter().any(|endpoint| matches!(endpoint.access, Access::Closed(_))),
                "types": self.types.definitions().iter().any(|def| def.projection_of.is_none()),
            },
            "roles": roles.iter().map(|(name, member)| json!({"name": name, "member": member})).collect::<Vec<_>>(),
            "lifetime": cookie.0,
            "idle": cookie.1,
            "pool": service.stores.iter().find_map(|store| store.pool).unwrap_or(10),
            "groups": self.groups.iter().map(|group| json!({
                "slug": group.slug,
                "title": group.title,
                "rules": group.rules,
                "default_rules": group.default_rules,
            })).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(|(error, class)| json!({
                "class": class,
                "docs": docstring(&summary(&error.docs, &error.message), 4),
                "status": error.status,
                "slug": python_string(&words::kebab(&error.name)),
                "title": python_string(&error.message),
            })).collect::<Vec<_>>(),
        })
    }

    /// Seconds that a session lives and may be idle.
    fn cookie(&self) -> (u64, u64) {
        let scheme = self
            .system
            .auth_schemes
            .iter()
            .find(|scheme| scheme.kind == AuthSchemeKind::Cookie && self.names_scheme(&scheme.name))
            .or_else(|| {
                self.system
                    .auth_schemes
                    .iter()
                    .find(|one| one.kind == AuthSchemeKind::Cookie)
            });
        let seconds = |duration: &DurationModel| (duration.millis() / 1_000).max(1);
        let lifetime = scheme
            .and_then(|scheme| scheme.lifetime.as_ref())
            .map_or(43_200, seconds);
        let idle = scheme
            .and_then(|scheme| scheme.idle.as_ref())
            .map_or_else(|| lifetime.min(1_800), seconds);
        (lifetime, idle.min(lifetime))
    }

    fn names_scheme(&self, name: &str) -> bool {
        self.service
            .endpoints
            .iter()
            .any(|endpoint| match &endpoint.auth {
                AuthModel::Schemes { names, .. } => names.iter().any(|one| one == name),
                _ => false,
            })
    }

    /// Roles with their names in Python. A system without roles has one: whoever is signed in.
    pub(super) fn roles(&self) -> Vec<(String, String)> {
        let mut taken = Taken::default();
        let mut roles: Vec<(String, String)> = self
            .system
            .roles
            .iter()
            .map(|role| (role.name.clone(), taken.take(words::constant(&role.name), "_")))
            .collect();
        if roles.is_empty() {
            roles.push(("Member".to_owned(), "MEMBER".to_owned()));
        }
        roles
    }

    pub(super) fn role_member(&self, name: &str) -> String {
        self.roles()
            .into_iter()
            .find(|(role, _)| role == name)
            .map_or_else(|| words::constant(name), |(_, member)| member)
    }

    /// The policy of an endpoint.
    pub(super) fn policy(&self, endpoint: &Endpoint<'_>) -> Value {
        let model = endpoint.model;
        let conditions = self.conditions.get(&model.id).cloned().unwrap_or_default();
        let grants: Vec<Value> = model
            .allow
            .iter()
            .zip(conditions)
            .map(|(allow, condition)| {
                let roles = match &allow.who {
                    Who::Any => Value::Null,
                    Who::Role { held_by, .. } => {
                        let members: BTreeSet<String> =
                            held_by.iter().map(|name| self.role_member(name)).collect();
                        json!(members)
                    }
                };
                json!({"roles": roles, "where": condition})
            })
            .collect();
        let (public, closed) = match &endpoint.access {
            Access::Public(reason) => (json!(python_string(reason)), Value::Null),
            Access::Closed(reason) => (Value::Null, json!(python_string(reason))),
            Access::Session => (Value::Null, Value::Null),
        };
        let limit = model.limit.as_ref().filter(|_| self.has_database()).map(|limit| {
            json!({
                "calls": limit.count.max(1),
                "seconds": seconds(limit.per.millis()),
                "by": if limit.by == RateScope::Caller { "caller" } else { "address" },
            })
        });
        json!({
            "name": endpoint.policy,
            "operation": python_string(&model.name),
            "subject": self.entity_of(endpoint).map(|entity| python_string(&entity.model.name)),
            "grants": grants,
            "public": public,
            "closed": closed,
            "has_body": endpoint.body.is_some(),
            "idempotent": model.idempotent && self.has_database(),
            "timeout": model.timeout.as_ref().map(|timeout| seconds(timeout.millis())),
            "limit": limit,
        })
    }
}

/// Seconds as a float in Python.
fn seconds(millis: u64) -> String {
    let fraction = millis % 1_000;
    if fraction == 0 {
        format!("{}.0", grouped(millis / 1_000))
    } else {
        let digits = format!("{fraction:03}");
        format!("{}.{}", grouped(millis / 1_000), digits.trim_end_matches('0'))
    }
}
