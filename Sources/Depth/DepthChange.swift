import Access
import Bytes
package import Findings
package import Kube

/// A change to the cluster that closes steps of attackers.
package enum DepthChange: Sendable, Hashable {
  /// Takes a subject out of a binding; the binding goes where it was the only one.
  case revoke(binding: Subject, subject: Principal)
  /// Sets `automountServiceAccountToken: false` in the pods of a workload, and takes projected tokens out.
  case withholdToken(workload: Subject)
  /// Takes out of the pods what lets them escape: privilege, capabilities, the node's namespaces and paths.
  case confine(workload: Subject)
  /// Adds a NetworkPolicy that lets nothing into the pods of a workload.
  case isolate(workload: Subject)
  /// Closes an entry point: a Service becomes one of the cluster, a route goes.
  case closeEntry(Subject)
  /// Enforces the baseline level of Pod Security in a namespace.
  case enforcePodSecurity(namespace: String)

  /// What it costs to live with it, in the units of the table in `docs/depth.md`.
  package var usualCost: Int {
    switch self {
    case .withholdToken: 1
    case .revoke: 2
    case .enforcePodSecurity: 2
    case .confine: 3
    case .isolate: 4
    case .closeEntry: 6
    }
  }

  /// An imperative: `take ServiceAccount ci/runner out of ClusterRoleBinding ci-runner`.
  package var text: String {
    switch self {
    case .revoke(let binding, let subject): "take \(Subject.principal(subject).text) out of \(binding.text)"
    case .withholdToken(let workload): "withhold the account's token from \(workload.text)"
    case .confine(let workload): "confine the pods of \(workload.text) to the baseline of Pod Security"
    case .isolate(let workload): "isolate the pods of \(workload.text) by a NetworkPolicy"
    case .closeEntry(let object): "close \(object.text) to the outside"
    case .enforcePodSecurity(let namespace): "enforce the baseline of Pod Security in namespace \(namespace)"
    }
  }
}

// MARK: Applying

extension DepthChange {
  /// The snapshot with the change.
  package func applied(to snapshot: ClusterSnapshot) -> ClusterSnapshot {
    switch self {
    case .revoke(let binding, let principal):
      return snapshot.replacing { object in
        guard object.subject == binding else { return .keep }
        let subjects = object.root["subjects"]?.elements ?? []
        let left = subjects.filter { node in
          AccessSubject(node, bindingNamespace: object.namespace)?.principal != principal
        }
        if left.isEmpty { return .remove }
        return .replace(object.root.setting("subjects", DocumentNode(.array(left))))
      }
    case .withholdToken(let workload):
      return snapshot.editingPods(of: workload) { spec in
        let volumes = (spec["volumes"]?.elements ?? []).map { volume -> DocumentNode in
          guard let projected = volume["projected"], let sources = projected["sources"]?.elements else { return volume }
          let left = sources.filter { $0["serviceAccountToken"] == nil }
          return volume.setting("projected", projected.setting("sources", DocumentNode(.array(left))))
        }
        let without = spec.setting("automountServiceAccountToken", false)
        return spec["volumes"] == nil ? without : without.setting("volumes", DocumentNode(.array(volumes)))
      }
    case .confine(let workload): return snapshot.editingPods(of: workload, Self.confined)
    case .isolate(let workload):
      guard let owner = snapshot.workloads.first(where: { snapshot.workload(of: $0.object) == workload }) else {
        return snapshot
      }
      let namespace = owner.object.effectiveNamespace
      var builder = ClusterSnapshot.Builder(keepsSchemas: true)
      if let policy = Self.isolating(owner, namespace) { builder.add(policy) }
      return snapshot.applying(builder.build())
    case .closeEntry(let entry):
      return snapshot.replacing { object in
        guard Subject(workload: object) == entry else { return .keep }
        guard object.kind == "Service", let spec = object.spec else { return .remove }
        return .replace(
          object.root.setting("spec", spec.setting("type", "ClusterIP").setting("externalIPs", nil)))
      }
    case .enforcePodSecurity(let namespace):
      return snapshot.replacing { object in
        guard object.groupKind == .namespace, object.name == namespace else { return .keep }
        return .replace(
          object.root.setting(path: ["metadata", "labels", "pod-security.kubernetes.io/enforce"], "baseline"))
      }
    }
  }

