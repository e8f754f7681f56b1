//! Predicates and values: what their names mean, and whether their sides fit together.

use archwright_grammar::{
    ast::{CompareOp, Literal},
    vocabulary::{self, Kind},
};
use smol_str::SmolStr;

use super::{
    cx::Cx,
    def::{Def, DefKind},
    facts::{ExprFact, ExprFactKind, Name, Param, RefFact, Ty, TyKind},
    finding::{Finding, Place, Similar},
    resolve::resolve,
    resolved::Resolved,
};
use crate::{db::Item, diagnostic::Severity};

/// What an expression is, as far as comparing goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    /// Not known: never a mismatch.
    Unknown,
    /// Has a name or type that is wrong, which is reported where that stands: nothing that meets it is judged.
    Wrong,
    /// True or false.
    Bool,
    /// Text of any length, e-mail, phone, URL.
    Text,
    /// A number.
    Number,
    /// A point in time or a day.
    Time,
    /// A length of time.
    Duration,
    /// An identity: `uuid`, `ref`, `caller.id`, `caller.tenant`.
    Identity,
    /// A member of an enum.
    Enum(Def),
    /// `caller.role`
    Role,
    /// `null`
    Null,
    /// Something that can't be compared: lists, structures.
    Structure,
}

impl Sort {
    fn words(&self, cx: Cx<'_>) -> String {
        match self {
            Self::Unknown | Self::Wrong => "a value".into(),
            Self::Bool => "true or false".into(),
            Self::Text => "text".into(),
            Self::Number => "a number".into(),
            Self::Time => "a point in time".into(),
            Self::Duration => "a length of time".into(),
            Self::Identity => "an identity".into(),
            Self::Enum(def) => format!("a value of {}", cx.qualified(*def)),
            Self::Role => "a role".into(),
            Self::Null => "null".into(),
            Self::Structure => "a structure or list".into(),
        }
    }

    fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown | Self::Wrong, _) | (_, Self::Unknown | Self::Wrong) => true,
            // An identity may be kept as a uuid, a text or a number.
            (Self::Identity, Self::Text | Self::Number) | (Self::Text | Self::Number, Self::Identity) => true,
            _ => self == other,
        }
    }
}

/// Where the names of an expression come from.
pub struct Scope<'a> {
    /// Entities or events whose fields are meant, the first first.
    pub owners: Vec<Def>,
    /// Whether these are all of them: where something that would bring more is unknown, no name is held to be wrong.
    pub complete: bool,
    /// Parameters.
    pub params: &'a [Param],
    /// How a parameter's number becomes a definition.
    pub param_def: Option<&'a dyn Fn(u16) -> DefKind>,
    /// The qualified name for findings.
    pub element: SmolStr,
}

/// Resolves one expression tree.
pub struct Checker<'a, 'db> {
    /// The eyes.
    pub cx: Cx<'db>,
    /// Where the expression is written.
    pub item: Item,
    /// Its names.
    pub scope: Scope<'a>,
    /// Where references and findings go.
    pub out: &'a mut Resolved,
}

impl Checker<'_, '_> {
    /// Checks an expression that must be true or false.
    pub fn predicate(&mut self, expr: &ExprFact) {
        let sort = self.sort(expr, None);
        if !matches!(sort, Sort::Unknown | Sort::Wrong | Sort::Bool) {
            let message = format!("a condition is true or false; this is {}", sort.words(self.cx));
            self.report(
                "type.not_a_condition",
                expr,
                message,
                Some("Compare it: `status == placed`."),
            );
        }
    }

    /// Checks a value that must fit `ty`.
    pub fn value(&mut self, expr: &ExprFact, item: Item, ty: &Ty) {
        let wanted = sort_of(self.cx, item, ty);
        let sort = self.sort(expr, Some(&wanted));
        if sort == Sort::Null && ty.optional {
            return;
        }
        if wanted == Sort::Structure || (sort == Sort::Text && wanted == Sort::Time) {
            return;
        }
        if !sort.fits(&wanted) {
            let message = format!(
                "{} is needed here, this is {}",
                wanted.words(self.cx),
                sort.words(self.cx)
            );
            self.report("type.mismatch", expr, message, None);
        }
    }

