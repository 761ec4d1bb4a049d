/// Cases of other scanners on which we do not say what they expect, each with the reason.
enum ForeignDifferences {
  /// We look at the same thing and judge otherwise.
  static let differences: [(reason: String, cases: [String])] = [
    (
      "a star for the verbs of one custom resource is tidy enough for them; we report it, at low severity",
      ["trivy:KSV-0045/test_any_verb_role_no_specific_resource"]
    ),
    (
      "a Role that is only named like cluster-admin and is not there grants nothing",
      ["trivy:KSV-0111/test_cluster_role_admin__used_with_non_system_role_binding"]
    ),
    (
      "a manifest without a namespace lands where it is applied to, which need not be `default`",
      ["trivy:KSV-0110/test_pod_without_namespace"]
    ),
    (
      "a security context on the container is one; they want it on pod and container",
      [
        "trivy:KSV-0118/test_deployment_without_security_context",
        "trivy:KSV-0118/test_deployment_with_empty_security_context",
      ]
    ),
    (
      "the API server drops `ALL` and leaves `all` alone, so Pod Security does not accept it",
      ["trivy:KSV-0106/test_drop_all_add_net_bind_service_allowed"]
    ),
    (
      "`create` and `deletecollection` with resourceNames grant nothing: the request bears no name",
      [
        "trivy:KSV-0115/test_manageEKSIAMAuthConfigmap_verb_create",
        "trivy:KSV-0115/test_manageEKSIAMAuthConfigmap_verb_deletecollection",
      ]
    ),
    (
      "`escalate` and `bind` are asked for on roles, never on bindings",
      [
        "trivy:KSV-0050/test_manage_K8s_RBAC_resources_escape", "trivy:KSV-0050/test_manage_K8s_RBAC_resources_bind",
      ]
    ),
    (
      "`update nodes/proxy` reaches the kubelet by PUT, which runs commands as well as GET and POST do",
      ["trivy:KSV-0047/test_privilege_escalation_from_node_proxy_not_secret_resource_2"]
    ),
    (
      "a user or group that is not set is the image's, which may well be above 10,000",
      ["trivy:KSV-0021/test_no_run_as_group_denied", "trivy:KSV-0020/test_no_run_as_user_denied"]
    ),
    (
      "Pod Security judges the pod's own profile, too: containers that are added later inherit it",
      [
        "trivy:KSV-0030/test_pod_context_runtime_default_is_overrided_allowed",
        "trivy:KSV-0104/test_deployment_override_seccomp_profile_unconfined_allowed",
      ]
    ),
    (
      "Kubernetes has not read seccomp annotations since 1.27",
      [
        "trivy:KSV-0030/test_annotation_allowed",
        "trivy:KSV-0104/test_pod_annotations_seccomp_profile_unconfined_allowed",
      ]
    ),
    (
      "the Pod Security Standards allow NET_BIND_SERVICE to be added",
      ["trivy:KSV-0022/test_capabilities_add_denied"]
    ),
    (
      "a container without ports serves nothing that a probe could keep traffic from",
      ["polaris:livenessProbeMissing/failure.yaml", "polaris:readinessProbeMissing/failure.yaml"]
    ),
    (
      "for an image without a tag the API server sets the policy Always by itself",
      ["polaris:pullPolicyNotAlways/failure.yaml", "polaris:pullPolicyNotAlways/failure.cron-job.yaml"]
    ),
  ]

