import Bytes
import Expressions
import Validation

/// Makes the variables of a group of expressions. Each group gets its own, in which composited variables are kept once
/// they were read.
enum PolicyActivation {
  static func make(
    _ view: RequestVariables.View, _ param: DocumentNode, _ hasParams: Bool, _ variables: RequestVariables,
    authorizer: Bool, namespace: Bool, _ composited: [(name: String, program: Result<CELProgram, CELCompileError>)]
  ) -> CELActivation {
    let activation = CELActivation(variables.shared(view, authorizer: authorizer, namespace: namespace))
    if hasParams { activation.set("params", CELValue(param)) }
    if !composited.isEmpty { activation.setVariables(composited) }
    return activation
  }
}

/// Conditions of a policy or a webhook, all of which must hold for a request.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`.
enum MatchConditions {
  enum Outcome {
    case matched
    case notMatched
    /// One could not be evaluated and none was false.
    case failed(String)
    /// The same, where failures are passed over.
    case ignored(String)
  }

  static func evaluate(
    _ conditions: [PolicyExpression], _ activation: CELActivation, ignoresFailures: Bool
  ) -> Outcome {
    var budget = CELCost.matchConditions
    let results: [PolicyExpressionResult]
    do throws(PolicyEvaluation.Abandoned) {
      results = try PolicyEvaluation.run(conditions, activation, budget: &budget)
    } catch {
      return ignoresFailures ? .ignored(error.message) : .failed(error.message)
    }
    var errors: [String] = []
    for result in results {
      switch result {
      case .failure(let message): if !errors.contains(message) { errors.append(message) }
      case .value(.bool(false)): return .notMatched
      case .value, .none: break
      }
    }
    guard let first = errors.first else { return .matched }
    let message = errors.count == 1 ? first : "[" + errors.joined(separator: ", ") + "]"
    return ignoresFailures ? .ignored(message) : .failed(message)
  }
}