    /// What an expression is; `expected` tells which enum or role a bare name may belong to.
    pub fn sort(&mut self, expr: &ExprFact, expected: Option<&Sort>) -> Sort {
        match &expr.kind {
            ExprFactKind::And(left, right) | ExprFactKind::Or(left, right) => {
                self.predicate(left);
                self.predicate(right);
                Sort::Bool
            }
            ExprFactKind::Not(inner) => {
                self.predicate(inner);
                Sort::Bool
            }
            ExprFactKind::Compare(left, op, right) => {
                self.compare(expr, left, *op, right);
                Sort::Bool
            }
            ExprFactKind::In(inner, list) => {
                let sort = self.sort(inner, None);
                for element in list {
                    let found = self.sort(element, Some(&sort));
                    self.must_fit(element, &sort, &found);
                }
                Sort::Bool
            }
            ExprFactKind::IsNull(inner, _) => {
                self.sort(inner, None);
                Sort::Bool
            }
            ExprFactKind::Add(left, right) | ExprFactKind::Sub(left, right) => {
                let left_sort = self.sort(left, expected);
                let right_sort = self.sort(right, None);
                match (&left_sort, &right_sort) {
                    (Sort::Time, Sort::Time) => Sort::Duration,
                    (Sort::Time, Sort::Duration | Sort::Unknown) => Sort::Time,
                    (Sort::Wrong, _) | (_, Sort::Wrong) => Sort::Wrong,
                    (Sort::Unknown, _) | (_, Sort::Unknown) => Sort::Unknown,
                    (Sort::Number, Sort::Number) => Sort::Number,
                    (Sort::Duration, Sort::Duration) => Sort::Duration,
                    _ => {
                        let message = format!(
                            "{} and {} can't be added or subtracted",
                            left_sort.words(self.cx),
                            right_sort.words(self.cx)
                        );
                        self.report("type.mismatch", expr, message, None);
                        Sort::Unknown
                    }
                }
            }
            ExprFactKind::Ref(reference) => self.reference(reference, expected),
            ExprFactKind::Now => Sort::Time,
            ExprFactKind::Caller(field) => match field.as_str() {
                "id" | "tenant" => Sort::Identity,
                "role" => Sort::Role,
                _ => {
                    let fields: Vec<Name> = vocabulary::CALLER_FIELDS
                        .iter()
                        .map(|(name, _)| Name::new_static(name))
                        .collect();
                    let message = format!("a caller has no `{field}`: there are {}", listed(&fields));
                    self.report("name.unknown", expr, message, None);
                    Sort::Unknown
                }
            },
            ExprFactKind::Call(_, args) => {
                for argument in args {
                    self.sort(argument, None);
                }
                Sort::Unknown
            }
            ExprFactKind::Literal(literal) => match literal {
                Literal::String(_) => Sort::Text,
                Literal::Int(_) | Literal::Decimal(_) | Literal::Size(_) | Literal::Percent(_) => {
                    Sort::Number
                }
                Literal::Bool(_) => Sort::Bool,
                Literal::Null => Sort::Null,
                Literal::Duration(_) => Sort::Duration,
                Literal::Date(_) => Sort::Time,
            },
            ExprFactKind::Error => Sort::Unknown,
        }
    }

    fn compare(&mut self, expr: &ExprFact, left: &ExprFact, op: CompareOp, right: &ExprFact) {
        // The side with a type decides what a bare name on the other side may be.
        let right_first = self.is_bare_unknown(left) && !self.is_bare_unknown(right);
        let (left_sort, right_sort) = if right_first {
            let right_sort = self.sort(right, None);
            (self.sort(left, Some(&right_sort)), right_sort)
        } else {
            let left_sort = self.sort(left, None);
            let right_sort = self.sort(right, Some(&left_sort));
            (left_sort, right_sort)
        };
        if left_sort == Sort::Null || right_sort == Sort::Null {
            let test = if op == CompareOp::Ne {
                "is not null"
            } else {
                "is null"
            };
            self.report(
                "type.null_comparison",
                expr,
                "comparing with null is never true".to_owned(),
                Some(&format!("Write `{test}`.")),
            );
            return;
        }
        self.must_fit(right, &left_sort, &right_sort);
        if matches!(op, CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge)
            && matches!(
                left_sort,
                Sort::Bool | Sort::Identity | Sort::Enum(_) | Sort::Role
            )
        {
            let message = format!("{} has no order", left_sort.words(self.cx));
            self.report("type.mismatch", expr, message, Some("Use `==`, `!=` or `in`."));
        }
    }

