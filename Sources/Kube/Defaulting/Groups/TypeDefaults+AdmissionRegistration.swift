import Bytes

/// Source: `pkg/apis/admissionregistration/{v1,v1beta1,v1alpha1}/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let admissionRegistration: [String: TypeDefaults] = {
    var table: [String: TypeDefaults] = [:]
    let webhook: [(String, DocumentNode)] = [
      ("failurePolicy", "Fail"), ("matchPolicy", "Equivalent"), ("namespaceSelector", [:]), ("objectSelector", [:]),
    ]
    table["admissionregistration/v1.ValidatingWebhook"] = TypeDefaults(webhook + [("timeoutSeconds", 10)])
    table["admissionregistration/v1.MutatingWebhook"] = TypeDefaults(
      webhook + [("timeoutSeconds", 10), ("reinvocationPolicy", "Never")])
    table["admissionregistration/v1.ServiceReference"] = TypeDefaults([("port", 443)])
    for version in ["v1", "v1beta1", "v1alpha1"] {
      let package = "admissionregistration/\(version)."
      table[package + "MatchResources"] = TypeDefaults([
        ("matchPolicy", "Equivalent"), ("namespaceSelector", [:]), ("objectSelector", [:]),
      ])
      table[package + "ValidatingAdmissionPolicySpec"] = TypeDefaults([("failurePolicy", "Fail")])
      table[package + "MutatingAdmissionPolicySpec"] = TypeDefaults([("failurePolicy", "Fail")])
      table[package + "ParamRef"] = TypeDefaults(
        version == "v1alpha1" ? [("parameterNotFoundAction", "Deny")] : [])
      let scope: [(String, DocumentNode)] = [("scope", "*")]
      table[package + "Rule"] = TypeDefaults(scope)
      table[package + "RuleWithOperations"] = TypeDefaults(scope)
      table[package + "NamedRuleWithOperations"] = TypeDefaults(scope)
    }
    return table
  }()
}
