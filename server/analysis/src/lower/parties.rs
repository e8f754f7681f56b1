//! Roles, teams, schemes, contexts, and the parties outside.

use std::collections::{BTreeMap, BTreeSet};

use archwright_codegen::model::{
    AuthScheme, AuthSchemeKind, BrokerModel, ClientModel, ContextModel, ContextUse, DecisionModel,
    DecisionStatus, IssuerModel, PasswordPolicy, PolicyModel, PolicyRule, RoleKind, RoleModel,
    Setting as SettingModel, TeamModel, VendorModel,
};
use archwright_grammar::vocabulary::Kind;

use super::{Lower, convert};
use crate::{
    db::Item,
    model::facts::{Body, RefFact},
};

const ROLE: &[Kind] = &[Kind::Role];

impl Lower<'_> {
    pub(super) fn roles(&self) -> Vec<RoleModel> {
        let mut roles: Vec<RoleModel> = self
            .named(Kind::Role)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Role(role) = body else { return None };
                Some(RoleModel {
                    name,
                    docs,
                    kind: role_kind(role.kind.as_deref(), !role.includes.is_empty()),
                    includes: self.names(item, &role.includes, ROLE),
                    ..RoleModel::default()
                })
            })
            .collect();
        let includes: BTreeMap<String, Vec<String>> = roles
            .iter()
            .map(|role| (role.name.clone(), role.includes.clone()))
            .collect();
        let included_by: BTreeMap<String, Vec<String>> = roles
            .iter()
            .map(|role| {
                let outer = roles.iter().filter(|other| other.includes.contains(&role.name));
                (role.name.clone(), outer.map(|other| other.name.clone()).collect())
            })
            .collect();
        for role in &mut roles {
            role.holds = closure(&role.name, &includes);
            role.held_by = closure(&role.name, &included_by);
        }
        roles
    }

    pub(super) fn teams(&self) -> Vec<TeamModel> {
        let team = |(_, name, docs, body): (Item, String, String, &Body)| match body {
            Body::Team(contact) => Some(TeamModel {
                name,
                docs,
                contact: convert::docs(contact.as_ref()),
            }),
            _ => None,
        };
        self.named(Kind::Team).into_iter().filter_map(team).collect()
    }

    pub(super) fn auth_schemes(&self) -> Vec<AuthScheme> {
        self.named(Kind::Auth)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Auth(auth) = body else { return None };
                let issuer = auth.issuer.as_ref().map(|issuer| {
                    let def = self.cx.resolve(item, issuer, &[Kind::Service, Kind::Vendor]);
                    IssuerModel {
                        name: def.map_or_else(|| issuer.text(), |def| def.name(self.cx.db).to_string()),
                        vendor: def.is_some_and(|def| def.word_kind(self.cx.db) == Kind::Vendor),
                    }
                });
                let password = auth.password.as_ref().map(|rules| PasswordPolicy {
                    min: rules.min.map(convert::count),
                    breached: match rules.breached.as_deref() {
                        Some("deny") => SettingModel::On,
                        Some(_) => SettingModel::Off,
                        None => SettingModel::Absent,
                    },
                    history: rules.history.map(convert::count),
                    lockout_tries: rules
                        .lockout
                        .map(|rate| u32::try_from(rate.count).unwrap_or(u32::MAX)),
                    lockout_per: rules.lockout.map(|rate| convert::duration(rate.per)),
                });
                Some(AuthScheme {
                    name,
                    docs,
                    kind: scheme_kind(&auth.kind),
                    issuer,
                    lifetime: auth.lifetime.map(convert::duration),
                    idle: auth.idle.map(convert::duration),
                    mfa: self.names(item, &auth.mfa, ROLE),
                    password,
                    header: auth.header.as_ref().map(ToString::to_string),
                    key_secret: auth
                        .key
                        .as_ref()
                        .filter(|key| !key.literal)
                        .map(|key| key.text.to_string()),
                    rotate: auth.rotate.map(convert::duration),
                })
            })
            .collect()
    }

    pub(super) fn contexts(&self) -> Vec<ContextModel> {
        self.named(Kind::Context)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Context(context) = body else { return None };
                let uses = context.uses.iter().map(|used| ContextUse {
                    context: self.name_of(item, &used.context, &[Kind::Context]),
                    via: used.via.as_ref().map(ToString::to_string),
                });
                let terms = context
                    .terms
                    .iter()
                    .map(|(term, meaning)| (term.to_string(), meaning.to_string()))
                    .collect();
                Some(ContextModel {
                    name,
                    docs,
                    uses: uses.collect(),
                    terms,
                })
            })
            .collect()
    }

    pub(super) fn vendors(&self) -> Vec<VendorModel> {
        self.named(Kind::Vendor)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Vendor(vendor) = body else { return None };
                let agreements = vendor
                    .agreements
                    .iter()
                    .map(|(kind, date, _)| (kind.to_string(), date.map(convert::date).unwrap_or_default()));
                Some(VendorModel {
                    name,
                    docs,
                    kind: vendor.kind.to_string(),
                    receives: self.qualified_names(
                        item,
                        &vendor.receives,
                        &[Kind::Field, Kind::Entity, Kind::Type],
                    ),
                    agreements: agreements.collect(),
                    region: vendor.region.as_ref().map(ToString::to_string),
                    timeout: vendor.timeout.set().copied().map(convert::duration),
                    breaker: vendor.breaker.is_some(),
                })
            })
            .collect()
    }

    pub(super) fn clients(&self) -> Vec<ClientModel> {
        self.named(Kind::Client)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Client(client) = body else { return None };
                let auth = client
                    .auth
                    .set()
                    .map(|schemes| self.names(item, schemes, &[Kind::Auth]));
                Some(ClientModel {
                    name,
                    docs,
                    kind: client.kind.to_string(),
                    auth: auth.unwrap_or_default(),
                    uses: self.qualified_names(item, &client.uses, &[Kind::Endpoint, Kind::Service]),
                    listens: self.qualified_names(item, &client.listens, &[Kind::Event]),
                })
            })
            .collect()
    }

    pub(super) fn brokers(&self) -> Vec<BrokerModel> {
        let outer = self.cx.system().map(|(_, system)| &system.settings.tls);
        self.named(Kind::Broker)
            .into_iter()
            .filter_map(|(_, name, docs, body)| {
                let Body::Broker(broker) = body else { return None };
                let tls = outer.map_or(&broker.tls, |outer| broker.tls.or(outer));
                Some(BrokerModel {
                    name,
                    docs,
                    kind: broker.kind.to_string(),
                    tls: convert::setting(tls),
                })
            })
            .collect()
    }

    pub(super) fn decisions(&self) -> Vec<DecisionModel> {
        self.named(Kind::Decision)
            .into_iter()
            .filter_map(|(item, name, docs, body)| {
                let Body::Decision(decision) = body else {
                    return None;
                };
                let (word, date) = match &decision.status {
                    Some((word, date)) => (word.as_str(), *date),
                    None => ("proposed", None),
                };
                let status = match word {
                    "accepted" => DecisionStatus::Accepted,
                    "deprecated" => DecisionStatus::Deprecated,
                    "superseded" => DecisionStatus::Superseded,
                    _ => DecisionStatus::Proposed,
                };
                Some(DecisionModel {
                    name,
                    title: decision.title.to_string(),
                    docs,
                    status,
                    date: date.map(convert::date),
                    affects: decision.affects.iter().map(RefFact::text).collect(),
                    supersedes: self.names(item, &decision.supersedes, &[Kind::Decision]),
                })
            })
            .collect()
    }

    pub(super) fn policies(&self) -> Vec<PolicyModel> {
        let side = |side: Option<&RefFact>| side.map_or_else(|| "*".to_owned(), RefFact::text);
        self.named(Kind::Policy)
            .into_iter()
            .filter_map(|(_, name, docs, body)| {
                let Body::Policy(policy) = body else { return None };
                let level = |level: &Vec<RefFact>| level.iter().map(RefFact::text).collect::<Vec<_>>();
                let layers = policy
                    .layers
                    .iter()
                    .flat_map(|(levels, _)| levels.iter().map(level));
                let rules = policy.lines.iter().map(|line| PolicyRule {
                    allow: !line.deny,
                    from: side(line.from.as_ref()),
                    to: side(line.to.as_ref()),
                    because: convert::docs(line.because.as_ref()),
                });
                Some(PolicyModel {
                    name,
                    docs,
                    layers: layers.collect(),
                    rules: rules.collect(),
                })
            })
            .collect()
    }

    /// The names of what references mean.
    pub(super) fn names(&self, item: Item, references: &[RefFact], want: &[Kind]) -> Vec<String> {
        references
            .iter()
            .map(|reference| self.name_of(item, reference, want))
            .collect()
    }

    /// The qualified names of what references mean.
    pub(super) fn qualified_names(&self, item: Item, references: &[RefFact], want: &[Kind]) -> Vec<String> {
        references
            .iter()
            .map(|reference| self.qualified_name_of(item, reference, want))
            .collect()
    }
}

/// People outside have no kind; a role that includes others without saying its kind is of the organisation.
pub(super) fn role_kind(word: Option<&str>, includes: bool) -> RoleKind {
    match word {
        Some("service") => RoleKind::Service,
        Some(_) => RoleKind::Staff,
        None if includes => RoleKind::Staff,
        None => RoleKind::Person,
    }
}

fn scheme_kind(word: &str) -> AuthSchemeKind {
    match word {
        "jwt" => AuthSchemeKind::Jwt,
        "oidc" => AuthSchemeKind::Oidc,
        "api_key" => AuthSchemeKind::ApiKey,
        "mtls" => AuthSchemeKind::Mtls,
        "none" => AuthSchemeKind::None,
        _ => AuthSchemeKind::Cookie,
    }
}

/// `start` first, then everything that can be reached from it, sorted.
fn closure(start: &str, next: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        for further in next.get(name).into_iter().flatten() {
            if further != start && reached.insert(further.clone()) {
                open.push(further);
            }
        }
    }
    std::iter::once(start.to_owned()).chain(reached).collect()
}
