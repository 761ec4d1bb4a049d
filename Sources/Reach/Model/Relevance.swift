import Bytes
import Kube

extension ReachCluster.Relevance {
  /// Everything that a policy may tell pods and addresses apart by, wherever it stands in the object.
  mutating func gather(_ node: Bytes.DocumentNode, depth: Int = 0) {
    guard depth < 24 else { return }
    if let items = node.array {
      for item in items { gather(item, depth: depth + 1) }
      return
    }
    for entry in node.entries {
      switch entry.key {
      case "matchLabels": for label in entry.value.entries { add(key: label.key) }
      case "matchExpressions":
        for item in entry.value.elements { if let key = item["key"]?.string { add(key: key) } }
      case "workloadSelector":
        for label in entry.value["labels"]?.entries ?? [] { add(key: label.key) }
        services = true
      case "targetRefs", "targetRef":
        keys.insert("gateway.networking.k8s.io/gateway-name")
        services = true
      case "principals", "notPrincipals", "notServiceAccounts": accounts = true
      case "values", "notValues", "ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks":
        for item in entry.value.elements { add(item) }
      case "key" where entry.value.string?.hasPrefix("source.") == true: accounts = true
      case "cidr": add(entry.value)
      case "except", "networks", "nets", "notNets", "toCIDR", "fromCIDR", "externalCIDRs":
        for item in entry.value.elements { add(item) }
      case "selector", "notSelector", "namespaceSelector":
        if let text = entry.value.string { for word in CalicoSelector.labels(text) { keys.insert(word) } }
        gather(entry.value, depth: depth + 1)
      case "serviceAccounts", "serviceAccountSelector":
        accounts = true
        if let text = entry.value.string { for word in CalicoSelector.labels(text) { keys.insert(word) } }
        gather(entry.value, depth: depth + 1)
      case "toServices", "toEntities", "fromEntities", "services":
        services = true
        gather(entry.value, depth: depth + 1)
      case "toFQDNs":
        for item in entry.value.elements {
          if let name = item["matchName"]?.string ?? item["matchPattern"]?.string {
            names.insert(DNSName.normalised(name))
          }
        }
      case "allowedEgressDomains": for name in entry.value.strings { names.insert(DNSName.normalised(name)) }
      case "domainNames": for name in entry.value.strings { names.insert(AdminNetworkPolicy.pattern(name)) }
      default: gather(entry.value, depth: depth + 1)
      }
    }
  }

  /// Cilium writes the source of a label before its key, and accounts as a label.
  private mutating func add(key: String) {
    keys.insert(key)
    if let colon = key.firstIndex(of: ":") { keys.insert(String(key[key.index(after: colon)...])) }
    if key.hasSuffix("policy.serviceaccount") { accounts = true }
  }

  private mutating func add(_ node: Bytes.DocumentNode) {
    if let range = node.text.flatMap({ IPRange(cidr: $0) }) { blocks.append(range) }
  }
}
