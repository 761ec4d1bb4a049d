import Access
import Bytes
import Findings
import Kube
import Reach

/// Section 5: RBAC, Pod Security, network policies, secrets, admission. The engines judge; here stands what the mapped
/// checks of the catalogue cannot see.
enum ClusterPolicies {
  static let checks: [BenchmarkCheck] = [
    scanned(
      "5.1.1", "cluster-admin only where it is needed",
      "nobody but system:masters is bound to cluster-admin, and no role is its equal"),
    scanned("5.1.2", "Few may read Secrets", "nobody is granted get, list or watch of Secrets"),
    scanned("5.1.3", "No wildcards in roles", "roles name verbs, resources and groups"),
    scanned(
      "5.1.4", "Few may create pods", "nobody but controllers is granted the creation of pods or of what makes them"),
    defaultAccounts,
    scanned(
      "5.1.6", "Tokens are mounted only where they are needed", "no workload mounts a token that it has no use for"),
    mastersGroup,
    BenchmarkCheck(
      "5.1.8", "Few may bind, impersonate or escalate", "nobody is granted these verbs",
      cluster: { cluster in
        cluster.scanned(
          "5.1.8",
          more: cluster.granted(
            [.bindRoles, .bindClusterRoles, .escalateRoles, .escalateClusterRoles], "bind or escalate roles",
            everywhere: false), remedy: .text("take bind and escalate away, or restrict them by resourceNames"))
      }),
    scanned("5.1.9", "Few may create persistent volumes", "nobody is granted the creation of PersistentVolumes"),
    scanned("5.1.10", "Few may use the proxy of nodes", "nobody is granted nodes/proxy"),
    BenchmarkCheck(
      "5.1.11", "Few may approve certificates", "nobody is granted the approval of certificate requests",
      cluster: { cluster in
        cluster.scanned(
          "5.1.11",
          more: cluster.granted([.approveSigningRequests], "approve certificate requests", everywhere: true),
          remedy: .text("leave the approval of certificate requests to the controllers that it is for"))
      }),
    scanned("5.1.12", "Few may change webhooks", "nobody is granted writing of webhook configurations"),
    scanned("5.1.13", "Few may issue tokens", "nobody is granted the creation of service accounts' tokens"),
    scanned(
      "5.2.1", "A policy holds pods to a standard",
      "each namespace enforces a Pod Security Standard, or a policy of its like"),
    scanned("5.2.2", "No privileged containers", "no workload has one"),
    scanned("5.2.3", "No workload in the node's process namespace", "hostPID is not true"),
    scanned("5.2.4", "No workload in the node's IPC namespace", "hostIPC is not true"),
    scanned("5.2.5", "No workload in the node's network", "hostNetwork is not true"),
    scanned("5.2.6", "No privilege escalation", "allowPrivilegeEscalation is false"),
    rootContainers,
    rawSockets,
    scanned("5.2.9", "Capabilities are dropped", "all capabilities are dropped"),
    // Edition 1.11 and those before ask apart for those that are added and those that are not dropped.
    BenchmarkCheck(
      "former-added-capabilities", "No added capabilities", "no capability is added beyond those of the runtime",
      cluster: { $0.scanned("5.2.9") }),
    scanned("5.2.10", "No Windows HostProcess containers", "hostProcess is not true"),
    scanned("5.2.11", "No volumes of the node's files", "no hostPath volume"),
    scanned("5.2.12", "No ports of the node", "no hostPort"),
    networkPlugin,
    scanned("5.3.2", "Namespaces have network policies", "policies isolate each namespace's pods"),
    scanned("5.4.1", "Secrets are mounted as files", "no Secret in an environment variable"),
    externalSecrets,
    imageProvenance,
    namespaces,
    scanned("5.6.2", "Pods have a seccomp profile", "RuntimeDefault or Localhost"),
    scanned("5.6.3", "Pods have a security context", "pods and containers set one"),
    BenchmarkCheck(
      "5.6.4", "The namespace default is not used", "no workload in it",
      cluster: { cluster in
        // A manifest that names none goes there, unless whoever applies it says otherwise.
        let homeless = (cluster.snapshot?.workloads ?? []).map(\.object).filter {
          $0.namespace == nil && $0.effectiveNamespace == "default"
        }
        return cluster.scanned(
          "5.6.4", more: homeless.map { BenchmarkCluster.evidence($0, "metadata.namespace", nil) },
          remedy: .text("give each application a namespace of its own"))
      }),
  ]

