import Bytes
import Kube

/// Disruption budgets, autoscalers, limits, quotas and priorities.
///
/// Source: `validation.go` of `policy`, `autoscaling`, `core` and `scheduling` below Kubernetes `pkg/apis`.
enum PolicyRules {
  static let disruptionBudget: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let (least, most) = (spec["minAvailable"], spec["maxUnavailable"])
    if least.isPresent, most.isPresent {
      found.invalid(spec, "minAvailable and maxUnavailable cannot be both set")
    }
    for field in [least, most] where field.isPresent {
      PortRules.countOrPercent(field, &found)
      if let percent = PortRules.percent(field), percent > 100 { found.invalid(field, "must not be greater than 100%") }
    }
    SelectorRules.validate(spec["selector"], &found)
    if let policy = spec["unhealthyPodEvictionPolicy"].string, !["AlwaysAllow", "IfHealthyBudget"].contains(policy) {
      found.notSupported(spec["unhealthyPodEvictionPolicy"], ["AlwaysAllow", "IfHealthyBudget"])
    }
  }

  static let autoscaler: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let least = spec["minReplicas"]
    if let number = least.int, number < 1 { found.invalid(least, "must be greater than or equal to 1") }
    let most = spec["maxReplicas"]
    if most.isMissing { found.required(most) }
    if (most.int ?? 0) < 1 {
      found.invalid(most, value: String(most.int ?? 0), "must be greater than 0")
    }
    if let number = least.int, let limit = most.int, limit < number {
      found.invalid(most, "must be greater than or equal to `minReplicas`")
    }
    target(spec["scaleTargetRef"], &found)
    let version = spec["scaleTargetRef", "apiVersion"]
    if !version.text.contains("/"), spec["scaleTargetRef", "kind"].text != "ReplicationController" {
      found.invalid(version, value: GoText.quoted(version.text), "apiVersion must specify API group")
    }
    for metric in spec["metrics"].items { PolicyRules.metric(metric, &found) }
    behavior(spec["behavior"], &found)
    if let percent = spec["targetCPUUtilizationPercentage"].int, percent < 1 {
      found.invalid(spec["targetCPUUtilizationPercentage"], "must be greater than 0")
    }
  }

  private static func target(_ target: Field, _ found: inout Violations) {
    for key in ["kind", "name"] {
      if target[key].text.isEmpty {
        found.required(target[key])
      } else {
        found.faults(target[key], Grammar.pathSegment(target[key].text))
      }
    }
  }

  private static let sources = [
    "Object": "object", "Pods": "pods", "Resource": "resource", "External": "external",
    "ContainerResource": "containerResource",
  ]

  private static func metric(_ metric: Field, _ found: inout Violations) {
    let type = metric["type"]
    if type.text.isEmpty { found.required(type, "must specify a metric source type") }
    if sources[type.text] == nil { found.notSupported(type, sources.keys.sorted()) }
    // Without a type each source that is there is looked at.
    guard let key = sources[type.text] ?? sources.values.sorted().first(where: { metric[$0].isPresent }) else { return }
    let source = metric[key]
    let others = sources.values.filter { $0 != key && metric[$0].isPresent }
    for other in others.sorted() {
      found.forbidden(metric[other], "must populate the given metric source only")
    }
    guard source.isPresent else {
      return found.required(source, "must populate information for the given metric source")
    }
    let wanted = source["target"]
    switch key {
    case "resource", "containerResource":
      if source["name"].text.isEmpty { found.required(source["name"], "must specify a resource name") }
      if key == "containerResource", source["container"].text.isEmpty {
        found.required(source["container"], "must specify a container")
      }
      let (percent, value) = (wanted["averageUtilization"], wanted["averageValue"])
      if let number = percent.int, number < 1 { found.invalid(percent, "must be greater than 0") }
      if percent.isMissing, value.isMissing {
        found.required(percent, "must set either a target raw value or a target utilization")
      } else if percent.isPresent, value.isPresent {
        found.forbidden(value, "may not set both a target raw value and a target utilization")
      }
    case "pods":
      self.name(source["metric"], &found)
      if (wanted["averageValue"].quantity ?? .zero) <= .zero {
        found.required(wanted["averageValue"], "must specify a positive target averageValue")
      }
    case "object":
      target(source["describedObject"], &found)
      self.name(source["metric"], &found)
      if wanted["value"].isMissing, wanted["averageValue"].isMissing {
        found.required(wanted["averageValue"], "must set either a target value or averageValue")
      }
    default:
      self.name(source["metric"], &found)
      if wanted["value"].isMissing, wanted["averageValue"].isMissing {
        found.required(wanted["averageValue"], "must set either a target value for metric or a per-pod target")
      } else if wanted["value"].isPresent, wanted["averageValue"].isPresent {
        found.forbidden(wanted["value"], "may not set both a target value for metric and a per-pod target")
      }
    }
    let kind = wanted["type"]
    if kind.text.isEmpty { found.required(kind, "must specify a metric target type") }
    if !["AverageValue", "Utilization", "Value"].contains(kind.text) {
      found.invalid(kind, "must be either Utilization, Value, or AverageValue")
    }
    for key in ["value", "averageValue"] {
      if let quantity = wanted[key].quantity, quantity <= .zero, source.isPresent, sources[type.text] != "pods" {
        found.invalid(wanted[key], "must be positive")
      }
    }
  }

  private static func name(_ metric: Field, _ found: inout Violations) {
    let name = metric["name"]
    if name.text.isEmpty {
      found.required(name, "must specify a metric name")
    } else {
      found.faults(name, Grammar.pathSegment(name.text))
    }
  }

  private static func behavior(_ behavior: Field, _ found: inout Violations) {
    for key in ["scaleUp", "scaleDown"] where behavior[key].isPresent {
      let rules = behavior[key]
      if let seconds = rules["stabilizationWindowSeconds"].int {
        if seconds < 0 {
          found.invalid(rules["stabilizationWindowSeconds"], "must be greater than or equal to zero")
        } else if seconds > 3600 {
          found.invalid(rules["stabilizationWindowSeconds"], "must be less than or equal to 3600")
        }
      }
      found.oneOf(rules["selectPolicy"], ["Disabled", "Max", "Min"])
      if rules["policies"].isPresent, rules["policies"].isEmptyList {
        found.required(rules["policies"], "must specify at least one Policy")
      }
      for policy in rules["policies"].items {
        if !["Pods", "Percent"].contains(policy["type"].text) {
          found.notSupported(policy["type"], ["Percent", "Pods"])
        }
        if (policy["value"].int ?? 0) <= 0 { found.invalid(policy["value"], "must be greater than zero") }
        let period = policy["periodSeconds"].int ?? 0
        if period <= 0 {
          found.invalid(policy["periodSeconds"], "must be greater than zero")
        } else if period > 1800 {
          found.invalid(policy["periodSeconds"], "must be less than or equal to 1800")
        }
      }
    }
  }

  static let limitRange: ValidationRules.Rule = { object, found in
    var seen = Set<String>()
    for limit in object["spec", "limits"].items {
      let type = limit["type"]
      let kind = type.text
      let faults = Grammar.qualifiedName(kind)
      if !faults.isEmpty {
        found.faults(type, faults)
      }
      if !["Pod", "Container", "PersistentVolumeClaim"].contains(kind), !kind.contains("/") {
        found.invalid(type, "must be a standard limit type or fully qualified")
      }
      if !seen.insert(kind).inserted { found.duplicate(type) }
      var names: [String] = []
      var values: [String: [String: Quantity]] = [:]
      for key in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
        if kind == "Pod", key.hasPrefix("default") {
          if !limit[key].isEmptyMap { found.forbidden(limit[key], "may not be specified when `type` is 'Pod'") }
          continue
        }
        for (name, value) in limit[key].entries {
          if !names.contains(name) { names.append(name) }
          let faults =
            kind == "PersistentVolumeClaim" || kind.contains("/")
            ? ResourceRules.nameFaults(name) : ResourceRules.containerNameFaults(name)
          found.faults(value, faults)
          if let quantity = value.quantity { values[key, default: [:]][name] = quantity }
        }
      }
      if kind == "PersistentVolumeClaim", values["min"]?["storage"] == nil, values["max"]?["storage"] == nil {
        found.required(
          limit["limits"], "either minimum or maximum storage value is required, but neither was provided")
      }
      for name in names { order(limit, name, values, &found) }
    }
  }

  private static func order(
    _ limit: Field, _ name: String, _ values: [String: [String: Quantity]], _ found: inout Violations
  ) {
    let (least, most) = (values["min"]?[name], values["max"]?[name])
    // A container's maximum is the default of its default, that of its request, and so on.
    let isContainer = limit["type"].text == "Container"
    let written = values["default"]?[name]
    let limitDefault = written ?? (isContainer ? most : nil)
    let request = values["defaultRequest"]?[name] ?? (isContainer ? written ?? least ?? limitDefault : nil)
    func at(_ key: String) -> Field { limit[key].at(.key(limit[key].path, name)) }
    func invalid(_ key: String, _ value: Quantity, _ detail: String) {
      found.invalid(at(key), value: GoText.quoted(value.text), detail)
    }
    if let least, let most, least > most {
      invalid("min", least, "min value \(least.text) is greater than max value \(most.text)")
    }
    if let request, let least, least > request {
      invalid(
        "defaultRequest", request, "min value \(least.text) is greater than default request value \(request.text)")
    }
    if let request, let most, request > most {
      invalid("defaultRequest", request, "default request value \(request.text) is greater than max value \(most.text)")
    }
    if let request, let limitDefault, request > limitDefault {
      invalid(
        "defaultRequest", request,
        "default request value \(request.text) is greater than default limit value \(limitDefault.text)")
    }
    if let limitDefault, let least, least > limitDefault {
      invalid("default", least, "min value \(least.text) is greater than default value \(limitDefault.text)")
    }
    if let limitDefault, let most, limitDefault > most {
      invalid("default", most, "default value \(limitDefault.text) is greater than max value \(most.text)")
    }
    if let ratio = values["maxLimitRequestRatio"]?[name] {
      if ratio < Quantity(1) { invalid("maxLimitRequestRatio", ratio, "ratio \(ratio.text) is less than 1") }
      if let least, let most, least > .zero {
        let bound = Double(most.billionths) / Double(least.billionths)
        if Double(ratio.billionths) / 1e9 > bound {
          invalid("maxLimitRequestRatio", ratio, "ratio \(ratio.text) is greater than max/min = \(bound)")
        }
      }
    }
  }

  static let quota: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    for (name, value) in spec["hard"].entries {
      found.faults(value, ResourceRules.quotaNameFaults(name))
      ResourceRules.quantity(value, name, &found)
    }
    let scopes = [
      "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
      "VolumeAttributesClass",
    ]
    for scope in spec["scopes"].items where !scopes.contains(scope.text) {
      found.invalid(scope.at(spec["scopes"].path), "unsupported scope")
    }
  }

  static let priorityClass: ValidationRules.Rule = { object, found in
    let value = object["value"].int ?? 0
    let name = object["metadata", "name"]
    if name.text.hasPrefix("system-") {
      if !["system-node-critical", "system-cluster-critical"].contains(name.text) {
        found.forbidden(
          name, "priority class names with 'system-' prefix are reserved for system use only")
      }
    } else if value > 1_000_000_000 {
      found.forbidden(object["value"], "maximum allowed value of a user defined priority is 1000000000")
    }
    found.oneOf(object["preemptionPolicy"], ["Never", "PreemptLowerPriority"])
  }
}
