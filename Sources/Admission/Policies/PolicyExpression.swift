import Bytes
import Expressions
import Validation

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
