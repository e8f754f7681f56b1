//! A service and its members that are neither types nor operations.

use std::collections::BTreeSet;

use archwright_codegen::model::{
    ComponentModel, ErrorModel, ServiceKind, ServiceModel, StackKind, StoreModel,
};
use archwright_grammar::vocabulary::Kind;

use super::{Lower, convert, types::Imports};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{OpKind, RefFact, SecretFact, Service, Setting, Store},
    },
};

/// The lowering of one service.
pub(super) struct Lowering<'a, 'db> {
    pub(super) lower: &'a mut Lower<'db>,
    /// The service.
    pub(super) item: Item,
    /// What it names of elsewhere.
    pub(super) imports: Imports,
}

impl Lower<'_> {
    /// A qualified name; an event's has its version.
    pub(super) fn qualified(&self, def: Def) -> String {
        let name = self.cx.qualified(def);
        match def.event(self.cx.db) {
            Some(event) => format!("{name}.v{}", event.version.unwrap_or(1)),
            None => name.to_string(),
        }
    }
}

impl<'a, 'db> Lowering<'a, 'db> {
    pub(super) fn new(lower: &'a mut Lower<'db>, item: Item) -> Self {
        Self {
            lower,
            item,
            imports: Imports::default(),
        }
    }

    pub(super) fn cx(&self) -> Cx<'db> {
        self.lower.cx
    }

    pub(super) fn service(mut self) -> ServiceModel {
        let facts = self.cx().facts(self.item);
        let name = facts.name.to_string();
        let Some(service) = self.cx().service(self.item) else {
            return ServiceModel::default();
        };
        let mut model = ServiceModel {
            id: name.clone(),
            name,
            docs: convert::docs(facts.docs.as_ref()),
            context: self
                .cx()
                .context_of(self.item)
                .map(|context| self.cx().name(context).to_string())
                .unwrap_or_default(),
            stack: self.stack(service),
            kind: kind(service.kind.as_deref()),
            owner: self
                .inherited(service.owner.as_ref(), |system| system.owner.as_ref(), Kind::Team)
                .unwrap_or_default(),
            broker: self.broker(service),
            layers: layers(service),
            tls: convert::setting(self.cx().service_setting(service, |settings| &settings.tls).0),
            depends_on: self.depends_on(service),
            ..ServiceModel::default()
        };
        if let Some(signals) = self
            .cx()
            .service_setting(service, |settings| &settings.observe)
            .0
            .set()
        {
            model.observe = convert::texts(signals);
        }
        let item = self.item;
        let def = |kind: DefKind| Def { item, kind };
        model.stores = service
            .stores
            .iter()
            .map(|store| self.store(service, store))
            .collect();
        for (index, entity) in service.entities.iter().enumerate() {
            model
                .entities
                .push(self.entity(def(DefKind::Entity(index as u16)), entity));
        }
        for index in 0..service.types.len() {
            model
                .types
                .extend(self.type_def(def(DefKind::Type(index as u16))));
        }
        for index in 0..service.enums.len() {
            model
                .enums
                .extend(self.enum_def(def(DefKind::Enum(index as u16))));
        }
        for index in 0..service.errors.len() {
            model.errors.extend(self.error(def(DefKind::Error(index as u16))));
        }
        for (index, event) in service.events.iter().enumerate() {
            model
                .events
                .push(self.event(service, def(DefKind::Event(index as u16)), event));
        }
        for (index, query) in service.queries.iter().enumerate() {
            model
                .queries
                .push(self.query(def(DefKind::Query(index as u16)), query));
        }
        let ops: Vec<_> = self.cx().ops(self.item).collect();
        for op in ops {
            match op.op.kind {
                OpKind::Endpoint | OpKind::Resource(_) => {
                    let endpoint = self.endpoint(op, &mut model.errors);
                    model.endpoints.push(endpoint);
                }
                OpKind::Handler => model.handlers.push(self.handler(op)),
                OpKind::Job => model.jobs.push(self.job(op)),
                OpKind::Webhook => model.webhooks.push(self.webhook(op)),
            }
        }
        for (index, cache) in service.caches.iter().enumerate() {
            model
                .caches
                .push(self.cache(def(DefKind::Cache(index as u16)), cache));
        }
        for (index, component) in service.components.iter().enumerate() {
            model.components.push(ComponentModel {
                id: self.lower.qualified(def(DefKind::Component(index as u16))),
                name: component.name.to_string(),
                docs: String::new(),
                layer: component.layer.0.to_string(),
                uses: component.uses.iter().map(RefFact::text).collect(),
            });
        }
        (
            model.imported_types,
            model.imported_enums,
            model.imported_entities,
        ) = self.imported();
        model
    }

    fn stack(&self, service: &Service) -> StackKind {
        let word = service
            .stack
            .as_ref()
            .or_else(|| self.cx().system()?.1.stack.as_ref())
            .map(|(word, _)| word.as_str());
        match word {
            Some("python") => StackKind::Python,
            Some("typescript") => StackKind::Typescript,
            Some("rust") => StackKind::Rust,
            _ => StackKind::None,
        }
    }

    /// The name that the service says, or else the system.
    fn inherited(
        &self,
        own: Option<&RefFact>,
        outer: impl Fn(&'db crate::model::facts::System) -> Option<&'db RefFact>,
        want: Kind,
    ) -> Option<String> {
        let said = own.map(|reference| (self.item, reference)).or_else(|| {
            let (item, system) = self.cx().system()?;
            outer(system).map(|reference| (item, reference))
        });
        said.map(|(item, reference)| self.lower.name_of(item, reference, &[want]))
    }

    pub(super) fn broker(&self, service: &Service) -> Option<String> {
        self.inherited(
            service.broker.as_ref(),
            |system| system.broker.as_ref(),
            Kind::Broker,
        )
    }

    /// Other services that are called, named by `uses` or routed to.
    fn depends_on(&self, service: &Service) -> Vec<String> {
        let calls = service
            .ops
            .iter()
            .flat_map(|op| op.calls.iter().map(|call| &call.target));
        let routes = service.routes.iter().map(|(_, target)| target);
        let all = service.uses.iter().chain(calls).chain(routes);
        let names: BTreeSet<String> = all
            .filter_map(|reference| {
                self.cx()
                    .resolve(self.item, reference, &[Kind::Endpoint, Kind::Service])
            })
            .filter(|def| def.item != self.item && self.cx().service(def.item).is_some())
            .map(|def| self.cx().name(def.item).to_string())
            .collect();
        names.into_iter().collect()
    }

    fn store(&self, service: &Service, store: &Store) -> StoreModel {
        let text = |secret: &Option<SecretFact>| secret.as_ref().map(|secret| secret.text.to_string());
        let outer = self.cx().service_setting(service, |settings| &settings.tls).0;
        let (backup, backup_keep) = match &store.backup {
            Setting::Set((every, keep), _) => (Some(every.to_string()), keep.map(convert::duration)),
            Setting::Absent | Setting::Off(_) => (None, None),
        };
        StoreModel {
            id: format!("{}.{}", self.cx().name(self.item), store.name),
            name: store.name.to_string(),
            docs: String::new(),
            kind: store.kind.to_string(),
            on: store
                .on
                .as_ref()
                .map(|on| self.lower.qualified_name_of(self.item, on, &[Kind::Store])),
            encrypted: convert::setting(&store.encrypted),
            tls: convert::setting(store.tls.or(outer)),
            pool: store.pool.map(convert::count),
            replicas: store.replicas.map(convert::count),
            backup,
            backup_keep,
            rpo: store.rpo.map(convert::duration),
            rto: store.rto.map(convert::duration),
            region: store.region.as_ref().map(ToString::to_string),
            url: text(&store.url),
            user: text(&store.user),
            password_secret: text(&store.password)
                .filter(|_| store.password.as_ref().is_some_and(|password| !password.literal)),
        }
    }

    /// An error, of this service or from elsewhere.
    pub(super) fn error(&self, def: Def) -> Option<ErrorModel> {
        let facts = def.error_def(self.cx().db)?;
        Some(ErrorModel {
            id: self.lower.qualified(def),
            name: facts.name.to_string(),
            docs: convert::docs(facts.docs.as_ref()),
            status: u16::try_from(facts.status).unwrap_or(500),
            message: facts.message.to_string(),
            local: def.item == self.item,
        })
    }
}

/// Outer to inner; the language's own where none are named.
fn layers(service: &Service) -> Vec<String> {
    match &service.layers {
        Some((names, _, _)) => convert::texts(names),
        None => ["api", "application", "domain", "infrastructure"]
            .map(str::to_owned)
            .to_vec(),
    }
}

fn kind(word: Option<&str>) -> ServiceKind {
    match word {
        Some("gateway") => ServiceKind::Gateway,
        Some("worker") => ServiceKind::Worker,
        Some("monolith") => ServiceKind::Monolith,
        Some("prototype") => ServiceKind::Prototype,
        _ => ServiceKind::Ordinary,
    }
}
