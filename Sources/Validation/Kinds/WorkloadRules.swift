import Kube

/// Deployments, stateful sets, daemon sets, replica sets and replication controllers.
///
/// Source: Kubernetes `pkg/apis/apps/validation/validation.go`, `pkg/apis/core/validation/validation.go`.
enum WorkloadRules {
  static let deployment: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    found.nonNegative(spec["replicas"])
    selector(spec, &found)
    template(spec, &found)
    let strategy = spec["strategy"]
    let rolling = strategy["rollingUpdate"]
    switch strategy["type"].string {
    case nil, "", "RollingUpdate": WorkloadRules.rolling(rolling, &found)
    case "Recreate":
      if rolling.isPresent {
        found.forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'")
      }
    default: found.notSupported(strategy["type"], ["Recreate", "RollingUpdate"])
    }
    for key in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] { found.nonNegative(spec[key]) }
    let deadline = spec["progressDeadlineSeconds"].int ?? 600
    if deadline >= 0, deadline <= spec["minReadySeconds"].int ?? 0 {
      found.invalid(spec["progressDeadlineSeconds"], "must be greater than minReadySeconds")
    }
  }

  private static func rolling(_ rolling: Field, _ found: inout Violations) {
    for key in ["maxUnavailable", "maxSurge"] { PortRules.countOrPercent(rolling[key], &found) }
    let unavailable = rolling["maxUnavailable"]
    if PortRules.isZero(unavailable), PortRules.isZero(rolling["maxSurge"]) {
      found.invalid(unavailable, "may not be 0 when `maxSurge` is 0")
    }
    if let percent = PortRules.percent(unavailable), percent > 100 {
      found.invalid(unavailable, "must not be greater than 100%")
    }
  }

  static let daemonSet: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let selector = spec["selector"]
    SelectorRules.validate(selector, &found)
    matches(spec, &found)
    if selector.isPresent, SelectorRules.isEmpty(selector) {
      found.invalid(selector, "empty selector is invalid for daemonset")
    }
    PodRules.template(spec["template"], &found)
    restart(spec, &found)
    found.nonNegative(spec["minReadySeconds"])
    found.nonNegative(spec["revisionHistoryLimit"])
    let strategy = spec["updateStrategy"]
    switch strategy["type"].string {
    case "OnDelete": break
    case nil, "", "RollingUpdate":
      let rolling = strategy["rollingUpdate"]
      for key in ["maxUnavailable", "maxSurge"] { PortRules.countOrPercent(rolling[key], &found) }
      let isUnavailable = rolling["maxUnavailable"].isMissing || !PortRules.isZero(rolling["maxUnavailable"])
      let surges = rolling["maxSurge"].isPresent && !PortRules.isZero(rolling["maxSurge"])
      if rolling["maxUnavailable"].isPresent, isUnavailable, surges {
        found.invalid(rolling["maxSurge"], "may not be set when maxUnavailable is non-zero")
      } else if !isUnavailable, !surges {
        found.required(rolling["maxUnavailable"], "cannot be 0 when maxSurge is 0")
      }
    default: found.notSupported(strategy["type"], ["OnDelete", "RollingUpdate"])
    }
  }

  static let statefulSet: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    switch spec["podManagementPolicy"].string {
    case nil, "OrderedReady", "Parallel": break
    default: found.invalid(spec["podManagementPolicy"], "must be 'OrderedReady' or 'Parallel'")
    }
    let strategy = spec["updateStrategy"]
    let rolling = strategy["rollingUpdate"]
    switch strategy["type"].string {
    case nil, "", "RollingUpdate":
      found.nonNegative(rolling["partition"])
      if rolling["maxUnavailable"].isPresent { PortRules.countOrPercent(rolling["maxUnavailable"], &found) }
    case "OnDelete":
      if rolling.isPresent {
        found.invalid(rolling, "only allowed for updateStrategy 'RollingUpdate'")
      }
    default: found.invalid(strategy, "must be 'RollingUpdate' or 'OnDelete'")
    }
    for key in ["replicas", "minReadySeconds", "revisionHistoryLimit"] { found.nonNegative(spec[key]) }
    found.nonNegative(spec["ordinals", "start"])
    let retention = spec["persistentVolumeClaimRetentionPolicy"]
    for key in ["whenDeleted", "whenScaled"] { found.oneOf(retention[key], ["Delete", "Retain"]) }
    if !spec["serviceName"].text.isEmpty {
      found.faults(spec["serviceName"], Grammar.subdomain(spec["serviceName"].text))
    }
    selector(spec, &found)
    // Volumes of the claims are there as well.
    let claims = Set(spec["volumeClaimTemplates"].items.map { $0["metadata", "name"].text })
    var inner = Violations()
    template(spec, &inner)
    for violation in inner.list {
      if case .invalid(.notFound) = violation.kind, claims.contains(mount(violation, spec)) { continue }
      found.append(violation)
    }
    for claim in spec["volumeClaimTemplates"].items { StorageRules.claim(claim["spec"], &found) }
  }

  /// The volume that a violation misses.
  private static func mount(_ violation: SchemaViolation, _ spec: Field) -> String {
    for list in ["containers", "initContainers"] {
      for container in spec["template", "spec", list].items {
        for mount in container["volumeMounts"].items + container["volumeDevices"].items
        where mount["name"].path.text == violation.path { return mount["name"].text }
      }
    }
    return ""
  }

  static let replicaSet: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    found.nonNegative(spec["replicas"])
    found.nonNegative(spec["minReadySeconds"])
    selector(spec, &found)
    template(spec, &found)
  }

  static let replicationController: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    found.nonNegative(spec["replicas"])
    found.nonNegative(spec["minReadySeconds"])
    let template = spec["template"]
    guard template.isPresent else { return found.required(template) }
    // The labels of the template are the default of the selector.
    let labels = template["metadata", "labels"].stringMap
    let wanted = spec["selector"].isEmptyMap ? labels : spec["selector"].stringMap
    if wanted.isEmpty {
      found.required(spec["selector"])
    } else if !wanted.allSatisfy({ labels[$0.key] == $0.value }) {
      found.invalid(template["metadata", "labels"], "`selector` does not match template `labels`")
    }
    PodRules.template(template, &found)
    restart(spec, &found)
  }

  // MARK: Parts

  private static func selector(_ spec: Field, _ found: inout Violations) {
    let selector = spec["selector"]
    if selector.isMissing { return found.required(selector) }
    let isValid = SelectorRules.validate(selector, &found)
    if SelectorRules.isEmpty(selector) { return found.invalid(selector, "empty selector is invalid for deployment") }
    if !isValid { found.invalid(selector, "invalid label selector") }
  }

  private static func matches(_ spec: Field, _ found: inout Violations) {
    let labels = spec["template", "metadata", "labels"]
    var faults = Violations()
    guard SelectorRules.validate(spec["selector"], &faults) else { return }
    if spec["selector"].isMissing || SelectorRules.matches(spec["selector"], labels.stringMap) == false {
      found.invalid(
        labels, value: labels.node.map(FieldError.printed) ?? "null", "`selector` does not match template `labels`")
    }
  }

  private static func template(_ spec: Field, _ found: inout Violations) {
    if spec["selector"].isMissing || !SelectorRules.isEmpty(spec["selector"]) { matches(spec, &found) }
    PodRules.template(spec["template"], &found)
    restart(spec, &found)
  }

  private static func restart(_ spec: Field, _ found: inout Violations) {
    let pod = spec["template", "spec"]
    if let policy = pod["restartPolicy"].string, policy != "Always", !policy.isEmpty {
      // A word that is no policy is told once.
      found.notSupported(pod["restartPolicy"], ["Always"])
    }
    if pod["activeDeadlineSeconds"].isPresent {
      found.forbidden(pod["activeDeadlineSeconds"], "activeDeadlineSeconds in a workload is not Supported")
    }
  }
}
