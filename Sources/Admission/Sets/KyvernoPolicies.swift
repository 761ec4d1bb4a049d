import Bytes
import Kube

/// Kyverno's policies as far as they are CEL: `ValidatingPolicy`, and the rules with `validate.cel` of a `ClusterPolicy`.
///
/// Source: kyverno.io/docs, "ValidatingPolicy", "Auto-Gen Rules", "Validate Rules", "Selecting Resources".
enum KyvernoPolicies {
  // MARK: ValidatingPolicy

  static func translate(validatingPolicy object: KubeObject, into translation: inout ForeignPolicies.Translation) {
    func fail(_ reason: String) { translation.untranslated.append(.init(object: object, reason: reason)) }
    guard let spec = object.spec else { return fail("it has no spec") }
    if let mode = spec[path: "evaluation", "mode"]?.string, mode != "Kubernetes" {
      return fail("a policy of Kyverno that judges \(mode), not requests to the API server")
    }
    if spec[path: "evaluation", "admission", "enabled"]?.bool == false { return fail("it is not asked at admission") }
    var own: DocumentNode = ["failurePolicy": spec["failurePolicy"] ?? "Fail"]
    for key in ["matchConstraints", "matchConditions", "variables", "validations", "auditAnnotations"] {
      if let value = spec[key] { own = own.setting(key, value) }
    }
    if object.kind == "NamespacedValidatingPolicy" {
      let here = ForeignPolicies.condition(
        "own-namespace", "\(ForeignPolicies.namespace) == \(ForeignPolicies.celText(object.effectiveNamespace))")
      own = own.setting(
        "matchConditions", DocumentNode(.array([here] + (spec["matchConditions"]?.elements ?? []))))
    }
    let actions = spec["validationActions"]?.strings ?? ["Deny"]
    add(object.name, own, actions, object, &translation)
    // A policy about nothing but pods is about what makes pods, too.
    guard isAboutPods(own), let controllers = controllers(spec) else { return }
    for form in PodForm.all {
      let resources = form.resources.filter { controllers.contains($0.resource) }
      if resources.isEmpty { continue }
      var copy = own.setting("matchConstraints", form.constraints(own["matchConstraints"] ?? [:], resources))
      for key in ["matchConditions", "variables", "validations", "auditAnnotations"] {
        if let value = copy[key] { copy = copy.setting(key, form.rewritten(value)) }
      }
      add("autogen-\(form.name)-\(object.name)", copy, actions, object, &translation)
    }
  }

  private static func add(
    _ name: String, _ spec: DocumentNode, _ actions: [String], _ object: KubeObject,
    _ translation: inout ForeignPolicies.Translation
  ) {
    guard let policy = ForeignPolicies.policy(name, spec, like: object),
      let binding = ForeignPolicies.binding(name, policy: name, actions: actions, like: object)
    else { return }
    translation.objects += [policy, binding]
  }

  private static func isAboutPods(_ spec: DocumentNode) -> Bool {
    let rules = spec[path: "matchConstraints", "resourceRules"]?.elements ?? []
    return !rules.isEmpty
      && rules.allSatisfy { $0["resources"]?.strings == ["pods"] && $0["apiGroups"]?.strings == [""] }
  }

  private static let allControllers: Set<String> = [
    "daemonsets", "deployments", "jobs", "statefulsets", "replicasets", "replicationcontrollers", "cronjobs",
  ]

  /// Nil: none.
  private static func controllers(_ spec: DocumentNode) -> Set<String>? {
    guard let list = spec[path: "autogen", "podControllers", "controllers"]?.array else { return allControllers }
    let names = Set(list.compactMap(\.string))
    return names.isEmpty ? nil : names
  }

  /// Where a kind that makes pods has the pod.
  private struct PodForm {
    let name: String
    let resources: [(group: String, resource: String)]
    let path: String

    static let all = [
      PodForm(
        name: "defaults",
        resources: [
          ("apps", "daemonsets"), ("apps", "deployments"), ("apps", "replicasets"), ("apps", "statefulsets"),
          ("batch", "jobs"), ("", "replicationcontrollers"),
        ], path: "spec.template"),
      PodForm(name: "cronjobs", resources: [("batch", "cronjobs")], path: "spec.jobTemplate.spec.template"),
    ]

