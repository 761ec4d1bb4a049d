package import Access
package import Depth
package import Report

/// How subjects get to something that they may not reach directly.
package enum EscalationOperation {
  /// - Parameter text: `cluster-admin`, `node`, `secrets`, `secrets:NAMESPACE`, or a subject.
  package static func goal(_ text: String) -> EscalationGraph.Position {
    let prefix = "secrets:"
    return switch text {
    case "cluster-admin": .clusterAdmin
    case "node": .node
    case "secrets": .secrets(namespace: nil)
    case _ where text.hasPrefix(prefix): .secrets(namespace: String(text.dropFirst(prefix.count)))
    default: .subject(AccessSubject(argument: text))
    }
  }

  /// - Parameters:
  ///   - subject: nil: all that are in a binding, but for those that may do everything without one.
  ///   - steps: paths that are longer are left out; nil: none.
  package static func paths(
    from subject: AccessSubject?, to goal: EscalationGraph.Position, within steps: Int?, _ inventory: AccessInventory
  ) -> [EscalationPathsAnswer.Path] {
    var named = Set<String>()
    if case .secrets(let namespace?) = goal { named.insert(namespace) }
    let graph = EscalationGraph(AccessProfile(inventory), namespaces: named)
    let reached = graph.paths(to: goal)
    let paths: [EscalationPathsAnswer.Path] =
      if let subject {
        graph.steps(from: subject, reached).map { [(subject, $0)] } ?? []
      } else {
        graph.reaching(reached).filter { $0.subject != .group("system:masters") }
      }
    guard let steps else { return paths }
    return paths.filter { EscalationGraph.length($0.steps) <= steps }
  }
}
