//! Whole blueprints, lowered.

use archwright_codegen::model::{
    AuthModel, CallerField, CompareOp, DataClass, EndpointModel, EndpointOrigin, Exposure, Expr, Literal,
    NamedShape, Operation, Protection, RateScope, Scalar, ServiceModel, Setting, StackKind, SystemModel,
    TypeModel, Who,
};

use crate::{LowerError, testing::host};

const CLINIC: &str = r#"
/// A laboratory group.
system Clinic {
  stack python
  auth Session
  owner Platform
  broker Bus
  tls required
  timeout 5s
  observe logs, traces
}
team Platform { contact "platform@clinic.example" }
team CareTeam
role Patient
role Clinician: staff
role Admin: staff includes Clinician
role Root: staff includes Admin
auth Session: cookie {
  issuer Accounts
  lifetime 12h
  mfa Admin
  password { min 12; breached deny; lockout 10 per 15m }
}
auth Mesh: mtls
broker Bus: nats
context Ordering { uses Identity, Catalog }
context Identity
context Catalog
type Address { street: string @pii; city: string; zip: string @len(3..10) }
enum Country { de, fr }
error Gone 410 "It is gone."
service Accounts in Identity {
  stack none
  store AccountsDb: postgres { encrypted }
  entity Patient { id: uuid @id; name: string @pii }
  entity Clinic { id: int @id }
}
service Prices in Catalog {
  endpoint price GET /v1/prices -> { amount: money } { internal; auth Mesh }
}
vendor Postmark: postmark { receives Orders.Order.mail; timeout 10s; breaker }
/// Takes orders.
service Orders in Ordering {
  owner CareTeam
  store OrdersDb: postgres { encrypted; pool 20; backup daily keep 30d }
  /// A request for tests.
  entity Order {
    id: uuid @id
    clinic: ref Accounts.Clinic
    patient: ref Accounts.Patient
    status: OrderStatus = placed
    notes: text? @phi @encrypted
    mail: email?
    total: decimal(12, 2) @min(0)
    tags: [string] @len(0..5)
    code: string @unique @len(3..40) @pattern("[A-Z]+")
    home: Address?
    country: Country = de
    placed_at: instant @created
    unique (patient, placed_at)
    index (status)
    visible where clinic == caller.tenant
    retain 7y then anonymize
    purpose "treatment"
  }
  entity Line { number: int @id; order: ref Order; visible where order.clinic == caller.tenant }
  enum OrderStatus { placed, sampled, cancelled }
  type OrderSummary of Order { placed_at, id, status }
  type Reservation { patient: ref Accounts.Patient; until: date }
  error OutOfStock 409 "The test kit is out of stock."
  event OrderPlaced v2 { key order; order: uuid; patient: uuid @phi }
  query open_orders (start: instant, state: OrderStatus?) -> [Order] {
    where placed_at >= start - 7d and status in [placed, sampled] and not (total == 0 or status == state)
    order placed_at desc
    limit 100
  }
  resource Order at /v1/orders {
    list { allow Clinician; filter status, patient; paginate cursor max 20 }
    get { allow Clinician; allow Patient where patient == caller.id }
    create { allow Clinician; emits OrderPlaced; idempotent }
    update { allow Clinician where status != OrderStatus.cancelled; limit 60 per minute by ip }
    delete { allow Admin; audited }
  }
  resource Line at /v1/lines { get { allow Clinician } }
  /// Reserves a kit.
  endpoint reserve POST /v1/reservations (body: Reservation) -> OrderSummary {
    allow Patient where patient == caller.id
    writes Order
    errors OutOfStock, Gone
    timeout 2s
    calls Prices.price { timeout 300ms; retry 2 backoff 50ms..1s; breaker; as system because "no user" }
    sends Order.mail to Postmark
    log id
  }
  endpoint find GET /v1/{code}/found (since: date?, body_size: int = 3) -> page OrderSummary {
    allow any; reads Order; runs open_orders(now, placed)
  }
  endpoint health GET /health -> { status: string } { public because "probe"; auth none }
  on Orders.OrderPlaced as settle { idempotent by order; retry 5 backoff 1s..5m; dead_letter alert CareTeam; writes Order }
  job purge every 1d { deletes Order; audited }
  webhook hooks from Postmark POST /hooks { verify signature "X-Sig" within 5m; idempotent; writes Order }
  cache recent of open_orders { ttl 5m; invalidated by OrderPlaced }
}
"#;

