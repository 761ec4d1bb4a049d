import Bytes
import Kube

/// Limits of a namespace on containers, pods and claims: defaults first, then what is beyond them.
///
/// Source: `plugin/pkg/admission/limitranger/admission.go` of Kubernetes.
struct LimitRanger: BuiltInPlugin {
  let name = "LimitRanger"
  private static let kind = GroupKind("", "LimitRange")

  private func ranges(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> [DocumentNode] {
    cluster.objects(Self.kind, namespace: request.namespace)
  }

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "pods", .create) else { return .passed }
    for range in ranges(request, cluster) { request.object = Self.withDefaults(request.object, range) }
    return .passed
  }

  func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    let isPod = request.concerns("", "pods", .create)
    guard isPod || request.concerns("", "persistentvolumeclaims", .create, .update) else { return .passed }
    for range in ranges(request, cluster) {
      let faults = isPod ? Self.faults(ofPod: request.object, range) : Self.faults(ofClaim: request.object, range)
      if faults.isEmpty { continue }
      let unique = faults.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      var refusal = AdmissionRefusal.forbidden(
        request, unique.count == 1 ? unique[0] : "[" + unique.joined(separator: ", ") + "]")
      refusal.isUnordered = unique.count > 1
      return .refused(refusal)
    }
    if case .part(let reason) = cluster.knowledge(of: Self.kind) {
      return .unknown("limits of namespace \"\(request.namespace)\": \(reason)")
    }
    return .passed
  }

  private typealias Amounts = [(name: String, amount: Quantity)]

  private static func amounts(_ node: DocumentNode?) -> Amounts {
    (node?.entries ?? []).compactMap { entry in entry.value.text.flatMap { Quantity($0) }.map { (entry.key, $0) } }
  }

  private static func items(_ range: DocumentNode, _ type: String) -> [DocumentNode] {
    (range[path: "spec", "limits"]?.elements ?? []).filter { $0["type"]?.string == type }
  }

  // MARK: Defaults

  private static func withDefaults(_ pod: DocumentNode, _ range: DocumentNode) -> DocumentNode {
    var limits: DocumentNode = [:]
    var requests: DocumentNode = [:]
    for item in items(range, "Container") {
      for entry in item["default"]?.entries ?? [] { limits = limits.setting(entry.key, entry.value) }
      for entry in item["defaultRequest"]?.entries ?? [] { requests = requests.setting(entry.key, entry.value) }
    }
    if limits.entries.isEmpty, requests.entries.isEmpty { return pod }
    var said: [String] = []
    var pod = pod
    for (list, word) in [("containers", "container"), ("initContainers", "init container")] {
      guard let containers = pod["spec"]?[list]?.array else { continue }
      let filled = containers.map { container -> DocumentNode in
        var container = container
        let name = container["name"]?.string ?? ""
        for (field, values, what) in [("requests", requests, "request"), ("limits", limits, "limit")] {
          var own = container["resources"]?[field] ?? [:]
          var added: [String] = []
          for entry in values.entries where own[entry.key] == nil {
            own = own.setting(entry.key, entry.value)
            added.append(entry.key)
          }
          if added.isEmpty { continue }
          container = container.setting(path: ["resources", field], own)
          said.append("\(added.sorted().joined(separator: ", ")) \(what) for \(word) \(name)")
        }
        return container
      }
      pod = pod.setting(path: ["spec", list], DocumentNode(.array(filled)))
    }
    if said.isEmpty { return pod }
    return pod.setting(
      path: ["metadata", "annotations", "kubernetes.io/limit-ranger"],
      DocumentNode(.string("LimitRanger plugin set: " + said.joined(separator: "; "))))
  }

  // MARK: Faults

  private static func faults(ofPod pod: DocumentNode, _ range: DocumentNode) -> [String] {
    guard let spec = pod["spec"] else { return [] }
    var faults: [String] = []
    for item in range[path: "spec", "limits"]?.elements ?? [] {
      switch item["type"]?.string {
      case "Container":
        for list in ["containers", "initContainers"] {
          for container in spec[list]?.elements ?? [] {
            faults += self.faults(
              item, "Container", amounts(container[path: "resources", "requests"]),
              amounts(container[path: "resources", "limits"]))
          }
        }
      case "Pod":
        faults += self.faults(
          item, "Pod", PodResources.pod(spec, "requests"), PodResources.pod(spec, "limits"))
      default: break
      }
    }
    return faults
  }

  private static func faults(
    _ item: DocumentNode, _ type: String, _ requests: Amounts, _ limits: Amounts
  ) -> [String] {
    func find(_ list: Amounts, _ name: String) -> Quantity? { list.first { $0.name == name }?.amount }
    var faults: [String] = []
    for (name, bound) in amounts(item["min"]) {
      let (request, limit) = (find(requests, name), find(limits, name))
      let head = "minimum \(name) usage per \(type) is \(bound.text)"
      if let request {
        if request < bound {
          faults.append("\(head), but request is \(request.text)")
        } else if let limit, limit < bound {
          faults.append("\(head), but limit is \(limit.text)")
        }
      } else {
        faults.append("\(head).  No request is specified")
      }
    }
    for (name, bound) in amounts(item["max"]) {
      let (request, limit) = (find(requests, name), find(limits, name))
      let head = "maximum \(name) usage per \(type) is \(bound.text)"
      if let limit {
        if limit > bound {
          faults.append("\(head), but limit is \(limit.text)")
        } else if let request, request > bound {
          faults.append("\(head), but request is \(request.text)")
        }
      } else {
        faults.append("\(head).  No limit is specified")
      }
    }
    for (name, bound) in amounts(item["maxLimitRequestRatio"]) {
      let head = "\(name) max limit to request ratio per \(type) is \(bound.text)"
      guard let request = find(requests, name), !request.isZero else {
        faults.append("\(head), but no request is specified or request is 0")
        continue
      }
      guard let limit = find(limits, name), !limit.isZero else {
        faults.append("\(head), but no limit is specified or limit is 0")
        continue
      }
      let ratio = Double(limit.billionths) / Double(request.billionths)
      if ratio * 1e9 > Double(bound.billionths) {
        faults.append("\(head), but provided ratio is \(sixDecimals(ratio))")
      }
    }
    return faults
  }

  private static func faults(ofClaim claim: DocumentNode, _ range: DocumentNode) -> [String] {
    var faults: [String] = []
    let requests = amounts(claim[path: "spec", "resources", "requests"])
    for item in items(range, "PersistentVolumeClaim") {
      let type = "PersistentVolumeClaim"
      for (name, bound) in amounts(item["min"]) {
        guard let request = requests.first(where: { $0.name == name })?.amount else {
          faults.append("minimum \(name) usage per \(type) is \(bound.text).  No request is specified")
          continue
        }
        if request < bound {
          faults.append("minimum \(name) usage per \(type) is \(bound.text), but request is \(request.text)")
        }
      }
      for (name, bound) in amounts(item["max"]) {
        guard let request = requests.first(where: { $0.name == name })?.amount else {
          faults.append("maximum \(name) usage per \(type) is \(bound.text).  No request is specified")
          continue
        }
        if request > bound {
          faults.append("maximum \(name) usage per \(type) is \(bound.text), but request is \(request.text)")
        }
      }
    }
    return faults
  }

  /// As `%f` prints.
  private static func sixDecimals(_ value: Double) -> String {
    let scaled = (value * 1_000_000).rounded()
    guard scaled.isFinite, abs(scaled) < 9e18 else { return String(value) }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
    return padded.dropLast(6) + "." + padded.suffix(6)
  }
}
