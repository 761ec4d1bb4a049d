package import Bytes
package import Expressions
import Kube
import Validation

/// The mutating policies of a cluster, in force by their bindings.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/policy/{generic/policy_dispatcher,mutating/dispatcher}.go`. The server
/// walks policies and bindings in no order; here they stand by name.
package struct MutatingPolicies: Sendable {
  package let hooks: [(policy: MutatingPolicy, bindings: [PolicyBinding])]

  package init(_ policies: [MutatingPolicy], _ bindings: [PolicyBinding]) {
    let byPolicy = Dictionary(grouping: bindings, by: \.policyName)
    hooks = policies.sorted { $0.name < $1.name }.compactMap { policy in
      guard let own = byPolicy[policy.name] else { return nil }
      return (policy, own.sorted { $0.name < $1.name })
    }
  }

  private init(hooks: [(policy: MutatingPolicy, bindings: [PolicyBinding])]) { self.hooks = hooks }

  /// The same without some of the policies.
  package func without(_ names: Set<String>) -> MutatingPolicies {
    names.isEmpty ? self : MutatingPolicies(hooks: hooks.filter { !names.contains($0.policy.name) })
  }

  /// What policies were asked before, from one pass over the plugins to the next.
  package struct Memory: Sendable {
    fileprivate struct Key: Hashable, Sendable {
      let policy: String
      let binding: String
      let param: String
    }

    fileprivate var isReinvocation = false
    fileprivate var reinvocable = Set<Key>()
    fileprivate var toReinvoke = Set<Key>()
    fileprivate var lastOutput: DocumentNode?
    /// Whether a second pass is due.
    package fileprivate(set) var wantsReinvocation = false

    package init() {}

    package mutating func beginReinvocation() { isReinvocation = true }

    /// Others changed the object, so that who may be asked again is.
    fileprivate mutating func requireReinvocation() {
      toReinvoke.formUnion(reinvocable)
      reinvocable = []
    }
  }

  /// What the policies made of one request.
  package struct Outcome: Sendable {
    /// Of the request; as far as it came when it was refused.
    package var object: DocumentNode
    package var refusal: AdmissionRefusal?
    package var ignored: [PolicyReport.Ignored] = []
    package var notEvaluated: [PolicyReport.NotEvaluated] = []
    /// The policy that the request was refused for; nil where it was for none.
    package var refusedBy: String?
    /// Policies that changed the object.
    package var changedBy: [String] = []
  }

  private struct Invocation {
    let policy: MutatingPolicy
    let binding: PolicyBinding
    let kind: AdmissionRequest.Kind
    let resource: AdmissionRequest.Resource
    let param: DocumentNode
  }

  private enum Fault: Error {
    /// Of the policy, subject to its failurePolicy.
    case policy(String)
    /// Of the server itself, whatever the policy says.
    case server(AdmissionRefusal)
  }

  package func mutate(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer,
    memory: inout Memory
  ) -> Outcome {
    var outcome = Outcome(object: request.object)
    if request.isExemptFromPolicies || request.operation == .delete { return outcome }
    var faults: [(policy: MutatingPolicy, message: String, text: String, binding: String?)] = []
    // What is said before any expression is evaluated bears the reason of a plain refusal.
    var misconfigured = 0
    func fail(_ policy: MutatingPolicy, _ binding: PolicyBinding?, _ message: String) {
      let text =
        binding.map { "policy '\(policy.name)' with binding '\($0.name)' denied request: \(message)" }
        ?? "policy \"\(policy.name)\" denied request: \(message)"
      faults.append((policy, message, text, binding?.name))
    }
    let authorizer = WatchedAuthorizer(authorizer)
    func wasGuessed(_ invocation: Invocation) -> Bool {
      guard authorizer.takeGuess() else { return false }
      outcome.notEvaluated.append(
        .init(
          policy: invocation.policy.name, binding: invocation.binding.name,
          reason: PolicyReport.NotEvaluated.unknownRights))
      return true
    }
    let invocations = invocations(request, cluster, &outcome, fail)
    misconfigured = faults.count
    if memory.isReinvocation, memory.lastOutput != request.object { memory.requireReinvocation() }
    // Each kind that policies match as has an object of its own, made from the one that was sent. Only that of the last mutation
    // becomes the request's: what policies did to another version of it is lost, in the server too.
    var versions: [AdmissionRequest.Kind: (request: AdmissionRequest, isPatched: Bool)] = [:]
    var last: AdmissionRequest.Kind?
    let sent = request
    for invocation in invocations {
      var request = versions[invocation.kind]?.request ?? sent
      if versions[invocation.kind] == nil {
        request.object = RequestVariables.converted(sent.object, sent, to: invocation.kind) ?? sent.object
      }
      let policy = invocation.policy
      if let reason = policy.needs.ignorance(of: request) {
        outcome.notEvaluated.append(.init(policy: policy.name, binding: invocation.binding.name, reason: reason))
        continue
      }
      if policy.paramKind != nil, invocation.binding.isImplied {
        outcome.notEvaluated.append(
          .init(policy: policy.name, binding: nil, reason: PolicyReport.NotEvaluated.noBinding))
        continue
      }
      let variables = RequestVariables(request, cluster, authorizer)
      if let reason = namespaceFault(request, cluster) {
        outcome.refusal = AdmissionRefusal(.notFound, reason)
        return outcome
      }
      do throws(RequestVariables.ConversionFailure) {
        let view = try variables.view(invocation.kind, invocation.resource)
        if !policy.matchConditions.isEmpty {
          let activation = PolicyActivation.make(
            view, invocation.param, policy.paramKind != nil, variables, authorizer: true, namespace: false,
            policy.variables)
          let match = MatchConditions.evaluate(
            policy.matchConditions, activation, ignoresFailures: policy.ignoresFailures)
          if wasGuessed(invocation) { continue }
          switch match {
          case .matched: break
          case .notMatched: continue
          case .failed(let message):
            fail(policy, invocation.binding, message)
            continue
          case .ignored(let message):
            outcome.ignored.append(.init(policy: policy.name, binding: invocation.binding.name, message: message))
            continue
          }
        }
      } catch {
        outcome.notEvaluated.append(
          .init(policy: policy.name, binding: invocation.binding.name, reason: error.message))
        continue
      }
      let key = Memory.Key(
        policy: policy.name, binding: invocation.binding.name,
        param: invocation.param.isNull
          ? "" : "\(invocation.param[path: "metadata", "namespace"]?.string ?? "")/\(invocation.param.metadataName)")
      if memory.isReinvocation, !memory.toReinvoke.contains(key) { continue }
      if policy.needs.namespace, let reason = cluster.ignorance(ofNamespaceOf: request) {
        outcome.notEvaluated.append(.init(policy: policy.name, binding: invocation.binding.name, reason: reason))
        continue
      }
      let before = request.object
      var isPatched = versions[invocation.kind]?.isPatched ?? false
      for mutation in policy.mutations where !request.object.isNull {
        last = invocation.kind
        do throws(Fault) {
          request.object = try Self.apply(mutation, invocation, request, cluster, authorizer)
          isPatched = true
        } catch {
          switch error {
          case .policy(let message): fail(policy, invocation.binding, message)
          case .server(let refusal):
            outcome.refusal = refusal
            outcome.refusedBy = policy.name
            outcome.object = Self.converted(request.object, to: sent.kind)
            return outcome
          }
        }
      }
      if wasGuessed(invocation) { continue }
      versions[invocation.kind] = (request, isPatched)
      if isPatched, before != request.object {
        outcome.changedBy.append(policy.name)
        memory.requireReinvocation()
        memory.wantsReinvocation = true
      }
      if policy.isReinvoked { memory.reinvocable.insert(key) }
    }
    // Whoever patched is asked again, too, whether or not that changed anything.
    if let last, let version = versions[last], version.isPatched {
      memory.requireReinvocation()
      memory.wantsReinvocation = true
      outcome.object = Self.converted(version.request.object, to: sent.kind)
    }
    memory.lastOutput = outcome.object
    let counted = faults.filter { !$0.policy.ignoresFailures }
    for fault in faults where fault.policy.ignoresFailures {
      outcome.ignored.append(.init(policy: fault.policy.name, binding: fault.binding, message: fault.message))
    }
    if let first = counted.first {
      outcome.refusedBy = first.policy.name
      let isConfiguration = faults.prefix(misconfigured).contains { !$0.policy.ignoresFailures }
      outcome.refusal = AdmissionRefusal(
        status: 403, reason: isConfiguration ? "Forbidden" : "Invalid", message: first.text,
        causes: counted.map { .init(message: $0.text) })
    }
    return outcome
  }

  private func namespaceFault(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> String? {
    if request.namespace.isEmpty || request.isNamespace { return nil }
    if case .missing = cluster.namespace(request.namespace) {
      return "namespaces \"\(request.namespace)\" not found"
    }
    return nil
  }

  private func invocations(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ outcome: inout Outcome,
    _ fail: (MutatingPolicy, PolicyBinding?, String) -> Void
  ) -> [Invocation] {
    let matcher = RequestMatcher(cluster)
    var result: [Invocation] = []
    for (policy, bindings) in hooks {
      func unknown(_ binding: PolicyBinding?, _ reason: String) {
        outcome.notEvaluated.append(.init(policy: policy.name, binding: binding?.name, reason: reason))
      }
      func misconfigured(_ binding: PolicyBinding?, _ message: String) {
        fail(policy, binding, "failed to configure \(binding == nil ? "policy" : "binding"): \(message)")
      }
      guard let match = policy.match else {
        misconfigured(nil, "policy contained no match constraints, a required field")
        continue
      }
      let resource: AdmissionRequest.Resource
      let kind: AdmissionRequest.Kind
      switch matcher.match(match, request) {
      case .no: continue
      case .failed(let message):
        misconfigured(nil, message)
        continue
      case .unknown(let reason):
        unknown(nil, reason)
        continue
      case .yes(let foundResource, let foundKind): (resource, kind) = (foundResource, foundKind)
      }
      if let paramKind = policy.paramKind, cluster.resources.resource(of: paramKind) == nil {
        if case .part(let reason) = cluster.knowledge(of: .init("apiextensions.k8s.io", "CustomResourceDefinition")) {
          unknown(nil, "whether there is a kind \(paramKind.kind): \(reason)")
        } else {
          misconfigured(
            nil, "failed to find resource referenced by paramKind: '\(paramKind.apiVersion), Kind=\(paramKind.kind)'")
        }
        continue
      }
      for binding in bindings {
        if let match = binding.match {
          switch matcher.match(match, request) {
          case .no: continue
          case .failed(let message):
            misconfigured(binding, message)
            continue
          case .unknown(let reason):
            unknown(binding, reason)
            continue
          case .yes: break
          }
        }
        switch PolicyParams.collect(policy.paramKind, binding.params, request, cluster) {
        case .failed(let message): misconfigured(binding, message)
        case .unknown(let reason): unknown(binding, reason)
        case .params(let params):
          for param in params {
            result.append(
              Invocation(policy: policy, binding: binding, kind: kind, resource: resource, param: param))
          }
        }
      }
    }
    return result
  }

  // MARK: One mutation

  private static func apply(
    _ mutation: MutatingPolicy.Mutation, _ invocation: Invocation, _ request: AdmissionRequest,
    _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer
  ) throws(Fault) -> DocumentNode {
    let variables = RequestVariables(request, cluster, authorizer)
    let view: RequestVariables.View
    do throws(RequestVariables.ConversionFailure) {
      view = try variables.view(invocation.kind, invocation.resource)
    } catch {
      throw .policy(error.message)
    }
    let object = RequestVariables.converted(request.object, request, to: invocation.kind) ?? request.object
    let activation = PolicyActivation.make(
      view, invocation.param, invocation.policy.paramKind != nil, variables, authorizer: true, namespace: true,
      invocation.policy.variables)
    let patched: DocumentNode
    switch mutation {
    case .applyConfiguration(let expression):
      guard case .object(let configuration) = try value(expression, activation) else {
        throw .policy("unsupported return type from ApplyConfiguration expression")
      }
      if !configuration.misnamedTypes.isEmpty {
        throw .policy("type mismatch: " + configuration.misnamedTypes.joined(separator: "\n"))
      }
      patched = try apply(configuration, object, invocation.kind, cluster)
    case .jsonPatch(let expression):
      guard case .list(let list) = try value(expression, activation) else {
        throw .policy("type mismatch: JSONPatchType.expression should evaluate to array")
      }
      patched = try apply(try operations(list), object)
    }
    return try decoded(patched, invocation.kind, cluster)
  }

  private static func value(_ expression: PolicyExpression, _ activation: CELActivation) throws(Fault) -> CELValue {
    if case .fault(let fault, _) = expression { throw .policy(fault.message) }
    var budget = CELCost.perRequest
    let result: PolicyExpressionResult
    do throws(PolicyEvaluation.Abandoned) {
      result = try PolicyEvaluation.run(expression, activation, budget: &budget)
    } catch {
      throw .policy(error.message)
    }
    switch result {
    case .value(let value): return value
    case .failure(let message): throw .policy(message)
    case .none: throw .policy("there is no expression")
    }
  }

  private static func apply(
    _ configuration: CELObject, _ object: DocumentNode, _ kind: AdmissionRequest.Kind, _ cluster: AdmissionCluster
  ) throws(Fault) -> DocumentNode {
    let head = "error applying patch: "
    guard let schema = schema(kind, cluster) else {
      throw .policy(
        "\(head)failed to convert patch object to typed object: no corresponding type for \(kind.group)/\(kind.version), Kind=\(kind.kind)"
      )
    }
    if let fault = bytesFault(.object(configuration), "") {
      throw .policy("\(head)failed to convert patch object to typed object: \(fault)")
    }
    var patch: DocumentNode
    do throws(CELFailure) {
      patch = try CELValue.object(configuration).document()
    } catch {
      throw .policy(error.message)
    }
    patch = patch.setting("apiVersion", object["apiVersion"]).setting("kind", object["kind"])
    do throws(StructuredMerge.Failure) {
      try StructuredMerge.validate(patch, schema)
    } catch {
      throw .policy("\(head)failed to convert patch object to typed object: \(error.message)")
    }
    let atomics = StructuredMerge.atomics(patch, schema)
    if !atomics.isEmpty {
      throw .policy(
        "\(head)invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: \(atomics.joined(separator: ", "))"
      )
    }
    return StructuredMerge.merge(patch, into: object, schema)
  }

  /// Bytes are no text to server-side apply. In the server's words, which print Go's value.
  private static func bytesFault(_ value: CELValue, _ path: String) -> String? {
    switch value {
    case .bytes(let bytes):
      let shown = bytes.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
      return "\(path): expected string, got &value.valueUnstructured{Value:[]uint8{\(shown)}}"
    case .object(let object):
      for field in object.fields { if let fault = bytesFault(field.value, path + "." + field.name) { return fault } }
    case .list(.values(let values)):
      for (index, item) in values.enumerated() { if let fault = bytesFault(item, "\(path)[\(index)]") { return fault } }
    case .map(let map):
      for entry in map.entries {
        guard case .string(let key) = entry.key else { continue }
        if let fault = bytesFault(entry.value, path + "." + key) { return fault }
      }
    default: break
    }
    return nil
  }

  /// Only kinds that their own group serves have a type to merge by.
  private static func schema(_ kind: AdmissionRequest.Kind, _ cluster: AdmissionCluster) -> MergeSchema? {
    let apiVersion = kind.apiVersion
    if let definition = cluster.definition(kind), let schema = definition.version(kind.version)?.schema {
      return MergeSchema(schema)
    }
    guard cluster.resources.all.contains(where: { $0.apiVersion == apiVersion && $0.kind == kind.kind }),
      let type = APITypes.type(apiVersion: apiVersion, kind: kind.kind)
    else { return nil }
    return MergeSchema(type)
  }

  private static func operations(_ list: CELList) throws(Fault) -> JSONPatch {
    let values: [CELValue]
    switch list {
    case .values(let items): values = items
    case .nodes(let nodes), .typed(let nodes, _): values = nodes.map { CELValue($0) }
    }
    var operations: [JSONPatch.Operation] = []
    for value in values {
      guard case .object(let object) = value, object.typeName == "JSONPatch" else {
        throw .policy("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch")
      }
      func text(_ name: String) -> String { if case .string(let text)? = object[name] { text } else { "" } }
      var content: DocumentNode?
      if let value = object["value"] {
        if case .object(let inner) = value {
          // A value in a patch may be any part of an object; what is below it must fit to it.
          let misnamed = Self.misnamedTypes(value, inner.typeName)
          if !misnamed.isEmpty { throw .policy("type mismatch: " + misnamed.joined(separator: "\n")) }
        }
        do throws(CELFailure) {
          content = try value.document()
        } catch {
          throw .policy(
            "JSONPath valueExpression evaluated to a type that could not marshal to JSON: \(error.message)")
        }
      }
      operations.append(
        JSONPatch.Operation(
          name: text("op"), path: text("path"), from: text("from").isEmpty ? nil : text("from"), value: content))
    }
    return JSONPatch(operations)
  }

  private static func misnamedTypes(_ value: CELValue, _ path: String) -> [String] {
    switch value {
    case .object(let object):
      let own =
        object.typeName == path
        ? []
        : [
          "unexpected type name \(GoText.quoted(object.typeName)), expected \(GoText.quoted(path)), which matches field name path from root Object type"
        ]
      return own + object.fields.flatMap { misnamedTypes($0.value, path + "." + $0.name) }
    case .list(.values(let values)): return values.flatMap { misnamedTypes($0, path) }
    case .map(let map): return map.entries.flatMap { misnamedTypes($0.value, path) }
    default: return []
    }
  }

  private static func apply(_ patch: JSONPatch, _ object: DocumentNode) throws(Fault) -> DocumentNode {
    do throws(JSONPatch.Failure) {
      return try patch.apply(to: object)
    } catch {
      if case .testFailed = error { return object }
      throw .policy("JSON Patch: \(error.message)")
    }
  }

  /// The object in the version of the request.
  private static func converted(_ object: DocumentNode, to kind: AdmissionRequest.Kind) -> DocumentNode {
    let version = DocumentNode(.string(kind.apiVersion))
    if object.isNull || object["apiVersion"] == version { return object }
    return Conversion.convert(object, to: kind.apiVersion) ?? object.setting("apiVersion", version)
  }

  /// A changed object of a kind of Kubernetes' own, in the version that the policy matched. A patch may make it one of another
  /// version, and of another kind only in vain.
  ///
  /// Source: k8s.io/apiserver `pkg/admission/plugin/policy/mutating/{dispatcher,patch/json_patch}.go`.
  private static func sameKind(
    _ patched: DocumentNode, _ kind: AdmissionRequest.Kind
  ) throws(Fault) -> DocumentNode {
    guard let name = patched["kind"]?.string, let apiVersion = patched["apiVersion"]?.string,
      name != kind.kind || apiVersion != kind.apiVersion
    else { return patched }
    func fail(_ text: String) -> Fault {
      .server(
        AdmissionRefusal(.internalError, "Internal error occurred: " + text, causes: [.init(message: text)]))
    }
    let (group, version) = APIResource.split(apiVersion: apiVersion)
    guard let other = APITypes.type(apiVersion: apiVersion, kind: name) else {
      throw fail(
        "no kind \"\(name)\" is registered for version \"\(apiVersion)\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
      )
    }
    if group == kind.group, name == kind.kind, let converted = Conversion.convert(patched, to: kind.apiVersion) {
      return converted
    }
    let given = other.name.split(separator: ".").last.map { "\(version).\($0)" } ?? name
    throw fail(
      "failed to convert object: converting (\(given)) to (\(GoPackage.name(kind.group)).\(kind.kind)): unknown conversion"
    )
  }

  /// The changed object as the server decodes it, with its defaults.
  private static func decoded(
    _ patched: DocumentNode, _ kind: AdmissionRequest.Kind, _ cluster: AdmissionCluster
  ) throws(Fault) -> DocumentNode {
    var patched = patched
    // A patch may take these away: they are those of the type that it is decoded as.
    if patched["kind"] == nil { patched = patched.setting("kind", DocumentNode(.string(kind.kind))) }
    if patched["apiVersion"] == nil { patched = patched.setting("apiVersion", DocumentNode(.string(kind.apiVersion))) }
    guard let type = APITypes.type(apiVersion: kind.apiVersion, kind: kind.kind) else {
      return cluster.definition(kind)?.version(kind.version)?.schema?.defaulted(patched) ?? patched
    }
    patched = try sameKind(patched, kind)
    let decoded = ObjectDecoder.decode(patched, as: type, options: .init(isStored: false))
    if let mismatch = decoded.mismatches.first {
      throw .server(
        AdmissionRefusal(
          .internalError, "Internal error occurred: " + GoDecoding.mismatch(mismatch, in: patched, root: type),
          causes: [.init(message: GoDecoding.mismatch(mismatch, in: patched, root: type))]))
    }
    if let unknown = GoDecoding.unknownFields(patched, type).first {
      let text = "strict decoding error: unknown field \"\(unknown)\""
      throw .server(
        AdmissionRefusal(.internalError, "Internal error occurred: " + text, causes: [.init(message: text)]))
    }
    return decoded.object
  }
}
