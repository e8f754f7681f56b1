//! Everything in an item that has a type and attributes of its own: fields, however deep, and parameters.

use smol_str::SmolStr;

use super::report::within;
use crate::model::{
    facts::{AttributeFact, Body, ExprFact, Field, ItemFacts, Name, OpKind, Param, Ty, TyKind},
    loc::{Loc, Part},
};

/// Where something with a type stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// In an entity.
    Entity,
    /// In a type.
    Type,
    /// In an event.
    Event,
    /// Among an operation's or query's parameters.
    Parameter,
    /// In an answer.
    Answer,
}

impl Home {
    /// `an event`
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Entity => "an entity",
            Self::Type => "a type",
            Self::Event => "an event",
            Self::Parameter => "a parameter",
            Self::Answer => "an answer",
        }
    }
}

/// A field or a parameter.
pub(super) struct Carrier<'a> {
    /// Its name.
    pub(super) name: &'a Name,
    /// Its type.
    pub(super) ty: &'a Ty,
    /// Its default, from either way of writing it.
    pub(super) default: Option<&'a ExprFact>,
    /// Its attributes.
    pub(super) attributes: &'a [AttributeFact],
    /// In what it stands.
    pub(super) home: Home,
    /// Whether it is a field of a structure without a name.
    pub(super) inner: bool,
    /// The qualified name for findings.
    pub(super) element: SmolStr,
    /// Its name's place; of a parameter the whole of it.
    pub(super) loc: &'a Loc,
}

impl Carrier<'_> {
    /// Where its type stands, where that has a place of its own.
    pub(super) fn type_loc(&self) -> Option<Loc> {
        match self.loc.part {
            Part::Name => Some(self.loc.with(Part::Type(1))),
            Part::Arg(number) => Some(self.loc.with(Part::Type(number))),
            _ => None,
        }
    }

    /// Whether it has an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&AttributeFact> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Calls `each` for all of them, in text order within each member.
pub(super) fn each(facts: &ItemFacts, each: &mut impl FnMut(&Carrier<'_>)) {
    let mut fields = |list: &[Field], home: Home, owner: &[&Name]| {
        for field in list {
            let mut names = owner.to_vec();
            names.push(&field.name);
            of_field(field, home, false, &within(facts, &names), each);
        }
    };
    let service = match &facts.body {
        Body::Type(def) => return fields(&def.fields, Home::Type, &[]),
        Body::Service(service) => service,
        _ => return,
    };
    for entity in &service.entities {
        fields(&entity.fields, Home::Entity, &[&entity.name]);
    }
    for def in &service.types {
        fields(&def.fields, Home::Type, &[&def.name]);
    }
    for event in &service.events {
        fields(&event.fields, Home::Event, &[&event.name]);
    }
    for query in &service.queries {
        let element = within(facts, &[&query.name]);
        for param in &query.params {
            of_param(param, &element, each);
        }
        inside(&query.returns, Home::Answer, &element, each);
    }
    for op in &service.ops {
        // What a resource takes and answers stands nowhere in the text.
        if matches!(op.kind, OpKind::Resource(_)) {
            continue;
        }
        let element = within(facts, &[&op.name]);
        for param in &op.params {
            of_param(param, &element, each);
        }
        if let Some((ty, _)) = &op.returns {
            inside(ty, Home::Answer, &element, each);
        }
    }
}

fn of_field(field: &Field, home: Home, inner: bool, element: &SmolStr, each: &mut impl FnMut(&Carrier<'_>)) {
    each(&Carrier {
        name: &field.name,
        ty: &field.ty,
        default: field.default.as_ref(),
        attributes: &field.attributes,
        home,
        inner,
        element: element.clone(),
        loc: &field.loc,
    });
    inside(&field.ty, home, element, each);
}

fn of_param(param: &Param, element: &SmolStr, each: &mut impl FnMut(&Carrier<'_>)) {
    // A path parameter that is not declared has nothing to be judged.
    let Some(ty) = &param.ty else { return };
    each(&Carrier {
        name: &param.name,
        ty,
        default: param.default.as_ref(),
        attributes: &param.attributes,
        home: Home::Parameter,
        inner: false,
        element: element.clone(),
        loc: &param.loc,
    });
    inside(ty, Home::Parameter, element, each);
}

fn inside(ty: &Ty, home: Home, element: &SmolStr, each: &mut impl FnMut(&Carrier<'_>)) {
    match &ty.kind {
        TyKind::List(inner) => inside(inner, home, element, each),
        TyKind::Inline(fields) => {
            for field in fields {
                of_field(field, home, true, element, each);
            }
        }
        _ => {}
    }
}
