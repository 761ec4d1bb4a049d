/// What still stands between an attacker and what matters, once an alert's step is taken: the least number of independent
/// controls that must fail before the nearest thing worth protecting is theirs.
package struct DepthLeft: Sendable, Hashable, Comparable {
  /// Number of controls; 0 where nothing is left in the way.
  package let depth: Int
  /// The thing, as the command line spells it: `cluster-admin`, `pod:shop/orders-db`.
  package let target: String
  /// Whether every step of the way exists, and not only as far as nobody saw the contrary.
  package let isCertain: Bool

  package init(depth: Int, target: String, isCertain: Bool) {
    self.depth = depth
    self.target = target
    self.isCertain = isCertain
  }

  /// The less is left, the worse: that comes first.
  package static func < (a: DepthLeft, b: DepthLeft) -> Bool {
    (a.depth, a.isCertain ? 0 : 1, a.target) < (b.depth, b.isCertain ? 0 : 1, b.target)
  }

  /// As a clause: `2 controls left before cluster-admin`.
  package var text: String {
    let amount = depth == 0 ? "no control left" : "\(depth) \(depth == 1 ? "control" : "controls") left"
    return "\(amount) before \(target)" + (isCertain ? "" : ", where what was not seen allows it")
  }
}

extension ClusterFacts {
  /// What is left after an alert: from whatever its actor holds, and what it took hold of or handed out. Nil where the
  /// snapshot knows none of it, or nothing leads from there to anything worth protecting.
  func depthLeft(after alert: Alert) -> DepthLeft? {
    var held = alert.targets
    for link in alert.links.union(alert.receives).union(alert.hands) {
      if let entity = link.entity { held.insert(entity) }
    }
    return held.compactMap { thing($0)?.depthLeft }.min()
  }
}

extension AlertLink {
  /// Who or what it speaks of; nil for an address and a credential, which hold nothing by themselves.
  var entity: Entity? {
    switch self {
    case .person(let entity), .session(let entity, _), .pod(let entity), .outside(let entity), .rights(let entity):
      entity
    case .address, .credential: nil
    }
  }
}
