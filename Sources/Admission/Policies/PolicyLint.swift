package import Bytes
import Expressions
package import Kube
import Validation

/// What the API server has against a policy, a binding or a webhook configuration when it is made, with its texts.
///
/// Source: `pkg/apis/admissionregistration/validation/validation.go` of Kubernetes 1.36.
package struct PolicyLint {
  private var errors: [FieldError] = []
  private let kind: String
  private let name: String
  /// Expressions by their path that are known to compile, with what they give.
  private var known: [String: ValidatingPolicy.CompiledType] = [:]

  /// What was found.
  package struct Outcome: Sendable {
    package var errors: [FieldError]
    /// As the server would answer; nil where it takes the object.
    package var refusal: AdmissionRefusal?
    /// The object as the server would hold it.
    package var object: DocumentNode
  }

  /// - Parameter compiled: the policy where it was made ready already: what compiled there is not compiled again.
  /// - Returns: nil for a kind that is none of these.
  package static func check(_ root: DocumentNode, compiled: ValidatingPolicy? = nil) -> Outcome? {
    let newest = "admissionregistration.k8s.io/v1"
    guard let kind = ServerObject.kind(of: root), kind.group == "admissionregistration.k8s.io",
      let type = ServerObject.type(of: root)
    else { return nil }
    let decoded = ObjectDecoder.decode(root, as: type, options: .init(isStored: false))
    if let undecodable = undecodable(root, kind.kind, type, decoded.mismatches) { return undecodable }
    let object = Conversion.convert(decoded.object, to: newest) ?? decoded.object
    var lint = PolicyLint(kind: kind.kind, name: object.metadataName)
    // Without variables of its own a new policy has no `variables` at all, which a stored one has.
    if let compiled, !(object[path: "spec", "variables"]?.elements ?? []).isEmpty {
      lint.known = compiled.compiledTypes
    } else if let compiled {
      lint.known = compiled.compiledTypes.filter { !$0.value.readsVariables }
    }
    lint.errors += ObjectMetadataValidation.validate(object["metadata"] ?? [:], isNamespaced: false)
    switch kind.kind {
    case "ValidatingAdmissionPolicy": lint.validatingPolicy(object)
    case "MutatingAdmissionPolicy": lint.mutatingPolicy(object)
    case "ValidatingAdmissionPolicyBinding": lint.binding(object, isValidating: true)
    case "MutatingAdmissionPolicyBinding": lint.binding(object, isValidating: false)
    case "ValidatingWebhookConfiguration": lint.webhooks(object, isMutating: false)
    case "MutatingWebhookConfiguration": lint.webhooks(object, isMutating: true)
    default: return nil
    }
    var outcome = Outcome(errors: lint.errors, refusal: nil, object: object)
    if !lint.errors.isEmpty {
      outcome.refusal = AdmissionRefusal(
        .invalid,
        "\(kind.kind).admissionregistration.k8s.io \"\(lint.name)\" is invalid: \(FieldError.aggregate(lint.errors))",
        causes: lint.errors.map { .init(reason: $0.kind.rawValue, message: $0.body, field: $0.path ?? "<nil>") })
    }
    return outcome
  }

  /// The server's answer to values of the wrong type, which it gives before it looks at anything else; nil where there are none.
  private static func undecodable(
    _ root: DocumentNode, _ kind: String, _ type: APIType, _ mismatches: [ObjectDecoder.Mismatch]
  ) -> Outcome? {
    guard let first = mismatches.first else { return nil }
    let errors = mismatches.map { mismatch in
      FieldError(.typeInvalid, mismatch.path, GoDecoding.mismatch(mismatch, in: root, root: type))
    }
    let (_, version) = APIResource.split(apiVersion: root["apiVersion"]?.string ?? "")
    let text = GoDecoding.mismatch(first, in: root, root: type)
    return Outcome(
      errors: errors,
      refusal: .undecodable(kind, version: version, text), object: root)
  }

  private init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }

  private mutating func supported(_ path: String, _ value: DocumentNode?, _ values: [String]) {
    guard let value, let text = value.string, !values.contains(text) else { return }
    errors.append(.notSupported(path, value, values.sorted()))
  }

  private mutating func required(_ path: String, _ detail: String = "") { errors.append(.required(path, detail)) }

  private mutating func invalid(_ path: String, _ value: DocumentNode, _ detail: String) {
    errors.append(.invalid(path, value, detail))
  }

  // MARK: Policies

  private static let failurePolicies = ["Fail", "Ignore"]
  private static let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"]
  private static let mostAnnotations = 20
  private static let annotationBytes = 5 * 1024

  /// The variables of policies' expressions, for expressions that are new.
  private static func environment(params: Bool, authorizer: Bool, patches: Bool = false) -> CELEnvironment {
    CELEnvironment.policies(
      minor: ServedRelease.minor, params: params, authorizer: authorizer, patchTypes: patches)
  }

  private struct Environments {
    var full: CELEnvironment
    var messages: CELEnvironment
    var patches: CELEnvironment
  }

  private mutating func common(_ spec: DocumentNode, isMutating: Bool) -> Environments {
    if spec["failurePolicy"] == nil { required("spec.failurePolicy") }
    supported("spec.failurePolicy", spec["failurePolicy"], Self.failurePolicies)
    let hasParams = spec["paramKind"] != nil
    if let paramKind = spec["paramKind"] { self.paramKind(paramKind, "spec.paramKind") }
    if let constraints = spec["matchConstraints"] {
      matchResources(constraints, "spec.matchConstraints", isMutating: isMutating)
      if constraints["resourceRules"]?.elements.isEmpty ?? true { required("spec.matchConstraints.resourceRules") }
    } else {
      required("spec.matchConstraints")
    }
    let full = Self.environment(params: hasParams, authorizer: true)
    matchConditions(spec["matchConditions"], "spec.matchConditions", full)
    var environments = Environments(
      full: full, messages: Self.environment(params: hasParams, authorizer: false),
      patches: Self.environment(params: hasParams, authorizer: true, patches: true))
    let variables = spec["variables"]?.elements ?? []
    // Without variables there is no `variables` to refer to.
    if variables.isEmpty { return environments }
    environments.full.declareComposition()
    environments.messages.declareComposition()
    environments.patches.declareComposition()
    for (index, variable) in variables.enumerated() {
      let path = "spec.variables[\(index)]"
      let name = variable["name"]?.string ?? ""
      if name.trimmingGoSpace.isEmpty {
        required(path + ".name", "name is not specified")
      } else if !Self.isIdentifier(name) {
        invalid(path + ".name", DocumentNode(.string(name)), "must be a valid CEL identifier")
      }
      let source = variable["expression"]?.string ?? ""
      if source.trimmingGoSpace.isEmpty {
        required(path + ".expression", "expression is not specified")
        continue
      }
      var type: CELType?
      let environment = isMutating ? environments.patches : environments.full
      if let known = known[path + ".expression"] {
        type = known.type
      } else {
        do throws(CELCompileError) {
          type = try environment.compile(source).outputType
        } catch {
          report(.compilation(error), source, path + ".expression")
        }
      }
      environments.full.declareVariable(name, type)
      environments.messages.declareVariable(name, type)
      environments.patches.declareVariable(name, type)
    }
    return environments
  }

  private mutating func report(_ fault: PolicyExpressionFault, _ source: String, _ path: String) {
    if fault.isInternal {
      errors.append(FieldError(.internalError, path, fault.message))
    } else {
      invalid(path, DocumentNode(.string(source)), fault.message)
    }
  }

  /// - Parameter shown: the source as the message has it.
  private mutating func expression(
    _ source: String, _ environment: CELEnvironment, _ types: [CELType], _ path: String, shown: String? = nil
  ) {
    if known[path] != nil { return }
    if case .fault(let fault, _) = PolicyExpression(source, environment, gives: types) {
      report(fault, shown ?? source, path)
    }
  }

  private mutating func validatingPolicy(_ object: DocumentNode) {
    let spec = object["spec"] ?? [:]
    let environments = common(spec, isMutating: false)
    let validations = spec["validations"]?.elements ?? []
    let annotations = spec["auditAnnotations"]?.elements ?? []
    if validations.isEmpty, annotations.isEmpty {
      let detail = "validations or auditAnnotations must contain at least one item"
      required("spec.validations", detail)
      required("spec.auditAnnotations", detail)
      return
    }
    for (index, validation) in validations.enumerated() {
      self.validation(validation, "spec.validations[\(index)]", environments)
    }
    if annotations.count > Self.mostAnnotations {
      invalid(
        "spec.auditAnnotations", spec["auditAnnotations"] ?? [],
        "must not have more than \(Self.mostAnnotations) auditAnnotations")
    }
    var keys = Set<String>()
    for (index, annotation) in annotations.enumerated() {
      let path = "spec.auditAnnotations[\(index)]"
      let key = annotation["key"]?.string ?? ""
      auditAnnotation(annotation, key, path, environments.full)
      if !keys.insert(key).inserted { errors.append(.duplicate(path + ".key", DocumentNode(.string(key)))) }
    }
  }

  private mutating func validation(_ node: DocumentNode, _ path: String, _ environments: Environments) {
    let source = node["expression"]?.string ?? ""
    if source.trimmingGoSpace.isEmpty {
      required(path + ".expression", "expression is not specified")
    } else {
      expression(source, environments.full, [.bool], path + ".expression")
    }
    if let message = node["messageExpression"]?.string, !message.isEmpty {
      if message.trimmingGoSpace.isEmpty {
        invalid(path + ".messageExpression", DocumentNode(.string(message)), "must be non-empty if specified")
      } else {
        expression(message, environments.messages, [.string], path + ".messageExpression")
      }
    }
    if let message = node["message"]?.string, !message.isEmpty {
      let trimmed = message.trimmingGoSpace
      if trimmed.isEmpty {
        invalid(path + ".message", DocumentNode(.string(message)), "must be non-empty if specified")
      } else if trimmed.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
        invalid(path + ".message", DocumentNode(.string(message)), "must not contain line breaks")
      }
    }
    supported(path + ".reason", node["reason"], Self.reasons)
  }

  private mutating func auditAnnotation(
    _ node: DocumentNode, _ key: String, _ path: String, _ environment: CELEnvironment
  ) {
    if name.isEmpty {
      invalid(path + ".key", DocumentNode(.string(key)), "requires metadata.name be non-empty")
    } else {
      let full = name + "/" + key
      for detail in ObjectMetadataValidation.qualifiedNameFaults(full) {
        invalid(path + ".key", DocumentNode(.string(full)), detail)
      }
    }
    let written = node["valueExpression"]?.string ?? ""
    let source = written.trimmingGoSpace
    if source.isEmpty {
      required(path + ".valueExpression", "valueExpression is not specified")
    } else if source.utf8.count > Self.annotationBytes {
      required(path + ".valueExpression", "must not exceed \(Self.annotationBytes) bytes in length")
    } else {
      expression(source, environment, [.string, .null], path + ".valueExpression", shown: written)
    }
  }

  private mutating func mutatingPolicy(_ object: DocumentNode) {
    let spec = object["spec"] ?? [:]
    let environments = common(spec, isMutating: true)
    let mutations = spec["mutations"]?.elements ?? []
    if mutations.isEmpty { required("spec.mutations", "mutations must contain at least one item") }
    for (index, mutation) in mutations.enumerated() {
      self.mutation(mutation, "spec.mutations[\(index)]", environments.patches)
    }
    if spec["reinvocationPolicy"] == nil { required("spec.reinvocationPolicy") }
    supported("spec.reinvocationPolicy", spec["reinvocationPolicy"], ["Never", "IfNeeded"])
  }

  private mutating func mutation(_ node: DocumentNode, _ path: String, _ environment: CELEnvironment) {
    let type = node["patchType"]?.string ?? ""
    let fields = [
      ("ApplyConfiguration", "applyConfiguration", CELType.object("Object")),
      ("JSONPatch", "jsonPatch", .list(.object("JSONPatch"))),
    ]
    if type.isEmpty {
      required(path + ".patchType")
      return
    }
    guard fields.contains(where: { $0.0 == type }) else {
      supported(path + ".patchType", node["patchType"], fields.map(\.0))
      return
    }
    for (patchType, field, result) in fields where patchType == type {
      guard let patch = node[field] else {
        required("\(path).\(field)", "must be specified when patchType is \(type)")
        continue
      }
      let source = patch["expression"]?.string ?? ""
      if source.trimmingGoSpace.isEmpty {
        required("\(path).\(field).expression")
      } else {
        expression(source, environment, [result], "\(path).\(field).expression")
      }
    }
    for (patchType, field, _) in fields where patchType != type && node[field] != nil {
      invalid(
        "\(path).\(field)", DocumentNode(.string("{\(field)}")), "must not be specified when patchType is \(type)")
    }
  }

  // MARK: Bindings

  private mutating func binding(_ object: DocumentNode, isValidating: Bool) {
    let spec = object["spec"] ?? [:]
    let policyName = spec["policyName"]?.string ?? ""
    if policyName.isEmpty { required("spec.policyName") }
    for detail in policyName.isEmpty ? [] : ObjectMetadataValidation.subdomainFaults(policyName) {
      invalid("spec.policyName", DocumentNode(.string(policyName)), detail)
    }
    if let reference = spec["paramRef"] { paramReference(reference, "spec.paramRef") }
    // The server's own name of the field has a slip of the pen.
    if let match = spec["matchResources"] {
      matchResources(match, isValidating ? "spec.matchResouces" : "spec.matchResources", isMutating: !isValidating)
    }
    if isValidating { validationActions(spec["validationActions"], "spec.validationActions") }
  }

  private mutating func validationActions(_ node: DocumentNode?, _ path: String) {
    var seen = Set<String>()
    let known = ["Audit", "Deny", "Warn"]
    for (index, action) in (node?.elements ?? []).enumerated() {
      let text = action.string ?? ""
      supported("\(path)[\(index)]", action, known)
      if !seen.insert(text).inserted { errors.append(.duplicate("\(path)[\(index)]", action)) }
    }
    if seen.contains("Deny"), seen.contains("Warn") {
      invalid(
        path, node ?? [],
        "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"
      )
    }
    if seen.isEmpty { required(path, "at least one validation action is required") }
  }

  private mutating func paramReference(_ node: DocumentNode, _ path: String) {
    let name = node["name"]?.string ?? ""
    let exclusive = "name and selector are mutually exclusive"
    if !name.isEmpty {
      for detail in Self.segmentFaults(name) { invalid(path + ".name", DocumentNode(.string(name)), detail) }
      if node["selector"] != nil { errors.append(.forbidden(path + ".name", exclusive)) }
    }
    if let selector = node["selector"] {
      self.selector(selector, path + ".selector")
      if !name.isEmpty { errors.append(.forbidden(path + ".selector", exclusive)) }
    }
    if name.isEmpty, node["selector"] == nil { required(path, "one of name or selector must be specified") }
    if node["parameterNotFoundAction"]?.string ?? "" == "" {
      required(path + ".parameterNotFoundAction")
    } else {
      supported(path + ".parameterNotFoundAction", node["parameterNotFoundAction"], ["Deny", "Allow"])
    }
  }

  private mutating func paramKind(_ node: DocumentNode, _ path: String) {
    let apiVersion = node["apiVersion"]?.string ?? ""
    if apiVersion.isEmpty {
      required(path + ".apiVersion")
    } else if apiVersion.filter({ $0 == "/" }).count > 1 {
      invalid(path + ".apiVersion", DocumentNode(.string(apiVersion)), "unexpected GroupVersion string: \(apiVersion)")
    } else {
      let (group, version) = APIResource.split(apiVersion: apiVersion)
      if !group.isEmpty {
        let faults = ObjectMetadataValidation.subdomainFaults(group)
        if !faults.isEmpty {
          invalid(path + ".apiVersion", DocumentNode(.string(group)), faults.joined(separator: ","))
        }
      }
      if version.isEmpty {
        invalid(path + ".apiVersion", DocumentNode(.string(apiVersion)), "version must be specified")
      } else if let fault = ObjectMetadataValidation.labelFault(version) {
        invalid(path + ".apiVersion", DocumentNode(.string(version)), fault)
      }
    }
    let kind = node["kind"]?.string ?? ""
    if kind.isEmpty {
      required(path + ".kind")
    } else if let fault = ObjectMetadataValidation.labelFault(kind.lowercased()) {
      invalid(
        path + ".kind", DocumentNode(.string(kind)), "may have mixed case, but should otherwise match: " + fault)
    }
  }

  // MARK: Match resources

  private mutating func matchResources(_ node: DocumentNode, _ path: String, isMutating: Bool) {
    if node["matchPolicy"] == nil { required(path + ".matchPolicy") }
    supported(path + ".matchPolicy", node["matchPolicy"], ["Exact", "Equivalent"])
    for key in ["namespaceSelector", "objectSelector"] {
      if let selector = node[key] { self.selector(selector, path + "." + key) } else { required(path + "." + key) }
    }
    for list in ["resourceRules", "excludeResourceRules"] {
      for (index, rule) in (node[list]?.elements ?? []).enumerated() {
        let place = "\(path).\(list)[\(index)]"
        var seen = Set<String>()
        for (number, name) in (rule["resourceNames"]?.elements ?? []).enumerated() {
          let text = name.string ?? ""
          for detail in Self.segmentFaults(text) { invalid("\(place).resourceNames[\(number)]", name, detail) }
          if !seen.insert(text).inserted { errors.append(.duplicate("\(place).resourceNames[\(number)]", name)) }
        }
        ruleWithOperations(rule, place)
      }
    }
    guard isMutating else { return }
    // Nothing is left to change of what is deleted.
    for list in ["resourceRules", "excludeResourceRules"] {
      for rule in node[list]?.elements ?? [] {
        for operation in rule["operations"]?.elements ?? [] where operation.string == "DELETE" {
          errors.append(.notSupported("\(path).\(list).operations", operation, ["*", "CONNECT", "CREATE", "UPDATE"]))
        }
      }
    }
  }

  private mutating func ruleWithOperations(_ rule: DocumentNode, _ path: String) {
    let operations = rule["operations"]?.elements ?? []
    if operations.isEmpty { required(path + ".operations") }
    if operations.count > 1, operations.contains(where: { $0.string == "*" }) {
      invalid(path + ".operations", rule["operations"] ?? [], "if '*' is present, must not specify other operations")
    }
    for (index, operation) in operations.enumerated() {
      supported("\(path).operations[\(index)]", operation, ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
    }
    let words = [("apiGroups", "API groups"), ("apiVersions", "API versions")]
    for (key, word) in words {
      let items = rule[key]?.strings ?? []
      if items.isEmpty { required("\(path).\(key)") }
      if items.count > 1, items.contains("*") {
        invalid("\(path).\(key)", rule[key] ?? [], "if '*' is present, must not specify other \(word)")
      }
      if key == "apiVersions" {
        for (index, version) in items.enumerated() where version.isEmpty { required("\(path).\(key)[\(index)]") }
      }
    }
    resources(rule["resources"], path + ".resources")
    supported(path + ".scope", rule["scope"], ["*", "Cluster", "Namespaced"])
  }

  private mutating func resources(_ node: DocumentNode?, _ path: String) {
    let items = node?.strings ?? []
    if items.isEmpty { required(path) }
    var wildcardSubresources = Set<String>()
    var wildcardResources = Set<String>()
    var isPlain = false
    for (index, item) in items.enumerated() {
      if item.isEmpty {
        required("\(path)[\(index)]")
        continue
      }
      let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        isPlain = item != "*"
        continue
      }
      let (resource, subresource) = (parts[0], parts[1])
      if wildcardSubresources.contains(resource) {
        invalid(
          "\(path)[\(index)]", DocumentNode(.string(item)),
          "if '\(resource)/*' is present, must not specify \(item)")
      }
      if wildcardResources.contains(subresource) {
        invalid(
          "\(path)[\(index)]", DocumentNode(.string(item)),
          "if '*/\(subresource)' is present, must not specify \(item)")
      }
      if subresource == "*" { wildcardSubresources.insert(resource) }
      if resource == "*" { wildcardResources.insert(subresource) }
    }
    if items.count > 1, items.contains("*/*") {
      invalid(path, node ?? [], "if '*/*' is present, must not specify other resources")
    }
    if items.contains("*"), isPlain {
      invalid(path, node ?? [], "if '*' is present, must not specify other resources without subresources")
    }
  }

  private mutating func selector(_ node: DocumentNode, _ path: String) {
    for entry in node["matchLabels"]?.entries ?? [] {
      for detail in ObjectMetadataValidation.qualifiedNameFaults(entry.key) {
        invalid(path + ".matchLabels", DocumentNode(.string(entry.key)), detail)
      }
      for detail in ObjectMetadataValidation.labelValueFaults(entry.value.string ?? "") {
        invalid(path + ".matchLabels", entry.value, detail)
      }
    }
    for (index, expression) in (node["matchExpressions"]?.elements ?? []).enumerated() {
      let place = "\(path).matchExpressions[\(index)]"
      let values = expression["values"]?.strings ?? []
      switch expression["operator"]?.string {
      case "In", "NotIn":
        if values.isEmpty { required(place + ".values", "must be specified when `operator` is 'In' or 'NotIn'") }
      case "Exists", "DoesNotExist":
        if !values.isEmpty {
          errors.append(
            .forbidden(place + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
        }
      default: invalid(place + ".operator", expression["operator"] ?? "", "not a valid selector operator")
      }
      let key = expression["key"]?.string ?? ""
      for detail in ObjectMetadataValidation.qualifiedNameFaults(key) {
        invalid(place + ".key", DocumentNode(.string(key)), detail)
      }
      for (number, value) in values.enumerated() {
        for detail in ObjectMetadataValidation.labelValueFaults(value) {
          invalid("\(place).values[\(number)]", DocumentNode(.string(value)), detail)
        }
      }
    }
  }

  private mutating func matchConditions(_ node: DocumentNode?, _ path: String, _ environment: CELEnvironment) {
    let conditions = node?.elements ?? []
    if conditions.count > 64 { errors.append(.tooMany(path, Int64(conditions.count), 64)) }
    var names = Set<String>()
    for (index, condition) in conditions.enumerated() {
      let place = "\(path)[\(index)]"
      let source = (condition["expression"]?.string ?? "").trimmingGoSpace
      if source.isEmpty {
        required(place + ".expression")
      } else {
        expression(source, environment, [.bool], place + ".expression")
      }
      let name = condition["name"]?.string ?? ""
      if name.isEmpty {
        required(place + ".name")
        continue
      }
      for detail in ObjectMetadataValidation.qualifiedNameFaults(name) {
        invalid(place + ".name", DocumentNode(.string(name)), detail)
      }
      if !names.insert(name).inserted { errors.append(.duplicate(place + ".name", DocumentNode(.string(name)))) }
    }
  }

  // MARK: Webhooks

  private mutating func webhooks(_ object: DocumentNode, isMutating: Bool) {
    var names = Set<String>()
    for (index, hook) in (object["webhooks"]?.elements ?? []).enumerated() {
      let path = "webhooks[\(index)]"
      let name = hook["name"]?.string ?? ""
      if name.isEmpty {
        required(path + ".name")
      } else {
        for detail in ObjectMetadataValidation.subdomainFaults(name) {
          invalid(path + ".name", DocumentNode(.string(name)), detail)
        }
        if ObjectMetadataValidation.subdomainFaults(name).isEmpty, name.filter({ $0 == "." }).count < 2 {
          invalid(
            path + ".name", DocumentNode(.string(name)),
            "should be a domain with at least three segments separated by dots")
        }
      }
      for (number, rule) in (hook["rules"]?.elements ?? []).enumerated() {
        ruleWithOperations(rule, "\(path).rules[\(number)]")
      }
      supported(path + ".failurePolicy", hook["failurePolicy"], Self.failurePolicies)
      supported(path + ".matchPolicy", hook["matchPolicy"], ["Exact", "Equivalent"])
      if hook["sideEffects"] == nil {
        required(path + ".sideEffects", "must specify one of None, NoneOnDryRun")
      }
      supported(path + ".sideEffects", hook["sideEffects"], ["None", "NoneOnDryRun"])
      if let seconds = hook["timeoutSeconds"]?.int, !(1...30).contains(seconds) {
        invalid(
          path + ".timeoutSeconds", DocumentNode(.int(seconds)), "the timeout value must be between 1 and 30 seconds")
      }
      for key in ["namespaceSelector", "objectSelector"] {
        if let selector = hook[key] { self.selector(selector, path + "." + key) }
      }
      if isMutating { supported(path + ".reinvocationPolicy", hook["reinvocationPolicy"], ["Never", "IfNeeded"]) }
      clientConfiguration(hook["clientConfig"] ?? [:], path + ".clientConfig")
      matchConditions(
        hook["matchConditions"], path + ".matchConditions", Self.environment(params: false, authorizer: true))
      reviewVersions(hook["admissionReviewVersions"], path + ".admissionReviewVersions")
      if !name.isEmpty, !names.insert(name).inserted {
        errors.append(.duplicate(path + ".name", DocumentNode(.string(name))))
      }
    }
  }

  private mutating func clientConfiguration(_ node: DocumentNode, _ path: String) {
    let (url, service) = (node["url"], node["service"])
    guard (url == nil) != (service == nil) else {
      required(path, "exactly one of url or service is required")
      return
    }
    if let text = url?.string {
      if !text.hasPrefix("https://") {
        let scheme = text.split(separator: ":").first.map(String.init) ?? ""
        invalid(
          path + ".url", DocumentNode(.string(scheme)),
          "'https' is the only allowed URL scheme; desired format: https://host[/path]")
      }
    } else if let service {
      for key in ["name", "namespace"] where service[key]?.string ?? "" == "" {
        required("\(path).service.\(key)")
      }
      if let port = service["port"]?.int, !(1...65535).contains(port) {
        invalid(
          path + ".service.port", DocumentNode(.int(port)), "port is not valid: must be between 1 and 65535, inclusive")
      }
    }
  }

  private mutating func reviewVersions(_ node: DocumentNode?, _ path: String) {
    let versions = node?.strings ?? []
    if versions.isEmpty {
      required(path, "must specify one of v1, v1beta1")
      return
    }
    var seen = Set<String>()
    for (index, version) in versions.enumerated() {
      if !seen.insert(version).inserted {
        invalid("\(path)[\(index)]", DocumentNode(.string(version)), "duplicate version")
        continue
      }
      if let fault = ObjectMetadataValidation.labelFault(version) {
        invalid("\(path)[\(index)]", DocumentNode(.string(version)), fault)
      }
    }
    if seen.isDisjoint(with: ["v1", "v1beta1"]) {
      invalid(path, node ?? [], "must include at least one of v1, v1beta1")
    }
  }

  // MARK: Grammar

  private static let reserved: Set<String> = [
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
    "let", "loop", "package", "namespace", "return", "var", "void", "while",
  ]

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, first == 0x5F || (first | 0x20) &- 0x61 < 26, !reserved.contains(name) else {
      return false
    }
    return name.utf8.allSatisfy { $0 == 0x5F || ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
  }

  /// A part of a path in a URL. Source: k8s.io/apimachinery `pkg/api/validation/path/name.go`.
  private static func segmentFaults(_ name: String) -> [String] {
    if name == "." || name == ".." { return ["may not be '\(name)'"] }
    return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
  }
}
