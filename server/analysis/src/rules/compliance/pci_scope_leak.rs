//! Card data comes to services that the card audit does not look at.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::{SmolStr, format_smolstr};

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        calls::calls_of,
        classes::Classes,
        cx::Cx,
        def::{Def, DefKind},
        dependencies::{Home, home},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.pci_scope_leak",
    severity: Severity::Warning,
    summary: "Card data comes to services that the card audit does not look at.",
    clauses: &[("pci", "PCI DSS scope (1.2.4)")],
    page: include_str!("../../../../../docs/rules/compliance/pci_scope_leak.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many statements are related places: nobody reads more.
const RELATED: usize = 20;

/// One field with card data.
#[derive(Debug, Clone, PartialEq)]
struct Card {
    name: SmolStr,
    place: Place,
}

/// Card data on its way into a service.
#[derive(Debug, Clone, PartialEq)]
struct Arrival {
    /// The service that gets it.
    into: Item,
    /// The statement, or the operation's name, that brings it.
    at: Place,
    /// What happens there.
    says: String,
    field: Card,
}

/// What one service has to do with card data.
#[derive(Debug, Clone, PartialEq, Default)]
struct Cards {
    /// What it keeps, tells or takes from outside.
    own: Vec<Card>,
    /// What its statements bring it, or bring others.
    arrivals: Vec<Arrival>,
}

#[salsa::tracked(returns(ref))]
fn cards(db: &dyn Db, item: Item) -> Arc<Cards> {
    let cx = Cx { db };
    let mut cards = Cards::default();
    let Some(service) = cx.service(item) else {
        return Arc::new(cards);
    };
    for index in 0..service.entities.len() {
        cards.own.extend(fields(cx, Def { item, kind: DefKind::Entity(index as u16) }));
    }
    for index in 0..service.events.len() {
        cards.own.extend(fields(cx, Def { item, kind: DefKind::Event(index as u16) }));
    }
    for op in cx.ops(item) {
        cards.own.extend(pci(cx.classified_body(op)));
        let event = op.op.event.as_ref().and_then(|event| cx.def(item, event));
        if let Some(event) = event.filter(|event| event.item != item) {
            let says = format!("`{}` reacts to `{}`", cx.qualified(op.def), cx.qualified(event));
            cards.arrivals.extend(fields(cx, event).into_iter().map(|field| Arrival {
                into: item,
                at: cx.place(op.def),
                says: says.clone(),
                field,
            }));
        }
    }
    for site in calls_of(db, item).iter().filter(|site| !site.within_service()) {
        let Some(callee) = cx.op(site.callee) else { continue };
        let mut bring = |into: Item, found: Vec<Card>| {
            cards.arrivals.extend(found.into_iter().map(|field| Arrival {
                into,
                at: site.place(),
                says: site.says(cx),
                field,
            }));
        };
        bring(item, pci(cx.classified_answer(callee)));
        bring(callee.def.item, pci(cx.classified_body(callee)));
    }
    Arc::new(cards)
}

/// The card data of an entity or event, as it leaves.
fn fields(cx: Cx<'_>, def: Def) -> Vec<Card> {
    cx.fields_of(def)
        .into_iter()
        .filter(|(def, field)| cx.leaving_classes(def.item, field).any(Classes::PCI))
        .map(|(field, facts)| Card {
            name: format_smolstr!("{}.{}", def.name(cx.db), facts.name),
            place: Place::new(field.item, facts.loc.clone()),
        })
        .collect()
}

fn pci(found: Vec<crate::model::guards::Classified>) -> Vec<Card> {
    found
        .into_iter()
        .filter(|one| one.classes.any(Classes::PCI))
        .map(|one| Card {
            name: one.name,
            place: one.place,
        })
        .collect()
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("pci") {
        return;
    }
    let services = cx.items(Kind::Service);
    let mut owners: Vec<(Item, &Card)> = Vec::new();
    let mut got: FxHashMap<Item, Vec<&Arrival>> = FxHashMap::default();
    for &item in services.iter() {
        let cards = cards(cx.db, item);
        if let Some(first) = cards.own.first() {
            owners.push((item, first));
        }
        for arrival in &cards.arrivals {
            got.entry(arrival.into).or_default().push(arrival);
        }
    }
    if owners.is_empty() && got.is_empty() {
        return;
    }
    let stated: FxHashSet<Home> = cx
        .items(Kind::Context)
        .iter()
        .filter(|context| cx.context(**context).is_some_and(|facts| facts.cardholder))
        .map(|context| Home::Context(*context))
        .collect();
    // Where nobody says it, the environment is where card data comes from.
    let environment: FxHashSet<Home> = if stated.is_empty() {
        owners
            .iter()
            .filter(|(item, _)| !got.contains_key(item))
            .map(|(item, _)| home(cx.db, *item))
            .collect()
    } else {
        stated.clone()
    };
    if environment.is_empty() || environment.contains(&Home::Unknown) {
        return;
    }
    for &item in services.iter() {
        let here = home(cx.db, item);
        if here == Home::Unknown || environment.contains(&here) {
            continue;
        }
        let arrivals = got.get(&item).map(Vec::as_slice).unwrap_or_default();
        let own = owners
            .iter()
            .find(|(owner, _)| *owner == item && !stated.is_empty())
            .map(|(_, card)| *card);
        if let Some(first) = arrivals.first().map(|arrival| &arrival.field).or(own) {
            findings.push(finding(cx, item, first, arrivals, &environment, !stated.is_empty()));
        }
    }
}

fn finding(
    cx: Cx<'_>,
    item: Item,
    first: &Card,
    arrivals: &[&Arrival],
    environment: &FxHashSet<Home>,
    stated: bool,
) -> Finding {
    let name = cx.name(item).clone();
    let mut places: Vec<&str> = environment
        .iter()
        .filter_map(|home| match home {
            Home::Context(item) | Home::Alone(item) => Some(cx.name(*item).as_str()),
            Home::Unknown => None,
        })
        .collect();
    places.sort_unstable();
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(Def::item(item)),
        format!(
            "`{name}` gets card data (`{}`) and is outside of the cardholder environment ({}): from now on the card audit is about it, too",
            first.name,
            places.join(", ")
        ),
    )
    .help("Tokenize card data before it leaves the environment, or send less; a context that is to be audited says `cardholder`.")
    .citing(cx, &RULE, &["pci"]);
    for arrival in arrivals.iter().take(RELATED) {
        finding = finding.related(arrival.says.clone(), arrival.at.clone());
    }
    if arrivals.is_empty() {
        finding = finding.related(format!("`{}` is card data", first.name), first.place.clone());
    }
    let alone = arrivals.iter().all(|arrival| arrival.field.place == first.place);
    if alone && !matches!(first.place.loc.part, Part::Inline(..)) {
        let at = Place::new(first.place.item, first.place.loc.with(Part::Head));
        finding = finding.fix(FixPlan::suggest(
            format!("Tokenize {}", first.name),
            vec![Step::InsertAfter(at, " @tokenized".to_owned())],
        ));
    }
    if let Home::Context(context) = home(cx.db, item)
        && stated
    {
        finding = finding.fix(FixPlan::suggest(
            format!("Take {} into the cardholder environment", cx.name(context)),
            vec![Step::AddStatement(Place::new(context, Loc::head(&[])), "cardholder".to_owned())],
        ));
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(payment: &str, number: &str, reports: &str) -> String {
        format!(
            "system S {{ complies pci }}\ncontext Payment {{ {payment} }}\ncontext Insight {{ uses Payment }}\n\
             service Payments in Payment {{\n  entity Card {{ id: uuid @id; pan: string @pci{number} }}\n  \
             event Charged v1 {{ key id; id: uuid; pan: string @pci{number} }}\n  \
             endpoint card GET /v1/c/{{id}} -> Card {{ reads Card }}\n}}\n\
             service Reports in Insight {{ {reports} }}\n"
        )
    }

    fn check(payment: &str, number: &str, reports: &str) -> Vec<String> {
        of_rule(&text(payment, number, reports), "compliance.pci_scope_leak")
    }

    const CALL: &str = "job j every 1d { calls Payments.card }";
    const HANDLER: &str = "on Payments.Charged as c { dead_letter }";

    #[test]
    fn card_data_stays_in_its_environment() {
        for payment in ["", "cardholder"] {
            assert_eq!(check(payment, "", CALL), ["9 warning Reports"]);
            assert_eq!(check(payment, "", HANDLER), ["9 warning Reports"]);
            assert_eq!(check(payment, "", ""), [""; 0]);
            assert_eq!(check(payment, " @tokenized", CALL), [""; 0]);
            assert_eq!(check(payment, " @masked", HANDLER), [""; 0]);
        }
        let inside = text("cardholder", "", CALL).replace("context Insight {", "context Insight { cardholder;");
        assert_eq!(of_rule(&inside, "compliance.pci_scope_leak"), [""; 0]);
    }

    #[test]
    fn what_is_kept_outside_counts_where_the_environment_is_stated() {
        let keeps = "entity Copy { id: uuid @id; pan: string @pci }";
        assert_eq!(check("cardholder", "", keeps), ["9 warning Reports"]);
        assert_eq!(check("", "", keeps), [""; 0]);
    }

    #[test]
    fn what_is_handed_over_arrives_at_the_other_side() {
        let text = "system S { complies pci }\ntype Card { pan: string @pci }\ncontext A { uses B }\ncontext B\n\
                    service Shop in A { endpoint buy POST /v1/buy (body: Card) { calls Fraud.look } }\n\
                    service Fraud in B { endpoint look POST /v1/look (body: Card) { internal } }\n";
        assert_eq!(of_rule(text, "compliance.pci_scope_leak"), ["6 warning Fraud"]);
        let other = text.replace("complies pci", "complies gdpr");
        assert_eq!(of_rule(&other, "compliance.pci_scope_leak"), [""; 0]);
    }

    #[test]
    fn it_can_be_tokenized_or_audited() {
        let call = text("cardholder", "", CALL);
        let after = fixed(&call, "Tokenize Payments.Card.pan");
        assert!(after.contains("pan: string @pci @tokenized"), "{after}");
        let after = fixed(&call, "Take Insight into the cardholder environment");
        assert!(after.contains("context Insight { uses Payment; cardholder }"), "{after}");
    }
}
