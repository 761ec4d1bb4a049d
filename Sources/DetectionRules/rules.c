#include "DetectionRules.h"

// One line for each file of `rules`, in the order of their names; a test compares the two.
static const unsigned char bartizan_self_test[] = {
#embed "rules/bartizan-self-test.yml"
};
static const unsigned char bartizan_self_test_test[] = {
#embed "rules/bartizan-self-test.test.yml"
};
static const unsigned char falco_alert[] = {
#embed "rules/falco-alert.yml"
};
static const unsigned char falco_alert_test[] = {
#embed "rules/falco-alert.test.yml"
};
static const unsigned char kubernetes_admission_control_removed[] = {
#embed "rules/kubernetes-admission-control-removed.yml"
};
static const unsigned char kubernetes_admission_control_removed_test[] = {
#embed "rules/kubernetes-admission-control-removed.test.yml"
};
static const unsigned char kubernetes_admission_policy_changed[] = {
#embed "rules/kubernetes-admission-policy-changed.yml"
};
static const unsigned char kubernetes_admission_policy_changed_test[] = {
#embed "rules/kubernetes-admission-policy-changed.test.yml"
};
static const unsigned char kubernetes_all_secrets_cached[] = {
#embed "rules/kubernetes-all-secrets-cached.yml"
};
static const unsigned char kubernetes_all_secrets_cached_test[] = {
#embed "rules/kubernetes-all-secrets-cached.test.yml"
};
static const unsigned char kubernetes_all_secrets_listed[] = {
#embed "rules/kubernetes-all-secrets-listed.yml"
};
static const unsigned char kubernetes_all_secrets_listed_test[] = {
#embed "rules/kubernetes-all-secrets-listed.test.yml"
};
static const unsigned char kubernetes_anonymous_allowed[] = {
#embed "rules/kubernetes-anonymous-allowed.yml"
};
static const unsigned char kubernetes_anonymous_allowed_test[] = {
#embed "rules/kubernetes-anonymous-allowed.test.yml"
};
static const unsigned char kubernetes_anonymous_bound[] = {
#embed "rules/kubernetes-anonymous-bound.yml"
};
static const unsigned char kubernetes_anonymous_bound_test[] = {
#embed "rules/kubernetes-anonymous-bound.test.yml"
};
static const unsigned char kubernetes_anonymous_discovery[] = {
#embed "rules/kubernetes-anonymous-discovery.yml"
};
static const unsigned char kubernetes_anonymous_discovery_test[] = {
#embed "rules/kubernetes-anonymous-discovery.test.yml"
};
static const unsigned char kubernetes_api_service[] = {
#embed "rules/kubernetes-api-service.yml"
};
static const unsigned char kubernetes_api_service_test[] = {
#embed "rules/kubernetes-api-service.test.yml"
};
static const unsigned char kubernetes_attach[] = {
#embed "rules/kubernetes-attach.yml"
};
static const unsigned char kubernetes_attach_test[] = {
#embed "rules/kubernetes-attach.test.yml"
};
static const unsigned char kubernetes_attack_tool[] = {
#embed "rules/kubernetes-attack-tool.yml"
};
static const unsigned char kubernetes_attack_tool_test[] = {
#embed "rules/kubernetes-attack-tool.test.yml"
};
static const unsigned char kubernetes_audit_id_forged[] = {
#embed "rules/kubernetes-audit-id-forged.yml"
};
static const unsigned char kubernetes_audit_id_forged_test[] = {
#embed "rules/kubernetes-audit-id-forged.test.yml"
};
static const unsigned char kubernetes_audit_id_reused[] = {
#embed "rules/kubernetes-audit-id-reused.yml"
};
static const unsigned char kubernetes_audit_id_reused_test[] = {
#embed "rules/kubernetes-audit-id-reused.test.yml"
};
static const unsigned char kubernetes_audit_policy_changed[] = {
#embed "rules/kubernetes-audit-policy-changed.yml"
};
static const unsigned char kubernetes_audit_policy_changed_test[] = {
#embed "rules/kubernetes-audit-policy-changed.test.yml"
};
static const unsigned char kubernetes_binding_subject_added[] = {
#embed "rules/kubernetes-binding-subject-added.yml"
};
static const unsigned char kubernetes_binding_subject_added_test[] = {
#embed "rules/kubernetes-binding-subject-added.test.yml"
};
static const unsigned char kubernetes_binding_subject_added_to_cluster_admin[] = {
#embed "rules/kubernetes-binding-subject-added-to-cluster-admin.yml"
};
static const unsigned char kubernetes_binding_subject_added_to_cluster_admin_test[] = {
#embed "rules/kubernetes-binding-subject-added-to-cluster-admin.test.yml"
};
static const unsigned char kubernetes_bootstrap_token[] = {
#embed "rules/kubernetes-bootstrap-token.yml"
};
static const unsigned char kubernetes_bootstrap_token_test[] = {
#embed "rules/kubernetes-bootstrap-token.test.yml"
};
static const unsigned char kubernetes_bound_token_outside[] = {
#embed "rules/kubernetes-bound-token-outside.yml"
};
static const unsigned char kubernetes_bound_token_outside_test[] = {
#embed "rules/kubernetes-bound-token-outside.test.yml"
};
static const unsigned char kubernetes_break_glass_from_outside[] = {
#embed "rules/kubernetes-break-glass-from-outside.yml"
};
static const unsigned char kubernetes_break_glass_from_outside_test[] = {
#embed "rules/kubernetes-break-glass-from-outside.test.yml"
};
static const unsigned char kubernetes_break_glass_used[] = {
#embed "rules/kubernetes-break-glass-used.yml"
};
static const unsigned char kubernetes_break_glass_used_test[] = {
#embed "rules/kubernetes-break-glass-used.test.yml"
};
static const unsigned char kubernetes_catch_all_webhook[] = {
#embed "rules/kubernetes-catch-all-webhook.yml"
};
static const unsigned char kubernetes_catch_all_webhook_test[] = {
#embed "rules/kubernetes-catch-all-webhook.test.yml"
};
static const unsigned char kubernetes_client_certificate_requested[] = {
#embed "rules/kubernetes-client-certificate-requested.yml"
};
static const unsigned char kubernetes_client_certificate_requested_test[] = {
#embed "rules/kubernetes-client-certificate-requested.test.yml"
};
static const unsigned char kubernetes_cluster_admin_bound[] = {
#embed "rules/kubernetes-cluster-admin-bound.yml"
};
static const unsigned char kubernetes_cluster_admin_bound_test[] = {
#embed "rules/kubernetes-cluster-admin-bound.test.yml"
};
static const unsigned char kubernetes_cluster_admin_bound_by_break_glass[] = {
#embed "rules/kubernetes-cluster-admin-bound-by-break-glass.yml"
};
static const unsigned char kubernetes_cluster_admin_bound_by_break_glass_test[] = {
#embed "rules/kubernetes-cluster-admin-bound-by-break-glass.test.yml"
};
static const unsigned char kubernetes_collection_deleted[] = {
#embed "rules/kubernetes-collection-deleted.yml"
};
static const unsigned char kubernetes_collection_deleted_test[] = {
#embed "rules/kubernetes-collection-deleted.test.yml"
};
static const unsigned char kubernetes_control_plane_configuration[] = {
#embed "rules/kubernetes-control-plane-configuration.yml"
};
static const unsigned char kubernetes_control_plane_configuration_test[] = {
#embed "rules/kubernetes-control-plane-configuration.test.yml"
};
static const unsigned char kubernetes_control_plane_credentials_misused[] = {
#embed "rules/kubernetes-control-plane-credentials-misused.yml"
};
static const unsigned char kubernetes_control_plane_credentials_misused_test[] = {
#embed "rules/kubernetes-control-plane-credentials-misused.test.yml"
};
static const unsigned char kubernetes_control_plane_name_forged[] = {
#embed "rules/kubernetes-control-plane-name-forged.yml"
};
static const unsigned char kubernetes_control_plane_name_forged_test[] = {
#embed "rules/kubernetes-control-plane-name-forged.test.yml"
};
static const unsigned char kubernetes_controller_account_misused[] = {
#embed "rules/kubernetes-controller-account-misused.yml"
};
static const unsigned char kubernetes_controller_account_misused_test[] = {
#embed "rules/kubernetes-controller-account-misused.test.yml"
};
static const unsigned char kubernetes_conversion_webhook[] = {
#embed "rules/kubernetes-conversion-webhook.yml"
};
static const unsigned char kubernetes_conversion_webhook_test[] = {
#embed "rules/kubernetes-conversion-webhook.test.yml"
};
static const unsigned char kubernetes_copy_from_container[] = {
#embed "rules/kubernetes-copy-from-container.yml"
};
static const unsigned char kubernetes_copy_from_container_test[] = {
#embed "rules/kubernetes-copy-from-container.test.yml"
};
static const unsigned char kubernetes_copy_out_of_container[] = {
#embed "rules/kubernetes-copy-out-of-container.yml"
};
static const unsigned char kubernetes_copy_out_of_container_test[] = {
#embed "rules/kubernetes-copy-out-of-container.test.yml"
};
static const unsigned char kubernetes_coredns_changed[] = {
#embed "rules/kubernetes-coredns-changed.yml"
};
static const unsigned char kubernetes_coredns_changed_test[] = {
#embed "rules/kubernetes-coredns-changed.test.yml"
};
static const unsigned char kubernetes_coredns_rewrite[] = {
#embed "rules/kubernetes-coredns-rewrite.yml"
};
static const unsigned char kubernetes_coredns_rewrite_test[] = {
#embed "rules/kubernetes-coredns-rewrite.test.yml"
};
static const unsigned char kubernetes_credential_spraying[] = {
#embed "rules/kubernetes-credential-spraying.yml"
};
static const unsigned char kubernetes_credential_spraying_test[] = {
#embed "rules/kubernetes-credential-spraying.test.yml"
};
static const unsigned char kubernetes_cronjob_by_person[] = {
#embed "rules/kubernetes-cronjob-by-person.yml"
};
static const unsigned char kubernetes_cronjob_by_person_test[] = {
#embed "rules/kubernetes-cronjob-by-person.test.yml"
};
static const unsigned char kubernetes_cronjob_written[] = {
#embed "rules/kubernetes-cronjob-written.yml"
};
static const unsigned char kubernetes_cronjob_written_test[] = {
#embed "rules/kubernetes-cronjob-written.test.yml"
};
static const unsigned char kubernetes_crypto_miner[] = {
#embed "rules/kubernetes-crypto-miner.yml"
};
static const unsigned char kubernetes_crypto_miner_test[] = {
#embed "rules/kubernetes-crypto-miner.test.yml"
};
static const unsigned char kubernetes_csr_approved[] = {
#embed "rules/kubernetes-csr-approved.yml"
};
static const unsigned char kubernetes_csr_approved_test[] = {
#embed "rules/kubernetes-csr-approved.test.yml"
};
static const unsigned char kubernetes_csr_for_privileged_group[] = {
#embed "rules/kubernetes-csr-for-privileged-group.yml"
};
static const unsigned char kubernetes_csr_for_privileged_group_test[] = {
#embed "rules/kubernetes-csr-for-privileged-group.test.yml"
};
static const unsigned char kubernetes_csr_signed_by_hand[] = {
#embed "rules/kubernetes-csr-signed-by-hand.yml"
};
static const unsigned char kubernetes_csr_signed_by_hand_test[] = {
#embed "rules/kubernetes-csr-signed-by-hand.test.yml"
};
static const unsigned char kubernetes_daemonset_by_person[] = {
#embed "rules/kubernetes-daemonset-by-person.yml"
};
static const unsigned char kubernetes_daemonset_by_person_test[] = {
#embed "rules/kubernetes-daemonset-by-person.test.yml"
};
static const unsigned char kubernetes_daemonset_created[] = {
#embed "rules/kubernetes-daemonset-created.yml"
};
static const unsigned char kubernetes_daemonset_created_test[] = {
#embed "rules/kubernetes-daemonset-created.test.yml"
};
static const unsigned char kubernetes_dangerous_capability[] = {
#embed "rules/kubernetes-dangerous-capability.yml"
};
static const unsigned char kubernetes_dangerous_capability_test[] = {
#embed "rules/kubernetes-dangerous-capability.test.yml"
};
static const unsigned char kubernetes_dangerous_role[] = {
#embed "rules/kubernetes-dangerous-role.yml"
};
static const unsigned char kubernetes_dangerous_role_test[] = {
#embed "rules/kubernetes-dangerous-role.test.yml"
};
static const unsigned char kubernetes_data_deleted[] = {
#embed "rules/kubernetes-data-deleted.yml"
};
static const unsigned char kubernetes_data_deleted_test[] = {
#embed "rules/kubernetes-data-deleted.test.yml"
};
static const unsigned char kubernetes_dry_run_probe[] = {
#embed "rules/kubernetes-dry-run-probe.yml"
};
static const unsigned char kubernetes_dry_run_probe_test[] = {
#embed "rules/kubernetes-dry-run-probe.test.yml"
};
static const unsigned char kubernetes_ephemeral_container[] = {
#embed "rules/kubernetes-ephemeral-container.yml"
};
static const unsigned char kubernetes_ephemeral_container_test[] = {
#embed "rules/kubernetes-ephemeral-container.test.yml"
};
static const unsigned char kubernetes_events_deleted[] = {
#embed "rules/kubernetes-events-deleted.yml"
};
static const unsigned char kubernetes_events_deleted_test[] = {
#embed "rules/kubernetes-events-deleted.test.yml"
};
static const unsigned char kubernetes_exec[] = {
#embed "rules/kubernetes-exec.yml"
};
static const unsigned char kubernetes_exec_test[] = {
#embed "rules/kubernetes-exec.test.yml"
};
static const unsigned char kubernetes_exec_dumps_database[] = {
#embed "rules/kubernetes-exec-dumps-database.yml"
};
static const unsigned char kubernetes_exec_dumps_database_test[] = {
#embed "rules/kubernetes-exec-dumps-database.test.yml"
};
static const unsigned char kubernetes_exec_reads_credentials[] = {
#embed "rules/kubernetes-exec-reads-credentials.yml"
};
static const unsigned char kubernetes_exec_reads_credentials_test[] = {
#embed "rules/kubernetes-exec-reads-credentials.test.yml"
};
static const unsigned char kubernetes_exec_reverse_shell[] = {
#embed "rules/kubernetes-exec-reverse-shell.yml"
};
static const unsigned char kubernetes_exec_reverse_shell_test[] = {
#embed "rules/kubernetes-exec-reverse-shell.test.yml"
};
static const unsigned char kubernetes_exec_role_created[] = {
#embed "rules/kubernetes-exec-role-created.yml"
};
static const unsigned char kubernetes_exec_role_created_test[] = {
#embed "rules/kubernetes-exec-role-created.test.yml"
};
static const unsigned char kubernetes_exec_sends_data[] = {
#embed "rules/kubernetes-exec-sends-data.yml"
};
static const unsigned char kubernetes_exec_sends_data_test[] = {
#embed "rules/kubernetes-exec-sends-data.test.yml"
};
static const unsigned char kubernetes_external_ips[] = {
#embed "rules/kubernetes-external-ips.yml"
};
static const unsigned char kubernetes_external_ips_test[] = {
#embed "rules/kubernetes-external-ips.test.yml"
};
static const unsigned char kubernetes_forbidden_burst[] = {
#embed "rules/kubernetes-forbidden-burst.yml"
};
static const unsigned char kubernetes_forbidden_burst_test[] = {
#embed "rules/kubernetes-forbidden-burst.test.yml"
};
static const unsigned char kubernetes_host_namespace_pod[] = {
#embed "rules/kubernetes-host-namespace-pod.yml"
};
static const unsigned char kubernetes_host_namespace_pod_test[] = {
#embed "rules/kubernetes-host-namespace-pod.test.yml"
};
static const unsigned char kubernetes_host_path_pod[] = {
#embed "rules/kubernetes-host-path-pod.yml"
};
static const unsigned char kubernetes_host_path_pod_test[] = {
#embed "rules/kubernetes-host-path-pod.test.yml"
};
static const unsigned char kubernetes_host_path_volume[] = {
#embed "rules/kubernetes-host-path-volume.yml"
};
static const unsigned char kubernetes_host_path_volume_test[] = {
#embed "rules/kubernetes-host-path-volume.test.yml"
};
static const unsigned char kubernetes_image_from_new_registry[] = {
#embed "rules/kubernetes-image-from-new-registry.yml"
};
static const unsigned char kubernetes_image_from_new_registry_test[] = {
#embed "rules/kubernetes-image-from-new-registry.test.yml"
};
static const unsigned char kubernetes_image_tag_moved[] = {
#embed "rules/kubernetes-image-tag-moved.yml"
};
static const unsigned char kubernetes_image_tag_moved_test[] = {
#embed "rules/kubernetes-image-tag-moved.test.yml"
};
static const unsigned char kubernetes_impersonates_masters[] = {
#embed "rules/kubernetes-impersonates-masters.yml"
};
static const unsigned char kubernetes_impersonates_masters_test[] = {
#embed "rules/kubernetes-impersonates-masters.test.yml"
};
static const unsigned char kubernetes_impersonates_service_account[] = {
#embed "rules/kubernetes-impersonates-service-account.yml"
};
static const unsigned char kubernetes_impersonates_service_account_test[] = {
#embed "rules/kubernetes-impersonates-service-account.test.yml"
};
static const unsigned char kubernetes_impersonates_user[] = {
#embed "rules/kubernetes-impersonates-user.yml"
};
static const unsigned char kubernetes_impersonates_user_test[] = {
#embed "rules/kubernetes-impersonates-user.test.yml"
};
static const unsigned char kubernetes_impersonation_refused[] = {
#embed "rules/kubernetes-impersonation-refused.yml"
};
static const unsigned char kubernetes_impersonation_refused_test[] = {
#embed "rules/kubernetes-impersonation-refused.test.yml"
};
static const unsigned char kubernetes_ingress_snippet[] = {
#embed "rules/kubernetes-ingress-snippet.yml"
};
static const unsigned char kubernetes_ingress_snippet_test[] = {
#embed "rules/kubernetes-ingress-snippet.test.yml"
};
static const unsigned char kubernetes_ingress_without_tls[] = {
#embed "rules/kubernetes-ingress-without-tls.yml"
};
static const unsigned char kubernetes_ingress_without_tls_test[] = {
#embed "rules/kubernetes-ingress-without-tls.test.yml"
};
static const unsigned char kubernetes_kubectl_in_pod[] = {
#embed "rules/kubernetes-kubectl-in-pod.yml"
};
static const unsigned char kubernetes_kubectl_in_pod_test[] = {
#embed "rules/kubernetes-kubectl-in-pod.test.yml"
};
static const unsigned char kubernetes_leader_lease_taken[] = {
#embed "rules/kubernetes-leader-lease-taken.yml"
};
static const unsigned char kubernetes_leader_lease_taken_test[] = {
#embed "rules/kubernetes-leader-lease-taken.test.yml"
};
static const unsigned char kubernetes_log_collection_changed[] = {
#embed "rules/kubernetes-log-collection-changed.yml"
};
static const unsigned char kubernetes_log_collection_changed_test[] = {
#embed "rules/kubernetes-log-collection-changed.test.yml"
};
static const unsigned char kubernetes_login_after_spraying[] = {
#embed "rules/kubernetes-login-after-spraying.yml"
};
static const unsigned char kubernetes_login_after_spraying_test[] = {
#embed "rules/kubernetes-login-after-spraying.test.yml"
};
static const unsigned char kubernetes_logs_of_other_pods[] = {
#embed "rules/kubernetes-logs-of-other-pods.yml"
};
static const unsigned char kubernetes_logs_of_other_pods_test[] = {
#embed "rules/kubernetes-logs-of-other-pods.test.yml"
};
static const unsigned char kubernetes_mass_deletion[] = {
#embed "rules/kubernetes-mass-deletion.yml"
};
static const unsigned char kubernetes_mass_deletion_test[] = {
#embed "rules/kubernetes-mass-deletion.test.yml"
};
static const unsigned char kubernetes_namespace_deleted[] = {
#embed "rules/kubernetes-namespace-deleted.yml"
};
static const unsigned char kubernetes_namespace_deleted_test[] = {
#embed "rules/kubernetes-namespace-deleted.test.yml"
};
static const unsigned char kubernetes_network_policy_deleted[] = {
#embed "rules/kubernetes-network-policy-deleted.yml"
};
static const unsigned char kubernetes_network_policy_deleted_test[] = {
#embed "rules/kubernetes-network-policy-deleted.test.yml"
};
static const unsigned char kubernetes_new_namespace_admin_account[] = {
#embed "rules/kubernetes-new-namespace-admin-account.yml"
};
static const unsigned char kubernetes_new_namespace_admin_account_test[] = {
#embed "rules/kubernetes-new-namespace-admin-account.test.yml"
};
static const unsigned char kubernetes_node_added[] = {
#embed "rules/kubernetes-node-added.yml"
};
static const unsigned char kubernetes_node_added_test[] = {
#embed "rules/kubernetes-node-added.test.yml"
};
static const unsigned char kubernetes_node_credentials_misused[] = {
#embed "rules/kubernetes-node-credentials-misused.yml"
};
static const unsigned char kubernetes_node_credentials_misused_test[] = {
#embed "rules/kubernetes-node-credentials-misused.test.yml"
};
static const unsigned char kubernetes_node_port_service[] = {
#embed "rules/kubernetes-node-port-service.yml"
};
static const unsigned char kubernetes_node_port_service_test[] = {
#embed "rules/kubernetes-node-port-service.test.yml"
};
static const unsigned char kubernetes_node_proxy[] = {
#embed "rules/kubernetes-node-proxy.yml"
};
static const unsigned char kubernetes_node_proxy_test[] = {
#embed "rules/kubernetes-node-proxy.test.yml"
};
static const unsigned char kubernetes_node_proxy_role[] = {
#embed "rules/kubernetes-node-proxy-role.yml"
};
static const unsigned char kubernetes_node_proxy_role_test[] = {
#embed "rules/kubernetes-node-proxy-role.test.yml"
};
static const unsigned char kubernetes_node_proxy_runs[] = {
#embed "rules/kubernetes-node-proxy-runs.yml"
};
static const unsigned char kubernetes_node_proxy_runs_test[] = {
#embed "rules/kubernetes-node-proxy-runs.test.yml"
};
static const unsigned char kubernetes_node_removed[] = {
#embed "rules/kubernetes-node-removed.yml"
};
static const unsigned char kubernetes_node_removed_test[] = {
#embed "rules/kubernetes-node-removed.test.yml"
};
static const unsigned char kubernetes_permission_enumeration[] = {
#embed "rules/kubernetes-permission-enumeration.yml"
};
static const unsigned char kubernetes_permission_enumeration_test[] = {
#embed "rules/kubernetes-permission-enumeration.test.yml"
};
static const unsigned char kubernetes_permissions_listed_by_person[] = {
#embed "rules/kubernetes-permissions-listed-by-person.yml"
};
static const unsigned char kubernetes_permissions_listed_by_person_test[] = {
#embed "rules/kubernetes-permissions-listed-by-person.test.yml"
};
static const unsigned char kubernetes_pod_bypasses_scheduler[] = {
#embed "rules/kubernetes-pod-bypasses-scheduler.yml"
};
static const unsigned char kubernetes_pod_bypasses_scheduler_test[] = {
#embed "rules/kubernetes-pod-bypasses-scheduler.test.yml"
};
static const unsigned char kubernetes_pod_created_in_system_namespace[] = {
#embed "rules/kubernetes-pod-created-in-system-namespace.yml"
};
static const unsigned char kubernetes_pod_created_in_system_namespace_test[] = {
#embed "rules/kubernetes-pod-created-in-system-namespace.test.yml"
};
static const unsigned char kubernetes_pod_host_ipc[] = {
#embed "rules/kubernetes-pod-host-ipc.yml"
};
static const unsigned char kubernetes_pod_host_ipc_test[] = {
#embed "rules/kubernetes-pod-host-ipc.test.yml"
};
static const unsigned char kubernetes_pod_host_network[] = {
#embed "rules/kubernetes-pod-host-network.yml"
};
static const unsigned char kubernetes_pod_host_network_test[] = {
#embed "rules/kubernetes-pod-host-network.test.yml"
};
static const unsigned char kubernetes_pod_host_path[] = {
#embed "rules/kubernetes-pod-host-path.yml"
};
static const unsigned char kubernetes_pod_host_path_test[] = {
#embed "rules/kubernetes-pod-host-path.test.yml"
};
static const unsigned char kubernetes_pod_host_pid[] = {
#embed "rules/kubernetes-pod-host-pid.yml"
};
static const unsigned char kubernetes_pod_host_pid_test[] = {
#embed "rules/kubernetes-pod-host-pid.test.yml"
};
static const unsigned char kubernetes_pod_in_system_namespace[] = {
#embed "rules/kubernetes-pod-in-system-namespace.yml"
};
static const unsigned char kubernetes_pod_in_system_namespace_test[] = {
#embed "rules/kubernetes-pod-in-system-namespace.test.yml"
};
static const unsigned char kubernetes_pod_opened_by_patch[] = {
#embed "rules/kubernetes-pod-opened-by-patch.yml"
};
static const unsigned char kubernetes_pod_opened_by_patch_test[] = {
#embed "rules/kubernetes-pod-opened-by-patch.test.yml"
};
static const unsigned char kubernetes_pod_pinned_to_control_plane[] = {
#embed "rules/kubernetes-pod-pinned-to-control-plane.yml"
};
static const unsigned char kubernetes_pod_pinned_to_control_plane_test[] = {
#embed "rules/kubernetes-pod-pinned-to-control-plane.test.yml"
};
static const unsigned char kubernetes_pod_privileged[] = {
#embed "rules/kubernetes-pod-privileged.yml"
};
static const unsigned char kubernetes_pod_privileged_test[] = {
#embed "rules/kubernetes-pod-privileged.test.yml"
};
static const unsigned char kubernetes_pod_runs_download[] = {
#embed "rules/kubernetes-pod-runs-download.yml"
};
static const unsigned char kubernetes_pod_runs_download_test[] = {
#embed "rules/kubernetes-pod-runs-download.test.yml"
};
static const unsigned char kubernetes_pod_security_label_removed[] = {
#embed "rules/kubernetes-pod-security-label-removed.yml"
};
static const unsigned char kubernetes_pod_security_label_removed_test[] = {
#embed "rules/kubernetes-pod-security-label-removed.test.yml"
};
static const unsigned char kubernetes_pod_security_lowered[] = {
#embed "rules/kubernetes-pod-security-lowered.yml"
};
static const unsigned char kubernetes_pod_security_lowered_test[] = {
#embed "rules/kubernetes-pod-security-lowered.test.yml"
};
static const unsigned char kubernetes_pod_with_capabilities[] = {
#embed "rules/kubernetes-pod-with-capabilities.yml"
};
static const unsigned char kubernetes_pod_with_capabilities_test[] = {
#embed "rules/kubernetes-pod-with-capabilities.test.yml"
};
static const unsigned char kubernetes_port_forward[] = {
#embed "rules/kubernetes-port-forward.yml"
};
static const unsigned char kubernetes_port_forward_test[] = {
#embed "rules/kubernetes-port-forward.test.yml"
};
static const unsigned char kubernetes_privileged_cluster_role_binding[] = {
#embed "rules/kubernetes-privileged-cluster-role-binding.yml"
};
static const unsigned char kubernetes_privileged_cluster_role_binding_test[] = {
#embed "rules/kubernetes-privileged-cluster-role-binding.test.yml"
};
static const unsigned char kubernetes_privileged_pod[] = {
#embed "rules/kubernetes-privileged-pod.yml"
};
static const unsigned char kubernetes_privileged_pod_test[] = {
#embed "rules/kubernetes-privileged-pod.test.yml"
};
static const unsigned char kubernetes_proxy_to_workload[] = {
#embed "rules/kubernetes-proxy-to-workload.yml"
};
static const unsigned char kubernetes_proxy_to_workload_test[] = {
#embed "rules/kubernetes-proxy-to-workload.test.yml"
};
static const unsigned char kubernetes_pull_secret_copied[] = {
#embed "rules/kubernetes-pull-secret-copied.yml"
};
static const unsigned char kubernetes_pull_secret_copied_test[] = {
#embed "rules/kubernetes-pull-secret-copied.test.yml"
};
static const unsigned char kubernetes_quota_changed[] = {
#embed "rules/kubernetes-quota-changed.yml"
};
static const unsigned char kubernetes_quota_changed_test[] = {
#embed "rules/kubernetes-quota-changed.test.yml"
};
static const unsigned char kubernetes_refused_from_outside[] = {
#embed "rules/kubernetes-refused-from-outside.yml"
};
static const unsigned char kubernetes_refused_from_outside_test[] = {
#embed "rules/kubernetes-refused-from-outside.test.yml"
};
static const unsigned char kubernetes_rejected_credentials[] = {
#embed "rules/kubernetes-rejected-credentials.yml"
};
static const unsigned char kubernetes_rejected_credentials_test[] = {
#embed "rules/kubernetes-rejected-credentials.test.yml"
};
static const unsigned char kubernetes_reverse_shell[] = {
#embed "rules/kubernetes-reverse-shell.yml"
};
static const unsigned char kubernetes_reverse_shell_test[] = {
#embed "rules/kubernetes-reverse-shell.test.yml"
};
static const unsigned char kubernetes_role_aggregated_to_default[] = {
#embed "rules/kubernetes-role-aggregated-to-default.yml"
};
static const unsigned char kubernetes_role_aggregated_to_default_test[] = {
#embed "rules/kubernetes-role-aggregated-to-default.test.yml"
};
static const unsigned char kubernetes_role_aggregates_others[] = {
#embed "rules/kubernetes-role-aggregates-others.yml"
};
static const unsigned char kubernetes_role_aggregates_others_test[] = {
#embed "rules/kubernetes-role-aggregates-others.test.yml"
};
static const unsigned char kubernetes_role_or_binding_changed[] = {
#embed "rules/kubernetes-role-or-binding-changed.yml"
};
static const unsigned char kubernetes_role_or_binding_changed_test[] = {
#embed "rules/kubernetes-role-or-binding-changed.test.yml"
};
static const unsigned char kubernetes_role_with_escalation_verbs[] = {
#embed "rules/kubernetes-role-with-escalation-verbs.yml"
};
static const unsigned char kubernetes_role_with_escalation_verbs_test[] = {
#embed "rules/kubernetes-role-with-escalation-verbs.test.yml"
};
static const unsigned char kubernetes_root_container[] = {
#embed "rules/kubernetes-root-container.yml"
};
static const unsigned char kubernetes_root_container_test[] = {
#embed "rules/kubernetes-root-container.test.yml"
};
static const unsigned char kubernetes_scaled_to_zero[] = {
#embed "rules/kubernetes-scaled-to-zero.yml"
};
static const unsigned char kubernetes_scaled_to_zero_test[] = {
#embed "rules/kubernetes-scaled-to-zero.test.yml"
};
static const unsigned char kubernetes_secret_by_field_selector[] = {
#embed "rules/kubernetes-secret-by-field-selector.yml"
};
static const unsigned char kubernetes_secret_by_field_selector_test[] = {
#embed "rules/kubernetes-secret-by-field-selector.test.yml"
};
static const unsigned char kubernetes_secret_in_system_namespace_by_person[] = {
#embed "rules/kubernetes-secret-in-system-namespace-by-person.yml"
};
static const unsigned char kubernetes_secret_in_system_namespace_by_person_test[] = {
#embed "rules/kubernetes-secret-in-system-namespace-by-person.test.yml"
};
static const unsigned char kubernetes_secret_in_system_namespace_created[] = {
#embed "rules/kubernetes-secret-in-system-namespace-created.yml"
};
static const unsigned char kubernetes_secret_in_system_namespace_created_test[] = {
#embed "rules/kubernetes-secret-in-system-namespace-created.test.yml"
};
static const unsigned char kubernetes_secret_list_refused[] = {
#embed "rules/kubernetes-secret-list-refused.yml"
};
static const unsigned char kubernetes_secret_list_refused_test[] = {
#embed "rules/kubernetes-secret-list-refused.test.yml"
};
static const unsigned char kubernetes_secret_names_guessed[] = {
#embed "rules/kubernetes-secret-names-guessed.yml"
};
static const unsigned char kubernetes_secret_names_guessed_test[] = {
#embed "rules/kubernetes-secret-names-guessed.test.yml"
};
static const unsigned char kubernetes_secret_patched_by_workload[] = {
#embed "rules/kubernetes-secret-patched-by-workload.yml"
};
static const unsigned char kubernetes_secret_patched_by_workload_test[] = {
#embed "rules/kubernetes-secret-patched-by-workload.test.yml"
};
static const unsigned char kubernetes_secret_read[] = {
#embed "rules/kubernetes-secret-read.yml"
};
static const unsigned char kubernetes_secret_read_test[] = {
#embed "rules/kubernetes-secret-read.test.yml"
};
static const unsigned char kubernetes_secret_read_by_write[] = {
#embed "rules/kubernetes-secret-read-by-write.yml"
};
static const unsigned char kubernetes_secret_read_by_write_test[] = {
#embed "rules/kubernetes-secret-read-by-write.test.yml"
};
static const unsigned char kubernetes_secret_refused[] = {
#embed "rules/kubernetes-secret-refused.yml"
};
static const unsigned char kubernetes_secret_refused_test[] = {
#embed "rules/kubernetes-secret-refused.test.yml"
};
static const unsigned char kubernetes_secrets_listed_by_person[] = {
#embed "rules/kubernetes-secrets-listed-by-person.yml"
};
static const unsigned char kubernetes_secrets_listed_by_person_test[] = {
#embed "rules/kubernetes-secrets-listed-by-person.test.yml"
};
static const unsigned char kubernetes_secrets_listed_outside_pod[] = {
#embed "rules/kubernetes-secrets-listed-outside-pod.yml"
};
static const unsigned char kubernetes_secrets_listed_outside_pod_test[] = {
#embed "rules/kubernetes-secrets-listed-outside-pod.test.yml"
};
static const unsigned char kubernetes_secrets_low_and_slow[] = {
#embed "rules/kubernetes-secrets-low-and-slow.yml"
};
static const unsigned char kubernetes_secrets_low_and_slow_test[] = {
#embed "rules/kubernetes-secrets-low-and-slow.test.yml"
};
static const unsigned char kubernetes_secrets_read_by_deletion[] = {
#embed "rules/kubernetes-secrets-read-by-deletion.yml"
};
static const unsigned char kubernetes_secrets_read_by_deletion_test[] = {
#embed "rules/kubernetes-secrets-read-by-deletion.test.yml"
};
static const unsigned char kubernetes_secrets_read_one_by_one[] = {
#embed "rules/kubernetes-secrets-read-one-by-one.yml"
};
static const unsigned char kubernetes_secrets_read_one_by_one_test[] = {
#embed "rules/kubernetes-secrets-read-one-by-one.test.yml"
};
static const unsigned char kubernetes_secrets_read_with_plain_client[] = {
#embed "rules/kubernetes-secrets-read-with-plain-client.yml"
};
static const unsigned char kubernetes_secrets_read_with_plain_client_test[] = {
#embed "rules/kubernetes-secrets-read-with-plain-client.test.yml"
};
static const unsigned char kubernetes_security_agent_removed[] = {
#embed "rules/kubernetes-security-agent-removed.yml"
};
static const unsigned char kubernetes_security_agent_removed_test[] = {
#embed "rules/kubernetes-security-agent-removed.test.yml"
};
static const unsigned char kubernetes_service_account_cloud_role[] = {
#embed "rules/kubernetes-service-account-cloud-role.yml"
};
static const unsigned char kubernetes_service_account_cloud_role_test[] = {
#embed "rules/kubernetes-service-account-cloud-role.test.yml"
};
static const unsigned char kubernetes_service_account_pull_secret[] = {
#embed "rules/kubernetes-service-account-pull-secret.yml"
};
static const unsigned char kubernetes_service_account_pull_secret_test[] = {
#embed "rules/kubernetes-service-account-pull-secret.test.yml"
};
static const unsigned char kubernetes_service_exposed[] = {
#embed "rules/kubernetes-service-exposed.yml"
};
static const unsigned char kubernetes_service_exposed_test[] = {
#embed "rules/kubernetes-service-exposed.test.yml"
};
static const unsigned char kubernetes_static_pod[] = {
#embed "rules/kubernetes-static-pod.yml"
};
static const unsigned char kubernetes_static_pod_test[] = {
#embed "rules/kubernetes-static-pod.test.yml"
};
static const unsigned char kubernetes_system_account_by_tool[] = {
#embed "rules/kubernetes-system-account-by-tool.yml"
};
static const unsigned char kubernetes_system_account_by_tool_test[] = {
#embed "rules/kubernetes-system-account-by-tool.test.yml"
};
static const unsigned char kubernetes_system_account_from_outside[] = {
#embed "rules/kubernetes-system-account-from-outside.yml"
};
static const unsigned char kubernetes_system_account_from_outside_test[] = {
#embed "rules/kubernetes-system-account-from-outside.test.yml"
};
static const unsigned char kubernetes_system_role_name[] = {
#embed "rules/kubernetes-system-role-name.yml"
};
static const unsigned char kubernetes_system_role_name_test[] = {
#embed "rules/kubernetes-system-role-name.test.yml"
};
static const unsigned char kubernetes_system_secret_read_by_workload[] = {
#embed "rules/kubernetes-system-secret-read-by-workload.yml"
};
static const unsigned char kubernetes_system_secret_read_by_workload_test[] = {
#embed "rules/kubernetes-system-secret-read-by-workload.test.yml"
};
static const unsigned char kubernetes_token_outside_pod[] = {
#embed "rules/kubernetes-token-outside-pod.yml"
};
static const unsigned char kubernetes_token_outside_pod_test[] = {
#embed "rules/kubernetes-token-outside-pod.test.yml"
};
static const unsigned char kubernetes_token_requested[] = {
#embed "rules/kubernetes-token-requested.yml"
};
static const unsigned char kubernetes_token_requested_test[] = {
#embed "rules/kubernetes-token-requested.test.yml"
};
static const unsigned char kubernetes_token_secret[] = {
#embed "rules/kubernetes-token-secret.yml"
};
static const unsigned char kubernetes_token_secret_test[] = {
#embed "rules/kubernetes-token-secret.test.yml"
};
static const unsigned char kubernetes_token_secret_filled[] = {
#embed "rules/kubernetes-token-secret-filled.yml"
};
static const unsigned char kubernetes_token_secret_filled_test[] = {
#embed "rules/kubernetes-token-secret-filled.test.yml"
};
static const unsigned char kubernetes_token_stolen_by_exec[] = {
#embed "rules/kubernetes-token-stolen-by-exec.yml"
};
static const unsigned char kubernetes_token_stolen_by_exec_test[] = {
#embed "rules/kubernetes-token-stolen-by-exec.test.yml"
};
static const unsigned char kubernetes_traffic_redirected[] = {
#embed "rules/kubernetes-traffic-redirected.yml"
};
static const unsigned char kubernetes_traffic_redirected_test[] = {
#embed "rules/kubernetes-traffic-redirected.test.yml"
};
static const unsigned char kubernetes_unmasked_proc[] = {
#embed "rules/kubernetes-unmasked-proc.yml"
};
static const unsigned char kubernetes_unmasked_proc_test[] = {
#embed "rules/kubernetes-unmasked-proc.test.yml"
};
static const unsigned char kubernetes_webhook_created[] = {
#embed "rules/kubernetes-webhook-created.yml"
};
static const unsigned char kubernetes_webhook_created_test[] = {
#embed "rules/kubernetes-webhook-created.test.yml"
};
static const unsigned char kubernetes_webhook_outside[] = {
#embed "rules/kubernetes-webhook-outside.yml"
};
static const unsigned char kubernetes_webhook_outside_test[] = {
#embed "rules/kubernetes-webhook-outside.test.yml"
};
static const unsigned char kubernetes_webhook_redirected[] = {
#embed "rules/kubernetes-webhook-redirected.yml"
};
static const unsigned char kubernetes_webhook_redirected_test[] = {
#embed "rules/kubernetes-webhook-redirected.test.yml"
};
static const unsigned char kubernetes_webhook_weakened[] = {
#embed "rules/kubernetes-webhook-weakened.yml"
};
static const unsigned char kubernetes_webhook_weakened_test[] = {
#embed "rules/kubernetes-webhook-weakened.test.yml"
};
static const unsigned char kubernetes_webhook_written[] = {
#embed "rules/kubernetes-webhook-written.yml"
};
static const unsigned char kubernetes_webhook_written_test[] = {
#embed "rules/kubernetes-webhook-written.test.yml"
};
static const unsigned char kubernetes_wide_role_bound[] = {
#embed "rules/kubernetes-wide-role-bound.yml"
};
static const unsigned char kubernetes_wide_role_bound_test[] = {
#embed "rules/kubernetes-wide-role-bound.test.yml"
};
static const unsigned char kubernetes_wildcard_role[] = {
#embed "rules/kubernetes-wildcard-role.yml"
};
static const unsigned char kubernetes_wildcard_role_test[] = {
#embed "rules/kubernetes-wildcard-role.test.yml"
};
static const unsigned char kubernetes_wildcard_role_created[] = {
#embed "rules/kubernetes-wildcard-role-created.yml"
};
static const unsigned char kubernetes_wildcard_role_created_test[] = {
#embed "rules/kubernetes-wildcard-role-created.test.yml"
};
static const unsigned char kubernetes_workload_image_changed[] = {
#embed "rules/kubernetes-workload-image-changed.yml"
};
static const unsigned char kubernetes_workload_image_changed_test[] = {
#embed "rules/kubernetes-workload-image-changed.test.yml"
};
static const unsigned char kubernetes_writing_role_created[] = {
#embed "rules/kubernetes-writing-role-created.yml"
};
static const unsigned char kubernetes_writing_role_created_test[] = {
#embed "rules/kubernetes-writing-role-created.test.yml"
};
static const unsigned char registry_brute_force[] = {
#embed "rules/registry-brute-force.yml"
};
static const unsigned char registry_brute_force_test[] = {
#embed "rules/registry-brute-force.test.yml"
};
static const unsigned char registry_ecr_used_elsewhere[] = {
#embed "rules/registry-ecr-used-elsewhere.yml"
};
static const unsigned char registry_ecr_used_elsewhere_test[] = {
#embed "rules/registry-ecr-used-elsewhere.test.yml"
};
static const unsigned char registry_image_pushed_ecr[] = {
#embed "rules/registry-image-pushed-ecr.yml"
};
static const unsigned char registry_image_pushed_ecr_test[] = {
#embed "rules/registry-image-pushed-ecr.test.yml"
};
static const unsigned char sshd_brute_force[] = {
#embed "rules/sshd-brute-force.yml"
};
static const unsigned char sshd_brute_force_test[] = {
#embed "rules/sshd-brute-force.test.yml"
};
static const unsigned char sshd_login_after_failures[] = {
#embed "rules/sshd-login-after-failures.yml"
};
static const unsigned char sshd_login_after_failures_test[] = {
#embed "rules/sshd-login-after-failures.test.yml"
};
static const unsigned char sshd_password_spraying[] = {
#embed "rules/sshd-password-spraying.yml"
};
static const unsigned char sshd_password_spraying_test[] = {
#embed "rules/sshd-password-spraying.test.yml"
};

