import Kube

/// Where pods may run: affinity, tolerations, spread.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `validateAffinity` and `ValidateTolerations`.
enum SchedulingRules {
  static func tolerations(_ tolerations: Field, _ found: inout Violations) {
    for toleration in tolerations.items {
      let key = toleration["key"]
      if !key.text.isEmpty { found.faults(key, Grammar.qualifiedName(key.text)) }
      let comparison = toleration["operator"].text
      if key.text.isEmpty, comparison != "Exists" {
        found.invalid(
          toleration["operator"],
          "operator must be Exists when `key` is empty, which means \"match all values and all keys\"")
      }
      if toleration["tolerationSeconds"].isPresent, toleration["effect"].text != "NoExecute" {
        found.invalid(toleration["effect"], "effect must be 'NoExecute' when `tolerationSeconds` is set")
      }
      switch comparison {
      case "", "Equal": found.faults(toleration["operator"], Grammar.labelValue(toleration["value"].text))
      case "Exists":
        if !toleration["value"].text.isEmpty {
          found.invalid(toleration["operator"], "value must be empty when `operator` is 'Exists'")
        }
      default: found.notSupported(toleration["operator"], ["Equal", "Exists"])
      }
      if let effect = toleration["effect"].string, !effect.isEmpty {
        found.oneOf(toleration["effect"], ["NoSchedule", "PreferNoSchedule", "NoExecute"])
      }
    }
  }

  static func affinity(_ affinity: Field, _ found: inout Violations) {
    guard affinity.isPresent else { return }
    let required = "requiredDuringSchedulingIgnoredDuringExecution"
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    let node = affinity["nodeAffinity"]
    if node[required].isPresent { nodeSelector(node[required], &found) }
    for term in node[preferred].items {
      weight(term["weight"], &found)
      nodeTerm(term["preference"], &found)
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
      for term in affinity[kind, required].items { podTerm(term, &found) }
      for term in affinity[kind, preferred].items {
        weight(term["weight"], &found)
        podTerm(term["podAffinityTerm"], &found)
      }
    }
  }

  private static func weight(_ weight: Field, _ found: inout Violations) {
    if !(1...100).contains(weight.int ?? 0) {
      found.invalid(weight, value: String(weight.int ?? 0), "must be in the range 1-100")
    }
  }

  static func nodeSelector(_ selector: Field, _ found: inout Violations) {
    let terms = selector["nodeSelectorTerms"]
    if terms.isEmptyList { found.required(terms, "must have at least one node selector term") }
    for term in terms.items { nodeTerm(term, &found) }
  }

  private static func nodeTerm(_ term: Field, _ found: inout Violations) {
    for requirement in term["matchExpressions"].items {
      SelectorRules.expression(requirement, compares: true, &found)
    }
    for requirement in term["matchFields"].items {
      if !["In", "NotIn"].contains(requirement["operator"].text) {
        found.invalid(requirement["operator"], "not a valid selector operator")
      } else if requirement["values"].count != 1 {
        found.required(
          requirement["values"], "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
      }
      if requirement["key"].text != "metadata.name" {
        found.invalid(requirement["key"], "not a valid field selector key")
      } else {
        for value in requirement["values"].items { found.faults(value, Grammar.subdomain(value.text)) }
      }
    }
  }

  private static func podTerm(_ term: Field, _ found: inout Violations) {
    for key in ["labelSelector", "namespaceSelector"] { SelectorRules.validate(term[key], &found) }
    for name in term["namespaces"].items {
      found.faults(name.at(.field(term.path, "namespace")), Grammar.label(name.text))
    }
    for key in ["matchLabelKeys", "mismatchLabelKeys"] where !term[key].isEmptyList && term["labelSelector"].isMissing {
      found.forbidden(term[key], "must not be specified when labelSelector is not set")
    }
    let topology = term["topologyKey"]
    if topology.text.isEmpty { found.required(topology, "can not be empty") }
    found.faults(topology, Grammar.qualifiedName(topology.text))
  }

  static func spread(_ constraints: Field, _ found: inout Violations) {
    var seen = Set<String>()
    for constraint in constraints.items {
      if (constraint["maxSkew"].int ?? 0) <= 0 { found.invalid(constraint["maxSkew"], "must be greater than 0") }
      let key = constraint["topologyKey"]
      if key.text.isEmpty {
        found.required(key, "can not be empty")
      } else {
        found.faults(key, Grammar.qualifiedName(key.text))
      }
      let action = constraint["whenUnsatisfiable"]
      if !["DoNotSchedule", "ScheduleAnyway"].contains(action.text) {
        found.notSupported(action, ["DoNotSchedule", "ScheduleAnyway"])
      }
      if !seen.insert(key.text + " " + action.text).inserted {
        found.add(.duplicate, constraint, value: "{topologyKey, whenUnsatisfiable}: {\(key.text), \(action.text)}")
      }
      if let domains = constraint["minDomains"].int {
        if domains <= 0 { found.invalid(constraint["minDomains"], "must be greater than 0") }
        if action.text != "DoNotSchedule" {
          found.invalid(constraint["minDomains"], "can only use minDomains if whenUnsatisfiable=DoNotSchedule")
        }
      }
      for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] { found.oneOf(constraint[name], ["Honor", "Ignore"]) }
      SelectorRules.validate(constraint["labelSelector"], &found)
      if !constraint["matchLabelKeys"].isEmptyList, constraint["labelSelector"].isMissing {
        found.forbidden(constraint["matchLabelKeys"], "must not be specified when labelSelector is not set")
      }
    }
  }
}
