//! What the tree says: each construct with its arguments, in a short notation.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the expectations"
)]

use std::fmt::Write as _;

use archwright_grammar::{
    ast::{AttributeValue, Expr, ExprKind, Node, Ref, Type, TypeKind, Value},
    parser::{parse_file, parse_item},
    vocabulary::FORMS,
};
use expect_test::{Expect, expect};

mod common;

const LANGUAGE: &str = include_str!("language.arch");

fn dump(node: &Node, depth: usize, into: &mut String) {
    let _ = write!(into, "{}{:?}", "  ".repeat(depth), node.kind());
    for argument in &node.args {
        let _ = write!(into, " {}={}", argument.slot, value(&argument.value));
    }
    if node.broken {
        into.push_str(" BROKEN");
    }
    into.push('\n');
    for child in node.children() {
        dump(child, depth + 1, into);
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Name(word) | Value::Word(word) | Value::Method(word) => word.text.to_string(),
        Value::Ref(reference) => show_ref(reference),
        Value::Star => "*".to_owned(),
        Value::Type(found) => ty(found),
        Value::Expr(found) => expr(found),
        Value::Param(param) => format!(
            "{}:{}{}{}",
            param.name.text,
            param.ty.as_ref().map_or_else(String::new, ty),
            param
                .default
                .as_ref()
                .map_or_else(String::new, |found| format!("={}", expr(found))),
            "@".repeat(param.attributes.len())
        ),
        Value::Attribute(attribute) => {
            let args: Vec<String> = attribute
                .args
                .iter()
                .map(|argument| {
                    let name = argument
                        .name
                        .as_ref()
                        .map_or_else(String::new, |name| format!("{}:", name.text));
                    match &argument.value {
                        AttributeValue::Expr(found) => name + &expr(found),
                        AttributeValue::Range(low, high) => format!("{name}{low}..{high:?}"),
                    }
                })
                .collect();
            format!("@{}({})", attribute.name.text, args.join(","))
        }
        Value::Flag => "+".to_owned(),
        Value::Path(path) => format!("{}[{}]", path.text, path.segments.len()),
        other => format!("{other:?}"),
    }
}

fn show_ref(reference: &Ref) -> String {
    let kind = reference
        .kind
        .as_ref()
        .map_or_else(String::new, |kind| format!("({})", kind.text));
    kind + &reference.text()
}

fn ty(found: &Type) -> String {
    let base = match &found.kind {
        TypeKind::Named(name, args) if args.is_empty() => show_ref(name),
        TypeKind::Named(name, args) => format!("{}({})", show_ref(name), exprs(args)),
        TypeKind::Ref(name) => format!("ref:{}", show_ref(name)),
        TypeKind::New(name) => format!("new:{}", show_ref(name)),
        TypeKind::Patch(name) => format!("patch:{}", show_ref(name)),
        TypeKind::Page(name) => format!("page:{}", show_ref(name)),
        TypeKind::List(element) => format!("[{}]", ty(element)),
        TypeKind::Inline(fields) => {
            let mut text = String::new();
            for field in fields {
                let docs = field
                    .docs
                    .as_ref()
                    .map_or_else(String::new, |docs| format!("/*{}*/", docs.text));
                let args: Vec<String> = field.args.iter().map(|argument| value(&argument.value)).collect();
                let _ = write!(text, "{docs}{};", args.join(":"));
            }
            format!("{{{text}}}")
        }
        TypeKind::Error => "ERROR".to_owned(),
    };
    if found.optional { base + "?" } else { base }
}

fn exprs(all: &[Expr]) -> String {
    all.iter().map(expr).collect::<Vec<_>>().join(",")
}

