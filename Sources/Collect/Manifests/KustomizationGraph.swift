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
    /// Whether what it is made of could not be read here, so that it may name anything.
    var isUnread = false
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
    // Where there are too many, the last of them may name anything.
    for folder in queue where nodes[folder] == nil {
      var node = Node()
      node.isUnread = true
      nodes[folder] = node
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

  /// The first folder below a root whose file could not be read here, though kustomize may well read it; nil for none.
  func unread(of root: String) -> String? { reached(from: root).first { nodes[$0]?.isUnread == true } }

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
    guard let file = Self.file(in: folder) else { return node }
    guard let bytes = Self.bytes(file, limits) else {
      node.isUnread = true
      return node
    }
    node.inputs.append(Self.key(file))
    let stream = DocumentReader.read(bytes, limits: limits)
    node.isUnread = !stream.errors.isEmpty
    for document in stream.documents {
      if let version = Self.field(document, "apiVersion")?.string, !version.hasPrefix("kustomize.config.k8s.io/") {
        misnamed.append(file)
        return nil
      }
      if Self.field(document, "kind")?.string == "Component" { node.isComponent = true }
      node.add(document, folder, limits)
    }
    return node
  }
}

extension KustomizationGraph {
  /// A plain file, or the one that a link leads to, since kustomize follows links.
  fileprivate static func bytes(_ path: String, _ limits: Limits) -> [UInt8]? {
    FilePaths.real(path).flatMap { try? FileReader.readPlain($0, limits: limits) }
  }

  /// A field by its name in letters of any case, as the decoder of kustomize takes it.
  ///
  /// Source: Go, `encoding/json`, "Unmarshal".
  fileprivate static func field(_ node: DocumentNode, _ name: String) -> DocumentNode? {
    node[name] ?? node.entries.first { $0.key.lowercased() == name.lowercased() }?.value
  }
}

extension KustomizationGraph.Node {
  fileprivate mutating func add(_ document: DocumentNode, _ folder: String, _ limits: Limits) {
    func field(_ name: String) -> DocumentNode? { KustomizationGraph.field(document, name) }
    for key in ["resources", "bases", "components", "crds"] {
      for entry in field(key)?.strings ?? [] { add(entry, folder, isResource: true) }
    }
    for key in ["generators", "transformers", "validators"] {
      for entry in field(key)?.strings ?? [] { addPlugin(entry, folder, limits) }
    }
    for key in ["configurations", "patchesStrategicMerge"] {
      // A patch may stand in the list itself.
      for entry in field(key)?.strings ?? [] where !entry.contains("\n") { add(entry, folder) }
    }
    for key in ["patches", "patchesJson6902", "replacements"] {
      for entry in field(key)?.elements ?? [] {
        if let path = KustomizationGraph.field(entry, "path")?.string { add(path, folder) }
      }
    }
    if let path = field("openapi").flatMap({ KustomizationGraph.field($0, "path") })?.string { add(path, folder) }
    for key in ["configMapGenerator", "secretGenerator"] {
      for generator in field(key)?.elements ?? [] {
        func list(_ name: String) -> [String] { KustomizationGraph.field(generator, name)?.strings ?? [] }
        let one = KustomizationGraph.field(generator, "env")?.string
        for file in list("files") + list("envs") + [one].compactMap(\.self) {
          add(file.split(separator: "=", maxSplits: 1).last.map(String.init) ?? file, folder)
        }
      }
    }
    // Whatever names an address outright is one, such as charts.
    if remote == nil { remote = Self.address(in: document, depth: 0) }
  }

  fileprivate mutating func add(_ entry: String, _ folder: String, isResource: Bool = false) {
    // Kustomize takes an address for one, whatever folder has the same name.
    if Self.isAddress(entry) {
      remote = remote ?? entry
      return
    }
    let path = KustomizationGraph.key(entry.hasPrefix("/") ? entry : folder + "/" + entry)
    if FilePaths.isFolder(path) {
      folders.append(path)
    } else if FilePaths.exists(path) {
      if isResource { resources.append(path) } else { inputs.append(path) }
    } else if Self.isRemote(entry) {
      remote = remote ?? entry
    }
  }

  /// The settings of a generator, in a file or in the list itself, which name files as a kustomization does.
  private mutating func addPlugin(_ entry: String, _ folder: String, _ limits: Limits) {
    var text = Array(entry.utf8)
    if !entry.contains("\n") {
      add(entry, folder)
      let path = KustomizationGraph.key(folder + "/" + entry)
      guard !FilePaths.isFolder(path), FilePaths.exists(path) else { return }
      guard let bytes = KustomizationGraph.bytes(path, limits) else {
        isUnread = true
        return
      }
      text = bytes
    }
    let stream = DocumentReader.read(text, limits: limits)
    if !stream.errors.isEmpty { isUnread = true }
    for document in stream.documents where remote == nil { remote = Self.address(in: document, depth: 0) }
  }

  /// The places below which texts are contents and no places.
  private static let contents: Set<String> = [
    "literals", "commonlabels", "commonannotations", "labels", "annotations", "namespace", "nameprefix", "namesuffix",
    "images", "replicas",
    "metadata", "buildmetadata", "valuesinline", "options", "target", "patch", "vars",
  ]

  /// The first text of a setting that begins as an address does; nil for none.
  private static func address(in node: DocumentNode, depth: Int) -> String? {
    guard depth < 8 else { return nil }
    for entry in node.entries where !contents.contains(entry.key.lowercased()) {
      if let text = entry.value.string, isAddress(text), !text.contains("\n") { return text }
      if let found = address(in: entry.value, depth: depth + 1) { return found }
    }
    for item in node.elements {
      if let text = item.string, isAddress(text), !text.contains("\n") { return text }
      if let found = address(in: item, depth: depth + 1) { return found }
    }
    return nil
  }

  /// Whether it begins as addresses of repositories and files do.
  ///
  /// Source: kubernetes-sigs/kustomize, `api/internal/git/repospec.go`, `api/internal/loader/fileloader.go`.
  private static func isAddress(_ entry: String) -> Bool {
    let text = entry.lowercased()
    return ["https://", "http://", "ssh://", "file://", "oci://", "git::", "git@", "gh:", "github.com/", "github.com:"]
      .contains { text.hasPrefix($0) }
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
