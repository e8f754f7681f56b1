//! Who reaches an operation, who may be let in, and what classified data passes through it.

use std::sync::Arc;

use archwright_grammar::{ast::CompareOp, vocabulary::Kind};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::{
    classes::Classes,
    cx::{Cx, Level, OpRef},
    def::{Def, DefKind},
    facts::{Access, Body, ExprFact, ExprFactKind, Field, Param, ParamFrom, Ty, TyKind},
    finding::Place,
    nested::own_classes,
};
use crate::db::{Db, Item};

/// What the clients of the blueprint use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientUses {
    /// Single endpoints.
    pub endpoints: FxHashSet<Def>,
    /// Services as a whole.
    pub services: FxHashSet<Item>,
    /// Services of which at least one endpoint is used.
    pub touched: FxHashSet<Item>,
}

/// What the clients use, directly or through a gateway: what a gateway lets through is as exposed as the gateway is, which is
/// always but where its callers are services only.
#[salsa::tracked(returns(ref))]
pub fn client_uses(db: &dyn Db) -> Arc<ClientUses> {
    let cx = Cx { db };
    let mut uses = ClientUses::default();
    let add = |uses: &mut ClientUses, target: Def| {
        if target.kind != DefKind::Item {
            uses.endpoints.insert(target);
        } else if cx.service(target.item).is_some() {
            uses.services.insert(target.item);
        } else {
            return;
        }
        uses.touched.insert(target.item);
    };
    for &client in cx.items(Kind::Client).iter() {
        let Some(facts) = cx.client(client) else { continue };
        facts
            .uses
            .iter()
            .filter_map(|used| cx.def(client, used))
            .for_each(|target| add(&mut uses, target));
    }
    for &gateway in cx.items(Kind::Route).iter() {
        let Some(facts) = cx.service(gateway) else {
            continue;
        };
        if uses.touched.contains(&gateway) || !cx.all_mtls(&cx.service_schemes(gateway)) {
            facts
                .routes
                .iter()
                .filter_map(|(_, behind)| cx.def(gateway, behind))
                .for_each(|target| add(&mut uses, target));
        }
    }
    Arc::new(uses)
}

/// The identity entities: of the services named by `issuer`, the entities with a `@secret` field, and those of the same service that
/// they belong to by a `ref` (a credential's customer); failing that, those with personal data; failing that, all.
#[salsa::tracked(returns(ref))]
pub fn identity_entities(db: &dyn Db) -> Arc<[Def]> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for &scheme in cx.items(Kind::Auth).iter() {
        let Some(issuer) = cx.auth(scheme).and_then(|auth| auth.issuer.as_ref()) else {
            continue;
        };
        let Some(issuer) = cx.def(scheme, issuer) else {
            continue;
        };
        let entities: Vec<(Def, Classes)> = cx
            .entities(issuer.item)
            .map(|(def, _)| {
                let classes = cx
                    .sensitive_fields(def)
                    .iter()
                    .fold(Classes::NONE, |all, (_, _, one)| all.union(*one));
                (def, classes)
            })
            .collect();
        let with = |class: Classes| -> Vec<Def> {
            entities
                .iter()
                .filter(|(_, classes)| classes.any(class))
                .map(|(def, _)| *def)
                .collect()
        };
        let mut identity = with(Classes::SECRET);
        let owners: Vec<Def> = identity
            .iter()
            .flat_map(|entity| cx.fields_of(*entity))
            .filter_map(|(def, field)| match &field.ty.kind {
                TyKind::Ref(target) => cx.def(def.item, target),
                _ => None,
            })
            .filter(|target| target.item == issuer.item)
            .collect();
        identity.extend(owners);
        if identity.is_empty() {
            identity = with(Classes::PII);
        }
        if identity.is_empty() {
            identity = entities.iter().map(|(def, _)| *def).collect();
        }
        found.extend(identity);
    }
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// Services and contexts that a policy's `allow` leads to; `None` is among them where one allows `*`.
#[salsa::tracked(returns(ref))]
pub fn policy_targets(db: &dyn Db) -> Arc<FxHashSet<Option<Item>>> {
    let cx = Cx { db };
    let mut targets = FxHashSet::default();
    for &item in cx.items(Kind::Policy).iter() {
        let Body::Policy(policy) = &cx.facts(item).body else {
            continue;
        };
        for line in policy.lines.iter().filter(|line| !line.deny) {
            match &line.to {
                None => {
                    targets.insert(None);
                }
                Some(reference) => {
                    if let Some(def) = cx.def(item, reference) {
                        targets.insert(Some(def.item));
                    }
                }
            }
        }
    }
    Arc::new(targets)
}

/// A classified field inside a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// `Patients.Patient.mail`; a field of an inline type has only its own name.
    pub name: SmolStr,
    /// Where it is declared.
    pub place: Place,
    /// Its classes.
    pub classes: Classes,
}

/// A search for classified fields. A type that occurs twice is entered once, so circles end.
struct Search {
    leaving: bool,
    entered: FxHashSet<Def>,
    found: Vec<Classified>,
}

