//! Reads a service and its members into facts.

use archwright_codegen::names::{pascal, plural, snake};
use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use super::{
    def::DefKind,
    facts::{
        Access, Allow, Cache, Call, CallIdentity, Component, Deprecated, Entity, Event, Name, Op, OpKind,
        Param, ParamFrom, Query, Resource, ResourceOp, Retain, Run, Runtime, Schedule, Send, Service,
        Setting, Slo, Store, Touch, Ty, TyKind,
    },
    items::{enum_def, error_def, type_def},
    loc::{Loc, Part},
    read::{At, docs},
};

/// The facts of a service.
pub fn service(at: &At<'_>) -> Service {
    let mut service = Service {
        context: at.reference("context"),
        stack: at
            .one(Kind::Stack)
            .and_then(|child| child.words("stack").into_iter().next()),
        settings: at.settings(),
        broker: at
            .one(Kind::UseBroker)
            .and_then(|child| child.reference("broker")),
        owner: at.one(Kind::Owner).and_then(|child| child.reference("team")),
        region: at.one(Kind::Region).and_then(|child| child.text("region")),
        outbox: at.flag(Kind::Outbox),
        layers: at.one(Kind::Layers).map(|child| {
            let names = child.words("layer").into_iter().map(|(name, _)| name).collect();
            (names, child.node.has("strict"), child.head())
        }),
        scale: at.one(Kind::Scale).and_then(|child| {
            let (from, to) = child.range("range")?;
            Some((from, to, child.head()))
        }),
        slo: at.one(Kind::Slo).map(|block| slo(&block)),
        kind: at.one(Kind::ServiceKind).and_then(|child| child.word("kind")),
        runtime: runtime(at),
        uses: at
            .of(Kind::ServiceUses)
            .flat_map(|child| child.refs("target"))
            .collect(),
        routes: at
            .of(Kind::Route)
            .filter_map(|child| Some((child.path("path").0, child.reference("target")?)))
            .collect(),
        ..Service::default()
    };
    for child in at.children() {
        match child.node.kind() {
            Kind::Store => service.stores.push(store(&child)),
            Kind::Entity => service.entities.push(entity(&child)),
            Kind::Type => service.types.push(type_def(&child)),
            Kind::Enum => service.enums.push(enum_def(&child)),
            Kind::Error => service.errors.push(error_def(&child)),
            Kind::Event => service.events.push(event(&child)),
            Kind::Query => service.queries.push(query(&child)),
            Kind::Endpoint => service.ops.push(endpoint(&child)),
            Kind::Handler => service.ops.push(Op {
                event: child.reference("event"),
                ..operation(&child, OpKind::Handler)
            }),
            Kind::Job => service.ops.push(Op {
                schedule: schedule(&child),
                ..operation(&child, OpKind::Job)
            }),
            Kind::Webhook => {
                let (path, path_params) = child.path("path");
                service.ops.push(Op {
                    vendor: child.reference("vendor"),
                    method: child.method("method"),
                    path,
                    path_params,
                    ..operation(&child, OpKind::Webhook)
                });
            }
            Kind::Resource => resource(&child, &mut service),
            Kind::Cache => {
                if let Some(query) = child.reference("query") {
                    service.caches.push(Cache {
                        name: child.name(),
                        query,
                        ttl: child.one(Kind::Ttl).and_then(|ttl| ttl.duration("time")),
                        invalidated: child
                            .of(Kind::Invalidated)
                            .flat_map(|line| line.refs("event"))
                            .collect(),
                        loc: child.name_loc(),
                    });
                }
            }
            Kind::Component => {
                if let Some(layer) = child.words("layer").into_iter().next() {
                    service.components.push(Component {
                        name: child.name(),
                        layer,
                        uses: child
                            .of(Kind::ComponentUses)
                            .flat_map(|line| line.refs("component"))
                            .collect(),
                        loc: child.name_loc(),
                    });
                }
            }
            _ => {}
        }
    }
    service.by_name = by_name(&service);
    service
}

/// The members of a service in the order of their names.
fn by_name(service: &Service) -> Vec<(Name, DefKind)> {
    fn members<T>(
        list: &[T],
        name: fn(&T) -> &Name,
        kind: fn(u16) -> DefKind,
    ) -> impl Iterator<Item = (Name, DefKind)> + '_ {
        list.iter()
            .enumerate()
            .map(move |(index, member)| (name(member).clone(), kind(index as u16)))
    }
    let mut all: Vec<(Name, DefKind)> = members(&service.stores, |store| &store.name, DefKind::Store)
        .chain(members(&service.entities, |entity| &entity.name, DefKind::Entity))
        .chain(members(&service.types, |def| &def.name, DefKind::Type))
        .chain(members(&service.enums, |def| &def.name, DefKind::Enum))
        .chain(members(&service.errors, |def| &def.name, DefKind::Error))
        .chain(members(&service.events, |event| &event.name, DefKind::Event))
        .chain(members(&service.queries, |query| &query.name, DefKind::Query))
        .chain(members(&service.ops, |op| &op.name, DefKind::Op))
        .chain(members(&service.caches, |cache| &cache.name, DefKind::Cache))
        .chain(members(
            &service.components,
            |component| &component.name,
            DefKind::Component,
        ))
        .collect();
    // Stable, so that those of one name and kind stay in text order.
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

