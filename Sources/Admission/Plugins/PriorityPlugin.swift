import Bytes
import Kube

/// Resolves the priority of a pod. Source: `plugin/pkg/admission/priority/admission.go` of Kubernetes.
struct PriorityPlugin: BuiltInPlugin {
  let name = "Priority"
  private static let kind = GroupKind("scheduling.k8s.io", "PriorityClass")
  private static let system: [String: Int64] = [
    "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000,
  ]

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "pods", .create, .update), var spec = request.object["spec"] else { return .passed }
    if request.operation == .update {
      guard let old = request.oldObject["spec"] else { return .passed }
      for key in ["priority", "preemptionPolicy"] where spec[key] == nil {
        if let value = old[key] { spec = spec.setting(key, value) }
      }
      request.object = request.object.setting("spec", spec)
      return .passed
    }
    var answer = PluginAnswer.passed
    var className = spec["priorityClassName"]?.string ?? ""
    var priority: Int64 = 0
    var preemption = "PreemptLowerPriority"
    let classes = cluster.objects(Self.kind)
    func use(_ found: DocumentNode) {
      priority = found["value"]?.int ?? 0
      preemption = found["preemptionPolicy"]?.string ?? preemption
    }
    if className.isEmpty {
      let defaults = classes.filter { $0["globalDefault"]?.bool == true }
      // Of several the lowest counts.
      if let found = defaults.min(by: { ($0["value"]?.int ?? 0) < ($1["value"]?.int ?? 0) }) {
        className = found.metadataName
        use(found)
      } else if case .part(let reason) = cluster.knowledge(of: Self.kind) {
        answer = .unknown("whether there is a default PriorityClass: \(reason)")
      }
    } else if let found = classes.first(where: { $0.metadataName == className }) {
      use(found)
    } else if let value = Self.system[className] {
      priority = value
    } else if case .part(let reason) = cluster.knowledge(of: Self.kind) {
      return .unknown("whether PriorityClass \"\(className)\" exists: \(reason)")
    } else {
      return .refused(.forbidden(request, "no PriorityClass with name \(className) was found"))
    }
    if let written = spec["priority"]?.int, written != priority {
      if case .unknown = answer { return answer }
      return .refused(
        .forbidden(
          request,
          "the integer value of priority (\(written)) must not be provided in pod spec; priority admission controller computed \(priority) from the given PriorityClass name"
        ))
    }
    if let written = spec["preemptionPolicy"]?.string, written != preemption {
      if case .unknown = answer { return answer }
      return .refused(
        .forbidden(
          request,
          "the string value of PreemptionPolicy (\(written)) must not be provided in pod spec; priority admission controller computed \(preemption) from the given PriorityClass name"
        ))
    }
    if !className.isEmpty { spec = spec.setting("priorityClassName", DocumentNode(.string(className))) }
    request.object = request.object.setting(
      "spec",
      spec.setting("priority", DocumentNode(.int(priority))).setting(
        "preemptionPolicy", DocumentNode(.string(preemption))))
    return answer
  }
}
