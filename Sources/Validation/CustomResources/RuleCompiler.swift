import Bytes
import Expressions
import Kube

/// Compiles one rule of a schema.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/cel/compilation.go`.
enum RuleCompiler {
  /// - Parameters:
  ///   - type: of the value that the rule is about; nil where expressions cannot use it.
  ///   - isNew: whether the rule is about to be stored, so that only what the oldest supported server knows is allowed.
  static func environment(
    _ type: SchemaType?, allowsMissingOld: Bool, isNew: Bool = false
  ) -> CELEnvironment {
    var environment = isNew ? CELEnvironment.kubernetes(minor: ServedRelease.minor) : .storedExpressions
    guard let type else { return environment }
    environment.declare("self", type)
    environment.declare("oldSelf", type)
    if allowsMissingOld { environment.declare("oldSelf", .opaque("optional_type", [type.type])) }
    return environment
  }

  static func compile(_ node: DocumentNode, _ type: SchemaType?) -> CustomResourceRules.Rule {
    let source = node["rule"]?.string ?? ""
    let allowsMissingOld = node["optionalOldSelf"]?.bool ?? false
    let environment = environment(type, allowsMissingOld: allowsMissingOld)
    let program: Result<CELProgram, CELCompileError>
    do throws(CELCompileError) {
      program = .success(try environment.compile(source))
    } catch {
      program = .failure(error)
    }
    let messageSource = node["messageExpression"]?.string ?? ""
    var messageProgram: CELProgram?
    if !messageSource.isEmpty { messageProgram = try? environment.compile(messageSource) }
    var path = node["fieldPath"]?.string ?? ""
    if path.hasPrefix(".") { path.removeFirst() }
    let usesOld = (try? program.get())?.variableNames.contains("oldSelf") ?? false
    return CustomResourceRules.Rule(
      source: source, message: node["message"]?.string ?? "", reason: node["reason"]?.string ?? "", fieldPath: path,
      allowsMissingOld: allowsMissingOld, program: program, messageProgram: messageProgram,
      messageSource: messageSource, usesOld: usesOld)
  }
}
