import Bytes

/// HorizontalPodAutoscalers of autoscaling/v1 know one metric; the others stand in annotations as JSON.
///
/// Source: `pkg/apis/autoscaling/v1/conversion.go` of Kubernetes 1.36.
enum AutoscalerConversion {
  private static let metricsKey = "autoscaling.alpha.kubernetes.io/metrics"
  private static let behaviorKey = "autoscaling.alpha.kubernetes.io/behavior"

  @Sendable static func toSecond(_ object: DocumentNode) -> DocumentNode {
    var spec = object["spec"] ?? [:]
    var metrics: [DocumentNode] = []
    if let percentage = spec["targetCPUUtilizationPercentage"] {
      metrics.append(["type": "Resource", "resource": ["name": "cpu", "target": utilization(percentage)]])
    }
    let annotations = object[path: "metadata", "annotations"]
    if let others = annotations?[metricsKey]?.string.flatMap(json)?.array { metrics += others.map(secondMetric) }
    if metrics.isEmpty { metrics = [["type": "Resource", "resource": ["name": "cpu", "target": utilization(80)]]] }
    spec = spec.setting("targetCPUUtilizationPercentage", nil).setting("metrics", DocumentNode(.array(metrics)))
    if let behavior = annotations?[behaviorKey]?.string.flatMap(json) {
      spec = spec.setting("behavior", lowered(behavior))
    }
    var result = object.setting("spec", spec)
    if let rest = annotations?.entries.filter({ ![metricsKey, behaviorKey].contains($0.key) }) {
      result = result.setting(
        path: ["metadata", "annotations"], rest.isEmpty ? nil : DocumentNode(.object(Mapping(rest))))
    }
    return result
  }

  @Sendable static func toFirst(_ object: DocumentNode) -> DocumentNode {
    var spec = object["spec"] ?? [:]
    var others: [DocumentNode] = []
    var isFound = false
    for metric in spec["metrics"]?.elements ?? [] {
      let resource = metric["resource"]
      if metric["type"]?.string == "Resource", resource?["name"]?.string == "cpu",
        let percentage = resource?[path: "target", "averageUtilization"]
      {
        // The first counts; a further one of the same kind is lost.
        if !isFound { spec = spec.setting("targetCPUUtilizationPercentage", percentage) }
        isFound = true
      } else {
        others.append(firstMetric(metric))
      }
    }
    let behavior = spec["behavior"]
    spec = spec.setting("metrics", nil).setting("behavior", nil)
    var result = object.setting("spec", spec)
    if !others.isEmpty, let type = APITypes.type("autoscaling/v1.MetricSpec") {
      let written = others.map { ObjectDecoder.decode($0, as: type).object }
      result = result.setting(
        path: ["metadata", "annotations", metricsKey],
        DocumentNode(.string(JSONWriter.compact(DocumentNode(.array(written))))))
    }
    if let behavior {
      result = result.setting(
        path: ["metadata", "annotations", behaviorKey], DocumentNode(.string(JSONWriter.compact(raised(behavior)))))
    }
    return result
  }

  private static func json(_ text: String) -> DocumentNode? {
    JSONReader.readStream(Array(text.utf8).span, limits: .standard).documents.first
  }

  private static func utilization(_ percentage: DocumentNode) -> DocumentNode {
    ["type": "Utilization", "averageUtilization": percentage]
  }

  // MARK: Metrics

