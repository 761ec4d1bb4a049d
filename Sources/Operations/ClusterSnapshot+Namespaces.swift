import Bytes
package import Findings
package import Kube

extension ClusterSnapshot {
  /// What of it is in these namespaces; all of it where none is named.
  ///
  /// - Throws: `BartizanError` for a namespace of which the input holds nothing, though nothing of it was kept back.
  package func only(inNamed names: [String]) throws(BartizanError) -> ClusterSnapshot {
    try validate(namespaces: names)
    return names.isEmpty ? self : only(inNamespaces: Set(names))
  }

  /// - Throws: `BartizanError` for a namespace of which the input holds nothing, though nothing of it was kept back.
  package func validate(namespaces names: [String]) throws(BartizanError) {
    guard !names.isEmpty else { return }
    let known = populatedNamespaces()
    if !hasRefusals, let missing = names.first(where: { !known.contains($0) }) {
      throw BartizanError(.input, noObject(inNamespace: missing))
    }
  }

  /// What is said of a namespace that holds nothing of the input.
  func noObject(inNamespace name: String) -> String {
    let others = populatedNamespaces().filter { !$0.isEmpty }.sorted()
    return "the input has no object in namespace \"\(name)\""
      + (others.isEmpty ? ", nor in any other" : "; it has \(Phrase.list(others, shown: 8))")
  }

  /// Namespaces that the input has, or has something in.
  private func populatedNamespaces() -> Set<String> {
    var known = Set(namespaces)
    // The definitions of custom resources are looked at once for each kind.
    var kinds: [GroupKind: Bool] = [:]
    for object in objects where object.namespace == nil && !known.contains(object.effectiveNamespace) {
      let kind = object.groupKind
      let mayBeInside = kinds[kind] ?? CustomKinds.mayBeNamespaced(kind, in: self)
      kinds[kind] = mayBeInside
      // What stands beside namespaces is not in the one that requests go to.
      if mayBeInside { known.insert(object.effectiveNamespace) }
    }
    return known
  }
}
