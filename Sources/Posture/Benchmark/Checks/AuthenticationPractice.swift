import Access
import Bytes
import Kube

/// Section 3.1: how people log in, as far as bindings, tokens and the API server's flags tell.
enum AuthenticationPractice {
  static let checks: [BenchmarkCheck] = [
    BenchmarkCheck(
      "3.1.1", "People do not log in with client certificates",
      "rights are bound to users only where another way to log in than certificates is configured",
      cluster: { cluster in
        if let gap = cluster.gap([.clusterRoleBinding, .roleBinding]), cluster.snapshot == nil { return gap }
        let servers = cluster.apiServers()
        guard !servers.isEmpty else {
          return cluster.nodes.contains { $0.distribution.isManaged }
            ? BenchmarkVerdict(.notEvaluated(.person)) : BenchmarkVerdict(.notEvaluated(.noRecord))
        }
        let ways = ["oidc-issuer-url", "authentication-config", "authentication-token-webhook-config-file"]
        let evidence = servers.flatMap { server in ways.map(server.evidence) }
        // Each server lets people in by itself.
        guard !servers.allSatisfy({ server in ways.contains { server.arguments.path($0) != nil } }) else {
          return BenchmarkVerdict(.warn(.judgement), evidence)
        }
        let people = cluster.people()
        guard !people.isEmpty else {
          return cluster.unseen([.clusterRoleBinding, .roleBinding]) ?? BenchmarkVerdict(.pass, evidence)
        }
        return BenchmarkVerdict(
          .fail, people + evidence,
          remedy: .text("log people in through OpenID Connect (--authentication-config), and bind rights to its groups")
        )
      }),
    BenchmarkCheck(
      "3.1.2", "People do not log in with tokens of service accounts",
      "no lasting token of a service account that no workload uses",
      cluster: { cluster in
        guard let snapshot = cluster.snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
        let used = Set(
          snapshot.workloads.map {
            "\($0.object.effectiveNamespace)/\($0.template.spec["serviceAccountName"]?.string ?? "default")"
          })
        let tokens = snapshot.objects(.secret).filter { secret in
          secret.root["type"]?.string == "kubernetes.io/service-account-token"
            && !used.contains(
              "\(secret.effectiveNamespace)/\(secret.annotations["kubernetes.io/service-account.name"] ?? "")")
        }
        if let gap = cluster.gap([.secret] + PodTemplateCatalogue.kinds) { return gap }
        guard tokens.isEmpty else {
          return BenchmarkVerdict(
            .fail,
            tokens.map {
              BenchmarkCluster.evidence($0, "token of", $0.annotations["kubernetes.io/service-account.name"])
            }, remedy: .text("delete the token, and give people identities of their own"))
        }
        // Tokens that were asked for leave no object behind.
        return BenchmarkVerdict(.notEvaluated(.person))
      }),
    BenchmarkCheck(
      "3.1.3", "People do not log in with bootstrap tokens",
      "bootstrap tokens end, and serve no group but that of nodes that join",
      cluster: { cluster in
        let servers = cluster.apiServers()
        let flags = servers.map { $0.evidence("enable-bootstrap-token-auth") }
        let areOff = servers.map { server in
          ValueRule.bool(server.arguments.value("enable-bootstrap-token-auth") ?? "false") == false
            && server.arguments.path("authentication-config") == nil
        }
        if !areOff.isEmpty, areOff.allSatisfy({ $0 }) { return BenchmarkVerdict(.pass, flags) }
        if let gap = cluster.unseen([.secret]) { return gap }
        let tokens = (cluster.snapshot?.objects(.secret) ?? []).filter {
          $0.root["type"]?.string == "bootstrap.kubernetes.io/token"
        }
        func data(_ secret: KubeObject, _ key: String) -> String? {
          if let plain = secret.root["stringData"]?[key]?.text { return plain }
          return secret.root["data"]?[key]?.string.flatMap { Base64.decode($0) }.map {
            String(decoding: $0, as: UTF8.self)
          }
        }
        let isHidden = tokens.contains { secret in
          (secret.root["data"]?.entries ?? []).allSatisfy { $0.value.string?.isEmpty ?? true }
            && secret.root["stringData"] == nil
        }
        let bad = tokens.filter { secret in
          let hasEnd = secret.root["data"]?["expiration"] != nil || secret.root["stringData"]?["expiration"] != nil
          let groups = data(secret, "auth-extra-groups")?.split(separator: ",").map(String.init) ?? []
          return !hasEnd || groups.contains { $0 != "system:bootstrappers:kubeadm:default-node-token" }
        }
        guard bad.isEmpty else {
          return BenchmarkVerdict(
            .fail,
            bad.map { BenchmarkCluster.evidence($0, "expiration, auth-extra-groups", data($0, "auth-extra-groups")) },
            remedy: .text("delete the token (kubeadm token delete), and make tokens that end (--ttl)"))
        }
        if isHidden { return BenchmarkVerdict(.notEvaluated(.objects)) }
        guard !servers.isEmpty else { return BenchmarkVerdict(.notEvaluated(.noRecord)) }
        return BenchmarkVerdict(
          .pass,
          flags + tokens.map { BenchmarkCluster.evidence($0, "expiration", "set") })
      }),
  ]
}

extension BenchmarkCluster {
  /// Bindings to users and groups that are not of the system, who can only have logged in with a certificate.
  fileprivate func people() -> [BenchmarkEvidence] {
    let bindings = (snapshot?.objects(.clusterRoleBinding) ?? []) + (snapshot?.objects(.roleBinding) ?? [])
    return bindings.flatMap { binding in
      (binding.root["subjects"]?.elements ?? []).enumerated().compactMap { index, subject in
        guard let kind = subject["kind"]?.string, kind == "User" || kind == "Group", let name = subject["name"]?.string,
          !name.hasPrefix("system:"), name != "kubeadm:cluster-admins"
        else { return nil }
        return Self.evidence(binding, "subjects[\(index)]", "\(kind) \(name)")
      }
    }
  }
}