  private static func confined(_ spec: DocumentNode) -> DocumentNode {
    var result = spec
    for key in ["hostPID", "hostIPC", "hostNetwork"] { result = result.setting(key, nil) }
    for key in ["initContainers", "containers", "ephemeralContainers"] {
      guard let list = spec[key]?.array else { continue }
      let containers = list.map { container -> DocumentNode in
        guard let context = container["securityContext"] else { return container }
        var own = context.setting("privileged", nil).setting("procMount", nil).setting(
          "windowsOptions", nil)
        if let capabilities = own["capabilities"] {
          own = own.setting("capabilities", capabilities.setting("add", nil))
        }
        return container.setting("securityContext", own)
      }
      result = result.setting(key, DocumentNode(.array(containers)))
    }
    if let volumes = spec["volumes"]?.array {
      result = result.setting(
        "volumes",
        DocumentNode(
          .array(volumes.map { $0["hostPath"] == nil ? $0 : $0.setting("hostPath", nil).setting("emptyDir", [:]) })))
    }
    if let context = spec["securityContext"] {
      result = result.setting("securityContext", context.setting("windowsOptions", nil))
    }
    return result
  }

  private static func isolating(_ workload: Workload, _ namespace: String) -> KubeObject? {
    let labels = workload.template.labels.sorted { $0.key < $1.key }.map {
      Mapping.Entry(key: $0.key, value: DocumentNode(.string($0.value)))
    }
    return KubeObject(
      [
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": [
          "name": DocumentNode(.string("isolate-\(workload.object.name)")),
          "namespace": DocumentNode(.string(namespace)),
        ],
        "spec": [
          "podSelector": ["matchLabels": DocumentNode(.object(Mapping(labels)))], "policyTypes": ["Ingress"],
        ],
      ], file: "depth cut")
  }
}

extension AccessSubject {
  var principal: Principal {
    switch self {
    case .user(let name): .user(name)
    case .group(let name): .group(name)
    case .serviceAccount(let namespace, let name): .serviceAccount(namespace: namespace, name: name)
    }
  }
}

/// What happens to one object.
private enum ObjectChange {
  case keep
  case remove
  case replace(DocumentNode)
}

extension ClusterSnapshot {
  fileprivate func replacing(_ change: (KubeObject) -> ObjectChange) -> ClusterSnapshot {
    var builder = Builder(keepsSchemas: true)
    builder.serverMinor = serverMinor
    for object in objects {
      switch change(object) {
      case .keep: builder.add(object)
      case .remove: break
      case .replace(let root):
        // Where it was applied to another namespace than the default one, that stands in it from here on.
        let isElsewhere = object.namespace == nil && object.effectiveNamespace != "default"
        let placed =
          isElsewhere
          ? root.setting(path: ["metadata", "namespace"], DocumentNode(.string(object.effectiveNamespace))) : root
        builder.add(KubeObject(placed, file: object.file) ?? object)
      }
    }
    for problem in problems { builder.add(problem) }
    for (kind, reason) in refused { builder.refuse(kind, reason: reason) }
    for kind in skipped { builder.skip(kind) }
    return builder.build()
  }

  /// Edits every pod spec that belongs to a workload, those of its pods included.
  fileprivate func editingPods(of workload: Subject, _ edit: (DocumentNode) -> DocumentNode) -> ClusterSnapshot {
    replacing { object in
      guard PodTemplateCatalogue.makesPods(object.groupKind), self.workload(of: object) == workload else {
        return .keep
      }
      var root = object.root
      for template in PodTemplateCatalogue.templates(of: object) {
        guard let edited = root.editing(Edit.steps(template.path)[...], edit) else { continue }
        root = edited
      }
      return .replace(root)
    }
  }
}

extension DocumentNode {
  fileprivate func editing(_ steps: ArraySlice<Edit.Step>, _ edit: (DocumentNode) -> DocumentNode) -> DocumentNode? {
    guard let first = steps.first else { return edit(self) }
    switch first {
    case .key(let key):
      guard let value = self[key], let edited = value.editing(steps.dropFirst(), edit) else { return nil }
      return setting(key, edited)
    case .index(let index):
      guard var items = array, items.indices.contains(index),
        let edited = items[index].editing(steps.dropFirst(), edit)
      else { return nil }
      items[index] = edited
      return DocumentNode(.array(items), line: line, column: column)
    }
  }
}