fn expr(found: &Expr) -> String {
    match &found.kind {
        ExprKind::And(left, right) => format!("({} and {})", expr(left), expr(right)),
        ExprKind::Or(left, right) => format!("({} or {})", expr(left), expr(right)),
        ExprKind::Not(inner) => format!("(not {})", expr(inner)),
        ExprKind::Compare(left, operator, right) => format!("({} {operator:?} {})", expr(left), expr(right)),
        ExprKind::In(left, list) => format!("({} in {})", expr(left), exprs(list)),
        ExprKind::IsNull(inner, not) => {
            format!("({} is {}null)", expr(inner), if *not { "not " } else { "" })
        }
        ExprKind::Add(left, right) => format!("({} + {})", expr(left), expr(right)),
        ExprKind::Sub(left, right) => format!("({} - {})", expr(left), expr(right)),
        ExprKind::Ref(reference) => show_ref(reference),
        ExprKind::Now => "NOW".to_owned(),
        ExprKind::Caller(field) => format!("CALLER.{}", field.text),
        ExprKind::Call(name, args) => format!("{}({})", name.text, exprs(args)),
        ExprKind::Literal(literal) => format!("{literal:?}"),
        ExprKind::Error => "ERROR".to_owned(),
    }
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    let tree = parse_item(text);
    let mut found = String::new();
    if let Some(node) = &tree.node {
        dump(node, 0, &mut found);
    }
    expected.assert_eq(&found);
}