/// The `runtime` block of a service or an environment.
pub fn runtime(at: &At<'_>) -> Option<Runtime> {
    let block = at.one(Kind::Runtime)?;
    Some(Runtime {
        unprivileged: block.flag(Kind::Unprivileged),
        pinned: block.flag(Kind::Pinned),
        host_socket: block.flag(Kind::HostSocket),
        exposed: block.flag(Kind::Exposed),
        loc: block.word_loc(),
    })
}

fn slo(at: &At<'_>) -> Slo {
    Slo {
        availability: at
            .one(Kind::Availability)
            .and_then(|child| child.percent("percent")),
        latency: at
            .of(Kind::Latency)
            .filter_map(|child| Some((child.word("percentile")?, child.duration("time")?)))
            .collect(),
        load: at.one(Kind::Load).and_then(|child| child.rate("rate")),
        alert: at.one(Kind::Alert).and_then(|child| child.reference("team")),
        loc: at.word_loc(),
    }
}

fn store(at: &At<'_>) -> Store {
    Store {
        name: at.name(),
        kind: at.word("kind").unwrap_or_default(),
        on: at.reference("on"),
        encrypted: at.flag(Kind::Encrypted),
        backup: match at.one(Kind::Backup) {
            None => Setting::Absent,
            Some(child) => match child.word("every") {
                Some(every) => Setting::Set((every, child.duration("keep")), child.head()),
                None => Setting::Off(child.head()),
            },
        },
        replicas: at.one(Kind::Replicas).and_then(|child| child.int("count")),
        pool: at.one(Kind::Pool).and_then(|child| child.int("size")),
        tls: at.tls(),
        connections: at.one(Kind::Connections).map(|child| child.int("limit")),
        rpo: at.one(Kind::Rpo).and_then(|child| child.duration("time")),
        rto: at.one(Kind::Rto).and_then(|child| child.duration("time")),
        region: at.one(Kind::Region).and_then(|child| child.text("region")),
        url: at.one(Kind::Url).and_then(|child| child.secret("url")),
        user: at.one(Kind::User).and_then(|child| child.secret("user")),
        password: at.one(Kind::Password).and_then(|child| child.secret("password")),
        auth: at.auth(),
        loc: at.name_loc(),
    }
}

fn entity(at: &At<'_>) -> Entity {
    Entity {
        name: at.name(),
        docs: docs(at.node),
        store: at.reference("store"),
        fields: at.of(Kind::Field).map(|child| child.field()).collect(),
        uniques: at.of(Kind::Unique).map(|child| child.refs("field")).collect(),
        indexes: at.of(Kind::Index).map(|child| child.refs("field")).collect(),
        visible: at
            .one(Kind::Visible)
            .and_then(|child| Some((child.expr("predicate")?, child.head()))),
        retain: at.one(Kind::Retain).and_then(|child| {
            Some(Retain {
                time: child.duration("for")?,
                then: child.word("then"),
                because: child.text("because"),
                loc: child.head(),
            })
        }),
        partition: at
            .one(Kind::Partition)
            .and_then(|child| Some((child.reference("field")?, child.word("every")))),
        rows: at
            .one(Kind::Rows)
            .and_then(|child| Some((child.int("count")?, child.rate("growth")))),
        purpose: at.one(Kind::Purpose).and_then(|child| child.text("text")),
        reference: at.one(Kind::Reference).map(|child| child.head()),
        loc: at.name_loc(),
    }
}

fn event(at: &At<'_>) -> Event {
    Event {
        name: at.name(),
        docs: docs(at.node),
        version: at.version("version"),
        key: at.of(Kind::Key).flat_map(|child| child.refs("field")).collect(),
        fields: at.of(Kind::Field).map(|child| child.field()).collect(),
        deprecated: deprecated(at),
        loc: at.name_loc(),
    }
}

