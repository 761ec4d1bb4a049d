/// What a finding, an event or an alert is about, and the key on which they are joined. One thing therefore has one
/// value: a node or a service account is an object wherever it is mentioned.
package struct Subject: Sendable, Hashable {
  /// The kinds of subjects, each with what identifies it.
  package enum Thing: Sendable, Hashable {
    /// An object of the Kubernetes API: a workload, a node, a service account, or anything else.
    case object(ObjectKey)
    /// A user of the API server, who exists by name only.
    case user(String)
    case group(String)
    /// An image by the reference in a manifest or on the command line.
    case image(String)
    /// An image by content: `sha256:…` of its manifest or of its configuration.
    case imageDigest(String)
    /// A registry by host and port.
    case registry(String)
    /// An IP address or a DNS name outside the cluster.
    case address(String)
    /// A role, account or application of a cloud, by the provider's own identifier, such as an ARN.
    case cloudIdentity(provider: String, id: String)
    /// An entry of an exceptions file, by the check that it is for.
    case exception(String)
  }

  package var thing: Thing
  /// The name of the cluster; nil unless one report covers several clusters.
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

  /// Reads a subject back from the fields `group`, `kind`, `namespace` and `name` of one of our reports.
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

  /// Who it is for the API server; nil where it cannot send requests.
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

  /// Nil for a subject that is not an object of the API.
  package var object: ObjectKey? { if case .object(let key) = thing { key } else { nil } }
}

/// The four texts by which reports and fingerprints write any subject.
extension Subject {
  private static let accessGroup = "rbac.authorization.k8s.io"

  /// API group, or the provider of a cloud identity; empty for the core group and for everything else.
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

  /// Nil for cluster-wide objects, for manifests without a namespace, and for everything that is not an object.
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

  /// A workload in the notation of network policy tools: `shop/web[Deployment]`.
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
