//! Something is declared, and nothing refers to it.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, resolved},
    diagnostic::{Severity, Tag},
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, Service},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, renaming::ITEMS},
};

pub(crate) static RULE: Rule = Rule {
    id: "style.unused_declaration",
    severity: Severity::Hint,
    summary: "Nothing refers to it.",
    cwe: &[561],
    page: include_str!("../../../../../docs/rules/style/unused_declaration.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What a definition counts as: a field is part of its type, a parameter of its query.
fn whole(db: &dyn Db, def: Def) -> Option<Def> {
    let kind = match def.kind {
        DefKind::TypeField(owner, _) => DefKind::Type(owner),
        DefKind::QueryParam(owner, _) => DefKind::Query(owner),
        DefKind::ItemField(_) => DefKind::Item,
        DefKind::Store(_) | DefKind::Type(_) | DefKind::Error(_) | DefKind::Query(_) | DefKind::Op(_) => def.kind,
        DefKind::Item => {
            let kind = crate::db::facts(db, def.item).kind;
            return is_judged(kind).then_some(def);
        }
        _ => return None,
    };
    Some(Def { item: def.item, kind })
}

/// Kinds of item that somebody has to refer to.
const fn is_judged(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Role | Kind::Type | Kind::Error | Kind::Vendor | Kind::Context
    )
}

/// What one item refers to in others, sorted.
#[salsa::tracked(returns(ref))]
fn refers_to(db: &dyn Db, item: Item) -> Arc<[Def]> {
    let mut found: Vec<Def> = resolved(db, item)
        .refs()
        .iter()
        .filter(|(_, def)| def.item != item)
        .filter_map(|(_, def)| whole(db, *def))
        .collect();
    found.sort_unstable();
    found.dedup();
    Arc::from(found)
}

/// What one item declares that it does not refer to itself, and that is not a root; for nearly all items that is nothing, or
/// what other services call.
#[salsa::tracked(returns(ref))]
fn unreferenced_inside(db: &dyn Db, item: Item) -> Arc<[Def]> {
    let cx = Cx { db };
    let facts = cx.facts(item);
    // What is missing in broken text may just be untyped.
    if facts.broken {
        return Arc::from([]);
    }
    let mut declared: Vec<Def> = Vec::new();
    match &facts.body {
        Body::Service(service) => {
            if service.kind.as_deref() == Some("prototype") {
                return Arc::from([]);
            }
            declare(cx, item, service, &mut declared);
        }
        _ if is_judged(facts.kind) => declared.push(Def::item(item)),
        _ => {}
    }
    if declared.is_empty() {
        return Arc::from([]);
    }
    let mut used: FxHashSet<Def> = FxHashSet::default();
    for (loc, def) in resolved(db, item).refs() {
        if def.item != item {
            continue;
        }
        let Some(def) = whole(db, *def) else { continue };
        // Whoever names only itself is not used by that.
        if def.kind == DefKind::Item || !loc.path.starts_with(&def.loc(db).path) {
            used.insert(def);
        }
    }
    declared.retain(|def| def.kind == DefKind::Item || !used.contains(def));
    Arc::from(declared)
}

/// The members of a service that somebody has to refer to.
fn declare(cx: Cx<'_>, item: Item, service: &Service, declared: &mut Vec<Def>) {
    let def = |kind: DefKind| Def { item, kind };
    let stored: Vec<Def> = cx
        .entities(item)
        .filter_map(|(entity, _)| cx.store_of(entity))
        .collect();
    for (index, store) in service.stores.iter().enumerate() {
        let this = def(DefKind::Store(index as u16));
        let caching = matches!(store.kind.as_str(), "redis" | "memory") && !service.caches.is_empty();
        if !caching && !stored.contains(&this) {
            declared.push(this);
        }
    }
    declared.extend((0..service.types.len()).map(|index| def(DefKind::Type(index as u16))));
    declared.extend((0..service.errors.len()).map(|index| def(DefKind::Error(index as u16))));
    declared.extend((0..service.queries.len()).map(|index| def(DefKind::Query(index as u16))));
    for op in cx.ops(item) {
        let root = !op.op.is_endpoint()
            || op.op.is_probe()
            || op.op.path.ends_with("/health")
            || op.op.deprecated.is_some()
            || cx.external(op);
        if !root {
            declared.push(op.def);
        }
    }
}

/// The words of an item that cannot be read, sorted; of all others, nothing. What is used there may be named there.
#[salsa::tracked(returns(ref))]
fn words_of_broken(db: &dyn Db, item: Item) -> Arc<[SmolStr]> {
    if !crate::db::facts(db, item).broken {
        return Arc::from([]);
    }
    let mut words: Vec<SmolStr> = item
        .text(db)
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(SmolStr::from)
        .collect();
    words.sort_unstable();
    words.dedup();
    Arc::from(words)
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut unused: Vec<Def> = Vec::new();
    for kind in ITEMS {
        for &item in cx.items(*kind).iter() {
            unused.extend(unreferenced_inside(cx.db, item).iter());
        }
    }
    if unused.is_empty() {
        return;
    }
    let mut left: FxHashSet<Def> = unused.iter().copied().collect();
    for kind in ITEMS {
        for &item in cx.items(*kind).iter() {
            for def in refers_to(cx.db, item).iter() {
                left.remove(def);
            }
        }
    }
    if left.is_empty() {
        return;
    }
    // Members of a service whose head is broken stand at top level, where nothing reads them.
    for (kind, items) in cx.db.globals().by_kind(cx.db).iter() {
        // Under this kind services are listed again.
        if *kind == Kind::Route {
            continue;
        }
        for &item in items.iter() {
            let words = words_of_broken(cx.db, item);
            if !words.is_empty() {
                left.retain(|def| {
                    let name = cx.qualified(*def);
                    let last = name.rsplit('.').next().unwrap_or(&name);
                    words.binary_search_by(|word| word.as_str().cmp(last)).is_err()
                });
            }
        }
    }
    findings.extend(
        unused
            .into_iter()
            .filter(|def| left.contains(def))
            .map(|def| report(cx, def)),
    );
}

fn report(cx: Cx<'_>, def: Def) -> Finding {
    let name = cx.qualified(def);
    let what = match def.word_kind(cx.db) {
        Kind::Role => "nobody is let in as",
        Kind::Endpoint => "no client and no service uses",
        Kind::Query => "nothing runs",
        Kind::Error => "nothing answers with",
        Kind::Store => "no entity lies in",
        Kind::Vendor => "nothing is sent to and nothing called of",
        Kind::Context => "no service stands in, and nothing depends on,",
        _ => "nothing refers to",
    };
    let at = match def.kind {
        DefKind::Item => Place::new(def.item, Loc::at(&[], Part::Name)),
        _ => cx.place(def),
    };
    let node = Place::new(def.item, at.loc.with(Part::Head));
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        at,
        format!("{what} `{name}`: whoever reads it looks for a use that is not there"),
    )
    .help("Remove it, or write down who uses it: a client of kind `partner` stands for whoever is outside.")
    .fix(FixPlan::suggest(format!("Remove {name}"), vec![Step::Remove(node)]).preferred());
    finding.tags.push(Tag::Unnecessary);
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, host, of_rule};

    const USED: &str = "role Clerk: staff
