package import Access

/// Resources as people write them: `pods`, `deploy`, `deployments.apps`, `deployments.apps/scale`, `/metrics`.
package enum ResourceName {
  /// - Parameters:
  ///   - namespace: empty for all.
  ///   - name: of one object; empty for any.
  package static func target(_ text: String, namespace: String, name: String) -> AccessRequest.Target {
    if text.hasPrefix("/") { return .path(text) }
    let parts = text.split(separator: "/", maxSplits: 1)
    let word = parts.first.map(String.init) ?? text
    let subresource = parts.count == 2 ? String(parts[1]) : ""
    let resource: String
    let group: String
    if let dot = word.firstIndex(of: ".") {
      resource = String(word[..<dot])
      group = String(word[word.index(after: dot)...])
    } else if let known = known[word] {
      resource = known.resource
      group = known.group
    } else {
      resource = word
      group = ""
    }
    return .resource(
      .init(group: group, resource: resource, subresource: subresource, namespace: namespace, name: name))
  }

  private static let known: [String: (resource: String, group: String)] = {
    let table: [(group: String, words: [String])] = [
      (
        "",
        [
          "pods po", "services svc", "secrets", "configmaps cm", "serviceaccounts sa", "namespaces ns", "nodes no",
          "persistentvolumes pv", "persistentvolumeclaims pvc", "endpoints ep", "events ev",
          "replicationcontrollers rc", "resourcequotas quota", "limitranges limits",
        ]
      ),
      ("apps", ["deployments deploy", "daemonsets ds", "statefulsets sts", "replicasets rs"]),
      ("batch", ["jobs", "cronjobs cj"]),
      ("networking.k8s.io", ["ingresses ing", "networkpolicies netpol", "ingressclasses"]),
      ("rbac.authorization.k8s.io", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]),
      ("policy", ["poddisruptionbudgets pdb"]),
      ("autoscaling", ["horizontalpodautoscalers hpa"]),
      ("storage.k8s.io", ["storageclasses sc"]),
      ("apiextensions.k8s.io", ["customresourcedefinitions crd crds"]),
      ("apiregistration.k8s.io", ["apiservices"]),
      (
        "admissionregistration.k8s.io",
        [
          "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
          "validatingadmissionpolicies", "validatingadmissionpolicybindings",
        ]
      ),
      ("certificates.k8s.io", ["certificatesigningrequests csr", "signers"]),
      ("discovery.k8s.io", ["endpointslices"]),
      ("coordination.k8s.io", ["leases"]),
      ("", ["users", "groups"]),
    ]
    var known: [String: (resource: String, group: String)] = [:]
    for (group, words) in table {
      for line in words {
        let names = line.split(separator: " ").map(String.init)
        for name in names { known[name] = (names[0], group) }
      }
    }
    return known
  }()
}
