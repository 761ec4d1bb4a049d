package import Kube

/// Kinds of objects that the model of a network and its questions are made of.
package enum ReachInput {
  /// Kinds of routes that are known and not read: what they let in is not known.
  package static let unreadRoutes: Set<GroupKind> = RouteSources.unread

  package static let kinds: [GroupKind] =
    PolicyDialects.kinds + RouteSources.all.flatMap { $0.kinds } + RouteSources.unread.sorted() + [
      .pod, .namespace, .service, .serviceAccount, .configMap, GroupKind("", "Node"),
      GroupKind("", "ReplicationController"), GroupKind("discovery.k8s.io", "EndpointSlice"),
      GroupKind("networking.k8s.io", "IngressClass"), GroupKind("k8s.ovn.org", "UserDefinedNetwork"),
    ]
}
