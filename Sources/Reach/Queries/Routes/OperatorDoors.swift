import Bytes
import Kube

/// Custom resources by which operators open what they make: the Service or route is in no manifest.
enum OperatorDoors {
  /// Those that ask for a Service of an open type or for a listener that is one, wherever in them; and services of Knative,
  /// which are open unless they are told otherwise.
  static func objects(in snapshot: ClusterSnapshot) -> [KubeObject] {
    let known = Set(RouteSources.all.flatMap { $0.kinds } + PolicyDialects.kinds + Array(RouteSources.unread))
    return snapshot.kinds.filter { isCustom($0) && !known.contains($0) }.flatMap(snapshot.objects).filter { object in
      if object.groupKind == GroupKind("serving.knative.dev", "Service") {
        return object.labels["networking.knative.dev/visibility"] != "cluster-local"
      }
      return object.spec.map { opens($0, 0) } ?? false
    }
  }

  /// Groups of the API server itself have no dot or end so.
  private static func isCustom(_ kind: GroupKind) -> Bool {
    kind.group.contains(".") && !(kind.group.hasSuffix(".k8s.io") && kind.group.split(separator: ".").count == 3)
  }

  private static let openTypes: Set<String> = ["loadbalancer", "nodeport"]

  private static func opens(_ node: DocumentNode, _ depth: Int) -> Bool {
    guard depth < Relevance.deepest else { return false }
    if let items = node.array { return items.contains { opens($0, depth + 1) } }
    return node.entries.contains { entry in
      let key = entry.key.lowercased()
      if let text = entry.value.string?.lowercased() {
        // `type`, `serviceType`, `exposeType`; a listener of Kafka may also be an Ingress or a Route.
        if key.hasSuffix("type"), openTypes.contains(text) { return true }
        return key == "type" && (text == "ingress" || text == "route") && node["port"] != nil
      }
      // `enableMasterLoadBalancer` and the like.
      if key.hasPrefix("enable"), key.hasSuffix("loadbalancer"), entry.value.bool == true { return true }
      return opens(entry.value, depth + 1)
    }
  }
}
