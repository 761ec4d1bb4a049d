import Bytes
import Kube

/// A ConstraintTemplate whose code is CEL (engine `K8sNativeValidation`), as a policy whose params are its constraints, each of
/// them a binding.
///
/// Source: github.com/open-policy-agent/gatekeeper `pkg/drivers/k8scel`.
enum GatekeeperTemplates {
  private static let constraintGroup = "constraints.gatekeeper.sh"

  static func translate(
    _ template: KubeObject, constraints objects: [KubeObject], into translation: inout ForeignPolicies.Translation
  ) {
    func fail(_ reason: String) { translation.untranslated.append(.init(object: template, reason: reason)) }
    let target = template.spec?["targets"]?.elements.first
    guard
      let source = target?["code"]?.elements.first(where: { $0["engine"]?.string == "K8sNativeValidation" })?["source"]
    else { return fail("its code is not CEL (no engine K8sNativeValidation)") }
    guard let kind = template.spec?[path: "crd", "spec", "names", "kind"]?.string, !kind.isEmpty else {
      return fail("spec.crd.spec.names.kind is missing")
    }
    let constraints = objects.filter { $0.groupKind == GroupKind(constraintGroup, kind) }
    guard let version = constraints.first?.version else {
      return fail("no constraint of kind \(kind) is in the input")
    }
    var variables: [DocumentNode] = [
      [
        "name": "anyObject",
        "expression": "request.operation == 'DELETE' && object == null ? oldObject : object",
      ],
      ["name": "params", "expression": "params.?spec.?parameters.orValue(null)"],
    ]
    variables += source["variables"]?.elements ?? []
    let operations = source["operations"]?.strings ?? ["CREATE", "UPDATE"]
    var spec: DocumentNode = [
      "failurePolicy": source["failurePolicy"] ?? "Fail",
      "paramKind": [
        "apiVersion": ForeignPolicies.text(constraintGroup + "/" + version), "kind": ForeignPolicies.text(kind),
      ],
      "matchConstraints": ForeignPolicies.everything(operations),
      "matchConditions": DocumentNode(.array(conditions + (source["matchConditions"]?.elements ?? []))),
      "variables": DocumentNode(.array(variables)), "validations": source["validations"] ?? [],
    ]
    if let annotations = source["auditAnnotations"] { spec = spec.setting("auditAnnotations", annotations) }
    guard let policy = ForeignPolicies.policy(template.name, spec, like: template) else { return }
    translation.objects.append(policy)
    for constraint in constraints {
      var match: [(String, DocumentNode)] = [
        ("paramRef", ["name": ForeignPolicies.text(constraint.name), "parameterNotFoundAction": "Deny"])
      ]
      var resources: DocumentNode = [:]
      for (own, theirs) in [("objectSelector", "labelSelector"), ("namespaceSelector", "namespaceSelector")] {
        if let selector = constraint.spec?[path: "match", theirs] { resources = resources.setting(own, selector) }
      }
      if !(resources.entries.isEmpty) { match.append(("matchResources", resources)) }
      let actions: [String]
      switch constraint.spec?["enforcementAction"]?.string ?? "deny" {
      case "deny": actions = ["Deny"]
      case "warn": actions = ["Warn"]
      case "dryrun": actions = ["Audit"]
      case "scoped": actions = scoped(constraint)
      case let other:
        translation.untranslated.append(
          .init(object: constraint, reason: "enforcementAction \"\(other)\" is not known"))
        continue
      }
      let binding = ForeignPolicies.binding(
        constraint.name, policy: template.name, actions: actions, match, like: constraint)
      if let binding { translation.objects.append(binding) }
    }
  }

  /// Of `scopedEnforcementActions`, what holds at admission.
  private static func scoped(_ constraint: KubeObject) -> [String] {
    let names = (constraint.spec?["scopedEnforcementActions"]?.elements ?? []).filter { item in
      (item["enforcementPoints"]?.elements ?? []).contains {
        ["validation.gatekeeper.sh", "vap.k8s.io", "*"].contains($0["name"]?.string ?? "")
      }
    }.compactMap { $0["action"]?.string }
    if names.contains("deny") { return ["Deny"] }
    return names.contains("warn") ? ["Warn"] : ["Audit"]
  }

  /// What a constraint's `match` says beside selectors. An object of the cluster is in no namespace and always matches.
  private static let conditions: [DocumentNode] = {
    let match = "params.?spec.?match"
    func globs(_ list: String, _ value: String) -> String {
      "\(list).exists(g, \(value).matches('^' + string(g).replace('*', '.*') + '$'))"
    }
    let object = "(object == null ? oldObject : object)"
    let namespace = "string(\(object).?metadata.?namespace.orValue(''))"
    let name = "string(\(object).?metadata.?name.orValue(''))"
    return [
      ForeignPolicies.condition(
        "constraint-kinds",
        "\(match).?kinds.orValue([]).size() == 0 || \(match).?kinds.orValue([]).exists(k, [k.?kinds.orValue([])].exists(l, size(l) == 0 || '*' in l || request.kind.kind in l) && [k.?apiGroups.orValue([])].exists(l, size(l) == 0 || '*' in l || request.kind.group in l))"
      ),
      ForeignPolicies.condition(
        "constraint-namespaces",
        "!\(match).?namespaces.hasValue() || \(namespace) == '' || \(globs("\(match).?namespaces.orValue([])", namespace))"
      ),
      ForeignPolicies.condition(
        "constraint-excluded-namespaces",
        "!\(match).?excludedNamespaces.hasValue() || \(namespace) == '' || !\(globs("\(match).?excludedNamespaces.orValue([])", namespace))"
      ),
      ForeignPolicies.condition(
        "constraint-scope",
        "[\(match).?scope.orValue('*')].exists(s, s == '*' || (s == 'Namespaced') == (\(namespace) != ''))"),
      ForeignPolicies.condition(
        "constraint-name", "!\(match).?name.hasValue() || \(globs("[\(match).?name.orValue('*')]", name))"),
    ]
  }()
}
