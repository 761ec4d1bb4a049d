/// Something that a rule makes possible and that an attacker wants. Risks and escalation steps are built from these.
package enum AccessCapability: Int, Sendable, CaseIterable {
  case everything, everythingInGroup
  case readSecrets, createSecrets, createPods, writeWorkloads, execPods, ephemeralContainers, patchPods, createTokens
  case impersonateUsers, impersonateGroups, impersonateAccounts, impersonateExtras, impersonateConstrained
  case escalateRoles, writeRoles, bindRoles, writeRoleBindings
  case escalateClusterRoles, writeClusterRoles, bindClusterRoles, writeClusterRoleBindings
  case createSigningRequests, approveSigningRequests, approveSigners, signSigners, writeSigningStatus
  case proxyNodes, readNodes, writeNodes
  case mutatingAdmission, validatingAdmission, weakenAdmission, patchNamespaces
  case apiServices, resourceDefinitions, persistentVolumes, storageClasses
  case evictPods, bindPods, podStatus
  case endpoints, services, routes, writeConfigMaps, operators, networkPolicies, writeSecrets
  case portForward, readLogs, writeLeases, destroy, deleteEvents, reviewOthers, useSecurityContexts, patchAccounts
  case patchSecrets, nodeClientCertificates

  var bit: UInt64 { 1 << UInt64(rawValue) }

  struct Pattern: Sendable {
    let verbs: [String]
    let group: String
    let resources: [String]

    /// What is left of it in a namespace. Which verbs reach a resource there may depend on the verb.
    var inNamespace: [Pattern] {
      verbs.compactMap { verb in
        let left = resources.filter { path in
          let resource = path.split(separator: "/").first.map(String.init) ?? path
          return ResourceScope.isAskedInNamespaces(group: group, resource: resource, verb: verb)
            ?? ResourceScope.known[group + "/" + resource] ?? true
        }
        return left.isEmpty ? nil : Pattern(verbs: [verb], group: group, resources: left)
      }
    }
  }

  /// Any of these rules is enough.
  var patterns: [Pattern] {
    let write = ["create", "update", "patch"]
    let change = ["update", "patch"]
    let read = ["get", "list", "watch"]
    let rbac = "rbac.authorization.k8s.io"
    let admission = "admissionregistration.k8s.io"
    func core(_ verbs: [String], _ resources: String...) -> Pattern {
      Pattern(verbs: verbs, group: "", resources: resources)
    }
    func of(_ group: String, _ verbs: [String], _ resources: String...) -> Pattern {
      Pattern(verbs: verbs, group: group, resources: resources)
    }
    switch self {
    // Judged by the wording of the rule, see `CapabilitySet`.
    case .everything, .everythingInGroup: return []
    case .readSecrets: return [core(read, "secrets")]
    case .createSecrets: return [core(["create"], "secrets")]
    case .createPods: return [core(["create"], "pods")]
    case .writeWorkloads:
      return PodMakers.all.map { Pattern(verbs: PodMakers.verbs, group: $0.group, resources: $0.resources) }
    // Until 1.34 `get` was enough, by websocket.
    case .execPods: return [core(["create", "get"], "pods/exec", "pods/attach")]
    case .ephemeralContainers: return [core(change, "pods/ephemeralcontainers")]
    case .patchPods: return [core(change, "pods")]
    case .createTokens: return [core(["create"], "serviceaccounts/token")]
    case .impersonateUsers: return [core(["impersonate"], "users")]
    case .impersonateGroups: return [core(["impersonate"], "groups")]
    case .impersonateAccounts: return [core(["impersonate"], "serviceaccounts")]
    case .impersonateExtras:
      return [
        of("authentication.k8s.io", ["impersonate"], "uids", "userextras"),
        // One key of the extras stands for all of them.
        of("authentication.k8s.io", ["impersonate"], "userextras/scopes"),
      ]
    case .impersonateConstrained:
      return [
        of("authentication.k8s.io", ["impersonate:user-info"], "users", "groups"),
        of("authentication.k8s.io", ["impersonate:serviceaccount"], "serviceaccounts"),
        of("authentication.k8s.io", ["impersonate:arbitrary-node"], "nodes"),
      ]
    case .escalateRoles: return [of(rbac, ["escalate"], "roles")]
    case .writeRoles: return [of(rbac, write, "roles")]
    case .bindRoles: return [of(rbac, ["bind"], "roles", "clusterroles")]
    case .writeRoleBindings: return [of(rbac, write, "rolebindings")]
    case .escalateClusterRoles: return [of(rbac, ["escalate"], "clusterroles")]
    case .writeClusterRoles: return [of(rbac, write, "clusterroles")]
    case .bindClusterRoles: return [of(rbac, ["bind"], "clusterroles")]
    case .writeClusterRoleBindings: return [of(rbac, write, "clusterrolebindings")]
    case .createSigningRequests: return [of("certificates.k8s.io", ["create"], "certificatesigningrequests")]
    case .approveSigningRequests: return [of("certificates.k8s.io", change, "certificatesigningrequests/approval")]
    case .approveSigners: return [of("certificates.k8s.io", ["approve"], "signers")]
    case .nodeClientCertificates:
      return [of("certificates.k8s.io", ["create"], "certificatesigningrequests/nodeclient")]
    case .signSigners: return [of("certificates.k8s.io", ["sign"], "signers")]
    case .writeSigningStatus: return [of("certificates.k8s.io", change, "certificatesigningrequests/status")]
    case .proxyNodes: return [core(["get", "create", "update", "patch", "delete"], "nodes/proxy")]
    case .readNodes: return [core(["get"], "nodes/log", "nodes/configz", "nodes/checkpoint")]
    case .writeNodes: return [core(change, "nodes", "nodes/status")]
    case .mutatingAdmission:
      return [
        of(
          admission, write, "mutatingwebhookconfigurations", "mutatingadmissionpolicies",
          "mutatingadmissionpolicybindings")
      ]
    case .validatingAdmission: return [of(admission, write, "validatingwebhookconfigurations")]
    case .weakenAdmission:
      return [
        of(
          admission, ["update", "patch", "delete", "deletecollection"], "validatingwebhookconfigurations",
          "validatingadmissionpolicies", "validatingadmissionpolicybindings", "mutatingwebhookconfigurations")
      ]
    case .patchNamespaces: return [core(change, "namespaces")]
    case .apiServices: return [of("apiregistration.k8s.io", write, "apiservices")]
    case .resourceDefinitions: return [of("apiextensions.k8s.io", write, "customresourcedefinitions")]
    case .persistentVolumes: return [core(["create"], "persistentvolumes")]
    case .storageClasses:
      return [
        of("storage.k8s.io", write, "storageclasses"), of("snapshot.storage.k8s.io", ["create"], "volumesnapshots"),
      ]
    case .evictPods: return [core(["create"], "pods/eviction"), core(["delete", "deletecollection"], "pods", "nodes")]
    case .bindPods: return [core(["create"], "pods/binding", "bindings")]
    case .podStatus: return [core(change, "pods/status")]
    case .endpoints: return [core(write, "endpoints"), of("discovery.k8s.io", write, "endpointslices")]
    case .services: return [core(write, "services", "services/status")]
    case .routes:
      return [
        of("networking.k8s.io", write, "ingresses"),
        of("gateway.networking.k8s.io", write, "httproutes", "grpcroutes", "tlsroutes", "gateways"),
      ]
    case .writeConfigMaps: return [core(write, "configmaps")]
    case .networkPolicies:
      let verbs = change + ["create", "delete", "deletecollection"]
      return [
        of("networking.k8s.io", verbs, "networkpolicies"),
        of(
          "policy.networking.k8s.io", verbs, "adminnetworkpolicies", "baselineadminnetworkpolicies",
          "clusternetworkpolicies"),
        of("crd.antrea.io", verbs, "networkpolicies", "clusternetworkpolicies"),
        of("crd.projectcalico.org", verbs, "networkpolicies", "globalnetworkpolicies", "tiers", "networksets"),
        of("projectcalico.org", verbs, "networkpolicies", "globalnetworkpolicies", "tiers"),
        of("cilium.io", verbs, "ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"),
      ]
    case .writeSecrets: return [core(change, "secrets")]
    case .patchSecrets: return [core(["patch"], "secrets")]
    case .operators:
      return [
        of(
          "source.toolkit.fluxcd.io", change, "gitrepositories", "ocirepositories", "buckets", "helmrepositories",
          "helmcharts"),
        of("kustomize.toolkit.fluxcd.io", write, "kustomizations"), of("helm.toolkit.fluxcd.io", write, "helmreleases"),
        of("argoproj.io", write, "applications", "appprojects", "applicationsets"),
        of("cert-manager.io", write, "clusterissuers", "issuers", "certificates"),
        of("external-secrets.io", write, "externalsecrets", "clustersecretstores", "secretstores"),
        of("kyverno.io", write, "clusterpolicies", "policies", "policyexceptions"),
        of("velero.io", ["create"], "restores"),
        of("pkg.crossplane.io", write, "providers", "configurations", "functions"),
        of("operators.coreos.com", write, "subscriptions", "clusterserviceversions"),
        of("kubevirt.io", write, "virtualmachines", "virtualmachineinstances"),
        of("karpenter.sh", write, "nodepools"), of("karpenter.k8s.aws", write, "ec2nodeclasses"),
        of("kubernetes.crossplane.io", write, "objects"), of("helm.crossplane.io", write, "releases"),
        of("helm.cattle.io", write, "helmcharts", "helmchartconfigs"), of("k3s.cattle.io", write, "addons"),
        of("upgrade.cattle.io", write, "plans"), of("core.oam.dev", write, "applications"),
        of("kapp.k14s.io", write, "apps"),
        of("management.cattle.io", write, "globalrolebindings", "clusterroletemplatebindings", "globalroles"),
        of("work.open-cluster-management.io", write, "manifestworks"),
        of("addons.cluster.x-k8s.io", write, "helmchartproxies", "clusterresourcesets"),
        of("olm.operatorframework.io", write, "clusterextensions"),
        of("fleet.cattle.io", write, "bundles", "gitrepos"), of("infra.contrib.fluxcd.io", write, "terraforms"),
      ]
    case .portForward:
      return [core(["create", "get"], "pods/portforward"), core(["get", "create"], "services/proxy", "pods/proxy")]
    case .readLogs: return [core(["get"], "pods/log")]
    case .writeLeases: return [of("coordination.k8s.io", ["update", "patch", "delete"], "leases")]
    case .destroy:
      return [
        core(
          ["delete", "deletecollection"], "namespaces", "persistentvolumeclaims", "persistentvolumes", "secrets",
          "configmaps", "services", "endpoints", "replicationcontrollers"),
        of("apps", ["delete", "deletecollection"], "deployments", "statefulsets", "daemonsets", "replicasets"),
        of("batch", ["delete", "deletecollection"], "jobs", "cronjobs"),
        of("networking.k8s.io", ["delete", "deletecollection"], "ingresses"),
        of("discovery.k8s.io", ["delete", "deletecollection"], "endpointslices"),
      ]
    case .deleteEvents:
      return [
        core(["delete", "deletecollection"], "events"), of("events.k8s.io", ["delete", "deletecollection"], "events"),
      ]
    case .reviewOthers:
      return [
        of("authentication.k8s.io", ["create"], "tokenreviews"),
        of("authorization.k8s.io", ["create"], "subjectaccessreviews", "localsubjectaccessreviews"),
      ]
    case .useSecurityContexts: return [of("security.openshift.io", ["use"], "securitycontextconstraints")]
    case .patchAccounts: return [core(change, "serviceaccounts")]
    }
  }
}

