//! Names in expressions: fields of rows and paths through them, parameters, members of enums, roles.

use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use super::{
    Checker, Purpose, Value, listed,
    paths::{Reached, STRUCTURES, Start, Stuck, follow},
    sort::{Sort, TextKind, sort_of},
    text::quoted,
};
use crate::model::{
    cx::Cx,
    def::{Def, DefKind},
    facts::{Name, RefFact, TyKind},
    finding::{Finding, FixPlan, Place, Similar, Step},
    resolve::resolve,
};

impl Checker<'_, '_> {
    /// Whether this is one name that is neither a field nor a parameter.
    pub(super) fn is_bare_unknown(&self, name: &RefFact) -> bool {
        match name.path.as_slice() {
            [name] => self.field(name).is_none() && self.param(name).is_none(),
            _ => false,
        }
    }

    /// The field of a name, and whose it is.
    pub(super) fn field(&self, name: &str) -> Option<(Def, Def)> {
        self.scope.owners.iter().find_map(|owner| {
            self.cx
                .fields_of(*owner)
                .into_iter()
                .find(|(_, field)| field.name == name)
                .map(|(def, _)| (def, *owner))
        })
    }

    /// The number of the parameter of a name.
    pub(super) fn param(&self, name: &str) -> Option<u16> {
        self.scope
            .params
            .iter()
            .position(|param| param.name == name)
            .map(|index| index as u16)
    }

    /// What a name means; `expected` tells which enum or role a bare name may belong to.
    pub(super) fn reference(&mut self, reference: &RefFact, expected: Option<&Sort>) -> Value {
        match reference.path.as_slice() {
            [] => Value::of(Sort::Unknown),
            [name] => self.bare(reference, name, expected),
            [first, name, rest @ ..] if first == "param" => match self.param(name) {
                Some(index) => self.param_path(reference, index, rest, 1),
                None => {
                    let params: Vec<Name> = self
                        .scope
                        .params
                        .iter()
                        .map(|param| format_smolstr!("param.{}", param.name))
                        .collect();
                    self.unknown(reference, name, format!("there is no parameter `{name}`"), params);
                    Value::of(Sort::Wrong)
                }
            },
            [first, rest @ ..] => {
                if let Some(def) = resolve(self.cx.db, self.item, reference, &[Kind::EnumMember]).found() {
                    self.out.push(reference, def);
                    let owner = def.parent().unwrap_or(Def::item(def.item));
                    return Value {
                        always: true,
                        ..Value::of(Sort::Enum(owner))
                    };
                }
                if let Some((field, owner)) = self.field(first) {
                    return self.field_path(reference, field, owner, rest);
                }
                if let Some(index) = self.param(first) {
                    return self.param_path(reference, index, rest, 0);
                }
                self.unknown_name(reference, first, None);
                Value::of(Sort::Wrong)
            }
        }
    }

    fn bare(&mut self, reference: &RefFact, name: &Name, expected: Option<&Sort>) -> Value {
        if let Some((field, owner)) = self.field(name) {
            return self.field_path(reference, field, owner, &[]);
        }
        if let Some(index) = self.param(name) {
            return self.param_path(reference, index, &[], 0);
        }
        let found = |sort: Sort| Value {
            always: true,
            ..Value::of(sort)
        };
        match expected {
            Some(Sort::Enum(def)) => {
                if let Some(member) = enum_member(self.cx, *def, name) {
                    self.out.push(reference, member);
                    return found(Sort::Enum(*def));
                }
                let members: Vec<Name> = def
                    .enum_def(self.cx.db)
                    .map(|facts| facts.members.iter().map(|(name, _)| name.clone()).collect())
                    .unwrap_or_default();
                let message = format!(
                    "`{name}` is not a value of {}: there are {}",
                    self.cx.qualified(*def),
                    listed(&members)
                );
                let place = self.cx.place(*def);
                self.unknown(reference, name, message, members);
                self.relate("the enum", place);
                Value::of(Sort::Wrong)
            }
            Some(Sort::Wrong) => Value::of(Sort::Wrong),
            Some(Sort::Role) => {
                if let Some(def) = resolve(self.cx.db, self.item, reference, &[Kind::Role]).found() {
                    self.out.push(reference, def);
                    return found(Sort::Role);
                }
                self.out.names.push(name.clone());
                let finding = self.finding(
                    "name.unknown",
                    &reference.loc,
                    format!("there is no role `{name}`"),
                );
                let similar = Similar {
                    name: name.clone(),
                    at: reference.loc.clone(),
                    kinds: &[Kind::Role],
                    local: Vec::new(),
                };
                self.out.findings.push(Finding {
                    similar: Some(similar),
                    ..finding
                });
                Value::of(Sort::Wrong)
            }
            _ => {
                self.unknown_name(reference, name, expected);
                Value::of(Sort::Wrong)
            }
        }
    }

