package import Expressions

/// One expression of a policy or of a schema, compiled, or what is wrong with it.
package enum PolicyExpression: Sendable {
  /// There is none at this place.
  case none
  case program(CELProgram)
  case fault(PolicyExpressionFault, source: String)

  /// - Parameter types: what it may give.
  package init(_ source: String, _ environment: CELEnvironment, gives types: [CELType]) {
    do throws(CELCompileError) {
      let program = try environment.compile(source)
      if types.contains(where: program.gives) {
        self = .program(program)
      } else {
        self = .fault(.type(types, program.outputType), source: source)
      }
    } catch {
      self = .fault(.compilation(error), source: source)
    }
  }
}

/// Why an expression is refused.
package enum PolicyExpressionFault: Sendable, Equatable {
  case compilation(CELCompileError)
  /// It gives another type than it may.
  case type([CELType], CELType)

  /// Whether the server calls it an internal error, not an invalid value.
  package var isInternal: Bool { if case .compilation(.instantiation) = self { true } else { false } }

  /// In the server's words.
  package var message: String {
    switch self {
    case .compilation(.issues(_, let text)): return "compilation failed: " + text
    case .compilation(.instantiation(let failure)): return "program instantiation failed: " + failure.message
    case .type(let wanted, let given):
      if wanted.count == 1, let type = wanted.first {
        return "must evaluate to \(Self.goName(type)) but got \(Self.goName(given))"
      }
      return "must evaluate to one of [\(wanted.map(Self.goName).joined(separator: " "))] but got \(Self.goName(given))"
    }
  }

  /// Go's name of a type, which is not the checker's for null.
  private static func goName(_ type: CELType) -> String { type == .null ? "null_type" : type.description }
}
