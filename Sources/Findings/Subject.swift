/// What a finding is about; the key on which findings, events and alerts are joined.
package struct Subject: Sendable, Hashable {
  /// API group; empty for the core group.
  package var group: String
  package var kind: String
  /// Nil for cluster-wide objects and for manifests that leave the namespace to whoever applies them.
  package var namespace: String?
  package var name: String
  /// Set only where one report speaks of several clusters.
  package var cluster: String?

  package init(
    group: String = "", kind: String, namespace: String? = nil, name: String, cluster: String? = nil
  ) {
    self.cluster = cluster
    self.group = group
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// `shop/Deployment/web`, or `ClusterRole/admin` where there is no namespace.
  package var text: String {
    (cluster.map { $0 + ": " } ?? "") + (namespace.map { $0 + "/" } ?? "") + kind + "/" + name
  }
}

extension Subject: Comparable {
  package static func < (a: Subject, b: Subject) -> Bool {
    (a.cluster ?? "", a.namespace ?? "", a.kind, a.name, a.group)
      < (b.cluster ?? "", b.namespace ?? "", b.kind, b.name, b.group)
  }
}