    fn field_path(&mut self, reference: &RefFact, field: Def, owner: Def, rest: &[Name]) -> Value {
        let cx = self.cx;
        let Some(facts) = field.field(cx.db) else {
            return Value::of(Sort::Unknown);
        };
        let start = Reached {
            item: field.item,
            ty: &facts.ty,
            def: Some(field),
            always: !facts.ty.optional,
        };
        let row = matches!(field.kind, DefKind::EntityField(..));
        if self.scope.purpose == Purpose::Access && !row && !self.is_sent(owner) {
            let message = format!(
                "`{}` is a field of the answer: it is not there yet when it is decided who may ask",
                reference.text()
            );
            self.out.push(reference, field);
            let finding = self
                .finding("type.out_of_reach", &reference.loc, message)
                .help("Say it with fields of an entity that the endpoint touches, with parameters, or with the body's.")
                .related("the field", cx.place(field));
            self.out.findings.push(finding);
            return Value::of(Sort::Wrong);
        }
        let from = if row { Start::Row } else { Start::Payload };
        let reached = follow(cx, start, rest, from, 1);
        self.arrive(reference, reached)
    }

    /// Whether the fields of a structure arrive with the request or event.
    fn is_sent(&self, owner: Def) -> bool {
        owner.event(self.cx.db).is_some()
            || self.scope.params.iter().any(|param| {
                param.ty.as_ref().is_some_and(|ty| match &ty.kind {
                    TyKind::Named(reference) => {
                        self.cx.resolve(self.item, reference, STRUCTURES) == Some(owner)
                    }
                    _ => false,
                })
            })
    }

    fn param_path(&mut self, reference: &RefFact, index: u16, rest: &[Name], before: usize) -> Value {
        if let Some(make) = self.scope.param_def
            && rest.is_empty()
        {
            let kind = make(index);
            self.out.push(
                reference,
                Def {
                    item: self.item,
                    kind,
                },
            );
        }
        self.params_used.push(index);
        let cx = self.cx;
        let Some(param) = self.scope.params.get(usize::from(index)) else {
            return Value::of(Sort::Unknown);
        };
        // An undeclared parameter of the path is typed after its field.
        let Some(ty) = param.ty.as_ref() else {
            return Value::of(Sort::Unknown);
        };
        let start = Reached {
            item: self.item,
            ty,
            def: None,
            always: !ty.optional && param.default.is_none(),
        };
        let reached = follow(cx, start, rest, Start::Payload, before + 1);
        self.arrive(reference, reached)
    }