fn lowered(text: &str) -> Result<SystemModel, LowerError> {
    host(text).snapshot().system_model().expect("nothing writes")
}

fn clinic() -> SystemModel {
    lowered(CLINIC).unwrap_or_else(|error| panic!("{error:#?}"))
}

fn orders(system: &SystemModel) -> &ServiceModel {
    system.service("Orders").expect("Orders")
}

fn endpoint<'a>(service: &'a ServiceModel, name: &str) -> &'a EndpointModel {
    service
        .endpoints
        .iter()
        .find(|endpoint| endpoint.name == name)
        .unwrap_or_else(|| panic!("{name}"))
}

fn names<T>(list: &[T], name: impl Fn(&T) -> &String) -> Vec<&str> {
    list.iter().map(|one| name(one).as_str()).collect()
}

#[test]
fn roles_are_closed_over_includes() {
    let system = clinic();
    let clinician = system.role("Clinician").expect("Clinician");
    assert_eq!(clinician.held_by, ["Clinician", "Admin", "Root"]);
    assert_eq!(
        system.role("Root").expect("Root").holds,
        ["Root", "Admin", "Clinician"]
    );
    let get = endpoint(orders(&system), "get_order");
    let Who::Role { name, held_by, .. } = &get.allow[0].who else {
        panic!("a role")
    };
    assert_eq!((name.as_str(), held_by), ("Clinician", &clinician.held_by));
}

#[test]
fn settings_are_effective() {
    let system = clinic();
    let service = orders(&system);
    assert_eq!(
        (system.name.as_str(), system.docs.as_str()),
        ("Clinic", "A laboratory group.")
    );
    assert_eq!(
        (service.stack, service.owner.as_str(), service.context.as_str()),
        (StackKind::Python, "CareTeam", "Ordering")
    );
    assert_eq!(
        system.service("Accounts").map(|service| service.stack),
        Some(StackKind::None)
    );
    assert_eq!(
        (service.tls, service.stores[0].tls, service.stores[0].encrypted),
        (Setting::On, Setting::On, Setting::On)
    );
    assert_eq!(service.observe, ["logs", "traces"]);
    assert_eq!(service.depends_on, ["Prices"]);
    assert_eq!(service.broker.as_deref(), Some("Bus"));
    let reserve = endpoint(service, "reserve");
    assert_eq!(
        reserve.timeout.as_ref().map(|time| time.text.as_str()),
        Some("2s")
    );
    assert!(matches!(&reserve.auth, AuthModel::Schemes { names, .. } if names == &["Session"]));
    let find = endpoint(service, "find");
    assert_eq!(find.timeout.as_ref().map(|time| time.text.as_str()), Some("5s"));
    assert_eq!(endpoint(service, "health").auth, AuthModel::Off);
    assert_eq!(
        endpoint(service, "health").exposure,
        Exposure::Public {
            because: "probe".to_owned()
        }
    );
    let update = endpoint(service, "update_order");
    assert_eq!(
        update.limit.as_ref().map(|limit| (limit.count, limit.by)),
        Some((60, RateScope::Ip))
    );
    let session = system.auth_scheme("Session").expect("Session");
    assert_eq!(
        session.issuer.as_ref().map(|issuer| issuer.name.as_str()),
        Some("Accounts")
    );
    assert_eq!(
        session.password.as_ref().and_then(|rules| rules.lockout_tries),
        Some(10)
    );
}

