import Bytes
import Findings
import Kube

/// Source: capabilities(7); KubeHound and IceKube for the capabilities that attackers are known to use.
extension NodeEscape {
  /// An escape that a single capability makes possible.
  static func capability(
    _ id: String, _ title: String, _ name: String, _ clause: String, _ references: [Reference]
  ) -> NodeEscape {
    NodeEscape(id: id, title: title, gain: .node, attack: .mitre("T1611"), references: references) { pod in
      pod.holders(of: [name]).map { ("container \"\($0.container.name)\" \(clause) (\(name))", $0.evidence) }
    }
  }
}

extension PodTemplate {
  /// Containers with all of these capabilities over the node, and the place where the first of them is added.
  ///
  /// A process without root has none of them, unless a program in its image gives it root.
  func holders(of names: [String]) -> [(container: Container, evidence: Evidence)] {
    guard !isWindows, !hasUserNamespace else { return [] }
    return containers.compactMap { container in
      guard !isWithoutRootForGood(container) else { return nil }
      let dropped = container.securityContext?["capabilities"]?["drop"]?.strings.map(Self.capability) ?? []
      let added = PodSecurityControl.addedCapabilities(container).map { (Self.capability($0.name), $0.evidence) }
      let evidence = names.compactMap { name in
        dropped.contains(name) ? nil : added.first { $0.0 == name || $0.0 == "ALL" }?.1
      }
      guard evidence.count == names.count, let first = evidence.first else { return nil }
      return (container, first)
    }
  }

  /// Some runtimes accept names with the `CAP_` prefix, and all ignore case.
  private static func capability(_ text: String) -> String {
    let name = text.uppercased()
    return name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name
  }

  /// Whether a process of any container may be root, and the same root as the node's.
  var mayBeRootOfNode: Bool {
    !isWindows && !hasUserNamespace && (containers.isEmpty || !containers.allSatisfy(isWithoutRootForGood))
  }

  private func isWithoutRootForGood(_ container: Container) -> Bool {
    func field(_ name: String) -> DocumentNode? { container.securityContext?[name] ?? securityContext?[name] }
    let isOther = field("runAsUser")?.int.map { $0 > 0 } ?? (field("runAsNonRoot")?.bool == true)
    return isOther && container.securityContext?["allowPrivilegeEscalation"]?.bool == false
  }
}
