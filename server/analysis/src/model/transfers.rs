//! What leaves for which vendor, field by field: what operations send, and what vendors may receive.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

use super::{
    classes::Classes,
    cx::Cx,
    def::Def,
    facts::{Field, RefFact, Ty, TyKind},
    finding::Place,
    loc::Loc,
    nested::own_classes,
    vendor_kinds::{Purpose, VendorKind, kind},
};
use crate::db::{Db, Item, facts, items_of, resolved};

/// One `sends … to` of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The operation.
    pub op: Def,
    /// The vendor.
    pub vendor: Item,
    /// The statement.
    pub statement: Loc,
    /// What it names, in order; what is unknown is left out.
    pub data: Vec<Sent>,
    /// Whether everything that it names is known.
    pub known: bool,
}

/// One thing that a `sends` or a `receives` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// A field, or an entity or type as a whole.
    pub named: Def,
    /// Where it is named.
    pub at: Loc,
    /// The fields behind it, those of structures instead of the structures.
    pub fields: Vec<SentField>,
}

/// One field that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentField {
    /// `Patients.Patient.home.street`: equal names are the same field.
    pub name: SmolStr,
    /// Where it is declared.
    pub place: Place,
    /// What it is when it leaves: `@masked`, `@tokenized` and `@hashed` have taken their part away.
    pub classes: Classes,
    /// Whether it is an address that reaches a person: an `email` or a `phone`.
    pub address: bool,
    /// Whether it must not leave at all, which is `data.secret_leaves_service`.
    pub secret: bool,
}

impl SentField {
    /// `Patient.mail`: without the service.
    pub fn short(&self) -> &str {
        self.name.split_once('.').map_or(&*self.name, |(_, rest)| rest)
    }
}

impl Transfer {
    /// All fields that leave.
    pub fn fields(&self) -> impl Iterator<Item = &SentField> {
        self.data.iter().flat_map(|sent| &sent.fields)
    }

    /// The classes of all of them.
    pub fn classes(&self) -> Classes {
        self.fields()
            .fold(Classes::NONE, |all, field| all.union(field.classes))
    }
}

/// What one service's operations send, in text order.
#[salsa::tracked(returns(ref))]
pub fn transfers(db: &dyn Db, service: Item) -> Arc<[Transfer]> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for op in cx.ops(service) {
        for send in &op.op.sends {
            let Some(vendor) = cx.def(service, &send.vendor) else {
                continue;
            };
            let data = named(cx, service, &send.data);
            found.push(Transfer {
                op: op.def,
                vendor: vendor.item,
                statement: send.loc.clone(),
                known: data.len() == send.data.len(),
                data,
            });
        }
    }
    Arc::from(found)
}

/// What a vendor may receive.
#[salsa::tracked(returns(ref))]
pub fn received(db: &dyn Db, vendor: Item) -> Arc<[Sent]> {
    let cx = Cx { db };
    let facts = cx.vendor(vendor);
    Arc::from(facts.map_or_else(Vec::new, |facts| named(cx, vendor, &facts.receives)))
}

/// Everything that is sent, by vendor, in the order of the vendors; those that get nothing are left out.
#[salsa::tracked(returns(ref))]
pub fn transfers_by_vendor(db: &dyn Db) -> Arc<[(Item, Vec<Transfer>)]> {
    let mut by_vendor: FxHashMap<Item, Vec<Transfer>> = FxHashMap::default();
    for &service in items_of(db, Kind::Service).iter() {
        for transfer in transfers(db, service).iter() {
            by_vendor
                .entry(transfer.vendor)
                .or_default()
                .push(transfer.clone());
        }
    }
    let vendors = items_of(db, Kind::Vendor);
    vendors
        .iter()
        .filter_map(|vendor| Some((*vendor, by_vendor.remove(vendor)?)))
        .collect()
}

/// Whether any service has syntax errors, so that what it sends may be untyped yet.
pub fn unread(db: &dyn Db) -> bool {
    items_of(db, Kind::Service)
        .iter()
        .any(|service| facts(db, *service).broken)
}