    func constraints(_ old: DocumentNode, _ resources: [(group: String, resource: String)]) -> DocumentNode {
      let operations = old["resourceRules"]?.elements.first?["operations"] ?? ["CREATE", "UPDATE"]
      let rules = Set(resources.map(\.group)).sorted().map { group -> DocumentNode in
        [
          "apiGroups": ForeignPolicies.list([group]), "apiVersions": ["v1"], "operations": operations,
          "resources": ForeignPolicies.list(resources.filter { $0.group == group }.map(\.resource)),
        ]
      }
      return old.setting("resourceRules", DocumentNode(.array(rules)))
    }

    /// Kyverno rewrites the text of expressions.
    func rewritten(_ node: DocumentNode) -> DocumentNode {
      switch node.content {
      case .string(let source):
        return ForeignPolicies.text(
          source.replacing("object.spec", with: "object.\(path).spec")
            .replacing("oldObject.spec", with: "oldObject.\(path).spec")
            .replacing("object.metadata", with: "object.\(path).metadata"))
      case .array(let items): return node.with(.array(items.map(rewritten)))
      case .object(let mapping):
        let entries = mapping.entries.map { entry in
          ["expression", "messageExpression", "valueExpression"].contains(entry.key)
            || entry.value.array != nil || entry.value.mapping != nil
            ? Mapping.Entry(key: entry.key, value: rewritten(entry.value)) : entry
        }
        return node.with(.object(Mapping(entries)))
      default: return node
      }
    }
  }

  // MARK: ClusterPolicy

  static func translate(clusterPolicy object: KubeObject, into translation: inout ForeignPolicies.Translation) {
    func fail(_ reason: String) { translation.untranslated.append(.init(object: object, reason: reason)) }
    let rules = object.spec?["rules"]?.elements ?? []
    if rules.isEmpty { return fail("it has no rules") }
    for rule in rules {
      let name = rule["name"]?.string ?? ""
      guard let cel = rule[path: "validate", "cel"] else {
        fail("rule \"\(name)\" is not written in CEL")
        continue
      }
      let conditions: [DocumentNode]
      do throws(Untranslatable) {
        conditions = try Self.conditions(rule, object)
      } catch {
        fail("rule \"\(name)\": \(error.reason)")
        continue
      }
      let operations = Self.operations(rule)
      var spec: DocumentNode = [
        "failurePolicy": object.spec?["failurePolicy"] ?? "Fail",
        "matchConstraints": ForeignPolicies.everything(operations),
        "matchConditions": DocumentNode(.array(conditions + (rule["celPreconditions"]?.elements ?? []))),
        "validations": validations(cel, message: rule[path: "validate", "message"]),
      ]
      for key in ["variables", "auditAnnotations", "paramKind"] {
        if let value = cel[key] { spec = spec.setting(key, value) }
      }
      let action =
        rule[path: "validate", "failureAction"]?.string ?? object.spec?["validationFailureAction"]?.string ?? "Audit"
      let full = rules.count == 1 ? object.name : "\(object.name)-\(name)"
      guard let policy = ForeignPolicies.policy(full, spec, like: object) else { continue }
      let reference = cel["paramRef"].map { [("paramRef", $0)] } ?? []
      let binding = ForeignPolicies.binding(
        full, policy: full, actions: action.lowercased() == "enforce" ? ["Deny"] : ["Audit"], reference, like: object)
      translation.objects.append(policy)
      if let binding { translation.objects.append(binding) }
      if namesOnlyPods(rule) {
        translation.untranslated.append(
          .init(object: object, reason: "rule \"\(name)\": the rules that Kyverno derives for pod controllers"))
      }
    }
  }

  private struct Untranslatable: Error { let reason: String }

  private static func validations(_ cel: DocumentNode, message: DocumentNode?) -> DocumentNode {
    let items = (cel["expressions"]?.elements ?? []).map { item in
      item["message"] == nil && item["messageExpression"] == nil && message != nil
        ? item.setting("message", message) : item
    }
    return DocumentNode(.array(items))
  }

