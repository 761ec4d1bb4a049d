package import Bytes
import Expressions
package import Kube
import Validation

/// A ValidatingAdmissionPolicy, made ready to judge requests. Immutable; any number of requests may be judged side by
/// side.
package final class ValidatingPolicy: Sendable {
  /// An entry of `spec.validations`, with its expressions compiled.
  package struct Validation: Sendable {
    /// As written, without the blanks around it.
    package let expression: String
    let program: PolicyExpression
    package let message: String
    let messageProgram: PolicyExpression
    package let reason: String
    /// Position in the source, for reports.
    package let node: DocumentNode
  }

  struct AuditAnnotation: Sendable {
    let key: String
    let expression: String
    let program: PolicyExpression
  }

  package let name: String
  /// The object as it was given.
  package let object: KubeObject?
  /// With its defaults, in the newest version.
  package let root: DocumentNode
  package let match: MatchResources?
  package let ignoresFailures: Bool
  let matchConditions: [PolicyExpression]
  let variables: [(name: String, program: Result<CELProgram, CELCompileError>)]
  package let validations: [Validation]
  let auditAnnotations: [AuditAnnotation]
  let paramKind: AdmissionRequest.Kind?
  let needs: PolicyNeeds

  /// - Parameter node: of any served version.
  package convenience init(_ object: KubeObject) { self.init(object.root, object) }

  package init(_ node: DocumentNode, _ object: KubeObject? = nil) {
    let newest =
      ServerObject.decoded(node).flatMap { Conversion.convert($0, to: "admissionregistration.k8s.io/v1") } ?? node
    root = newest
    self.object = object
    name = newest.metadataName
    let spec = newest["spec"] ?? [:]
    match = spec["matchConstraints"].map { MatchResources($0) }
    ignoresFailures = spec["failurePolicy"]?.string == "Ignore"
    paramKind = spec["paramKind"].map { kind in
      let (group, version) = APIResource.split(apiVersion: kind["apiVersion"]?.string ?? "")
      return AdmissionRequest.Kind(group: group, version: version, kind: kind["kind"]?.string ?? "")
    }
    needs = PolicyNeeds(spec)
    let hasParams = paramKind != nil
    var environment = CELEnvironment.policies(params: hasParams, authorizer: true)
    var messages = CELEnvironment.policies(params: hasParams, authorizer: false)
    environment.declareComposition()
    messages.declareComposition()
    var variables: [(name: String, program: Result<CELProgram, CELCompileError>)] = []
    for variable in spec["variables"]?.elements ?? [] {
      let name = variable["name"]?.string ?? ""
      let source = variable["expression"]?.string ?? ""
      do throws(CELCompileError) {
        let program = try environment.compile(source)
        variables.append((name, .success(program)))
        environment.declareVariable(name, program.outputType)
        messages.declareVariable(name, program.outputType)
      } catch {
        variables.append((name, .failure(error)))
        environment.declareVariable(name, nil)
        messages.declareVariable(name, nil)
      }
    }
    self.variables = variables
    matchConditions = (spec["matchConditions"]?.elements ?? []).map {
      PolicyExpression($0["expression"]?.string ?? "", environment, gives: [.bool])
    }
    validations = (spec["validations"]?.elements ?? []).map { node in
      let source = node["expression"]?.string ?? ""
      let message = node["messageExpression"]?.string ?? ""
      return Validation(
        expression: source.trimmingGoSpace, program: PolicyExpression(source, environment, gives: [.bool]),
        message: node["message"]?.string ?? "",
        messageProgram: message.isEmpty ? .none : PolicyExpression(message, messages, gives: [.string]),
        reason: node["reason"]?.string ?? "Invalid", node: node)
    }
    auditAnnotations = (spec["auditAnnotations"]?.elements ?? []).map { node in
      let source = node["valueExpression"]?.string ?? ""
      return AuditAnnotation(
        key: node["key"]?.string ?? "", expression: source,
        program: PolicyExpression(source, environment, gives: [.string, .null]))
    }
  }

  /// What an expression that compiles gives.
  struct CompiledType: Sendable {
    let type: CELType
    let readsVariables: Bool

    init(_ program: CELProgram) {
      type = program.outputType
      readsVariables = program.variableNames.contains { $0 == "variables" || $0.hasPrefix("variables.") }
    }
  }

  /// The expressions that compile, by their path in the object.
  var compiledTypes: [String: CompiledType] {
    var types: [String: CompiledType] = [:]
    func add(_ expression: PolicyExpression, _ path: String) {
      if case .program(let program) = expression { types[path] = CompiledType(program) }
    }
    for (index, variable) in variables.enumerated() {
      if case .success(let program) = variable.program {
        types["spec.variables[\(index)].expression"] = CompiledType(program)
      }
    }
    for (index, condition) in matchConditions.enumerated() {
      // Conditions of new policies know no variables of theirs.
      if case .program(let program) = condition, !CompiledType(program).readsVariables {
        add(condition, "spec.matchConditions[\(index)].expression")
      }
    }
    for (index, validation) in validations.enumerated() {
      add(validation.program, "spec.validations[\(index)].expression")
      add(validation.messageProgram, "spec.validations[\(index)].messageExpression")
    }
    for (index, annotation) in auditAnnotations.enumerated() {
      add(annotation.program, "spec.auditAnnotations[\(index)].valueExpression")
    }
    return types
  }
}