#[test]
fn entities_keep_everything_that_is_said() {
    let system = clinic();
    let order = orders(&system).entity("Order").expect("Order");
    assert_eq!(
        (order.id.as_str(), order.store.as_str()),
        ("Orders.Order", "OrdersDb")
    );
    let field = |name: &str| order.field(name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(field("status").id, "Orders.Order.status");
    let TypeModel::Ref { target } = &field("clinic").ty else {
        panic!("a reference")
    };
    assert_eq!(
        (target.id.as_str(), target.local, target.key),
        ("Accounts.Clinic", false, Scalar::Int)
    );
    let Some(Expr::Literal {
        literal: Literal::EnumMember { id, member, .. },
    }) = &field("status").default
    else {
        panic!("a member")
    };
    assert_eq!((id.as_str(), member.as_str()), ("Orders.OrderStatus", "placed"));
    assert_eq!(field("notes").classes, [DataClass::Phi]);
    assert_eq!(field("notes").protections, [Protection::Encrypted]);
    assert!(field("notes").optional && !matches!(field("notes").ty, TypeModel::Optional { .. }));
    assert_eq!(field("mail").classes, [DataClass::Pii]);
    assert_eq!(field("total").min.as_deref(), Some("0"));
    assert!(matches!(
        field("total").ty,
        TypeModel::Scalar {
            precision: Some(12),
            scale: Some(2),
            ..
        }
    ));
    assert_eq!(field("code").len.and_then(|len| len.max), Some(40));
    assert_eq!(field("code").pattern.as_deref(), Some("[A-Z]+"));
    assert_eq!(order.uniques, [["patient", "placed_at"]]);
    let Some(Expr::Compare {
        op: CompareOp::Eq,
        left,
        right,
    }) = &order.visible
    else {
        panic!("a comparison")
    };
    assert!(matches!(&**left, Expr::Field { path, .. } if path.len() == 1 && path[0].owner == "Order"));
    assert_eq!(
        **right,
        Expr::Caller {
            field: CallerField::Tenant
        }
    );
    let line = orders(&system).entity("Line").expect("Line");
    let through: Vec<Vec<&str>> = line
        .visible
        .iter()
        .flat_map(Expr::field_paths)
        .map(|path| path.iter().map(|step| step.owner.as_str()).collect())
        .collect();
    assert_eq!(through, [["Line", "Order"]]);
}

#[test]
fn shapes_from_elsewhere_come_along() {
    let system = clinic();
    let service = orders(&system);
    assert_eq!(names(&service.imported_types, |def| &def.id), ["Address"]);
    assert_eq!(names(&service.imported_enums, |def| &def.id), ["Country"]);
    assert_eq!(
        names(&service.errors, |error| &error.id),
        ["Orders.OutOfStock", "Gone"]
    );
    let summary = service.type_by_id("Orders.OrderSummary").expect("the projection");
    assert_eq!(
        names(&summary.fields, |field| &field.id),
        ["Orders.Order.placed_at", "Orders.Order.id", "Orders.Order.status"]
    );
    let find = endpoint(service, "find");
    let Some(TypeModel::Page { of }) = &find.returns else {
        panic!("a page")
    };
    assert!(matches!(
        &**of,
        TypeModel::Named {
            shape: NamedShape::Projection,
            local: true,
            ..
        }
    ));
}

#[test]
fn resources_are_endpoints_with_all_their_parameters() {
    let system = clinic();
    let service = orders(&system);
    let list = endpoint(service, "list_orders");
    assert_eq!(
        (list.method.as_str(), list.path.text.as_str()),
        ("GET", "/v1/orders")
    );
    assert_eq!(
        names(&list.query_params, |param| &param.name),
        ["status", "patient"]
    );
    assert!(
        list.query_params
            .iter()
            .all(|param| param.optional && param.default.is_none())
    );
    assert_eq!(list.paginate.as_ref().map(|page| page.max), Some(20));
    let origin = EndpointOrigin::Resource {
        entity: "Order".to_owned(),
        operation: Operation::List,
        filters: vec!["status".to_owned(), "patient".to_owned()],
    };
    assert_eq!(list.origin, origin);
    let create = endpoint(service, "create_order");
    assert!(matches!(
        create.body.as_ref().map(|body| &body.ty),
        Some(TypeModel::New { .. })
    ));
    assert!(create.idempotent);
    assert_eq!(
        names(&create.effects.emits, |event| &event.id),
        ["Orders.OrderPlaced.v2"]
    );
    assert_eq!(create.subject.as_deref(), Some("Order"));
    // An identity that is called otherwise is still what the path's `{id}` carries.
    let get = endpoint(service, "get_line");
    assert_eq!(get.path_params[0].name, "id");
    assert_eq!(get.path_params[0].ty, TypeModel::scalar(Scalar::Int));
    assert!(endpoint(service, "delete_order").effects.audited);
    assert_eq!(endpoint(service, "delete_order").returns, None);
}

#[test]
fn hand_written_endpoints_say_all_they_do() {
    let system = clinic();
    let service = orders(&system);
    let reserve = endpoint(service, "reserve");
    let Some(Expr::Compare { left, .. }) = &reserve.allow[0].predicate else {
        panic!("a comparison")
    };
    // The entity's field comes before the body's of the same name.
    assert!(
        matches!(&**left, Expr::Field { path, .. } if path[0].owner == "Order" && path[0].field == "patient")
    );
    assert_eq!(reserve.errors, ["Orders.OutOfStock", "Gone"]);
    let call = &reserve.effects.calls[0];
    assert_eq!(
        (call.target.as_str(), call.party.as_str(), call.method.as_str()),
        ("Prices.price", "Prices", "GET")
    );
    assert_eq!(call.retry.as_ref().map(|retry| retry.times), Some(2));
    assert_eq!(reserve.effects.sends[0].what, "Orders.Order.mail");
    let find = endpoint(service, "find");
    assert_eq!(
        names(&find.query_params, |param| &param.name),
        ["since", "body_size"]
    );
    // A path parameter without a type has that of the entity's field, with its bounds.
    assert_eq!(find.path_params[0].pattern.as_deref(), Some("[A-Z]+"));
    let run = &find.effects.runs[0];
    assert_eq!(run.query, "Orders.open_orders");
    assert_eq!(run.args[0], Expr::Now);
    assert!(
        matches!(&run.args[1], Expr::Literal { literal: Literal::EnumMember { member, .. } } if member == "placed")
    );
}

#[test]
fn queries_are_typed_trees() {
    let system = clinic();
    let query = &orders(&system).queries[0];
    assert_eq!((query.entity.as_str(), query.limit), ("Order", Some(100)));
    assert!(query.order[0].descending);
    let Some(Expr::And { items }) = &query.predicate else {
        panic!("a conjunction")
    };
    assert_eq!(items.len(), 3, "a chain of `and` is one list");
    assert!(matches!(&items[0], Expr::Compare { right, .. } if matches!(&**right, Expr::Arithmetic { .. })));
    assert!(matches!(&items[1], Expr::In { list, .. } if list.len() == 2));
    assert!(matches!(&items[2], Expr::Not { .. }));
}

#[test]
fn other_behaviours_are_there() {
    let system = clinic();
    let service = orders(&system);
    let handler = &service.handlers[0];
    assert_eq!(
        (handler.event.id.as_str(), handler.idempotent_by.as_deref()),
        ("Orders.OrderPlaced.v2", Some("order"))
    );
    assert_eq!(
        names(&handler.event_fields, |field| &field.name),
        ["order", "patient"]
    );
    assert_eq!(service.jobs[0].name, "purge");
    assert_eq!(
        service.webhooks[0]
            .verify
            .as_ref()
            .map(|verify| verify.header.as_str()),
        Some("X-Sig")
    );
    assert_eq!(service.caches[0].of, "Orders.open_orders");
}

#[test]
fn a_blueprint_with_errors_is_not_generated_from() {
    for (broken, code) in [
        (CLINIC.replace("allow Admin", "allow Admn"), "name.unknown"),
        (
            CLINIC.replace("status: OrderStatus = placed", "status: OrderStatus = 3"),
            "type.mismatch",
        ),
        (CLINIC.replace("entity Line {", "entity Line ("), "syntax."),
    ] {
        let error = lowered(&broken).expect_err("an error is in the way");
        assert!(
            error.diagnostics.iter().any(|found| found.code.starts_with(code)),
            "{code}: {error:#?}"
        );
    }
}

#[test]
fn a_condition_on_another_services_rows_cannot_be_generated() {
    let text = CLINIC.replace(
        "get { allow Clinician; allow Patient where patient == caller.id }",
        "get { allow Clinician where patient.name == \"x\" }",
    );
    let error = lowered(&text).expect_err("the rows are elsewhere");
    assert_eq!(error.diagnostics.len(), 1);
    assert_eq!(error.diagnostics[0].code, "type.not_generated");
    assert!(error.diagnostics[0].message.contains("Accounts.Patient.name"));
}

#[test]
fn lowering_is_repeatable() {
    assert_eq!(clinic(), clinic());
}