fn query(at: &At<'_>) -> Query {
    Query {
        name: at.name(),
        docs: docs(at.node),
        params: at.params(&[]),
        returns: at.ty("returns").map(|(ty, _)| ty).unwrap_or_default(),
        predicate: at
            .one(Kind::Where)
            .and_then(|child| Some((child.expr("predicate")?, child.head()))),
        order: at
            .of(Kind::Order)
            .filter_map(|child| {
                Some((
                    child.reference("field")?,
                    child.word("direction").is_some_and(|word| word == "desc"),
                ))
            })
            .collect(),
        limit: at.one(Kind::QueryLimit).and_then(|child| child.int("count")),
        loc: at.name_loc(),
    }
}

fn deprecated(at: &At<'_>) -> Option<Deprecated> {
    let child = at.one(Kind::Deprecated)?;
    Some(Deprecated {
        because: child.text("because").unwrap_or_default(),
        sunset: child.date("sunset"),
        loc: child.head(),
    })
}

fn schedule(at: &At<'_>) -> Option<Schedule> {
    at.duration("every")
        .map(Schedule::Every)
        .or_else(|| at.text("cron").map(Schedule::Cron))
        .or_else(|| at.node.has("startup").then_some(Schedule::Startup))
}

fn endpoint(at: &At<'_>) -> Op {
    let (path, path_params) = at.path("path");
    let params = with_path_params(at.params(&path_params), &path_params);
    Op {
        method: at.method("method"),
        path,
        params,
        path_params,
        returns: at.ty("returns"),
        ..operation(at, OpKind::Endpoint)
    }
}

/// Adds the path parameters that are not declared, untyped.
fn with_path_params(mut params: Vec<Param>, in_path: &[(Name, Loc)]) -> Vec<Param> {
    for (name, loc) in in_path {
        if !params.iter().any(|param| param.name == *name) {
            params.push(Param {
                name: name.clone(),
                from: ParamFrom::Path,
                loc: loc.clone(),
                ..Param::default()
            });
        }
    }
    params
}

/// What all operations have in common.
fn operation(at: &At<'_>, kind: OpKind) -> Op {
    let refs = |kind: Kind, slot: &str| at.of(kind).flat_map(|child| child.refs(slot)).collect::<Vec<_>>();
    let mut touches = Vec::new();
    for child in at.children() {
        let access = match child.node.kind() {
            Kind::Reads => Access::Reads,
            Kind::Writes => Access::Writes,
            Kind::Deletes => Access::Deletes,
            Kind::Erases => Access::Erases,
            _ => continue,
        };
        let vendors = child.refs("vendor");
        touches.extend(child.refs("entity").into_iter().map(|entity| Touch {
            access,
            entity,
            at: vendors.clone(),
            implied: false,
        }));
    }
    Op {
        kind,
        name: at.name(),
        docs: docs(at.node),
        method: Name::default(),
        path: SmolStr::default(),
        path_params: Vec::new(),
        params: Vec::new(),
        returns: None,
        settings: at.settings(),
        allow: at
            .of(Kind::Allow)
            .filter(|child| child.node.has("any") || child.node.has("role"))
            .map(|child| Allow {
                role: child.reference("role"),
                predicate: child.expr("where"),
                loc: child.head(),
            })
            .collect(),
        public: at
            .one(Kind::Public)
            .map(|child| (child.text("because"), child.head())),
        internal: at.one(Kind::Internal).map(|child| child.head()),
        safe: at.one(Kind::Safe).map(|child| child.head()),
        issues: refs(Kind::Issues, "scheme"),
        idempotent: at
            .one(Kind::Idempotent)
            .map(|child| (child.refs("field"), child.head())),
        touches,
        runs: at
            .of(Kind::Runs)
            .filter_map(|child| {
                let written = child.node.has("argument");
                Some(Run {
                    query: child.reference("query")?,
                    args: written.then(|| child.exprs("argument")),
                    loc: child.head(),
                })
            })
            .collect(),
        calls: at.of(Kind::Calls).filter_map(|child| call(&child)).collect(),
        sends: at
            .of(Kind::Sends)
            .filter_map(|child| {
                Some(Send {
                    data: child.refs("data"),
                    vendor: child.reference("vendor")?,
                    loc: child.head(),
                })
            })
            .collect(),
        emits: refs(Kind::Emits, "event"),
        errors: refs(Kind::Errors, "error"),
        log: refs(Kind::Log, "field"),
        paginate: at
            .one(Kind::Paginate)
            .and_then(|child| Some((child.word("by")?, child.int("max"), child.head()))),
        cache: at
            .one(Kind::CacheFor)
            .and_then(|child| Some((child.duration("time")?, child.head()))),
        filter: refs(Kind::Filter, "field"),
        version: at
            .one(Kind::OperationVersion)
            .and_then(|child| child.version("version")),
        deprecated: deprecated(at),
        retry: at.retry(),
        dead_letter: match at.one(Kind::DeadLetter) {
            None => Setting::Absent,
            Some(child) if child.node.has("off") => Setting::Off(child.head()),
            Some(child) => Setting::Set(child.reference("team"), child.head()),
        },
        ordered: at.one(Kind::Ordered).map(|child| child.head()),
        verify: at
            .one(Kind::Verify)
            .and_then(|child| Some((child.text("header")?, child.duration("within"), child.head()))),
        event: None,
        vendor: None,
        schedule: None,
        entity: None,
        loc: at.name_loc(),
    }
}

