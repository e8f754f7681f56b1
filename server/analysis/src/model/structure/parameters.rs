//! Parameters by where they come from: a part of the path, the query string, the body.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    family::{Family, described, family},
    report::{error, replace, within, written},
};
use crate::{
    db::Item,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{Field, ItemFacts, Op, OpKind, Param, ParamFrom, Service, Ty, TyKind},
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
};

/// Checks the parameters of one operation.
pub(super) fn check(
    cx: Cx<'_>,
    item: Item,
    facts: &ItemFacts,
    (index, op): (usize, &Op),
    service: &Service,
    out: &mut Vec<Finding>,
) {
    if op.kind != OpKind::Endpoint {
        return;
    }
    let element = within(facts, &[&op.name]);
    for param in &op.params {
        let Some(ty) = &param.ty else { continue };
        let place = Parameter {
            cx,
            item,
            param,
            ty,
            element: &element,
        };
        match param.from {
            ParamFrom::Path => {
                let sound = out.len();
                place.in_path(out);
                if out.len() == sound {
                    let op = OpRef {
                        def: Def {
                            item,
                            kind: DefKind::Op(index as u16),
                        },
                        op,
                        service,
                    };
                    out.extend(place.against_rows(op));
                }
            }
            ParamFrom::Query => out.extend(place.in_query()),
            ParamFrom::Body => out.extend(place.in_body(op)),
        }
    }
}

/// A parameter that says its type.
struct Parameter<'a, 'db> {
    cx: Cx<'db>,
    item: Item,
    param: &'a Param,
    ty: &'a Ty,
    element: &'a SmolStr,
}

impl<'db> Parameter<'_, 'db> {
    fn report(&self, loc: &Loc, message: String) -> Finding {
        error("type.parameter", self.item, self.element, loc, message)
    }

    fn type_loc(&self) -> Loc {
        match self.param.loc.part {
            Part::Arg(number) => self.param.loc.with(Part::Type(number)),
            _ => self.param.loc.clone(),
        }
    }

    fn family(&self) -> Family {
        family(self.cx, self.item, self.ty)
    }

    /// A part of the path is one text, and it is always there.
    fn in_path(&self, out: &mut Vec<Finding>) {
        let name = &self.param.name;
        let loc = self.type_loc();
        if !self.family().single() {
            let message = format!(
                "`{name}` is one part of the path and cannot be {}",
                described(self.ty, &self.family())
            );
            out.push(
                self.report(&loc, message)
                    .help("Take a single value there: a `uuid`, a text, a number, a date or an enum."),
            );
        } else if self.ty.optional {
            let message = format!("`{name}` is a part of the path, which is never missing");
            let whole = Ty {
                kind: self.ty.kind.clone(),
                optional: false,
            };
            let finding = self.report(&loc, message);
            out.push(match written(&whole) {
                Some(text) => finding.fix(replace("Remove the `?`", self.item, &loc, text)),
                None => finding,
            });
        } else if let Some(default) = &self.param.default {
            let message =
                format!("`{name}` is a part of the path, which is never missing: the default is never used");
            out.push(self.report(&default.loc, message).help("Leave the default out."));
        }
    }

    /// A query string holds single values and lists of them.
    fn in_query(&self) -> Option<Finding> {
        let family = self.family();
        let inner = match &family {
            Family::List(inner) => inner.as_ref(),
            whole => whole,
        };
        if inner.single() {
            return None;
        }
        let message = format!(
            "`{}` comes from the query string, which holds single values and lists of them, not {}",
            self.param.name,
            match inner {
                Family::List(_) => "lists of lists",
                _ => "structures",
            }
        );
        Some(
            self.report(&self.type_loc(), message)
                .help("Take its fields as parameters of their own, or call it `body` in a POST."),
        )
    }

    fn in_body(&self, op: &Op) -> Option<Finding> {
        if matches!(op.method.as_str(), "GET" | "HEAD" | "DELETE") {
            let message = format!(
                "a {} has no body: what is sent with it is dropped on the way or refused",
                op.method
            );
            let help = if op.method == "DELETE" {
                "Take it as a parameter of the path or of the query string, or make it a POST."
            } else {
                "Take it as parameters of the query string, or make it a POST that is `safe`."
            };
            return Some(self.report(&self.param.loc, message).help(help));
        }
        let TyKind::Page(reference) = &self.ty.kind else {
            return None;
        };
        let message = format!(
            "`page {}` is an answer: nobody sends a page and its cursor",
            reference.text()
        );
        let text = format!("[new {}]", reference.text());
        Some(self.report(&self.type_loc(), message).fix(replace(
            format!("Write `{text}`"),
            self.item,
            &self.type_loc(),
            text,
        )))
    }

    /// A part of the path by which a row is found has the type of the row's field.
    fn against_rows(&self, op: OpRef<'_>) -> Option<Finding> {
        let (owner, field) = self.selected(op)?;
        let (own, other) = (self.family(), family(self.cx, owner.item, &field.ty));
        // Texts may be written forms of anything, and references are as their entity is.
        let sure = |family: &Family| {
            matches!(
                family,
                Family::Number | Family::Bool | Family::Time | Family::Duration | Family::Uuid
            )
        };
        if own == other || !sure(&own) || !(sure(&other) || other == Family::Enum) {
            return None;
        }
        let message = format!(
            "`{}` is {} here, and `{}.{}` is {}: no row is ever found by it",
            self.param.name,
            described(self.ty, &own),
            self.cx.qualified(owner),
            field.name,
            described(&field.ty, &other)
        );
        let finding = error(
            "type.mismatch",
            self.item,
            self.element,
            &self.type_loc(),
            message,
        )
        .help("A parameter of the path that is not declared has the type of the field.")
        .related("the field", Place::new(owner.item, field.loc.clone()));
        let whole = Ty {
            kind: field.ty.kind.clone(),
            optional: false,
        };
        Some(match written(&whole).filter(|_| other != Family::Enum) {
            Some(text) => finding.fix(replace(
                format!("Write `{text}`"),
                self.item,
                &self.type_loc(),
                text,
            )),
            None => finding,
        })
    }

    /// The field that this part of the path selects rows by, where there is no doubt: of the only entity touched, the field
    /// of that name, or for an `{id}` at the end its identity.
    fn selected(&self, op: OpRef<'_>) -> Option<(Def, &'db Field)> {
        if !op.op.runs.is_empty() {
            return None;
        }
        let mut owner = None;
        for touch in &op.op.touches {
            let def = self.cx.resolve(self.item, &touch.entity, &[Kind::Entity])?;
            if *owner.get_or_insert(def) != def {
                return None;
            }
        }
        let owner = owner?;
        let name = self.param.name.as_str();
        let fields = &owner.entity(self.cx.db)?.fields;
        let last = op.op.path.ends_with(&format!("/{{{name}}}"));
        let field = if name == "id" {
            fields.iter().find(|field| last && field.has("id"))
        } else {
            fields.iter().find(|field| field.name == name)
        };
        Some((owner, field?))
    }
}