#[test]
fn the_whole_language_parses() {
    let pieces = parse_file(LANGUAGE);
    let mut all = String::new();
    for (piece, tree) in &pieces {
        assert_eq!(tree.errors, [], "{}", piece.span().of(LANGUAGE));
        dump(tree.node.as_ref().expect("each piece holds an item"), 0, &mut all);
    }
    assert!(!all.contains("BROKEN") && !all.contains("ERROR"));
    // The sample is only worth something if it leaves nothing out.
    let found: Vec<&str> = all
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let missing: Vec<_> = FORMS
        .iter()
        .filter(|form| !found.contains(&&*format!("{:?}", form.kind)))
        .map(|form| form.kind)
        .collect();
    assert_eq!(missing, []);
    expect![[r#"
        System name=Clinic
          Stack stack=python
          Complies regime=hipaa regime=gdpr
          UseAuth scheme=Session
          UseBroker broker=Bus
          Owner team=Platform
          Observe signal=logs signal=traces signal=metrics
          Tls tls=required
          Region region=String("eu-central-1")
          Outbox
        Team name=Platform
          Contact text=String("platform@clinic.example")
        Team name=CareTeam
        Role name=Patient
        Role name=Clinician kind=staff
        Role name=Admin kind=staff includes=Clinician
        Auth name=Session kind=cookie
          Issuer issuer=Accounts
          Lifetime time=Duration(Duration { count: 12, unit: Hour })
          Idle time=Duration(Duration { count: 30, unit: Minute })
          Mfa role=Admin role=Clinician
          PasswordRules
            MinLength length=Int(12)
            Breached rule=deny
            History count=Int(5)
            Lockout rate=Rate(Rate { count: 10, per: Duration { count: 15, unit: Minute } })
        Auth name=Partner kind=api_key
          Header name=String("X-Api-Key")
          AuthKey key=Secret("PARTNER_KEY")
          Rotate time=Duration(Duration { count: 90, unit: Day })
        Auth name=Mesh kind=mtls
        Auth name=Legacy kind=api_key
          QueryKey name=String("key")
        Context name=Ordering
          ContextUses context=Identity context=Catalog
          ContextUses context=Billing via=anticorruption
          Term term=String("Order") meaning=String("A clinician's request for one or more tests.") synonym=String("Request") synonym=String("Work item")
          Cardholder
        Service name=Orders context=Ordering
          Owner team=CareTeam
          Stack stack=typescript
          UseAuth scheme=Session
          Layers layer=api layer=application layer=domain layer=infrastructure
          Scale range=IntRange(2, Some(10)) on=cpu at=Percent(700000)
          Slo
            Availability percent=Percent(999000)
            Latency percentile=p99 time=Duration(Duration { count: 300, unit: Millisecond })
            Load rate=Rate(Rate { count: 500, per: Duration { count: 1, unit: Second } })
            Alert team=CareTeam
          ServiceKind kind=worker
          Runtime
            Unprivileged off=+
            HostSocket
          ServiceUses target=Billing
          Waive rule=scale.call_without_timeout until=Date(Date { year: 2026, month: 12, day: 31 }) because=String("measured")
          Waive rule=boundary.shared_datastore because=String("historical")
          Store name=OrdersDb kind=postgres
            Encrypted
            Backup every=daily keep=Duration(Duration { count: 30, unit: Day })
            Replicas count=Int(2)
            Pool size=Int(20)
            Connections limit=Int(500)
            Rpo time=Duration(Duration { count: 1, unit: Hour })
            Rto time=Duration(Duration { count: 4, unit: Hour })
            Tls tls=off
          Store name=ReportsDb kind=postgres on=Orders.OrdersDb
            Connections pooled=+
            Url url=String("postgres://db")
            User user=String("reader")
            Password password=Secret("REPORTS")
            UseAuth scheme=Mesh
          Entity name=Order store=OrdersDb
            Field name=id type=uuid attribute=@id()
            Field name=clinic type=ref:Clinics.Clinic
            Field name=patient type=ref:Patients.Patient
            Field name=status type=OrderStatus default=placed
            Field name=notes type=text? attribute=@phi() attribute=@encrypted()
            Field name=total type=decimal(Int(12),Int(2)) attribute=@min(Int(0))
            Field name=tags type=[string]
            Field name=legacy type=string attribute=@deprecated(String("no longer filled"),sunset:Date(Date { year: 2027, month: 1, day: 1 })) attribute=@len(3..Some(10)) attribute=@pattern(String("[A-Z]+")) attribute=@default(String("x"))
            Field name=placed_at type=instant attribute=@created()
            Field name=changed_at type=instant attribute=@updated()
            Unique field=patient field=placed_at
            Index field=status field=placed_at
            Visible predicate=(clinic Eq CALLER.tenant)
            Retain for=Duration(Duration { count: 7, unit: Year }) then=erase
            Partition field=placed_at every=monthly
            Rows count=Int(50000000) growth=Rate(Rate { count: 1000000, per: Duration { count: 1, unit: Day } })
            Purpose text=String("treatment")
            Reference
          Type name=Address
            Field name=street type=string
            Field name=city type=string
            Field name=zip type=string attribute=@len(3..Some(10))
          Type name=OrderSummary of=Order
            Projected name=id
            Projected name=status
            Projected name=placed_at
          Enum name=OrderStatus
            EnumMember name=placed
            EnumMember name=sampled
            EnumMember name=resulted
            EnumMember name=cancelled
          Error name=OutOfStock status=Int(409) message=String("The test kit is out of stock.")
          Endpoint name=place method=POST path=/v1/orders[2] param=body:new:Order returns=Order
            Allow role=Clinician
            Allow role=Patient where=(patient Eq CALLER.id)
            Limit rate=Rate(Rate { count: 60, per: Duration { count: 1, unit: Minute } }) by=caller
            Idempotent
            Timeout time=Duration(Duration { count: 2, unit: Second })
            Writes entity=Order
            Runs query=open_orders argument=id argument=(NOW - Duration(Duration { count: 30, unit: Day }))
            Calls target=Catalog.price
              Timeout time=Duration(Duration { count: 300, unit: Millisecond })
              Retry count=Int(2) backoff=DurationRange(Duration { count: 50, unit: Millisecond }, Duration { count: 1, unit: Second })
              Breaker
              Fallback fallback=cached
            Calls target=Kits.reserve
              CallRequired
            Sends data=Order.patient_email vendor=Postmark
            Emits event=OrderPlaced
            Errors error=OutOfStock
            Log field=id field=status
            Audited
          Endpoint name=health method=GET path=/health[1] returns={status:string;}
            Public because=String("load balancer probe")
          Endpoint name=find method=GET path=/v1/orders[2] param=status:OrderStatus? param=since:date? returns=page:Order
            Allow role=Clinician
            Reads entity=Order
            Paginate by=cursor max=Int(100)
            CacheFor time=Duration(Duration { count: 30, unit: Second })
          Endpoint name=reserve method=POST path=/v1/kits/reserve[3] param=body:Reservation returns=Slip
            Internal
            UseAuth scheme=Session scheme=Partner
            Calls target=Billing.charge
              CallAs caller=+
              CallWith scheme=Mesh
              Tls tls=off
              Parallel
              Compensated target=Billing.refund
              Timeout time=Duration(Duration { count: 1, unit: Second })
            Calls target=Stripe
              CallAs system=+ because=String("settlement")
              Retry count=Int(3) backoff_fixed=Duration(Duration { count: 5, unit: Second })
          Endpoint name=forget method=DELETE path=/v1/patients/{id}[3]
            Allow role=Admin
            Erases entity=Patient vendor=Postmark
            Audited
          Endpoint name=login method=POST path=/v1/login[2]
            UseAuth none=+
            Safe
            Issues scheme=Session
            OperationVersion version=Version(2)
            Deprecated because=String("see /v2") sunset=Date(Date { year: 2027, month: 1, day: 1 })
          Resource entity=Order path=/v1/resources[2]
            List
              Allow role=Clinician
              Filter field=status field=patient
            Get
              Allow role=Clinician
              Allow role=Patient where=(patient Eq CALLER.id)
            Create
              Allow any=+
              Emits event=OrderPlaced
              Idempotent
            Update
              Allow role=Clinician
            Delete
              Allow role=Admin
              Audited
          Query name=open_orders param=start:instant param=limit:int=Int(10)@ returns=[Order]
            Where predicate=(((created_at Ge start) and (not ((status in cancelled,resulted) or (note is not null)))) and (age Lt (Int(-1) + Int(2))))
            Order field=created_at direction=desc
            QueryLimit count=Int(100)
          Event name=OrderPlaced version=Version(1)
            Key field=order
            Field name=order type=uuid
            Field name=patient type=uuid attribute=@phi()
            Field name=placed_at type=instant
          Handler event=Billing.InvoicePaid name=settle
            Idempotent field=invoice
            Retry count=Int(5) backoff=DurationRange(Duration { count: 1, unit: Second }, Duration { count: 5, unit: Minute })
            DeadLetter team=CareTeam
            Ordered
            Writes entity=Order
          Job name=purge_drafts every=Duration(Duration { count: 1, unit: Day })
            Deletes entity=Order
            Audited
          Job name=nightly cron=String("0 3 * * *")
            Reads entity=Order
          Job name=warm startup=startup
          Webhook name=stripe_events vendor=Stripe method=POST path=/webhooks/stripe[2]
            Verify header=String("Stripe-Signature") within=Duration(Duration { count: 5, unit: Minute })
            Idempotent
            Writes entity=Payment
            Emits event=PaymentSettled
          Cache name=open_orders_cache query=open_orders
            Ttl time=Duration(Duration { count: 5, unit: Minute })
            Invalidated event=OrderPlaced
          Component name=Pricing layer=domain
            ComponentUses component=Rates
        Vendor name=Stripe kind=stripe
          Receives data=Billing.Invoice.total data=Billing.Customer.email
          Agreement kind=dpa date=Date(Date { year: 2026, month: 1, day: 15 })
          Region region=String("eu")
          Timeout time=Duration(Duration { count: 10, unit: Second })
          Retry count=Int(3) backoff=DurationRange(Duration { count: 200, unit: Millisecond }, Duration { count: 5, unit: Second })
          Breaker
        Client name=Web kind=web
          UseAuth scheme=Session
          ClientUses endpoint=Orders.place endpoint=Orders.find
          Listens event=Orders.OrderPlaced
        Broker name=Bus kind=nats
        Service name=Edge
          ServiceKind kind=gateway
          Route path=/api/orders[2] target=Orders
          Route path=/api/*[2] target=Web
        Policy name=Boundaries
          PolicyLayers item=Edge >=+ item=Ordering item=Billing >=+ item=Identity
          PolicyDeny from=Reporting to=(context)Billing because=String("finance data stays in finance")
          PolicyAllow from=Gateway to=*
        Decision name=Outbox title=String("Events leave through an outbox")
          Status status=accepted date=Date(Date { year: 2026, month: 5, day: 2 })
          Affects item=Orders item=Billing
          Supersedes decision=DualWrites
        Environment name=Production
          Platform platform=kubernetes
          Region region=String("eu-central-1")
          EnvironmentScale service=Orders range=IntRange(3, Some(12))
          Budget rate=Rate(Rate { count: 4000, per: Duration { count: 1, unit: Month } })
          Runtime
            Unprivileged
            Pinned
            Exposed off=+
        Environment name=Staging
          Platform platform=compose
          DataFrom environment=Production masked=+
    "#]].assert_eq(&all);
}

#[test]
fn documentation_and_comments_are_kept() {
    let text = "//! About the file.\n//! More.\n\n/// One\n///  two\n// aside\ntype T {\n  /// Field.\n  a: { x: [{\n    /// Inner.\n    \
                b: int\n  }] }\n}\n";
    let tree = parse_item(text);
    let docs = |docs: &Option<archwright_grammar::ast::Docs>| docs.as_ref().map(|docs| docs.text.to_string());
    assert_eq!(docs(&tree.file_docs).as_deref(), Some("About the file.\nMore."));
    let node = tree.node.expect("an item");
    assert_eq!(docs(&node.docs).as_deref(), Some("One\n two"));
    let field = &node.children()[0];
    assert_eq!(docs(&field.docs).as_deref(), Some("Field."));
    assert_eq!(
        field
            .arg("type")
            .map(|argument| value(&argument.value))
            .as_deref(),
        Some("{x:[{/*Inner.*/b:int;}];}")
    );
    assert_eq!(
        tree.comments.iter().map(|span| span.of(text)).collect::<Vec<_>>(),
        ["// aside"]
    );
}

