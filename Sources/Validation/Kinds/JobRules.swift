import Bytes
import Expressions
import Kube

/// Jobs and cron jobs.
///
/// Source: Kubernetes `pkg/apis/batch/validation/validation.go`.
enum JobRules {
  static let job: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    if spec["manualSelector"].bool {
      let selector = spec["selector"]
      if selector.isMissing { found.required(selector) } else { SelectorRules.validate(selector, &found) }
      let labels = spec["template", "metadata", "labels"]
      if selector.isMissing || SelectorRules.matches(selector, labels.stringMap) == false {
        found.invalid(
          labels, value: labels.node.map(FieldError.printed) ?? "null", "`selector` does not match template `labels`")
      }
    } else if spec["selector"].isPresent, !JobRules.isGenerated(object) {
      found.invalid(spec["selector"], "`selector` not auto-generated")
      let labels = spec["template", "metadata", "labels"]
      if SelectorRules.matches(spec["selector"], labels.stringMap) == false {
        found.invalid(labels, "`selector` does not match template `labels`")
      }
    }
    JobRules.spec(spec, &found)
    if object["metadata", "name"].text.isEmpty, object["metadata", "generateName"].text.isEmpty {
      found.invalid(
        object["metadata", "name"], value: "\"\"", "will not able to create pod with invalid DNS label: ")
    }
    if object["metadata", "name"].text.utf8.count > 63 {
      // The name becomes a label of the pods.
      for _ in 0..<2 {
        found.invalid(
          object["metadata", "name"].at(.field(spec["template"].path, "labels")), "must be no more than 63 bytes")
      }
    }
  }

  /// Whether the selector is the one that the server made of the object's id.
  private static func isGenerated(_ job: Field) -> Bool {
    let key = "batch.kubernetes.io/controller-uid"
    let uid = job["metadata", "uid"].text
    let spec = job["spec"]
    return !uid.isEmpty && spec["selector", "matchLabels"].stringMap == [key: uid]
      && spec["template", "metadata", "labels"].stringMap[key] == uid
  }

  static let cronJob: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    if object["metadata", "name"].text.utf8.count > 52 {
      found.invalid(object["metadata", "name"], "must be no more than 52 characters")
    }
    schedule(spec, &found)
    found.nonNegative(spec["startingDeadlineSeconds"])
    found.oneOf(spec["concurrencyPolicy"], ["Allow", "Forbid", "Replace"])
    found.nonNegative(spec["successfulJobsHistoryLimit"])
    found.nonNegative(spec["failedJobsHistoryLimit"])
    let job = spec["jobTemplate", "spec"]
    if job["selector"].isPresent { found.invalid(job["selector"], "`selector` will be auto-generated") }
    if job["manualSelector"].bool {
      found.add(.notSupported, job["manualSelector"], value: "true", "supported values: \"nil\", \"false\"")
    }
    JobRules.spec(job, &found)
  }

  private static func spec(_ spec: Field, _ found: inout Violations) {
    for key in [
      "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
      "backoffLimitPerIndex", "maxFailedIndexes",
    ] { found.nonNegative(spec[key]) }
    let mode = spec["completionMode"]
    found.oneOf(mode, ["Indexed", "NonIndexed"])
    let isIndexed = mode.text == "Indexed"
    if isIndexed {
      // One of each where neither is said.
      if spec["completions"].isMissing, spec["parallelism"].isPresent {
        found.required(spec["completions"], "when completion mode is Indexed")
      }
      if let count = spec["parallelism"].int, count > 100_000 {
        found.invalid(spec["parallelism"], "must be less than or equal to 100000 when completion mode is Indexed")
      }
    } else {
      for key in ["backoffLimitPerIndex", "maxFailedIndexes"] where spec[key].isPresent {
        found.invalid(spec[key], "requires indexed completion mode")
      }
      if spec["successPolicy"].isPresent { found.invalid(spec["successPolicy"], "requires indexed completion mode") }
    }
    if spec["maxFailedIndexes"].isPresent {
      if spec["backoffLimitPerIndex"].isMissing {
        found.required(spec["backoffLimitPerIndex"], "when maxFailedIndexes is specified")
      }
      if let most = spec["maxFailedIndexes"].int, let count = spec["completions"].int, most > count {
        found.invalid(spec["maxFailedIndexes"], "must be less than or equal to completions")
      }
    }
    if isIndexed, spec["successPolicy"].isPresent {
      let rules = spec["successPolicy", "rules"]
      if rules.isEmptyList {
        found.required(rules, "at least one rules must be specified when the successPolicy is specified")
      }
      for rule in rules.items where rule["succeededCount"].isMissing && rule["succeededIndexes"].isMissing {
        found.required(rule, "at least one of succeededCount or succeededIndexes must be specified")
      }
      for rule in rules.items {
        guard let text = rule["succeededIndexes"].string, let count = spec["completions"].int else { continue }
        for part in text.split(whereSeparator: { $0 == "," || $0 == "-" }) {
          guard let index = Int64(part), index >= count else { continue }
          found.invalid(rule["succeededIndexes"], "error parsing succeededIndexes: too large index: \"\(index)\"")
          break
        }
      }
    }
    found.oneOf(
      spec["podReplacementPolicy"],
      spec["podFailurePolicy"].isPresent ? ["Failed"] : ["Failed", "TerminatingOrFailed"])
    if let manager = spec["managedBy"].string {
      let parts = manager.split(separator: "/", maxSplits: 1)
      if parts.count < 2 || !Grammar.subdomain(String(parts[0])).isEmpty {
        found.invalid(spec["managedBy"], "must be a domain-prefixed path (such as \"acme.io/foo\")")
      }
    }
    PodRules.template(spec["template"], &found)
    restart(spec, &found)
    if spec["podFailurePolicy"].isPresent { failurePolicy(spec, isIndexed: isIndexed, &found) }
  }

  private static func restart(_ spec: Field, _ found: inout Violations) {
    let policy = spec["template", "spec", "restartPolicy"]
    switch policy.text {
    case "OnFailure", "Never": break
    // A missing policy becomes Always.
    case "", "Always": found.required(policy, "valid values: \"OnFailure\", \"Never\"")
    default: found.notSupported(policy, ["OnFailure", "Never"])
    }
    if spec["podFailurePolicy"].isPresent, policy.text != "Never" {
      found.invalid(policy, "only \"Never\" is supported when podFailurePolicy is specified")
    }
  }

  private static func failurePolicy(_ spec: Field, isIndexed: Bool, _ found: inout Violations) {
    let pod = spec["template", "spec"]
    let names = Set((pod["containers"].items + pod["initContainers"].items).map { $0["name"].text })
    let actions = ["Count", "FailIndex", "FailJob", "Ignore"]
    for rule in spec["podFailurePolicy", "rules"].items {
      let codes = rule["onExitCodes"]
      let conditions = rule["onPodConditions"]
      let action = rule["action"]
      if action.text.isEmpty {
        found.required(action, "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]")
      } else if !actions.contains(action.text) {
        found.notSupported(action, actions)
      } else if action.text == "FailIndex", spec["backoffLimitPerIndex"].isMissing {
        found.invalid(action, "requires the backoffLimitPerIndex to be set")
      }
      if codes.isPresent {
        let values = codes["values"]
        let comparison = codes["operator"]
        if comparison.text.isEmpty {
          found.required(comparison, "valid values: [\"In\" \"NotIn\"]")
        } else if !["In", "NotIn"].contains(comparison.text) {
          found.notSupported(comparison, ["In", "NotIn"])
        }
        if let name = codes["containerName"].string, !names.contains(name) {
          found.invalid(
            codes["containerName"], "must be one of the container or initContainer names in the pod template")
        }
        if values.isEmptyList {
          found.invalid(values, value: "[]", "at least one value is required")
        }
        var seen = Set<Int64>()
        var last: Int64?
        var isOrdered = true
        for value in values.items {
          let code = value.int ?? 0
          if comparison.text == "In", code == 0 { found.invalid(value, "must not be 0 for the In operator") }
          if !seen.insert(code).inserted { found.duplicate(value) }
          if let last, code < last { isOrdered = false }
          last = code
        }
        if !isOrdered { found.invalid(values, "must be ordered") }
      }
      for condition in conditions.items {
        found.faults(condition["type"], Grammar.qualifiedName(condition["type"].text))
        if let status = condition["status"].string, !["False", "True", "Unknown"].contains(status) {
          found.notSupported(condition["status"], ["False", "True", "Unknown"])
        }
      }
      if codes.isPresent, !conditions.isEmptyList {
        found.invalid(rule, value: "", "specifying both OnExitCodes and OnPodConditions is not supported")
      } else if codes.isMissing, conditions.isEmptyList {
        found.invalid(rule, value: "", "specifying one of OnExitCodes and OnPodConditions is required")
      }
    }
  }

  // MARK: Schedules

  private static func schedule(_ spec: Field, _ found: inout Violations) {
    let schedule = spec["schedule"]
    if schedule.text.isEmpty {
      found.required(schedule)
    } else if schedule.text.contains("TZ") {
      found.invalid(schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    } else if let fault = CronSchedule.fault(schedule.text) {
      found.invalid(schedule, fault)
    }
    let zone = spec["timeZone"]
    guard let name = zone.string else { return }
    if name.isEmpty {
      found.invalid(zone, "timeZone must be nil or non-empty string")
    } else if name == "Local" {
      found.invalid(zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
    } else if !TimeZoneTable.isKnown(name) {
      found.invalid(zone, "unknown time zone \(name)")
    }
  }
}
