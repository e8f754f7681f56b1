//! Ways in which a blueprint speaks for a control, and how the elements that do so are found.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{
            Access, Auth, Body, Entity, Environment, Field, OpKind, ResourceOp, Runtime, SecretFact, Service,
            Store, TyKind,
        },
    },
};

/// A way to speak for a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Endpoints with `allow`.
    Roles,
    /// Row conditions: `visible where`, `allow … where`.
    Rows,
    /// Schemes that people sign in with, each by their own account.
    People,
    /// Schemes between services.
    Services,
    /// `mfa`.
    SecondFactor,
    /// `password { … }`.
    Passwords,
    /// `lockout`.
    Lockout,
    /// `idle`, `lifetime`.
    SessionsEnd,
    /// Stores with `encrypted`.
    EncryptedStores,
    /// Fields with `@encrypted`, `@hashed`, `@tokenized`, `@masked`.
    ProtectedFields,
    /// Fields with a class.
    Classified,
    /// `tls required`.
    Transport,
    /// `audited`.
    Audited,
    /// Services with `observe`.
    Observed,
    /// `alert`.
    Alerts,
    /// `backup`.
    Backups,
    /// `rpo`, `rto`.
    Recovery,
    /// `replicas`, more than one instance.
    Redundancy,
    /// `retain`.
    Retention,
    /// `erases`.
    Erasure,
    /// Endpoints that give people their own record.
    OwnRecord,
    /// Endpoints with which people correct their own record.
    Correction,
    /// `purpose`.
    Purposes,
    /// Vendors with `agreement dpa`.
    ProcessorAgreements,
    /// Vendors with `agreement baa`.
    AssociateAgreements,
    /// Vendors with `agreement scc`.
    TransferClauses,
    /// Vendors with `receives`.
    ReviewedVendors,
    /// `region`.
    Regions,
    /// `owner`.
    Owners,
    /// `limit`.
    Limits,
    /// Decisions.
    Decisions,
    /// Policies and contexts.
    Boundaries,
    /// `secret("…")`.
    Secrets,
    /// `runtime` that keeps the inside in.
    Hardened,
    /// Other environments than production with masked data, or none of it.
    SeparateData,
}