auth Session: cookie
context Selling
vendor Mail: http { timeout 1s }
type Note { text: string }
error Gone 410 \"Gone.\"
client Web: web { uses Orders.list }
service Orders in Selling {
  auth Session
  store Db: postgres
  entity Order { id: uuid @id; note: Note }
  type Brief of Order { id }
  query open -> [Brief] { limit 5 }
  endpoint list GET /v1/orders -> [Brief] { allow Clerk; runs open; errors Gone }
  job tell every 1d { sends Order.id to Mail }
}
";

    #[test]
    fn what_is_referred_to_is_used() {
        assert_eq!(of_rule(USED, RULE.id), [""; 0]);
    }

    #[test]
    fn each_kind_is_found_when_its_use_goes() {
        for (from, to, element) in [
            ("allow Clerk; ", "", "1 hint Clerk"),
            (" in Selling {", " {", "3 hint Selling"),
            ("sends Order.id to Mail", "reads Order", "4 hint Mail"),
            ("; note: Note", "", "5 hint Note"),
            ("; errors Gone", "", "6 hint Gone"),
            ("runs open; ", "", "13 hint Orders.open"),
            ("  job tell", "  store Old: postgres\n  job tell", "15 hint Orders.Old"),
            (
                "  job tell",
                "  endpoint gone GET /v1/gone { allow Clerk }\n  job tell",
                "15 hint Orders.gone",
            ),
        ] {
            let text = USED.replace(from, to).replace("entity Order {", "entity Order in Db {");
            assert_eq!(of_rule(&text, RULE.id), [element], "{text}");
        }
    }

    #[test]
    fn what_broken_text_names_may_be_used() {
        let text = USED.replace("; errors Gone", "");
        assert_eq!(of_rule(&text, RULE.id), ["6 hint Gone"]);
        let broken = format!("{text}service Other {{\n  endpoint get GET {{ errors Gone }}\n}}\n");
        assert_eq!(of_rule(&broken, RULE.id), [""; 0]);
        let lost = format!("{text}service Other\n  endpoint get GET /v1/x {{ errors Gone }}\n");
        assert_eq!(of_rule(&lost, RULE.id), [""; 0]);
    }

    #[test]
    fn roots_need_no_use() {
        let with = |member: &str| {
            let text = USED.replace("  job tell", &format!("  {member}\n  job tell"));
            of_rule(&text, RULE.id)
        };
        assert_eq!(with("endpoint health GET /health { public because \"a probe\" }"), [""; 0]);
        assert_eq!(with("endpoint old GET /v1/old { allow Clerk; deprecated \"old\" sunset 2027-01-01 }"), [""; 0]);
        assert_eq!(with("webhook paid from Mail POST /hooks/mail { verify signature \"X-Sign\" within 5m }"), [""; 0]);
        // A type that only refers to itself is not used.
        assert_eq!(with("type Tree { inner: [Tree] }").len(), 1);
    }

    #[test]
    fn another_service_uses_what_is_internal() {
        let text = USED.replace("  job tell", "  endpoint one GET /v1/one { internal; allow Clerk }\n  job tell");
        assert_eq!(of_rule(&text, RULE.id), ["15 hint Orders.one"]);
        let called = format!("{text}service Bills {{ job run every 1d {{ calls Orders.one {{ timeout 1s }} }} }}\n");
        assert_eq!(of_rule(&called, RULE.id), [""; 0]);
    }

    #[test]
    fn it_is_painted_as_unnecessary_and_goes_with_its_documentation() {
        let text = "/// Nobody.\nrole Guest\n\nteam Platform\n";
        let found = diagnostics(text);
        let one = found.iter().find(|found| found.code == RULE.id).expect("found");
        assert_eq!(one.tags, [crate::diagnostic::Tag::Unnecessary]);
        assert_eq!(fixed(text, "Remove Guest"), "\nteam Platform\n");
    }

    #[test]
    fn an_edit_elsewhere_brings_the_use() {
        let text = "role Guest\nauth S: cookie\nservice A { auth S; endpoint a GET /v1/a { allow any } }\n";
        let mut host = host(text);
        let file = host.file("main.arch").expect("set");
        let count = |host: &crate::Host| {
            let found = host.diagnostics(file);
            found.iter().filter(|found| found.code == RULE.id).count()
        };
        assert_eq!(count(&host), 1);
        let at = text.find("any").expect("there") as u32;
        host.edit(file, at..at + 3, "Guest");
        host.settle();
        assert_eq!(count(&host), 0);
    }
}
