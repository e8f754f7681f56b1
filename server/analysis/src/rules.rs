//! The single registry of rules: one row each. A rule's metadata, check, fixes and tests stand in one file below
//! `rules/<category>/`; its page is `docs/rules/<category>/<rule>.md`.

use std::sync::Arc;

use crate::{
    Profile,
    db::{Db, Globals, Item},
    diagnostic::Severity,
    model::{cx::Cx, finding::Finding},
};

/// What is known of a rule.
pub struct Rule {
    /// `auth.missing_authorization`
    pub id: &'static str,
    /// The severity without aggravation.
    pub severity: Severity,
    /// Whether it is part of profile `core`; all are part of `recommended` unless `strict`.
    pub core: bool,
    /// Only in profile `strict`.
    pub strict: bool,
    /// One line.
    pub summary: &'static str,
    /// Rules whose findings on the same element this one makes superfluous.
    pub subsumes: &'static [&'static str],
    /// Tries out: off in every profile, never an error, until the configuration gives it a severity.
    pub preview: bool,
    /// Earlier ids, which waivers and configurations may still use.
    pub aliases: &'static [&'static str],
    /// Entries of the Common Weakness Enumeration that it finds: 306 for CWE-306.
    pub cwe: &'static [u16],
    /// What the regimes ask that it looks after: a word of `complies`, and the clause (`("hipaa", "45 CFR 164.312(b)")`).
    pub clauses: &'static [(&'static str, &'static str)],
    /// Numbers that a project may set for itself; a check reads them with [`Cx::threshold`].
    pub thresholds: &'static [Threshold],
    /// The page, in Markdown.
    pub page: &'static str,
    /// The check.
    pub check: Check,
}

/// A number at which a rule begins to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// `operations`, unique in its rule.
    pub name: &'static str,
    /// The value unless the configuration says another.
    pub default: u32,
    /// What is counted, with its unit: "operations of one service", "percent of all operations", "days".
    pub counts: &'static str,
}