impl<'db> Cx<'db> {
    /// Whether all schemes in effect at an operation are of kind mtls: then its callers are services.
    pub fn only_mtls(self, op: OpRef<'db>) -> bool {
        self.all_mtls(&self.schemes(op))
    }

    /// Whether a vendor's trade is payments.
    pub fn takes_payments(self, vendor: Item) -> bool {
        self.vendor(vendor)
            .is_some_and(|vendor| matches!(vendor.kind.as_str(), "stripe" | "paypal"))
    }

    /// Whether there are schemes, and all are of kind mtls.
    fn all_mtls(self, schemes: &[Def]) -> bool {
        let mtls = |scheme: &Def| self.auth(scheme.item).is_some_and(|auth| auth.kind == "mtls");
        !schemes.is_empty() && schemes.iter().all(mtls)
    }

    /// The schemes in effect for a service as a whole.
    pub fn service_schemes(self, service: Item) -> Vec<Def> {
        let Some(facts) = self.service(service) else {
            return Vec::new();
        };
        let (setting, level) = self.service_setting(facts, |settings| &settings.auth);
        let item = if level == Level::System {
            self.system().map(|(system, _)| system)
        } else {
            Some(service)
        };
        let refs = setting.set().map(Vec::as_slice).unwrap_or_default();
        refs.iter().filter_map(|scheme| self.def(item?, scheme)).collect()
    }

    /// Whether a policy's `allow` leads to a service or to its context.
    pub fn policy_allows_to(self, service: Item) -> bool {
        let targets = policy_targets(self.db);
        targets.contains(&None)
            || targets.contains(&Some(service))
            || self
                .context_of(service)
                .is_some_and(|context| targets.contains(&Some(context)))
    }

    /// Roles that could be let in at an operation: those that its siblings allow, in their order (then `true`); if there are
    /// none, all roles of the blueprint.
    pub fn role_choices(self, op: OpRef<'db>) -> (Vec<SmolStr>, bool) {
        let mut names: Vec<SmolStr> = Vec::new();
        for sibling in self.ops(op.def.item).filter(|sibling| sibling.def != op.def) {
            for role in sibling.op.allow.iter().filter_map(|allow| allow.role.as_ref()) {
                if let Some(def) = self.def(op.def.item, role)
                    && !names.contains(self.name(def.item))
                {
                    names.push(self.name(def.item).clone());
                }
            }
        }
        if !names.is_empty() {
            return (names, true);
        }
        (
            self.items(Kind::Role)
                .iter()
                .map(|role| self.name(*role).clone())
                .collect(),
            false,
        )
    }

    /// The names of all schemes that people sign in with; of those between services only if there are no others.
    pub fn scheme_choices(self) -> Vec<SmolStr> {
        let names = |mesh: bool| -> Vec<SmolStr> {
            self.items(Kind::Auth)
                .iter()
                .filter(|item| {
                    self.auth(**item)
                        .is_some_and(|auth| auth.kind != "none" && (auth.kind == "mtls") == mesh)
                })
                .map(|item| self.name(*item).clone())
                .collect()
        };
        let people = names(false);
        if people.is_empty() { names(true) } else { people }
    }

    /// The classified fields of a type, in order: as they leave the service, or as they come in from a client.
    pub fn classified(self, item: Item, ty: &Ty, leaving: bool) -> Vec<Classified> {
        let mut search = Search {
            leaving,
            entered: FxHashSet::default(),
            found: Vec::new(),
        };
        self.classified_within(item, ty, &mut search);
        search.found
    }

