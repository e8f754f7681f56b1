//! Reads a whole item into facts.

use std::sync::Arc;

use archwright_grammar::{
    ast::{Node, Tree, Value},
    vocabulary::Kind,
};

use super::{
    facts::{
        Auth, Body, Broker, Client, Context, ContextUse, Decision, EnumDef, Environment, ErrorDef, ItemFacts,
        Name, PasswordRules, Policy, PolicyLine, RefFact, Role, System, TypeDef, Vendor,
    },
    read::{At, docs},
    service,
};

/// The facts of a parsed item.
pub fn facts_of(tree: &Tree) -> ItemFacts {
    let Some(node) = &tree.node else {
        return ItemFacts {
            kind: Kind::Waive,
            name: Name::default(),
            docs: None,
            body: Body::Unknown,
            waivers: Vec::new(),
            broken: !tree.errors.is_empty(),
        };
    };
    let at = At::root(node);
    let mut waivers = Vec::new();
    at.waivers(&mut waivers);
    ItemFacts {
        kind: node.kind(),
        name: at.name(),
        docs: docs(node),
        body: body(&at),
        waivers,
        broken: !tree.errors.is_empty(),
    }
}

fn body(at: &At<'_>) -> Body {
    match at.node.kind() {
        Kind::System => Body::System(Arc::new(system(at))),
        Kind::Team => Body::Team(at.one(Kind::Contact).and_then(|contact| contact.text("text"))),
        Kind::Role => Body::Role(Role {
            kind: at.word("kind"),
            includes: at.refs("includes"),
        }),
        Kind::Auth => Body::Auth(Arc::new(auth(at))),
        Kind::Context => Body::Context(Arc::new(context(at))),
        // Facts stay in memory as long as their item. A copy has no spare room in its lists, which would be half of them.
        Kind::Service => Body::Service(Arc::new(service::service(at).clone())),
        Kind::Type => Body::Type(type_def(at)),
        Kind::Enum => Body::Enum(enum_def(at)),
        Kind::Error => Body::Error(error_def(at)),
        Kind::Vendor => Body::Vendor(Arc::new(vendor(at))),
        Kind::Client => Body::Client(Arc::new(client(at))),
        Kind::Broker => Body::Broker(Arc::new(broker(at))),
        Kind::Policy => Body::Policy(Arc::new(policy(at))),
        Kind::Decision => Body::Decision(Arc::new(decision(at))),
        Kind::Environment => Body::Environment(Arc::new(environment(at))),
        _ => Body::Unknown,
    }
}

fn system(at: &At<'_>) -> System {
    System {
        stack: at
            .one(Kind::Stack)
            .and_then(|child| child.words("stack").into_iter().next()),
        complies: at
            .of(Kind::Complies)
            .flat_map(|child| child.words("regime"))
            .collect(),
        settings: at.settings(),
        broker: at
            .one(Kind::UseBroker)
            .and_then(|child| child.reference("broker")),
        owner: at.one(Kind::Owner).and_then(|child| child.reference("team")),
        region: at.one(Kind::Region).and_then(|child| child.text("region")),
        outbox: at.flag(Kind::Outbox),
    }
}

fn auth(at: &At<'_>) -> Auth {
    Auth {
        kind: at.word("kind").unwrap_or_default(),
        issuer: at.one(Kind::Issuer).and_then(|child| child.reference("issuer")),
        lifetime: at.one(Kind::Lifetime).and_then(|child| child.duration("time")),
        idle: at.one(Kind::Idle).and_then(|child| child.duration("time")),
        mfa: at.of(Kind::Mfa).flat_map(|child| child.refs("role")).collect(),
        header: at.one(Kind::Header).and_then(|child| child.text("name")),
        query: at.one(Kind::QueryKey).and_then(|child| child.text("name")),
        key: at.one(Kind::AuthKey).and_then(|child| child.secret("key")),
        rotate: at.one(Kind::Rotate).and_then(|child| child.duration("time")),
        password: at.one(Kind::PasswordRules).map(|block| PasswordRules {
            min: block.one(Kind::MinLength).and_then(|child| child.int("length")),
            breached: block.one(Kind::Breached).and_then(|child| child.word("rule")),
            history: block.one(Kind::History).and_then(|child| child.int("count")),
            lockout: block.one(Kind::Lockout).and_then(|child| child.rate("rate")),
            loc: block.word_loc(),
        }),
    }
}

fn context(at: &At<'_>) -> Context {
    Context {
        uses: at
            .of(Kind::ContextUses)
            .flat_map(|child| {
                let (via, because) = (child.word("via"), child.text("because"));
                child.refs("context").into_iter().map(move |context| ContextUse {
                    context,
                    via: via.clone(),
                    because: because.clone(),
                })
            })
            .collect(),
        terms: at
            .of(Kind::Term)
            .filter_map(|child| Some((child.text("term")?, child.text("meaning").unwrap_or_default())))
            .collect(),
        cardholder: at.one(Kind::Cardholder).is_some(),
        synonyms: at
            .of(Kind::Term)
            .filter_map(|child| Some((child.texts("synonym"), child.text("term")?)))
            .flat_map(|(synonyms, term)| synonyms.into_iter().map(move |synonym| (synonym, term.clone())))
            .collect(),
    }
}

