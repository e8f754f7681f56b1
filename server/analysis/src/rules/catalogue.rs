//! The ids of all rules of the catalogue, built or planned: so that a waiver of a rule that a later version brings is neither
//! unknown nor useless.

use crate::config::Profile;

/// All ids with the profile from which on the rule runs, by category.
pub(crate) static CATALOGUE: &[(&str, Profile)] = &[
    ("boundary.shared_datastore", Profile::Core),
    ("boundary.undeclared_dependency", Profile::Core),
    ("boundary.cyclic_services", Profile::Core),
    ("boundary.cyclic_contexts", Profile::Recommended),
    ("boundary.layer_violation", Profile::Core),
    ("boundary.policy_denied", Profile::Recommended),
    ("boundary.flat_architecture", Profile::Recommended),
    ("boundary.god_service", Profile::Recommended),
    ("boundary.nano_service", Profile::Recommended),
    ("boundary.chatty_pair", Profile::Recommended),
    ("boundary.missing_anticorruption", Profile::Recommended),
    ("boundary.embedded_foreign_entity", Profile::Recommended),
    ("auth.unauthenticated_sensitive", Profile::Core),
    ("auth.unauthenticated_mutation", Profile::Core),
    ("auth.auth_undeclared", Profile::Core),
    ("auth.missing_authorization", Profile::Core),
    ("auth.object_level_check", Profile::Core),
    ("auth.transitive_sensitive_exposure", Profile::Core),
    ("auth.identity_not_propagated", Profile::Core),
    ("auth.service_call_unauthenticated", Profile::Core),
    ("auth.unreachable_allow", Profile::Recommended),
    ("auth.privileged_endpoint_weak", Profile::Recommended),
    ("auth.weak_scheme", Profile::Recommended),
    ("auth.login_unlimited", Profile::Recommended),
    ("auth.mfa_missing", Profile::Recommended),
    ("auth.inline_secret", Profile::Core),
    ("data.foreign_access", Profile::Core),
    ("data.duplicate_ownership", Profile::Recommended),
    ("data.owner_missing", Profile::Core),
    ("data.unencrypted_at_rest", Profile::Core),
    ("data.unencrypted_in_transit", Profile::Core),
    ("data.unclassified_field", Profile::Core),
    ("data.secret_leaves_service", Profile::Core),
    ("data.sensitive_in_logs", Profile::Core),
    ("data.retention_missing", Profile::Core),
    ("data.sensitive_in_url", Profile::Recommended),
    ("data.entity_as_contract", Profile::Recommended),
    ("data.tenant_scope_missing", Profile::Recommended),
    ("data.unindexed_filter", Profile::Recommended),
    ("data.no_backup", Profile::Recommended),
    ("data.cache_sensitive", Profile::Recommended),
    ("data.float_money", Profile::Recommended),
    ("api.unpaginated_list", Profile::Core),
    ("api.non_idempotent_mutation", Profile::Core),
    ("api.missing_rate_limit", Profile::Core),
    ("api.missing_version", Profile::Core),
    ("api.duplicate_route", Profile::Recommended),
    ("api.unsafe_get", Profile::Recommended),
    ("api.deprecated_in_use", Profile::Recommended),
    ("api.error_contract", Profile::Strict),
    ("api.unbounded_input", Profile::Strict),
    ("api.url_from_client", Profile::Recommended),
    ("api.path_style", Profile::Recommended),
    ("event.never_emitted", Profile::Core),
    ("event.unconsumed", Profile::Recommended),
    ("event.no_dead_letter", Profile::Core),
    ("event.non_idempotent_handler", Profile::Core),
    ("event.dual_write", Profile::Core),
    ("event.ordering_mismatch", Profile::Recommended),
    ("event.missing_version", Profile::Recommended),
    ("event.foreign_emit", Profile::Recommended),
    ("event.event_loop", Profile::Recommended),
    ("event.sensitive_payload", Profile::Recommended),
    ("event.broker_cannot", Profile::Recommended),
    ("event.uncompensated_workflow", Profile::Recommended),
    ("scale.call_without_timeout", Profile::Core),
    ("scale.timeout_inversion", Profile::Recommended),
    ("scale.retry_amplification", Profile::Recommended),
    ("scale.deep_sync_chain", Profile::Core),
    ("scale.no_fallback", Profile::Recommended),
    ("scale.hub_service", Profile::Recommended),
    ("scale.slo_unachievable", Profile::Recommended),
    ("scale.single_instance", Profile::Recommended),
    ("scale.unbounded_growth", Profile::Recommended),
    ("scale.stale_cache", Profile::Recommended),
    ("scale.n_plus_one", Profile::Recommended),
    ("scale.embedded_store", Profile::Recommended),
    ("scale.pool_exhaustion", Profile::Recommended),
    ("observability.audit_missing", Profile::Core),
    ("observability.no_trace", Profile::Core),
    ("observability.blind_service", Profile::Recommended),
    ("observability.no_health_check", Profile::Recommended),
    ("observability.slo_unobserved", Profile::Recommended),
    ("observability.dead_letter_unwatched", Profile::Recommended),
    ("compliance.regime_missing", Profile::Recommended),
    ("compliance.gdpr_erasure_gap", Profile::Core),
    ("compliance.gdpr_no_export", Profile::Recommended),
    ("compliance.gdpr_transfer", Profile::Recommended),
    ("compliance.hipaa_session", Profile::Recommended),
    ("compliance.pci_auth_data_stored", Profile::Core),
    ("compliance.pci_card_number_readable", Profile::Recommended),
    ("compliance.pci_scope_leak", Profile::Recommended),
    ("compliance.nonprod_real_data", Profile::Recommended),
    ("compliance.retention_conflict", Profile::Recommended),
    ("vendor.sensitive_without_agreement", Profile::Core),
    ("vendor.undeclared_transfer", Profile::Core),
    ("vendor.excess_data", Profile::Recommended),
    ("vendor.unverified_webhook", Profile::Core),
    ("vendor.no_resilience", Profile::Recommended),
    ("vendor.side_effect_inline", Profile::Recommended),
    ("deploy.public_datastore", Profile::Recommended),
    ("deploy.autoscale_unbounded", Profile::Recommended),
    ("deploy.cross_region_call", Profile::Recommended),
    ("deploy.rpo_unachievable", Profile::Recommended),
    ("deploy.privileged_runtime", Profile::Recommended),
    ("deploy.scale_contradiction", Profile::Recommended),
    ("deploy.platform_mismatch", Profile::Recommended),
    ("style.name_case", Profile::Recommended),
    ("style.unused_declaration", Profile::Recommended),
    ("style.placeholder", Profile::Recommended),
    ("style.term_drift", Profile::Recommended),
    ("style.missing_docs", Profile::Strict),
    ("evolution.breaking_contract", Profile::Core),
    ("evolution.protection_weakened", Profile::Core),
    ("evolution.sunset_passed", Profile::Recommended),
    ("evolution.waiver_stale", Profile::Recommended),
    ("evolution.unsafe_schema_change", Profile::Recommended),
    ("evolution.decision_gap", Profile::Recommended),
    ("evolution.code_drift", Profile::Recommended),
];

/// Whether the catalogue has a rule of that id.
pub(crate) fn contains(id: &str) -> bool {
    CATALOGUE.iter().any(|(known, _)| *known == id)
}

#[cfg(test)]
mod tests {
    use super::{CATALOGUE, contains};
    use crate::{config::Profile, rules::RULES};

    #[test]
    fn every_rule_is_in_the_catalogue_with_its_profile() {
        for rule in RULES {
            let profile = match (rule.core, rule.strict) {
                (true, _) => Profile::Core,
                (false, true) => Profile::Strict,
                (false, false) => Profile::Recommended,
            };
            assert!(
                CATALOGUE.contains(&(rule.id, profile)),
                "{} is not in the catalogue as {profile:?}",
                rule.id
            );
        }
    }

    #[test]
    fn ids_are_unique_and_dotted() {
        let mut ids: Vec<&str> = CATALOGUE.iter().map(|(id, _)| *id).collect();
        assert!(ids.iter().all(|id| id.split('.').count() == 2));
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(contains("compliance.gdpr_erasure_gap"));
        assert!(!contains("compliance.everything"));
    }
}
