import Bytes
import Kube

/// Requests and limits.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `ValidateResourceRequirements`.
enum ResourceRules {
  private static let standard: Set<String> = [
    "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage",
    "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
    "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers", "storage",
  ]

  static func isQualified(_ name: String) -> Bool { name.contains("/") }
  static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }
  private static func isNative(_ name: String) -> Bool { !name.contains("/") || name.contains("kubernetes.io/") }

  /// A resource of another vendor, or huge pages: whoever asks for some gets no more.
  private static func isFixed(_ name: String) -> Bool { isHugePages(name) || !isNative(name) }

  /// What is wrong with the name of a resource as such.
  static func nameFaults(_ name: String) -> [String] {
    let faults = Grammar.qualifiedName(name)
    if !faults.isEmpty { return faults }
    if !isQualified(name), !standard.contains(name), !isHugePages(name) {
      return ["must be a standard resource type or fully qualified"]
    }
    return []
  }

  static func containerNameFaults(_ name: String) -> [String] {
    var faults = nameFaults(name)
    if !isQualified(name), !["cpu", "memory", "ephemeral-storage"].contains(name), !isHugePages(name) {
      faults.append("must be a standard resource for containers")
    }
    if isQualified(name), name.hasPrefix("requests.") {
      faults.append("doesn't follow extended resource name standard")
    }
    return faults
  }

  static func quotaNameFaults(_ name: String) -> [String] {
    var faults = nameFaults(name)
    let isStorageClass = name.contains(".storageclass.storage.k8s.io/")
    let isCount = name.hasPrefix("count/")
    if !isQualified(name), !isStorageClass, !isCount,
      !quota.contains(name) && !isHugePages(name) && !name.hasPrefix("requests.hugepages-")
        && !name.hasPrefix("limits.hugepages-")
    {
      faults.append("must be a standard resource for quota")
    }
    return isCount ? [] : faults
  }

  private static let quota = standard.subtracting(["storage"])

  static func quantity(_ field: Field, _ name: String, _ found: inout Violations) {
    guard let quantity = field.quantity ?? (field.isMissing ? .zero : nil) else { return }
    if quantity < .zero {
      found.invalid(field, value: GoText.quoted(quantity.text), "must be greater than or equal to 0")
    } else if [
      "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
      "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ].contains(name) || !isNative(name), quantity.billionths % 1_000_000_000 != 0 {
      found.invalid(field, value: GoText.quoted(quantity.text), "must be an integer")
    }
  }

  static func container(_ resources: Field, _ found: inout Violations) {
    let limits = resources["limits"]
    let requests = resources["requests"]
    for (key, value) in limits.entries {
      found.faults(named(value, key), containerNameFaults(key))
      quantity(value, key, &found)
    }
    for (key, value) in requests.entries {
      found.faults(named(value, key), containerNameFaults(key))
      quantity(value, key, &found)
    }
    compare(requests, limits, &found)
    let asked = limits.entries.map(\.key) + requests.entries.map(\.key)
    if asked.contains(where: isHugePages), !asked.contains("cpu"), !asked.contains("memory") {
      found.forbidden(resources, "HugePages require cpu or memory")
    }
  }

  /// The value shown is the name.
  private static func named(_ field: Field, _ key: String) -> Field { field }

  private static func compare(_ requests: Field, _ limits: Field, _ found: inout Violations) {
    for (key, value) in requests.entries {
      guard let request = value.quantity else { continue }
      guard limits.node?.mapping?.entry(key) != nil else {
        if isFixed(key) { found.required(limits, "Limit must be set for non overcommitable resources") }
        continue
      }
      // A null limit is one of zero.
      let limit = limits.entries.first { $0.key == key }?.field.quantity ?? .zero
      if isFixed(key), request != limit {
        found.invalid(
          value.at(requests.path), value: GoText.quoted(request.text), "must be equal to \(key) limit of \(limit.text)")
      } else if request > limit {
        found.invalid(
          value.at(requests.path), value: GoText.quoted(request.text),
          "must be less than or equal to \(key) limit of \(limit.text)")
      }
    }
  }

  /// Resources of a whole pod.
  static func pod(_ spec: Field, _ found: inout Violations) {
    let resources = spec["resources"]
    guard resources.isPresent else { return }
    let known = ["cpu", "hugepages-", "memory"]
    if resources["claims"].isPresent {
      found.forbidden(resources["claims"], "claims may not be set for Resources at pod-level")
      for claim in resources["claims"].items {
        found.add(
          .notFound, claim, value: GoText.quoted(claim["name"].text),
          "must be one of the names in pod.spec.resourceClaims which is empty")
      }
    }
    for key in ["limits", "requests"] {
      for (name, value) in resources[key].entries {
        if name != "cpu", name != "memory", !isHugePages(name) {
          found.add(
            .notSupported, value, value: GoText.quoted(name),
            "supported values: " + known.map { GoText.quoted($0) }.joined(separator: ", "))
        }
        quantity(value, name, &found)
      }
    }
    compare(resources["requests"], resources["limits"], &found)
    for (name, value) in resources["requests"].entries {
      guard let request = value.quantity else { continue }
      var sum = Quantity.zero
      for container in spec["containers"].items {
        let own = container["resources"]
        sum =
          sum
          + (own["requests"].entries.first { $0.key == name }?.field.quantity
            ?? own["limits"].entries.first { $0.key == name }?.field.quantity ?? .zero)
      }
      if request < sum {
        found.invalid(
          value, value: GoText.quoted(request.text),
          "must be greater than or equal to aggregate container requests of \(sum.text)")
      }
    }
    for (name, value) in resources["limits"].entries {
      guard let limit = value.quantity else { continue }
      for (index, container) in spec["containers"].items.enumerated() {
        guard let own = container["resources", "limits"].entries.first(where: { $0.key == name })?.field,
          let ownLimit = own.quantity, ownLimit > limit
        else { continue }
        let path = FieldPath.field(
          .key(.index(.field(resources.path, "containers"), index), name), "limits")
        found.invalid(
          own.at(path), value: GoText.quoted(ownLimit.text), "must be less than or equal to pod limits of \(limit.text)"
        )
      }
    }
  }
}