  private static func firstMetric(_ metric: DocumentNode) -> DocumentNode {
    var result: DocumentNode = ["type": metric["type"] ?? ""]
    func named(_ source: DocumentNode, _ target: String, _ values: [(String, String)]) -> DocumentNode {
      var out: DocumentNode = [:]
      for (key, place) in values {
        if let value = source["target"]?[place] { out = out.setting(key, value) }
      }
      return out
    }
    for kind in ["resource", "containerResource"] {
      guard let source = metric[kind] else { continue }
      var out = named(
        source, kind, [("targetAverageUtilization", "averageUtilization"), ("targetAverageValue", "averageValue")])
      out = out.setting("name", source["name"])
      if let container = source["container"] { out = out.setting("container", container) }
      result = result.setting(kind, out)
    }
    if let source = metric["pods"] {
      result = result.setting(
        "pods",
        named(source, "pods", [("targetAverageValue", "averageValue")])
          .setting("metricName", source[path: "metric", "name"]).setting("selector", source[path: "metric", "selector"])
      )
    }
    if let source = metric["object"] {
      result = result.setting(
        "object",
        named(source, "object", [("targetValue", "value"), ("averageValue", "averageValue")])
          .setting("target", source["describedObject"]).setting("metricName", source[path: "metric", "name"])
          .setting("selector", source[path: "metric", "selector"]))
    }
    if let source = metric["external"] {
      result = result.setting(
        "external",
        named(source, "external", [("targetValue", "value"), ("targetAverageValue", "averageValue")])
          .setting("metricName", source[path: "metric", "name"])
          .setting("metricSelector", source[path: "metric", "selector"]))
    }
    return result
  }

  private static func secondMetric(_ metric: DocumentNode) -> DocumentNode {
    var result: DocumentNode = ["type": metric["type"] ?? ""]
    func target(_ source: DocumentNode, value: String?, average: String, utilization: String? = nil) -> DocumentNode {
      if let utilization, let amount = source[utilization] { return self.utilization(amount) }
      if let amount = source[average] { return ["type": "AverageValue", "averageValue": amount] }
      return ["type": "Value", "value": value.flatMap { source[$0] } ?? "0"]
    }
    for kind in ["resource", "containerResource"] {
      guard let source = metric[kind] else { continue }
      var out: DocumentNode = [
        "name": source["name"] ?? "",
        "target": target(
          source, value: nil, average: "targetAverageValue", utilization: "targetAverageUtilization"),
      ]
      if let container = source["container"] { out = out.setting("container", container) }
      result = result.setting(kind, out)
    }
    func named(_ source: DocumentNode, _ selector: String) -> DocumentNode {
      (["name": source["metricName"] ?? ""] as DocumentNode).setting("selector", source[selector])
    }
    if let source = metric["pods"] {
      result = result.setting(
        "pods",
        ["metric": named(source, "selector"), "target": target(source, value: nil, average: "targetAverageValue")])
    }
    if let source = metric["object"] {
      result = result.setting(
        "object",
        [
          "describedObject": source["target"] ?? [:], "metric": named(source, "selector"),
          "target": target(source, value: "targetValue", average: "averageValue"),
        ])
    }
    if let source = metric["external"] {
      result = result.setting(
        "external",
        [
          "metric": named(source, "metricSelector"),
          "target": target(source, value: "targetValue", average: "targetAverageValue"),
        ])
    }
    return result
  }

  // MARK: Behavior

  /// The annotation holds the server's internal type, whose fields are written as in Go, all of them.
  private static func raised(_ behavior: DocumentNode) -> DocumentNode {
    func rules(_ node: DocumentNode?) -> DocumentNode {
      guard let node else { return .null }
      let policies = (node["policies"]?.elements ?? []).map { policy -> DocumentNode in
        [
          "Type": policy["type"] ?? "", "Value": policy["value"] ?? 0, "PeriodSeconds": policy["periodSeconds"] ?? 0,
        ]
      }
      return [
        "StabilizationWindowSeconds": node["stabilizationWindowSeconds"] ?? .null,
        "SelectPolicy": node["selectPolicy"] ?? .null,
        "Policies": node["policies"] == nil ? .null : DocumentNode(.array(policies)),
        "Tolerance": node["tolerance"] ?? .null,
      ]
    }
    return ["ScaleUp": rules(behavior["scaleUp"]), "ScaleDown": rules(behavior["scaleDown"])]
  }

  private static func lowered(_ node: DocumentNode) -> DocumentNode {
    switch node.content {
    case .object(let mapping):
      DocumentNode(
        .object(
          Mapping(
            mapping.entries.filter { !$0.value.isNull }.map { entry in
              Mapping.Entry(
                key: (entry.key.first?.lowercased() ?? "") + entry.key.dropFirst(), value: lowered(entry.value))
            })))
    case .array(let items): DocumentNode(.array(items.map(lowered)))
    default: node
    }
  }
}