    fn must_fit(&mut self, at: &ExprFact, left: &Sort, right: &Sort) {
        if *left == Sort::Structure || !left.fits(right) {
            let message = if *left == Sort::Structure || *right == Sort::Structure {
                "a structure or list can't be compared".to_owned()
            } else {
                format!(
                    "{} is compared with {}",
                    left.words(self.cx),
                    right.words(self.cx)
                )
            };
            self.report("type.mismatch", at, message, None);
        }
    }

    /// Whether this is one name that is neither a field nor a parameter.
    fn is_bare_unknown(&self, expr: &ExprFact) -> bool {
        match &expr.kind {
            ExprFactKind::Ref(reference) => match reference.path.as_slice() {
                [name] => self.field(name).is_none() && self.param(name).is_none(),
                _ => false,
            },
            _ => false,
        }
    }

    fn field(&self, name: &Name) -> Option<Def> {
        self.scope.owners.iter().find_map(|owner| {
            self.cx
                .fields_of(*owner)
                .into_iter()
                .find(|(_, field)| field.name == *name)
                .map(|(def, _)| def)
        })
    }

    fn param(&self, name: &Name) -> Option<u16> {
        self.scope
            .params
            .iter()
            .position(|param| param.name == *name)
            .map(|index| index as u16)
    }

    fn param_sort(&mut self, reference: &RefFact, index: u16) -> Sort {
        if let Some(make) = self.scope.param_def {
            self.out.push(
                reference,
                Def {
                    item: self.item,
                    kind: make(index),
                },
            );
        }
        match self
            .scope
            .params
            .get(usize::from(index))
            .and_then(|param| param.ty.as_ref())
        {
            Some(ty) => sort_of(self.cx, self.item, ty),
            None => Sort::Unknown,
        }
    }

    fn reference(&mut self, reference: &RefFact, expected: Option<&Sort>) -> Sort {
        match reference.path.as_slice() {
            [name] => {
                if let Some(def) = self.field(name) {
                    self.out.push(reference, def);
                    return def
                        .field(self.cx.db)
                        .map_or(Sort::Unknown, |field| sort_of(self.cx, def.item, &field.ty));
                }
                if let Some(index) = self.param(name) {
                    return self.param_sort(reference, index);
                }
                match expected {
                    Some(Sort::Enum(def)) => {
                        if let Some(member) = enum_member(self.cx, *def, name) {
                            self.out.push(reference, member);
                            return Sort::Enum(*def);
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
                        self.unknown(reference, message, members);
                        return Sort::Wrong;
                    }
                    Some(Sort::Wrong) => return Sort::Wrong,
                    Some(Sort::Role) => {
                        if let Some(def) = resolve(self.cx.db, self.item, reference, &[Kind::Role]).found() {
                            self.out.push(reference, def);
                            return Sort::Role;
                        }
                        let message = format!("there is no role `{name}`");
                        let finding = self.finding("name.unknown", reference, message);
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
                        return Sort::Wrong;
                    }
                    _ => {}
                }
                self.unknown_name(reference, name);
                Sort::Wrong
            }
            [first, second] if first == "param" => {
                if let Some(index) = self.param(second) {
                    return self.param_sort(reference, index);
                }
                let params: Vec<Name> = self.scope.params.iter().map(|param| param.name.clone()).collect();
                self.unknown(reference, format!("there is no parameter `{second}`"), params);
                Sort::Wrong
            }
            [first, rest @ ..] => {
                // A value of an enum with its enum's name, or a path through fields.
                if let Some(def) = resolve(self.cx.db, self.item, reference, &[Kind::EnumMember]).found() {
                    self.out.push(reference, def);
                    let owner = match def.kind {
                        DefKind::EnumMember(owner, _) => Def {
                            item: def.item,
                            kind: DefKind::Enum(owner),
                        },
                        _ => Def::item(def.item),
                    };
                    return Sort::Enum(owner);
                }
                let mut at = self.field(first);
                if at.is_none() && self.param(first).is_some() {
                    return Sort::Unknown;
                }
                for segment in rest {
                    let Some(def) = at else { break };
                    let Some(field) = def.field(self.cx.db) else { break };
                    let owner = match &field.ty.kind {
                        TyKind::Ref(reference) | TyKind::Named(reference) => {
                            self.cx
                                .resolve(def.item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])
                        }
                        _ => None,
                    };
                    if owner.is_none() && !known_type(self.cx, def.item, &field.ty) {
                        return Sort::Wrong;
                    }
                    at = owner.and_then(|owner| {
                        self.cx
                            .fields_of(owner)
                            .into_iter()
                            .find(|(_, field)| field.name == *segment)
                            .map(|(def, _)| def)
                    });
                }
                if let Some(def) = at {
                    self.out.push(reference, def);
                    return def
                        .field(self.cx.db)
                        .map_or(Sort::Unknown, |field| sort_of(self.cx, def.item, &field.ty));
                }
                self.unknown_name(reference, first);
                Sort::Wrong
            }
            [] => Sort::Unknown,
        }
    }