impl Measure {
    /// How the elements speak for it: completes "these …".
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Roles => "endpoints name who may use them",
            Self::Rows => "rows are shown to those whom they concern",
            Self::People => "schemes in which each person signs in for themselves",
            Self::Services => "schemes by which services prove who they are",
            Self::SecondFactor => "schemes that ask for a second factor",
            Self::Passwords => "schemes with rules for passwords",
            Self::Lockout => "schemes that lock an account after wrong attempts",
            Self::SessionsEnd => "sessions and tokens that end",
            Self::EncryptedStores => "stores that are encrypted",
            Self::ProtectedFields => "fields that are encrypted, hashed, tokenised or masked",
            Self::Classified => "fields that carry a class",
            Self::Transport => "links that must be encrypted",
            Self::Audited => "what leaves an audit record",
            Self::Observed => "services whose logs, traces or metrics are collected",
            Self::Alerts => "what wakes a team",
            Self::Backups => "stores that are backed up",
            Self::Recovery => "stores that say how much may be lost, and for how long",
            Self::Redundancy => "what goes on when one instance fails",
            Self::Retention => "entities that are kept for a stated time",
            Self::Erasure => "operations that erase a person's data",
            Self::OwnRecord => "endpoints that give people their own records",
            Self::Correction => "endpoints with which people correct their own records",
            Self::Purposes => "entities with a stated purpose",
            Self::ProcessorAgreements => "vendors with a data processing agreement",
            Self::AssociateAgreements => "vendors with a business associate agreement",
            Self::TransferClauses => "vendors with standard contractual clauses",
            Self::ReviewedVendors => "vendors with a list of what they receive",
            Self::Regions => "what says in which region it runs",
            Self::Owners => "services with an owner",
            Self::Limits => "what limits how often it may be asked",
            Self::Decisions => "decisions with their reasons",
            Self::Boundaries => "contexts and policies that say what may depend on what",
            Self::Secrets => "credentials that come from outside of the blueprint",
            Self::Hardened => "places to run that are unprivileged, pinned or not exposed",
            Self::SeparateData => "environments that hold no real data",
        }
    }

    /// The elements, in the order of files and text.
    pub(super) fn gather(self, cx: Cx<'_>) -> Vec<Def> {
        match self {
            Self::Roles => ops(cx, |op| op.op.is_endpoint() && !op.op.allow.is_empty()),
            Self::Rows => {
                let mut found = entities(cx, |entity| entity.visible.is_some());
                found.extend(ops(cx, |op| {
                    op.op.allow.iter().any(|allow| allow.predicate.is_some())
                }));
                found
            }
            Self::People => auths(cx, |auth| {
                !matches!(auth.kind.as_str(), "api_key" | "mtls" | "none")
            }),
            Self::Services => auths(cx, |auth| auth.kind == "mtls"),
            Self::SecondFactor => auths(cx, |auth| !auth.mfa.is_empty()),
            Self::Passwords => auths(cx, |auth| auth.password.is_some()),
            Self::Lockout => auths(cx, |auth| {
                auth.password
                    .as_ref()
                    .is_some_and(|rules| rules.lockout.is_some())
            }),
            Self::SessionsEnd => auths(cx, |auth| auth.idle.is_some() || auth.lifetime.is_some()),
            Self::EncryptedStores => stores(cx, |store| store.encrypted.set().is_some()),
            Self::ProtectedFields => fields(cx, |field| {
                ["encrypted", "hashed", "tokenized", "masked"]
                    .iter()
                    .any(|attribute| field.has(attribute))
            }),
            Self::Classified => fields(cx, |field| {
                let by_type =
                    matches!(&field.ty.kind, TyKind::Scalar(name, _) if name == "email" || name == "phone");
                by_type
                    || ["pii", "phi", "pci", "secret"]
                        .iter()
                        .any(|attribute| field.has(attribute))
            }),
            Self::Transport => transport(cx),
            Self::Audited => audited(cx),
            Self::Observed => services(cx, |service| {
                let observed = cx.service_setting(service, |settings| &settings.observe).0;
                observed.set().is_some_and(|what| !what.is_empty())
            }),
            Self::Alerts => {
                let mut found = services(cx, |service| {
                    service.slo.as_ref().is_some_and(|slo| slo.alert.is_some())
                });
                found.extend(ops(cx, |op| op.op.dead_letter.set().is_some_and(Option::is_some)));
                found
            }
            Self::Backups => stores(cx, |store| store.backup.set().is_some()),
            Self::Recovery => stores(cx, |store| store.rpo.is_some() || store.rto.is_some()),
            Self::Redundancy => {
                let mut found = services(cx, |service| {
                    service.scale.as_ref().is_some_and(|(least, ..)| *least > 1)
                });
                found.extend(stores(cx, |store| store.replicas.is_some_and(|count| count > 0)));
                found
            }
            Self::Retention => entities(cx, |entity| entity.retain.is_some()),
            Self::Erasure => ops(cx, |op| {
                op.op.touches.iter().any(|touch| touch.access == Access::Erases)
            }),
            Self::OwnRecord => ops(cx, |op| own(op) && matches!(op.op.method.as_str(), "GET")),
            Self::Correction => ops(cx, |op| {
                own(op)
                    && (matches!(op.op.method.as_str(), "PATCH" | "PUT")
                        || op.op.kind == OpKind::Resource(ResourceOp::Update))
            }),
            Self::Purposes => entities(cx, |entity| entity.purpose.is_some()),
            Self::ProcessorAgreements => agreements(cx, "dpa"),
            Self::AssociateAgreements => agreements(cx, "baa"),
            Self::TransferClauses => agreements(cx, "scc"),
            Self::ReviewedVendors => items(cx, Kind::Vendor, |item| {
                cx.vendor(item).is_some_and(|vendor| !vendor.receives.is_empty())
            }),
            Self::Regions => regions(cx),
            Self::Owners => services(cx, |service| {
                service.owner.is_some() || cx.system().is_some_and(|(_, system)| system.owner.is_some())
            }),
            Self::Limits => {
                let mut found = items(cx, Kind::System, |_| {
                    cx.system()
                        .is_some_and(|(_, system)| system.settings.limit.set().is_some())
                });
                found.extend(services(cx, |service| service.settings.limit.set().is_some()));
                found.extend(ops(cx, |op| op.op.settings.limit.set().is_some()));
                found
            }
            Self::Decisions => items(cx, Kind::Decision, |_| true),
            Self::Boundaries => {
                let mut found = items(cx, Kind::Context, |_| true);
                found.extend(items(cx, Kind::Policy, |_| true));
                found
            }
            Self::Secrets => secrets(cx),
            Self::Hardened => {
                let hardened = |runtime: Option<&Runtime>| {
                    runtime.is_some_and(|runtime| {
                        runtime.unprivileged.set().is_some()
                            || runtime.pinned.set().is_some()
                            || runtime.exposed.is_off()
                    })
                };
                let mut found = services(cx, |service| hardened(service.runtime.as_ref()));
                found.extend(environments(cx, |environment| {
                    hardened(environment.runtime.as_ref())
                }));
                found
            }
            Self::SeparateData => environments(cx, |environment| {
                environment.data_from.as_ref().is_some_and(|(_, masked)| *masked)
            }),
        }
    }
}

