import Bytes
import Kube
import Transport

/// Kustomizations and what each is made of: which of them no other uses, and which files mean nothing by themselves.
///
/// Source: kubernetes-sigs/kustomize, `api/types/kustomization.go`.
struct KustomizationGraph {
  fileprivate struct Node {
    /// Folders of other kustomizations that it uses.
    var folders: [String] = []
    /// Files with whole objects.
    var resources: [String] = []
    /// Files that mean something only through it: patches, contents of ConfigMaps, settings of transformers.
    var inputs: [String] = []
    /// What it would have to download; nil where there is none.
    var remote: String?
    var isComponent = false
  }

  private var nodes: [String: Node] = [:]
  /// Those that were asked about; others are only used by them.
  private var own: [String] = []
  /// Files of that name which are something else, such as a Kustomization of Flux.
  private(set) var misnamed: [String] = []

  static let names = ManifestReader.kustomizationNames

  /// - Parameter folders: each with a kustomization in it.
  init(_ folders: [String], limits: Limits) {
    var queue = folders.map(Self.key)
    own = queue
    while let folder = queue.popLast(), nodes.count < limits.files {
      guard nodes[folder] == nil else { continue }
      let node = read(folder, limits: limits)
      nodes[folder] = node
      queue += node?.folders ?? []
    }
    own.removeAll { nodes[$0] == nil }
  }

  /// The file that makes a folder a kustomization; nil for any other folder.
  static func file(in folder: String) -> String? {
    names.sorted().map { folder + "/" + $0 }.first { FilePaths.exists($0) }
  }

  /// Folders that no other kustomization uses and that stand for themselves, in order.
  var roots: [String] {
    let used = Set(nodes.values.flatMap(\.folders))
    var roots = own.filter { !used.contains($0) && nodes[$0]?.isComponent == false }.sorted()
    // Those that use each other in a circle have none: the first of them says so when it is rendered.
    var reached = Set(roots.flatMap(self.reached))
    for folder in own.sorted() where nodes[folder]?.isComponent == false && !reached.contains(folder) {
      roots.append(folder)
      reached.formUnion(self.reached(from: folder))
    }
    return roots
  }

  /// All files that a root is made of, directly or by way of others.
  func files(of root: String) -> Set<String> {
    Set(reached(from: root).flatMap { (nodes[$0]?.resources ?? []) + (nodes[$0]?.inputs ?? []) })
  }

  /// Of these, those that are no whole objects.
  func inputs(of root: String) -> Set<String> { Set(reached(from: root).flatMap { nodes[$0]?.inputs ?? [] }) }

  /// What a root would download; nil where everything is at hand.
  func remote(of root: String) -> String? { reached(from: root).compactMap { nodes[$0]?.remote }.first }

  /// A path without `.` and `..`, as those of the graph are.
  static func key(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  private func reached(from root: String) -> [String] {
    var seen: Set<String> = []
    var order: [String] = []
    var queue = [root]
    while let next = queue.popLast() {
      guard seen.insert(next).inserted else { continue }
      order.append(next)
      queue += (nodes[next]?.folders ?? []).reversed()
    }
    return order
  }

  /// - Returns: nil for a file of another kind.
  private mutating func read(_ folder: String, limits: Limits) -> Node? {
    var node = Node()
    // One that cannot be read says so when it is rendered.
    guard let file = Self.file(in: folder), let bytes = try? FileReader.readPlain(file, limits: limits) else {
      return node
    }
    node.inputs.append(Self.key(file))
    for document in DocumentReader.read(bytes, limits: limits).documents {
      if let version = document["apiVersion"]?.string, !version.hasPrefix("kustomize.config.k8s.io/") {
        misnamed.append(file)
        return nil
      }
      if document["kind"]?.string == "Component" { node.isComponent = true }
      for key in ["resources", "bases", "components", "crds"] {
        for entry in document[key]?.strings ?? [] { node.add(entry, folder, isResource: true) }
      }
      for key in [
        "generators", "transformers", "validators", "configurations", "patchesStrategicMerge",
      ] {
        // A patch may stand in the list itself.
        for entry in document[key]?.strings ?? [] where !entry.contains("\n") { node.add(entry, folder) }
      }
      for key in ["patches", "patchesJson6902", "replacements"] {
        for entry in document[key]?.elements ?? [] {
          if let path = entry["path"]?.string { node.add(path, folder) }
        }
      }
      for key in ["configMapGenerator", "secretGenerator"] {
        for generator in document[key]?.elements ?? [] {
          let files = (generator["files"]?.strings ?? []) + (generator["envs"]?.strings ?? [])
          for file in files + [generator["env"]?.string].compactMap(\.self) {
            node.add(file.split(separator: "=", maxSplits: 1).last.map(String.init) ?? file, folder)
          }
        }
      }
    }
    return node
  }
}

extension KustomizationGraph.Node {
  fileprivate mutating func add(_ entry: String, _ folder: String, isResource: Bool = false) {
    let path = KustomizationGraph.key(entry.hasPrefix("/") ? entry : folder + "/" + entry)
    if FilePaths.isFolder(path) {
      folders.append(path)
    } else if FilePaths.exists(path) {
      if isResource { resources.append(path) } else { inputs.append(path) }
    } else if Self.isRemote(entry) {
      remote = remote ?? entry
    }
  }

  /// Whether kustomize would take it for an address: `https://…`, `git@…`, `github.com/…`, `…?ref=v1`.
  private static func isRemote(_ entry: String) -> Bool {
    if entry.contains("://") || entry.contains("?ref=") || entry.contains("git@") || entry.hasPrefix("gh:")
      || entry.hasPrefix("git::")
    {
      return true
    }
    guard let host = entry.split(separator: "/").first, entry.contains("/"), !entry.hasPrefix("/") else { return false }
    return host.contains(":") || host.contains(".") && host != "." && host != ".."
  }
}
