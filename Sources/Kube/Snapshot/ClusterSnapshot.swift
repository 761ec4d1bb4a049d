package import Bytes
package import Findings

/// The state of a cluster, or of a folder of manifests, at one moment. Immutable; made by `Builder`.
package struct ClusterSnapshot: Sendable {
  package let objects: [KubeObject]
  package let problems: [Problem]
  /// Kinds that the source refused to list, with the reason. The kind `*` stands for a whole group.
  package let refused: [GroupKind: String]
  /// Kinds that the cluster has and that nobody asked it for.
  package let skipped: Set<GroupKind>
  package let workloads: [Workload]
  /// The minor version of the server that the objects come from: 36 for 1.36; nil for files.
  package let serverMinor: Int?
  /// Kinds of which an object could not be read, since its values do not have the shapes of the API.
  private let misshapen: [GroupKind: String]
  private let byKind: [GroupKind: [Int]]
  private let owners: OwnerChains

  /// In the order in which they were added; empty for an unknown kind.
  package func objects(_ kind: GroupKind) -> [KubeObject] { (byKind[kind] ?? []).map { objects[$0] } }

  /// The workload that an object of this snapshot is or belongs to: a pod's Deployment, whether or not its ReplicaSet is here.
  package func workload(of object: KubeObject) -> Subject { owners.workload(of: object) }

  package var kinds: [GroupKind] { byKind.keys.sorted() }

  /// Every namespace that is declared or used, sorted.
  package let namespaces: [String]

  /// Why the source did not list the objects of a kind, or not all of them; nil when it did.
  package func refusal(of kind: GroupKind) -> String? {
    if let reason = misshapen[kind] { return reason }
    if skipped.contains(kind) { return "\(kind.text) objects were not asked for" }
    guard !refused.isEmpty,
      let reason = refused[kind] ?? refused[GroupKind(kind.group, "*")] ?? refused[GroupKind("*", "*")]
    else { return nil }
    return "\(kind.text) objects could not be listed: \(reason)"
  }

  /// Whether there is a kind with a refusal.
  package var hasRefusals: Bool { !refused.isEmpty || !misshapen.isEmpty }

  /// Why the absence of objects of a kind means nothing; nil when the snapshot is complete for it.
  package func blindness(for kind: GroupKind) -> String? {
    if let reason = refusal(of: kind) { return reason }
    let hidden = problems.filter(\.hidesInput)
    guard let first = hidden.first else { return nil }
    let others = hidden.count > 1 ? " and \(hidden.count - 1) more" : ""
    return "a \(kind.kind) may stand in what could not be read (\(first.location.text)\(others))"
  }

  /// Gathers objects and problems in the order in which they are read. An object that is added twice is kept twice.
  package struct Builder: Sendable {
    private var objects: [KubeObject] = []
    private var problems: [Problem] = []
    private var refused: [GroupKind: String] = [:]
    private var skipped = Set<GroupKind>()
    private let keepsSchemas: Bool
    /// The minor version of the server that the objects come from.
    package var serverMinor: Int?

    /// - Parameter keepsSchemas: whether CustomResourceDefinitions keep their schemas, which most readers have no use for.
    package init(keepsSchemas: Bool = false) { self.keepsSchemas = keepsSchemas }

    package mutating func add(_ problem: Problem) { problems.append(problem) }

    /// Records that the source did not list a kind, so that its absence proves nothing.
    package mutating func refuse(_ kind: GroupKind, reason: String) { refused[kind] = reason }

    /// Records that the cluster has a kind and was not asked for it.
    package mutating func skip(_ kind: GroupKind) { skipped.insert(kind) }

    /// Refuses every kind of an API group; `*` stands for every group.
    package mutating func refuse(group: String, reason: String) { refused[GroupKind(group, "*")] = reason }

    package mutating func add(_ object: KubeObject) { objects.append(keepsSchemas ? object : object.pruned) }

    /// Adds the objects of one document: an object, a `List`, or a bare array of objects.
    package mutating func add(_ document: DocumentNode, file: String) {
      add(document, file: file, defaults: nil, depth: 0)
    }

    private mutating func add(
      _ document: DocumentNode, file: String, defaults: (apiVersion: String, kind: String)?, depth: Int
    ) {
      if let items = document.array, depth == 0 {
        // Where one is an object, a list of objects is meant; other lists are data of somebody else's.
        let holdsObjects = items.contains { $0["kind"]?.string != nil && $0["apiVersion"] != nil }
        for item in items {
          if holdsObjects, item.mapping == nil {
            problems.append(Self.foreignItem(item, of: "a list of objects", file))
          } else {
            add(item, file: file, defaults: nil, depth: 1)
          }
        }
        return
      }
      if let kind = document["kind"]?.string, kind.hasSuffix("List"), let list = document["items"] {
        guard let items = list.array, depth < 4 else {
          problems.append(
            Problem(
              code: .wrongShape, location: Location(file: file, line: Int(list.line), column: Int(list.column)),
              message: list.array == nil
                ? "the items of a \(kind) are no list; nothing of it was read"
                : "lists stand in lists too deeply; nothing of this one was read"))
          return
        }
        if let more = document[path: "metadata", "continue"]?.string, !more.isEmpty {
          let rest = document[path: "metadata", "remainingItemCount"]?.int.map { ", \($0) of them" } ?? ""
          problems.append(
            Problem(
              code: "partial-list",
              location: Location(file: file, line: Int(document.line), column: Int(document.column)),
              message: "a part of a \(kind): the server had more\(rest), which are not in it"))
        }
        let itemKind = kind == "List" ? nil : String(kind.dropLast(4))
        let apiVersion = document["apiVersion"]?.string ?? ""
        for item in items {
          let defaults = itemKind.map { (apiVersion, $0) }
          // What a list holds is meant as an object, whatever it lacks.
          guard KubeObject(item, file: file, defaults: defaults) != nil || Self.missingField(item) != nil else {
            problems.append(Self.foreignItem(item, of: "a \(kind)", file))
            continue
          }
          add(item, file: file, defaults: defaults, depth: depth + 1)
        }
        return
      }
      if document["kind"]?.string == SnapshotRecord.kind,
        let record = SnapshotRecord(document), document["apiVersion"]?.string == SnapshotRecord.apiVersion
      {
        refused.merge(record.refused) { a, _ in a }
        skipped.formUnion(record.skipped)
        problems += record.problems
        serverMinor = serverMinor ?? record.serverMinor
        return
      }
      guard let object = KubeObject(document, file: file, defaults: defaults) else {
        if let missing = Self.missingField(document) {
          problems.append(
            Problem(
              code: .incompleteObject,
              location: Location(file: file, line: Int(document.line), column: Int(document.column)),
              message: "Object '\(missing)' is missing, so that nobody can tell what it is; it was not judged"))
          return
        }
        problems.append(
          Problem(
            code: "not-kubernetes",
            location: Location(file: file, line: Int(document.line), column: Int(document.column)),
            message: "not a Kubernetes object: no apiVersion and kind; it was left out", hidesInput: false))
        return
      }
      if let right = KnownKinds.group(wrongly: object.groupKind) {
        let written = object.groupKind.group.isEmpty ? object.version : "\(object.groupKind.group)/\(object.version)"
        problems.append(
          Problem(
            code: "wrong-api-version", location: object.location, subject: object.subject,
            message:
              "there is no \(object.kind) in \(written), it belongs to the group \"\(right)\"; it was not judged as one"
          ))
      }
      if let problem = object.shapeProblem { problems.append(problem) }
      add(object)
    }

    private static func foreignItem(_ item: DocumentNode, of list: String, _ file: String) -> Problem {
      Problem(
        code: .incompleteObject, location: Location(file: file, line: Int(item.line), column: Int(item.column)),
        message: "an item of \(list) is no object; it was not judged")
    }

    /// The field for want of which a document that is meant as an object is none; nil for a document of another kind.
    ///
    /// What has one of the two fields and metadata is an object, and so is what spells one of them in letters of another case.
    private static func missingField(_ document: DocumentNode) -> String? {
      guard let mapping = document.mapping else { return nil }
      let isOther = mapping.entries.contains { entry in
        ["apiVersion", "kind"].contains { entry.key != $0 && entry.key.lowercased() == $0.lowercased() }
      }
      let hasMetadata = mapping["metadata"]?.mapping != nil
      let hasKind = !(mapping["kind"]?.string ?? "").isEmpty
      let hasVersion = !(mapping["apiVersion"]?.text ?? "").isEmpty
      let isMeant = hasKind || hasVersion ? isOther || hasMetadata : isOther && hasMetadata
      guard isMeant else { return nil }
      return hasKind ? "apiVersion" : "kind"
    }

    /// Adds the content of another builder after its own.
    package mutating func append(_ other: Builder) {
      objects += other.objects
      problems += other.problems
      refused.merge(other.refused) { a, _ in a }
      skipped.formUnion(other.skipped)
      serverMinor = serverMinor ?? other.serverMinor
    }

    /// What an API server keeps under two names, once.
    private static func unified(_ objects: [KubeObject]) -> [KubeObject] {
      guard objects.contains(where: { $0.groupKind.group == OpenShiftAuthorization.group }) else { return objects }
      let known = Set(objects.map(\.subject))
      return objects.compactMap { object in
        guard let other = OpenShiftAuthorization.asRBAC(object) else { return object }
        return known.contains(other.subject) ? nil : other
      }
    }

    package func build() -> ClusterSnapshot {
      ClusterSnapshot(
        objects: Self.unified(objects), problems: problems.sorted(by: Problem.isOrderedBefore), refused: refused,
        skipped: skipped,
        serverMinor: serverMinor)
    }
  }

  private init(
    objects: [KubeObject], problems: [Problem], refused: [GroupKind: String], skipped: Set<GroupKind>, serverMinor: Int?
  ) {
    self.serverMinor = serverMinor
    self.skipped = skipped
    var byKind: [GroupKind: [Int]] = [:]
    var namespaces = Set<String>()
    for (index, object) in objects.enumerated() {
      byKind[object.groupKind, default: []].append(index)
      if let namespace = object.namespace { namespaces.insert(namespace) }
      if object.groupKind == .namespace { namespaces.insert(object.name) }
    }
    let owners = OwnerChains(objects)
    var managed: [Int: Int] = [:]
    var roots: [Int] = []
    for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
      let root = owners.root(index)
      if root == index { roots.append(index) } else { managed[root, default: 0] += 1 }
    }
    self.owners = owners
    misshapen = Dictionary(
      problems.compactMap { problem in
        guard problem.code == .wrongShape, case .object(let key)? = problem.subject?.thing else { return nil }
        return (GroupKind(key.group, key.kind), "\(problem.message) (\(problem.location.text))")
      }, uniquingKeysWith: { first, _ in first })
    self.objects = objects
    self.problems = problems
    self.refused = refused
    self.byKind = byKind
    self.namespaces = namespaces.sorted()
    var workloads = roots.flatMap { index in
      PodTemplateCatalogue.templates(of: objects[index]).map {
        Workload(object: objects[index], template: $0, managed: managed[index] ?? 0)
      }
    }
    for (kind, indexes) in byKind.sorted(by: { $0.key < $1.key }) where PodTemplateCatalogue.mayHoldPods(kind) {
      for index in indexes {
        workloads += PodTemplateCatalogue.shaped(in: objects[index]).map {
          Workload(object: objects[index], template: $0, managed: 0)
        }
      }
    }
    self.workloads = workloads
  }
}

