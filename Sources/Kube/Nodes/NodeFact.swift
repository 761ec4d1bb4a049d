/// Where a fact of a node was read.
package enum NodeSource: Sendable, Hashable {
  /// A running program.
  case process(Int)
  /// The table of processes, for the absence of one.
  case processes
  /// A file of the node, by its path there.
  case file(String)
  /// The copy that the API server has of a pod that the kubelet runs from a file.
  case mirrorPod(namespace: String, name: String)
  /// What the kubelet answers at `/configz`.
  case configz
  case configMap(namespace: String, name: String, key: String)
  case nodeStatus
  /// What a distribution runs its components with unless it is told otherwise.
  case standard(NodeDistribution)

  /// Whether two sources are of one kind, such as two processes: none is then more reliable than the other.
  package func isOfKind(_ other: NodeSource) -> Bool {
    switch (self, other) {
    case (.process, .process), (.mirrorPod, .mirrorPod), (.file, .file), (.configMap, .configMap): true
    default: self == other
    }
  }

  /// The path of a file; nil for any other source.
  package var filePath: String? { if case .file(let path) = self { path } else { nil } }

  /// `file /etc/kubernetes/admin.conf`, as records and reports write it.
  package var text: String {
    switch self {
    case .process(let id): "process \(id)"
    case .processes: "processes"
    case .file(let path): "file \(path)"
    case .mirrorPod(let namespace, let name): "pod \(namespace)/\(name)"
    case .configz: "configz"
    case .configMap(let namespace, let name, let key): "configmap \(namespace)/\(name) \(key)"
    case .nodeStatus: "node"
    case .standard(let distribution): "standard \(distribution.rawValue)"
    }
  }

  /// Reads what `text` writes; nil for anything else.
  package init?(_ text: String) {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    func object(_ text: String) -> (String, String)? {
      let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
    switch words.first {
    case "process":
      guard let id = Int(rest) else { return nil }
      self = .process(id)
    case "processes": self = .processes
    case "file": self = .file(rest)
    case "configz": self = .configz
    case "node": self = .nodeStatus
    case "pod":
      guard let (namespace, name) = object(rest) else { return nil }
      self = .mirrorPod(namespace: namespace, name: name)
    case "configmap":
      let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2, let (namespace, name) = object(parts[0]) else { return nil }
      self = .configMap(namespace: namespace, name: name, key: parts[1])
    case "standard":
      guard let distribution = NodeDistribution(rawValue: rest) else { return nil }
      self = .standard(distribution)
    default: return nil
    }
  }
}

/// Why a fact was not read. Nothing may pass by a fact that was not.
package enum UnreadReason: String, Sendable, CaseIterable {
  /// Nobody looked.
  case notCollected = "not-collected"
  case permissionDenied = "permission-denied"
  case tooLarge = "too-large"
  /// Binary data where text was expected.
  case notText = "not-text"
  /// Text that is not of its format.
  case malformed
  case symlinkLoop = "symlink-loop"
  /// It was there and was gone before it was read.
  case vanished
  /// More than the limit of entries.
  case tooMany = "too-many"
  /// No regular file: a socket, a device, a pipe.
  case special
  /// The API server refused.
  case refused
  /// The source cannot hold it: the API server does not know the modes of files.
  case notInSource = "not-in-source"
  /// The program hides its command line, and no other source tells its flags.
  case hidden
  /// It is outside of what of the node is mounted where its record was made.
  case notMounted = "not-mounted"
  case failed

  package var text: String {
    switch self {
    case .notCollected: "it was not collected"
    case .permissionDenied: "permission denied"
    case .tooLarge: "it is too large"
    case .notText: "it is not text"
    case .malformed: "it is not of its format"
    case .symlinkLoop: "its links lead in a circle"
    case .vanished: "it vanished while it was read"
    case .tooMany: "there is more than is read"
    case .special: "it is no regular file"
    case .refused: "the API server refused it"
    case .notInSource: "only a record of the node itself can tell"
    case .hidden: "the program hides its flags, and its unit does not tell them"
    case .notMounted: "it was not mounted where the record was made"
    case .failed: "reading failed"
    }
  }
}

/// Something about a node: read, looked for and not there, or not read.
package enum NodeFact<Value: Sendable & Equatable>: Sendable, Equatable {
  case read(Value, NodeSource)
  case absent(NodeSource)
  case unread(UnreadReason, NodeSource?)

  package var value: Value? { if case .read(let value, _) = self { value } else { nil } }

  package var isAbsent: Bool { if case .absent = self { true } else { false } }

  package var unreadReason: UnreadReason? { if case .unread(let reason, _) = self { reason } else { nil } }

  package var source: NodeSource? {
    switch self {
    case .read(_, let source), .absent(let source): source
    case .unread(_, let source): source
    }
  }

  package func map<T>(_ transform: (Value) -> T) -> NodeFact<T> { flatMap { .read(transform($0), $1) } }

  /// What was read may turn out not to be there, or not to be readable.
  package func flatMap<T>(_ transform: (Value, NodeSource) -> NodeFact<T>) -> NodeFact<T> {
    switch self {
    case .read(let value, let source): transform(value, source)
    case .absent(let source): .absent(source)
    case .unread(let reason, let source): .unread(reason, source)
    }
  }
}
