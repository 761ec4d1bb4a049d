import Bytes
import Kube

/// Whether the scheduler may put pods on a node, by what both say of each other.
///
/// Source: kubernetes.io, "Assigning Pods to Nodes", "Taints and Tolerations", "DaemonSet". What depends on other pods is not looked at.
enum NodePlacement {
  /// - Parameter isOfDaemonSet: whose pods tolerate some taints by themselves.
  static func mayRun(_ template: PodTemplate, isOfDaemonSet: Bool, on node: KubeObject) -> Bool {
    let labels = node.labels
    let wanted = template.spec["nodeSelector"]?.stringMap ?? [:]
    guard wanted.allSatisfy({ labels[$0.key] == $0.value }), meetsAffinity(template.spec, node, labels) else {
      return false
    }
    let tolerations = template.spec["tolerations"]?.elements ?? []
    return (node.spec?["taints"]?.elements ?? []).allSatisfy { taint in
      let key = taint["key"]?.text ?? ""
      let effect = taint["effect"]?.string ?? ""
      if effect == "PreferNoSchedule" { return true }
      if isOfDaemonSet, key.hasPrefix("node.kubernetes.io/") { return true }
      return tolerations.contains { tolerates($0, key, taint["value"]?.text ?? "", effect) }
    }
  }

  private static func tolerates(_ toleration: DocumentNode, _ key: String, _ value: String, _ effect: String) -> Bool {
    let own = toleration["key"]?.text ?? ""
    let exists = toleration["operator"]?.string == "Exists"
    let ownEffect = toleration["effect"]?.string ?? ""
    guard ownEffect.isEmpty || ownEffect == effect else { return false }
    if own.isEmpty { return exists }
    return own == key && (exists || (toleration["value"]?.text ?? "") == value)
  }

  private static func meetsAffinity(_ spec: DocumentNode, _ node: KubeObject, _ labels: [String: String]) -> Bool {
    guard
      let terms = spec[path: "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]?[
        "nodeSelectorTerms"]?.array
    else { return true }
    return terms.contains { term in
      let expressions = term["matchExpressions"]?.elements ?? []
      let fields = term["matchFields"]?.elements ?? []
      guard !expressions.isEmpty || !fields.isEmpty else { return false }
      return expressions.allSatisfy { meets($0, labels[$0["key"]?.text ?? ""]) }
        && fields.allSatisfy { meets($0, $0["key"]?.text == "metadata.name" ? node.name : nil) }
    }
  }

  private static func meets(_ requirement: DocumentNode, _ value: String?) -> Bool {
    let values = requirement["values"]?.strings ?? []
    switch requirement["operator"]?.string {
    case "In": return value.map(values.contains) ?? false
    case "NotIn": return !(value.map(values.contains) ?? false)
    case "Exists": return value != nil
    case "DoesNotExist": return value == nil
    case "Gt":
      guard let value = value.flatMap({ Int($0) }), let limit = values.first.flatMap({ Int($0) }) else { return false }
      return value > limit
    case "Lt":
      guard let value = value.flatMap({ Int($0) }), let limit = values.first.flatMap({ Int($0) }) else { return false }
      return value < limit
    default: return false
    }
  }
}
