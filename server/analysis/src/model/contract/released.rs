//! The released records, found by name, with who sees each field: computed once for a lock.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{FieldText, Shape, Wire, route_shape};
use crate::lock::{Lock, Record};

/// How a field, or the members of an enum, were seen from outside of their service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "four questions that have nothing to do with each other"
)]
pub struct Usage {
    /// In answers and events.
    pub sent: bool,
    /// In bodies and parameters.
    pub taken: bool,
    /// By somebody whom the blueprint does not hold: not only through `internal` endpoints.
    pub outside: bool,
    /// As part of what it stands in, not only through projections of it.
    pub direct: bool,
}

impl Usage {
    const SENT: Self = Self {
        sent: true,
        taken: false,
        outside: true,
        direct: true,
    };
    const TAKEN: Self = Self {
        sent: false,
        taken: true,
        ..Self::SENT
    };
}

/// What was released.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Released {
    records: Vec<Record>,
    /// By the name of the item, the records of it and of its members.
    by_item: FxHashMap<SmolStr, Vec<usize>>,
    /// By kind and path.
    by_path: FxHashMap<(SmolStr, SmolStr), usize>,
    /// By record, and the field's name; of an enum under the empty name.
    usage: FxHashMap<(usize, SmolStr), Usage>,
    routes: FxHashSet<String>,
}

impl Released {
    /// What a lock holds.
    pub fn new(lock: Lock) -> Self {
        let mut released = Self {
            records: lock.records,
            ..Self::default()
        };
        for (index, record) in released.records.iter().enumerate() {
            let item = record.path.split('.').next().unwrap_or_default();
            released.by_item.entry(item.into()).or_default().push(index);
            released
                .by_path
                .insert((record.kind.clone(), record.path.clone()), index);
            if let Some(route) = record.get("route") {
                released.routes.insert(route_shape(route));
            }
        }
        released.note_usage();
        released
    }

    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The record of an element.
    pub fn get(&self, kind: &str, path: &str) -> Option<&Record> {
        let at = self.by_path.get(&(SmolStr::from(kind), SmolStr::from(path)))?;
        self.records.get(*at)
    }

    /// The records of an item and of its members.
    pub fn of_item(&self, name: &str) -> impl Iterator<Item = &Record> {
        let found = self.by_item.get(name).map(Vec::as_slice).unwrap_or_default();
        found.iter().map(|index| &self.records[*index])
    }

    /// All records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record of a type, enum or entity.
    pub fn type_of(&self, path: &str) -> Option<&Record> {
        ["type", "entity", "enum"]
            .into_iter()
            .find_map(|kind| self.get(kind, path))
    }

    /// How a field was seen; the empty name is that of an enum's members.
    pub fn usage(&self, record: &Record, field: &str) -> Usage {
        self.by_path
            .get(&(record.kind.clone(), record.path.clone()))
            .and_then(|index| self.usage.get(&(*index, SmolStr::from(field))))
            .copied()
            .unwrap_or_default()
    }

    /// Whether a route was released, whatever its parameters were called.
    pub fn has_route(&self, route: &str) -> bool {
        self.routes.contains(&route_shape(route))
    }

    /// The text of a field, through projections.
    pub fn field<'r>(&'r self, record: &'r Record, name: &str) -> Option<&'r str> {
        match record.get("of") {
            Some(of) => {
                record.named("field", name)?;
                self.get("entity", of)?.named("field", name)
            }
            None => record.named("field", name),
        }
    }

    fn note_usage(&mut self) {
        let mut walk = Walk {
            released: self,
            entered: FxHashSet::default(),
            found: FxHashMap::default(),
        };
        for record in &walk.released.records {
            let outside = record.get("internal").is_none();
            match record.kind.as_str() {
                "endpoint" => {
                    if let Some((shape, _)) = record.get("returns").and_then(Shape::read) {
                        walk.shape(
                            &shape,
                            Usage {
                                outside,
                                ..Usage::SENT
                            },
                        );
                    }
                    for (_, param) in record.each("param") {
                        let ty = param.split_once(' ').map_or(param, |(_, ty)| ty);
                        if let Some((shape, _)) = Shape::read(ty) {
                            walk.shape(
                                &shape,
                                Usage {
                                    outside,
                                    ..Usage::TAKEN
                                },
                            );
                        }
                    }
                }
                "event" => {
                    for field in record
                        .each("field")
                        .filter_map(|(_, text)| FieldText::parse(text))
                    {
                        walk.shape(&field.shape, Usage::SENT);
                    }
                }
                _ => {}
            }
        }
        self.usage = walk.found;
    }
}

/// Notes who sees the fields inside a type.
struct Walk<'r> {
    released: &'r Released,
    entered: FxHashSet<(SmolStr, bool, bool, bool)>,
    found: FxHashMap<(usize, SmolStr), Usage>,
}

impl Walk<'_> {
    fn shape(&mut self, shape: &Shape, usage: Usage) {
        match &shape.wire {
            Wire::List(inner) => self.shape(inner, usage),
            Wire::Inline(fields) => fields.iter().for_each(|(_, shape)| self.shape(shape, usage)),
            Wire::Name(path) => self.named(path, usage, false),
            Wire::Of("ref", _) => {}
            Wire::Of(word, path) => self.named(path, usage, matches!(*word, "new" | "patch")),
        }
    }

    fn named(&mut self, path: &str, usage: Usage, settable: bool) {
        let Some(record) = self.released.type_of(path) else {
            return;
        };
        let key = (record.path.clone(), usage.sent, usage.outside, settable);
        if !self.entered.insert(key) {
            return;
        }
        if record.kind == "enum" {
            self.note(record, "", usage);
            return;
        }
        for (name, _) in record.each("field") {
            let Some(field) = self.released.field(record, name).and_then(FieldText::parse) else {
                continue;
            };
            if field.has("internal") || (settable && !field.settable()) {
                continue;
            }
            self.note(record, name, usage);
            if let Some(entity) = record.get("of").and_then(|of| self.released.get("entity", of)) {
                self.note(
                    entity,
                    name,
                    Usage {
                        direct: false,
                        ..usage
                    },
                );
            }
            self.shape(&field.shape, usage);
        }
    }

    fn note(&mut self, record: &Record, field: &str, usage: Usage) {
        let key = (record.kind.clone(), record.path.clone());
        let Some(&index) = self.released.by_path.get(&key) else {
            return;
        };
        let known = self.found.entry((index, field.into())).or_default();
        known.sent |= usage.sent;
        known.taken |= usage.taken;
        known.outside |= usage.outside;
        known.direct |= usage.direct;
    }
}
