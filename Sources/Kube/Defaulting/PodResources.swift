package import Bytes

/// Total requests and limits of the containers of a pod.
///
/// Source: k8s.io/component-helpers `resource/helpers.go` (`AggregateContainerRequests`, `AggregateContainerLimits`).
package enum PodResources {
  /// Quantities by the name of the resource, in the order in which they are written.
  package typealias Amounts = [(name: String, amount: Quantity)]

  private static func amounts(_ node: DocumentNode?) -> Amounts {
    (node?.entries ?? []).compactMap { entry in entry.value.text.flatMap { Quantity($0) }.map { (entry.key, $0) } }
  }

  private static func add(_ a: Amounts, _ b: Amounts) -> Amounts {
    var result = a
    for (name, amount) in b {
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].amount = result[index].amount + amount
      } else {
        result.append((name, amount))
      }
    }
    return result
  }

  private static func maximum(_ a: Amounts, _ b: Amounts) -> Amounts {
    var result = a
    for (name, amount) in b {
      if let index = result.firstIndex(where: { $0.name == name }) {
        if result[index].amount < amount { result[index].amount = amount }
      } else {
        result.append((name, amount))
      }
    }
    return result
  }

  /// For each resource the sum of regular containers and sidecars, or the peak while init containers run, whichever is
  /// greater.
  ///
  /// - Parameter field: `requests` or `limits`.
  package static func containers(_ spec: DocumentNode, _ field: String) -> Amounts {
    var total: Amounts = []
    for container in spec["containers"]?.elements ?? [] {
      total = add(total, amounts(container["resources"]?[field]))
    }
    var sidecars: Amounts = []
    var greatest: Amounts = []
    for container in spec["initContainers"]?.elements ?? [] {
      var own = amounts(container["resources"]?[field])
      if container["restartPolicy"]?.string == "Always" {
        total = add(total, own)
        sidecars = add(sidecars, own)
        own = sidecars
      } else {
        own = add(own, sidecars)
      }
      greatest = maximum(greatest, own)
    }
    return maximum(total, greatest)
  }

  /// The total of the pod: its pod-level requests or limits where set, plus its overhead.
  package static func pod(_ spec: DocumentNode, _ field: String) -> Amounts {
    var result = containers(spec, field)
    for (name, amount) in amounts(spec[path: "resources", field]) where isPodLevel(name) {
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].amount = amount
      } else {
        result.append((name, amount))
      }
    }
    for (name, amount) in amounts(spec["overhead"]) {
      if let index = result.firstIndex(where: { $0.name == name }) {
        if field == "requests" || !result[index].amount.isZero { result[index].amount = result[index].amount + amount }
      } else if field == "requests" {
        result.append((name, amount))
      }
    }
    return result
  }

  private static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }
  private static func isPodLevel(_ name: String) -> Bool { name == "cpu" || name == "memory" || isHugePages(name) }

  /// Defaults pod-level requests and limits where some are set. Source: `defaultHugePagePodLimits`,
  /// `defaultPodRequests` and `defaultPodLimits` in `pkg/apis/core/v1/defaults.go`.
  static func withDefaults(_ spec: DocumentNode) -> DocumentNode {
    guard let resources = spec["resources"] else { return spec }
    var limits = resources["limits"] ?? [:]
    var requests = resources["requests"] ?? [:]
    guard !limits.entries.isEmpty || !requests.entries.isEmpty else { return spec }
    func text(_ quantity: Quantity) -> DocumentNode { DocumentNode(.string(quantity.text)) }
    for (name, amount) in containers(spec, "limits")
    where isHugePages(name) && requests[name] == nil && limits[name] == nil {
      limits = limits.setting(name, text(amount))
    }
    if !limits.entries.isEmpty {
      for (name, amount) in containers(spec, "requests")
      where requests[name] == nil && isPodLevel(name) && !isHugePages(name) {
        requests = requests.setting(name, text(amount))
      }
      for entry in limits.entries where requests[entry.key] == nil && isPodLevel(entry.key) {
        requests = requests.setting(entry.key, entry.value)
      }
    }
    return spec.setting(
      "resources",
      resources.setting("limits", limits.entries.isEmpty ? nil : limits).setting(
        "requests", requests.entries.isEmpty ? nil : requests))
  }
}
