//! What stands at a byte of a file: the first step of every feature.

use archwright_grammar::{
    ast::{Argument, Ident, Node, Param, Ref, Tree, Value},
    span::Span,
    vocabulary::Form,
};
use smallvec::SmallVec;

use crate::{
    FileId, Snapshot,
    db::{Item, parsed, resolved},
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, Field},
        loc::{Loc, Part, refs_in_value},
    },
};

/// A place inside an item.
pub(crate) struct Spot<'a> {
    pub cx: Cx<'a>,
    pub item: Item,
    /// First byte of the item in its file.
    pub start: u32,
    pub tree: &'a Tree,
    /// The byte, from the item's start.
    pub offset: u32,
    /// From the item's node to the innermost one around the byte.
    pub nodes: Vec<&'a Node>,
    /// Child indices of those nodes.
    pub path: SmallVec<[u16; 4]>,
}

/// What was found there.
pub(crate) enum Thing<'a> {
    /// A definition, by its name or by a reference to it.
    Def(Def),
    /// The leading word of a construct.
    Word(&'static Form),
    /// Any other argument.
    Argument(&'a Node, &'a Argument),
}

impl<'a> Spot<'a> {
    /// What stands around a byte; `None` where the file is gone.
    pub fn at(snapshot: &'a Snapshot, file: FileId, offset: u32) -> Option<Self> {
        let (item, start) = snapshot.item_at(file, offset)?;
        let tree: &Tree = parsed(&snapshot.db, item);
        let mut spot = Self {
            cx: snapshot.cx(),
            item,
            start,
            tree,
            offset: offset - start,
            nodes: Vec::new(),
            path: SmallVec::new(),
        };
        let mut at = tree.node.as_ref().filter(|node| node.span.touches(spot.offset));
        while let Some(node) = at {
            spot.nodes.push(node);
            let inner = node
                .children()
                .iter()
                .enumerate()
                .find(|(_, child)| child.span.touches(spot.offset));
            if let Some((index, _)) = inner {
                spot.path.push(index as u16);
            }
            at = inner.map(|(_, child)| child);
        }
        Some(spot)
    }

    /// The innermost node.
    pub fn node(&self) -> Option<&'a Node> {
        self.nodes.last().copied()
    }

    /// What is meant here, and where it stands (from the item's start).
    pub fn thing(&self) -> Option<(Thing<'a>, Span)> {
        let node = self.node()?;
        for (index, argument) in node.args.iter().enumerate() {
            if !argument.span.touches(self.offset) {
                continue;
            }
            if let Some((def, span)) = self.in_argument(index as u16, argument) {
                return Some((Thing::Def(def), span));
            }
            // A field's name is an argument and its word at once.
            if argument.span.touches(self.offset) && !matches!(argument.value, Value::Name(_)) {
                return Some((Thing::Argument(node, argument), argument.span));
            }
        }
        if node.word.span.touches(self.offset) {
            // Operations of a resource have no name but their word.
            if let Some(def) = def_at(self.cx, self.item, &self.path)
                && node.name().is_none()
                && matches!(def.kind, DefKind::Op(_))
            {
                return Some((Thing::Def(def), node.word.span));
            }
            return Some((Thing::Word(node.form), node.word.span));
        }
        None
    }

    /// The definition meant here.
    pub fn def(&self) -> Option<(Def, Span)> {
        match self.thing()? {
            (Thing::Def(def), span) => Some((def, span)),
            _ => None,
        }
    }

    fn in_argument(&self, index: u16, argument: &'a Argument) -> Option<(Def, Span)> {
        match &argument.value {
            Value::Name(name) => {
                let loc = Loc::at(&self.path, Part::Name);
                let def = resolved(self.cx.db, self.item)
                    .get(&loc)
                    .or_else(|| def_at(self.cx, self.item, &self.path))?;
                return Some((def, name.span));
            }
            Value::Param(param) if param.name.span.touches(self.offset) => {
                return Some((self.param(param)?, param.name.span));
            }
            Value::Path(path) => {
                for segment in &path.segments {
                    if let archwright_grammar::ast::PathSegment::Param(name) = segment
                        && name.span.touches(self.offset)
                    {
                        return Some((self.param_called(name)?, name.span));
                    }
                }
            }
            _ => {}
        }
        let mut number = 0;
        let mut found = None;
        refs_in_value(&argument.value, &mut |reference| {
            if found.is_none() && reference.span().touches(self.offset) {
                found = Some((number, reference));
            }
            number += 1;
        });
        let (number, reference): (u16, &Ref) = found?;
        let last = resolved(self.cx.db, self.item).get(&Loc::at(&self.path, Part::Ref(index, number)))?;
        let segments = segment_defs(self.cx, last, reference);
        segments.into_iter().find(|(_, span)| span.touches(self.offset))
    }

    fn param(&self, param: &Param) -> Option<Def> {
        self.param_called(&param.name)
    }

    fn param_called(&self, name: &Ident) -> Option<Def> {
        let owner = def_at(self.cx, self.item, &self.path)?;
        let position = |params: &[crate::model::facts::Param]| {
            params
                .iter()
                .position(|param| param.name == name.text)
                .map(|index| index as u16)
        };
        let kind = match owner.kind {
            DefKind::Op(op) => DefKind::OpParam(op, position(&owner.op(self.cx.db)?.params)?),
            DefKind::Query(query) => DefKind::QueryParam(query, position(&owner.query(self.cx.db)?.params)?),
            _ => return None,
        };
        Some(Def {
            item: self.item,
            kind,
        })
    }
}

