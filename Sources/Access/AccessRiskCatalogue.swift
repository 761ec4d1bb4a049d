import Findings

/// All known access risks. A new one is an entry here, plus a capability if none fits.
package enum AccessRiskCatalogue {
  package static let risks: [AccessRisk] = [
    AccessRisk(
      id: "cluster-admin-binding", title: "May do everything", needs: [[.everything]], scope: .any,
      outcome: .clusterAdmin,
      severity: (.critical, .high),
      rationale:
        "A rule of `*` verbs on `*` resources of `*` groups is cluster-admin under whatever name: read all secrets, start pods on any node, change any right. A service account that holds it makes its pod worth the whole cluster.",
      fix:
        "Bind a role with the rights that are used (`bartizan rbac least-privilege` writes it from the audit log); `view`, `edit` and `admin` in one namespace are often enough.",
      controls: [.cis("5.1.1"), .cis("5.1.3"), .nsa("authentication-and-authorization"), .mitre("T1078")],
      reference: Reference("MITRE ATT&CK T1078", "https://attack.mitre.org/techniques/T1078/"),
      aliases: [
        "trivy:KSV-0111", "trivy:KSV-0044", "trivy:KSV-0112", "polaris:clusterrolePodExecAttach",
        "polaris:rolePodExecAttach", "polaris:clusterrolebindingPodExecAttach",
        "polaris:rolebindingClusterRolePodExecAttach", "polaris:rolebindingRolePodExecAttach", "kubescape:C-0035",
        "kube-linter:cluster-admin-role-binding", "polaris:clusterrolebindingClusterAdmin",
        "polaris:rolebindingClusterAdminClusterRole", "polaris:rolebindingClusterAdminRole", "checkov:CKV_K8S_49",
        "kubescape:C-0185",
      ]),
    AccessRisk(
      id: "rbac-everything-in-group", title: "May do everything in an API group", needs: [[.everythingInGroup]],
      scope: .any, outcome: .data,
      severity: (.high, .medium),
      rationale:
        "All verbs on all resources of a group include the ones that nobody thought of, and those that come with the next version.",
      fix: "List the resources and verbs that are used.",
      controls: [.cis("5.1.3"), .nsa("authentication-and-authorization"), .mitre("T1078")],
      reference: Reference("MITRE ATT&CK T1078", "https://attack.mitre.org/techniques/T1078/"),
      aliases: []),
    AccessRisk(
      id: "rbac-read-secrets", title: "May read secrets", needs: [[.readSecrets]], scope: .any, outcome: .secrets,
      severity: (.high, .medium),
      rationale:
        "Secrets hold passwords, certificates and tokens; `list` and `watch` reveal their content just as `get` does.",
      fix: "Grant `get` on the named secrets that are needed, or mount them into the pod, which needs no right at all.",
      controls: [.cis("5.1.2"), .nsa("authentication-and-authorization"), .mitre("T1552.007")],
      reference: Reference("MITRE ATT&CK T1552.007", "https://attack.mitre.org/techniques/T1552/007/"),
      aliases: [
        "trivy:KSV-0041", "trivy:KSV-0113", "kubescape:C-0015", "kube-linter:access-to-secrets", "checkov:CKV2_K8S_5",
        "kubescape:C-0186",
      ]),
    AccessRisk(
      id: "rbac-mint-tokens-by-secret", title: "May mint tokens through secrets",
      needs: [[.createSecrets, .readSecrets], [.createSecrets, .createPods]], scope: .any, outcome: .accounts,
      severity: (.high, .high),
      rationale:
        "A new secret of type service-account-token is filled with a lasting token of any account of the namespace; reading or mounting it is to be that account.",
      fix: "Take away `create` on secrets, or the right to read them and to create pods.",
      controls: [.cis("5.1.2"), .cis("5.1.13"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/")),
    AccessRisk(
      id: "rbac-create-pods", title: "May start pods", needs: [[.createPods], [.writeWorkloads]], scope: .any,
      outcome: .accounts,
      severity: (.high, .medium),
      rationale:
        "Whoever creates pods, directly or through a workload, runs code as any service account of the namespace, mounts all of its secrets, and owns the node unless Pod Security stops it.",
      fix:
        "Enforce Pod Security on the namespace, keep powerful accounts out of it, and grant workload rights only to those who deploy.",
      controls: [.cis("5.1.4"), .nsa("authentication-and-authorization"), .mitre("T1610")],
      reference: Reference("MITRE ATT&CK T1610", "https://attack.mitre.org/techniques/T1610/"),
      aliases: ["trivy:KSV-0048", "kubescape:C-0188", "kube-linter:access-to-create-pods"]),
    AccessRisk(
      id: "rbac-exec-pods", title: "May run commands in pods", needs: [[.execPods]], scope: .any, outcome: .accounts,
      severity: (.high, .medium),
      rationale:
        "A shell in a pod has its token, its files and its network. Before Kubernetes 1.35 `get` on pods/exec was enough.",
      fix: "Grant it for the time of an incident, in one namespace, and log it.",
      controls: [.cis("5.1.4"), .nsa("authentication-and-authorization"), .mitre("T1609")],
      reference: Reference("MITRE ATT&CK T1609", "https://attack.mitre.org/techniques/T1609/"),
      aliases: [
        "trivy:KSV-0053", "trivy:KSV-0054", "kubescape:C-0002", "polaris:clusterrolePodExecAttach",
        "polaris:rolePodExecAttach", "polaris:clusterrolebindingPodExecAttach",
        "polaris:rolebindingClusterRolePodExecAttach", "polaris:rolebindingRolePodExecAttach", "checkov:CKV2_K8S_2",
      ]),
    AccessRisk(
      id: "rbac-ephemeral-containers", title: "May add containers to running pods", needs: [[.ephemeralContainers]],
      scope: .any, outcome: .accounts,
      severity: (.high, .medium),
      rationale:
        "An ephemeral container joins a running pod, shares its network and, when asked to, its processes: its token and secrets are within reach.",
      fix: "Grant it for the time of an incident, in one namespace, and log it.",
      controls: [.cis("5.1.4"), .nsa("authentication-and-authorization"), .mitre("T1609")],
      reference: Reference("MITRE ATT&CK T1609", "https://attack.mitre.org/techniques/T1609/")),
    AccessRisk(
      id: "rbac-patch-pods", title: "May change running pods", needs: [[.patchPods]], scope: .any, outcome: .accounts,
      severity: (.high, .medium),
      rationale:
        "Changing the image of a running pod runs other code as its service account.",
      fix: "Controllers change pods; grant people and programs the workload above them.",
      controls: [.cis("5.1.4"), .nsa("authentication-and-authorization"), .mitre("T1525")],
      reference: Reference("MITRE ATT&CK T1525", "https://attack.mitre.org/techniques/T1525/")),
    AccessRisk(
      id: "rbac-create-tokens", title: "May issue tokens of service accounts", needs: [[.createTokens]], scope: .any,
      outcome: .accounts,
      severity: (.critical, .high),
      rationale:
        "The token request API hands out a token of any service account in reach: to issue it is to be it.",
      fix: "Restrict it by `resourceNames` to the account that is meant.",
      controls: [.cis("5.1.13"), .nsa("authentication-and-authorization"), .mitre("T1528")],
      reference: Reference("MITRE ATT&CK T1528", "https://attack.mitre.org/techniques/T1528/"),
      aliases: ["kubescape:C-0282"]),
    AccessRisk(
      id: "rbac-impersonate", title: "May act as somebody else",
      needs: [
        [.impersonateUsers], [.impersonateGroups], [.impersonateAccounts], [.impersonateExtras],
        [.impersonateConstrained],
      ], scope: .any, outcome: .clusterAdmin,
      severity: (.critical, .high),
      rationale:
        "Impersonation is to be the other one; with users and groups it is to be system:masters, which nothing restrains.",
      fix: "Restrict it by `resourceNames` to the identities that are meant.",
      controls: [.cis("5.1.8"), .nsa("authentication-and-authorization"), .mitre("T1134")],
      reference: Reference("MITRE ATT&CK T1134", "https://attack.mitre.org/techniques/T1134/"),
      aliases: ["trivy:KSV-0043", "kubescape:C-0065", "checkov:CKV2_K8S_3"]),
    AccessRisk(
      id: "rbac-escalate-roles", title: "May write roles beyond its own rights",
      needs: [[.escalateClusterRoles, .writeClusterRoles], [.escalateRoles, .writeRoles]], scope: .any,
      outcome: .clusterAdmin,
      severity: (.critical, .high),
      rationale:
        "The verb `escalate` lifts the rule that nobody writes a role with rights that they lack: a role that one holds can be made to hold everything.",
      fix: "Take away `escalate`.",
      controls: [.cis("5.1.8"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/"),
      aliases: ["trivy:KSV-0050", "kubescape:C-0191", "checkov:CKV_K8S_158"]),
    AccessRisk(
      id: "rbac-bind-roles", title: "May bind roles beyond its own rights",
      needs: [[.bindClusterRoles, .writeClusterRoleBindings], [.bindRoles, .writeRoleBindings]], scope: .any,
      outcome: .clusterAdmin,
      severity: (.critical, .high),
      rationale:
        "The verb `bind` lifts the rule that nobody grants what they lack: with the right to write bindings it hands out cluster-admin.",
      fix: "Restrict `bind` by `resourceNames` to harmless roles.",
      controls: [.cis("5.1.8"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/"),
      aliases: ["trivy:KSV-0051", "trivy:KSV-0052", "checkov:CKV_K8S_157", "checkov:CKV2_K8S_1"]),
    AccessRisk(
      id: "rbac-sign-certificates", title: "May have client certificates signed",
      needs: [
        [.createSigningRequests, .approveSigningRequests, .approveSigners], [.signSigners, .writeSigningStatus],
      ], scope: .cluster, outcome: .clusterAdmin,
      severity: (.critical, .critical),
      rationale:
        "Whoever asks for a certificate and approves it becomes any user and group save system:masters; certificates cannot be revoked.",
      fix: "Keep request and approval in different hands, and restrict `approve` to the signers that are meant.",
      controls: [.cis("5.1.11"), .nsa("authentication-and-authorization"), .mitre("T1649")],
      reference: Reference("MITRE ATT&CK T1649", "https://attack.mitre.org/techniques/T1649/"),
      aliases: ["checkov:CKV_K8S_156", "kubescape:C-0280"]),
    AccessRisk(
      id: "rbac-node-proxy", title: "May reach the kubelet through the API server", needs: [[.proxyNodes]],
      scope: .cluster, outcome: .node,
      severity: (.critical, .critical),
      rationale:
        "`get` on nodes/proxy runs commands in every pod of the node by websocket, past admission and the audit log.",
      fix: "Grant nodes/metrics, nodes/stats and nodes/pods instead (fine-grained kubelet authorization, 1.33).",
      controls: [.cis("5.1.10"), .nsa("authentication-and-authorization"), .mitre("T1609")],
      reference: Reference("MITRE ATT&CK T1609", "https://attack.mitre.org/techniques/T1609/"),
      aliases: ["trivy:KSV-0047", "kubescape:C-0279", "checkov:CKV2_K8S_2"]),
    AccessRisk(
      id: "rbac-read-node-files", title: "May read files of nodes", needs: [[.readNodes]], scope: .cluster,
      outcome: .data,
      severity: (.high, .high),
      rationale:
        "The kubelet serves its logs, its configuration and checkpoints of containers, memory included.",
      fix: "Take away nodes/log, nodes/configz and nodes/checkpoint.",
      controls: [.cis("5.1.10"), .nsa("authentication-and-authorization"), .mitre("T1005")],
      reference: Reference("MITRE ATT&CK T1005", "https://attack.mitre.org/techniques/T1005/")),
    AccessRisk(
      id: "rbac-mutating-admission", title: "May change every object on its way in", needs: [[.mutatingAdmission]],
      scope: .cluster, outcome: .clusterAdmin,
      severity: (.critical, .critical),
      rationale:
        "A mutating webhook or policy sees and rewrites all that is written: pods get containers, bindings get subjects.",
      fix: "Leave admission configuration to the pipeline that owns it; restrict by `resourceNames`.",
      controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1546")],
      reference: Reference("MITRE ATT&CK T1546", "https://attack.mitre.org/techniques/T1546/"),
      aliases: ["trivy:KSV-0114", "checkov:CKV_K8S_155", "kubescape:C-0281"]),
    AccessRisk(
      id: "rbac-validating-admission", title: "May watch every object on its way in", needs: [[.validatingAdmission]],
      scope: .cluster, outcome: .secrets,
      severity: (.high, .high),
      rationale:
        "A validating webhook is sent every object that is written, secrets among them, and may refuse them all.",
      fix: "Leave admission configuration to the pipeline that owns it; restrict by `resourceNames`.",
      controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/"),
      aliases: ["trivy:KSV-0114", "checkov:CKV_K8S_155", "kubescape:C-0281"]),
    AccessRisk(
      id: "rbac-weaken-admission", title: "May switch admission control off", needs: [[.weakenAdmission]],
      scope: .cluster, outcome: .bypass,
      severity: (.high, .high),
      rationale:
        "Policies protect as long as they are there: who may change or delete them first removes the rule, then breaks it.",
      fix: "Leave admission configuration to the pipeline that owns it; restrict by `resourceNames`.",
      controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1562.001")],
      reference: Reference("MITRE ATT&CK T1562.001", "https://attack.mitre.org/techniques/T1562/001/"),
      aliases: ["trivy:KSV-0114"]),
    AccessRisk(
      id: "rbac-patch-namespaces", title: "May relabel namespaces", needs: [[.patchNamespaces]], scope: .any,
      outcome: .bypass,
      severity: (.high, .medium),
      rationale:
        "Pod Security, network policies and webhooks go by labels of the namespace: to change them is to leave their reach.",
      fix: "Guard the labels by an admission policy, or take the right away.",
      controls: [.cis("5.2.1"), .nsa("authentication-and-authorization"), .mitre("T1562.001")],
      reference: Reference("MITRE ATT&CK T1562.001", "https://attack.mitre.org/techniques/T1562/001/")),
    AccessRisk(
      id: "rbac-api-services", title: "May take over API groups", needs: [[.apiServices]], scope: .cluster,
      outcome: .clusterAdmin,
      severity: (.critical, .critical),
      rationale:
        "An APIService sends all requests of a group, with the identity of the caller, to a server of one's own.",
      fix: "Leave APIServices to the installer of the component; restrict by `resourceNames`.",
      controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/")),
    AccessRisk(
      id: "rbac-resource-definitions", title: "May change custom resource definitions", needs: [[.resourceDefinitions]],
      scope: .cluster, outcome: .data,
      severity: (.medium, .medium),
      rationale:
        "A conversion webhook sees and rewrites every object of the kind; a deleted definition takes all of its objects along.",
      fix: "Leave definitions to the installer of the component.",
      controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/")),
    AccessRisk(
      id: "rbac-persistent-volumes", title: "May create persistent volumes", needs: [[.persistentVolumes]],
      scope: .cluster, outcome: .node,
      severity: (.high, .high),
      rationale:
        "A PersistentVolume may be a path of the node, and Pod Security does not look behind the claim that binds it.",
      fix: "Leave volumes to the provisioners; let people claim by storage class.",
      controls: [.cis("5.1.9"), .nsa("authentication-and-authorization"), .mitre("T1611")],
      reference: Reference("MITRE ATT&CK T1611", "https://attack.mitre.org/techniques/T1611/"),
      aliases: ["kubescape:C-0278"]),
    AccessRisk(
      id: "rbac-storage-classes", title: "May change storage classes", needs: [[.storageClasses]], scope: .any,
      outcome: .data,
      severity: (.medium, .low),
      rationale:
        "A storage class chooses the provisioner and its parameters; a snapshot is a copy of the data.",
      fix: "Leave storage classes to the platform team, and grant snapshots where backups are made.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1530")],
      reference: Reference("MITRE ATT&CK T1530", "https://attack.mitre.org/techniques/T1530/")),
    AccessRisk(
      id: "rbac-write-nodes", title: "May change nodes", needs: [[.writeNodes]], scope: .cluster, outcome: .node,
      severity: (.high, .high),
      rationale:
        "Labels, taints and status of nodes decide where pods run: with them a pod with secrets is drawn to a node that one owns.",
      fix: "Leave nodes to the kubelet and the cloud controller.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1578")],
      reference: Reference("MITRE ATT&CK T1578", "https://attack.mitre.org/techniques/T1578/")),
    AccessRisk(
      id: "rbac-evict-pods", title: "May remove pods", needs: [[.evictPods]], scope: .any, outcome: .disruption,
      severity: (.medium, .low),
      rationale:
        "Deleted and evicted pods stop the service, and come back where the scheduler, or an attacker who owns a node, wants them.",
      fix: "Grant it to autoscalers and to those who drain nodes.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1489")],
      reference: Reference("MITRE ATT&CK T1489", "https://attack.mitre.org/techniques/T1489/")),
    AccessRisk(
      id: "rbac-bind-pods", title: "May choose the node of a pod", needs: [[.bindPods]], scope: .any, outcome: .node,
      severity: (.medium, .medium),
      rationale:
        "Binding a pod passes the scheduler and its rules, taints included.",
      fix: "Only schedulers need it.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1578")],
      reference: Reference("MITRE ATT&CK T1578", "https://attack.mitre.org/techniques/T1578/")),
    AccessRisk(
      id: "rbac-pod-status", title: "May forge the status of pods", needs: [[.podStatus]], scope: .any,
      outcome: .traffic,
      severity: (.medium, .low),
      rationale:
        "The address and readiness in a pod's status decide where Services send traffic.",
      fix: "Only kubelets need it.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/")),
    AccessRisk(
      id: "rbac-network-policies", title: "May change network policies", needs: [[.networkPolicies]], scope: .any,
      outcome: .traffic,
      severity: (.high, .medium),
      rationale:
        "Whoever writes or deletes a network policy opens the ways that it closed, or closes those that monitoring needs.",
      fix: "Leave network policies to the platform team or to a pipeline.",
      controls: [.cis("5.3.2"), .nsa("network-separation"), .mitre("T1562.001")],
      reference: Reference("MITRE ATT&CK T1562.001", "https://attack.mitre.org/techniques/T1562/001/"),
      aliases: ["trivy:KSV-0056", "checkov:CKV2_K8S_4"]),
    AccessRisk(
      id: "rbac-write-secrets", title: "May replace secrets", needs: [[.writeSecrets]], scope: .any, outcome: .data,
      severity: (.high, .medium),
      rationale:
        "A certificate, a password or a pull secret that was replaced by one's own makes clients trust, and pods run, what one likes.",
      fix: "Grant it for single secrets by `resourceNames`, to the controller that renews them.",
      controls: [.cis("5.1.2"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/"),
      aliases: ["trivy:KSV-0041", "trivy:KSV-0113"]),
    AccessRisk(
      id: "rbac-hand-on", title: "May grant its own rights to others",
      needs: [[.writeRoleBindings], [.writeClusterRoleBindings]],
      scope: .any, outcome: .accounts,
      severity: (.low, .low),
      rationale:
        "Bindings can be written to no more than one's own rights; but another account that holds them, too, stays when the first is taken away.",
      fix: "Leave bindings to the pipeline that deploys them.",
      controls: [.cis("5.1.8"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/"),
      aliases: ["trivy:KSV-0050"]),
    AccessRisk(
      id: "rbac-endpoints", title: "May redirect Services", needs: [[.endpoints]], scope: .any, outcome: .traffic,
      severity: (.high, .medium),
      rationale:
        "Endpoints decide where the traffic of a Service goes; network policies do not know of it.",
      fix: "Only controllers of the platform need it.",
      controls: [.nsa("network-separation"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/"),
      aliases: ["trivy:KSV-0056", "checkov:CKV2_K8S_4"]),
    AccessRisk(
      id: "rbac-services", title: "May write Services", needs: [[.services]], scope: .any, outcome: .traffic,
      severity: (.medium, .low),
      rationale:
        "A Service with external addresses draws traffic that is meant for others (CVE-2020-8554); one of type LoadBalancer opens a door to the internet.",
      fix: "Forbid `externalIPs` by an admission policy.",
      controls: [.nsa("network-separation"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/"),
      aliases: ["trivy:KSV-0056", "checkov:CKV2_K8S_4"]),
    AccessRisk(
      id: "rbac-routes", title: "May route traffic from outside", needs: [[.routes]], scope: .any, outcome: .traffic,
      severity: (.medium, .low),
      rationale:
        "An Ingress or a route takes over host names and paths of others, and some controllers take configuration, even code, from annotations.",
      fix: "Give each team its own host names and enforce them by an admission policy.",
      controls: [.nsa("network-separation"), .nsa("authentication-and-authorization"), .mitre("T1557")],
      reference: Reference("MITRE ATT&CK T1557", "https://attack.mitre.org/techniques/T1557/"),
      aliases: ["trivy:KSV-0056", "checkov:CKV2_K8S_4"]),
    AccessRisk(
      id: "rbac-system-configmaps", title: "May change the configuration of the control plane",
      needs: [[.writeConfigMaps]], scope: .kubeSystem, outcome: .clusterAdmin,
      severity: (.high, .critical),
      rationale:
        "ConfigMaps of kube-system steer the cluster: aws-auth maps cloud roles to system:masters, coredns answers all names, extension-apiserver-authentication names whom to trust.",
      fix: "Restrict by `resourceNames`, or keep to namespaces of one's own.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/"),
      aliases: ["trivy:KSV-0115", "kubescape:C-0037"]),
    AccessRisk(
      id: "rbac-operators", title: "May give orders to a privileged controller", needs: [[.operators]], scope: .any,
      outcome: .clusterAdmin,
      severity: (.high, .medium),
      rationale:
        "A GitOps, pipeline, policy or backup controller does what its custom resources say, with its own rights, which are often those of an administrator.",
      fix: "Let the controller impersonate the tenant, and restrict who writes its resources.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1072")],
      reference: Reference("MITRE ATT&CK T1072", "https://attack.mitre.org/techniques/T1072/")),
    AccessRisk(
      id: "rbac-port-forward", title: "May reach pods past network policies", needs: [[.portForward]], scope: .any,
      outcome: .data,
      severity: (.medium, .low),
      rationale:
        "Forwarded and proxied connections come from the API server or the kubelet, which network policies let through.",
      fix: "Grant it for the time of an incident, in one namespace.",
      controls: [.nsa("network-separation"), .nsa("authentication-and-authorization"), .mitre("T1090")],
      reference: Reference("MITRE ATT&CK T1090", "https://attack.mitre.org/techniques/T1090/"),
      aliases: ["kubescape:C-0063"]),
    AccessRisk(
      id: "rbac-read-logs", title: "May read logs of pods", needs: [[.readLogs]], scope: .any, outcome: .data,
      severity: (.low, .low),
      rationale:
        "Logs hold tokens and personal data more often than anybody means to; with /var/log of the node mounted, the log of a pod can be any file of the node.",
      fix: "Grant it in one's own namespaces.",
      controls: [.nsa("audit-logging"), .nsa("authentication-and-authorization"), .mitre("T1552")],
      reference: Reference("MITRE ATT&CK T1552", "https://attack.mitre.org/techniques/T1552/")),
    AccessRisk(
      id: "rbac-system-leases", title: "May stop controllers", needs: [[.writeLeases]], scope: .kubeSystem,
      outcome: .disruption,
      severity: (.medium, .medium),
      rationale:
        "Who writes the leases of kube-system decides which controller leads, or that none does.",
      fix: "Keep to leases of one's own namespace.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1489")],
      reference: Reference("MITRE ATT&CK T1489", "https://attack.mitre.org/techniques/T1489/")),
    AccessRisk(
      id: "rbac-destroy", title: "May delete workloads and data", needs: [[.destroy]], scope: .any,
      outcome: .disruption,
      severity: (.medium, .low),
      rationale:
        "Deleted namespaces, claims and volumes are gone with their data.",
      fix: "Grant `delete` on what the program itself creates; protect the rest by finalizers or an admission policy.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1485")],
      reference: Reference("MITRE ATT&CK T1485", "https://attack.mitre.org/techniques/T1485/"),
      aliases: [
        "trivy:KSV-0048", "trivy:KSV-0115", "trivy:KSV-0056", "trivy:KSV-0041", "trivy:KSV-0113", "kubescape:C-0007",
      ]),
    AccessRisk(
      id: "rbac-delete-events", title: "May remove traces", needs: [[.deleteEvents]], scope: .any, outcome: .disruption,
      severity: (.low, .low),
      rationale:
        "Events are what people look at first; who deletes them hides what was done.",
      fix: "Take the right away; events expire by themselves.",
      controls: [.nsa("audit-logging"), .nsa("authentication-and-authorization"), .mitre("T1070")],
      reference: Reference("MITRE ATT&CK T1070", "https://attack.mitre.org/techniques/T1070/"),
      aliases: ["kubescape:C-0031"]),
    AccessRisk(
      id: "rbac-review-others", title: "May ask what others may do", needs: [[.reviewOthers]], scope: .cluster,
      outcome: .data,
      severity: (.low, .low),
      rationale:
        "Reviews tell which stolen token is worth using.",
      fix: "Only programs that authenticate requests need it.",
      controls: [.nsa("authentication-and-authorization"), .mitre("T1069")],
      reference: Reference("MITRE ATT&CK T1069", "https://attack.mitre.org/techniques/T1069/")),
    AccessRisk(
      id: "rbac-security-contexts", title: "May use security context constraints", needs: [[.useSecurityContexts]],
      scope: .any, outcome: .node,
      severity: (.high, .high),
      rationale:
        "On OpenShift the constraints that one may use decide what pods may be; `privileged` and `anyuid` lead to the node.",
      fix: "Restrict `use` by `resourceNames` to `restricted-v2`.",
      controls: [.cis("5.2.2"), .nsa("authentication-and-authorization"), .mitre("T1611")],
      reference: Reference("MITRE ATT&CK T1611", "https://attack.mitre.org/techniques/T1611/")),
    AccessRisk(
      id: "rbac-patch-accounts", title: "May change service accounts", needs: [[.patchAccounts]], scope: .any,
      outcome: .data,
      severity: (.medium, .low),
      rationale:
        "Annotations of an account choose its cloud role, its pull secrets give access to registries.",
      fix: "Leave accounts to the pipeline that deploys them.",
      controls: [.cis("5.1.5"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/")),
    AccessRisk(
      id: "rbac-bootstrap-tokens", title: "May create bootstrap tokens", needs: [[.createSecrets]], scope: .kubeSystem,
      outcome: .node,
      severity: (.high, .critical),
      rationale:
        "A secret of type bootstrap.kubernetes.io/token in kube-system lets a machine of one's own join as a node, which is handed the secrets of the pods that it is given.",
      fix: "Take away `create` on secrets in kube-system.",
      controls: [.cis("5.1.2"), .nsa("authentication-and-authorization"), .mitre("T1098")],
      reference: Reference("MITRE ATT&CK T1098", "https://attack.mitre.org/techniques/T1098/")),
  ]

  package static func risk(_ id: String) -> AccessRisk? { risks.first { $0.id == id } }
}
