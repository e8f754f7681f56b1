//! Data is sent to a vendor whose list of what it receives lacks it.

use std::{collections::BTreeSet, sync::Arc};

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::Cx,
        dependencies::dependencies,
        facts::Send,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        transfers::{Sent, SentField, Transfer, received, transfers, transfers_by_vendor, unread},
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.undeclared_transfer",
    severity: Severity::Error,
    core: true,
    summary: "Data goes to a vendor that is not on its list.",
    page: include_str!("../../../../../docs/rules/vendor/undeclared_transfer.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many statements are related places.
const RELATED: usize = 10;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for &service in cx.items(Kind::Service).iter() {
        findings.extend(undeclared(cx.db, service).iter().cloned());
    }
    let by_vendor = transfers_by_vendor(cx.db);
    for (vendor, transfers) in by_vendor.iter() {
        if cx.vendor(*vendor).is_some_and(|facts| facts.receives.is_empty()) && !cx.facts(*vendor).broken {
            findings.extend(no_list(cx, *vendor, transfers));
        }
    }
    never_sent(cx, by_vendor, findings);
}

/// What one service sends that is not on the lists.
#[salsa::tracked(returns(ref))]
fn undeclared(db: &dyn Db, service: Item) -> Arc<[Finding]> {
    let cx = Cx { db };
    let transfers = transfers(db, service).iter();
    transfers
        .filter_map(|transfer| {
            let facts = cx.vendor(transfer.vendor)?;
            let list = received(db, transfer.vendor);
            // A misspelt entry is an error of its own, and may well be what is missing.
            let whole = list.len() == facts.receives.len() && !cx.facts(transfer.vendor).broken;
            if list.is_empty() || !whole {
                return None;
            }
            lacking(cx, transfer, &names(list).collect())
        })
        .collect()
}

fn names(list: &[Sent]) -> impl Iterator<Item = &SmolStr> {
    list.iter().flat_map(|sent| &sent.fields).map(|field| &field.name)
}

/// Whether all of something named is on the list; what must not leave at all is reported for that.
fn covered(sent: &Sent, allowed: &BTreeSet<&SmolStr>) -> bool {
    sent.fields
        .iter()
        .all(|field| field.secret || allowed.contains(&field.name))
}

/// One statement that sends what the list lacks.
fn lacking(cx: Cx<'_>, transfer: &Transfer, allowed: &BTreeSet<&SmolStr>) -> Option<Finding> {
    let lacking: Vec<&Sent> = transfer
        .data
        .iter()
        .filter(|sent| !covered(sent, allowed))
        .collect();
    let missing: Vec<&SentField> = lacking
        .iter()
        .flat_map(|sent| &sent.fields)
        .filter(|field| !field.secret && !allowed.contains(&field.name))
        .collect();
    missing.first()?;
    let vendor = cx.name(transfer.vendor);
    let element = cx.qualified(transfer.op);
    let named: Vec<SmolStr> = lacking.iter().map(|sent| cx.qualified(sent.named)).collect();
    let message = format!(
        "`{element}` sends {} to `{vendor}`, whose `receives` lacks {}: data leaves that nobody has agreed to",
        listed(&named),
        if missing.len() == 1 { "it" } else { "them" },
    );
    let at = Place::new(transfer.op.item, transfer.statement.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at.clone(), message)
        .help(format!(
            "Have it agreed and add it to `receives` of `{vendor}`, or do not send it."
        ))
        .related(
            format!("`{vendor}` says here what it receives"),
            Place::new(transfer.vendor, Loc::at(&[], Part::Name)),
        );
    for field in missing.iter().take(RELATED) {
        finding = finding.related(format!("`{}` is not on the list", field.name), field.place.clone());
    }
    if let Some(send) = statement(cx, transfer) {
        finding = finding.fix(FixPlan::suggest(
            format!("Do not send {} to {vendor}", plain(&named)),
            vec![without(&at, send, &lacking)],
        ));
    }
    Some(finding.fix(FixPlan::suggest(
        format!("Let {vendor} receive {}", plain(&named)),
        vec![Step::AddStatement(
            Place::new(transfer.vendor, Loc::at(&[], Part::Name)),
            format!("receives {}", plain(&named)),
        )],
    )))
}

fn plain(names: &[SmolStr]) -> String {
    names.join(", ")
}

/// The facts of the statement.
pub(super) fn statement<'db>(cx: Cx<'db>, transfer: &Transfer) -> Option<&'db Send> {
    let op = cx.op(transfer.op)?;
    op.op.sends.iter().find(|send| send.loc == transfer.statement)
}