/// A `type`, at top level or in a service.
pub fn type_def(at: &At<'_>) -> TypeDef {
    TypeDef {
        name: at.name(),
        docs: docs(at.node),
        of: at.reference("of"),
        fields: at.of(Kind::Field).map(|child| child.field()).collect(),
        projected: at
            .of(Kind::Projected)
            .map(|child| (child.name(), child.name_loc()))
            .collect(),
        loc: at.name_loc(),
    }
}

/// An `enum`, at top level or in a service.
pub fn enum_def(at: &At<'_>) -> EnumDef {
    EnumDef {
        name: at.name(),
        docs: docs(at.node),
        members: at
            .of(Kind::EnumMember)
            .map(|child| (child.name(), child.name_loc()))
            .collect(),
        loc: at.name_loc(),
    }
}

/// An `error`, at top level or in a service.
pub fn error_def(at: &At<'_>) -> ErrorDef {
    ErrorDef {
        name: at.name(),
        docs: docs(at.node),
        status: at.int("status").unwrap_or(0),
        message: at.text("message").unwrap_or_default(),
        loc: at.name_loc(),
    }
}

fn vendor(at: &At<'_>) -> Vendor {
    Vendor {
        kind: at.word("kind").unwrap_or_default(),
        receives: at
            .of(Kind::Receives)
            .flat_map(|child| child.refs("data"))
            .collect(),
        agreements: at
            .of(Kind::Agreement)
            .filter_map(|child| Some((child.word("kind")?, child.date("date"), child.head())))
            .collect(),
        region: at.one(Kind::Region).and_then(|child| child.text("region")),
        timeout: at.timeout(),
        retry: at.retry(),
        breaker: at.one(Kind::Breaker).map(|child| child.head()),
        fallback: at.one(Kind::Fallback).and_then(|child| child.word("fallback")),
        tls: at.tls(),
        url: at.one(Kind::Url).and_then(|child| child.secret("url")),
        key: at.one(Kind::AuthKey).and_then(|child| child.secret("key")),
        password: at.one(Kind::Password).and_then(|child| child.secret("password")),
    }
}

fn client(at: &At<'_>) -> Client {
    Client {
        kind: at.word("kind").unwrap_or_default(),
        auth: at.auth(),
        uses: at
            .of(Kind::ClientUses)
            .flat_map(|child| child.refs("endpoint"))
            .collect(),
        listens: at
            .of(Kind::Listens)
            .flat_map(|child| child.refs("event"))
            .collect(),
    }
}

fn broker(at: &At<'_>) -> Broker {
    Broker {
        kind: at.word("kind").unwrap_or_default(),
        tls: at.tls(),
        url: at.one(Kind::Url).and_then(|child| child.secret("url")),
        password: at.one(Kind::Password).and_then(|child| child.secret("password")),
    }
}

fn policy(at: &At<'_>) -> Policy {
    let line = |child: At<'_>, deny: bool| PolicyLine {
        deny,
        from: child.reference("from"),
        to: child.reference("to"),
        because: child.text("because"),
        loc: child.head(),
    };
    Policy {
        layers: at
            .of(Kind::PolicyLayers)
            .map(|child| (chain(child.node, &child), child.head()))
            .collect(),
        lines: at
            .children()
            .filter_map(|child| match child.node.kind() {
                Kind::PolicyDeny => Some(line(child, true)),
                Kind::PolicyAllow => Some(line(child, false)),
                _ => None,
            })
            .collect(),
    }
}

/// `a, b > c`: the levels between the `>` signs.
fn chain(node: &Node, at: &At<'_>) -> Vec<Vec<RefFact>> {
    let mut refs = at.refs("item").into_iter();
    let mut levels = vec![Vec::new()];
    for argument in &node.args {
        match argument.value {
            Value::Flag if argument.slot == ">" => levels.push(Vec::new()),
            Value::Ref(_) => {
                if let (Some(level), Some(reference)) = (levels.last_mut(), refs.next()) {
                    level.push(reference);
                }
            }
            _ => {}
        }
    }
    levels
}

fn decision(at: &At<'_>) -> Decision {
    Decision {
        title: at.text("title").unwrap_or_default(),
        status: at
            .one(Kind::Status)
            .and_then(|child| Some((child.word("status")?, child.date("date")))),
        affects: at
            .of(Kind::Affects)
            .flat_map(|child| child.refs("item"))
            .collect(),
        supersedes: at
            .of(Kind::Supersedes)
            .flat_map(|child| child.refs("decision"))
            .collect(),
    }
}

fn environment(at: &At<'_>) -> Environment {
    Environment {
        platform: at.one(Kind::Platform).and_then(|child| child.word("platform")),
        region: at.one(Kind::Region).and_then(|child| child.text("region")),
        scales: at
            .of(Kind::EnvironmentScale)
            .filter_map(|child| {
                let (from, to) = child.range("range")?;
                Some((child.reference("service")?, from, to))
            })
            .collect(),
        budget: at.one(Kind::Budget).and_then(|child| child.rate("rate")),
        runtime: super::service::runtime(at),
        data_from: at
            .one(Kind::DataFrom)
            .and_then(|child| Some((child.reference("environment")?, child.node.has("masked")))),
    }
}