#[test]
fn statements_go_on_where_they_must() {
    check(
        "service S {\n  endpoint e GET /e (\n    a: int,\n    b: { c: int\n d: [int]? }\n  ) ->\n  Order {\n    reads A,\n      B\n    allow R \
         where x == 1 and\n      y == 2 or (\n      z\n    )\n  }\n}",
        &expect![[r#"
            Service name=S
              Endpoint name=e method=GET path=/e[1] param=a:int param=b:{c:int;d:[int]?;} returns=Order
                Reads entity=A entity=B
                Allow role=R where=(((x Eq Int(1)) and (y Eq Int(2))) or z)
        "#]],
    );
}

#[test]
fn what_could_be_read_is_kept() {
    check(
        "servce S {\n  owner\n  entty E { id: [ @id; name string }\n  stack pyton\n  allow X\n  uses A.B.\n  scale 3\n}",
        &expect![[r#"
        Service name=S BROKEN
          Owner BROKEN
          Entity name=E BROKEN
            Field name=id type=ERROR BROKEN
            Field name=name type=string BROKEN
          Stack stack=pyton BROKEN
          ServiceUses target=A.B BROKEN
          Scale range=IntRange(3, Some(3)) BROKEN
    "#]],
    );
    check(
        "role R: stuff includes A, B extra",
        &expect![[r#"
            Role name=R kind=staff includes=A includes=B BROKEN
        "#]],
    );
    check(
        "service S { endpoint e PSOT /a/{x (a, b: int, c: [) -> new { allow R where } on A.B }",
        &expect![[r#"
        Service name=S
          Endpoint name=e method=POST path=/a/{x[2] param=a: param=b:int param=c: returns=new BROKEN
            Allow role=R BROKEN
          Handler event=A.B BROKEN
    "#]],
    );
}

#[test]
fn a_kind_may_stand_before_a_reference() {
    check(
        "context A { uses context B, client via partner }",
        &expect![[r#"
        Context name=A
          ContextUses context=(context)B context=client via=partner
    "#]],
    );
    check(
        "policy P { deny service A -> vendor V because \"x\"; deny vendor -> * }",
        &expect![[r#"
        Policy name=P
          PolicyDeny from=(service)A to=(vendor)V because=String("x")
          PolicyDeny from=vendor to=*
    "#]],
    );
}

#[test]
fn operators_bind_as_in_the_grammar() {
    check(
        "service S { query q -> [E] { where not a == b + 1 - 2 and c or d is null and (e or not f) } }",
        &expect![[r#"
        Service name=S
          Query name=q returns=[E]
            Where predicate=(((not (a Eq ((b + Int(1)) - Int(2)))) and c) or ((d is null) and (e or (not f))))
    "#]],
    );
}