extension ClusterSnapshot {
  /// The snapshot with the other's objects added; one of the same kind, namespace and name is replaced.
  package func applying(_ other: ClusterSnapshot) -> ClusterSnapshot {
    struct Key: Hashable {
      let kind: GroupKind
      let namespace: String
      let name: String
    }
    func key(_ object: KubeObject) -> Key {
      Key(kind: object.groupKind, namespace: object.effectiveNamespace, name: object.name)
    }
    let replaced = Set(other.objects.map(key))
    let kinds = Set(other.objects.map(\.groupKind))
    return ClusterSnapshot(
      objects: objects.filter { !kinds.contains($0.groupKind) || !replaced.contains(key($0)) } + other.objects,
      problems: problems + other.problems,
      refused: refused, skipped: skipped, serverMinor: serverMinor)
  }

  /// The snapshot with the objects of these namespaces, and those that are in none.
  package func only(inNamespaces names: Set<String>) -> ClusterSnapshot {
    ClusterSnapshot(
      objects: objects.filter { object in
        if object.groupKind == .namespace { return names.contains(object.name) }
        return names.contains(object.effectiveNamespace)
          || object.namespace == nil && !PodTemplateCatalogue.makesPods(object.groupKind)
      }, problems: problems, refused: refused, skipped: skipped, serverMinor: serverMinor)
  }

