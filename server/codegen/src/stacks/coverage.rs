//! What a stack makes of what a blueprint can ask for, and what it leaves out.

use crate::generate::NotGenerated;
use crate::model::{Effects, EndpointModel, Exposure, PageStyle, ServiceModel, Setting, SystemModel};

/// Something that a blueprint can ask of a generator, above entities, endpoints and their access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Queries.
    Queries,
    /// Publishing events.
    Events,
    /// Handling events.
    Handlers,
    /// Jobs.
    Jobs,
    /// Webhooks.
    Webhooks,
    /// Caches of queries and of answers.
    Caches,
    /// Calls to other services.
    Calls,
    /// Calls to vendors, and data sent to them.
    Vendors,
    /// The audit trail.
    Audit,
    /// Erasure of a subject's data.
    Erasure,
    /// Retention.
    Retention,
    /// Partitioned tables.
    Partitions,
    /// Rate limits.
    RateLimits,
    /// Idempotency keys.
    Idempotency,
    /// Timeouts of endpoints.
    Timeouts,
    /// Encrypted fields.
    EncryptedFields,
    /// Hashed, masked and tokenised fields.
    ProtectedFields,
    /// Endpoints for services only.
    Internal,
    /// Issuing credentials: sign-in and sign-up.
    SignIn,
    /// Stores other than `PostgreSQL`.
    OtherStores,
    /// Stores that are one physical database with another.
    SharedStores,
    /// Auth schemes other than cookie sessions.
    OtherSchemes,
    /// Second factors.
    Mfa,
    /// Metrics and traces.
    Telemetry,
    /// Fields chosen for the log.
    LogFields,
    /// Deprecation headers.
    Deprecation,
    /// Pages by offset rather than by cursor.
    OffsetPages,
    /// Decision records.
    Decisions,
}

/// The features that a stack makes; the rest is listed in the plan wherever a blueprint asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// What is made.
    pub made: Vec<Feature>,
}

impl Coverage {
    /// A stack that makes these.
    #[must_use]
    pub fn of(made: &[Feature]) -> Self {
        Self { made: made.to_vec() }
    }
}

/// Everything that the service asks for and the stack does not make, one line per element and reason.
pub fn missing(service: &ServiceModel, system: &SystemModel, coverage: &Coverage) -> Vec<NotGenerated> {
    let mut found = Missing {
        service: &service.name,
        coverage,
        lines: Vec::new(),
    };
    data(service, &mut found);
    for endpoint in &service.endpoints {
        of_endpoint(endpoint, system, &mut found);
    }
    for query in &service.queries {
        found.say(Feature::Queries, &query.id, "the query is not generated");
    }
    for event in &service.events {
        found.say(Feature::Events, &event.id, "the event is not published");
    }
    for handler in &service.handlers {
        found.behaviour(
            Feature::Handlers,
            &handler.id,
            "the handler is not generated, so the event is not handled",
            &handler.effects,
            system,
        );
    }
    for job in &service.jobs {
        found.behaviour(
            Feature::Jobs,
            &job.id,
            "the job is not generated, so nothing runs it",
            &job.effects,
            system,
        );
    }
    for webhook in &service.webhooks {
        found.behaviour(
            Feature::Webhooks,
            &webhook.id,
            "the webhook is not generated",
            &webhook.effects,
            system,
        );
    }
    for cache in &service.caches {
        found.say(
            Feature::Caches,
            &cache.id,
            "the cache is not generated; the query runs every time",
        );
    }
    let telemetry: Vec<&str> = service
        .observe
        .iter()
        .map(String::as_str)
        .filter(|what| *what != "logs")
        .collect();
    if !telemetry.is_empty() {
        found.say(
            Feature::Telemetry,
            &service.id,
            &format!("{} are not generated", telemetry.join(" and ")),
        );
    }
    schemes(service, system, &mut found);
    for decision in &system.decisions {
        if decision.affects.contains(&service.name) {
            found.say(
                Feature::Decisions,
                &decision.name,
                "the decision record is not generated",
            );
        }
    }
    found.lines
}

struct Missing<'a> {
    service: &'a str,
    coverage: &'a Coverage,
    lines: Vec<NotGenerated>,
}

impl Missing<'_> {
    fn say(&mut self, feature: Feature, element: &str, what: &str) {
        if !self.coverage.made.contains(&feature) {
            self.lines.push(NotGenerated {
                service: self.service.to_owned(),
                element: element.to_owned(),
                what: what.to_owned(),
            });
        }
    }

    /// A behaviour that is missing as a whole, or else what is missing of its effects.
    fn behaviour(
        &mut self,
        feature: Feature,
        element: &str,
        what: &str,
        effects: &Effects,
        system: &SystemModel,
    ) {
        if self.coverage.made.contains(&feature) {
            of_effects(element, effects, system, self);
        } else {
            self.say(feature, element, what);
        }
    }
}