    fn unknown_name(&mut self, reference: &RefFact, name: &Name) {
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
        let message = match self.scope.owners.first() {
            Some(owner) => {
                format!(
                    "`{}` is neither a field of {} nor a parameter",
                    reference.text(),
                    self.cx.qualified(*owner)
                )
            }
            None => {
                format!("`{name}` is not a parameter, and there is no entity here whose field it could be")
            }
        };
        self.unknown(reference, message, known);
    }

    fn unknown(&mut self, reference: &RefFact, message: String, local: Vec<Name>) {
        let name = reference.path.last().cloned().unwrap_or_default();
        let finding = self.finding("name.unknown", reference, message);
        let similar = Similar {
            name,
            at: reference.loc.clone(),
            kinds: &[],
            local,
        };
        self.out.findings.push(Finding {
            similar: Some(similar),
            ..finding
        });
    }

    fn finding(&self, code: &'static str, reference: &RefFact, message: String) -> Finding {
        Finding::new(
            code,
            Severity::Error,
            self.scope.element.clone(),
            Place::new(self.item, reference.loc.clone()),
            message,
        )
    }

    fn report(&mut self, code: &'static str, at: &ExprFact, message: String, help: Option<&str>) {
        let mut finding = Finding::new(
            code,
            Severity::Error,
            self.scope.element.clone(),
            Place::new(self.item, at.loc.clone()),
            message,
        );
        finding.help = help.map(str::to_owned);
        self.out.findings.push(finding);
    }
}

/// `a, b and c`, at most eight of them.
pub fn listed(names: &[Name]) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    match shown.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 8 => format!("{} and {last}", first.join(", ")),
        all => format!("{} and {} more", all.join(", "), names.len() - 8),
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

/// What values of a type are.
pub fn sort_of(cx: Cx<'_>, item: Item, ty: &Ty) -> Sort {
    match &ty.kind {
        TyKind::Scalar(name, _) => match name.as_str() {
            "uuid" => Sort::Identity,
            "string" | "text" | "email" | "phone" | "url" => Sort::Text,
            "int" | "long" | "decimal" | "float" | "money" => Sort::Number,
            "bool" => Sort::Bool,
            "instant" | "date" => Sort::Time,
            "duration" => Sort::Duration,
            _ => Sort::Unknown,
        },
        TyKind::Ref(_) => Sort::Identity,
        TyKind::Named(reference) => {
            match cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) {
                Some(def) if def.enum_def(cx.db).is_some() => Sort::Enum(def),
                Some(_) => Sort::Structure,
                None => Sort::Wrong,
            }
        }
        TyKind::List(_) => Sort::Structure,
        TyKind::New(_) | TyKind::Patch(_) | TyKind::Page(_) | TyKind::Inline(_) => Sort::Structure,
        TyKind::Error => Sort::Wrong,
    }
}