    fn classified_within(self, item: Item, ty: &Ty, search: &mut Search) {
        match &ty.kind {
            TyKind::List(inner) => self.classified_within(item, inner, search),
            TyKind::Inline(fields) => {
                for field in fields {
                    self.classified_field(item, field, || field.name.clone(), search);
                }
            }
            TyKind::Named(reference)
            | TyKind::New(reference)
            | TyKind::Patch(reference)
            | TyKind::Page(reference) => {
                let Some(def) = self.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) else {
                    return;
                };
                if !search.entered.insert(def) {
                    return;
                }
                let settable_only = matches!(ty.kind, TyKind::New(_) | TyKind::Patch(_));
                for (def, field) in self.fields_of(def) {
                    if !settable_only || settable(field) {
                        self.classified_field(def.item, field, || self.qualified(def), search);
                    }
                }
            }
            TyKind::Scalar(..) | TyKind::Ref(_) | TyKind::Error => {}
        }
    }

    fn classified_field(
        self,
        item: Item,
        field: &Field,
        name: impl FnOnce() -> SmolStr,
        search: &mut Search,
    ) {
        let covered = field.has("masked") || field.has("tokenized") || field.has("hashed");
        let (own, go_in) = if search.leaving && covered {
            (self.leaving_classes(item, field), false)
        } else {
            (own_classes(field), true)
        };
        let inner = search.found.len();
        if go_in {
            self.classified_within(item, &field.ty, search);
        }
        // Of a structure its fields say it more precisely.
        if own.sensitive() && search.found.len() == inner {
            let place = Place::new(item, field.loc.clone());
            search.found.push(Classified {
                name: name(),
                place,
                classes: own,
            });
        }
    }

    /// The classified fields of an operation's answer, as they leave.
    pub fn classified_answer(self, op: OpRef<'db>) -> Vec<Classified> {
        op.op
            .returns
            .as_ref()
            .map(|(ty, _)| self.classified(op.def.item, ty, true))
            .unwrap_or_default()
    }

    /// The classified fields of an operation's body, as they come in.
    pub fn classified_body(self, op: OpRef<'db>) -> Vec<Classified> {
        op.op
            .params
            .iter()
            .filter(|param| param.from == ParamFrom::Body)
            .filter_map(|param| param.ty.as_ref())
            .flat_map(|ty| self.classified(op.def.item, ty, false))
            .collect()
    }

    /// What an operation touches, and whether the query that reads it ties its rows to the caller.
    pub fn tied_touches(self, op: OpRef<'db>) -> Vec<(Access, Def, bool)> {
        let mut touches: Vec<(Access, Def, bool)> = op
            .op
            .touches
            .iter()
            .filter_map(|touch| Some((touch.access, self.def(op.def.item, &touch.entity)?, false)))
            .collect();
        for run in &op.op.runs {
            let Some(query) = self.def(op.def.item, &run.query) else {
                continue;
            };
            let Some(entity) = self.query_entity(query) else {
                continue;
            };
            let predicate = query.query(self.db).and_then(|query| query.predicate.as_ref());
            let tied = predicate.is_some_and(|(predicate, _)| ties_to_caller(predicate));
            touches.push((Access::Reads, entity, tied));
        }
        touches
    }

    /// Whether a parameter is an id that the caller chooses: any parameter in the path, and of the query those of type
    /// `uuid` or `ref`.
    pub fn is_id(self, param: &Param) -> bool {
        match param.from {
            ParamFrom::Path => true,
            ParamFrom::Body => false,
            ParamFrom::Query => param.ty.as_ref().is_some_and(|ty| match &ty.kind {
                TyKind::Scalar(name, _) => name == "uuid",
                TyKind::Ref(_) => true,
                _ => false,
            }),
        }
    }
}

/// Whether a client may set a field when it creates or changes a row.
pub fn settable(field: &Field) -> bool {
    !["id", "created", "updated", "readonly", "internal"]
        .iter()
        .any(|attribute| field.has(attribute))
}

/// Whether only rows of the caller fulfil a predicate: something in it must equal `caller.id`.
pub fn ties_to_caller(expr: &ExprFact) -> bool {
    let is_caller = |expr: &ExprFact| matches!(&expr.kind, ExprFactKind::Caller(field) if field == "id");
    match &expr.kind {
        ExprFactKind::And(left, right) => ties_to_caller(left) || ties_to_caller(right),
        ExprFactKind::Or(left, right) => ties_to_caller(left) && ties_to_caller(right),
        ExprFactKind::Compare(left, CompareOp::Eq, right) => is_caller(left) || is_caller(right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    #[test]
    fn types_that_refer_to_each_other_end() {
        // Ten ways from each type to each: a search that entered them again and again would never come back.
        let fields: Vec<String> = (0..10)
            .map(|number| format!("    a{number}: A; b{number}: B\n"))
            .collect();
        let fields = fields.concat();
        let text = format!(
            "service Trees {{
  auth none
  type A {{
{fields}  }}
  type B {{
{fields}    mail: email
  }}
  endpoint tree GET /v1/tree -> A {{ reads Leaf }}
  entity Leaf {{ id: uuid @id }}
}}
"
        );
        assert_eq!(of_rule(&text, "auth.unauthenticated_sensitive").len(), 1);
    }

    #[test]
    fn what_is_covered_in_one_place_still_leaves_by_another() {
        let text = |second: &str| {
            format!(
                "service People {{
  auth none
  type Address {{ street: string @pii }}
  type Person {{ old: Address @masked; new: Address {second} }}
  endpoint person GET /v1/person -> Person
}}
"
            )
        };
        assert_eq!(
            of_rule(&text(""), "auth.unauthenticated_sensitive"),
            ["5 error People.person"]
        );
        assert_eq!(
            of_rule(&text("@masked"), "auth.unauthenticated_sensitive"),
            [""; 0]
        );
    }

    #[test]
    fn a_scheme_of_kind_none_is_no_protection() {
        let text = "auth Open: none
auth Session: cookie
role Clerk: staff
service People {
  auth Session, Open
  entity Person { id: uuid @id; mail: email; retain 1y then erase }
  endpoint person GET /v1/people/{id} -> Person { allow Clerk; reads Person }
}
";
        assert_eq!(
            of_rule(text, "auth.unauthenticated_sensitive"),
            ["7 error People.person"]
        );
        assert_eq!(of_rule(text, "auth.missing_authorization"), [""; 0]);
    }
}
