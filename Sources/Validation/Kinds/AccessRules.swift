/// Roles and bindings.
///
/// Source: Kubernetes `pkg/apis/rbac/validation/validation.go`.
enum AccessRules {
  static let role: ValidationRules.Rule = { object, found in
    rules(object["rules"], isNamespaced: true, &found)
  }

  static let clusterRole: ValidationRules.Rule = { object, found in
    rules(object["rules"], isNamespaced: false, &found)
    let aggregation = object["aggregationRule"]
    guard aggregation.isPresent else { return }
    let selectors = aggregation["clusterRoleSelectors"]
    if selectors.isEmptyList {
      found.required(selectors, "at least one clusterRoleSelector required if aggregationRule is non-nil")
    }
    for selector in selectors.items {
      if !SelectorRules.validate(selector, &found) { found.invalid(selector, value: "null", "invalid label selector.") }
    }
  }

  private static func rules(_ rules: Field, isNamespaced: Bool, _ found: inout Violations) {
    for rule in rules.items {
      if rule["verbs"].isEmptyList { found.required(rule["verbs"], "verbs must contain at least one value") }
      if !rule["nonResourceURLs"].isEmptyList {
        if isNamespaced {
          found.invalid(
            rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs")
        }
        if ["apiGroups", "resources", "resourceNames"].contains(where: { !rule[$0].isEmptyList }) {
          found.invalid(
            rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs")
        }
        continue
      }
      if rule["apiGroups"].isEmptyList {
        found.required(rule["apiGroups"], "resource rules must supply at least one api group")
      }
      if rule["resources"].isEmptyList {
        found.required(rule["resources"], "resource rules must supply at least one resource")
      }
    }
  }

  static let roleBinding: ValidationRules.Rule = { object, found in
    binding(object, kinds: ["ClusterRole", "Role"], isNamespaced: true, &found)
  }

  static let clusterRoleBinding: ValidationRules.Rule = { object, found in
    binding(object, kinds: ["ClusterRole"], isNamespaced: false, &found)
  }

  private static let group = "rbac.authorization.k8s.io"

  private static func binding(
    _ object: Field, kinds: [String], isNamespaced: Bool, _ found: inout Violations
  ) {
    let role = object["roleRef"]
    if let name = role["apiGroup"].string, name != group, !name.isEmpty {
      found.notSupported(role["apiGroup"], [group])
    }
    if !kinds.contains(role["kind"].text) { found.notSupported(role["kind"], kinds) }
    if role["name"].text.isEmpty {
      found.required(role["name"])
    } else {
      found.faults(role["name"], Grammar.pathSegment(role["name"].text))
    }
    for subject in object["subjects"].items {
      let name = subject["name"]
      if name.text.isEmpty { found.required(name) }
      switch subject["kind"].text {
      case "ServiceAccount":
        if !name.text.isEmpty { found.faults(name, Grammar.subdomain(name.text)) }
        if !subject["apiGroup"].text.isEmpty { found.notSupported(subject["apiGroup"], [""]) }
        if !isNamespaced, subject["namespace"].text.isEmpty { found.required(subject["namespace"]) }
      case "User", "Group":
        if let text = subject["apiGroup"].string, text != group, !text.isEmpty {
          found.notSupported(subject["apiGroup"], [group])
        }
      default: found.notSupported(subject["kind"], ["ServiceAccount", "User", "Group"])
      }
    }
  }
}