  /// 5.1.5: rights of such accounts, their tokens in workloads, and the accounts themselves, which hand a token to whoever comes.
  private static let defaultAccounts = BenchmarkCheck(
    "5.1.5", "Default service accounts are not used",
    "no rights for an account named default, no workload that mounts its token, and automountServiceAccountToken false in each",
    cluster: { cluster in
      guard let snapshot = cluster.snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
      let open = snapshot.objects(.serviceAccount).filter {
        $0.name == "default" && $0.root["automountServiceAccountToken"]?.bool != false
      }.map {
        BenchmarkCluster.evidence(
          $0, "automountServiceAccountToken", $0.root["automountServiceAccountToken"]?.bool.map { "\($0)" })
      }
      let inventory = AccessInventory(snapshot)
      let groups = inventory.givenBindings.flatMap { index -> [BenchmarkEvidence] in
        guard inventory.bindings[index].role != nil else { return [] }
        return BenchmarkCluster.decided(inventory, index).compactMap { subject, position in
          guard case .group(let name) = subject,
            name == "system:authenticated" || name == "system:serviceaccounts"
              || name.hasPrefix("system:serviceaccounts:")
          else { return nil }
          return BenchmarkCluster.evidence(
            inventory.bindings[index].object, "subjects[\(position)]",
            "Group \(name), in which each account named default is")
        }
      }
      let verdict = cluster.scanned(
        "5.1.5", more: groups + open,
        remedy: .text("set automountServiceAccountToken: false in each account named default, and bind nothing to them")
      )
      guard verdict.status == .pass else { return verdict }
      return cluster.unseen([.clusterRoleBinding, .roleBinding]) ?? verdict
    })

  /// 5.2.7: a container that no setting keeps from being root. The Pod Security Standards want one of the two to be runAsNonRoot.
  private static let rootContainers = BenchmarkCheck(
    "5.2.7", "No containers that run as root", "runAsNonRoot is true, or runAsUser is not 0",
    cluster: { cluster in
      let bad = cluster.containers(["pss-run-as-non-root", "pss-run-as-user"], "securityContext.runAsUser") {
        pod, container in
        func field(_ name: String) -> DocumentNode? { container.securityContext?[name] ?? pod.securityContext?[name] }
        if field("runAsNonRoot")?.bool == true { return nil }
        guard let user = field("runAsUser")?.int else { return "not set, and runAsNonRoot is not true" }
        return user > 0 ? nil : "\(user)"
      }
      return cluster.scanned(
        "5.2.7", counts: { _ in false }, more: bad, remedy: .text("set runAsNonRoot: true, or a runAsUser above 0"))
    })

  /// 5.2.8: a container that has the capability: not dropped, added again, or with all of them since it is privileged.
  private static let rawSockets = BenchmarkCheck(
    "5.2.8", "No capability NET_RAW", "NET_RAW, or ALL, is dropped, and not added again",
    cluster: { cluster in
      let bad = cluster.containers(
        ["pss-capabilities-restricted", "pss-capabilities", "pss-privileged"], "securityContext.capabilities"
      ) { pod, container in
        if pod.isWindows { return nil }
        if container.securityContext?["privileged"]?.bool == true { return "all of them: it is privileged" }
        func names(_ key: String) -> [String] {
          (container.securityContext?["capabilities"]?[key]?.strings ?? []).map { $0.uppercased() }
        }
        if names("add").contains(where: { ["NET_RAW", "CAP_NET_RAW", "ALL"].contains($0) }) { return "adds NET_RAW" }
        return names("drop").contains { $0 == "NET_RAW" || $0 == "ALL" } ? nil : "does not drop NET_RAW"
      }
      return cluster.scanned(
        "5.2.8", counts: { _ in false }, more: bad,
        remedy: .text("drop ALL capabilities, or NET_RAW, in every container"))
    })