/// How far a check looks.
pub enum Check {
    /// Needs one item and what it refers to; runs with every keystroke in that item.
    Item(fn(Cx<'_>, Item, &mut Vec<Finding>)),
    /// Needs the whole workspace; runs when the typing pauses.
    Workspace(fn(Cx<'_>, &mut Vec<Finding>)),
    /// Is computed with the findings of all the others in hand: see [`crate::waivers`].
    Waivers,
}

impl Rule {
    /// A rule of which nothing is said yet: for the fields that most rules leave out.
    pub(crate) const PLAIN: Self = Self {
        id: "",
        severity: Severity::Warning,
        core: false,
        strict: false,
        summary: "",
        subsumes: &[],
        preview: false,
        aliases: &[],
        cwe: &[],
        clauses: &[],
        thresholds: &[],
        page: "",
        check: Check::Waivers,
    };

    /// The first profile that it runs in; `None` for a preview, which runs where the configuration says so.
    pub const fn profile(&self) -> Option<Profile> {
        if self.preview {
            None
        } else if self.core {
            Some(Profile::Core)
        } else if self.strict {
            Some(Profile::Strict)
        } else {
            Some(Profile::Recommended)
        }
    }

    /// The part before the dot.
    pub fn category(&self) -> &'static str {
        self.id.split('.').next().unwrap_or_default()
    }
}

pub(crate) mod catalogue;
mod let_in;
mod listing;
mod merged;
mod narrow;
mod renaming;
mod told;

macro_rules! rules {
    ($($category:ident { $($rule:ident),* $(,)? })*) => {
        $(pub(crate) mod $category { $(pub(crate) mod $rule;)* })*
        /// All rules, by category.
        pub static RULES: &[&Rule] = &[$($(&$category::$rule::RULE),*),*];
    };
}

rules! {
    api { deprecated_in_use, duplicate_route, error_contract, missing_rate_limit, missing_version, non_idempotent_mutation, path_style, unbounded_input, unpaginated_list, unsafe_get, url_from_client }
    auth { auth_undeclared, identity_not_propagated, inline_secret, login_unlimited, mfa_missing, missing_authorization, object_level_check, privileged_endpoint_weak, service_call_unauthenticated, transitive_sensitive_exposure, unauthenticated_mutation, unauthenticated_sensitive, unreachable_allow, weak_scheme }
    boundary { chatty_pair, cyclic_contexts, cyclic_services, embedded_foreign_entity, flat_architecture, god_service, layer_violation, missing_anticorruption, nano_service, policy_denied, shared_datastore, undeclared_dependency }
    compliance { gdpr_erasure_gap, gdpr_no_export, gdpr_transfer, hipaa_session, nonprod_real_data, pci_auth_data_stored, pci_card_number_readable, pci_scope_leak, regime_missing, retention_conflict }
    data { cache_sensitive, duplicate_ownership, entity_as_contract, float_money, foreign_access, no_backup, owner_missing, retention_missing, secret_leaves_service, sensitive_in_logs, sensitive_in_url, tenant_scope_missing, unclassified_field, unencrypted_at_rest, unencrypted_in_transit, unindexed_filter }
    deploy { autoscale_unbounded, cross_region_call, platform_mismatch, privileged_runtime, public_datastore, rpo_unachievable, scale_contradiction }
    event { broker_cannot, dual_write, event_loop, foreign_emit, missing_version, never_emitted, no_dead_letter, non_idempotent_handler, ordering_mismatch, sensitive_payload, uncompensated_workflow, unconsumed }
    evolution { breaking_contract, code_drift, decision_gap, protection_weakened, sunset_passed, unsafe_schema_change, waiver_stale }
    observability { audit_missing, blind_service, dead_letter_unwatched, no_health_check, no_trace, slo_unobserved }
    scale { call_without_timeout, deep_sync_chain, embedded_store, hub_service, n_plus_one, no_fallback, pool_exhaustion, retry_amplification, single_instance, slo_unachievable, stale_cache, timeout_inversion, unbounded_growth }
    style { missing_docs, name_case, placeholder, term_drift, unused_declaration }
    vendor { excess_data, no_resilience, sensitive_without_agreement, side_effect_inline, undeclared_transfer, unverified_webhook }
}

/// The rule called `id`, or that was once; `auth/missing-authorization` is accepted too.
pub fn rule(id: &str) -> Option<&'static Rule> {
    let known = |id: &str| {
        let now = RULES.iter().find(|rule| rule.id == id);
        now.or_else(|| RULES.iter().find(|rule| rule.aliases.contains(&id)))
            .copied()
    };
    if id.contains(['/', '-']) {
        known(&id.replace('/', ".").replace('-', "_"))
    } else {
        known(id)
    }
}

/// The findings of one item that need only it and what it refers to.
pub(crate) fn check_item(db: &dyn Db, item: Item) -> Vec<Finding> {
    let cx = Cx { db };
    let mut findings = crate::db::resolved(db, item).findings.clone();
    for rule in RULES {
        if let Check::Item(check) = rule.check {
            check(cx, item, &mut findings);
        }
    }
    findings
}

/// The findings that need the whole workspace, one list for each rule: so that after an edit only the rules run that read
/// something of what changed.
pub(crate) fn check_workspace(db: &dyn Db) -> impl Iterator<Item = &Arc<Vec<Finding>>> {
    let globals = db.globals();
    let circles = std::iter::once(circles_of_declarations(db, globals, ()));
    let numbers = RULES.iter().enumerate();
    let late = numbers.filter(|(_, rule)| matches!(rule.check, Check::Workspace(_)));
    circles.chain(late.map(move |(number, _)| workspace_findings(db, globals, number)))
}

/// The findings of the rule with that number in [`RULES`], if it needs the whole workspace.
#[salsa::tracked(returns(ref))]
fn workspace_findings(db: &dyn Db, _globals: Globals, number: usize) -> Arc<Vec<Finding>> {
    let mut findings = Vec::new();
    if let Check::Workspace(check) = RULES[number].check {
        check(Cx { db }, &mut findings);
    }
    Arc::new(findings)
}

/// Types, roles and the like that lead back to themselves.
#[salsa::tracked(returns(ref))]
fn circles_of_declarations(db: &dyn Db, _globals: Globals, _all: ()) -> Arc<Vec<Finding>> {
    let mut findings = Vec::new();
    crate::model::structure::cycles::check(Cx { db }, &mut findings);
    Arc::new(findings)
}