fn data(service: &ServiceModel, found: &mut Missing<'_>) {
    use crate::model::Protection::{Encrypted, Hashed, Masked, Tokenized};
    for store in &service.stores {
        if store.kind != "postgres" {
            let what = format!("a store of kind {} is not generated", store.kind);
            found.say(Feature::OtherStores, &store.id, &what);
        }
        if let Some(other) = &store.on {
            let what = format!("it gets a database of its own instead of {other}");
            found.say(Feature::SharedStores, &store.id, &what);
        }
    }
    for entity in &service.entities {
        if entity.retention.is_some() {
            found.say(
                Feature::Retention,
                &entity.id,
                "rows are kept: the retention is not enforced",
            );
        }
        if entity.partition.is_some() {
            found.say(Feature::Partitions, &entity.id, "the table is not partitioned");
        }
        for field in &entity.fields {
            for protection in &field.protections {
                let (feature, what) = match protection {
                    Encrypted => (
                        Feature::EncryptedFields,
                        "the field is stored without encryption of its own",
                    ),
                    Hashed => (Feature::ProtectedFields, "the field is not hashed"),
                    Masked => (Feature::ProtectedFields, "the field is not masked"),
                    Tokenized => (Feature::ProtectedFields, "the field is not tokenised"),
                };
                found.say(feature, &field.id, what);
            }
        }
    }
}

fn of_endpoint(endpoint: &EndpointModel, system: &SystemModel, found: &mut Missing<'_>) {
    let id = &endpoint.id;
    if endpoint.limit.is_some() {
        found.say(Feature::RateLimits, id, "the rate limit is not enforced");
    }
    if endpoint.idempotent {
        found.say(Feature::Idempotency, id, "Idempotency-Key is not honoured");
    }
    if endpoint.timeout.is_some() {
        found.say(Feature::Timeouts, id, "the timeout is not enforced");
    }
    if endpoint.cache.is_some() {
        found.say(Feature::Caches, id, "answers are not cached");
    }
    if endpoint
        .effective_pagination()
        .is_some_and(|pages| pages.style == PageStyle::Offset)
    {
        found.say(
            Feature::OffsetPages,
            id,
            "pages are asked for by cursor, not by offset",
        );
    }
    if endpoint.deprecated.is_some() {
        found.say(Feature::Deprecation, id, "the Deprecation header is not sent");
    }
    if endpoint.exposure == Exposure::Internal {
        found.say(
            Feature::Internal,
            id,
            "the endpoint for services is not generated",
        );
    }
    if !endpoint.issues.is_empty() {
        found.say(Feature::SignIn, id, "credentials are not issued");
    }
    of_effects(id, &endpoint.effects, system, found);
}

fn of_effects(id: &str, effects: &Effects, system: &SystemModel, found: &mut Missing<'_>) {
    for event in &effects.emits {
        let outbox = if system.outbox == Setting::Off {
            ""
        } else {
            " and no outbox row is written"
        };
        found.say(
            Feature::Events,
            id,
            &format!("{} is not emitted{outbox}", event.name),
        );
    }
    for call in &effects.calls {
        let feature = if call.vendor {
            Feature::Vendors
        } else {
            Feature::Calls
        };
        found.say(
            feature,
            id,
            &format!("the call to {} is not generated", call.target),
        );
    }
    for send in &effects.sends {
        found.say(
            Feature::Vendors,
            id,
            &format!("{} is not sent to {}", send.what, send.vendor),
        );
    }
    for erasure in &effects.erases {
        found.say(
            Feature::Erasure,
            id,
            &format!("the data about {} is not erased", erasure.target.name),
        );
    }
    if effects.audited {
        found.say(Feature::Audit, id, "no audit record is written");
    }
    if !effects.log.is_empty() {
        found.say(
            Feature::LogFields,
            id,
            &format!("{} are not added to the log", effects.log.join(", ")),
        );
    }
}

/// Schemes that the service's endpoints name and the stack does not know.
fn schemes(service: &ServiceModel, system: &SystemModel, found: &mut Missing<'_>) {
    use crate::model::{AuthModel, AuthSchemeKind};
    let mut seen = Vec::new();
    for endpoint in &service.endpoints {
        let AuthModel::Schemes { names, .. } = &endpoint.auth else {
            continue;
        };
        for name in names {
            let Some(scheme) = system.auth_scheme(name).filter(|_| !seen.contains(&name)) else {
                continue;
            };
            seen.push(name);
            if !matches!(scheme.kind, AuthSchemeKind::Cookie | AuthSchemeKind::None) {
                found.say(
                    Feature::OtherSchemes,
                    name,
                    "callers cannot sign in by this scheme",
                );
            }
            if !scheme.mfa.is_empty() {
                found.say(Feature::Mfa, name, "the second factor is not asked for");
            }
        }
    }
}