const fn whole(item: Item) -> Def {
    Def {
        item,
        kind: DefKind::Item,
    }
}

fn items(cx: Cx<'_>, kind: Kind, wanted: impl Fn(Item) -> bool) -> Vec<Def> {
    cx.items(kind)
        .iter()
        .copied()
        .filter(|item| wanted(*item))
        .map(whole)
        .collect()
}

fn services(cx: Cx<'_>, wanted: impl Fn(&Service) -> bool) -> Vec<Def> {
    items(cx, Kind::Service, |item| cx.service(item).is_some_and(&wanted))
}

fn auths(cx: Cx<'_>, wanted: impl Fn(&Auth) -> bool) -> Vec<Def> {
    items(cx, Kind::Auth, |item| cx.auth(item).is_some_and(&wanted))
}

fn environments(cx: Cx<'_>, wanted: impl Fn(&Environment) -> bool) -> Vec<Def> {
    items(cx, Kind::Environment, |item| match &cx.facts(item).body {
        Body::Environment(environment) => wanted(environment),
        _ => false,
    })
}

/// Of every service, the members that `each` names.
fn members(cx: Cx<'_>, each: impl Fn(&Service, &mut Vec<DefKind>)) -> Vec<Def> {
    let mut found = Vec::new();
    let mut kinds = Vec::new();
    for item in cx.items(Kind::Service).iter().copied() {
        if let Some(service) = cx.service(item) {
            each(service, &mut kinds);
            found.extend(kinds.drain(..).map(|kind| Def { item, kind }));
        }
    }
    found
}

fn stores(cx: Cx<'_>, wanted: impl Fn(&Store) -> bool) -> Vec<Def> {
    members(cx, |service, found| {
        let numbered = service.stores.iter().enumerate();
        found.extend(
            numbered
                .filter(|(_, store)| wanted(store))
                .map(|(index, _)| DefKind::Store(index as u16)),
        );
    })
}

fn entities(cx: Cx<'_>, wanted: impl Fn(&Entity) -> bool) -> Vec<Def> {
    members(cx, |service, found| {
        let numbered = service.entities.iter().enumerate();
        found.extend(
            numbered
                .filter(|(_, entity)| wanted(entity))
                .map(|(index, _)| DefKind::Entity(index as u16)),
        );
    })
}