fn call(at: &At<'_>) -> Option<Call> {
    Some(Call {
        target: at.reference("target")?,
        timeout: at.timeout(),
        retry: at.retry(),
        breaker: at.one(Kind::Breaker).map(|child| child.head()),
        fallback: at.one(Kind::Fallback).and_then(|child| child.word("fallback")),
        required: at.one(Kind::CallRequired).is_some(),
        parallel: at.one(Kind::Parallel).is_some(),
        identity: at.one(Kind::CallAs).and_then(|child| {
            if child.node.has("caller") {
                Some(CallIdentity::Caller)
            } else if child.node.has("system") {
                Some(CallIdentity::System(child.text("because")))
            } else {
                None
            }
        }),
        with: at.one(Kind::CallWith).and_then(|child| child.reference("scheme")),
        tls: at.tls(),
        compensated: at
            .one(Kind::Compensated)
            .and_then(|child| child.reference("target")),
        loc: at.head(),
    })
}

/// Expands a resource into its operations: endpoints in every respect.
fn resource(at: &At<'_>, service: &mut Service) {
    let Some(entity) = at.reference("entity") else {
        return;
    };
    let (path, _) = at.path("path");
    let entity_name = entity.path.last().cloned().unwrap_or_default();
    let single = snake(&entity_name);
    let many = snake(&plural(&pascal(&entity_name)));
    let mut ops = Vec::new();
    for child in at.children() {
        let op = match child.node.kind() {
            Kind::List => ResourceOp::List,
            Kind::Get => ResourceOp::Get,
            Kind::Create => ResourceOp::Create,
            Kind::Update => ResourceOp::Update,
            Kind::Delete => ResourceOp::Delete,
            _ => continue,
        };
        let whole = |kind: TyKind| Ty {
            kind,
            optional: false,
        };
        let base = path.trim_end_matches('/');
        let one = format_smolstr!("{base}/{{id}}");
        // A resource has one path argument, its second; the `{id}` of the single-row paths is nowhere in the text.
        let head = Loc::at(&child.path, Part::Word);
        let id = (Name::new_static("id"), head.clone());
        let id_param = Param {
            name: id.0.clone(),
            from: ParamFrom::Path,
            loc: head.clone(),
            ..Param::default()
        };
        let body = |kind: TyKind| Param {
            name: Name::new_static("body"),
            ty: Some(whole(kind)),
            from: ParamFrom::Body,
            loc: head.clone(),
            ..Param::default()
        };
        let reference = || entity.clone();
        let (name, method, path, path_params, params, returns, access) = match op {
            ResourceOp::List => (
                format_smolstr!("list_{many}"),
                "GET",
                path.clone(),
                vec![],
                vec![],
                Some(whole(TyKind::Page(reference()))),
                Access::Reads,
            ),
            ResourceOp::Get => (
                format_smolstr!("get_{single}"),
                "GET",
                one,
                vec![id],
                vec![id_param],
                Some(whole(TyKind::Named(reference()))),
                Access::Reads,
            ),
            ResourceOp::Create => (
                format_smolstr!("create_{single}"),
                "POST",
                path.clone(),
                vec![],
                vec![body(TyKind::New(reference()))],
                Some(whole(TyKind::Named(reference()))),
                Access::Writes,
            ),
            ResourceOp::Update => (
                format_smolstr!("update_{single}"),
                "PATCH",
                one,
                vec![id],
                vec![id_param, body(TyKind::Patch(reference()))],
                Some(whole(TyKind::Named(reference()))),
                Access::Writes,
            ),
            ResourceOp::Delete => (
                format_smolstr!("delete_{single}"),
                "DELETE",
                one,
                vec![id],
                vec![id_param],
                None,
                Access::Deletes,
            ),
        };
        let mut operation = operation(&child, OpKind::Resource(op));
        operation.touches.insert(
            0,
            Touch {
                access,
                entity: reference(),
                at: Vec::new(),
                implied: true,
            },
        );
        ops.push(service.ops.len() as u16);
        service.ops.push(Op {
            name,
            method: Name::new_static(method),
            path,
            path_params,
            params,
            returns: returns.map(|ty| (ty, head.clone())),
            entity: Some(reference()),
            loc: head,
            ..operation
        });
    }
    service.resources.push(Resource {
        entity,
        path,
        ops,
        loc: at.head(),
    });
}
