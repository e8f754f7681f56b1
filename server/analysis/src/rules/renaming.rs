//! Renaming something wherever it is mentioned: the repair of rules about names.

use archwright_grammar::{ast::Ident, vocabulary::Kind};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::{
    db::{Item, parsed, resolved},
    features::spot::{reference_at, segment_defs},
    model::{
        cx::Cx,
        def::{Def, DefKind},
        finding::{FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// Kinds of item that have a name.
pub(crate) const ITEMS: &[Kind] = &[
    Kind::System,
    Kind::Team,
    Kind::Role,
    Kind::Auth,
    Kind::Context,
    Kind::Service,
    Kind::Type,
    Kind::Enum,
    Kind::Error,
    Kind::Vendor,
    Kind::Client,
    Kind::Broker,
    Kind::Policy,
    Kind::Decision,
    Kind::Environment,
];

/// Where the misnamed things are mentioned.
pub(crate) struct Renames<'a> {
    wanted: FxHashMap<Def, &'a SmolStr>,
    /// Their names and those of what they are in: whoever mentions one of them begins with one of these.
    names: FxHashSet<SmolStr>,
    steps: FxHashMap<Def, Vec<Step>>,
}

impl<'a> Renames<'a> {
    /// Looks for all mentions of some definitions, which are to have other names. One walk over the items that mention any of
    /// them: only to be taken where there are some.
    pub(crate) fn of(cx: Cx<'_>, all: &'a [(Def, SmolStr)]) -> Self {
        let mut names = FxHashSet::default();
        names.insert(SmolStr::new_static("param"));
        for (def, _) in all {
            let mut around = Some(*def);
            while let Some(at) = around {
                names.insert(at.name(cx.db));
                around = at.parent();
            }
        }
        let mut renames = Self {
            wanted: all.iter().map(|(def, wanted)| (*def, wanted)).collect(),
            names,
            steps: FxHashMap::default(),
        };
        for kind in ITEMS {
            for &item in cx.items(*kind).iter() {
                renames.collect(cx, item);
            }
        }
        renames
    }

    /// The repair that renames one of them everywhere; `None` where its new name is taken, or where it stands in places that
    /// are no references.
    pub(crate) fn fix(&mut self, cx: Cx<'_>, def: Def, wanted: &SmolStr) -> Option<FixPlan> {
        // A parameter's place is all of it, and one of a path stands in the path, too.
        let param = matches!(def.kind, DefKind::OpParam(..) | DefKind::QueryParam(..));
        if param || taken(cx, def, wanted) {
            return None;
        }
        let at = match def.kind {
            DefKind::Item => Place::new(def.item, Loc::at(&[], Part::Name)),
            _ => cx.place(def),
        };
        let mut steps = vec![Step::Replace(at, wanted.to_string())];
        steps.extend(self.steps.remove(&def).unwrap_or_default());
        Some(FixPlan::suggest(format!("Rename to {wanted} everywhere"), steps))
    }

    /// The mentions in one item.
    fn collect(&mut self, cx: Cx<'_>, item: Item) {
        let known = resolved(cx.db, item);
        if !known.names.iter().any(|name| self.names.contains(name)) {
            return;
        }
        let tree = parsed(cx.db, item);
        for (loc, meant) in known.refs() {
            let mut around = Some(*meant);
            while let Some(def) = around {
                around = def.parent();
                let Some(wanted) = self.wanted.get(&def) else {
                    continue;
                };
                let old = def.name(cx.db);
                let text = match reference_at(tree, loc) {
                    None if loc.part == Part::Name && *meant == def => wanted.to_string(),
                    None => continue,
                    Some(reference) => {
                        // Only this one's: what is around it keeps its name until its own repair.
                        let defs = segment_defs(cx, *meant, reference);
                        let own =
                            |segment: &Ident| segment.text == old && defs.contains(&(def, segment.span));
                        let segments: Vec<&str> = reference
                            .segments
                            .iter()
                            .map(|segment| {
                                if own(segment) {
                                    wanted.as_str()
                                } else {
                                    segment.text.as_str()
                                }
                            })
                            .collect();
                        let kind = reference.kind.as_ref();
                        let kind = kind.map_or_else(String::new, |kind| format!("{} ", kind.text));
                        format!("{kind}{}", segments.join("."))
                    }
                };
                let step = Step::Replace(Place::new(item, loc.clone()), text);
                let steps = self.steps.entry(def).or_default();
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
    }
}

/// Whether something beside it has that name already.
fn taken(cx: Cx<'_>, def: Def, wanted: &SmolStr) -> bool {
    let Some(parent) = def.parent() else {
        return !cx.db.slot(wanted).definers(cx.db).is_empty();
    };
    if parent.kind == DefKind::Item
        && let Some(service) = cx.service(def.item)
    {
        return service.by_name.iter().any(|(name, _)| name == wanted);
    }
    cx.fields_of(parent)
        .iter()
        .any(|(_, field)| field.name == *wanted)
}
