//! The fields of entities, types and events as facts.

use smol_str::format_smolstr;

use super::{Facts, Shape, put, shape_text};
use crate::{
    db::Item,
    model::{
        contract::date_text,
        cx::Cx,
        def::Def,
        facts::{AttributeArgFact, EnumDef, ExprFactKind, Field},
        nested::own_classes,
    },
};

/// Attributes that a record keeps, in the order in which they are written. Classes come first, and by nature too.
const KEPT: &[&str] = &[
    "encrypted",
    "hashed",
    "masked",
    "tokenized",
    "id",
    "created",
    "updated",
    "readonly",
    "internal",
    "unique",
];

/// `text? @phi @encrypted`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText<'t> {
    /// Its type.
    pub shape: Shape,
    /// The type as it is written.
    pub ty: &'t str,
    /// Words with `@`, without it.
    pub words: Vec<&'t str>,
}

impl<'t> FieldText<'t> {
    /// Reads what [`field_text`] has written.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (shape, rest) = Shape::read(text)?;
        Some(Self {
            shape,
            ty: text[..text.len() - rest.len()].trim_end(),
            words: rest
                .split_whitespace()
                .filter_map(|word| word.strip_prefix('@'))
                .collect(),
        })
    }

    /// Whether it has a word.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// Whether a client may set it when a row is made.
    pub fn settable(&self) -> bool {
        !["id", "created", "updated", "readonly", "internal"]
            .iter()
            .any(|word| self.has(word))
    }

    /// Whether whoever makes a row must give it.
    pub fn required(&self) -> bool {
        !self.shape.optional && !self.has("default")
    }
}

/// A field as one text: type, classes, attributes, whether there is a default.
pub fn field_text(cx: Cx<'_>, item: Item, field: &Field) -> String {
    let mut out = shape_text(cx, item, &field.ty);
    let classes = own_classes(field).words();
    for class in classes.split(", ").filter(|class| !class.is_empty()) {
        out.push(' ');
        out.push_str(class);
    }
    for word in KEPT.iter().filter(|word| field.has(word)) {
        out.push_str(" @");
        out.push_str(word);
    }
    if field.default.is_some() {
        out.push_str(" @default");
    }
    if field.has("deprecated") {
        out.push_str(" @deprecated");
        if let Some(date) = sunset_of(field) {
            out.push('=');
            out.push_str(&date_text(date));
        }
    }
    out
}

/// The date after `sunset:` of a field's `@deprecated`.
pub fn sunset_of(field: &Field) -> Option<archwright_grammar::ast::Date> {
    let attribute = field.attributes.iter().find(|found| found.name == "deprecated")?;
    attribute.args.iter().find_map(|argument| match argument {
        AttributeArgFact::Value(Some(name), value) if name == "sunset" => match value.kind {
            ExprFactKind::Literal(archwright_grammar::ast::Literal::Date(date)) => Some(date),
            _ => None,
        },
        _ => None,
    })
}

pub(super) fn of_fields(cx: Cx<'_>, def: Def, out: &mut Facts) {
    for (field_def, field) in cx.fields_of(def) {
        if !field.name.is_empty() {
            let text = field_text(cx, field_def.item, field);
            put(out, format_smolstr!("field {}", field.name), text);
        }
    }
}

/// A type; a projection has only names, because what they are is the entity's to say.
pub(super) fn of_type(cx: Cx<'_>, def: Def, out: &mut Facts) {
    let Some(facts) = def.type_def(cx.db) else { return };
    let Some(of) = &facts.of else {
        return of_fields(cx, def, out);
    };
    let entity = cx
        .def(def.item, of)
        .map_or_else(|| of.text(), |entity| cx.qualified(entity).to_string());
    put(out, "of", entity);
    for (name, _) in &facts.projected {
        put(out, format_smolstr!("field {name}"), "");
    }
}

pub(super) fn of_enum(def: &EnumDef, out: &mut Facts) {
    for (name, _) in &def.members {
        put(out, format_smolstr!("member {name}"), "");
    }
}