  /// The case asks something that no check of ours asks, under an id that otherwise maps to one.
  static let otherQuestions: [(reason: String, cases: [String])] = [
    (
      "a role that a file lacks may be in the cluster: a binding to it is not known to be dangling",
      [
        "polaris:clusterrolebindingPodExecAttach/failure.binding_points_to_missing_ref.yaml",
        "polaris:rolebindingClusterRolePodExecAttach/failure.binding_points_to_missing_ref.yaml",
        "polaris:rolebindingRolePodExecAttach/failure.binding_points_to_missing_ref.yaml",
      ]
    ),
    (
      "they judge the text of a Role, we what it grants: users, groups and cluster role bindings are not in namespaces: it grants nothing of them",
      [
        "trivy:KSV-0043/test_impersonate_privileged_groups",
        "trivy:KSV-0052/test_allowing_create_clusterrolebindings_binding_and_associate_clusterrole",
      ]
    ),
    (
      "Polaris lets bindings pass by their name alone; anybody may choose such a name, so we do not",
      [
        "polaris:clusterrolePodExecAttach/success.gce_calico_clusterrole.yaml",
        "polaris:clusterrolebindingClusterAdmin/success.gce_calico_binding.yaml",
        "polaris:clusterrolebindingClusterAdmin/success.system_prefix_binding.yaml",
        "polaris:clusterrolebindingPodExecAttach/success.defaultclusterrolebinding_clusteradmin.yaml",
        "polaris:clusterrolebindingPodExecAttach/success.defaultclusterrolebinding_system-controller-generic-garbage-collector.yaml",
        "polaris:clusterrolebindingPodExecAttach/success.gce_calico_binding.yaml",
        "polaris:clusterrolebindingPodExecAttach/success.system_prefix_binding.yaml",
        "polaris:rolePodExecAttach/success.gce_calico_binding.yaml",
        "polaris:rolebindingClusterAdminClusterRole/success.gce_calico_binding.yaml",
        "polaris:rolebindingClusterAdminClusterRole/success.system_prefix_binding.yaml",
        "polaris:rolebindingClusterAdminRole/success.gce_calico_binding.yaml",
        "polaris:rolebindingClusterAdminRole/success.system_prefix_binding.yaml",
        "polaris:rolebindingClusterRolePodExecAttach/success.gce_calico_binding.yaml",
        "polaris:rolebindingClusterRolePodExecAttach/success.system_prefix_binding.yaml",
        "polaris:rolebindingRolePodExecAttach/success.gce_calico_binding.yaml",
        "polaris:rolebindingRolePodExecAttach/success.system_prefix_binding.yaml",
      ]
    ),
    (
      "this Polaris check looks at bindings to Roles and leaves a ClusterRole to its twin; our one check does both",
      ["polaris:rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml"]
    ),
    (
      "`impersonate` exists for users, groups and service accounts, not for these objects: the rule grants nothing",
      [
        "trivy:KSV-0115/test_manageEKSIAMAuthConfigmap_verb_impersonate",
        "trivy:KSV-0056/test_manage_manage_kubernetes_networking_impersonate",
        "trivy:KSV-0050/test_manage_K8s_RBAC_resources_impersonate",
        "trivy:KSV-0113/test_manage_secret_verb_impersonate", "trivy:KSV-0041/test_manage_secret_verb_impersonate",
        "trivy:KSV-0114/test_manageWebhookConfig_verb_impersonate",
      ]
    ),
    (
      "the workload of the case runs one pod, which no budget and no spreading helps; our checks ask it of several",
      [
        "polaris:missingPodDisruptionBudget/failure-bad-ns.yaml",
        "polaris:missingPodDisruptionBudget/failure.bad-name.yaml",
        "polaris:missingPodDisruptionBudget/failure.empty-labels.yaml",
        "polaris:missingPodDisruptionBudget/failure.no-labels.yaml",
        "polaris:missingPodDisruptionBudget/failure.no-metadata.yaml",
        "polaris:missingPodDisruptionBudget/failure.wrong-place.yaml",
        "polaris:missingPodDisruptionBudget/failure.yaml",
        "polaris:topologySpreadConstraint/failure.empty.yaml",
        "polaris:topologySpreadConstraint/failure.nospreadconstraint.yaml",
      ]
    ),
    (
      "the case brings a list of removed versions of its own, in which batch/v1 is one",
      ["trivy:KSV-0107/test_eval_k8s_api_with_data_match"]
    ),
  ]
}