    fn arrive(&mut self, reference: &RefFact, reached: Result<Reached<'_>, Stuck<'_>>) -> Value {
        let before = |at: usize| reference.path[..at.min(reference.path.len())].join(".");
        match reached {
            Ok(reached) => {
                if let Some(def) = reached.def {
                    self.out.push(reference, def);
                }
                Value {
                    sort: sort_of(self.cx, reached.item, reached.ty),
                    always: reached.always,
                    field: reached.def,
                }
            }
            Err(Stuck::Silent) => Value::of(Sort::Wrong),
            Err(Stuck::Opaque) => Value::of(Sort::Unknown),
            Err(Stuck::Unknown(at, inside, names)) => {
                let name = reference.path.get(at).cloned().unwrap_or_default();
                let path = before(at);
                // What is like it replaces the whole path, so only a last name has candidates.
                let names = if at + 1 == reference.path.len() {
                    names
                        .into_iter()
                        .map(|name| format_smolstr!("{path}.{name}"))
                        .collect()
                } else {
                    Vec::new()
                };
                self.unknown(reference, &name, format!("{inside} has no field `{name}`"), names);
                Value::of(Sort::Wrong)
            }
            Err(Stuck::Plain(at, reached)) => {
                let message = format!(
                    "`{}` is {}: nothing is inside it that a path could lead to",
                    before(at),
                    sort_of(self.cx, reached.item, reached.ty).words(self.cx)
                );
                let mut finding = self.finding("name.unknown", &reference.loc, message);
                if let Some(def) = reached.def {
                    finding = finding.related("the field", self.cx.place(def));
                }
                self.out.findings.push(finding);
                Value::of(Sort::Wrong)
            }
            Err(Stuck::Away(at, entity)) => {
                let path = before(at);
                let message = format!(
                    "`{path}` is only the identity of {}: its row does not come with it",
                    self.cx.qualified(entity)
                );
                let finding = self
                    .finding("type.out_of_reach", &reference.loc, message)
                    .help("Compare the identity, or a field of the row that is touched.")
                    .related("the entity", self.cx.place(entity));
                self.out.findings.push(finding);
                Value::of(Sort::Wrong)
            }
        }
    }

    pub(super) fn unknown_name(&mut self, reference: &RefFact, name: &Name, expected: Option<&Sort>) {
        self.out.names.push(name.clone());
        if !self.scope.complete {
            return;
        }
        let mut known: Vec<Name> = self
            .scope
            .owners
            .iter()
            .flat_map(|owner| self.cx.fields_of(*owner))
            .map(|(_, field)| field.name.clone())
            .collect();
        known.extend(self.scope.params.iter().map(|param| param.name.clone()));
        let message = match (self.scope.purpose, self.scope.owners.first()) {
            (Purpose::Default, _) => format!(
                "`{}` means nothing here: a default is a literal, `now`, or a value of the field's enum",
                reference.text()
            ),
            (_, Some(owner)) => format!(
                "`{}` is neither a field of {} nor a parameter",
                reference.text(),
                self.cx.qualified(*owner)
            ),
            (_, None) => {
                format!("`{name}` is not a parameter, and there is no entity here whose field it could be")
            }
        };
        let told = self.out.findings.len();
        self.unknown(reference, name, message, known);
        if let [first, value] = reference.path.as_slice()
            && self.out.findings.len() > told
            && matches!(value.as_str(), "id" | "role" | "tenant")
            && matches!(
                first.as_str(),
                "auth"
                    | "current_user"
                    | "me"
                    | "principal"
                    | "request"
                    | "self"
                    | "session"
                    | "subject"
                    | "user"
            )
        {
            let text = format!("caller.{value}");
            self.repair(
                "Whoever makes the request is the `caller`.",
                FixPlan::suggest(
                    format!("Write `{text}`"),
                    vec![Step::Replace(Place::new(self.item, reference.loc.clone()), text)],
                ),
            );
        }
        if reference.path.len() == 1 && matches!(expected, Some(Sort::Text(TextKind::Plain))) {
            let text = quoted(name);
            self.repair(
                "A text stands in double quotes.",
                FixPlan::suggest(
                    format!("Write the text {text}"),
                    vec![Step::Replace(Place::new(self.item, reference.loc.clone()), text)],
                ),
            );
        }
    }

    fn unknown(&mut self, reference: &RefFact, name: &str, message: String, local: Vec<Name>) {
        if !self.scope.complete {
            return;
        }
        let finding = self.finding("name.unknown", &reference.loc, message);
        let similar = Similar {
            name: SmolStr::new(name),
            at: reference.loc.clone(),
            kinds: &[],
            local,
        };
        self.out.findings.push(Finding {
            similar: Some(similar),
            ..finding
        });
    }
}

fn enum_member(cx: Cx<'_>, def: Def, name: &Name) -> Option<Def> {
    let index = def
        .enum_def(cx.db)?
        .members
        .iter()
        .position(|(member, _)| member == name)? as u16;
    let kind = match def.kind {
        DefKind::Enum(owner) => DefKind::EnumMember(owner, index),
        _ => DefKind::ItemMember(index),
    };
    Some(Def { item: def.item, kind })
}