fn fields(cx: Cx<'_>, wanted: impl Fn(&Field) -> bool) -> Vec<Def> {
    members(cx, |service, found| {
        for (number, entity) in service.entities.iter().enumerate() {
            let numbered = entity.fields.iter().enumerate();
            found.extend(
                numbered
                    .filter(|(_, field)| wanted(field))
                    .map(|(index, _)| DefKind::EntityField(number as u16, index as u16)),
            );
        }
    })
}

fn ops(cx: Cx<'_>, wanted: impl Fn(OpRef<'_>) -> bool) -> Vec<Def> {
    let services = cx.items(Kind::Service);
    services
        .iter()
        .flat_map(|item| cx.ops(*item))
        .filter(|op| wanted(*op))
        .map(|op| op.def)
        .collect()
}

/// Whether an operation is for people and their own records.
fn own(op: OpRef<'_>) -> bool {
    op.op.is_endpoint()
        && op.op.allow.iter().any(|allow| {
            allow
                .predicate
                .as_ref()
                .is_some_and(|predicate| predicate.mentions_caller("id"))
        })
}

/// What says for itself that it is audited; a service or the system speaks for all inside.
fn audited(cx: Cx<'_>) -> Vec<Def> {
    let mut found = items(cx, Kind::System, |_| {
        cx.system()
            .is_some_and(|(_, system)| system.settings.audited.set().is_some())
    });
    found.extend(services(cx, |service| service.settings.audited.set().is_some()));
    found.extend(ops(cx, |op| op.op.settings.audited.set().is_some()));
    found
}

fn transport(cx: Cx<'_>) -> Vec<Def> {
    let mut found = items(cx, Kind::System, |_| {
        cx.system()
            .is_some_and(|(_, system)| system.settings.tls.set().is_some())
    });
    found.extend(services(cx, |service| service.settings.tls.set().is_some()));
    found.extend(stores(cx, |store| store.tls.set().is_some()));
    found.extend(items(cx, Kind::Broker, |item| match &cx.facts(item).body {
        Body::Broker(broker) => broker.tls.set().is_some(),
        _ => false,
    }));
    found.extend(items(cx, Kind::Vendor, |item| {
        cx.vendor(item).is_some_and(|vendor| vendor.tls.set().is_some())
    }));
    found
}

fn agreements(cx: Cx<'_>, kind: &str) -> Vec<Def> {
    items(cx, Kind::Vendor, |item| {
        cx.vendor(item)
            .is_some_and(|vendor| vendor.agreements.iter().any(|(name, ..)| name == kind))
    })
}

fn regions(cx: Cx<'_>) -> Vec<Def> {
    let mut found = items(cx, Kind::System, |_| {
        cx.system().is_some_and(|(_, system)| system.region.is_some())
    });
    found.extend(services(cx, |service| service.region.is_some()));
    found.extend(stores(cx, |store| store.region.is_some()));
    found.extend(items(cx, Kind::Vendor, |item| {
        cx.vendor(item).is_some_and(|vendor| vendor.region.is_some())
    }));
    found.extend(environments(cx, |environment| environment.region.is_some()));
    found
}

fn secrets(cx: Cx<'_>) -> Vec<Def> {
    let outside = |secret: Option<&SecretFact>| secret.is_some_and(|secret| !secret.literal);
    let mut found = auths(cx, |auth| outside(auth.key.as_ref()));
    found.extend(stores(cx, |store| {
        outside(store.password.as_ref()) || outside(store.url.as_ref())
    }));
    found.extend(items(cx, Kind::Vendor, |item| {
        cx.vendor(item)
            .is_some_and(|vendor| outside(vendor.key.as_ref()) || outside(vendor.password.as_ref()))
    }));
    found.extend(items(cx, Kind::Broker, |item| match &cx.facts(item).body {
        Body::Broker(broker) => outside(broker.password.as_ref()) || outside(broker.url.as_ref()),
        _ => false,
    }));
    found
}
