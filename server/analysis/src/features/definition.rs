//! Go to definition.

use std::ops::Range;

use super::spot::{Spot, node_of};
use crate::{FileId, Snapshot, diagnostic::FileRange};

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub at: FileRange,
    /// The whole definition, in the same file.
    pub full: Range<u32>,
    /// What was clicked on.
    pub origin: Range<u32>,
}

pub(crate) fn definition(snapshot: &Snapshot, file: FileId, offset: u32) -> Vec<Target> {
    let target = || {
        let spot = Spot::at(snapshot, file, offset)?;
        let (def, origin) = spot.def()?;
        let origin = origin.shift(spot.start);
        let at = snapshot.range(&spot.cx.place(def))?;
        let (_, start) = snapshot.files.position(def.item)?;
        let full = node_of(spot.cx, def).map_or(at.range.clone(), |node| {
            let span = node.span.shift(start);
            span.start.min(at.range.start)..span.end.max(at.range.end)
        });
        Some(Target {
            at,
            full,
            origin: origin.start..origin.end,
        })
    };
    target().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::{features::testing::Marked, testing::host};

    fn goes_to(text: &str) -> String {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let targets = host
            .snapshot()
            .definition(file, marked.offset)
            .expect("nothing writes");
        targets
            .iter()
            .map(|target| {
                let line = marked.text[..target.at.range.start as usize]
                    .matches('\n')
                    .count()
                    + 1;
                let text = &marked.text[target.at.range.start as usize..target.at.range.end as usize];
                let origin = &marked.text[target.origin.start as usize..target.origin.end as usize];
                format!("{origin} -> {line} {text}")
            })
            .collect::<Vec<_>>()
            .join("; ")
    }

    const TEXT: &str = "role Clinician: staff\n\
        service Orders {\n  store Db: postgres\n  enum Status { placed, done }\n  entity Order {\n    id: uuid @id\n    status: Status = placed\n  }\n  \
        query open -> [Order] { where status == placed }\n  endpoint get GET /v1/orders/{id} -> Order { allow Clinician; reads Order; runs open }\n}\n\
        service Other {\n  endpoint all GET /v1/all -> [Orders.Order] { calls Orders.get }\n}\n";

    fn at(needle: &str, replacement: &str) -> String {
        assert!(TEXT.contains(needle));
        goes_to(&TEXT.replacen(needle, replacement, 1))
    }

    #[test]
    fn names_lead_to_what_they_mean() {
        assert_eq!(
            at("allow Clinician", "allow Clin$0ician"),
            "Clinician -> 1 Clinician"
        );
        assert_eq!(at("reads Order", "reads Or$0der"), "Order -> 5 Order");
        assert_eq!(at("calls Orders.get", "calls Orders.g$0et"), "get -> 10 get");
        assert_eq!(at("calls Orders.get", "calls Ord$0ers.get"), "Orders -> 2 Orders");
        assert_eq!(at("[Orders.Order]", "[Orders.$0Order]"), "Order -> 5 Order");
        assert_eq!(at("status == placed", "status$0 == placed"), "status -> 7 status");
        assert_eq!(at("status == placed", "status == pl$0aced"), "placed -> 4 placed");
        assert_eq!(at("= placed", "= pla$0ced"), "placed -> 4 placed");
        assert_eq!(at("runs open", "runs op$0en"), "open -> 9 open");
    }

    #[test]
    fn words_and_blanks_lead_nowhere() {
        assert_eq!(at("  store Db", "  sto$0re Db"), "");
        assert_eq!(at("service Orders {\n", "service Orders {$0\n"), "");
    }
}