  /// `match` and `exclude`: each `any` or `all` of blocks.
  private static func conditions(_ rule: DocumentNode, _ object: KubeObject) throws(Untranslatable) -> [DocumentNode] {
    var conditions: [DocumentNode] = []
    guard let match = rule["match"] else { throw Untranslatable(reason: "it matches nothing") }
    conditions.append(ForeignPolicies.condition("match", try blocks(match)))
    if let exclude = rule["exclude"], !exclude.entries.isEmpty {
      conditions.append(ForeignPolicies.condition("exclude", "!(\(try blocks(exclude)))"))
    }
    if object.kind == "Policy" {
      conditions.append(
        ForeignPolicies.condition(
          "own-namespace", "\(ForeignPolicies.namespace) == \(ForeignPolicies.celText(object.effectiveNamespace))"))
    }
    return conditions
  }

  private static func blocks(_ node: DocumentNode) throws(Untranslatable) -> String {
    let isAny = node["any"] != nil
    let items = node["any"]?.elements ?? node["all"]?.elements ?? [node]
    var terms: [String] = []
    for item in items { terms.append(try block(item)) }
    if terms.isEmpty { throw Untranslatable(reason: "it matches nothing") }
    return terms.map { "(\($0))" }.joined(separator: isAny ? " || " : " && ")
  }

  private static func block(_ node: DocumentNode) throws(Untranslatable) -> String {
    for key in ["subjects", "roles", "clusterRoles"] where node[key] != nil {
      throw Untranslatable(reason: "it matches by \(key)")
    }
    guard let resources = node["resources"] else { throw Untranslatable(reason: "a block without resources") }
    for key in ["selector", "namespaceSelector", "annotations"] where resources[key] != nil {
      throw Untranslatable(reason: "it matches by \(key)")
    }
    var terms: [String] = []
    if let kinds = resources["kinds"]?.strings {
      terms.append("(" + kinds.map(kind).joined(separator: " || ") + ")")
    }
    if let names = resources["names"]?.strings ?? resources["name"]?.string.map({ [$0] }) {
      terms.append(ForeignPolicies.matches(ForeignPolicies.name, globs: names))
    }
    if let namespaces = resources["namespaces"]?.strings {
      terms.append(ForeignPolicies.matches(ForeignPolicies.namespace, globs: namespaces))
    }
    if let operations = resources["operations"]?.strings {
      terms.append("request.operation in \(ForeignPolicies.celList(operations))")
    }
    return terms.isEmpty ? "true" : terms.joined(separator: " && ")
  }

  /// `Pod`, `v1/Pod`, `apps/v1/Deployment`, `Pod/exec`, `*`.
  private static func kind(_ text: String) -> String {
    var parts = text.split(separator: "/").map(String.init)
    var subresource = ""
    if parts.count > 1, let last = parts.last, last.first?.isLowercase ?? false { subresource = parts.removeLast() }
    let kind = parts.popLast() ?? "*"
    var terms = ["request.?subResource.orValue('') == \(ForeignPolicies.celText(subresource))"]
    if kind != "*" { terms.append(ForeignPolicies.matches("request.kind.kind", globs: [kind])) }
    if let version = parts.popLast(), version != "*" {
      terms.append("request.kind.version == \(ForeignPolicies.celText(version))")
      if let group = parts.popLast(), group != "*" {
        terms.append("request.kind.group == \(ForeignPolicies.celText(group))")
      }
    }
    return "(" + terms.joined(separator: " && ") + ")"
  }

  private static func operations(_ rule: DocumentNode) -> [String] {
    var named = Set<String>()
    let match = rule["match"]
    for item in match?["any"]?.elements ?? match?["all"]?.elements ?? (match.map { [$0] } ?? []) {
      let own = item[path: "resources", "operations"]?.strings ?? []
      if own.isEmpty { named.formUnion(["CREATE", "UPDATE"]) } else { named.formUnion(own) }
    }
    return named.sorted()
  }

  private static func namesOnlyPods(_ rule: DocumentNode) -> Bool {
    let match = rule["match"]
    let items = match?["any"]?.elements ?? match?["all"]?.elements ?? (match.map { [$0] } ?? [])
    let kinds = items.flatMap { $0[path: "resources", "kinds"]?.strings ?? [] }
    return !kinds.isEmpty && kinds.allSatisfy { $0 == "Pod" || $0 == "v1/Pod" }
  }
}
