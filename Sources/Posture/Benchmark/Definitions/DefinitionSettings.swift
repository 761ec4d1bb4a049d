package import Bytes

/// kube-bench's `cfg/config.yaml`, with that of a benchmark laid over it: where components are looked for, and which
/// benchmark is for which version.
package struct DefinitionSettings: Sendable {
  private let root: DocumentNode

  /// - Parameter overlay: the benchmark's own settings, whose keys replace those of the same name at every level.
  package init(_ root: DocumentNode, overlay: DocumentNode? = nil) {
    // A file of comments alone lays nothing over.
    self.root = overlay.flatMap { $0.mapping == nil ? nil : Self.merged(root, $0) } ?? root
  }

  private static func merged(_ a: DocumentNode, _ b: DocumentNode) -> DocumentNode {
    guard let left = a.mapping, let right = b.mapping else { return b }
    var entries = left.entries.map { entry in
      right[entry.key].map { Mapping.Entry(key: entry.key, value: merged(entry.value, $0)) } ?? entry
    }
    entries += right.entries.filter { left[$0.key] == nil }
    return DocumentNode(.object(Mapping(entries)))
  }

  /// Kinds of files that components have, with the suffix of the variable that stands for one.
  package enum FileKind: String, Sendable, CaseIterable {
    case config = "conf"
    case service = "svc"
    case kubeconfig = "kubeconfig"
    case authority = "cafile"
    case dataFolder = "datadir"

    var keys: (candidates: String, standard: String) {
      switch self {
      case .config: ("confs", "defaultconf")
      case .service: ("svc", "defaultsvc")
      case .kubeconfig: ("kubeconfig", "defaultkubeconfig")
      case .authority: ("cafile", "defaultcafile")
      case .dataFolder: ("datadirs", "defaultdatadir")
      }
    }
  }

  private func section(_ target: String) -> DocumentNode? { root[target] }

  private func components(_ target: String) -> [(name: String, settings: DocumentNode)] {
    (section(target)?["components"]?.strings ?? []).compactMap { name in
      section(target)?[name].map { (name, $0) }
    }
  }

  /// Whether there are settings for a target.
  package func has(_ target: String) -> Bool { section(target) != nil }

  /// The program of each component, which is the first candidate that runs, or the component's own name.
  ///
  /// - Parameters:
  ///   - isRunning: whether a program with this command line runs.
  /// - Returns: nil where a component that must run does not.
  package func programs(_ target: String, isRunning: (String) -> Bool) -> [String: String]? {
    var found: [String: String] = [:]
    for (name, settings) in components(target) {
      let candidates = settings["bins"]?.strings ?? []
      guard !candidates.isEmpty else { continue }
      let running = candidates.first(where: isRunning)
      if running == nil, settings["optional"]?.bool != true { return nil }
      found[name] = running ?? name
    }
    return found
  }

  /// Components of a target that must run, and of which no candidate does.
  package func missing(_ target: String, isRunning: (String) -> Bool) -> [String] {
    components(target).compactMap { name, settings in
      let candidates = settings["bins"]?.strings ?? []
      return candidates.isEmpty || settings["optional"]?.bool == true || candidates.contains(where: isRunning)
        ? nil : name
    }
  }

  /// The file of each component: the first candidate that exists, the standard one, or the component's name.
  package func files(_ kind: FileKind, _ target: String, exists: (String) -> Bool) -> [String: String] {
    var found: [String: String] = [:]
    for (name, settings) in components(target) {
      let (candidates, standard) = kind.keys
      found[name] = (settings[candidates]?.strings ?? []).first(where: exists) ?? settings[standard]?.string ?? name
    }
    return found
  }

  /// Every program that a target's components may be.
  package func programs(_ target: String) -> [String] {
    components(target).flatMap { $0.settings["bins"]?.strings ?? [] }
  }

  /// Replaces `$NAMEsuffix` by its value, quoted where that has several words.
  ///
  /// - Returns: the text, and the values that were put in.
  package static func substitute(
    _ text: String, suffix: String, _ values: [String: String]
  ) -> (text: String, used: [String]) {
    var text = text
    var used: [String] = []
    for (name, value) in values.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
      let replaced = replace(text, "$" + name + suffix, by: value)
      if replaced != text { used.append(value) }
      text = replaced
    }
    return (text, used)
  }

  /// Replaces a name everywhere; a value of several words stands in quotes.
  package static func replace(_ text: String, _ name: String, by value: String) -> String {
    guard !name.isEmpty else { return text }
    let isPhrase = value.split(whereSeparator: \.isWhitespace).count > 1
    return text.replacing(name, with: isPhrase ? "'\(value)'" : value)
  }

  /// Whether a program is among processes: its name, possibly after a path, is what a line begins with.
  package static func isRunning(_ program: String, in processes: String) -> Bool {
    let wanted = program.trimmingCharacters("'\"")
    guard !wanted.isEmpty else { return false }
    return processes.split(separator: "\n", omittingEmptySubsequences: false).contains { line in
      if line.hasPrefix(wanted) { return true }
      let first = line.prefix { !$0.isWhitespace }
      return first.indices.contains { first[$0] == "/" && line[line.index(after: $0)...].hasPrefix(wanted) }
    }
  }

  /// The targets of a benchmark; nil where it is not in the settings.
  package func targets(of benchmark: String) -> [String]? { root["target_mapping"]?[benchmark]?.strings }

  /// Whether a benchmark has all these targets; nil where it is unknown.
  package func allow(_ targets: [String], of benchmark: String) -> Bool? {
    self.targets(of: benchmark).map { known in
      let known = Set(known.map { $0.lowercased() })
      return targets.allSatisfy(known.contains)
    }
  }

  /// Which benchmark is for which version; nil where the settings do not tell.
  package var versions: [String: String]? {
    guard let mapping = root["version_mapping"], !mapping.entries.isEmpty else { return nil }
    return mapping.stringMap
  }

  /// The benchmark for a version: its own, or that of the next lower version that has one. The search ends at 1.18.
  package static func benchmark(for version: String, in versions: [String: String]) -> String? {
    var version = version
    while true {
      if let benchmark = versions[version] { return benchmark }
      if version == "1.18" || version.isEmpty { return nil }
      version = previous(version)
    }
  }

  /// The minor version below; empty where there is none.
  package static func previous(_ version: String) -> String {
    var parts = version.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let minor = Int(parts[1]), minor > 1 else { return "" }
    parts[1] = String(minor - 1)
    return parts.joined(separator: ".")
  }
}

extension String {
  /// Without these characters at both ends.
  fileprivate func trimmingCharacters(_ characters: String) -> String {
    var text = self[...]
    while let first = text.first, characters.contains(first) { text.removeFirst() }
    while let last = text.last, characters.contains(last) { text.removeLast() }
    return String(text)
  }
}