/// What a role is capable of, or a subject by all of its roles.
package struct CapabilitySet: Sendable, Hashable {
  /// Without restriction to names.
  package private(set) var full: UInt64 = 0
  /// Only for objects of certain names.
  package private(set) var named: UInt64 = 0

  package init() {}

  /// - Parameter inNamespace: whether the rules are bound in one namespace: then rights to resources of the cluster grant nothing.
  package init(_ rules: [PolicyRule], inNamespace: Bool = false) {
    let table = inNamespace ? Self.namespacedTable : Self.table
    for rule in rules where !rule.resources.isEmpty {
      for part in rule.withoutEmptyName { add(part, table) }
    }
  }

  private typealias Table = [(bit: UInt64, patterns: [AccessCapability.Pattern])]

  /// Patterns of all capabilities, made once: a role is tried against each of them.
  private static let table: Table = AccessCapability.allCases.map { ($0.bit, $0.patterns) }

  /// The same as far as they have an effect in a namespace.
  private static let namespacedTable: Table = table.map { bit, patterns in
    (bit, patterns.flatMap(\.inNamespace))
  }

  private static let everyVerb: Set<String> = ["get", "list", "create", "update", "delete"]

  private static func isBuiltIn(_ group: String) -> Bool { !group.contains(".") || group.hasSuffix(".k8s.io") }

  private mutating func add(_ rule: PolicyRule, _ table: Table) {
    // All verbs by name are as good as the star: whoever may write everything can obtain the rest, such as `escalate`.
    let all = rule.verbs.contains("*") || Self.everyVerb.isSubset(of: rule.verbs)
    if all, rule.resources.contains("*"), rule.resourceNames.isEmpty {
      if rule.apiGroups.contains("*") {
        full |= AccessCapability.everything.bit
      } else if rule.apiGroups.contains(where: Self.isBuiltIn) {
        // A vendor's own group is its own business; everything in a group of Kubernetes is not.
        full |= AccessCapability.everythingInGroup.bit
      }
    }
    for (bit, patterns) in table where full & bit == 0 {
      for pattern in patterns where rule.allowsGroup(pattern.group) {
        let verbs = pattern.verbs.filter(rule.allowsVerb)
        guard !verbs.isEmpty else { continue }
        let resources = pattern.resources.filter {
          rule.allowsResource($0, subresource: $0.split(separator: "/").dropFirst().first.map(String.init) ?? "")
        }
        guard !resources.isEmpty else { continue }
        if rule.resourceNames.isEmpty {
          full |= bit
        } else if verbs.contains(where: { $0 != "create" && $0 != "deletecollection" })
          || resources.contains(where: { $0.contains("/") })
        {
          // A new object has no name yet, so `create` restricted to names grants nothing.
          named |= bit
        }
      }
    }
  }

  package mutating func formUnion(_ other: CapabilitySet) {
    full |= other.full
    named |= other.named
  }

  /// What both hold.
  package func intersection(_ other: CapabilitySet) -> CapabilitySet {
    var common = self
    common.full &= other.full
    common.named = (named | full) & (other.named | other.full) & ~common.full
    return common
  }

  package func has(_ capability: AccessCapability) -> Bool { full & capability.bit != 0 }

  package func hasNamed(_ capability: AccessCapability) -> Bool { (full | named) & capability.bit != 0 }

  package func hasAll(_ capabilities: [AccessCapability]) -> Bool { capabilities.allSatisfy(has) }

  package var isEmpty: Bool { full == 0 && named == 0 }

  /// Whether it holds anything that another does not.
  package func exceeds(_ other: CapabilitySet) -> Bool {
    // Who may do everything has whatever else there is a name for.
    if other.has(.everything) { return false }
    return full & ~other.full != 0 || named & ~(other.full | other.named) != 0
  }
}