/// The statement without some of what it names; the whole of it goes if nothing is left.
pub(super) fn without(at: &Place, send: &Send, less: &[&Sent]) -> Step {
    let kept: Vec<String> = send
        .data
        .iter()
        .filter(|data| !less.iter().any(|sent| sent.at == data.loc))
        .map(crate::model::facts::RefFact::text)
        .collect();
    if kept.is_empty() {
        return Step::Remove(at.clone());
    }
    let text = format!("sends {} to {}", kept.join(", "), send.vendor.text());
    Step::Replace(at.clone(), text)
}

/// A vendor without a list gets classified data.
fn no_list(cx: Cx<'_>, vendor: Item, transfers: &[Transfer]) -> Option<Finding> {
    let sensitive: Vec<(&Transfer, &SentField)> = transfers
        .iter()
        .flat_map(|transfer| transfer.fields().map(move |field| (transfer, field)))
        .filter(|(_, field)| field.classes.sensitive() && !field.secret)
        .collect();
    let fields: BTreeSet<&str> = sensitive.iter().map(|(_, field)| field.short()).collect();
    sensitive.first()?;
    let name = cx.name(vendor);
    let place = Place::new(vendor, Loc::at(&[], Part::Name));
    let message = format!(
        "`{name}` is sent {} and does not say what it receives: nobody can tell what has been agreed to leave",
        listed(&fields)
    );
    let mut finding = Finding::new(RULE.id, Severity::Warning, name.clone(), place.clone(), message)
        .help("List what it may get: `receives Orders.Order.total, …`.");
    let mut last = None;
    for (transfer, _) in &sensitive {
        let at = Place::new(transfer.op.item, transfer.statement.clone());
        if last.as_ref() != Some(&at) && finding.related.len() < RELATED {
            finding = finding.related(format!("`{}` sends it", cx.qualified(transfer.op)), at.clone());
            last = Some(at);
        }
    }
    let mut list: Vec<SmolStr> = Vec::new();
    for sent in transfers.iter().flat_map(|transfer| &transfer.data) {
        let named = cx.qualified(sent.named);
        if !list.contains(&named) {
            list.push(named);
        }
    }
    Some(finding.fix(FixPlan::suggest(
        format!("List what {name} receives"),
        vec![Step::AddStatement(place, format!("receives {}", plain(&list)))],
    )))
}

/// Entries that nobody sends. Nothing can be said while a service cannot be read, or has not said yet what it sends.
fn never_sent(cx: Cx<'_>, by_vendor: &[(Item, Vec<Transfer>)], findings: &mut Vec<Finding>) {
    let by_vendor: FxHashMap<Item, &[Transfer]> = by_vendor
        .iter()
        .map(|(vendor, transfers)| (*vendor, transfers.as_slice()))
        .collect();
    let mut checked = false;
    for &vendor in cx.items(Kind::Vendor).iter() {
        let Some(facts) = cx.vendor(vendor).filter(|facts| !facts.receives.is_empty()) else {
            continue;
        };
        let transfers = by_vendor.get(&vendor).copied().unwrap_or_default();
        if transfers.iter().any(|transfer| !transfer.known) {
            continue;
        }
        let sent: BTreeSet<&SmolStr> = transfers
            .iter()
            .flat_map(Transfer::fields)
            .map(|field| &field.name)
            .collect();
        let unsent: Vec<&Sent> = received(cx.db, vendor)
            .iter()
            .filter(|entry| !entry.fields.is_empty())
            .filter(|entry| !entry.fields.iter().any(|field| sent.contains(&field.name)))
            .collect();
        if unsent.is_empty() {
            continue;
        }
        if !checked && unread(cx.db) {
            return;
        }
        checked = true;
        if used_without_words(cx, vendor) {
            continue;
        }
        for entry in unsent {
            findings.push(unused(cx, vendor, &facts.receives, entry));
        }
    }
}

/// Whether a service `uses` the vendor without having written down what for.
fn used_without_words(cx: Cx<'_>, vendor: Item) -> bool {
    cx.items(Kind::Service).iter().any(|service| {
        dependencies(cx.db, *service)
            .iter()
            .any(|found| found.via == Kind::ServiceUses && found.target.item == vendor)
    })
}