  private static func scanned(_ key: String, _ title: String, _ expected: String) -> BenchmarkCheck {
    BenchmarkCheck(key, title, expected, cluster: { $0.scanned(key) })
  }

  /// 5.1.7: bindings to the group, and kubeconfigs of the nodes whose certificate is in it.
  private static let mastersGroup = BenchmarkCheck(
    "5.1.7", "Nobody works as system:masters",
    "no binding names the group but the one that comes with the cluster, and no administrator's kubeconfig is in it",
    cluster: { cluster in
      let bindings = (cluster.scan?.findings ?? []).filter { $0.check.rawValue == "masters-group-binding" }
      var evidence = bindings.map(BenchmarkCluster.evidence)
      var seen: [BenchmarkEvidence] = []
      var gap: BenchmarkVerdict?
      for node in cluster.nodes where node.exemption(.apiServer) == nil {
        for path in node.layout.administrators {
          switch node.record.certificate(path) {
          case .read(let certificate, _):
            let own = BenchmarkEvidence(
              place: "\(node.record.name): \(path)", name: "organizations of the client certificate",
              value: certificate.organizations.joined(separator: ", "))
            // kubeadm keeps this one for when RBAC is broken.
            let isEmergency = path.hasSuffix("/super-admin.conf")
            if certificate.organizations.contains("system:masters"), !isEmergency {
              evidence.append(own)
            } else {
              seen.append(own)
            }
          case .absent: break
          case .unread(let reason, _): gap = BenchmarkVerdict(.notEvaluated(.unread(reason)))
          }
        }
      }
      if !evidence.isEmpty {
        return BenchmarkVerdict(
          .fail, evidence,
          remedy: .text("bind a group of your own to cluster-admin, and issue certificates or logins for that group"))
      }
      if let gap = cluster.unseen([.clusterRoleBinding, .roleBinding]) { return gap }
      if let gap { return gap }
      guard !seen.isEmpty else { return BenchmarkVerdict(.notEvaluated(.noRecord)) }
      return BenchmarkVerdict(.pass, seen)
    })

  private static let networkPlugin = BenchmarkCheck(
    "5.3.1", "The network plugin enforces network policies", "the plugin that runs in the cluster enforces them",
    cluster: { cluster in
      guard let snapshot = cluster.snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
      let unenforced = (cluster.scan?.findings ?? []).filter { $0.check.rawValue == "unenforced-network-policy" }
      let remedy = BenchmarkRemedy.text("install a plugin that enforces network policies, such as Calico or Cilium")
      if !unenforced.isEmpty {
        return BenchmarkVerdict(.fail, unenforced.map(BenchmarkCluster.evidence), remedy: remedy)
      }
      guard let plugin = NetworkPlugin.detect(snapshot) else {
        return BenchmarkVerdict(.notEvaluated(.objects))
      }
      let evidence = [BenchmarkEvidence(place: "the cluster's workloads", name: "network plugin", value: plugin.title)]
      switch plugin.onNetworkPolicies {
      case .enforced: return BenchmarkVerdict(.pass, evidence)
      case .notEnforced: return BenchmarkVerdict(.fail, evidence, remedy: remedy)
      case .unknown: return BenchmarkVerdict(.notEvaluated(.objects), evidence)
      }
    })

  /// Groups of custom resources that bring secrets from outside.
  private static let secretStores: Set<String> = [
    "external-secrets.io", "secrets-store.csi.x-k8s.io", "secrets.hashicorp.com", "bitnami.com", "ricoberger.de",
    "kubernetes-client.io", "generators.external-secrets.io",
  ]

