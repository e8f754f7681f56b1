//! What operations do, and the operations that are not endpoints.

use archwright_codegen::model::{
    CacheModel, CallModel, DeadLetter, DurationModel, Effects, EntityUse, ErasureUse, EventModel, EventUse,
    Fallback, HandlerModel, Identity, JobModel, PathModel, QueryModel, RunModel, Schedule, SendModel,
    SortKey, VerifyModel, WebhookModel,
};
use archwright_grammar::vocabulary::Kind;

use super::{convert, exprs::Scope, services::Lowering, types::ENTITY};
use crate::model::{
    cx::OpRef,
    def::Def,
    facts::{
        Access, Cache, Call, CallIdentity, Event, Query, RefFact, Run, Schedule as ScheduleFact, Service,
        Setting,
    },
    resolved::owners,
};

impl<'db> Lowering<'_, 'db> {
    pub(super) fn effects(&mut self, op: OpRef<'db>) -> Effects {
        let mut effects = Effects::default();
        for touch in &op.op.touches {
            let Some(def) = self.cx().resolve(self.item, &touch.entity, ENTITY) else {
                continue;
            };
            let target = self.target(def);
            match touch.access {
                Access::Reads => push_new(&mut effects.reads, EntityUse { target }),
                Access::Writes => push_new(&mut effects.writes, EntityUse { target }),
                Access::Deletes => push_new(&mut effects.deletes, EntityUse { target }),
                Access::Erases if touch.at.is_empty() => {
                    push_new(&mut effects.erases, ErasureUse { target, vendor: None });
                }
                Access::Erases => {
                    for vendor in self.lower.names(self.item, &touch.at, &[Kind::Vendor]) {
                        push_new(
                            &mut effects.erases,
                            ErasureUse {
                                target: target.clone(),
                                vendor: Some(vendor),
                            },
                        );
                    }
                }
            }
        }
        for run in &op.op.runs {
            let run = self.run(op, run);
            effects.runs.push(run);
        }
        for call in &op.op.calls {
            effects.calls.push(self.call(call));
        }
        for send in &op.op.sends {
            let vendor = self.lower.name_of(self.item, &send.vendor, &[Kind::Vendor]);
            let what =
                self.lower
                    .qualified_names(self.item, &send.data, &[Kind::Field, Kind::Entity, Kind::Type]);
            effects.sends.extend(what.into_iter().map(|what| SendModel {
                what,
                vendor: vendor.clone(),
            }));
        }
        effects.emits = op
            .op
            .emits
            .iter()
            .filter_map(|event| self.event_use(event))
            .collect();
        effects.log = op.op.log.iter().map(RefFact::text).collect();
        effects.audited = self
            .cx()
            .effective(op, |settings| &settings.audited)
            .0
            .set()
            .is_some();
        effects
    }

    pub(super) fn timeout(&self, op: OpRef<'db>) -> Option<DurationModel> {
        self.cx()
            .effective(op, |settings| &settings.timeout)
            .0
            .set()
            .copied()
            .map(convert::duration)
    }

    fn run(&mut self, op: OpRef<'db>, run: &Run) -> RunModel {
        let def = self.cx().resolve(self.item, &run.query, &[Kind::Query]);
        let scope = Scope {
            item: self.item,
            owners: owners(self.cx(), op),
            params: &op.op.params,
            op: Some(op),
        };
        let params = def
            .and_then(|def| def.query(self.cx().db))
            .map_or(&[][..], |query| query.params.as_slice());
        let mut args = Vec::new();
        for (argument, param) in run.args.iter().flatten().zip(params) {
            let item = def.map_or(self.item, |def| def.item);
            let lowered = match &param.ty {
                Some(ty) => self.argument(&scope, argument, item, ty),
                None => self.predicate(&scope, argument),
            };
            args.extend(lowered);
        }
        RunModel {
            query: self
                .lower
                .qualified_name_of(self.item, &run.query, &[Kind::Query]),
            name: self.lower.name_of(self.item, &run.query, &[Kind::Query]),
            args,
        }
    }

    fn call(&self, call: &Call) -> CallModel {
        let want = [Kind::Endpoint, Kind::Vendor, Kind::Service];
        let def = self.cx().resolve(self.item, &call.target, &want);
        let vendor = def.filter(|def| def.word_kind(self.cx().db) == Kind::Vendor);
        let vendor_facts = vendor.and_then(|vendor| self.cx().vendor(vendor.item));
        let endpoint = def.and_then(|def| def.op(self.cx().db));
        let timeout = call.timeout.set().or_else(|| vendor_facts?.timeout.set());
        let retry = call.retry.as_ref().or_else(|| vendor_facts?.retry.as_ref());
        let fallback = call.fallback.as_ref().or_else(|| vendor_facts?.fallback.as_ref());
        CallModel {
            target: self.lower.qualified_name_of(self.item, &call.target, &want),
            party: def
                .map(|def| self.cx().name(def.item).to_string())
                .unwrap_or_default(),
            vendor: vendor.is_some(),
            method: endpoint
                .map(|endpoint| endpoint.method.to_string())
                .unwrap_or_default(),
            path: endpoint.map(|endpoint| PathModel::new(&endpoint.path)),
            timeout: timeout.copied().map(convert::duration),
            retry: retry.map(convert::retry),
            breaker: call.breaker.is_some() || vendor_facts.is_some_and(|vendor| vendor.breaker.is_some()),
            fallback: match fallback.map(smol_str::SmolStr::as_str) {
                Some("cached") => Some(Fallback::Cached),
                Some("default") => Some(Fallback::Default),
                Some("queue") => Some(Fallback::Queue),
                _ => None,
            },
            identity: call.identity.as_ref().map(|identity| match identity {
                CallIdentity::Caller => Identity::Caller,
                CallIdentity::System(_) => Identity::System,
            }),
            with: call
                .with
                .as_ref()
                .map(|scheme| self.lower.name_of(self.item, scheme, &[Kind::Auth])),
            compensated_by: call
                .compensated
                .as_ref()
                .map(|target| self.lower.qualified_name_of(self.item, target, &[Kind::Endpoint])),
            parallel: call.parallel,
        }
    }

    fn event_use(&self, reference: &RefFact) -> Option<EventUse> {
        let def = self.cx().resolve(self.item, reference, &[Kind::Event])?;
        Some(EventUse {
            id: self.lower.qualified(def),
            service: self.cx().name(def.item).to_string(),
            name: def.name(self.cx().db).to_string(),
            local: def.item == self.item,
        })
    }

    pub(super) fn event(&mut self, service: &Service, def: Def, event: &Event) -> EventModel {
        let id = self.lower.qualified(def);
        EventModel {
            name: event.name.to_string(),
            docs: convert::docs(event.docs.as_ref()),
            version: event.version.unwrap_or(1),
            broker: self.broker(service),
            key: event.key.iter().map(RefFact::text).collect(),
            fields: event
                .fields
                .iter()
                .map(|field| self.field(def.item, field, &id))
                .collect(),
            deprecated: event.deprecated.as_ref().map(convert::deprecation),
            id,
        }
    }

    pub(super) fn query(&mut self, def: Def, query: &Query) -> QueryModel {
        let id = self.lower.qualified(def);
        let entity = self.cx().query_entity(def);
        let scope = Scope {
            item: self.item,
            owners: entity.into_iter().collect(),
            params: &query.params,
            op: None,
        };
        let mut params = Vec::new();
        for param in &query.params {
            if let Some(ty) = &param.ty {
                params.push(self.param(self.item, param, ty, &id));
            }
        }
        QueryModel {
            name: query.name.to_string(),
            docs: convert::docs(query.docs.as_ref()),
            params,
            entity: entity
                .map(|entity| entity.name(self.cx().db).to_string())
                .unwrap_or_default(),
            predicate: query
                .predicate
                .as_ref()
                .and_then(|(expr, _)| self.predicate(&scope, expr)),
            order: query
                .order
                .iter()
                .map(|(field, descending)| SortKey {
                    field: field.text(),
                    descending: *descending,
                })
                .collect(),
            limit: query.limit.map(convert::amount),
            returns: self.whole_type(self.item, &query.returns, &id),
            id,
        }
    }

    pub(super) fn handler(&mut self, op: OpRef<'db>) -> HandlerModel {
        let event = op
            .op
            .event
            .as_ref()
            .and_then(|event| self.cx().resolve(self.item, event, &[Kind::Event]));
        let mut event_fields = Vec::new();
        if let Some((event, facts)) = event.and_then(|event| Some((event, event.event(self.cx().db)?))) {
            let id = self.lower.qualified(event);
            for field in &facts.fields {
                event_fields.push(self.field(event.item, field, &id));
            }
        }
        HandlerModel {
            id: self.lower.qualified(op.def),
            name: op.op.name.to_string(),
            docs: convert::docs(op.op.docs.as_ref()),
            event: op
                .op
                .event
                .as_ref()
                .and_then(|event| self.event_use(event))
                .unwrap_or_default(),
            event_fields,
            idempotent_by: op
                .op
                .idempotent
                .as_ref()
                .and_then(|(fields, _)| fields.first())
                .map(RefFact::text),
            retry: op.op.retry.as_ref().map(convert::retry),
            dead_letter: match &op.op.dead_letter {
                Setting::Absent => DeadLetter::Absent,
                Setting::Off(_) => DeadLetter::Off,
                Setting::Set(team, _) => DeadLetter::Kept {
                    alert: team
                        .as_ref()
                        .map(|team| self.lower.name_of(self.item, team, &[Kind::Team])),
                },
            },
            ordered: op.op.ordered.is_some(),
            timeout: self.timeout(op),
            effects: self.effects(op),
        }
    }

    pub(super) fn job(&mut self, op: OpRef<'db>) -> JobModel {
        JobModel {
            id: self.lower.qualified(op.def),
            name: op.op.name.to_string(),
            docs: convert::docs(op.op.docs.as_ref()),
            schedule: match &op.op.schedule {
                Some(ScheduleFact::Every(interval)) => Schedule::Every {
                    interval: convert::duration(*interval),
                },
                Some(ScheduleFact::Cron(line)) => Schedule::Cron {
                    line: line.to_string(),
                },
                Some(ScheduleFact::Startup) | None => Schedule::Startup,
            },
            timeout: self.timeout(op),
            effects: self.effects(op),
        }
    }

    pub(super) fn webhook(&mut self, op: OpRef<'db>) -> WebhookModel {
        let vendor = op
            .op
            .vendor
            .as_ref()
            .map(|vendor| self.lower.name_of(self.item, vendor, &[Kind::Vendor]));
        WebhookModel {
            id: self.lower.qualified(op.def),
            name: op.op.name.to_string(),
            docs: convert::docs(op.op.docs.as_ref()),
            vendor: vendor.unwrap_or_default(),
            method: op.op.method.to_string(),
            path: PathModel::new(&op.op.path),
            verify: op.op.verify.as_ref().map(|(header, within, _)| VerifyModel {
                header: header.to_string(),
                within: within.map(convert::duration),
            }),
            idempotent: op.op.idempotent.is_some(),
            effects: self.effects(op),
        }
    }

    pub(super) fn cache(&self, def: Def, cache: &Cache) -> CacheModel {
        CacheModel {
            id: self.lower.qualified(def),
            name: cache.name.to_string(),
            docs: String::new(),
            of: self
                .lower
                .qualified_name_of(self.item, &cache.query, &[Kind::Query]),
            ttl: cache.ttl.map(convert::duration),
            invalidated_by: cache
                .invalidated
                .iter()
                .filter_map(|event| self.event_use(event))
                .collect(),
        }
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}