fn unused(cx: Cx<'_>, vendor: Item, receives: &[crate::model::facts::RefFact], entry: &Sent) -> Finding {
    let (name, field) = (cx.name(vendor), cx.qualified(entry.named));
    let message =
        format!("`{name}` may receive `{field}`, and nothing sends it: the list allows more than is needed");
    let same = |other: &&crate::model::facts::RefFact| other.loc.path == entry.at.path;
    let kept: Vec<String> = receives
        .iter()
        .filter(same)
        .filter(|other| other.loc != entry.at)
        .map(crate::model::facts::RefFact::text)
        .collect();
    let statement = Place::new(vendor, Loc::head(&entry.at.path));
    let step = if kept.is_empty() {
        Step::Remove(statement)
    } else {
        Step::Replace(statement, format!("receives {}", kept.join(", ")))
    };
    Finding::new(
        RULE.id,
        Severity::Hint,
        name.clone(),
        Place::new(vendor, entry.at.clone()),
        message,
    )
    .fix(FixPlan::suggest(format!("Take {field} off the list of {name}"), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "vendor.undeclared_transfer")
    }

    fn with(vendor: &str, statement: &str) -> String {
        format!(
            "vendor V: http{vendor}\nservice S {{\n  type Home {{ street: string @pii; city: string }}\n  \
             entity P {{ id: uuid @id; mail: email; name: string; home: Home; code: string @secret }}\n  \
             type Card of P {{ id, mail }}\n  job j every 1d {{\n    {statement}\n  }}\n}}\n"
        )
    }

    #[test]
    fn what_the_list_lacks_is_an_error_on_the_statement() {
        let of = |list: &str, sends: &str| check(&with(&format!(" {{ receives {list} }}"), sends));
        assert_eq!(of("S.P.mail", "sends P.mail to V"), [""; 0]);
        assert_eq!(of("S.P.mail", "sends P.mail, P.name to V"), ["7 error S.j"]);
        assert_eq!(of("S.P.mail, S.P.id", "sends Card to V"), [""; 0]);
        assert_eq!(of("S.Card", "sends P.id, P.mail to V"), [""; 0]);
        assert_eq!(of("S.P.mail", "sends Card to V"), ["7 error S.j"]);
        assert_eq!(of("S.P.home", "sends P.home to V"), [""; 0]);
        assert_eq!(of("S.P", "sends P.home to V"), [""; 0]);
    }

    #[test]
    fn what_must_not_leave_and_what_is_misspelt_has_its_own_finding() {
        let text = with(" { receives S.P.mail }", "sends P.mail, P.code to V");
        assert_eq!(check(&text), [""; 0]);
        assert_eq!(of_rule(&text, "data.secret_leaves_service").len(), 1);
        assert_eq!(
            check(&with(" { receives S.P.male }", "sends P.mail to V")),
            [""; 0]
        );
    }

    #[test]
    fn no_list_is_asked_about_once_where_it_matters() {
        let two = "sends P.mail to V\n    sends P.name to V";
        assert_eq!(check(&with("", two)), ["1 warning V"]);
        assert_eq!(check(&with("", "sends P.name to V")), [""; 0]);
        assert_eq!(check(&with("", "writes P")), [""; 0]);
        assert!(
            fixed(&with("", two), "List what V receives").starts_with("vendor V: http { receives S.P.mail, S.P.name }")
        );
    }

    #[test]
    fn what_is_never_sent_is_a_hint() {
        let list = " { receives S.P.mail, S.P.name }";
        assert_eq!(check(&with(list, "sends P.mail to V")), ["1 hint V"]);
        let uses = with(list, "sends P.mail to V").replace("  type Home", "  uses vendor V\n  type Home");
        assert_eq!(check(&uses), [""; 0]);
        let broken = with(list, "sends P.mail to V") + "service T { job k every 1d { sends } }\n";
        assert_eq!(check(&broken), [""; 0]);
        let less = fixed(&with(list, "sends P.mail to V"), "Take S.P.name off the list of V");
        assert!(less.starts_with("vendor V: http { receives S.P.mail }"), "{less}");
    }

    #[test]
    fn it_is_let_or_not_sent() {
        let text = with(" { receives S.P.mail }", "sends P.mail, P.name to V");
        assert!(fixed(&text, "Do not send S.P.name to V").contains("    sends P.mail to V\n"));
        let more = fixed(&text, "Let V receive S.P.name");
        assert!(more.starts_with("vendor V: http { receives S.P.mail; receives S.P.name }"), "{more}");
        assert_eq!(check(&more), [""; 0]);
        let alone = with(" { receives S.P.mail }", "sends P.mail to V\n    sends P.name to V");
        assert!(!fixed(&alone, "Do not send S.P.name to V").contains("P.name to"));
    }
}
