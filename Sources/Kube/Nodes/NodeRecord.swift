package import Bytes

/// What was seen of one node, from a folder of its files or from the API server. It holds no secrets.
package struct NodeRecord: Sendable, Equatable {
  package static let kind = "NodeRecord"

  package var name: String
  package var distribution: NodeDistribution
  /// Of the kubelet, such as `v1.32.4`; nil where it is not known.
  package var version: String?
  /// When it was read, RFC 3339; nil where it is not known.
  package var collected: String?
  /// The command lines of each component, by source; none for one that nobody looked for.
  package var components: [NodeComponent: [NodeFact<ComponentArguments>]] = [:]
  /// The owner and mode of files and folders, by path.
  package var files: [String: NodeFact<FileStatus>] = [:]
  /// The paths of all files and folders below some folders, sorted.
  package var folders: [String: NodeFact<[String]>] = [:]
  /// The content of configuration files, without secrets.
  package var configurations: [String: NodeFact<DocumentNode>] = [:]
  /// What the kubelet runs with, as it says itself.
  package var kubelet: NodeFact<DocumentNode> = .unread(.notCollected, nil)
  package var certificates: [String: NodeFact<CertificateSummary>] = [:]
  /// Parameters of the kernel, by their names in `sysctl`.
  package var kernel: [String: NodeFact<String>] = [:]
  /// The container runtime with its version, such as `containerd://1.7.27`.
  package var runtime: NodeFact<String> = .unread(.notCollected, nil)

  package init(name: String, distribution: NodeDistribution, version: String? = nil) {
    self.name = name
    self.distribution = distribution
    self.version = version
  }

  /// Owner and mode of a file or folder.
  package struct FileStatus: Sendable, Equatable {
    /// The permission bits, such as `0o600`.
    package var mode: Int
    /// Names, or numbers where the node has no name for them.
    package var owner: String
    package var group: String
    package var isFolder: Bool

    package init(mode: Int, owner: String, group: String, isFolder: Bool = false) {
      self.mode = mode
      self.owner = owner
      self.group = group
      self.isFolder = isFolder
    }

    /// `600`, as `stat -c %a` writes it.
    package var modeText: String { String(mode, radix: 8) }
    package var ownerText: String { "\(owner):\(group)" }
  }

  /// What a certificate says of itself.
  package struct CertificateSummary: Sendable, Equatable {
    package var commonName: String
    package var organizations: [String]
    package var issuer: String
    /// RFC 3339.
    package var notBefore: String
    package var notAfter: String
    /// SHA-256 of its bytes, in hexadecimal digits.
    package var fingerprint: String

    package init(
      commonName: String, organizations: [String] = [], issuer: String, notBefore: String, notAfter: String,
      fingerprint: String
    ) {
      self.commonName = commonName
      self.organizations = organizations
      self.issuer = issuer
      self.notBefore = notBefore
      self.notAfter = notAfter
      self.fingerprint = fingerprint
    }
  }

  /// Whether a component of the control plane was seen on the node.
  package var holdsControlPlane: Bool { NodeComponent.allCases.contains { $0.isControlPlane && runs($0) == true } }

  package func file(_ path: String) -> NodeFact<FileStatus> { files[path] ?? .unread(.notCollected, .file(path)) }

  package func folder(_ path: String) -> NodeFact<[String]> { folders[path] ?? .unread(.notCollected, .file(path)) }

  package func configuration(_ path: String) -> NodeFact<DocumentNode> {
    configurations[path] ?? .unread(.notCollected, .file(path))
  }

  package func certificate(_ path: String) -> NodeFact<CertificateSummary> {
    certificates[path] ?? .unread(.notCollected, .file(path))
  }

  /// The command lines of a component that were read, the most reliable source first: a running process, its file, the API.
  package func arguments(of component: NodeComponent) -> [NodeFact<ComponentArguments>] {
    (components[component] ?? []).sorted { Self.rank($0.source) < Self.rank($1.source) }
  }

  private static func rank(_ source: NodeSource?) -> Int {
    switch source {
    case .process?, .processes?: 0
    case .file?: 1
    case .mirrorPod?: 2
    case .configz?, .configMap?, .nodeStatus?: 3
    case .standard?, nil: 4
    }
  }

  /// The command lines of a component's pod, from its file or the API, which have the pod's environment in them.
  package func pods(of component: NodeComponent) -> [NodeFact<ComponentArguments>] {
    (components[component] ?? []).filter { fact in
      guard fact.value != nil else { return false }
      switch fact.source {
      case .file?, .mirrorPod?: return true
      default: return false
      }
    }
  }

  /// Why the environment of a component's process was not read; nil where it was.
  package func environmentGap(of component: NodeComponent) -> UnreadReason? {
    (components[component] ?? []).lazy.compactMap { fact in
      if case .unread(let reason, .process?) = fact { reason } else { nil }
    }.first
  }

  /// Whether a component is on the node; nil where nobody can tell.
  package func runs(_ component: NodeComponent) -> Bool? {
    let facts = components[component] ?? []
    if facts.contains(where: { $0.value != nil }) { return true }
    return !facts.isEmpty && facts.allSatisfy(\.isAbsent) ? false : nil
  }

  /// Adds what another record says of the same node, such as the API's; facts that were read here stay.
  package mutating func add(_ other: NodeRecord) {
    version = version ?? other.version
    collected = collected ?? other.collected
    if distribution == .unknown { distribution = other.distribution }
    for (component, facts) in other.components {
      for fact in facts where !(components[component] ?? []).contains(fact) {
        components[component, default: []].append(fact)
      }
    }
    func merge<T>(_ mine: inout [String: NodeFact<T>], _ theirs: [String: NodeFact<T>]) {
      for (key, fact) in theirs where mine[key].map({ $0.unreadReason != nil }) ?? true { mine[key] = fact }
    }
    merge(&files, other.files)
    merge(&folders, other.folders)
    merge(&configurations, other.configurations)
    merge(&certificates, other.certificates)
    merge(&kernel, other.kernel)
    if kubelet.unreadReason != nil { kubelet = other.kubelet }
    if runtime.unreadReason != nil { runtime = other.runtime }
  }
}
