import Bytes
import Kube

/// Names, labels, annotations, finalizers and owners.
///
/// Source: k8s.io/apimachinery `pkg/api/validation/objectmeta.go`; Kubernetes `pkg/apis/core/validation`.
enum MetadataRules {
  /// The grammar of the names of a kind.
  enum Naming: Sendable {
    case subdomain
    case label
    case pathSegment
    /// RFC 1035, of endpoints and services before 1.36.
    case oldLabel

    func faults(_ name: String) -> [String] {
      switch self {
      case .subdomain: Grammar.subdomain(name)
      case .label: Grammar.label(name)
      case .pathSegment: Grammar.pathSegment(name)
      case .oldLabel: Grammar.oldLabel(name)
      }
    }
  }

  private static let labels: Set<GroupKind> = [.namespace, .service, GroupKind("apps", "StatefulSet")]
  private static let segments: Set<GroupKind> = [
    .role, .clusterRole, .roleBinding, .clusterRoleBinding, GroupKind("policy", "PodDisruptionBudget"),
    GroupKind("certificates.k8s.io", "CertificateSigningRequest"), GroupKind("apiregistration.k8s.io", "APIService"),
  ]

  static func naming(_ kind: GroupKind) -> Naming {
    labels.contains(kind) ? .label : segments.contains(kind) ? .pathSegment : .subdomain
  }

  /// - Parameter isCustom: whether it is a custom resource, whose finalizers are held to less.
  static func validate(_ metadata: Field, _ kind: GroupKind, isCustom: Bool = false, _ found: inout Violations) {
    let naming = naming(kind)
    let name = metadata["name"]
    let prefix = metadata["generateName"]
    if !prefix.text.isEmpty {
      let sample = prefix.text.hasSuffix("-") ? String(prefix.text.dropLast()) + "a" : prefix.text
      if kind != GroupKind("", "ReplicationController") { found.faults(prefix, naming.faults(sample)) }
      // The server checks the name that it would give.
      if name.text.isEmpty {
        for detail in naming.faults(prefix.text + "abcde") {
          found.add(.invalid, name, value: GoText.quoted(prefix.text), detail)
        }
      }
    } else if name.text.isEmpty {
      found.required(name, "name or generateName is required")
    }
    if !name.text.isEmpty { found.faults(name, naming.faults(name.text)) }
    labels(metadata["labels"], &found)
    annotations(metadata["annotations"], &found)
    finalizers(metadata["finalizers"], isCustom: isCustom, &found)
    owners(metadata["ownerReferences"], &found)
  }

  static func labels(_ labels: Field, _ found: inout Violations) {
    for (key, value) in labels.entries {
      for detail in Grammar.qualifiedName(key) { invalid(labels, value, key, detail, &found) }
      for detail in Grammar.labelValue(value.text) { invalid(labels, value, value.text, detail, &found) }
    }
  }

  static func annotations(_ annotations: Field, _ found: inout Violations) {
    var size = 0
    for (key, value) in annotations.entries {
      for detail in Grammar.qualifiedName(key.lowercased()) { invalid(annotations, value, key, detail, &found) }
      size += key.utf8.count + value.text.utf8.count
    }
    if size > 256 << 10 { found.tooLong(annotations, 256 << 10) }
  }

  /// The server names the map, the position is that of the entry.
  private static func invalid(
    _ map: Field, _ entry: Field, _ value: String, _ detail: String, _ found: inout Violations
  ) {
    found.invalid(entry.at(map.path), value: GoText.quoted(value), detail)
  }

  private static func finalizers(_ finalizers: Field, isCustom: Bool, _ found: inout Violations) {
    let standard: Set<String> = ["kubernetes", "orphan", "foregroundDeletion"]
    for item in finalizers.items {
      let faults = Grammar.qualifiedName(item.text)
      for detail in faults { found.invalid(item.at(finalizers.path), value: GoText.quoted(item.text), detail) }
      if !isCustom, !item.text.contains("/"), !standard.contains(item.text) {
        found.invalid(item, "name is neither a standard finalizer name nor is it fully qualified")
      }
    }
  }

  static func owners(_ owners: Field, _ found: inout Violations) {
    var controllers = 0
    for owner in owners.items {
      func at(_ name: String) -> Field { owner[name].at(.field(owners.path, name)) }
      let apiVersion = owner["apiVersion"].text
      let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
      if apiVersion.isEmpty || parts.count > 2 || parts.last == "" {
        found.invalid(at("apiVersion"), "version must not be empty")
      }
      for key in ["kind", "name", "uid"] where owner[key].text.isEmpty { found.invalid(at(key), "must not be empty") }
      if apiVersion == "v1", owner["kind"].text == "Event" {
        found.invalid(owner.at(owners.path), "/v1, Kind=Event is disallowed from being an owner")
      }
      if owner["controller"].bool { controllers += 1 }
    }
    if controllers > 1 { found.invalid(owners, "Only one reference can have Controller set to true") }
  }
}