/// The catalogue's row of a vendor's kind.
pub fn vendor_kind(cx: Cx<'_>, vendor: Item) -> Option<&'static VendorKind> {
    kind(&cx.vendor(vendor)?.kind)
}

/// Whether a field goes to the person it is about: to a vendor that carries messages, from an operation that also gives it
/// an address, of the same record or of the record that the field's own refers to.
pub fn to_its_subject(cx: Cx<'_>, transfer: &Transfer, sent: &Sent) -> bool {
    let carries = vendor_kind(cx, transfer.vendor)
        .is_some_and(|kind| matches!(kind.purpose, Purpose::Mail | Purpose::Sms));
    let Some(owner) = carries.then(|| owner(cx, sent.named)).flatten() else {
        return false;
    };
    let same_op = transfers(cx.db, transfer.op.item)
        .iter()
        .filter(|other| other.op == transfer.op && other.vendor == transfer.vendor);
    same_op
        .flat_map(|other| &other.data)
        .filter(|other| other.fields.iter().any(|field| field.address))
        .filter_map(|other| self::owner(cx, other.named))
        .any(|subject| subject == owner || refers_to(cx, owner, subject))
}

/// The entity or type that something named is, or is a field of.
fn owner(cx: Cx<'_>, named: Def) -> Option<Def> {
    if named.field(cx.db).is_some() {
        return named.parent();
    }
    let of = named.type_def(cx.db).and_then(|facts| facts.of.as_ref());
    match of {
        Some(of) => cx.resolve(named.item, of, &[Kind::Entity]),
        None => Some(named),
    }
}

fn refers_to(cx: Cx<'_>, owner: Def, subject: Def) -> bool {
    cx.fields_of(owner)
        .iter()
        .any(|(def, field)| match &field.ty.kind {
            TyKind::Ref(reference) => cx.def(def.item, reference) == Some(subject),
            _ => false,
        })
}

fn named(cx: Cx<'_>, item: Item, references: &[RefFact]) -> Vec<Sent> {
    let resolution = resolved(cx.db, item);
    references
        .iter()
        .filter_map(|reference| {
            let named = resolution.get(&reference.loc)?;
            let mut search = Search {
                cx,
                entered: Vec::new(),
                found: Vec::new(),
            };
            match named.field(cx.db) {
                Some(field) => search.field(named.item, field, &cx.qualified(named), Classes::NONE, false),
                None => search.fields(named, None, Classes::NONE, false),
            }
            Some(Sent {
                named,
                at: reference.loc.clone(),
                fields: search.found,
            })
        })
        .collect()
}

/// A way down to the fields that are no structures. A type that occurs in itself is entered once, so circles end.
struct Search<'db> {
    cx: Cx<'db>,
    entered: Vec<Def>,
    found: Vec<SentField>,
}

impl<'db> Search<'db> {
    fn fields(&mut self, def: Def, prefix: Option<&str>, outer: Classes, covered: bool) {
        if self.entered.contains(&def) {
            return;
        }
        self.entered.push(def);
        for (def, field) in self.cx.fields_of(def) {
            let name = match prefix {
                Some(prefix) => format_smolstr!("{prefix}.{}", field.name),
                None => self.cx.qualified(def),
            };
            self.field(def.item, field, &name, outer, covered);
        }
        self.entered.pop();
    }

    fn field(&mut self, item: Item, field: &'db Field, name: &str, outer: Classes, covered: bool) {
        let covered = covered
            || ["masked", "tokenized", "hashed"]
                .iter()
                .any(|word| field.has(word));
        let own = outer.union(own_classes(field));
        let before = self.found.len();
        self.inside(item, &field.ty, name, own, covered);
        if self.found.len() > before {
            return;
        }
        let hashed_secret = field.has("hashed") && field.has("secret");
        let classes = match (covered, hashed_secret) {
            (false, _) => own,
            (true, true) => Classes::SECRET,
            (true, false) => Classes::NONE,
        };
        self.found.push(SentField {
            name: name.into(),
            place: Place::new(item, field.loc.clone()),
            classes,
            address: is_address(&field.ty),
            secret: field.has("internal") || classes.any(Classes::SECRET),
        });
    }

    fn inside(&mut self, item: Item, ty: &'db Ty, name: &str, outer: Classes, covered: bool) {
        match &ty.kind {
            TyKind::List(inner) => self.inside(item, inner, name, outer, covered),
            TyKind::Inline(fields) => {
                for field in fields {
                    let name = format_smolstr!("{name}.{}", field.name);
                    self.field(item, field, &name, outer, covered);
                }
            }
            TyKind::Named(reference) => {
                let kinds = [Kind::Type, Kind::Enum, Kind::Entity];
                if let Some(def) = self.cx.resolve(item, reference, &kinds) {
                    self.fields(def, Some(name), outer, covered);
                }
            }
            _ => {}
        }
    }
}

fn is_address(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => matches!(name.as_str(), "email" | "phone"),
        TyKind::List(inner) => is_address(inner),
        _ => false,
    }
}