static const struct {
  const char *name;
  const unsigned char *text;
  size_t size;
} files[] = {
  {"bartizan-self-test.yml", bartizan_self_test, sizeof bartizan_self_test},
  {"bartizan-self-test.test.yml", bartizan_self_test_test, sizeof bartizan_self_test_test},
  {"falco-alert.yml", falco_alert, sizeof falco_alert},
  {"falco-alert.test.yml", falco_alert_test, sizeof falco_alert_test},
  {"kubernetes-admission-control-removed.yml", kubernetes_admission_control_removed, sizeof kubernetes_admission_control_removed},
  {"kubernetes-admission-control-removed.test.yml", kubernetes_admission_control_removed_test, sizeof kubernetes_admission_control_removed_test},
  {"kubernetes-admission-policy-changed.yml", kubernetes_admission_policy_changed, sizeof kubernetes_admission_policy_changed},
  {"kubernetes-admission-policy-changed.test.yml", kubernetes_admission_policy_changed_test, sizeof kubernetes_admission_policy_changed_test},
  {"kubernetes-all-secrets-cached.yml", kubernetes_all_secrets_cached, sizeof kubernetes_all_secrets_cached},
  {"kubernetes-all-secrets-cached.test.yml", kubernetes_all_secrets_cached_test, sizeof kubernetes_all_secrets_cached_test},
  {"kubernetes-all-secrets-listed.yml", kubernetes_all_secrets_listed, sizeof kubernetes_all_secrets_listed},
  {"kubernetes-all-secrets-listed.test.yml", kubernetes_all_secrets_listed_test, sizeof kubernetes_all_secrets_listed_test},
  {"kubernetes-anonymous-allowed.yml", kubernetes_anonymous_allowed, sizeof kubernetes_anonymous_allowed},
  {"kubernetes-anonymous-allowed.test.yml", kubernetes_anonymous_allowed_test, sizeof kubernetes_anonymous_allowed_test},
  {"kubernetes-anonymous-bound.yml", kubernetes_anonymous_bound, sizeof kubernetes_anonymous_bound},
  {"kubernetes-anonymous-bound.test.yml", kubernetes_anonymous_bound_test, sizeof kubernetes_anonymous_bound_test},
  {"kubernetes-anonymous-discovery.yml", kubernetes_anonymous_discovery, sizeof kubernetes_anonymous_discovery},
  {"kubernetes-anonymous-discovery.test.yml", kubernetes_anonymous_discovery_test, sizeof kubernetes_anonymous_discovery_test},
  {"kubernetes-api-service.yml", kubernetes_api_service, sizeof kubernetes_api_service},
  {"kubernetes-api-service.test.yml", kubernetes_api_service_test, sizeof kubernetes_api_service_test},
  {"kubernetes-attach.yml", kubernetes_attach, sizeof kubernetes_attach},
  {"kubernetes-attach.test.yml", kubernetes_attach_test, sizeof kubernetes_attach_test},
  {"kubernetes-attack-tool.yml", kubernetes_attack_tool, sizeof kubernetes_attack_tool},
  {"kubernetes-attack-tool.test.yml", kubernetes_attack_tool_test, sizeof kubernetes_attack_tool_test},
  {"kubernetes-audit-id-forged.yml", kubernetes_audit_id_forged, sizeof kubernetes_audit_id_forged},
  {"kubernetes-audit-id-forged.test.yml", kubernetes_audit_id_forged_test, sizeof kubernetes_audit_id_forged_test},
  {"kubernetes-audit-id-reused.yml", kubernetes_audit_id_reused, sizeof kubernetes_audit_id_reused},
  {"kubernetes-audit-id-reused.test.yml", kubernetes_audit_id_reused_test, sizeof kubernetes_audit_id_reused_test},
  {"kubernetes-audit-policy-changed.yml", kubernetes_audit_policy_changed, sizeof kubernetes_audit_policy_changed},
  {"kubernetes-audit-policy-changed.test.yml", kubernetes_audit_policy_changed_test, sizeof kubernetes_audit_policy_changed_test},
  {"kubernetes-binding-subject-added.yml", kubernetes_binding_subject_added, sizeof kubernetes_binding_subject_added},
  {"kubernetes-binding-subject-added.test.yml", kubernetes_binding_subject_added_test, sizeof kubernetes_binding_subject_added_test},
  {"kubernetes-binding-subject-added-to-cluster-admin.yml", kubernetes_binding_subject_added_to_cluster_admin, sizeof kubernetes_binding_subject_added_to_cluster_admin},
  {"kubernetes-binding-subject-added-to-cluster-admin.test.yml", kubernetes_binding_subject_added_to_cluster_admin_test, sizeof kubernetes_binding_subject_added_to_cluster_admin_test},
  {"kubernetes-bootstrap-token.yml", kubernetes_bootstrap_token, sizeof kubernetes_bootstrap_token},
  {"kubernetes-bootstrap-token.test.yml", kubernetes_bootstrap_token_test, sizeof kubernetes_bootstrap_token_test},
  {"kubernetes-bound-token-outside.yml", kubernetes_bound_token_outside, sizeof kubernetes_bound_token_outside},
  {"kubernetes-bound-token-outside.test.yml", kubernetes_bound_token_outside_test, sizeof kubernetes_bound_token_outside_test},
  {"kubernetes-break-glass-from-outside.yml", kubernetes_break_glass_from_outside, sizeof kubernetes_break_glass_from_outside},
  {"kubernetes-break-glass-from-outside.test.yml", kubernetes_break_glass_from_outside_test, sizeof kubernetes_break_glass_from_outside_test},
  {"kubernetes-break-glass-used.yml", kubernetes_break_glass_used, sizeof kubernetes_break_glass_used},
  {"kubernetes-break-glass-used.test.yml", kubernetes_break_glass_used_test, sizeof kubernetes_break_glass_used_test},
  {"kubernetes-catch-all-webhook.yml", kubernetes_catch_all_webhook, sizeof kubernetes_catch_all_webhook},
  {"kubernetes-catch-all-webhook.test.yml", kubernetes_catch_all_webhook_test, sizeof kubernetes_catch_all_webhook_test},
  {"kubernetes-client-certificate-requested.yml", kubernetes_client_certificate_requested, sizeof kubernetes_client_certificate_requested},
  {"kubernetes-client-certificate-requested.test.yml", kubernetes_client_certificate_requested_test, sizeof kubernetes_client_certificate_requested_test},
  {"kubernetes-cluster-admin-bound.yml", kubernetes_cluster_admin_bound, sizeof kubernetes_cluster_admin_bound},
  {"kubernetes-cluster-admin-bound.test.yml", kubernetes_cluster_admin_bound_test, sizeof kubernetes_cluster_admin_bound_test},
  {"kubernetes-cluster-admin-bound-by-break-glass.yml", kubernetes_cluster_admin_bound_by_break_glass, sizeof kubernetes_cluster_admin_bound_by_break_glass},
  {"kubernetes-cluster-admin-bound-by-break-glass.test.yml", kubernetes_cluster_admin_bound_by_break_glass_test, sizeof kubernetes_cluster_admin_bound_by_break_glass_test},
  {"kubernetes-collection-deleted.yml", kubernetes_collection_deleted, sizeof kubernetes_collection_deleted},
  {"kubernetes-collection-deleted.test.yml", kubernetes_collection_deleted_test, sizeof kubernetes_collection_deleted_test},
  {"kubernetes-control-plane-configuration.yml", kubernetes_control_plane_configuration, sizeof kubernetes_control_plane_configuration},
  {"kubernetes-control-plane-configuration.test.yml", kubernetes_control_plane_configuration_test, sizeof kubernetes_control_plane_configuration_test},
  {"kubernetes-control-plane-credentials-misused.yml", kubernetes_control_plane_credentials_misused, sizeof kubernetes_control_plane_credentials_misused},
  {"kubernetes-control-plane-credentials-misused.test.yml", kubernetes_control_plane_credentials_misused_test, sizeof kubernetes_control_plane_credentials_misused_test},
  {"kubernetes-control-plane-name-forged.yml", kubernetes_control_plane_name_forged, sizeof kubernetes_control_plane_name_forged},
  {"kubernetes-control-plane-name-forged.test.yml", kubernetes_control_plane_name_forged_test, sizeof kubernetes_control_plane_name_forged_test},
  {"kubernetes-controller-account-misused.yml", kubernetes_controller_account_misused, sizeof kubernetes_controller_account_misused},
  {"kubernetes-controller-account-misused.test.yml", kubernetes_controller_account_misused_test, sizeof kubernetes_controller_account_misused_test},
  {"kubernetes-conversion-webhook.yml", kubernetes_conversion_webhook, sizeof kubernetes_conversion_webhook},
  {"kubernetes-conversion-webhook.test.yml", kubernetes_conversion_webhook_test, sizeof kubernetes_conversion_webhook_test},
  {"kubernetes-copy-from-container.yml", kubernetes_copy_from_container, sizeof kubernetes_copy_from_container},
  {"kubernetes-copy-from-container.test.yml", kubernetes_copy_from_container_test, sizeof kubernetes_copy_from_container_test},
  {"kubernetes-copy-out-of-container.yml", kubernetes_copy_out_of_container, sizeof kubernetes_copy_out_of_container},
  {"kubernetes-copy-out-of-container.test.yml", kubernetes_copy_out_of_container_test, sizeof kubernetes_copy_out_of_container_test},
  {"kubernetes-coredns-changed.yml", kubernetes_coredns_changed, sizeof kubernetes_coredns_changed},
  {"kubernetes-coredns-changed.test.yml", kubernetes_coredns_changed_test, sizeof kubernetes_coredns_changed_test},
  {"kubernetes-coredns-rewrite.yml", kubernetes_coredns_rewrite, sizeof kubernetes_coredns_rewrite},
  {"kubernetes-coredns-rewrite.test.yml", kubernetes_coredns_rewrite_test, sizeof kubernetes_coredns_rewrite_test},
  {"kubernetes-credential-spraying.yml", kubernetes_credential_spraying, sizeof kubernetes_credential_spraying},
  {"kubernetes-credential-spraying.test.yml", kubernetes_credential_spraying_test, sizeof kubernetes_credential_spraying_test},
  {"kubernetes-cronjob-by-person.yml", kubernetes_cronjob_by_person, sizeof kubernetes_cronjob_by_person},
  {"kubernetes-cronjob-by-person.test.yml", kubernetes_cronjob_by_person_test, sizeof kubernetes_cronjob_by_person_test},
  {"kubernetes-cronjob-written.yml", kubernetes_cronjob_written, sizeof kubernetes_cronjob_written},
  {"kubernetes-cronjob-written.test.yml", kubernetes_cronjob_written_test, sizeof kubernetes_cronjob_written_test},
  {"kubernetes-crypto-miner.yml", kubernetes_crypto_miner, sizeof kubernetes_crypto_miner},
  {"kubernetes-crypto-miner.test.yml", kubernetes_crypto_miner_test, sizeof kubernetes_crypto_miner_test},
  {"kubernetes-csr-approved.yml", kubernetes_csr_approved, sizeof kubernetes_csr_approved},
  {"kubernetes-csr-approved.test.yml", kubernetes_csr_approved_test, sizeof kubernetes_csr_approved_test},
  {"kubernetes-csr-for-privileged-group.yml", kubernetes_csr_for_privileged_group, sizeof kubernetes_csr_for_privileged_group},
  {"kubernetes-csr-for-privileged-group.test.yml", kubernetes_csr_for_privileged_group_test, sizeof kubernetes_csr_for_privileged_group_test},
  {"kubernetes-csr-signed-by-hand.yml", kubernetes_csr_signed_by_hand, sizeof kubernetes_csr_signed_by_hand},
  {"kubernetes-csr-signed-by-hand.test.yml", kubernetes_csr_signed_by_hand_test, sizeof kubernetes_csr_signed_by_hand_test},
  {"kubernetes-daemonset-by-person.yml", kubernetes_daemonset_by_person, sizeof kubernetes_daemonset_by_person},
  {"kubernetes-daemonset-by-person.test.yml", kubernetes_daemonset_by_person_test, sizeof kubernetes_daemonset_by_person_test},
  {"kubernetes-daemonset-created.yml", kubernetes_daemonset_created, sizeof kubernetes_daemonset_created},
  {"kubernetes-daemonset-created.test.yml", kubernetes_daemonset_created_test, sizeof kubernetes_daemonset_created_test},
  {"kubernetes-dangerous-capability.yml", kubernetes_dangerous_capability, sizeof kubernetes_dangerous_capability},
  {"kubernetes-dangerous-capability.test.yml", kubernetes_dangerous_capability_test, sizeof kubernetes_dangerous_capability_test},
  {"kubernetes-dangerous-role.yml", kubernetes_dangerous_role, sizeof kubernetes_dangerous_role},
  {"kubernetes-dangerous-role.test.yml", kubernetes_dangerous_role_test, sizeof kubernetes_dangerous_role_test},
  {"kubernetes-data-deleted.yml", kubernetes_data_deleted, sizeof kubernetes_data_deleted},
  {"kubernetes-data-deleted.test.yml", kubernetes_data_deleted_test, sizeof kubernetes_data_deleted_test},
  {"kubernetes-dry-run-probe.yml", kubernetes_dry_run_probe, sizeof kubernetes_dry_run_probe},
  {"kubernetes-dry-run-probe.test.yml", kubernetes_dry_run_probe_test, sizeof kubernetes_dry_run_probe_test},
  {"kubernetes-ephemeral-container.yml", kubernetes_ephemeral_container, sizeof kubernetes_ephemeral_container},
  {"kubernetes-ephemeral-container.test.yml", kubernetes_ephemeral_container_test, sizeof kubernetes_ephemeral_container_test},
  {"kubernetes-events-deleted.yml", kubernetes_events_deleted, sizeof kubernetes_events_deleted},
  {"kubernetes-events-deleted.test.yml", kubernetes_events_deleted_test, sizeof kubernetes_events_deleted_test},
  {"kubernetes-exec.yml", kubernetes_exec, sizeof kubernetes_exec},
  {"kubernetes-exec.test.yml", kubernetes_exec_test, sizeof kubernetes_exec_test},
  {"kubernetes-exec-dumps-database.yml", kubernetes_exec_dumps_database, sizeof kubernetes_exec_dumps_database},
  {"kubernetes-exec-dumps-database.test.yml", kubernetes_exec_dumps_database_test, sizeof kubernetes_exec_dumps_database_test},
  {"kubernetes-exec-reads-credentials.yml", kubernetes_exec_reads_credentials, sizeof kubernetes_exec_reads_credentials},
  {"kubernetes-exec-reads-credentials.test.yml", kubernetes_exec_reads_credentials_test, sizeof kubernetes_exec_reads_credentials_test},
  {"kubernetes-exec-reverse-shell.yml", kubernetes_exec_reverse_shell, sizeof kubernetes_exec_reverse_shell},
  {"kubernetes-exec-reverse-shell.test.yml", kubernetes_exec_reverse_shell_test, sizeof kubernetes_exec_reverse_shell_test},
  {"kubernetes-exec-role-created.yml", kubernetes_exec_role_created, sizeof kubernetes_exec_role_created},
  {"kubernetes-exec-role-created.test.yml", kubernetes_exec_role_created_test, sizeof kubernetes_exec_role_created_test},
  {"kubernetes-exec-sends-data.yml", kubernetes_exec_sends_data, sizeof kubernetes_exec_sends_data},
  {"kubernetes-exec-sends-data.test.yml", kubernetes_exec_sends_data_test, sizeof kubernetes_exec_sends_data_test},
  {"kubernetes-external-ips.yml", kubernetes_external_ips, sizeof kubernetes_external_ips},
  {"kubernetes-external-ips.test.yml", kubernetes_external_ips_test, sizeof kubernetes_external_ips_test},
  {"kubernetes-forbidden-burst.yml", kubernetes_forbidden_burst, sizeof kubernetes_forbidden_burst},
  {"kubernetes-forbidden-burst.test.yml", kubernetes_forbidden_burst_test, sizeof kubernetes_forbidden_burst_test},
  {"kubernetes-host-namespace-pod.yml", kubernetes_host_namespace_pod, sizeof kubernetes_host_namespace_pod},
  {"kubernetes-host-namespace-pod.test.yml", kubernetes_host_namespace_pod_test, sizeof kubernetes_host_namespace_pod_test},
  {"kubernetes-host-path-pod.yml", kubernetes_host_path_pod, sizeof kubernetes_host_path_pod},
  {"kubernetes-host-path-pod.test.yml", kubernetes_host_path_pod_test, sizeof kubernetes_host_path_pod_test},
  {"kubernetes-host-path-volume.yml", kubernetes_host_path_volume, sizeof kubernetes_host_path_volume},
  {"kubernetes-host-path-volume.test.yml", kubernetes_host_path_volume_test, sizeof kubernetes_host_path_volume_test},
  {"kubernetes-image-from-new-registry.yml", kubernetes_image_from_new_registry, sizeof kubernetes_image_from_new_registry},
  {"kubernetes-image-from-new-registry.test.yml", kubernetes_image_from_new_registry_test, sizeof kubernetes_image_from_new_registry_test},
  {"kubernetes-image-tag-moved.yml", kubernetes_image_tag_moved, sizeof kubernetes_image_tag_moved},
  {"kubernetes-image-tag-moved.test.yml", kubernetes_image_tag_moved_test, sizeof kubernetes_image_tag_moved_test},
  {"kubernetes-impersonates-masters.yml", kubernetes_impersonates_masters, sizeof kubernetes_impersonates_masters},
  {"kubernetes-impersonates-masters.test.yml", kubernetes_impersonates_masters_test, sizeof kubernetes_impersonates_masters_test},
  {"kubernetes-impersonates-service-account.yml", kubernetes_impersonates_service_account, sizeof kubernetes_impersonates_service_account},
  {"kubernetes-impersonates-service-account.test.yml", kubernetes_impersonates_service_account_test, sizeof kubernetes_impersonates_service_account_test},
  {"kubernetes-impersonates-user.yml", kubernetes_impersonates_user, sizeof kubernetes_impersonates_user},
  {"kubernetes-impersonates-user.test.yml", kubernetes_impersonates_user_test, sizeof kubernetes_impersonates_user_test},
  {"kubernetes-impersonation-refused.yml", kubernetes_impersonation_refused, sizeof kubernetes_impersonation_refused},
  {"kubernetes-impersonation-refused.test.yml", kubernetes_impersonation_refused_test, sizeof kubernetes_impersonation_refused_test},
  {"kubernetes-ingress-snippet.yml", kubernetes_ingress_snippet, sizeof kubernetes_ingress_snippet},
  {"kubernetes-ingress-snippet.test.yml", kubernetes_ingress_snippet_test, sizeof kubernetes_ingress_snippet_test},
  {"kubernetes-ingress-without-tls.yml", kubernetes_ingress_without_tls, sizeof kubernetes_ingress_without_tls},
  {"kubernetes-ingress-without-tls.test.yml", kubernetes_ingress_without_tls_test, sizeof kubernetes_ingress_without_tls_test},
  {"kubernetes-kubectl-in-pod.yml", kubernetes_kubectl_in_pod, sizeof kubernetes_kubectl_in_pod},
  {"kubernetes-kubectl-in-pod.test.yml", kubernetes_kubectl_in_pod_test, sizeof kubernetes_kubectl_in_pod_test},
  {"kubernetes-leader-lease-taken.yml", kubernetes_leader_lease_taken, sizeof kubernetes_leader_lease_taken},
  {"kubernetes-leader-lease-taken.test.yml", kubernetes_leader_lease_taken_test, sizeof kubernetes_leader_lease_taken_test},
  {"kubernetes-log-collection-changed.yml", kubernetes_log_collection_changed, sizeof kubernetes_log_collection_changed},
  {"kubernetes-log-collection-changed.test.yml", kubernetes_log_collection_changed_test, sizeof kubernetes_log_collection_changed_test},
  {"kubernetes-login-after-spraying.yml", kubernetes_login_after_spraying, sizeof kubernetes_login_after_spraying},
  {"kubernetes-login-after-spraying.test.yml", kubernetes_login_after_spraying_test, sizeof kubernetes_login_after_spraying_test},
  {"kubernetes-logs-of-other-pods.yml", kubernetes_logs_of_other_pods, sizeof kubernetes_logs_of_other_pods},
  {"kubernetes-logs-of-other-pods.test.yml", kubernetes_logs_of_other_pods_test, sizeof kubernetes_logs_of_other_pods_test},
  {"kubernetes-mass-deletion.yml", kubernetes_mass_deletion, sizeof kubernetes_mass_deletion},
  {"kubernetes-mass-deletion.test.yml", kubernetes_mass_deletion_test, sizeof kubernetes_mass_deletion_test},
  {"kubernetes-namespace-deleted.yml", kubernetes_namespace_deleted, sizeof kubernetes_namespace_deleted},
  {"kubernetes-namespace-deleted.test.yml", kubernetes_namespace_deleted_test, sizeof kubernetes_namespace_deleted_test},
  {"kubernetes-network-policy-deleted.yml", kubernetes_network_policy_deleted, sizeof kubernetes_network_policy_deleted},
  {"kubernetes-network-policy-deleted.test.yml", kubernetes_network_policy_deleted_test, sizeof kubernetes_network_policy_deleted_test},
  {"kubernetes-new-namespace-admin-account.yml", kubernetes_new_namespace_admin_account, sizeof kubernetes_new_namespace_admin_account},
  {"kubernetes-new-namespace-admin-account.test.yml", kubernetes_new_namespace_admin_account_test, sizeof kubernetes_new_namespace_admin_account_test},
  {"kubernetes-node-added.yml", kubernetes_node_added, sizeof kubernetes_node_added},
  {"kubernetes-node-added.test.yml", kubernetes_node_added_test, sizeof kubernetes_node_added_test},
  {"kubernetes-node-credentials-misused.yml", kubernetes_node_credentials_misused, sizeof kubernetes_node_credentials_misused},
  {"kubernetes-node-credentials-misused.test.yml", kubernetes_node_credentials_misused_test, sizeof kubernetes_node_credentials_misused_test},
  {"kubernetes-node-port-service.yml", kubernetes_node_port_service, sizeof kubernetes_node_port_service},
  {"kubernetes-node-port-service.test.yml", kubernetes_node_port_service_test, sizeof kubernetes_node_port_service_test},
  {"kubernetes-node-proxy.yml", kubernetes_node_proxy, sizeof kubernetes_node_proxy},
  {"kubernetes-node-proxy.test.yml", kubernetes_node_proxy_test, sizeof kubernetes_node_proxy_test},
  {"kubernetes-node-proxy-role.yml", kubernetes_node_proxy_role, sizeof kubernetes_node_proxy_role},
  {"kubernetes-node-proxy-role.test.yml", kubernetes_node_proxy_role_test, sizeof kubernetes_node_proxy_role_test},
  {"kubernetes-node-proxy-runs.yml", kubernetes_node_proxy_runs, sizeof kubernetes_node_proxy_runs},
  {"kubernetes-node-proxy-runs.test.yml", kubernetes_node_proxy_runs_test, sizeof kubernetes_node_proxy_runs_test},
  {"kubernetes-node-removed.yml", kubernetes_node_removed, sizeof kubernetes_node_removed},
  {"kubernetes-node-removed.test.yml", kubernetes_node_removed_test, sizeof kubernetes_node_removed_test},
  {"kubernetes-permission-enumeration.yml", kubernetes_permission_enumeration, sizeof kubernetes_permission_enumeration},
  {"kubernetes-permission-enumeration.test.yml", kubernetes_permission_enumeration_test, sizeof kubernetes_permission_enumeration_test},
  {"kubernetes-permissions-listed-by-person.yml", kubernetes_permissions_listed_by_person, sizeof kubernetes_permissions_listed_by_person},
  {"kubernetes-permissions-listed-by-person.test.yml", kubernetes_permissions_listed_by_person_test, sizeof kubernetes_permissions_listed_by_person_test},
  {"kubernetes-pod-bypasses-scheduler.yml", kubernetes_pod_bypasses_scheduler, sizeof kubernetes_pod_bypasses_scheduler},
  {"kubernetes-pod-bypasses-scheduler.test.yml", kubernetes_pod_bypasses_scheduler_test, sizeof kubernetes_pod_bypasses_scheduler_test},
  {"kubernetes-pod-created-in-system-namespace.yml", kubernetes_pod_created_in_system_namespace, sizeof kubernetes_pod_created_in_system_namespace},
  {"kubernetes-pod-created-in-system-namespace.test.yml", kubernetes_pod_created_in_system_namespace_test, sizeof kubernetes_pod_created_in_system_namespace_test},
  {"kubernetes-pod-host-ipc.yml", kubernetes_pod_host_ipc, sizeof kubernetes_pod_host_ipc},
  {"kubernetes-pod-host-ipc.test.yml", kubernetes_pod_host_ipc_test, sizeof kubernetes_pod_host_ipc_test},
  {"kubernetes-pod-host-network.yml", kubernetes_pod_host_network, sizeof kubernetes_pod_host_network},
  {"kubernetes-pod-host-network.test.yml", kubernetes_pod_host_network_test, sizeof kubernetes_pod_host_network_test},
  {"kubernetes-pod-host-path.yml", kubernetes_pod_host_path, sizeof kubernetes_pod_host_path},
  {"kubernetes-pod-host-path.test.yml", kubernetes_pod_host_path_test, sizeof kubernetes_pod_host_path_test},
  {"kubernetes-pod-host-pid.yml", kubernetes_pod_host_pid, sizeof kubernetes_pod_host_pid},
  {"kubernetes-pod-host-pid.test.yml", kubernetes_pod_host_pid_test, sizeof kubernetes_pod_host_pid_test},
  {"kubernetes-pod-in-system-namespace.yml", kubernetes_pod_in_system_namespace, sizeof kubernetes_pod_in_system_namespace},
  {"kubernetes-pod-in-system-namespace.test.yml", kubernetes_pod_in_system_namespace_test, sizeof kubernetes_pod_in_system_namespace_test},
  {"kubernetes-pod-opened-by-patch.yml", kubernetes_pod_opened_by_patch, sizeof kubernetes_pod_opened_by_patch},
  {"kubernetes-pod-opened-by-patch.test.yml", kubernetes_pod_opened_by_patch_test, sizeof kubernetes_pod_opened_by_patch_test},
  {"kubernetes-pod-pinned-to-control-plane.yml", kubernetes_pod_pinned_to_control_plane, sizeof kubernetes_pod_pinned_to_control_plane},
  {"kubernetes-pod-pinned-to-control-plane.test.yml", kubernetes_pod_pinned_to_control_plane_test, sizeof kubernetes_pod_pinned_to_control_plane_test},
  {"kubernetes-pod-privileged.yml", kubernetes_pod_privileged, sizeof kubernetes_pod_privileged},
  {"kubernetes-pod-privileged.test.yml", kubernetes_pod_privileged_test, sizeof kubernetes_pod_privileged_test},
  {"kubernetes-pod-runs-download.yml", kubernetes_pod_runs_download, sizeof kubernetes_pod_runs_download},
  {"kubernetes-pod-runs-download.test.yml", kubernetes_pod_runs_download_test, sizeof kubernetes_pod_runs_download_test},
  {"kubernetes-pod-security-label-removed.yml", kubernetes_pod_security_label_removed, sizeof kubernetes_pod_security_label_removed},
  {"kubernetes-pod-security-label-removed.test.yml", kubernetes_pod_security_label_removed_test, sizeof kubernetes_pod_security_label_removed_test},
  {"kubernetes-pod-security-lowered.yml", kubernetes_pod_security_lowered, sizeof kubernetes_pod_security_lowered},
  {"kubernetes-pod-security-lowered.test.yml", kubernetes_pod_security_lowered_test, sizeof kubernetes_pod_security_lowered_test},
  {"kubernetes-pod-with-capabilities.yml", kubernetes_pod_with_capabilities, sizeof kubernetes_pod_with_capabilities},
  {"kubernetes-pod-with-capabilities.test.yml", kubernetes_pod_with_capabilities_test, sizeof kubernetes_pod_with_capabilities_test},
  {"kubernetes-port-forward.yml", kubernetes_port_forward, sizeof kubernetes_port_forward},
  {"kubernetes-port-forward.test.yml", kubernetes_port_forward_test, sizeof kubernetes_port_forward_test},
  {"kubernetes-privileged-cluster-role-binding.yml", kubernetes_privileged_cluster_role_binding, sizeof kubernetes_privileged_cluster_role_binding},
  {"kubernetes-privileged-cluster-role-binding.test.yml", kubernetes_privileged_cluster_role_binding_test, sizeof kubernetes_privileged_cluster_role_binding_test},
  {"kubernetes-privileged-pod.yml", kubernetes_privileged_pod, sizeof kubernetes_privileged_pod},
  {"kubernetes-privileged-pod.test.yml", kubernetes_privileged_pod_test, sizeof kubernetes_privileged_pod_test},
  {"kubernetes-proxy-to-workload.yml", kubernetes_proxy_to_workload, sizeof kubernetes_proxy_to_workload},
  {"kubernetes-proxy-to-workload.test.yml", kubernetes_proxy_to_workload_test, sizeof kubernetes_proxy_to_workload_test},
  {"kubernetes-pull-secret-copied.yml", kubernetes_pull_secret_copied, sizeof kubernetes_pull_secret_copied},
  {"kubernetes-pull-secret-copied.test.yml", kubernetes_pull_secret_copied_test, sizeof kubernetes_pull_secret_copied_test},
  {"kubernetes-quota-changed.yml", kubernetes_quota_changed, sizeof kubernetes_quota_changed},
  {"kubernetes-quota-changed.test.yml", kubernetes_quota_changed_test, sizeof kubernetes_quota_changed_test},
  {"kubernetes-refused-from-outside.yml", kubernetes_refused_from_outside, sizeof kubernetes_refused_from_outside},
  {"kubernetes-refused-from-outside.test.yml", kubernetes_refused_from_outside_test, sizeof kubernetes_refused_from_outside_test},
  {"kubernetes-rejected-credentials.yml", kubernetes_rejected_credentials, sizeof kubernetes_rejected_credentials},
  {"kubernetes-rejected-credentials.test.yml", kubernetes_rejected_credentials_test, sizeof kubernetes_rejected_credentials_test},
  {"kubernetes-reverse-shell.yml", kubernetes_reverse_shell, sizeof kubernetes_reverse_shell},
  {"kubernetes-reverse-shell.test.yml", kubernetes_reverse_shell_test, sizeof kubernetes_reverse_shell_test},
  {"kubernetes-role-aggregated-to-default.yml", kubernetes_role_aggregated_to_default, sizeof kubernetes_role_aggregated_to_default},
  {"kubernetes-role-aggregated-to-default.test.yml", kubernetes_role_aggregated_to_default_test, sizeof kubernetes_role_aggregated_to_default_test},
  {"kubernetes-role-aggregates-others.yml", kubernetes_role_aggregates_others, sizeof kubernetes_role_aggregates_others},
  {"kubernetes-role-aggregates-others.test.yml", kubernetes_role_aggregates_others_test, sizeof kubernetes_role_aggregates_others_test},
  {"kubernetes-role-or-binding-changed.yml", kubernetes_role_or_binding_changed, sizeof kubernetes_role_or_binding_changed},
  {"kubernetes-role-or-binding-changed.test.yml", kubernetes_role_or_binding_changed_test, sizeof kubernetes_role_or_binding_changed_test},
  {"kubernetes-role-with-escalation-verbs.yml", kubernetes_role_with_escalation_verbs, sizeof kubernetes_role_with_escalation_verbs},
  {"kubernetes-role-with-escalation-verbs.test.yml", kubernetes_role_with_escalation_verbs_test, sizeof kubernetes_role_with_escalation_verbs_test},
  {"kubernetes-root-container.yml", kubernetes_root_container, sizeof kubernetes_root_container},
  {"kubernetes-root-container.test.yml", kubernetes_root_container_test, sizeof kubernetes_root_container_test},
  {"kubernetes-scaled-to-zero.yml", kubernetes_scaled_to_zero, sizeof kubernetes_scaled_to_zero},
  {"kubernetes-scaled-to-zero.test.yml", kubernetes_scaled_to_zero_test, sizeof kubernetes_scaled_to_zero_test},
  {"kubernetes-secret-by-field-selector.yml", kubernetes_secret_by_field_selector, sizeof kubernetes_secret_by_field_selector},
  {"kubernetes-secret-by-field-selector.test.yml", kubernetes_secret_by_field_selector_test, sizeof kubernetes_secret_by_field_selector_test},
  {"kubernetes-secret-in-system-namespace-by-person.yml", kubernetes_secret_in_system_namespace_by_person, sizeof kubernetes_secret_in_system_namespace_by_person},
  {"kubernetes-secret-in-system-namespace-by-person.test.yml", kubernetes_secret_in_system_namespace_by_person_test, sizeof kubernetes_secret_in_system_namespace_by_person_test},
  {"kubernetes-secret-in-system-namespace-created.yml", kubernetes_secret_in_system_namespace_created, sizeof kubernetes_secret_in_system_namespace_created},
  {"kubernetes-secret-in-system-namespace-created.test.yml", kubernetes_secret_in_system_namespace_created_test, sizeof kubernetes_secret_in_system_namespace_created_test},
  {"kubernetes-secret-list-refused.yml", kubernetes_secret_list_refused, sizeof kubernetes_secret_list_refused},
  {"kubernetes-secret-list-refused.test.yml", kubernetes_secret_list_refused_test, sizeof kubernetes_secret_list_refused_test},
  {"kubernetes-secret-names-guessed.yml", kubernetes_secret_names_guessed, sizeof kubernetes_secret_names_guessed},
  {"kubernetes-secret-names-guessed.test.yml", kubernetes_secret_names_guessed_test, sizeof kubernetes_secret_names_guessed_test},
  {"kubernetes-secret-patched-by-workload.yml", kubernetes_secret_patched_by_workload, sizeof kubernetes_secret_patched_by_workload},
  {"kubernetes-secret-patched-by-workload.test.yml", kubernetes_secret_patched_by_workload_test, sizeof kubernetes_secret_patched_by_workload_test},
  {"kubernetes-secret-read.yml", kubernetes_secret_read, sizeof kubernetes_secret_read},
  {"kubernetes-secret-read.test.yml", kubernetes_secret_read_test, sizeof kubernetes_secret_read_test},
  {"kubernetes-secret-read-by-write.yml", kubernetes_secret_read_by_write, sizeof kubernetes_secret_read_by_write},
  {"kubernetes-secret-read-by-write.test.yml", kubernetes_secret_read_by_write_test, sizeof kubernetes_secret_read_by_write_test},
  {"kubernetes-secret-refused.yml", kubernetes_secret_refused, sizeof kubernetes_secret_refused},
  {"kubernetes-secret-refused.test.yml", kubernetes_secret_refused_test, sizeof kubernetes_secret_refused_test},
  {"kubernetes-secrets-listed-by-person.yml", kubernetes_secrets_listed_by_person, sizeof kubernetes_secrets_listed_by_person},
  {"kubernetes-secrets-listed-by-person.test.yml", kubernetes_secrets_listed_by_person_test, sizeof kubernetes_secrets_listed_by_person_test},
  {"kubernetes-secrets-listed-outside-pod.yml", kubernetes_secrets_listed_outside_pod, sizeof kubernetes_secrets_listed_outside_pod},
  {"kubernetes-secrets-listed-outside-pod.test.yml", kubernetes_secrets_listed_outside_pod_test, sizeof kubernetes_secrets_listed_outside_pod_test},
  {"kubernetes-secrets-low-and-slow.yml", kubernetes_secrets_low_and_slow, sizeof kubernetes_secrets_low_and_slow},
  {"kubernetes-secrets-low-and-slow.test.yml", kubernetes_secrets_low_and_slow_test, sizeof kubernetes_secrets_low_and_slow_test},
  {"kubernetes-secrets-read-by-deletion.yml", kubernetes_secrets_read_by_deletion, sizeof kubernetes_secrets_read_by_deletion},
  {"kubernetes-secrets-read-by-deletion.test.yml", kubernetes_secrets_read_by_deletion_test, sizeof kubernetes_secrets_read_by_deletion_test},
  {"kubernetes-secrets-read-one-by-one.yml", kubernetes_secrets_read_one_by_one, sizeof kubernetes_secrets_read_one_by_one},
  {"kubernetes-secrets-read-one-by-one.test.yml", kubernetes_secrets_read_one_by_one_test, sizeof kubernetes_secrets_read_one_by_one_test},
  {"kubernetes-secrets-read-with-plain-client.yml", kubernetes_secrets_read_with_plain_client, sizeof kubernetes_secrets_read_with_plain_client},
  {"kubernetes-secrets-read-with-plain-client.test.yml", kubernetes_secrets_read_with_plain_client_test, sizeof kubernetes_secrets_read_with_plain_client_test},
  {"kubernetes-security-agent-removed.yml", kubernetes_security_agent_removed, sizeof kubernetes_security_agent_removed},
  {"kubernetes-security-agent-removed.test.yml", kubernetes_security_agent_removed_test, sizeof kubernetes_security_agent_removed_test},
  {"kubernetes-service-account-cloud-role.yml", kubernetes_service_account_cloud_role, sizeof kubernetes_service_account_cloud_role},
  {"kubernetes-service-account-cloud-role.test.yml", kubernetes_service_account_cloud_role_test, sizeof kubernetes_service_account_cloud_role_test},
  {"kubernetes-service-account-pull-secret.yml", kubernetes_service_account_pull_secret, sizeof kubernetes_service_account_pull_secret},
  {"kubernetes-service-account-pull-secret.test.yml", kubernetes_service_account_pull_secret_test, sizeof kubernetes_service_account_pull_secret_test},
  {"kubernetes-service-exposed.yml", kubernetes_service_exposed, sizeof kubernetes_service_exposed},
  {"kubernetes-service-exposed.test.yml", kubernetes_service_exposed_test, sizeof kubernetes_service_exposed_test},
  {"kubernetes-static-pod.yml", kubernetes_static_pod, sizeof kubernetes_static_pod},
  {"kubernetes-static-pod.test.yml", kubernetes_static_pod_test, sizeof kubernetes_static_pod_test},
  {"kubernetes-system-account-by-tool.yml", kubernetes_system_account_by_tool, sizeof kubernetes_system_account_by_tool},
  {"kubernetes-system-account-by-tool.test.yml", kubernetes_system_account_by_tool_test, sizeof kubernetes_system_account_by_tool_test},
  {"kubernetes-system-account-from-outside.yml", kubernetes_system_account_from_outside, sizeof kubernetes_system_account_from_outside},
  {"kubernetes-system-account-from-outside.test.yml", kubernetes_system_account_from_outside_test, sizeof kubernetes_system_account_from_outside_test},
  {"kubernetes-system-role-name.yml", kubernetes_system_role_name, sizeof kubernetes_system_role_name},
  {"kubernetes-system-role-name.test.yml", kubernetes_system_role_name_test, sizeof kubernetes_system_role_name_test},
  {"kubernetes-system-secret-read-by-workload.yml", kubernetes_system_secret_read_by_workload, sizeof kubernetes_system_secret_read_by_workload},
  {"kubernetes-system-secret-read-by-workload.test.yml", kubernetes_system_secret_read_by_workload_test, sizeof kubernetes_system_secret_read_by_workload_test},
  {"kubernetes-token-outside-pod.yml", kubernetes_token_outside_pod, sizeof kubernetes_token_outside_pod},
  {"kubernetes-token-outside-pod.test.yml", kubernetes_token_outside_pod_test, sizeof kubernetes_token_outside_pod_test},
  {"kubernetes-token-requested.yml", kubernetes_token_requested, sizeof kubernetes_token_requested},
  {"kubernetes-token-requested.test.yml", kubernetes_token_requested_test, sizeof kubernetes_token_requested_test},
  {"kubernetes-token-secret.yml", kubernetes_token_secret, sizeof kubernetes_token_secret},
  {"kubernetes-token-secret.test.yml", kubernetes_token_secret_test, sizeof kubernetes_token_secret_test},
  {"kubernetes-token-secret-filled.yml", kubernetes_token_secret_filled, sizeof kubernetes_token_secret_filled},
  {"kubernetes-token-secret-filled.test.yml", kubernetes_token_secret_filled_test, sizeof kubernetes_token_secret_filled_test},
  {"kubernetes-token-stolen-by-exec.yml", kubernetes_token_stolen_by_exec, sizeof kubernetes_token_stolen_by_exec},
  {"kubernetes-token-stolen-by-exec.test.yml", kubernetes_token_stolen_by_exec_test, sizeof kubernetes_token_stolen_by_exec_test},
  {"kubernetes-traffic-redirected.yml", kubernetes_traffic_redirected, sizeof kubernetes_traffic_redirected},
  {"kubernetes-traffic-redirected.test.yml", kubernetes_traffic_redirected_test, sizeof kubernetes_traffic_redirected_test},
  {"kubernetes-unmasked-proc.yml", kubernetes_unmasked_proc, sizeof kubernetes_unmasked_proc},
  {"kubernetes-unmasked-proc.test.yml", kubernetes_unmasked_proc_test, sizeof kubernetes_unmasked_proc_test},
  {"kubernetes-webhook-created.yml", kubernetes_webhook_created, sizeof kubernetes_webhook_created},
  {"kubernetes-webhook-created.test.yml", kubernetes_webhook_created_test, sizeof kubernetes_webhook_created_test},
  {"kubernetes-webhook-outside.yml", kubernetes_webhook_outside, sizeof kubernetes_webhook_outside},
  {"kubernetes-webhook-outside.test.yml", kubernetes_webhook_outside_test, sizeof kubernetes_webhook_outside_test},
  {"kubernetes-webhook-redirected.yml", kubernetes_webhook_redirected, sizeof kubernetes_webhook_redirected},
  {"kubernetes-webhook-redirected.test.yml", kubernetes_webhook_redirected_test, sizeof kubernetes_webhook_redirected_test},
  {"kubernetes-webhook-weakened.yml", kubernetes_webhook_weakened, sizeof kubernetes_webhook_weakened},
  {"kubernetes-webhook-weakened.test.yml", kubernetes_webhook_weakened_test, sizeof kubernetes_webhook_weakened_test},
  {"kubernetes-webhook-written.yml", kubernetes_webhook_written, sizeof kubernetes_webhook_written},
  {"kubernetes-webhook-written.test.yml", kubernetes_webhook_written_test, sizeof kubernetes_webhook_written_test},
  {"kubernetes-wide-role-bound.yml", kubernetes_wide_role_bound, sizeof kubernetes_wide_role_bound},
  {"kubernetes-wide-role-bound.test.yml", kubernetes_wide_role_bound_test, sizeof kubernetes_wide_role_bound_test},
  {"kubernetes-wildcard-role.yml", kubernetes_wildcard_role, sizeof kubernetes_wildcard_role},
  {"kubernetes-wildcard-role.test.yml", kubernetes_wildcard_role_test, sizeof kubernetes_wildcard_role_test},
  {"kubernetes-wildcard-role-created.yml", kubernetes_wildcard_role_created, sizeof kubernetes_wildcard_role_created},
  {"kubernetes-wildcard-role-created.test.yml", kubernetes_wildcard_role_created_test, sizeof kubernetes_wildcard_role_created_test},
  {"kubernetes-workload-image-changed.yml", kubernetes_workload_image_changed, sizeof kubernetes_workload_image_changed},
  {"kubernetes-workload-image-changed.test.yml", kubernetes_workload_image_changed_test, sizeof kubernetes_workload_image_changed_test},
  {"kubernetes-writing-role-created.yml", kubernetes_writing_role_created, sizeof kubernetes_writing_role_created},
  {"kubernetes-writing-role-created.test.yml", kubernetes_writing_role_created_test, sizeof kubernetes_writing_role_created_test},
  {"registry-brute-force.yml", registry_brute_force, sizeof registry_brute_force},
  {"registry-brute-force.test.yml", registry_brute_force_test, sizeof registry_brute_force_test},
  {"registry-ecr-used-elsewhere.yml", registry_ecr_used_elsewhere, sizeof registry_ecr_used_elsewhere},
  {"registry-ecr-used-elsewhere.test.yml", registry_ecr_used_elsewhere_test, sizeof registry_ecr_used_elsewhere_test},
  {"registry-image-pushed-ecr.yml", registry_image_pushed_ecr, sizeof registry_image_pushed_ecr},
  {"registry-image-pushed-ecr.test.yml", registry_image_pushed_ecr_test, sizeof registry_image_pushed_ecr_test},
  {"sshd-brute-force.yml", sshd_brute_force, sizeof sshd_brute_force},
  {"sshd-brute-force.test.yml", sshd_brute_force_test, sizeof sshd_brute_force_test},
  {"sshd-login-after-failures.yml", sshd_login_after_failures, sizeof sshd_login_after_failures},
  {"sshd-login-after-failures.test.yml", sshd_login_after_failures_test, sizeof sshd_login_after_failures_test},
  {"sshd-password-spraying.yml", sshd_password_spraying, sizeof sshd_password_spraying},
  {"sshd-password-spraying.test.yml", sshd_password_spraying_test, sizeof sshd_password_spraying_test},
};

size_t bartizan_rule_count(void) { return sizeof files / sizeof files[0]; }
const char *bartizan_rule_name(size_t index) { return files[index].name; }
const unsigned char *bartizan_rule_text(size_t index) { return files[index].text; }
size_t bartizan_rule_size(size_t index) { return files[index].size; }