/// Whether all that a type names is known.
pub fn known_type(cx: Cx<'_>, item: Item, ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(..) | TyKind::Inline(_) => true,
        TyKind::List(inner) => known_type(cx, item, inner),
        TyKind::Named(reference)
        | TyKind::Ref(reference)
        | TyKind::New(reference)
        | TyKind::Patch(reference)
        | TyKind::Page(reference) => cx
            .resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])
            .is_some_and(|def| {
                let of = def.type_def(cx.db).and_then(|def| def.of.as_ref());
                of.is_none_or(|of| cx.resolve(def.item, of, &[Kind::Entity]).is_some())
            }),
        TyKind::Error => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn names(text: &str) -> Vec<String> {
        check(text)
            .iter()
            .filter(|line| line.contains(" name.") || line.contains(" type."))
            .map(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn one_wrong_name_is_one_error() {
        let text = "service A {
  query q -> [Nope] { where status == placed and count > 3; order count }
  entity E { id: uuid @id; s: Status = placed; r: ref Gone; visible where r.owner == caller.id and s == sent }
  query f -> [E] { where idd == sent or r is null }
  on Foo.Happened as x { idempotent by thing; reads E }
}
";
        assert_eq!(
            names(text),
            [
                "2:15 error name.unknown A.q:",
                "3:31 error name.unknown A.E.s:",
                "3:55 error name.unknown A.E.r:",
                "4:26 error name.unknown A.f:",
                "5:6 error name.unknown A.x:"
            ]
        );
    }

    #[test]
    fn what_is_known_is_still_judged() {
        let text = "service A {
  enum Status { placed, sent }
  entity E { id: uuid @id; s: Status = plaxed; n: int }
  query q -> [E] { where s == snt and n == \"x\" and m == n; order k }
  type Brief of E { id, n }
}
vendor V: http { receives A.Brief.n, A.Brief.s }
";
        let found = names(text);
        for expected in [
            "3:40 error name.unknown A.E.s:",
            "4:31 error name.unknown A.q:",
            "4:44 error type.mismatch A.q:",
            "4:52 error name.unknown A.q:",
            "4:66 error name.unknown A.q:",
        ] {
            assert!(found.iter().any(|line| line == expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn projections_reach_their_fields_and_no_others() {
        let text = "service A { entity E { id: uuid @id; s: string; n: int }; type Brief of E { id, n } }
vendor V: http { receives A.Brief.n }
vendor W: http { receives A.Brief.s }
";
        assert_eq!(names(text), ["3:27 error name.unknown W:"]);
    }

    #[test]
    fn a_blueprint_has_one_system() {
        assert_eq!(
            names("system A { tls required }\nsystem B { tls required }\n"),
            ["2:8 error name.duplicate B:"]
        );
    }

    #[test]
    fn a_misspelled_service_keeps_what_stands_behind_it() {
        let text = "service Orders { event Placed v1 { id: uuid } }\nservice B { on Ordrs.Placed.v1 as h }\n";
        let after = crate::testing::fixed(text, "Change to `Orders.Placed.v1`");
        assert!(after.contains("on Orders.Placed.v1 as h"), "{after}");
        assert_eq!(names(&after), [""; 0]);
    }

    #[test]
    fn what_is_proposed_fits_the_place() {
        let text = "service A { endpoint place GET /a }\nservice B { on A.plac as h }\n";
        assert!(
            !crate::testing::diagnostics(text)
                .iter()
                .flat_map(|found| &found.fixes)
                .any(|fix| fix.title.starts_with("Change"))
        );
    }

    #[test]
    fn a_projection_of_itself_ends() {
        let text = "service A { type P of P.x { id }; type Q of A.Q.y { id }; type R of R { id } }\nvendor V: http { receives A.P.x, A.Q.y, A.R.z }\n";
        assert!(!names(text).is_empty());
    }
}
