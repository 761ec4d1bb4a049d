import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for fields of pods in custom resources outside of any pod template that is known or found by its shape, where no
/// other check sees them: a controller hands them to the pods that it makes. Fields count by their names and values alone.
package struct HostAccessInCustomResource: AnyKindCheck {
  package let metadata = CheckMetadata(
    id: "host-access-in-custom-resource", title: "Custom resource that gives its pods the node", area: .workloads,
    severity: .high,
    rationale:
      "The controller writes these fields into the pods that it makes: with the node's files, its namespaces or all privileges, who runs code in such a pod has the node.",
    remediation:
      "Remove the field from the custom resource, or keep the pods on nodes of their own and let an admission policy say who may ask for it.",
    example: """
      apiVersion: opentelemetry.io/v1beta1
      kind: OpenTelemetryCollector
      metadata:
        name: agent
      spec:
        mode: deployment
        securityContext:
          runAsNonRoot: true
      """,
    controls: [.cis("5.2.2"), .cis("5.2.5"), .nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Pod Security Standards", "https://kubernetes.io/docs/concepts/security/pod-security-standards/")
    ])

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard !CustomKinds.isBuiltIn(object.groupKind), !CustomKinds.isPolicy(object.groupKind) else {
      return .notApplicable
    }
    var search = Search(object)
    search.fields(object.root, "", depth: 0)
    guard !search.found.isEmpty else { return .pass }
    var words: [String] = []
    for word in search.found.map(\.word) where !words.contains(word) { words.append(word) }
    let onlyRoot = search.found.allSatisfy { $0.word == Self.root }
    return .fail(
      "its pods get \(Phrase.list(words, shown: 6))", search.found.map(\.evidence), severity: onlyRoot ? .medium : nil)
  }

  private static let root = "user 0"

  private struct Search {
    var found: [(word: String, evidence: Evidence)] = []
    /// Paths of the pod templates, whose own fields all the other checks look at.
    private let templates: Set<String>
    /// Paths of their containers, and of fields that count for them and stand elsewhere.
    private let judged: Set<String>

    init(_ object: KubeObject) {
      let all = PodTemplateCatalogue.allTemplates(of: object)
      templates = Set(all.map(\.path))
      judged = Set(all.flatMap(\.commonPaths) + all.flatMap(\.containers).map(\.path))
    }

    private mutating func add(_ word: String, _ entry: Mapping.Entry, _ path: String) {
      guard found.count < 100 else { return }
      found.append(
        (
          word,
          Evidence(path: path, value: entry.value.text ?? "…", line: Int(entry.line), column: Int(entry.column))
        ))
    }

    mutating func fields(_ node: DocumentNode, _ path: String, depth: Int) {
      guard depth < 64, let mapping = node.mapping else { return }
      for entry in mapping.entries {
        if path.isEmpty, ["metadata", "status"].contains(entry.key) { continue }
        if entry.key == "openAPIV3Schema" { continue }
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        if judged.contains(place) || templates.contains(path) && PodFields.names.contains(entry.key) { continue }
        look(entry, place)
        descend(entry.value, place, depth + 1)
      }
    }

    private mutating func descend(_ node: DocumentNode, _ path: String, _ depth: Int) {
      if node.mapping != nil {
        fields(node, path, depth: depth)
      } else if let items = node.array, depth < 64 {
        for (index, item) in items.enumerated() where !judged.contains("\(path)[\(index)]") {
          descend(item, "\(path)[\(index)]", depth + 1)
        }
      }
    }

    private mutating func look(_ entry: Mapping.Entry, _ path: String) {
      switch entry.key {
      case "hostNetwork", "hostPID", "hostIPC":
        guard entry.value.bool == true else { return }
        let what = ["hostNetwork": "network", "hostPID": "processes", "hostIPC": "shared memory"][entry.key] ?? ""
        add("the node's \(what)", entry, path)
      case "privileged":
        if entry.value.bool == true { add("all privileges", entry, path) }
      case "hostPath", "hostDisk":
        guard let file = entry.value["path"]?.string ?? entry.value.string, file.hasPrefix("/") else { return }
        add("files of the node", entry, path)
      case "runAsUser":
        if entry.value.int == 0 { add(HostAccessInCustomResource.root, entry, path) }
      case "podSpecPatch":
        // A patch of the pod as text, in YAML or JSON.
        guard let text = entry.value.string else { return }
        var inner = self
        inner.found = []
        for document in DocumentReader.read(Array(text.utf8)).documents { inner.fields(document, path, depth: 32) }
        for (word, _) in inner.found { add(word, entry, path) }
      default: break
      }
    }
  }
}
