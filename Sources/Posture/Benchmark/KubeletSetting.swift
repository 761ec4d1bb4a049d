import Bytes
import Kube

/// A setting of the kubelet: by flag, by a drop-in, or by its configuration, in this order; what the kubelet says itself
/// is the judge of all.
struct KubeletSetting: Sendable {
  let flag: String
  /// Keys from the root of `KubeletConfiguration`; none for what only a flag can set.
  let path: [String]
  /// What counts where nothing sets it: with a configuration file, and without one.
  let standard: (withConfig: String?, without: String?)

  init(_ flag: String, _ path: [String], standard: String? = nil, without: String? = nil) {
    self.flag = flag
    self.path = path
    self.standard = (standard, without ?? standard)
  }

  enum Answer {
    /// The value, nil where it is not set and has no standard, and where it is from.
    case known(String?, [BenchmarkEvidence])
    /// The same by what kubeadm gives to nodes that join, in place of the node's own file, which was not read: it may be wrong by
    /// that, and never right.
    case template(String?, [BenchmarkEvidence])
    case gap(BenchmarkVerdict)
  }

  private func text(_ document: DocumentNode) -> String? {
    guard !path.isEmpty else { return nil }
    var node: DocumentNode? = document
    for key in path { node = node?[key] }
    guard let node else { return nil }
    if let list = node.array { return list.compactMap(\.text).joined(separator: ",") }
    // What is set to nothing is not set, in files.
    return node.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private var field: String { path.joined(separator: ".") }

  /// The setting as the kubelet was told.
  func value(_ node: BenchmarkNode) -> Answer {
    if case .read(let running, let source) = node.record.kubelet, !path.isEmpty {
      let value = text(running)
      return .known(value ?? standard.withConfig, [BenchmarkEvidence(place: source.text, name: field, value: value)])
    }
    guard let (arguments, source) = node.commands(.kubelet).first else {
      return .gap(node.exemption(.kubelet) ?? BenchmarkVerdict(.notEvaluated(.unread(.notCollected))))
    }
    if let value = arguments.value(flag) {
      return .known(value, [BenchmarkEvidence(place: source.text, name: "--" + flag, value: value)])
    }
    var evidence = [BenchmarkEvidence(place: source.text, name: "--" + flag, value: nil)]
    guard !path.isEmpty else { return .known(standard.without, evidence) }
    if let folder = arguments.path("config-dir") {
      switch node.record.folder(folder) {
      case .unread(let reason, _): return .gap(BenchmarkVerdict(.notEvaluated(.unread(reason))))
      case .absent: break
      case .read(let paths, _):
        // They are laid over each other in the order of their names.
        for path in paths.sorted().reversed() where path.hasSuffix(".conf") {
          switch node.document(path) {
          case .read(let document, let source):
            if let value = text(document) {
              return .known(value, evidence + [BenchmarkEvidence(place: source.text, name: field, value: value)])
            }
          case .absent: break
          case .unread(let reason, _): return .gap(BenchmarkVerdict(.notEvaluated(.unread(reason))))
          }
        }
      }
    }
    guard let file = arguments.path("config") else { return .known(standard.without, evidence) }
    switch node.document(file) {
    case .unread(let reason, _): return .gap(BenchmarkVerdict(.notEvaluated(.unread(reason))))
    case .absent: return .gap(BenchmarkVerdict(.notEvaluated(.unread(.vanished))))
    case .read(let document, let source):
      let value = text(document)
      evidence.append(BenchmarkEvidence(place: source.text, name: field, value: value))
      if case .configMap = source { return .template(value ?? standard.withConfig, evidence) }
      return .known(value ?? standard.withConfig, evidence)
    }
  }

  /// What the flag, or the configuration file, says beside the running kubelet; nil where neither is known to say anything.
  func written(_ node: BenchmarkNode) -> (value: String, evidence: BenchmarkEvidence)? {
    guard case .read = node.record.kubelet, let (arguments, source) = node.commands(.kubelet).first else { return nil }
    if let value = arguments.value(flag) {
      return (value, BenchmarkEvidence(place: source.text, name: "--" + flag, value: value))
    }
    guard let file = arguments.path("config"), case .read(let document, let source) = node.document(file),
      let value = text(document)
    else { return nil }
    return (value, BenchmarkEvidence(place: source.text, name: field, value: value))
  }

  /// Where the value stands that counts, and where another is to be written.
  func place(_ node: BenchmarkNode) -> BenchmarkRemedy.KubeletPlace {
    guard let (arguments, _) = node.commands(.kubelet).first else { return .usual }
    if path.isEmpty || arguments.value(flag) != nil { return .flags }
    if let folder = arguments.path("config-dir") {
      let files = (node.record.folder(folder).value ?? []).sorted().reversed().filter { $0.hasSuffix(".conf") }
      if let own = files.first(where: { node.document($0).value.flatMap(text) != nil }) { return .file(own) }
    }
    return arguments.path("config").map { .file($0) } ?? .flags
  }

  /// The remedy for a value.
  ///
  /// - Parameter line: the field with its value, such as `readOnlyPort: 0`.
  func remedy(_ node: BenchmarkNode, _ line: String, flag: String) -> BenchmarkRemedy {
    .kubelet(field: line, flag: flag, place(node))
  }
}
