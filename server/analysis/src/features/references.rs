//! Find all references.

use smol_str::SmolStr;

use super::spot::{Spot, reference_at, segment_defs};
use crate::{
    FileId, Snapshot,
    db::{Item, parsed, resolved},
    diagnostic::FileRange,
    model::{cx::Cx, def::Def, loc::Part},
};

pub(crate) fn references(
    snapshot: &Snapshot,
    file: FileId,
    offset: u32,
    include_declaration: bool,
) -> Vec<FileRange> {
    let Some(spot) = Spot::at(snapshot, file, offset) else {
        return Vec::new();
    };
    let Some((def, _)) = spot.def() else {
        return Vec::new();
    };
    let mut found = of_def(snapshot, spot.cx, def);
    if include_declaration {
        found.extend(snapshot.range(&spot.cx.place(def)));
    }
    let path = |range: &FileRange| {
        (
            snapshot.path(range.file).to_owned(),
            range.range.start,
            range.range.end,
        )
    };
    found.sort_by_key(path);
    found.dedup();
    found
}

/// All mentions of a definition, in no order.
pub(crate) fn of_def(snapshot: &Snapshot, cx: Cx<'_>, def: Def) -> Vec<FileRange> {
    // Whoever mentions it begins with its name or with that of something around it.
    let mut names: Vec<SmolStr> = Vec::new();
    let mut around = Some(def);
    while let Some(at) = around {
        names.push(at.name(cx.db));
        around = at.parent();
    }
    names.push(SmolStr::new_static("param"));
    let mut found = Vec::new();
    for (file, text) in snapshot.files.sorted() {
        for entry in &text.entries {
            let known = resolved(&snapshot.db, entry.item);
            if entry.item != def.item && !names.iter().any(|name| known.names.binary_search(name).is_ok()) {
                continue;
            }
            found.extend(in_item(cx, entry.item, def).into_iter().map(|span| {
                let span = span.shift(entry.start);
                FileRange {
                    file,
                    range: span.start..span.end,
                }
            }));
        }
    }
    found
}

fn in_item(cx: Cx<'_>, item: Item, def: Def) -> Vec<archwright_grammar::span::Span> {
    let tree = parsed(cx.db, item);
    let mut spans = Vec::new();
    for (loc, meant) in resolved(cx.db, item).refs() {
        let mut inside = Some(*meant);
        while inside.is_some_and(|at| at != def) {
            inside = inside.and_then(Def::parent);
        }
        if inside.is_none() {
            continue;
        }
        if loc.part == Part::Name {
            if *meant == def {
                spans.push(loc.span(tree));
            }
        } else if let Some(reference) = reference_at(tree, loc) {
            spans.extend(
                segment_defs(cx, *meant, reference)
                    .into_iter()
                    .filter(|(at, _)| *at == def)
                    .map(|(_, span)| span),
            );
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use crate::{features::testing::Marked, testing::host};

    fn mentions(text: &str, declaration: bool) -> Vec<String> {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let found = host
            .snapshot()
            .references(file, marked.offset, declaration)
            .expect("nothing writes");
        found
            .iter()
            .map(|range| {
                let line = marked.text[..range.range.start as usize].matches('\n').count() + 1;
                format!(
                    "{line} {}",
                    &marked.text[range.range.start as usize..range.range.end as usize]
                )
            })
            .collect()
    }

    #[test]
    fn all_mentions_and_no_others() {
        let text = "service A {\n  store Db: postgres\n  entity Th$0ing { id: uuid @id; name: string }\n  type Brief of Thing { id }\n}\n\
            service B {\n  store Db: postgres\n  entity Thing { id: uuid @id; of: ref A.Thing }\n  endpoint get GET /v1/things -> [A.Thing]\n}\n";
        assert_eq!(mentions(text, true), ["3 Thing", "4 Thing", "8 Thing", "9 Thing"]);
        assert_eq!(mentions(text, false), ["4 Thing", "8 Thing", "9 Thing"]);
    }

    #[test]
    fn fields_are_mentioned_in_predicates_and_projections() {
        let text = "service A {\n  store Db: postgres\n  entity Thing { id: uuid @id; na$0me: string; index (name) }\n  type Brief of Thing { name }\n  \
            query all (name: string) -> [Thing] { where name == param.name; order name }\n}\n";
        assert_eq!(mentions(text, false), ["3 name", "4 name", "5 name", "5 name"]);
    }

    #[test]
    fn a_service_is_mentioned_inside_longer_names() {
        let text = "service Or$0ders {\n  endpoint get GET /v1/a -> { ok: bool }\n}\nclient Web: web { uses Orders.get }\n";
        assert_eq!(mentions(text, false), ["4 Orders"]);
    }
}
