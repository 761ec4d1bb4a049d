package import Access
package import Depth
package import Findings
package import Kube
package import Report

/// Finds how subjects can obtain access that they do not have directly.
package enum EscalationOperation {
  /// - Parameter text: `cluster-admin`, `node`, `secrets`, `secrets:NAMESPACE`, or a subject.
  /// - Throws: `BartizanError` for what names nobody.
  package static func goal(_ text: String) throws(BartizanError) -> EscalationGraph.Position {
    let prefix = "secrets:"
    switch text {
    case "cluster-admin": return .clusterAdmin
    case "node": return .node
    case "secrets": return .secrets(namespace: nil)
    case _ where text.hasPrefix(prefix): return .secrets(namespace: String(text.dropFirst(prefix.count)))
    default: return .subject(try AccessSubject(checking: text))
    }
  }

  /// - Parameter text: `pod/NAMESPACE/NAME`, or a subject.
  /// - Throws: `BartizanError` for what names nobody.
  package static func start(_ text: String) throws(BartizanError) -> EscalationGraph.Position {
    let parts = text.split(separator: "/")
    guard parts.count == 3, parts[0] == "pod" || parts[0] == "pods" else {
      return .subject(try AccessSubject(checking: text))
    }
    return .pod(namespace: String(parts[1]), name: String(parts[2]))
  }

  /// Ways to cluster admin, and the bindings whose removal closes most of them.
  package struct Answer: Sendable {
    package let paths: [EscalationPathsAnswer.Path]
    package let cuts: [EscalationCut]
    /// Where no path was found: what is not in the input and may hold one.
    package let unseen: [NotSeen]
  }

  /// - Parameters:
  ///   - start: nil: all that are in a binding, but for those that may do everything without one.
  ///   - steps: paths that are longer are left out; nil: none.
  ///   - showsShipped: whether accounts are shown that hold only what comes with the cluster.
  /// - Throws: `BartizanError` for an account or a pod that is nowhere in the input.
  package static func paths(
    from start: EscalationGraph.Position?, to goal: EscalationGraph.Position, within steps: Int?, showsShipped: Bool,
    _ inventory: AccessInventory
  ) throws(BartizanError) -> Answer {
    var named = Set<String>()
    if case .secrets(let namespace?) = goal { named.insert(namespace) }
    if case .pod? = start { try find(start, inventory) }
    for case .subject(let subject) in [start, goal].compactMap({ $0 }) where !inventory.knows(subject) {
      throw BartizanError(.input, "\(subject.text) is not in the input, neither as an object nor in a binding or a pod")
    }
    // A goal that is misspelt is a user of whom nobody has heard, to whom there is no way.
    if case .subject(let subject) = goal, case .user(let name) = subject, !inventory.allSubjects.contains(subject),
      inventory.builtInBindings[subject] == nil, subject.identity.user != "system:anonymous", !subject.identity.isNode
    {
      throw BartizanError(
        .input,
        "\"\(name)\" is no goal, and no user of the input: goals are cluster-admin, node, secrets, secrets:NAMESPACE and subjects"
      )
    }
    let pods = [start].compactMap { position -> EscalationGraph.Position? in
      if case .pod? = position { position } else { nil }
    }
    let profile = AccessProfile(inventory)
    let graph = EscalationGraph(profile, namespaces: named, pods: pods)
    let reached = graph.paths(to: goal)
    var paths: [EscalationPathsAnswer.Path]
    switch start {
    case .subject(let subject)?: paths = graph.steps(from: subject, reached).map { [(.subject(subject), $0)] } ?? []
    case .pod(let namespace, let name)?:
      let from = EscalationGraph.Position.pod(namespace: namespace, name: name)
      paths = graph.steps(from: from, reached).map { [(from, $0)] } ?? []
    default:
      paths = graph.reaching(reached).filter {
        $0.subject != .group("system:masters") && (showsShipped || !inventory.holdsOnlyShipped($0.subject))
      }.map { (.subject($0.subject), $0.steps) }
    }
    if let steps { paths = paths.filter { EscalationGraph.length($0.steps) <= steps } }
    let starts: [EscalationGraph.Position]
    switch start {
    case .subject(let subject)?: starts = graph.starts(of: subject)
    case let pod?: starts = [pod]
    case nil:
      starts = inventory.allSubjects.filter { showsShipped || !inventory.holdsOnlyShipped($0) }.map { .subject($0) }
    }
    let unseen = paths.isEmpty ? Self.unseen(from: starts, to: goal, graph) : []
    return Answer(
      paths: paths, cuts: pods.isEmpty ? EscalationCut.all(paths, to: goal, graph, profile) : [], unseen: unseen)
  }

  private static func unseen(
    from starts: [EscalationGraph.Position], to goal: EscalationGraph.Position, _ graph: EscalationGraph
  ) -> [NotSeen] {
    let snapshot = graph.inventory.snapshot
    guard snapshot.serverMinor == nil, goal != .node else { return [] }
    if snapshot.workloads.isEmpty {
      return [NotSeen(.pod, reason: "the input holds no pods, so what can be reached through them is not known")]
    }
    let system = SystemObjects.namespace
    func isReached(_ position: EscalationGraph.Position) -> Bool {
      let ways = graph.paths(to: position)
      return starts.contains { graph.steps(from: $0, ways) != nil }
    }
    var unseen: [NotSeen] = []
    if let pods = SystemObjects.unseenPods(snapshot),
      isReached(.node) || isReached(.nodeCredentials) || isReached(.pods(namespace: system))
    {
      unseen.append(pods)
    }
    if goal != .secrets(namespace: nil), goal != .secrets(namespace: system),
      let secrets = SystemObjects.unseenSecrets(snapshot), isReached(.secrets(namespace: system))
    {
      unseen.append(secrets)
    }
    return unseen
  }

  private static func find(
    _ start: EscalationGraph.Position?, _ inventory: AccessInventory
  ) throws(BartizanError) {
    guard case .pod(let namespace, let name)? = start else { return }
    let isThere = inventory.snapshot.workloads.contains {
      $0.object.effectiveNamespace == namespace
        && (name == $0.object.name || name.hasPrefix($0.object.name + "-"))
    }
    guard isThere else {
      throw BartizanError(
        .input, "no pod, and no workload that it could be of, is called \(namespace)/\(name) in the input")
    }
  }
}