  private static let externalSecrets = BenchmarkCheck(
    "5.4.2", "Secrets are kept outside of the cluster",
    "Secrets come from a store outside of it, and none stands in objects in plain sight",
    cluster: { cluster in
      guard let snapshot = cluster.snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
      let plain = cluster.scanned("5.4.2")
      if plain.status == .fail || plain.status == .notEvaluated(.objects) { return plain }
      let stores = snapshot.objects.filter {
        secretStores.contains($0.groupKind.group) && $0.kind != "CustomResourceDefinition"
      }
      if !stores.isEmpty {
        return BenchmarkVerdict(.pass, stores.prefix(20).map { BenchmarkCluster.evidence($0, "kind", $0.kind) })
      }
      if let gap = cluster.unseen([.secret]) { return gap }
      let secrets = snapshot.objects(.secret).filter { $0.root["type"]?.string ?? "Opaque" == "Opaque" }
      return secrets.isEmpty
        ? BenchmarkVerdict(.notApplicable(.noObjects))
        : BenchmarkVerdict(
          .warn(.judgement), secrets.prefix(20).map { BenchmarkCluster.evidence($0, "type", "Opaque") })
    })

  /// Groups of custom resources by which images are verified at admission.
  private static let imagePolicies: [GroupKind] = [
    GroupKind("policy.sigstore.dev", "ClusterImagePolicy"), GroupKind("policies.kyverno.io", "ImageValidatingPolicy"),
    GroupKind("config.ratify.deislabs.io", "Policy"), GroupKind("imagepolicies.portieris.cloud.ibm.com", "ImagePolicy"),
  ]

  private static let imageProvenance = BenchmarkCheck(
    "5.5.1", "Where images come from is checked at admission", "ImagePolicyWebhook is on, or a policy verifies images",
    cluster: { cluster in
      let servers = cluster.apiServers()
      var evidence = servers.map { $0.evidence("enable-admission-plugins") }
      let areOn = servers.map { $0.arguments.list("enable-admission-plugins")?.contains("ImagePolicyWebhook") == true }
      if !areOn.isEmpty, areOn.allSatisfy({ $0 }) { return BenchmarkVerdict(.pass, evidence) }
      let objects = cluster.snapshot?.objects ?? []
      let policies = objects.filter { object in
        imagePolicies.contains(object.groupKind)
          || object.groupKind.group == "kyverno.io" && object.kind.hasSuffix("Policy")
            && (object.spec?["rules"]?.elements ?? []).contains { $0["verifyImages"] != nil }
      }
      if !policies.isEmpty {
        return BenchmarkVerdict(.pass, policies.map { BenchmarkCluster.evidence($0, "kind", $0.kind) })
      }
      if let gap = cluster.gap([GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")]) {
        return gap
      }
      guard !servers.isEmpty || cluster.nodes.contains(where: { $0.distribution.isManaged }) else {
        return BenchmarkVerdict(.notEvaluated(.noRecord))
      }
      evidence.append(
        BenchmarkEvidence(place: "the cluster's objects", name: "policies that verify images", value: nil))
      return BenchmarkVerdict(
        .fail, evidence,
        remedy: .text(
          "verify signatures of images at admission (bartizan admission, Kyverno, Sigstore policy-controller)"))
    })

  /// 5.6.1: more than one namespace of one's own, and nothing of one's own in those of the system.
  private static let namespaces = BenchmarkCheck(
    "5.6.1", "Namespaces separate what belongs to different owners",
    "workloads are in namespaces of their own, and none in those of the system",
    cluster: { cluster in
      guard let snapshot = cluster.snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
      let mapped = cluster.scanned("5.6.1")
      if mapped.status == .fail { return mapped }
      if let gap = cluster.gap(PodTemplateCatalogue.kinds) { return gap }
      let system: Set<String> = ["kube-system", "kube-public", "kube-node-lease", "default"]
      let own = Set(snapshot.workloads.map(\.object.effectiveNamespace)).subtracting(system).sorted()
      let inDefault = snapshot.workloads.filter { $0.object.effectiveNamespace == "default" }
      let evidence = [
        BenchmarkEvidence(
          place: "the cluster's objects", name: "namespaces with workloads", value: own.joined(separator: ", "))
      ]
      if own.isEmpty, !inDefault.isEmpty {
        return BenchmarkVerdict(
          .fail, evidence + inDefault.prefix(20).map { BenchmarkCluster.evidence($0.object, "namespace", "default") },
          remedy: .text("make a namespace for each team or application"))
      }
      return own.isEmpty ? BenchmarkVerdict(.notApplicable(.noObjects)) : BenchmarkVerdict(.pass, evidence)
    })
}
