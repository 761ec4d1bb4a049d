package import Bytes

/// What the containers of a pod want together.
///
/// Source: k8s.io/component-helpers `resource/helpers.go` (`AggregateContainerRequests`, `AggregateContainerLimits`).
package enum PodResources {
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

  /// Of regular containers and sidecars together, or of the greatest of the others that run before them.
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

  /// What the pod takes in all: its own requests or limits where it has them, its overhead on top.
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

  /// Requests and limits of the pod itself, where it has some of them. Source: `defaultHugePagePodLimits`,
  /// `defaultPodRequests` and `defaultPodLimits` of `pkg/apis/core/v1/defaults.go`.
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
