/// Label selectors.
///
/// Source: k8s.io/apimachinery `pkg/apis/meta/v1/validation/validation.go`.
enum SelectorRules {
  /// - Returns: whether the selector is one.
  @discardableResult
  static func validate(_ selector: Field, _ found: inout Violations) -> Bool {
    let before = found.list.count
    MetadataRules.labels(selector["matchLabels"], &found)
    for requirement in selector["matchExpressions"].items { expression(requirement, compares: false, &found) }
    return found.list.count == before
  }

  /// One of `matchExpressions`.
  ///
  /// - Parameter compares: whether values may be compared as numbers, as those of nodes may.
  static func expression(_ requirement: Field, compares: Bool, _ found: inout Violations) {
    let values = requirement["values"]
    switch requirement["operator"].text {
    case "In", "NotIn":
      if values.isEmptyList { found.required(values, "must be specified when `operator` is 'In' or 'NotIn'") }
    case "Exists", "DoesNotExist":
      if !values.isEmptyList {
        found.forbidden(values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
    case "Gt" where compares, "Lt" where compares:
      if values.count != 1 {
        found.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      }
    default: found.invalid(requirement["operator"], "not a valid selector operator")
    }
    found.faults(requirement["key"], Grammar.qualifiedName(requirement["key"].text))
    for value in values.items { found.faults(value, Grammar.labelValue(value.text)) }
  }

  /// Whether the selector selects the labels; nil for one that is none.
  static func matches(_ selector: Field, _ labels: [String: String]) -> Bool? {
    guard selector.isPresent else { return nil }
    for (key, value) in selector["matchLabels"].entries where labels[key] != value.text { return false }
    for requirement in selector["matchExpressions"].items {
      let own = labels[requirement["key"].text]
      let values = requirement["values"].strings
      switch requirement["operator"].text {
      case "In": if own.map(values.contains) != true { return false }
      case "NotIn": if own.map(values.contains) == true { return false }
      case "Exists": if own == nil { return false }
      case "DoesNotExist": if own != nil { return false }
      default: return nil
      }
    }
    return true
  }

  static func isEmpty(_ selector: Field) -> Bool {
    selector["matchLabels"].isEmptyMap && selector["matchExpressions"].isEmptyList
  }
}
