/// What a finding, an event or an alert is about; the key on which they are joined, so that one thing has one value:
/// a node and a service account are objects, whoever speaks of them.
package struct Subject: Sendable, Hashable {
  /// The kinds of subjects, each with what identifies it.
  package enum Thing: Sendable, Hashable {
    /// An object of the Kubernetes API: a workload, a node, a service account, or anything else.
    case object(ObjectKey)
    /// Somebody whom the API server knows by name alone.
    case user(String)
    case group(String)
    /// An image by the name that somebody gave it.
    case image(String)
    /// An image by its content: `sha256:…` of its manifest or of its configuration.
    case imageDigest(String)
    /// By host and port.
    case registry(String)
    /// An IP address or a DNS name outside the cluster.
    case address(String)
    /// A role, account or application of a cloud, by the provider's own name for it, such as an ARN.
    case cloudIdentity(provider: String, id: String)
    /// A written exception, by the check that it is for.
    case exception(String)
  }

  package var thing: Thing
  /// Set only where one report speaks of several clusters.
  package var cluster: String?

  package init(_ thing: Thing, cluster: String? = nil) {
    self.thing = thing
    self.cluster = cluster
  }

  /// An object of the Kubernetes API.
  package init(
    group: String = "", kind: String, namespace: String? = nil, name: String, cluster: String? = nil
  ) {
    self.init(.object(ObjectKey(group: group, kind: kind, namespace: namespace, name: name)), cluster: cluster)
  }

  /// What a report of ours wrote as `group`, `kind`, `namespace` and `name`.
  package init(reportedGroup group: String, kind: String, namespace: String?, name: String, cluster: String? = nil) {
    let thing: Thing =
      switch (group, kind) {
      case ("", "Image"): name.hasPrefix("sha256:") ? .imageDigest(name) : .image(name)
      case ("", "Registry"): .registry(name)
      case ("", "Exception"): .exception(name)
      case ("", "Address"): .address(name)
      case (Self.accessGroup, "User"): .user(name)
      case (Self.accessGroup, "Group"): .group(name)
      case (let provider, "CloudIdentity") where !provider.isEmpty: .cloudIdentity(provider: provider, id: name)
      default: .object(ObjectKey(group: group, kind: kind, namespace: namespace, name: name))
      }
    self.init(thing, cluster: cluster)
  }

  package static func node(_ name: String) -> Subject { Subject(kind: "Node", name: name) }

  package static func image(_ name: String) -> Subject { Subject(.image(name)) }

  package static func registry(_ name: String) -> Subject { Subject(.registry(name)) }

  package static func principal(_ principal: Principal) -> Subject {
    switch principal {
    case .user(let name): Subject(.user(name))
    case .group(let name): Subject(.group(name))
    case .serviceAccount(let namespace, let name): Subject(kind: "ServiceAccount", namespace: namespace, name: name)
    }
  }

  /// Who it is, where it can send requests: a user, a group, a service account with its namespace.
  package var principal: Principal? {
    switch thing {
    case .user(let name): return .user(name)
    case .group(let name): return .group(name)
    case .object(let key):
      guard key.group.isEmpty, key.kind == "ServiceAccount", let namespace = key.namespace else { return nil }
      return .serviceAccount(namespace: namespace, name: key.name)
    default: return nil
    }
  }

  package var object: ObjectKey? { if case .object(let key) = thing { key } else { nil } }
}

/// As reports and fingerprints write it: four texts, whatever the thing.
extension Subject {
  private static let accessGroup = "rbac.authorization.k8s.io"

  /// API group, or the provider of a cloud identity; empty for the core group and for all that is no object.
  package var group: String {
    switch thing {
    case .object(let key): key.group
    case .user, .group: Self.accessGroup
    case .cloudIdentity(let provider, _): provider
    default: ""
    }
  }

  package var kind: String {
    switch thing {
    case .object(let key): key.kind
    case .user: "User"
    case .group: "Group"
    case .image, .imageDigest: "Image"
    case .registry: "Registry"
    case .address: "Address"
    case .cloudIdentity: "CloudIdentity"
    case .exception: "Exception"
    }
  }

  /// Nil for cluster-wide objects, for manifests that leave the namespace to whoever applies them, and for what is no object.
  package var namespace: String? { object?.namespace }

  package var name: String {
    switch thing {
    case .object(let key): key.name
    case .user(let name), .group(let name), .image(let name), .imageDigest(let name), .registry(let name),
      .address(let name), .cloudIdentity(_, let name), .exception(let name):
      name
    }
  }

  /// `shop/Deployment/web`, or `ClusterRole/admin` where there is no namespace.
  package var text: String {
    (cluster.map { $0 + ": " } ?? "") + (namespace.map { $0 + "/" } ?? "") + kind + "/" + name
  }

  /// The name of a workload as tools for network policies write it: `shop/web[Deployment]`.
  package var workloadText: String { (namespace.map { $0 + "/" } ?? "") + name + "[\(kind)]" }

  /// Whether it is an entry of an exceptions file.
  package var isException: Bool {
    if case .exception = thing { true } else { false }
  }

  package var isImage: Bool {
    switch thing {
    case .image, .imageDigest: true
    default: false
    }
  }
}

extension Subject: Comparable {
  package static func < (a: Subject, b: Subject) -> Bool {
    (a.cluster ?? "", a.namespace ?? "", a.kind, a.name, a.group)
      < (b.cluster ?? "", b.namespace ?? "", b.kind, b.name, b.group)
  }
}