  /// The snapshot without the objects of some kinds.
  package func without(_ kinds: [GroupKind]) -> ClusterSnapshot {
    let left = Set(kinds)
    return ClusterSnapshot(
      objects: objects.filter { !left.contains($0.groupKind) }, problems: problems, refused: refused,
      skipped: skipped, serverMinor: serverMinor)
  }
}

extension Problem.Code {
  /// A value that is no list, no mapping or no scalar where the API has one.
  package static let wrongShape: Self = "wrong-shape"
  /// An object without apiVersion or kind.
  package static let incompleteObject: Self = "incomplete-object"
}

extension KubeObject {
  /// What of a role or a binding is not of the API's shape: it would be taken for absent, and its grant for none.
  fileprivate var shapeProblem: Problem? {
    guard groupKind.group == GroupKind.role.group, let type = APITypes.type("rbac/v1.\(kind)") else { return nil }
    func problem(_ node: DocumentNode?, _ message: String) -> Problem {
      Problem(
        code: .wrongShape, location: location(of: node), subject: subject,
        message: "\(message); the API server refuses it, and what it grants is not known", hidesInput: false)
    }
    if let found = ObjectShape.mismatch(root, type) {
      return problem(found.node, "\(found.path) is not \(found.expected)")
    }
    let isBinding = kind.hasSuffix("Binding")
    return isBinding && root["roleRef"] == nil ? problem(nil, "it has no roleRef") : nil
  }

  /// A CustomResourceDefinition without its OpenAPI schemas, which make up most of the manifests of a real cluster and
  /// which no analysis reads. Other objects are returned unchanged.
  var pruned: KubeObject {
    groupKind.kind == "CustomResourceDefinition" ? with(Self.withoutSchemas(root)) : self
  }

  private static func withoutSchemas(_ node: DocumentNode) -> DocumentNode {
    switch node.content {
    case .object(let mapping):
      let entries = mapping.entries.compactMap { entry -> Mapping.Entry? in
        switch entry.key {
        case "openAPIV3Schema", "status": return nil
        case "spec", "versions", "validation", "schema":
          return Mapping.Entry(
            key: entry.key, line: entry.line, column: entry.column, value: withoutSchemas(entry.value))
        default: return entry
        }
      }
      return DocumentNode(.object(Mapping(entries)), line: node.line, column: node.column)
    case .array(let items):
      return DocumentNode(.array(items.map(withoutSchemas)), line: node.line, column: node.column)
    default: return node
    }
  }
}
