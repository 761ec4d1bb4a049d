import Expressions

/// One expression of a policy, compiled, or what is wrong with it.
enum PolicyExpression: Sendable {
  /// There is none at this place.
  case none
  case program(CELProgram)
  case fault(PolicyExpressionFault, source: String)

  /// - Parameter types: what it may give.
  init(_ source: String, _ environment: CELEnvironment, gives types: [CELType]) {
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
enum PolicyExpressionFault: Sendable, Equatable {
  case compilation(CELCompileError)
  /// It gives another type than it may.
  case type([CELType], CELType)

  /// Whether the server calls it an internal error, not an invalid value.
  var isInternal: Bool { if case .compilation(.instantiation) = self { true } else { false } }

  /// In the server's words.
  var message: String {
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

/// What an expression of a policy gave.
enum PolicyExpressionResult {
  case none
  case value(CELValue)
  /// In the server's words.
  case failure(String)
}

/// Evaluates expressions that share a budget, one after the other.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/cel/{condition,activation}.go`.
struct PolicyEvaluation {
  /// The whole group is given up.
  struct Abandoned: Error {
    let message: String
  }

  static let outOfBudget =
    "validation failed due to running out of cost budget, no further validation rules will be run"

  static func run(
    _ expressions: [PolicyExpression], _ activation: CELActivation, budget: inout Int64
  ) throws(Abandoned) -> [PolicyExpressionResult] {
    var results: [PolicyExpressionResult] = []
    results.reserveCapacity(expressions.count)
    for expression in expressions { results.append(try run(expression, activation, budget: &budget)) }
    return results
  }

  static func run(
    _ expression: PolicyExpression, _ activation: CELActivation, budget: inout Int64
  ) throws(Abandoned) -> PolicyExpressionResult {
    switch expression {
    case .none: return .none
    case .fault(let fault, _): return .failure("compilation error: " + fault.message)
    case .program(let program):
      let result = program.evaluate(activation)
      // Variables that were read for the first time are paid for first.
      for cost in [activation.takeVariablesCost(), result.cost] {
        guard let cost = Int64(exactly: cost), cost <= budget else { throw Abandoned(message: outOfBudget) }
        budget -= cost
      }
      switch result.value {
      case .success(let value): return .value(value)
      case .failure(let failure):
        return .failure("expression '\(program.source)' resulted in error: \(failure.message)")
      }
    }
  }
}