/// What each segment of a dotted reference means, given what the whole means.
pub(crate) fn segment_defs(cx: Cx<'_>, whole: Def, reference: &Ref) -> Vec<(Def, Span)> {
    let mut defs = Vec::with_capacity(reference.segments.len());
    let mut at = Some(whole);
    for (index, segment) in reference.segments.iter().enumerate().rev() {
        let Some(def) = at else { break };
        defs.push((def, segment.span));
        // `OrderPlaced.v1` are two segments for one thing; `param.id` is one thing with a word before it.
        let version = def.event(cx.db).is_some_and(|event| event.name != segment.text) && index > 0;
        at = if version { Some(def) } else { def.parent() };
    }
    defs
}

/// The definition whose name stands at the node at `path`.
pub(crate) fn def_at(cx: Cx<'_>, item: Item, path: &[u16]) -> Option<Def> {
    if path.is_empty() {
        return Some(Def::item(item));
    }
    let make = |kind: DefKind| Some(Def { item, kind });
    let field = |fields: &[Field]| {
        fields
            .iter()
            .position(|field| field.loc.path.as_slice() == path)
            .map(|at| at as u16)
    };
    let service = match &cx.facts(item).body {
        Body::Service(service) => service,
        Body::Type(def) => return field(&def.fields).and_then(|at| make(DefKind::ItemField(at))),
        Body::Enum(def) => {
            let at = def
                .members
                .iter()
                .position(|(_, loc)| loc.path.as_slice() == path)?;
            return make(DefKind::ItemMember(at as u16));
        }
        _ => return None,
    };
    macro_rules! search {
        ($list:ident, $kind:ident) => {
            if let Some(at) = service
                .$list
                .iter()
                .position(|member| member.loc.path.as_slice() == path)
            {
                return make(DefKind::$kind(at as u16));
            }
        };
    }
    search!(stores, Store);
    search!(entities, Entity);
    search!(types, Type);
    search!(enums, Enum);
    search!(errors, Error);
    search!(events, Event);
    search!(queries, Query);
    search!(ops, Op);
    search!(caches, Cache);
    search!(components, Component);
    for (owner, entity) in service.entities.iter().enumerate() {
        if let Some(at) = field(&entity.fields) {
            return make(DefKind::EntityField(owner as u16, at));
        }
    }
    for (owner, def) in service.types.iter().enumerate() {
        if let Some(at) = field(&def.fields) {
            return make(DefKind::TypeField(owner as u16, at));
        }
    }
    for (owner, event) in service.events.iter().enumerate() {
        if let Some(at) = field(&event.fields) {
            return make(DefKind::EventField(owner as u16, at));
        }
    }
    for (owner, def) in service.enums.iter().enumerate() {
        if let Some(at) = def
            .members
            .iter()
            .position(|(_, loc)| loc.path.as_slice() == path)
        {
            return make(DefKind::EnumMember(owner as u16, at as u16));
        }
    }
    None
}

/// The reference at a place of a tree.
pub(crate) fn reference_at<'t>(tree: &'t Tree, loc: &Loc) -> Option<&'t Ref> {
    let Part::Ref(arg, wanted) = loc.part else {
        return None;
    };
    let argument = loc.node(tree)?.args.get(usize::from(arg))?;
    let mut found = None;
    let mut number = 0;
    refs_in_value(&argument.value, &mut |reference| {
        if number == wanted {
            found = Some(reference);
        }
        number += 1;
    });
    found
}

/// The node that defines something.
pub(crate) fn node_of(cx: Cx<'_>, def: Def) -> Option<&Node> {
    def.loc(cx.db).node(parsed(cx.db, def.item))
}
