//! One service and what it owns.

use serde::{Deserialize, Serialize};

use super::{
    CacheModel, ComponentModel, DurationModel, EndpointModel, EntityModel, EnumModel, ErrorModel, EventModel,
    HandlerModel, JobModel, QueryModel, Setting, TypeDef, WebhookModel,
};

/// A service: the unit that is generated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceModel {
    /// The service's name; also its id.
    pub id: String,
    /// The service's name, `PascalCase`.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Its bounded context; empty when it stands in none.
    pub context: String,
    /// The owning team after inheritance; empty when nobody is named.
    pub owner: String,
    /// The stack after inheritance.
    pub stack: StackKind,
    /// What sort of service it is.
    pub kind: ServiceKind,
    /// `layers …`, outer to inner; the default is filled in.
    pub layers: Vec<String>,
    /// `observe logs, traces, metrics` after inheritance.
    pub observe: Vec<String>,
    /// `tls` after inheritance.
    pub tls: Setting,
    /// The broker after inheritance.
    pub broker: Option<String>,
    /// Services that are called or named by `uses`, sorted.
    pub depends_on: Vec<String>,
    /// Its stores.
    pub stores: Vec<StoreModel>,
    /// Its entities.
    pub entities: Vec<EntityModel>,
    /// Its types and projections.
    pub types: Vec<TypeDef>,
    /// Its enums.
    pub enums: Vec<EnumModel>,
    /// Types of the shared kernel and of other services that this service names, resolved, sorted by id.
    pub imported_types: Vec<TypeDef>,
    /// Enums of the shared kernel and of other services that this service (or an imported type) names, sorted by id.
    pub imported_enums: Vec<EnumModel>,
    /// Other services' entities whose shape this service names as a body (not those it only refers to), sorted by id.
    pub imported_entities: Vec<EntityModel>,
    /// Errors it declares, then those of elsewhere that its endpoints name.
    pub errors: Vec<ErrorModel>,
    /// Its endpoints, those of resources included, in source order.
    pub endpoints: Vec<EndpointModel>,
    /// Its queries.
    pub queries: Vec<QueryModel>,
    /// Its events.
    pub events: Vec<EventModel>,
    /// Its handlers.
    pub handlers: Vec<HandlerModel>,
    /// Its jobs.
    pub jobs: Vec<JobModel>,
    /// Its webhooks.
    pub webhooks: Vec<WebhookModel>,
    /// Its caches.
    pub caches: Vec<CacheModel>,
    /// Its components.
    pub components: Vec<ComponentModel>,
}

impl ServiceModel {
    /// The entity of that name.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&EntityModel> {
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// The entity with that id, its own or imported.
    #[must_use]
    pub fn entity_by_id(&self, id: &str) -> Option<&EntityModel> {
        self.entities
            .iter()
            .chain(&self.imported_entities)
            .find(|entity| entity.id == id)
    }

    /// The type or projection with that id, its own or imported.
    #[must_use]
    pub fn type_by_id(&self, id: &str) -> Option<&TypeDef> {
        self.types
            .iter()
            .chain(&self.imported_types)
            .find(|def| def.id == id)
    }

    /// The enum with that id, its own or imported.
    #[must_use]
    pub fn enum_by_id(&self, id: &str) -> Option<&EnumModel> {
        self.enums
            .iter()
            .chain(&self.imported_enums)
            .find(|def| def.id == id)
    }

    /// The error with that id.
    #[must_use]
    pub fn error_by_id(&self, id: &str) -> Option<&ErrorModel> {
        self.errors.iter().find(|error| error.id == id)
    }

    /// The query with that id.
    #[must_use]
    pub fn query_by_id(&self, id: &str) -> Option<&QueryModel> {
        self.queries.iter().find(|query| query.id == id)
    }
}

/// What a service is generated for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackKind {
    /// `stack python`.
    Python,
    /// `stack typescript`.
    Typescript,
    /// `stack rust`.
    Rust,
    /// `stack none`, or never said: not generated.
    #[default]
    None,
}

impl StackKind {
    /// The word in a blueprint.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Typescript => "typescript",
            Self::Rust => "rust",
            Self::None => "none",
        }
    }
}

/// `kind gateway`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Nothing was said.
    #[default]
    Ordinary,
    /// `gateway`.
    Gateway,
    /// `worker`.
    Worker,
    /// `monolith`.
    Monolith,
    /// `prototype`.
    Prototype,
}

/// `store OrdersDb: postgres { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreModel {
    /// Qualified name: `Orders.OrdersDb`.
    pub id: String,
    /// The store's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `postgres mysql sqlite mongodb redis s3 elasticsearch sql directory file memory other`.
    pub kind: String,
    /// `on Orders.OrdersDb`: the physical store it shares, by qualified name.
    pub on: Option<String>,
    /// `encrypted`.
    pub encrypted: Setting,
    /// `tls` after inheritance.
    pub tls: Setting,
    /// `pool 20`: connections.
    pub pool: Option<u32>,
    /// `replicas 2`.
    pub replicas: Option<u32>,
    /// `backup daily keep 30d`: how often, as written.
    pub backup: Option<String>,
    /// `backup … keep 30d`.
    pub backup_keep: Option<DurationModel>,
    /// `rpo 1h`.
    pub rpo: Option<DurationModel>,
    /// `rto 4h`.
    pub rto: Option<DurationModel>,
    /// `region "…"`.
    pub region: Option<String>,
    /// `url "…"`.
    pub url: Option<String>,
    /// `user "…"`.
    pub user: Option<String>,
    /// `password secret("NAME")`: the name.
    pub password_secret: Option<String>,
}
