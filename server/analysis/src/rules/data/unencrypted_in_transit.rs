//! Classified data crosses a link that is not encrypted, or of which nobody says so.

mod links;

use std::collections::BTreeMap;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{Body, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, listing::listed},
};
use links::{End, Link, broker_links, links_of, states_tls, vendor_links};

pub(crate) static RULE: Rule = Rule {
    id: "data.unencrypted_in_transit",
    severity: Severity::Warning,
    core: true,
    summary: "Classified data crosses a link that is not encrypted.",
    subsumes: &["evolution.protection_weakened"],
    cwe: &[319],
    page: include_str!("../../../../../docs/rules/data/unencrypted_in_transit.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many links are related places.
const RELATED: usize = 10;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let system = cx.system();
    let own = system.map_or(&Setting::Absent, |(_, facts)| &facts.settings.tls);
    let mut links: Vec<Link> = Vec::new();
    for &service in cx.items(Kind::Service).iter() {
        let facts = cx.service(service);
        let inner = facts.map_or(&Setting::Absent, |facts| &facts.settings.tls);
        for link in links_of(cx.db, service).iter() {
            // What nothing nearer says, the service says, and then the system.
            if link.off.is_none() && (inner.set().is_some() || (inner.is_absent() && own.set().is_some())) {
                continue;
            }
            let mut link = link.clone();
            if let (None, Setting::Off(loc)) = (&link.off, inner) {
                link.off = Some(Place::new(service, loc.clone()));
            }
            links.push(link);
        }
    }
    let covered = own.set().is_some();
    links.extend(vendor_links(cx, covered));
    links.extend(broker_links(cx, covered));
    if links.is_empty() {
        return;
    }
    if let (Some((item, _)), Setting::Off(loc)) = (system, own) {
        for link in &mut links {
            link.off.get_or_insert_with(|| Place::new(item, loc.clone()));
        }
    }
    explicit(cx, &links, findings);
    let open: Vec<&Link> = links
        .iter()
        .filter(|link| link.off.is_none() && !cx.facts(link.at.item).broken)
        .collect();
    silent(cx, &open, findings);
}

/// Links that are said not to be encrypted: one finding where that is said.
fn explicit(cx: Cx<'_>, links: &[Link], findings: &mut Vec<Finding>) {
    let mut by_place: BTreeMap<&Place, Vec<&Link>> = BTreeMap::new();
    for link in links {
        if let Some(off) = &link.off {
            by_place.entry(off).or_default().push(link);
        }
    }
    for (at, links) in by_place {
        let element = crate::model::resolved::element(
            cx.facts(at.item),
            &at.loc.path,
            crate::db::parsed(cx.db, at.item).node.as_ref(),
        );
        let plain = links.iter().all(|link| link.end == End::Address);
        let how = if plain {
            "the address begins with `http://`"
        } else {
            "`tls off` stands here"
        };
        let message = format!(
            "{how}, and {} cross{} the network readable: whoever listens can take {}",
            what(&links),
            if links.len() == 1 && links[0].fields.len() == 1 { "es" } else { "" },
            if links.len() == 1 && links[0].fields.len() == 1 { "it" } else { "them" },
        );
        let mut finding = Finding::new(RULE.id, Severity::Error, element, at.clone(), message)
            .help(if plain {
                "Use the `https://` address."
            } else {
                "Encrypt the link: `tls required`."
            });
        finding = with_links(cx, finding, &links);
        findings.push(if plain {
            finding.fix(secure(cx, links[0], at))
        } else {
            finding.fix(
                FixPlan::suggest(
                    "Require TLS",
                    vec![Step::Replace(at.clone(), "tls required".to_owned())],
                )
                .preferred(),
            )
        });
    }
}

/// The address with another scheme.
fn secure(cx: Cx<'_>, link: &Link, at: &Place) -> FixPlan {
    let url = cx
        .vendor(link.at.item)
        .and_then(|vendor| vendor.url.as_ref())
        .map(|url| url.text.replacen("http://", "https://", 1))
        .unwrap_or_default();
    FixPlan::suggest(
        "Use https",
        vec![Step::Replace(at.clone(), format!("url \"{url}\""))],
    )
    .preferred()
}

/// "`Patient.mail` and `Patient.name`"
fn what(links: &[&Link]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in links.iter().flat_map(|link| &link.fields) {
        let name = name.split_once('.').map_or(&**name, |(_, rest)| rest);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(names)
}

fn with_links(cx: Cx<'_>, mut finding: Finding, links: &[&Link]) -> Finding {
    for link in links.iter().filter(|link| link.at != finding.at).take(RELATED) {
        let says = match link.end {
            End::Endpoint => format!("`{}` takes or answers it", link.name),
            End::Store => format!("`{}` keeps it", link.name),
            End::Call => format!("`{}` sends or gets it", link.name),
            End::Vendor | End::Address => format!("`{}` gets it", cx.name(link.at.item)),
            End::Broker => format!("`{}` carries it", cx.name(link.at.item)),
        };
        finding.related.push((says, link.at.clone()));
    }
    finding
}

/// Links of which nothing is said: one question where nothing is said anywhere, else one for each.
fn silent(cx: Cx<'_>, open: &[&Link], findings: &mut Vec<Finding>) {
    if open.is_empty() {
        return;
    }
    let system = cx.system();
    if let Some((item, _)) = system
        && cx.facts(item).broken
    {
        return;
    }
    if !stated_anywhere(cx) {
        match system {
            Some((item, _)) => findings.push(question(cx, item, open)),
            // Without a system each service, broker and vendor is asked by itself.
            None => {
                for links in open.chunk_by(|one, other| one.at.item == other.at.item) {
                    findings.push(question(cx, links[0].at.item, links));
                }
            }
        }
        return;
    }
    for link in open {
        // The system's word would be the cheapest edit, but others have been asked one by one: so are these.
        let message = match link.end {
            End::Endpoint => format!(
                "nothing says whether the way to `{}` is encrypted, and {} go over it: whoever listens can read along",
                link.name,
                what(&[*link])
            ),
            _ => format!(
                "nothing says whether the link to `{}` is encrypted, and {} go over it: whoever listens can read along",
                link.name,
                what(&[*link])
            ),
        };
        let finding = Finding::new(RULE.id, RULE.severity, link.name.clone(), link.at.clone(), message)
            .help("Say so here, or once for all in `system`: `tls required`.");
        findings.push(required(finding, link.at.clone()));
    }
}

/// Whether the links of an item are encrypted, asked once for all of them.
fn question(cx: Cx<'_>, item: Item, open: &[&Link]) -> Finding {
    let name = cx.name(item);
    let message = format!(
        "nothing says whether the links of `{name}` are encrypted, over which {} go: nobody has decided who may listen",
        what(open)
    );
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Say it once for all: `tls required`. A store, broker or vendor may say otherwise.");
    required(with_links(cx, finding, open), place)
}

fn required(finding: Finding, place: Place) -> Finding {
    finding.fix(
        FixPlan::suggest(
            "Require TLS",
            vec![Step::AddStatement(place, "tls required".to_owned())],
        )
        .preferred(),
    )
}

/// Whether anything says anything about the encryption of links.
fn stated_anywhere(cx: Cx<'_>) -> bool {
    cx.items(Kind::Service).iter().any(|service| states_tls(cx.db, *service))
        || cx
            .items(Kind::Vendor)
            .iter()
            .any(|item| cx.vendor(*item).is_some_and(|vendor| !vendor.tls.is_absent()))
        || cx.items(Kind::Broker).iter().any(|item| {
            matches!(&cx.facts(*item).body, Body::Broker(broker) if !broker.tls.is_absent())
        })
}

/// The items of a kind that are not half-typed.
fn whole(cx: Cx<'_>, kind: Kind) -> Vec<Item> {
    let items = cx.items(kind);
    items.iter().copied().filter(|item| !cx.facts(*item).broken).collect()
}

#[cfg(test)]
mod tests;
