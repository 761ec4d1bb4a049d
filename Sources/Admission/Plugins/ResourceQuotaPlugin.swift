import Bytes
import Kube

/// Quotas of a namespace, by what their status says is used.
///
/// Source: `staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go` and `pkg/quota/v1/evaluator/core`
/// of Kubernetes.
struct ResourceQuotaPlugin: BuiltInPlugin {
  let name = "ResourceQuota"
  private static let kind = GroupKind("", "ResourceQuota")

  func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard !request.namespace.isEmpty, request.operation == .create, request.subresource.isEmpty,
      let usage = Self.usage(request)
    else { return .passed }
    let quotas = cluster.objects(Self.kind, namespace: request.namespace).sorted { $0.metadataName < $1.metadataName }
    for quota in quotas {
      if let refusal = Self.refusal(request, quota, usage) { return .refused(refusal) }
    }
    if case .part(let reason) = cluster.knowledge(of: Self.kind) {
      return .unknown("quotas of namespace \"\(request.namespace)\": \(reason)")
    }
    return .passed
  }

  private static func hard(_ quota: DocumentNode) -> [(name: String, amount: Quantity)] {
    (quota[path: "spec", "hard"]?.entries ?? []).compactMap { entry in
      entry.value.text.flatMap { Quantity($0) }.map { (entry.key, $0) }
    }.sorted { $0.name < $1.name }
  }

  private static func refusal(
    _ request: AdmissionRequest, _ quota: DocumentNode, _ usage: [String: Quantity]
  ) -> AdmissionRefusal? {
    let hard = hard(quota)
    guard matchesScopes(request, quota) else { return nil }
    let concerned = hard.filter { usage[$0.name] != nil || isRequiredOfPods($0.name, request) }
    if concerned.isEmpty { return nil }
    if request.resource.resource == "pods", request.resource.group.isEmpty {
      let missing = missingResources(request.object["spec"] ?? [:], concerned.map(\.name))
      if !missing.isEmpty {
        let text = missing.map { "\($0.name) for: \($0.containers.joined(separator: ","))" }.joined(separator: "; ")
        return .forbidden(request, "failed quota: \(quota.metadataName): must specify \(text)")
      }
    }
    var exceeded: [(name: String, requested: Quantity, used: Quantity, limit: Quantity)] = []
    for (name, limit) in concerned {
      guard let requested = usage[name] else { continue }
      let used =
        quota[path: "status", "used"]?[name]?.text.flatMap { Quantity($0) } ?? Quantity.zero
      if requested + used > limit, requested > .zero { exceeded.append((name, requested, used, limit)) }
    }
    if exceeded.isEmpty { return nil }
    func list(_ amount: ((name: String, requested: Quantity, used: Quantity, limit: Quantity)) -> Quantity) -> String {
      exceeded.map { "\($0.name)=\(amount($0).text)" }.joined(separator: ",")
    }
    return .forbidden(
      request,
      "exceeded quota: \(quota.metadataName), requested: \(list { $0.requested }), used: \(list { $0.used }), limited: \(list { $0.limit })"
    )
  }

  private static func isRequiredOfPods(_ name: String, _ request: AdmissionRequest) -> Bool {
    request.resource.resource == "pods" && request.resource.group.isEmpty && required.contains(name)
  }

  /// Amounts that every container must name once a quota has them.
  private static let required: Set<String> = [
    "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
  ]

  private static func missingResources(
    _ spec: DocumentNode, _ names: [String]
  ) -> [(name: String, containers: [String])] {
    let containers = (spec["containers"]?.elements ?? []) + (spec["initContainers"]?.elements ?? [])
    return names.sorted().compactMap { name in
      guard required.contains(name) else { return nil }
      let field = name.hasPrefix("limits.") ? "limits" : "requests"
      let resource = name.split(separator: ".").last.map(String.init) ?? name
      if spec[path: "resources", field]?[resource] != nil { return nil }
      let without = containers.filter { $0[path: "resources", field]?[resource] == nil }
        .map { $0["name"]?.string ?? "" }
      return without.isEmpty ? nil : (name, without.sorted())
    }
  }

  // MARK: Usage

  private static func usage(_ request: AdmissionRequest) -> [String: Quantity]? {
    let resource = request.resource.resource
    let one = Quantity(1)
    var usage: [String: Quantity] = [:]
    let group = request.resource.group
    usage["count/" + (group.isEmpty ? resource : resource + "." + group)] = one
    guard group.isEmpty else { return usage }
    let spec = request.object["spec"] ?? [:]
    switch resource {
    case "pods":
      usage["pods"] = one
      for (name, amount) in PodResources.pod(spec, "requests") {
        usage["requests." + name] = amount
        if ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-") {
          usage[name] = amount
        }
      }
      for (name, amount) in PodResources.pod(spec, "limits") { usage["limits." + name] = amount }
    case "services":
      usage["services"] = one
      let ports = Int64(spec["ports"]?.elements.count ?? 0)
      switch spec["type"]?.string {
      case "NodePort": usage["services.nodeports"] = Quantity(ports)
      case "LoadBalancer":
        usage["services.loadbalancers"] = one
        usage["services.nodeports"] = Quantity(spec["allocateLoadBalancerNodePorts"]?.bool == false ? 0 : ports)
      default: break
      }
    case "persistentvolumeclaims":
      usage["persistentvolumeclaims"] = one
      let storage = spec[path: "resources", "requests", "storage"]?.text.flatMap { Quantity($0) }
      if let storage { usage["requests.storage"] = storage }
      if let name = spec["storageClassName"]?.string, !name.isEmpty {
        usage["\(name).storageclass.storage.k8s.io/persistentvolumeclaims"] = one
        if let storage { usage["\(name).storageclass.storage.k8s.io/requests.storage"] = storage }
      }
    case "configmaps", "secrets", "replicationcontrollers", "resourcequotas": usage[resource] = one
    default: break
    }
    return usage
  }

  // MARK: Scopes

  private static func matchesScopes(_ request: AdmissionRequest, _ quota: DocumentNode) -> Bool {
    let scopes = quota[path: "spec", "scopes"]?.strings ?? []
    let selectors = quota[path: "spec", "scopeSelector", "matchExpressions"]?.elements ?? []
    if scopes.isEmpty, selectors.isEmpty { return true }
    let spec = request.object["spec"] ?? [:]
    let isPod = request.resource.resource == "pods"
    func matches(_ scope: String, _ expression: DocumentNode?) -> Bool {
      switch scope {
      case "Terminating": return isPod && (spec["activeDeadlineSeconds"]?.int ?? -1) >= 0
      case "NotTerminating": return isPod && (spec["activeDeadlineSeconds"]?.int ?? -1) < 0
      case "BestEffort": return isPod && CreationStrategy.qualityOfService(spec) == "BestEffort"
      case "NotBestEffort": return isPod && CreationStrategy.qualityOfService(spec) != "BestEffort"
      case "CrossNamespacePodAffinity":
        return isPod && hasCrossNamespaceAffinity(spec)
      case "PriorityClass":
        guard isPod else { return false }
        return matchesSelector(spec["priorityClassName"]?.string ?? "", expression)
      case "VolumeAttributesClass":
        guard request.resource.resource == "persistentvolumeclaims" else { return false }
        return matchesSelector(spec["volumeAttributesClassName"]?.string ?? "", expression)
      default: return false
      }
    }
    return scopes.allSatisfy { matches($0, nil) }
      && selectors.allSatisfy { matches($0["scopeName"]?.string ?? "", $0) }
  }

  private static func matchesSelector(_ value: String, _ expression: DocumentNode?) -> Bool {
    let values = expression?["values"]?.strings ?? []
    switch expression?["operator"]?.string ?? "Exists" {
    case "In": return values.contains(value)
    case "NotIn": return !values.contains(value)
    case "Exists": return !value.isEmpty
    case "DoesNotExist": return value.isEmpty
    default: return false
    }
  }

  private static func hasCrossNamespaceAffinity(_ spec: DocumentNode) -> Bool {
    for kind in ["podAffinity", "podAntiAffinity"] {
      let affinity = spec["affinity"]?[kind]
      let terms =
        (affinity?["requiredDuringSchedulingIgnoredDuringExecution"]?.elements ?? [])
        + (affinity?["preferredDuringSchedulingIgnoredDuringExecution"]?.elements ?? []).compactMap {
          $0["podAffinityTerm"]
        }
      for term in terms where !(term["namespaces"]?.elements.isEmpty ?? true) || term["namespaceSelector"] != nil {
        return true
      }
    }
    return false
  }
}
